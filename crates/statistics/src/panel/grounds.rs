//! What was found of grounds for refusal.

use std::collections::BTreeMap;

use super::{Counting, Question, References, with_references};
use crate::life::Life;
use crate::table::{Cell, Table, Unit, column};

pub(super) struct Grounds {
    question: Question,
    /// By group, ground and who considered it.
    found: BTreeMap<(String, String, String), Found>,
}

struct Found {
    title: String,
    force: &'static str,
    basis: String,
    applies: usize,
    does_not: usize,
    references: References,
}

impl Grounds {
    pub(super) fn new(question: Question) -> Self {
        Self { question, found: BTreeMap::new() }
    }
}

impl Counting for Grounds {
    fn add(&mut self, life: &Life) {
        for finding in life.findings.iter().filter(|finding| self.question.period.has(finding.on)) {
            let key = (self.question.by.of(life), finding.ground.clone(), finding.by.clone());
            let found = self.found.entry(key).or_insert_with(|| Found {
                title: finding.title.clone(),
                force: finding.force,
                basis: finding.basis.clone(),
                applies: 0,
                does_not: 0,
                references: References::default(),
            });
            if finding.applies {
                found.applies += 1;
                found.references.add(life, &self.question);
            } else {
                found.does_not += 1;
            }
        }
    }

    fn table(self: Box<Self>) -> Table {
        let says = vec![
            format!("Cases are counted in which a ground was last considered in {}.", self.question.period),
            "A ground that was found to apply is not by itself a refusal: the ledger tells how cases ended."
                .to_owned(),
        ];
        let mut columns = vec![
            column("of", "Of", Unit::Text),
            column("ground", "Ground", Unit::Text),
            column("title", "What it is called", Unit::Text),
            column("force", "Force", Unit::Text),
            column("basis", "Provision", Unit::Text),
            column("by", "Considered by", Unit::Text),
            column("applies", "Applies", Unit::Count),
            column("does_not", "Does not apply", Unit::Count),
        ];
        with_references(&mut columns, "Where it applies", &self.question);
        let mut table = Table::new("grounds", "Grounds for refusal", says, columns);
        for ((group, ground, by), found) in self.found {
            let mut cells = vec![
                Cell::Text(group),
                Cell::Text(ground),
                Cell::Text(found.title),
                Cell::Text(found.force.to_owned()),
                Cell::Text(found.basis),
                Cell::Text(by),
                Cell::count(found.applies),
                Cell::count(found.does_not),
            ];
            if self.question.with_references {
                cells.push(found.references.cell());
            }
            table.row(cells);
        }
        table
    }
}
