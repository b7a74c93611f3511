//! The record as lines of JSON: to be read by other programs, kept on paper or tape, and taken into another store.
//!
//! `docs/record-format.md` says the lines byte by byte. Each carries a sum over itself and the lines before it, so
//! that a line that was changed, taken out or moved is named; the last says how many there were, so that a cut
//! shows. The sums guard against accidents. Against a forger stands what stands in the journal too: the chained
//! hashes of the entries and the root, which a signed checkpoint fixes.

mod line;
mod read;
mod write;

use std::fmt;

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use uuid::Uuid;

use crate::hash::Hash;
use crate::journal::{IdempotencyKey, Position};

pub use read::{ExportFault, ExportReader};
pub use write::{ExportError, export_path};

/// What the first line of an export says of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The store that was exported.
    pub store: Uuid,
    /// How many entries it had.
    pub entries: u64,
    /// How many cases it had.
    pub cases: u64,
    /// The root of the Merkle tree over all entries.
    pub root: Hash,
    /// The hash of the last frame of its journal.
    pub frame: Hash,
}

/// One commit of an export, checked against all before it.
#[derive(Clone, PartialEq, Eq)]
pub struct Exported {
    /// The line it stands on, from 1.
    pub line: u64,
    /// The position of its first entry.
    pub first: Position,
    /// The case.
    pub case: CaseId,
    /// The version of the case before.
    pub seen: Version,
    /// The name of the attempt.
    pub key: Option<IdempotencyKey>,
    /// Its entries.
    pub entries: Vec<ExportedEntry>,
    /// Its index rows as the record keeps them, in order: those that tell of a person in one, sealed.
    pub rows: Vec<Vec<u8>>,
    /// Whether the key of the case was destroyed with it.
    pub erases: bool,
}

/// An entry of an export, as the record keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct ExportedEntry {
    /// When it was recorded.
    pub recorded_at: Moment,
    /// Who recorded it.
    pub recorded_by: String,
    /// The payload as it is stored: plain, or sealed under the key of its case.
    pub payload: Vec<u8>,
    /// Its hash.
    pub hash: Hash,
}

// Payloads hold what persons said and did: no log line may print them.
impl fmt::Debug for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exported")
            .field("line", &self.line)
            .field("first", &self.first)
            .field("case", &self.case)
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ExportedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportedEntry")
            .field("recorded_at", &self.recorded_at)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}
