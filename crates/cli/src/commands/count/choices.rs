//! The legal choices as options, and the rule that they make.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use comity_core::time::{
    BrokenMonths, Calendar, Choices, ClosedLastDay, ExtendedFrom, FirstDay, FirstHour, HoursOnClosedDays,
    MonthEnd, Period, Rule, RuleSet, StoppedDays, Unit,
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

/// The choices as they apply, and the name of the rule that makes them.
pub(super) struct Made {
    pub(super) choices: Choices,
    pub(super) named: Option<String>,
}

fn word<T: Copy + Display>(all: &[T], text: &str) -> Result<T, String> {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    let found = all.iter().find(|one| one.to_string() == text).copied();
    found.ok_or_else(|| format!("write {}", words.join(", ")))
}

impl ChoiceArgs {
    /// What was chosen, or what the rule says that was named.
    pub(super) fn made(&self, library: &LibraryArgs) -> Result<Made, Failure> {
        let calendar = self.calendar(library)?;
        let Some(name) = &self.rules else {
            return Ok(Made { choices: self.spelled(calendar), named: None });
        };
        let spelled = self.spelled_in_full();
        if let Some(first) = spelled.first() {
            let what = format!("--{first} is said already by the rule `{name}`");
            return Err(Failure::usage(what, "leave one of the two out"));
        }
        let sets = library.load()?.rule_sets;
        let found = sets.iter().find_map(|set| Some((set, set.rule(name)?)));
        let Some((set, rule)) = found else {
            let known: Vec<String> = sets.iter().flat_map(RuleSet::names).collect();
            let next = format!("the library holds {}", listed(&known));
            return Err(Failure::usage(format!("there is no rule of counting `{name}`"), next));
        };
        let named = format!("{}/{} ({} {}; {})", set.name, rule.name, set.title, rule.provision, rule.mark);
        Ok(Made { choices: Choices { calendar, ..rule.choices.clone() }, named: Some(named) })
    }

    fn spelled_in_full(&self) -> Vec<comity_core::time::Choice> {
        let spelled = Choices {
            first_day: self.first_day,
            month_end: self.month_end,
            broken_months: self.broken_months,
            last_day_closed: self.last_day_closed,
            open_days_within: self.open_days_within,
            first_hour: self.first_hour,
            hours_on_closed_days: self.hours_on_closed_days,
            calendar: None,
        };
        spelled.made()
    }

    /// A calculator may take for granted what changes nothing without a calendar; the answer says so.
    fn spelled(&self, calendar: Option<Arc<Calendar>>) -> Choices {
        let closed = calendar.is_none();
        Choices {
            first_day: self.first_day,
            month_end: self.month_end.or(Some(MonthEnd::Refuse)),
            broken_months: self.broken_months,
            last_day_closed: self.last_day_closed.or(closed.then_some(ClosedLastDay::Stands)),
            open_days_within: self.open_days_within,
            first_hour: self.first_hour.or(Some(FirstHour::Counted)),
            hours_on_closed_days: self.hours_on_closed_days.or(closed.then_some(HoursOnClosedDays::Run)),
            calendar,
        }
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

impl Made {
    /// The rule for a length; every choice that is missing at once. A limit of which is said what a month is where it
    /// stops is one that may stop, whether or not it did.
    pub(super) fn rule(&self, length: Period, has_stopped: bool) -> Result<Rule, Failure> {
        let unit: Unit = length.unit();
        let may_stop = has_stopped || self.choices.broken_months.is_some();
        self.choices.rule(unit, may_stop).map_err(|missing| {
            let options: Vec<String> =
                missing.missing.iter().map(|choice| as_options(choice.answers())).collect();
            let next = format!("write {}, or --rules with the rule that says so", options.join(", and "));
            Failure::usage(format!("{length}: {missing}"), next)
        })
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
