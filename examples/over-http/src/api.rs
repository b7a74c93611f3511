//! What is asked of the daemon. One connection at a time, each request once under a key of its own.

use std::io::BufRead;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

/// Why the daemon did not do it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// It was not reached.
    #[error("{address} was not reached: {source}")]
    NotReached {
        /// Where.
        address: String,
        /// Why.
        source: ureq::Error,
    },
    /// It refused. The sentence is the engine's own, with the provision.
    #[error("{path}: {status} {code}: {detail}")]
    Refused {
        /// What was asked for.
        path: String,
        /// The status.
        status: u16,
        /// The stable code.
        code: String,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// It answered something else than it says.
    #[error("{path}: the answer cannot be read: {why}")]
    Unreadable {
        /// What was asked for.
        path: String,
        /// Why.
        why: String,
    },
}

/// The daemon, and the token that opens it.
#[derive(Clone)]
pub(crate) struct Api {
    server: String,
    token: String,
    agent: Agent,
}

impl Api {
    pub(crate) fn new(server: &str, token: &str) -> Self {
        // What is refused is an answer like others: it says why.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .build();
        let server = server.trim_end_matches('/').to_owned();
        Self { server, token: token.to_owned(), agent: Agent::new_with_config(config) }
    }

    /// Asks for a document.
    pub(crate) fn get(&self, path: &str) -> Result<Value, ApiError> {
        let asked = self.agent.get(format!("{}{path}", self.server));
        let answer = asked.header("Authorization", format!("Bearer {}", self.token)).call();
        self.document(path, answer)
    }

    /// Sends a document under a key: whatever is sent again under it is done once.
    pub(crate) fn post(&self, path: &str, key: &str, document: &Value) -> Result<Value, ApiError> {
        let sent = self.agent.post(format!("{}{path}", self.server));
        let answer = sent
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Idempotency-Key", key)
            .header("Content-Type", "application/json")
            .send(document.to_string());
        self.document(path, answer)
    }

    /// The limits that run, as a calendar program gets them.
    pub(crate) fn calendar(&self, token: &str) -> Result<String, ApiError> {
        let path = "/v1/deadlines.ics";
        let answer = self.agent.get(format!("{}{path}?token={token}", self.server)).call();
        let mut answer = self.reached(answer)?;
        self.read(path, &mut answer)
    }

    /// The record from a position on, line by line, as long as the connection lasts.
    pub(crate) fn events(&self, after: u64) -> Result<impl BufRead + use<>, ApiError> {
        let path = format!("/v1/events?after={after}");
        let asked = self.agent.get(format!("{}{path}", self.server));
        let answer = asked.header("Authorization", format!("Bearer {}", self.token)).call();
        let answer = self.reached(answer)?;
        match answer.status().as_u16() {
            200 => Ok(std::io::BufReader::new(answer.into_body().into_reader())),
            status => Err(ApiError::Unreadable { path, why: format!("it answered {status}") }),
        }
    }

    fn reached(
        &self,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<ureq::http::Response<ureq::Body>, ApiError> {
        answer.map_err(|source| ApiError::NotReached { address: self.server.clone(), source })
    }

    fn document(
        &self,
        path: &str,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Value, ApiError> {
        let mut answer = self.reached(answer)?;
        let text = self.read(path, &mut answer)?;
        serde_json::from_str(&text)
            .map_err(|error| ApiError::Unreadable { path: path.to_owned(), why: error.to_string() })
    }

    /// The body of an answer; of a refusal, what it says.
    fn read(&self, path: &str, answer: &mut ureq::http::Response<ureq::Body>) -> Result<String, ApiError> {
        let status = answer.status();
        let text = answer
            .body_mut()
            .read_to_string()
            .map_err(|source| ApiError::NotReached { address: self.server.clone(), source })?;
        if status.is_success() {
            return Ok(text);
        }
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        let said = |key: &str| problem.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (code, detail) = (said("code"), said("detail"));
        Err(ApiError::Refused { path: path.to_owned(), status: status.as_u16(), code, detail })
    }
}
