//! What happens to every request before and after its handler.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use tracing::Instrument;

use crate::access::account::TokenKind;
use crate::access::{Issuer, Principal, issuer};
use crate::app::{App, Shared};
use crate::console;
use crate::metrics::Answered;
use crate::problem::Problem;
use crate::traces;

type ByAddress = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>;

/// How much each address may ask for.
#[derive(Clone)]
pub(crate) struct Rates {
    requests: Arc<ByAddress>,
    sign_ins: Arc<ByAddress>,
}

impl Rates {
    pub(crate) fn new(requests_a_minute: u32, sign_ins_a_minute: u32) -> Self {
        let by_address = |a_minute: u32| {
            let a_minute = NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN);
            Arc::new(RateLimiter::hashmap(Quota::per_minute(a_minute)))
        };
        Self { requests: by_address(requests_a_minute), sign_ins: by_address(sign_ins_a_minute) }
    }

    /// Forgets addresses that have not asked for a while.
    pub(crate) fn forget(&self) {
        self.requests.retain_recent();
        self.sign_ins.retain_recent();
    }
}

/// Turns away an address that asks too often; for passwords, sooner.
pub(crate) async fn rate(State(rates): State<Rates>, request: Request, next: Next) -> Response {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    // Without an address it is a call within this process.
    let Some(ConnectInfo(from)) = from else { return next.run(request).await };
    let path = request.uri().path();
    let tries_a_password = path.starts_with("/v1/session") || console::tries_a_password(path);
    let is_sign_in = request.method() == Method::POST && tries_a_password;
    let limiters = [Some(&rates.requests), is_sign_in.then_some(&rates.sign_ins)];
    for limiter in limiters.into_iter().flatten() {
        if let Err(early) = limiter.check_key(&from.ip()) {
            let wait = early.wait_time_from(DefaultClock::default().now()).as_secs().saturating_add(1);
            return Problem::too_many(format!("too many requests from this address; wait {wait} s"), wait)
                .into_response();
        }
    }
    next.run(request).await
}

/// Lets through who comes with a token that is good, and tells the handler who it is.
pub(crate) async fn authenticate(
    State(app): State<Shared>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let secret = bearer(&request).ok_or_else(|| {
        Problem::not_signed_in("send the header Authorization: Bearer …, with a token of POST /v1/session")
    })?;
    let who = match &app.issuer {
        Some(issuer) if issuer::is_one(secret) => vouched_for(&app, issuer, secret).await?,
        Some(_) | None => app.book.principal(secret, app.now()).ok_or_else(|| {
            Problem::not_signed_in("the token is good no more; sign in again at POST /v1/session")
        })?,
    };
    match who.kind {
        TokenKind::Calendar => {
            return Err(Problem::not_allowed("this token is for a calendar, and opens nothing else"));
        }
        TokenKind::Console => {
            return Err(Problem::not_allowed(
                "this is the session of a browser, and opens nothing of the API",
            ));
        }
        TokenKind::Session | TokenKind::Service | TokenKind::Issued => {}
    }
    let is_of_session = request.uri().path().starts_with("/v1/session");
    if who.account.must_change_password && who.kind == TokenKind::Session && !is_of_session {
        return Err(Problem::not_allowed(
            "change the first password before anything else, at POST /v1/session/password",
        ));
    }
    request.extensions_mut().insert(who);
    Ok(next.run(request).await)
}

/// Who comes with a token of the identity provider. What is wrong with it is told in words of ours alone: nothing that it holds is
/// repeated, here or in the log.
async fn vouched_for(app: &App, issuer: &Issuer, token: &str) -> Result<Principal, Problem> {
    let vouched = issuer.vouch(token, app.now()).await.map_err(|refused| {
        tracing::info!(%refused, "a token of the identity provider was refused");
        Problem::not_signed_in(refused.to_string())
    })?;
    app.book.vouched_for(&vouched.account, vouched.ends_at).ok_or_else(|| {
        tracing::info!("a token of the identity provider names no account that is open");
        Problem::not_signed_in(
            "the token is in order, and this office has no open account of the name in it; ask an administrator",
        )
    })
}

fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// Counts and times the answer, and says in headers that it is for nobody else.
pub(crate) async fn measure(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().to_string();
    let (began, span) = (Instant::now(), traces::request::span(&request));
    let mut response = next.run(request).instrument(span.clone()).await;
    traces::request::answered(&span, response.status());
    let status = response.status().as_u16();
    app.metrics.seconds.observe(began.elapsed().as_secs_f64());
    // A path that is no route is not written down: anybody may make up as many as he likes.
    let route = route.unwrap_or_else(|| "none".to_owned());
    tracing::debug!(route, method, status, "answered");
    app.metrics.answers.get_or_create(&Answered { route, method, status }).inc();
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ));
    response
}
