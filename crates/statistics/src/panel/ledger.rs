//! The ledger: opening stock, new, closed by outcome, closing stock. The two stocks are counted apart from what came and went, so
//! that the difference shows a fault and is not made to vanish.

use std::collections::{BTreeMap, BTreeSet};

use super::{ClosedBy, Counting, Question, References, with_references};
use crate::life::Life;
use crate::period::{BadPeriod, Period};
use crate::table::{Cell, Column, Table, Tally, Unit, column};

pub(super) struct Ledger {
    question: Question,
    periods: Vec<Period>,
    /// By the place of the period, and the group; the whole office comes last.
    counted: BTreeMap<(usize, Of), Counted>,
    closed_by: ClosedBy,
}

/// Of what a row is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Group(String),
    All,
}

#[derive(Default)]
struct Counted {
    opening: usize,
    new: usize,
    reopened: usize,
    closed: Tally<String>,
    closed_in_all: usize,
    closing: usize,
    references: References,
}

impl Ledger {
    pub(super) fn new(question: Question) -> Result<Self, BadPeriod> {
        let periods = question.period.divided(question.step)?;
        let counted = (0..periods.len()).map(|place| ((place, Of::All), Counted::default())).collect();
        Ok(Self { question, periods, counted, closed_by: ClosedBy::default() })
    }

    fn says(&self) -> Vec<String> {
        let by = self.question.by;
        let mut says = vec![
        format!("Cases are counted, by {}; a request about two persons is two cases, if it was opened so.", by.word()),
        "A case is new on the day on which it began; where only a month or a year is known, on its first day.".to_owned(),
        "It is closed on the day on which the first track of its procedure came to an outcome, under the name of that \
         outcome. It is reopened if that track leaves its outcome again."
            .to_owned(),
        "Difference is opening, new and reopened less closed and closing, each counted by itself. It is 0, or the ledger \
         does not balance."
            .to_owned(),
    ];
        // What they are called says more than which comes first.
        says.extend(self.closed_by.sentence());
        says
    }
    fn columns(&self, outcomes: &BTreeSet<&str>) -> Vec<Column> {
        let mut columns = vec![
            column("period", "Period", Unit::Text),
            column("of", "Of", Unit::Text),
            column("opening", "Open before", Unit::Count),
            column("new", "New", Unit::Count),
            column("reopened", "Reopened", Unit::Count),
        ];
        let closed =
            |outcome: &&str| column(format!("closed: {outcome}"), format!("Closed: {outcome}"), Unit::Count);
        columns.extend(outcomes.iter().map(closed));
        columns.push(column("closed", "Closed", Unit::Count));
        columns.push(column("closing", "Open after", Unit::Count));
        columns.push(column("difference", "Difference", Unit::Count));
        with_references(&mut columns, "Open, new or closed", &self.question);
        columns
    }
}

impl Counting for Ledger {
    fn add(&mut self, life: &Life) {
        let group = self.question.by.of(life);
        for (place, period) in self.periods.iter().enumerate() {
            if Touch::of(life, *period).is_nothing() {
                continue;
            }
            for of in [Of::Group(group.clone()), Of::All] {
                let counted = self.counted.entry((place, of)).or_default();
                counted.add(life, *period);
                counted.references.add(life, &self.question);
                self.closed_by.add(life);
            }
        }
    }

    fn table(self: Box<Self>) -> Table {
        let outcomes =
            self.counted.values().flat_map(|counted| counted.closed.keys()).map(String::as_str).collect();
        let mut table = Table::new("ledger", "Ledger", self.says(), self.columns(&outcomes));
        for ((place, of), counted) in &self.counted {
            if let Some(period) = self.periods.get(*place) {
                table.row(counted.cells(*period, of, &outcomes, &self.question));
            }
        }
        table
    }
}

/// What a period has of a case.
struct Touch {
    opening: bool,
    closing: bool,
    new: usize,
    reopened: usize,
    closed: usize,
}

impl Touch {
    fn of(life: &Life, period: Period) -> Self {
        let openings = || life.openings().enumerate().filter(|(_, day)| period.has(*day));
        Self {
            opening: life.is_open_on(period.eve()),
            closing: life.is_open_on(period.to()),
            new: openings().filter(|(place, _)| *place == 0).count(),
            reopened: openings().filter(|(place, _)| *place > 0).count(),
            closed: life.closings().filter(|(day, _)| period.has(*day)).count(),
        }
    }

    fn is_nothing(&self) -> bool {
        !self.opening && !self.closing && self.new + self.reopened + self.closed == 0
    }
}

impl Counted {
    fn add(&mut self, life: &Life, period: Period) {
        let touch = Touch::of(life, period);
        self.opening += usize::from(touch.opening);
        self.closing += usize::from(touch.closing);
        self.new += touch.new;
        self.reopened += touch.reopened;
        self.closed_in_all += touch.closed;
        for (_, outcome) in life.closings().filter(|(day, _)| period.has(*day)) {
            self.closed.add(outcome.to_owned());
        }
    }

    fn cells(&self, period: Period, of: &Of, outcomes: &BTreeSet<&str>, question: &Question) -> Vec<Cell> {
        let signed = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let came = signed(self.opening + self.new + self.reopened);
        let mut cells = vec![
            Cell::Text(period.to_string()),
            Cell::Text(match of {
                Of::Group(group) => group.clone(),
                Of::All => "all".to_owned(),
            }),
            Cell::count(self.opening),
            Cell::count(self.new),
            Cell::count(self.reopened),
        ];
        cells.extend(outcomes.iter().map(|outcome| Cell::count(self.closed.of(*outcome))));
        cells.push(Cell::count(self.closed_in_all));
        cells.push(Cell::count(self.closing));
        cells.push(Cell::Number(came - signed(self.closed_in_all) - signed(self.closing)));
        if question.with_references {
            cells.push(self.references.clone().cell());
        }
        cells
    }
}
