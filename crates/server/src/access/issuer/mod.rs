//! Tokens of the identity provider of an office (JWT, RFC 7519), which open accounts of the book.
//!
//! A token says who somebody is and never what he may do: roles, desk and authorities are those of the account. It is read as
//! RFC 8725 asks: by the algorithm of the key and not of the token, for this issuer and this audience alone, within its time.

mod claims;
mod keys;
mod signature;
mod source;

use std::sync::{Arc, PoisonError, RwLock};

use comity_core::time::Moment;
use jsonwebtoken::decode_header;

use crate::config::IssuerConfig;

use claims::Terms;
pub use claims::Vouched;
use keys::Keys;
use source::Source;

/// How long is waited at least between two looks at the keys, so that tokens with made-up keys cannot make us ask for ever.
const FLOOR: i64 = 60 * 1_000_000;
/// What a token may be said to be, in lower case. A token of another kind, for signing out or for a proof, is no token for us even
/// if it is signed.
const KINDS: [&str; 4] = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"];

/// The identity provider, as it is known here.
#[derive(Debug)]
pub struct Issuer {
    terms: Terms,
    source: Source,
    refresh: i64,
    known: RwLock<Known>,
    /// Held while the keys are fetched, so that they are fetched once.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Known {
    keys: Arc<Keys>,
    /// When they were fetched.
    fetched_at: Option<Moment>,
    /// When it was tried last.
    tried_at: Moment,
}

/// Why the keys of an identity provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// They cannot be read.
    #[error("the keys of the identity provider cannot be read: {}: {why}", place)]
    Unreadable {
        /// The file or the address.
        place: String,
        /// Why.
        why: String,
    },
    /// They are no set of keys, or none of it is of use.
    #[error("{place} is no set of keys that can be used: {why}")]
    Form {
        /// The file or the address.
        place: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The address cannot be one.
    #[error(
        "`{0}` cannot be the address of keys: use a file, or an address that begins with https://, on this machine also with http://"
    )]
    Address(String),
}

/// Why a token is refused, in words for whoever came with it. Nothing of the token is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no token, or of no kind that is taken.
    #[error("the token is none that this API takes; get another from the identity provider")]
    Form,
    /// It names a key that the provider does not have.
    #[error("the token is signed with a key that is not known here; get another from the identity provider")]
    Key,
    /// It was not signed with the key that it names, or not as this key signs.
    #[error("the signature of the token is wrong; get another from the identity provider")]
    Signature,
    /// It is signed, but by another or for another.
    #[error("the token is of another issuer or for another audience; get one for this API")]
    NotForUs,
    /// Its time is over, by itself or by the configuration.
    #[error("the token has ended; get another from the identity provider")]
    Ended,
    /// Its time has not come.
    #[error("the time of the token has not come; look at the clocks of both machines")]
    NotYet,
    /// It does not say what it must.
    #[error(
        "the token does not say what it must: iss, aud, exp, iat and the name of an account, and that whoever has it may use it"
    )]
    Wanting,
}

/// Whether a text may be a token of an identity provider: ours have no dots.
#[must_use]
pub fn is_one(token: &str) -> bool {
    token.contains('.')
}

impl Issuer {
    /// The provider, with its keys. If they come from an address that does not answer, none are known until it does; a file must be
    /// there. It may block for some seconds.
    ///
    /// # Errors
    ///
    /// Returns [`IssuerError`] if the configuration or the file cannot be used.
    pub fn open(config: &IssuerConfig, now: Moment) -> Result<Self, IssuerError> {
        signature::install();
        let source = Source::of(&config.keys)?;
        let terms = Terms::of(config);
        let (keys, fetched_at) = match source.read(&terms.algorithms) {
            Ok(keys) => (keys, Some(now)),
            Err(error) if source.may_be_away() => {
                tracing::warn!(%error, "until the identity provider answers, none of its tokens is taken");
                (Keys::default(), None)
            }
            Err(error) => return Err(error),
        };
        let known = RwLock::new(Known { keys: Arc::new(keys), fetched_at, tried_at: now });
        let refresh = i64::from(config.refresh_minutes) * 60_000_000;
        Ok(Self { terms, source, refresh, known, fetching: tokio::sync::Mutex::default() })
    }

    /// For whom a token vouches.
    ///
    /// # Errors
    ///
    /// Returns [`Refused`] if it vouches for nobody.
    pub async fn vouch(&self, token: &str, now: Moment) -> Result<Vouched, Refused> {
        let header = decode_header(token).map_err(|_| Refused::Form)?;
        let kind = header.typ.as_deref().map(str::to_ascii_lowercase);
        // What must be understood (`crit`) is nothing that we know.
        if header.crit.is_some() || kind.is_some_and(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(Refused::Form);
        }
        let mut keys = self.known().keys;
        if self.is_old(now) || keys.find(&header).is_none() {
            self.renew(now, keys.find(&header).is_none()).await;
            keys = self.known().keys;
        }
        let key = keys.find(&header).ok_or(Refused::Key)?;
        self.terms.read(token, key, now)
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_old(&self, now: Moment) -> bool {
        self.known().fetched_at.is_none_or(|at| passed(at, now) >= self.refresh)
    }

    /// Fetches the keys, unless that was tried a moment ago. What cannot be fetched leaves those that are known.
    async fn renew(&self, now: Moment, is_waited_for: bool) {
        let is_soon = || passed(self.known().tried_at, now) < FLOOR;
        if is_soon() {
            return;
        }
        let _turn = match self.fetching.try_lock() {
            Ok(turn) => turn,
            // Somebody fetches them; who has a key that is known need not wait for it.
            Err(_) if !is_waited_for => return,
            Err(_) => self.fetching.lock().await,
        };
        if is_soon() {
            return;
        }
        // Noted first: whoever goes away while this is under way must not let the next one ask again at once.
        self.known.write().unwrap_or_else(PoisonError::into_inner).tried_at = now;
        let (source, algorithms) = (self.source.clone(), self.terms.algorithms.clone());
        let read = tokio::task::spawn_blocking(move || source.read(&algorithms)).await;
        match read {
            Ok(Ok(keys)) => {
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                *known = Known { keys: Arc::new(keys), fetched_at: Some(now), tried_at: now };
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the keys of the identity provider stay as they were");
            }
            Err(error) => tracing::error!(%error, "the keys of the identity provider were not fetched"),
        }
    }
}

/// How much time has passed; for a clock that was put back, enough for anything.
fn passed(since: Moment, now: Moment) -> i64 {
    let passed = since.microseconds_until(now);
    if passed < 0 { i64::MAX } else { passed }
}
