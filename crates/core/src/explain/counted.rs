//! How a limit was counted, in words.

use super::{Reason, moment_in_words, reason, when_in_words};
use crate::time::{
    BrokenMonths, Count, Day, DayCount, DayRule, ExtendedFrom, FirstDay, FirstHour, Gives, HourCount,
    LastDayClosed, Longer, Moment, Reached, Rule, Unit, Zone,
};

/// The steps by which a count was made, each as a sentence: the same for a case, a command and a screen.
#[must_use]
pub fn explain_count(count: &Count) -> Vec<Reason> {
    match count {
        Count::Hours(hours) => in_hours(hours),
        Count::Days(days) => in_days(days),
    }
}

fn in_hours(hours: &HourCount) -> Vec<Reason> {
    let zone = &hours.zone;
    let mut steps = Vec::new();
    if hours.rule.first_hour == FirstHour::NotCounted {
        let from = moment_in_words(hours.from, zone);
        steps.push(reason(
            "first hour",
            format!("the hour of the event is not counted: they run from {from}"),
        ));
    }
    for (from, until) in &hours.stopped {
        let (from, until) = (moment_in_words(*from, zone), moment_in_words(*until, zone));
        steps.push(reason("not counted", format!("from {from} until {until}: it stood still")));
    }
    if let Some(calendar) = &hours.rule.closed_days_skipped {
        steps.push(reason("closed days", left_out(&hours.closed, &calendar.name)));
    }
    let how = if hours.rule.closed_days_skipped.is_some() {
        "hours run from the instant, and not on closed days"
    } else {
        "hours run from the instant"
    };
    let ends = moment_in_words(hours.ends, zone);
    steps.push(reason("runs out", format!("{ends} = {}; {how}", hours.ends)));
    steps
}

fn left_out(days: &[Day], calendar: &str) -> String {
    if days.is_empty() {
        return format!("none on the way by the calendar {calendar}");
    }
    format!("left out by the calendar {calendar}: {}", listed(days))
}

/// Days in words; of many, the first and how many more.
fn listed(days: &[Day]) -> String {
    const TOLD: usize = 6;
    let told: Vec<String> = days.iter().take(TOLD).map(|day| day.in_words()).collect();
    let more = days.len().saturating_sub(TOLD);
    let and_more = if more == 0 { String::new() } else { format!(" and {more} more") };
    told.join(", ") + &and_more
}

fn in_days(days: &DayCount) -> Vec<Reason> {
    let mut steps = vec![first_day(days)];
    for (first, last) in &days.stopped {
        let span = if first == last {
            first.in_words()
        } else {
            format!("{} to {}", first.in_words(), last.in_words())
        };
        let many = first.days_until(*last) + 1;
        let days = if many == 1 { "day" } else { "days" };
        steps.push(reason("not counted", format!("{span}, {many} {days}: it stood still")));
    }
    for day in &days.skipped_by_the_zone {
        let place = days.zone.place();
        steps.push(reason(
            "not counted",
            format!("{}: the clocks of {place} went over that day", day.in_words()),
        ));
    }
    if let Rule::WorkingDays(rule) = &days.rule {
        steps.push(reason("closed days", left_out(&days.not_worked, &rule.calendar.name)));
    }
    steps.extend(last_day(days));
    let prolonged = days.extended.iter().filter_map(|to| to.reached.as_ref());
    for reached in prolonged.filter(|reached| reached.last_day != reached.nominal) {
        steps.push(reason("longer", moved(days, reached)));
    }
    if days.zone.offset_differs(days.zone.start_of(days.event_day), days.ends) {
        let place = days.zone.place();
        let says = format!("the clocks change in {place} on the way: no effect, days are counted");
        steps.push(reason("summer time", says));
    }
    if let Some(counted) = days.held_over {
        let says = format!(
            "it stood still at the end of {}, and what stands still cannot run out: it does when it runs on",
            counted.in_words()
        );
        steps.push(reason("held over", says));
    }
    steps.push(runs_out(days.ends, &days.zone));
    for other in days.other_readings() {
        let gives = match other.gives {
            Gives::LastDay(day) => day.in_words(),
            Gives::Instant(ends) => format!("until {}", moment_in_words(ends, &days.zone)),
        };
        steps.push(reason("otherwise", format!("if {}: {gives}", other.choice)));
    }
    steps
}

fn first_day(days: &DayCount) -> Reason {
    let first_day = match &days.rule {
        Rule::Days(rule) => rule.first_day,
        Rule::WorkingDays(rule) => rule.first_day,
        Rule::Hours(_) => FirstDay::NotCounted,
    };
    let counts = match first_day {
        FirstDay::Counted => "counts",
        FirstDay::CountedWhole => "counts whole, whatever the hour",
        FirstDay::NotCounted => "is not counted",
    };
    let (event_day, day_one) = (days.event_day.in_words(), days.day_one.in_words());
    reason("first day", format!("the day of the event, {event_day}, {counts}: day 1 is {day_one}"))
}

fn last_day(days: &DayCount) -> Vec<Reason> {
    let reached = &days.reached;
    let label = if days.extended.is_empty() { "last day" } else { "at first" };
    let Rule::Days(rule) = &days.rule else {
        return vec![reason(label, format!("{}: {}", span(days), reached.last_day.in_words()))];
    };
    let replaced = if days.month_end_replaced { ", the month having no such day" } else { "" };
    let said = format!("{}{replaced}: {}", span(days), reached.nominal.in_words());
    let mut steps = vec![reason(label, format!("{said}; {}", closed(rule, reached)))];
    if reached.filled_up_to.is_some() || reached.last_day != reached.nominal {
        steps.push(reason("moved to", to(rule, reached)));
    }
    steps
}

/// Where closed days moved the last day to.
fn to(rule: &DayRule, reached: &Reached) -> String {
    let day = reached.last_day.in_words();
    let at_least = rule.open_days_within.as_ref().map_or(0, |within| within.at_least);
    match reached.filled_up_to {
        Some(_) => format!("{day}, so that it holds {at_least} open days"),
        None => day,
    }
}

/// How the last day of an extension was moved.
fn moved(days: &DayCount, reached: &Reached) -> String {
    let nominal = reached.nominal.in_words();
    match &days.rule {
        Rule::Days(rule) => {
            format!("to {nominal}; {}: moved to {}", closed(rule, reached), to(rule, reached))
        }
        Rule::WorkingDays(_) | Rule::Hours(_) => format!("to {nominal}"),
    }
}

fn closed(rule: &DayRule, reached: &Reached) -> String {
    match (&rule.last_day_closed, reached.closed.is_empty()) {
        (LastDayClosed::Stands, _) => "a closed last day would not move it".to_owned(),
        (LastDayClosed::NextOpenDay(calendar) | LastDayClosed::PreviousOpenDay(calendar), true) => {
            format!("an open day by the calendar {}", calendar.name)
        }
        (LastDayClosed::NextOpenDay(calendar) | LastDayClosed::PreviousOpenDay(calendar), false) => {
            format!("closed by the calendar {}: {}", calendar.name, listed(&reached.closed))
        }
    }
}

/// `45 days after 2027-03-02`, or with the first day counted `45 days, 2027-03-02 being the first`.
fn span(days: &DayCount) -> String {
    let (length, event_day) = (length(days), days.event_day);
    if days.day_one == event_day {
        return format!("{length}, {event_day} being the first day");
    }
    match days.length.unit() {
        Unit::ClearDay => format!("{length} after {event_day}, neither end counting"),
        Unit::Hour | Unit::Day | Unit::WorkingDay | Unit::Week | Unit::Month | Unit::Year => {
            format!("{length} after {event_day}")
        }
    }
}

/// `2 months of 30 days each`, where the law says so.
fn length(days: &DayCount) -> String {
    let is_broken = matches!(&days.rule, Rule::Days(DayRule { broken_months: BrokenMonths::ThirtyDays, .. }));
    match (days.length.unit(), is_broken) {
        (Unit::Month, true) => format!("{} of 30 days each", days.length),
        (Unit::Year, true) => format!("{} of 365 days each", days.length),
        (
            Unit::Hour
            | Unit::Day
            | Unit::ClearDay
            | Unit::WorkingDay
            | Unit::Week
            | Unit::Month
            | Unit::Year,
            _,
        ) => days.length.to_string(),
    }
}

pub(super) fn runs_out(ends: Moment, zone: &Zone) -> Reason {
    reason("runs out", format!("{} = {ends}", moment_in_words(ends, zone)))
}

/// By how much a limit was made longer.
pub(super) fn longer(by: Longer, granted: crate::time::When, zone: &Zone) -> String {
    match by {
        Longer::By(length, ExtendedFrom::LastDay) => format!("{length} from the last day"),
        Longer::By(length, ExtendedFrom::NominalLastDay) => {
            format!("{length} from the last day before closed days moved it")
        }
        Longer::By(length, ExtendedFrom::TheAct) => {
            format!("{length} from {}", when_in_words(granted, zone))
        }
        Longer::Until(day) => format!("until {}", day.in_words()),
    }
}
