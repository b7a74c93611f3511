//! Lets linked cases know of one another. What is missing is found by comparing, never from memory, so a crash between
//! two cases is mended by the next look.

use comity_core::entry::Body;
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::{Asked, Rejection, Stamp, admit_together, lessons, mirrored};
use tracing::warn;

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::record::{Outcome, Request};

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
    pub(crate) async fn tell_linked(&self, case: CaseId, by: &Private) -> Result<Vec<Learned>, EngineError> {
        let file = self.case(case).await?;
        let mut learned = Vec::new();
        for other in self.cases_of(file.opening.matter).await? {
            learned.extend(self.learn(other, by).await?);
        }
        Ok(learned)
    }

    /// Lets every case of the store know what it must know of others.
    pub(crate) async fn tell_all(&self, by: &Private) -> Result<Vec<Learned>, EngineError> {
        let mut learned = Vec::new();
        for case in self.cases().await? {
            learned.extend(self.learn(case, by).await?);
        }
        Ok(learned)
    }

    /// Brings the mirrored facts of one case up to date.
    async fn learn(&self, case: CaseId, by: &Private) -> Result<Option<Learned>, EngineError> {
        let file = self.case(case).await?;
        let bodies = self.lessons(&file).await?;
        if bodies.is_empty() {
            return Ok(None);
        }
        match self.record_alone(case, &Request::of(bodies, by)).await? {
            Outcome::Recorded(_) => Ok(Some(Learned { case, refused: None })),
            Outcome::Rejected(rejection) => {
                warn!(%case, code = %rejection.code(), "a linked case has changed, and this one cannot follow");
                Ok(Some(Learned { case, refused: Some(rejection) }))
            }
        }
    }

    /// Why a case cannot follow a case that it is linked to; nothing if it can, or has.
    pub(crate) async fn behind(&self, file: &CaseFile) -> Result<Option<Rejection>, EngineError> {
        let bodies = self.lessons(file).await?;
        let stamp = Stamp { at: self.now(), by: Private::default() };
        Ok(admit_together(&file.procedure, &file.entries, bodies, &stamp).err())
    }

    async fn lessons(&self, file: &CaseFile) -> Result<Vec<Body>, EngineError> {
        let now = Asked::at(self.now());
        let view = file.view(now);
        let mut bodies = Vec::new();
        for mirrored in mirrored(&file.procedure) {
            let Some((_, other)) = view.links().iter().rev().find(|(link, _)| *link == mirrored.link) else {
                continue;
            };
            let there = self.view(*other, now).await?;
            bodies.extend(lessons(&view, &file.entries, &mirrored, *other, &there));
        }
        Ok(bodies)
    }
}
