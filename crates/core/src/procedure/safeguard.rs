//! What an author guarantees of every path, and what must be possible.

use super::guard::Guard;
use super::model::{ActId, AuthorityId, Basis, ClockId, Event, Procedure};

/// A guarantee of the author. It changes nothing in a case, and is no part of what a procedure means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safeguard {
    /// What it is called.
    pub title: String,
    /// What is guaranteed.
    pub promise: Promise,
    /// The provision.
    pub basis: Basis,
}

/// What is guaranteed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Something never holds, unless something else does.
    Never {
        /// What never holds.
        when: Guard,
        /// The exception.
        unless: Option<Guard>,
    },
    /// Before an act is done, another was done or a condition held.
    Before {
        /// The act.
        act: ActId,
        /// What must come first.
        requires: Event,
    },
    /// Some path leads to where this holds.
    Possible(Guard),
    /// An act is done once at most.
    AtMostOnce(ActId),
    /// After an act a clock runs until another is done or a condition holds, or until it has run out.
    AlwaysAfter {
        /// The act.
        act: ActId,
        /// What must follow.
        requires: Event,
        /// The clock.
        within: ClockId,
    },
    /// Wherever something holds, something else does.
    HoldsIn {
        /// Where.
        when: Guard,
        /// What holds there.
        holds: Guard,
    },
    /// No two of these hold at once.
    NeverTogether(Vec<Guard>),
    /// An act is done by these alone.
    OnlyBy {
        /// The act.
        act: ActId,
        /// The authorities.
        by: Vec<AuthorityId>,
    },
}

impl Promise {
    /// The promise as a file would write it.
    #[must_use]
    pub fn words(&self, procedure: &Procedure) -> String {
        let event = |event: &Event| match event {
            Event::Act(act) => procedure.acts.name(*act).clone(),
            Event::Condition(condition) => procedure.conditions.name(*condition).clone(),
        };
        match self {
            Self::Never { when, unless } => {
                let unless =
                    unless.as_ref().map_or(String::new(), |it| format!(", unless {}", it.words(procedure)));
                format!("never {}{unless}", when.words(procedure))
            }
            Self::Before { act, requires } => {
                format!("{} before {}", event(requires), procedure.acts.name(*act))
            }
            Self::AlwaysAfter { act, requires, within } => {
                let (act, within) = (procedure.acts.name(*act), procedure.clocks.name(*within));
                format!("always after {act}: {} within {within}", event(requires))
            }
            Self::HoldsIn { when, holds } => {
                format!("wherever {}: {}", when.words(procedure), holds.words(procedure))
            }
            Self::NeverTogether(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| part.words(procedure)).collect();
                format!("never together: {}", parts.join("; "))
            }
            Self::OnlyBy { act, by } => {
                let by: Vec<String> =
                    by.iter().map(|by| procedure.authorities.name(*by).to_string()).collect();
                format!("{} only by {}", procedure.acts.name(*act), by.join(", "))
            }
            Self::Possible(when) => format!("possible: {}", when.words(procedure)),
            Self::AtMostOnce(act) => format!("{} at most once", procedure.acts.name(*act)),
        }
    }
}
