//! Two ways of counting that come to the same last day, whatever the day of the start.

use comity_core::procedure::{Clock, Length};
use comity_core::time::{Day, DayRule, LastDayClosed, Period, Rule, Start, When, Zone, count};

/// The calendar repeats itself after so many years, days of the week included.
const YEARS: std::ops::Range<i16> = 2000..2400;

/// Whether two clocks, which differ in how their months are counted and in nothing else, always end on the same day.
/// Nothing is claimed of a clock that may stop or become longer, nor of one for which a calendar decides.
pub(super) fn always_end_on_the_same_day(one: &Clock, other: &Clock) -> bool {
    let (Some((length, rule)), Some((_, other))) = (counted(one), counted(other)) else { return false };
    come_to_the_same(length, rule, other)
}

fn come_to_the_same(length: Period, rule: &Rule, other: &Rule) -> bool {
    let zone = Zone::utc();
    let ends = |day: Day, rule: &Rule| {
        let start = Start { when: When::On(day), zone: zone.clone() };
        count(&start, length, rule).ok().and_then(|count| count.last_day())
    };
    days().all(|day| {
        let last = ends(day, rule);
        last.is_some() && last == ends(day, other)
    })
}

/// How a clock is counted, if that alone makes its end.
fn counted(clock: &Clock) -> Option<(Period, &Rule)> {
    let Length::Counted { length, rule, changes, .. } = &clock.length else { return None };
    let has_no_calendar = matches!(
        rule,
        Rule::Days(DayRule { last_day_closed: LastDayClosed::Stands, open_days_within: None, .. })
    );
    let runs_through = clock.stops.is_none() && clock.extended_by.is_empty() && changes.is_empty();
    (has_no_calendar && runs_through).then_some((*length, rule))
}

/// Every day of the years after which the calendar repeats itself.
fn days() -> impl Iterator<Item = Day> {
    YEARS.flat_map(|year| {
        (1..=12).flat_map(move |month| (1..=31).filter_map(move |day| Day::new(year, month, day).ok()))
    })
}

#[cfg(test)]
mod tests {
    use comity_core::time::{FirstDay, MonthEnd, Unit};

    use super::*;

    #[test]
    fn a_missing_month_end_is_no_choice_where_the_first_day_counts() {
        let rule = |first_day, month_end| Rule::Days(DayRule { month_end, ..DayRule::plain(first_day) });
        let months = |count| Period::new(count, Unit::Month).unwrap();
        let same = |first_day, count| {
            come_to_the_same(months(count), &rule(first_day, MonthEnd::Up), &rule(first_day, MonthEnd::Down))
        };
        assert!(same(FirstDay::CountedWhole, 2));
        assert!(!same(FirstDay::NotCounted, 2));
        // No month is too short for whole years, but for 29 February.
        assert!(!same(FirstDay::NotCounted, 12));
        let down = rule(FirstDay::NotCounted, MonthEnd::Down);
        assert!(!come_to_the_same(months(1), &down, &rule(FirstDay::NotCounted, MonthEnd::Refuse)));
    }
}
