//! What of a configuration a step asks for or changes. Whatever else differs between two configurations, the step is the
//! same from both, so that it need be taken once.
//!
//! It follows the rules as a fold does, and takes too much rather than too little: whatever a rule that may come into play
//! names belongs to the footprint, whether or not it is looked at in the end.

use std::collections::BTreeSet;

use super::model::Model;
use super::watch::Seen;
use crate::entry::What;
use crate::procedure::{
    ActId, Atom, ClockId, ConditionId, DocumentId, Event, Expiry, FactId, GroundId, Guard, Procedure,
    Promise, Starts, TrackId, TrackMoves,
};

/// A part of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Track(TrackId),
    Fact(FactId),
    Done(ActId),
    Clock(ClockId),
    Document(DocumentId),
    Ground(GroundId),
}

/// What a step asks for and what it changes, or may.
struct Footprint<'p> {
    procedure: &'p Procedure,
    asked: BTreeSet<Part>,
    changed: BTreeSet<Part>,
}

impl Model {
    /// The parts on which it hangs where an act leads and whether it is open.
    pub(super) fn parts_of_act(&self, act: ActId) -> BTreeSet<Part> {
        let mut footprint = Footprint::new(&self.procedure);
        footprint.act(act);
        let promises = self.safeguards.iter().map(|(_, promise)| promise);
        for promise in promises.filter(|promise| promise.act() == Some(act)) {
            footprint.asked.extend(promise.acts().into_iter().map(Part::Done));
        }
        let (refusals, gates) = self.watch.hangs_on(act, &self.procedure);
        footprint.asked.extend(refusals.into_iter().map(Part::Track));
        for gate in gates {
            footprint.ask_whether_open(gate);
        }
        self.with_all_that_follows(footprint)
    }

    /// The parts on which it hangs whether something is seen in a configuration that is watched for.
    pub(super) fn parts_of_seen(&self, seen: Seen) -> BTreeSet<Part> {
        let mut footprint = Footprint::new(&self.procedure);
        if let Some(paper) = self.watch.paper(seen)
            && let Some(when) = &self.procedure.documents.at(paper.document).when
        {
            footprint.ask(when);
        }
        if let Some(limit) = self.watch.limit(seen) {
            footprint.asked.extend(self.procedure.tracks.ids().map(Part::Track));
            footprint.asked.insert(Part::Clock(limit));
        }
        footprint.asked
    }

    /// The part that changes where something else is recorded.
    pub(super) fn part_of_deed(&self, deed: &What) -> Option<Part> {
        let procedure = &self.procedure;
        match deed {
            What::Act { act, .. } => procedure.acts.find(act.as_str()).map(Part::Done),
            What::Document(arrival) => {
                procedure.documents.find(arrival.document.as_str()).map(Part::Document)
            }
            What::Finding { ground, .. } => procedure.grounds.find(ground.as_str()).map(Part::Ground),
            What::Fact { fact, .. } | What::Learned { fact, .. } => {
                procedure.facts.find(fact.as_str()).map(Part::Fact)
            }
        }
    }

    /// The same where something else is recorded, or nothing, so that only what has waited for the next step follows.
    pub(super) fn parts_of_recording(&self, part: Option<Part>) -> BTreeSet<Part> {
        let mut footprint = Footprint::new(&self.procedure);
        footprint.changed.extend(part);
        self.with_all_that_follows(footprint)
    }

    /// The same where a clock runs out.
    pub(super) fn parts_of_expiry(&self, clock: ClockId) -> BTreeSet<Part> {
        let mut footprint = Footprint::new(&self.procedure);
        footprint.change_clock(clock);
        footprint.expiry(&self.procedure.clocks.at(clock).on_expiry);
        self.with_all_that_follows(footprint)
    }

    /// The parts on which it hangs whether a configuration speaks for or against a safeguard.
    pub(super) fn parts_of_safeguard(&self, promise: &Promise) -> BTreeSet<Part> {
        let mut footprint = Footprint::new(&self.procedure);
        promise.guards().into_iter().for_each(|guard| footprint.ask(guard));
        promise.parts().into_iter().for_each(|guard| footprint.ask(guard));
        footprint.asked.extend(promise.clock().map(Part::Clock));
        footprint.asked
    }

    fn with_all_that_follows(&self, mut footprint: Footprint<'_>) -> BTreeSet<Part> {
        for (_, promise) in self.safeguards.iter().filter(|(_, promise)| promise.remembers()) {
            if let Some(condition) = promise.requires_condition() {
                footprint.ask_condition(condition);
            }
            footprint.asked.extend(promise.clock().map(Part::Clock));
        }
        footprint.settle();
        footprint.asked.extend(&footprint.changed);
        footprint.asked
    }
}

impl<'p> Footprint<'p> {
    fn new(procedure: &'p Procedure) -> Self {
        Self { procedure, asked: BTreeSet::new(), changed: BTreeSet::new() }
    }

    fn act(&mut self, id: ActId) {
        let procedure = self.procedure;
        let act = procedure.acts.at(id);
        let exceptions = act.unless.iter().map(|exception| &exception.when);
        act.when.iter().chain(exceptions).for_each(|guard| self.ask(guard));
        self.moves(&act.moves);
        self.changed.extend(act.records.iter().chain(&act.may_record).copied().map(Part::Fact));
        self.changed.insert(Part::Done(id));
        let touched = procedure.wiring.act(id);
        let asked = touched.bars.iter().chain(&touched.opens).chain(&touched.closes);
        self.asked.extend(asked.copied().map(Part::Clock));
        touched.extends.iter().for_each(|clock| self.change_clock(*clock));
        self.event(Event::Act(id));
    }

    /// What it hangs on whether an act is open.
    fn ask_whether_open(&mut self, id: ActId) {
        let act = self.procedure.acts.at(id);
        let exceptions = act.unless.iter().map(|exception| &exception.when);
        act.when.iter().chain(exceptions).for_each(|guard| self.ask(guard));
        for moves in &act.moves {
            self.asked.insert(Part::Track(moves.track));
            moves.moves.iter().filter_map(|one| one.when.as_ref()).for_each(|guard| self.ask(guard));
        }
        let touched = self.procedure.wiring.act(id);
        let clocks = touched.bars.iter().chain(&touched.opens).chain(&touched.closes);
        self.asked.extend(clocks.copied().map(Part::Clock));
    }

    /// Clocks that something meets, cures or starts.
    fn event(&mut self, event: Event) {
        let touched = self.procedure.wiring.event(event);
        touched.meets.iter().chain(&touched.cures).for_each(|clock| self.change_clock(*clock));
        for clock in &touched.starts {
            self.change_clock(*clock);
            if let Starts::LatestOf(events) = &self.procedure.clocks.at(*clock).starts {
                for event in events {
                    self.ask_event(*event);
                }
            }
        }
    }

    fn expiry(&mut self, expiry: &Expiry) {
        expiry.unless.iter().for_each(|exception| self.ask(&exception.when));
        self.moves(&expiry.moves);
    }

    fn moves(&mut self, tracks: &[TrackMoves]) {
        for moves in tracks {
            self.changed.insert(Part::Track(moves.track));
            moves.moves.iter().filter_map(|one| one.when.as_ref()).for_each(|guard| self.ask(guard));
        }
    }

    /// A clock that begins ends those that it replaces.
    fn change_clock(&mut self, clock: ClockId) {
        let replaced = self.procedure.clocks.at(clock).replaces.iter().copied();
        self.changed.extend(std::iter::once(clock).chain(replaced).map(Part::Clock));
    }

    fn ask_event(&mut self, event: Event) {
        match event {
            Event::Act(act) => {
                self.asked.insert(Part::Done(act));
            }
            Event::Condition(condition) => self.ask_condition(condition),
        }
    }

    fn ask_condition(&mut self, condition: ConditionId) {
        self.ask(&self.procedure.conditions.at(condition).when);
    }

    fn ask(&mut self, guard: &Guard) {
        take(self.procedure, guard, &mut self.asked);
    }

    /// Whether what a guard asks for may have changed.
    fn may_turn(&self, guard: &Guard) -> bool {
        let mut asked = BTreeSet::new();
        take(self.procedure, guard, &mut asked);
        !asked.is_disjoint(&self.changed)
    }

    /// Everything that may follow by itself. Before the step nothing was left to follow, but for clocks that stand still
    /// once in a step alone, and consequences kept back; what nothing has touched stands as it stood.
    fn settle(&mut self) {
        let procedure = self.procedure;
        loop {
            let before = (self.asked.len(), self.changed.len());
            for (id, _, condition) in procedure.conditions.iter() {
                if self.may_turn(&condition.when) {
                    self.ask(&condition.when);
                    self.moves(&condition.moves);
                    self.event(Event::Condition(id));
                }
            }
            self.settle_clocks();
            if before == (self.asked.len(), self.changed.len()) {
                return;
            }
        }
    }

    fn settle_clocks(&mut self) {
        let (procedure, wiring) = (self.procedure, &self.procedure.wiring);
        for id in &wiring.kept_back {
            self.change_clock(*id);
            self.expiry(&procedure.clocks.at(*id).on_expiry);
        }
        for id in &wiring.stopping {
            self.change_clock(*id);
            procedure.clocks.at(*id).stops.iter().for_each(|stops| self.ask(&stops.when));
        }
        for id in &wiring.switched_off {
            let off_when = &procedure.clocks.at(*id).off_when;
            if self.changed.contains(&Part::Clock(*id)) || off_when.iter().any(|when| self.may_turn(when)) {
                self.change_clock(*id);
                if let Some(when) = off_when {
                    self.ask(when);
                }
            }
        }
        for id in &wiring.met_by_conditions {
            let conditions = procedure.clocks.at(*id).met_by.iter().filter_map(|event| match event {
                Event::Condition(condition) => Some(*condition),
                Event::Act(_) => None,
            });
            let turns = |condition| self.may_turn(&procedure.conditions.at(condition).when);
            if self.changed.contains(&Part::Clock(*id)) || conditions.clone().any(turns) {
                self.change_clock(*id);
                conditions.for_each(|condition| self.ask_condition(condition));
            }
        }
    }
}

/// What a guard asks for, also through the conditions and documents that it names.
fn take(procedure: &Procedure, guard: &Guard, asked: &mut BTreeSet<Part>) {
    let mut atoms = Vec::new();
    guard.atoms(&mut atoms);
    for atom in atoms {
        match atom {
            Atom::Stage(track, _) => {
                asked.insert(Part::Track(*track));
            }
            Atom::Fact(fact, _) | Atom::Known(fact) => {
                asked.insert(Part::Fact(*fact));
            }
            Atom::Recorded(act) => {
                asked.insert(Part::Done(*act));
            }
            Atom::Holds(condition) => take(procedure, &procedure.conditions.at(*condition).when, asked),
            Atom::Clock(clock, _) => {
                asked.insert(Part::Clock(*clock));
            }
            Atom::Document(document) => take_document(procedure, *document, asked),
            Atom::Documents(set) => {
                for document in procedure.sets.at(*set) {
                    take_document(procedure, *document, asked);
                }
            }
            Atom::Ground(ground, _) => {
                asked.insert(Part::Ground(*ground));
            }
            Atom::Grounds { force, .. } => {
                let grounds = procedure.grounds.iter();
                let of_force =
                    grounds.filter(|(_, _, ground)| force.is_none_or(|force| force == ground.force));
                asked.extend(of_force.map(|(id, _, _)| Part::Ground(id)));
            }
        }
    }
}

fn take_document(procedure: &Procedure, document: DocumentId, asked: &mut BTreeSet<Part>) {
    asked.insert(Part::Document(document));
    if let Some(when) = &procedure.documents.at(document).when {
        take(procedure, when, asked);
    }
}
