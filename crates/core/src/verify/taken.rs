//! Where the steps from a configuration lead, found with the functions by which a fold goes.

use std::cell::OnceCell;

use super::begin::opening_moment;
use super::configuration::Memory;
use super::graph::Kind;
use super::menu::{Choice, Menu};
use super::model::{Model, ends_ahead};
use super::step::{Step, Thing};
use crate::entry::What;
use crate::fold::{Cause, Cycle, CycleStatus, Now, State, resolve};
use crate::id::EntryNumber;
use crate::procedure::{ActId, ClockId, Truth};
use crate::time::When;

/// Takes steps from configurations.
pub(super) struct Taker {
    pub(super) model: Model,
    now: Now,
}

/// A configuration from which steps are taken. Its state is made once it is asked for.
pub(super) struct From<'k> {
    pub(super) key: &'k [u64],
    state: OnceCell<State>,
    memory: Memory,
}

/// Some steps from one configuration, and what is crossed.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    /// Each step, and where what it crosses ends among the things.
    pub(super) steps: Vec<(Step, Kind, usize)>,
    /// The keys to which the steps lead, one after the other.
    pub(super) keys: Vec<u64>,
    /// The numbers of the things that are crossed: by each step, then by being where the steps begin.
    pub(super) things: Vec<usize>,
}

impl<'k> From<'k> {
    pub(super) fn new(model: &Model, key: &'k [u64]) -> Self {
        Self { key, state: OnceCell::new(), memory: model.memory(key) }
    }
}

impl Taker {
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

    fn state<'f>(&self, from: &'f From<'_>) -> &'f State {
        from.state.get_or_init(|| self.model.unpack(from.key, &self.now))
    }

    /// What a configuration says of a safeguard.
    pub(super) fn shown(&self, from: &From<'_>, index: usize) -> Taken {
        let mut taken = Taken::default();
        let Some((_, safeguard)) = self.model.safeguards.get(index) else { return taken };
        let state = self.state(from);
        let mut note = |thing: Thing| taken.things.push(self.model.things.number(thing));
        if safeguard.is_shown_by(state, self.model.remembers_of(index, from.memory)) {
            note(Thing::Shown(index));
        }
        for (part, guard) in safeguard.parts().into_iter().enumerate() {
            if state.holds(guard, &[]) == Truth::True {
                note(Thing::Part(index, part));
            }
        }
        taken
    }

    /// Writes down where a step leads.
    fn arrive(
        &self,
        from: &From<'_>,
        next: &State,
        (step, kind): (Step, Kind),
        done: Option<ActId>,
        taken: &mut Taken,
    ) {
        let memory = self.model.remembered(from.memory, done, next);
        self.model.key(next, memory, &mut taken.keys);
        self.note_step(from, next, done, taken);
        taken.steps.push((step, kind, taken.things.len()));
    }

    /// Notes what a step crosses.
    fn note_step(&self, from: &From<'_>, next: &State, done: Option<ActId>, taken: &mut Taken) {
        let before = self.state(from);
        let mut note = |thing: Thing| taken.things.push(self.model.things.number(thing));
        for moved in next.happenings.iter().flat_map(|happening| &happening.moved) {
            note(Thing::Stage(moved.track, moved.to));
        }
        for clock in self.model.procedure.clocks.ids() {
            let (before, after) = (before.cycles(clock), next.cycles(clock));
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
            if safeguard.is_broken_by(act, before, self.model.remembers_of(index, from.memory)) {
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

    /// Records something that is no act, if it may be recorded.
    pub(super) fn deed(&self, from: &From<'_>, index: u16) -> Taken {
        let mut taken = Taken::default();
        let what = self.model.deeds.get(usize::from(index));
        if let Some(next) = what.and_then(|what| self.after(self.state(from), what)) {
            self.arrive(from, &next, (Step::Deed(index), Kind::Deed), None, &mut taken);
        }
        taken
    }

    /// Whatever is recorded, what has waited for the next step follows.
    pub(super) fn settled(&self, from: &From<'_>) -> Taken {
        let mut taken = Taken::default();
        let mut next = self.state(from).clone();
        next.settle(&self.now);
        self.arrive(from, &next, (Step::Settles, Kind::PerhapsDeed), None, &mut taken);
        taken
    }

    /// Lets a clock run out that runs.
    pub(super) fn run_out(&self, from: &From<'_>, clock: ClockId) -> Taken {
        let mut taken = Taken::default();
        let mut next = self.state(from).clone();
        next.run_out(clock, self.now.from);
        let is_sure = ends_ahead(&self.model.procedure, clock);
        let kind = if is_sure { Kind::Expiry } else { Kind::EarlyExpiry };
        // What it moves stands with it; what follows by itself may stand with it too, and is no less its effect.
        if next.happenings.iter().any(|happening| !happening.moved.is_empty()) {
            taken.things.push(self.model.things.number(Thing::Effect(clock)));
        }
        self.arrive(from, &next, (Step::RunsOut(clock), kind), None, &mut taken);
        taken
    }

    /// Does an act in every way that makes a difference.
    pub(super) fn acts(&self, from: &From<'_>, act: ActId) -> Taken {
        let mut taken = Taken::default();
        let Some(Menu { choices, is_single, .. }) = self.model.menu(act) else { return taken };
        let here = self.state(from);
        if self.model.is_closed_by_stage(here, act) {
            return taken;
        }
        // What is recorded beforehand is written into one state, and taken out of it again.
        let mut scratch = choices.iter().any(|choice| !choice.before.is_empty()).then(|| here.clone());
        for (index, choice) in (0..).zip(choices) {
            let state = match &mut scratch {
                Some(scratch) if !choice.before.is_empty() => {
                    self.model.write(scratch, &choice.before, &self.now);
                    &*scratch
                }
                Some(_) | None => here,
            };
            let next = if self.model.may_be_open(state, act, choice) {
                self.after(state, &choice.what)
            } else {
                None
            };
            if let Some(next) = &next {
                let kind = self.model.kind_of(act, choice);
                self.arrive(from, next, (Step::Act(act, index), kind), Some(act), &mut taken);
            }
            if let Some(scratch) = &mut scratch {
                Model::strike(scratch, &choice.before);
            }
            if next.is_some() && *is_single && choice.is_full {
                break;
            }
        }
        taken
    }
}

fn count_met(cycles: &[Cycle]) -> usize {
    cycles.iter().filter(|cycle| matches!(cycle.status, CycleStatus::Met { .. })).count()
}

impl Model {
    /// Whether nothing is ever left over for the next step: a clock stops or runs on once in a step.
    pub(super) fn settles_at_once(&self) -> bool {
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
