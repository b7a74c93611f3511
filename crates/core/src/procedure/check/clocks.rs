//! Builds clocks: what starts, meets, stops, extends and replaces them.

use super::guards::asks_for_clock;
use super::rows::Builder;
use super::scope::did_you_mean;
use crate::procedure::choice::Recurs;
use crate::procedure::draft::{
    ClockDraft, CountedFromDraft, ExtendByDraft, ExtensionDraft, FactTypeDraft, LengthDraft, Mark, Marked,
    PurposeDraft, Row, StartsDraft, StopsDraft,
};
use crate::procedure::flaw::FlawCode;
use crate::procedure::guard::Guard;
use crate::procedure::model::{
    ActId, Clock, ClockId, CountedFrom, Event, ExtendBy, ExtendedBy, Length, Purpose, Starts, Stops,
};
use crate::table::Table;
use crate::time::{FirstDay, Period, Rule, StoppedDays, Unit};

impl<'a> Builder<'a> {
    pub(super) fn clocks(&mut self) -> Table<ClockId, Clock> {
        let draft = self.draft;
        self.table(&draft.clocks, Self::clock)
    }

    fn clock(&mut self, row: &'a Row<ClockDraft>) -> Option<Clock> {
        let clock = &row.value;
        let purpose = self.purpose(row);
        let (length, counted_by) = self.length(row);
        let zone = self.side_that_counts(&clock.zone);
        let starts = self.starts(row);
        let counted_from = self.counted_from(row);
        let met_by = self.events(&clock.met_by);
        let cured_by = self.events(&clock.cured_by);
        let replaces = self.replaces(row);
        self.check_recurring(row);
        let stops = self.stops(row);
        let extended_by: Vec<ExtendedBy> =
            clock.extended_by.iter().filter_map(|extension| self.extension(extension, row)).collect();
        let on_expiry = self.expiry(&clock.on_expiry, row);
        let off_when = self.off_when(row);
        let in_force = self.validity(clock.in_force.as_ref());
        let basis = self.required_basis(&clock.cite, "clock", row);
        Some(Clock {
            title: clock.title.clone(),
            purpose: purpose?,
            starts,
            counted_from: counted_from?,
            if_started_again: clock.if_started_again,
            length: length?,
            counted_by,
            in_force,
            zone: zone?,
            met_by,
            cured_by,
            replaces,
            recurs: clock.recurs,
            at_the_same_instant: clock.at_the_same_instant,
            stops,
            extended_by,
            off_when,
            on_expiry,
            warn: clock.warn.iter().map(|period| period.value).collect(),
            basis,
        })
    }

    fn events(&mut self, names: &[Marked<String>]) -> Vec<Event> {
        names.iter().filter_map(|name| self.scopes.event(name, self.flaws)).collect()
    }

    fn starts(&mut self, row: &Row<ClockDraft>) -> Starts {
        let (names, needed, remedy) = match &row.value.starts {
            StartsDraft::AnyOf(names) => (names, 1, "write `starts:` with an act or a condition"),
            StartsDraft::LatestOf(names) => (
                names,
                2,
                "write `latest-of:` with two acts or conditions or more, or `starts:` with the one",
            ),
        };
        if names.len() < needed {
            let message = match names.as_slice() {
                [only] => format!("the latest of `{}` alone is no latest", only.value),
                _ => format!("nothing starts the clock `{}`", row.name.value),
            };
            self.flaw(FlawCode::MissingChoice, row.name.mark, message, remedy);
        }
        if let StartsDraft::LatestOf(names) = &row.value.starts {
            for (index, name) in names.iter().enumerate() {
                if names.iter().take(index).any(|before| before.value == name.value) {
                    let message = format!("`{}` is written twice in `latest-of`", name.value);
                    self.flaw(FlawCode::Contradiction, name.mark, message, "write it once");
                }
            }
        }
        let events = self.events(names);
        match &row.value.starts {
            StartsDraft::AnyOf(_) => Starts::AnyOf(events),
            StartsDraft::LatestOf(_) => Starts::LatestOf(events),
        }
    }

    fn counted_from(&mut self, row: &Row<ClockDraft>) -> Option<CountedFrom> {
        match &row.value.counted_from {
            None => Some(CountedFrom::TheStart),
            Some(CountedFromDraft::DateIn(fact)) => {
                self.is_of(fact, &FactTypeDraft::Date, "a clock is counted from a day");
                self.scopes.facts.find(fact, self.flaws).map(CountedFrom::DateIn)
            }
            Some(CountedFromDraft::LastDayOf(clock)) => {
                self.scopes.clocks.find(clock, self.flaws).map(CountedFrom::LastDayOf)
            }
        }
    }

    /// A fact that is declared must be of the type that is needed here.
    pub(super) fn is_of(&mut self, fact: &Marked<String>, of: &FactTypeDraft, because: &str) {
        let declared = self.draft.facts.iter().find(|row| row.name.value == fact.value);
        if declared.is_some_and(|row| row.value.of != *of) {
            let needed = match of {
                FactTypeDraft::Date => "date",
                FactTypeDraft::Period => "period",
                FactTypeDraft::Text
                | FactTypeDraft::Country
                | FactTypeDraft::YesNo
                | FactTypeDraft::Number
                | FactTypeDraft::OneOf(_) => "other",
            };
            let message = format!("`{}` is no {needed}, and {because}", fact.value);
            let remedy = format!("give the fact the type `{needed}`");
            self.flaw(FlawCode::WrongType, fact.mark, message, &remedy);
        }
    }

    fn replaces(&mut self, row: &Row<ClockDraft>) -> Vec<ClockId> {
        for name in row.value.replaces.iter().filter(|name| name.value == row.name.value) {
            let message = format!("the clock `{}` replaces itself", name.value);
            let remedy = "write `if-started-again: starts-anew` for a clock that begins anew";
            self.flaw(FlawCode::Contradiction, name.mark, message, remedy);
        }
        self.scopes.clocks.find_all(&row.value.replaces, self.flaws)
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
                if let LengthDraft::Counted(length) = &row.value.length
                    && length.value.unit() == Unit::ClearDay
                {
                    let message = "clear days say when something may be done at the earliest".to_owned();
                    let remedy = "write `bars:` with the acts that must wait, or a length in days";
                    self.flaw(FlawCode::Contradiction, length.mark, message, remedy);
                }
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

    /// What switches a clock off looks elsewhere: it would change what it looks at.
    fn off_when(&mut self, row: &Row<ClockDraft>) -> Option<Guard> {
        let guard = row.value.off_when.as_ref()?;
        if let Some(mark) = asks_for_clock(guard, &row.name.value) {
            let message = format!("the clock `{}` is switched off by its own standing", row.name.value);
            let remedy = "write what happens in the case, such as a stage or an act that is recorded";
            self.flaw(FlawCode::Contradiction, mark, message, remedy);
        }
        self.guard(guard)
    }

    fn check_recurring(&mut self, row: &Row<ClockDraft>) {
        let clock = &row.value;
        if clock.recurs == Recurs::Never {
            return;
        }
        if clock.recurs == Recurs::FromTheMeeting && clock.met_by.is_empty() {
            let message =
                format!("the clock `{}` begins again when it is met, and nothing meets it", row.name.value);
            self.flaw(FlawCode::Contradiction, row.name.mark, message, "write `met-by:` with what meets it");
        }
        if let LengthDraft::Counted(length) = &clock.length
            && length.value.unit() == Unit::Hour
        {
            let message = "a clock that begins again by itself is not counted in hours".to_owned();
            let remedy = "write a length in days, or let an act start it each time";
            self.flaw(FlawCode::Contradiction, length.mark, message, remedy);
        }
    }

    fn stops(&mut self, row: &'a Row<ClockDraft>) -> Option<Stops> {
        let (when, days, cite, mark, adds_up) = match &row.value.stops {
            StopsDraft::Never => return None,
            StopsDraft::While { when, days, cite, mark } => (when, days, cite, *mark, false),
            StopsDraft::UnlessRunning { when, days, cite, mark } => (when, days, cite, *mark, true),
        };
        let in_hours =
            matches!(&row.value.length, LengthDraft::Counted(length) if length.value.unit() == Unit::Hour);
        match (days, in_hours) {
            (None, false) => {
                let remedy = "this is a legal choice: write `stopped-days: full-days`, `from-the-first`, `after-the-first` or `touched`";
                self.missing(row, mark, "which days a stop takes out", remedy);
            }
            (Some(days), true) => {
                let message = "`stopped-days` has no meaning here: hours stop and run on at the instant";
                self.flaw(FlawCode::Contradiction, days.mark, message.to_owned(), "leave it out");
            }
            (None, true) | (Some(_), false) => {}
        }
        let days = days.as_ref().map_or(StoppedDays::FullDays, |days| days.value);
        let counts_whole =
            row.value.choices.first_day.as_ref().is_some_and(|first| first.value == FirstDay::CountedWhole);
        if counts_whole && days != StoppedDays::FullDays {
            let message = "a part of a day counts as a whole one here, so a stop takes out only full days";
            let remedy = "write `stopped-days: full-days`, or `first-day: counted`";
            self.flaw(FlawCode::Contradiction, mark, message.to_owned(), remedy);
        }
        let when = self.guard(when);
        let basis = self.basis(cite);
        Some(Stops { when: when?, adds_up, days, basis })
    }

    pub(super) fn missing(&mut self, row: &Row<ClockDraft>, mark: Mark, what: &str, remedy: &str) {
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
        self.flaw(FlawCode::MissingChoice, mark, message, remedy);
    }

    fn extension(&mut self, draft: &'a ExtensionDraft, row: &'a Row<ClockDraft>) -> Option<ExtendedBy> {
        let act = self.scopes.acts.find(&draft.act, self.flaws);
        if let Some(at_most) = draft.at_most.as_ref().filter(|at_most| at_most.value == 0) {
            let message = "an extension that may be granted at most 0 times is none".to_owned();
            self.flaw(FlawCode::Contradiction, at_most.mark, message, "leave the extension out");
        }
        let by = self.extended_by(draft, row);
        if let (Some(longest), LengthDraft::Counted(length)) = (&draft.longest, &row.value.length)
            && longest.value.unit() == length.value.unit()
            && longest.value.count() <= length.value.count()
        {
            let message = format!(
                "`longest` {} leaves nothing to extend: the clock `{}` has {}",
                longest.value, row.name.value, length.value
            );
            let remedy = "write the longest time in all, with the first length in it";
            self.flaw(FlawCode::Contradiction, longest.mark, message, remedy);
        }
        let longest = draft
            .longest
            .as_ref()
            .map(|longest| self.rule(row, longest.value, longest.mark).map(|rule| (longest.value, rule)));
        let basis = self.basis(&draft.cite);
        let longest = match longest {
            None => None,
            Some(longest) => Some(longest?),
        };
        let at_most = draft.at_most.as_ref().map(|at_most| at_most.value);
        Some(ExtendedBy { act: act?, by: by?, timing: draft.timing, at_most, longest, basis })
    }

    fn extended_by(&mut self, draft: &'a ExtensionDraft, row: &'a Row<ClockDraft>) -> Option<ExtendBy> {
        let of = match &draft.by {
            ExtendByDraft::Length(length) => {
                self.is_of_the_same_kind(length, row);
                None
            }
            ExtendByDraft::Fact(fact) => {
                let declared = self.draft.facts.iter().find(|one| one.name.value == fact.value);
                let of = declared.map(|row| row.value.of.clone());
                self.is_recorded_by(&draft.act, fact);
                if of.as_ref().is_some_and(|of| !matches!(of, FactTypeDraft::Date | FactTypeDraft::Period)) {
                    let message = format!("`{}` is neither a date nor a period", fact.value);
                    let remedy = "give the fact the type `date` for a new last day, or `period` for a length";
                    self.flaw(FlawCode::WrongType, fact.mark, message, remedy);
                }
                of
            }
        };
        let names_a_day = of == Some(FactTypeDraft::Date);
        match (&draft.from, names_a_day) {
            (None, false) => {
                let remedy = "this is a legal choice: write `from: last-day`, `from: nominal-last-day` or `from: the-act`";
                self.missing(row, draft.act.mark, "from where an extension is counted", remedy);
            }
            (Some(from), true) => {
                let message = "`from` has no meaning here: the act names the new last day".to_owned();
                self.flaw(FlawCode::Contradiction, from.mark, message, "leave it out");
            }
            (None, true) | (Some(_), false) => {}
        }
        let from = draft.from.as_ref().map(|from| from.value);
        match &draft.by {
            ExtendByDraft::Length(length) => Some(ExtendBy::Length(length.value, from?)),
            ExtendByDraft::Fact(fact) => {
                let id = self.scopes.facts.find(fact, self.flaws)?;
                if names_a_day { Some(ExtendBy::DayIn(id)) } else { Some(ExtendBy::PeriodIn(id, from?)) }
            }
        }
    }

    /// Hours are made longer by hours, working days by working days, and all else by all else.
    fn is_of_the_same_kind(&mut self, by: &Marked<Period>, row: &Row<ClockDraft>) {
        let LengthDraft::Counted(length) = &row.value.length else { return };
        let kind = |unit| match unit {
            Unit::Hour => 0,
            Unit::WorkingDay => 1,
            Unit::Day | Unit::ClearDay | Unit::Week | Unit::Month | Unit::Year => 2,
        };
        if kind(by.value.unit()) != kind(length.value.unit()) {
            let message = format!("{} cannot make {} longer", by.value, length.value);
            let remedy =
                "hours are extended by hours, working days by working days, all else by days or more";
            self.flaw(FlawCode::Contradiction, by.mark, message, remedy);
        }
    }

    /// An act that names something must record it each time it is done.
    pub(super) fn is_recorded_by(&mut self, act: &Marked<String>, fact: &Marked<String>) {
        let row = self.draft.acts.iter().find(|row| row.name.value == act.value);
        if row.is_some_and(|row| !row.value.records.iter().any(|recorded| recorded.value == fact.value)) {
            let message = format!("the act `{}` does not record `{}`", act.value, fact.value);
            self.flaw(
                FlawCode::Contradiction,
                act.mark,
                message,
                "add the fact to the `records:` of the act",
            );
        }
    }
}

/// What the acts that name a period are, for those who ask.
impl Length {
    /// The acts that name the period; none if it has a number.
    #[must_use]
    pub fn named_by(&self) -> &[ActId] {
        match self {
            Self::Counted { .. } => &[],
            Self::NamedDay { by, .. } | Self::NamedLength { by, .. } => by,
        }
    }

    /// Whether it is counted in hours, so that days are not looked at.
    #[must_use]
    pub fn is_in_hours(&self) -> bool {
        matches!(self, Self::Counted { rule: Rule::Hours(_), .. })
    }
}
