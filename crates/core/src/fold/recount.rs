//! When a run ends: counted anew whenever something happened to it.

use std::borrow::Cow;

use super::cycle::{Cycle, End, Named, NamedPeriod, StoodStill};
use super::state::{Now, State};
use crate::procedure::{ActId, Clock, ClockId, CountedFrom, FactId, Length, Procedure};
use crate::rejection::Rejection;
use crate::time::{
    Begun, Count, CountError, Course, Extension, Period, Rule, Stop, StoppedDays, When, Zone, count_begun,
};
use crate::value::Value;

impl State {
    /// From where a run that starts now is counted, as far as that is known.
    pub(super) fn counted_from(&self, id: ClockId, now: &Now) -> Option<When> {
        match self.procedure.clocks.at(id).counted_from {
            CountedFrom::TheStart => Some(match now.when {
                When::On(day) => When::On(self.day_in_zone_of(id, now).unwrap_or(day)),
                when @ (When::At(_) | When::In { .. } | When::During { .. }) => when,
            }),
            CountedFrom::DateIn(fact) => match self.fact(fact).map(|known| &known.value) {
                Some(Value::Date(day)) => Some(When::On(*day)),
                Some(
                    Value::Text(_)
                    | Value::Country(_)
                    | Value::YesNo(_)
                    | Value::Number(_)
                    | Value::Period(_)
                    | Value::Choice(_),
                )
                | None => None,
            },
            CountedFrom::LastDayOf(other) => {
                let end = &self.cycles(other).last()?.end;
                match end.last_day() {
                    Some(day) if !self.procedure.clocks.at(id).length.is_in_hours() => Some(When::On(day)),
                    Some(_) | None => end.moment().map(When::At),
                }
            }
        }
    }

    /// Counts the end of the run under way anew, and of those that are counted from its last day.
    pub(super) fn recount(&mut self, id: ClockId, now: &Now) {
        let clock = self.procedure.clocks.at(id);
        let Some(cycle) = self.running(id) else { return };
        let end = self.end_of(id, clock, cycle);
        let was_known = !matches!(cycle.end, End::CannotCount(_));
        let knows_the_day = cycle.counted_from.is_some_and(When::is_known_to_the_day);
        if let (End::CannotCount(why), true) = (&end, knows_the_day || was_known) {
            let (clock, basis) = (self.procedure.clocks.name(id).to_string(), clock.basis.clone());
            self.trouble(now, Rejection::CannotCount { clock, why: why.clone(), basis });
        }
        self.ends(id, end, now);
    }

    /// The end of the run under way, and of those that are counted from its last day.
    pub(super) fn ends(&mut self, id: ClockId, end: End, now: &Now) {
        if let Some(ends) = end.moment() {
            self.none_ends_before = self.none_ends_before.min(ends);
        }
        if let Some(cycle) = self.running_mut(id) {
            cycle.end = end;
        }
        if !self.procedure.wiring.counted_after(id).is_empty() {
            self.recount_those_after(id, now);
        }
    }

    /// Counts anew the limits that are counted from the last day of this one. No clock is counted from its own last day,
    /// directly or through others, so this ends.
    fn recount_those_after(&mut self, id: ClockId, now: &Now) {
        let procedure = self.procedure.clone();
        for next in procedure.wiring.counted_after(id).iter().copied() {
            if self.running(next).is_some() {
                let from = self.counted_from(next, now);
                if let Some(cycle) = self.running_mut(next) {
                    cycle.counted_from = from;
                }
                self.recount(next, now);
            }
        }
    }

    /// The clock by whose rule a run is counted, and the zone in which: those of the procedure that the case has left, if
    /// the run kept its end when it came over.
    pub(crate) fn counted_by<'s>(&'s self, id: ClockId, cycle: &'s Cycle) -> (&'s Clock, &'s Zone) {
        match cycle.carried.as_ref().and_then(|carried| carried.rule.as_ref()) {
            Some(old) => (old.procedure.clocks.at(old.clock), old.procedure.zone_of_clock(old.clock)),
            None => (self.procedure.clocks.at(id), self.procedure.zone_of_clock(id)),
        }
    }

    fn end_of(&self, id: ClockId, clock: &Clock, cycle: &Cycle) -> End {
        if self.is_timeless {
            return End::NoDayYet;
        }
        if let Some(stop) = cycle.stands_still() {
            return End::Stopped { since: stop.from };
        }
        let (rule, zone) = self.counted_by(id, cycle);
        let length = match (&rule.length, cycle.named) {
            (Length::NamedDay { .. }, Some(Named { what: NamedPeriod::LastDay(last_day), by })) => {
                let ends = zone.end_of(last_day);
                return End::Named { last_day, ends, by };
            }
            (Length::NamedDay { .. } | Length::NamedLength { .. }, _) if cycle.named.is_none() => {
                return End::NotNamed;
            }
            (_, _) => length_of(rule, cycle),
        };
        let Some(from) = cycle.counted_from else {
            return match clock.counted_from {
                CountedFrom::LastDayOf(other) => End::WaitsFor(other),
                CountedFrom::TheStart | CountedFrom::DateIn(_) => End::NoDayYet,
            };
        };
        let counted = length.and_then(|(length, by)| {
            count_begun(Begun { when: from, zone }, length, &by, &course(rule, cycle, None, None))
        });
        counted.map_or_else(End::CannotCount, End::Counted)
    }

    /// The count of a run with one more extension, a stop that lasts being taken to end now; and the count of the
    /// longest that it may become.
    pub(super) fn count_with(
        &self,
        id: ClockId,
        cycle: &Cycle,
        extension: Extension,
        longest: Option<&(Period, Rule)>,
        now: &Now,
    ) -> Result<(Count, Option<Count>), CountError> {
        let (clock, zone) = self.counted_by(id, cycle);
        let when = cycle.counted_from.unwrap_or(cycle.started);
        let start = Begun { when, zone };
        let (length, rule) = length_of(clock, cycle)?;
        let mut course = course(clock, cycle, Some(now.when), Some(extension));
        let count = count_begun(start, length, &rule, &course)?;
        course.extensions.clear();
        let most = longest.map(|(longest, rule)| count_begun(start, *longest, rule, &course));
        Ok((count, most.transpose()?))
    }

    /// What was named before the period began, unless an earlier run took it.
    pub(super) fn named_before(&self, id: ClockId) -> Option<Named> {
        let length = &self.procedure.clocks.at(id).length;
        let fact = named_in(length)?;
        let last = length.named_by().iter().filter_map(|act| self.doings(*act).last());
        let named_by = last.max_by_key(|doing| doing.number()).map(|doing| doing.entry)?;
        let known = self.fact(fact).filter(|known| known.cause == named_by)?;
        let taken = self.cycles(id).iter().any(|cycle| cycle.named.is_some_and(|named| named.by == named_by));
        named_period(&known.value).filter(|_| !taken).map(|what| Named { what, by: named_by })
    }

    /// Gives the clocks without a number what an act has named.
    pub(super) fn name_lengths(&mut self, act: ActId, facts: &[(FactId, Value)], now: &Now) {
        if self.procedure.wiring.act(act).names.is_empty() {
            return;
        }
        let procedure = self.procedure.clone();
        for id in procedure.wiring.act(act).names.iter().copied() {
            let Some(fact) = named_in(&procedure.clocks.at(id).length) else { continue };
            let given = facts.iter().find(|(given, _)| *given == fact).map(|(_, value)| value);
            if let Some(what) = given.and_then(named_period)
                && let Some(cycle) = self.running_mut(id)
            {
                cycle.named = Some(Named { what, by: now.cause });
                self.recount(id, now);
            }
        }
    }

    /// Counts anew the clocks that are counted from the day in one of these facts.
    pub(super) fn learn_days(&mut self, procedure: &Procedure, facts: &[(FactId, Value)], now: &Now) {
        for (fact, value) in facts {
            for id in procedure.wiring.counted_from_fact(*fact).iter().copied() {
                if let (Value::Date(day), Some(cycle)) = (value, self.running_mut(id)) {
                    cycle.counted_from = Some(When::On(*day));
                    self.recount(id, now);
                }
            }
        }
    }
}

/// How long the run is, by the law of its day, and by which rule.
fn length_of<'a>(clock: &'a Clock, cycle: &Cycle) -> Result<(Period, Cow<'a, Rule>), CountError> {
    match (&clock.length, cycle.named) {
        (Length::Counted { length, rule, changes, .. }, _) => {
            let changed = cycle.law.and_then(|index| changes.get(index));
            let (length, rule) = changed.map_or((length, rule), |change| (&change.length, &change.rule));
            Ok((*length, Cow::Borrowed(rule)))
        }
        (Length::NamedLength { choices, .. }, Some(Named { what: NamedPeriod::Length(length), .. })) => {
            let rule = choices.rule(length.unit(), clock.stops.is_some());
            rule.map(|rule| (length, Cow::Owned(rule))).map_err(|_| CountError::WrongRule { length })
        }
        (Length::NamedLength { .. } | Length::NamedDay { .. }, _) => {
            // INVARIANT: asked only where a length was named. A day that never was cannot be counted.
            Err(CountError::StartNotKnownToTheDay { when: cycle.started })
        }
    }
}

fn named_in(length: &Length) -> Option<FactId> {
    match length {
        Length::Counted { .. } => None,
        Length::NamedDay { fact, .. } | Length::NamedLength { fact, .. } => Some(*fact),
    }
}

fn named_period(value: &Value) -> Option<NamedPeriod> {
    match value {
        Value::Date(day) => Some(NamedPeriod::LastDay(*day)),
        Value::Period(length) => Some(NamedPeriod::Length(*length)),
        Value::Text(_) | Value::Country(_) | Value::YesNo(_) | Value::Number(_) | Value::Choice(_) => None,
    }
}

/// What happened to a run on its way, and `one_more` extension; a stop that lasts ends at `lasting_until`, or is left
/// out.
fn course(clock: &Clock, cycle: &Cycle, lasting_until: Option<When>, one_more: Option<Extension>) -> Course {
    let days = clock.stops.as_ref().map_or(StoppedDays::FullDays, |stops| stops.days);
    let stop = |stood: &StoodStill| {
        let until = stood.until.map(|(until, _)| until).or(lasting_until)?;
        Some(Stop { from: stood.from, until, days })
    };
    let extensions = cycle.extensions.iter().map(|longer| longer.extension).chain(one_more);
    Course { stops: cycle.stops.iter().filter_map(stop).collect(), extensions: extensions.collect() }
}

/// The end of a run if what stopped it ended at `when`, for those who ask how things would be.
pub(crate) fn if_it_ran_on(state: &State, id: ClockId, when: When) -> Option<Count> {
    let cycle = state.running(id).filter(|cycle| cycle.stands_still().is_some())?;
    let (clock, zone) = state.counted_by(id, cycle);
    let (length, rule) = length_of(clock, cycle).ok()?;
    let start = Begun { when: cycle.counted_from?, zone };
    count_begun(start, length, &rule, &course(clock, cycle, Some(when), None)).ok()
}
