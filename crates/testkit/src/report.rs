//! What came of running a chronology.

use comity_language::Diagnostic;

use crate::coverage::Coverage;

/// What came of running one chronology.
#[derive(Clone, Debug)]
pub struct Report {
    /// The path of its file.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Whether it tells what could have been, rather than what was.
    pub is_hypothetical: bool,
    /// Its tables.
    pub sections: Vec<SectionReport>,
    /// What kept it from being run at all.
    pub diagnostics: Vec<Diagnostic>,
    /// What it crossed, by procedure.
    pub coverage: Coverage,
}

/// What came of one table.
#[derive(Clone, Debug)]
pub struct SectionReport {
    /// Its heading.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// How many cells were compared.
    pub cells: usize,
    /// How many things happened.
    pub items: usize,
    /// What did not hold, in the order of the table.
    pub failures: Vec<Failure>,
    /// How many headings, items and cells mean nothing to the procedure. Each has its diagnostic in the report.
    pub unreadable: usize,
}

/// Something that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line, from 1.
    pub line: usize,
    /// The column in the line, from 1, in characters.
    pub column: usize,
    /// The date of the row, as written in the zone of the chronology.
    pub when: String,
    /// The heading of the column, or `what happened`.
    pub about: String,
    /// What the chronology says.
    pub wrote: String,
    /// What is so.
    pub found: String,
    /// Why, in the engine's sentences.
    pub because: Vec<String>,
    /// Where the rule of the column stands in the procedure: file and line. None for a column that lists names.
    pub see: Option<(String, usize)>,
}

impl Report {
    /// Whether everything held.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.diagnostics.is_empty() && self.sections.iter().all(SectionReport::passed)
    }

    /// How many cells were checked.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.sections.iter().map(|section| section.cells).sum()
    }
}

impl SectionReport {
    /// Whether everything held.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.unreadable == 0
    }
}
