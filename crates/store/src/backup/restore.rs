//! A backup is read to its last byte before it is believed, and the store that is made of it once more after.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;
use uuid::Uuid;

use super::{BackupError, BackupManifest};
use crate::embedded::SledJournal;
use crate::fault::{JournalFault, OpenError, VerifyError};
use crate::journal::{CloseError, Journal};
use crate::key_copy;
use crate::open::{LOCK, OpenOptions, OpenReport, journal_folder};
use crate::segment::{self, OWN_FILE};
use crate::survey::{self, list};
use crate::verify::{Report, verify_path};

/// A backup in which nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The identity of the store.
    pub store: Uuid,
    /// What its journal holds.
    pub report: Report,
    /// What it says of itself; nothing if it is a plain copy of a journal.
    pub manifest: Option<BackupManifest>,
    /// Whether it has the keys of the cases.
    pub with_keys: bool,
}

/// A store that was made from a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The backup.
    pub from: Checked,
    /// How the store was opened, with its index built.
    pub opened: OpenReport,
    /// What the store holds: the same as the backup, index and all.
    pub report: Report,
}

/// Why nothing was restored. The backup is never changed.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup is not in order, or there is none.
    #[error("the backup in {folder:?} is not in order")]
    Backup {
        /// The folder of the backup.
        folder: PathBuf,
        /// What is wrong with it.
        #[source]
        source: VerifyError,
    },
    /// What the backup says of itself cannot be read.
    #[error(transparent)]
    Manifest(#[from] BackupError),
    /// The backup has lost its end.
    #[error(
        "the backup in {folder:?} had {said} entries when it was last brought up to date, and its journal does not hold them any more; \
         use another backup"
    )]
    Lacking {
        /// The folder of the backup.
        folder: PathBuf,
        /// The last position that it had.
        said: crate::journal::Position,
    },
    /// The folder for the store has something in it.
    #[error("{folder:?} is not empty; restore into a folder that is empty or new")]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// The disk is too small.
    #[error(
        "the disk of {folder:?} has {free} bytes left, and the backup needs {needed}; make room, or choose another disk"
    )]
    NoRoom {
        /// The folder for the store.
        folder: PathBuf,
        /// Bytes that are free.
        free: u64,
        /// Bytes that are needed.
        needed: u64,
    },
    /// A file or folder cannot be read or written.
    #[error("{path:?} could not be used; nothing was restored: mend that, then try again")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The journal was copied, and the store did not open.
    #[error("the record is copied, and the store did not open")]
    Open(#[source] OpenError),
    /// The store was opened, and is not what the backup is.
    #[error(
        "the store that was made is not what the backup is; do not use it, and try again on another disk"
    )]
    Differs(#[source] Option<VerifyError>),
    /// The store was not closed.
    #[error("the record is restored, and the store was not closed cleanly")]
    Close(#[source] CloseError),
}

impl RestoreError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Backup { source, .. } => source.code(),
            Self::Manifest(error) => error.code(),
            Self::Lacking { .. } => "restore/lacking",
            Self::NotEmpty { .. } => "restore/not-empty",
            Self::NoRoom { .. } => "restore/no-room",
            Self::Io { .. } => "restore/io",
            Self::Open(error) => error.code(),
            Self::Differs(_) => "restore/differs",
            Self::Close(error) => error.code(),
        }
    }

    fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

/// Reads a backup from the first byte to the last, and holds it against what it says of itself.
///
/// # Errors
///
/// Returns [`RestoreError`] with the first thing that is wrong.
pub fn check_backup(from: &Path) -> Result<Checked, RestoreError> {
    let bad = |source| RestoreError::Backup { folder: from.to_owned(), source };
    let manifest = BackupManifest::read(from)?;
    let report = verify_path(from).map_err(bad)?;
    let store = survey::store(&journal_folder(from)).map_err(|fault| bad(fault.into()))?;
    let store = store.ok_or_else(|| bad(VerifyError::NotFound { folder: from.to_owned() }))?;
    if let Some(said) = manifest.filter(|said| said.store != store || !said.is_held_by(&report)) {
        return Err(RestoreError::Lacking { folder: from.to_owned(), said: said.entries });
    }
    Ok(Checked { store, report, manifest, with_keys: crate::key_file::key_file(from).exists() })
}

/// Whether a backup could be restored to `to`: the folder is empty or missing, and its disk has room.
///
/// # Errors
///
/// Returns [`RestoreError`] if not.
pub fn check_target(from: &Path, to: &Path) -> Result<(), RestoreError> {
    if !is_free(to).map_err(RestoreError::io(to))? {
        return Err(RestoreError::NotEmpty { folder: to.to_owned() });
    }
    let needed = size(&journal_folder(from))?.saturating_add(size(&crate::key_file::keys_folder(from))?);
    let there = to.ancestors().find(|above| above.exists()).unwrap_or(Path::new("."));
    let about = rustix::fs::statvfs(there).map_err(|error| RestoreError::io(there)(error.into()))?;
    let free = about.f_bavail.saturating_mul(about.f_frsize);
    if free < needed { Err(RestoreError::NoRoom { folder: to.to_owned(), free, needed }) } else { Ok(()) }
}

/// Makes a store in `to` from the backup in `from`: checks the backup, copies it, opens the store, compares.
///
/// The copy is made on the thread of the caller. Dropping the future after that may leave a store in `to` that was not compared;
/// remove the folder and begin again.
///
/// # Errors
///
/// Returns [`RestoreError`]. Unless it says otherwise, there is no store in `to` then.
pub async fn restore(from: &Path, to: &Path, options: OpenOptions) -> Result<Restored, RestoreError> {
    check_target(from, to)?;
    let checked = check_backup(from)?;
    copy(from, to)?;
    let copied = verify_path(to).map_err(|error| RestoreError::Differs(Some(error)))?;
    let options = OpenOptions { create: false, ..options };
    let journal = SledJournal::open(to, options).await.map_err(RestoreError::Open)?;
    let report = journal.verify().await;
    let closed = journal.close().await;
    let report = report.map_err(|error| RestoreError::Differs(Some(error)))?;
    let held = |report: &Report| (report.last, report.cases, report.root);
    let is_same = copied.head == checked.report.head && held(&copied) == held(&checked.report);
    if !is_same || held(&report) != held(&copied) || journal.report().store != checked.store {
        return Err(RestoreError::Differs(None));
    }
    closed.map_err(RestoreError::Close)?;
    Ok(Restored { from: checked, opened: journal.report().clone(), report })
}

/// The name of the journal while it is copied. Without its own name there is no store, and so none that is cut.
pub(crate) const UNFINISHED: &str = "journal.unfinished";

/// Whether nothing is in the folder but what a restore left that was stopped.
pub(crate) fn is_free(to: &Path) -> io::Result<bool> {
    let listing = match fs::read_dir(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        listing => listing?,
    };
    let names = listing.map(|item| Ok(item?.file_name())).collect::<io::Result<Vec<_>>>()?;
    let was_stopped = names.iter().any(|name| *name == *UNFINISHED);
    let ours = |name: &std::ffi::OsString| {
        *name == *UNFINISHED || *name == *key_copy::FOLDER || *name == *LOCK || *name == *"lost+found"
    };
    Ok(names.iter().all(|name| *name == *"lost+found") || (was_stopped && names.iter().all(ours)))
}

fn size(folder: &Path) -> Result<u64, RestoreError> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        listing => listing.map_err(RestoreError::io(folder))?,
    };
    let lengths = listing.map(|item| Ok(item?.metadata()?.len())).collect::<io::Result<Vec<u64>>>();
    Ok(lengths.map_err(RestoreError::io(folder))?.into_iter().fold(0, u64::saturating_add))
}

fn copy(from: &Path, to: &Path) -> Result<(), RestoreError> {
    let unfinished = to.join(UNFINISHED);
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(RestoreError::io(&unfinished)(error))?,
        _ => {}
    }
    segment::make_own_folder(&unfinished).map_err(RestoreError::io(&unfinished))?;
    let journal = journal_folder(from);
    let bad = |fault: JournalFault| RestoreError::Backup { folder: from.to_owned(), source: fault.into() };
    for found in list(&journal).map_err(bad)? {
        let path = unfinished.join(found.header.file_name());
        copy_segment(&found.path, &path).map_err(RestoreError::io(&path))?;
    }
    let finish = || {
        segment::sync_folder(&unfinished)?;
        key_copy::copy(from, to)?;
        crate::fresh::rename(&unfinished, &journal_folder(to))?;
        let above = to.parent().filter(|above| !above.as_os_str().is_empty());
        segment::sync_folder(above.unwrap_or(Path::new(".")))
    };
    finish().map_err(RestoreError::io(to))
}

/// Copies a segment with its room. A backup has none behind its last frame, and a writer counts on it.
fn copy_segment(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(OWN_FILE).open(to)?;
    let length = io::copy(&mut File::open(from)?, &mut file)?;
    match rustix::fs::fallocate(&file, FallocateFlags::KEEP_SIZE, 0, length) {
        // Then the copy has written the zeros that stand for it.
        Err(rustix::io::Errno::OPNOTSUPP) | Ok(()) => {}
        Err(error) => return Err(error.into()),
    }
    file.sync_all()
}
