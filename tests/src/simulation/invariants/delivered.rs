//! What others were told: each effect at least once, under one key, in its order.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::entry::{Body, What};
use comity_core::id::CaseId;
use comity_runner::outbox::SealedCases;
use comity_store::codec::Record;

use crate::simulation::model::{Line, Model};
use crate::simulation::receiver::Given;
use crate::simulation::trace::Wrong;

const THERE: &str = "nobody is told of an entry that is not there, or that is nothing for them";
const ONE_KEY: &str = "an event has one key, and says the same each time";
const IN_ORDER: &str =
    "of one case a target takes an event only after those before it, or when they were given up";
const SEALED: &str = "of a case that is sealed a target is told nothing, unless it is to be";
const GONE: &str = "of what was erased nobody is told anything any more but that it was";
const ALL: &str = "when a target is well again, it is told of everything that there was to tell";

/// Which entries a target is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// All that are events.
    All,
    /// Acts, and limits that ran out or soon will.
    Pressing,
}

/// A target, and what it was given.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) wants: Wants,
    /// Whether it is delivered to from the first entry of the record on.
    pub(crate) is_from_the_beginning: bool,
    /// Whether it is told of sealed cases.
    sealed: SealedCases,
    /// The cases that were sealed when this was last looked at, and how often that had been said.
    were_sealed: BTreeMap<CaseId, usize>,
    /// By position, the key and the text of what was sent.
    sent: BTreeMap<u64, (String, String)>,
    taken: BTreeSet<u64>,
    /// What was erased when this was last looked at.
    were_gone: BTreeSet<CaseId>,
    /// What could not be read for a while waits without holding up its case.
    out_of_turn: BTreeSet<u64>,
}

impl Told {
    pub(crate) fn new(name: &str, wants: Wants, is_from_the_beginning: bool, sealed: SealedCases) -> Self {
        let name = name.to_owned();
        Self {
            name,
            wants,
            is_from_the_beginning,
            sealed,
            were_sealed: BTreeMap::new(),
            sent: BTreeMap::new(),
            taken: BTreeSet::new(),
            were_gone: BTreeSet::new(),
            out_of_turn: BTreeSet::new(),
        }
    }

    /// Takes up what the target was given since.
    pub(crate) fn take(&mut self, given: Vec<Given>, model: &Model) -> Result<(), Wrong> {
        let taken = self.take_all(given, model);
        let sealed = model.cases().map(|(id, case)| (id, case.seals()));
        self.were_sealed = sealed.filter_map(|(id, (is, times))| is.then_some((id, times))).collect();
        self.were_gone = model.all_gone().map(|(id, _)| id).collect();
        taken
    }

    fn take_all(&mut self, given: Vec<Given>, model: &Model) -> Result<(), Wrong> {
        if given.is_empty() {
            return Ok(());
        }
        let expected = self.expected(model);
        let (given_up, _) = model.given_up(&self.name);
        for one in given {
            let wrong = |sentence| Err(Wrong::new(sentence, format!("{}: {}", self.name, one.json)));
            let position = one.id.split_once('-').and_then(|(position, _)| position.parse::<u64>().ok());
            let Some(position) = position else { return wrong(THERE) };
            let Some((case, line)) = model.at(position) else { return wrong(THERE) };
            // Somebody may ask for what could not be read when it was given up, whatever kind it turns out to be.
            let is_asked_for = given_up.contains(&position) && Wants::All.has(&line.record);
            if !expected.contains_key(&position) && !is_asked_for {
                return wrong(THERE);
            }
            if one.id != key(line) || !one.json.contains(&one.subject) {
                return wrong(ONE_KEY);
            }
            if line.is_personal() && self.were_gone.contains(&case) {
                return wrong(GONE);
            }
            if self.sealed == SealedCases::LeftOut && self.was_sealed_all_along(case, model) {
                return wrong(SEALED);
            }
            let sent = (one.id.clone(), one.json.clone());
            if *self.sent.entry(position).or_insert_with(|| sent.clone()) != sent {
                return wrong(ONE_KEY);
            }
            if one.was_taken && self.taken.insert(position) {
                let mut before = expected.range(..position).filter(|(_, other)| **other == case);
                if let Some((first, _)) = before.find(|(other, _)| {
                    !self.is_past(**other)
                        && !given_up.contains(other)
                        && !self.may_be_left_out(**other, model)
                }) {
                    let found = format!("{}: {position} was taken before {first}", self.name);
                    return Err(Wrong::new(IN_ORDER, found));
                }
            }
        }
        Ok(())
    }

    /// Whether a case has been sealed since this was last looked at, and nobody lifted the seal meanwhile.
    fn was_sealed_all_along(&self, id: CaseId, model: &Model) -> bool {
        model.case(id).is_some_and(|case| {
            let (is_sealed, times) = case.seals();
            is_sealed && self.were_sealed.get(&id) == Some(&times)
        })
    }

    /// What was tried while its case was sealed is passed over, and not made up for.
    fn may_be_left_out(&self, position: u64, model: &Model) -> bool {
        // Of what was erased there is nothing to tell.
        if model.at(position).is_some_and(|(id, line)| line.is_personal() && model.gone(id).is_some()) {
            return true;
        }
        let at = (self.sealed == SealedCases::LeftOut).then(|| model.at(position)).flatten();
        at.and_then(|(id, line)| Some((model.case(id)?, line.number)))
            .is_some_and(|(case, number)| case.was_sealed_since(number))
    }

    fn is_past(&self, position: u64) -> bool {
        self.taken.contains(&position) || self.out_of_turn.contains(&position)
    }

    /// A case can be read again. What was tried of it meanwhile has lost its turn.
    pub(crate) fn lost_turn(&mut self, case: CaseId, model: &Model) {
        let lines = model.streams.get(&case).into_iter().flat_map(|stream| &stream.lines);
        self.out_of_turn.extend(lines.map(|line| line.position));
    }

    /// Everything that there was to tell was taken, but for what somebody set aside.
    pub(crate) fn is_drained(&self, model: &Model) -> Result<(), Wrong> {
        let (_, aside) = model.given_up(&self.name);
        let expected = self.expected(model);
        let mut missing = expected.keys().filter(|one| {
            !self.taken.contains(one) && !aside.contains(one) && !self.may_be_left_out(**one, model)
        });
        match missing.next() {
            None => Ok(()),
            Some(first) => {
                let found =
                    format!("{} was not told of {first}, nor of {} others", self.name, missing.count());
                Err(Wrong::new(ALL, found))
            }
        }
    }

    /// How many events it took.
    pub(crate) fn taken(&self) -> usize {
        self.taken.len()
    }

    /// The positions of all its events, each with its case.
    fn expected(&self, model: &Model) -> BTreeMap<u64, CaseId> {
        let begun = match (model.begun(&self.name), self.is_from_the_beginning) {
            (None, _) => return BTreeMap::new(),
            (Some(_), true) => 0,
            (Some(begun), false) => begun,
        };
        let streams = model.streams.iter();
        let lines = streams.flat_map(|(id, stream)| stream.lines.iter().map(|line| (*id, line)));
        lines
            .filter(|(_, line)| line.position > begun && self.wants.has(&line.record))
            .map(|(id, line)| (line.position, id))
            .collect()
    }
}

impl Wants {
    fn has(self, record: &Record) -> bool {
        match (self, record) {
            // What is said of deliveries, and of who read a case, is delivered to nobody.
            (_, Record::Delivery(_) | Record::Read(_) | Record::Report(_)) => false,
            (Self::All, _) | (Self::Pressing, Record::Case(Body::Noticed(_) | Body::Warned(_))) => true,
            (Self::Pressing, Record::Case(Body::Deed(deed))) => matches!(deed.what, What::Act { .. }),
            (
                Self::Pressing,
                Record::Case(_)
                | Record::Matter(_)
                | Record::Procedure(_)
                | Record::Erased(_)
                | Record::Clock(_),
            ) => false,
        }
    }
}

/// The key by which a receiver knows an event again.
fn key(line: &Line) -> String {
    format!("{}-{}", line.position, line.new.recorded_at.as_unix_microseconds())
}
