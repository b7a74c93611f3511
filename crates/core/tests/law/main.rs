//! The law of the core, from outside: each test is one sentence of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the words of a test stop it when they are wrong"
)]

mod case;
mod draft;
mod sample;

mod checklists;
mod circles;
mod clocks;
mod flaws;
mod four_eyes;
mod limits;
mod migration;
mod office;
mod properties;
mod record;
mod states;
mod time;
mod undoing;
mod words;
