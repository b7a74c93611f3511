//! The types of the files: the one place that says which keys there are, in which order, and what they mean.
//!
//! The JSON Schema, the check of the structure, the order that the formatter writes and the reference are
//! all taken from these types; the reader decodes into them.

mod calendar;
mod decode;
mod procedure;
mod value;

pub use calendar::{CalendarFile, CoversFile};
pub(crate) use decode::decode;
pub use procedure::{
    ActFile, AuthorityFile, ClockFile, ConditionFile, DocumentFile, ExceptionFile, ExpiryFile, FactFile,
    FactTypeFile, GroundFile, LengthFile, LinkFile, MirrorFile, MoveFile, NamedLengthFile, ObligationFile,
    ProcedureFile, SideFile, SourceFile, StageFile, SteppedMoveFile, TrackFile,
};
pub use value::{
    AlwaysNone, Choice, CiteText, Closing, DayText, EditionOne, FromText, GuardText, LanguageText,
    LengthText, MoveText, Name, OneOrMore, Rows, Short, Text, WholeNumber, Words, ZoneText,
};
