//! Files of equivalent changes: which small changes to a procedure no case can show, each with its argument.
//!
//! The search for unnoticed changes claims nothing that does not follow from the two procedures alone. Where an author sees more than
//! the search, the argument stands here, under the words by which the change is told, and whoever tries the changes holds each row
//! against what came of it: an argument for a change that a table notices is wrong, and one for a change that there is no longer is old.

use crate::diagnostic::Diagnostic;
use crate::file::{EquivalentFile, EquivalentsFile, Text};
use crate::source::{Place, Source};
use crate::{beside, shape};

/// The changes to one procedure that are argued to be equivalent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Equivalents {
    /// In the order of the file.
    pub rows: Vec<Equivalent>,
}

/// A change that no case can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivalent {
    /// The rule, such as `clock surrender`.
    pub rule: String,
    /// The change, in the words by which it is told.
    pub change: String,
    /// The argument.
    pub because: String,
    /// The path of the file, as people know it.
    pub file: String,
    /// Where the row stands in it.
    pub place: Place,
}

/// Reads a file of equivalent changes. There is something if nothing is wrong with the file.
#[must_use]
pub fn read_equivalents(source: &Source) -> (Option<Equivalents>, Vec<Diagnostic>) {
    beside::read::<EquivalentsFile, _>(source, shape::equivalents(), |file, _| Equivalents {
        rows: file.equivalents.iter().map(|row| argued(row, source)).collect(),
    })
}

fn argued(row: &EquivalentFile, source: &Source) -> Equivalent {
    let plain = |text: &Text| text.value.split_whitespace().collect::<Vec<_>>().join(" ");
    Equivalent {
        rule: plain(&row.rule),
        change: plain(&row.change),
        because: plain(&row.because),
        file: source.path().to_owned(),
        place: source.place(row.rule.span.start),
    }
}
