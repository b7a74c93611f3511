//! Whether a cell of a chronology holds.

use std::collections::BTreeSet;
use std::ops::Range;

use comity_core::procedure::{ClockStanding, Procedure, Truth};
use comity_core::table::{Id, Table};
use comity_core::time::{Count, When};
use comity_core::{End, View, explain};
use comity_language::chronology::{Cell, ColumnName};
use comity_language::file::Text;

/// What a cell shows, where it does not show what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// What is so.
    pub(crate) found: String,
    /// Why, in the engine's sentences.
    pub(crate) because: Vec<String>,
}

/// What a cell asks for, where the procedure has no such thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// What was written.
    pub(crate) written: String,
    /// Where, if it is only a part of the cell.
    pub(crate) span: Option<Range<usize>>,
    /// What is wrong with it.
    pub(crate) message: String,
    /// What might have been meant.
    pub(crate) known: Vec<String>,
}

type Compared = Result<Option<Mismatch>, Unknown>;

/// Compares a cell with a view. `Err` means that nothing in the procedure can fill the cell.
pub(crate) fn compare(view: &View, column: &ColumnName, cell: &Cell) -> Compared {
    match column {
        ColumnName::OpenActs => acts(view, cell, true),
        ColumnName::ClosedActs => acts(view, cell, false),
        ColumnName::Owed => {
            declared_owed(view.procedure(), cell)?;
            Ok(owed(view, cell))
        }
        ColumnName::Missing => {
            declared(cell, "document", view.procedure().documents())?;
            let missing = view.documents().into_iter().filter(|document| document.missing.is_some());
            Ok(same_names(cell, missing.map(|document| document.name.to_string()).collect()))
        }
        ColumnName::Why(clock) => Ok(why(view, &clock.value, cell)),
        ColumnName::Named(name) => named(view, &name.value, cell),
    }
}

/// Every name in the cell is one that the procedure declares.
fn declared<I: Id, T>(cell: &Cell, what: &str, table: &Table<I, T>) -> Result<(), Unknown> {
    let Cell::Names(names) = cell else { return Ok(()) };
    let unknown = names.iter().find(|name| table.find(&name.value).is_none());
    unknown.map_or(Ok(()), |name| {
        Err(Unknown {
            written: name.value.clone(),
            span: Some(name.span.clone()),
            message: format!("the procedure has no {what} `{}`", name.value),
            known: table.names().map(ToString::to_string).collect(),
        })
    })
}

/// Every obligation and every bearer in the cell is one that the procedure declares.
fn declared_owed(procedure: &Procedure, cell: &Cell) -> Result<(), Unknown> {
    let Cell::Names(names) = cell else { return Ok(()) };
    for written in names {
        let (name, by) = obligation(&written.value);
        let part = |value: &str, at: usize| {
            let start = written.span.start + at;
            let span = start..(start + value.len()).min(written.span.end).max(start);
            Cell::Names(vec![Text { value: value.to_owned(), span }])
        };
        declared(&part(name, 0), "obligation", procedure.obligations())?;
        if let Some(by) = by {
            declared(&part(by, written.value.len() - by.len()), "authority", procedure.authorities())?;
        }
    }
    Ok(())
}

/// `release by requested/police`, taken apart.
fn obligation(written: &str) -> (&str, Option<&str>) {
    written.split_once(" by ").map_or((written, None), |(name, by)| (name, Some(by)))
}

/// Whether exactly these are owed, each by its bearer where the cell says one.
fn owed(view: &View, cell: &Cell) -> Option<Mismatch> {
    let all = view.obligations();
    let outstanding: Vec<(&str, &str)> = all
        .iter()
        .filter(|one| one.owed.met.is_none())
        .map(|one| (one.name.as_str(), one.bearer.0.as_str()))
        .collect();
    let wanted = names(cell);
    let is = |written: &str, (name, bearer): (&str, &str)| {
        let (wanted, by) = obligation(written);
        wanted == name && by.is_none_or(|by| by == bearer)
    };
    let holds = wanted.iter().all(|one| outstanding.iter().any(|owed| is(one, *owed)))
        && outstanding.iter().all(|owed| wanted.iter().any(|one| is(one, *owed)));
    let asks_who = wanted.iter().any(|one| obligation(one).1.is_some());
    let told = |(name, bearer): &(&str, &str)| {
        if asks_who { format!("{name} by {bearer}") } else { (*name).to_owned() }
    };
    (!holds).then(|| {
        let found: BTreeSet<String> = outstanding.iter().map(told).collect();
        Mismatch { found: listed(found), because: Vec::new() }
    })
}

/// A word that is none of those a column can show.
fn no_such_word(word: &str, message: String, known: &[&str]) -> Unknown {
    let known = known.iter().map(|&known| known.to_owned()).collect();
    Unknown { written: word.to_owned(), span: None, message, known }
}

fn names(cell: &Cell) -> Vec<String> {
    match cell {
        Cell::Names(names) => names.iter().map(|name| name.value.clone()).collect(),
        Cell::Word(word) | Cell::Says(word) => vec![word.clone()],
        Cell::Ends(when) => vec![when.to_string()],
    }
}

fn same_names(cell: &Cell, found: BTreeSet<String>) -> Option<Mismatch> {
    let wanted: BTreeSet<String> = names(cell).into_iter().collect();
    (wanted != found).then(|| Mismatch { found: listed(found), because: Vec::new() })
}

fn listed(found: BTreeSet<String>) -> String {
    if found.is_empty() { "nothing".to_owned() } else { found.into_iter().collect::<Vec<_>>().join(", ") }
}

fn acts(view: &View, cell: &Cell, must_be_open: bool) -> Compared {
    declared(cell, "act", view.procedure().acts())?;
    let mut because = Vec::new();
    for name in names(cell) {
        let Some(act) = view.act(&name) else { continue };
        if act.is_open() != must_be_open {
            because.push(match act.closed_because.first() {
                Some(rejection) => rejection.to_string(),
                None => format!("`{name}` is open ({})", act.basis()),
            });
        }
    }
    let found = if must_be_open { "not all open" } else { "not all closed" };
    Ok((!because.is_empty()).then(|| Mismatch { found: found.to_owned(), because }))
}

fn named(view: &View, name: &str, cell: &Cell) -> Compared {
    if let Some(track) = view.track(name) {
        let stages: Vec<&str> = track.track.stages.names().map(comity_core::name::Name::as_str).collect();
        if let Cell::Word(word) = cell
            && !stages.contains(&word.as_str())
        {
            let message = format!("the track `{name}` has no stage `{word}`");
            return Err(no_such_word(word, message, &stages));
        }
        return Ok(differs(cell, track.stage_name.as_str(), Vec::new()));
    }
    if let Some(clock) = view.clock(name) {
        return clock_cell(view, &clock, cell);
    }
    if let Some(condition) = view.conditions().into_iter().find(|condition| condition.name.as_str() == name) {
        let found = match condition.holds {
            Truth::True => "holds",
            Truth::False => "does not hold",
            Truth::Unknown => "unknown",
        };
        return Ok(differs(cell, found, vec![condition.condition.when.words(view.procedure())]));
    }
    if let Some(fact) = view.facts().into_iter().find(|fact| fact.name.as_str() == name) {
        let found = fact.known.map_or_else(|| "unknown".to_owned(), |known| known.value.reveal());
        return Ok(differs(cell, &found, Vec::new()));
    }
    let message = format!("`{name}` is no track, clock, condition or fact of {}", view.procedure().name());
    Err(no_such_word(name, message, &[]))
}

fn differs(cell: &Cell, found: &str, because: Vec<String>) -> Option<Mismatch> {
    let wanted = match cell {
        Cell::Word(word) | Cell::Says(word) => word.clone(),
        Cell::Ends(when) => format!("ends {when}"),
        Cell::Names(_) => names(cell).join(", "),
    };
    (wanted != found).then(|| Mismatch { found: found.to_owned(), because })
}

fn clock_cell(view: &View, clock: &comity_core::ClockView<'_>, cell: &Cell) -> Compared {
    let end = clock.last().map(|cycle| &cycle.end);
    let runs = clock.standing == ClockStanding::Running;
    let holds = match cell {
        Cell::Word(word) => {
            if let Some(standing) = ClockStanding::from_word(word) {
                clock.standing == standing
            } else {
                let words: Vec<&str> = ClockStanding::ALL.iter().map(|standing| standing.word()).collect();
                let message = format!("`{word}` is not how a clock stands; `ends` and a date would be");
                return Err(no_such_word(word, message, &words));
            }
        }
        Cell::Ends(When::On(day)) => runs && end.and_then(End::last_day) == Some(*day),
        Cell::Ends(When::At(moment)) => runs && end.and_then(End::moment) == Some(*moment),
        Cell::Ends(When::In { .. } | When::During { .. }) | Cell::Names(_) | Cell::Says(_) => false,
    };
    if holds {
        return Ok(None);
    }
    let found = match (runs, end) {
        (true, Some(End::Counted(Count::Hours(hours)))) => format!("ends {}", hours.zone.local(hours.ends)),
        (true, Some(end)) => end
            .last_day()
            .map_or_else(|| "running, without a last day".to_owned(), |day| format!("ends {day}")),
        (true, None) | (false, _) => clock.standing.to_string(),
    };
    Ok(Some(Mismatch { found, because: derivation(view, clock.name.as_str()) }))
}

/// How the last day of a clock is reached, step by step.
fn derivation(view: &View, clock: &str) -> Vec<String> {
    let steps = explain(view, clock).map(|explanation| explanation.steps).unwrap_or_default();
    steps.iter().map(|step| format!("{}: {}", step.about, step.says)).collect()
}

fn why(view: &View, clock: &str, cell: &Cell) -> Option<Mismatch> {
    let wanted = names(cell).join(", ");
    let because = derivation(view, clock);
    let is_said = because.iter().any(|step| step.contains(&wanted));
    (!is_said).then(|| Mismatch { found: "that is not said".to_owned(), because })
}
