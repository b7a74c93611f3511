//! Why there is no bundle.

use std::error::Error;

use comity_store::Checkpoint;

/// Why a bundle was not made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The case and its evidence were not read at the same time.
    #[error("the case was read with {told} entries and its evidence with {recorded}; read both again")]
    Apart {
        /// How many entries the case has.
        told: usize,
        /// How many the evidence has.
        recorded: usize,
    },
    /// The proofs are not those that were to be had.
    #[error(
        "the entry at position {position} is not proved, though the tree covers it; ask for the proofs of the case"
    )]
    NotProved {
        /// The position of the entry in the record.
        position: u64,
    },
    /// The record is not the one that was signed.
    #[error(
        "the first {} entries are not those over which {} signed a checkpoint: it is of another store, or this record was \
         written anew", .0.size, .0.name
    )]
    AnotherRecord(Checkpoint),
    /// A page could not be made.
    #[error("the page {page} of the bundle could not be made")]
    Page {
        /// Its name.
        page: &'static str,
        /// Why not.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// An entry that is to be withheld and is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no entry {number}; the entries have the numbers 1 to {entries}")]
pub struct NoSuchEntry {
    /// The number.
    pub number: u32,
    /// How many entries there are.
    pub entries: usize,
}

/// Two checkpoints of one size, of which the second says nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two checkpoints are of {size} entries; give one of them")]
pub struct TwoOfOneSize {
    /// How many entries.
    pub size: u64,
}
