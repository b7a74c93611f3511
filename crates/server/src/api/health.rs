//! How the daemon does.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use comity_core::name::Private;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Action, Principal, What};
use crate::app::Shared;
use crate::problem::Problem;

/// How the daemon does.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Whether it does what is asked of it.
    is_well: bool,
    /// Why not.
    because: Option<String>,
    /// What somebody must look at all the same: a clock of the machine that jumped, while which nothing is noticed.
    heed: Option<String>,
    /// The version of the program.
    version: &'static str,
}

/// Whether the program answers
#[utoipa::path(get, path = "/v1/health", tag = "daemon", security(()),
    responses((status = 200, description = "It answers", body = Health)))]
pub(crate) async fn health() -> Json<Health> {
    Json(Health { is_well: true, because: None, heed: None, version: env!("CARGO_PKG_VERSION") })
}

/// Whether it can be worked with: the store is open, and nothing is known to be wrong with it
#[utoipa::path(get, path = "/v1/ready", tag = "daemon", security(()),
    responses((status = 200, description = "It can", body = Health), (status = 503, description = "Not now", body = Health)))]
pub(crate) async fn ready(State(app): State<Shared>) -> Response {
    let because = if *app.stopping.borrow() {
        Some("the server is being stopped".to_owned())
    } else {
        app.standing.wanting()
    };
    let status = if because.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let heed = app.engine.clock_jump().map(|jump| jump.to_string());
    let health = Health { is_well: because.is_none(), because, heed, version: env!("CARGO_PKG_VERSION") };
    (status, Json(health)).into_response()
}

/// What the daemon counts of itself, as Prometheus reads it
#[utoipa::path(get, path = "/v1/metrics", tag = "daemon",
    responses((status = 200, description = "The measures", body = String, content_type = "application/openmetrics-text"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn measures(State(app): State<Shared>, who: Principal) -> Result<Response, Problem> {
    app.may(&who, Action::Measure, What::default())?;
    let form = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, form)], app.metrics.text()).into_response())
}

/// Trust the clock of the machine again, after a jump that was right
#[utoipa::path(post, path = "/v1/clock/trust", tag = "daemon",
    responses((status = 204, description = "Sweeps go on by it"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn trust_clock(State(app): State<Shared>, who: Principal) -> Result<StatusCode, Problem> {
    app.may(&who, Action::Operate, What::default())?;
    app.engine.trust_clock(&Private::new(who.name)).await?;
    Ok(StatusCode::NO_CONTENT)
}
