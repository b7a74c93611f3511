//! What the clocks of a procedure mean.

use super::Lines;
use crate::procedure::choice::Recurs;
use crate::procedure::model::{
    Clock, CountedFrom, Event, ExtendBy, ExtendedBy, Length, Purpose, Starts, Stops,
};
use crate::time::{BrokenMonths, Choices, DayRule, HourRule, LastDayClosed, Rule};

impl Lines<'_> {
    pub(super) fn clocks(&mut self) {
        let procedure = self.procedure;
        for (_, name, clock) in procedure.clocks.iter() {
            self.line("clock", name.as_str());
            self.purpose(&clock.purpose);
            self.starting(clock);
            self.length(&clock.length);
            self.line("zone", procedure.sides.name(clock.zone).as_str());
            self.events("met-by", &clock.met_by);
            self.line("at-the-same-instant", clock.at_the_same_instant.word());
            self.way(clock);
            self.expiry(clock);
            for period in &clock.warn {
                self.line("warn", &period.to_string());
            }
            self.line("cite", &clock.basis.to_string());
        }
    }

    fn purpose(&mut self, purpose: &Purpose) {
        let procedure = self.procedure;
        match purpose {
            Purpose::LimitsSide(side) => self.line("limits", procedure.sides.name(*side).as_str()),
            Purpose::LimitsAuthority(who) => self.line("limits", procedure.authorities.name(*who).as_str()),
            Purpose::Bars(acts) => {
                for act in acts {
                    self.line("bars", procedure.acts.name(*act).as_str());
                }
            }
        }
    }

    fn events(&mut self, word: &str, events: &[Event]) {
        for event in events {
            let name = match event {
                Event::Act(act) => self.procedure.acts.name(*act),
                Event::Condition(condition) => self.procedure.conditions.name(*condition),
            };
            self.line(word, name.as_str());
        }
    }

    fn starting(&mut self, clock: &Clock) {
        let procedure = self.procedure;
        match &clock.starts {
            Starts::AnyOf(events) => self.events("starts", events),
            Starts::LatestOf(events) => self.events("starts-with-the-latest-of", events),
        }
        match clock.counted_from {
            CountedFrom::TheStart => {}
            CountedFrom::DateIn(fact) => self.line("from-date-in", procedure.facts.name(fact).as_str()),
            CountedFrom::LastDayOf(other) => {
                self.line("from-last-day-of", procedure.clocks.name(other).as_str());
            }
        }
        self.line("if-started-again", clock.if_started_again.word());
        self.validity(clock.in_force.as_ref());
    }

    /// What may happen to it while it runs, and how it may end otherwise.
    fn way(&mut self, clock: &Clock) {
        let procedure = self.procedure;
        self.events("cured-by", &clock.cured_by);
        for other in &clock.replaces {
            self.line("replaces", procedure.clocks.name(*other).as_str());
        }
        if clock.recurs != Recurs::Never {
            self.line("recurs", clock.recurs.word());
        }
        if let Some(Stops { when, adds_up, days, basis }) = &clock.stops {
            self.line(if *adds_up { "runs-only-while" } else { "stops-while" }, &when.words(procedure));
            self.line("stopped-days", days.word());
            self.line("cite", &basis.to_string());
        }
        for extension in &clock.extended_by {
            self.extension(extension);
        }
        if let Some(off_when) = &clock.off_when {
            self.line("off-when", &off_when.words(procedure));
        }
    }

    fn extension(&mut self, extension: &ExtendedBy) {
        let procedure = self.procedure;
        self.line("extended-by", procedure.acts.name(extension.act).as_str());
        match extension.by {
            ExtendBy::Length(length, from) => self.line("by", &format!("{length} from {from}")),
            ExtendBy::PeriodIn(fact, from) => {
                self.line("by-period-in", &format!("{} from {from}", procedure.facts.name(fact)));
            }
            ExtendBy::DayIn(fact) => self.line("until-day-in", procedure.facts.name(fact).as_str()),
        }
        self.line("timing", extension.timing.word());
        if let Some(at_most) = extension.at_most {
            self.line("at-most", &at_most.to_string());
        }
        if let Some((longest, rule)) = &extension.longest {
            self.line("longest", &longest.to_string());
            self.rule(rule);
        }
        self.line("cite", &extension.basis.to_string());
    }

    fn expiry(&mut self, clock: &Clock) {
        let procedure = self.procedure;
        let expiry = &clock.on_expiry;
        self.line("effect", expiry.effect.word());
        if let Some(duty) = expiry.duty {
            self.line("duty", procedure.obligations.name(duty).as_str());
        }
        self.moves(&expiry.moves);
        for act in &expiry.opens {
            self.line("opens", procedure.acts.name(*act).as_str());
        }
        for act in &expiry.closes {
            self.line("closes", procedure.acts.name(*act).as_str());
        }
        if let Some(excuse) = expiry.excuse {
            self.line("excuse", excuse.word());
        }
        self.exceptions(&expiry.unless);
        self.line("expiry-cite", &expiry.basis.to_string());
    }

    fn length(&mut self, length: &Length) {
        let procedure = self.procedure;
        for act in length.named_by() {
            self.line("named-by", procedure.acts.name(*act).as_str());
        }
        match length {
            Length::NamedDay { fact, .. } => self.line("in", procedure.facts.name(*fact).as_str()),
            Length::NamedLength { fact, choices, .. } => {
                self.line("length-in", procedure.facts.name(*fact).as_str());
                self.choices(choices);
            }
            Length::Counted { length, rule, changes, law_of } => {
                self.line("length", &length.to_string());
                self.rule(rule);
                for change in changes {
                    self.line("changed", &format!("from {} to {}", change.from, change.length));
                    self.rule(&change.rule);
                    self.line("cite", &change.basis.to_string());
                }
                if !changes.is_empty() {
                    self.law_of(*law_of);
                }
            }
        }
    }

    fn choices(&mut self, choices: &Choices) {
        for (word, choice) in [
            ("first-day", choices.first_day.map(crate::time::FirstDay::word)),
            ("month-end", choices.month_end.map(crate::time::MonthEnd::word)),
            ("broken-months", choices.broken_months.map(BrokenMonths::word)),
            ("last-day-closed", choices.last_day_closed.map(crate::time::ClosedLastDay::word)),
            ("first-hour", choices.first_hour.map(crate::time::FirstHour::word)),
            ("hours-on-closed-days", choices.hours_on_closed_days.map(crate::time::HoursOnClosedDays::word)),
        ] {
            if let Some(choice) = choice {
                self.line(word, choice);
            }
        }
        if let Some(at_least) = choices.open_days_within {
            self.line("open-days-within", &at_least.to_string());
        }
        if let Some(calendar) = &choices.calendar {
            self.line("calendar", &calendar.name);
        }
    }

    fn rule(&mut self, rule: &Rule) {
        match rule {
            Rule::Hours(rule) => self.hours(rule),
            Rule::Days(rule) => self.days(rule),
            Rule::WorkingDays(rule) => {
                self.line("first-day", rule.first_day.word());
                self.line("working-days", &rule.calendar.name);
            }
        }
    }

    fn hours(&mut self, rule: &HourRule) {
        self.line("first-hour", rule.first_hour.word());
        if let Some(calendar) = &rule.closed_days_skipped {
            self.line("closed-days-skipped", &calendar.name);
        }
    }

    fn days(&mut self, rule: &DayRule) {
        self.line("first-day", rule.first_day.word());
        self.line("month-end", rule.month_end.word());
        if rule.broken_months != BrokenMonths::CalendarThenDays {
            self.line("broken-months", rule.broken_months.word());
        }
        match &rule.last_day_closed {
            LastDayClosed::Stands => self.line("last-day-closed", "stands"),
            LastDayClosed::NextOpenDay(calendar) => self.line("next-open-day", &calendar.name),
            LastDayClosed::PreviousOpenDay(calendar) => self.line("previous-open-day", &calendar.name),
        }
        if let Some(within) = &rule.open_days_within {
            self.line("open-days-within", &format!("{} {}", within.at_least, within.calendar.name));
        }
    }
}
