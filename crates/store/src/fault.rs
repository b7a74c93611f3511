//! What can be wrong with a store on disk, each with a stable code and what to do.

use std::io;
use std::path::PathBuf;

use crate::journal::Position;
use crate::key_file::KeysError;

/// What is wrong with the journal, the part of the store that cannot be rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    /// A later release wrote it.
    #[error(
        "{file:?} has format {found}, and this program knows up to {known}; open the store with the release that wrote it"
    )]
    NewerFormat {
        /// The segment.
        file: PathBuf,
        /// The format it says.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// Bytes that were on disk are not what was written, or not in their place.
    #[error(
        "{file:?} is damaged at byte {offset} ({what}); nothing was changed: copy the folder away, then restore this file from a backup"
    )]
    Damaged {
        /// The segment.
        file: PathBuf,
        /// Where in the file the first wrong frame starts.
        offset: u64,
        /// In what way.
        what: &'static str,
    },
    /// A segment ends too early.
    #[error(
        "{file:?} was cut to {length} bytes, and at least {expected} belong there; nothing was changed: restore this file from a backup"
    )]
    Truncated {
        /// The segment.
        file: PathBuf,
        /// Its length.
        length: u64,
        /// The least length it must have.
        expected: u64,
    },
    /// A segment is not there, though later ones are.
    #[error(
        "segment number {ordinal} is missing from {folder:?}; nothing was changed: restore it from a backup"
    )]
    Missing {
        /// The folder of the segments.
        folder: PathBuf,
        /// Its place in the row of segments, from 0.
        ordinal: u32,
    },
    /// A file or folder of the journal cannot be read or written.
    #[error("{path:?} could not be used")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl JournalFault {
    /// A stable name for the kind of fault.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NewerFormat { .. } => "store/newer-format",
            Self::Damaged { .. } => "store/damaged",
            Self::Truncated { .. } => "store/truncated-segment",
            Self::Missing { .. } => "store/missing-segment",
            Self::Io { .. } => "store/io",
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

/// Why a store was not opened. Nothing that was recorded is changed by a refusal.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no store in the folder, and none was to be made.
    #[error("there is no store in {folder:?}; check the path, or create one")]
    NotFound {
        /// The folder.
        folder: PathBuf,
    },
    /// Another process, or another part of this one, has the store open.
    #[error(
        "the store in {folder:?} is in use by {holder}; a store has one owner at a time: close that one first"
    )]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// Who has it, as far as is known.
        holder: String,
    },
    /// The folder or a file in it may not be written.
    #[error(
        "{path:?} is read-only; give the account the right to write, or verify the store without opening it"
    )]
    ReadOnly {
        /// The folder or file.
        path: PathBuf,
    },
    /// The store is of an older format, which is read but not written.
    #[error(
        "the store in {folder:?} has format {found}, and this program writes format {known}; run `comity store upgrade --rehearse`, then `comity store upgrade`"
    )]
    OldFormat {
        /// The folder.
        folder: PathBuf,
        /// The format of its last segment.
        found: u32,
        /// The format that is written.
        known: u32,
    },
    /// The keys of the cases cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The journal itself is not in order.
    #[error(transparent)]
    Journal(#[from] JournalFault),
    /// The index holds entries that the journal lacks, so the journal has lost some.
    #[error(
        "the journal ends at position {journal} but the index has seen {index}: the journal in {folder:?} has lost entries; \
         nothing was changed: restore the journal from a backup"
    )]
    JournalBehind {
        /// The folder of the store.
        folder: PathBuf,
        /// The last position in the journal.
        journal: Position,
        /// The last position applied to the index.
        index: Position,
    },
    /// The index did not open in time. The next start moves it aside and rebuilds it.
    #[error(
        "the index in {folder:?} did not open in time; end this process and start again: the index is then rebuilt from the journal"
    )]
    IndexHung {
        /// The folder of the index.
        folder: PathBuf,
    },
    /// The index could be neither opened nor rebuilt.
    #[error(
        "the index in {folder:?} could not be built from the journal ({what}); the journal is whole: make room on the disk, then start again"
    )]
    Index {
        /// The folder of the index.
        folder: PathBuf,
        /// What went wrong.
        what: String,
    },
}

impl OpenError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "store/not-found",
            Self::Locked { .. } => "store/locked",
            Self::ReadOnly { .. } => "store/read-only",
            Self::OldFormat { .. } => "store/old-format",
            Self::Keys(error) => error.code(),
            Self::Journal(fault) => fault.code(),
            Self::JournalBehind { .. } => "store/journal-behind",
            Self::IndexHung { .. } => "store/index-hung",
            Self::Index { .. } => "store/index",
        }
    }
}

/// What verifying found wrong, the first thing only.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The store was closed.
    #[error("the store is closed; open it again")]
    Closed,
    /// There is no store in the folder.
    #[error("there is no store in {folder:?}; check the path")]
    NotFound {
        /// The folder.
        folder: PathBuf,
    },
    /// The journal is not in order.
    #[error(transparent)]
    Journal(#[from] JournalFault),
    /// The index is not what the journal says. Close the store, move its `sled` folder away and open it again.
    #[error(
        "the index does not follow from the journal ({what}); close the store, move its folder `sled` away and open it again"
    )]
    Index {
        /// In what way.
        what: String,
    },
    /// The key of an erased case is there again, as after a restore of older keys.
    #[error(
        "the key {slot} belongs to a case that was erased, and is there again; run `comity store rebuild`, which destroys it once more"
    )]
    NotErased {
        /// The slot of the key.
        slot: u64,
    },
    /// The keys could not be read.
    #[error("the keys of the cases could not be read ({why}); restore the folder `keys` from a backup")]
    Keys {
        /// What is in the way.
        why: String,
    },
}

impl VerifyError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Closed => "verify/closed",
            Self::NotFound { .. } => "store/not-found",
            Self::Journal(fault) => fault.code(),
            Self::Index { .. } => "verify/index",
            Self::NotErased { .. } => "verify/not-erased",
            Self::Keys { .. } => "verify/keys",
        }
    }
}
