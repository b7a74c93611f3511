//! What the rules of a procedure ask for, and so what of a case can still matter.

use std::collections::{BTreeMap, BTreeSet};

use crate::procedure::{
    Act, ActId, Atom, ClockId, ConditionId, DocumentId, Event, FactId, GroundId, GroundStanding, Guard,
    Procedure,
};
use crate::value::Value;

/// What guards ask for, also through the conditions and documents that they name.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The values with which a fact is compared.
    pub(super) facts: BTreeMap<FactId, Vec<Value>>,
    pub(super) acts: BTreeSet<ActId>,
    pub(super) clocks: BTreeSet<ClockId>,
    pub(super) documents: BTreeSet<DocumentId>,
    /// Grounds that are asked for by name.
    pub(super) grounds: BTreeSet<GroundId>,
    /// Those of them of which more is asked than whether they apply.
    pub(super) closely: BTreeSet<GroundId>,
    /// Grounds that are asked for as some of many.
    pub(super) among: BTreeSet<GroundId>,
    conditions: BTreeSet<ConditionId>,
}

impl Asked {
    pub(super) fn take(&mut self, procedure: &Procedure, guard: &Guard) {
        let mut atoms = Vec::new();
        guard.atoms(&mut atoms);
        for atom in atoms {
            self.take_atom(procedure, atom);
        }
    }

    pub(super) fn take_atom(&mut self, procedure: &Procedure, atom: &Atom) {
        match atom {
            Atom::Stage(..) => {}
            Atom::Fact(fact, value) => {
                let values = self.facts.entry(*fact).or_default();
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            Atom::Known(fact) => {
                self.facts.entry(*fact).or_default();
            }
            Atom::Recorded(act) => {
                self.acts.insert(*act);
            }
            Atom::Holds(condition) => {
                if self.conditions.insert(*condition) {
                    self.take(procedure, &procedure.conditions.at(*condition).when);
                }
            }
            Atom::Clock(clock, _) => {
                self.clocks.insert(*clock);
            }
            Atom::Document(document) => self.take_document(procedure, *document),
            Atom::Documents(set) => {
                for document in procedure.sets.at(*set) {
                    self.take_document(procedure, *document);
                }
            }
            Atom::Ground(ground, stands) => {
                self.grounds.insert(*ground);
                if *stands != GroundStanding::Applies {
                    self.closely.insert(*ground);
                }
            }
            Atom::Grounds { force, .. } => {
                let grounds = procedure.grounds.iter();
                let of_force =
                    grounds.filter(|(_, _, ground)| force.is_none_or(|force| force == ground.force));
                self.among.extend(of_force.map(|(id, _, _)| id));
            }
        }
    }

    fn take_document(&mut self, procedure: &Procedure, document: DocumentId) {
        if self.documents.insert(document)
            && let Some(when) = &procedure.documents.at(document).when
        {
            self.take(procedure, when);
        }
    }

    pub(super) fn asks_for_ground(&self, ground: GroundId) -> bool {
        self.grounds.contains(&ground) || self.among.contains(&ground)
    }
}

/// What is asked for by that which follows by itself, between acts.
pub(super) fn reactive(procedure: &Procedure) -> Asked {
    let mut asked = Asked::default();
    let mut events: BTreeSet<ConditionId> = BTreeSet::new();
    for (_, _, clock) in procedure.clocks.iter() {
        let guards = clock.off_when.iter().chain(clock.stops.iter().map(|stops| &stops.when));
        guards.for_each(|guard| asked.take(procedure, guard));
        clock.on_expiry.unless.iter().for_each(|exception| asked.take(procedure, &exception.when));
        let moves = clock.on_expiry.moves.iter().flat_map(|moves| &moves.moves);
        moves.filter_map(|one| one.when.as_ref()).for_each(|guard| asked.take(procedure, guard));
        let named = clock.starts.events().iter().chain(&clock.met_by).chain(&clock.cured_by);
        events.extend(named.filter_map(|event| match event {
            Event::Condition(condition) => Some(*condition),
            Event::Act(_) => None,
        }));
    }
    for (id, _, condition) in procedure.conditions.iter() {
        if events.contains(&id) || !condition.moves.is_empty() {
            asked.take(procedure, &condition.when);
            let moves = condition.moves.iter().flat_map(|moves| &moves.moves);
            moves.filter_map(|one| one.when.as_ref()).for_each(|guard| asked.take(procedure, guard));
        }
    }
    asked
}

pub(super) fn guards_of(act: &Act) -> impl Iterator<Item = &Guard> {
    let moves = act.moves.iter().flat_map(|moves| &moves.moves).filter_map(|one| one.when.as_ref());
    act.when.iter().chain(act.unless.iter().map(|exception| &exception.when)).chain(moves)
}

pub(super) fn of_act(procedure: &Procedure, act: &Act) -> Asked {
    let mut asked = Asked::default();
    guards_of(act).for_each(|guard| asked.take(procedure, guard));
    asked
}
