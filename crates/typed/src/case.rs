//! Handles on running cases, and whoever keeps these.

use std::future::Future;

use comity_core::entry::Body;
use comity_core::id::{CaseId, Version};
use comity_core::name::{Name, Private};
use comity_core::time::When;
use comity_core::{Rejection, View};

use crate::NotThis;
use crate::row::Procedure;
use crate::stage::{Stage, stands};

/// A running case of which a track stands at the stage `S`, as somebody saw it at a version.
///
/// It is a snapshot: time goes on and others record. A step therefore goes to whoever keeps the case with the version that was seen,
/// and another version is a [`StepError::Conflict`]. Each module that is made from a procedure wraps it in a `Case<S>` of its own,
/// with a method for each act.
#[derive(Clone, Debug, PartialEq)]
pub struct Handle<S> {
    pub(crate) case: CaseId,
    pub(crate) version: Version,
    stage: S,
}

/// When something took effect, and who records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// When it took effect.
    pub when: When,
    /// The account that records it. Never a person's name.
    pub by: Private,
    /// Makes a second attempt safe: under the same key, the same is recorded once.
    pub key: Option<String>,
}

impl Occasion {
    /// Something that took effect at `when`, recorded by an account.
    #[must_use]
    pub fn new(when: When, by: &Private) -> Self {
        Self { when, by: by.clone(), key: None }
    }

    /// With a key that makes a second attempt safe.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// What is to be recorded in a case, for whoever keeps cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The entry.
    pub body: Body,
    /// The version that was seen; another is a conflict.
    pub expect: Version,
    /// The account that records.
    pub by: Private,
    /// Makes a second attempt safe.
    pub key: Option<String>,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is recorded, and the case is at this version with it.
    Recorded(Version),
    /// The law does not allow it, and nothing changed.
    Rejected(Rejection),
}

/// Whoever keeps cases: the engine, with the feature `engine`, or a program of one's own.
pub trait Cases: Send + Sync {
    /// What may fail in the world.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Records a step, if the case is at the version expected and its procedure allows it.
    ///
    /// Dropping the future before it is done leaves open whether the step is recorded; ask again with the same key.
    ///
    /// # Errors
    ///
    /// Returns [`StepError::Conflict`] if the case is at another version, and [`StepError::Cases`] if the world failed.
    fn record(
        &self,
        case: CaseId,
        step: Step,
    ) -> impl Future<Output = Result<Answer, StepError<Self::Error>>> + Send;

    /// Where the case stands now. It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns what failed.
    fn view(&self, case: CaseId) -> impl Future<Output = Result<View, Self::Error>> + Send;
}

/// Why it is not known where a case stands after a step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError<E> {
    /// The case has moved since the handle was taken, and nothing was recorded.
    #[error(
        "the case is at version {actual}, not {expected}: somebody recorded meanwhile; look at it, then decide"
    )]
    Conflict {
        /// What the handle had seen.
        expected: Version,
        /// Where the case is.
        actual: Version,
    },
    /// The case is none of the procedure, or is so no longer.
    #[error(transparent)]
    NotThis(#[from] NotThis),
    /// Whoever keeps the case failed.
    #[error(transparent)]
    Cases(E),
}

/// A handle, or one of several: what may be found of a case.
pub trait Standing: Sized {
    /// What is found in a view, or nothing if the track stands at none of these stages.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis`] if another procedure or edition applies.
    fn find(case: CaseId, view: &View) -> Result<Option<Self>, NotThis>;
}

impl<S: Stage> Standing for Handle<S> {
    fn find(case: CaseId, view: &View) -> Result<Option<Self>, NotThis> {
        let stage = S::of(view)?;
        Ok(stage.map(|stage| Self { case, version: view.version(), stage }))
    }
}

impl<S: Stage> Handle<S> {
    /// A handle on a case whose track stands at the stage in `view`.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis::OtherStage`] if the track stands elsewhere, and other errors if another procedure or edition applies.
    pub fn of(case: CaseId, view: &View) -> Result<Self, NotThis> {
        match Self::find(case, view)? {
            Some(handle) => Ok(handle),
            None => Err(NotThis::OtherStage {
                track: S::TRACK.into(),
                wanted: S::STAGE.into(),
                stands: stands::<S>(view, S::TRACK)?,
            }),
        }
    }

    /// The case.
    #[must_use]
    pub fn id(&self) -> CaseId {
        self.case
    }

    /// The version at which the case was seen.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The stage, with the facts that are held there.
    #[must_use]
    pub fn stage(&self) -> &S {
        &self.stage
    }

    /// Where the case stands by now.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`StepError`] if the case cannot be read, or is no case of the procedure any more.
    pub async fn look<C: Cases>(&self, cases: &C) -> Result<S::Anywhere, StepError<C::Error>> {
        let view = cases.view(self.case).await.map_err(StepError::Cases)?;
        Ok(anywhere::<S>(self.case, &view)?)
    }
}

/// A handle at whatever stage the track stands.
pub(crate) fn anywhere<S: Stage>(case: CaseId, view: &View) -> Result<S::Anywhere, NotThis> {
    S::Procedure::applies_to(view)?;
    if let Some(found) = S::Anywhere::find(case, view)? {
        return Ok(found);
    }
    let stands: Name = stands::<S>(view, S::TRACK)?;
    Err(NotThis::no_row::<S>(stands.as_str()))
}
