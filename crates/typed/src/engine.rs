//! The engine as whoever keeps cases.

use comity_core::id::CaseId;
use comity_core::{Asked, View};
use comity_runner::{Engine, EngineError, Expect, Outcome, Request};

use crate::case::{Answer, Cases, Step, StepError};

impl Cases for Engine {
    type Error = EngineError;

    async fn record(&self, case: CaseId, step: Step) -> Result<Answer, StepError<EngineError>> {
        let mut request = Request::of(vec![step.body], &step.by);
        request.expect = Expect::Version(step.expect);
        request.key = step.key;
        match Engine::record(self, case, request).await {
            Ok(Outcome::Recorded(receipt)) => Ok(Answer::Recorded(receipt.version)),
            Ok(Outcome::Rejected(rejection)) => Ok(Answer::Rejected(rejection)),
            Err(EngineError::Conflict { expected, actual }) => Err(StepError::Conflict { expected, actual }),
            Err(error) => Err(StepError::Cases(error)),
        }
    }

    async fn view(&self, case: CaseId) -> Result<View, EngineError> {
        Engine::view(self, case, Asked::at(self.now())).await
    }
}
