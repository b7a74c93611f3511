//! Clocks in the midst of a fold: how they start, are met, run out and are switched off.

use super::state::{Cause, Now, State};
use crate::procedure::{
    ActId, ClockId, ClockStanding, Event, FactId, Length, SameInstant, StartedAgain, Truth,
};
use crate::rejection::Rejection;
use crate::table::Id;
use crate::time::{Count, CountError, Day, Moment, Rule, Start, When, count};
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

    /// Of the clocks that `may_run_out`, the one that does so first, and when. At one instant, the first in the file.
    pub(super) fn next_to_run_out(
        &self,
        may_run_out: impl Fn(&Self, Moment, ClockId) -> bool,
    ) -> Option<(Moment, ClockId)> {
        self.procedure
            .clocks
            .ids()
            .filter_map(|clock| Some((self.running(clock)?.end.moment()?, clock)))
            .filter(|(ends, clock)| may_run_out(self, *ends, *clock))
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
        let vague: Vec<Rejection> =
            procedure.clocks.ids().filter_map(|id| self.too_vague(id, event, now)).collect();
        for (id, _, clock) in procedure.clocks.iter() {
            if clock.met_by.contains(&event)
                && let Some(cycle) = self.running_mut(id)
            {
                cycle.status = CycleStatus::Met { event, cause: now.cause, when: now.when };
            }
        }
        for (id, _, clock) in procedure.clocks.iter() {
            if clock.starts.contains(&event) && self.may_start(id) {
                self.start(id, event, now);
            }
        }
        for because in vague {
            self.trouble(now, because);
        }
    }

    /// Why the date of an event does not do for a clock that it starts or meets.
    pub(super) fn too_vague(&self, id: ClockId, event: Event, now: &Now) -> Option<Rejection> {
        let clock = self.procedure.clocks.at(id);
        let starts = clock.starts.contains(&event) && self.may_start(id);
        let running = self.running(id).filter(|_| clock.met_by.contains(&event));
        let needed = match now.when {
            When::At(_) => None,
            When::In { .. } | When::During { .. } => (starts || running.is_some()).then_some((starts, "day")),
            When::On(_) => {
                let ends = running.and_then(|cycle| cycle.end.moment());
                let may_be_late = ends.is_some_and(|ends| ends > now.from && ends < now.until);
                let may_begin_a_day_later = starts && self.day_in_zone_of(id, now).is_none();
                (may_be_late || may_begin_a_day_later).then_some((!may_be_late, "time of day"))
            }
        };
        needed.map(|(starts, needed)| Rejection::TooVague {
            act: self.event_name(event),
            when: now.when,
            touches: if starts { "starts" } else { "meets" },
            clock: self.procedure.clocks.name(id).to_string(),
            needed,
            basis: clock.basis.clone(),
        })
    }

    /// The one day on which a step lies where a clock counts; nothing if it may lie on two.
    fn day_in_zone_of(&self, id: ClockId, now: &Now) -> Option<Day> {
        let zone = self.procedure.zone_of_clock(id);
        let day = zone.day_at(now.from);
        let in_days =
            matches!(&self.procedure.clocks.at(id).length, Length::Counted { rule: Rule::Days(_), .. });
        (!in_days || now.until <= zone.end_of(day)).then_some(day)
    }

    /// Whether a start begins a run. A clock that runs on takes no notice while it runs, and gives no second period
    /// once it has run out; after it was met or switched off, the next start is the start of something new.
    fn may_start(&self, id: ClockId) -> bool {
        match self.procedure.clocks.at(id).if_started_again {
            StartedAgain::StartsAnew => true,
            StartedAgain::RunsOn => match standing_of(self.cycles(id)) {
                ClockStanding::Running | ClockStanding::RanOut => false,
                ClockStanding::NotStarted | ClockStanding::Met | ClockStanding::SwitchedOff => true,
            },
        }
    }

    fn start(&mut self, id: ClockId, event: Event, now: &Now) {
        let end = self.end_from(id, now);
        if let Some(running) = self.running_mut(id) {
            running.status = CycleStatus::Replaced { when: now.when, cause: now.cause };
        }
        if let (End::CannotCount(why), true) = (&end, now.when.is_known_to_the_day()) {
            let clock = self.procedure.clocks.name(id).to_string();
            let (why, basis) = (why.clone(), self.procedure.clocks.at(id).basis.clone());
            self.trouble(now, Rejection::CannotCount { clock, why, basis });
        }
        let cycle = Cycle { event, cause: now.cause, started: now.when, end, status: CycleStatus::Running };
        if let Some(cycles) = self.cycles.get_mut(id.index()) {
            cycles.push(cycle);
        }
    }

    /// When a run that starts now ends.
    fn end_from(&self, id: ClockId, now: &Now) -> End {
        match &self.procedure.clocks.at(id).length {
            Length::Named { by, fact } => self.named_before(id, *by, *fact),
            Length::Counted { length, rule } => {
                let when = match (now.when, self.day_in_zone_of(id, now)) {
                    (When::On(_), Some(day)) => When::On(day),
                    (when, _) => when,
                };
                let start = Start { when, zone: self.procedure.zone_of_clock(id).clone() };
                count(&start, *length, rule).map_or_else(End::CannotCount, End::Counted)
            }
        }
    }

    /// The last day that was named before the period began, unless an earlier run took it.
    fn named_before(&self, id: ClockId, by: ActId, fact: FactId) -> End {
        let named_by = self.doings(by).last().map(|doing| doing.entry);
        let (Some(named_by), Some(known)) = (named_by, self.fact(fact)) else { return End::NotNamed };
        let taken = self
            .cycles(id)
            .iter()
            .any(|cycle| matches!(&cycle.end, End::Named { by, .. } if *by == named_by));
        match &known.value {
            Value::Date(last_day) if known.cause == named_by && !taken => self.named(id, *last_day, named_by),
            Value::Date(_)
            | Value::Text(_)
            | Value::Country(_)
            | Value::YesNo(_)
            | Value::Number(_)
            | Value::Period(_)
            | Value::Choice(_) => End::NotNamed,
        }
    }

    fn named(&self, id: ClockId, last_day: Day, by: Cause) -> End {
        End::Named { last_day, ends: self.procedure.zone_of_clock(id).end_of(last_day), by }
    }

    /// Gives clocks without a number the last day that an act has named.
    pub(super) fn name_lengths(&mut self, act: ActId, facts: &[(FactId, Value)], now: &Now) {
        let procedure = self.procedure.clone();
        for (id, _, clock) in procedure.clocks.iter() {
            let Length::Named { by, fact } = &clock.length else { continue };
            let named = facts.iter().find(|(given, _)| given == fact).map(|(_, value)| value);
            if let (true, Some(Value::Date(last_day))) = (*by == act, named) {
                let end = self.named(id, *last_day, now.cause);
                if let Some(cycle) = self.running_mut(id) {
                    cycle.end = end;
                }
            }
        }
    }

    pub(super) fn mark_run_out(&mut self, id: ClockId, at: Moment) {
        if let Some(cycle) = self.running_mut(id) {
            cycle.status = CycleStatus::RanOut { at };
        }
    }

    /// Meets the clocks that run and wait for a condition which holds already; whether there were any. A limit for
    /// a complete request does not run against a request that was complete before.
    pub(super) fn meet_at_once(&mut self, now: &Now) -> bool {
        let procedure = self.procedure.clone();
        let mut met = false;
        for (id, _, clock) in procedure.clocks.iter() {
            let holds = clock.met_by.iter().copied().find(|event| match event {
                Event::Condition(condition) => self.condition(*condition) == Truth::True,
                Event::Act(_) => false,
            });
            if let (Some(event), Some(cycle)) = (holds, self.running_mut(id)) {
                cycle.status = CycleStatus::Met { event, cause: now.cause, when: now.when };
                met = true;
            }
        }
        met
    }

    /// Switches off the clocks whose `off-when` has come to hold; whether there were any.
    pub(super) fn switch_off(&mut self, now: &Now) -> bool {
        let procedure = self.procedure.clone();
        let mut switched = false;
        for (id, _, clock) in procedure.clocks.iter() {
            let Some(off_when) = &clock.off_when else { continue };
            if self.holds(off_when, &[]) == Truth::True
                && let Some(cycle) = self.running_mut(id)
            {
                cycle.status = CycleStatus::SwitchedOff { when: now.when, cause: now.cause };
                switched = true;
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
