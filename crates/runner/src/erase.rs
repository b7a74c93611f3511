//! Erases the content of a case: one proposes it, another confirms it, and the key of the case is destroyed.
//!
//! The entries stay, with their hashes, and prove that they stood; nobody can read them again. What says by whose order
//! and why is kept in the clear.

use comity_core::Asked;
use comity_core::Stamp;
use comity_core::entry::{Body, Entry, ErasureProposed, struck_out};
use comity_core::id::{CaseId, EntryNumber, MatterId, Version};
use comity_core::name::Private;
use comity_store::codec::{Erasure, Record};
use comity_store::{AppendError, Commit, Receipt};
use tracing::{info, instrument};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::open::new_entry;
use crate::rows::rows_of_erased;

/// What came of the confirmation of an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erased {
    /// The key is destroyed, and the record says so.
    Done(Receipt),
    /// Nothing was erased.
    Refused(EraseRefusal),
}

/// Why nothing was erased.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EraseRefusal {
    /// The entry proposes no erasure.
    #[error("entry {entry} proposes no erasure; propose one first")]
    NotProposed {
        /// The entry.
        entry: EntryNumber,
    },
    /// The proposal was annulled.
    #[error("the proposal in entry {entry} is annulled; propose the erasure anew")]
    Withdrawn {
        /// The entry.
        entry: EntryNumber,
    },
    /// The same account proposed it.
    #[error("{by} proposed the erasure, and another account has to confirm it")]
    SamePerson {
        /// The account.
        by: String,
    },
    /// Something was recorded since.
    #[error(
        "something was recorded after the proposal in entry {entry}; look at the case, then propose the erasure anew"
    )]
    Moved {
        /// The entry.
        entry: EntryNumber,
    },
    /// Entries of before the upgrade are not sealed.
    #[error(
        "{} of the entries were recorded before the store was upgraded and are not sealed, so they cannot be erased", .0.len()
    )]
    NotSealed(Vec<EntryNumber>),
    /// A limit still runs, which nobody could watch any more.
    #[error("the limit `{clock}` still runs; erase the case when nothing runs in it")]
    LimitRuns {
        /// The clock.
        clock: String,
    },
    /// Something is still owed, of which nobody would know any more.
    #[error("{bearer} still owes `{obligation}`; erase the case when nothing is owed in it")]
    Owed {
        /// What is owed.
        obligation: String,
        /// Who owes it.
        bearer: String,
    },
}

impl EraseRefusal {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotProposed { .. } => "erase/not-proposed",
            Self::Withdrawn { .. } => "erase/withdrawn",
            Self::SamePerson { .. } => "erase/same-person",
            Self::Moved { .. } => "erase/moved",
            Self::NotSealed(_) => "erase/not-sealed",
            Self::LimitRuns { .. } => "erase/limit-runs",
            Self::Owed { .. } => "erase/owed",
        }
    }
}

impl Engine {
    /// Confirms the erasure that the entry `proposal` of the case proposes, and destroys the key of the case.
    ///
    /// When this returns [`Erased::Done`], nothing that is sealed in the case can ever be read again. Files that are kept
    /// beside the record are sealed with keys that stand in those entries, so they cannot be read either. What linked
    /// cases learned of this one stays in them. With the last case of a matter its title is erased too.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if there is no such case, it was erased before, or the journal fails.
    #[instrument(skip_all, fields(case = %case))]
    pub async fn erase(
        &self,
        case: CaseId,
        proposal: EntryNumber,
        by: &Private,
    ) -> Result<Erased, EngineError> {
        let lock = self.writer(case);
        let _held = lock.lock().await;
        let file = self.case(case).await?;
        let recorded = self.journal().read(case, Version(0)).await.map_err(EngineError::Read)?;
        let open: Vec<EntryNumber> =
            recorded.iter().filter(|entry| !entry.payload.is_sealed()).map(|entry| entry.number).collect();
        let erasure = match decide(&file, proposal, by, open, Asked::at(self.now())) {
            Ok(erasure) => erasure,
            Err(refusal) => return Ok(Erased::Refused(refusal)),
        };
        let rows = rows_of_erased(&erasure.reference);
        let stamp = Stamp { at: self.now(), by: by.clone() };
        let entries = vec![new_entry(&Record::Erased(erasure.clone()), &stamp)];
        let commit = Commit { case, seen: file.version(), entries, rows, key: None, erases: true };
        match self.journal().append(commit).await {
            Ok(receipt) => {
                info!("the content of a case was erased");
                self.erase_matter(file.opening.matter, erasure, by).await?;
                Ok(Erased::Done(receipt))
            }
            Err(AppendError::Moved { .. }) => Ok(Erased::Refused(EraseRefusal::Moved { entry: proposal })),
            Err(error) => Err(EngineError::Append(error)),
        }
    }
}

impl Engine {
    /// Erases the title of a matter in which no case is left that can be read: it may name the person too.
    async fn erase_matter(
        &self,
        matter: MatterId,
        erasure: Erasure,
        by: &Private,
    ) -> Result<(), EngineError> {
        let stream = CaseId(matter.0);
        let recorded = self.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
        let is_sealed = recorded.iter().all(|entry| entry.payload.is_sealed());
        if !self.cases_of(matter).await?.is_empty() || !is_sealed {
            return Ok(());
        }
        let reference = self.matter(matter).await?.reference;
        let seen = recorded.last().map_or(Version(0), |last| last.number.into());
        let stamp = Stamp { at: self.now(), by: by.clone() };
        let rows = rows_of_erased(&reference);
        let entries = vec![new_entry(&Record::Erased(Erasure { reference, ..erasure }), &stamp)];
        let commit = Commit { case: stream, seen, entries, rows, key: None, erases: true };
        self.journal().append(commit).await.map(|_| ()).map_err(EngineError::Append)
    }
}

/// Whether nothing in the case needs somebody to look at it still. It says nothing of whether the erasure is lawful.
///
/// # Errors
///
/// Returns what still runs or is owed.
pub fn may_be_left(file: &CaseFile, asked: Asked) -> Result<(), EraseRefusal> {
    let view = file.view(asked);
    if let Some((_, clock)) = view.due().first() {
        return Err(EraseRefusal::LimitRuns { clock: clock.name.to_string() });
    }
    match view.obligations().iter().find(|one| one.owed.met.is_none()) {
        Some(one) => {
            Err(EraseRefusal::Owed { obligation: one.name.to_string(), bearer: one.bearer.0.to_string() })
        }
        None => Ok(()),
    }
}

fn decide(
    file: &CaseFile,
    proposal: EntryNumber,
    by: &Private,
    open: Vec<EntryNumber>,
    asked: Asked,
) -> Result<Erasure, EraseRefusal> {
    let found = file.entries.iter().find(|entry| entry.number == proposal);
    let Some(Entry { body: Body::ErasureProposed(proposed), recorded_by, recorded_at, .. }) = found else {
        return Err(EraseRefusal::NotProposed { entry: proposal });
    };
    if struck_out(&file.entries).contains(&proposal) {
        return Err(EraseRefusal::Withdrawn { entry: proposal });
    }
    if recorded_by == by {
        return Err(EraseRefusal::SamePerson { by: by.reveal().to_owned() });
    }
    if file.version() != Version::from(proposal) {
        return Err(EraseRefusal::Moved { entry: proposal });
    }
    if !open.is_empty() {
        return Err(EraseRefusal::NotSealed(open));
    }
    may_be_left(file, asked)?;
    let ErasureProposed { authority, reason } = proposed.clone();
    Ok(Erasure {
        authority,
        reason,
        proposed_by: recorded_by.reveal().to_owned(),
        proposed_at: *recorded_at,
        reference: file.opening.reference.clone(),
    })
}
