//! Lets linked cases know of one another. What is missing is found by comparing, never from memory, so a crash between
//! two cases is mended by the next look.

use comity_core::entry::Body;
use comity_core::id::{CaseId, MatterId};
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_core::{Asked, Rejection, Stamp, admit_together, lessons, mirrored};
use tracing::{error, warn};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::record::{Expect, MOST_ATTEMPTS, Outcome, Request};

/// What was done to let a case know of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The case that had to know.
    pub case: CaseId,
    /// Why it could not be recorded, if it could not: somebody must annul the acts that it upsets.
    pub refused: Option<Rejection>,
}

impl Engine {
    /// Lets every case of the matter know what it must know of the others.
    pub(crate) async fn tell_matter(
        &self,
        matter: MatterId,
        by: &Private,
    ) -> Result<Vec<Learned>, EngineError> {
        self.tell(&self.cases_of(matter).await?, by).await
    }

    /// Lets every case of the store know what it must know of others.
    pub(crate) async fn tell_all(&self, by: &Private) -> Result<Vec<Learned>, EngineError> {
        self.tell(&self.cases().await?, by).await
    }

    /// Tells until nobody learns anything new: what one case learns may move it, and a case told before it may have
    /// to know. Along a chain each round gets one case further, so a circle that never comes to rest is left then.
    async fn tell(&self, cases: &[CaseId], by: &Private) -> Result<Vec<Learned>, EngineError> {
        let mut learned: Vec<Learned> = Vec::new();
        for _ in 0..=cases.len() {
            let mut has_told = false;
            for case in cases {
                let one = match self.learn(*case, by).await {
                    Ok(one) => one,
                    Err(error) if error.is_of_one_case() => {
                        error!(%case, code = error.code(), "a case could not be told of those it is linked to");
                        None
                    }
                    Err(error) => return Err(error),
                };
                has_told |= one.as_ref().is_some_and(|one| one.refused.is_none());
                learned.extend(one.filter(|one| !learned.contains(one)));
            }
            if !has_told {
                return Ok(learned);
            }
        }
        warn!(
            cases = cases.len(),
            "linked cases keep moving one another; they are left until something is recorded"
        );
        Ok(learned)
    }

    /// Brings the mirrored facts of one case up to date.
    async fn learn(&self, case: CaseId, by: &Private) -> Result<Option<Learned>, EngineError> {
        for _ in 0..MOST_ATTEMPTS {
            let file = self.case(case).await?;
            let bodies = self.lessons(&file, self.now()).await?;
            if bodies.is_empty() {
                return Ok(None);
            }
            // Lessons follow from a comparison with this version: on another they may have been recorded already.
            let request = Request { expect: Expect::Version(file.version()), ..Request::of(bodies, by) };
            match self.record_alone(case, &request).await {
                Ok(Outcome::Recorded(_)) => return Ok(Some(Learned { case, refused: None })),
                Ok(Outcome::Rejected(rejection)) => {
                    warn!(%case, code = %rejection.code(), "a linked case has changed, and this one cannot follow");
                    return Ok(Some(Learned { case, refused: Some(rejection) }));
                }
                Err(EngineError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        // Whoever kept coming first tells the case in turn.
        Ok(None)
    }

    /// Why a case cannot follow a case that it is linked to; nothing if it can, or has.
    pub(crate) async fn behind(
        &self,
        file: &CaseFile,
        now: Moment,
    ) -> Result<Option<Rejection>, EngineError> {
        let bodies = self.lessons(file, now).await?;
        let stamp = Stamp { at: now, by: Private::default() };
        Ok(admit_together(&file.procedure, &file.entries, bodies, &stamp).err())
    }

    async fn lessons(&self, file: &CaseFile, now: Moment) -> Result<Vec<Body>, EngineError> {
        let now = Asked::at(now);
        let view = file.view(now);
        let mut bodies = Vec::new();
        for mirrored in mirrored(&file.procedure) {
            let linked = view.links().iter().rev().find(|(link, _)| *link == mirrored.link);
            let there = match linked {
                Some((_, other)) => Some((*other, self.view(*other, now).await?)),
                None => None,
            };
            let there = there.as_ref().map(|(other, there)| (*other, there));
            bodies.extend(lessons(&view, &file.entries, &mirrored, there));
        }
        Ok(bodies)
    }
}
