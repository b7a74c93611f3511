//! The daemon: listens, sweeps, and stops in order.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use comity_deliver::TargetConfig;
use comity_runner::outbox::{Outbox, OutboxParts, SystemRandom};
use comity_runner::{EngineError, SweepReport};
use hyper_util::rt::TokioTimer;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::api::{self, Routes};
use crate::app::{App, Parts, Shared};
use crate::config::{Config, Tls};
use crate::console;
use crate::layers::{self, Rates};
use crate::limit::Limited;
use crate::problem::Problem;
use crate::prompt::Prompt;
use crate::reference;

/// How long requests under way may take once the server is to stop.
const GRACE: Duration = Duration::from_secs(20);
/// How often certificates are looked at.
const CERTIFICATES: Duration = Duration::from_secs(10);

/// The server.
pub struct Server {
    app: Shared,
    rates: Rates,
    stop: watch::Sender<bool>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

/// Why a server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It would be reached from elsewhere without being safe.
    #[error("the server would listen at {listen}, beyond this machine, {why}")]
    NotSafe {
        /// Where it would listen.
        listen: SocketAddr,
        /// What is missing, and what to do.
        why: &'static str,
    },
    /// A certificate cannot be used.
    #[error("the certificate {} or its key {} cannot be used: {source}", tls.certificate.display(), tls.key.display())]
    Certificate {
        /// Which.
        tls: Tls,
        /// Why.
        source: std::io::Error,
    },
    /// Somebody who is to be told cannot be.
    #[error("{0}")]
    Target(String),
    /// It cannot listen there.
    #[error("the server cannot listen at {listen}: {source}")]
    Listen {
        /// Where.
        listen: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// The description of the API (`OpenAPI` 3.1).
#[must_use]
pub fn description() -> serde_json::Value {
    let (_, description) = api::described();
    // Made of types that are always written.
    serde_json::to_value(description).unwrap_or_default()
}

/// Routes whose requests are no longer than so many bytes, and take no longer than so many seconds.
fn bounded(routes: Router<Shared>, bytes: usize, seconds: u32) -> Router<Shared> {
    routes
        .layer(within(seconds))
        .layer(RequestBodyLimitLayer::new(bytes))
        .layer(axum::extract::DefaultBodyLimit::max(bytes))
}

fn within(seconds: u32) -> TimeoutLayer {
    let seconds = Duration::from_secs(u64::from(seconds));
    TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, seconds)
}

impl Server {
    /// A server of these parts. Nothing is listened to yet.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let (stop, stopping) = watch::channel(false);
        let limits = &parts.config.limits;
        let rates = Rates::new(limits.requests_a_minute, limits.sign_ins_a_minute);
        Self { app: App::new(parts, stopping), rates, stop }
    }

    /// The API and the console as a router, for a program that has a server of its own.
    pub fn router(&self) -> Router {
        let limits = &self.app.config.limits;
        let (Routes { open, closed, long, carrying }, description) = api::described();
        let document = serde_json::to_value(&description).unwrap_or_default();
        let (page, document) = (reference::page(&document), Arc::new(document));
        // Whoever it is, is asked before a body is read.
        let authenticated = |routes: Router<Shared>| {
            routes.layer(middleware::from_fn_with_state(Arc::clone(&self.app), layers::authenticate))
        };
        let quick = bounded(open.merge(authenticated(closed)), limits.body_bytes, limits.request_seconds);
        let pages = console::open_pages().merge(console::closed_pages(&self.app));
        let quick = quick.merge(bounded(pages, limits.body_bytes, limits.request_seconds));
        let long = bounded(authenticated(long), limits.body_bytes, limits.long_seconds);
        let long =
            long.merge(bounded(console::long_pages(&self.app), limits.body_bytes, limits.long_seconds));
        // Files are cut off by whoever keeps them, piece by piece.
        let carrying = authenticated(carrying).layer(within(limits.long_seconds));
        let compressed = SizeAbove::new(1_024).and(NotForContentType::const_new("text/event-stream"));
        quick
            .merge(long)
            .merge(carrying)
            .route("/v1/openapi.json", get(move || async move { axum::Json((*document).clone()) }))
            .route("/v1/reference", get(move || async move { Html(page) }))
            .fallback(console::no_page)
            .method_not_allowed_fallback(no_method)
            .layer(middleware::map_response(in_form))
            .layer(CatchPanicLayer::custom(|_| Problem::ours("server/panic").into_response()))
            .layer(middleware::from_fn_with_state(self.rates.clone(), layers::rate))
            .layer(middleware::from_fn_with_state(Arc::clone(&self.app), console::dress))
            .layer(CompressionLayer::new().compress_when(compressed))
            .layer(middleware::from_fn_with_state(Arc::clone(&self.app), layers::measure))
            .with_state(Arc::clone(&self.app))
    }

    /// Serves until `shutdown` is done, and then lets requests under way come to their end. `ready` is told where it
    /// listens.
    ///
    /// # Errors
    ///
    /// Returns [`ServeError`] if it cannot listen there, or must not.
    pub async fn serve(
        &self,
        shutdown: impl Future<Output = ()> + Send + 'static,
        ready: impl FnOnce(SocketAddr) + Send + 'static,
    ) -> Result<(), ServeError> {
        let config = &self.app.config;
        let listen = config.listen;
        self.is_safe(config)?;
        let outbox = self.outbox(config)?;
        let handle = Handle::new();
        let (stop, stopper) = (self.stop.clone(), handle.clone());
        tokio::spawn(async move {
            shutdown.await;
            stop.send_replace(true);
            stopper.graceful_shutdown(Some(GRACE));
        });
        let listening = handle.clone();
        tokio::spawn(async move {
            if let Some(address) = listening.listening().await {
                ready(address);
            }
        });
        let sweeping = tokio::spawn(sweep(Arc::clone(&self.app), self.rates.clone()));
        let mut stopping = self.app.stopping.clone();
        let telling = tokio::spawn(async move {
            let until = async move {
                let _ = stopping.wait_for(|stops| *stops).await;
            };
            outbox.run(until).await;
        });
        let served = self.listen(listen, handle).await;
        self.stop.send_replace(true);
        let _ = telling.await;
        // A sweep under way is finished by the next one, whoever does it.
        let _ = sweeping.await;
        served
    }

    /// Who is told of what is recorded.
    fn outbox(&self, config: &Config) -> Result<Outbox, ServeError> {
        let targets = config.targets.iter().cloned().map(TargetConfig::build).collect::<Result<Vec<_>, _>>();
        let targets = targets.map_err(|error| ServeError::Target(error.to_string()))?;
        let source = config.source.clone().or_else(|| config.public_address.clone());
        let parts = OutboxParts {
            engine: self.app.engine.clone(),
            source: source.unwrap_or_else(|| "urn:comity".to_owned()),
            targets,
            random: Arc::new(SystemRandom),
        };
        Outbox::new(parts).map_err(|error| ServeError::Target(error.to_string()))
    }

    async fn listen(&self, listen: SocketAddr, handle: Handle<SocketAddr>) -> Result<(), ServeError> {
        let limits = &self.app.config.limits;
        let limited = Limited::to(limits.connections);
        let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let header = Duration::from_secs(u64::from(limits.header_seconds));
        let failed = |source| ServeError::Listen { listen, source };
        let mut server = axum_server::bind(listen).handle(handle);
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(header);
        match &self.app.config.tls {
            None => server.acceptor(Prompt::within(header, limited)).serve(service).await.map_err(failed),
            Some(tls) => {
                let wrong = |source| ServeError::Certificate { tls: tls.clone(), source };
                // Whoever embeds may have chosen a provider already.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let config = RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await.map_err(wrong)?;
                tokio::spawn(renew(config.clone(), tls.clone(), self.app.stopping.clone()));
                let acceptor = RustlsAcceptor::new(config).acceptor(limited);
                server.acceptor(Prompt::within(header, acceptor)).serve(service).await.map_err(failed)
            }
        }
    }

    /// Beyond this machine it is reached only by TLS, and not before the first password was changed.
    fn is_safe(&self, config: &Config) -> Result<(), ServeError> {
        if config.listen.ip().is_loopback() {
            return Ok(());
        }
        let why = if config.tls.is_none() {
            "without TLS: name a certificate and its key under [tls], or listen at 127.0.0.1 behind a proxy"
        } else if !self.app.book.has_begun() {
            "while the first password of an administrator was not changed: listen at 127.0.0.1, change it, then start again"
        } else {
            return Ok(());
        };
        Err(ServeError::NotSafe { listen: config.listen, why })
    }
}

async fn no_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "request/no-method",
        "That cannot be done with this resource",
        "the resource knows other methods; see /v1/reference",
    )
}

/// Answers of the layers below are problem documents too.
async fn in_form(response: Response) -> Response {
    let is_plain = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|form| form.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if is_plain => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request/too-long",
            "The request is too long",
            "the body is longer than the server takes; the operator sets limits.body-bytes",
        )
        .into_response(),
        StatusCode::GATEWAY_TIMEOUT if is_plain => Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            "request/too-slow",
            "The request took too long",
            "it was broken off. Whether something was recorded shows in the case; ask again with the same Idempotency-Key",
        )
        .into_response(),
        _ => response,
    }
}

/// Notices what ran out, until the server stops, and counts it.
async fn sweep(app: Shared, rates: Rates) {
    let mut stopping = app.stopping.clone();
    let until = async move {
        let _ = stopping.wait_for(|stops| *stops).await;
    };
    let pause = Duration::from_secs(u64::from(app.config.sweep.every_seconds));
    let count = |swept: Result<&SweepReport, &EngineError>| {
        rates.forget();
        app.console.tidy(app.now());
        let Ok(report) = swept else {
            app.metrics.sweeps_failed.inc();
            return;
        };
        app.metrics.noticed.inc_by(u64::try_from(report.noticed.len()).unwrap_or(u64::MAX));
        app.metrics.warned.inc_by(u64::try_from(report.warned.len()).unwrap_or(u64::MAX));
        app.metrics.clock_is_off.set(i64::from(report.clock.is_some()));
        let late = report.noticed.iter().map(|one| one.ran_out.microseconds_until(app.now())).max();
        app.metrics.lateness.set(seconds(late.unwrap_or(0)));
    };
    app.engine.run_telling(pause, until, count).await;
}

#[allow(clippy::cast_precision_loss, reason = "a measure, for people")]
fn seconds(microseconds: i64) -> f64 {
    microseconds as f64 / 1_000_000.0
}

/// Reads the certificate again when its files change. One that cannot be used leaves the old one in place.
async fn renew(config: RustlsConfig, tls: Tls, mut stopping: watch::Receiver<bool>) {
    let mut known = changed(&tls).await;
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stops| *stops) => return,
            () = tokio::time::sleep(CERTIFICATES) => {}
        }
        let now = changed(&tls).await;
        if now == known {
            continue;
        }
        match config.reload_from_pem_file(&tls.certificate, &tls.key).await {
            Ok(()) => {
                known = now;
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!(%error, "the new certificate cannot be used; the old one stays"),
        }
    }
}

async fn changed(tls: &Tls) -> Vec<Option<SystemTime>> {
    let mut changed = Vec::new();
    for path in [&tls.certificate, &tls.key] {
        let path: PathBuf = path.clone();
        changed.push(tokio::fs::metadata(path).await.and_then(|about| about.modified()).ok());
    }
    changed
}
