//! From where an outcome can be reached, whatever the clocks do.

use super::graph::{Edge, Graph, Kind, Node, Stands};

/// The steps of a graph, by where they lead.
struct Back {
    /// Where the steps to each configuration begin among `steps`.
    begins: Vec<u32>,
    /// From where, and of which kind.
    steps: Vec<Edge>,
}

/// What is known of a configuration while the search goes back from the outcomes.
#[derive(Clone, Copy, Default)]
struct Standing {
    /// An outcome can be reached if somebody can act before a clock runs out.
    is_good: bool,
    /// It can be reached even if clocks run out at once, as they may where one has just run out.
    is_good_at_once: bool,
    has_good_deed: bool,
    /// Clocks whose running out does not lead to where an outcome can be reached.
    bad_expiries: u32,
    /// Those of them that may run out before anybody can act.
    bad_early: u32,
}

impl Graph {
    /// Whether an outcome can be reached from each configuration by some steps.
    pub(super) fn some_way(&self) -> Vec<bool> {
        self.leads_to(|node| node.stands.are(Stands::HAS_OUTCOME))
    }

    /// From where some steps lead to a configuration that is so.
    pub(super) fn leads_to(&self, is_so: impl Fn(&Node) -> bool) -> Vec<bool> {
        let mut good: Vec<bool> = self.nodes.iter().map(is_so).collect();
        let back = self.back();
        let mut open: Vec<u32> = (0..).zip(&good).filter(|(_, good)| **good).map(|(at, _)| at).collect();
        while let Some(at) = open.pop() {
            for edge in back.to(at) {
                if let Some(place) = at_mut(&mut good, edge.to()).filter(|place| !**place) {
                    *place = true;
                    open.push(edge.to());
                }
            }
        }
        good
    }

    /// Whether it can be reached for certain: by a deed that can be done there, or by waiting, whichever clock then runs
    /// out first. Where a clock has just run out, another may run out at the same instant, before anybody acts.
    pub(super) fn sure_way(&self) -> Vec<bool> {
        let mut standing = vec![Standing::default(); self.nodes.len()];
        for (place, edges) in standing.iter_mut().zip(self.steps_by_place()) {
            for edge in edges {
                place.bad_expiries += u32::from(matches!(edge.kind(), Kind::Expiry | Kind::EarlyExpiry));
                place.bad_early += u32::from(edge.kind() == Kind::EarlyExpiry);
            }
        }
        let back = self.back();
        // What was found good, and whether at once.
        let mut open: Vec<(u32, bool)> = Vec::new();
        for ((at, node), place) in (0..).zip(&self.nodes).zip(&mut standing) {
            if node.stands.are(Stands::HAS_OUTCOME) {
                (place.is_good, place.is_good_at_once) = (true, true);
                open.extend([(at, false), (at, true)]);
            }
        }
        while let Some((at, at_once)) = open.pop() {
            for edge in back.to(at) {
                let is_expiry = matches!(edge.kind(), Kind::Expiry | Kind::EarlyExpiry);
                let (Some(place), Some(node)) = (at_mut(&mut standing, edge.to()), self.node(edge.to()))
                else {
                    continue;
                };
                // A deed leads to where somebody may act again, a clock to where another may run out.
                if is_expiry != at_once {
                    continue;
                }
                place.count(edge.kind());
                let found = place.judge(node.stands.are(Stands::HAS_SURE_END));
                open.extend(found.into_iter().flatten().map(|at_once| (edge.to(), at_once)));
            }
        }
        standing.into_iter().map(|place| place.is_good && place.is_good_at_once).collect()
    }

    /// The steps from each configuration.
    pub(super) fn steps_by_place(&self) -> impl Iterator<Item = &[Edge]> {
        let mut begins = 0;
        self.nodes.iter().map(move |node| {
            let ends = usize::try_from(node.edges_end).unwrap_or(usize::MAX).max(begins);
            let edges = self.edges.get(begins..ends).unwrap_or_default();
            begins = ends;
            edges
        })
    }

    fn back(&self) -> Back {
        let mut begins = vec![0_u32; self.nodes.len() + 1];
        for edge in &self.edges {
            if let Some(count) = at_mut(&mut begins, edge.to()) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut begins {
            (*count, sum) = (sum, sum + *count);
        }
        let mut next = begins.clone();
        let mut steps = vec![Edge::new(0, Kind::Deed); self.edges.len()];
        for (from, edges) in (0..).zip(self.steps_by_place()) {
            for edge in edges {
                let Some(slot) = at_mut(&mut next, edge.to()) else { continue };
                if let Some(step) = at_mut(&mut steps, *slot) {
                    *step = Edge::new(from, edge.kind());
                }
                *slot += 1;
            }
        }
        Back { begins, steps }
    }
}

impl Back {
    fn to(&self, place: u32) -> &[Edge] {
        let at = |place: u32| {
            let begins = usize::try_from(place).ok().and_then(|place| self.begins.get(place));
            begins.and_then(|begins| usize::try_from(*begins).ok()).unwrap_or(self.steps.len())
        };
        self.steps.get(at(place)..at(place.saturating_add(1))).unwrap_or_default()
    }
}

impl Standing {
    fn count(&mut self, kind: Kind) {
        match kind {
            Kind::Deed => self.has_good_deed = true,
            Kind::PerhapsDeed => {}
            Kind::Expiry => self.bad_expiries = self.bad_expiries.saturating_sub(1),
            Kind::EarlyExpiry => {
                self.bad_expiries = self.bad_expiries.saturating_sub(1);
                self.bad_early = self.bad_early.saturating_sub(1);
            }
        }
    }

    /// What has turned out to be good: in time, and at once.
    fn judge(&mut self, has_sure_end: bool) -> [Option<bool>; 2] {
        let by_waiting = has_sure_end && self.bad_expiries == 0;
        let is_good = (self.has_good_deed && self.bad_early == 0) || by_waiting;
        let at_once = self.bad_expiries == 0 && (self.has_good_deed || has_sure_end);
        let found =
            [(is_good && !self.is_good).then_some(false), (at_once && !self.is_good_at_once).then_some(true)];
        self.is_good |= is_good;
        self.is_good_at_once |= at_once;
        found
    }
}

fn at_mut<T>(list: &mut [T], place: u32) -> Option<&mut T> {
    list.get_mut(usize::try_from(place).ok()?)
}
