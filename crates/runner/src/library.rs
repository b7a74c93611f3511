//! A library of procedure files as the engine uses it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use comity_core::name::Name;
use comity_core::procedure::SharedProcedure;
use comity_language::library::{Files, InMemory, Library, Loaded, load, load_alone, load_one};

use crate::procedures::{Edition, Procedures, RestoreError};

/// The procedures of a library that was read from files.
#[derive(Clone, Debug)]
pub struct LibraryProcedures {
    library: Library,
}

impl LibraryProcedures {
    /// The procedures of `library`. Those with errors are not among them.
    #[must_use]
    pub fn new(library: Library) -> Self {
        Self { library }
    }
}

impl Procedures for LibraryProcedures {
    fn current(&self, name: &str) -> Option<Edition> {
        self.library.procedure(name).map(edition)
    }

    fn names(&self) -> Vec<Name> {
        self.library.procedures.iter().map(|loaded| loaded.procedure.name().clone()).collect()
    }

    fn restore(&self, files: &[(String, String)]) -> Result<SharedProcedure, RestoreError> {
        restored(files, &|path| self.calendar(path).map(str::to_owned))
    }
}

impl LibraryProcedures {
    /// The text of a calendar as it is now: the meaning of a procedure holds its name, not its days.
    fn calendar(&self, path: &str) -> Option<&str> {
        let texts = self.library.procedures.iter().flat_map(|loaded| &loaded.texts);
        let mut calendars = texts.filter(|text| text.path.starts_with("calendars/"));
        calendars.find(|text| text.path == path).map(|text| text.source.text())
    }
}

/// The procedures of a library of which each is read when it is first asked for: for a program that does one thing and ends.
///
/// A procedure that is linked to is read as far as its link goes. Files may not change meanwhile; a daemon reads all of
/// them once, with [`LibraryProcedures`].
pub struct ReadWhenAsked {
    files: Box<dyn Files + Send + Sync>,
    // A procedure that does not load is not tried again: how many flaws it has, or its edition.
    read: Mutex<HashMap<String, Result<Edition, usize>>>,
}

impl std::fmt::Debug for ReadWhenAsked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadWhenAsked").finish_non_exhaustive()
    }
}

impl ReadWhenAsked {
    /// The procedures of the library in `files`. Those with errors are not among them.
    #[must_use]
    pub fn new(files: Box<dyn Files + Send + Sync>) -> Self {
        Self { files, read: Mutex::new(HashMap::new()) }
    }
}

impl ReadWhenAsked {
    /// How many flaws keep procedures that were asked for from loading. One that has no file has none: cases go on under
    /// what the journal kept of it.
    #[must_use]
    pub fn flaws(&self) -> usize {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let there = |name: &str| self.files.read(&format!("{name}.yaml")).is_ok();
        read.iter().filter_map(|(name, one)| one.as_ref().err().filter(|_| there(name))).sum()
    }
}

impl Procedures for ReadWhenAsked {
    fn current(&self, name: &str) -> Option<Edition> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let one = || {
            let library = load_one(self.files.as_ref(), &format!("{name}.yaml"));
            library.procedure(name).map(edition).ok_or(library.diagnostics.len())
        };
        read.entry(name.to_owned()).or_insert_with(one).clone().ok()
    }

    fn names(&self) -> Vec<Name> {
        load(self.files.as_ref()).procedures.iter().map(|loaded| loaded.procedure.name().clone()).collect()
    }

    fn restore(&self, files: &[(String, String)]) -> Result<SharedProcedure, RestoreError> {
        restored(files, &|path| {
            let is_calendar = path.starts_with("calendars/");
            let bytes = is_calendar.then(|| self.files.read(path).ok()).flatten()?;
            String::from_utf8(bytes).ok()
        })
    }
}

/// The procedure of the texts that were kept, with the calendars as they are now.
fn restored(
    files: &[(String, String)],
    calendar: &dyn Fn(&str) -> Option<String>,
) -> Result<SharedProcedure, RestoreError> {
    let nothing = || RestoreError { first: "the journal kept no file of it".to_owned() };
    let (path, _) = files.first().ok_or_else(nothing)?;
    let today: Vec<(&str, String)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), calendar(path).unwrap_or_else(|| text.clone())))
        .collect();
    let now = today.iter().map(|(path, text)| (*path, text.as_str()));
    let kept = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    // A calendar of today that can no longer be read with the procedure leaves the one that was kept.
    read(path, now).or_else(|_| read(path, kept)).map_err(|first| first.unwrap_or_else(nothing))
}

/// A procedure from these texts, or the first thing that is wrong with them.
fn read<'t>(
    path: &str,
    texts: impl Iterator<Item = (&'t str, &'t str)>,
) -> Result<SharedProcedure, Option<RestoreError>> {
    let files = texts.fold(InMemory::default(), |files, (path, text)| files.with(path, text.as_bytes()));
    let library = load_alone(&files, path);
    match library.procedures.first() {
        Some(loaded) => Ok(loaded.procedure.clone()),
        None => Err(library.diagnostics.first().map(|first| RestoreError { first: first.to_string() })),
    }
}

fn edition(loaded: &Loaded) -> Edition {
    let files = loaded.texts.iter().map(|text| (text.path.clone(), text.source.text().to_owned())).collect();
    Edition { procedure: loaded.procedure.clone(), files }
}
