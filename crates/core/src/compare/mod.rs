//! The differences between two versions of a procedure, in words.
//!
//! Each row of a procedure is taken apart into what it says, aspect by aspect, without leaving out a field: a field that is
//! added to the model and not told here does not compile. Rows are matched by name. [`moved_limits`] says what the
//! differences do to dates.

mod clocks;
mod limits;
mod rows;
mod tell;

use std::collections::{BTreeMap, BTreeSet};

pub use limits::{LastDay, MovedLimit, Sample, moved_limits};

use crate::procedure::Procedure;
use crate::words::words;

words! {
    /// What a difference is about.
    pub enum Part {
        /// The procedure as a whole.
        Procedure = "procedure",
        /// A source of law.
        Source = "source",
        /// A provision of a source.
        Article = "article",
        /// A State that takes part.
        Side = "side",
        /// An office.
        Authority = "authority",
        /// A tie to another case.
        Link = "link",
        /// Something that may be known.
        Fact = "fact",
        /// A track.
        Track = "track",
        /// A stage of a track.
        Stage = "stage",
        /// Something that is worked out.
        Condition = "condition",
        /// A time limit or waiting period.
        Clock = "clock",
        /// Something an authority does.
        Act = "act",
        /// A move of a track.
        Move = "move",
        /// Something that may be owed.
        Obligation = "obligation",
        /// A set of documents.
        DocumentSet = "document set",
        /// A document.
        Document = "document",
        /// A reason to refuse.
        Ground = "ground",
        /// A guarantee of the author.
        Safeguard = "safeguard",
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub part: Part,
    /// The name of the row.
    pub name: String,
    /// What the row is called; in the second version, if it is there.
    pub title: String,
    /// What differs.
    pub change: Change,
    /// The provision in the first version; empty where there is none.
    pub basis_before: String,
    /// The provision in the second version; empty where there is none.
    pub basis_after: String,
}

/// What differs in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the second version has it. What it says, aspect by aspect.
    Added(Vec<Aspect>),
    /// Only the first version has it. What it said, aspect by aspect.
    Removed(Vec<Aspect>),
    /// Both have it, and it says something else.
    Changed {
        /// In what.
        aspect: &'static str,
        /// What the first version says; nothing, if absent.
        before: Option<String>,
        /// What the second version says; nothing, if absent.
        after: Option<String>,
    },
}

/// One thing that a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aspect {
    /// About what.
    pub about: &'static str,
    /// What it says.
    pub says: String,
}

/// A row of a procedure, taken apart.
struct Row {
    part: Part,
    name: String,
    title: String,
    basis: String,
    aspects: Vec<Aspect>,
}

/// The differences from `before` to `after`, in the order of the parts of a procedure.
///
/// Two procedures of different meaning differ in at least one thing; two of one meaning may differ in titles.
#[must_use]
pub fn compare(before: &Procedure, after: &Procedure) -> Vec<Difference> {
    let (olds, news) = (rows::of(before), rows::of(after));
    let mut differences = Vec::new();
    for part in Part::ALL {
        let of_part = |rows: &'_ [Row]| -> Vec<usize> {
            rows.iter().enumerate().filter(|(_, row)| row.part == *part).map(|(place, _)| place).collect()
        };
        let (old, new) = (pick(&olds, &of_part(&olds)), pick(&news, &of_part(&news)));
        differences.extend(of_rows(*part, &old, &new));
    }
    differences
}

fn pick<'a>(rows: &'a [Row], places: &[usize]) -> Vec<&'a Row> {
    places.iter().filter_map(|place| rows.get(*place)).collect()
}

/// The differences between the rows of one part.
fn of_rows(part: Part, olds: &[&Row], news: &[&Row]) -> Vec<Difference> {
    let by_name =
        |rows: &[&'_ Row]| -> BTreeSet<String> { rows.iter().map(|row| row.name.clone()).collect() };
    let (there_before, there_after) = (by_name(olds), by_name(news));
    let found: BTreeMap<&str, &Row> = news.iter().map(|row| (row.name.as_str(), *row)).collect();
    let mut differences = Vec::new();
    for old in olds {
        match found.get(old.name.as_str()) {
            Some(new) => differences.extend(of_row(old, new)),
            None => differences.push(difference(Some(old), None, Change::Removed(old.aspects.clone()))),
        }
    }
    for new in news.iter().filter(|new| !there_before.contains(&new.name)) {
        differences.push(difference(None, Some(new), Change::Added(new.aspects.clone())));
    }
    differences.extend(of_order(part, &shared(olds, &there_after), &shared(news, &there_before)));
    differences
}

/// The names of the rows that the other version has too, in their order.
fn shared(rows: &[&Row], others: &BTreeSet<String>) -> Vec<String> {
    rows.iter().filter(|row| others.contains(&row.name)).map(|row| row.name.clone()).collect()
}

/// The author's order is the order of every screen, and part of the meaning.
fn of_order(part: Part, before: &[String], after: &[String]) -> Option<Difference> {
    (before != after).then(|| Difference {
        part,
        name: String::new(),
        title: String::new(),
        change: Change::Changed {
            aspect: "order",
            before: Some(before.join(", ")),
            after: Some(after.join(", ")),
        },
        basis_before: String::new(),
        basis_after: String::new(),
    })
}

fn of_row(old: &Row, new: &Row) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut told: Vec<&'static str> = Vec::new();
    let says = |row: &Row, about: &str| -> Option<String> {
        let said: Vec<&str> =
            row.aspects.iter().filter(|one| one.about == about).map(|one| one.says.as_str()).collect();
        (!said.is_empty()).then(|| said.join("; "))
    };
    for aspect in old.aspects.iter().chain(&new.aspects) {
        if told.contains(&aspect.about) {
            continue;
        }
        told.push(aspect.about);
        let (before, after) = (says(old, aspect.about), says(new, aspect.about));
        if before != after {
            let change = Change::Changed { aspect: aspect.about, before, after };
            differences.push(difference(Some(old), Some(new), change));
        }
    }
    differences
}

fn difference(old: Option<&Row>, new: Option<&Row>, change: Change) -> Difference {
    let basis = |row: Option<&Row>| row.map(|row| row.basis.clone()).unwrap_or_default();
    let (basis_before, basis_after) = (basis(old), basis(new));
    let row = new.or(old);
    Difference {
        part: row.map_or(Part::Procedure, |row| row.part),
        name: row.map(|row| row.name.clone()).unwrap_or_default(),
        title: row.map(|row| row.title.clone()).unwrap_or_default(),
        change,
        basis_before,
        basis_after,
    }
}
