//! The legal choices as options, and the rule that they make.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use comity_core::time::{
    BrokenMonths, Calendar, Choice, Choices, ClosedLastDay, ExtendedFrom, FirstDay, FirstHour,
    HoursOnClosedDays, MonthEnd, Period, Rule, RuleSet, StoppedDays, Unit,
};
use comity_language::{Source, read_calendar};

use crate::context::LibraryArgs;
use crate::failure::Failure;

/// The legal choices. Where the law has made them, name its rule with --rules.
#[derive(Args)]
pub(crate) struct ChoiceArgs {
    /// A rule of counting of the library, such as eu-1182-71 or kr-cpa-66/detention; instead of the choices below
    #[arg(long, value_name = "NAME", help_heading = "Legal choices")]
    rules: Option<String>,
    /// Whether the first day counts: counted, counted-whole or not-counted
    #[arg(long, value_name = "CHOICE", help_heading = "Legal choices", value_parser = |text: &str| word(FirstDay::ALL, text))]
    first_day: Option<FirstDay>,
    /// A month-end that does not exist: refuse, up, down or last-day; refused, unless said
    #[arg(long, value_name = "CHOICE", help_heading = "Legal choices", value_parser = |text: &str| word(MonthEnd::ALL, text))]
    month_end: Option<MonthEnd>,
    /// A month where the limit stops: calendar-then-days or thirty-days
    #[arg(long, value_name = "CHOICE", help_heading = "Legal choices", value_parser = |text: &str| word(BrokenMonths::ALL, text))]
    broken_months: Option<BrokenMonths>,
    /// A closed last day: stands, next-open-day or previous-open-day; it stands, unless a calendar is named
    #[arg(long, value_name = "CHOICE", help_heading = "Legal choices", value_parser = |text: &str| word(ClosedLastDay::ALL, text))]
    last_day_closed: Option<ClosedLastDay>,
    /// How many open days a limit of two days or more holds at least
    #[arg(long, value_name = "NUMBER", help_heading = "Legal choices", value_parser = clap::value_parser!(u8).range(1..))]
    open_days_within: Option<u8>,
    /// When hours begin to run: counted (at the instant, unless said) or not-counted (with the next full hour)
    #[arg(long, value_name = "CHOICE", help_heading = "Legal choices", value_parser = |text: &str| word(FirstHour::ALL, text))]
    first_hour: Option<FirstHour>,
    /// Hours on closed days: run (unless said) or skipped
    #[arg(long, value_name = "CHOICE", help_heading = "Legal choices", value_parser = |text: &str| word(HoursOnClosedDays::ALL, text))]
    hours_on_closed_days: Option<HoursOnClosedDays>,
    /// Which days a stop takes out: full-days, from-the-first, after-the-first or touched
    #[arg(long, value_name = "CHOICE", help_heading = "Legal choices", value_parser = |text: &str| word(StoppedDays::ALL, text))]
    pub(super) stopped_days: Option<StoppedDays>,
    /// From where an extension is counted: last-day, nominal-last-day
    #[arg(long, value_name = "CHOICE", help_heading = "Legal choices", value_parser = |text: &str| word(ExtendedFrom::ALL, text))]
    pub(super) extended_from: Option<ExtendedFrom>,
    /// The closed days: a calendar file, or the name of a calendar of the library
    #[arg(long, value_name = "FILE-OR-NAME", help_heading = "Legal choices")]
    calendar: Option<String>,
}

/// The choices as they apply, and the rule that makes them.
pub(super) struct Made {
    choices: Choices,
    rule: Option<Named>,
    /// What was taken for granted, whether or not a length asks for it.
    granted: Vec<Choice>,
}

/// A rule of the library that was named, among the rules of its set.
struct Named {
    says: String,
    set: RuleSet,
}

/// A choice on which nobody decided, for it changes nothing here or the safest answer is none.
pub(super) struct Granted {
    /// As a file would write it: `last-day-closed: stands`.
    pub(super) choice: &'static str,
    /// What it means.
    pub(super) says: &'static str,
}

fn word<T: Copy + Display>(all: &[T], text: &str) -> Result<T, String> {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    let found = all.iter().find(|one| one.to_string() == text).copied();
    found.ok_or_else(|| format!("write {}", words.join(", ")))
}

impl ChoiceArgs {
    /// What was chosen, or what the rule says that was named.
    pub(super) fn made(&self, library: &LibraryArgs) -> Result<Made, Failure> {
        let Some(name) = &self.rules else {
            let calendar = self.calendar(library)?;
            let spelled = Choices { calendar, ..self.spelled() };
            let granted = taken_for_granted(&spelled);
            return Ok(Made { choices: filled(spelled), rule: None, granted });
        };
        let sets = library.load()?.rule_sets;
        let found = sets.iter().find_map(|set| Some((set, set.rule(name)?)));
        let Some((set, rule)) = found else {
            let known: Vec<String> = sets.iter().flat_map(RuleSet::names).collect();
            let next = format!("the library holds {}", listed(&known));
            return Err(Failure::usage(format!("there is no rule of counting `{name}`"), next));
        };
        let spelled = self.spelled().made();
        if let Some(first) = spelled.first() {
            let what = format!("--{first} is said already by the rule `{name}`");
            return Err(Failure::usage(what, "leave one of the two out"));
        }
        let choices = Choices { calendar: self.calendar(library)?, ..rule.choices.clone() };
        let says = format!("{}/{} ({}, {}; {})", set.name, rule.name, set.title, rule.provision, rule.mark);
        Ok(Made { choices, rule: Some(Named { says, set: set.clone() }), granted: Vec::new() })
    }

    /// The choices that were written out. The calendar is none of them: it is named beside a rule too.
    fn spelled(&self) -> Choices {
        Choices {
            first_day: self.first_day,
            month_end: self.month_end,
            broken_months: self.broken_months,
            last_day_closed: self.last_day_closed,
            open_days_within: self.open_days_within,
            first_hour: self.first_hour,
            hours_on_closed_days: self.hours_on_closed_days,
            calendar: None,
        }
    }

    /// The choices written out that say nothing about any of `lengths`, each with why.
    pub(super) fn idle(&self, made: &Made, lengths: &[Period], may_stop: bool) -> Vec<String> {
        let of_lengths = lengths.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        let mut idle = Vec::new();
        for choice in self.spelled().made() {
            if !lengths.iter().any(|length| choice.concerns(length.unit())) {
                idle.push(format!("`{choice}` says nothing about {of_lengths}"));
            } else if choice == Choice::BrokenMonths
                && !may_stop
                && self.broken_months == Some(BrokenMonths::CalendarThenDays)
            {
                idle.push(format!("`{choice}` says nothing about {of_lengths} without a stop"));
            } else if choice == Choice::MonthEnd && self.broken_months == Some(BrokenMonths::ThirtyDays) {
                idle.push(format!("`{choice}` says nothing where a month is thirty days"));
            }
        }
        if self.calendar.is_some() && !lengths.iter().any(|length| made.may_look_at_calendar(length.unit())) {
            idle.push(format!("`calendar` says nothing about {of_lengths}: no choice looks at it"));
        }
        idle
    }

    fn calendar(&self, library: &LibraryArgs) -> Result<Option<Arc<Calendar>>, Failure> {
        let Some(named) = &self.calendar else { return Ok(None) };
        let path = PathBuf::from(named);
        if path.is_file() {
            let text = std::fs::read_to_string(&path)
                .map_err(|source| Failure::File { path: path.clone(), source })?;
            let (calendar, diagnostics) = read_calendar(&Source::new(named, text));
            return calendar.map(|calendar| Some(Arc::new(calendar))).ok_or_else(|| Failure::Procedures {
                what: format!("the calendar `{named}` cannot be used"),
                diagnostics,
            });
        }
        let calendars = library.load()?.calendars;
        if let Some(found) = calendars.iter().find(|calendar| calendar.name == *named) {
            return Ok(Some(Arc::new(found.clone())));
        }
        let known: Vec<String> = calendars.into_iter().map(|calendar| calendar.name).collect();
        let next = format!("name a file, or one of the library: {}", listed(&known));
        Err(Failure::usage(format!("there is no calendar `{named}`"), next))
    }
}

/// The choices that a calculator may take for granted; a closed day moves nothing where no calendar was named.
fn taken_for_granted(spelled: &Choices) -> Vec<Choice> {
    let closed = spelled.calendar.is_none();
    let candidates = [
        (spelled.month_end.is_none(), Choice::MonthEnd),
        (closed && spelled.last_day_closed.is_none(), Choice::LastDayClosed),
        (spelled.first_hour.is_none(), Choice::FirstHour),
        (closed && spelled.hours_on_closed_days.is_none(), Choice::HoursOnClosedDays),
    ];
    candidates.into_iter().filter(|(is_granted, _)| *is_granted).map(|(_, choice)| choice).collect()
}

/// The choices with what is taken for granted.
fn filled(spelled: Choices) -> Choices {
    let closed = spelled.calendar.is_none();
    Choices {
        month_end: spelled.month_end.or(Some(MonthEnd::Refuse)),
        last_day_closed: spelled.last_day_closed.or(closed.then_some(ClosedLastDay::Stands)),
        first_hour: spelled.first_hour.or(Some(FirstHour::Counted)),
        hours_on_closed_days: spelled.hours_on_closed_days.or(closed.then_some(HoursOnClosedDays::Run)),
        ..spelled
    }
}

impl Made {
    /// The rule that was named, with its provision and mark.
    pub(super) fn named(&self) -> Option<&str> {
        self.rule.as_ref().map(|rule| rule.says.as_str())
    }

    /// The rule for a length; every choice that is missing at once. A limit of which is said what a month is where it
    /// stops is one that may stop, whether or not it did.
    pub(super) fn rule(&self, length: Period, has_stopped: bool) -> Result<Rule, Failure> {
        let unit: Unit = length.unit();
        let may_stop = has_stopped || self.choices.broken_months.is_some();
        self.choices.rule(unit, may_stop).map_err(|missing| {
            let next = match &self.rule {
                Some(named) if missing.missing != [Choice::Calendar] => named.others(unit, may_stop),
                _ => {
                    let options: Vec<String> =
                        missing.missing.iter().map(|choice| as_options(choice.answers())).collect();
                    let or_rule =
                        if self.rule.is_none() { ", or --rules with the rule that says so" } else { "" };
                    format!("write {}{or_rule}", options.join(", and "))
                }
            };
            Failure::usage(format!("{length}: {missing}"), next)
        })
    }

    /// What was taken for granted of `lengths`.
    pub(super) fn granted(&self, lengths: &[Period]) -> Vec<Granted> {
        let concerns = |choice: &Choice| lengths.iter().any(|length| choice.concerns(length.unit()));
        self.granted
            .iter()
            .filter(|choice| concerns(choice))
            .filter_map(|choice| self.as_granted(*choice))
            .collect()
    }

    fn as_granted(&self, choice: Choice) -> Option<Granted> {
        let (choice, says) = match choice {
            Choice::MonthEnd if self.choices.broken_months == Some(BrokenMonths::ThirtyDays) => return None,
            Choice::MonthEnd => ("month-end: refuse", "a month-end that does not exist is refused"),
            Choice::LastDayClosed => {
                ("last-day-closed: stands", "a closed last day stands; no calendar was named")
            }
            Choice::FirstHour => ("first-hour: counted", "the hours run from the instant"),
            Choice::HoursOnClosedDays => {
                ("hours-on-closed-days: run", "the hours run on closed days; no calendar was named")
            }
            Choice::FirstDay | Choice::BrokenMonths | Choice::OpenDaysWithin | Choice::Calendar => {
                return None;
            }
        };
        Some(Granted { choice, says })
    }

    /// Whether a calendar has a use for `unit`, or would have one by a choice that is still missing.
    fn may_look_at_calendar(&self, unit: Unit) -> bool {
        let is_open = match unit {
            Unit::Hour => self.choices.hours_on_closed_days.is_none(),
            Unit::WorkingDay => false,
            Unit::Day | Unit::ClearDay | Unit::Week | Unit::Month | Unit::Year => {
                self.choices.last_day_closed.is_none()
            }
        };
        is_open || self.choices.needs_calendar(unit)
    }
}

impl Named {
    /// Which rules of the set have what a length in `unit` needs.
    fn others(&self, unit: Unit, may_stop: bool) -> String {
        let says_so = |choices: &Choices| match choices.rule(unit, may_stop) {
            Ok(_) => true,
            Err(missing) => missing.missing == [Choice::Calendar],
        };
        let set = &self.set;
        let names: Vec<String> = set
            .rules
            .iter()
            .filter(|rule| says_so(&rule.choices))
            .map(|rule| format!("--rules {}/{}", set.name, rule.name))
            .collect();
        if names.is_empty() {
            format!("no rule of `{}` says so; write the choices out instead of --rules", set.name)
        } else {
            format!("write {}, of the same set", names.join(" or "))
        }
    }
}

/// What a file would write, as options: `--first-day counted` for ``first-day: counted``.
fn as_options(answers: &str) -> String {
    let pieces = answers.split('`').enumerate().map(|(index, piece)| {
        if index % 2 == 0 {
            piece.to_owned()
        } else {
            format!("--{}", piece.replacen(": ", " ", 1).trim_end_matches(':'))
        }
    });
    pieces.collect()
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
