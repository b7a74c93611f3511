//! The work queue as a document for programs.

use comity_runner::{QueueItem, QueueWhat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing to be done or waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemDocument {
    /// How pressing it is, in words.
    pub group: String,
    /// When, where there is a moment: the first instant that is too late, or since when it is owed.
    pub at: Option<String>,
    /// The reference of the case.
    pub reference: String,
    /// The title of the case, which may name a person.
    pub title: String,
    /// The account that the case was given to.
    pub assigned: Option<String>,
    /// The desk that the case was given to.
    pub desk: Option<String>,
    /// What it is.
    pub what: WhatDocument,
}

/// What an item of the queue is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum WhatDocument {
    /// A limit runs.
    Limit {
        /// The clock.
        clock: String,
        /// What must happen in time.
        title: String,
        /// The last moment in words, in the zone that counts.
        ends: String,
        /// The last warning that has come: how long before the end, and since when.
        warned: Option<String>,
        /// The provision.
        basis: String,
    },
    /// A limit runs, and its end cannot be computed or has not been named.
    NoEnd {
        /// The clock.
        clock: String,
        /// Why.
        because: String,
        /// The provision.
        basis: String,
    },
    /// A limit ran out, and what follows from it is still open.
    RanOut {
        /// The clock.
        clock: String,
        /// What should have happened in time.
        title: String,
        /// When it ran out, in words.
        ran_out: String,
        /// What follows, in the engine's sentence.
        follows: String,
        /// The provision.
        basis: String,
    },
    /// Something is owed.
    Owed {
        /// What, starting with a verb.
        title: String,
        /// Since when, and what gave rise to it.
        since: String,
        /// Who owes it.
        bearer: String,
        /// The provision.
        basis: String,
    },
    /// Somebody may act.
    MayAct {
        /// The acts that are open.
        acts: Vec<MayActDocument>,
        /// The next day that the office has set.
        next: Option<String>,
    },
    /// There is no day on which anybody would look at the case again.
    Silent {
        /// When somebody last recorded something, in words.
        since: String,
        /// Whether it is on hold.
        on_hold: bool,
        /// The acts that are open.
        acts: Vec<MayActDocument>,
    },
    /// The day of a review has come.
    Review {
        /// The day.
        by: String,
        /// What is to be looked at, which may name a person.
        why: String,
    },
    /// The day on which a hold is to end has come.
    HoldEnds {
        /// The day.
        until: String,
        /// Since when it is on hold, in words.
        since: String,
        /// Why, which may name a person.
        reason: String,
    },
    /// Nobody may act, and the case is not over.
    NobodyMayAct,
    /// The case, or one it is linked to, cannot be read.
    Unreadable {
        /// Why, and what to do.
        because: String,
    },
    /// A linked case has changed, and this one cannot follow.
    CannotFollow {
        /// Why, in the engine's sentence.
        because: String,
    },
}

/// An act that is open, and who may do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MayActDocument {
    /// The act.
    pub act: String,
    /// Who may do it, in words.
    pub by: String,
}

impl From<&QueueItem> for ItemDocument {
    fn from(item: &QueueItem) -> Self {
        Self {
            group: item.group.word().to_owned(),
            at: item.at.map(|at| at.to_string()),
            reference: item.reference.clone(),
            title: item.title.reveal().to_owned(),
            assigned: item.assigned.as_ref().map(|to| to.reveal().to_owned()),
            desk: item.desk.as_ref().map(ToString::to_string),
            what: (&item.what).into(),
        }
    }
}

impl From<&QueueWhat> for WhatDocument {
    fn from(what: &QueueWhat) -> Self {
        match what.clone() {
            QueueWhat::Limit { clock, title, ends, warned, basis } => {
                Self::Limit { clock, title, ends, warned, basis }
            }
            QueueWhat::NoEnd { clock, because, basis } => Self::NoEnd { clock, because, basis },
            QueueWhat::RanOut { clock, title, ran_out, follows, basis } => {
                Self::RanOut { clock, title, ran_out, follows, basis }
            }
            QueueWhat::Owed { title, since, bearer, basis } => Self::Owed { title, since, bearer, basis },
            QueueWhat::MayAct { acts, next } => {
                Self::MayAct { acts: may_act(acts), next: next.map(|day| day.to_string()) }
            }
            QueueWhat::Silent { since, is_held, acts } => {
                Self::Silent { since, on_hold: is_held, acts: may_act(acts) }
            }
            QueueWhat::Review { by, why } => {
                Self::Review { by: by.to_string(), why: why.reveal().to_owned() }
            }
            QueueWhat::HoldEnds { until, since, reason } => {
                Self::HoldEnds { until: until.to_string(), since, reason: reason.reveal().to_owned() }
            }
            QueueWhat::NobodyMayAct => Self::NobodyMayAct,
            QueueWhat::Unreadable { because } => Self::Unreadable { because },
            QueueWhat::CannotFollow { because } => Self::CannotFollow { because },
        }
    }
}

fn may_act(acts: Vec<(String, String)>) -> Vec<MayActDocument> {
    acts.into_iter().map(|(act, by)| MayActDocument { act, by }).collect()
}
