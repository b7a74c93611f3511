//! Clocks: every limit of the procedure, and how each of its dates was reached.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::procedure::ClockStanding;
use comity_core::{ClockView, Cycle, CycleStatus, View, explain_run};
use comity_sheet::words::{ending, left, provisions};

use super::super::cases::how_soon;
use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::sign::{KEPT, PLAIN, RAN_OUT, STILL, Sign};
use super::super::words::{Cited, Markup, cited, segment, whole_sentence};
use super::{Asks, Head, Shown, Tab, shown};
use crate::extract::Named;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/case/clocks.html")]
struct ClocksPage {
    frame: Frame,
    head: Head,
    clocks: Vec<ClockPart>,
    waiting: Vec<ClockPart>,
}

#[derive(Template)]
#[template(path = "console/case/why.html")]
struct WhyPage {
    frame: Frame,
    head: Head,
    clock: ClockPart,
}

/// A clock with its runs, the last first.
struct ClockPart {
    id: String,
    title: String,
    sign: Sign,
    basis: String,
    provisions: Vec<Cited>,
    zone: String,
    path: String,
    runs: Vec<Run>,
}

/// One run, and how its end was reached.
struct Run {
    number: usize,
    says: Markup,
    left: Option<String>,
    ends: Option<String>,
    steps: Vec<(String, Markup)>,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { looked, frame, head, .. } = shown(desk, &reference, &asks, Tab::Clocks).await?;
    let parts = looked.view.clocks();
    let parts = parts.iter().map(|clock| part(&looked.view, clock, &head.path));
    let (clocks, waiting) = parts.partition(|part| !part.runs.is_empty());
    answer(&ClocksPage { frame, head, clocks, waiting })
}

/// Why one date is what it is, on a page of its own that can be printed and sent.
pub(crate) async fn why(
    desk: Desk,
    Named((reference, clock)): Named<(String, String)>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { looked, mut frame, head, .. } = shown(desk, &reference, &asks, Tab::Clocks).await?;
    let found = looked.view.clock(&clock).ok_or_else(|| Problem::not_found("clock"))?;
    let clock = part(&looked.view, &found, &head.path);
    frame.title = format!("{}: {}", head.reference, clock.title);
    answer(&WhyPage { frame, head, clock })
}

fn part(view: &View, clock: &ClockView<'_>, path: &str) -> ClockPart {
    let runs = clock.cycles.iter().enumerate().rev();
    ClockPart {
        id: clock.name.to_string(),
        title: clock.clock.title.clone(),
        sign: sign(view, clock),
        basis: clock.clock.basis.to_string(),
        provisions: cited(&provisions(&clock.clock.basis, view.procedure())),
        zone: clock.zone.name().to_owned(),
        path: format!("{path}/clocks/{}", segment(clock.name.as_str())),
        runs: runs.map(|(index, cycle)| run(view, clock, cycle, index + 1)).collect(),
    }
}

fn run(view: &View, clock: &ClockView<'_>, cycle: &Cycle, number: usize) -> Run {
    let (explained, now) = (explain_run(view, clock, cycle), view.asked().at);
    let says = ending(&cycle.end, &cycle.status, clock.zone, now);
    // The instant in UTC stands apart, and so does what is left.
    let says = match cycle.status {
        CycleStatus::Running => says.split(" = ").next().unwrap_or_default().to_owned(),
        CycleStatus::Met { .. }
        | CycleStatus::RanOut { .. }
        | CycleStatus::Cured { .. }
        | CycleStatus::SwitchedOff { .. }
        | CycleStatus::Replaced { .. } => says,
    };
    Run {
        number,
        says: whole_sentence(&says),
        left: left(&cycle.end, clock.zone, now).filter(|_| cycle.status == CycleStatus::Running),
        ends: explained.ends.map(|ends| ends.to_string()),
        steps: explained
            .steps
            .into_iter()
            .map(|step| (capital(step.about), whole_sentence(&step.says)))
            .collect(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How a clock stands.
fn sign(view: &View, clock: &ClockView<'_>) -> Sign {
    match clock.standing {
        ClockStanding::Running => {
            let last = clock.last().and_then(|cycle| {
                let ends = cycle.end.moment()?;
                Some(cycle.end.last_day().unwrap_or_else(|| clock.zone.day_until(ends)))
            });
            let today = clock.zone.day_at(view.asked().at);
            last.map_or(STILL.saying("no last day yet"), |last| {
                how_soon(today.days_until(last)).saying("running")
            })
        }
        ClockStanding::Stopped => STILL,
        ClockStanding::Met => KEPT,
        ClockStanding::RanOut => RAN_OUT,
        ClockStanding::Cured => KEPT.saying("put right"),
        ClockStanding::SwitchedOff => PLAIN.saying("switched off"),
        ClockStanding::NotStarted => PLAIN.saying("not started"),
    }
}
