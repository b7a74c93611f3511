//! The files that lawyers write, read into the types of the core.
//!
//! A library is a folder: procedures in YAML, the articles they cite and the notes on how they are read in
//! Markdown beside them, calendars of closed days, and chronologies, which are the tests. [`load`] reads all of it
//! and returns the procedures that may run together with *everything* that is wrong with any file. Nothing stops at
//! the first mistake, and a procedure with a mistake is never handed out.
//!
//! # How a procedure is read
//!
//! 1. The text becomes a tree in which every key and value knows its place. Only mappings, lists and texts are let
//!    in; anchors, tags, merge keys and keys that stand twice are flaws, since they let two readers of one file see
//!    two procedures.
//! 2. The tree is held against the shape of the types in [`mod@file`]. From these types the JSON Schema
//!    ([`procedure_schema`]), the order of keys ([`format()`]) and the reference are made too, so the four cannot
//!    differ. What does not fit is reported and replaced by something that does, so that the reading can go on.
//! 3. The small languages inside of texts (conditions, moves, citations, lengths) are read word by word.
//! 4. The draft goes to the core, which looks up names and articles and checks what the procedure means. Its flaws
//!    come back with byte offsets and leave as lines and columns.
//!
//! A legal choice has no default. A clock that does not say whether its first day counts is not read, and the
//! [`Diagnostic`] says which choice is open, under which article, and what could be written.
//!
//! # Invariants
//!
//! - No input makes a reader panic, hang, or use more memory than a small multiple of the file: sizes, depths, words
//!   and diagnostics have limits.
//! - A path inside of a file never leads out of the library, and folders that are links are not followed.
//! - [`format()`] hands out a text only after reading it again and finding the same meaning and the same comments.
//! - The reader knows no procedure by name: a chronology is read without one, and whoever tests it resolves its
//!   names, with [`Chronology::unknown_name`] for those that stand for nothing.
//! - Deliberately absent: colour, terminals and exit codes (the command line's), and any judgement of law (the
//!   core's).
//!
//! # Examples
//!
//! ```
//! use comity_language::{library::InMemory, load};
//!
//! let files = InMemory::default().with("norvane/waiver.yaml", "comity: 1\ntitel: Waiver\n");
//! let library = load(&files);
//! let titel = library.diagnostics.iter().find(|found| found.line == 2).ok_or("no flaw on line 2")?;
//! assert_eq!(titel.suggestion.as_deref(), Some("title"));
//! # Ok::<(), &str>(())
//! ```

mod articles;
mod beside;
mod calendar;
pub mod chronology;
mod code;
mod counting;
mod diagnostic;
mod draft;
mod equivalents;
pub mod file;
mod format;
mod labels;
pub mod library;
mod markdown;
mod notes;
mod plan;
mod schema;
mod shape;
mod source;
mod text;
mod tree;

pub use articles::{Article, Articles, read_articles};
pub use calendar::read_calendar;
pub use chronology::{Chronology, is_chronology, read_chronology};
pub use code::Code;
pub use counting::read_counting;
pub use diagnostic::{Diagnostic, Part, Severity};
pub use equivalents::{Equivalent, Equivalents, read_equivalents};
pub use format::format;
pub use labels::{Labels, read_labels};
pub use library::{Library, Loaded, load, load_one};
pub use notes::{Notes, Reading, read_notes};
pub use plan::{Plan, PlanEdition, read_plan};
pub use schema::{
    calendar_schema, counting_schema, equivalents_schema, labels_schema, plan_schema, procedure_schema,
};
pub use source::{Place, Source};
