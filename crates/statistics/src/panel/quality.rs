//! What makes figures unsure.

use super::{Counting, Question, References, with_references};
use crate::life::Life;
use crate::table::{Cell, Table, Unit, column};

type Is = fn(&Life) -> bool;

/// What is looked for.
const KINDS: [(&str, Is); 3] = [
    ("the day on which it was opened is known to the month or year only", |life| !life.is_dated),
    ("it holds a record that the procedure does not allow where it stands", |life| life.irregular > 0),
    ("nobody has it, and it is open", |life| {
        life.held_by.is_none() && life.main().last().is_some_and(|spell| spell.outcome.is_none())
    }),
];

pub(super) struct Quality {
    question: Question,
    counted: [(usize, References); KINDS.len()],
}

impl Quality {
    pub(super) fn new(question: Question) -> Self {
        Self { question, counted: Default::default() }
    }
}

impl Counting for Quality {
    fn add(&mut self, life: &Life) {
        for ((_, is_so), (number, references)) in KINDS.iter().zip(&mut self.counted) {
            if is_so(life) {
                *number += 1;
                references.add(life, &self.question);
            }
        }
    }

    fn table(self: Box<Self>) -> Table {
        let says = vec!["All cases are counted, whatever the period.".to_owned()];
        let mut columns = vec![column("what", "What", Unit::Text), column("number", "Cases", Unit::Count)];
        with_references(&mut columns, "Which", &self.question);
        let mut table = Table::new("quality", "What makes figures unsure", says, columns);
        for ((what, _), (number, references)) in KINDS.into_iter().zip(self.counted) {
            let mut cells = vec![Cell::Text(what.to_owned()), Cell::count(number)];
            if self.question.with_references {
                cells.push(references.cell());
            }
            table.row(cells);
        }
        table
    }
}
