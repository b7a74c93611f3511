//! Why a date is what it is: the derivation of a limit, in steps and in words.
//!
//! Command line, API and screen print these sentences and no others, so they cannot disagree.

use std::fmt;

use crate::fold::{Cause, Cycle, CycleStatus, End};
use crate::procedure::{ClockStanding, Event, ExpiryEffect, Length, Procedure, TrackMoves};
use crate::time::{Count, Day, DayCount, FirstDay, LastDayClosed, Moment, Rule, When, Zone};
use crate::view::{ClockView, View};

/// The derivation of one run of a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The name of the clock.
    pub clock: String,
    /// What it is for.
    pub title: String,
    /// How it stands.
    pub standing: ClockStanding,
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
    /// What the step is about, in one or two words.
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
    let mut steps = vec![started(view.procedure(), clock, cycle), length(clock)];
    steps.extend(end(clock, cycle));
    steps.extend(status(view.procedure(), clock, cycle));
    steps.push(effect(view.procedure(), clock));
    Explanation {
        clock: clock.name.to_string(),
        title: clock.clock.title.clone(),
        standing: clock.standing,
        last_day: last_day(&cycle.end),
        ends: cycle.end.moment(),
        steps,
    }
}

fn last_day(end: &End) -> Option<Day> {
    match end {
        End::Counted(Count::Days(days)) => Some(days.last_day),
        End::Named { last_day, .. } => Some(*last_day),
        End::Counted(Count::Hours(_)) | End::NotNamed | End::CannotCount(_) => None,
    }
}

fn reason(about: &'static str, says: String) -> Reason {
    Reason { about, says }
}

fn started(procedure: &Procedure, clock: &ClockView<'_>, cycle: &Cycle) -> Reason {
    let what = title_of(procedure, cycle.event);
    let when = when_in_words(cycle.started, clock.zone);
    reason("started by", format!("{what}, {when}{}", from(procedure, cycle.cause)))
}

fn length(clock: &ClockView<'_>) -> Reason {
    let basis = &clock.clock.basis;
    let says = match &clock.clock.length {
        Length::Counted { length, .. } => format!("{length} ({basis})"),
        Length::Named { .. } => {
            format!("no number in the provision: an authority names the last day ({basis})")
        }
    };
    reason("length", says)
}

fn end(clock: &ClockView<'_>, cycle: &Cycle) -> Vec<Reason> {
    match &cycle.end {
        End::Counted(Count::Hours(hours)) => {
            let ends = moment_in_words(hours.ends, &hours.zone);
            vec![reason("runs out", format!("{ends} = {}; hours run from the instant", hours.ends))]
        }
        End::Counted(Count::Days(days)) => counted_in_days(clock, days),
        End::Named { last_day, ends, .. } => vec![
            reason("last day", format!("{} was named", last_day.in_words())),
            runs_out(*ends, clock.zone),
        ],
        End::NotNamed => vec![reason("last day", "not named yet: somebody must name it".to_owned())],
        End::CannotCount(why) => vec![reason("last day", format!("cannot be computed: {why}"))],
    }
}

fn counted_in_days(clock: &ClockView<'_>, days: &DayCount) -> Vec<Reason> {
    let Length::Counted { rule: Rule::Days(rule), .. } = &clock.clock.length else { return Vec::new() };
    let counts = match rule.first_day {
        FirstDay::Counted => "counts, whole",
        FirstDay::NotCounted => "is not counted",
    };
    let mut steps = vec![reason(
        "first day",
        format!(
            "the day of the event, {}, {counts}: day 1 is {}",
            days.event_day.in_words(),
            days.day_one.in_words()
        ),
    )];
    let closed = match (&rule.last_day_closed, days.closed.is_empty()) {
        (LastDayClosed::Stands, _) => "a closed last day would not move it".to_owned(),
        (LastDayClosed::NextOpenDay(calendar) | LastDayClosed::PreviousOpenDay(calendar), true) => {
            format!("an open day by the calendar {}", calendar.name)
        }
        (LastDayClosed::NextOpenDay(calendar) | LastDayClosed::PreviousOpenDay(calendar), false) => {
            let passed: Vec<String> = days.closed.iter().map(|day| day.in_words()).collect();
            format!("closed by the calendar {}: {}", calendar.name, passed.join(", "))
        }
    };
    let replaced = if days.month_end_replaced { ", the month having no such day" } else { "" };
    steps.push(reason(
        "last day",
        format!("{}{replaced}: {}; {closed}", span(rule.first_day, days), days.nominal_last_day.in_words()),
    ));
    if days.last_day != days.nominal_last_day {
        steps.push(reason("moved to", days.last_day.in_words()));
    }
    if clock.zone.offset_differs(clock.zone.start_of(days.event_day), days.ends) {
        let place = clock.zone.place();
        steps.push(reason(
            "summer time",
            format!("the clocks change in {place} on the way: no effect, days are counted"),
        ));
    }
    steps.push(runs_out(days.ends, clock.zone));
    for other in &days.other_readings {
        steps.push(reason("otherwise", format!("if {}: {}", other.choice, other.last_day.in_words())));
    }
    steps
}

/// `45 days after 2027-03-02`, or with the first day counted `45 days, 2027-03-02 being the first`.
fn span(first_day: FirstDay, days: &DayCount) -> String {
    match first_day {
        FirstDay::NotCounted => format!("{} after {}", days.length, days.event_day),
        FirstDay::Counted => format!("{}, {} being the first day", days.length, days.event_day),
    }
}

fn runs_out(ends: Moment, zone: &Zone) -> Reason {
    reason("runs out", format!("{} = {ends}", moment_in_words(ends, zone)))
}

fn status(procedure: &Procedure, clock: &ClockView<'_>, cycle: &Cycle) -> Option<Reason> {
    let on = |when: When| when_in_words(when, clock.zone);
    match &cycle.status {
        CycleStatus::Running => None,
        CycleStatus::Met { event, cause, when } => {
            let what = title_of(procedure, *event);
            Some(reason("met by", format!("{what}, {}{}", on(*when), from(procedure, *cause))))
        }
        CycleStatus::RanOut { at } => Some(reason("ran out", moment_in_words(*at, clock.zone))),
        CycleStatus::SwitchedOff { when, cause } => {
            Some(reason("switched off", format!("{}{}", on(*when), from(procedure, *cause))))
        }
        CycleStatus::Replaced { when, cause } => {
            Some(reason("begun anew", format!("{}{}", on(*when), from(procedure, *cause))))
        }
    }
}

fn effect(procedure: &Procedure, clock: &ClockView<'_>) -> Reason {
    let expiry = &clock.clock.on_expiry;
    let basis = expiry.basis.or(&clock.clock.basis);
    let says = match expiry.effect {
        ExpiryEffect::Duty => match expiry.duty {
            Some(duty) => {
                let obligation = procedure.obligations.at(duty);
                let bearer = &procedure.authorities.at(obligation.bearer).title;
                format!("{bearer} must: {} ({})", obligation.title, basis)
            }
            None => format!("a duty ({basis})"),
        },
        ExpiryEffect::ByLaw => format!("the law itself changes how things stand ({basis})"),
        ExpiryEffect::Permission => format!("what was closed may be done ({basis})"),
        ExpiryEffect::Alert => format!("nothing changes; those concerned are told ({basis})"),
        ExpiryEffect::NothingStated => {
            format!("the provision states no effect: a warning, and nothing moves ({basis})")
        }
    };
    reason("if it runs out", says + &moves_in_words(procedure, &expiry.moves))
}

/// `; custody goes from held to release-due`, for each track that may move.
fn moves_in_words(procedure: &Procedure, moves: &[TrackMoves]) -> String {
    let goes = moves.iter().flat_map(|track| track.moves.iter().map(move |one| (track.track, one)));
    let sentences = goes.map(|(track, one)| {
        let stages = &procedure.tracks.at(track).stages;
        let from: Vec<&str> = one.from.iter().map(|stage| stages.name(*stage).as_str()).collect();
        let (name, to) = (procedure.tracks.name(track), stages.name(one.to));
        format!("; {name} goes from {} to {to}", from.join(" or "))
    });
    sentences.collect::<Vec<String>>().concat()
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
