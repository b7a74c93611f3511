//! Everything that the columns of a chronology can show of a case at one moment.

use std::collections::BTreeSet;

use comity_core::procedure::{ClockStanding, Truth};
use comity_core::time::{Count, When, Zone};
use comity_core::{ClockView, End, View};
use comity_language::chronology::{Cell, ColumnName};

use super::story::{column_name, text};

/// What all columns show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    cells: Vec<Shown>,
    open: BTreeSet<String>,
}

/// What one column shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Its heading.
    pub(super) column: String,
    /// Its cell, as a chronology writes it.
    pub(super) value: String,
    /// The end of a clock, which is no mere word.
    ends: Option<When>,
}

impl Shown {
    pub(super) fn word(column: &str, value: impl Into<String>) -> Self {
        Self { column: column.to_owned(), value: value.into(), ends: None }
    }

    pub(super) fn column_name(&self) -> ColumnName {
        column_name(&self.column)
    }

    pub(super) fn cell(&self) -> Cell {
        match (self.column_name(), self.ends) {
            (_, Some(when)) => Cell::Ends(when),
            (
                ColumnName::OpenActs | ColumnName::ClosedActs | ColumnName::Owed | ColumnName::Missing,
                None,
            ) => {
                let names = self.value.split(", ").filter(|name| *name != "nothing");
                Cell::Names(names.map(text).collect())
            }
            (ColumnName::Why(_), None) => Cell::Says(self.value.trim_matches('"').to_owned()),
            (ColumnName::Named(_), None) => Cell::Word(self.value.clone()),
        }
    }
}

impl Look {
    /// What a view shows, with times in `zone`.
    pub(super) fn at(view: &View, zone: &Zone) -> Self {
        let mut cells: Vec<Shown> = Vec::new();
        cells.extend(
            view.tracks().iter().map(|track| Shown::word(track.name.as_str(), track.stage_name.as_str())),
        );
        cells.extend(view.clocks().iter().map(|clock| clock_cell(clock, zone)));
        let owed = view.obligations().into_iter().filter(|one| one.owed.met.is_none());
        cells.push(Shown::word(
            "owed",
            names(owed.map(|one| format!("{} by {}", one.name, one.bearer.0)).collect()),
        ));
        let missing = view.documents().into_iter().filter(|one| one.missing.is_some());
        cells.push(Shown::word("missing", names(missing.map(|one| one.name.to_string()).collect())));
        cells.extend(view.conditions().iter().map(|condition| {
            let holds = match condition.holds {
                Truth::True => "holds",
                Truth::False => "does not hold",
                Truth::Unknown => "unknown",
            };
            Shown::word(condition.name.as_str(), holds)
        }));
        let open = view.acts().into_iter().filter(comity_core::ActView::is_open);
        Self { cells, open: open.map(|act| act.name.to_string()).collect() }
    }

    /// The first column that shows something else in `other`, with what it shows here.
    pub(super) fn differs_from(&self, other: &Self) -> Option<Shown> {
        let cell = self.cells.iter().zip(&other.cells).find(|(here, there)| here != there);
        let act = |from: &BTreeSet<String>, taken: &BTreeSet<String>, column: &str| {
            from.difference(taken).next().map(|act| Shown::word(column, act.as_str()))
        };
        cell.map(|(here, _)| here.clone())
            .or_else(|| act(&self.open, &other.open, "open acts"))
            .or_else(|| act(&other.open, &self.open, "closed acts"))
    }

    /// Whether an act is open.
    pub(super) fn is_open(&self, act: &str) -> bool {
        self.open.contains(act)
    }

    /// All of it in one line, to tell positions apart.
    pub(super) fn signature(&self) -> String {
        let cells = self.cells.iter().map(|cell| cell.value.as_str());
        cells.chain(self.open.iter().map(String::as_str)).collect::<Vec<_>>().join("|")
    }
}

fn names(names: BTreeSet<String>) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn clock_cell(clock: &ClockView<'_>, zone: &Zone) -> Shown {
    let name = clock.name.as_str();
    let standing = || Shown::word(name, clock.standing.word());
    if clock.standing != ClockStanding::Running {
        return standing();
    }
    let Some(end) = clock.last().map(|cycle| &cycle.end) else { return standing() };
    let when = match (end, end.last_day(), end.moment()) {
        (End::Counted(Count::Hours(_)), _, Some(moment)) => When::At(moment),
        (_, Some(day), _) => When::On(day),
        (_, None, _) => return standing(),
    };
    let value = format!("ends {}", super::story::when_words(when, zone));
    Shown { column: name.to_owned(), value, ends: Some(when) }
}
