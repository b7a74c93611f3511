//! From where an outcome can be reached, whatever the clocks do.

use super::graph::{Edge, Graph, Kind};

/// What is known of a configuration while the search goes back from the outcomes.
#[derive(Clone, Default)]
struct Standing {
    is_good: bool,
    has_good_deed: bool,
    /// Clocks whose running out does not lead to where an outcome can be reached.
    bad_expiries: usize,
    /// Those of them that may run out before anybody can act.
    bad_early: usize,
}

impl Graph {
    /// Whether an outcome can be reached from each configuration by some steps.
    pub(super) fn some_way(&self) -> Vec<bool> {
        let mut good: Vec<bool> = self.nodes.iter().map(|node| node.has_outcome).collect();
        let back = self.back();
        let mut open: Vec<usize> = (0..).zip(&good).filter(|(_, good)| **good).map(|(at, _)| at).collect();
        while let Some(at) = open.pop() {
            for edge in back.get(at).into_iter().flatten() {
                if let Some(place) = good.get_mut(edge.from).filter(|place| !**place) {
                    *place = true;
                    open.push(edge.from);
                }
            }
        }
        good
    }

    /// Whether it can be reached for certain: by a deed that can be done there, or by waiting, whichever clock then runs
    /// out first. More than this is not asked of the dates.
    pub(super) fn sure_way(&self) -> Vec<bool> {
        let mut standing = vec![Standing::default(); self.nodes.len()];
        for Edge { from, kind, .. } in &self.edges {
            let Some(place) = standing.get_mut(*from) else { continue };
            place.bad_expiries += usize::from(matches!(kind, Kind::Expiry | Kind::EarlyExpiry));
            place.bad_early += usize::from(*kind == Kind::EarlyExpiry);
        }
        let back = self.back();
        let mut open: Vec<usize> = Vec::new();
        for ((at, node), place) in (0..).zip(&self.nodes).zip(&mut standing) {
            if node.has_outcome {
                place.is_good = true;
                open.push(at);
            }
        }
        while let Some(at) = open.pop() {
            for edge in back.get(at).into_iter().flatten() {
                let (Some(place), Some(node)) = (standing.get_mut(edge.from), self.nodes.get(edge.from))
                else {
                    continue;
                };
                place.count(edge.kind);
                let by_deed = place.has_good_deed && place.bad_early == 0;
                let by_waiting = node.has_sure_end && place.bad_expiries == 0;
                if !place.is_good && (by_deed || by_waiting) {
                    place.is_good = true;
                    open.push(edge.from);
                }
            }
        }
        standing.into_iter().map(|place| place.is_good).collect()
    }

    fn back(&self) -> Vec<Vec<&Edge>> {
        let mut back: Vec<Vec<&Edge>> = vec![Vec::new(); self.nodes.len()];
        for edge in &self.edges {
            if let Some(place) = back.get_mut(edge.to) {
                place.push(edge);
            }
        }
        back
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
}
