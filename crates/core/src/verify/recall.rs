//! Steps that were taken once and need not be taken again.
//!
//! A step is the same from two configurations that agree in its footprint. So it is kept by that part of the key alone, and
//! of where it leads that part alone: all else stays as it was.

use std::collections::{BTreeMap, BTreeSet};

use super::footprint::Part;
use super::keys::Keys;
use super::model::Model;
use super::taken::Taken;
use super::watch::Seen;
use crate::procedure::{ActId, ClockId};

/// How many answers to one question are kept at most, so that what is kept stays small beside what is searched.
const MOST_KEPT: usize = 20_000;

/// How many answers to all questions a searcher keeps at most.
const MOST_KEPT_OF_ALL: usize = 300_000;

/// From how many answers on it is asked whether keeping them is worth it.
const ENOUGH: usize = 1_000;

/// The bits of a key that count, word by word.
type Bits = Vec<(usize, u64)>;

/// What is asked of a configuration.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question {
    /// What it says of a safeguard.
    Shown(usize),
    /// Whether something is seen there that is watched for.
    Seen(Seen),
    /// Where an act leads.
    Act(ActId),
    /// Where something else leads that is recorded.
    Deed(u16),
    /// What follows that has waited.
    Settles,
    /// Where the running out of a clock leads; its number among those that are remembered.
    RunsOut(usize, ClockId),
}

/// All questions in the order in which they are asked, each with the bits on which its answer hangs; with `is_plain` on
/// all, so that nothing is said of one configuration because it was true of another.
pub(super) fn questions(model: &Model, is_plain: bool) -> Vec<(Question, Bits)> {
    let all: Bits = (0..model.width()).map(|word| (word, u64::MAX)).collect();
    let bits = |parts: &BTreeSet<Part>| if is_plain { all.clone() } else { model.bits(parts) };
    let mut found = Vec::new();
    for (index, (_, promise)) in model.safeguards.iter().enumerate() {
        found.push((Question::Shown(index), bits(&model.parts_of_safeguard(promise))));
    }
    for seen in model.watch.at_places() {
        found.push((Question::Seen(seen), bits(&model.parts_of_seen(seen))));
    }
    for act in model.procedure.acts.ids() {
        found.push((Question::Act(act), bits(&model.parts_of_act(act))));
    }
    // Many deeds are about one fact.
    let mut of_part: BTreeMap<Option<Part>, Bits> = BTreeMap::new();
    for (index, deed) in (0..).zip(model.deeds.iter()) {
        let part = model.part_of_deed(deed);
        let of_deed = of_part.entry(part).or_insert_with(|| bits(&model.parts_of_recording(part)));
        found.push((Question::Deed(index), of_deed.clone()));
    }
    if !model.settles_at_once() {
        found.push((Question::Settles, bits(&model.parts_of_recording(None))));
    }
    for (index, clock) in model.clocks.iter().enumerate() {
        found.push((Question::RunsOut(index, *clock), bits(&model.parts_of_expiry(*clock))));
    }
    found
}

impl Model {
    /// The bits of some parts of a configuration, and all that safeguards remember.
    fn bits(&self, parts: &BTreeSet<Part>) -> Bits {
        let mut words = vec![0; self.width()];
        let layout = &self.layout;
        let tracks = self.procedure.tracks.ids().map(Part::Track).zip(&layout.tracks);
        let facts = self.kept.facts.keys().copied().map(Part::Fact).zip(&layout.facts);
        let done = self.done.iter().copied().map(Part::Done).zip(&layout.done);
        let documents = self.kept.documents.iter().copied().map(Part::Document).zip(&layout.documents);
        let grounds = self.kept_grounds.iter().copied().map(Part::Ground).zip(&layout.grounds);
        let plain = tracks.chain(facts).chain(done).chain(documents).chain(grounds);
        let clocks = self.clocks.iter().copied().map(Part::Clock).zip(&layout.clocks);
        let clocks = clocks.flat_map(|(part, places)| places.all().map(move |place| (part, place)));
        for (_, place) in
            plain.map(|(part, place)| (part, *place)).chain(clocks).filter(|(part, _)| parts.contains(part))
        {
            if let Some(word) = words.get_mut(place.word) {
                *word |= place.mask();
            }
        }
        if let Some(memory) = words.last_mut().filter(|_| self.remembers) {
            *memory = u64::MAX;
        }
        words.into_iter().enumerate().filter(|(_, mask)| *mask != 0).collect()
    }
}

/// What one searcher keeps.
pub(super) struct Recall {
    questions: Vec<Kept>,
    /// How many answers more it may keep.
    room: usize,
    /// The part of a key that is looked up.
    part: Vec<u64>,
    /// The answer that was found last and is not kept.
    passing: Taken,
}

/// The answers to one question.
pub(super) struct Kept {
    pub(super) question: Question,
    bits: Bits,
    by: Keys,
    answers: Vec<Taken>,
    asked: usize,
    is_given_up: bool,
}

impl Recall {
    pub(super) fn new(questions: Vec<(Question, Bits)>) -> Self {
        let questions = questions.into_iter().map(|(question, bits)| Kept {
            question,
            by: Keys::new(bits.len()),
            bits,
            answers: Vec::new(),
            asked: 0,
            is_given_up: false,
        });
        Self {
            questions: questions.collect(),
            room: MOST_KEPT_OF_ALL,
            part: Vec::new(),
            passing: Taken::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.questions.len()
    }

    pub(super) fn question(&self, number: usize) -> Option<Question> {
        self.questions.get(number).map(|kept| kept.question)
    }

    /// The answer to a question where a case stands at `key`, found by `take` if it is not known from elsewhere.
    pub(super) fn answer(
        &mut self,
        number: usize,
        key: &[u64],
        take: impl FnOnce(Question, &mut Taken),
    ) -> Option<Answer<'_>> {
        let Self { questions, room, part, passing } = self;
        let kept = questions.get_mut(number)?;
        let known = if kept.is_given_up { None } else { kept.find(key, part) };
        let place = known.or_else(|| {
            passing.clear();
            take(kept.question, passing);
            kept.cut(passing, key);
            kept.keep(part, passing, room)
        });
        let taken = place.map_or(Some(&*passing), |place| kept.answers.get(place))?;
        Some(Answer { taken, bits: &kept.bits })
    }
}

impl Kept {
    /// The place of the answer for a key, of which the part that counts is written down.
    fn find(&mut self, key: &[u64], part: &mut Vec<u64>) -> Option<usize> {
        self.asked += 1;
        part.clear();
        part.extend(self.bits.iter().map(|(at, mask)| key.get(*at).copied().unwrap_or(0) & mask));
        self.by.find(part).and_then(|place| usize::try_from(place).ok())
    }

    /// Leaves of where steps lead the bits that count.
    fn cut(&self, taken: &mut Taken, key: &[u64]) {
        let (width, kept) = (key.len(), self.bits.len());
        for step in 0..taken.steps.len() {
            let next = taken.keys.iter().skip(step * width).take(width);
            debug_assert!(self.covers(key, next), "{:?} changes what is not in its footprint", self.question);
            for (to, (at, mask)) in self.bits.iter().enumerate() {
                let value = taken.keys.get(step * width + at).copied().unwrap_or(0) & mask;
                if let Some(word) = taken.keys.get_mut(step * kept + to) {
                    *word = value;
                }
            }
        }
        taken.keys.truncate(taken.steps.len() * kept);
    }

    /// Whether two keys differ in the bits that count alone. A release need not look, since the tests do.
    fn covers<'k>(&self, one: &[u64], other: impl Iterator<Item = &'k u64>) -> bool {
        let mask = |word: usize| self.bits.iter().find(|(at, _)| *at == word).map_or(0, |(_, mask)| *mask);
        one.iter().zip(other).enumerate().all(|(word, (one, other))| (one ^ other) & !mask(word) == 0)
    }

    /// Keeps an answer, if there is room and it is worth it, and gives its place.
    fn keep(&mut self, part: &[u64], taken: &Taken, room: &mut usize) -> Option<usize> {
        let count = self.answers.len();
        if count >= ENOUGH && count.saturating_mul(2) > self.asked {
            self.is_given_up = true;
            *room += count;
            self.by.clear();
            self.answers = Vec::new();
        }
        if self.is_given_up || count >= MOST_KEPT || *room == 0 || self.by.add(part).is_none() {
            return None;
        }
        *room -= 1;
        self.answers.push(taken.clone());
        Some(count)
    }
}

/// An answer, to be read with the key of the configuration of which it was asked.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) taken: &'a Taken,
    bits: &'a Bits,
}

impl Answer<'_> {
    /// The key to which a step leads from `key`, written at the end of `keys`.
    pub(super) fn lead(&self, key: &[u64], step: usize, keys: &mut Vec<u64>) {
        let begins = keys.len();
        keys.extend_from_slice(key);
        let values = self.taken.keys.chunks_exact(self.bits.len().max(1)).nth(step).unwrap_or_default();
        for ((at, mask), value) in self.bits.iter().zip(values) {
            if let Some(word) = keys.get_mut(begins + at) {
                *word = (*word & !mask) | value;
            }
        }
    }
}
