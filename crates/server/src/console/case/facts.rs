//! Facts: what is known of the case, since when, and what is not.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;

use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::words::{Dated, segment};
use super::{Asks, Head, Shown, Tab, shown};
use crate::extract::Named;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/case/facts.html")]
struct FactsPage {
    frame: Frame,
    head: Head,
    known: Vec<FactPart>,
    unknown: Vec<FactPart>,
}

struct FactPart {
    title: String,
    value: String,
    since: Option<Dated>,
    basis: String,
    /// Whether it follows a linked case, and is not recorded here.
    follows: bool,
    record: String,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { looked, frame, head, .. } = shown(desk, &reference, &asks, Tab::Facts).await?;
    let zone = &looked.view.procedure().home().zone;
    let facts = looked.view.facts();
    let part = |one: &comity_core::FactView<'_>| FactPart {
        title: one.fact.title.clone(),
        value: one.known.map(|known| known.value.reveal()).unwrap_or_default(),
        since: one.known.map(|known| Dated::when(known.since, zone)),
        basis: one.fact.basis.to_string(),
        follows: one.fact.mirrors.is_some(),
        record: format!("{}/record/fact?of={}", head.path, segment(one.name.as_str())),
    };
    let (known, unknown) = facts.iter().map(part).partition(|part| part.since.is_some());
    answer(&FactsPage { frame, head, known, unknown })
}
