//! The types of the files: the one place that says which keys there are, in which order, and what they mean.
//!
//! The JSON Schema, the check of the structure, the order that the formatter writes and the reference are
//! all taken from these types; the reader decodes into them.

mod calendar;
mod clock;
mod counting;
mod decode;
mod equivalents;
mod labels;
mod law;
mod plan;
mod procedure;
mod value;

pub use calendar::{CalendarFile, CoversFile};
pub use clock::{
    ChangeFile, ClockFile, CountedFromFile, ExpiryFile, ExtendByFile, ExtendedByFile, ExtensionFile,
    LatestOfFile, LengthFile, NamedLengthFile, RecordedFile, StartsFile, ThresholdFile,
};
pub use counting::{CountingFile, CountingRuleFile};
pub(crate) use decode::decode;
pub use equivalents::{EquivalentFile, EquivalentsFile};
pub use labels::LabelsFile;
pub use law::{InForceFile, RenamedFile};
pub use plan::{
    Accepted, ClockPlanFile, DroppedFile, NamePlanFile, PlanEditionFile, PlanFile, TrackPlanFile,
};
pub use procedure::{
    ActFile, AuthorityFile, ConditionFile, CountryFile, CountryInFile, DocumentFile, ExceptionFile, FactFile,
    FactTypeFile, GroundFile, LeftOutFile, LinkFile, MirrorFile, MoveFile, ObligationFile, ProcedureFile,
    SafeguardFile, SideFile, SourceFile, StageFile, SteppedMoveFile, TrackFile,
};
pub use value::{
    AlwaysNone, Choice, CiteText, Closing, DayText, EditionOne, FromText, GuardText, LanguageText,
    LengthText, MoveText, Name, OneOrMore, Rows, RuleName, Short, Stopping, Text, WholeNumber, Words,
    ZoneText,
};
