//! A configuration: what of a state can still matter, packed into a few words, and a state made from it again.
//!
//! This is the one module of the verifier that looks into a state.

use super::model::Model;
use crate::entry::ArrivedForm;
use crate::fold::{
    Arrived, Cause, Cycle, CycleStatus, Doing, End, Found, Known, MadeLonger, Now, State, StoodStill,
};
use crate::procedure::{
    ActId, AuthorityId, ClockId, ClockStanding, Event, Procedure, StageId, TrackId, Translation,
};
use crate::table::Id;
use crate::time::{Extension, Longer};

/// What a safeguard remembers of the path behind: one bit for each that remembers anything.
pub(super) type Memory = u64;

/// How many safeguards may remember something.
pub(super) const MOST_REMEMBERING: usize = 64;

/// Where a small number lies in the words of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) word: usize,
    shift: u32,
    bits: u32,
}

impl Place {
    fn put(self, value: usize, words: &mut [u64]) {
        if let Some(word) = words.get_mut(self.word) {
            *word |= (value as u64) << self.shift;
        }
    }

    pub(super) fn take(self, words: &[u64]) -> usize {
        let word = words.get(self.word).copied().unwrap_or(0);
        // No field is wider than the widest count.
        usize::try_from((word & self.mask()) >> self.shift).unwrap_or(usize::MAX)
    }

    /// The bits that are its own.
    pub(super) fn mask(self) -> u64 {
        ((1_u64 << self.bits) - 1) << self.shift
    }
}

/// Where what is remembered of a clock lies.
#[derive(Clone, Debug)]
pub(super) struct ClockPlaces {
    standing: Place,
    withheld: Place,
    /// The acts that make it longer only so often: how often they did.
    granted: Vec<(ActId, usize, Place)>,
}

impl ClockPlaces {
    /// Whether the clock runs, and does not stand still.
    pub(super) fn runs(&self, key: &[u64]) -> bool {
        self.standing.take(key) == RUNNING
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Place> + '_ {
        [self.standing, self.withheld].into_iter().chain(self.granted.iter().map(|(_, _, place)| *place))
    }
}

/// Where each part of a configuration lies in a key. Two states with one key differ in nothing that any rule, or any
/// safeguard, asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub(super) tracks: Vec<Place>,
    pub(super) facts: Vec<Place>,
    pub(super) done: Vec<Place>,
    pub(super) clocks: Vec<ClockPlaces>,
    pub(super) documents: Vec<Place>,
    pub(super) grounds: Vec<Place>,
    words: usize,
}

/// Puts small numbers side by side, none of them across two words.
#[derive(Default)]
struct Packer {
    word: usize,
    used: u32,
}

impl Packer {
    fn room(&mut self, bits: u32) -> Place {
        if self.used + bits > u64::BITS {
            (self.word, self.used) = (self.word + 1, 0);
        }
        let place = Place { word: self.word, shift: self.used, bits };
        self.used += bits;
        place
    }
}

/// How many bits hold the numbers up to `most`.
fn bits_up_to(most: usize) -> u32 {
    usize::BITS - most.leading_zeros()
}

const STANDING: u32 = 3;

impl Layout {
    pub(super) fn of(model: &Model) -> Self {
        let procedure = &model.procedure;
        let mut packer = Packer::default();
        let tracks = procedure.tracks.iter();
        let tracks = tracks.map(|(_, _, track)| packer.room(bits_up_to(track.stages.len()))).collect();
        let facts = model.kept.facts.values();
        let facts = facts.map(|values| packer.room(bits_up_to(values.len() + 1))).collect();
        let done = model.done.iter().map(|_| packer.room(1)).collect();
        let clocks = model.clocks.iter().map(|clock| clock_places(procedure, *clock, &mut packer)).collect();
        let documents = model.kept.documents.iter().map(|_| packer.room(1)).collect();
        let grounds = model.kept_grounds.iter().map(|_| packer.room(2)).collect();
        Self { tracks, facts, done, clocks, documents, grounds, words: packer.word + 1 }
    }
}

fn clock_places(procedure: &Procedure, clock: ClockId, packer: &mut Packer) -> ClockPlaces {
    let (standing, withheld) = (packer.room(STANDING), packer.room(1));
    let limited = procedure.clocks.at(clock).extended_by.iter();
    let granted = limited.filter_map(|by| {
        let at_most = usize::try_from(by.at_most?).unwrap_or(usize::MAX);
        Some((by.act, at_most, packer.room(bits_up_to(at_most))))
    });
    ClockPlaces { standing, withheld, granted: granted.collect() }
}

impl Model {
    /// How many words a key has.
    pub(super) fn width(&self) -> usize {
        self.layout.words + usize::from(self.remembers)
    }

    /// Packs what of a state can still matter. A key begins with it.
    pub(super) fn pack(&self, state: &State, keys: &mut Vec<u64>) {
        let begins = keys.len();
        keys.resize(begins + self.layout.words, 0);
        let words = keys.get_mut(begins..).unwrap_or_default();
        for (track, place) in self.procedure.tracks.ids().zip(&self.layout.tracks) {
            place.put(state.stage(track).index(), words);
        }
        for ((fact, values), place) in self.kept.facts.iter().zip(&self.layout.facts) {
            // Nothing recorded, the place among the values asked for, or one after them.
            let value = state.fact(*fact).map_or(0, |known| {
                1 + values.iter().position(|value| *value == known.value).unwrap_or(values.len())
            });
            place.put(value, words);
        }
        for (act, place) in self.done.iter().zip(&self.layout.done) {
            place.put(usize::from(!state.doings(*act).is_empty()), words);
        }
        for (clock, places) in self.clocks.iter().zip(&self.layout.clocks) {
            let last = state.cycles(*clock).last();
            places.standing.put(standing_place(last), words);
            places.withheld.put(usize::from(is_withheld(last)), words);
            for (act, at_most, place) in &places.granted {
                let granted = last
                    .map_or(0, |run| run.extensions.iter().filter(|longer| longer.act == Some(*act)).count());
                place.put(granted.min(*at_most), words);
            }
        }
        for (document, place) in self.kept.documents.iter().zip(&self.layout.documents) {
            place.put(usize::from(state.is_complete(*document)), words);
        }
        for (ground, place) in self.kept_grounds.iter().zip(&self.layout.grounds) {
            place.put(state.finding(*ground).map_or(0, |found| 1 + usize::from(found.applies)), words);
        }
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

    /// Where a track stands.
    pub(super) fn stage_in(&self, key: &[u64], track: TrackId) -> Option<StageId> {
        self.layout.tracks.get(track.index()).map(|place| StageId::from_index(low(place.take(key))))
    }

    /// The state of an opened case, in which everything that follows by itself has followed.
    pub(super) fn opened(&self, now: &Now) -> State {
        let mut state = State::new(&self.procedure);
        state.is_timeless = true;
        state.open(now);
        state
    }

    /// Makes a state one with this key. What no rule asks for is as in a new case.
    pub(super) fn unpack(&self, key: &[u64], now: &Now, new: &State, state: &mut State) {
        state.clone_from(new);
        state.is_timeless = true;
        (state.reached, state.looked_at, state.opened) = (now.from, now.from, Some(now.when));
        for (stands, place) in state.tracks.iter_mut().zip(&self.layout.tracks) {
            stands.stage = StageId::from_index(low(place.take(key)));
        }
        for ((fact, _), (place, values)) in
            self.kept.facts.iter().zip(self.layout.facts.iter().zip(&self.values))
        {
            let value = place.take(key).checked_sub(1).and_then(|index| values.get(index));
            if let (Some(known), Some(value)) = (state.facts.get_mut(fact.index()), value) {
                *known = Some(Known { value: value.clone(), since: now.when, cause: now.cause });
            }
        }
        for (act, place) in self.done.iter().zip(&self.layout.done) {
            let by = self.procedure.acts.at(*act).by.first().copied();
            if let (1, Some(done)) = (place.take(key), state.done.get_mut(act.index())) {
                let by = by.unwrap_or_else(|| AuthorityId::from_index(0));
                done.push(Doing { entry: now.cause, when: now.when, by });
            }
        }
        for (clock, places) in self.clocks.iter().zip(&self.layout.clocks) {
            let withheld = places.withheld.take(key) == 1;
            let mut run = run(*clock, places.standing.take(key), withheld, now);
            for (act, _, place) in &places.granted {
                let longer =
                    MadeLonger { act: Some(*act), cause: now.cause, extension: self.any_extension(now) };
                if let Some(run) = &mut run {
                    run.extensions.extend(std::iter::repeat_n(longer, place.take(key)));
                }
            }
            if let Some(cycles) = state.cycles.get_mut(clock.index()) {
                cycles.extend(run);
            }
        }
        for (document, place) in self.kept.documents.iter().zip(&self.layout.documents) {
            if let (1, Some(arrivals)) = (place.take(key), state.arrivals.get_mut(document.index())) {
                arrivals.push(self.complete(*document, now));
            }
        }
        for (ground, place) in self.kept_grounds.iter().zip(&self.layout.grounds) {
            let found = place.take(key);
            let by = self.procedure.grounds.at(*ground).considered_by.first().copied();
            let by = by.unwrap_or_else(|| AuthorityId::from_index(0));
            if let (1.., Some(place)) = (found, state.findings.get_mut(ground.index())) {
                *place = Some(Found { applies: found == 2, by, when: now.when, entry: now.cause });
            }
        }
        state.look_at_conditions();
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

/// How a clock is packed that runs.
const RUNNING: usize = 1;

fn standing_place(run: Option<&Cycle>) -> usize {
    match run.map_or(ClockStanding::NotStarted, Cycle::standing) {
        ClockStanding::NotStarted => 0,
        ClockStanding::Running => RUNNING,
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
    let event = Some(Event::Act(ActId::from_index(0)));
    let (cause, when, at) = (now.cause, now.when, now.from);
    let status = match standing {
        RUNNING | 2 => CycleStatus::Running,
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
        carried: None,
    })
}
