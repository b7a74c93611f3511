//! Files that are there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::segment::{OWN_FILE, sync_folder};

/// A new file with `bytes`, which nobody else may read. It is not on disk before it was synced.
pub(crate) fn written(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(OWN_FILE).open(path)?;
    file.write_all(bytes)?;
    Ok(file)
}

/// Writes `bytes` to `unfinished`, and gives it the name `path` once it is on disk.
pub(crate) fn replace(unfinished: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    written(unfinished, bytes)?.sync_all()?;
    rename(unfinished, path)
}

/// Gives a file that is on disk its name, for good.
pub(crate) fn rename(unfinished: &Path, path: &Path) -> io::Result<()> {
    fs::rename(unfinished, path)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}
