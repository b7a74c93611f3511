//! What is about to be recorded from a handle: it says where it leads before anybody records it.

use std::marker::PhantomData;

use comity_core::entry::{Body, Deed, Proposal, What};
use comity_core::id::EntryNumber;
use comity_core::name::Private;

use crate::case::{Answer, Cases, Handle, Occasion, Standing, Step, StepError, anywhere};
use crate::stage::Stage;
use crate::taken::{Proposed, Taken};

/// A handle as the module of a procedure wraps it, so that its acts are its own methods.
pub trait Wraps: Sized {
    /// The stage.
    type Stage: Stage;

    /// The handle in its wrapping.
    fn wrap(handle: Handle<Self::Stage>) -> Self;

    /// The handle by itself.
    fn handle(self) -> Handle<Self::Stage>;
}

/// A handle on a case whose track stands at any stage, by the handle at one.
type Anywhere<B> = <<B as Wraps>::Stage as Stage>::Anywhere;

/// What came of an act from the handle `B` that leads to `N`.
type Outcome<N, B, E> = Result<Taken<N, Anywhere<B>, B>, StepError<E>>;

/// An act, or anything else that takes effect, that leads from the handle `B` to `N`.
#[derive(Clone, Debug)]
#[must_use = "nothing is recorded before `record`"]
pub struct Prepared<B, N> {
    case: B,
    what: What,
    leads_to: PhantomData<fn() -> N>,
}

impl<B: Wraps, N: Standing> Prepared<B, N> {
    /// What takes effect in a case.
    pub fn new(case: B, what: What) -> Self {
        Self { case, what, leads_to: PhantomData }
    }

    /// Records it, if the case has not moved and its procedure allows it, and says where the track stands now.
    ///
    /// Dropping the future before it is done leaves open whether it is recorded; ask again with the same [`Occasion::key`].
    ///
    /// # Errors
    ///
    /// Returns [`StepError`] if the case has moved, is no case of the procedure any more, or the world failed. In the last two cases it
    /// may be recorded all the same.
    pub async fn record<C: Cases>(self, cases: &C, on: Occasion) -> Outcome<N, B, C::Error> {
        let body = Body::Deed(Deed { when: on.when, what: self.what });
        say(self.case, cases, body, (on.by, on.key)).await
    }
}

/// The confirmation of what another account proposed.
#[derive(Clone, Debug)]
#[must_use = "nothing is recorded before `record`"]
pub struct PreparedConfirmation<B> {
    case: B,
    entry: EntryNumber,
}

impl<B: Wraps> PreparedConfirmation<B> {
    /// The confirmation of an entry.
    pub fn new(case: B, entry: EntryNumber) -> Self {
        Self { case, entry }
    }

    /// Records it, as [`Prepared::record`] does. It counts from the moment of recording.
    ///
    /// Dropping the future before it is done leaves open whether it is recorded; look at the case.
    ///
    /// # Errors
    ///
    /// As [`Prepared::record`].
    pub async fn record<C: Cases>(self, cases: &C, by: &Private) -> Outcome<Anywhere<B>, B, C::Error> {
        say(self.case, cases, Body::Confirmed { entry: self.entry }, (by.clone(), None)).await
    }
}

/// An act that takes two persons, about to be proposed by the first.
#[derive(Clone, Debug)]
#[must_use = "nothing is recorded before `record`"]
pub struct PreparedProposal<B> {
    case: B,
    what: What,
}

impl<B: Wraps + Standing> PreparedProposal<B> {
    /// What is proposed for a case.
    pub fn new(case: B, what: What) -> Self {
        Self { case, what }
    }

    /// Records the proposal, which moves nothing. It takes effect when another account confirms it.
    ///
    /// Dropping the future before it is done leaves open whether it is recorded; ask again with the same [`Occasion::key`].
    ///
    /// # Errors
    ///
    /// As [`Prepared::record`].
    pub async fn record<C: Cases>(
        self,
        cases: &C,
        on: Occasion,
    ) -> Result<Proposed<Anywhere<B>, B>, StepError<C::Error>> {
        let handle = self.case.handle();
        let body = Body::Proposed(Proposal::Deed(Deed { when: on.when, what: self.what }));
        let step = Step { body, expect: handle.version, by: on.by, key: on.key };
        let entry = match cases.record(handle.case, step).await? {
            Answer::Rejected(rejection) => {
                return Ok(Proposed::Rejected { case: B::wrap(handle), rejection });
            }
            // The version after an entry is its number.
            Answer::Recorded(version) => EntryNumber::new(version.0).unwrap_or(handle.version.next()),
        };
        let view = cases.view(handle.case).await.map_err(StepError::Cases)?;
        Ok(match B::find(handle.case, &view)? {
            Some(case) => Proposed::Waits { case, entry },
            None => Proposed::Elsewhere { case: anywhere::<B::Stage>(handle.case, &view)?, entry },
        })
    }
}

async fn say<B: Wraps, N: Standing, C: Cases>(
    case: B,
    cases: &C,
    body: Body,
    (by, key): (Private, Option<String>),
) -> Outcome<N, B, C::Error> {
    let handle = case.handle();
    let step = Step { body, expect: handle.version, by, key };
    if let Answer::Rejected(rejection) = cases.record(handle.case, step).await? {
        return Ok(Taken::Rejected { case: B::wrap(handle), rejection });
    }
    let view = cases.view(handle.case).await.map_err(StepError::Cases)?;
    Ok(match N::find(handle.case, &view)? {
        Some(next) => Taken::Stands(next),
        None => Taken::Elsewhere(anywhere::<B::Stage>(handle.case, &view)?),
    })
}
