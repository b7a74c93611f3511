//! Opening the database without being taken down by it.
//!
//! sled 0.34 can refuse, panic, hang, or come back with less than it had. It never decides anything here: what
//! does not open and add up is moved aside and built again from the journal.

use std::any::Any;
use std::io;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::index::Database;
use crate::pairs::Meta;

const MARKER: &str = "sled.hung";

/// Why the database was not opened.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It failed, or does not hold what it says it holds.
    Broken(String),
    /// Someone has it open.
    InUse,
    /// It stood still for too long. Its thread still holds it, so only a new process can try again.
    Hung,
}

/// Opens the database in `folder` and checks that it holds what it says it holds; not, if it says what is `trusted`.
pub(crate) fn open(folder: &Path, patience: Duration, trusted: Option<&Meta>) -> Result<Database, Failure> {
    // A database that was just closed in this process lets go of its lock a moment later.
    for _ in 0..100 {
        match attempt(folder, patience, trusted.copied()) {
            Err(Failure::InUse) => std::thread::sleep(Duration::from_millis(20)),
            other => return other,
        }
    }
    Err(Failure::InUse)
}

fn attempt(folder: &Path, patience: Duration, trusted: Option<Meta>) -> Result<Database, Failure> {
    remove_unfinished_snapshots(folder).map_err(|error| Failure::Broken(error.to_string()))?;
    let progress = Arc::new(AtomicU64::new(0));
    let (sender, receiver) = mpsc::sync_channel(1);
    let (at, counted) = (folder.to_owned(), Arc::clone(&progress));
    let work = move || {
        let opened = std::panic::catch_unwind(AssertUnwindSafe(|| checked(&at, &counted, trusted.as_ref())));
        let _ = sender.send(opened.unwrap_or_else(|panic| Err(Failure::Broken(said(panic.as_ref())))));
    };
    std::thread::Builder::new()
        .name("store-index-open".to_owned())
        .spawn(work)
        .map_err(|error| Failure::Broken(error.to_string()))?;
    let mut seen = 0;
    loop {
        match receiver.recv_timeout(patience) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::Broken("opening it ended early".to_owned()));
            }
            Err(RecvTimeoutError::Timeout) => {
                let now = progress.load(Ordering::Relaxed);
                if now == seen {
                    return Err(Failure::Hung);
                }
                seen = now;
            }
        }
    }
}

fn checked(folder: &Path, progress: &AtomicU64, trusted: Option<&Meta>) -> Result<Database, Failure> {
    let broken = |error: sled::Error| {
        let text = sentence(&error);
        // It has no kind of its own.
        if text.contains("could not acquire lock") { Failure::InUse } else { Failure::Broken(text) }
    };
    let Some(database) = Database::open(folder).map_err(broken)? else {
        return Err(Failure::Broken("its layout is not the one of this release".to_owned()));
    };
    if trusted == Some(database.meta()) {
        return Ok(database);
    }
    if database.contents(progress).map_err(broken)? == database.meta().sum {
        Ok(database)
    } else {
        Err(Failure::Broken("it does not hold what it says it holds".to_owned()))
    }
}

/// What the database says is wrong with it, for people. Its own text is written for whoever works on it.
pub(crate) fn sentence(error: &sled::Error) -> String {
    match error {
        sled::Error::Corruption { .. } => "what it reads is not what it wrote".to_owned(),
        sled::Error::Io(error) => format!("its files could not be used: {error}"),
        sled::Error::Unsupported(said) | sled::Error::ReportableBug(said) => said.clone(),
        sled::Error::CollectionNotFound(_) => "a part of it is not there".to_owned(),
    }
}

/// A kill while sled opens leaves a half-written snapshot that blocks every later open. It is only a cache.
fn remove_unfinished_snapshots(folder: &Path) -> io::Result<()> {
    let listing = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        listing => listing?,
    };
    for item in listing {
        let item = item?;
        let name = item.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            std::fs::remove_file(item.path())?;
        }
    }
    Ok(())
}

/// Moves the database in `at` out of the way, if it is there.
pub(crate) fn move_aside(folder: &Path, at: &Path) -> io::Result<Option<PathBuf>> {
    let moved = if at.exists() {
        let mut names = (1..=u16::MAX).map(|number| folder.join(format!("sled.damaged-{number}")));
        let free = names.find(|path| !path.exists());
        let aside = free.ok_or_else(|| io::Error::other("no free name"))?;
        std::fs::rename(at, &aside)?;
        Some(aside)
    } else {
        None
    };
    match std::fs::remove_file(folder.join(MARKER)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(moved),
    }
}

/// The databases that were moved out of the way, in the order of their numbers.
pub(crate) fn moved_aside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let number = |path: &Path| path.file_name()?.to_str()?.strip_prefix("sled.damaged-")?.parse::<u16>().ok();
    let paths = std::fs::read_dir(folder)?.map(|item| Ok(item?.path())).collect::<io::Result<Vec<_>>>()?;
    let mut numbered: Vec<_> = paths.into_iter().filter_map(|path| Some((number(&path)?, path))).collect();
    numbered.sort();
    Ok(numbered.into_iter().map(|(_, path)| path).collect())
}

/// Whether the last start gave up on the database.
pub(crate) fn hung_before(folder: &Path) -> bool {
    folder.join(MARKER).exists()
}

/// Tells the next start not to try the database again.
pub(crate) fn leave_marker(folder: &Path) {
    if let Err(error) = std::fs::write(folder.join(MARKER), "the index did not open in time\n") {
        tracing::error!(%error, "could not leave the marker {MARKER}; move the folder `sled` away before the next start");
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_database_is_told_in_a_sentence() {
        let broken = sled::Error::Corruption { at: None, bt: () };
        assert_eq!(sentence(&broken), "what it reads is not what it wrote");
        let full = sled::Error::Io(io::Error::other("no space left"));
        assert_eq!(sentence(&full), "its files could not be used: no space left");
    }
}
