//! From the choices that an author makes to a rule: what a unit needs, and what has no meaning for it.

use std::sync::Arc;

use super::{
    BrokenMonths, Calendar, DayRule, FirstDay, FirstHour, HourRule, LastDayClosed, MonthEnd, OpenDaysWithin,
    Rule, Unit, WorkingDayRule,
};
use crate::words::words;

words! {
    /// What a closed last day does, before the calendar is known. A legal choice.
    pub enum ClosedLastDay {
        /// The last day stays.
        Stands = "stands",
        /// The next open day is the last day.
        NextOpenDay = "next-open-day",
        /// The open day before is the last day.
        PreviousOpenDay = "previous-open-day",
    }
}

words! {
    /// Whether hours run on closed days. A legal choice.
    pub enum HoursOnClosedDays {
        /// Every hour runs.
        Run = "run",
        /// Closed days are left out.
        Skipped = "skipped",
    }
}

words! {
    /// One of the choices by which a length is counted, by the key that files and commands use.
    pub enum Choice {
        /// Whether the first day counts.
        FirstDay = "first-day",
        /// What becomes of a month-end that does not exist.
        MonthEnd = "month-end",
        /// What a month is in a limit that may stop.
        BrokenMonths = "broken-months",
        /// What a closed last day does.
        LastDayClosed = "last-day-closed",
        /// How many open days it holds at least.
        OpenDaysWithin = "open-days-within",
        /// When hours begin to run.
        FirstHour = "first-hour",
        /// Whether hours run on closed days.
        HoursOnClosedDays = "hours-on-closed-days",
        /// Which days are closed.
        Calendar = "calendar",
    }
}

/// The choices that were made. A rule set holds them for every unit; a clock makes those that its length needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// Whether the first day counts.
    pub first_day: Option<FirstDay>,
    /// What becomes of a month-end that does not exist.
    pub month_end: Option<MonthEnd>,
    /// What a month is in a limit that may stop.
    pub broken_months: Option<BrokenMonths>,
    /// What a closed last day does.
    pub last_day_closed: Option<ClosedLastDay>,
    /// How many open days it holds at least; none are asked for, if absent.
    pub open_days_within: Option<u8>,
    /// When hours begin to run.
    pub first_hour: Option<FirstHour>,
    /// Whether hours run on closed days.
    pub hours_on_closed_days: Option<HoursOnClosedDays>,
    /// Which days are closed.
    pub calendar: Option<Arc<Calendar>>,
}

/// A choice that a length needs and that was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not said {}: this is a legal choice", questions(missing))]
pub struct MissingChoices {
    /// The unit that needs them.
    pub unit: Unit,
    /// Every choice that is missing.
    pub missing: Vec<Choice>,
}

fn questions(missing: &[Choice]) -> String {
    missing.iter().map(|choice| choice.question()).collect::<Vec<_>>().join(", nor ")
}

impl Choice {
    /// What the choice is about, as the end of "does not say …".
    #[must_use]
    pub fn question(self) -> &'static str {
        match self {
            Self::FirstDay => "whether the first day counts",
            Self::MonthEnd => "what becomes of a month-end that does not exist",
            Self::BrokenMonths => "what a month is where the limit stops",
            Self::LastDayClosed => "what becomes of a last day on which offices are closed",
            Self::OpenDaysWithin => "how many open days it holds at least",
            Self::FirstHour => "when the hours begin to run",
            Self::HoursOnClosedDays => "whether hours run on closed days",
            Self::Calendar => "whose closed days count",
        }
    }

    /// What may be written.
    #[must_use]
    pub fn answers(self) -> &'static str {
        match self {
            Self::FirstDay => "`first-day: counted`, `first-day: counted-whole` or `first-day: not-counted`",
            Self::MonthEnd => {
                "`month-end: refuse`, `month-end: up`, `month-end: down` or `month-end: last-day`"
            }
            Self::BrokenMonths => "`broken-months: calendar-then-days` or `broken-months: thirty-days`",
            Self::LastDayClosed => {
                "`last-day-closed: stands`, `last-day-closed: next-open-day` or `last-day-closed: previous-open-day`"
            }
            Self::OpenDaysWithin => "`open-days-within:` with a number",
            Self::FirstHour => "`first-hour: counted` or `first-hour: not-counted`",
            Self::HoursOnClosedDays => "`hours-on-closed-days: run` or `hours-on-closed-days: skipped`",
            Self::Calendar => "`calendar:` with the name of a calendar file",
        }
    }

    /// Whether the choice has a meaning for lengths in `unit`.
    #[must_use]
    pub fn concerns(self, unit: Unit) -> bool {
        let in_months = matches!(unit, Unit::Month | Unit::Year);
        let in_days = in_months || matches!(unit, Unit::Day | Unit::ClearDay | Unit::Week);
        match self {
            Self::FirstDay => unit != Unit::Hour,
            Self::MonthEnd | Self::BrokenMonths => in_months,
            Self::LastDayClosed | Self::OpenDaysWithin => in_days,
            Self::FirstHour | Self::HoursOnClosedDays => unit == Unit::Hour,
            Self::Calendar => true,
        }
    }
}

impl Choices {
    /// The rule by which a length in `unit` is counted; `may_stop` if it need not run without a break.
    ///
    /// # Errors
    ///
    /// Returns every choice that is missing.
    pub fn rule(&self, unit: Unit, may_stop: bool) -> Result<Rule, MissingChoices> {
        let mut asked = Asked { choices: self, missing: Vec::new() };
        let rule = match unit {
            Unit::Hour => asked.hours().map(Rule::Hours),
            Unit::WorkingDay => asked.working_days().map(Rule::WorkingDays),
            Unit::Day | Unit::ClearDay | Unit::Week => asked.days(false, false).map(Rule::Days),
            Unit::Month | Unit::Year => asked.days(true, may_stop).map(Rule::Days),
        };
        rule.ok_or(MissingChoices { unit, missing: asked.missing })
    }

    /// The choices that were made.
    #[must_use]
    pub fn made(&self) -> Vec<Choice> {
        let made = [
            (self.first_day.is_some(), Choice::FirstDay),
            (self.month_end.is_some(), Choice::MonthEnd),
            (self.broken_months.is_some(), Choice::BrokenMonths),
            (self.last_day_closed.is_some(), Choice::LastDayClosed),
            (self.open_days_within.is_some(), Choice::OpenDaysWithin),
            (self.first_hour.is_some(), Choice::FirstHour),
            (self.hours_on_closed_days.is_some(), Choice::HoursOnClosedDays),
            (self.calendar.is_some(), Choice::Calendar),
        ];
        made.into_iter().filter(|(is_made, _)| *is_made).map(|(_, choice)| choice).collect()
    }

    /// Whether a length in `unit` looks at a calendar.
    #[must_use]
    pub fn needs_calendar(&self, unit: Unit) -> bool {
        match unit {
            Unit::Hour => self.hours_on_closed_days == Some(HoursOnClosedDays::Skipped),
            Unit::WorkingDay => true,
            Unit::Day | Unit::ClearDay | Unit::Week | Unit::Month | Unit::Year => {
                self.open_days_within.is_some()
                    || self.last_day_closed.is_some_and(|closed| closed != ClosedLastDay::Stands)
            }
        }
    }
}

/// Choices that are asked for one by one.
struct Asked<'a> {
    choices: &'a Choices,
    missing: Vec<Choice>,
}

impl Asked<'_> {
    fn need<T>(&mut self, made: Option<T>, choice: Choice) -> Option<T> {
        if made.is_none() && !self.missing.contains(&choice) {
            self.missing.push(choice);
        }
        made
    }

    fn calendar(&mut self) -> Option<Arc<Calendar>> {
        self.need(self.choices.calendar.clone(), Choice::Calendar)
    }

    fn hours(&mut self) -> Option<HourRule> {
        let first_hour = self.need(self.choices.first_hour, Choice::FirstHour);
        let closed = self.need(self.choices.hours_on_closed_days, Choice::HoursOnClosedDays);
        let closed_days_skipped = match closed? {
            HoursOnClosedDays::Run => None,
            HoursOnClosedDays::Skipped => Some(self.calendar()?),
        };
        Some(HourRule { first_hour: first_hour?, closed_days_skipped })
    }

    fn working_days(&mut self) -> Option<WorkingDayRule> {
        let first_day = self.need(self.choices.first_day, Choice::FirstDay);
        let calendar = self.calendar();
        Some(WorkingDayRule { first_day: first_day?, calendar: calendar? })
    }

    fn days(&mut self, in_months: bool, may_stop: bool) -> Option<DayRule> {
        let first_day = self.need(self.choices.first_day, Choice::FirstDay);
        let broken_months = if in_months && may_stop {
            self.need(self.choices.broken_months, Choice::BrokenMonths)
        } else {
            Some(BrokenMonths::CalendarThenDays)
        };
        let month_end = if in_months && broken_months != Some(BrokenMonths::ThirtyDays) {
            self.need(self.choices.month_end, Choice::MonthEnd)
        } else {
            Some(MonthEnd::Refuse)
        };
        let last_day_closed = match self.need(self.choices.last_day_closed, Choice::LastDayClosed) {
            None => None,
            Some(ClosedLastDay::Stands) => Some(LastDayClosed::Stands),
            Some(ClosedLastDay::NextOpenDay) => self.calendar().map(LastDayClosed::NextOpenDay),
            Some(ClosedLastDay::PreviousOpenDay) => self.calendar().map(LastDayClosed::PreviousOpenDay),
        };
        let open_days_within = match self.choices.open_days_within {
            None => Some(None),
            Some(at_least) => self.calendar().map(|calendar| Some(OpenDaysWithin { at_least, calendar })),
        };
        Some(DayRule {
            first_day: first_day?,
            month_end: month_end?,
            broken_months: broken_months?,
            last_day_closed: last_day_closed?,
            open_days_within: open_days_within?,
        })
    }
}
