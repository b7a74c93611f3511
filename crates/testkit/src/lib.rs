//! Chronologies run against procedures: the tests that a treaty lawyer writes.
//!
//! [`run`] plays a chronology on cases kept in memory, with the same `fold` and `admit` as the engine, and says of every
//! cell whether it holds. [`Rehearsal`] plays one table row by row, for whoever tells a story from it; [`bodies`] turns
//! one thing that happened into the entries that record it, so that the same table can be carried through an engine
//! on disk.
//!
//! For tests of one's own procedures: [`Steps`] takes a case along with a clock that stands until it is moved; the feature
//! `harness` makes a test of each table, and `histories` a proptest strategy.

#[cfg(all(doctest, feature = "harness", feature = "histories"))]
#[doc = include_str!("../../../docs/guide/cargo-test.md")]
mod guide {}

mod case;
mod cell;
pub mod changes;
mod coverage;
#[cfg(feature = "harness")]
pub mod harness;
#[cfg(feature = "histories")]
pub mod histories;
mod possible;
mod rehearsal;
mod report;
mod run;
mod script;
mod steps;

pub use case::RehearsedCase;
pub use coverage::{By, Coverage, Crossed, Kind, Point, Provision, Way, provisions};
pub use possible::{done, possible};
pub use rehearsal::{Answer, Heard, Played, Rehearsal};
pub use report::{Failure, Report, SectionReport};
pub use run::run;
pub use script::{Trouble, bodies, label};
pub use steps::{StepError, Steps};
