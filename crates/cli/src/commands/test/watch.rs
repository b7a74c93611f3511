//! `comity test --watch`: runs again whenever a procedure, an article or a chronology was written.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, EventKind, RecursiveMode, Watcher};

use super::TestArgs;
use crate::answer::{self, remark};
use crate::chronologies;
use crate::cli::Output;
use crate::exit::Exit;
use crate::failure::Failure;

/// An editor writes a file in several steps, and a version control system many files at once. What comes within this time
/// of each other is one change.
const QUIET: Duration = Duration::from_millis(150);

/// Runs, prints and waits, until somebody ends it.
///
/// # Errors
///
/// Returns [`Failure`] if the folders cannot be watched. What is wrong with a run is printed, and waited out.
pub(crate) fn run(args: &TestArgs, output: &Output) -> Result<Exit, Failure> {
    let (tell, told) = channel();
    let mut watcher = notify::recommended_watcher(tell).map_err(|error| cannot(&error))?;
    let folders = folders(args);
    for folder in &folders {
        watcher.watch(folder, RecursiveMode::Recursive).map_err(|error| cannot(&error))?;
    }
    // It watches before it first runs, so that nothing written meanwhile is missed.
    loop {
        match super::run(args) {
            Ok(answer) => answer::print(output, "test", &answer),
            Err(failure) => answer::print_failure(output, "test", &failure),
        };
        remark("waiting for a file to change; Ctrl-C ends it");
        if !something_changed(&told) {
            return Ok(Exit::Fine);
        }
    }
}

fn cannot(error: &notify::Error) -> Failure {
    Failure::usage(format!("the folders cannot be watched: {error}"), "leave --watch out")
}

/// The libraries that the chronologies lie in, with their calendars and rules of counting; else their own folders.
fn folders(args: &TestArgs) -> BTreeSet<PathBuf> {
    let around = args.paths.iter().map(|path| chronologies::around(path));
    around.chain(args.library.workflows.clone()).filter(|folder| folder.exists()).collect()
}

/// Waits until something that is read was written, and until it is quiet again. False if nothing can come any more.
fn something_changed(told: &Receiver<notify::Result<Event>>) -> bool {
    loop {
        match told.recv() {
            Ok(Ok(event)) if is_written(&event) => break,
            // What the system could not tell may have been anything.
            Ok(Err(_)) => break,
            Ok(Ok(_)) => {}
            Err(_) => return false,
        }
    }
    loop {
        match told.recv_timeout(QUIET) {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Whether a file of a library was written, moved or deleted. To read one, as each run does, is no change.
fn is_written(event: &Event) -> bool {
    let is_change = match event.kind {
        EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Any
        | EventKind::Other => true,
        EventKind::Access(_) => false,
    };
    let is_read = |path: &PathBuf| {
        path.extension()
            .is_some_and(|ending| ["md", "yaml", "yml", "csv"].iter().any(|known| ending == *known))
    };
    is_change && event.paths.iter().any(is_read)
}
