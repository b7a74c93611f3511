//! When every path begins.

use std::sync::Arc;

use crate::procedure::{Length, Procedure};
use crate::time::{Calendar, Day, Moment, Rule};

/// New Year's Day of 2030, in UTC; or of the first year that every calendar of the procedure covers with the next one, or
/// else covers alone, since no limit can be counted where a calendar has nothing to say.
pub(super) fn opening_moment(procedure: &Procedure) -> Moment {
    let calendars: Vec<&Arc<Calendar>> = calendars(procedure);
    let covers = |calendar: &Arc<Calendar>, year: i16| {
        let ends = [Day::new(year, 1, 1), Day::new(year, 12, 31)];
        ends.into_iter().flatten().all(|day| calendar.is_open(day).is_ok())
    };
    let all_cover = |year: i16| calendars.iter().all(|calendar| covers(calendar, year));
    let years = || std::iter::once(2030).chain(1990..2100);
    let year = years()
        .find(|year| all_cover(*year) && all_cover(year + 1))
        .or_else(|| years().find(|year| all_cover(*year)));
    let day = Day::new(year.unwrap_or(2030), 1, 1).unwrap_or(Day::MIN);
    crate::time::Zone::utc().start_of(day)
}

/// The calendars by which limits are counted.
fn calendars(procedure: &Procedure) -> Vec<&Arc<Calendar>> {
    let rules = procedure.clocks.iter().flat_map(|(_, _, clock)| match &clock.length {
        Length::Counted { rule, changes, .. } => {
            std::iter::once(rule).chain(changes.iter().map(|change| &change.rule)).collect::<Vec<_>>()
        }
        Length::NamedDay { .. } | Length::NamedLength { .. } => Vec::new(),
    });
    rules
        .flat_map(|rule| match rule {
            Rule::Hours(rule) => rule.closed_days_skipped.iter().collect::<Vec<_>>(),
            Rule::WorkingDays(rule) => vec![&rule.calendar],
            Rule::Days(rule) => {
                let within = rule.open_days_within.as_ref().map(|within| &within.calendar);
                rule.last_day_closed.calendar().into_iter().chain(within).collect()
            }
        })
        .collect()
}
