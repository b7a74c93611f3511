//! Erases the content of a case: one proposes it, another confirms it, and the key of the case is destroyed.
//!
//! The entries stay, with their hashes, and prove that they stood; nobody can read them again. What says by whose order
//! and why is kept in the clear.

use comity_core::entry::{Body, Entry, ErasureProposed, struck_out};
use comity_core::id::{CaseId, EntryNumber, MatterId, Version};
use comity_core::name::Private;
use comity_core::{Asked, ClockView, CycleStatus, Stamp};
use comity_store::codec::{Erasure, Record, decode_recorded};
use comity_store::{AppendError, Commit, Query, Receipt, Row};
use tracing::{info, instrument, warn};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::missing::missing_notices;
use crate::open::new_entry;
use crate::rows::{MATTER, erased_of, rows_of_erased};

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
#[non_exhaustive]
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
    /// A limit ran out, and nobody was told yet.
    #[error(
        "the limit `{clock}` ran out and was not noticed yet; let a sweep notice it, then propose the erasure anew"
    )]
    NotNoticed {
        /// The clock.
        clock: String,
    },
    /// A case that follows this one does not know yet what became of it, and could not learn it any more.
    #[error(
        "{reference} follows this case and has not followed it yet; annul there what stands in the way, then confirm again"
    )]
    NotFollowed {
        /// The reference of the case that follows.
        reference: String,
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
            Self::NotNoticed { .. } => "erase/not-noticed",
            Self::NotFollowed { .. } => "erase/not-followed",
            Self::Owed { .. } => "erase/owed",
        }
    }
}

impl Engine {
    /// Confirms the erasure that the entry `proposal` of the case proposes, and destroys the key of the case.
    ///
    /// When this returns [`Erased::Done`], nothing that is sealed in the case can ever be read again. Files that are kept
    /// beside the record are sealed with keys that stand in those entries, so they cannot be read either. What linked
    /// cases learned of this one stays in them, and they are told all of it before. With the last case of a matter its title
    /// is erased too. What breaks off between the two is finished by whoever asks again, and by the next sweep.
    ///
    /// Dropping the future before it is done leaves open whether the case is erased; ask again.
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
        let untold = self.untold();
        let erased = match self.erase_alone(case, proposal, by).await {
            Ok((receipt, matter)) => {
                self.erase_title(matter).await?;
                Ok(Erased::Done(receipt))
            }
            Err(Undone::Refused(refusal)) => Ok(Erased::Refused(refusal)),
            Err(Undone::Failed(error @ EngineError::Erased { .. })) => {
                self.erase_titles_left().await?;
                Err(error)
            }
            // It may be erased all the same, and the title of its matter be left.
            Err(Undone::Failed(error)) => return Err(error),
        };
        untold.settled();
        erased
    }

    /// Erases the case and nothing else: what is to be said of its matter follows.
    async fn erase_alone(
        &self,
        case: CaseId,
        proposal: EntryNumber,
        by: &Private,
    ) -> Result<(Receipt, MatterId), Undone> {
        // Before anybody holds the case: telling records.
        self.tell_of([case], by).await?;
        let lock = self.writer(case);
        let _held = lock.lock().await;
        let file = self.case(case).await?;
        let recorded = self.journal().read(case, Version(0)).await.map_err(EngineError::Read)?;
        let open: Vec<EntryNumber> =
            recorded.iter().filter(|entry| !entry.payload.is_sealed()).map(|entry| entry.number).collect();
        let erasure = decide(&file, proposal, by, open, Asked::at(self.now()))?;
        self.all_are_told(&file).await?;
        let matter = file.opening.matter;
        let mut rows = rows_of_erased(&erasure.reference);
        rows.push(Row::Kind { kind: erased_of(matter) });
        let stamp = Stamp { at: self.now(), by: by.clone() };
        let entries = vec![new_entry(&Record::Erased(erasure), &stamp)];
        let commit = Commit { case, seen: file.version(), entries, rows, key: None, erases: true };
        match self.journal().append(commit).await {
            Ok(receipt) => {
                info!("the content of a case was erased");
                Ok((receipt, matter))
            }
            Err(AppendError::Moved { .. }) => Err(EraseRefusal::Moved { entry: proposal }.into()),
            Err(error) => Err(EngineError::Append(error).into()),
        }
    }

    /// Whether every case that follows this one knows all that it must: nobody can tell it any more after the erasure.
    async fn all_are_told(&self, file: &CaseFile) -> Result<(), Undone> {
        let now = self.now();
        for other in self.tied_to(file.case).await?.into_iter().filter(|other| *other != file.case) {
            let there = match self.case(other).await {
                Ok(there) => there,
                Err(EngineError::Erased { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            if self.behind(&there, now).await?.iter().any(|one| one.of == Some(file.case)) {
                return Err(EraseRefusal::NotFollowed { reference: there.opening.reference }.into());
            }
        }
        Ok(())
    }

    /// Erases the title of a matter if all its cases were erased and none is left: it may name the person too.
    async fn erase_title(&self, matter: MatterId) -> Result<(), EngineError> {
        // Held so that no case is opened in it meanwhile.
        let _held = self.shared.opening.lock().await;
        let of_it = self.all(Query::OfKind(erased_of(matter))).await?;
        let Some(last) = of_it.last() else { return Ok(()) };
        if !self.cases_of(matter).await?.is_empty() {
            return Ok(());
        }
        let stream = CaseId(matter.0);
        let recorded = self.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
        let is_sealed = !recorded.is_empty() && recorded.iter().all(|entry| entry.payload.is_sealed());
        let (Some((erasure, by)), true) = (self.erasure_of(*last).await?, is_sealed) else { return Ok(()) };
        let reference = self.matter(matter).await?.reference;
        let seen = recorded.last().map_or(Version(0), |last| last.number.into());
        let stamp = Stamp { at: self.now(), by };
        let rows = rows_of_erased(&reference);
        let entries = vec![new_entry(&Record::Erased(Erasure { reference, ..erasure }), &stamp)];
        let commit = Commit { case: stream, seen, entries, rows, key: None, erases: true };
        match self.journal().append(commit).await {
            // Another program came first.
            Ok(_) | Err(AppendError::Moved { .. } | AppendError::Erased) => Ok(()),
            Err(error) => Err(EngineError::Append(error)),
        }
    }

    /// Erases the titles that were left where something broke off between a case and its matter.
    pub(crate) async fn erase_titles_left(&self) -> Result<(), EngineError> {
        for matter in self.all(Query::OfKind(MATTER.to_owned())).await? {
            match self.erase_title(MatterId(matter.0)).await {
                Ok(()) => {}
                Err(error) if error.is_of_one_case() => {
                    warn!(%matter, code = error.code(), "the title of a matter whose cases were erased is left");
                    self.look_again();
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What is said of the erasure of a case or a matter, and who confirmed it; nothing if it was not erased.
    pub(crate) async fn erasure_of(&self, case: CaseId) -> Result<Option<(Erasure, Private)>, EngineError> {
        let head = self.journal().head(case).await.map_err(EngineError::Read)?;
        let before = Version(head.version.0.saturating_sub(1));
        let recorded = self.journal().read(case, before).await.map_err(EngineError::Read)?;
        let Some(last) = recorded.last() else { return Ok(None) };
        Ok(match decode_recorded(last) {
            Ok(Record::Erased(erasure)) => Some((erasure, Private::new(last.recorded_by.clone()))),
            Ok(
                Record::Case(_)
                | Record::Matter(_)
                | Record::Procedure(_)
                | Record::Clock(_)
                | Record::Delivery(_)
                | Record::Read(_)
                | Record::Report(_),
            )
            | Err(_) => None,
        })
    }
}

/// Why nothing was erased: it is not to be, or the world failed.
enum Undone {
    Refused(EraseRefusal),
    Failed(EngineError),
}

impl From<EraseRefusal> for Undone {
    fn from(refusal: EraseRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<EngineError> for Undone {
    fn from(error: EngineError) -> Self {
        Self::Failed(error)
    }
}

/// Whether nothing in the case needs somebody to look at it still. It says nothing of whether the erasure is lawful.
///
/// # Errors
///
/// Returns what still runs or is owed.
pub fn may_be_left(file: &CaseFile, asked: Asked) -> Result<(), EraseRefusal> {
    let view = file.view(asked);
    // Also one whose end cannot be computed, or has not been named: it presses most of all.
    let runs = |clock: &&ClockView<'_>| clock.last().is_some_and(|run| run.status == CycleStatus::Running);
    if let Some(clock) = view.clocks().iter().find(runs) {
        return Err(EraseRefusal::LimitRuns { clock: clock.name.to_string() });
    }
    if let Some(notice) = missing_notices(file, &view).first() {
        return Err(EraseRefusal::NotNoticed { clock: notice.clock.to_string() });
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
