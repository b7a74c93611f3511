//! The outbox from outside: what is delivered, in which order, and what a kill, a failing disk or a target that is down changes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[path = "../common/mod.rs"]
mod common;

mod crash;
mod delivery;
mod events;
mod faults;
mod office;
