//! What the rules of a procedure ask for, and so what of a case can still matter.

use std::collections::{BTreeMap, BTreeSet};

use super::menu::{Menu, menu};
use crate::procedure::{
    Act, ActId, Atom, ClockId, ConditionId, CountedFrom, DocumentId, Event, FactId, GroundId, GroundStanding,
    Guard, Length, Procedure, Promise, Purpose, Recurs, SharedProcedure, Starts, Validity,
};
use crate::table::Id;
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

/// A procedure, and what the search needs to know of it beforehand.
pub(super) struct Model {
    pub(super) procedure: SharedProcedure,
    /// The safeguards of the author, by name.
    pub(super) safeguards: Vec<(String, Promise)>,
    /// What a configuration remembers, for something follows from it by itself.
    pub(super) kept: Asked,
    /// The acts of which it matters whether they were done.
    pub(super) done: Vec<ActId>,
    /// The clocks of which it matters how they stand.
    pub(super) clocks: Vec<ClockId>,
    /// What may be recorded for acts, by act.
    pub(super) menus: Vec<Menu>,
    pub(super) not_followed: Vec<String>,
}

impl Asked {
    pub(super) fn take(&mut self, procedure: &Procedure, guard: &Guard) {
        let mut atoms = Vec::new();
        guard.atoms(&mut atoms);
        for atom in atoms {
            self.take_atom(procedure, atom);
        }
    }

    fn take_atom(&mut self, procedure: &Procedure, atom: &Atom) {
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

impl Model {
    pub(super) fn of(procedure: &SharedProcedure) -> Self {
        let named = procedure.safeguards.iter();
        let safeguards: Vec<(String, Promise)> =
            named.map(|(_, name, row)| (name.to_string(), row.promise.clone())).collect();
        let promises = || safeguards.iter().map(|(_, promise)| promise);
        let mut kept = reactive(procedure);
        for guard in promises().flat_map(Promise::guards) {
            kept.take(procedure, guard);
        }
        for condition in promises().filter_map(Promise::requires_condition) {
            kept.take_atom(procedure, &Atom::Holds(condition));
        }
        let mut all = kept.clone();
        let of_acts: Vec<Asked> = procedure.acts.iter().map(|(_, _, act)| of_act(procedure, act)).collect();
        for (_, _, act) in procedure.acts.iter() {
            guards_of(act).for_each(|guard| all.take(procedure, guard));
        }
        // What is remembered of a fact must tell apart all that anything asks of it.
        for (fact, values) in &mut kept.facts {
            *values = all.facts.get(fact).cloned().unwrap_or_default();
        }
        let mut done = all.acts.clone();
        done.extend(promises().flat_map(Promise::acts));
        for (_, _, clock) in procedure.clocks.iter() {
            if let Starts::LatestOf(events) = &clock.starts {
                done.extend(events.iter().filter_map(|event| match event {
                    Event::Act(act) => Some(*act),
                    Event::Condition(_) => None,
                }));
            }
        }
        let clocks = procedure.clocks.ids().filter(|id| matters(procedure, &all, *id)).collect();
        let mut not_followed = not_followed(procedure);
        let menus = procedure.acts.ids().zip(&of_acts).map(|(id, asked)| menu(procedure, id, asked, &kept));
        let menus: Vec<Menu> = menus.collect();
        for (name, _) in procedure.acts.names().zip(&menus).filter(|(_, menu)| menu.is_cut) {
            not_followed.push(format!("act `{name}` asks for too many facts and grounds at once"));
        }
        Self {
            procedure: procedure.clone(),
            safeguards,
            kept,
            done: done.into_iter().collect(),
            clocks,
            menus,
            not_followed,
        }
    }

    pub(super) fn menu(&self, act: ActId) -> Option<&Menu> {
        self.menus.get(act.index())
    }
}

/// What is asked for by that which follows by itself, between acts.
fn reactive(procedure: &Procedure) -> Asked {
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

fn guards_of(act: &Act) -> impl Iterator<Item = &Guard> {
    let moves = act.moves.iter().flat_map(|moves| &moves.moves).filter_map(|one| one.when.as_ref());
    act.when.iter().chain(act.unless.iter().map(|exception| &exception.when)).chain(moves)
}

fn of_act(procedure: &Procedure, act: &Act) -> Asked {
    let mut asked = Asked::default();
    guards_of(act).for_each(|guard| asked.take(procedure, guard));
    asked
}

/// Whether anything else depends on how a clock stands.
fn matters(procedure: &Procedure, all: &Asked, id: ClockId) -> bool {
    let clock = procedure.clocks.at(id);
    let expiry = &clock.on_expiry;
    all.clocks.contains(&id)
        || !(expiry.moves.is_empty() && expiry.opens.is_empty() && expiry.closes.is_empty())
        || matches!(clock.purpose, Purpose::Bars(_))
        || !clock.extended_by.is_empty()
}

/// What the search does not follow. It takes every rule for law, so the law of the day is among it.
fn not_followed(procedure: &Procedure) -> Vec<String> {
    fn dated(kind: &'static str, name: &str, law: Option<&Validity>) -> Option<String> {
        law.map(|_| format!("{kind} `{name}` is law for a time only"))
    }
    let mut found: Vec<String> = Vec::new();
    for (_, name, authority) in procedure.authorities.iter() {
        found.extend(dated("authority", name.as_str(), authority.in_force.as_ref()));
    }
    for (_, name, document) in procedure.documents.iter() {
        found.extend(dated("document", name.as_str(), document.in_force.as_ref()));
    }
    for (_, name, ground) in procedure.grounds.iter() {
        found.extend(dated("ground", name.as_str(), ground.in_force.as_ref()));
    }
    for (id, name, act) in procedure.acts.iter() {
        found.extend(dated("act", name.as_str(), act.in_force.as_ref()));
        let extensions = procedure.clocks.iter().flat_map(|(_, _, clock)| &clock.extended_by);
        if extensions.filter(|by| by.act == id).count() > 1 {
            found.push(format!("act `{name}` makes more than one clock longer"));
        }
    }
    for (_, name, clock) in procedure.clocks.iter() {
        found.extend(dated("clock", name.as_str(), clock.in_force.as_ref()));
        if clock.recurs == Recurs::FromTheLastDay {
            found.push(format!("clock `{name}` begins again from its last day"));
        }
    }
    found
}

/// Whether a run of a clock has an end as soon as it begins, and one that still lies ahead.
pub(super) fn ends_ahead(procedure: &Procedure, id: ClockId) -> bool {
    let clock = procedure.clocks.at(id);
    matches!(clock.length, Length::Counted { .. }) && clock.counted_from == CountedFrom::TheStart
}
