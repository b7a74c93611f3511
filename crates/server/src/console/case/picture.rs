//! The procedure of the case as a picture, with the stages where it stands and where it was, and beside it what leads on from here.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::View;
use comity_draw::Diagram;

use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::words::{Markup, sentence};
use super::{Asks, Head, Shown, Tab, shown};
use crate::api::case::{drawn, stood};
use crate::extract::Named;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/case/picture.html")]
struct PicturePage {
    frame: Frame,
    head: Head,
    drawn: String,
    tracks: Vec<Onward>,
}

/// What leads on from where a track stands.
struct Onward {
    title: String,
    stage: String,
    moves: Vec<Move>,
}

struct Move {
    by: String,
    to: String,
    when: Option<Markup>,
    basis: String,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { looked, frame, head, .. } = shown(desk, &reference, &asks, Tab::Overview).await?;
    let view = &looked.view;
    let drawn = drawn(view.procedure(), &stood(view))?;
    answer(&PicturePage { frame, head, drawn, tracks: onward(view) })
}

fn onward(view: &View) -> Vec<Onward> {
    let diagram = Diagram::of(view.procedure());
    let tracks = view.tracks().into_iter().zip(&diagram.lanes);
    let one = |(track, lane): (comity_core::TrackView<'_>, &comity_draw::Lane)| {
        let from_here = lane.moves.iter().filter(|one| one.step.from == track.stands.stage);
        let moves = from_here.map(|one| Move {
            by: one.title.clone(),
            to: lane.stop(one.step.to).map_or_else(String::new, |stop| stop.title.clone()),
            when: one.when.as_deref().map(sentence),
            basis: one.basis.clone(),
        });
        Onward { title: track.track.title.clone(), stage: track.stage.title.clone(), moves: moves.collect() }
    };
    tracks.map(one).collect()
}
