//! The author's safeguards, judged on what was searched.

use super::asked::Model;
use super::graph::Graph;
use super::play::judge;
use super::{Property, Verdict, Why};
use crate::fold::State;
use crate::procedure::{ActId, ConditionId, Event, Guard, Promise, Truth};

impl Promise {
    pub(super) fn guards(&self) -> Vec<&Guard> {
        match self {
            Self::Never { when, unless } => std::iter::once(when).chain(unless).collect(),
            Self::Possible(when) => vec![when],
            Self::Before { .. } | Self::AtMostOnce(_) => Vec::new(),
        }
    }

    /// The acts of which it must be remembered whether they were done.
    pub(super) fn acts(&self) -> Vec<ActId> {
        match self {
            Self::Before { requires: Event::Act(act), .. } | Self::AtMostOnce(act) => vec![*act],
            Self::Before { requires: Event::Condition(_), .. } | Self::Never { .. } | Self::Possible(_) => {
                Vec::new()
            }
        }
    }

    pub(super) fn requires_condition(&self) -> Option<ConditionId> {
        match self {
            Self::Before { requires: Event::Condition(condition), .. } => Some(*condition),
            Self::Before { requires: Event::Act(_), .. }
            | Self::Never { .. }
            | Self::Possible(_)
            | Self::AtMostOnce(_) => None,
        }
    }

    /// Whether a configuration speaks against it or, for a possibility, for it.
    pub(super) fn is_shown_by(&self, state: &State) -> bool {
        let holds = |guard: &Guard| state.holds(guard, &[]) == Truth::True;
        match self {
            Self::Never { when, unless } => holds(when) && !unless.as_ref().is_some_and(holds),
            Self::Possible(when) => holds(when),
            Self::Before { .. } | Self::AtMostOnce(_) => false,
        }
    }

    /// Whether an act that is done after `state` speaks against it.
    pub(super) fn is_broken_by(&self, done: ActId, state: &State, held: bool) -> bool {
        match self {
            Self::Before { act, requires } if *act == done => match requires {
                Event::Act(required) => state.doings(*required).is_empty(),
                Event::Condition(_) => !held,
            },
            Self::AtMostOnce(act) => *act == done && !state.doings(*act).is_empty(),
            Self::Before { .. } | Self::Never { .. } | Self::Possible(_) => false,
        }
    }
}

/// The verdict on each safeguard.
pub(super) fn judged(model: &Model, graph: &Graph) -> Vec<Property> {
    let pairs = model.safeguards.iter().zip(&graph.witnesses);
    pairs
        .map(|((name, safeguard), witnesses)| {
            let shown = judge(model, graph, witnesses);
            let is_possibility = matches!(safeguard, Promise::Possible(_));
            let verdict = match (is_possibility, shown) {
                (false, Some(Ok(path))) => Verdict::Refuted(path),
                (true, Some(Ok(_))) => Verdict::Proved,
                (_, Some(Err(path))) => Verdict::Undecided(Why::PerhapsRuledOutByTime(path)),
                (false, None) => graph.of_every_path(model, Verdict::Proved),
                (true, None) => graph.of_every_path(model, Verdict::Refuted(super::Path::default())),
            };
            Property { name: name.clone(), about: vec![safeguard.words(&model.procedure)], verdict }
        })
        .collect()
}
