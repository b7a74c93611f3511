//! A library of procedure files as the engine uses it.

use comity_core::name::Name;
use comity_core::procedure::SharedProcedure;
use comity_language::library::{InMemory, Library, Loaded, load_alone};

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
        let nothing = || RestoreError { first: "the journal kept no file of it".to_owned() };
        let (path, _) = files.first().ok_or_else(nothing)?;
        let now = files.iter().map(|(path, text)| (path.as_str(), self.calendar(path).unwrap_or(text)));
        let kept = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        // A calendar of today that can no longer be read with the procedure leaves the one that was kept.
        read(path, now).or_else(|_| read(path, kept)).map_err(|first| first.unwrap_or_else(nothing))
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
