//! Small changes to what a clock takes from other files: the rule by which it is counted, and the calendar of closed days.

use comity_core::procedure::draft::{ClockDraft, LengthDraft};
use comity_core::procedure::{Draft, Marked};
use comity_core::time::{
    BrokenMonths, Calendar, Choice, Choices, ClosedLastDay, FirstDay, FirstHour, HoursOnClosedDays, MonthEnd,
    NamedRule, RuleSet, Unit,
};

use super::edit::List;

/// The name of a rule or a calendar that stands in no file.
const MADE: &str = "as-changed";

/// A choice of a rule, otherwise: in words, and made.
type Otherwise = (String, fn(&mut Choices));

impl List<'_> {
    /// Another rule, and each choice of its rule made otherwise.
    pub(super) fn counted_by(&mut self, at: usize, clock: &ClockDraft) {
        let Some(named) = &clock.counted_by else { return };
        let sets = &self.draft.rule_sets;
        let Some((set, rule)) = sets.iter().find_map(|set| Some((set, set.rule(&named.value)?))) else {
            return;
        };
        let (own, own_rule) = (format!("{}/{}", set.name, rule.name), rule.clone());
        let unit = unit(clock);
        let others: Vec<String> = sets
            .iter()
            .flat_map(|set| set.rules.iter().map(move |rule| (format!("{}/{}", set.name, rule.name), rule)))
            // A rule that counts alike is no change.
            .filter(|(name, rule)| *name != own && rule.choices != own_rule.choices)
            .map(|(name, _)| name)
            .collect();
        for other in others {
            let what = format!("it is counted by `{other}` instead of `{}`", named.value);
            self.edit(named.mark, what, move |draft| {
                count_by(draft, at, &other);
            });
        }
        for (what, make) in otherwise(&own_rule.choices, unit, !self.draft.calendars.is_empty()) {
            let what = format!("{what}, as `{}` says", named.value);
            let made = changed(&own_rule, make);
            self.edit(named.mark, what, move |draft| {
                draft.rule_sets.push(made.clone());
                count_by(draft, at, MADE);
            });
        }
    }

    /// Another calendar; none of its closed days; of these, those alone that return every week.
    pub(super) fn calendar(&mut self, at: usize, clock: &ClockDraft) {
        let Some(named) = &clock.calendar else { return };
        let calendars = &self.draft.calendars;
        let Some(own) = calendars.iter().find(|row| row.name.value == named.value) else { return };
        let others: Vec<String> =
            calendars.iter().filter(|row| row.value != own.value).map(|row| row.name.value.clone()).collect();
        for other in others {
            let what = format!("the closed days of `{other}` instead of those of `{}`", named.value);
            self.edit(named.mark, what, move |draft| with_calendar(draft, at, &other));
        }
        let mut row = own.clone();
        MADE.clone_into(&mut row.name.value);
        let every_day = Calendar {
            weekly: std::collections::BTreeSet::new(),
            closed: std::collections::BTreeSet::new(),
            ..own.value.clone()
        };
        let no_holiday = Calendar { closed: std::collections::BTreeSet::new(), ..own.value.clone() };
        let no_weekend = Calendar { weekly: std::collections::BTreeSet::new(), ..own.value.clone() };
        let variants = [
            ("every day of `{}` is open", every_day),
            ("the single closed days of `{}` are open", no_holiday),
            ("the days of the week on which `{}` is closed are open", no_weekend),
        ];
        let mut told: Vec<Calendar> = vec![own.value.clone()];
        for (what, calendar) in variants {
            if told.contains(&calendar) {
                continue;
            }
            told.push(calendar.clone());
            let mut row = row.clone();
            // A calendar is part of what a procedure means by its name alone, so the changed one has another.
            row.value = Calendar { name: format!("{} {MADE}", calendar.name), ..calendar };
            self.edit(named.mark, what.replace("{}", &named.value), move |draft| {
                draft.calendars.push(row.clone());
                with_calendar(draft, at, MADE);
            });
        }
    }

    /// Each warning dropped.
    pub(super) fn warnings(&mut self, at: usize, clock: &ClockDraft) {
        for (place, warning) in clock.warn.iter().enumerate() {
            let what = format!("nobody is warned {} before the end", warning.value);
            self.edit(warning.mark, what, move |draft| {
                if let Some(row) = draft.clocks.get_mut(at) {
                    super::edit::remove(&mut row.value.warn, place);
                }
            });
        }
    }
}

/// The unit in which a clock is counted. A period that an authority names may be in any; most are in days.
fn unit(clock: &ClockDraft) -> Unit {
    match &clock.length {
        LengthDraft::Counted(length) => length.value.unit(),
        LengthDraft::Named { .. } => Unit::Day,
    }
}

/// The choices of a rule that mean something for a unit, each made otherwise.
fn otherwise(choices: &Choices, unit: Unit, has_calendar: bool) -> Vec<Otherwise> {
    let mut found: Vec<(Choice, Option<Otherwise>)> = Vec::new();
    found.push((Choice::FirstDay, choices.first_day.map(first_day)));
    found.push((Choice::MonthEnd, choices.month_end.map(month_end)));
    found.push((Choice::BrokenMonths, choices.broken_months.and_then(broken_months)));
    let closed = choices.last_day_closed.filter(|now| has_calendar || *now != ClosedLastDay::Stands);
    found.push((Choice::LastDayClosed, closed.map(last_day_closed)));
    found.push((Choice::FirstHour, choices.first_hour.map(first_hour)));
    let hours = choices.hours_on_closed_days.filter(|now| has_calendar || *now != HoursOnClosedDays::Run);
    found.push((Choice::HoursOnClosedDays, hours.map(hours_on_closed_days)));
    found
        .into_iter()
        .filter(|(choice, _)| choice.concerns(unit))
        .filter_map(|(_, otherwise)| otherwise)
        .collect()
}

fn told(about: &str, other: impl std::fmt::Display, now: impl std::fmt::Display) -> String {
    format!("{about} `{other}` instead of `{now}`")
}

fn first_day(now: FirstDay) -> Otherwise {
    match now {
        FirstDay::Counted | FirstDay::CountedWhole => {
            (told("first day", FirstDay::NotCounted, now), |c| c.first_day = Some(FirstDay::NotCounted))
        }
        FirstDay::NotCounted => {
            (told("first day", FirstDay::Counted, now), |c| c.first_day = Some(FirstDay::Counted))
        }
    }
}

fn month_end(now: MonthEnd) -> Otherwise {
    match now {
        MonthEnd::Refuse | MonthEnd::Up | MonthEnd::LastDay => {
            (told("month end", MonthEnd::Down, now), |c| c.month_end = Some(MonthEnd::Down))
        }
        MonthEnd::Down => (told("month end", MonthEnd::Up, now), |c| c.month_end = Some(MonthEnd::Up)),
    }
}

fn broken_months(now: BrokenMonths) -> Option<Otherwise> {
    match now {
        BrokenMonths::CalendarThenDays => None,
        BrokenMonths::ThirtyDays => Some((told("broken months", BrokenMonths::CalendarThenDays, now), |c| {
            c.broken_months = Some(BrokenMonths::CalendarThenDays);
        })),
    }
}

fn last_day_closed(now: ClosedLastDay) -> Otherwise {
    match now {
        ClosedLastDay::NextOpenDay | ClosedLastDay::PreviousOpenDay => {
            (told("last day closed", ClosedLastDay::Stands, now), |c| {
                c.last_day_closed = Some(ClosedLastDay::Stands);
            })
        }
        ClosedLastDay::Stands => (told("last day closed", ClosedLastDay::NextOpenDay, now), |c| {
            c.last_day_closed = Some(ClosedLastDay::NextOpenDay);
        }),
    }
}

fn first_hour(now: FirstHour) -> Otherwise {
    match now {
        FirstHour::Counted => {
            (told("first hour", FirstHour::NotCounted, now), |c| c.first_hour = Some(FirstHour::NotCounted))
        }
        FirstHour::NotCounted => {
            (told("first hour", FirstHour::Counted, now), |c| c.first_hour = Some(FirstHour::Counted))
        }
    }
}

fn hours_on_closed_days(now: HoursOnClosedDays) -> Otherwise {
    match now {
        HoursOnClosedDays::Run => (told("hours on closed days", HoursOnClosedDays::Skipped, now), |c| {
            c.hours_on_closed_days = Some(HoursOnClosedDays::Skipped);
        }),
        HoursOnClosedDays::Skipped => (told("hours on closed days", HoursOnClosedDays::Run, now), |c| {
            c.hours_on_closed_days = Some(HoursOnClosedDays::Run);
        }),
    }
}

/// A set of one rule, which is `rule` with one choice made otherwise.
fn changed(rule: &NamedRule, make: fn(&mut Choices)) -> RuleSet {
    let mut rule = rule.clone();
    make(&mut rule.choices);
    RuleSet { name: MADE.to_owned(), title: rule.title.clone(), rules: vec![rule] }
}

/// Lets a clock be counted by a rule, with a calendar where the rule looks at one and without where it does not: it would
/// be refused otherwise, and the change would seem to be noticed.
fn count_by(draft: &mut Draft, at: usize, rule: &str) {
    let Some(choices) =
        draft.rule_sets.iter().find_map(|set| set.rule(rule)).map(|rule| rule.choices.clone())
    else {
        return;
    };
    let calendar = draft.calendars.first().map(|row| row.name.value.clone());
    let Some(row) = draft.clocks.get_mut(at) else { return };
    let Some(named) = &mut row.value.counted_by else { return };
    rule.clone_into(&mut named.value);
    let mark = named.mark;
    let unit = unit(&row.value);
    if !choices.needs_calendar(unit) {
        row.value.calendar = None;
    } else if row.value.calendar.is_none() {
        row.value.calendar = calendar.map(|value| Marked { value, mark });
    }
}

fn with_calendar(draft: &mut Draft, at: usize, name: &str) {
    if let Some(calendar) = draft.clocks.get_mut(at).and_then(|row| row.value.calendar.as_mut()) {
        name.clone_into(&mut calendar.value);
    }
}
