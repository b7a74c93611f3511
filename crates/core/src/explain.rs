//! Why a date is what it is: the derivation of a limit, in steps and in words.
//!
//! Command line, API and screen print these sentences and no others, so they cannot disagree.

mod carried;
mod counted;
mod effect;

pub use counted::explain_count;

use std::fmt;

use crate::fold::{Cause, Cycle, CycleStatus, End, NamedPeriod, if_it_ran_on};
use crate::procedure::{Clock, ClockStanding, CountedFrom, Event, Length, Procedure};
use crate::time::{Day, Moment, When, Zone};
use crate::view::{ClockView, View};

/// The derivation of one run of a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The name of the clock.
    pub clock: String,
    /// What it is for.
    pub title: String,
    /// How the run stands.
    pub standing: ClockStanding,
    /// The provision.
    pub basis: String,
    /// The zone whose days count.
    pub zone: String,
    /// The last day, where there is one.
    pub last_day: Option<Day>,
    /// The first instant that is too late, where it is known.
    pub ends: Option<Moment>,
    /// The steps, in order.
    pub steps: Vec<Reason>,
}

/// One step of a derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What the step is about, in one or two words. Stable, so that a program may ask for it.
    pub about: &'static str,
    /// The step, as a sentence without its stop.
    pub says: String,
}

/// Explains the last run of a clock; nothing if it has not started.
#[must_use]
pub fn explain(view: &View, clock: &str) -> Option<Explanation> {
    let clock = view.clock(clock)?;
    let cycle = clock.last()?;
    Some(explain_run(view, &clock, cycle))
}

/// Explains one run of a clock.
#[must_use]
pub fn explain_run(view: &View, clock: &ClockView<'_>, cycle: &Cycle) -> Explanation {
    let procedure = view.procedure();
    // The rule by which the end was counted: of a run that kept its end at a migration, that of the procedure before.
    let (counting, whose) = carried::counting(procedure, *clock, cycle);
    let mut steps = vec![started(procedure, clock, cycle)];
    steps.extend(counted_from(whose, &counting, cycle));
    steps.push(length(procedure, &counting, cycle));
    steps.extend(stops(procedure, clock, cycle));
    steps.extend(extensions(procedure, clock, cycle));
    steps.extend(carried::carried(clock, cycle));
    steps.extend(end(view, &counting, cycle));
    steps.extend(warned(clock.clock));
    steps.extend(status(procedure, clock, cycle));
    steps.extend(effect::of_expiry(procedure, clock.clock));
    Explanation {
        clock: clock.name.to_string(),
        title: clock.clock.title.clone(),
        standing: cycle.standing(),
        basis: clock.clock.basis.to_string(),
        zone: clock.zone.name().to_owned(),
        last_day: cycle.end.last_day(),
        ends: cycle.end.moment(),
        steps,
    }
}

/// What running out does, in one sentence.
pub(crate) fn what_follows(procedure: &Procedure, clock: &Clock) -> String {
    let steps: Vec<String> = effect::of_expiry(procedure, clock).into_iter().map(|step| step.says).collect();
    steps.join("; ")
}

fn reason(about: &'static str, says: String) -> Reason {
    Reason { about, says }
}

fn started(procedure: &Procedure, clock: &ClockView<'_>, cycle: &Cycle) -> Reason {
    let when = when_in_words(cycle.started, clock.zone);
    let by = match cycle.event {
        Some(event) => format!("{}, {when}{}", title_of(procedure, event), from(procedure, cycle.cause)),
        None => match cycle.carried.as_ref().and_then(|carried| carried.started_by.as_ref()) {
            Some(title) => format!("{title}, {when}{}", from(procedure, cycle.cause)),
            None => format!("it begins again by itself, {when}{}", from(procedure, cycle.cause)),
        },
    };
    reason("started by", by)
}

/// From where it is counted, if not from what started it.
fn counted_from(procedure: &Procedure, clock: &ClockView<'_>, cycle: &Cycle) -> Option<Reason> {
    let when = cycle.counted_from.map(|when| when_in_words(when, clock.zone));
    let says = match (clock.clock.counted_from, cycle.event) {
        (CountedFrom::TheStart, None) if has_left_its_start(cycle) => return None,
        (_, None) if !has_left_its_start(cycle) => format!("{}, the last day of the period before", when?),
        (CountedFrom::TheStart, _) => return None,
        (CountedFrom::DateIn(fact), _) => {
            let title = &procedure.facts.at(fact).title;
            when.map_or_else(
                || format!("{title}, which is not recorded yet"),
                |when| format!("{title}: {when}"),
            )
        }
        (CountedFrom::LastDayOf(other), _) => {
            let name = procedure.clocks.name(other);
            match when {
                Some(when) => format!("the last day of {name}, {when}"),
                None => format!("the last day of {name}, which has none now"),
            }
        }
    };
    Some(reason("counted from", says))
}

fn length(procedure: &Procedure, clock: &ClockView<'_>, cycle: &Cycle) -> Reason {
    let basis = &clock.clock.basis;
    let by_rule = clock.clock.counted_by.as_ref();
    let by_rule =
        by_rule.map_or(String::new(), |rule| format!(", counted by {} ({})", rule.name, rule.provision));
    let says = match (&clock.clock.length, cycle.named) {
        (Length::Counted { length, changes, .. }, _) => {
            match cycle.law.and_then(|index| changes.get(index)) {
                Some(change) => {
                    format!("{} ({}), the law from {} on", change.length, change.basis, change.from)
                }
                None => format!("{length} ({basis})"),
            }
        }
        (Length::NamedLength { .. }, Some(named)) => match named.what {
            NamedPeriod::Length(length) => {
                format!("{length}, as named by an authority ({basis}){}", from(procedure, named.by))
            }
            NamedPeriod::LastDay(day) => format!("until {}, as named ({basis})", day.in_words()),
        },
        (Length::NamedLength { .. }, None) => {
            format!("no number in the provision: an authority names the length ({basis})")
        }
        (Length::NamedDay { .. }, _) => {
            format!("no number in the provision: an authority names the last day ({basis})")
        }
    };
    reason("length", says + &by_rule)
}

fn stops(procedure: &Procedure, clock: &ClockView<'_>, cycle: &Cycle) -> Vec<Reason> {
    let Some(rule) = &clock.clock.stops else { return Vec::new() };
    let basis = rule.basis.or(&clock.clock.basis);
    if cycle.stops.is_empty() {
        let word = if rule.adds_up { "runs only while" } else { "stops while" };
        return vec![reason(
            "stood still",
            format!("never; it {word} {} ({basis})", rule.when.words(procedure)),
        )];
    }
    let on = |when| when_in_words(when, clock.zone);
    let each = cycle.stops.iter().map(|stop| {
        let began = format!("from {}{}", on(stop.from), from(procedure, stop.cause));
        let ended = stop.until.map_or_else(
            || ", and stands still".to_owned(),
            |(when, cause)| format!(" until {}{}", on(when), from(procedure, cause)),
        );
        reason("stood still", format!("{began}{ended} ({basis})"))
    });
    each.collect()
}

/// How long before the end somebody is warned.
fn warned(clock: &Clock) -> Option<Reason> {
    let periods: Vec<String> = clock.warn.iter().map(ToString::to_string).collect();
    (!periods.is_empty()).then(|| reason("warned", format!("{} before the end", periods.join(", "))))
}

fn extensions(procedure: &Procedure, clock: &ClockView<'_>, cycle: &Cycle) -> Vec<Reason> {
    let led_to = match &cycle.end {
        End::Counted(count) => count.extended(),
        End::Named { .. }
        | End::NotNamed
        | End::Stopped { .. }
        | End::NoDayYet
        | End::WaitsFor(_)
        | End::CannotCount(_) => &[],
    };
    let each = cycle.extensions.iter().enumerate().map(|(index, longer)| {
        let rule = clock.clock.extended_by.iter().find(|rule| Some(rule.act) == longer.act);
        let basis = rule.map_or(&clock.clock.basis, |rule| rule.basis.or(&clock.clock.basis));
        let title = longer.act.map_or(GONE, |act| &procedure.acts.at(act).title);
        let granted = when_in_words(longer.extension.granted, clock.zone);
        let by = counted::longer(longer.extension.by, longer.extension.granted, clock.zone);
        let to = led_to.get(index).map_or(String::new(), |to| match &to.reached {
            Some(reached) => format!(": last day {}", reached.last_day.in_words()),
            None => format!(": until {}", moment_in_words(to.ends, clock.zone)),
        });
        let entry = from(procedure, longer.cause);
        reason("extended", format!("{title}, {granted}{entry}: {by} ({basis}){to}"))
    });
    each.collect()
}

fn end(view: &View, clock: &ClockView<'_>, cycle: &Cycle) -> Vec<Reason> {
    match &cycle.end {
        End::Counted(count) => explain_count(count),
        End::Named { last_day, ends, .. } => {
            let named = format!("{} was named", last_day.in_words());
            vec![reason("last day", named), counted::runs_out(*ends, clock.zone)]
        }
        End::NotNamed => {
            let what = match clock.clock.length {
                Length::NamedLength { .. } => "not named yet: somebody must name the length",
                Length::NamedDay { .. } | Length::Counted { .. } => "not named yet: somebody must name it",
            };
            vec![reason("last day", what.to_owned())]
        }
        End::Stopped { .. } => stopped(view, clock),
        End::NoDayYet => {
            vec![reason("last day", "not known yet: the day it is counted from is not recorded".to_owned())]
        }
        End::WaitsFor(other) => {
            let name = view.procedure().clocks.name(*other);
            vec![reason("last day", format!("not known while {name} has no last day"))]
        }
        End::CannotCount(why) => vec![reason("last day", format!("cannot be computed: {why}"))],
    }
}

/// A clock that stands still has no last day; what it would be if it ran on at the moment asked about is told.
fn stopped(view: &View, clock: &ClockView<'_>) -> Vec<Reason> {
    let mut steps = vec![reason("last day", "none while it stands still".to_owned())];
    let now = view.asked().at;
    let ran_on = match &clock.clock.length {
        length if length.is_in_hours() => When::At(now),
        Length::Counted { .. } | Length::NamedDay { .. } | Length::NamedLength { .. } => {
            When::On(clock.zone.day_at(now))
        }
    };
    if let Some(count) = if_it_ran_on(view.state(), clock.id, ran_on) {
        let last = match count.last_day() {
            Some(day) => format!("last day {}", day.in_words()),
            None => format!("until {}", moment_in_words(count.ends(), clock.zone)),
        };
        steps.push(reason("if it ran on", format!("{}: {last}", when_in_words(ran_on, clock.zone))));
    }
    steps
}

fn status(procedure: &Procedure, clock: &ClockView<'_>, cycle: &Cycle) -> Vec<Reason> {
    let on = |when: When| when_in_words(when, clock.zone);
    let done = |event: Option<Event>, when: When, cause: Cause| {
        let title = event.map_or_else(|| GONE.to_owned(), |event| title_of(procedure, event));
        format!("{title}, {}{}", on(when), from(procedure, cause))
    };
    match &cycle.status {
        CycleStatus::Running => Vec::new(),
        CycleStatus::Met { event, cause, when } => vec![reason("met by", done(*event, *when, *cause))],
        CycleStatus::RanOut { at, withheld: false } => {
            vec![reason("ran out", moment_in_words(*at, clock.zone))]
        }
        CycleStatus::RanOut { at, withheld: true } => {
            let kept = format!("{}; what follows from it is kept back", moment_in_words(*at, clock.zone));
            vec![reason("ran out", kept)]
        }
        CycleStatus::Cured { ran_out, event, cause, when } => vec![
            reason("ran out", moment_in_words(*ran_out, clock.zone)),
            reason("put right by", done(*event, *when, *cause)),
        ],
        CycleStatus::SwitchedOff { when, cause } => {
            vec![reason("switched off", format!("{}{}", on(*when), from(procedure, *cause)))]
        }
        CycleStatus::Replaced { when, cause, by: None } => {
            vec![reason("begun anew", format!("{}{}", on(*when), from(procedure, *cause)))]
        }
        CycleStatus::Replaced { when, cause, by: Some(by) } => {
            let name = procedure.clocks.name(*by);
            vec![reason("replaced by", format!("{name}, {}{}", on(*when), from(procedure, *cause)))]
        }
    }
}

/// What an act is called that only a procedure knows which the case has left.
const GONE: &str = "an act of the procedure before";

/// Whether what started a run is known only to a procedure that the case has left.
fn has_left_its_start(cycle: &Cycle) -> bool {
    cycle.event.is_none() && cycle.carried.as_ref().is_some_and(|carried| carried.started_by.is_some())
}

/// The title of an act or condition.
fn title_of(procedure: &Procedure, event: Event) -> String {
    match event {
        Event::Act(act) => procedure.acts.at(act).title.clone(),
        Event::Condition(condition) => procedure.conditions.at(condition).title.clone(),
    }
}

fn from(procedure: &Procedure, cause: Cause) -> String {
    match cause {
        Cause::Opening => " – entry 1".to_owned(),
        Cause::Entry(number) => format!(" – entry {number}"),
        Cause::Expiry(clock) => format!(" – when {} ran out", procedure.clocks.name(clock)),
    }
}

/// A date in words, as far as it is known, with the time and place where it is known to the instant.
#[must_use]
pub fn when_in_words(when: When, zone: &Zone) -> String {
    match when {
        When::At(moment) => moment_in_words(moment, zone),
        When::On(day) => day.in_words(),
        When::In { .. } => when.first_day(zone).month_in_words(),
        When::During { year } => format!("{year}"),
    }
}

/// A moment in words, with its zone. The end of a day is told as the start of the next, never as midnight.
#[must_use]
pub fn moment_in_words(moment: Moment, zone: &Zone) -> String {
    let (hour, minute, second) = zone.time_at(moment);
    let seconds = if second == 0 { String::new() } else { format!(":{second:02}") };
    format!("{} {hour:02}:{minute:02}{seconds} ({})", zone.day_at(moment).in_words(), zone.place())
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let newline = if index == 0 { "" } else { "\n" };
            write!(f, "{newline}{:<14} {}", step.about, step.says)?;
        }
        Ok(())
    }
}
