//! The open cases by the year in which they were opened, and where they stand.

use std::collections::BTreeMap;

use super::{Counting, Question, References, with_references};
use crate::life::Life;
use crate::table::{Cell, Table, Unit, column};

pub(super) struct Ageing {
    question: Question,
    /// By group, year and stage.
    open: BTreeMap<(String, i16, String), Open>,
}

#[derive(Default)]
struct Open {
    title: String,
    number: usize,
    oldest: i64,
    references: References,
}

impl Ageing {
    pub(super) fn new(question: Question) -> Self {
        Self { question, open: BTreeMap::new() }
    }
}

impl Counting for Ageing {
    fn add(&mut self, life: &Life) {
        let day = self.question.period.to();
        let Some(spell) = life.standing_on(day).filter(|spell| spell.outcome.is_none()) else { return };
        let key = (self.question.by.of(life), life.opened.year(), spell.stage.clone());
        let open = self.open.entry(key).or_default();
        open.title.clone_from(&spell.title);
        open.number += 1;
        open.oldest = open.oldest.max(life.opened.days_until(day));
        open.references.add(life, &self.question);
    }

    fn table(self: Box<Self>) -> Table {
        let says = vec![
            format!(
                "Cases that were open as {} ended, by the year in which they were opened.",
                super::on(self.question.period.to())
            ),
            "Where they stand is the stage of the first track of the procedure.".to_owned(),
        ];
        let mut columns = vec![
            column("of", "Of", Unit::Text),
            column("year", "Opened in", Unit::Count),
            column("stage", "Stage", Unit::Text),
            column("title", "What it is called", Unit::Text),
            column("open", "Open", Unit::Count),
            column("oldest", "Oldest", Unit::Days),
        ];
        with_references(&mut columns, "Open", &self.question);
        let mut table = Table::new("ageing", "Open cases by age", says, columns);
        for ((group, year, stage), open) in self.open {
            let mut cells = vec![
                Cell::Text(group),
                Cell::Number(i64::from(year)),
                Cell::Text(stage),
                Cell::Text(open.title),
                Cell::count(open.number),
                Cell::Number(open.oldest),
            ];
            if self.question.with_references {
                cells.push(open.references.cell());
            }
            table.row(cells);
        }
        table
    }
}
