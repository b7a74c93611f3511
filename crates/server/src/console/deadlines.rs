//! Deadlines: every limit that runs, as a list by how soon it ends and as a month.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::time::{Day, Moment};
use serde::Deserialize;

use super::frame::{self, Frame, Here};
use super::session::Desk;
use super::sign::{RAN_OUT, RUNNING, SOON, Sign, TODAY};
use super::words::{case_path, counted, segment};
use crate::access::book::after;
use crate::access::{Action, What};
use crate::api::queue::{Deadline, running};
use crate::problem::Problem;

const DAY: i64 = 24 * 60 * 60;
/// How far ahead the list looks, in days.
const AHEAD: i64 = 366;

/// What is asked of the page.
#[derive(Default, Deserialize)]
pub(crate) struct Asks {
    /// The month to be shown, as `2027-04`; the list, if nothing is said.
    month: Option<String>,
}

#[derive(Template)]
#[template(path = "console/deadlines.html")]
struct DeadlinesPage {
    frame: Frame,
    list: Option<List>,
    month: Option<Month>,
    this_month: String,
    more: bool,
}

struct List {
    says: String,
    parts: Vec<Part>,
}

/// Limits that end about as soon.
struct Part {
    sign: Sign,
    heading: &'static str,
    rows: Vec<Line>,
}

struct Line {
    day: String,
    time: String,
    machine: String,
    title: String,
    reference: String,
    case: String,
    path: String,
    why: String,
    basis: String,
    place: String,
}

struct Month {
    title: String,
    before: Option<String>,
    next: Option<String>,
    weeks: Vec<Vec<Cell>>,
    says: String,
}

/// A day of the month; one without a number lies outside of it.
struct Cell {
    number: Option<i8>,
    words: String,
    is_today: bool,
    lines: Vec<Line>,
}

/// The page.
pub(crate) async fn page(desk: Desk, Query(asks): Query<Asks>) -> Result<Response, Problem> {
    desk.app.may(&desk.who, Action::List, What::default())?;
    let now = desk.app.now();
    let zone = comity_core::time::Zone::utc();
    let today = zone.day_at(now);
    let asked = asks.month.as_deref().map(first_of_month).transpose()?;
    // A day more, because no zone is further from another.
    let until = match asked.and_then(Day::last_of_month) {
        Some(last) => zone.end_of(last.plus_days(1).unwrap_or(last)),
        None => after(now, AHEAD * DAY),
    };
    let (limits, more) = running(&desk.app, &desk.who, until, "deadlines").await?;
    let (list, month) = match asked {
        Some(first) => (None, Some(month(first, today, &limits))),
        None => (Some(list(now, &limits)), None),
    };
    let mut frame = Frame::of(&desk, "Deadlines", Here::Deadlines).await?;
    frame.listens = Some(String::new());
    let this_month = format!("{:04}-{:02}", today.year(), today.month());
    frame::page(&DeadlinesPage { frame, list, month, this_month, more })
}

fn first_of_month(text: &str) -> Result<Day, Problem> {
    let first = format!("{text}-01").parse();
    first.map_err(|_| Problem::unreadable("a month is written as 2027-04"))
}

fn line(limit: &Deadline) -> Line {
    let case = case_path(&limit.reference);
    let day = limit.last_day.as_deref().and_then(|day| day.parse::<Day>().ok());
    let time = if day.is_some() { "to the end of the day".to_owned() } else { String::new() };
    Line {
        day: day.map_or_else(|| limit.says.clone(), Day::in_words),
        time,
        machine: limit.last_day.clone().unwrap_or_else(|| limit.ends.clone()),
        title: limit.title.clone(),
        reference: limit.reference.clone(),
        case: limit.case_title.clone(),
        why: format!("{case}/clocks/{}", segment(&limit.clock)),
        path: case,
        basis: limit.basis.clone(),
        place: place(&limit.zone),
    }
}

/// `Seoul` of `Asia/Seoul`.
fn place(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// How many days there are until a limit ends, in the days of its own zone.
fn days_left(limit: &Deadline, now: Moment) -> i64 {
    let zone = comity_core::time::Zone::named(&limit.zone).unwrap_or_else(|_| comity_core::time::Zone::utc());
    let ends: Option<Moment> = limit.ends.parse().ok();
    let last = limit.last_day.as_deref().and_then(|day| day.parse().ok());
    let last = last.or_else(|| ends.map(|ends| zone.day_until(ends)));
    let has_passed = ends.is_some_and(|ends| ends <= now);
    if has_passed { -1 } else { last.map_or(0, |last: Day| zone.day_at(now).days_until(last).max(0)) }
}

fn list(now: Moment, limits: &[Deadline]) -> List {
    let of = |low: i64, high: i64| -> Vec<Line> {
        let within = |limit: &&Deadline| (low..=high).contains(&days_left(limit, now));
        limits.iter().filter(within).map(line).collect()
    };
    let parts = [
        (RAN_OUT, "Ran out, and nobody was told of yet", of(-1, -1)),
        (TODAY, "Today and tomorrow", of(0, 1)),
        (SOON, "In the next 7 days", of(2, 7)),
        (RUNNING, "In 2 to 4 weeks", of(8, 28)),
        (RUNNING, "Later", of(29, i64::MAX)),
    ];
    let parts = parts.into_iter().filter(|(_, _, rows)| !rows.is_empty());
    let says = match limits.len() {
        0 => "No clock is running. A limit appears here as soon as an act starts one.".to_owned(),
        some => format!("{}, the soonest first.", counted(some, "limit runs", "limits run")),
    };
    List { says, parts: parts.map(|(sign, heading, rows)| Part { sign, heading, rows }).collect() }
}

fn month(first: Day, today: Day, limits: &[Deadline]) -> Month {
    let last = first.last_of_month().unwrap_or(first);
    let lead = i64::from(first.weekday() as u8);
    let mut cells: Vec<Cell> = (0..lead).map(|_| outside()).collect();
    for offset in 0..=first.days_until(last) {
        let Some(day) = first.plus_days(offset) else { break };
        let on = limits.iter().filter(|limit| falls_on(limit, day)).map(line);
        cells.push(Cell {
            number: Some(day.day()),
            words: day.in_words(),
            is_today: day == today,
            lines: on.collect(),
        });
    }
    while !cells.len().is_multiple_of(7) {
        cells.push(outside());
    }
    let found: usize = cells.iter().map(|cell| cell.lines.len()).sum();
    let mut weeks = Vec::new();
    let mut rest = cells.into_iter().peekable();
    while rest.peek().is_some() {
        weeks.push(rest.by_ref().take(7).collect());
    }
    let name = |day: Option<Day>| day.map(|day| format!("{:04}-{:02}", day.year(), day.month()));
    Month {
        title: first.month_in_words(),
        before: name(first.plus_days(-1)),
        next: name(last.plus_days(1)),
        weeks,
        says: counted(found, "limit ends in this month.", "limits end in this month."),
    }
}

fn outside() -> Cell {
    Cell { number: None, words: String::new(), is_today: false, lines: Vec::new() }
}

/// Whether a limit ends on a day: its last day, or where hours are counted the day on which it ends in its own zone.
fn falls_on(limit: &Deadline, day: Day) -> bool {
    let counted = limit.last_day.as_deref().and_then(|last| last.parse().ok());
    let last = counted.or_else(|| {
        let zone = comity_core::time::Zone::named(&limit.zone).ok();
        zone.and_then(|zone| Some(zone.day_until(limit.ends.parse().ok()?)))
    });
    last == Some(day)
}
