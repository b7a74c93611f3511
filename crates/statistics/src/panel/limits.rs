//! Which limits were kept and which ran out.

use std::collections::BTreeMap;

use super::{Counting, Question, References, with_references};
use crate::life::{Life, Reached, Run};
use crate::period::{BadPeriod, Period};
use crate::table::{Cell, Column, Table, Tally, Unit, column};

pub(super) struct Limits {
    question: Question,
    periods: Vec<Period>,
    /// By the place of the period, the group and the clock.
    counted: BTreeMap<(usize, String, String), Counted>,
}

#[derive(Default)]
struct Counted {
    title: String,
    basis: String,
    reached: Tally<Reached>,
    extended: usize,
    running: usize,
    overrun: References,
}

impl Limits {
    pub(super) fn new(question: Question) -> Result<Self, BadPeriod> {
        Ok(Self { question, periods: question.period.divided(question.step)?, counted: BTreeMap::new() })
    }

    fn columns(&self) -> Vec<Column> {
        let mut columns = vec![
            column("period", "Period", Unit::Text),
            column("of", "Of", Unit::Text),
            column("clock", "Limit", Unit::Text),
            column("title", "What must happen in time", Unit::Text),
            column("basis", "Provision", Unit::Text),
            column("met", "Kept", Unit::Count),
            column("ran_out", "Ran out", Unit::Count),
            column("cured", "Ran out and put right", Unit::Count),
            column("switched_off", "No longer mattered", Unit::Count),
            column("extended", "Of these made longer", Unit::Count),
            column("running", "Running", Unit::Count),
        ];
        with_references(&mut columns, "Where it ran out", &self.question);
        columns
    }

    fn count(&mut self, life: &Life, run: &Run, place: usize, period: Period) {
        let reached = run.reached.filter(|(_, on)| period.has(*on));
        let is_running = run.runs_at_end_of(period);
        if reached.is_none() && !is_running {
            return;
        }
        let counted = self.counted.entry((place, self.question.by.of(life), run.clock.clone())).or_default();
        counted.title.clone_from(&run.title);
        counted.basis.clone_from(&run.basis);
        counted.running += usize::from(is_running);
        if let Some((how, _)) = reached {
            counted.reached.add(how);
            counted.extended += usize::from(run.was_extended);
            if how == Reached::RanOut {
                counted.overrun.add(life, &self.question);
            }
        }
    }
}

impl Counting for Limits {
    fn add(&mut self, life: &Life) {
        for run in &life.runs {
            for (place, period) in self.periods.clone().into_iter().enumerate() {
                self.count(life, run, place, period);
            }
        }
    }

    fn table(self: Box<Self>) -> Table {
        let says = vec![
            "Runs of limits are counted, each where it came to its end: what it waited for was done in time, or its last day \
             passed. A run is counted again if its clock was started anew."
                .to_owned(),
            "Put right: it ran out, and a later record showed that what was due had been done, or the law let it be made good."
                .to_owned(),
            "No longer mattered: what it was about was over before, or another limit took its place.".to_owned(),
            "Running: as the last day of the period ended; a limit that stands still is among them.".to_owned(),
        ];
        let mut table = Table::new("limits", "Limits kept and missed", says, self.columns());
        for ((place, group, clock), counted) in self.counted {
            let Some(period) = self.periods.get(place) else { continue };
            let mut cells = vec![Cell::Text(period.to_string()), Cell::Text(group), Cell::Text(clock)];
            cells.extend(counted.cells(&self.question));
            table.row(cells);
        }
        table
    }
}

impl Run {
    fn runs_at_end_of(&self, period: Period) -> bool {
        self.started <= period.to() && self.reached.is_none_or(|(_, on)| on > period.to())
    }
}

impl Counted {
    fn cells(self, question: &Question) -> Vec<Cell> {
        let reached = |how: Reached| Cell::count(self.reached.of(&how));
        let mut cells = vec![
            Cell::Text(self.title),
            Cell::Text(self.basis),
            reached(Reached::Met),
            reached(Reached::RanOut),
            reached(Reached::Cured),
            reached(Reached::SwitchedOff),
            Cell::count(self.extended),
            Cell::count(self.running),
        ];
        if question.with_references {
            cells.push(self.overrun.cell());
        }
        cells
    }
}
