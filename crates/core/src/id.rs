//! Identities that are not names in a procedure: cases, matters, entries.

use std::fmt;
use std::num::NonZeroU32;

use uuid::Uuid;

/// One request under one procedure version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(pub Uuid);

/// The dossier that ties related cases together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatterId(pub Uuid);

/// The place of an entry in its case: 1 for the opening, then without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryNumber(pub NonZeroU32);

/// How many entries a case holds. The version after entry *n* is *n*; an unopened case is at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u32);

impl EntryNumber {
    /// The opening of a case.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The entry at `number`, or nothing for 0.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The number as an integer from 1.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl Version {
    /// The number of the entry that would come next; the last possible number once 2^32 - 1 entries stand.
    #[must_use]
    pub fn next(self) -> EntryNumber {
        EntryNumber(NonZeroU32::MIN.saturating_add(self.0))
    }
}

impl From<EntryNumber> for Version {
    fn from(number: EntryNumber) -> Self {
        Self(number.get())
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for MatterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for EntryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
