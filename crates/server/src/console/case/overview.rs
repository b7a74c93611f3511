//! Overview: where the case stands, what comes next, which limits run, and what happened last.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::procedure::Truth;
use comity_core::{View, explain_run};
use comity_sheet::Sheet;
use comity_sheet::words::{by_titles, date, left};

use super::super::cases::how_soon;
use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::sign::{RAN_OUT, STILL, Sign};
use super::super::words::{Dated, Markup, segment, sentence, whole_sentence};
use super::{Asks, Head, Shown, Tab, shown};
use crate::api::case::Looked;
use crate::extract::Named;
use crate::problem::Problem;

/// So many acts that are open, and so much of what happened, stand on the overview.
const FEW: usize = 6;
/// So many stages of a track are shown; of a longer way, the last.
const STAGES: usize = 6;

#[derive(Template)]
#[template(path = "console/case/overview.html")]
struct OverviewPage {
    frame: Frame,
    head: Head,
    tracks: Vec<Way>,
    owed: Vec<Owed>,
    awaiting: usize,
    acts: Vec<Act>,
    more_acts: usize,
    limits: Vec<Limit>,
    needed: usize,
    missing: Vec<Lacking>,
    behind: Vec<Markup>,
    upset: Vec<Markup>,
    latest: Vec<Latest>,
}

/// The way of a track so far.
struct Way {
    title: String,
    /// Whether it went anywhere since the case began.
    has_moved: bool,
    earlier: usize,
    stages: Vec<Stage>,
    because: String,
}

struct Stage {
    title: String,
    since: Dated,
    is_now: bool,
    outcome: Option<String>,
}

pub(crate) struct Owed {
    pub(crate) title: String,
    pub(crate) bearer: String,
    pub(crate) since: String,
    pub(crate) basis: String,
}

struct Act {
    title: String,
    by: String,
    path: String,
    basis: String,
    four_eyes: bool,
}

struct Limit {
    sign: Sign,
    title: String,
    says: Markup,
    left: Option<String>,
    follows: Option<Markup>,
    basis: String,
    why: String,
}

struct Lacking {
    title: String,
    says: Markup,
}

struct Latest {
    when: String,
    says: String,
    moved: String,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { desk, looked, frame, head } = shown(desk, &reference, &asks, Tab::Overview).await?;
    let now = desk.app.now();
    let behind = desk.app.engine.behind(&looked.file.known_at(now), now).await?;
    let Looked { file, view } = &looked;
    let sheet = Sheet::new(view, &file.entries);
    let open = open_acts(view, &head.path);
    let (needed, missing) = documents(view);
    answer(&OverviewPage {
        frame,
        tracks: ways(&looked, &sheet),
        owed: owed(view, &sheet),
        awaiting: sheet.awaiting().len(),
        more_acts: open.len().saturating_sub(FEW),
        acts: open.into_iter().take(FEW).collect(),
        limits: limits(view, &head.path),
        needed,
        missing,
        behind: behind.iter().map(|one| whole_sentence(&one.to_string())).collect(),
        upset: view.upset().iter().map(|one| sentence(&one.to_string())).collect(),
        latest: latest(&sheet),
        head,
    })
}

/// What each track went through, and where it stands.
fn ways(looked: &Looked, sheet: &Sheet<'_>) -> Vec<Way> {
    let view = &looked.view;
    let one = |track: &comity_core::TrackView<'_>| {
        let mut stages = way(looked, track.name.as_str());
        let earlier = stages.len().saturating_sub(STAGES);
        stages.drain(..earlier);
        if let Some(last) = stages.last_mut() {
            last.is_now = true;
            last.outcome.clone_from(&track.stage.outcome);
        }
        let has_moved = earlier + stages.len() > 1;
        let because = came_by(sheet, track);
        Way { title: track.track.title.clone(), has_moved, earlier, stages, because }
    };
    view.tracks().iter().map(one).collect()
}

/// What brought a track to where it stands.
fn came_by(sheet: &Sheet<'_>, track: &comity_core::TrackView<'_>) -> String {
    let of_this = |told: &comity_sheet::Told<'_>| told.1.cause == track.stands.cause;
    let told = sheet.story().into_iter().rev().find(of_this);
    let Some((procedure, happening)) = told else { return sheet.cause(track.stands.cause) };
    // An act by its title alone: what was given with it stands in the timeline.
    if let comity_core::Happened::Act(act) = happening.what
        && let Some(act) = procedure.acts().get(act)
    {
        return act.title.clone();
    }
    sheet.what((procedure, happening))
}

fn way(looked: &Looked, name: &str) -> Vec<Stage> {
    let (view, zone) = (&looked.view, &looked.file.procedure.home().zone);
    let mut stages: Vec<Stage> = Vec::new();
    let mut reach = |title: Option<String>, when| {
        let is_new = |title: &String| stages.last().is_none_or(|last| last.title != *title);
        if let Some(title) = title.filter(is_new) {
            stages.push(Stage { title, since: Dated::when(when, zone), is_now: false, outcome: None });
        }
    };
    for chapter in view.chapters() {
        let tracks = chapter.procedure.tracks();
        let Some(id) = tracks.find(name) else { continue };
        let title = |stage| Some(tracks.get(id)?.stages.get(stage)?.title.clone());
        let begun =
            chapter.begun.map_or(looked.file.opening.since, |(_, at)| comity_core::time::When::At(at));
        reach(chapter.stage_at_first(id).and_then(title), begun);
        for happening in chapter.happenings {
            let to = happening.moved.iter().filter(|moved| moved.track == id);
            to.for_each(|moved| reach(title(moved.to), happening.when));
        }
    }
    stages
}

/// What is owed and not done.
pub(crate) fn owed(view: &View, sheet: &Sheet<'_>) -> Vec<Owed> {
    let open = view.obligations().into_iter().filter(|one| one.owed.met.is_none());
    let one = |one: comity_core::ObligationView<'_>| Owed {
        title: one.obligation.title.clone(),
        bearer: one.bearer.1.title.clone(),
        since: Dated::when(one.owed.since, sheet.zone()).words,
        basis: one.obligation.basis.to_string(),
    };
    open.map(one).collect()
}

fn open_acts(view: &View, path: &str) -> Vec<Act> {
    let open = view.acts().into_iter().filter(comity_core::ActView::is_open);
    let one = |act: comity_core::ActView<'_>| Act {
        title: act.act.title.clone(),
        by: by_titles(&act),
        path: format!("{path}/record/act?of={}", segment(act.name.as_str())),
        basis: act.basis().to_string(),
        four_eyes: act.act.four_eyes,
    };
    open.map(one).collect()
}

/// What ran out and is still open, and what runs, the soonest first.
fn limits(view: &View, path: &str) -> Vec<Limit> {
    let now = view.asked().at;
    let why = |clock: &str| format!("{path}/clocks/{}", segment(clock));
    let over = view.overdue().into_iter().map(|one| Limit {
        sign: RAN_OUT,
        title: one.clock.clock.title.clone(),
        says: sentence(&comity_core::moment_in_words(one.since, one.clock.zone))
            .within("Ran out <strong>", "</strong>."),
        left: None,
        follows: Some(whole_sentence(&one.follows)),
        basis: one.clock.clock.basis.to_string(),
        why: why(one.clock.name.as_str()),
    });
    let running = view.clocks().into_iter().filter_map(|clock| {
        let cycle = clock.last().filter(|cycle| cycle.status == comity_core::CycleStatus::Running)?;
        let ends = cycle.end.moment();
        let explained = explain_run(view, &clock, cycle);
        let follows = explained.steps.into_iter().find(|step| step.about == "if it runs out");
        let last = cycle.end.last_day().or_else(|| ends.map(|ends| clock.zone.day_until(ends)));
        let sign = last.map_or(STILL, |last| how_soon(clock.zone.day_at(now).days_until(last)));
        let says = comity_sheet::words::ending(&cycle.end, &cycle.status, clock.zone, now);
        // The instant in UTC and what is left are told elsewhere.
        let says = says.split(" = ").next().unwrap_or_default().to_owned();
        let limit = Limit {
            sign,
            title: clock.clock.title.clone(),
            says: whole_sentence(&says),
            left: left(&cycle.end, clock.zone, now),
            follows: follows.map(|step| whole_sentence(&format!("if it runs out: {}", step.says))),
            basis: clock.clock.basis.to_string(),
            why: why(clock.name.as_str()),
        };
        Some((ends.unwrap_or(comity_core::time::Moment::MAX), limit))
    });
    let mut running: Vec<_> = running.collect();
    running.sort_by_key(|(ends, _)| *ends);
    over.chain(running.into_iter().map(|(_, limit)| limit)).collect()
}

/// How many documents are needed, and which of them lack something.
fn documents(view: &View) -> (usize, Vec<Lacking>) {
    let documents = view.documents();
    let needed = documents.iter().filter(|one| one.needed == Truth::True);
    let missing = documents.iter().filter(|one| one.needed == Truth::True).filter_map(|one| {
        let says = sentence(one.missing.as_deref()?);
        Some(Lacking { title: one.document.title.clone(), says })
    });
    (needed.count(), missing.collect())
}

fn latest(sheet: &Sheet<'_>) -> Vec<Latest> {
    let story = sheet.story();
    let last = story.into_iter().rev().take(FEW).map(|told| Latest {
        when: date(told.1.when, sheet.zone()),
        says: sheet.what(told),
        moved: moved(told),
    });
    last.collect()
}

/// The tracks that moved, by their titles.
pub(crate) fn moved((procedure, happening): comity_sheet::Told<'_>) -> String {
    let titles = happening.moved.iter().filter_map(|moved| {
        let track = procedure.tracks().get(moved.track)?;
        Some(format!("{}: {}", track.title, track.stages.get(moved.to)?.title))
    });
    titles.collect::<Vec<String>>().join(", ")
}
