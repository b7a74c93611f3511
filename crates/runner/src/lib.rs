//! The engine that a ministry embeds.
//!
//! An [`Engine`] stands between whoever works a case and the journal that keeps it. It decides with the core,
//! appends, and only then acknowledges; a case is what its entries say, and there is no second copy of the truth.
//!
//! - [`Engine::open_matter`] and [`Engine::open_case`] begin;
//! - [`Engine::record`] and [`Engine::preview`] go on, [`Engine::view`] shows, at any moment and as known at any moment;
//! - [`Engine::queue`] says what is due, owed, waited for or silent;
//! - [`Engine::sweep`] notices what ran out and lets linked cases know of one another; [`Engine::run`] does so for years.
//!
//! Time comes in through [`Clock`] only, procedures through [`Procedures`], the record through
//! [`Journal`](comity_store::Journal). A log line holds ids, numbers and codes, never a name, a title or a value.

mod clock;
mod engine;
mod error;
mod library;
mod links;
mod open;
mod procedures;
mod queue;
mod record;
mod rows;
mod sweep;

pub use clock::{Clock, ManualClock, SystemClock};
pub use engine::{CaseFile, Engine, EngineParts};
pub use error::EngineError;
pub use library::LibraryProcedures;
pub use links::Learned;
pub use open::{NewCase, NewMatter};
pub use procedures::{Edition, Procedures, RestoreError};
pub use queue::{Group, QueueItem, QueueWhat};
pub use record::{Expect, Outcome, Preview, Request};
pub use sweep::{Noticed, SweepReport};
