//! Extensions: whether an act may make a clock longer, and what becomes of it.

use super::cycle::{Cycle, CycleStatus, End, MadeLonger};
use super::state::{Now, State};
use crate::procedure::{ActId, ClockId, ExtendBy, ExtendedBy, ExtensionTiming, FactId, Procedure};
use crate::rejection::{NotExtendable, Rejection};
use crate::time::{Count, Extension, Longer, Moment, When};
use crate::value::Value;

/// An extension that an act grants to a clock.
pub(crate) struct Granted {
    clock: ClockId,
    /// Which of the rows by which acts make it longer.
    row: usize,
    /// The run as it was looked at: nothing else that an act does before it extends changes how a run is counted.
    looked_at: Looked,
    extension: Extension,
    /// The count with it, where dates are looked at.
    count: Option<Count>,
}

/// What a run is counted by as far as an act may change it before it extends.
#[derive(PartialEq)]
struct Looked {
    counted_from: Option<When>,
    extensions: usize,
}

impl Looked {
    fn at(cycle: &Cycle) -> Self {
        Self { counted_from: cycle.counted_from, extensions: cycle.extensions.len() }
    }
}

impl State {
    /// The first clock that an act makes longer; nothing if it is no act that makes any longer.
    ///
    /// # Errors
    ///
    /// Returns why it makes the first of them no longer, if it makes none longer.
    pub(super) fn first_extension(
        &self,
        act: ActId,
        facts: &[(FactId, Value)],
        now: &Now,
    ) -> Result<Option<Granted>, Rejection> {
        let mut refused = None;
        for id in self.procedure.wiring.act(act).extends.iter().copied() {
            for (row, by) in self.procedure.clocks.at(id).extended_by_act(act) {
                match self.extension(id, (row, by), facts, now) {
                    Ok(granted) => return Ok(Some(granted)),
                    Err(because) => refused = refused.or(Some(because)),
                }
            }
        }
        refused.map_or(Ok(None), Err)
    }

    /// Makes the clocks longer that an act makes longer, with the `first` that it was admitted for. One that had run
    /// out runs again.
    pub(super) fn extend(
        &mut self,
        procedure: &Procedure,
        act: ActId,
        facts: &[(FactId, Value)],
        mut first: Option<Granted>,
        now: &Now,
    ) {
        for id in procedure.wiring.act(act).extends.iter().copied() {
            for (row, by) in procedure.clocks.at(id).extended_by_act(act) {
                let admitted = first.take_if(|granted| self.is_as_looked_at(granted, id, row));
                let granted = admitted.map_or_else(|| self.extension(id, (row, by), facts, now), Ok);
                let Ok(Granted { extension, count, .. }) = granted else { continue };
                let Some(cycle) = self.last_mut(id) else { continue };
                cycle.extensions.push(MadeLonger { act: Some(act), cause: now.cause, extension });
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

    fn is_as_looked_at(&self, granted: &Granted, id: ClockId, row: usize) -> bool {
        (granted.clock, granted.row) == (id, row)
            && self.cycles(id).last().map(Looked::at).as_ref() == Some(&granted.looked_at)
    }

    /// The extension that an act grants to a clock.
    fn extension(
        &self,
        id: ClockId,
        (row, by): (usize, &ExtendedBy),
        facts: &[(FactId, Value)],
        now: &Now,
    ) -> Result<Granted, Rejection> {
        let clock = self.procedure.clocks.at(id);
        let refuse = |why| Rejection::NotExtendable {
            act: self.procedure.acts.name(by.act).to_string(),
            clock: self.procedure.clocks.name(id).to_string(),
            why,
            basis: by.basis.or(&clock.basis).clone(),
        };
        let Some(cycle) = self.cycles(id).last() else { return Err(refuse(NotExtendable::NotStarted)) };
        in_its_time(cycle, by.timing).map_err(refuse)?;
        let granted_before = cycle.extensions.iter().filter(|longer| longer.act == Some(by.act)).count();
        if let Some(at_most) = by.at_most
            && granted_before >= usize::try_from(at_most).unwrap_or(usize::MAX)
        {
            return Err(refuse(NotExtendable::TooOften { at_most }));
        }
        let longer = longer(by.by, facts).ok_or_else(|| refuse(NotExtendable::ByNothing))?;
        let extension = Extension { by: longer, granted: now.when };
        let granted = |count| Granted { clock: id, row, looked_at: Looked::at(cycle), extension, count };
        if self.is_timeless {
            return Ok(granted(None));
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
            (_, _) => Ok(granted(Some(count))),
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
