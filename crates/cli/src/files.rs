//! Files that are made whole or not at all.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use tempfile::Builder;

use crate::failure::Failure;

/// What only the account of whoever made it may read: it holds what a store holds, or a secret.
pub(crate) const OWN: u32 = 0o600;
/// What anybody may read.
pub(crate) const ALL: u32 = 0o644;

/// Writes a file that is not there yet, and waits until it is on disk.
///
/// # Errors
///
/// Returns [`Failure::File`] if it is there, or cannot be written.
pub(crate) fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), Failure> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        sync_folder_of(path)
    };
    write().map_err(|source| Failure::File { path: path.to_owned(), source })
}

/// Fills a file that is not there yet, under another name until it is whole and on disk.
///
/// A file of that name is never written over, and after a failure or a kill there is none.
///
/// # Errors
///
/// Returns [`Failure::File`] if it is there or cannot be written, and what `fill` returns.
pub(crate) fn fill_new<T>(
    path: &Path,
    mode: u32,
    fill: impl FnOnce(&mut BufWriter<&File>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let failed = |source: io::Error| Failure::File { path: path.to_owned(), source };
    if path.try_exists().map_err(failed)? {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let named = Builder::new()
        .permissions(Permissions::from_mode(mode))
        .prefix(".unfinished-")
        .tempfile_in(folder_of(path));
    let named = named.map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 16, named.as_file());
    let filled = fill(&mut out)?;
    out.flush().map_err(failed)?;
    drop(out);
    named.as_file().sync_all().map_err(failed)?;
    named.persist_noclobber(path).map_err(|error| failed(error.error))?;
    // The name of a new file is on disk with its folder.
    sync_folder_of(path).map_err(failed)?;
    Ok(filled)
}

/// Waits until the name of a file or folder is on disk.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
