//! How a limit is counted: against a slow count, on every day of two years, by named systems and in real cases.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the words of a test stop it when they are wrong"
)]

mod given;
mod slow;
mod systems;

mod agreement;
mod every_day;
mod extremes;
mod properties;
mod refusals;
mod rules;
mod worked;
