//! The engine that a ministry embeds.
//!
//! An [`Engine`] stands between whoever works a case and the journal that keeps it. It decides with the core,
//! appends, and only then acknowledges; a case is what its entries say, and there is no second copy of the truth.
//!
//! - [`Engine::open_matter`] and [`Engine::open_case`] begin;
//! - [`Engine::record`] and [`Engine::preview`] go on, [`Engine::view`] shows, at any moment and as known at any moment;
//! - [`Engine::queue`] says what is due, owed, waited for or silent;
//! - [`Engine::sweep`] notices what ran out and lets linked cases know of one another; [`Engine::run`] does so for years;
//! - [`outbox`] tells others what was recorded.
//!
//! ```
//! use std::sync::Arc;
//!
//! use comity_core::Asked;
//! use comity_core::entry::{Deed, What};
//! use comity_core::name::Private;
//! use comity_core::time::{When, Zone};
//! use comity_language::library::{Disk, load};
//! use comity_runner::{Engine, EngineParts, LibraryProcedures, ManualClock, NewCase, NewMatter, Outcome, Request};
//! use comity_store::MemoryJournal;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let seoul = Zone::named("Asia/Seoul")?;
//! let engine = Engine::new(EngineParts {
//!     journal: Arc::new(MemoryJournal::new()), // on disk: SledJournal::open(folder, OpenOptions::default()).await?
//!     procedures: Arc::new(LibraryProcedures::new(load(&Disk::new("../../workflows")))),
//!     clock: Arc::new(ManualClock::at("2027-03-02T15:00:00Z".parse()?)), // in production: SystemClock
//! });
//! let officer = Private::new("a.costa");
//!
//! let matter = NewMatter { reference: "M-2027-1".into(), title: Private::new("The matter of …") };
//! let case = NewCase {
//!     matter: engine.open_matter(matter, &officer).await?,
//!     procedure: "nz-kr/extradition".parse()?,
//!     reference: "EX-2027-14".into(),
//!     title: Private::new("…"),
//!     since: When::parse("2027-03-01", &seoul)?,
//!     links: vec![],
//! };
//! let case = engine.open_case(case, &officer).await?;
//!
//! let asked = Deed {
//!     when: When::parse("2027-03-02 23:30", &seoul)?,
//!     what: What::Act {
//!         act: "provisional-arrest-asked".parse()?,
//!         by: "requested/foreign-ministry".parse()?,
//!         facts: vec![],
//!     },
//! };
//! match engine.record(case, Request::deed(asked, &officer)).await? {
//!     Outcome::Recorded(receipt) => println!("on disk, version {}", receipt.version),
//!     Outcome::Rejected(rejection) => println!("{rejection}"), // the sentence that an officer reads
//! }
//! let view = engine.view(case, Asked::at(engine.now())).await?;
//! assert_eq!(view.track("provisional").map(|track| track.stage_name.to_string()), Some("asked".into()));
//! # Ok(()) }
//! ```
//!
//! Time comes in through [`Clock`] only, procedures through [`Procedures`], the record through
//! [`Journal`](comity_store::Journal). A log line holds ids, numbers and codes, never a name, a title or a value.

mod clock;
mod engine;
mod erase;
mod error;
mod evidence;
mod files;
mod find;
mod follow;
mod jump;
mod library;
mod links;
mod migrate;
mod missing;
mod open;
pub mod outbox;
mod procedures;
mod queue;
mod reads;
mod record;
mod reports;
mod rows;
pub mod said;
mod sweep;
mod words;

pub use clock::{Clock, ManualClock, SystemClock};
pub use engine::{CaseFile, Engine, EngineParts};
pub use erase::{EraseRefusal, Erased, may_be_left};
pub use error::EngineError;
pub use evidence::{Evidence, RanUnder};
pub use files::{FileOutcome, NewFile, filed};
pub use find::{FoundCases, Wanted};
pub use follow::Follow;
pub use jump::{ClockEntry, Jump};
pub use library::{LibraryProcedures, ReadWhenAsked};
pub use links::{Behind, Learned};
pub use migrate::{CaseMigration, Migrate, MigrationOutcome};
pub use open::{NewCase, NewMatter, is_reference};
pub use procedures::{Edition, Procedures, RestoreError};
pub use queue::{Group, QueueItem, QueueWhat, Whose};
pub use reads::Reading;
pub use record::{Expect, Outcome, Preview, Request};
pub use reports::Report;
pub use sweep::{Failed, Noticed, SweepReport, Warned};

/// The page for embedders is compiled with the tests, so that it cannot fall behind.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/embedding.md")]
struct EmbeddingGuide;
