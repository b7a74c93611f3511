//! See the crate's description.

mod articles;
mod calendar;
pub mod chronology;
mod code;
mod diagnostic;
mod draft;
pub mod file;
mod format;
pub mod library;
mod markdown;
mod notes;
mod schema;
mod shape;
mod source;
mod text;
mod tree;

pub use articles::{Article, Articles, read_articles};
pub use calendar::read_calendar;
pub use chronology::{Chronology, read_chronology};
pub use code::Code;
pub use diagnostic::{Diagnostic, Part, Severity};
pub use format::format;
pub use library::{Library, Loaded, load, load_one};
pub use notes::{Notes, Reading, read_notes};
pub use schema::{calendar_schema, procedure_schema};
pub use source::{Place, Source};
