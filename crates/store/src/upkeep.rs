//! What is done to a store while nobody has it open: its index built anew, room given back. The record is never touched.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::embedded::SledJournal;
use crate::facts::on_disk;
use crate::fault::{JournalFault, OpenError};
use crate::index_open;
use crate::journal::{CloseError, Journal};
use crate::open::{self, IndexState, OpenOptions, OpenReport, index_folder, journal_folder};
use crate::segment::FIRST_FRAME;
use crate::survey::list;

/// An index that was built anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// How the store was opened with it.
    pub opened: OpenReport,
    /// Where the old index was moved, if there was one.
    pub moved_to: Option<PathBuf>,
}

/// What was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// How the store was opened.
    pub opened: OpenReport,
    /// What the index took on the disk, and takes now.
    pub index: (u64, u64),
    /// What finished segments took in advance and did not need.
    pub room: u64,
    /// The old indexes that were removed, and what each took.
    pub removed: Vec<(PathBuf, u64)>,
}

/// Why a store was not brought in order.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// It could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It could not be closed.
    #[error(transparent)]
    Close(#[from] CloseError),
}

/// Moves the index of the store in `folder` aside, and builds it from the journal.
///
/// The store is opened with the old index first: an index that has seen more than the journal holds is the only witness
/// that the journal has lost entries, and is not given up.
///
/// Dropping the future leaves the record as it was. An index that is missing then is built when the store is next opened.
///
/// # Errors
///
/// Returns [`UpkeepError`]. The record is as it was.
pub async fn rebuild(folder: &Path, options: OpenOptions) -> Result<Rebuilt, UpkeepError> {
    let options = OpenOptions { create: false, ..options };
    let opened = opened_and_closed(folder, options.clone()).await?;
    if let IndexState::Rebuilt { moved_to, .. } = &opened.index {
        return Ok(Rebuilt { moved_to: moved_to.clone(), opened });
    }
    let lock = open::lock(folder)?;
    let at = index_folder(folder);
    let moved = index_open::move_aside(folder, &at).map_err(|error| broken(&at, &error))?;
    drop(lock);
    let opened = opened_and_closed(folder, options).await?;
    Ok(Rebuilt { opened, moved_to: moved })
}

/// Builds the index of the store in `folder` anew, as small as it can be, and gives back what finished segments took in
/// advance. With `moved_aside`, indexes that were moved aside earlier are removed.
///
/// Dropping the future leaves the record as it was, and may leave the index that was moved aside; compact again.
///
/// # Errors
///
/// Returns [`UpkeepError`]. The record is as it was.
pub async fn compact(
    folder: &Path,
    options: OpenOptions,
    moved_aside: bool,
) -> Result<Compacted, UpkeepError> {
    let at = index_folder(folder);
    let io = |path: &Path, error: io::Error| {
        OpenError::Journal(JournalFault::Io { path: path.to_owned(), source: error })
    };
    let before = on_disk(&at).map_err(|error| io(&at, error))?;
    let Rebuilt { opened, moved_to } = rebuild(folder, options).await?;
    let _lock = open::lock(folder)?;
    // The new one was built from the whole journal, so the one it stands for is no longer needed.
    if let Some(moved) = moved_to {
        fs::remove_dir_all(&moved).map_err(|error| io(&moved, error))?;
    }
    let mut removed = Vec::new();
    let old = index_open::moved_aside(folder).map_err(|error| io(folder, error))?;
    for path in old.into_iter().filter(|_| moved_aside) {
        let size = on_disk(&path).map_err(|error| io(&path, error))?;
        fs::remove_dir_all(&path).map_err(|error| io(&path, error))?;
        removed.push((path, size));
    }
    let room = trim(&journal_folder(folder)).map_err(OpenError::Journal)?;
    let after = on_disk(&at).map_err(|error| io(&at, error))?;
    Ok(Compacted { opened, index: (before, after), room, removed })
}

async fn opened_and_closed(folder: &Path, options: OpenOptions) -> Result<OpenReport, UpkeepError> {
    let journal = SledJournal::open(folder, options).await?;
    let report = journal.report().clone();
    journal.close().await?;
    Ok(report)
}

/// Cuts finished segments to the length that their headers say. A crash may have left one with its room.
fn trim(journal: &Path) -> Result<u64, JournalFault> {
    use std::os::unix::fs::MetadataExt;
    let segments = list(journal)?;
    let mut room = 0_u64;
    for (found, next) in segments.iter().zip(segments.iter().skip(1)) {
        let length = FIRST_FRAME.saturating_add(next.header.base.saturating_sub(found.header.base));
        let trim = || {
            let file = File::options().write(true).open(&found.path)?;
            let before = file.metadata()?;
            if before.len() <= length {
                return Ok(0);
            }
            file.set_len(length)?;
            file.sync_all()?;
            Ok((before.blocks().saturating_sub(file.metadata()?.blocks())).saturating_mul(512))
        };
        room = room.saturating_add(trim().map_err(JournalFault::io(&found.path))?);
    }
    Ok(room)
}

fn broken(at: &Path, error: &io::Error) -> OpenError {
    OpenError::Index { folder: at.to_owned(), what: error.to_string() }
}
