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
        let kept =
            files.iter().fold(InMemory::default(), |kept, (path, text)| kept.with(path, text.as_bytes()));
        let library = load_alone(&kept, path);
        match library.procedures.first() {
            Some(loaded) => Ok(loaded.procedure.clone()),
            None => Err(library
                .diagnostics
                .first()
                .map_or_else(nothing, |first| RestoreError { first: first.to_string() })),
        }
    }
}

fn edition(loaded: &Loaded) -> Edition {
    let files = loaded.texts.iter().map(|text| (text.path.clone(), text.source.text().to_owned())).collect();
    Edition { procedure: loaded.procedure.clone(), files }
}
