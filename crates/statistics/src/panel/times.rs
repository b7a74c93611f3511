//! How long cases stood at each stage. Those that stand there still are told beside those that left it: a middle of what is over
//! says little while much is not.

use std::collections::BTreeMap;

use super::{Counting, Question, References, with_references};
use crate::life::Life;
use crate::measure::percentile;
use crate::table::{Cell, Table, Unit, column};

pub(super) struct Times {
    question: Question,
    /// By group, track and stage.
    stays: BTreeMap<(String, String, String), Stays>,
}

#[derive(Default)]
struct Stays {
    title: String,
    ended: Vec<i64>,
    there: Vec<i64>,
    references: References,
}

impl Times {
    pub(super) fn new(question: Question) -> Self {
        Self { question, stays: BTreeMap::new() }
    }
}

impl Counting for Times {
    fn add(&mut self, life: &Life) {
        let day = self.question.period.to();
        for spell in life.spells.iter().filter(|spell| spell.outcome.is_none()) {
            let ended = spell.until.filter(|until| self.question.period.has(*until));
            let is_there = spell.covers_end_of(day);
            if ended.is_none() && !is_there {
                continue;
            }
            let key = (self.question.by.of(life), spell.track.clone(), spell.stage.clone());
            let stays = self.stays.entry(key).or_default();
            stays.title.clone_from(&spell.title);
            stays.ended.extend(ended.map(|until| spell.from.days_until(until)));
            if is_there {
                stays.there.push(spell.from.days_until(day));
                stays.references.add(life, &self.question);
            }
        }
    }

    fn table(self: Box<Self>) -> Table {
        let Self { question, stays } = *self;
        let says = vec![
            format!(
                "Stays at a stage that ended in {}, in days between two dates; a stay within one day is 0.",
                question.period
            ),
            format!(
                "Still there: cases that stood there as {} ended, and how long they had by then.",
                super::on(question.period.to())
            ),
            "The middle and the tail are values that occurred: half, and nine of ten, were no longer."
                .to_owned(),
        ];
        let mut columns = vec![
            column("of", "Of", Unit::Text),
            column("track", "Track", Unit::Text),
            column("stage", "Stage", Unit::Text),
            column("title", "What it is called", Unit::Text),
            column("ended", "Stays that ended", Unit::Count),
            column("median", "Middle", Unit::Days),
            column("p90", "Nine of ten within", Unit::Days),
            column("longest", "Longest", Unit::Days),
            column("there", "Still there", Unit::Count),
            column("median_there", "Middle of those still there", Unit::Days),
        ];
        with_references(&mut columns, "Still there", &question);
        let mut table = Table::new("times", "Time in stages", says, columns);
        for ((group, track, stage), stays) in stays {
            let mut cells = vec![Cell::Text(group), Cell::Text(track), Cell::Text(stage)];
            cells.extend(stays.cells(&question));
            table.row(cells);
        }
        table
    }
}

impl Stays {
    fn cells(mut self, question: &Question) -> Vec<Cell> {
        self.ended.sort_unstable();
        self.there.sort_unstable();
        let mut cells = vec![
            Cell::Text(self.title),
            Cell::count(self.ended.len()),
            Cell::days(percentile(&self.ended, 50)),
            Cell::days(percentile(&self.ended, 90)),
            Cell::days(self.ended.last().copied()),
            Cell::count(self.there.len()),
            Cell::days(percentile(&self.there, 50)),
        ];
        if question.with_references {
            cells.push(self.references.cell());
        }
        cells
    }
}
