//! Those who are told of what is recorded, and what they could not be told.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use comity_core::name::Private;
use comity_runner::outbox::{DeadLetter, TargetName, TargetState};
use comity_store::Position;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Action, Principal, What};
use crate::app::Shared;
use crate::extract::Named;
use crate::problem::Problem;

/// All targets.
#[derive(Serialize, ToSchema)]
pub(crate) struct Targets {
    /// By name.
    targets: Vec<TargetDocument>,
}

/// How far a target was told.
#[derive(Serialize, ToSchema)]
pub(crate) struct TargetDocument {
    /// Its name.
    target: String,
    /// Up to this position of the record everything is settled, but for what waits.
    through: u64,
    /// How many entries of the record come after that.
    behind: u64,
    /// How many events were tried and are not settled.
    waiting: usize,
    /// How many dead letters are on its list.
    dead_letters: usize,
}

/// What a target could not be told.
#[derive(Serialize, ToSchema)]
pub(crate) struct Letters {
    /// In the order of the record.
    letters: Vec<LetterDocument>,
}

/// An event that was given up.
#[derive(Serialize, ToSchema)]
pub(crate) struct LetterDocument {
    /// The position of its entry in the record.
    position: u64,
    /// How often it was tried.
    attempts: u32,
    /// Why the last try failed.
    why: String,
}

impl From<TargetState> for TargetDocument {
    fn from(state: TargetState) -> Self {
        Self {
            target: state.name.to_string(),
            through: state.through.0,
            behind: state.behind,
            waiting: state.waiting.len(),
            dead_letters: state.dead,
        }
    }
}

impl From<DeadLetter> for LetterDocument {
    fn from(letter: DeadLetter) -> Self {
        Self {
            position: letter.dead.position.0,
            attempts: letter.dead.attempts,
            why: letter.dead.why.clone(),
        }
    }
}

fn named(name: &str) -> Result<TargetName, Problem> {
    name.parse().map_err(|_| Problem::not_found("target"))
}

/// Those who are told, and how far
#[utoipa::path(get, path = "/v1/targets", operation_id = "list_targets", tag = "daemon",
    responses((status = 200, description = "By name", body = Targets),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Shared>, who: Principal) -> Result<Json<Targets>, Problem> {
    app.may(&who, Action::Operate, What::default())?;
    let targets = app.engine.targets().await?;
    Ok(Json(Targets { targets: targets.into_iter().map(TargetDocument::from).collect() }))
}

/// What a target could not be told
#[utoipa::path(get, path = "/v1/targets/{target}/letters", tag = "daemon",
    params(("target" = String, Path, description = "The target")),
    responses((status = 200, description = "In the order of the record", body = Letters),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn letters(
    State(app): State<Shared>,
    who: Principal,
    Named(target): Named<String>,
) -> Result<Json<Letters>, Problem> {
    app.may(&who, Action::Operate, What::default())?;
    let letters = app.engine.dead_letters(&named(&target)?).await?;
    Ok(Json(Letters { letters: letters.into_iter().map(LetterDocument::from).collect() }))
}

/// Send a dead letter again, under the same key
#[utoipa::path(post, path = "/v1/targets/{target}/letters/{position}/again", tag = "daemon",
    params(("target" = String, Path, description = "The target"),
        ("position" = u64, Path, description = "The position of the entry in the record")),
    responses((status = 202, description = "It is sent soon; until it is taken it stays on the list"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn again(
    State(app): State<Shared>,
    who: Principal,
    Named((target, position)): Named<(String, u64)>,
) -> Result<StatusCode, Problem> {
    app.may(&who, Action::Operate, What::default())?;
    app.engine.send_again(&named(&target)?, Position(position), &Private::new(who.name)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Take a dead letter from the list without sending it
#[utoipa::path(delete, path = "/v1/targets/{target}/letters/{position}", tag = "daemon",
    params(("target" = String, Path, description = "The target"),
        ("position" = u64, Path, description = "The position of the entry in the record")),
    responses((status = 204, description = "It is set aside"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_aside(
    State(app): State<Shared>,
    who: Principal,
    Named((target, position)): Named<(String, u64)>,
) -> Result<StatusCode, Problem> {
    app.may(&who, Action::Operate, What::default())?;
    app.engine.set_aside(&named(&target)?, Position(position), &Private::new(who.name)).await?;
    Ok(StatusCode::NO_CONTENT)
}
