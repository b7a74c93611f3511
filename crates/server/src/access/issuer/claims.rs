//! What a token must say, and until when it is taken.

use std::collections::HashSet;

use comity_core::time::Moment;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode};
use serde_json::{Map, Value};

use super::Refused;
use super::keys::Key;
use crate::access::account::is_name;
use crate::config::{Algorithm, IssuerConfig};

/// What is asked of a token.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) algorithms: Vec<Algorithm>,
    issuer: String,
    audience: String,
    account: String,
    leeway: f64,
    longest: f64,
}

/// For whom a token vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The name of the account. Whether there is one is not said.
    pub account: String,
    /// Until when.
    pub ends_at: Moment,
}

impl Terms {
    pub(super) fn of(config: &IssuerConfig) -> Self {
        Self {
            algorithms: config.algorithms.clone(),
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            account: config.account_claim.clone(),
            leeway: f64::from(config.leeway_seconds),
            longest: f64::from(config.longest_minutes) * 60.0,
        }
    }

    /// Reads a token that must have been signed by `key`.
    pub(super) fn read(&self, token: &str, key: &Key, now: Moment) -> Result<Vouched, Refused> {
        let mut asked = Validation::new(key.algorithm.of_token());
        asked.set_issuer(&[&self.issuer]);
        asked.set_audience(&[&self.audience]);
        asked.required_spec_claims = HashSet::from(["iss".to_owned(), "aud".to_owned()]);
        // Times are held against our own clock, below.
        asked.validate_exp = false;
        let read = decode::<Map<String, Value>>(token, &key.public, &asked);
        let claims = read.map_err(|error| refused(error.kind()))?.claims;
        // The library takes a list of issuers too, which no provider sends.
        if claims.get("iss").and_then(Value::as_str) != Some(&self.issuer) {
            return Err(Refused::NotForUs);
        }
        // Such a token is bound to a key (RFC 7800); taken from whoever has it, it would be worth no more than any other.
        if claims.contains_key("cnf") {
            return Err(Refused::Wanting);
        }
        let ends_at = self.in_time(&claims, now)?;
        let account = claims.get(&self.account).and_then(Value::as_str).filter(|name| is_name(name));
        Ok(Vouched { account: account.ok_or(Refused::Wanting)?.to_owned(), ends_at })
    }

    /// Until when a token is taken, if it is taken now.
    fn in_time(&self, claims: &Map<String, Value>, now: Moment) -> Result<Moment, Refused> {
        let number = |name: &str| claims.get(name).map(|value| value.as_f64().ok_or(Refused::Wanting));
        let (ends, issued) =
            (number("exp").ok_or(Refused::Wanting)??, number("iat").ok_or(Refused::Wanting)??);
        let begins = number("nbf").transpose()?.unwrap_or(issued);
        let now = seconds(now);
        let ends = ends.min(issued + self.longest) + self.leeway;
        if now >= ends {
            return Err(Refused::Ended);
        }
        if now + self.leeway < issued.max(begins) {
            return Err(Refused::NotYet);
        }
        moment(ends).ok_or(Refused::Wanting)
    }
}

fn refused(kind: &ErrorKind) -> Refused {
    if matches!(kind, ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience) {
        Refused::NotForUs
    } else if matches!(kind, ErrorKind::MissingRequiredClaim(_) | ErrorKind::Json(_)) {
        Refused::Wanting
    } else if matches!(kind, ErrorKind::InvalidToken | ErrorKind::Base64(_) | ErrorKind::Utf8(_)) {
        Refused::Form
    } else {
        Refused::Signature
    }
}

#[allow(clippy::cast_precision_loss, reason = "to the microsecond for the next centuries")]
fn seconds(moment: Moment) -> f64 {
    moment.as_unix_microseconds() as f64 / 1_000_000.0
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a number that is too large becomes the largest, which is no moment"
)]
fn moment(seconds: f64) -> Option<Moment> {
    Moment::from_unix_microseconds((seconds * 1_000_000.0) as i64).ok()
}
