//! What an author guarantees of every path, and what must be possible.

use super::guard::Guard;
use super::model::{ActId, Basis, Event, Procedure};

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
}

impl Promise {
    /// The promise as a file would write it.
    #[must_use]
    pub fn words(&self, procedure: &Procedure) -> String {
        match self {
            Self::Never { when, unless } => {
                let unless =
                    unless.as_ref().map_or(String::new(), |it| format!(", unless {}", it.words(procedure)));
                format!("never {}{unless}", when.words(procedure))
            }
            Self::Before { act, requires } => {
                let required = match requires {
                    Event::Act(act) => procedure.acts.name(*act),
                    Event::Condition(condition) => procedure.conditions.name(*condition),
                };
                format!("{required} before {}", procedure.acts.name(*act))
            }
            Self::Possible(when) => format!("possible: {}", when.words(procedure)),
            Self::AtMostOnce(act) => format!("{} at most once", procedure.acts.name(*act)),
        }
    }
}
