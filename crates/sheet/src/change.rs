//! What a record changes, and which linked cases have to follow.

use comity_core::Change;
use comity_runner::Behind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::case::Closed;

/// One thing that is otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChangeDocument {
    /// A track moved.
    Track {
        /// The track.
        track: String,
        /// Where it stood.
        from: String,
        /// Where it stands.
        to: String,
    },
    /// A clock stands otherwise.
    Clock {
        /// The clock.
        clock: String,
        /// How it stood.
        from: String,
        /// How it stands.
        to: String,
    },
    /// An act may now be done.
    Opens {
        /// The act.
        act: String,
    },
    /// An act may no longer be done.
    Closes {
        /// The act.
        act: String,
        /// Why.
        because: String,
    },
    /// Something is owed.
    Owed {
        /// What.
        obligation: String,
    },
    /// Something is no longer owed.
    NoLongerOwed {
        /// What.
        obligation: String,
    },
}

/// A linked case that has not followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BehindDocument {
    /// The case that has not followed.
    pub reference: String,
    /// The link, as its procedure calls it.
    pub link: String,
    /// The case to follow; empty if the link was annulled.
    pub linked: String,
    /// The fact that follows it.
    pub fact: String,
    /// What is recorded of it here.
    pub here: Option<String>,
    /// Where the linked case stands.
    pub there: Option<String>,
    /// All of it in a sentence.
    pub says: String,
    /// Why it cannot follow; nothing if it follows by itself.
    pub refused: Option<Closed>,
}

impl From<&Change> for ChangeDocument {
    fn from(change: &Change) -> Self {
        match change.clone() {
            Change::Track { track, from, to } => Self::Track { track, from, to },
            Change::Clock { clock, from, to } => Self::Clock { clock, from, to },
            Change::Opens { act } => Self::Opens { act },
            Change::Closes { act, because } => Self::Closes { act, because },
            Change::Owed { obligation } => Self::Owed { obligation },
            Change::NoLongerOwed { obligation } => Self::NoLongerOwed { obligation },
        }
    }
}

impl From<&Behind> for BehindDocument {
    fn from(one: &Behind) -> Self {
        Self {
            reference: one.reference.clone(),
            link: one.link.clone(),
            linked: one.of_reference.clone(),
            fact: one.fact.clone(),
            here: one.here.clone(),
            there: one.there.clone(),
            says: one.to_string(),
            refused: one.refused.as_ref().map(Closed::from),
        }
    }
}
