//! Where the steps from a configuration lead, found with the functions by which a fold goes.

use super::begin::opening_moment;
use super::configuration::Memory;
use super::graph::Kind;
use super::menu::{Choice, Menu};
use super::model::{Model, ends_ahead};
use super::recall::Question;
use super::step::{Step, Thing};
use super::watch::Seen;
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

/// The configuration from which steps are taken.
#[derive(Clone, Copy)]
pub(super) struct From<'k> {
    pub(super) key: &'k [u64],
    memory: Memory,
}

/// States that are made over and over, so that no memory need be asked for.
pub(super) struct Desk {
    /// A new case.
    new: State,
    /// The state of the configuration from which steps are taken, once it was asked for.
    here: State,
    is_here: bool,
    /// The same, with something recorded beforehand.
    prepared: State,
    /// Where a step leads.
    next: State,
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
        Self { key, memory: model.memory(key) }
    }
}

impl Taken {
    pub(super) fn clear(&mut self) {
        self.steps.clear();
        self.keys.clear();
        self.things.clear();
    }
}

impl Desk {
    pub(super) fn new(model: &Model) -> Self {
        let state = || State::new(&model.procedure);
        Self { new: state(), here: state(), is_here: false, prepared: state(), next: state() }
    }

    /// Leaves the configuration that was looked at.
    pub(super) fn leave(&mut self) {
        self.is_here = false;
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

    /// Takes the steps that a question asks for.
    pub(super) fn take(&self, from: From<'_>, question: Question, desk: &mut Desk, taken: &mut Taken) {
        if !desk.is_here {
            self.model.unpack(from.key, &self.now, &desk.new, &mut desk.here);
            desk.is_here = true;
        }
        match question {
            Question::Shown(safeguard) => self.shown(from, safeguard, &desk.here, taken),
            Question::Seen(seen) => self.seen(seen, desk, taken),
            Question::Act(act) => self.acts(from, act, desk, taken),
            Question::Deed(index) => self.deed(from, index, desk, taken),
            Question::Settles => self.settled(from, desk, taken),
            Question::RunsOut(_, clock) => self.run_out(from, clock, desk, taken),
        }
    }

    /// What a configuration says of a safeguard.
    fn shown(&self, from: From<'_>, index: usize, here: &State, taken: &mut Taken) {
        let Some((_, safeguard)) = self.model.safeguards.get(index) else { return };
        let mut note = |thing: Thing| taken.things.push(self.model.things.number(thing));
        if safeguard.is_shown_by(here, self.model.remembers_of(index, from.memory)) {
            note(Thing::Shown(index));
        }
        for (part, guard) in safeguard.parts().into_iter().enumerate() {
            if here.holds(guard, &[]) == Truth::True {
                note(Thing::Part(index, part));
            }
        }
    }

    /// Whether something is seen in a configuration that is watched for. A document may be needed once something more is
    /// recorded from which nothing follows by itself.
    fn seen(&self, seen: Seen, desk: &mut Desk, taken: &mut Taken) {
        let watch = &self.model.watch;
        let is_seen = match watch.paper(seen) {
            None => watch.is_seen(seen, &desk.here),
            Some(paper) => paper.ways.iter().any(|way| {
                desk.prepared.clone_from(&desk.here);
                self.model.write(&mut desk.prepared, way, &self.now);
                paper.is_needed(&desk.prepared)
            }),
        };
        if is_seen {
            taken.things.push(self.model.things.number(Thing::Watched(watch.number(seen))));
        }
    }

    /// Writes down where a step has led.
    fn arrive(
        &self,
        from: From<'_>,
        (step, kind): (Step, Kind),
        done: Option<ActId>,
        desk: &Desk,
        taken: &mut Taken,
    ) {
        let memory = self.model.remembered(from.memory, done, &desk.next);
        self.model.key(&desk.next, memory, &mut taken.keys);
        self.note_step(from, done, desk, taken);
        taken.steps.push((step, kind, taken.things.len()));
    }

    /// Notes what a step crosses.
    fn note_step(&self, from: From<'_>, done: Option<ActId>, desk: &Desk, taken: &mut Taken) {
        let Desk { here, next, .. } = desk;
        let mut note = |thing: Thing| taken.things.push(self.model.things.number(thing));
        for moved in next.happenings.iter().flat_map(|happening| &happening.moved) {
            note(Thing::Stage(moved.track, moved.to));
        }
        for clock in self.model.procedure.clocks.ids() {
            let (before, after) = (here.cycles(clock), next.cycles(clock));
            if after.len() > before.len() {
                note(Thing::Started(clock));
            }
            if count_met(after) > count_met(before) {
                note(Thing::Met(clock));
            }
        }
        for seen in self.model.watch.at_step(here, next, done) {
            note(Thing::Watched(self.model.watch.number(seen)));
        }
        let Some(act) = done else { return };
        note(Thing::Act(act));
        for (index, (_, safeguard)) in self.model.safeguards.iter().enumerate() {
            if safeguard.is_broken_by(act, here, self.model.remembers_of(index, from.memory)) {
                note(Thing::Broken(index));
            }
        }
    }

    /// Lets a deed lead on from `state`; whether it is allowed there.
    fn does(&self, state: &State, what: &What, next: &mut State) -> bool {
        let Ok(resolved) = resolve(state, what, &self.now) else { return false };
        next.clone_from(state);
        next.apply(&self.model.procedure, resolved, &self.now, what);
        true
    }

    /// Records something that is no act, if it may be recorded.
    fn deed(&self, from: From<'_>, index: u16, desk: &mut Desk, taken: &mut Taken) {
        let Some(what) = self.model.deeds.get(usize::from(index)) else { return };
        if self.does(&desk.here, what, &mut desk.next) {
            self.arrive(from, (Step::Deed(index), Kind::Deed), None, desk, taken);
        }
    }

    /// Whatever is recorded, what has waited for the next step follows.
    fn settled(&self, from: From<'_>, desk: &mut Desk, taken: &mut Taken) {
        desk.next.clone_from(&desk.here);
        desk.next.settle(&self.now);
        self.arrive(from, (Step::Settles, Kind::PerhapsDeed), None, desk, taken);
    }

    /// Lets a clock run out that runs.
    fn run_out(&self, from: From<'_>, clock: ClockId, desk: &mut Desk, taken: &mut Taken) {
        desk.next.clone_from(&desk.here);
        desk.next.run_out(clock, self.now.from);
        let is_sure = ends_ahead(&self.model.procedure, clock);
        let kind = if is_sure { Kind::Expiry } else { Kind::EarlyExpiry };
        // What it moves stands with it; what follows by itself may stand with it too, and is no less its effect.
        if desk.next.happenings.iter().any(|happening| !happening.moved.is_empty()) {
            taken.things.push(self.model.things.number(Thing::Effect(clock)));
        }
        self.arrive(from, (Step::RunsOut(clock), kind), None, desk, taken);
    }

    /// Does an act in every way that makes a difference.
    fn acts(&self, from: From<'_>, act: ActId, desk: &mut Desk, taken: &mut Taken) {
        let Some(Menu { choices, is_single, .. }) = self.model.menu(act) else { return };
        if choices.iter().any(|choice| !choice.before.is_empty()) {
            desk.prepared.clone_from(&desk.here);
        }
        let mut has_led_on = false;
        for (index, choice) in (0..).zip(choices) {
            // Where all ways lead to the same place, a second one that is not sure says nothing more.
            if has_led_on && *is_single && !choice.is_full {
                continue;
            }
            // What is recorded beforehand is written into one state, and taken out of it again.
            let state = if choice.before.is_empty() {
                &desk.here
            } else {
                self.model.write(&mut desk.prepared, &choice.before, &self.now);
                &desk.prepared
            };
            let is_open =
                self.model.may_be_open(state, act, choice) && self.does(state, &choice.what, &mut desk.next);
            if is_open {
                let kind = self.model.kind_of(act, choice);
                self.arrive(from, (Step::Act(act, index), kind), Some(act), desk, taken);
            }
            Model::strike(&mut desk.prepared, &choice.before);
            has_led_on |= is_open;
            if is_open && *is_single && choice.is_full {
                break;
            }
        }
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

    /// Whether what an act asks for holds. The same is asked when it is done, which also says why not, at more cost.
    fn may_be_open(&self, state: &State, act: ActId, choice: &Choice) -> bool {
        let row = self.procedure.acts.at(act);
        row.when.iter().all(|when| state.holds(when, &choice.given) == Truth::True)
            && row.unless.iter().all(|one| state.holds(&one.when, &choice.given) == Truth::False)
    }
}
