//! A problem as a page, in the same frame as every other, with the sentence that the API gives.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::frame::{Frame, page_with};
use super::session::{Seat, known};
use super::words::{Cited, Markup, cited, sentence, whole_sentence};
use crate::app::{App, Shared};
use crate::problem::Problem;

/// A reason, with what it rests on.
pub(crate) struct Reason {
    /// The engine's sentence.
    pub(crate) says: Markup,
    pub(crate) cite: Vec<Cited>,
}

/// Why something was not done, as a page shows it.
pub(crate) struct Refusal {
    pub(crate) title: String,
    /// What is wrong and what to do.
    pub(crate) says: Markup,
    pub(crate) because: Vec<Reason>,
    pub(crate) code: String,
}

impl From<&Problem> for Refusal {
    fn from(problem: &Problem) -> Self {
        let because = problem.because.iter();
        // Where the only reason is the sentence itself, it is told once.
        let told = |text: &str| if text == problem.detail { Markup::default() } else { sentence(text) };
        Self {
            title: problem.title.clone(),
            says: whole_sentence(&problem.detail),
            because: because.map(|one| Reason { says: told(&one.text), cite: cited(&one.cite) }).collect(),
            code: problem.code.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "console/refused.html")]
struct RefusedPage {
    frame: Frame,
    refusal: Refusal,
    status: u16,
    /// Whether signing in would help.
    sign_in: bool,
}

fn page(app: &App, seat: Option<&Seat>, problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let frame = Frame::without_record(app, seat, problem.title.clone());
    let sign_in = status == StatusCode::UNAUTHORIZED;
    let shown = RefusedPage { frame, refusal: problem.into(), status: problem.status, sign_in };
    let mut response = match page_with(status, &shown) {
        Ok(response) => response,
        Err(problem) => return problem.into_response(),
    };
    if let Some(wait) = problem.wait_seconds {
        response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    }
    response
}

/// Shows a problem as a page to whoever came with a browser, wherever on the way it arose. Programs are answered as ever.
pub(crate) async fn dress(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let is_of_api = request.uri().path().starts_with("/v1/");
    if is_of_api || !reads_pages(request.headers()) {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    page(&app, known(&app, &headers).as_ref(), &problem)
}

fn reads_pages(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
}

/// There is no such page.
pub(crate) async fn no_page() -> Problem {
    Problem::not_found("resource")
}
