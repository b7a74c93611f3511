//! What the tests are given: zones, days, lengths, starts and calendars, read from text.

use std::sync::Arc;

use comity_core::time::{
    Calendar, Choices, Count, CountError, Course, Day, DayCount, Longer, Period, Rule, Start, Weekday, When,
    Zone, count, count_on_its_way,
};

pub(crate) fn zone(name: &str) -> Zone {
    if name == "UTC" { Zone::utc() } else { Zone::named(name).unwrap() }
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn length(text: &str) -> Period {
    text.parse().unwrap()
}

/// A start in the words of an entry, in the zone called `zone_name`.
pub(crate) fn start(text: &str, zone_name: &str) -> Start {
    let zone = zone(zone_name);
    Start { when: When::parse(text, &zone).unwrap(), zone }
}

/// A start known to the day.
pub(crate) fn on(day: Day, zone: &Zone) -> Start {
    Start { when: When::On(day), zone: zone.clone() }
}

/// A place that is closed on these days of the week and on these single days, from 1700 to 2300.
pub(crate) fn calendar(name: &str, weekly: &[Weekday], closed: &[&str]) -> Arc<Calendar> {
    calendar_between(name, weekly, closed, ["1700-01-01", "2300-12-31"])
}

/// The same, checked only from the first day to the last.
pub(crate) fn calendar_between(
    name: &str,
    weekly: &[Weekday],
    closed: &[&str],
    [from, until]: [&str; 2],
) -> Arc<Calendar> {
    Arc::new(Calendar {
        open: [].into(),
        name: name.to_owned(),
        source: "the closed days that the test needs, and no others".to_owned(),
        checked: day("2026-11-01"),
        weekly: weekly.iter().copied().collect(),
        closed: closed.iter().map(|text| day(text)).collect(),
        from: day(from),
        until: day(until),
    })
}

/// The count in days of a limit on which nothing happens on its way.
pub(crate) fn days(start: &Start, length: Period, rule: &Rule) -> Result<DayCount, CountError> {
    days_on_their_way(start, length, rule, &Course::default())
}

pub(crate) fn days_on_their_way(
    start: &Start,
    length: Period,
    rule: &Rule,
    course: &Course,
) -> Result<DayCount, CountError> {
    match count_on_its_way(start, length, rule, course)? {
        Count::Days(days) => Ok(*days),
        Count::Hours(_) => panic!("{length} is counted in days"),
    }
}

/// The rule that `choices` give for `text`, and the last day that it gives from `from`, a day or an instant in UTC.
#[track_caller]
pub(crate) fn check(choices: &Choices, from: &str, text: &str, last_day: &str) {
    let length = length(text);
    let rule = choices.rule(length.unit(), false).unwrap();
    let reached = days(&start(from, "UTC"), length, &rule).unwrap().last_day;
    assert_eq!(reached.to_string(), last_day, "{text} from {from}");
}

/// The local time at which `text` in hours runs out.
#[track_caller]
pub(crate) fn check_hours(choices: &Choices, place: &str, from: &str, text: &str, ends: &str) {
    let length = length(text);
    let start = start(from, place);
    let rule = choices.rule(length.unit(), false).unwrap();
    let reached = count(&start, length, &rule).unwrap().ends();
    assert_eq!(start.zone.local(reached), ends, "{text} from {from} in {place}");
}

/// An extension granted on `granted`.
pub(crate) fn extension(by: Longer, granted: &str) -> comity_core::time::Extension {
    comity_core::time::Extension { by, granted: When::parse(granted, &Zone::utc()).unwrap() }
}
