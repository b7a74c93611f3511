//! Which documents are missing, and how often.

use std::collections::BTreeMap;

use super::{Counting, Question, References, with_references};
use crate::life::Life;
use crate::table::{Cell, Table, Unit, column};

pub(super) struct Missing {
    question: Question,
    /// By group and document.
    lacks: BTreeMap<(String, String), Lacks>,
}

#[derive(Default)]
struct Lacks {
    title: String,
    basis: String,
    missing: usize,
    incomplete: usize,
    references: References,
}

impl Missing {
    pub(super) fn new(question: Question) -> Self {
        Self { question, lacks: BTreeMap::new() }
    }
}

impl Counting for Missing {
    fn add(&mut self, life: &Life) {
        if !life.is_open_on(self.question.period.to()) {
            return;
        }
        for lack in &life.lacks {
            let lacks = self.lacks.entry((self.question.by.of(life), lack.document.clone())).or_default();
            lacks.title.clone_from(&lack.title);
            lacks.basis.clone_from(&lack.basis);
            *(if lack.is_incomplete { &mut lacks.incomplete } else { &mut lacks.missing }) += 1;
            lacks.references.add(life, &self.question);
        }
    }

    fn table(self: Box<Self>) -> Table {
        let says = vec![
            "Open cases are counted in which a document is needed and is not complete, as it is known now. What is not known \
             to be needed is left out."
                .to_owned(),
            "Incomplete: something of it arrived, without its translation or not in the form that is required.".to_owned(),
        ];
        let mut columns = vec![
            column("of", "Of", Unit::Text),
            column("document", "Document", Unit::Text),
            column("title", "What it is called", Unit::Text),
            column("basis", "Provision", Unit::Text),
            column("missing", "Missing", Unit::Count),
            column("incomplete", "Incomplete", Unit::Count),
        ];
        with_references(&mut columns, "Where", &self.question);
        let mut table = Table::new("missing", "Documents that are missing", says, columns);
        for ((group, document), lacks) in self.lacks {
            let mut cells = vec![
                Cell::Text(group),
                Cell::Text(document),
                Cell::Text(lacks.title),
                Cell::Text(lacks.basis),
                Cell::count(lacks.missing),
                Cell::count(lacks.incomplete),
            ];
            if self.question.with_references {
                cells.push(lacks.references.cell());
            }
            table.row(cells);
        }
        table
    }
}
