//! Why a request was not done, as a problem document (RFC 9457). The sentences are the engine's own.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comity_core::Rejection;
use comity_core::procedure::Procedure;
use comity_runner::EngineError;
use comity_runner::said::Unclear;
use comity_sheet::words::provisions;
use comity_store::{AppendError, FileError, ReadError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A problem document (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Where the kind of problem is described.
    pub r#type: String,
    /// The kind of problem, in a few words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong this time, and what to do.
    pub detail: String,
    /// The stable code.
    pub code: String,
    /// Why, one sentence for each reason, with the provision it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
    /// For how many seconds to wait before trying again, where that helps.
    #[serde(skip)]
    pub(crate) wait_seconds: Option<u64>,
}

/// A reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Because {
    /// The code, which names a page of the reference.
    pub code: String,
    /// The engine's sentence.
    pub text: String,
    /// The provisions that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cite: Vec<String>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            r#type: format!("/v1/reference#{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            because: Vec::new(),
            wait_seconds: None,
        }
    }

    /// What was sent cannot be read.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request/unreadable", "The request cannot be read", detail)
    }

    /// What was sent can be read, and means nothing.
    pub(crate) fn unclear(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "request/unclear",
            "The request says something that is not clear",
            detail,
        )
    }

    /// There is no such thing, or not for this account: nobody learns which.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "request/not-found",
            "There is no such thing",
            format!("there is no {what} of this name that this account may see"),
        )
    }

    /// Nobody is signed in.
    pub(crate) fn not_signed_in(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "access/not-signed-in", "Nobody is signed in", detail)
    }

    /// The account may not do this.
    pub(crate) fn not_allowed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "access/not-allowed", "The account may not do this", detail)
    }

    /// Too much is asked for at once.
    pub(crate) fn too_many(detail: impl Into<String>, wait_seconds: u64) -> Self {
        let problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "request/too-many",
            "Too much is asked for at once",
            detail,
        );
        Self { wait_seconds: Some(wait_seconds), ..problem }
    }

    /// Something of ours failed. What it was stands in the log, not here.
    pub(crate) fn ours(code: &str) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            code,
            "The server failed",
            "the server failed at this; the log says why. Whether something was recorded shows in the case",
        )
    }

    /// The procedure does not allow it.
    pub(crate) fn rejected(rejection: &Rejection, procedure: &Procedure) -> Self {
        let code = rejection.code().word();
        let cite = rejection.basis().map(|basis| provisions(basis, procedure)).unwrap_or_default();
        let problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            code,
            "The procedure does not allow this",
            rejection.to_string(),
        );
        let because = vec![Because { code: code.to_owned(), text: rejection.to_string(), cite }];
        Self { because, ..problem }
    }

    /// What was said to have happened is not clear.
    pub(crate) fn not_clear(unclear: &Unclear, procedure: &Procedure) -> Self {
        match unclear {
            Unclear::Rejected { rejection, .. } => Self::rejected(rejection, procedure),
            Unclear::WhichAuthority { .. } | Unclear::Date { .. } | Unclear::NoDeed { .. } => {
                Self::unclear(unclear.to_string())
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let wait = self.wait_seconds;
        let mut response = (status, Json(&self)).into_response();
        // Whoever came with a browser is shown it as a page.
        response.extensions_mut().insert(self);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let code = error.code();
        let told = |status, title: &str| Self::new(status, code, title, error.to_string());
        match &error {
            EngineError::NoSuchCase(_) => Self::not_found("case"),
            EngineError::NoSuchMatter(_) => Self::not_found("matter"),
            EngineError::NoSuchFile { .. } => Self::not_found("file"),
            EngineError::NoSuchTarget { .. } => Self::not_found("target"),
            EngineError::NoSuchLetter { .. } => Self::not_found("dead letter"),
            EngineError::Erased { .. } => told(StatusCode::GONE, "The content was erased"),
            EngineError::NoSuchProcedure { .. }
            | EngineError::NotProved { .. }
            | EngineError::LinkElsewhere { .. }
            | EngineError::NoReference => {
                told(StatusCode::UNPROCESSABLE_ENTITY, "The request says something that is not clear")
            }
            EngineError::ReferenceTaken(_) => told(StatusCode::CONFLICT, "The reference is taken"),
            EngineError::Conflict { .. } => told(StatusCode::CONFLICT, "The case has moved"),
            EngineError::KeyReused | EngineError::Append(AppendError::KeyReused) => {
                told(StatusCode::UNPROCESSABLE_ENTITY, "The key was used for something else")
            }
            EngineError::Append(failed) => of_append(failed, code),
            EngineError::Read(failed) => of_read(failed, code),
            EngineError::File(FileError::TooLarge { .. }) => {
                told(StatusCode::PAYLOAD_TOO_LARGE, "The file is too large")
            }
            EngineError::ProcedureLost { .. }
            | EngineError::ProcedureChanged { .. }
            | EngineError::Restore { .. }
            | EngineError::File(_)
            | EngineError::Decode { .. } => {
                tracing::error!(code, %error, "a request failed");
                Self::ours(code)
            }
        }
    }
}

fn of_append(error: &AppendError, code: &str) -> Problem {
    let told = |status, title: &str| Problem::new(status, code, title, error.to_string());
    match error {
        AppendError::Moved { .. } => told(StatusCode::CONFLICT, "The case has moved"),
        AppendError::TooLarge { .. } => told(StatusCode::PAYLOAD_TOO_LARGE, "The entry is too large"),
        AppendError::KeyReused | AppendError::Unfit { .. } | AppendError::Empty => {
            told(StatusCode::UNPROCESSABLE_ENTITY, "The request says something that is not clear")
        }
        AppendError::Erased => told(StatusCode::GONE, "The content was erased"),
        AppendError::Full { .. } | AppendError::Blocked(_) => {
            tracing::error!(code, %error, "nothing can be recorded");
            let problem = told(StatusCode::INSUFFICIENT_STORAGE, "Nothing can be recorded now");
            Problem { wait_seconds: Some(60), ..problem }
        }
        AppendError::Refused { .. }
        | AppendError::Keys { .. }
        | AppendError::Stopped
        | AppendError::Closed
        | AppendError::Io(_) => {
            tracing::error!(code, %error, "nothing can be recorded");
            told(StatusCode::SERVICE_UNAVAILABLE, "Nothing can be recorded now")
        }
    }
}

fn of_read(error: &ReadError, code: &str) -> Problem {
    tracing::error!(code, %error, "the store cannot be read");
    match error {
        ReadError::Closed | ReadError::Refused { .. } | ReadError::Io(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            code,
            "The store cannot be read now",
            "the store cannot be read now; the log says why",
        ),
        ReadError::Damaged { .. } | ReadError::Keys { .. } => Problem::ours(code),
    }
}
