//! An office, played by chance over decades of time that nobody waits for.
//!
//! One number, the seed, decides everything: which cases there are, what is recorded in them and how late, how far the clock
//! goes, when a store or a target fails, when the process dies. So a seed that failed fails again, and is kept.
//!
//! The engine, the outbox and the journal in memory are those that run in an office. Around them everything is made up:
//! `faulty` stands between engine and journal and fails as a disk does, `poll` lets jobs run into one
//! another and lets go of them half-way, `receiver` is who is told. What must be there is known from `model`: plain maps of
//! what was written, folded by the core. Each invariant is a function with the sentence that it stands for.

mod answers;
mod cases;
mod chance;
mod erasing;
mod faulty;
mod filing;
mod invariants;
mod job;
mod ledger;
mod library;
mod migrating;
mod model;
mod picks;
mod place;
mod poll;
mod receiver;
mod run;
mod steps;
mod trace;
mod world;

pub use library::Library;
pub use run::{Counts, Life, Played, Store, play};
pub use trace::Broken;
