//! Grounds: what was considered of each ground for refusal.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;

use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::sign::{KEPT, RAN_OUT, Sign, WAITING};
use super::super::words::{Dated, segment};
use super::{Asks, Head, Shown, Tab, shown};
use crate::extract::Named;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/case/grounds.html")]
struct GroundsPage {
    frame: Frame,
    head: Head,
    grounds: Vec<GroundPart>,
    open: usize,
}

struct GroundPart {
    title: String,
    force: &'static str,
    sign: Sign,
    found: Option<Found>,
    basis: String,
    record: String,
}

struct Found {
    when: Dated,
    by: String,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { looked, frame, head, .. } = shown(desk, &reference, &asks, Tab::Grounds).await?;
    let procedure = looked.view.procedure();
    let (authorities, zone) = (procedure.authorities(), &procedure.home().zone);
    let grounds = looked.view.grounds();
    let part = |one: &comity_core::GroundView<'_>| GroundPart {
        title: one.ground.title.clone(),
        force: one.ground.force.word(),
        sign: match one.found {
            None => WAITING.saying("not considered"),
            Some(found) if found.applies => RAN_OUT.saying("applies"),
            Some(_) => KEPT.saying("does not apply"),
        },
        found: one.found.map(|found| Found {
            when: Dated::when(found.when, zone),
            by: authorities.get(found.by).map_or_else(String::new, |by| by.title.clone()),
        }),
        basis: one.ground.basis.to_string(),
        record: format!("{}/record/finding?of={}", head.path, segment(one.name.as_str())),
    };
    let open = grounds.iter().filter(|one| one.found.is_none()).count();
    let grounds = grounds.iter().map(part).collect();
    answer(&GroundsPage { frame, head, grounds, open })
}
