//! What was searched: configurations, the steps between them, and where each thing was first seen.

use std::collections::BTreeMap;

use super::key::Key;
use super::path::{Happens, Path};
use crate::procedure::{ActId, ClockId, StageId, TrackId};

/// How many steps that cross one thing are remembered.
const MOST_CROSSINGS: usize = 20;

/// Everything that was reached.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) is_whole: bool,
    pub(super) seen: Seen,
    /// For each safeguard, what speaks against it or, where it is a possibility, for it.
    pub(super) witnesses: Vec<Vec<Witness>>,
}

/// A configuration.
pub(super) struct Node {
    pub(super) parent: Option<usize>,
    pub(super) step: Vec<Happens>,
    pub(super) key: Key,
    /// Whether the first track of the file stands at an outcome.
    pub(super) has_outcome: bool,
    /// Whether nothing can happen any more, though the first track stands at no outcome.
    pub(super) is_stuck: bool,
    /// Whether a clock runs that surely runs out if nobody does anything.
    pub(super) has_sure_end: bool,
}

/// A step between configurations.
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: Kind,
}

/// What makes a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A deed that can be done there whatever else is known.
    Deed,
    /// A deed that can be done only while something is not known.
    PerhapsDeed,
    /// A clock runs out that surely had time left when it began.
    Expiry,
    /// A clock runs out that may have been over when it began.
    EarlyExpiry,
}

/// A configuration, and the last step to it where that is another than the one of the search.
#[derive(Clone)]
pub(super) struct Witness {
    pub(super) before: usize,
    pub(super) step: Vec<Happens>,
    pub(super) key: Key,
}

/// Where each thing was first seen.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) stages: Crossings<(TrackId, StageId)>,
    pub(super) acts: Crossings<ActId>,
    pub(super) started: Crossings<ClockId>,
    pub(super) met: Crossings<ClockId>,
}

/// The first steps that crossed each thing. Dates may rule out one of them and not the next.
pub(super) struct Crossings<K>(BTreeMap<K, Vec<Witness>>);

impl<K> Default for Crossings<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Crossings<K> {
    pub(super) fn add(&mut self, what: K, witness: impl FnOnce() -> Witness) {
        let known = self.0.entry(what).or_default();
        if known.len() < MOST_CROSSINGS {
            known.push(witness());
        }
    }

    pub(super) fn of(&self, what: &K) -> &[Witness] {
        self.0.get(what).map_or(&[], Vec::as_slice)
    }
}

impl Graph {
    /// The path on which the search came to a configuration.
    pub(super) fn path_to(&self, place: usize) -> Path {
        let mut steps: Vec<Vec<Happens>> = Vec::new();
        let mut at = Some(place);
        while let Some(node) = at.and_then(|place| self.nodes.get(place)) {
            steps.push(node.step.clone());
            at = node.parent;
        }
        Path { steps: steps.into_iter().rev().flatten().collect() }
    }

    pub(super) fn path_of(&self, witness: &Witness) -> Path {
        let Path { mut steps } = self.path_to(witness.before);
        steps.extend(witness.step.iter().cloned());
        Path { steps }
    }
}
