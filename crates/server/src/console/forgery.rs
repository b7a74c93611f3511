//! That a form was sent from a page of ours, and by whoever was given the page.
//!
//! Three things are asked of every form: that the browser says it comes from here, where it says anything; that it holds a token which
//! follows from the secret of the cookie, and which no other site can read; and that the cookie itself is not sent from elsewhere
//! (`SameSite`).

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;
use url::Url;

use crate::access::secret;
use crate::app::App;
use crate::problem::Problem;

/// How many digits of a token say which it is.
const WHICH: usize = 16;
/// How many were given.
static GIVEN: AtomicU64 = AtomicU64::new(0);

/// A token of the forms that are given to whoever holds this secret. Each page has another, so that the length of compressed pages tells
/// nobody what is in it (BREACH).
pub(crate) fn token(secret: &str) -> String {
    following(&format!("{:0WHICH$x}", GIVEN.fetch_add(1, Ordering::Relaxed)), secret)
}

/// The token of this number.
fn following(which: &str, secret: &str) -> String {
    format!("{which}{}", secret::hash(&format!("comity form {which} {secret}")))
}

/// Whether a form comes from here and holds the token.
pub(crate) fn is_ours(app: &App, headers: &HeaderMap, secret: &str, sent: &str) -> Result<(), Problem> {
    let which = sent.get(..WHICH).unwrap_or_default();
    let has_token = bool::from(following(which, secret).as_bytes().ct_eq(sent.as_bytes()));
    if comes_from_here(app, headers) && has_token { Ok(()) } else { Err(not_ours()) }
}

fn not_ours() -> Problem {
    Problem::new(
        axum::http::StatusCode::FORBIDDEN,
        "console/form",
        "The form was not sent from a page of this console",
        "nothing was done; go back, load the page anew and send the form again",
    )
}

/// Whether the browser says that a form comes from here, or says nothing.
pub(crate) fn comes_from_here(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    match text("origin") {
        None => true,
        Some(origin) => is_here(origin, text(header::HOST.as_str()), app.config.public_address.as_deref()),
    }
}

/// Whether an origin is that of the host that was asked, or of the address under which the office knows it.
fn is_here(origin: &str, host: Option<&str>, public: Option<&str>) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    let authority = |url: &Url| {
        let host = url.host_str().map(ToOwned::to_owned)?;
        Some(url.port().map_or(host.clone(), |port| format!("{host}:{port}")))
    };
    let is_of_host = authority(&origin).is_some_and(|found| host == Some(found.as_str()));
    let is_public = public
        .and_then(|address| Url::parse(address).ok())
        .is_some_and(|address| address.origin() == origin.origin());
    is_of_host || is_public
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, reason = "a test")]

    use super::*;

    #[test]
    fn a_form_comes_from_the_host_that_was_asked_or_from_the_address_of_the_office() {
        let here = |origin| is_here(origin, Some("127.0.0.1:8470"), Some("https://comity.example/"));
        assert!(here("http://127.0.0.1:8470"));
        assert!(here("https://comity.example"));
        for elsewhere in ["http://127.0.0.1:8471", "https://comity.example.evil.test", "null", "", "file://"]
        {
            assert!(!here(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_token_follows_from_its_secret_and_does_not_tell_it() {
        let one = token("a");
        assert_ne!(one, token("a"));
        assert_eq!(following(&one[..WHICH], "a"), one);
        assert_ne!(following(&one[..WHICH], "b"), one);
        assert_eq!(one.len(), WHICH + 64);
    }
}
