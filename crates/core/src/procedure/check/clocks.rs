//! Builds clocks: no legal choice may be missing, and none may contradict another.

use std::sync::Arc;

use super::rows::Builder;
use super::scope::did_you_mean;
use crate::procedure::choice::ExpiryEffect;
use crate::procedure::draft::{
    ClockDraft, ExpiryDraft, FactTypeDraft, LastDayClosedDraft, LengthDraft, Marked, PurposeDraft, Row,
};
use crate::procedure::flaw::FlawCode;
use crate::procedure::model::{Clock, ClockId, Event, Expiry, Length, Purpose};
use crate::table::Table;
use crate::time::{DayRule, FirstDay, LastDayClosed, MonthEnd, Period, Rule, Unit};

impl<'a> Builder<'a> {
    pub(super) fn clocks(&mut self) -> Table<ClockId, Clock> {
        let draft = self.draft;
        self.table(&draft.clocks, Self::clock)
    }

    fn clock(&mut self, row: &'a Row<ClockDraft>) -> Option<Clock> {
        let clock = &row.value;
        let purpose = self.purpose(row);
        let length = self.length(row);
        let zone = self.scopes.sides.find(&clock.zone, self.flaws);
        let starts = self.events(&clock.starts);
        let met_by = self.events(&clock.met_by);
        let on_expiry = self.expiry(&clock.on_expiry, row);
        let off_when = self.optional_guard(clock.off_when.as_ref());
        let basis = self.required_basis(&clock.cite, "clock", row);
        if clock.starts.is_empty() {
            let message = format!("nothing starts the clock `{}`", row.name.value);
            self.flaw(
                FlawCode::MissingChoice,
                row.name.mark,
                message,
                "write `starts:` with an act or a condition",
            );
        }
        Some(Clock {
            title: clock.title.clone(),
            purpose: purpose?,
            starts,
            if_started_again: clock.if_started_again,
            length: length?,
            zone: zone?,
            met_by,
            at_the_same_instant: clock.at_the_same_instant,
            off_when,
            on_expiry,
            warn: clock.warn.iter().map(|period| period.value).collect(),
            basis,
        })
    }

    fn events(&mut self, names: &[Marked<String>]) -> Vec<Event> {
        names.iter().filter_map(|name| self.scopes.event(name, self.flaws)).collect()
    }

    fn purpose(&mut self, row: &Row<ClockDraft>) -> Option<Purpose> {
        match &row.value.purpose {
            PurposeDraft::Bars(acts) if acts.is_empty() => {
                let message = format!("the clock `{}` bars nothing", row.name.value);
                let remedy = "write `bars:` with the acts that must wait";
                self.flaw(FlawCode::MissingChoice, row.name.mark, message, remedy);
                None
            }
            PurposeDraft::Bars(acts) => Some(Purpose::Bars(self.scopes.acts.find_all(acts, self.flaws))),
            PurposeDraft::Limits(whom) => {
                if let Some(side) = self.scopes.sides.names.find(&whom.value) {
                    return Some(Purpose::LimitsSide(side));
                }
                if let Some(authority) = self.scopes.authorities.names.find(&whom.value) {
                    return Some(Purpose::LimitsAuthority(authority));
                }
                let known = [self.scopes.sides.known(), self.scopes.authorities.known()].concat();
                self.flaws.push(did_you_mean("side or authority", whom, known));
                None
            }
        }
    }

    fn length(&mut self, row: &'a Row<ClockDraft>) -> Option<Length> {
        let clock = &row.value;
        match &clock.length {
            LengthDraft::Counted(length) if length.value.unit() == Unit::Hour => {
                self.refuse_day_choices(row, "hours run from the instant");
                Some(Length::Counted { length: length.value, rule: Rule::FromTheInstant })
            }
            LengthDraft::Counted(length) => {
                let rule = self.day_rule(row, length.value)?;
                Some(Length::Counted { length: length.value, rule: Rule::Days(rule) })
            }
            LengthDraft::Named { by, fact } => {
                self.refuse_day_choices(row, "the act that names the period names its last day");
                self.named_length(by, fact)
            }
        }
    }

    fn named_length(&mut self, by: &Marked<String>, fact: &Marked<String>) -> Option<Length> {
        let act = self.scopes.acts.find(by, self.flaws);
        let date = self.scopes.facts.find(fact, self.flaws);
        let declared = self.draft.facts.iter().find(|row| row.name.value == fact.value);
        if declared.is_some_and(|row| row.value.of != FactTypeDraft::Date) {
            let message =
                format!("`{}` is no date, and a period without a number needs its last day", fact.value);
            self.flaw(FlawCode::WrongType, fact.mark, message, "give the fact the type `date`");
        }
        let records = self.draft.acts.iter().find(|row| row.name.value == by.value);
        if records.is_some_and(|row| !row.value.records.iter().any(|recorded| recorded.value == fact.value)) {
            let message = format!("the act `{}` does not record `{}`", by.value, fact.value);
            self.flaw(FlawCode::Contradiction, by.mark, message, "add the fact to the `records:` of the act");
        }
        Some(Length::Named { by: act?, fact: date? })
    }

    fn day_rule(&mut self, row: &'a Row<ClockDraft>, length: Period) -> Option<DayRule> {
        let clock = &row.value;
        let first_day = clock.first_day.as_ref().map(|choice| choice.value);
        if first_day.is_none() {
            self.missing_choice(
                row,
                "whether the first day counts",
                "`first-day: counted` or `first-day: not-counted`",
            );
        }
        let in_months = matches!(length.unit(), Unit::Month | Unit::Year);
        let month_end = match (&clock.month_end, in_months) {
            (Some(choice), true) => Some(choice.value),
            (None, true) => {
                self.missing_choice(
                    row,
                    "what becomes of a month-end that does not exist",
                    "`month-end: refuse`, `month-end: up` or `month-end: down`",
                );
                None
            }
            (None, false) => Some(MonthEnd::Refuse),
            (Some(choice), false) => {
                let message = format!("`month-end` says nothing about {length}");
                self.flaw(
                    FlawCode::Contradiction,
                    choice.mark,
                    message,
                    "leave it out: only months and years have one",
                );
                None
            }
        };
        let last_day_closed = self.last_day_closed(row);
        Some(DayRule {
            first_day: first_day.unwrap_or(FirstDay::NotCounted),
            month_end: month_end?,
            last_day_closed: last_day_closed?,
        })
    }

    fn last_day_closed(&mut self, row: &'a Row<ClockDraft>) -> Option<LastDayClosed> {
        let clock = &row.value;
        let calendar = match (clock.last_day_closed.value, &clock.calendar) {
            (LastDayClosedDraft::Stands, None) => return Some(LastDayClosed::Stands),
            (LastDayClosedDraft::Stands, Some(calendar)) => {
                let message = "a closed last day stands, so no calendar is looked at".to_owned();
                self.flaw(
                    FlawCode::Contradiction,
                    calendar.mark,
                    message,
                    "leave `calendar` out, or let the day move",
                );
                return None;
            }
            (LastDayClosedDraft::NextOpenDay | LastDayClosedDraft::PreviousOpenDay, None) => {
                self.missing_choice(
                    row,
                    "whose closed days count",
                    "`calendar:` with the name of a calendar file",
                );
                return None;
            }
            (LastDayClosedDraft::NextOpenDay | LastDayClosedDraft::PreviousOpenDay, Some(calendar)) => {
                calendar
            }
        };
        let Some(found) = self.draft.calendars.iter().find(|known| known.name.value == calendar.value) else {
            let known = self.draft.calendars.iter().map(|known| known.name.value.clone()).collect();
            self.flaws.push(did_you_mean("calendar", calendar, known));
            return None;
        };
        let found = Arc::new(found.value.clone());
        Some(match clock.last_day_closed.value {
            LastDayClosedDraft::PreviousOpenDay => LastDayClosed::PreviousOpenDay(found),
            LastDayClosedDraft::NextOpenDay | LastDayClosedDraft::Stands => LastDayClosed::NextOpenDay(found),
        })
    }

    fn missing_choice(&mut self, row: &Row<ClockDraft>, what: &str, write: &str) {
        let cite = row
            .value
            .cite
            .iter()
            .find_map(|cite| match cite {
                crate::procedure::draft::CiteDraft::Article { source, article } => {
                    Some(format!(" ({} {})", source.value, article.value))
                }
                crate::procedure::draft::CiteDraft::Reading { .. } => None,
            })
            .unwrap_or_default();
        let message = format!("the clock `{}` does not say {what}{cite}", row.name.value);
        let remedy = format!("this is a legal choice: write {write}");
        self.flaw(FlawCode::MissingChoice, row.name.mark, message, &remedy);
    }

    /// Hours and named periods look at no day, so choices about days contradict them.
    fn refuse_day_choices(&mut self, row: &'a Row<ClockDraft>, because: &str) {
        let clock = &row.value;
        let written = [
            clock.first_day.as_ref().map(|choice| ("first-day", choice.mark)),
            clock.month_end.as_ref().map(|choice| ("month-end", choice.mark)),
            clock.calendar.as_ref().map(|choice| ("calendar", choice.mark)),
            (clock.last_day_closed.value != LastDayClosedDraft::Stands)
                .then_some(("last-day-closed", clock.last_day_closed.mark)),
        ];
        for (key, mark) in written.into_iter().flatten() {
            let remedy =
                if key == "last-day-closed" { "write `last-day-closed: stands`" } else { "leave it out" };
            self.flaw(
                FlawCode::Contradiction,
                mark,
                format!("`{key}` has no meaning here: {because}"),
                remedy,
            );
        }
    }

    fn expiry(&mut self, expiry: &'a ExpiryDraft, row: &Row<ClockDraft>) -> Expiry {
        let effect = expiry.effect.value;
        match (effect, &expiry.duty) {
            (ExpiryEffect::Duty, None) => {
                let message =
                    format!("the expiry of `{}` imposes a duty and does not name it", row.name.value);
                self.flaw(
                    FlawCode::MissingChoice,
                    expiry.effect.mark,
                    message,
                    "write `duty:` with an obligation",
                );
            }
            (
                ExpiryEffect::ByLaw
                | ExpiryEffect::Permission
                | ExpiryEffect::Alert
                | ExpiryEffect::NothingStated,
                Some(duty),
            ) => {
                let message = format!("an expiry with the effect `{effect}` imposes no duty");
                self.flaw(
                    FlawCode::Contradiction,
                    duty.mark,
                    message,
                    "write `effect: duty`, or leave `duty` out",
                );
            }
            (_, _) => {}
        }
        let moves_nothing = matches!(effect, ExpiryEffect::Alert | ExpiryEffect::NothingStated);
        if let (true, Some(moves)) = (moves_nothing, expiry.moves.first()) {
            let message = format!("an expiry with the effect `{effect}` moves nothing");
            self.flaw(
                FlawCode::Contradiction,
                moves.track.mark,
                message,
                "leave the moves out, or state the effect",
            );
        }
        let duty = expiry.duty.as_ref().and_then(|duty| self.scopes.obligations.find(duty, self.flaws));
        let moves = self.moves(&expiry.moves);
        Expiry { effect, duty, moves, basis: self.basis(&expiry.cite) }
    }
}
