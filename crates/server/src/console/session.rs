//! The session of a browser: signing in, signing out, and who it is that asks.
//!
//! A session is a token of the book of accounts, of a kind of its own: it stands in a cookie that no script reads, and opens nothing of
//! the API. So whatever takes tokens back takes sessions back too: a closed account, another password, signing out. It ends at a fixed
//! time, and before that when nothing was asked for a while.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::Json;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use comity_core::time::Moment;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::fields::{self, Fields, Sent, TOKEN};
use super::forgery;
use super::frame::{Frame, Here, page, see_other};
use crate::access::account::TokenKind;
use crate::access::{AccessError, Pass, Principal, secret};
use crate::app::{App, Shared};
use crate::problem::Problem;

/// Where somebody is led who has signed in and was going nowhere.
const HOME: &str = "/";
/// The longest path to which somebody is led on.
const LONGEST: usize = 2_000;

/// When sessions were last seen. It is not kept over a new start: then each may rest for as long as it may anew.
#[derive(Default)]
pub(crate) struct Sessions {
    seen: Mutex<HashMap<String, Moment>>,
}

impl Sessions {
    /// Whether a session has rested too long. If not, it is seen now.
    fn rested(&self, id: &str, now: Moment, idle_seconds: i64) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = idle_seconds.saturating_mul(1_000_000);
        let has_rested = seen.get(id).is_some_and(|at| at.microseconds_until(now) > idle);
        if has_rested {
            seen.remove(id);
        } else {
            seen.insert(id.to_owned(), now);
        }
        has_rested
    }

    fn forget(&self, id: &str) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Forgets those that ended long ago.
    pub(crate) fn tidy(&self, now: Moment) {
        const DAY: i64 = 24 * 60 * 60 * 1_000_000;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, at| at.microseconds_until(now) < DAY);
    }
}

/// Who sits before the browser, and what it was given.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) who: Principal,
    secret: Zeroizing<String>,
}

impl Seat {
    /// What the token of its forms follows from.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// The token of its forms.
    pub(crate) fn form_token(&self) -> String {
        forgery::token(&self.secret)
    }
}

/// A request of somebody who is signed in.
pub(crate) struct Desk {
    pub(crate) app: Shared,
    pub(crate) who: Principal,
    pub(crate) seat: Seat,
}

impl FromRequestParts<Shared> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let seat = parts.extensions.get::<Seat>().cloned();
        let seat = seat.ok_or_else(|| Problem::not_signed_in("sign in at /sign-in"))?;
        Ok(Self { app: Shared::clone(app), who: seat.who.clone(), seat })
    }
}

/// Whether cookies are kept to TLS, here or before the proxy.
fn is_secure(app: &App) -> bool {
    let public = app.config.public_address.as_deref().unwrap_or_default();
    app.config.tls.is_some() || public.starts_with("https://")
}

/// The name of a cookie. With this prefix no other host and no page without TLS can set it.
fn cookie_name(app: &App, name: &str) -> String {
    if is_secure(app) { format!("__Host-{name}") } else { name.to_owned() }
}

fn cookie(app: &App, headers: &HeaderMap, name: &str) -> Option<String> {
    let name = cookie_name(app, name);
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

/// The line that sets a cookie; with no value, that takes it away.
fn set_cookie(app: &App, name: &str, value: Option<&str>) -> HeaderValue {
    let secure = if is_secure(app) { "; Secure" } else { "" };
    let gone = if value.is_none() { "; Max-Age=0" } else { "" };
    let name = cookie_name(app, name);
    let line = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}{gone}", value.unwrap_or_default());
    HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static(""))
}

const SESSION: &str = "comity";
const KNOCK: &str = "comity-knock";

/// Who asks, by the cookie; nothing if it is good no more. It does not count as being there.
pub(crate) fn known(app: &App, headers: &HeaderMap) -> Option<Seat> {
    let secret = Zeroizing::new(cookie(app, headers, SESSION)?);
    let who = app.book.principal(&secret, app.now())?;
    (who.kind == TokenKind::Console).then_some(Seat { who, secret })
}

/// Lets through who comes with a session that is good; leads everybody else to sign in.
pub(crate) async fn signed_in(
    State(app): State<Shared>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(seat) = known(&app, request.headers()) else { return lead_to_sign_in(&app, request).await };
    let Pass::Token(id) = &seat.who.pass else { return lead_to_sign_in(&app, request).await };
    let idle = i64::from(app.config.access.idle_minutes) * 60;
    let path = request.uri().path();
    // A page that listens is not somebody who is there.
    let is_there = !matches!(path, "/events");
    if is_there && app.console.rested(id, app.now(), idle) {
        app.book.revoke(id).await?;
        return lead_to_sign_in(&app, request).await;
    }
    if seat.who.account.must_change_password && !matches!(path, "/password" | "/sign-out" | "/session") {
        return Ok(see_other("/password"));
    }
    request.extensions_mut().insert(seat.who.clone());
    request.extensions_mut().insert(seat);
    Ok(next.run(request).await)
}

async fn lead_to_sign_in(app: &Shared, request: Request) -> Result<Response, Problem> {
    if request.method() == Method::GET && !matches!(request.uri().path(), "/events" | "/session") {
        let whole = request.uri().path_and_query().map_or(HOME, |path| path.as_str());
        let next = local(whole).filter(|path| *path != HOME);
        let next = next.map_or_else(String::new, |path| format!("?next={}", super::words::segment(path)));
        return Ok(see_other(&format!("/sign-in{next}")));
    }
    if request.method() == Method::POST && forgery::comes_from_here(app, request.headers()) {
        let path = request.uri().path().to_owned();
        let typed = fields::body(request, app).await?;
        return ended(app, &path, &typed);
    }
    Err(Problem::not_signed_in("your session has ended, and nothing was recorded; sign in again"))
}

#[derive(Template)]
#[template(path = "console/ended.html")]
struct EndedPage {
    frame: Frame,
    typed: Vec<String>,
    sign_in: String,
}

/// Says that the session has ended, and gives back what was typed, so that it need not be typed again.
fn ended(app: &App, path: &str, typed: &Fields) -> Result<Response, Problem> {
    let of = typed.text("of").map_or_else(String::new, |of| format!("?of={}", super::words::segment(&of)));
    let next = format!("{path}{of}");
    let next = local(&next).map_or_else(String::new, |next| format!("?next={}", super::words::segment(next)));
    let carried = typed.carried(&["do", "of", "version", "key", "proposal", "old", "new", "again"]);
    let shown = EndedPage {
        frame: Frame::outside(app, "Your session has ended"),
        typed: carried.into_iter().map(|(_, value)| value).collect(),
        sign_in: format!("/sign-in{next}"),
    };
    super::frame::page_with(axum::http::StatusCode::UNAUTHORIZED, &shown)
}

/// A path of ours to which somebody may be led; nothing if it leads elsewhere.
pub(crate) fn local(path: &str) -> Option<&str> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    let leads_elsewhere = path.starts_with("//") || !path.bytes().all(is_plain);
    (path.starts_with('/') && path.len() <= LONGEST && !leads_elsewhere).then_some(path)
}

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct Onward {
    #[serde(default)]
    next: String,
    /// Set once somebody has signed out.
    #[serde(default)]
    left: bool,
}

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignInPage {
    frame: Frame,
    token: String,
    next: String,
    account: String,
    wrong: Option<String>,
    has_left: bool,
}

impl SignInPage {
    /// The page with a knock, which its form must repeat: the one that the browser has, so that a second tab does not spoil the
    /// form of the first, or a fresh one.
    fn answer(app: &App, headers: &HeaderMap, mut filled: Self) -> Result<Response, Problem> {
        let knock = match cookie(app, headers, KNOCK).filter(|knock| knock.starts_with(secret::PREFIX)) {
            Some(knock) => Zeroizing::new(knock),
            None => secret::token().map_err(AccessError::from)?,
        };
        filled.token = forgery::token(&knock);
        let mut response = page(&filled)?;
        response.headers_mut().append(header::SET_COOKIE, set_cookie(app, KNOCK, Some(&knock)));
        Ok(response)
    }

    fn blank(app: &App, next: &str) -> Self {
        let next = local(next).unwrap_or(HOME).to_owned();
        let frame = Frame::outside(app, "Sign in");
        Self { frame, token: String::new(), next, account: String::new(), wrong: None, has_left: false }
    }
}

/// Asks for name and password.
pub(crate) async fn ask(
    State(app): State<Shared>,
    Query(onward): Query<Onward>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if known(&app, &headers).is_some() {
        return Ok(see_other(local(&onward.next).unwrap_or(HOME)));
    }
    let blank = SignInPage::blank(&app, &onward.next);
    SignInPage::answer(&app, &headers, SignInPage { has_left: onward.left, ..blank })
}

/// Signs in with what was sent.
pub(crate) async fn sign_in(State(app): State<Shared>, request: Request) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let sent = fields::body(request, &app).await?;
    let (account, next) = (sent.or_empty("account"), sent.or_empty("next"));
    let again = |says: &str| SignInPage {
        account: account.clone(),
        wrong: Some(says.to_owned()),
        ..SignInPage::blank(&app, &next)
    };
    let Some(knock) = cookie(&app, &headers, KNOCK) else {
        let says = "The browser sent no cookie. Allow cookies for this site, then sign in again.";
        return SignInPage::answer(&app, &headers, again(says));
    };
    forgery::is_ours(&app, &headers, &knock, sent.raw(TOKEN))?;
    let minutes = app.config.access.session_minutes;
    let (now, password) = (app.now(), Zeroizing::new(sent.raw("password").to_owned()));
    let signed_in = app.book.sign_in(&account, &password, TokenKind::Console, now, minutes).await;
    match signed_in {
        Ok((secret, _, _)) => {
            let mut response = see_other(local(&next).unwrap_or(HOME));
            response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, SESSION, Some(&secret)));
            response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, KNOCK, None));
            Ok(response)
        }
        Err(AccessError::NotSignedIn) => {
            tracing::warn!("a password was refused at the console");
            let page = again("The account is not known, or the password is not its own.");
            let mut response = SignInPage::answer(&app, &headers, page)?;
            *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// Signs out: the session is good no more.
pub(crate) async fn sign_out(desk: Desk, Sent(_): Sent) -> Result<Response, Problem> {
    if let Pass::Token(id) = &desk.who.pass {
        desk.app.book.revoke(id).await?;
        desk.app.console.forget(id);
    }
    let mut response = see_other("/sign-in?left=true");
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&desk.app, SESSION, None));
    Ok(response)
}

#[derive(Template)]
#[template(path = "console/password.html")]
struct PasswordPage {
    frame: Frame,
    must: bool,
    wrong: Option<String>,
}

async fn password_page(desk: &Desk, wrong: Option<String>) -> Result<Response, Problem> {
    let must = desk.who.account.must_change_password;
    let frame = Frame::of(desk, "Change your password", Here::Elsewhere).await?;
    page(&PasswordPage { frame, must, wrong })
}

/// Asks for another password.
pub(crate) async fn ask_password(desk: Desk) -> Result<Response, Problem> {
    password_page(&desk, None).await
}

/// Changes the password. All sessions of the account end, and it signs in anew.
pub(crate) async fn change_password(desk: Desk, Sent(sent): Sent) -> Result<Response, Problem> {
    match changed(&desk, &sent).await {
        Ok(()) => {
            let mut response = see_other("/sign-in");
            response.headers_mut().append(header::SET_COOKIE, set_cookie(&desk.app, SESSION, None));
            Ok(response)
        }
        Err(says) => {
            let mut response = password_page(&desk, Some(says)).await?;
            *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

async fn changed(desk: &Desk, sent: &Fields) -> Result<(), String> {
    let (old, new) = (sent.raw("old"), sent.raw("new"));
    if new != sent.raw("again") {
        return Err("The new password was written in two ways. Write it twice alike.".to_owned());
    }
    desk.app.book.change_password(&desk.who.name, old, new).await.map_err(|error| {
        if matches!(error, AccessError::NotSignedIn) {
            "The old password is wrong, or the new one is the same. Nothing was changed.".to_owned()
        } else {
            super::words::whole_plain_sentence(&Problem::from(error).detail)
        }
    })
}

/// How long a session lasts if nothing is asked, and at most.
#[derive(Serialize)]
pub(crate) struct Remaining {
    idle_seconds: i64,
    ends_in_seconds: i64,
}

/// How long the session lasts. To ask is to be there: the script asks it when somebody says so.
pub(crate) async fn remaining(desk: Desk) -> Json<Remaining> {
    let now = desk.app.now();
    let idle_seconds = i64::from(desk.app.config.access.idle_minutes) * 60;
    let ends_in_seconds = ends_at(&desk).map_or(0, |ends| now.microseconds_until(ends) / 1_000_000);
    Json(Remaining { idle_seconds, ends_in_seconds })
}

fn ends_at(desk: &Desk) -> Option<Moment> {
    let Pass::Token(id) = &desk.who.pass else { return None };
    let tokens = desk.app.book.tokens(&desk.who.name);
    tokens.into_iter().find(|(known, _)| known == id).map(|(_, token)| token.ends_at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        for path in ["/", "/cases/EX-1?as_of=2027", "/cases/EX%2F1"] {
            assert_eq!(local(path), Some(path));
        }
        for path in ["", "cases", "//evil.test", "/\\evil.test", "https://evil.test", "/a\r\nb", "/ a", "/ü"]
        {
            assert_eq!(local(path), None, "{path}");
        }
        assert_eq!(local(&format!("/{}", "a".repeat(LONGEST))), None);
    }

    #[test]
    fn a_session_that_rests_too_long_ends_and_one_that_is_used_goes_on() {
        let at = |seconds: i64| Moment::from_unix_microseconds(seconds * 1_000_000).unwrap();
        let sessions = Sessions::default();
        assert!(!sessions.rested("a", at(0), 60));
        assert!(!sessions.rested("a", at(60), 60));
        assert!(!sessions.rested("a", at(100), 60));
        assert!(sessions.rested("a", at(161), 60));
    }
}
