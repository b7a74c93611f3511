//! How far the events of the record were delivered to a target: what two streams of that target say.
//!
//! Nothing here may tell of a person: these entries are not sealed.

use comity_core::id::{CaseId, EntryNumber};
use comity_core::time::Moment;

use crate::journal::Position;

/// One entry of the two streams of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The target is delivered to from here on. The first entry of its first stream.
    Begun {
        /// The name of the target.
        target: String,
        /// From where in the record.
        from: Began,
    },
    /// Up to a position everything was looked at, and all but what waits is settled: delivered, on the list of dead letters, or
    /// nothing for this target. Stands for all that the first stream said before.
    Through {
        /// The name of the target.
        target: String,
        /// The last position that was looked at.
        through: Position,
        /// What is not settled up to there, in the order of the record.
        waiting: Vec<Waiting>,
    },
    /// An event was given up. In the second stream of the target, as what follows.
    Died {
        /// The name of the target.
        target: String,
        /// The letter.
        dead: Dead,
    },
    /// Somebody asked that a dead letter be sent again.
    Again {
        /// The name of the target.
        target: String,
        /// The position of its entry.
        position: Position,
    },
    /// A dead letter is on the list no more.
    Closed {
        /// The name of the target.
        target: String,
        /// The position of its entry.
        position: Position,
        /// Why not.
        how: Closed,
    },
}

/// From where in the record a target is delivered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Began {
    /// From the entry on that says so.
    Here,
    /// From the first entry of the record.
    AtTheBeginning,
}

/// An event that was looked at and is not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The position of its entry.
    pub position: Position,
    /// The case or matter of the entry; nothing if the entry could not be read.
    pub case: Option<CaseId>,
    /// How often it was tried.
    pub attempts: u32,
    /// The moment of the next try; nothing if it may be tried at once.
    pub not_before: Option<Moment>,
    /// Whether it was a dead letter, and is being sent again.
    pub is_again: bool,
}

/// An event that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// The position of its entry.
    pub position: Position,
    /// The case or matter of the entry; nothing if the entry could not be read.
    pub case: Option<CaseId>,
    /// The number of the entry in it.
    pub entry: Option<EntryNumber>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed, without personal data.
    pub why: String,
}

/// Why a dead letter is on the list no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// It was sent again, and taken.
    Delivered,
    /// Somebody decided that it need not be sent.
    SetAside,
    /// The content of its entry was erased, so there is nothing to send.
    Gone,
}
