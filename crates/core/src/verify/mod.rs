//! What holds on every path that a case can take, by search over all of them.
//!
//! A configuration is what of a case can still matter: where its tracks stand, and what some rule asks for. The search
//! goes from one to the next with the very functions by which a fold goes, so there is no second meaning of a procedure.
//! Time is left open: a clock that runs may run out at any step. So more paths are searched than there are, and what is
//! proved holds on every real one; what is refuted is refuted with a path that was played, entry by entry.

mod asked;
mod begin;
mod closing;
mod configuration;
mod expand;
mod footprint;
mod gates;
mod graph;
mod keys;
mod menu;
mod model;
mod order;
mod papers;
mod path;
mod play;
mod property;
mod reach;
mod recall;
mod refusals;
mod safeguard;
mod search;
mod step;
mod taken;
mod watch;

pub use path::{Happens, Path};
pub use play::{Played, play};

use crate::entry::Entry;
use crate::fold::fold_state;
use crate::procedure::SharedProcedure;
use crate::time::Moment;
use graph::Graph;
use model::Model;

/// How many configurations are searched where nobody asks for more: some seconds of work at most.
pub const USUAL_BOUND: usize = 200_000;

/// What was found about a procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How many configurations were looked at.
    pub configurations: usize,
    /// Whether these are all that can be reached.
    pub is_whole: bool,
    /// What the procedure holds that the search does not follow; with it, nothing is proved of every path.
    pub not_followed: Vec<String>,
    /// Each property and how it stands.
    pub properties: Vec<Property>,
}

/// A property and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its name, such as `never-stuck`, or that of the safeguard.
    pub name: String,
    /// What it fails for, such as the stages that nothing leads to; of a safeguard, what it says.
    pub about: Vec<String>,
    /// How it stands.
    pub verdict: Verdict,
    /// Whether it is kept for want of anything to keep it: what it speaks of never happens.
    pub is_vacuous: bool,
}

impl Property {
    /// Whether it is checked when a file is read, so that a file in which it does not hold is refused.
    #[must_use]
    pub fn is_checked_when_read(&self) -> bool {
        property::CHECKED_WHEN_READ.contains(&self.name.as_str())
    }

    /// Whether it stands in the way of a case: it is refuted or undecided.
    #[must_use]
    pub fn stands_in_the_way(&self) -> bool {
        self.verdict != Verdict::Proved
    }
}

/// How a property stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Proved,
    /// It does not hold, as this path shows. Where nothing leads to something, the path is empty.
    Refuted(Path),
    /// Neither was shown.
    Undecided(Why),
}

/// Why a property was not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// There are more configurations than the caller allowed.
    Bound,
    /// The procedure holds something that the search does not follow.
    NotFollowed,
    /// Only a path was found that its dates may rule out.
    PerhapsRuledOutByTime(Path),
}

/// All paths of a procedure, as far as they were searched. Two searches are equal if they found the same configurations and
/// steps in the same order.
pub struct Searched {
    model: Model,
    graph: Graph,
}

impl Searched {
    /// Searches all paths of a procedure, up to `bound` configurations.
    #[must_use]
    pub fn all_of(procedure: &SharedProcedure, bound: usize) -> Self {
        let model = Model::of(procedure);
        let graph = search::search(&model, bound, false);
        Self { model, graph }
    }

    /// The same, with every step taken by itself from every configuration, none recalled because it was taken from another
    /// that differs in nothing on which it hangs. It takes longer and must find the same.
    #[must_use]
    pub fn all_of_step_by_step(procedure: &SharedProcedure, bound: usize) -> Self {
        let model = Model::of(procedure);
        let graph = search::search(&model, bound, true);
        Self { model, graph }
    }

    /// What was found.
    #[must_use]
    pub fn found(&self) -> Verification {
        let mut properties = property::built_in(&self.model, &self.graph);
        properties.extend(safeguard::judged(&self.model, &self.graph));
        Verification {
            configurations: self.graph.nodes.len(),
            is_whole: self.graph.is_whole,
            not_followed: self.model.not_followed.clone(),
            properties,
        }
    }

    /// Whether a case with these entries stands at `at` in a configuration that was searched. If all were searched and
    /// everything was followed, it does: what was proved holds of it.
    #[must_use]
    pub fn knows(&self, entries: &[Entry], at: Moment) -> bool {
        let state = fold_state(&self.model.procedure, entries, at);
        let configuration = self.model.configuration(&state);
        if self.model.remembers {
            return self.graph.keys.iter().any(|key| key.starts_with(&configuration));
        }
        self.graph.keys.find(&configuration).is_some()
    }
}

impl std::fmt::Debug for Searched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searched").finish_non_exhaustive()
    }
}

impl PartialEq for Searched {
    fn eq(&self, other: &Self) -> bool {
        self.graph == other.graph
    }
}

/// Searches all paths of a procedure, up to `bound` configurations, and says what was found.
#[must_use]
pub fn verify(procedure: &SharedProcedure, bound: usize) -> Verification {
    Searched::all_of(procedure, bound).found()
}
