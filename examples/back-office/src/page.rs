//! The page: what is shown, and the form.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, http::header};
use serde::Deserialize;

use crate::office::{Office, OfficeError, Row};

/// The addresses of the tool.
pub(crate) fn router(office: Office) -> Router {
    Router::new().route("/", get(cases)).route("/arrests", post(arrest)).with_state(office)
}

/// What is typed into the form.
#[derive(Clone, Debug, Default, Deserialize)]
struct Arrest {
    reference: String,
    when: String,
    place: String,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    rows: Vec<Row>,
    said: Option<String>,
    form: Arrest,
}

async fn cases(State(office): State<Office>) -> Response {
    shown(&office, StatusCode::OK, None, Arrest::default()).await
}

async fn arrest(State(office): State<Office>, Form(form): Form<Arrest>) -> Response {
    match office.arrest(form.reference.trim(), form.when.trim(), form.place.trim()).await {
        Ok(_) => Redirect::to("/").into_response(),
        // What was typed stays, with the sentence that says why it was not recorded.
        Err(error) => shown(&office, StatusCode::UNPROCESSABLE_ENTITY, Some(error), form).await,
    }
}

async fn shown(office: &Office, status: StatusCode, said: Option<OfficeError>, form: Arrest) -> Response {
    let rows = match office.rows().await {
        Ok(rows) => rows,
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    };
    let page = Page { rows, said: said.map(|error| error.to_string()), form };
    match page.render() {
        Ok(page) => (status, [(header::CACHE_CONTROL, "no-store")], Html(page)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
