//! Search: a case from a reference, a half-heard name or words of a title.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::Asked;
use serde::Deserialize;

use super::cases::CaseRow;
use super::frame::{self, Frame, Here, see_other};
use super::session::Desk;
use super::words::case_path;
use crate::api::search::hits;
use crate::problem::Problem;

/// What is looked for.
#[derive(Deserialize)]
pub(crate) struct Asks {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "console/search.html")]
struct SearchPage {
    frame: Frame,
    asked: String,
    rows: Vec<CaseRow>,
    more: bool,
}

/// The page. A whole reference leads to its case.
pub(crate) async fn page(desk: Desk, Query(asks): Query<Asks>) -> Result<Response, Problem> {
    let asked = asks.q.trim().to_owned();
    let (found, more) =
        if asked.is_empty() { (Vec::new(), false) } else { hits(&desk.app, &desk.who, &asked).await? };
    if let [("reference", only)] = found.as_slice() {
        return Ok(see_other(&case_path(&only.opening.reference)));
    }
    let now = Asked::at(desk.app.now());
    let rows = found.iter().map(|(because, file)| CaseRow::of(file, &file.view(now), Some(because)));
    let rows = rows.collect();
    let frame = Frame::of(&desk, "Search", Here::Search).await?;
    frame::page(&SearchPage { frame: Frame { sought: asked.clone(), ..frame }, asked, rows, more })
}
