//! A configuration: what of a state can still matter, packed into a few words, and a state made from it again.
//!
//! This is the one module of the verifier that looks into a state.

use std::sync::Arc;

use super::model::Model;
use crate::entry::ArrivedForm;
use crate::fold::{
    Arrived, Cause, Cycle, CycleStatus, Doing, End, Found, Known, MadeLonger, Now, State, StoodStill,
};
use crate::procedure::{ActId, AuthorityId, ClockId, ClockStanding, Event, StageId, Translation};
use crate::table::Id;
use crate::time::{Extension, Longer};

/// Two states with one key differ in nothing that any rule, or any safeguard, asks for.
pub(super) type Key = Arc<[u64]>;

/// What a safeguard remembers of the path behind: one bit for each that remembers anything.
pub(super) type Memory = u64;

/// How many safeguards may remember something.
pub(super) const MOST_REMEMBERING: usize = 64;

/// Puts small numbers side by side.
struct Packer<'w> {
    words: &'w mut Vec<u64>,
    word: u64,
    used: u32,
}

impl Packer<'_> {
    fn put(&mut self, value: usize, bits: u32) {
        if self.used + bits > u64::BITS {
            self.close();
        }
        self.word |= (value as u64) << self.used;
        self.used += bits;
    }

    fn close(&mut self) {
        self.words.push(self.word);
        (self.word, self.used) = (0, 0);
    }
}

/// Takes them out again in the same order.
struct Unpacker<'w> {
    words: std::slice::Iter<'w, u64>,
    word: u64,
    used: u32,
}

impl Unpacker<'_> {
    fn take(&mut self, bits: u32) -> usize {
        if self.used + bits > u64::BITS {
            self.word = self.words.next().copied().unwrap_or(0);
            self.used = 0;
        }
        let mask = (1_u64 << bits) - 1;
        let value = (self.word >> self.used) & mask;
        self.used += bits;
        // No field is wider than the widest count.
        usize::try_from(value).unwrap_or(usize::MAX)
    }
}

/// How wide the fields of a configuration are.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    tracks: Vec<u32>,
    facts: Vec<u32>,
    /// For each clock that is remembered, the acts that make it longer only so often.
    granted: Vec<Vec<(ActId, usize, u32)>>,
}

/// How many bits hold the numbers up to `most`.
fn bits_up_to(most: usize) -> u32 {
    usize::BITS - most.leading_zeros()
}

const STANDING: u32 = 3;

impl Layout {
    pub(super) fn of(model: &Model) -> Self {
        let procedure = &model.procedure;
        let tracks = procedure.tracks.iter().map(|(_, _, track)| bits_up_to(track.stages.len())).collect();
        let facts = model.kept.facts.values().map(|values| bits_up_to(values.len() + 1)).collect();
        let granted = |clock: &ClockId| {
            let limited = procedure.clocks.at(*clock).extended_by.iter();
            limited
                .filter_map(|by| {
                    let at_most = usize::try_from(by.at_most?).unwrap_or(usize::MAX);
                    Some((by.act, at_most, bits_up_to(at_most)))
                })
                .collect()
        };
        Self { tracks, facts, granted: model.clocks.iter().map(granted).collect() }
    }
}

impl Model {
    /// Packs what of a state can still matter. A key begins with it.
    pub(super) fn pack(&self, state: &State, words: &mut Vec<u64>) {
        let mut packer = Packer { words, word: 0, used: 0 };
        for (track, bits) in self.procedure.tracks.ids().zip(&self.layout.tracks) {
            packer.put(state.stage(track).index(), *bits);
        }
        for ((fact, values), bits) in self.kept.facts.iter().zip(&self.layout.facts) {
            // Nothing recorded, the place among the values asked for, or one after them.
            let place = state.fact(*fact).map_or(0, |known| {
                1 + values.iter().position(|value| *value == known.value).unwrap_or(values.len())
            });
            packer.put(place, *bits);
        }
        for act in &self.done {
            packer.put(usize::from(!state.doings(*act).is_empty()), 1);
        }
        for (clock, limited) in self.clocks.iter().zip(&self.layout.granted) {
            let last = state.cycles(*clock).last();
            packer.put(standing_place(last), STANDING);
            packer.put(usize::from(is_withheld(last)), 1);
            for (act, at_most, bits) in limited {
                let granted =
                    last.map_or(0, |run| run.extensions.iter().filter(|longer| longer.act == *act).count());
                packer.put(granted.min(*at_most), *bits);
            }
        }
        for document in &self.kept.documents {
            packer.put(usize::from(state.is_complete(*document)), 1);
        }
        for ground in &self.kept_grounds {
            packer.put(state.finding(*ground).map_or(0, |found| 1 + usize::from(found.applies)), 2);
        }
        packer.close();
    }

    /// The key of a state, with what safeguards remember.
    pub(super) fn key(&self, state: &State, memory: Memory, words: &mut Vec<u64>) {
        self.pack(state, words);
        if self.remembers {
            words.push(memory);
        }
    }

    /// What the safeguards remember in a key.
    pub(super) fn memory(&self, key: &[u64]) -> Memory {
        if self.remembers { key.last().copied().unwrap_or(0) } else { 0 }
    }

    /// The state of an opened case, in which everything that follows by itself has followed.
    pub(super) fn opened(&self, now: &Now) -> State {
        let mut state = State::new(&self.procedure);
        state.is_timeless = true;
        state.open(now);
        state
    }

    /// A state with this key. What no rule asks for is as in a new case.
    pub(super) fn unpack(&self, key: &[u64], now: &Now) -> State {
        let mut state = State::new(&self.procedure);
        state.is_timeless = true;
        (state.reached, state.looked_at, state.opened) = (now.from, now.from, Some(now.when));
        let mut unpacker = Unpacker { words: key.iter(), word: 0, used: u64::BITS };
        for (stands, bits) in state.tracks.iter_mut().zip(&self.layout.tracks) {
            stands.stage = StageId::from_index(low(unpacker.take(*bits)));
        }
        for ((fact, _), (bits, values)) in
            self.kept.facts.iter().zip(self.layout.facts.iter().zip(&self.values))
        {
            let place = unpacker.take(*bits);
            let value = place.checked_sub(1).and_then(|place| values.get(place));
            if let (Some(known), Some(value)) = (state.facts.get_mut(fact.index()), value) {
                *known = Some(Known { value: value.clone(), since: now.when, cause: now.cause });
            }
        }
        for act in &self.done {
            let by = self.procedure.acts.at(*act).by.first().copied();
            if let (1, Some(done)) = (unpacker.take(1), state.done.get_mut(act.index())) {
                let by = by.unwrap_or_else(|| AuthorityId::from_index(0));
                done.push(Doing { entry: now.cause, when: now.when, by });
            }
        }
        for (clock, limited) in self.clocks.iter().zip(&self.layout.granted) {
            let standing = unpacker.take(STANDING);
            let withheld = unpacker.take(1) == 1;
            let mut run = run(*clock, standing, withheld, now);
            for (act, _, bits) in limited {
                let granted = unpacker.take(*bits);
                let longer = MadeLonger { act: *act, cause: now.cause, extension: self.any_extension(now) };
                if let Some(run) = &mut run {
                    run.extensions.extend(std::iter::repeat_n(longer, granted));
                }
            }
            if let Some(cycles) = state.cycles.get_mut(clock.index()) {
                cycles.extend(run);
            }
        }
        for document in &self.kept.documents {
            if let (1, Some(arrivals)) = (unpacker.take(1), state.arrivals.get_mut(document.index())) {
                arrivals.push(self.complete(*document, now));
            }
        }
        for ground in &self.kept_grounds {
            let found = unpacker.take(2);
            let by = self.procedure.grounds.at(*ground).considered_by.first().copied();
            let by = by.unwrap_or_else(|| AuthorityId::from_index(0));
            if let (1.., Some(place)) = (found, state.findings.get_mut(ground.index())) {
                *place = Some(Found { applies: found == 2, by, when: now.when, entry: now.cause });
            }
        }
        state.look_at_conditions();
        state
    }

    /// How often a clock was made longer is all that is asked of what made it longer.
    fn any_extension(&self, now: &Now) -> Extension {
        Extension { by: Longer::Until(self.procedure.home().zone.day_at(now.from)), granted: now.when }
    }

    /// A document as it must be.
    fn complete(&self, document: crate::procedure::DocumentId, now: &Now) -> Arrived {
        let translated_into = match &self.procedure.documents.at(document).translated {
            Translation::Into(language) => Some(language.clone()),
            Translation::NotNeeded | Translation::NotStated => None,
        };
        Arrived { entry: now.cause, when: now.when, form: ArrivedForm::Original, translated_into }
    }

    /// Writes down what no rule but those of acts asks for, so that nothing follows from it by itself.
    pub(super) fn write(&self, state: &mut State, inputs: &[super::menu::Input], now: &Now) {
        use super::menu::Input;
        for input in inputs {
            match input {
                Input::Fact(fact, value) => {
                    if let Some(place) = state.facts.get_mut(fact.index()) {
                        *place = Some(Known { value: value.clone(), since: now.when, cause: now.cause });
                    }
                }
                Input::Ground(ground, applies) => {
                    let by = self.procedure.grounds.at(*ground).considered_by.first().copied();
                    if let (Some(place), Some(by)) = (state.findings.get_mut(ground.index()), by) {
                        *place = Some(Found { applies: *applies, by, when: now.when, entry: now.cause });
                    }
                }
                Input::Document(document) => {
                    if let Some(place) = state.arrivals.get_mut(document.index()) {
                        place.push(self.complete(*document, now));
                    }
                }
            }
        }
        if !inputs.is_empty() {
            state.look_at_conditions();
        }
    }

    /// Takes it out again. None of it is in a state that was made from a key.
    pub(super) fn strike(state: &mut State, inputs: &[super::menu::Input]) {
        use super::menu::Input;
        for input in inputs {
            match input {
                Input::Fact(fact, _) => {
                    if let Some(place) = state.facts.get_mut(fact.index()) {
                        *place = None;
                    }
                }
                Input::Ground(ground, _) => {
                    if let Some(place) = state.findings.get_mut(ground.index()) {
                        *place = None;
                    }
                }
                Input::Document(document) => {
                    if let Some(place) = state.arrivals.get_mut(document.index()) {
                        place.clear();
                    }
                }
            }
        }
    }
}

/// An index of a table. No table has more rows than this can tell.
fn low(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn is_withheld(run: Option<&Cycle>) -> bool {
    matches!(run, Some(Cycle { status: CycleStatus::RanOut { withheld: true, .. }, .. }))
}

fn standing_place(run: Option<&Cycle>) -> usize {
    match run.map_or(ClockStanding::NotStarted, Cycle::standing) {
        ClockStanding::NotStarted => 0,
        ClockStanding::Running => 1,
        ClockStanding::Stopped => 2,
        ClockStanding::Met => 3,
        ClockStanding::RanOut => 4,
        ClockStanding::Cured => 5,
        ClockStanding::SwitchedOff => 6,
    }
}

/// A run of a clock that stands so; none, if it has not started.
fn run(clock: ClockId, standing: usize, withheld: bool, now: &Now) -> Option<Cycle> {
    // What brought it about is asked by nobody.
    let event = Event::Act(ActId::from_index(0));
    let (cause, when, at) = (now.cause, now.when, now.from);
    let status = match standing {
        1 | 2 => CycleStatus::Running,
        3 => CycleStatus::Met { event, cause, when },
        4 => CycleStatus::RanOut { at, withheld },
        5 => CycleStatus::Cured { ran_out: at, event, cause, when },
        6 => CycleStatus::SwitchedOff { when, cause: Cause::Expiry(clock) },
        _ => return None,
    };
    let stops = if standing == 2 { vec![StoodStill { from: when, cause, until: None }] } else { Vec::new() };
    Some(Cycle {
        event: None,
        cause,
        started: when,
        counted_from: Some(when),
        law: None,
        named: None,
        stops,
        extensions: Vec::new(),
        end: End::NoDayYet,
        status,
    })
}
