//! The moment of a migration: what is true of the case, carried over to another procedure by the plan.
//!
//! Nothing here refuses: what has no counterpart is left behind. That nothing is left behind of which nobody thought is for
//! [`admit`](crate::admit) to see to, before the entry is recorded.

use std::sync::Arc;

use super::cycle::{Carried, Cycle, CycleStatus, End, MadeLonger, Named, OldRule, StoodStill};
use super::legs::Leg;
use super::state::{Arrived, Cause, Doing, Found, Happened, Happening, Known, Now, Owed, Stands, State};
use crate::id::EntryNumber;
use crate::migration::{ClockFate, ClockPassage, Ends, Migration, Passage};
use crate::procedure::{AuthorityId, ClockId, CountedFrom, Event, Procedure, SharedProcedure, StageId};
use crate::rejection::{Rejection, Upset};
use crate::table::Id;
use crate::time::{Moment, When};

/// The part of a case that lies before a migration.
#[derive(Debug)]
pub(crate) struct Past {
    /// The procedure that applied.
    pub(crate) procedure: SharedProcedure,
    /// Where the tracks stood when it began to apply; each where it starts, if nothing is said.
    pub(crate) entered: Vec<StageId>,
    /// What happened under it.
    pub(crate) happenings: Vec<Happening>,
    /// The entry by which the case left it.
    pub(crate) left_by: EntryNumber,
    /// When that was recorded.
    pub(crate) until: Moment,
}

/// What is carried, and where to.
struct Carry<'a> {
    from: &'a State,
    old: &'a SharedProcedure,
    new: &'a SharedProcedure,
    plan: &'a Migration,
    passage: Passage,
    now: Now,
}

/// The end that a run had before a migration, and from where it was counted.
type Before = (End, Option<When>);

impl State {
    /// Takes the case over to another procedure. What ended by then has had its effect under the one that is left.
    pub(super) fn cross(&mut self, leg: &Leg<'_>) {
        self.run_out_until(leg.from);
        if !leg.is_known {
            self.upset.push(Upset {
                entry: leg.number,
                what: "migration".to_owned(),
                because: Box::new(Rejection::Unknown {
                    what: "other procedure",
                    name: leg.migration.procedure.to_string(),
                    known: vec![self.procedure.name.to_string()],
                }),
            });
            return;
        }
        let now = Now {
            when: When::At(leg.from),
            cause: Cause::Entry(leg.number),
            from: leg.from,
            until: leg.from,
        };
        let (old, new, plan) = (self.procedure.clone(), leg.procedure, leg.migration);
        let passage = Passage::of(&old, new, plan);
        let mut next = Carry { from: self, old: &old, new, plan, passage, now }.carried(leg.number);
        next.settle(&now);
        *self = next;
    }
}

impl Carry<'_> {
    fn carried(&self, entry: EntryNumber) -> State {
        let mut next = State::new(self.new);
        self.frame(&mut next, entry);
        self.tracks(&mut next);
        next.entered = next.tracks.iter().map(|stands| stands.stage).collect();
        self.facts(&mut next);
        self.acts(&mut next);
        self.checklists(&mut next);
        self.clocks(&mut next, entry);
        next.conditions_may_differ = true;
        next
    }

    fn frame(&self, next: &mut State, entry: EntryNumber) {
        let from = self.from;
        next.past.clone_from(&from.past);
        next.past.push(Arc::new(Past {
            procedure: self.old.clone(),
            entered: from.entered.clone(),
            happenings: from.happenings.clone(),
            left_by: entry,
            until: self.now.from,
        }));
        next.happenings.push(Happening {
            when: self.now.when,
            cause: self.now.cause,
            what: Happened::Migrated,
            moved: Vec::new(),
        });
        next.opened = from.opened;
        // Each clock is looked at before the next deed.
        next.none_ends_before = Moment::MIN;
        next.reached = from.reached.max(self.now.from);
        next.looked_at = self.now.from;
        next.upset.clone_from(&from.upset);
    }

    fn tracks(&self, next: &mut State) {
        for stands in &mut next.tracks {
            (stands.since, stands.cause) = (self.now.when, self.now.cause);
        }
        for ((id, _, _), stands) in self.old.tracks.iter().zip(&self.from.tracks) {
            let Some(to) = self.passage.track(id) else { continue };
            let starts: StageId = self.new.tracks.at(to).starts;
            let stage = self.passage.stage(id, stands.stage).unwrap_or(starts);
            if let Some(place) = next.tracks.get_mut(to.index()) {
                *place = Stands { stage, since: stands.since, cause: self.cause(stands.cause) };
            }
        }
    }

    fn facts(&self, next: &mut State) {
        for (id, known) in self.old.facts.ids().zip(&self.from.facts) {
            let (Some(to), Some(known)) = (self.passage.fact(id), known) else { continue };
            if let (Some(place), true) =
                (next.facts.get_mut(to.index()), self.new.facts.at(to).of.fits(&known.value))
            {
                let cause = self.cause(known.cause);
                *place = Some(Known { value: known.value.clone(), since: known.since, cause });
            }
        }
        for (id, truth) in self.old.conditions.ids().zip(&self.from.holds) {
            let place = self.passage.condition(id).and_then(|to| next.holds.get_mut(to.index()));
            if let Some(place) = place {
                *place = *truth;
            }
        }
    }

    fn acts(&self, next: &mut State) {
        let zone = &self.new.home().zone;
        for (id, doings) in self.old.acts.ids().zip(&self.from.done) {
            let Some(to) = self.passage.act(id) else { continue };
            let may = self.new.acts.at(to).by.first().copied();
            let doings = doings.iter().filter_map(|doing| {
                let by = self.authority(doing.by, may)?;
                Some(Doing { entry: self.cause(doing.entry), when: doing.when, by })
            });
            if let Some(place) = next.done.get_mut(to.index()) {
                place.extend(doings);
                // Two acts may have become one.
                place.sort_by_key(|doing| doing.when.earliest(zone));
            }
        }
        let owed = self.from.owed.iter().filter_map(|owed| {
            let obligation = self.passage.obligation(owed.obligation)?;
            let met = owed.met.map(|(cause, when)| (self.cause(cause), when));
            Some(Owed { obligation, since: owed.since, cause: self.cause(owed.cause), met })
        });
        next.owed.extend(owed);
    }

    fn checklists(&self, next: &mut State) {
        let zone = &self.new.home().zone;
        for (id, arrivals) in self.old.documents.ids().zip(&self.from.arrivals) {
            let place = self.passage.document(id).and_then(|to| next.arrivals.get_mut(to.index()));
            let Some(place) = place else { continue };
            place.extend(arrivals.iter().map(|one| Arrived { entry: self.cause(one.entry), ..one.clone() }));
            place.sort_by_key(|arrived| arrived.when.earliest(zone));
        }
        for (id, found) in self.old.grounds.ids().zip(&self.from.findings) {
            let (Some(to), Some(found)) = (self.passage.ground(id), found) else { continue };
            let may = self.new.grounds.at(to).considered_by.first().copied();
            let by = self.authority(found.by, may);
            if let (Some(place), Some(by)) = (next.findings.get_mut(to.index()), by) {
                *place = Some(Found { by, entry: self.cause(found.entry), ..*found });
            }
        }
    }

    fn clocks(&self, next: &mut State, entry: EntryNumber) {
        let mut running: Vec<(ClockId, Ends, Before)> = Vec::new();
        for ((id, _, _), cycles) in self.old.clocks.iter().zip(&self.from.cycles) {
            let Some(passage) = self.passage.clock(id) else { continue };
            let cycles: Vec<Cycle> = cycles.iter().map(|one| self.cycle(id, passage, one, entry)).collect();
            if let Some(last) = cycles.last().filter(|last| last.is_running())
                && last.carried.as_ref().is_some_and(|carried| carried.entry == entry)
            {
                let ends = passage.ends.unwrap_or(Ends::Keep);
                running.push((passage.to, ends, (last.end.clone(), last.counted_from)));
            }
            if let Some(place) = next.cycles.get_mut(passage.to.index()) {
                *place = cycles;
            }
        }
        // Each after the clock from whose last day it is counted.
        running.sort_by_key(|(id, _, _)| depth(self.new, *id));
        for (id, ends, before) in running {
            match ends {
                Ends::Keep => next.keep(id, before, &self.now),
                Ends::Recompute => next.count_anew(id, &self.now),
                Ends::Later => next.take_the_later(id, before, &self.now),
            }
        }
    }

    /// A run with its names in the words of the new procedure, counted as it was.
    fn cycle(&self, id: ClockId, passage: ClockPassage, cycle: &Cycle, entry: EntryNumber) -> Cycle {
        let when = |(when, cause): (When, Cause)| (when, self.cause(cause));
        let stop = |stop: &StoodStill| StoodStill {
            from: stop.from,
            cause: self.cause(stop.cause),
            until: stop.until.map(when),
        };
        let longer = |longer: &MadeLonger| MadeLonger {
            act: longer.act.and_then(|act| self.passage.act(act)),
            cause: self.cause(longer.cause),
            extension: longer.extension,
        };
        let fate = self.plan.clock(self.old.clocks.name(id));
        let carried = match fate {
            None if passage.same_rule => cycle.carried.clone(),
            fate => Some(Arc::new(self.how(id, passage, cycle, fate, entry))),
        };
        Cycle {
            event: cycle.event.and_then(|event| self.passage.event(event)),
            cause: self.cause(cycle.cause),
            started: cycle.started,
            counted_from: cycle.counted_from,
            law: cycle.law,
            named: cycle.named.map(|named| Named { by: self.cause(named.by), ..named }),
            stops: cycle.stops.iter().map(stop).collect(),
            extensions: cycle.extensions.iter().map(longer).collect(),
            end: self.end(&cycle.end),
            status: self.status(&cycle.status),
            carried,
        }
    }

    /// How a run comes over, before anything is counted anew.
    fn how(
        &self,
        id: ClockId,
        passage: ClockPassage,
        cycle: &Cycle,
        fate: Option<&ClockFate>,
        entry: EntryNumber,
    ) -> Carried {
        let earlier = cycle.carried.as_ref().and_then(|carried| carried.rule.clone());
        let own = || OldRule { procedure: self.old.clone(), clock: id };
        Carried {
            entry,
            when: self.now.from,
            was: self.old.clocks.name(id).clone(),
            ends: passage.ends.unwrap_or(Ends::Keep),
            cite: fate.map_or_else(|| self.plan.cite.clone(), |fate| fate.cite.clone()),
            started_by: cycle.event.map(|event| title(self.old, event)),
            before: cycle.end.moment(),
            anew: None,
            rule: earlier.or_else(|| (!passage.same_rule).then(own)),
        }
    }

    fn end(&self, end: &End) -> End {
        match end {
            End::WaitsFor(clock) => {
                self.passage.clock(*clock).map_or(End::NoDayYet, |passage| End::WaitsFor(passage.to))
            }
            End::Named { last_day, ends, by } => {
                End::Named { last_day: *last_day, ends: *ends, by: self.cause(*by) }
            }
            End::Counted(_) | End::NotNamed | End::Stopped { .. } | End::NoDayYet | End::CannotCount(_) => {
                end.clone()
            }
        }
    }

    fn status(&self, status: &CycleStatus) -> CycleStatus {
        let event = |event: &Option<Event>| event.and_then(|event| self.passage.event(event));
        match status {
            CycleStatus::Running | CycleStatus::RanOut { .. } => status.clone(),
            CycleStatus::Met { event: by, cause, when } => {
                CycleStatus::Met { event: event(by), cause: self.cause(*cause), when: *when }
            }
            CycleStatus::Cured { ran_out, event: by, cause, when } => CycleStatus::Cured {
                ran_out: *ran_out,
                event: event(by),
                cause: self.cause(*cause),
                when: *when,
            },
            CycleStatus::SwitchedOff { when, cause } => {
                CycleStatus::SwitchedOff { when: *when, cause: self.cause(*cause) }
            }
            CycleStatus::Replaced { when, cause, by } => CycleStatus::Replaced {
                when: *when,
                cause: self.cause(*cause),
                by: by.and_then(|by| self.passage.clock(by)).map(|passage| passage.to),
            },
        }
    }

    /// A cause in the words of the new procedure. That of a clock which is left behind is the migration itself.
    fn cause(&self, cause: Cause) -> Cause {
        match cause {
            Cause::Opening | Cause::Entry(_) => cause,
            Cause::Expiry(clock) => {
                self.passage.clock(clock).map_or(self.now.cause, |passage| Cause::Expiry(passage.to))
            }
        }
    }

    fn authority(&self, id: AuthorityId, otherwise: Option<AuthorityId>) -> Option<AuthorityId> {
        self.passage.authority(id).or(otherwise)
    }
}

impl State {
    /// Leaves a run the end that was counted, and those that are counted from its last day.
    fn keep(&mut self, id: ClockId, (end, counted_from): Before, now: &Now) {
        if let Some(cycle) = self.running_mut(id) {
            cycle.counted_from = counted_from;
        }
        self.ends(id, end, now);
    }

    /// Counts a run anew from the same start, by the rule of the procedure that the case goes over to.
    fn count_anew(&mut self, id: ClockId, now: &Now) {
        let Some(cycle) = self.running(id) else { return };
        let zone = self.procedure.zone_of_clock(id);
        let started = Now::dated(cycle.started, cycle.cause, zone);
        let began_again = cycle.event.is_none()
            && cycle.carried.as_ref().is_none_or(|carried| carried.started_by.is_none());
        let counted_from = match (began_again, self.procedure.clocks.at(id).counted_from) {
            (true, CountedFrom::TheStart) => cycle.counted_from,
            (_, CountedFrom::TheStart | CountedFrom::DateIn(_) | CountedFrom::LastDayOf(_)) => {
                self.counted_from(id, &started)
            }
        };
        let law = self.law_of_length(id, &started);
        if let Some(cycle) = self.running_mut(id) {
            (cycle.counted_from, cycle.law) = (counted_from, law);
            if let Some(carried) = &mut cycle.carried {
                Arc::make_mut(carried).rule = None;
            }
        }
        self.recount(id, now);
        if let Some(cycle) = self.running_mut(id) {
            let anew = cycle.end.moment();
            if let Some(carried) = &mut cycle.carried {
                Arc::make_mut(carried).anew = anew;
            }
        }
    }

    /// Counts a run anew, and leaves it the end that it had if that is not earlier.
    fn take_the_later(&mut self, id: ClockId, before: Before, now: &Now) {
        let Some(as_it_was) = self.running(id).cloned() else { return };
        self.count_anew(id, now);
        let anew = self.running(id).and_then(|cycle| cycle.end.moment());
        if anew.is_some_and(|anew| before.0.moment().is_some_and(|before| anew > before)) {
            return;
        }
        if let Some(cycle) = self.running_mut(id) {
            *cycle = as_it_was;
            if let Some(carried) = &mut cycle.carried {
                Arc::make_mut(carried).anew = anew;
            }
        }
        self.keep(id, before, now);
    }
}

/// How many clocks lie before one whose last day it is counted from.
fn depth(procedure: &Procedure, clock: ClockId) -> usize {
    // No clock is counted from its own last day, so this ends by itself.
    let before = |id: &ClockId| match procedure.clocks.at(*id).counted_from {
        CountedFrom::LastDayOf(other) => Some(other),
        CountedFrom::TheStart | CountedFrom::DateIn(_) => None,
    };
    std::iter::successors(Some(clock), before).take(procedure.clocks.len()).count()
}

fn title(procedure: &Procedure, event: Event) -> String {
    match event {
        Event::Act(act) => procedure.acts.at(act).title.clone(),
        Event::Condition(condition) => procedure.conditions.at(condition).title.clone(),
    }
}
