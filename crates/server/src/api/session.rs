//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::account::TokenKind;
use crate::access::{AccessError, Pass, Principal, Role};
use crate::app::Shared;
use crate::extract::Sent;
use crate::problem::Problem;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The account.
    account: String,
    /// Its password.
    password: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    /// The token, to be sent as `Authorization: Bearer …`. It is told here and nowhere else.
    token: String,
    /// Until when it is good.
    ends_at: String,
    /// Whether nothing may be done before the password is changed, at `POST /v1/session/password`.
    must_change_password: bool,
}

/// Who asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct Who {
    /// The account.
    account: String,
    /// What it may do.
    roles: Vec<Role>,
    /// The authorities whose acts it records; all, if none are named.
    authorities: Vec<String>,
    /// The procedures that it works on; all, if none are named.
    procedures: Vec<String>,
    /// The desk that it belongs to.
    desk: Option<String>,
    /// What the token is for.
    token_kind: TokenKind,
    /// Whether nothing may be done before the password is changed.
    must_change_password: bool,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The password until now.
    old: String,
    /// The password from now on: at least 15 characters.
    new: String,
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let told = |status, code, title: &str| Self::new(status, code, title, error.to_string());
        let unclear = StatusCode::UNPROCESSABLE_ENTITY;
        match &error {
            AccessError::BadName(_) => told(unclear, "access/bad-name", "That is no name of an account"),
            AccessError::Unfit(_) => told(unclear, "access/unfit-password", "That password is not taken"),
            AccessError::Taken(_) => told(StatusCode::CONFLICT, "access/taken", "There is such an account"),
            AccessError::LastAdministrator(_) => {
                told(StatusCode::CONFLICT, "access/last-administrator", "One administrator must stay")
            }
            AccessError::NoAccount(_) | AccessError::NoToken => {
                told(StatusCode::NOT_FOUND, "access/not-found", "There is no such thing")
            }
            AccessError::NotSignedIn => Self::not_signed_in(error.to_string()),
            AccessError::Io { .. } | AccessError::Form { .. } | AccessError::NoChance(_) => {
                tracing::error!(%error, "accounts could not be changed");
                Self::ours("access/failed")
            }
        }
    }
}

/// Sign in with a password
#[utoipa::path(post, path = "/v1/session", tag = "access", security(()), request_body = SignIn,
    responses((status = 201, description = "Signed in", body = Session),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn sign_in(
    State(app): State<Shared>,
    Sent(sign_in): Sent<SignIn>,
) -> Result<(StatusCode, Json<Session>), Problem> {
    let minutes = app.config.access.session_minutes;
    let signed_in =
        app.book.sign_in(&sign_in.account, &sign_in.password, TokenKind::Session, app.now(), minutes).await;
    let (token, ends_at, must_change_password) = signed_in.inspect_err(|error| {
        tracing::warn!(%error, "a password was refused");
    })?;
    let session = Session { token: token.to_string(), ends_at: ends_at.to_string(), must_change_password };
    Ok((StatusCode::CREATED, Json(session)))
}

/// Who asks
#[utoipa::path(get, path = "/v1/session", tag = "access",
    responses((status = 200, description = "The account", body = Who),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn who(who: Principal) -> Json<Who> {
    let Principal { name, account, kind, .. } = who;
    Json(Who {
        account: name,
        roles: account.roles.into_iter().collect(),
        authorities: account.authorities.into_iter().collect(),
        procedures: account.procedures.into_iter().collect(),
        desk: account.desk,
        token_kind: kind,
        must_change_password: account.must_change_password,
    })
}

/// Sign out: the token is good no more
#[utoipa::path(delete, path = "/v1/session", tag = "access",
    responses((status = 204, description = "Signed out"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn sign_out(State(app): State<Shared>, who: Principal) -> Result<StatusCode, Problem> {
    let Pass::Token(token) = &who.pass else {
        return Err(Problem::not_allowed(
            "this token is of the identity provider, and ends there; an administrator closes the account here",
        ));
    };
    app.book.revoke(token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change the password; all sessions end
#[utoipa::path(post, path = "/v1/session/password", tag = "access", request_body = NewPassword,
    responses((status = 204, description = "Changed; sign in again"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change_password(
    State(app): State<Shared>,
    who: Principal,
    Sent(new): Sent<NewPassword>,
) -> Result<StatusCode, Problem> {
    if who.kind != TokenKind::Session {
        return Err(Problem::not_allowed(
            "a password is changed by whoever signed in with it, not by a program",
        ));
    }
    app.book.change_password(&who.name, &new.old, &new.new).await.map_err(|error| {
        if matches!(error, AccessError::NotSignedIn) {
            Problem::unclear("the old password is wrong, or the new one is the same; nothing was changed")
        } else {
            error.into()
        }
    })?;
    Ok(StatusCode::NO_CONTENT)
}
