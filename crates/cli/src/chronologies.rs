//! Chronologies as a person names them, each with the library that its procedures are in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use comity_language::library::{Disk, Files, Library, load, read_source};
use comity_language::{Chronology, Code, Diagnostic, is_chronology, read_chronology};

use crate::context::LibraryArgs;
use crate::failure::Failure;

/// The libraries that were read so far, by the folder they lie in.
pub(crate) struct Libraries<'a> {
    args: &'a LibraryArgs,
    read: BTreeMap<PathBuf, Library>,
}

impl<'a> Libraries<'a> {
    pub(crate) fn new(args: &'a LibraryArgs) -> Self {
        Self { args, read: BTreeMap::new() }
    }

    /// The library for the chronology at `path`: the one named, else the one that it lies in, else the usual one.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if a folder is named that does not exist.
    pub(crate) fn of(&mut self, path: &Path) -> Result<&Library, Failure> {
        let around = path.parent().filter(|folder| holds_procedures(folder)).and_then(root_of);
        let (key, files): (PathBuf, Box<dyn Files>) = match around.filter(|_| self.args.workflows.is_none()) {
            Some(root) => (root.clone(), Box::new(Disk::new(root))),
            None => (PathBuf::new(), self.args.files()?),
        };
        Ok(self.read.entry(key).or_insert_with(|| load(files.as_ref())))
    }

    /// Everything that is wrong with the procedures of the libraries read so far.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.read.values().flat_map(|library| library.diagnostics.clone()).collect()
    }

    /// All libraries read so far.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Library> {
        self.read.values()
    }
}

/// The chronologies at a path: itself, or all that lie below it.
///
/// # Errors
///
/// Returns [`Failure`] if there is nothing, or it cannot be listed.
pub(crate) fn at(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let list = Disk::new(path).list();
    let list =
        list.map_err(|error| Failure::usage(error.to_string(), "name a chronology or a folder of them"))?;
    Ok(list.into_iter().filter(|name| is_chronology(name)).map(|name| path.join(name)).collect())
}

/// The library around a path, if it lies in one; else its folder.
pub(crate) fn around(path: &Path) -> PathBuf {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    root_of(folder).filter(|_| holds_procedures(folder)).unwrap_or_else(|| folder.to_owned())
}

/// Reads a chronology. One that is too large or no text is told like every other flaw.
///
/// # Errors
///
/// Returns [`Failure`] if there is no such file.
pub(crate) fn read(path: &Path) -> Result<(Option<Chronology>, Vec<Diagnostic>), Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match read_source(&Disk::new(folder), &name) {
        Ok(source) => Ok(read_chronology(&Arc::new(source))),
        Err(diagnostic) if diagnostic.code == Code::MissingFile => {
            Err(Failure::usage(diagnostic.message, "check the path"))
        }
        Err(diagnostic) => Ok((None, vec![*diagnostic])),
    }
}

fn holds_procedures(folder: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().ends_with(".yaml"))
}

fn root_of(folder: &Path) -> Option<PathBuf> {
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => Some(parent.to_owned()),
        Some(_) if folder.as_os_str().is_empty() => Some(PathBuf::from("..")),
        Some(_) => Some(PathBuf::from(".")),
        None => None,
    }
}
