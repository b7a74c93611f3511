//! Accounts and tokens.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::account::{Account, TokenKind};
use crate::access::book::{Edit, after};
use crate::access::{Action, Principal, Role, What};
use crate::app::Shared;
use crate::extract::{Named, Sent};
use crate::problem::Problem;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;
/// The longest label of a token, in characters.
const LONGEST_LABEL: usize = 100;

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountDocument {
    /// Its name.
    account: String,
    /// What it may do.
    roles: Vec<Role>,
    /// The authorities whose acts it records; all, if none are named.
    authorities: Vec<String>,
    /// The procedures that it works on; all, if none are named.
    procedures: Vec<String>,
    /// The desk that it belongs to.
    desk: Option<String>,
    /// Whether it has a password.
    has_password: bool,
    /// Whether it must change its password first.
    must_change_password: bool,
    /// Whether it may not sign in any more.
    is_closed: bool,
}

/// All accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct Accounts {
    /// By name.
    accounts: Vec<AccountDocument>,
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// Its name: never a person's.
    account: String,
    /// What it may do.
    roles: Vec<Role>,
    /// Whether a program uses it, which has tokens and no password.
    #[serde(default)]
    is_service: bool,
}

/// An account that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct Made {
    /// Its name.
    account: String,
    /// Its first password, which must be changed. It is told here and nowhere else.
    first_password: Option<String>,
}

/// What is changed in an account. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditAccount {
    /// What it may do.
    #[serde(default)]
    roles: Option<Vec<Role>>,
    /// The authorities whose acts it records; none for all.
    #[serde(default)]
    authorities: Option<Vec<String>>,
    /// The procedures that it works on; none for all.
    #[serde(default)]
    procedures: Option<Vec<String>>,
    /// The desk that it belongs to; empty for none.
    #[serde(default)]
    desk: Option<String>,
    /// Whether it may not sign in any more.
    #[serde(default)]
    is_closed: Option<bool>,
}

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenDocument {
    /// By which it is taken back.
    id: String,
    /// What it is for.
    kind: TokenKind,
    /// What it is called.
    label: String,
    /// From when.
    made_at: String,
    /// Until when it is good.
    ends_at: String,
}

/// The tokens of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tokens {
    /// The oldest first.
    tokens: Vec<TokenDocument>,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// For a program or a calendar.
    kind: TokenKind,
    /// What it is called: which program, whose calendar.
    label: String,
    /// How many days it is good.
    days: u32,
    /// For another account, by an administrator.
    #[serde(default)]
    account: Option<String>,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeToken {
    /// By which it is taken back.
    id: String,
    /// The token. It is told here and nowhere else.
    token: String,
    /// Until when it is good.
    ends_at: String,
}

fn document(name: &str, account: &Account) -> AccountDocument {
    AccountDocument {
        account: name.to_owned(),
        roles: account.roles.iter().copied().collect(),
        authorities: account.authorities.iter().cloned().collect(),
        procedures: account.procedures.iter().cloned().collect(),
        desk: account.desk.clone(),
        has_password: account.password.is_some(),
        must_change_password: account.must_change_password,
        is_closed: account.is_closed,
    }
}

/// All accounts
#[utoipa::path(get, path = "/v1/accounts", operation_id = "list_accounts", tag = "access",
    responses((status = 200, description = "By name", body = Accounts),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Shared>, who: Principal) -> Result<Json<Accounts>, Problem> {
    app.may(&who, Action::ManageAccounts, What::default())?;
    let accounts = app.book.accounts();
    let accounts = accounts.iter().map(|(name, account)| document(name, account)).collect();
    Ok(Json(Accounts { accounts }))
}

/// Make an account
#[utoipa::path(post, path = "/v1/accounts", tag = "access", request_body = NewAccount,
    responses((status = 201, description = "Made", body = Made),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Shared>,
    who: Principal,
    Sent(new): Sent<NewAccount>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    app.may(&who, Action::ManageAccounts, What::default())?;
    let first = app.book.add(&new.account, new.roles.into_iter().collect(), !new.is_service).await?;
    tracing::info!(by = who.name, account = new.account, "an account was made");
    let made = Made { account: new.account, first_password: first.map(|first| first.to_string()) };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Change what an account may do
#[utoipa::path(patch, path = "/v1/accounts/{account}", tag = "access", request_body = EditAccount,
    params(("account" = String, Path, description = "The account")),
    responses((status = 200, description = "Changed", body = AccountDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn edit(
    State(app): State<Shared>,
    who: Principal,
    Named(name): Named<String>,
    Sent(edit): Sent<EditAccount>,
) -> Result<Json<AccountDocument>, Problem> {
    app.may(&who, Action::ManageAccounts, What::default())?;
    let edit = Edit {
        roles: edit.roles.map(|roles| roles.into_iter().collect()),
        authorities: edit.authorities.map(|names| names.into_iter().collect()),
        procedures: edit.procedures.map(|names| names.into_iter().collect()),
        desk: edit.desk.map(|desk| Some(desk).filter(|desk| !desk.is_empty())),
        is_closed: edit.is_closed,
    };
    let account = app.book.edit(&name, edit).await?;
    tracing::info!(by = who.name, account = name, "an account was changed");
    Ok(Json(document(&name, &account)))
}

/// Give an account a new first password
#[utoipa::path(post, path = "/v1/accounts/{account}/password", tag = "access",
    params(("account" = String, Path, description = "The account")),
    responses((status = 200, description = "Its sessions have ended", body = Made),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn reset_password(
    State(app): State<Shared>,
    who: Principal,
    Named(name): Named<String>,
) -> Result<Json<Made>, Problem> {
    app.may(&who, Action::ManageAccounts, What::default())?;
    let first = app.book.reset_password(&name).await?;
    tracing::info!(by = who.name, account = name, "a password was given anew");
    Ok(Json(Made { account: name, first_password: Some(first.to_string()) }))
}

/// The tokens of this account
#[utoipa::path(get, path = "/v1/tokens", tag = "access",
    responses((status = 200, description = "The oldest first", body = Tokens),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn tokens(State(app): State<Shared>, who: Principal) -> Json<Tokens> {
    let tokens = app.book.tokens(&who.name).into_iter();
    let tokens = tokens.map(|(id, token)| TokenDocument {
        id,
        kind: token.kind,
        label: token.label,
        made_at: token.made_at.to_string(),
        ends_at: token.ends_at.to_string(),
    });
    Json(Tokens { tokens: tokens.collect() })
}

/// Make a token for a program or a calendar
#[utoipa::path(post, path = "/v1/tokens", tag = "access", request_body = NewToken,
    responses((status = 201, description = "Made", body = MadeToken),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn make_token(
    State(app): State<Shared>,
    who: Principal,
    Sent(new): Sent<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    let account = new.account.as_deref().unwrap_or(&who.name);
    if account != who.name {
        app.may(&who, Action::ManageAccounts, What::default())?;
    }
    // A program must not make itself a token that outlives its own.
    if who.kind != TokenKind::Session {
        return Err(Problem::not_allowed("tokens are made by whoever signed in with a password"));
    }
    if matches!(new.kind, TokenKind::Session | TokenKind::Console | TokenKind::Issued) {
        return Err(Problem::unclear(
            "a session begins by signing in; make a token of kind `service` or `calendar`",
        ));
    }
    let longest = app.config.access.token_days;
    if new.days == 0 || new.days > longest {
        return Err(Problem::unclear(format!("a token is good for 1 to {longest} days")));
    }
    if new.label.is_empty()
        || new.label.chars().count() > LONGEST_LABEL
        || new.label.chars().any(char::is_control)
    {
        return Err(Problem::unclear(format!("a label has 1 to {LONGEST_LABEL} characters on one line")));
    }
    let now = app.now();
    let ends_at = after(now, i64::from(new.days) * SECONDS_A_DAY);
    let (id, token) = app.book.issue(account, new.kind, &new.label, now, ends_at).await?;
    tracing::info!(by = who.name, account, token = id, "a token was made");
    let made = MadeToken { id, token: token.to_string(), ends_at: ends_at.to_string() };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Take a token back
#[utoipa::path(delete, path = "/v1/tokens/{id}", tag = "access",
    params(("id" = String, Path, description = "The id of the token")),
    responses((status = 204, description = "It is good no more"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn revoke(
    State(app): State<Shared>,
    who: Principal,
    Named(id): Named<String>,
) -> Result<StatusCode, Problem> {
    let is_own = app.book.tokens(&who.name).iter().any(|(known, _)| *known == id);
    if !is_own && app.may(&who, Action::ManageAccounts, What::default()).is_err() {
        return Err(Problem::not_found("token"));
    }
    app.book.revoke(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}
