//! The console as a browser meets it: what is asked, what comes back, and that nobody is shown what is not for him.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod access;
mod browser;
#[path = "../api/desk.rs"]
#[allow(dead_code, reason = "the tests of the API use the rest")]
mod desk;
mod forms;
mod markup;
mod opening;
mod pages;
mod recording;
mod sealed;
mod session;
