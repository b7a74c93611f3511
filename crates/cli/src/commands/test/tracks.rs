//! The tracks of a procedure on the page of a report: each as a picture that shows what is crossed, and beside it the same
//! as tables.

use comity_draw::{Cause, Diagram, Lane, Mark, Marks, Move, Step, Stop, svg};
use comity_testkit::{By, Kind, Way};

use super::coverage::Covered;
use super::html::{self, Sign};

/// What a page of A4 holds of a picture, in millimetres, beside a heading and what stands below. The template says the same.
const UPRIGHT: (f64, f64) = (190.0, 240.0);
/// See [`UPRIGHT`].
const ACROSS: (f64, f64) = (277.0, 165.0);

/// One track.
pub(super) struct TrackPart {
    pub(super) title: String,
    /// The picture as an SVG element that needs nothing else, or why there is none.
    pub(super) picture: Result<String, String>,
    /// How it lies on paper.
    pub(super) lies: &'static str,
    pub(super) stages: Vec<StageRow>,
    pub(super) moves: Vec<MoveRow>,
}

/// One stage.
pub(super) struct StageRow {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) outcome: String,
    pub(super) sign: Sign,
}

/// One move from one stage to another.
pub(super) struct MoveRow {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) cause: String,
    pub(super) when: String,
    pub(super) basis: String,
    pub(super) sign: Sign,
}

/// Every track, in the author's order.
pub(super) fn tracks(covered: &Covered) -> Vec<TrackPart> {
    let diagram = Diagram::of(&covered.loaded);
    let part = |one: Diagram| {
        let lane = one.lanes.first()?;
        let marks = marks(covered, lane);
        Some(TrackPart {
            title: lane.title.clone(),
            picture: svg(&one, &marks).map_err(|error| error.to_string()),
            lies: lies(&one, &marks),
            stages: lane.stops.iter().map(|stop| stage(covered, lane, stop)).collect(),
            moves: lane.moves.iter().map(|a_move| row(covered, lane, a_move)).collect(),
        })
    };
    diagram.by_track().filter_map(part).collect()
}

/// How a picture is the larger on paper.
fn lies(diagram: &Diagram, marks: &Marks) -> &'static str {
    let Ok(plan) = comity_draw::plan(diagram, marks) else { return "upright" };
    let part = |(width, height): (f64, f64)| (width / plan.width).min(height / plan.height);
    if part(ACROSS) > part(UPRIGHT) { "across" } else { "upright" }
}

/// Everything in a lane stands out, crossed or not.
fn marks(covered: &Covered, lane: &Lane) -> Marks {
    let mark = |is_crossed: bool| if is_crossed { Mark::Crossed } else { Mark::NotCrossed };
    let stages = lane.stops.iter().fold(Marks::none(), |marks, stop| {
        marks.stage(lane.track, stop.stage, mark(has_stood(covered, lane, stop)))
    });
    lane.moves.iter().fold(stages, |marks, one| marks.step(one.step, mark(was_made(covered, one.step))))
}

fn stage(covered: &Covered, lane: &Lane, stop: &Stop) -> StageRow {
    StageRow {
        name: stop.name.clone(),
        title: stop.title.clone(),
        outcome: stop.outcome.clone().unwrap_or_default(),
        sign: html::sign(has_stood(covered, lane, stop)),
    }
}

fn row(covered: &Covered, lane: &Lane, one: &Move) -> MoveRow {
    let title = |stage| lane.stop(stage).map(|stop| stop.title.clone()).unwrap_or_default();
    MoveRow {
        from: title(one.step.from),
        to: title(one.step.to),
        cause: one.title.clone(),
        when: one.when.clone().unwrap_or_default(),
        basis: one.basis.clone(),
        sign: html::sign(was_made(covered, one.step)),
    }
}

fn has_stood(covered: &Covered, lane: &Lane, stop: &Stop) -> bool {
    let name = format!("{}.{}", lane.name, stop.name);
    covered.points.iter().any(|point| point.kind == Kind::Stage && point.name == name && point.is_crossed)
}

fn was_made(covered: &Covered, step: Step) -> bool {
    let is_it = |way: &&Way| {
        let cause = match way.by {
            By::Act(act) => Cause::Act(act),
            By::Expiry(clock) => Cause::RunsOut(clock),
            By::Condition(condition) => Cause::Holds(condition),
        };
        step == Step { track: way.track, from: way.from, to: way.to, cause }
    };
    covered.ways.iter().any(|way| is_it(&way) && way.is_crossed)
}
