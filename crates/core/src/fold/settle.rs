//! The effects of a deed or an expiry, and what follows from them by itself.

use super::allow::Resolved;
use super::cycle::{Cycle, CycleStatus};
use super::extend::Granted;
use super::state::{Arrived, Cause, Doing, Found, Happened, Happening, Known, Moved, Now, Owed, State};
use crate::entry::What;
use crate::procedure::{
    ActId, ClockId, ConditionId, Event, FactId, ObligationId, Procedure, TrackMoves, Truth,
};
use crate::table::Id;
use crate::time::{Moment, When};
use crate::value::Value;

impl State {
    /// Opens the case: every track stands where it starts, and conditions are looked at once.
    pub(crate) fn open(&mut self, now: &Now) {
        self.reached = now.from;
        self.looked_at = now.from;
        self.opened = Some(now.when);
        for stands in &mut self.tracks {
            stands.since = now.when;
        }
        self.happen(now, Happened::Opened);
        self.settle(now);
    }

    /// Applies a deed that is allowed.
    pub(crate) fn apply(&mut self, procedure: &Procedure, resolved: Resolved, now: &Now, what: &What) {
        self.reached = self.reached.max(now.from);
        self.happen(now, happened(&resolved, what));
        match resolved {
            Resolved::Act { act, by, facts, longer } => {
                self.learn(procedure, &facts, now);
                let doing = Doing { entry: now.cause, when: now.when, by };
                self.do_act(procedure, (act, doing), &facts, longer, now);
            }
            Resolved::Document { document, form, translated_into } => {
                let arrived = Arrived { entry: now.cause, when: now.when, form, translated_into };
                if let Some(arrivals) = self.arrivals.get_mut(document.index()) {
                    arrivals.push(arrived);
                }
            }
            Resolved::Finding { ground, applies, by } => {
                let found = Found { applies, by, when: now.when, entry: now.cause };
                if let Some(place) = self.findings.get_mut(ground.index()) {
                    *place = Some(found);
                }
            }
            Resolved::Fact { fact, value } => self.learn(procedure, &[(fact, value)], now),
        }
        self.settle(now);
    }

    fn do_act(
        &mut self,
        procedure: &Procedure,
        (id, doing): (ActId, Doing),
        facts: &[(FactId, Value)],
        longer: Option<Granted>,
        now: &Now,
    ) {
        let act = procedure.acts.at(id);
        // Moves are chosen as the act was admitted: by what was recorded before it. Whatever follows sees it done.
        self.move_tracks(&act.moves, facts, now);
        if let Some(done) = self.done.get_mut(id.index()) {
            done.push(doing);
        }
        self.conditions_may_differ = true;
        self.extend(procedure, id, facts, longer, now);
        self.tell_clocks(procedure, Event::Act(id), now);
        self.name_lengths(id, facts, now);
        for owed in &mut self.owed {
            if owed.met.is_none() && procedure.obligations.at(owed.obligation).met_by.contains(&id) {
                owed.met = Some((now.cause, now.when));
            }
        }
        for obligation in &act.owes {
            self.owe(*obligation, now);
        }
    }

    /// Lets a clock run out at `ends`. A last day that was past already when it was named has its effect at once:
    /// what happened in between stays as it was.
    pub(crate) fn run_out(&mut self, id: ClockId, ends: Moment) {
        self.reached = self.reached.max(ends);
        let at = self.reached;
        self.looked_at = at;
        let now = Now { when: When::At(at), cause: Cause::Expiry(id), from: at, until: at };
        let withheld = self.is_withheld(id);
        self.mark_run_out(id, ends, withheld, &now);
        self.conditions_may_differ = true;
        self.happen(&now, Happened::RanOut { clock: id, withheld });
        if !withheld {
            self.take_consequence(id, &now);
        }
        self.settle(&now);
    }

    /// Whether an exception keeps the consequence of an expiry back.
    fn is_withheld(&self, id: ClockId) -> bool {
        let unless = &self.procedure.clocks.at(id).on_expiry.unless;
        unless.iter().any(|exception| self.holds(&exception.when, &[]) == Truth::True)
    }

    fn take_consequence(&mut self, id: ClockId, now: &Now) {
        let procedure = self.procedure.clone();
        let expiry = &procedure.clocks.at(id).on_expiry;
        self.move_tracks(&expiry.moves, &[], now);
        if let Some(duty) = expiry.duty {
            self.owe(duty, now);
        }
    }

    /// Takes the consequences that nothing keeps back any more; whether there were any.
    fn take_what_was_withheld(&mut self, now: &Now) -> bool {
        if self.procedure.wiring.kept_back.is_empty() {
            return false;
        }
        let procedure = self.procedure.clone();
        let mut taken = false;
        for id in procedure.wiring.kept_back.iter().copied() {
            let waits = matches!(
                self.cycles(id).last(),
                Some(Cycle { status: CycleStatus::RanOut { withheld: true, .. }, .. })
            );
            if waits && !self.is_withheld(id) {
                if let Some(Cycle { status: CycleStatus::RanOut { withheld, .. }, .. }) = self.last_mut(id) {
                    *withheld = false;
                }
                self.take_consequence(id, now);
                taken = true;
            }
        }
        taken
    }

    /// Lets an obligation arise, if it does where the tracks stand now: nobody need release a person at liberty.
    fn owe(&mut self, obligation: ObligationId, now: &Now) {
        let when = &self.procedure.obligations.at(obligation).when;
        if when.as_ref().is_some_and(|when| self.holds(when, &[]) != Truth::True) {
            return;
        }
        self.owed.push(Owed { obligation, since: now.when, cause: now.cause, met: None });
    }

    fn learn(&mut self, procedure: &Procedure, facts: &[(FactId, Value)], now: &Now) {
        for (fact, value) in facts {
            if let Some(place) = self.facts.get_mut(fact.index()) {
                *place = Some(Known { value: value.clone(), since: now.when, cause: now.cause });
            }
        }
        if !facts.is_empty() {
            self.learn_days(procedure, facts, now);
        }
    }

    /// Moves every track that has a move to take. All targets are chosen before any track moves.
    fn move_tracks(&mut self, tracks: &[TrackMoves], given: &[(FactId, Value)], now: &Now) {
        let moved: Vec<Moved> = tracks.iter().filter_map(|moves| self.chosen(moves, given)).collect();
        for one in &moved {
            if let Some(stands) = self.tracks.get_mut(one.track.index()) {
                *stands = super::state::Stands { stage: one.to, since: now.when, cause: now.cause };
            }
        }
        if let Some(happening) = self.happenings.last_mut() {
            if happening.moved.is_empty() {
                happening.moved = moved;
            } else {
                happening.moved.extend(moved);
            }
        }
    }

    /// The move that a track takes, if it takes one.
    pub(crate) fn chosen(&self, moves: &TrackMoves, given: &[(FactId, Value)]) -> Option<Moved> {
        let from = self.stage(moves.track);
        moves
            .moves
            .iter()
            .find(|one| {
                one.from.contains(&from)
                    && one.when.as_ref().is_none_or(|when| self.holds(when, given) == Truth::True)
            })
            .map(|one| Moved { track: moves.track, from, to: one.to })
    }

    fn happen(&mut self, now: &Now, what: Happened) {
        self.happenings.push(Happening { when: now.when, cause: now.cause, what, moved: Vec::new() });
    }

    /// Lets everything follow that follows by itself: clocks that no longer matter, conditions that come to hold
    /// and what they move. All conditions are looked at before one acts, so none acts on an answer that has gone
    /// stale; each acts at most once in a step, so this ends.
    pub(crate) fn settle(&mut self, now: &Now) {
        let (mut waiting, mut acted) = (Vec::new(), Vec::new());
        // Each clock stops or runs on at most once in a step, so this ends.
        let mut moved: Vec<ClockId> = Vec::new();
        loop {
            waiting.extend(self.look_at_conditions());
            if self.switch_off(now) || self.take_what_was_withheld(now) {
                continue;
            }
            let changed = self.stop_and_go(now, &moved);
            if !changed.is_empty() {
                moved.extend(changed);
                continue;
            }
            let may_act = |id: &ConditionId| self.condition(*id) == Truth::True && !acted.contains(id);
            let Some(next) = waiting.iter().copied().filter(may_act).min() else {
                if self.meet_at_once(now) {
                    continue;
                }
                return;
            };
            acted.push(next);
            self.come_to_hold(next, now);
        }
    }

    /// Looks at every condition, each after those that it rests on, and gives those that have come to hold.
    pub(crate) fn look_at_conditions(&mut self) -> Vec<ConditionId> {
        if self.holds.is_empty() {
            return Vec::new();
        }
        let procedure = self.procedure.clone();
        let mut come_to_hold = Vec::new();
        // Each comes after those that it rests on.
        self.conditions_may_differ = false;
        for id in &procedure.conditions_in_order {
            let truth = self.holds(&procedure.conditions.at(*id).when, &[]);
            let Some(place) = self.holds.get_mut(id.index()) else { continue };
            if *place != Truth::True && truth == Truth::True {
                come_to_hold.push(*id);
            }
            *place = truth;
        }
        come_to_hold
    }

    fn come_to_hold(&mut self, id: ConditionId, now: &Now) {
        let procedure = self.procedure.clone();
        self.move_tracks(&procedure.conditions.at(id).moves, &[], now);
        self.tell_clocks(&procedure, Event::Condition(id), now);
    }
}

fn happened(resolved: &Resolved, what: &What) -> Happened {
    match (resolved, what) {
        (Resolved::Act { act, .. }, _) => Happened::Act(*act),
        (Resolved::Document { document, .. }, _) => Happened::Document(*document),
        (Resolved::Finding { ground, applies, .. }, _) => {
            Happened::Finding { ground: *ground, applies: *applies }
        }
        (Resolved::Fact { fact, .. }, What::Learned { value, .. }) => {
            Happened::Learned { fact: *fact, stage: value.clone() }
        }
        (Resolved::Fact { fact, .. }, _) => Happened::Fact(*fact),
    }
}
