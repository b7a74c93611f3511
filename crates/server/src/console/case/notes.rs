//! Notes: what officers wrote down beside the facts. They change nothing.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::entry::Body;
use comity_core::time::When;
use comity_sheet::Sheet;
use comity_sheet::words::date;

use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::words::to_the_minute;
use super::{Asks, Head, Shown, Tab, shown};
use crate::access::secret;
use crate::extract::Named;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/case/notes.html")]
struct NotesPage {
    frame: Frame,
    head: Head,
    notes: Vec<Note>,
    key: String,
}

struct Note {
    number: u32,
    at: String,
    by: String,
    text: String,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { looked, frame, head, .. } = shown(desk, &reference, &asks, Tab::Notes).await?;
    let sheet = Sheet::new(&looked.view, &looked.file.entries);
    let notes = sheet.entries().iter().rev().filter_map(|entry| {
        let Body::Note(text) = &entry.body else { return None };
        Some(Note {
            number: entry.number.get(),
            at: date(When::At(to_the_minute(entry.recorded_at)), sheet.zone()),
            by: entry.recorded_by.reveal().to_owned(),
            text: text.reveal().to_owned(),
        })
    });
    let key = secret::first_password().map_err(crate::access::AccessError::from)?.to_string();
    let notes = notes.collect();
    answer(&NotesPage { frame, head, notes, key })
}
