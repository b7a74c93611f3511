//! One case: what stands above each of its pages, and the pages.
//!
//! Each tab has an address of its own. Every tab can be asked as of a moment and as known at a moment, as the API can.

mod clocks;
mod documents;
mod facts;
mod grounds;
mod linked;
mod notes;
mod overview;
mod picture;
mod proof;
mod steps;
mod timeline;

use axum::Router;
use axum::routing::{get, post};
use comity_core::procedure::Truth;
use comity_core::time::When;
use comity_core::{CycleStatus, office_standing};
use comity_sheet::Sheet;
use comity_sheet::words::{date, who_may_see, whose};
use serde::Deserialize;

use super::cases::{Stands, stands};
use super::frame::{Frame, Here};
use super::session::Desk;
use super::words::{Markup, case_path, segment, sentence, to_the_minute};
use crate::access::{Action, What};
use crate::api;
use crate::api::case::{Axes, Looked};
use crate::app::Shared;
use crate::problem::Problem;

/// The pages of one case.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/cases/{reference}", get(overview::page))
        .route("/cases/{reference}/picture", get(picture::page))
        .route("/cases/{reference}/steps", get(steps::page))
        .route("/cases/{reference}/clocks", get(clocks::page))
        .route("/cases/{reference}/clocks/{clock}", get(clocks::why))
        .route("/cases/{reference}/documents", get(documents::page))
        .route("/cases/{reference}/grounds", get(grounds::page))
        .route("/cases/{reference}/facts", get(facts::page))
        .route("/cases/{reference}/timeline", get(timeline::page))
        .route("/cases/{reference}/linked", get(linked::page))
        .route("/cases/{reference}/notes", get(notes::page))
        .route("/cases/{reference}/proof", get(proof::page))
}

/// What of one case may take long: files, and evidence.
pub(crate) fn long_routes() -> Router<Shared> {
    Router::new()
        .route("/cases/{reference}/files/{entry}", get(api::files::read))
        .route("/cases/{reference}/bundle", post(proof::bundle))
}

/// What is asked of a page of a case. An empty field asks for nothing.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Asks {
    #[serde(default)]
    pub(crate) as_of: String,
    #[serde(default)]
    pub(crate) as_known_at: String,
    /// The entry that was recorded just now.
    pub(crate) recorded: Option<u32>,
    /// Where an older part of a long list begins.
    pub(crate) before: Option<usize>,
    /// Whether a list is in the order of recording.
    #[serde(default)]
    pub(crate) by: String,
}

/// The tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Overview,
    Steps,
    Clocks,
    Documents,
    Grounds,
    Facts,
    Timeline,
    Linked,
    Notes,
    Proof,
}

/// A tab as a link.
pub(crate) struct TabLink {
    pub(crate) title: &'static str,
    pub(crate) path: String,
    pub(crate) count: Option<String>,
    pub(crate) is_here: bool,
}

/// What stands above every page of a case.
pub(crate) struct Head {
    pub(crate) reference: String,
    pub(crate) title: String,
    pub(crate) path: String,
    pub(crate) procedure: String,
    pub(crate) procedure_path: String,
    pub(crate) edition: u32,
    pub(crate) matter: String,
    pub(crate) matter_path: String,
    pub(crate) officer: String,
    pub(crate) tracks: Vec<Stands>,
    /// Who alone may see it, if it is sealed.
    pub(crate) sealed: Option<String>,
    /// Since when and why it is on hold, if it is.
    pub(crate) held: Option<String>,
    pub(crate) is_over: bool,
    pub(crate) may_record: bool,
    pub(crate) may_seal: bool,
    pub(crate) tabs: Vec<TabLink>,
    /// At which moment it is looked at, if not now, and where it is looked at as it is now.
    pub(crate) back: Option<String>,
    pub(crate) here: String,
    /// The present moment where the case is decided.
    pub(crate) local: String,
}

/// A case that may be shown, with what stands around its page.
pub(crate) struct Shown {
    pub(crate) desk: Desk,
    pub(crate) looked: Looked,
    pub(crate) frame: Frame,
    pub(crate) head: Head,
}

impl Asks {
    /// The moments that are asked about.
    pub(crate) fn axes(&self) -> Axes {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Axes { as_of: said(&self.as_of), as_known_at: said(&self.as_known_at) }
    }

    /// The same moments for another page of the case.
    fn query(&self) -> String {
        let axes = self.axes();
        let pairs = [("as_of", axes.as_of), ("as_known_at", axes.as_known_at)];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", segment(&value))).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}

impl Tab {
    const ALL: [Self; 10] = [
        Self::Overview,
        Self::Steps,
        Self::Clocks,
        Self::Documents,
        Self::Grounds,
        Self::Facts,
        Self::Timeline,
        Self::Linked,
        Self::Notes,
        Self::Proof,
    ];

    /// Its title, and the last part of its address.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Overview => ("Overview", ""),
            Self::Steps => ("Steps", "/steps"),
            Self::Clocks => ("Clocks", "/clocks"),
            Self::Documents => ("Documents", "/documents"),
            Self::Grounds => ("Grounds", "/grounds"),
            Self::Facts => ("Facts", "/facts"),
            Self::Timeline => ("Timeline", "/timeline"),
            Self::Linked => ("Linked", "/linked"),
            Self::Notes => ("Notes", "/notes"),
            Self::Proof => ("Proof", "/proof"),
        }
    }
}

/// Looks at a case for one of its pages.
pub(crate) async fn shown(desk: Desk, reference: &str, asks: &Asks, tab: Tab) -> Result<Shown, Problem> {
    let axes = asks.axes();
    let looked = desk.app.look(&desk.who, reference, &axes).await?;
    let head = head(&desk, &looked, asks, tab).await;
    let title = format!("{}: {}", head.reference, tab.names().0);
    let mut frame = Frame::of(&desk, title, Here::Cases).await?;
    let is_now = axes.as_of.is_none() && axes.as_known_at.is_none();
    frame.listens = is_now.then(|| head.reference.clone());
    frame.said = recorded(&looked, asks);
    Ok(Shown { desk, looked, frame, head })
}

/// What has just been recorded, told once: by the number in the address, as the record says it.
fn recorded(looked: &Looked, asks: &Asks) -> Option<Markup> {
    let number = asks.recorded?;
    let entry = looked.file.entries.iter().find(|entry| entry.number.get() == number)?;
    let says = comity_sheet::words::body(&entry.body, &looked.file.procedure);
    Some(sentence(&format!("Recorded as entry {number}: {says}")))
}

/// What stands above every page of a case.
pub(crate) async fn head(desk: &Desk, looked: &Looked, asks: &Asks, tab: Tab) -> Head {
    let Looked { file, view } = looked;
    let (app, path) = (&desk.app, case_path(&file.opening.reference));
    let office = office_standing(Sheet::new(view, &file.entries).entries());
    let matter = app.engine.matter(file.opening.matter).await.map(|matter| matter.reference);
    let (matter, zone) = (matter.unwrap_or_default(), &file.procedure.home().zone);
    let may = |action| app.rules.permits(&desk.who, action, What::of(file));
    let is_back = !asks.query().is_empty();
    let asked = view.asked();
    let back = is_back.then(|| {
        let at = comity_core::moment_in_words(asked.at, zone);
        let known = comity_core::moment_in_words(asked.known_at, zone);
        format!("This is the case as it stood {at}, by what was recorded until {known}.")
    });
    let held = office.hold.map(|hold| {
        let until = hold.until.map_or_else(String::new, |day| format!(" until {}", day.in_words()));
        format!("On hold{until}: {}", hold.reason.reveal())
    });
    Head {
        reference: file.opening.reference.clone(),
        title: file.opening.title.reveal().to_owned(),
        procedure: view.procedure().title().to_owned(),
        procedure_path: format!("/procedures/{}", view.procedure().name()),
        edition: view.procedure().version(),
        matter_path: format!("/cases?matter={}", segment(&matter)),
        matter,
        officer: office.assigned.map_or_else(|| "nobody".to_owned(), |one| whose(one.to, one.desk)),
        tracks: stands(view),
        sealed: office.seal.map(|seal| who_may_see(seal.accounts, seal.desks)),
        held,
        is_over: view.is_over(),
        may_record: !is_back && may(Action::Record),
        may_seal: !is_back && may(Action::Seal),
        tabs: tabs(looked, &path, asks, tab),
        back,
        here: format!("{path}{}", tab.names().1),
        local: date(When::At(to_the_minute(app.now())), zone),
        path,
    }
}

fn tabs(looked: &Looked, path: &str, asks: &Asks, here: Tab) -> Vec<TabLink> {
    let query = asks.query();
    let link = |tab: Tab| {
        let (title, end) = tab.names();
        TabLink {
            title,
            path: format!("{path}{end}{query}"),
            count: count(looked, tab),
            is_here: tab == here,
        }
    };
    Tab::ALL.into_iter().map(link).collect()
}

/// What stands beside the title of a tab.
fn count(looked: &Looked, tab: Tab) -> Option<String> {
    let (view, some) = (&looked.view, |count: usize| (count > 0).then(|| count.to_string()));
    match tab {
        Tab::Clocks => {
            let clocks = view.clocks();
            let running = clocks.iter().filter_map(comity_core::ClockView::last);
            some(running.filter(|cycle| cycle.status == CycleStatus::Running).count())
        }
        Tab::Documents => {
            let documents = view.documents();
            let needed = documents.iter().filter(|one| one.needed == Truth::True);
            let (all, lacking) = needed
                .fold((0, 0), |(all, lacking), one| (all + 1, lacking + usize::from(one.missing.is_some())));
            (all > 0).then(|| format!("{}/{all}", all - lacking))
        }
        Tab::Linked => some(view.links().len()),
        Tab::Notes => {
            let notes = looked.file.entries.iter();
            some(notes.filter(|entry| matches!(entry.body, comity_core::entry::Body::Note(_))).count())
        }
        Tab::Overview | Tab::Steps | Tab::Grounds | Tab::Facts | Tab::Timeline | Tab::Proof => None,
    }
}
