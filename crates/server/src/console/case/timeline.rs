//! Timeline: what happened and when it was recorded, by the date on which it took effect or in the order of recording.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::Cause;
use comity_core::entry::{Body, Entry};
use comity_core::time::When;
use comity_sheet::Sheet;
use comity_sheet::words::{body, date};

use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::words::{Dated, Markup, sentence, to_the_minute};
use super::overview::moved;
use super::{Asks, Head, Shown, Tab, shown};
use crate::api::case::Looked;
use crate::extract::Named;
use crate::problem::Problem;

/// So many lines are on a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "console/case/timeline.html")]
struct TimelinePage {
    frame: Frame,
    head: Head,
    by_recording: bool,
    happened: Vec<Happened>,
    entries: Vec<EntryPart>,
    earlier: Option<String>,
    is_later: bool,
}

struct Happened {
    when: Dated,
    recorded: Option<Dated>,
    /// Whether it was recorded on a later day than it happened.
    is_late: bool,
    says: String,
    because: String,
    moved: String,
    entry: Option<u32>,
}

struct EntryPart {
    number: u32,
    at: String,
    by: String,
    says: Markup,
    is_annulled: bool,
    /// Where it is said that it was a mistake, or that it happened on another date.
    annul: Option<String>,
    redate: Option<String>,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { looked, frame, head, .. } = shown(desk, &reference, &asks, Tab::Timeline).await?;
    let sheet = Sheet::new(&looked.view, &looked.file.entries);
    let by_recording = asks.by == "recording";
    let (mut happened, mut entries) = (Vec::new(), Vec::new());
    let left = if by_recording {
        let all = sheet.entries();
        let (shown, left) = last(all, asks.before);
        entries = shown.iter().rev().map(|entry| part(&looked, &sheet, entry, &head)).collect();
        left
    } else {
        let story = sheet.story();
        let (shown, left) = last(&story, asks.before);
        happened = shown.iter().rev().map(|told| line(&sheet, *told)).collect();
        left
    };
    let by = if by_recording { "&by=recording" } else { "" };
    let earlier = (left > 0).then(|| format!("{}/timeline?before={left}{by}", head.path));
    let is_later = asks.before.is_some();
    answer(&TimelinePage { frame, head, by_recording, happened, entries, earlier, is_later })
}

/// The last lines before a place, and how many lie before them.
fn last<T>(all: &[T], before: Option<usize>) -> (&[T], usize) {
    let end = before.unwrap_or(all.len()).min(all.len());
    let start = end.saturating_sub(PAGE);
    (all.get(start..end).unwrap_or_default(), start)
}

fn line(sheet: &Sheet<'_>, told: comity_sheet::Told<'_>) -> Happened {
    let (_, happening) = told;
    let (zone, recorded) = (sheet.zone(), sheet.recorded(happening.cause));
    let is_late = recorded.is_some_and(|at| zone.day_at(at) > happening.when.first_day(zone));
    Happened {
        when: Dated::when(happening.when, zone),
        recorded: recorded
            .map(|at| Dated { words: date(When::At(to_the_minute(at)), zone), plain: at.to_string() }),
        is_late,
        says: sheet.what(told),
        because: sheet.because(told),
        moved: moved(told),
        entry: match happening.cause {
            Cause::Opening => Some(1),
            Cause::Entry(number) => Some(number.get()),
            Cause::Expiry(_) => None,
        },
    }
}

fn part(looked: &Looked, sheet: &Sheet<'_>, entry: &Entry, head: &Head) -> EntryPart {
    let procedure = looked.file.procedure_of(entry.number);
    let (number, is_annulled) = (entry.number.get(), sheet.is_annulled(entry));
    let is_deed = matches!(entry.body, Body::Deed(_)) && !is_annulled && head.may_record;
    let way = |kind: &str| is_deed.then(|| format!("{}/record/{kind}?of={number}", head.path));
    EntryPart {
        number,
        at: date(When::At(to_the_minute(entry.recorded_at)), sheet.zone()),
        by: entry.recorded_by.reveal().to_owned(),
        says: sentence(&body(&entry.body, procedure)),
        is_annulled,
        annul: way("annul"),
        redate: way("redate"),
    }
}
