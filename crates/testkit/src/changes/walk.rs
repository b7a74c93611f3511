//! Positions that cases under a procedure can come to: along the tables that there are, along the same tables some days
//! later, and some steps off them.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};

use comity_core::View;
use comity_core::entry::Entry;
use comity_core::name::Name;
use comity_core::procedure::SharedProcedure;
use comity_core::time::{Moment, Zone};
use comity_core::value::FactType;
use comity_language::chronology::{Chronology, ItemKind, Row};

use super::look::Look;
use super::steps::steps;
use super::story::{later, row};
use super::trial::Trial;
use crate::rehearsal::{Answer, Rehearsal};

/// How many positions are looked at, at most.
const MOST: usize = 5_000;
/// How many of them lie on the tables themselves or on their shifted copies, at most.
const MOST_ON_TABLES: usize = 2_500;
/// How many steps off a table are tried.
const DEEPEST: usize = 4;
/// A last day that is closed hides a length that is wrong by one; within a week it is some other day.
const DAYS_LATER: i64 = 7;
const MINUTE: i64 = 60_000_000;

/// A position of one case.
pub(super) struct Position {
    /// The chronology whose head it has.
    pub(super) chronology: usize,
    parent: Option<usize>,
    row: Row,
    /// The case, by its place.
    pub(super) place: usize,
    /// What was recorded in it.
    pub(super) entries: Vec<Entry>,
    /// What it shows under the procedure as it is.
    pub(super) look: Look,
}

/// The positions that were found.
pub(super) struct Walk<'a> {
    pub(super) chronologies: Vec<Cow<'a, Chronology>>,
    pub(super) positions: Vec<Position>,
    procedure: SharedProcedure,
    seen: BTreeSet<String>,
    /// Where steps go on: the position, the cases as they are there, and how far off a table it is.
    open: VecDeque<(usize, Rehearsal, usize)>,
}

impl Position {
    pub(super) fn at(&self) -> Moment {
        self.row.recorded
    }
}

impl<'a> Walk<'a> {
    /// Walks from the tables of a trial.
    pub(super) fn of(trial: &Trial<'a>) -> Self {
        let mut walk = Self {
            chronologies: Vec::new(),
            positions: Vec::new(),
            procedure: SharedProcedure::clone(&trial.loaded.procedure),
            seen: BTreeSet::new(),
            open: VecDeque::new(),
        };
        for days in 0..=DAYS_LATER {
            for (chronology, section) in trial.seeds() {
                if walk.positions.len() < MOST_ON_TABLES {
                    let head = walk.head(chronology);
                    walk.along(trial, head, &section.rows, days);
                }
            }
        }
        for (chronology, section) in trial.seeds() {
            for other in with_other_facts(chronology, &walk.procedure) {
                if walk.positions.len() < MOST_ON_TABLES {
                    let head = walk.add(Cow::Owned(other));
                    walk.along(trial, head, &section.rows, 0);
                }
            }
        }
        while let Some((from, rehearsal, depth)) = walk.open.pop_front() {
            if walk.positions.len() >= MOST {
                break;
            }
            walk.off(from, &rehearsal, depth);
        }
        walk
    }

    fn head(&mut self, chronology: &'a Chronology) -> usize {
        let same = |known: &Cow<'_, Chronology>| matches!(known, Cow::Borrowed(known) if std::ptr::eq(*known, chronology));
        let known = self.chronologies.iter().position(same);
        known.unwrap_or_else(|| self.add(Cow::Borrowed(chronology)))
    }

    fn add(&mut self, chronology: Cow<'a, Chronology>) -> usize {
        self.chronologies.push(chronology);
        self.chronologies.len() - 1
    }

    /// Plays a table, so many days later. Where its answers are then others, the rest of it means nothing.
    fn along(&mut self, trial: &Trial<'a>, head: usize, rows: &[Row], days: i64) {
        let Some(chronology) = self.chronologies.get(head) else { return };
        let zone = chronology.zone.clone();
        let Some(mut rehearsal) = trial.rehearsal(chronology, &trial.loaded.procedure) else { return };
        let mut parent = None;
        for row in rows {
            let row = if days == 0 { Some(row.clone()) } else { later(row, days, &zone) };
            let Some(row) = row.filter(|row| plays(&mut rehearsal, row)) else { return };
            let Some(position) = self.stand(head, parent, &row, &rehearsal) else { continue };
            if days == 0 && self.is_new(position) {
                self.open.push_back((position, rehearsal.clone(), 0));
            }
            parent = Some(position);
        }
    }

    /// Keeps where the cases of the procedure stand after a row; the last of them, if there are several.
    fn stand(
        &mut self,
        head: usize,
        parent: Option<usize>,
        row: &Row,
        rehearsal: &Rehearsal,
    ) -> Option<usize> {
        let zone = &self.chronologies.get(head)?.zone;
        let mut kept = None;
        for (place, case) in rehearsal.cases.iter().enumerate() {
            if case.procedure.name() != self.procedure.name() || !case.is_open() {
                continue;
            }
            self.positions.push(Position {
                chronology: head,
                parent,
                row: row.clone(),
                place,
                entries: case.entries.clone(),
                look: Look::at(&case.view(row.recorded), zone),
            });
            kept = Some(self.positions.len() - 1);
        }
        kept
    }

    /// Whether nobody stood there before, on such a day of the week.
    fn is_new(&mut self, position: usize) -> bool {
        let Some(position) = self.positions.get(position) else { return false };
        let Some(chronology) = self.chronologies.get(position.chronology) else { return false };
        let day = chronology.zone.day_at(position.at());
        let facts: Vec<String> = chronology.facts.iter().map(|fact| fact.value.value.clone()).collect();
        self.seen.insert(format!("{}|{}|{}", position.look.signature(), day.weekday(), facts.join("|")))
    }

    /// Takes every step that may be taken from a position.
    fn off(&mut self, from: usize, rehearsal: &Rehearsal, depth: usize) {
        let Some(position) = self.positions.get(from) else { return };
        let (head, at, place) = (position.chronology, position.at(), position.place);
        let Some(case) = rehearsal.cases.get(place) else { return };
        let view = case.view(at);
        let case = case.key.clone();
        let mut rows: Vec<Row> = times(&view, at, &self.procedure)
            .into_iter()
            .map(|moment| row(moment, case.as_deref(), ItemKind::Look))
            .collect();
        let Some(soon) = at.plus_microseconds(60 * MINUTE) else { return };
        let steps = steps(&view, &self.zone(head).day_at(soon).to_string());
        rows.extend(steps.iter().map(|kind| row(soon, case.as_deref(), kind.clone())));
        // What falls on the very instant at which a limit ends is judged by a choice of its own.
        if let Some((ends, _)) = view.due().into_iter().find(|(ends, _)| *ends > at) {
            rows.extend(steps.into_iter().map(|kind| row(ends, case.as_deref(), kind)));
        }
        for row in rows {
            let mut next = rehearsal.clone();
            if self.positions.len() >= MOST || !plays(&mut next, &row) {
                continue;
            }
            let Some(position) = self.stand(head, Some(from), &row, &next) else { continue };
            if depth + 1 < DEEPEST && self.is_new(position) {
                self.open.push_back((position, next, depth + 1));
            }
        }
    }

    fn zone(&self, head: usize) -> Zone {
        self.chronologies.get(head).map_or_else(Zone::utc, |chronology| chronology.zone.clone())
    }

    /// The rows that lead to a position, the first first.
    pub(super) fn rows(&self, position: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut at = Some(position);
        while let Some(position) = at.and_then(|at| self.positions.get(at)) {
            rows.push(Row { expectations: Vec::new(), ..position.row.clone() });
            at = position.parent;
        }
        rows.reverse();
        rows
    }
}

/// The same cases with one fact of the opening otherwise: a person who is convicted rather than accused.
fn with_other_facts(chronology: &Chronology, procedure: &SharedProcedure) -> Vec<Chronology> {
    let mut others = Vec::new();
    for (at, decl) in chronology.facts.iter().enumerate() {
        let facts = procedure.facts();
        let Some(fact) = facts.find(&decl.fact.value).and_then(|id| facts.get(id)) else { continue };
        let values: Vec<&str> = match &fact.of {
            FactType::OneOf(choices) => choices.iter().map(Name::as_str).collect(),
            FactType::YesNo => vec!["yes", "no"],
            FactType::Text | FactType::Date | FactType::Country | FactType::Number | FactType::Period => {
                continue;
            }
        };
        for value in values.into_iter().filter(|value| *value != decl.value.value) {
            let mut other = chronology.clone();
            if let Some(decl) = other.facts.get_mut(at) {
                value.clone_into(&mut decl.value.value);
            }
            others.push(other);
        }
    }
    others
}

/// Records a row; whether every item was answered as it should be.
fn plays(rehearsal: &mut Rehearsal, row: &Row) -> bool {
    let heard = rehearsal.record(row);
    heard.iter().all(|heard| matches!(heard.answer, Answer::Recorded | Answer::RefusedAsExpected(_)))
}

/// Moments at which something may be different by itself: the next day, and the last minute and the end of each limit
/// that runs.
fn times(view: &View, at: Moment, procedure: &SharedProcedure) -> Vec<Moment> {
    let zone = &procedure.home().zone;
    let next_day = zone.end_of(zone.day_at(at)).plus_microseconds(600 * MINUTE);
    let ends = view.due().into_iter().map(|(ends, _)| ends).filter(|ends| *ends > at).take(3);
    let around = ends.flat_map(|ends| [ends.plus_microseconds(-MINUTE), Some(ends)]);
    let mut times: Vec<Moment> =
        std::iter::once(next_day).chain(around).flatten().filter(|moment| *moment > at).collect();
    times.sort();
    times.dedup();
    times
}
