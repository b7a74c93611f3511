//! Help: what the words and signs of the pages mean, in one place.

use askama::Template;
use axum::response::Response;
use comity_runner::Group;

use super::frame::{self, Frame, Here};
use super::session::Desk;
use super::sign::Sign;
use super::today::heading;
use crate::problem::Problem;

/// The groups of Today, in their order.
const GROUPS: [Group; 14] = [
    Group::Unreadable,
    Group::CannotFollow,
    Group::Uncountable,
    Group::Owed,
    Group::RanOut,
    Group::Today,
    Group::Soon,
    Group::Warned,
    Group::Review,
    Group::HoldEnds,
    Group::Stranded,
    Group::Silent,
    Group::Later,
    Group::Waiting,
];

struct Word {
    sign: Sign,
    heading: &'static str,
    explains: &'static str,
}

#[derive(Template)]
#[template(path = "console/help.html")]
struct HelpPage {
    frame: Frame,
    words: Vec<Word>,
}

/// The page.
pub(crate) async fn page(desk: Desk) -> Result<Response, Problem> {
    let word = |group| {
        let (heading, explains) = heading(group);
        Word { sign: Sign::of(group), heading, explains }
    };
    let frame = Frame::of(&desk, "Help", Here::Elsewhere).await?;
    frame::page(&HelpPage { frame, words: GROUPS.into_iter().map(word).collect() })
}
