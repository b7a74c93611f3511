//! Why there is no backup, each with a stable code and what to do.

use std::io;
use std::path::PathBuf;

use uuid::Uuid;

use crate::fault::{JournalFault, OpenError};
use crate::journal::Position;

/// Why a backup was not brought up to date. The store is never changed by it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no store in the folder.
    #[error("there is no store in {folder:?}; check the path")]
    NotFound {
        /// The folder.
        folder: PathBuf,
    },
    /// The backup would lie in the store itself.
    #[error("{folder:?} is the store itself, or lies in its journal; choose a folder on another disk")]
    SameFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder holds something else.
    #[error(
        "{folder:?} holds {found:?}, which no backup has; choose an empty folder, or one that a backup was made in"
    )]
    NotABackup {
        /// The folder.
        folder: PathBuf,
        /// What is there.
        found: String,
    },
    /// Another backup is being made there, or a store is open there.
    #[error("{folder:?} is in use by {holder}; wait until that has ended, then try again")]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// Who has it, as far as is known.
        holder: String,
    },
    /// The folder has the backup of another store.
    #[error("{folder:?} holds the backup of the store {backup}, and this is {store}; choose another folder")]
    OtherStore {
        /// The folder of the backup.
        folder: PathBuf,
        /// The store that was backed up there.
        backup: Uuid,
        /// The store that was to be.
        store: Uuid,
    },
    /// The store says something else where the backup ends, or before.
    #[error(
        "the store and its backup part at position {position}, byte {offset} of {file:?}: one of the two records is not the one that was; \
         nothing was copied: keep both, and begin a new backup in an empty folder"
    )]
    Diverged {
        /// The segment of the backup.
        file: PathBuf,
        /// Where in it the first frame lies that differs.
        offset: u64,
        /// The position of the first entry that may differ.
        position: Position,
    },
    /// The store ends before its backup does.
    #[error(
        "the backup holds {backup} entries and the store in {folder:?} fewer: the store has lost entries, or is an older copy; \
         nothing was copied: see `comity restore`"
    )]
    Behind {
        /// The folder of the store.
        folder: PathBuf,
        /// The last position in the backup.
        backup: Position,
    },
    /// The store itself is not in order.
    #[error(transparent)]
    Store(#[from] JournalFault),
    /// What was backed up is no longer what it was.
    #[error("the backup is not in order; begin a new one in an empty folder, as long as the store is whole")]
    Backup(#[source] JournalFault),
    /// A file or folder cannot be read or written.
    #[error("{path:?} could not be used; the store is not touched: mend that, then try again")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl BackupError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "store/not-found",
            Self::SameFolder { .. } => "backup/same-folder",
            Self::NotABackup { .. } => "backup/not-a-backup",
            Self::InUse { .. } => "backup/in-use",
            Self::OtherStore { .. } => "backup/other-store",
            Self::Diverged { .. } => "backup/diverged",
            Self::Behind { .. } => "backup/store-behind",
            Self::Store(fault) => fault.code(),
            Self::Backup(_) => "backup/damaged",
            Self::Io { .. } => "backup/io",
        }
    }

    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// What kept a folder from being taken for this process alone.
    pub(super) fn not_taken(folder: PathBuf, error: OpenError) -> Self {
        if let OpenError::Locked { holder, .. } = error {
            return Self::InUse { folder, holder };
        }
        Self::Io { path: folder, source: io::Error::other(error.to_string()) }
    }
}
