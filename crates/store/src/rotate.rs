//! Changes the master key of a store that nobody has open.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::fault::OpenError;
use crate::key_file::{KeyFile, is_locked_with, key_file, keys_folder};
use crate::master::{BESIDE, MasterKey};
use crate::open;
use crate::survey;

/// Locks the keys of all cases with another master key, and says how many keys there are.
///
/// The record is not touched. The index is built anew at the next opening, because names and words are hidden in it
/// with a key that follows from the master key. The old master key opens the keys of old backups, and nothing else:
/// destroy it, and what was erased cannot be read from them either. That is left to people, for what is destroyed cannot be had
/// back: one that lies in the store stays there, unless a new one takes its place.
///
/// # Errors
///
/// Returns [`OpenError`] if the store is in use, one of the keys cannot be had, or both are the same. The keys are as they were then.
pub fn rotate_master(folder: &Path, from: &MasterKey, to: &MasterKey) -> Result<u64, OpenError> {
    let journal = open::journal_folder(folder);
    let not_found = || OpenError::NotFound { folder: folder.to_owned() };
    if !journal.exists() {
        return Err(not_found());
    }
    let _lock = open::lock(folder)?;
    let store = survey::store(&journal)?.ok_or_else(not_found)?;
    let keys = KeyFile::open(folder, store, from)?;
    Ok(keys.rotate(to)?)
}

/// A master key that lies in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterBeside {
    /// The keys are locked with it.
    InUse(PathBuf),
    /// The keys are locked with another: it was left when that took over, or somebody put it there.
    Unused(PathBuf),
}

/// The master key that lies in the store itself, if one does.
///
/// # Errors
///
/// Returns what the system said if it, or the file of the keys, cannot be read.
pub fn master_beside(folder: &Path) -> io::Result<Option<MasterBeside>> {
    let path = keys_folder(folder).join(BESIDE);
    let text = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => zeroize::Zeroizing::new(text?),
    };
    let is_in_use = is_locked_with(&key_file(folder), &text)?;
    Ok(Some(if is_in_use { MasterBeside::InUse(path) } else { MasterBeside::Unused(path) }))
}
