//! Files for readers that want a path.

use std::cell::OnceCell;
use std::fs;
use std::io;
use std::path::Path;

use tempfile::TempDir;

use crate::broken::{Broken, broken};

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// Hands a folder with just these files to `read`. Their names have no folder in them, or one.
pub(crate) fn with_files<T>(files: &[(String, Vec<u8>)], read: impl FnOnce(&Path) -> T) -> Result<T, Broken> {
    FOLDER.with(|folder| {
        let folder = if let Some(folder) = folder.get() {
            folder.path()
        } else {
            let fresh = TempDir::new().map_err(|error| unable(&error))?;
            folder.get_or_init(|| fresh).path()
        };
        write(folder, files).map_err(|error| unable(&error))?;
        Ok(read(folder))
    })
}

fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    for item in fs::read_dir(folder)? {
        let path = item?.path();
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(())
}

fn unable(error: &io::Error) -> Broken {
    broken(format!("the machine gives no room for a file: {error}"))
}
