//! The steps from one configuration, found with the functions by which a fold goes.

use super::begin::opening_moment;
use super::configuration::Memory;
use super::graph::{Kind, Stands};
use super::menu::{Choice, Menu};
use super::model::{Model, ends_ahead};
use super::step::{Step, Thing};
use crate::entry::What;
use crate::fold::{Cause, Cycle, CycleStatus, Now, State, resolve};
use crate::id::EntryNumber;
use crate::procedure::{ActId, ClockId, ClockStanding, Truth};
use crate::time::When;

/// Goes on from configurations; several may do so at once.
pub(super) struct Worker {
    pub(super) model: Model,
    now: Now,
}

/// What was found from some configurations.
#[derive(Default)]
pub(super) struct Found {
    /// The keys of the configurations reached, one after the other.
    pub(super) keys: Vec<u64>,
    /// The steps to them.
    pub(super) steps: Vec<(Step, Kind)>,
    /// For each configuration that was gone on from, where its steps end, and how it stands.
    pub(super) from: Vec<(usize, Stands)>,
    /// What was crossed: by a step, or by being at a configuration that was gone on from.
    pub(super) crossed: Vec<(At, Thing)>,
}

/// Where something was crossed.
#[derive(Clone, Copy)]
pub(super) enum At {
    /// By the step with this number.
    Step(usize),
    /// In the configuration with this number, of those gone on from.
    Place(usize),
}

/// The configuration that is being gone on from.
struct From<'k> {
    key: &'k [u64],
    state: State,
    memory: Memory,
    /// Things that were crossed often enough already.
    is_known: &'k [bool],
}

impl Worker {
    pub(super) fn new(model: Model) -> Self {
        let zone = &model.procedure.home().zone;
        let cause = Cause::Entry(EntryNumber::FIRST);
        let now = Now::dated(When::At(opening_moment(&model.procedure)), cause, zone);
        Self { model, now }
    }

    /// The configuration of a case that was just opened, and what it crosses.
    pub(super) fn opening(&self) -> (Vec<u64>, Vec<Thing>) {
        let now = Now { cause: Cause::Opening, ..self.now };
        let state = self.model.opened(&now);
        let memory = self.model.remembered(0, None, &state);
        let mut key = Vec::new();
        self.model.key(&state, memory, &mut key);
        let mut crossed = Vec::new();
        for (track, _, row) in self.model.procedure.tracks.iter() {
            crossed.extend([row.starts, state.stage(track)].map(|stage| Thing::Stage(track, stage)));
        }
        let moved = state.happenings.iter().flat_map(|happening| &happening.moved);
        crossed.extend(moved.map(|moved| Thing::Stage(moved.track, moved.to)));
        let started = self.model.procedure.clocks.ids().filter(|clock| !state.cycles(*clock).is_empty());
        for clock in started {
            crossed.push(Thing::Started(clock));
            if count_met(state.cycles(clock)) > 0 {
                crossed.push(Thing::Met(clock));
            }
        }
        (key, crossed)
    }

    /// Goes on from the configuration with `key`.
    pub(super) fn expand(&self, key: &[u64], is_known: &[bool], found: &mut Found) {
        let state = self.model.unpack(key, &self.now);
        let from = From { key, state, memory: self.model.memory(key), is_known };
        let mut stands = self.stands(&from.state);
        self.note_place(&from, found);
        let mut somebody_acts = false;
        for act in self.model.procedure.acts.ids() {
            somebody_acts |= self.acts(&from, act, found);
        }
        for (index, what) in (0..).zip(self.model.deeds.iter()) {
            if let Some(next) = self.after(&from.state, what) {
                somebody_acts |= self.arrive(&from, &next, (Step::Deed(index), Kind::Deed), None, found);
            }
        }
        self.let_settle(&from, found);
        self.run_out(&from, found);
        stands.claim(Stands::NOBODY_ACTS, !somebody_acts);
        found.from.push((found.steps.len(), stands));
    }

    fn stands(&self, state: &State) -> Stands {
        let tracks = &self.model.procedure.tracks;
        let has_ended = |track| tracks.at(track).stages.at(state.stage(track)).outcome.is_some();
        let mut running = self.model.running(state);
        let is_sure = |id: &ClockId| ends_ahead(&self.model.procedure, *id);
        let mut stands = Stands::default();
        stands.claim(Stands::HAS_OUTCOME, tracks.ids().next().is_some_and(has_ended));
        stands.claim(Stands::HAS_SURE_END, running.any(|id| is_sure(&id)));
        stands
    }

    /// Notes what a configuration says of the safeguards.
    fn note_place(&self, from: &From<'_>, found: &mut Found) {
        let place = At::Place(found.from.len());
        for (index, (_, safeguard)) in self.model.safeguards.iter().enumerate() {
            let mut note = |thing: Thing| {
                if !from.is_known(self.model.things.number(thing)) {
                    found.crossed.push((place, thing));
                }
            };
            if safeguard.is_shown_by(&from.state, self.model.remembers_of(index, from.memory)) {
                note(Thing::Shown(index));
            }
            for (part, guard) in safeguard.parts().into_iter().enumerate() {
                if from.state.holds(guard, &[]) == Truth::True {
                    note(Thing::Part(index, part));
                }
            }
        }
    }

    /// Writes down where a step leads; whether that is elsewhere.
    fn arrive(
        &self,
        from: &From<'_>,
        next: &State,
        (step, kind): (Step, Kind),
        done: Option<ActId>,
        found: &mut Found,
    ) -> bool {
        let begins = found.keys.len();
        let memory = self.model.remembered(from.memory, done, next);
        self.model.key(next, memory, &mut found.keys);
        let is_elsewhere = found.keys.get(begins..) != Some(from.key);
        self.note_step(from, next, done, found);
        found.steps.push((step, kind));
        is_elsewhere
    }

    /// Notes what a step crosses.
    fn note_step(&self, from: &From<'_>, next: &State, done: Option<ActId>, found: &mut Found) {
        let at = At::Step(found.steps.len());
        let mut note = |thing: Thing| {
            if !from.is_known(self.model.things.number(thing)) {
                found.crossed.push((at, thing));
            }
        };
        for moved in next.happenings.iter().flat_map(|happening| &happening.moved) {
            note(Thing::Stage(moved.track, moved.to));
        }
        for clock in self.model.procedure.clocks.ids() {
            let (before, after) = (from.state.cycles(clock), next.cycles(clock));
            if after.len() > before.len() {
                note(Thing::Started(clock));
            }
            if count_met(after) > count_met(before) {
                note(Thing::Met(clock));
            }
        }
        let Some(act) = done else { return };
        note(Thing::Act(act));
        for (index, (_, safeguard)) in self.model.safeguards.iter().enumerate() {
            if safeguard.is_broken_by(act, &from.state, self.model.remembers_of(index, from.memory)) {
                note(Thing::Broken(index));
            }
        }
    }

    /// The state after a deed, if it is allowed.
    fn after(&self, state: &State, what: &What) -> Option<State> {
        let resolved = resolve(state, what, &self.now).ok()?;
        let mut next = state.clone();
        next.apply(&self.model.procedure, resolved, &self.now, what);
        Some(next)
    }

    /// Whatever is recorded, what has waited for the next step follows.
    fn let_settle(&self, from: &From<'_>, found: &mut Found) {
        if self.model.settles_at_once() {
            return;
        }
        let mut next = from.state.clone();
        next.settle(&self.now);
        self.arrive(from, &next, (Step::Settles, Kind::PerhapsDeed), None, found);
    }

    fn run_out(&self, from: &From<'_>, found: &mut Found) {
        let runs = |clock: ClockId| is_running(&from.state, clock);
        for clock in self.model.running(&from.state) {
            if self.model.is_forestalled(clock, runs) {
                continue;
            }
            let mut next = from.state.clone();
            next.run_out(clock, self.now.from);
            let is_sure = ends_ahead(&self.model.procedure, clock);
            let kind = if is_sure { Kind::Expiry } else { Kind::EarlyExpiry };
            // What it moves stands with it; what follows by itself may stand with it too, and is no less its effect.
            let has_effect = next.happenings.iter().any(|happening| !happening.moved.is_empty());
            if has_effect && !from.is_known(self.model.things.number(Thing::Effect(clock))) {
                found.crossed.push((At::Step(found.steps.len()), Thing::Effect(clock)));
            }
            self.arrive(from, &next, (Step::RunsOut(clock), kind), None, found);
        }
    }

    /// Does an act in every way that makes a difference; whether there is any.
    fn acts(&self, from: &From<'_>, act: ActId, found: &mut Found) -> bool {
        let Some(Menu { choices, is_single, .. }) = self.model.menu(act) else { return false };
        if self.model.is_closed_by_stage(&from.state, act) {
            return false;
        }
        let mut is_open = false;
        // What is recorded beforehand is written into one state, and taken out of it again.
        let mut scratch = choices.iter().any(|choice| !choice.before.is_empty()).then(|| from.state.clone());
        for (index, choice) in (0..).zip(choices) {
            let state = match &mut scratch {
                Some(scratch) if !choice.before.is_empty() => {
                    self.model.write(scratch, &choice.before, &self.now);
                    &*scratch
                }
                Some(_) | None => &from.state,
            };
            let next = if self.model.may_be_open(state, act, choice) {
                self.after(state, &choice.what)
            } else {
                None
            };
            if let Some(next) = &next {
                let kind = self.model.kind_of(act, choice);
                self.arrive(from, next, (Step::Act(act, index), kind), Some(act), found);
                is_open = true;
            }
            if let Some(scratch) = &mut scratch {
                Model::strike(scratch, &choice.before);
            }
            if next.is_some() && *is_single && choice.is_full {
                break;
            }
        }
        is_open
    }
}

impl From<'_> {
    fn is_known(&self, thing: usize) -> bool {
        self.is_known.get(thing).copied().unwrap_or(false)
    }
}

fn count_met(cycles: &[Cycle]) -> usize {
    cycles.iter().filter(|cycle| matches!(cycle.status, CycleStatus::Met { .. })).count()
}

fn is_running(state: &State, clock: ClockId) -> bool {
    state.running(clock).is_some_and(|cycle| cycle.standing() == ClockStanding::Running)
}

impl Model {
    /// Whether nothing is ever left over for the next step: a clock stops or runs on once in a step.
    fn settles_at_once(&self) -> bool {
        let wiring = &self.procedure.wiring;
        wiring.stopping.is_empty() && wiring.kept_back.is_empty()
    }

    /// Whether an act can be done in this way wherever it is open. What makes a clock longer may make it too long, and
    /// what is recorded beforehand may let a clock stand still.
    fn kind_of(&self, act: ActId, choice: &Choice) -> Kind {
        let is_sure = choice.is_full
            && self.procedure.wiring.act(act).extends.is_empty()
            && (choice.before.is_empty() || self.settles_at_once());
        if is_sure { Kind::Deed } else { Kind::PerhapsDeed }
    }

    /// The clocks that matter and may run out.
    fn running<'s>(&'s self, state: &'s State) -> impl Iterator<Item = ClockId> + 's {
        self.clocks.iter().copied().filter(|id| is_running(state, *id))
    }

    /// Whether no value of any fact can open an act where the tracks stand.
    fn is_closed_by_stage(&self, state: &State, act: ActId) -> bool {
        self.procedure.acts.at(act).moves.iter().any(|moves| {
            let here = state.stage(moves.track);
            !moves.or_stays && !moves.moves.iter().any(|one| one.from.contains(&here))
        })
    }

    /// Whether what an act asks for holds. The same is asked when it is done, which also says why not, at more cost.
    fn may_be_open(&self, state: &State, act: ActId, choice: &Choice) -> bool {
        let row = self.procedure.acts.at(act);
        row.when.iter().all(|when| state.holds(when, &choice.given) == Truth::True)
            && row.unless.iter().all(|one| state.holds(&one.when, &choice.given) == Truth::False)
    }
}
