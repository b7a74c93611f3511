//! Who has how many open cases.

use std::collections::BTreeMap;

use super::{Counting, Question};
use crate::life::Life;
use crate::measure::percentile;
use crate::table::{Cell, Table, Unit, column};

pub(super) struct Load {
    question: Question,
    /// By the account or the desk.
    held: BTreeMap<Option<String>, Held>,
}

#[derive(Default)]
struct Held {
    running: usize,
    ages: Vec<i64>,
}

impl Load {
    pub(super) fn new(question: Question) -> Self {
        Self { question, held: BTreeMap::from([(None, Held::default())]) }
    }
}

impl Counting for Load {
    fn add(&mut self, life: &Life) {
        let day = self.question.period.to();
        if life.is_open_on(day) {
            let held = self.held.entry(life.held_by.clone()).or_default();
            held.running += life.runs.iter().filter(|run| run.reached.is_none()).count();
            held.ages.push(life.opened.days_until(day));
        }
    }

    fn table(self: Box<Self>) -> Table {
        let says = vec![
            format!(
                "Cases that were open as {} ended, by the account or the desk that has them now.",
                super::on(self.question.period.to())
            ),
            "The first row, without a name, is of those that nobody has.".to_owned(),
        ];
        let columns = vec![
            column("who", "Who", Unit::Text),
            column("open", "Open", Unit::Count),
            column("running", "Limits that run in them", Unit::Count),
            column("median", "Middle of their ages", Unit::Days),
        ];
        let mut table = Table::new("load", "Who has how much", says, columns);
        for (who, mut held) in self.held {
            held.ages.sort_unstable();
            table.row(vec![
                who.map_or(Cell::Nothing, Cell::Text),
                Cell::count(held.ages.len()),
                Cell::count(held.running),
                Cell::days(percentile(&held.ages, 50)),
            ]);
        }
        table
    }
}
