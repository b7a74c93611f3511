//! How many cases stood at each stage on a day: how many persons were held, say, which is a stage of a track of custody.

use std::collections::BTreeMap;

use super::{Counting, Question, References, with_references};
use crate::life::Life;
use crate::table::{Cell, Table, Unit, column};

pub(super) struct Standing {
    question: Question,
    /// By group, track and stage.
    there: BTreeMap<(String, String, String), There>,
}

#[derive(Default)]
struct There {
    title: String,
    outcome: Option<String>,
    number: usize,
    references: References,
}

impl Standing {
    pub(super) fn new(question: Question) -> Self {
        Self { question, there: BTreeMap::new() }
    }
}

impl Counting for Standing {
    fn add(&mut self, life: &Life) {
        let day = self.question.period.to();
        if life.opened > day {
            return;
        }
        for spell in life.spells.iter().filter(|spell| spell.covers_end_of(day)) {
            let key = (self.question.by.of(life), spell.track.clone(), spell.stage.clone());
            let there = self.there.entry(key).or_default();
            there.title.clone_from(&spell.title);
            there.outcome.clone_from(&spell.outcome);
            there.number += 1;
            there.references.add(life, &self.question);
        }
    }

    fn table(self: Box<Self>) -> Table {
        let says = vec![
            format!(
                "Cases that stood at a stage as {} ended, track by track, those among them that are closed.",
                super::on(self.question.period.to())
            ),
            "Each case is counted once in each of its tracks.".to_owned(),
        ];
        let mut columns = vec![
            column("of", "Of", Unit::Text),
            column("track", "Track", Unit::Text),
            column("stage", "Stage", Unit::Text),
            column("title", "What it is called", Unit::Text),
            column("outcome", "Outcome", Unit::Text),
            column("there", "Cases", Unit::Count),
        ];
        with_references(&mut columns, "Which", &self.question);
        let mut table = Table::new("standing", "Where cases stand", says, columns);
        for ((group, track, stage), there) in self.there {
            let mut cells = vec![
                Cell::Text(group),
                Cell::Text(track),
                Cell::Text(stage),
                Cell::Text(there.title),
                there.outcome.map_or(Cell::Nothing, Cell::Text),
                Cell::count(there.number),
            ];
            if self.question.with_references {
                cells.push(there.references.cell());
            }
            table.row(cells);
        }
        table
    }
}
