//! Builds lengths: no legal choice may be missing, and none may contradict another.

use std::sync::Arc;

use super::rows::Builder;
use super::scope::did_you_mean;
use crate::procedure::Verified;
use crate::procedure::draft::{
    CiteDraft, ClockDraft, FactTypeDraft, LengthChangeDraft, LengthDraft, Mark, Marked, Row, StopsDraft,
};
use crate::procedure::flaw::FlawCode;
use crate::procedure::model::{CountedBy, LawDay, Length, LengthChange};
use crate::time::{Calendar, Choice, Choices, Period, Rule, Unit};

impl<'a> Builder<'a> {
    pub(super) fn length(&mut self, row: &'a Row<ClockDraft>) -> (Option<Length>, Option<CountedBy>) {
        let counted_by = self.counted_by(row);
        let length = match &row.value.length {
            LengthDraft::Counted(length) => self.counted(row, length),
            LengthDraft::Named { by, fact } => self.named(row, by, fact),
        };
        (length, counted_by)
    }

    fn counted(&mut self, row: &'a Row<ClockDraft>, length: &Marked<Period>) -> Option<Length> {
        let clock = &row.value;
        let mut units = vec![length.value.unit()];
        units.extend(clock.changes.iter().map(|change| change.length.value.unit()));
        self.refuse_choices(row, &units, &format!("says nothing about {}", length.value));
        let rule = self.rule(row, length.value, row.name.mark);
        let changes: Vec<LengthChange> =
            clock.changes.iter().filter_map(|change| self.change(row, change)).collect();
        let law_of = match (&clock.law_of, clock.changes.is_empty()) {
            (Some(law_of), false) => self.law_day(law_of),
            (None, true) => Some(LawDay::ItsOwn),
            (None, false) => {
                let remedy = "this is a legal choice: write `law-of: the-day`, `law-of: the-opening` or `law-of:` with an act";
                self.missing(row, row.name.mark, "whose day says which length applies", remedy);
                None
            }
            (Some(_), true) => {
                let message = "`law-of` says which of several lengths applies, and there is one".to_owned();
                self.flaw(
                    FlawCode::Contradiction,
                    row.name.mark,
                    message,
                    "leave it out, or write `changed:`",
                );
                None
            }
        };
        for (one, next) in clock.changes.iter().zip(clock.changes.iter().skip(1)) {
            if next.from.value <= one.from.value {
                let message = format!("{} does not come after {}", next.from.value, one.from.value);
                let remedy = "write the changes in the order of their first days";
                self.flaw(FlawCode::Contradiction, next.from.mark, message, remedy);
            }
        }
        Some(Length::Counted { length: length.value, rule: rule?, changes, law_of: law_of? })
    }

    fn change(&mut self, row: &'a Row<ClockDraft>, change: &'a LengthChangeDraft) -> Option<LengthChange> {
        let rule = self.rule(row, change.length.value, change.length.mark);
        let what = format!("a change of `{}`", row.name.value);
        let basis = super::required_basis(&change.cite, &what, change.length.mark, self.draft, self.flaws);
        Some(LengthChange { from: change.from.value, length: change.length.value, rule: rule?, basis })
    }

    fn named(
        &mut self,
        row: &'a Row<ClockDraft>,
        by: &'a [Marked<String>],
        fact: &'a Marked<String>,
    ) -> Option<Length> {
        let acts = self.scopes.acts.find_all(by, self.flaws);
        let id = self.scopes.facts.find(fact, self.flaws);
        for act in by {
            self.is_recorded_by(act, fact);
        }
        let declared = self.draft.facts.iter().find(|row| row.name.value == fact.value);
        match declared.map(|row| &row.value.of) {
            Some(FactTypeDraft::Period) => {
                let choices = self.choices_of(row);
                if let Err(missing) = choices.rule(Unit::Month, may_stop(row)) {
                    self.tell_missing(row, row.name.mark, &missing.missing);
                }
                Some(Length::NamedLength { by: acts, fact: id?, choices })
            }
            Some(FactTypeDraft::Date) | None => {
                self.refuse_course(row);
                self.refuse_choices(
                    row,
                    &[],
                    "has no meaning here: the act that names the period names its last day",
                );
                Some(Length::NamedDay { by: acts, fact: id? })
            }
            Some(
                FactTypeDraft::Text
                | FactTypeDraft::Country
                | FactTypeDraft::YesNo
                | FactTypeDraft::Number
                | FactTypeDraft::OneOf(_),
            ) => {
                let message =
                    format!("`{}` is no date, and a period without a number needs its last day", fact.value);
                let remedy = "give the fact the type `date`, or `period` if the act names a length";
                self.flaw(FlawCode::WrongType, fact.mark, message, remedy);
                None
            }
        }
    }

    /// A last day that an authority names is not counted, so nothing on the way moves it.
    fn refuse_course(&mut self, row: &Row<ClockDraft>) {
        let clock = &row.value;
        if may_stop(row) || !clock.extended_by.is_empty() || !clock.changes.is_empty() {
            let message = format!(
                "the last day of `{}` is named, so nothing stops it or makes it longer",
                row.name.value
            );
            let remedy = "write `none`: the act may name another last day";
            self.flaw(FlawCode::Contradiction, row.name.mark, message, remedy);
        }
    }

    /// The rule by which `length` is counted, by the choices of the clock.
    pub(super) fn rule(&mut self, row: &'a Row<ClockDraft>, length: Period, mark: Mark) -> Option<Rule> {
        let choices = self.choices_of(row);
        match choices.rule(length.unit(), may_stop(row)) {
            Ok(rule) => Some(rule),
            // A calendar that is named and not found is told already.
            Err(missing) if row.value.calendar.is_some() && missing.missing == [Choice::Calendar] => None,
            Err(missing) => {
                self.tell_missing(row, mark, &missing.missing);
                None
            }
        }
    }

    fn tell_missing(&mut self, row: &Row<ClockDraft>, mark: Mark, missing: &[Choice]) {
        // A rule that is named and not found would have made them, and is told already.
        if self.lacks_its_rule(row) {
            return;
        }
        for choice in missing {
            let remedy = format!("this is a legal choice: write {}", choice.answers());
            self.missing(row, mark, choice.question(), &remedy);
        }
    }

    /// Whether the clock points to a rule that is not there, so that nobody knows what it would have said.
    fn lacks_its_rule(&self, row: &Row<ClockDraft>) -> bool {
        let named = row.value.counted_by.as_ref().map(|name| name.value.as_str());
        named.is_some_and(|name| self.draft.rule_sets.iter().all(|set| set.rule(name).is_none()))
    }

    fn choices_of(&self, row: &Row<ClockDraft>) -> Choices {
        let clock = &row.value;
        let calendar = clock.calendar.as_ref().and_then(|name| self.find_calendar(&name.value));
        let set = clock
            .counted_by
            .as_ref()
            .and_then(|name| self.draft.rule_sets.iter().find_map(|set| set.rule(&name.value)));
        if let Some(set) = set {
            return Choices { calendar, ..set.choices.clone() };
        }
        let spelled = &clock.choices;
        Choices {
            first_day: spelled.first_day.as_ref().map(|one| one.value),
            month_end: spelled.month_end.as_ref().map(|one| one.value),
            broken_months: spelled.broken_months.as_ref().map(|one| one.value),
            last_day_closed: spelled.last_day_closed.as_ref().map(|one| one.value),
            open_days_within: spelled.open_days_within.as_ref().map(|one| one.value),
            first_hour: spelled.first_hour.as_ref().map(|one| one.value),
            hours_on_closed_days: spelled.hours_on_closed_days.as_ref().map(|one| one.value),
            calendar,
        }
    }

    fn find_calendar(&self, name: &str) -> Option<Arc<Calendar>> {
        let found = self.draft.calendars.iter().find(|known| known.name.value == name)?;
        Some(Arc::new(found.value.clone()))
    }

    /// The rule that the author pointed to, and that nothing is spelled beside it.
    fn counted_by(&mut self, row: &Row<ClockDraft>) -> Option<CountedBy> {
        let clock = &row.value;
        if let Some(calendar) =
            clock.calendar.as_ref().filter(|name| self.find_calendar(&name.value).is_none())
        {
            let known = self.draft.calendars.iter().map(|known| known.name.value.clone()).collect();
            self.flaws.push(did_you_mean("calendar", calendar, known));
        }
        let name = clock.counted_by.as_ref()?;
        for (choice, mark) in clock.choices.written() {
            let message = format!("`{choice}` is said already by the rule `{}`", name.value);
            self.flaw(FlawCode::Contradiction, mark, message, "leave one of the two out");
        }
        let found = self.draft.rule_sets.iter().find_map(|set| Some((set, set.rule(&name.value)?)));
        let Some((set, rule)) = found else {
            let known = self.draft.rule_sets.iter().flat_map(crate::time::RuleSet::names).collect();
            self.flaws.push(did_you_mean("rule of counting", name, known));
            return None;
        };
        let argued = clock.cite.iter().any(|cite| matches!(cite, CiteDraft::Reading { .. }));
        if rule.mark == Verified::Unverified.word() && !argued {
            let message = format!(
                "the text of the rule `{}` was not verified, so no clock rests on it alone",
                name.value
            );
            let remedy = "verify it, or argue a reading in NOTES.md and cite that as well";
            self.flaw(FlawCode::Unverified, name.mark, message, remedy);
        }
        Some(CountedBy {
            name: format!("{}/{}", set.name, rule.name),
            provision: format!("{}, {}", set.title, rule.provision),
        })
    }

    /// Choices that mean nothing for any of these units contradict them.
    fn refuse_choices(&mut self, row: &'a Row<ClockDraft>, units: &[Unit], because: &str) {
        let clock = &row.value;
        let unwanted = |choice: Choice| !units.iter().any(|unit| choice.concerns(*unit));
        for (choice, mark) in clock.choices.written().into_iter().filter(|(choice, _)| unwanted(*choice)) {
            let message = format!("`{choice}` {because}");
            self.flaw(FlawCode::Contradiction, mark, message, "leave it out");
        }
        let choices = self.choices_of(row);
        let looks_at_one = self.lacks_its_rule(row) || units.iter().any(|unit| choices.needs_calendar(*unit));
        if let (Some(calendar), false) = (&clock.calendar, looks_at_one) {
            let message = "no choice of this clock looks at a calendar".to_owned();
            self.flaw(
                FlawCode::Contradiction,
                calendar.mark,
                message,
                "leave `calendar` out, or let a day move",
            );
        }
        if let (Some(broken), false) = (&clock.choices.broken_months, may_stop(row)) {
            let message = "`broken-months` has no meaning here: the clock never stops".to_owned();
            self.flaw(FlawCode::Contradiction, broken.mark, message, "leave it out");
        }
    }
}

impl crate::procedure::draft::ChoicesDraft {
    /// The choices that were written, each with its place.
    pub(super) fn written(&self) -> Vec<(Choice, Mark)> {
        let written = [
            self.first_day.as_ref().map(|one| (Choice::FirstDay, one.mark)),
            self.month_end.as_ref().map(|one| (Choice::MonthEnd, one.mark)),
            self.broken_months.as_ref().map(|one| (Choice::BrokenMonths, one.mark)),
            self.last_day_closed.as_ref().map(|one| (Choice::LastDayClosed, one.mark)),
            self.open_days_within.as_ref().map(|one| (Choice::OpenDaysWithin, one.mark)),
            self.first_hour.as_ref().map(|one| (Choice::FirstHour, one.mark)),
            self.hours_on_closed_days.as_ref().map(|one| (Choice::HoursOnClosedDays, one.mark)),
        ];
        written.into_iter().flatten().collect()
    }
}

fn may_stop(row: &Row<ClockDraft>) -> bool {
    row.value.stops != StopsDraft::Never
}
