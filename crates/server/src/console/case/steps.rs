//! Steps: what may be done now, what waits for a second person, what may not be done and why, and what was done.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::{ActView, Rejection};
use comity_sheet::Sheet;
use comity_sheet::words::by_titles;

use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::words::{Dated, Markup, segment, whole_sentence};
use super::overview::{Owed, owed};
use super::{Asks, Head, Shown, Tab, shown};
use crate::api::case::Looked;
use crate::extract::Named;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/case/steps.html")]
struct StepsPage {
    frame: Frame,
    head: Head,
    owed: Vec<Owed>,
    awaiting: Vec<Awaiting>,
    open: Vec<Step>,
    closed: Vec<Step>,
    done: Vec<Done>,
}

/// What one account proposed, and another is to confirm.
struct Awaiting {
    says: Markup,
    by: String,
    at: String,
    path: String,
    is_own: bool,
}

struct Step {
    title: String,
    by: String,
    path: String,
    basis: String,
    four_eyes: bool,
    /// Why not, in the engine's sentences, as HTML.
    because: Vec<Markup>,
    times: usize,
}

struct Done {
    title: String,
    when: Dated,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { desk, looked, frame, head } = shown(desk, &reference, &asks, Tab::Steps).await?;
    let Looked { file, view } = &looked;
    let sheet = Sheet::new(view, &file.entries);
    let steps = view.acts();
    let (open, closed): (Vec<_>, Vec<_>) = steps.iter().partition(|act| act.is_open());
    let step = |act: &ActView<'_>| step(act, &head.path);
    let awaiting = sheet.awaiting().into_iter().map(|one| Awaiting {
        says: whole_sentence(&one.says),
        is_own: one.proposed_by == desk.who.name,
        by: one.proposed_by,
        at: instant(&one.proposed_at, &sheet),
        path: format!("{}/record/confirm?of={}", head.path, one.entry),
    });
    answer(&StepsPage {
        frame,
        owed: owed(view, &sheet),
        awaiting: awaiting.collect(),
        open: open.into_iter().map(step).collect(),
        closed: closed.into_iter().map(step).collect(),
        done: done(&steps, &sheet),
        head,
    })
}

/// A moment of a document in words.
fn instant(text: &str, sheet: &Sheet<'_>) -> String {
    let read = text.parse().ok();
    read.map_or_else(|| text.to_owned(), |moment| comity_core::moment_in_words(moment, sheet.zone()))
}

fn step(act: &ActView<'_>, path: &str) -> Step {
    let because = |rejection: &Rejection| whole_sentence(&rejection.to_string());
    Step {
        title: act.act.title.clone(),
        by: by_titles(act),
        path: format!("{path}/record/act?of={}", segment(act.name.as_str())),
        basis: act.basis().to_string(),
        four_eyes: act.act.four_eyes,
        because: act.closed_because.iter().map(because).collect(),
        times: act.done.len(),
    }
}

/// What was done, the latest first.
fn done(acts: &[ActView<'_>], sheet: &Sheet<'_>) -> Vec<Done> {
    let mut done: Vec<_> = acts
        .iter()
        .flat_map(|act| act.done.iter().map(move |doing| (doing.when, act.act.title.clone())))
        .collect();
    done.sort_by_key(|(when, _)| std::cmp::Reverse(when.earliest(sheet.zone())));
    done.into_iter().map(|(when, title)| Done { title, when: Dated::when(when, sheet.zone()) }).collect()
}
