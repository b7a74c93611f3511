//! What a request holds, read once at the edge; what is wrong with it, as a problem.

use std::marker::PhantomData;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use comity_core::id::Version;
use comity_runner::{CaseFile, Expect};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::problem::Problem;

/// Cases that are not there are told so in steps of this length, which is longer than looking for one takes.
const STEP: Duration = Duration::from_millis(25);
/// The longest key of an attempt, in bytes.
const LONGEST_KEY: usize = 128;

/// A body in JSON.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Shared> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        let read = Json::<Object<T>>::from_request(request, app).await;
        read.map(|Json(Object(sent))| Self(sent)).map_err(|rejection| not_read(&rejection))
    }
}

/// What is sent as an object with names. Without this a list of the values in their order would do, which no description allows.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Named<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Named<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Named(PhantomData)).map(Self)
    }
}

/// A list within a body, each of it an object with names.
pub(crate) fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Vec::<Object<T>>::deserialize(deserializer).map(|all| all.into_iter().map(|Object(one)| one).collect())
}

/// Why a body could not be read.
fn not_read(rejection: &JsonRejection) -> Problem {
    if matches!(rejection, JsonRejection::MissingJsonContentType(_)) {
        return Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "request/not-json",
            "The request is not JSON",
            "send JSON, with the header Content-Type: application/json",
        );
    }
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request/too-long",
            "The request is too long",
            "the body is longer than the server takes; the operator sets limits.body-bytes",
        );
    }
    // The text of the parser tells where, and quotes no value: names only.
    Problem::unreadable(without_values(&rejection.body_text()))
}

/// What a parser says, without what it found there: that may name a person.
fn without_values(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut is_value = false;
    for character in text.chars() {
        if character == '"' {
            if !is_value {
                told.push_str("\"…\"");
            }
            is_value = !is_value;
        } else if !is_value {
            told.push(character);
        }
    }
    told
}

/// What the address asks for.
pub(crate) struct Ask<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Shared> for Ask<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(parts, app).await;
        read.map(|Query(ask)| Self(ask))
            .map_err(|rejection: QueryRejection| Problem::unreadable(without_values(&rejection.body_text())))
    }
}

/// A part of the path.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Shared> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let read = Path::<T>::from_request_parts(parts, app).await;
        read.map(|Path(named)| Self(named)).map_err(|_: PathRejection| Problem::not_found("thing"))
    }
}

/// Who asks. The middleware has let nobody else through.
impl FromRequestParts<Shared> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| Problem::not_signed_in("sign in at POST /v1/session, and send the token"))
    }
}

/// The headers by which a request is done once, and only on the version that was seen.
pub(crate) struct Care {
    /// The name of this attempt.
    pub(crate) key: Option<String>,
    /// The version that the client has seen.
    pub(crate) seen: Option<Version>,
}

impl FromRequestParts<Shared> for Care {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        Ok(Self { key: key(&parts.headers)?, seen: seen(&parts.headers)? })
    }
}

impl Care {
    /// What is expected of the case, by the header or the body.
    pub(crate) fn expect(&self, body: Option<u32>) -> Expect {
        self.seen.or(body.map(Version)).map_or(Expect::Any, Expect::Version)
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| !text.is_empty() && text.len() <= LONGEST_KEY);
    let text = text.ok_or_else(|| {
        Problem::unreadable(format!("Idempotency-Key has 1 to {LONGEST_KEY} plain characters"))
    })?;
    Ok(Some(text.to_owned()))
}

fn seen(headers: &HeaderMap) -> Result<Option<Version>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let number =
        text.strip_prefix("\"v").and_then(|text| text.strip_suffix('"')).and_then(|n| n.parse().ok());
    number.map(Version).map(Some).ok_or_else(|| {
        Problem::unreadable("If-Match holds the ETag of the case as it was given, such as \"v7\", or *")
    })
}

/// The tag of a version of a case.
pub(crate) fn etag(version: Version) -> String {
    format!("\"v{version}\"")
}

impl App {
    /// The case known under a reference, if this account may do `action` there. Whoever may not read it learns no
    /// more than that there is none.
    pub(crate) async fn case(
        &self,
        who: &Principal,
        reference: &str,
        action: Action,
    ) -> Result<CaseFile, Problem> {
        let asked = tokio::time::Instant::now();
        let Some(file) = self.shown(who, reference).await? else {
            // Nobody is to learn by the time that it takes whether there is one.
            tokio::time::sleep_until(asked + until_told(asked.elapsed())).await;
            return Err(Problem::not_found("case"));
        };
        if action != Action::Read {
            self.may(who, action, What::of(&file))?;
        }
        Ok(file)
    }

    async fn shown(&self, who: &Principal, reference: &str) -> Result<Option<CaseFile>, Problem> {
        let Some(found) = self.engine.find_case(reference).await? else { return Ok(None) };
        let file = self.engine.case(found).await?;
        Ok(self.shows(who, &file, "case").await?.then_some(file))
    }
}

/// How long after it was asked for a case is said not to be there: the next full step of time.
fn until_told(elapsed: Duration) -> Duration {
    let steps = elapsed.as_micros() / STEP.as_micros();
    STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_a_little_longer_is_told_at_the_same_time() {
        let after = |micros: u64| until_told(Duration::from_micros(micros));
        assert_eq!(after(0), STEP);
        assert_eq!(after(300), after(24_999));
        assert_eq!(after(25_000), 2 * STEP);
        assert_eq!(until_told(Duration::MAX), STEP * u32::MAX);
    }
}
