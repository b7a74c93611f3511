//! Decide, append, acknowledge.

use std::sync::atomic::{AtomicBool, Ordering};

use comity_core::entry::{Body, Deed, Entry};
use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::name::{Name, Private};
use comity_core::time::{Moment, When};
use comity_core::{Change, Rejection, Stamp, admit_together};
use comity_store::codec::Record;
use comity_store::{AppendError, Commit, IdempotencyKey, Receipt};
use tracing::{info, instrument, warn};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::links::Behind;
use crate::open::new_entry;
use crate::rows::rows;

/// How often a decision is taken anew because another process wrote the case first.
pub(crate) const MOST_ATTEMPTS: u32 = 16;

/// What is to be recorded in a case.
#[derive(Clone, Debug)]
pub struct Request {
    /// The entries, to be recorded together or not at all.
    pub bodies: Vec<Body>,
    /// Which version of the case the caller has seen.
    pub expect: Expect,
    /// Makes a second attempt safe.
    pub key: Option<String>,
    /// The date of those deeds for which nobody named one: the moment of this attempt. In a second attempt under a key they
    /// mean the moment of the first; else it would say something new, and the key be refused.
    pub undated: Option<When>,
    /// Who records. An account, never a person's name.
    pub by: Private,
}

/// Which version of a case a decision was taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Whatever it is by now.
    Any,
    /// This one; another is a conflict.
    Version(Version),
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on disk.
    Recorded(Receipt),
    /// The law does not allow it, and nothing changed.
    Rejected(Rejection),
}

/// What a request would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The version it was decided on. Record with [`Expect::Version`] to record just this.
    pub version: Version,
    /// What would change, or why it is not allowed.
    pub outcome: Result<Vec<Change>, Rejection>,
    /// The linked cases that would have to follow, and whether they could.
    pub linked: Vec<Behind>,
}

impl Request {
    /// One deed: as the core writes it, or a type that was made from a procedure and becomes one.
    #[must_use]
    pub fn deed(deed: impl Into<Deed>, by: &Private) -> Self {
        Self::of(vec![Body::Deed(deed.into())], by)
    }

    /// The annulment of an entry.
    #[must_use]
    pub fn annul(entry: EntryNumber, reason: Private, by: &Private) -> Self {
        Self::of(vec![Body::Annulled { entry, reason }], by)
    }

    /// The correction of an entry.
    #[must_use]
    pub fn correct(entry: EntryNumber, deed: Deed, reason: Private, by: &Private) -> Self {
        Self::of(vec![Body::Corrected { entry, deed, reason }], by)
    }

    /// Several entries, together or not at all.
    #[must_use]
    pub fn of(bodies: Vec<Body>, by: &Private) -> Self {
        Self { bodies, expect: Expect::Any, key: None, undated: None, by: by.clone() }
    }
}

impl Engine {
    /// Records, if the procedure allows it. When this returns [`Outcome::Recorded`], it is on disk.
    ///
    /// Dropping the future before it is done leaves open whether the entries are recorded; ask again with the same
    /// [`Request::key`].
    ///
    /// # Errors
    ///
    /// Returns [`EngineError::Conflict`] if the case is not at the version expected, and other errors if the
    /// journal fails.
    #[instrument(skip_all, fields(case = %case))]
    pub async fn record(&self, case: CaseId, request: Request) -> Result<Outcome, EngineError> {
        let untold = self.untold();
        let outcome = self.record_alone(case, &request).await;
        match &outcome {
            Ok(Outcome::Recorded(_)) => self.tell_or_remember(case, &request.by).await,
            // It may be on disk all the same.
            Err(EngineError::Append(AppendError::Io(_) | AppendError::Closed)) => return outcome,
            Ok(Outcome::Rejected(_)) | Err(_) => {}
        }
        untold.settled();
        outcome
    }

    /// Lets linked cases know. What was recorded stays recorded if that fails: the next sweep mends it.
    pub(crate) async fn tell_or_remember(&self, case: CaseId, by: &Private) {
        if let Err(error) = self.tell_of([case], by).await {
            warn!(code = error.code(), "linked cases could not be told; the next sweep tells them");
            self.shared.some_may_be_behind.store(true, Ordering::Release);
        }
    }

    /// Sees to it that the next sweep tells everybody, unless [`Untold::settled`] is reached.
    pub(crate) fn untold(&self) -> Untold<'_> {
        Untold { some_may_be_behind: Some(&self.shared.some_may_be_behind) }
    }

    /// Records without letting linked cases know.
    pub(crate) async fn record_alone(&self, case: CaseId, request: &Request) -> Result<Outcome, EngineError> {
        let key = request.key.clone().map(IdempotencyKey);
        let lock = self.writer(case);
        let _held = lock.lock().await;
        let Some(key) = key else { return self.decide_and_append(case, request, None).await };
        if let Some(first) = self.first_under(case, &key).await? {
            return self.answered_before(case, request, &key, first).await;
        }
        let outcome = self.decide_and_append(case, request, Some(&key)).await;
        // Another program may have recorded just this since the key was asked for, and that may be why it is refused now.
        if matches!(outcome, Ok(Outcome::Rejected(_)) | Err(EngineError::Conflict { .. }))
            && let Some(first) = self.first_under(case, &key).await?
        {
            return self.answered_before(case, request, &key, first).await;
        }
        outcome
    }

    async fn first_under(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, EngineError> {
        self.journal().receipt(case, key).await.map_err(EngineError::Read)
    }

    /// Decides on the case as it is, and anew if another process writes it first.
    async fn decide_and_append(
        &self,
        case: CaseId,
        request: &Request,
        key: Option<&IdempotencyKey>,
    ) -> Result<Outcome, EngineError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let mut file = self.case(case).await?;
            self.bring_procedures(&mut file, &request.bodies).await?;
            if let Expect::Version(expected) = request.expect
                && expected != file.version()
            {
                return Err(EngineError::Conflict { expected, actual: file.version() });
            }
            if let Some(rejection) = self.cut_off(&file, &request.bodies).await? {
                return Ok(Outcome::Rejected(rejection));
            }
            let commit = match self.decide(&file, request) {
                Ok(added) => {
                    self.keep_procedures(&request.bodies, &request.by).await?;
                    commit(file, &added, key.cloned())
                }
                Err(rejection) => {
                    info!(code = %rejection.code(), "rejected");
                    return Ok(Outcome::Rejected(rejection));
                }
            };
            match self.journal().append(commit).await {
                Ok(receipt) => {
                    info!(version = %receipt.version, "recorded");
                    return Ok(Outcome::Recorded(receipt));
                }
                // Another process came first: its entries may change the answer, so the decision is taken anew.
                Err(AppendError::Moved { .. }) if attempts < MOST_ATTEMPTS => {}
                Err(error) => return Err(EngineError::Append(error)),
            }
        }
    }

    fn decide(&self, file: &CaseFile, request: &Request) -> Result<Vec<Entry>, Rejection> {
        let stamp = Stamp { at: self.now(), by: request.by.clone() };
        admit_together(&file.lineage, &file.entries, request.bodies.clone(), &stamp)
    }

    /// What a key was answered before. The journal compares the content: under a key that was used for something
    /// else nothing may pass for recorded.
    async fn answered_before(
        &self,
        case: CaseId,
        request: &Request,
        key: &IdempotencyKey,
        first: Receipt,
    ) -> Result<Outcome, EngineError> {
        let stamp = Stamp { at: self.now(), by: request.by.clone() };
        let mut bodies = request.bodies.clone();
        if let Some(undated) = request.undated {
            let file = self.case(case).await?;
            date_as(&mut bodies, undated, file.at_version(first.version).entries);
        }
        let again = Commit {
            case,
            seen: Version(0),
            entries: bodies.into_iter().map(|body| new_entry(&Record::Case(body), &stamp)).collect(),
            rows: Vec::new(),
            key: Some(key.clone()),
            erases: false,
        };
        self.journal().append(again).await.map(Outcome::Recorded).map_err(EngineError::Append)
    }

    /// Says what a request would change, and records nothing.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the case does not exist or cannot be read.
    pub async fn preview(&self, case: CaseId, request: &Request) -> Result<Preview, EngineError> {
        let mut file = self.case(case).await?;
        self.bring_procedures(&mut file, &request.bodies).await?;
        let version = file.version();
        let after = match self.decide(&file, request) {
            Ok(added) => file.with(&added),
            Err(rejection) => return Ok(Preview { version, outcome: Err(rejection), linked: Vec::new() }),
        };
        let now = after.entries.last().map_or(Moment::MIN, |entry| entry.recorded_at);
        let linked = self.left_behind(&after, now).await?;
        Ok(Preview { version, outcome: Ok(after.changes(version, after.version())), linked })
    }

    /// Ties a case to another, by a link of its procedure.
    ///
    /// Dropping the future before it is done leaves open whether the link is recorded; look at the case.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError::LinkElsewhere`] if the other case is under another procedure than the link names.
    pub async fn link(
        &self,
        case: CaseId,
        link: &Name,
        other: CaseId,
        by: &Private,
    ) -> Result<Outcome, EngineError> {
        let file = self.case(case).await?;
        self.link_fits(&file.procedure, file.opening.matter, link, other).await?;
        self.record(case, Request::of(vec![Body::Linked { link: link.clone(), case: other }], by)).await
    }
}

/// Gives the deeds that are dated `undated` the dates of those that were `recorded` in their place, the last entries of all.
fn date_as(bodies: &mut [Body], undated: When, recorded: Vec<Entry>) {
    let skipped = recorded.len().saturating_sub(bodies.len());
    for (body, entry) in bodies.iter_mut().zip(recorded.into_iter().skip(skipped)) {
        let then = entry.body.deed().map(|deed| deed.when);
        if let (Some(deed), Some(then)) = (body.deed_mut(), then)
            && deed.when == undated
        {
            deed.when = then;
        }
    }
}

/// What follows from a record that may stand, while it is under way. If it is dropped before it is settled, for the
/// caller went away or the disk failed, the next sweep looks at every case.
pub(crate) struct Untold<'e> {
    some_may_be_behind: Option<&'e AtomicBool>,
}

impl Untold<'_> {
    /// Everybody was told, or there is nothing to tell.
    pub(crate) fn settled(mut self) {
        self.some_may_be_behind = None;
    }
}

impl Drop for Untold<'_> {
    fn drop(&mut self) {
        if let Some(some_may_be_behind) = self.some_may_be_behind {
            some_may_be_behind.store(true, Ordering::Release);
        }
    }
}

/// The commit of what was decided on `file`, all of it as of the moment of the decision.
fn commit(file: CaseFile, added: &[Entry], key: Option<IdempotencyKey>) -> Commit {
    let (case, seen) = (file.case, file.version());
    let entry = |entry: &Entry| {
        let stamp = Stamp { at: entry.recorded_at, by: entry.recorded_by.clone() };
        new_entry(&Record::Case(entry.body.clone()), &stamp)
    };
    let entries = added.iter().map(entry).collect();
    let now = added.last().map_or(Moment::MIN, |entry| entry.recorded_at);
    Commit { case, seen, entries, rows: rows(&file.with(added), now), key, erases: false }
}
