//! What a chronology says.

use std::ops::Range;
use std::sync::Arc;

use comity_core::procedure::DocumentForm;
use comity_core::procedure::draft::CiteDraft;
use comity_core::time::{Moment, When, Zone};

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip};
use crate::file::Text;
use crate::source::Source;

/// A chronology as it was read.
#[derive(Clone, Debug)]
pub struct Chronology {
    /// The file.
    pub source: Arc<Source>,
    /// Its title.
    pub title: String,
    /// Whether it tells what could have been, rather than what was.
    pub is_hypothetical: bool,
    /// The cases, at least one. A single case without a key is the usual form.
    pub cases: Vec<CaseDecl>,
    /// The ties between them.
    pub links: Vec<LinkDecl>,
    /// The zone in which times in the tables are written.
    pub zone: Zone,
    /// What is recorded at the opening.
    pub facts: Vec<FactDecl>,
    /// Its tables.
    pub sections: Vec<Section>,
}

/// A case of the chronology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDecl {
    /// The name by which rows and columns call it; none where there is one case only.
    pub key: Option<Text>,
    /// Its procedure.
    pub procedure: Text,
}

/// A tie between two cases: `extradition.immunity -> waiver`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkDecl {
    /// The case that is tied.
    pub case: Text,
    /// The link of its procedure.
    pub link: Text,
    /// The case it is tied to.
    pub to: Text,
}

/// A fact that is known when a case opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactDecl {
    /// The case, where there are several.
    pub case: Option<Text>,
    /// The fact.
    pub fact: Text,
    /// Its value.
    pub value: Text,
}

/// A heading with its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading: what the table shows.
    pub title: Text,
    /// The provisions that it crosses. Marks are byte offsets of the file.
    pub cite: Vec<CiteDraft>,
    /// What the columns after `what happened` are about.
    pub columns: Vec<Column>,
    /// The rows, forward in time.
    pub rows: Vec<Row>,
}

/// What a column is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The case, where the heading names one.
    pub case: Option<Text>,
    /// What of the case.
    pub name: ColumnName,
    /// The heading in the file.
    pub span: Range<usize>,
}

/// What of a case a column is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnName {
    /// Acts that must be open.
    OpenActs,
    /// Acts that must be closed.
    ClosedActs,
    /// Obligations that are outstanding.
    Owed,
    /// Documents that are missing.
    Missing,
    /// How the last day of a clock is reached.
    Why(Text),
    /// A track, a clock, a condition or a fact.
    Named(Text),
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When it happened, as far as it is known.
    pub when: When,
    /// Where that is written.
    pub when_span: Range<usize>,
    /// The moment at which it is recorded and looked at.
    pub recorded: Moment,
    /// The case, where there are several and the row names one.
    pub case: Option<Text>,
    /// What happened.
    pub items: Vec<Item>,
    /// What must then be true.
    pub expectations: Vec<Expectation>,
    /// The row in the file.
    pub span: Range<usize>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What.
    pub kind: ItemKind,
    /// Where it stands.
    pub span: Range<usize>,
}

/// What may happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// Time passes.
    Look,
    /// The case opens.
    Open,
    /// An authority acts.
    Act {
        /// The act.
        name: Text,
        /// Who did it; the only one who may, if left out.
        by: Option<Text>,
        /// The facts given with it.
        facts: Vec<(Text, Text)>,
    },
    /// A document arrives.
    Document {
        /// The document.
        name: Text,
        /// Its language, where it is not the one required.
        language: Option<Text>,
        /// Its form, where it is not the one required.
        form: Option<DocumentForm>,
        /// What it lacks.
        lacks: Vec<Lack>,
    },
    /// A ground is considered.
    Ground {
        /// The ground.
        name: Text,
        /// What was found.
        finding: Finding,
        /// Who found it.
        by: Option<Text>,
    },
    /// A fact becomes known.
    Fact {
        /// The fact.
        name: Text,
        /// Its value.
        value: Text,
    },
    /// Something is recorded after it happened.
    LateRecord {
        /// When it happened.
        when: When,
        /// What.
        items: Vec<Item>,
    },
    /// Something must not be admitted.
    Refused {
        /// What.
        item: Box<Item>,
        /// Why, if that is checked.
        because: Option<Because>,
    },
    /// An earlier item is struck out.
    Annul {
        /// When it happened.
        when: When,
        /// Its name.
        item: Text,
        /// Why.
        reason: Text,
    },
    /// An earlier item gets another date.
    Correct {
        /// When it was said to have happened.
        when: When,
        /// Its name.
        item: Text,
        /// When it did.
        to: When,
        /// Why.
        reason: Text,
    },
    /// A remark.
    Note(Text),
}

/// What a document lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// It came without the translation.
    Translation,
    /// It came without certification.
    Certification,
}

/// What was found of a ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It applies.
    Applies,
    /// It does not.
    DoesNotApply,
}

/// Why something must be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The code of the rejection.
    Code(Text),
    /// A part of its message.
    Says(Text),
}

/// What must be true in one column after a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Which of the section's columns.
    pub column: usize,
    /// What it must show.
    pub cell: Cell,
    /// Where the cell stands.
    pub span: Range<usize>,
}

/// What a cell asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Names, in a column of acts, obligations or documents; none for `nothing`.
    Names(Vec<Text>),
    /// `ends 2027-04-16`: a clock runs to the end of a day, or to an instant.
    Ends(When),
    /// A part of what the engine says of how a last day is reached.
    Says(String),
    /// A stage, a value, `holds`, or how a clock stands.
    Word(String),
}

impl Chronology {
    /// A diagnostic at a place of this chronology, for whoever holds it against a procedure.
    #[must_use]
    pub fn diagnostic(
        &self,
        code: Code,
        span: &Range<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Diagnostic {
        Slip::at(code, span.clone(), message).remedy(remedy).placed(&self.source)
    }

    /// The same for a name that stands for nothing, with the nearest of the names that are known.
    #[must_use]
    pub fn unknown_name(
        &self,
        code: Code,
        name: &Text,
        message: impl Into<String>,
        known: &[&str],
    ) -> Diagnostic {
        let remedy = if known.is_empty() { String::new() } else { format!("there is {}", known.join(", ")) };
        let slip = Slip::at(code, name.span.clone(), message);
        slip.meant(Some((name.value.as_str(), known))).remedy(remedy).placed(&self.source)
    }

    /// The place of a byte offset in the file.
    #[must_use]
    pub fn place(&self, offset: usize) -> crate::Place {
        self.source.place(offset)
    }
}
