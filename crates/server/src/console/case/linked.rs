//! Linked: the cases that this one is tied to, those of the same matter, and what has to follow.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;

use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::words::{Markup, case_path, whole_sentence};
use super::{Asks, Head, Shown, Tab, shown};
use crate::api::case::linked;
use crate::extract::Named;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/case/linked.html")]
struct LinkedPage {
    frame: Frame,
    head: Head,
    links: Vec<LinkPart>,
    matter: Vec<LinkPart>,
    behind: Vec<Markup>,
    may_link: bool,
}

struct LinkPart {
    title: String,
    reference: String,
    path: String,
    procedure: String,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { desk, looked, frame, head } = shown(desk, &reference, &asks, Tab::Linked).await?;
    let (app, now) = (&desk.app, desk.app.now());
    let links = linked(app, &desk.who, &looked).await?.into_iter().map(|link| LinkPart {
        title: link.title,
        path: case_path(&link.case),
        reference: link.case,
        procedure: link.procedure,
    });
    let links: Vec<LinkPart> = links.collect();
    let mut matter = Vec::new();
    for case in app.engine.cases_of(looked.file.opening.matter).await? {
        if case == looked.file.case {
            continue;
        }
        let Some(file) = app.showing(&desk.who, case, "matter").await? else { continue };
        matter.push(LinkPart {
            title: file.opening.title.reveal().to_owned(),
            path: case_path(&file.opening.reference),
            reference: file.opening.reference.clone(),
            procedure: file.procedure.title().to_owned(),
        });
    }
    let behind = app.engine.behind(&looked.file.known_at(now), now).await?;
    let behind = behind.iter().map(|one| whole_sentence(&one.to_string())).collect();
    let may_link = head.may_record && !looked.file.procedure.links().is_empty();
    answer(&LinkedPage { frame, head, links, matter, behind, may_link })
}
