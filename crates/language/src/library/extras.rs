//! What lies beside a procedure and is no part of it: labels in other languages, and changes that are argued to show in no case.

use std::sync::Arc;

use comity_core::procedure::Procedure;

use super::files::Files;
use super::load::{Decoded, folder};
use super::shelf::Shelf;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, placed};
use crate::labels::Labels;

/// Puts what lies at `paths` beside the procedures of their folders.
pub(super) fn put(shelf: &mut Shelf<'_>, paths: &[String], read: &mut [Decoded]) {
    for path in paths {
        if is_labels(path) {
            label(shelf, path, read);
        } else if let Some(procedure) = argues_about(path) {
            argue(shelf, path, (&procedure, paths.contains(&procedure)), read);
        }
    }
}

/// The labels that lie beside the procedure of a name and can be read, by language. For whoever has the procedure already, such as
/// one that a case is pinned to.
#[must_use]
pub fn labels_beside(files: &dyn Files, procedure: &str) -> Vec<Arc<Labels>> {
    let mut shelf = Shelf::new(files);
    let beside = files.list().unwrap_or_default().into_iter().filter(|path| is_labels(path));
    let beside: Vec<String> = beside.filter(|path| folder(path) == folder(procedure)).collect();
    beside.iter().filter_map(|path| shelf.labels(path)).map(|(_, labels)| Arc::new(labels)).collect()
}

fn is_labels(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_prefix("labels.")
        .and_then(|rest| rest.strip_suffix(".yaml"))
        .is_some_and(|tag| !tag.is_empty())
}

/// The file of the procedure whose changes a file of equivalents argues about; none for another file.
fn argues_about(path: &str) -> Option<String> {
    path.strip_suffix(".equivalents.yaml").map(|procedure| format!("{procedure}.yaml"))
}

/// A label that no procedure of the folder asks for is a flaw, unless one could not be read and may have asked for it.
fn label(shelf: &mut Shelf<'_>, path: &str, read: &mut [Decoded]) {
    let Some((source, labels)) = shelf.labels(path) else { return };
    let labels = Arc::new(labels);
    let beside = read.iter_mut().filter(|one| folder(&one.path) == folder(path) && !one.is_open);
    let (mut procedures, mut are_all_read) = (Vec::new(), true);
    for one in beside {
        match &mut one.loaded {
            Some(loaded) => {
                loaded.labels.push(Arc::clone(&labels));
                procedures.push(Arc::clone(&loaded.procedure));
            }
            None => are_all_read = false,
        }
    }
    if are_all_read {
        let procedures: Vec<&Procedure> = procedures.iter().map(Arc::as_ref).collect();
        shelf.diagnostics.extend(placed(labels.unused(&procedures), &source));
    }
}

/// A file that argues about a procedure which is not there is a flaw, and so is one about a file under which nothing runs: its
/// changes are tried with a procedure that builds on it.
fn argue(shelf: &mut Shelf<'_>, path: &str, (procedure, is_there): (&str, bool), read: &mut [Decoded]) {
    let Some(equivalents) = shelf.equivalents(path) else { return };
    match read.iter_mut().find(|one| one.path == procedure) {
        Some(Decoded { loaded: Some(loaded), .. }) => loaded.equivalents = equivalents,
        // What is wrong with it was said.
        Some(Decoded { is_open: false, .. }) => {}
        None if is_there => {}
        Some(_) | None => {
            let message = format!("`{procedure}` is no procedure whose changes could be tried");
            let remedy =
                "name the file after the procedure beside it: `NAME.equivalents.yaml` beside `NAME.yaml`";
            let shown = shelf.files.shown(path);
            shelf.diagnostics.push(Diagnostic::of_file(Code::WrongPath, &shown, message, remedy));
        }
    }
}
