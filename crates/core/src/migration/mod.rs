//! The migration of a running case to another procedure: what the plan says, and what it does to one case.
//!
//! A migration is an entry of the case. What took effect before it is folded under the procedure that the case leaves, also
//! when it is recorded later; at the moment at which the entry was recorded the state is carried over by the plan; what
//! takes effect later is folded under the procedure that the case goes over to.

mod lineage;
mod misfit;
mod obstacle;
mod passage;
mod preview;

pub use lineage::{Lineage, Under};
pub use misfit::{Misfit, Place, misfits};
pub use obstacle::Obstacle;
pub use preview::{Crossing, CrossingClock, CrossingTrack, crossing};

pub(crate) use obstacle::obstacles;
pub(crate) use passage::{ClockPassage, Passage};

use crate::entry::{Body, Digest, Entry};
use crate::id::EntryNumber;
use crate::name::Name;
use crate::procedure::Meaning;

/// A case goes over to another procedure, by a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The digest of what the procedure means that the case leaves.
    pub from: Meaning,
    /// The procedure that it goes over to.
    pub procedure: Name,
    /// The edition of that procedure.
    pub version: u32,
    /// The digest of what that procedure means. From this entry on the case is pinned to it.
    pub meaning: Meaning,
    /// The SHA-256 of the plan file.
    pub plan: Digest,
    /// Who decided that running cases go over. An office, never a person's name.
    pub authority: String,
    /// Why.
    pub reason: String,
    /// The provision that says so, in the procedure that the case goes over to.
    pub cite: String,
    /// What becomes of each track that does not simply keep its name and its stages.
    pub tracks: Vec<TrackFate>,
    /// What becomes of the clocks of which the plan says something.
    pub clocks: Vec<ClockFate>,
    /// What becomes of the other names of which the plan says something.
    pub names: Vec<NameFate>,
}

/// What becomes of something that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes on under this name.
    Becomes(Name),
    /// It is dropped.
    Dropped {
        /// Why.
        reason: String,
    },
}

/// What becomes of a track and its stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackFate {
    /// The track, as the procedure calls it that the case leaves.
    pub track: Name,
    /// What becomes of it.
    pub fate: Fate,
    /// Which stage becomes which. A stage that is not here keeps its name.
    pub stages: Vec<(Name, Name)>,
}

/// What becomes of a clock and of a run that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockFate {
    /// The clock, as the procedure calls it that the case leaves.
    pub clock: Name,
    /// What becomes of it.
    pub fate: Fate,
    /// Which end a run under way has from now on.
    pub ends: Ends,
    /// The provision, in the procedure that the case goes over to.
    pub cite: String,
    /// Whether it is accepted that the run has run out already by the new count.
    pub may_have_run_out: bool,
}

crate::words::words! {
    /// Which end a run under way has after a migration.
    pub enum Ends {
        /// The end that was counted stands.
        Keep = "keep",
        /// It is counted anew, from the same start, by the new rule.
        Recompute = "recompute",
        /// The later of both.
        Later = "later",
    }
}

/// What becomes of a name that is no track and no clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameFate {
    /// Of what kind it is.
    pub kind: NameKind,
    /// The name, in the procedure that the case leaves.
    pub name: Name,
    /// What becomes of it.
    pub fate: Fate,
}

crate::words::words! {
    /// The kinds of names that a plan speaks of beside tracks and clocks.
    pub enum NameKind {
        /// A fact.
        Fact = "fact",
        /// An act.
        Act = "act",
        /// A document.
        Document = "document",
        /// A ground for refusal.
        Ground = "ground",
        /// An obligation.
        Obligation = "obligation",
        /// A condition.
        Condition = "condition",
        /// An authority.
        Authority = "authority",
    }
}

impl Migration {
    pub(crate) fn name(&self, kind: NameKind, name: &Name) -> Option<&Fate> {
        let of = |one: &&NameFate| one.kind == kind && one.name == *name;
        self.names.iter().find(of).map(|one| &one.fate)
    }

    pub(crate) fn track(&self, name: &Name) -> Option<&TrackFate> {
        self.tracks.iter().find(|one| one.track == *name)
    }

    pub(crate) fn clock(&self, name: &Name) -> Option<&ClockFate> {
        self.clocks.iter().find(|one| one.clock == *name)
    }
}

impl Fate {
    /// What it is called from now on; nothing, if it is dropped.
    #[must_use]
    pub fn becomes(&self) -> Option<&Name> {
        match self {
            Self::Becomes(name) => Some(name),
            Self::Dropped { .. } => None,
        }
    }
}

/// The migrations that count, in the order of their entries.
pub(crate) fn migrations(entries: &[Entry]) -> impl DoubleEndedIterator<Item = (&Entry, &Migration)> {
    entries.iter().filter_map(|entry| {
        if let Body::Migrated(migration) = &entry.body { Some((entry, migration.as_ref())) } else { None }
    })
}

/// What a clock of the present procedure was called, by the entry: the name by which an earlier entry speaks of it.
///
/// A notice or a warning that was recorded before a migration names the clock as it was called then.
#[must_use]
pub fn called_at(entries: &[Entry], clock: &Name, entry: EntryNumber) -> Option<Name> {
    let later = migrations(entries).rev().take_while(|(one, _)| one.number > entry);
    later.into_iter().try_fold(clock.clone(), |name, (_, migration)| {
        let renamed = migration.clocks.iter().find(|one| one.fate.becomes() == Some(&name));
        match (renamed, migration.clock(&name)) {
            (Some(was), _) => Some(was.clock.clone()),
            // The name was another clock's, which went over to another name or was dropped.
            (None, Some(_)) => None,
            (None, None) => Some(name),
        }
    })
}
