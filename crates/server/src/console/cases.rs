//! Cases: a list that is filtered by what the index knows, page by page.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::{Asked, View, office_standing};
use comity_runner::CaseFile;
use comity_sheet::words::{left, whose};
use comity_store::PageRequest;
use serde::Deserialize;

use super::frame::{self, Frame, Here};
use super::session::Desk;
use super::sign::{RAN_OUT, RUNNING, SOON, Sign, TODAY};
use super::words::{case_path, segment};
use crate::access::{Action, What};
use crate::api::cases::{Which, files, wanted};
use crate::problem::Problem;

/// So many cases are on a page.
const PAGE: usize = 25;

/// Which cases are asked for. An empty field asks for nothing.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Asks {
    #[serde(default)]
    text: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    procedure: String,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    authority: String,
    #[serde(default)]
    matter: String,
    #[serde(default)]
    after: String,
}

/// A case as a row.
pub(crate) struct CaseRow {
    pub(crate) path: String,
    pub(crate) reference: String,
    pub(crate) title: String,
    pub(crate) procedure: String,
    pub(crate) tracks: Vec<Stands>,
    pub(crate) next: Option<Next>,
    pub(crate) officer: String,
    pub(crate) is_over: bool,
    pub(crate) is_sealed: bool,
    pub(crate) is_held: bool,
    /// Why a search found it.
    pub(crate) because: Option<&'static str>,
}

/// Where a track stands.
pub(crate) struct Stands {
    pub(crate) track: String,
    pub(crate) stage: String,
    pub(crate) is_outcome: bool,
}

/// The limit that ends first, or one that ran out.
pub(crate) struct Next {
    pub(crate) sign: Sign,
    pub(crate) title: String,
    pub(crate) says: String,
    pub(crate) left: Option<String>,
    pub(crate) why: String,
}

struct Filter {
    name: &'static str,
    label: &'static str,
    value: String,
    /// Where the list is without it.
    without: String,
}

struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "console/cases.html")]
struct CasesPage {
    frame: Frame,
    asks: Asks,
    procedures: Vec<Choice>,
    filters: Vec<Filter>,
    rows: Vec<CaseRow>,
    next: Option<String>,
    goes_on: bool,
    may_open: bool,
}

/// The page.
pub(crate) async fn page(desk: Desk, Query(asks): Query<Asks>) -> Result<Response, Problem> {
    desk.app.may(&desk.who, Action::List, What::default())?;
    let now = Asked::at(desk.app.now());
    let after = if asks.after.is_empty() {
        None
    } else {
        let wrong = |_| Problem::unreadable("this page of the list is no more; begin the list anew");
        Some(asks.after.parse().map_err(wrong)?)
    };
    let (files, next) = match wanted(&desk.app, &asks.which()).await? {
        Some(wanted) => files(&desk.app, &desk.who, &wanted, now, PageRequest { after, limit: PAGE }).await?,
        None => (Vec::new(), None),
    };
    let rows = files.iter().map(|file| CaseRow::of(file, &file.view(now), None)).collect();
    let frame = Frame::of(&desk, "Cases", Here::Cases).await?;
    let may_open = frame.signed.as_ref().is_some_and(|signed| signed.may_open);
    frame::page(&CasesPage {
        frame,
        procedures: procedures(&desk, &asks.procedure),
        filters: asks.filters(),
        rows,
        next: next.map(|next| asks.path("after", Some(&next.to_string()))),
        goes_on: !asks.after.is_empty(),
        asks,
        may_open,
    })
}

fn procedures(desk: &Desk, chosen: &str) -> Vec<Choice> {
    let all = desk.app.engine.procedures();
    let mut options: Vec<Choice> = all
        .names()
        .iter()
        .filter_map(|name| all.current(name.as_str()))
        .map(|edition| {
            let value = edition.procedure.name().to_string();
            let is_chosen = value == chosen;
            Choice { label: edition.procedure.title().to_owned(), value, is_chosen }
        })
        .collect();
    options.sort_by(|one, other| one.label.cmp(&other.label));
    options
}

impl Asks {
    fn which(&self) -> Which {
        let said = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut which = Which::default();
        which.text = said(&self.text);
        which.person = said(&self.person);
        which.state = said(&self.state).map(|state| state.to_uppercase());
        which.procedure = said(&self.procedure);
        which.stage = said(&self.stage);
        which.authority = said(&self.authority);
        which.matter = said(&self.matter);
        which
    }

    fn all(&self) -> [(&'static str, &'static str, &String); 7] {
        [
            ("text", "Words of the title", &self.text),
            ("person", "Person", &self.person),
            ("state", "State", &self.state),
            ("procedure", "Procedure", &self.procedure),
            ("stage", "Stands at", &self.stage),
            ("authority", "May or must act", &self.authority),
            ("matter", "Matter", &self.matter),
        ]
    }

    fn filters(&self) -> Vec<Filter> {
        let set = self.all().into_iter().filter(|(_, _, value)| !value.trim().is_empty());
        set.map(|(name, label, value)| Filter {
            name,
            label,
            value: value.clone(),
            without: self.path(name, None),
        })
        .collect()
    }

    /// The list with another value of one field, from its first page on.
    fn path(&self, field: &str, value: Option<&str>) -> String {
        let kept = self.all().into_iter().filter(|(name, _, value)| *name != field && !value.is_empty());
        let kept = kept.map(|(name, _, value)| format!("{name}={}", segment(value)));
        let query: Vec<String> =
            kept.chain(value.map(|value| format!("{field}={}", segment(value)))).collect();
        if query.is_empty() { "/cases".to_owned() } else { format!("/cases?{}", query.join("&")) }
    }
}

impl CaseRow {
    /// The row of a case that may be shown.
    pub(crate) fn of(file: &CaseFile, view: &View, because: Option<&'static str>) -> Self {
        let path = case_path(&file.opening.reference);
        let office = office_standing(&file.entries);
        Self {
            reference: file.opening.reference.clone(),
            title: file.opening.title.reveal().to_owned(),
            procedure: file.procedure.title().to_owned(),
            tracks: stands(view),
            next: next(view, &path),
            officer: office.assigned.map_or_else(String::new, |one| whose(one.to, one.desk)),
            is_over: view.is_over(),
            is_sealed: office.seal.is_some(),
            is_held: office.hold.is_some(),
            because,
            path,
        }
    }
}

/// Where the tracks stand that have moved; where none has, the first.
pub(crate) fn stands(view: &View) -> Vec<Stands> {
    let tracks = view.tracks();
    let has_moved = |track: &comity_core::TrackView<'_>| track.stands.stage != track.track.starts;
    let moved = tracks.iter().filter(|track| has_moved(track));
    let shown: Vec<_> =
        if tracks.iter().any(has_moved) { moved.collect() } else { tracks.iter().take(1).collect() };
    let one = |track: &&comity_core::TrackView<'_>| Stands {
        track: track.track.title.clone(),
        stage: track.stage.title.clone(),
        is_outcome: track.stage.outcome.is_some(),
    };
    shown.iter().map(one).collect()
}

/// What ran out and is still open; else the limit that ends first.
fn next(view: &View, path: &str) -> Option<Next> {
    let now = view.asked().at;
    let why = |clock: &str| format!("{path}/clocks/{}", segment(clock));
    if let Some(over) = view.overdue().first() {
        return Some(Next {
            sign: RAN_OUT,
            title: over.clock.clock.title.clone(),
            says: over.clock.zone.day_at(over.since).in_words(),
            left: None,
            why: why(over.clock.name.as_str()),
        });
    }
    let due = view.due();
    let (ends, clock) = due.first()?;
    let cycle = clock.last()?;
    let last = cycle.end.last_day().unwrap_or_else(|| clock.zone.day_until(*ends));
    let days = clock.zone.day_at(now).days_until(last);
    Some(Next {
        sign: how_soon(days),
        title: clock.clock.title.clone(),
        says: last.in_words(),
        left: left(&cycle.end, clock.zone, now),
        why: why(clock.name.as_str()),
    })
}

/// How pressing a limit is of which so many days are left.
pub(crate) const fn how_soon(days: i64) -> Sign {
    match days {
        ..=1 => TODAY,
        2..=7 => SOON,
        _ => RUNNING,
    }
}
