//! A checked procedure.

use super::draft::Draft;
use super::flaw::Flaw;

/// A procedure that has been checked and may run.
#[derive(Clone, Debug)]
pub struct Procedure {}

impl Procedure {
    /// Checks a draft.
    ///
    /// # Errors
    ///
    /// Returns every flaw of the draft, in the order of the marks.
    pub fn from_draft(_draft: Draft) -> Result<Self, Vec<Flaw>> {
        Ok(Self {})
    }
}
