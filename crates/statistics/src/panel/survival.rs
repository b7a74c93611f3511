//! Which share of the cases that were opened in a year was closed after so many days. Open cases count for as long as they have
//! been open: leaving them out makes an office look faster the more it leaves lying.

use std::collections::BTreeMap;

use super::{ClosedBy, Counting, Question};
use crate::life::Life;
use crate::measure::{Lasted, share_over_within};
use crate::table::{Cell, Table, Unit, column};

/// After how many days it is told.
const AFTER: [i64; 8] = [15, 30, 60, 90, 180, 365, 730, 1_095];

pub(super) struct Survival {
    question: Question,
    /// By group and year.
    cohorts: BTreeMap<(String, i16), Vec<Lasted>>,
    closed_by: ClosedBy,
}

impl Survival {
    pub(super) fn new(question: Question) -> Self {
        Self { question, cohorts: BTreeMap::new(), closed_by: ClosedBy::default() }
    }
}

impl Counting for Survival {
    fn add(&mut self, life: &Life) {
        let period = self.question.period;
        if !period.has(life.opened) {
            return;
        }
        self.closed_by.add(life);
        let closed = life.closings().map(|(on, _)| on).find(|on| *on <= period.to());
        let days = life.opened.days_until(closed.unwrap_or_else(|| period.to()));
        let key = (self.question.by.of(life), life.opened.year());
        self.cohorts.entry(key).or_default().push(Lasted { days, is_over: closed.is_some() });
    }

    fn table(self: Box<Self>) -> Table {
        let period = self.question.period;
        let mut says = vec![
            format!(
                "Cases opened in {period}, by the year in which they were, as it stood when {} ended.",
                super::on(period.to())
            ),
            "A case counts as closed when the first track of its procedure first came to an outcome.".to_owned(),
            "The share that was closed within so many days is estimated with open cases counted for as long as they were \
             watched (Kaplan and Meier 1958). Nothing is told where none was watched for so long."
                .to_owned(),
        ];
        says.extend(self.closed_by.sentence());
        let mut columns = vec![
            column("of", "Of", Unit::Text),
            column("year", "Opened in", Unit::Count),
            column("opened", "Opened", Unit::Count),
            column("open", "Of these still open", Unit::Count),
        ];
        let after =
            |days| column(format!("closed_within_{days}"), format!("Closed within {days} days"), Unit::Share);
        columns.extend(AFTER.map(after));
        let mut table = Table::new("survival", "How soon cases are closed", says, columns);
        for ((group, year), times) in self.cohorts {
            let open = times.iter().filter(|time| !time.is_over).count();
            let mut cells = vec![
                Cell::Text(group),
                Cell::Number(i64::from(year)),
                Cell::count(times.len()),
                Cell::count(open),
            ];
            cells.extend(AFTER.map(|days| Cell::share(share_over_within(&times, days))));
            table.row(cells);
        }
        table
    }
}
