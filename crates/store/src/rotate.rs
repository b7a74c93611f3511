//! Changes the master key of a store that nobody has open.

use std::path::Path;

use crate::fault::OpenError;
use crate::key_file::KeyFile;
use crate::master::MasterKey;
use crate::open;
use crate::survey;

/// Locks the keys of all cases with another master key, and says how many keys there are.
///
/// The record is not touched. The index is built anew at the next opening, because names and words are hidden in it
/// with a key that follows from the master key. The old master key opens the keys of old backups, and nothing else:
/// destroy it, and what was erased cannot be read from them either.
///
/// # Errors
///
/// Returns [`OpenError`] if the store is in use, or one of the keys cannot be had. The keys are as they were then.
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
