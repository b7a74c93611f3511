//! Webhooks, in the format of Standard Webhooks.

use std::time::Duration;

use async_trait::async_trait;
use comity_core::time::Moment;
use comity_runner::outbox::{Attempt, Event, Sender, Sent, Why};
use url::Url;

use crate::http::{Answer, Poster, Reach, Status};
use crate::network::Allowed;
use crate::secret::{SecretError, SecretPlace};
use crate::signature::{SigningKey, signatures};

/// Posts each event to one address, signed.
///
/// Dropping the future of [`Sender::send`] does not stop a request that has begun, and leaves open whether the target has
/// the event.
#[derive(Clone, Debug)]
pub struct Webhook {
    url: Url,
    secrets: Vec<SecretPlace>,
    poster: Poster,
}

impl Webhook {
    /// A webhook to `url`, signed by each of the `secrets`, that waits no longer than `patience` for an answer.
    #[must_use]
    pub fn new(url: Url, secrets: Vec<SecretPlace>, allowed: Allowed, patience: Duration) -> Self {
        Self { url, secrets, poster: Poster::new(Reach::Only(allowed), patience) }
    }

    /// Reads the secrets.
    ///
    /// # Errors
    ///
    /// Returns [`SecretError`] for the first that cannot be had.
    pub fn keys(&self) -> Result<Vec<SigningKey>, SecretError> {
        self.secrets.iter().map(key).collect()
    }
}

fn key(place: &SecretPlace) -> Result<SigningKey, SecretError> {
    let secret = place.read()?;
    SigningKey::read(secret.reveal()).map_err(|_| SecretError::Unfit {
        place: place.clone(),
        why: "it must be `whsec_` and 24 to 64 random bytes in Base64",
    })
}

#[async_trait]
impl Sender for Webhook {
    async fn send(&self, event: &Event, attempt: Attempt) -> Sent {
        let (this, id, body) = (self.clone(), event.id.clone(), event.json());
        // It blocks, and so do files and names that are looked up.
        let sent = tokio::task::spawn_blocking(move || {
            let keys = this.keys().map_err(|error| error.to_string())?;
            let timestamp = attempt.at.as_unix_microseconds().div_euclid(1_000_000);
            let headers = [
                ("content-type", "application/cloudevents+json; charset=utf-8".to_owned()),
                ("webhook-signature", signatures(&keys, &id, timestamp, &body)),
                ("webhook-timestamp", timestamp.to_string()),
                ("webhook-id", id),
            ];
            Ok(this.poster.post(&this.url, &headers, body.as_bytes()))
        });
        match sent.await {
            Ok(Ok(Answer::Status(status))) => judge(&status, attempt.at),
            Ok(Ok(Answer::None(why)) | Err(why)) => Sent::TryAgain { why: Why::new(&why), wait: None },
            Err(_) => Sent::TryAgain { why: Why::new("it could not be sent; see the log"), wait: None },
        }
    }
}

/// What an answer means. What is wrong with the target is mended there or here, and then the event is taken; what is wrong with
/// this event stays wrong.
fn judge(status: &Status, now: Moment) -> Sent {
    let why = |more: &str| Why::new(&format!("it answered {}{more}", status.text));
    let wait = status.retry_after.as_deref().and_then(|text| wait(text, now));
    match status.code {
        200..=299 => Sent::Delivered,
        300..=399 => {
            Sent::TryAgain { why: why(", and nobody else is asked; name the address that it means"), wait }
        }
        401 | 403 | 404 | 405 | 407 | 408 | 410 | 421 | 423 | 425 | 429 | 500.. => {
            Sent::TryAgain { why: why(""), wait }
        }
        _ => Sent::Never { why: why("") },
    }
}

/// How long `Retry-After` asks for: a number of seconds, or a date.
fn wait(text: &str, now: Moment) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    let seconds = date.as_second().saturating_sub(now.as_unix_microseconds().div_euclid(1_000_000));
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(code: u16, retry_after: Option<&str>) -> Sent {
        let status = Status { code, text: code.to_string(), retry_after: retry_after.map(str::to_owned) };
        judge(&status, "2027-03-01T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn only_success_is_delivery() {
        for code in [200, 202, 204] {
            assert_eq!(judged(code, None), Sent::Delivered);
        }
    }

    #[test]
    fn what_is_wrong_with_the_target_is_tried_again_and_what_is_wrong_with_the_event_is_not() {
        for code in [301, 302, 307, 401, 403, 404, 408, 410, 429, 500, 503, 599] {
            assert!(matches!(judged(code, None), Sent::TryAgain { wait: None, .. }), "{code}");
        }
        for code in [400, 406, 409, 413, 415, 422, 431] {
            assert!(matches!(judged(code, None), Sent::Never { .. }), "{code}");
        }
    }

    #[test]
    fn a_receiver_asks_for_time_in_seconds_or_by_a_date() {
        let asked = |text| match judged(503, Some(text)) {
            Sent::TryAgain { wait, .. } => wait.map(|wait| wait.as_secs()),
            other @ (Sent::Delivered | Sent::Never { .. }) => panic!("{other:?}"),
        };
        assert_eq!(asked("120"), Some(120));
        assert_eq!(asked("Mon, 01 Mar 2027 12:00:30 GMT"), Some(30));
        for nothing in ["", "soon", "-5", "Mon, 01 Mar 2027 11:59:59 GMT", "99999999999999999999999"] {
            assert_eq!(asked(nothing), None, "{nothing}");
        }
    }
}
