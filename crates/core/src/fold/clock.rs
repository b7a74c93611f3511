//! Clocks in the midst of a fold: how they start, are met, run out and are switched off.

use super::state::{Cause, Now, State};
use crate::procedure::{ClockId, ClockStanding, Event, FactId, Length, SameInstant, StartedAgain};
use crate::rejection::Rejection;
use crate::table::Id;
use crate::time::{Count, CountError, Day, Moment, Start, When, count};
use crate::value::Value;

/// One run of a clock. A clock that is started anew has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// What started it.
    pub event: Event,
    /// What brought that about.
    pub cause: Cause,
    /// When it started.
    pub started: When,
    /// When it ends.
    pub end: End,
    /// How it stands.
    pub status: CycleStatus,
}

/// When a run of a clock ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It was counted.
    Counted(Count),
    /// An authority named the last day.
    Named {
        /// The last day.
        last_day: Day,
        /// The first instant that is too late.
        ends: Moment,
        /// The deed that named it.
        by: Cause,
    },
    /// No authority has named the last day yet.
    NotNamed,
    /// It cannot be computed.
    CannotCount(CountError),
}

/// How a run of a clock stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CycleStatus {
    /// It runs.
    Running,
    /// What it waits for was done.
    Met {
        /// By what.
        event: Event,
        /// What brought that about.
        cause: Cause,
        /// When.
        when: When,
    },
    /// Its last moment passed.
    RanOut {
        /// The first instant that was too late.
        at: Moment,
    },
    /// It no longer matters.
    SwitchedOff {
        /// Since when.
        when: When,
        /// By what.
        cause: Cause,
    },
    /// It was started anew.
    Replaced {
        /// When.
        when: When,
        /// By what.
        cause: Cause,
    },
}

impl End {
    /// The first instant that is too late, where it is known.
    #[must_use]
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Self::Counted(count) => Some(count.ends()),
            Self::Named { ends, .. } => Some(*ends),
            Self::NotNamed | Self::CannotCount(_) => None,
        }
    }
}

/// How a clock stands, from its runs.
pub(crate) fn standing_of(cycles: &[Cycle]) -> ClockStanding {
    match cycles.last().map(|cycle| &cycle.status) {
        None => ClockStanding::NotStarted,
        Some(CycleStatus::Running) => ClockStanding::Running,
        Some(CycleStatus::Met { .. }) => ClockStanding::Met,
        Some(CycleStatus::RanOut { .. }) => ClockStanding::RanOut,
        Some(CycleStatus::SwitchedOff { .. } | CycleStatus::Replaced { .. }) => ClockStanding::SwitchedOff,
    }
}

impl State {
    /// The run of a clock that is under way.
    pub(crate) fn running(&self, clock: ClockId) -> Option<&Cycle> {
        self.cycles(clock).last().filter(|cycle| cycle.status == CycleStatus::Running)
    }

    fn running_mut(&mut self, clock: ClockId) -> Option<&mut Cycle> {
        let last = self.cycles.get_mut(clock.index())?.last_mut()?;
        (last.status == CycleStatus::Running).then_some(last)
    }

    /// The clock that runs out first, and when. Of several at one instant, the first in the file.
    pub(super) fn next_to_run_out(&self) -> Option<(Moment, ClockId)> {
        self.procedure
            .clocks
            .ids()
            .filter_map(|clock| Some((self.running(clock)?.end.moment()?, clock)))
            .min_by_key(|(ends, clock)| (*ends, clock.index()))
    }

    pub(super) fn expiry_wins_ties(&self, clock: ClockId) -> bool {
        match self.procedure.clocks.at(clock).at_the_same_instant {
            SameInstant::ActFirst => false,
            SameInstant::ExpiryFirst => true,
        }
    }

    /// Tells every clock that `event` took place: those that wait for it are met, then those it starts begin.
    pub(super) fn tell_clocks(&mut self, event: Event, now: &Now) {
        let procedure = self.procedure.clone();
        for (id, name, clock) in procedure.clocks.iter() {
            if !clock.met_by.contains(&event) {
                continue;
            }
            if let Some(cycle) = self.running_mut(id) {
                cycle.status = CycleStatus::Met { event, cause: now.cause, when: now.when };
                if !now.when.is_known_to_the_day() {
                    let (clock, basis) = (name.to_string(), clock.basis.clone());
                    let act = self.event_name(event);
                    let (touches, needed) = ("meets", "day");
                    self.trouble(
                        now,
                        Rejection::TooVague { act, when: now.when, touches, clock, needed, basis },
                    );
                }
            }
        }
        for (id, _, clock) in procedure.clocks.iter() {
            if clock.starts.contains(&event) {
                self.start(id, event, now);
            }
        }
    }

    fn start(&mut self, id: ClockId, event: Event, now: &Now) {
        let procedure = self.procedure.clone();
        let clock = procedure.clocks.at(id);
        if clock.if_started_again == StartedAgain::RunsOn && !self.cycles(id).is_empty() {
            return;
        }
        if let Some(running) = self.running_mut(id) {
            running.status = CycleStatus::Replaced { when: now.when, cause: now.cause };
        }
        let end = match &clock.length {
            Length::Named { .. } => End::NotNamed,
            Length::Counted { length, rule } => {
                let start = Start { when: now.when, zone: procedure.zone_of_clock(id).clone() };
                count(&start, *length, rule).map_or_else(End::CannotCount, End::Counted)
            }
        };
        if let End::CannotCount(why) = &end {
            let clock_name = procedure.clocks.name(id).to_string();
            let (why, basis) = (why.clone(), clock.basis.clone());
            self.trouble(now, Rejection::CannotCount { clock: clock_name, why, basis });
        }
        let cycle = Cycle { event, cause: now.cause, started: now.when, end, status: CycleStatus::Running };
        if let Some(cycles) = self.cycles.get_mut(id.index()) {
            cycles.push(cycle);
        }
    }

    /// Gives clocks without a number the last day that an act has named.
    pub(super) fn name_lengths(
        &mut self,
        act: crate::procedure::ActId,
        facts: &[(FactId, Value)],
        now: &Now,
    ) {
        let procedure = self.procedure.clone();
        for (id, _, clock) in procedure.clocks.iter() {
            let Length::Named { by, fact } = &clock.length else { continue };
            let named = facts.iter().find(|(given, _)| given == fact).map(|(_, value)| value);
            if let (true, Some(Value::Date(last_day))) = (*by == act, named) {
                let ends = procedure.zone_of_clock(id).end_of(*last_day);
                if let Some(cycle) = self.running_mut(id) {
                    cycle.end = End::Named { last_day: *last_day, ends, by: now.cause };
                }
            }
        }
    }

    pub(super) fn mark_run_out(&mut self, id: ClockId, at: Moment) {
        if let Some(cycle) = self.running_mut(id) {
            cycle.status = CycleStatus::RanOut { at };
        }
    }

    /// Switches off the clocks whose `off-when` has come to hold; whether there were any.
    pub(super) fn switch_off(&mut self, now: &Now) -> bool {
        let procedure = self.procedure.clone();
        let mut switched = false;
        for (id, _, clock) in procedure.clocks.iter() {
            let Some(off_when) = &clock.off_when else { continue };
            if self.running(id).is_some() && self.holds(off_when, &[]) == crate::procedure::Truth::True {
                if let Some(cycle) = self.running_mut(id) {
                    cycle.status = CycleStatus::SwitchedOff { when: now.when, cause: now.cause };
                    switched = true;
                }
            }
        }
        switched
    }

    pub(super) fn event_name(&self, event: Event) -> String {
        match event {
            Event::Act(act) => self.procedure.acts.name(act).to_string(),
            Event::Condition(condition) => self.procedure.conditions.name(condition).to_string(),
        }
    }

    /// Notes that a deed brought about something that cannot be computed.
    fn trouble(&mut self, now: &Now, because: Rejection) {
        let Cause::Entry(entry) = now.cause else { return };
        let what = self.happenings.last().map_or_else(String::new, |happening| happening.what.clone());
        self.upset.push(crate::rejection::Upset { entry, what, because: Box::new(because) });
    }
}
