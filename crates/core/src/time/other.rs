//! Where other legal choices than those made would lead: a reader sees what hangs on each.

use super::count::Start;
use super::{Day, FirstDay, LastDayClosed, Moment, MonthEnd, Period, Rule, Unit, When, days};

/// Where a limit would end under another legal choice than the one made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherReading {
    /// The choice, such as `first day counted`.
    pub choice: &'static str,
    /// Where it would lead.
    pub gives: Gives,
}

/// What another reading gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// A last day.
    LastDay(Day),
    /// An instant, where hours are counted instead of days.
    Instant(Moment),
}

/// The readings that lead elsewhere than to `last_day`.
pub(super) fn readings(start: &Start, length: Period, rule: &Rule, last_day: Day) -> Vec<OtherReading> {
    let event_day = start.when.first_day(&start.zone);
    let mut others: Vec<(&'static str, Rule)> = Vec::new();
    match rule {
        Rule::Days(rule) => {
            let with = |choice, other| (choice, Rule::Days(other));
            let mut other = rule.clone();
            let choice;
            (choice, other.first_day) = otherwise(rule.first_day);
            if length.unit() != Unit::ClearDay {
                others.push(with(choice, other));
            }
            for (choice, last_day_closed) in closed_otherwise(&rule.last_day_closed) {
                others.push(with(choice, super::DayRule { last_day_closed, ..rule.clone() }));
            }
            for (choice, month_end) in [
                ("a missing month-end goes up", MonthEnd::Up),
                ("a missing month-end goes down", MonthEnd::Down),
            ] {
                others.push(with(choice, super::DayRule { month_end, ..rule.clone() }));
            }
        }
        Rule::WorkingDays(rule) => {
            let (choice, first_day) = otherwise(rule.first_day);
            let other = super::WorkingDayRule { first_day, ..rule.clone() };
            others.push((choice, Rule::WorkingDays(other)));
        }
        Rule::Hours(_) => {}
    }
    let readings = others.into_iter().filter_map(|(choice, other)| {
        let day = days::last_day(event_day, length, &other, &start.zone).ok()?;
        (day != last_day).then_some(OtherReading { choice, gives: Gives::LastDay(day) })
    });
    readings.chain(in_hours(start, length)).collect()
}

/// What else a closed last day may do, by the same calendar. A day that stands has none to look at.
fn closed_otherwise(this: &LastDayClosed) -> Vec<(&'static str, LastDayClosed)> {
    let stands = ("a closed last day stands", LastDayClosed::Stands);
    match this {
        LastDayClosed::Stands => Vec::new(),
        LastDayClosed::NextOpenDay(calendar) => {
            let back = LastDayClosed::PreviousOpenDay(calendar.clone());
            vec![stands, ("a closed last day moves back", back)]
        }
        LastDayClosed::PreviousOpenDay(calendar) => {
            let on = LastDayClosed::NextOpenDay(calendar.clone());
            vec![stands, ("a closed last day moves on", on)]
        }
    }
}

fn otherwise(first_day: FirstDay) -> (&'static str, FirstDay) {
    if first_day.counts() {
        ("first day not counted", FirstDay::NotCounted)
    } else {
        ("first day counted", FirstDay::Counted)
    }
}

/// Days from the instant, 24 hours each.
fn in_hours(start: &Start, length: Period) -> Option<OtherReading> {
    let (When::At(from), Unit::Day) = (start.when, length.unit()) else { return None };
    let ends = from.plus_microseconds(i64::from(length.count()) * 24 * 3_600_000_000)?;
    Some(OtherReading { choice: "hours instead of days", gives: Gives::Instant(ends) })
}
