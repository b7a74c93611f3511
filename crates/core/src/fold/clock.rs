//! Clocks in the midst of a fold: how they start, are met, run out and are switched off.

use super::cycle::{Cycle, CycleStatus, End, StoodStill, standing_of};
use super::state::{Cause, Now, State};
use crate::procedure::{
    ClockId, ClockStanding, CountedFrom, Event, Length, Procedure, Recurs, SameInstant, StartedAgain, Starts,
    Truth,
};
use crate::rejection::Rejection;
use crate::table::Id;
use crate::time::{CountError, Day, Moment, When};

/// How many runs of one clock are counted. A review every day for more than thirteen years has as many.
const MOST_RUNS: usize = 5_000;

impl State {
    /// The run of a clock that is under way.
    pub(crate) fn running(&self, clock: ClockId) -> Option<&Cycle> {
        self.cycles(clock).last().filter(|cycle| cycle.is_running())
    }

    pub(super) fn running_mut(&mut self, clock: ClockId) -> Option<&mut Cycle> {
        self.last_mut(clock).filter(|cycle| cycle.is_running())
    }

    pub(super) fn last_mut(&mut self, clock: ClockId) -> Option<&mut Cycle> {
        self.cycles.get_mut(clock.index())?.last_mut()
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

    /// Tells every clock that `event` took place: those that wait for it are met, what ran out may be put right,
    /// then those it starts begin.
    pub(super) fn tell_clocks(&mut self, procedure: &Procedure, event: Event, now: &Now) {
        let touched = procedure.wiring.event(event);
        let vague: Vec<Rejection> = if matches!(now.when, When::At(_)) {
            Vec::new()
        } else {
            touched.dated().filter_map(|id| self.too_vague(id, event, now)).collect()
        };
        for id in &touched.cures {
            self.cure(*id, event, now);
        }
        for id in &touched.meets {
            self.meet(*id, event, now);
        }
        for id in &touched.starts {
            if self.has_all(&procedure.clocks.at(*id).starts) && self.may_start(*id, now) {
                self.start(*id, event, now);
            }
        }
        for because in vague {
            self.trouble(now, because);
        }
    }

    /// Whether everything that must have taken place for a start has taken place.
    fn has_all(&self, starts: &Starts) -> bool {
        match starts {
            Starts::AnyOf(_) => true,
            Starts::LatestOf(events) => events.iter().all(|event| match event {
                Event::Act(act) => !self.doings(*act).is_empty(),
                Event::Condition(condition) => self.condition(*condition) == Truth::True,
            }),
        }
    }

    /// Meets the run under way. Of a limit that begins again from its last day, what comes late is what was overdue.
    fn meet(&mut self, id: ClockId, event: Event, now: &Now) {
        let recurs = self.procedure.clocks.at(id).recurs;
        if recurs == Recurs::FromTheLastDay && self.is_overdue(id) {
            self.cure_overdue(id, event, now);
            return;
        }
        let late = matches!(self.cycles(id).last(), Some(Cycle { status: CycleStatus::RanOut { .. }, .. }));
        let Some(cycle) = self.running_mut(id) else {
            if late && recurs == Recurs::FromTheMeeting {
                self.begin_again(id, now.when, now);
            }
            return;
        };
        cycle.status = CycleStatus::Met { event: Some(event), cause: now.cause, when: now.when };
        let last_day = cycle.end.last_day();
        match (recurs, last_day) {
            (Recurs::FromTheMeeting, _) => self.begin_again(id, now.when, now),
            (Recurs::FromTheLastDay, Some(last_day)) => self.begin_again(id, When::On(last_day), now),
            (Recurs::Never, _) | (Recurs::FromTheLastDay, None) => {}
        }
    }

    /// Whether the run before the last ran out and nobody has put that right.
    fn is_overdue(&self, id: ClockId) -> bool {
        let before = self.cycles(id).iter().rev().nth(1);
        matches!(before, Some(Cycle { status: CycleStatus::RanOut { .. }, .. }))
    }

    fn cure_overdue(&mut self, id: ClockId, event: Event, now: &Now) {
        let before = self.cycles.get_mut(id.index()).and_then(|cycles| cycles.iter_mut().rev().nth(1));
        if let Some(cycle) = before
            && let CycleStatus::RanOut { at, .. } = cycle.status
        {
            cycle.status =
                CycleStatus::Cured { ran_out: at, event: Some(event), cause: now.cause, when: now.when };
            self.lift_duties(id, now);
        }
    }

    /// Puts right that a clock ran out.
    fn cure(&mut self, id: ClockId, event: Event, now: &Now) {
        if let Some(cycle) = self.last_mut(id)
            && let CycleStatus::RanOut { at, .. } = cycle.status
        {
            cycle.status =
                CycleStatus::Cured { ran_out: at, event: Some(event), cause: now.cause, when: now.when };
            self.lift_duties(id, now);
        }
    }

    /// What is owed because a clock ran out is owed no more.
    pub(super) fn lift_duties(&mut self, id: ClockId, now: &Now) {
        for owed in &mut self.owed {
            if owed.met.is_none() && owed.cause == Cause::Expiry(id) {
                owed.met = Some((now.cause, now.when));
            }
        }
    }

    /// Why the date of an event does not do for a clock that it starts, meets or makes longer.
    pub(super) fn too_vague(&self, id: ClockId, event: Event, now: &Now) -> Option<Rejection> {
        if matches!(now.when, When::At(_)) {
            return None;
        }
        let clock = self.procedure.clocks.at(id);
        let counts_from_it = clock.counted_from == CountedFrom::TheStart;
        let starts = counts_from_it && clock.starts.events().contains(&event) && self.may_start(id, now);
        let extends = clock.extended_by.iter().any(|by| Event::Act(by.act) == event);
        let meets = clock.met_by.contains(&event);
        let running = self.running(id).filter(|_| meets || extends);
        let touches = if starts {
            "starts"
        } else if meets {
            "meets"
        } else {
            "extends"
        };
        let needed = match now.when {
            When::At(_) => None,
            When::In { .. } | When::During { .. } => {
                (starts || running.is_some()).then_some((touches, "day"))
            }
            When::On(_) => {
                let ends = running.and_then(|cycle| cycle.end.moment());
                let may_be_late = ends.is_some_and(|ends| ends > now.from && ends < now.until);
                let may_begin_a_day_later = starts && self.day_in_zone_of(id, now).is_none();
                let touches = if may_be_late && meets { "meets" } else { touches };
                (may_be_late || may_begin_a_day_later).then_some((touches, "time of day"))
            }
        };
        needed.map(|(touches, needed)| Rejection::TooVague {
            act: self.event_name(event),
            when: now.when,
            touches,
            clock: self.procedure.clocks.name(id).to_string(),
            needed,
            basis: clock.basis.clone(),
        })
    }

    /// The one day on which a step lies where a clock counts; nothing if it may lie on two.
    pub(super) fn day_in_zone_of(&self, id: ClockId, now: &Now) -> Option<Day> {
        let zone = self.procedure.zone_of_clock(id);
        let day = zone.day_at(now.from);
        let in_days = match &self.procedure.clocks.at(id).length {
            Length::NamedDay { .. } => false,
            Length::Counted { .. } | Length::NamedLength { .. } => {
                !self.procedure.clocks.at(id).length.is_in_hours()
            }
        };
        (!in_days || now.until <= zone.end_of(day)).then_some(day)
    }

    /// Whether a start begins a run. A clock that runs on takes no notice while it runs, and gives no second period
    /// once it has run out; after it was met or switched off, the next start is the start of something new.
    fn may_start(&self, id: ClockId, now: &Now) -> bool {
        let clock = self.procedure.clocks.at(id);
        let zone = self.procedure.zone_of_clock(id);
        let is_law = clock.in_force.as_ref().is_none_or(|law| self.is_law(law, now.when.first_day(zone)));
        is_law
            && match clock.if_started_again {
                StartedAgain::StartsAnew => true,
                StartedAgain::RunsOn => match standing_of(self.cycles(id)) {
                    ClockStanding::Running | ClockStanding::Stopped | ClockStanding::RanOut => false,
                    ClockStanding::NotStarted
                    | ClockStanding::Met
                    | ClockStanding::Cured
                    | ClockStanding::SwitchedOff => true,
                },
            }
    }

    /// Begins the next run of a clock that begins again by itself, counted from `from`.
    pub(super) fn begin_again(&mut self, id: ClockId, from: When, now: &Now) {
        self.begin(id, None, Some(from), now);
    }

    fn start(&mut self, id: ClockId, event: Event, now: &Now) {
        let from = self.counted_from(id, now);
        self.begin(id, Some(event), from, now);
    }

    fn begin(&mut self, id: ClockId, event: Option<Event>, counted_from: Option<When>, now: &Now) {
        if let Some(running) = self.running_mut(id) {
            running.status = CycleStatus::Replaced { when: now.when, cause: now.cause, by: None };
        }
        if !self.procedure.clocks.at(id).replaces.is_empty() {
            self.replace_those_before(id, now);
        }
        let is_one_too_many = self.cycles(id).len() >= MOST_RUNS;
        let cycle = Cycle {
            event,
            cause: now.cause,
            started: now.when,
            counted_from,
            law: self.law_of_length(id, now),
            named: self.named_before(id),
            stops: Vec::new(),
            extensions: Vec::new(),
            end: End::CannotCount(CountError::TooManyRuns { most: MOST_RUNS }),
            status: CycleStatus::Running,
            carried: None,
        };
        if let Some(cycles) = self.cycles.get_mut(id.index()) {
            cycles.push(cycle);
        }
        if !is_one_too_many {
            self.recount(id, now);
        }
    }

    /// Ends the runs of the clocks whose place this one takes.
    fn replace_those_before(&mut self, id: ClockId, now: &Now) {
        let procedure = self.procedure.clone();
        for replaced in &procedure.clocks.at(id).replaces {
            if let Some(running) = self.running_mut(*replaced) {
                running.status = CycleStatus::Replaced { when: now.when, cause: now.cause, by: Some(id) };
            }
        }
    }

    /// Lets the run under way run out, and the next begin where the clock begins again by itself. Whether an
    /// exception keeps the consequence back.
    pub(super) fn mark_run_out(&mut self, id: ClockId, at: Moment, withheld: bool, now: &Now) {
        let recurs = self.procedure.clocks.at(id).recurs;
        let Some(cycle) = self.running_mut(id) else { return };
        cycle.status = CycleStatus::RanOut { at, withheld };
        if let (Recurs::FromTheLastDay, Some(last_day)) = (recurs, cycle.end.last_day()) {
            self.begin_again(id, When::On(last_day), now);
        }
    }

    /// Meets the clocks that run and wait for a condition which holds already; whether there were any. A limit for
    /// a complete request does not run against a request that was complete before.
    pub(super) fn meet_at_once(&mut self, now: &Now) -> bool {
        if self.procedure.wiring.met_by_conditions.is_empty() {
            return false;
        }
        let procedure = self.procedure.clone();
        let mut met = false;
        // A clock that begins again by itself would be met at once for ever.
        for id in procedure.wiring.met_by_conditions.iter().copied() {
            let clock = procedure.clocks.at(id);
            if clock.recurs != Recurs::Never || self.running(id).is_none() {
                continue;
            }
            let holds = clock.met_by.iter().copied().find(|event| match event {
                Event::Condition(condition) => self.condition(*condition) == Truth::True,
                Event::Act(_) => false,
            });
            if let Some(event) = holds {
                self.meet(id, event, now);
                met = true;
            }
        }
        met
    }

    /// Switches off the clocks whose `off-when` has come to hold; whether there were any.
    pub(super) fn switch_off(&mut self, now: &Now) -> bool {
        if self.procedure.wiring.switched_off.is_empty() {
            return false;
        }
        let procedure = self.procedure.clone();
        let mut switched = false;
        for id in procedure.wiring.switched_off.iter().copied() {
            let Some(off_when) = &procedure.clocks.at(id).off_when else { continue };
            if self.running(id).is_some()
                && self.holds(off_when, &[]) == Truth::True
                && let Some(cycle) = self.running_mut(id)
            {
                cycle.status = CycleStatus::SwitchedOff { when: now.when, cause: now.cause };
                switched = true;
            }
        }
        switched
    }

    /// Stops the clocks that come to stand still and lets those run on that no longer do; the clocks that changed.
    pub(super) fn stop_and_go(&mut self, now: &Now, but_for: &[ClockId]) -> Vec<ClockId> {
        let mut changed = Vec::new();
        let turns = |state: &Self, id: &ClockId| !but_for.contains(id) && state.stops_or_runs_on(*id);
        if !self.procedure.wiring.stopping.iter().any(|id| turns(self, id)) {
            return changed;
        }
        let procedure = self.procedure.clone();
        for id in procedure.wiring.stopping.iter().copied() {
            // Each is asked when its turn comes: it may hang on how the one before it stands now.
            if !turns(self, &id) {
                continue;
            }
            if let Some(cycle) = self.running_mut(id) {
                match cycle.stops.last_mut().filter(|stop| stop.until.is_none()) {
                    Some(stop) => stop.until = Some((now.when, now.cause)),
                    None => cycle.stops.push(StoodStill { from: now.when, cause: now.cause, until: None }),
                }
            }
            self.recount(id, now);
            changed.push(id);
        }
        changed
    }

    /// Whether a run that is under way must stand still and does not, or the other way round.
    fn stops_or_runs_on(&self, id: ClockId) -> bool {
        let Some(stops) = &self.procedure.clocks.at(id).stops else { return false };
        let Some(running) = self.running(id) else { return false };
        // What is not known stops nothing: a limit that protects somebody runs on in doubt.
        let holds = self.holds(&stops.when, &[]);
        let must_stand = if stops.adds_up { holds == Truth::False } else { holds == Truth::True };
        running.stands_still().is_some() != must_stand
    }

    pub(super) fn event_name(&self, event: Event) -> String {
        match event {
            Event::Act(act) => self.procedure.acts.name(act).to_string(),
            Event::Condition(condition) => self.procedure.conditions.name(condition).to_string(),
        }
    }

    /// Notes that a deed brought about something that cannot be computed.
    pub(super) fn trouble(&mut self, now: &Now, because: Rejection) {
        let Cause::Entry(entry) = now.cause else { return };
        let what = self.happenings.last();
        let what = what.map_or_else(String::new, |happening| happening.what.label(&self.procedure));
        self.upset.push(crate::rejection::Upset { entry, what, because: Box::new(because) });
    }
}
