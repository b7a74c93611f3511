//! A procedure, and what the search needs to know of it beforehand.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::asked::{Asked, guards_of, of_act, reactive};
use super::configuration::{Layout, MOST_REMEMBERING};
use super::menu::{Menu, arrives, becomes_known, deed_of, found, menu, values_of};
use super::order::Order;
use super::path::Happens;
use super::step::{Step, Things};
use super::watch::Watch;
use crate::entry::What;
use crate::procedure::{
    ActId, Atom, ClockId, CountedFrom, Event, GroundId, Length, Procedure, Promise, Purpose, Recurs,
    SharedProcedure, Starts, Validity,
};
use crate::table::Id;
use crate::value::Value;

/// How many things may be recorded that are no acts.
const MOST_DEEDS: usize = 60_000;

/// A procedure, and what the search needs to know of it beforehand.
#[derive(Clone)]
pub(super) struct Model {
    pub(super) procedure: SharedProcedure,
    /// The safeguards of the author, by name.
    pub(super) safeguards: Vec<(String, Promise)>,
    /// What a configuration remembers, for something follows from it by itself.
    pub(super) kept: Asked,
    /// The grounds among it, in their order.
    pub(super) kept_grounds: Vec<GroundId>,
    /// For each fact among it, the values that are told apart.
    pub(super) values: Vec<Vec<Value>>,
    /// The acts of which it matters whether they were done.
    pub(super) done: Vec<ActId>,
    /// The clocks of which it matters how they stand.
    pub(super) clocks: Vec<ClockId>,
    /// Whether some safeguard asks for more of the path than where it leads.
    pub(super) remembers: bool,
    pub(super) layout: Layout,
    pub(super) order: Arc<Order>,
    /// What may be recorded for acts, by act.
    menus: Arc<Vec<Menu>>,
    /// What else may be recorded.
    pub(super) deeds: Arc<Vec<What>>,
    pub(super) things: Things,
    /// What else is watched for.
    pub(super) watch: Arc<Watch>,
    /// Grounds that no rule asks for.
    pub(super) idle_grounds: Vec<GroundId>,
    pub(super) not_followed: Vec<String>,
}

impl Model {
    pub(super) fn of(procedure: &SharedProcedure) -> Self {
        let named = procedure.safeguards.iter();
        let safeguards: Vec<(String, Promise)> =
            named.map(|(_, name, row)| (name.to_string(), row.promise.clone())).collect();
        let promises: Vec<&Promise> = safeguards.iter().map(|(_, promise)| promise).collect();
        let (kept, all) = asked(procedure, &promises);
        let done = done(procedure, &all, &promises);
        let named: Vec<ClockId> = promises.iter().copied().filter_map(Promise::clock).collect();
        let matters = |id: &ClockId| named.contains(id) || matters(procedure, &all, *id);
        let clocks: Vec<ClockId> = procedure.clocks.ids().filter(matters).collect();
        let mut not_followed = not_followed(procedure);
        let (watch, cut) = Watch::of(procedure, &clocks, &kept);
        not_followed.extend(cut);
        let menus = procedure.acts.iter().map(|(id, _, act)| {
            let asked = of_act(procedure, act);
            menu(procedure, id, &asked, &kept)
        });
        let menus: Vec<Menu> = menus.collect();
        for (name, _) in procedure.acts.names().zip(&menus).filter(|(_, menu)| menu.is_cut) {
            not_followed.push(format!("act `{name}` asks for too many facts and grounds at once"));
        }
        let remembering = promises.iter().filter(|promise| promise.remembers()).count();
        if remembering > MOST_REMEMBERING {
            not_followed.push(format!("more than {MOST_REMEMBERING} safeguards ask for what was before"));
        }
        let things = Things::of(procedure, &promises, watch.count());
        let mut model = Self {
            procedure: procedure.clone(),
            kept_grounds: procedure.grounds.ids().filter(|id| kept.asks_for_ground(*id)).collect(),
            values: kept
                .facts
                .iter()
                .map(|(fact, of)| values_of(&procedure.facts.at(*fact).of, of))
                .collect(),
            remembers: remembering > 0,
            layout: Layout::default(),
            order: Arc::new(Order::of(procedure)),
            menus: Arc::new(menus),
            deeds: Arc::default(),
            safeguards,
            kept,
            done,
            clocks,
            things,
            watch: Arc::new(watch),
            idle_grounds: idle_grounds(procedure),
            not_followed,
        };
        model.layout = Layout::of(&model);
        let mut deeds = model.all_deeds();
        if deeds.len() > MOST_DEEDS {
            deeds.truncate(MOST_DEEDS);
            model
                .not_followed
                .push(format!("rules ask for more than {MOST_DEEDS} things that may become known"));
        }
        model.deeds = Arc::new(deeds);
        model
    }

    /// The same, sharing nothing that is counted: so that two searchers do not wait for each other.
    pub(super) fn apart(&self) -> Self {
        Self {
            procedure: Arc::new((*self.procedure).clone()),
            watch: Arc::new((*self.watch).clone()),
            ..self.clone()
        }
    }

    pub(super) fn menu(&self, act: ActId) -> Option<&Menu> {
        self.menus.get(act.index())
    }

    /// What may be recorded that is no act, and from which something follows by itself.
    fn all_deeds(&self) -> Vec<What> {
        let procedure = &self.procedure;
        let facts = self.kept.facts.keys().zip(&self.values);
        let facts = facts.flat_map(|(fact, values)| {
            values.iter().map(|value| becomes_known(procedure, *fact, value.clone()))
        });
        let documents = self.kept.documents.iter().map(|id| arrives(procedure, *id));
        let grounds = self.kept_grounds.iter();
        let grounds = grounds.flat_map(|id| [true, false].map(|applies| found(procedure, *id, applies)));
        facts.chain(documents).chain(grounds).collect()
    }

    /// What happens at a step.
    pub(super) fn happens(&self, step: Step) -> Vec<Happens> {
        match step {
            Step::Opened | Step::Settles => Vec::new(),
            Step::RunsOut(clock) => vec![Happens::RunsOut(self.procedure.clocks.name(clock).clone())],
            Step::Deed(index) => {
                self.deeds.get(usize::from(index)).cloned().map(Happens::Deed).into_iter().collect()
            }
            Step::Act(act, index) => {
                let choice = self.menu(act).and_then(|menu| menu.choices.get(usize::from(index)));
                let steps = choice.map(|choice| {
                    let before = choice.before.iter().map(|input| deed_of(&self.procedure, input));
                    before.chain(std::iter::once(choice.what.clone())).map(Happens::Deed).collect()
                });
                steps.unwrap_or_default()
            }
        }
    }
}

/// What a configuration remembers, and all that anything asks for.
fn asked(procedure: &Procedure, promises: &[&Promise]) -> (Asked, Asked) {
    let mut kept = reactive(procedure);
    for guard in promises.iter().flat_map(|promise| promise.guards()) {
        kept.take(procedure, guard);
    }
    for condition in promises.iter().filter_map(|promise| promise.requires_condition()) {
        kept.take_atom(procedure, &Atom::Holds(condition));
    }
    let mut all = kept.clone();
    for (_, _, act) in procedure.acts.iter() {
        guards_of(act).for_each(|guard| all.take(procedure, guard));
    }
    // A document may be asked for in a list alone.
    procedure
        .documents
        .iter()
        .filter_map(|(_, _, row)| row.when.as_ref())
        .for_each(|when| all.take(procedure, when));
    // What is remembered of a fact must tell apart all that anything asks of it.
    for (fact, values) in &mut kept.facts {
        *values = all.facts.get(fact).cloned().unwrap_or_default();
    }
    (kept, all)
}

fn idle_grounds(procedure: &Procedure) -> Vec<GroundId> {
    let (_, all) = asked(procedure, &[]);
    procedure.grounds.ids().filter(|id| !all.asks_for_ground(*id)).collect()
}

fn done(procedure: &Procedure, all: &Asked, promises: &[&Promise]) -> Vec<ActId> {
    let mut done: BTreeSet<ActId> = all.acts.clone();
    done.extend(promises.iter().flat_map(|promise| promise.acts()));
    for (_, _, clock) in procedure.clocks.iter() {
        if let Starts::LatestOf(events) = &clock.starts {
            done.extend(events.iter().filter_map(|event| match event {
                Event::Act(act) => Some(*act),
                Event::Condition(_) => None,
            }));
        }
    }
    done.into_iter().collect()
}

/// Whether anything else depends on how a clock stands.
fn matters(procedure: &Procedure, all: &Asked, id: ClockId) -> bool {
    let clock = procedure.clocks.at(id);
    let expiry = &clock.on_expiry;
    all.clocks.contains(&id)
        || !(expiry.moves.is_empty() && expiry.opens.is_empty() && expiry.closes.is_empty())
        || matches!(clock.purpose, Purpose::Bars(_))
        || !clock.extended_by.is_empty()
        // Whether it starts, and so ends another, depends on how it stands.
        || !clock.replaces.is_empty()
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
