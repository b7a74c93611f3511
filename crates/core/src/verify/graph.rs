//! What was searched: configurations, the steps between them, and where each thing was first crossed.

use super::keys::Keys;
use super::step::Step;

/// Everything that was reached.
#[derive(PartialEq)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// The keys of the configurations, in the same order.
    pub(super) keys: Keys,
    /// The steps from each configuration that was gone on from, one after the other.
    pub(super) edges: Vec<Edge>,
    pub(super) is_whole: bool,
    /// For each thing the first steps that crossed it. Dates may rule out one of them and not the next.
    pub(super) crossed: Vec<Vec<Witness>>,
}

/// A configuration.
#[derive(Clone, PartialEq)]
pub(super) struct Node {
    /// From where the search first came.
    pub(super) parent: u32,
    pub(super) step: Step,
    /// Where its steps end among all steps; those of the one before end where they begin.
    pub(super) edges_end: u32,
    pub(super) stands: Stands,
}

/// How a configuration stands, each claim a bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stands(u8);

impl Stands {
    /// The first track of the file stands at an outcome.
    pub(super) const HAS_OUTCOME: Self = Self(1);
    /// Nobody can do or record anything that leads on.
    pub(super) const NOBODY_ACTS: Self = Self(2);
    /// A clock runs that surely runs out if nobody does anything.
    pub(super) const HAS_SURE_END: Self = Self(4);

    pub(super) fn claim(&mut self, claim: Self, holds: impl Into<bool>) {
        if holds.into() {
            self.0 |= claim.0;
        }
    }

    pub(super) fn are(self, claim: Self) -> bool {
        self.0 & claim.0 != 0
    }

    /// Whether nothing can happen any more, though the first track stands at no outcome; a clock without an end may run.
    pub(super) fn are_quiet(self) -> bool {
        self.are(Self::NOBODY_ACTS) && !self.are(Self::HAS_OUTCOME) && !self.are(Self::HAS_SURE_END)
    }
}

/// A step to a configuration, and of which kind it is.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Edge(u32);

/// What makes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// How many configurations a graph may hold, so that a step and its kind fit one word.
pub(super) const MOST_NODES: usize = 1 << 30;

impl Edge {
    pub(super) fn new(to: u32, kind: Kind) -> Self {
        let kind = match kind {
            Kind::Deed => 0,
            Kind::PerhapsDeed => 1,
            Kind::Expiry => 2,
            Kind::EarlyExpiry => 3,
        };
        Self((to << 2) | kind)
    }

    pub(super) fn to(self) -> u32 {
        self.0 >> 2
    }

    pub(super) fn kind(self) -> Kind {
        match self.0 & 3 {
            0 => Kind::Deed,
            1 => Kind::PerhapsDeed,
            2 => Kind::Expiry,
            _ => Kind::EarlyExpiry,
        }
    }
}

/// A step that crossed something: from where, by what, and to where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Witness {
    pub(super) before: u32,
    pub(super) step: Step,
    pub(super) after: u32,
}

impl Graph {
    pub(super) fn node(&self, place: u32) -> Option<&Node> {
        self.nodes.get(usize::try_from(place).ok()?)
    }

    /// The place of a configuration; a new one if there is room for it.
    pub(super) fn enter(&mut self, key: &[u64], parent: u32, step: Step, bound: usize) -> Option<u32> {
        if let Some(place) = self.keys.find(key) {
            return Some(place);
        }
        let place = if self.nodes.len() < bound.min(MOST_NODES) { self.keys.add(key) } else { None };
        if place.is_some() {
            self.nodes.push(Node { parent, step, edges_end: 0, stands: Stands::default() });
        }
        self.is_whole &= place.is_some();
        place
    }

    /// The steps by which the search came to a configuration, each with the configuration that it led to.
    pub(super) fn way_to(&self, place: u32) -> Vec<(Step, u32)> {
        let mut way = Vec::new();
        let mut at = place;
        while let Some(node) = self.node(at) {
            way.push((node.step, at));
            if node.step == Step::Opened {
                break;
            }
            at = node.parent;
        }
        way.reverse();
        way
    }

    /// The steps to a witness, the last of them its own.
    pub(super) fn way_of(&self, witness: &Witness) -> Vec<(Step, u32)> {
        if witness.step == Step::Opened {
            return self.way_to(witness.after);
        }
        let mut way = self.way_to(witness.before);
        way.push((witness.step, witness.after));
        way
    }

    /// How many steps there are to a witness.
    pub(super) fn length_of(&self, witness: &Witness) -> usize {
        let before = |node: &&Node| if node.step == Step::Opened { None } else { self.node(node.parent) };
        let last = usize::from(witness.step != Step::Opened);
        std::iter::successors(self.node(witness.before), before).count() + last
    }

    /// A witness of a configuration: the step by which the search came to it.
    pub(super) fn witness(&self, place: u32) -> Option<Witness> {
        self.node(place).map(|node| Witness { before: node.parent, step: node.step, after: place })
    }

    /// The steps from a configuration.
    pub(super) fn steps_from(&self, place: u32) -> &[Edge] {
        let end =
            |place: u32| self.node(place).and_then(|node| usize::try_from(node.edges_end).ok()).unwrap_or(0);
        let begins = place.checked_sub(1).map_or(0, end);
        self.edges.get(begins..end(place)).unwrap_or_default()
    }

    /// The configurations of which a claim is true.
    pub(super) fn places(&self, is_so: impl Fn(&Node) -> bool) -> Vec<u32> {
        (0..).zip(&self.nodes).filter(|(_, node)| is_so(node)).map(|(place, _)| place).collect()
    }
}
