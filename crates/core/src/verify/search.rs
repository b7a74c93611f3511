//! The search: breadth first, so that the path to each configuration is a shortest one.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::asked::{Model, ends_ahead};
use super::graph::{Edge, Graph, Kind, Node, Seen, Witness};
use super::key::Key;
use super::menu::{Choice, Input, Menu, arrives, becomes_known, deed_of, found, values_of};
use super::path::Happens;
use super::play::opening_moment;
use crate::entry::What;
use crate::fold::{Arrived, Cause, CycleStatus, Found, Known, Now, State, resolve};
use crate::id::EntryNumber;
use crate::procedure::{ActId, ClockId, ClockStanding, Truth};
use crate::table::Id;
use crate::time::When;

struct Search<'m> {
    model: &'m Model,
    bound: usize,
    graph: Graph,
    known: HashMap<Key, usize>,
    frontier: VecDeque<(usize, State)>,
    now: Now,
}

pub(super) fn search(model: &Model, bound: usize) -> Graph {
    let now = Now::dated(When::At(opening_moment()), Cause::Opening, &model.procedure.home().zone);
    let graph = Graph {
        nodes: Vec::new(),
        edges: Vec::new(),
        is_whole: true,
        seen: Seen::default(),
        witnesses: vec![Vec::new(); model.safeguards.len()],
    };
    let mut search = Search { model, bound, graph, known: HashMap::new(), frontier: VecDeque::new(), now };
    let mut state = State::new(&model.procedure);
    state.is_timeless = true;
    state.open(&search.now);
    search.now.cause = Cause::Entry(EntryNumber::FIRST);
    search.arrive(None, Vec::new(), state);
    while let Some((node, state)) = search.frontier.pop_front() {
        search.expand(node, &state);
        if !search.graph.is_whole {
            break;
        }
    }
    search.graph
}

impl Search<'_> {
    /// Enters the configuration of `state`, and gives its place unless there are too many.
    fn arrive(&mut self, parent: Option<usize>, step: Vec<Happens>, mut state: State) -> Option<usize> {
        let model = self.model;
        let mut key = model.key(&state).to_vec();
        key.extend(model.ever(parent.and_then(|parent| self.graph.nodes.get(parent)), &state));
        let key: Key = key.into();
        let witness = || Witness { before: parent.unwrap_or(0), step: step.clone(), key: Arc::clone(&key) };
        self.see(&state, &witness);
        if let Some(place) = self.known.get(&key) {
            return Some(*place);
        }
        if self.graph.nodes.len() >= self.bound {
            self.graph.is_whole = false;
            return None;
        }
        let place = self.graph.nodes.len();
        model.compact(&mut state);
        let tracks = &model.procedure.tracks;
        let has_outcome = tracks
            .ids()
            .next()
            .is_some_and(|track| tracks.at(track).stages.at(state.stage(track)).outcome.is_some());
        for ((_, safeguard), found) in model.safeguards.iter().zip(&mut self.graph.witnesses) {
            if safeguard.is_shown_by(&state) {
                found.push(witness());
            }
        }
        self.graph.nodes.push(Node {
            parent,
            step,
            key: Arc::clone(&key),
            has_outcome,
            is_stuck: !has_outcome,
            has_sure_end: model.running(&state).any(|id| ends_ahead(&model.procedure, id)),
        });
        self.known.insert(key, place);
        self.frontier.push_back((place, state));
        Some(place)
    }

    /// Notes which stages and clocks a step crossed.
    fn see(&mut self, state: &State, witness: &impl Fn() -> Witness) {
        let seen = &mut self.graph.seen;
        for track in self.model.procedure.tracks.ids() {
            seen.stages.add((track, state.stage(track)), witness);
        }
        for moved in state.happenings.iter().flat_map(|happening| &happening.moved) {
            seen.stages.add((moved.track, moved.to), witness);
        }
        for clock in self.model.procedure.clocks.ids() {
            let cycles = state.cycles(clock);
            if !cycles.is_empty() {
                seen.started.add(clock, witness);
            }
            if cycles.iter().any(|cycle| matches!(cycle.status, CycleStatus::Met { .. })) {
                seen.met.add(clock, witness);
            }
        }
    }

    fn expand(&mut self, node: usize, state: &State) {
        let procedure = self.model.procedure.clone();
        let mut can_go_on = false;
        for act in procedure.acts.ids() {
            can_go_on |= self.acts(node, state, act);
        }
        let mut deeds: Vec<What> = Vec::new();
        for (fact, compared) in &self.model.kept.facts {
            let values = values_of(&procedure.facts.at(*fact).of, compared).into_iter();
            deeds.extend(values.map(|value| becomes_known(&procedure, *fact, value)));
        }
        let documents = self.model.kept.documents.iter().filter(|id| !state.is_complete(**id));
        deeds.extend(documents.map(|id| arrives(&procedure, *id)));
        for ground in procedure.grounds.ids().filter(|id| self.model.kept.asks_for_ground(*id)) {
            deeds.extend([true, false].map(|applies| found(&procedure, ground, applies)));
        }
        for what in deeds {
            let mut next = state.clone();
            can_go_on |= self.deed(&mut next, &what)
                && self.go(node, Kind::Deed, vec![Happens::Deed(what)], next) != Some(node);
        }
        self.let_settle(node, state);
        let running: Vec<ClockId> = self.model.running(state).collect();
        for clock in running {
            let mut next = state.clone();
            next.run_out(clock, self.now.from);
            let kind = if ends_ahead(&procedure, clock) { Kind::Expiry } else { Kind::EarlyExpiry };
            self.go(node, kind, vec![Happens::RunsOut(procedure.clocks.name(clock).clone())], next);
            can_go_on = true;
        }
        if let Some(node) = self.graph.nodes.get_mut(node) {
            node.is_stuck &= !can_go_on;
        }
    }

    fn go(&mut self, from: usize, kind: Kind, step: Vec<Happens>, state: State) -> Option<usize> {
        let to = self.arrive(Some(from), step, state)?;
        if from != to || !matches!(kind, Kind::Deed | Kind::PerhapsDeed) {
            self.graph.edges.push(Edge { from, to, kind });
        }
        Some(to)
    }

    fn deed(&self, state: &mut State, what: &What) -> bool {
        let resolved = resolve(state, what, &self.now);
        resolved.is_ok_and(|resolved| {
            state.apply(&resolved, &self.now, what);
            true
        })
    }

    /// Whatever is recorded, what has waited for the next step follows.
    fn let_settle(&mut self, node: usize, state: &State) {
        let wiring = &self.model.procedure.wiring;
        if wiring.stopping.is_empty() && wiring.kept_back.is_empty() {
            return;
        }
        let mut next = state.clone();
        next.settle(&self.now);
        self.go(node, Kind::PerhapsDeed, Vec::new(), next);
    }

    /// Does an act in every way that makes a difference; whether there is any.
    fn acts(&mut self, node: usize, state: &State, act: ActId) -> bool {
        let Some(Menu { choices, is_single, .. }) = self.model.menu(act) else { return false };
        if self.model.is_closed_by_stage(state, act) {
            return false;
        }
        let mut is_open = false;
        for choice in choices {
            // A copy of the state is most of what a step costs.
            if choice.before.is_empty() && !self.model.may_be_open(state, act, &choice.what) {
                continue;
            }
            let mut next = state.clone();
            if !choice.before.is_empty() {
                choice.before.iter().for_each(|input| self.write(&mut next, input));
                next.look_at_conditions();
                if !self.model.may_be_open(&next, act, &choice.what) {
                    continue;
                }
            }
            if !self.deed(&mut next, &choice.what) {
                continue;
            }
            let kind = self.model.kind_of(act, choice);
            let step = steps(self.model, choice);
            let before = node;
            let Some(to) = self.go(node, kind, step.clone(), next) else { return is_open };
            if let Some(reached) = self.graph.nodes.get(to) {
                let witness = Witness { before, step, key: Arc::clone(&reached.key) };
                self.note_act(node, state, act, witness);
            }
            is_open = true;
            if *is_single && choice.is_full {
                break;
            }
        }
        is_open
    }

    fn note_act(&mut self, node: usize, state: &State, act: ActId, witness: Witness) {
        let ever = self.graph.nodes.get(node).map(|node| Arc::clone(&node.key));
        for (index, (_, safeguard)) in self.model.safeguards.iter().enumerate() {
            let held = ever.as_ref().is_some_and(|key| self.model.held(key, index));
            if safeguard.is_broken_by(act, state, held)
                && let Some(found) = self.graph.witnesses.get_mut(index)
            {
                found.push(witness.clone());
            }
        }
        self.graph.seen.acts.add(act, || witness);
    }

    /// Writes down what no rule but those of acts asks for, so that nothing follows from it by itself.
    fn write(&self, state: &mut State, input: &Input) {
        let Now { when, cause, .. } = self.now;
        match input {
            Input::Fact(fact, value) => {
                if let Some(place) = state.facts.get_mut(fact.index()) {
                    *place = Some(Known { value: value.clone(), since: when, cause });
                }
            }
            Input::Ground(ground, applies) => {
                let by = self.model.procedure.grounds.at(*ground).considered_by.first().copied();
                if let (Some(place), Some(by)) = (state.findings.get_mut(ground.index()), by) {
                    *place = Some(Found { applies: *applies, by, when, entry: cause });
                }
            }
            Input::Document(document) => {
                if let (Some(place), What::Document(arrival)) =
                    (state.arrivals.get_mut(document.index()), arrives(&self.model.procedure, *document))
                {
                    let (form, translated_into) = (arrival.form, arrival.translated_into);
                    place.push(Arrived { entry: cause, when, form, translated_into });
                }
            }
        }
    }
}

fn steps(model: &Model, choice: &Choice) -> Vec<Happens> {
    let before = choice.before.iter().map(|input| deed_of(&model.procedure, input));
    before.chain(std::iter::once(choice.what.clone())).map(Happens::Deed).collect()
}

impl Model {
    /// Whether an act can be done in this way wherever it is open. What makes a clock longer may make it too long, and
    /// what is recorded beforehand may let a clock stand still.
    fn kind_of(&self, act: ActId, choice: &Choice) -> Kind {
        let wiring = &self.procedure.wiring;
        let is_alone = wiring.stopping.is_empty() && wiring.kept_back.is_empty();
        let is_sure =
            choice.is_full && wiring.act(act).extends.is_empty() && (choice.before.is_empty() || is_alone);
        if is_sure { Kind::Deed } else { Kind::PerhapsDeed }
    }

    /// The clocks that matter and may run out.
    fn running<'s>(&'s self, state: &'s State) -> impl Iterator<Item = ClockId> + 's {
        let runs =
            |id: &ClockId| state.running(*id).is_some_and(|cycle| cycle.standing() == ClockStanding::Running);
        self.clocks.iter().copied().filter(runs)
    }

    /// Whether no value of any fact can open an act where the tracks stand.
    fn is_closed_by_stage(&self, state: &State, act: ActId) -> bool {
        self.procedure.acts.at(act).moves.iter().any(|moves| {
            let here = state.stage(moves.track);
            !moves.or_stays && !moves.moves.iter().any(|one| one.from.contains(&here))
        })
    }

    /// Whether what an act asks for holds, for one that brings no facts. The same is asked when it is done, which also
    /// says why not, at more cost.
    fn may_be_open(&self, state: &State, act: ActId, what: &What) -> bool {
        let brings_facts = !matches!(what, What::Act { facts, .. } if facts.is_empty());
        let row = self.procedure.acts.at(act);
        brings_facts
            || (row.when.iter().all(|when| state.holds(when, &[]) == Truth::True)
                && row.unless.iter().all(|one| state.holds(&one.when, &[]) == Truth::False))
    }

    /// Forgets what no rule asks for.
    fn compact(&self, state: &mut State) {
        state.happenings.clear();
        state.owed.clear();
        state.upset.clear();
        for done in &mut state.done {
            done.truncate(1);
        }
        for cycles in &mut state.cycles {
            let keep = cycles.len().saturating_sub(2);
            cycles.drain(..keep);
        }
        for id in self.procedure.facts.ids().filter(|id| !self.kept.facts.contains_key(id)) {
            if let Some(place) = state.facts.get_mut(id.index()) {
                *place = None;
            }
        }
        for id in self.procedure.documents.ids().filter(|id| !self.kept.documents.contains(id)) {
            if let Some(place) = state.arrivals.get_mut(id.index()) {
                place.clear();
            }
        }
        for id in self.procedure.grounds.ids().filter(|id| !self.kept.asks_for_ground(*id)) {
            if let Some(place) = state.findings.get_mut(id.index()) {
                *place = None;
            }
        }
        state.look_at_conditions();
    }

    /// For each safeguard, whether what it requires was ever so.
    fn ever(&self, parent: Option<&Node>, state: &State) -> Vec<u8> {
        let held = self.safeguards.iter().enumerate().map(|(index, (_, safeguard))| {
            let before = parent.is_some_and(|node| self.held(&node.key, index));
            let now = safeguard
                .requires_condition()
                .is_some_and(|condition| state.condition(condition) == Truth::True);
            u8::from(before || now)
        });
        held.collect()
    }

    fn held(&self, key: &Key, safeguard: usize) -> bool {
        let from_end = self.safeguards.len().saturating_sub(safeguard);
        key.len().checked_sub(from_end).and_then(|at| key.get(at)).is_some_and(|held| *held == 1)
    }
}
