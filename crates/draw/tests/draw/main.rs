//! Pictures of every procedure that is shipped, and of some that were made to be hard to draw.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the words of a test stop it when they are wrong"
)]

mod common;
mod dark;
mod formats;
mod geometry;
mod marked;
