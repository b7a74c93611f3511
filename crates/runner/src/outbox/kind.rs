//! The kinds of events, and which of them somebody wants.

use std::collections::BTreeSet;
use std::fmt;

/// What kind of entry an event tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A matter was opened.
    MatterOpened,
    /// A case was opened.
    CaseOpened,
    /// An act was recorded.
    ActRecorded,
    /// The arrival of a document was recorded.
    DocumentArrived,
    /// A ground was considered.
    GroundConsidered,
    /// A fact was recorded.
    FactRecorded,
    /// A case learned of a case that it is linked to.
    FactLearned,
    /// An entry was annulled.
    EntryAnnulled,
    /// An entry was corrected.
    EntryCorrected,
    /// A case was tied to another.
    CaseLinked,
    /// A limit was seen to run out.
    LimitRanOut,
    /// A warning was given before a limit.
    LimitWarned,
    /// A case went over to another procedure.
    CaseMigrated,
    /// A note was taken.
    NoteTaken,
    /// A file was put beside a case.
    FileAdded,
    /// A case was put on hold.
    CaseHeld,
    /// The hold of a case was ended.
    CaseResumed,
    /// A case was given to somebody, or to nobody.
    CaseAssigned,
    /// The day of a review was set.
    ReviewSet,
    /// The day of a review was struck out.
    ReviewCleared,
    /// A case was sealed: only some may see it.
    CaseSealed,
    /// The seal of a case was lifted.
    CaseUnsealed,
    /// Something that takes two persons was proposed by one.
    EntryProposed,
    /// Something that was proposed was confirmed by another.
    EntryConfirmed,
    /// The erasure of a case was proposed.
    ErasureProposed,
    /// The content of a case, or the title of a matter, was erased.
    ContentErased,
    /// The text of a procedure was kept.
    ProcedureRegistered,
    /// The clock of the machine jumped.
    ClockJumped,
    /// Somebody said that the clock of the machine is right.
    ClockTrusted,
}

/// A word that names no kind of event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no kind of event; there are {}", all().join(", "))]
pub struct BadKind {
    /// What was given.
    pub text: String,
}

/// Which events a target wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedEvents {
    /// All of them, also those that a later edition adds.
    All,
    /// Those of these kinds.
    Only(BTreeSet<EventKind>),
}

fn all() -> Vec<&'static str> {
    EventKind::ALL.iter().map(|kind| kind.word()).collect()
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 29] = [
        Self::MatterOpened,
        Self::CaseOpened,
        Self::ActRecorded,
        Self::DocumentArrived,
        Self::GroundConsidered,
        Self::FactRecorded,
        Self::FactLearned,
        Self::EntryAnnulled,
        Self::EntryCorrected,
        Self::CaseLinked,
        Self::LimitRanOut,
        Self::LimitWarned,
        Self::CaseMigrated,
        Self::NoteTaken,
        Self::FileAdded,
        Self::CaseHeld,
        Self::CaseResumed,
        Self::CaseAssigned,
        Self::ReviewSet,
        Self::ReviewCleared,
        Self::CaseSealed,
        Self::CaseUnsealed,
        Self::EntryProposed,
        Self::EntryConfirmed,
        Self::ErasureProposed,
        Self::ContentErased,
        Self::ProcedureRegistered,
        Self::ClockJumped,
        Self::ClockTrusted,
    ];

    /// The word for it, which an event carries as its type.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::MatterOpened => "matter.opened",
            Self::CaseOpened => "case.opened",
            Self::ActRecorded => "act.recorded",
            Self::DocumentArrived => "document.arrived",
            Self::GroundConsidered => "ground.considered",
            Self::FactRecorded => "fact.recorded",
            Self::FactLearned => "fact.learned",
            Self::EntryAnnulled => "entry.annulled",
            Self::EntryCorrected => "entry.corrected",
            Self::CaseLinked => "case.linked",
            Self::LimitRanOut => "limit.ran-out",
            Self::LimitWarned => "limit.warned",
            Self::CaseMigrated => "case.migrated",
            Self::NoteTaken => "note.taken",
            Self::FileAdded => "file.added",
            Self::CaseHeld => "case.held",
            Self::CaseResumed => "case.resumed",
            Self::CaseAssigned => "case.assigned",
            Self::ReviewSet => "review.set",
            Self::ReviewCleared => "review.cleared",
            Self::CaseSealed => "case.sealed",
            Self::CaseUnsealed => "case.unsealed",
            Self::EntryProposed => "entry.proposed",
            Self::EntryConfirmed => "entry.confirmed",
            Self::ErasureProposed => "erasure.proposed",
            Self::ContentErased => "content.erased",
            Self::ProcedureRegistered => "procedure.registered",
            Self::ClockJumped => "clock.jumped",
            Self::ClockTrusted => "clock.trusted",
        }
    }

    /// The kind that `word` names.
    ///
    /// # Errors
    ///
    /// Returns [`BadKind`] with all the words there are.
    pub fn from_word(word: &str) -> Result<Self, BadKind> {
        let found = Self::ALL.into_iter().find(|kind| kind.word() == word);
        found.ok_or_else(|| BadKind { text: word.to_owned() })
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl WantedEvents {
    /// Whether events of this kind are among them.
    #[must_use]
    pub fn has(&self, kind: EventKind) -> bool {
        match self {
            Self::All => true,
            Self::Only(kinds) => kinds.contains(&kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_back_from_its_word() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_word(kind.word()), Ok(kind));
        }
    }

    #[test]
    fn what_is_no_kind_is_told_with_those_there_are() {
        let said = EventKind::from_word("act.done").unwrap_err().to_string();
        assert!(said.contains("`act.done`") && said.contains("act.recorded"), "{said}");
    }
}
