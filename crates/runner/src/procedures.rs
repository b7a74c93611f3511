//! Where the engine finds procedures, and how it brings back one whose file has changed.

use comity_core::name::Name;
use comity_core::procedure::SharedProcedure;

/// A procedure and the texts that it was read from.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The checked procedure.
    pub procedure: SharedProcedure,
    /// The files, each with its path in the library and its text; the procedure file first.
    pub files: Vec<(String, String)>,
}

/// A library of procedures.
pub trait Procedures: Send + Sync {
    /// The edition under which new cases called `name` are opened.
    fn current(&self, name: &str) -> Option<Edition>;

    /// The names of all procedures that may be used for new cases.
    fn names(&self) -> Vec<Name>;

    /// Reads a procedure again from the texts that the journal kept, with the closed days as they are known now.
    ///
    /// # Errors
    ///
    /// Returns [`RestoreError`] if this program no longer reads them.
    fn restore(&self, files: &[(String, String)]) -> Result<SharedProcedure, RestoreError>;
}

/// A procedure kept in the journal cannot be read any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the procedure as it was recorded cannot be read by this program: {first}")]
pub struct RestoreError {
    /// The first thing that is wrong.
    pub first: String,
}
