//! A case on a page: in words for people, as documents for programs.
//!
//! Command line and API show the same documents and the same words, because both take them from here. Sentences that the
//! engine has come from the engine; what is added here are dates for a column, titles, and how much is left.
//!
//! - [`Sheet`] is a view with the entries that it was folded from; [`Sheet::document`] gives all of it.
//! - [`office`] is how the office stands on it; [`queue`] is the document of a work queue, [`row`] a case in a list,
//!   [`change`] what a record changes, and in which linked cases.
//! - [`page`] is a case as rows of plain text: what stands on a page that is handed out.
//! - [`words`] are words that pages share, [`derivation`] how a limit was counted, step by step.
//!
//! Fields are added to a document within one version of it, and never taken away or given another meaning.

mod case;
pub mod change;
pub mod derivation;
mod migration;
pub mod office;
pub mod page;
pub mod queue;
pub mod row;
mod sheet;
pub mod words;

pub use case::{
    ActDocument, CaseDocument, ClockDocument, Closed, DocumentDocument, EntryDocument, FactDocument,
    GroundDocument, HappeningDocument, OwedDocument, RunDocument, StepDocument, TrackDocument,
};
pub use migration::{CaseMigrationDocument, CrossingClockDocument, CrossingTrackDocument, TrackStage};
pub use sheet::{Sheet, Told};
