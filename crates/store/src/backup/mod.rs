//! Backup of a store that may be in use: the segments that the backup lacks, the last one as far as it is on disk, and the
//! keys as they are now.
//!
//! A segment is only ever appended to, so what is copied never changes and need not be locked. What a reader sees of the last
//! one is another matter: a frame may be half written, or written and not yet on disk, and then a power cut would take from
//! the store what the backup has. So of the last segment only whole frames are taken that the disk is known to hold: those of
//! which a later frame says so, and those that were put on disk and read back from there.
//!
//! A segment of the backup is written beside the one that it replaces and gets its name at once, so that the backup is a
//! whole journal at every moment, whenever it is stopped.

mod error;
mod manifest;
mod piece;
mod restore;
mod target;

use std::path::Path;

use comity_core::time::Moment;
use uuid::Uuid;

use crate::open::journal_folder;
use crate::scan::Chain;
use crate::segment::FIRST_FRAME;
use crate::survey::{Found, in_place, list};
use crate::{key_copy, key_file};

pub use error::BackupError;
pub use manifest::BackupManifest;
pub use restore::{Checked, RestoreError, Restored, check_backup, check_target, restore};
pub(crate) use restore::{UNFINISHED, is_free};

use piece::Piece;
use target::Target;

/// What a backup holds now, and what of it is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// What the manifest says.
    pub manifest: BackupManifest,
    /// How many entries were added by this run.
    pub new_entries: u64,
    /// How many bytes of frames were added by this run.
    pub new_bytes: u64,
    /// Whether the store holds a write that is not known to be on disk, and was left for the next run.
    pub left_out: bool,
    /// Whether the master key lies in the store, and so in the backup too.
    pub with_master_key: bool,
}

/// Brings the backup in `to` to where the store in `store` stands, and writes down that it was taken at `at`.
///
/// Needs no lock on the store and never waits for its writer. What is copied is verified frame by frame and entry by entry.
///
/// # Errors
///
/// Returns [`BackupError`]. The backup is then as it was, or has a part of what is new.
pub fn backup(store: &Path, to: &Path, at: Moment) -> Result<Backup, BackupError> {
    apart(store, to)?;
    let journal = journal_folder(store);
    let source = list(&journal)?;
    let Some(first) = source.first() else {
        return Err(BackupError::NotFound { folder: store.to_owned() });
    };
    let target = Target::open(to, first.header.store)?;
    let before = target.chain(&source, first)?;
    let mut is_common = true;
    let mut done = Done { chain: before, left_out: false };
    let ordinal = target.ordinal().min(source.len().saturating_sub(1));
    let mut start = source.get(ordinal).map_or(before, start_of);
    for (found, next) in source.iter().zip(source.iter().skip(1).map(Some).chain([None])).skip(ordinal) {
        in_place(found, first, &start)?;
        let piece = Piece::read(&journal, found, next)?;
        if is_common && !piece.passes(&before) {
            // It was as it is now when the backup was made, or it was never so.
            let was = next.is_none() && target.passes(found, &piece.shown())?;
            let behind = BackupError::Behind { folder: store.to_owned(), backup: before.last() };
            return Err(if was { behind } else { target.differs(found)? });
        }
        is_common = false;
        if piece.end.length > done.chain.length || target.lacks(found) {
            target.write(found, &piece)?;
            done.chain = piece.end;
        }
        done.left_out = piece.left_out && piece.end.length >= before.length;
        start = piece.end;
    }
    target.trim(&source)?;
    finished(store, &target, first.header.store, (&before, &done), at)
}

/// Where the backup stands after the segments, and whether something was left.
struct Done {
    chain: Chain,
    left_out: bool,
}

fn finished(
    store: &Path,
    target: &Target,
    id: Uuid,
    (before, done): (&Chain, &Done),
    at: Moment,
) -> Result<Backup, BackupError> {
    // After the journal: a key is on disk before anything is sealed with it, so none that is needed is missing.
    let with_master_key = key_copy::copy(store, target.folder())
        .map_err(|source| BackupError::Io { path: key_file::keys_folder(store), source })?;
    let manifest = BackupManifest {
        store: id,
        entries: done.chain.last(),
        bytes: done.chain.length,
        head: done.chain.previous,
        taken_at: at,
    };
    manifest.write(target.folder())?;
    Ok(Backup {
        new_entries: done.chain.last().0.saturating_sub(before.last().0),
        new_bytes: done.chain.length.saturating_sub(before.length),
        left_out: done.left_out,
        manifest,
        with_master_key,
    })
}

/// Where the journal stands when a segment begins.
fn start_of(found: &Found) -> Chain {
    let header = &found.header;
    Chain { next: header.first, previous: header.previous, length: header.base }
}

/// Where a frame that begins when the journal is `length` long lies in its file.
fn offset(found: &Found, length: u64) -> u64 {
    FIRST_FRAME.saturating_add(length.saturating_sub(found.header.base))
}

/// A backup within the store, or a store within the backup, would be neither.
fn apart(store: &Path, to: &Path) -> Result<(), BackupError> {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (one, other) = (whole(store), whole(to));
    if one == other || other.starts_with(journal_folder(&one)) || one.starts_with(journal_folder(&other)) {
        return Err(BackupError::SameFolder { folder: to.to_owned() });
    }
    Ok(())
}
