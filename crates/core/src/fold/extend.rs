//! Extensions: whether an act may make a clock longer, and what becomes of it.

use super::cycle::{Cycle, CycleStatus, End, MadeLonger};
use super::state::{Now, State};
use crate::procedure::{ActId, ClockId, ExtendBy, ExtendedBy, ExtensionTiming, FactId, Procedure};
use crate::rejection::{NotExtendable, Rejection};
use crate::time::{Count, Extension, Longer, Moment};
use crate::value::Value;

impl State {
    /// Why an act that makes clocks longer makes none longer; nothing if it makes one longer, or is no such act.
    pub(super) fn extends_nothing(
        &self,
        act: ActId,
        facts: &[(FactId, Value)],
        now: &Now,
    ) -> Option<Rejection> {
        let mut refused = None;
        for id in self.procedure.wiring.act(act).extends.iter().copied() {
            for by in self.procedure.clocks.at(id).extended_by.iter().filter(|by| by.act == act) {
                match self.extension(id, by, facts, now) {
                    Ok(_) => return None,
                    Err(because) => refused = refused.or(Some(because)),
                }
            }
        }
        refused
    }

    /// Makes the clocks longer that an act makes longer. One that had run out runs again.
    pub(super) fn extend(&mut self, procedure: &Procedure, act: ActId, facts: &[(FactId, Value)], now: &Now) {
        for id in procedure.wiring.act(act).extends.iter().copied() {
            for by in procedure.clocks.at(id).extended_by.iter().filter(|by| by.act == act) {
                let Ok((extension, count)) = self.extension(id, by, facts, now) else { continue };
                let Some(cycle) = self.last_mut(id) else { continue };
                cycle.extensions.push(MadeLonger { act, cause: now.cause, extension });
                let had_run_out = matches!(cycle.status, CycleStatus::RanOut { .. });
                if had_run_out {
                    cycle.status = CycleStatus::Running;
                }
                // What stands still or waits for its day was counted for the sake of the check alone.
                let is_its_end = cycle.stands_still().is_none() && cycle.counted_from.is_some();
                if had_run_out {
                    self.lift_duties(id, now);
                }
                match count {
                    Some(count) if is_its_end => self.ends(id, End::Counted(count), now),
                    Some(_) | None => self.recount(id, now),
                }
            }
        }
    }

    /// The extension that an act grants to a clock, and the count with it where dates are looked at.
    fn extension(
        &self,
        id: ClockId,
        by: &ExtendedBy,
        facts: &[(FactId, Value)],
        now: &Now,
    ) -> Result<(Extension, Option<Count>), Rejection> {
        let clock = self.procedure.clocks.at(id);
        let refuse = |why| Rejection::NotExtendable {
            act: self.procedure.acts.name(by.act).to_string(),
            clock: self.procedure.clocks.name(id).to_string(),
            why,
            basis: by.basis.or(&clock.basis).clone(),
        };
        let Some(cycle) = self.cycles(id).last() else { return Err(refuse(NotExtendable::NotStarted)) };
        in_its_time(cycle, by.timing).map_err(refuse)?;
        let granted = cycle.extensions.iter().filter(|longer| longer.act == by.act).count();
        if let Some(at_most) = by.at_most
            && granted >= usize::try_from(at_most).unwrap_or(usize::MAX)
        {
            return Err(refuse(NotExtendable::TooOften { at_most }));
        }
        let longer = longer(by.by, facts).ok_or_else(|| refuse(NotExtendable::ByNothing))?;
        let extension = Extension { by: longer, granted: now.when };
        if self.is_timeless {
            return Ok((extension, None));
        }
        let counted = self.count_with(id, cycle, extension, by.longest.as_ref(), now);
        let (count, most) = counted.map_err(|why| Rejection::CannotCount {
            clock: self.procedure.clocks.name(id).to_string(),
            why,
            basis: clock.basis.clone(),
        })?;
        let zone = self.procedure.zone_of_clock(id);
        let told = |ends: Moment| format!("{} in {}", zone.local(ends), zone.place());
        if let Some(ends) = cycle.end.moment().filter(|ends| count.ends() <= *ends) {
            return Err(refuse(NotExtendable::NotLonger { ends: told(ends), until: told(count.ends()) }));
        }
        match (by.longest.as_ref(), most.filter(|most| count.ends() > most.ends())) {
            (Some((longest, _)), Some(most)) => Err(refuse(NotExtendable::TooLong {
                longest: *longest,
                most: told(most.ends()),
                until: told(count.ends()),
            })),
            (_, _) => Ok((extension, Some(count))),
        }
    }
}

fn in_its_time(cycle: &Cycle, timing: ExtensionTiming) -> Result<(), NotExtendable> {
    match (&cycle.status, timing) {
        (CycleStatus::Running, ExtensionTiming::BeforeTheEnd | ExtensionTiming::AnyTime)
        | (CycleStatus::RanOut { .. }, ExtensionTiming::AfterTheEnd | ExtensionTiming::AnyTime) => Ok(()),
        (CycleStatus::Running, ExtensionTiming::AfterTheEnd) => Err(NotExtendable::StillRuns),
        (CycleStatus::RanOut { .. }, ExtensionTiming::BeforeTheEnd) => Err(NotExtendable::RanOut),
        (
            CycleStatus::Met { .. }
            | CycleStatus::Cured { .. }
            | CycleStatus::SwitchedOff { .. }
            | CycleStatus::Replaced { .. },
            _,
        ) => Err(NotExtendable::Over),
    }
}

fn longer(by: ExtendBy, facts: &[(FactId, Value)]) -> Option<Longer> {
    let given = |fact| facts.iter().find(|(given, _)| *given == fact).map(|(_, value)| value);
    match by {
        ExtendBy::Length(length, from) => Some(Longer::By(length, from)),
        ExtendBy::PeriodIn(fact, from) => match given(fact) {
            Some(Value::Period(length)) => Some(Longer::By(*length, from)),
            Some(_) | None => None,
        },
        ExtendBy::DayIn(fact) => match given(fact) {
            Some(Value::Date(day)) => Some(Longer::Until(*day)),
            Some(_) | None => None,
        },
    }
}
