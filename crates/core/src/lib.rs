//! The state machine of Comity.
//!
//! *The legal state of a case is a pure function of the entries recorded and the moment asked about.*
//! This crate is that function and the words it is written in. It knows no file, clock, network, random
//! number or floating point, so the same entries give the same view in a test, in a daemon and in ten years.

mod admit;
pub mod compare;
pub mod entry;
mod explain;
mod fold;
mod four_eyes;
pub mod id;
pub mod migration;
mod mirror;
pub mod name;
mod office;
mod overdue;
mod preview;
pub mod procedure;
mod rejection;
mod revisit;
mod standing;
pub mod table;
pub mod time;
pub mod value;
pub mod verify;
mod view;
mod warnings;
mod words;
mod words_of_guard;

pub use admit::{Stamp, admit, admit_by_two, admit_together, open};
pub use explain::{Explanation, Reason, explain, explain_count, explain_run, moment_in_words, when_in_words};
pub use fold::{
    Arrived, Asked, Carried, Cause, Cycle, CycleStatus, Doing, End, Found, Happened, Happening, Known,
    MadeLonger, Moved, Named, NamedPeriod, OldRule, Owed, Stands, StoodStill, known_at,
};
pub use mirror::{Mirrored, lessons, mirrored};
pub use office::{Assigned, Hold, OfficeStanding, Review, Seal, office_standing};
pub use overdue::Overdue;
pub use preview::{Change, changes};
pub use rejection::{NotExtendable, Rejection, RejectionCode, Upset};
pub use revisit::{Revisited, revisited};
pub use view::{
    ActView, Chapter, ClockView, ConditionView, DocumentView, FactView, GroundView, ObligationView,
    TrackView, View, fold,
};
pub use warnings::Forewarning;
