//! Lets linked cases know of one another. What is missing is found by comparing, never from memory, so a crash between
//! two cases is mended by the next look.

use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::{Asked, Rejection, lessons, mirrored};
use tracing::warn;

use crate::engine::Engine;
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
    /// Lets every case of the matter that follows `case`, or that `case` follows, know what it must know.
    pub(crate) async fn tell_linked(&self, case: CaseId, by: &Private) -> Result<Vec<Learned>, EngineError> {
        let file = self.case(case).await?;
        let mut learned = Vec::new();
        for other in self.cases_of(file.opening.matter).await? {
            learned.extend(self.learn(other, by).await?);
        }
        Ok(learned)
    }

    /// Brings the mirrored facts of one case up to date.
    pub(crate) async fn learn(&self, case: CaseId, by: &Private) -> Result<Option<Learned>, EngineError> {
        let file = self.case(case).await?;
        let mut bodies = Vec::new();
        let now = Asked::at(self.now());
        let view = file.view(now);
        for mirrored in mirrored(&file.procedure) {
            let Some((_, other)) = view.links().iter().rev().find(|(link, _)| *link == mirrored.link) else {
                continue;
            };
            let there = self.view(*other, now).await?;
            bodies.extend(lessons(&view, &file.entries, &mirrored, *other, &there));
        }
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
}
