//! Where things lie: nothing covers anything, and nothing leaves its lane.

use std::fmt::Write as _;

use comity_core::procedure::StageId;
use comity_core::table::Id;
use comity_draw::{Area, Diagram, Marks, PlacedLane, Plan, Point, plan};

use crate::common::{diagrams, procedure};

/// What may be lost to rounding.
const SLACK: f64 = 0.05;

#[track_caller]
fn check(diagram: &Diagram) {
    let plan = plan(diagram, &Marks::none()).unwrap();
    assert_eq!(plan.lanes.len(), diagram.lanes.len());
    let page = Area { x: 0.0, y: 0.0, width: plan.width, height: plan.height };
    for (number, lane) in plan.lanes.iter().enumerate() {
        assert!(holds(&page, &lane.area), "{}: a lane leaves the page", diagram.name);
        for other in &plan.lanes[number + 1..] {
            assert!(!overlap(&lane.area, &other.area), "{}: two lanes overlap", diagram.name);
        }
        in_lane(diagram, lane);
        apart(diagram, lane);
        lines_keep_clear(diagram, lane);
        ends_meet(diagram, lane);
    }
    everything_is_there(diagram, &plan);
}

fn in_lane(diagram: &Diagram, lane: &PlacedLane) {
    for area in areas(lane) {
        assert!(holds(&lane.area, &area), "{}: {area:?} leaves {:?}", diagram.name, lane.area);
    }
    for point in lane.arrows.iter().flat_map(|arrow| &arrow.points) {
        let area = Area { x: point.x, y: point.y, width: 0.0, height: 0.0 };
        assert!(holds(&lane.area, &area), "{}: an arrow leaves its lane at {point:?}", diagram.name);
    }
    for (outer, lines) in lane.boxes.iter().map(|one| (&one.area, &one.lines)) {
        assert!(lines.iter().all(|line| inside(outer, line.at)), "{}: text leaves its box", diagram.name);
    }
    for arrow in &lane.arrows {
        let mut lines = arrow.moves.iter().flat_map(|one| &one.lines);
        assert!(lines.all(|line| inside(&arrow.label, line.at)), "{}: text leaves its label", diagram.name);
    }
}

fn apart(diagram: &Diagram, lane: &PlacedLane) {
    let all = areas(lane);
    for (number, area) in all.iter().enumerate() {
        for other in &all[number + 1..] {
            assert!(!overlap(area, other), "{}: {area:?} and {other:?} overlap", diagram.name);
        }
    }
    let drawn = diagram.lanes.iter().find(|one| one.track == lane.track).unwrap();
    let is_outcome = |stage| drawn.stop(stage).unwrap().outcome.is_some();
    let (outcomes, open): (Vec<_>, Vec<_>) = lane.boxes.iter().partition(|one| is_outcome(one.stage));
    for outcome in &outcomes {
        let from = lane.outcomes_from.unwrap();
        assert!(outcome.area.y > from, "{}: an outcome does not lie below the line", diagram.name);
        assert!(
            open.iter().all(|one| one.area.bottom() < from),
            "{}: a stage lies among the outcomes of {}",
            diagram.name,
            drawn.name
        );
    }
}

/// An arrow touches no label but its own, and no box but where it begins and ends.
fn lines_keep_clear(diagram: &Diagram, lane: &PlacedLane) {
    for (number, arrow) in lane.arrows.iter().enumerate() {
        let boxes = lane.boxes.iter().map(|one| one.area);
        let labels = lane.arrows.iter().enumerate().filter(|(other, _)| *other != number);
        for area in boxes.chain(labels.map(|(_, other)| other.label)) {
            for pair in arrow.points.windows(2) {
                assert!(
                    !runs_through(pair[0], pair[1], &area),
                    "{}: the arrow at {:?} runs through {area:?}",
                    diagram.name,
                    arrow.label
                );
            }
        }
    }
}

fn ends_meet(diagram: &Diagram, lane: &PlacedLane) {
    let edge = |stage| lane.boxes.iter().find(|one| one.stage == stage).unwrap().area;
    for arrow in &lane.arrows {
        let (first, last) = (arrow.points.first().unwrap(), arrow.points.last().unwrap());
        assert!(touches(&edge(arrow.from), *first), "{}: an arrow begins nowhere", diagram.name);
        assert!(touches(&edge(arrow.to), *last), "{}: an arrow ends nowhere", diagram.name);
    }
}

fn everything_is_there(diagram: &Diagram, plan: &Plan) {
    for (lane, placed) in diagram.lanes.iter().zip(&plan.lanes) {
        assert_eq!(placed.boxes.len(), lane.stops.len());
        let mut drawn: Vec<usize> =
            placed.arrows.iter().flat_map(|arrow| &arrow.moves).map(|one| one.place).collect();
        drawn.sort_unstable();
        assert_eq!(drawn, (0..lane.moves.len()).collect::<Vec<_>>(), "{}: a move is not drawn", diagram.name);
    }
}

fn areas(lane: &PlacedLane) -> Vec<Area> {
    lane.boxes.iter().map(|one| one.area).chain(lane.arrows.iter().map(|arrow| arrow.label)).collect()
}

fn holds(outer: &Area, inner: &Area) -> bool {
    inner.x >= outer.x - SLACK
        && inner.y >= outer.y - SLACK
        && inner.right() <= outer.right() + SLACK
        && inner.bottom() <= outer.bottom() + SLACK
}

fn inside(outer: &Area, at: Point) -> bool {
    at.x >= outer.x && at.x <= outer.right() && at.y >= outer.y && at.y <= outer.bottom()
}

fn overlap(one: &Area, other: &Area) -> bool {
    one.x < other.right() - SLACK
        && other.x < one.right() - SLACK
        && one.y < other.bottom() - SLACK
        && other.y < one.bottom() - SLACK
}

fn touches(area: &Area, at: Point) -> bool {
    holds(area, &Area { x: at.x, y: at.y, width: 0.0, height: 0.0 })
        && ((at.y - area.y).abs() < 1.0
            || (at.y - area.bottom()).abs() < 1.0
            || (at.x - area.x).abs() < 1.0
            || (at.x - area.right()).abs() < 1.0)
}

/// Whether the line from `one` to `other` passes the inside of an area. Looked at in many small steps.
fn runs_through(one: Point, other: Point, area: &Area) -> bool {
    (0..=400).any(|step| {
        let part = f64::from(step) / 400.0;
        let at = Point { x: one.x + (other.x - one.x) * part, y: one.y + (other.y - one.y) * part };
        at.x > area.x + SLACK
            && at.x < area.right() - SLACK
            && at.y > area.y + SLACK
            && at.y < area.bottom() - SLACK
    })
}

#[test]
fn in_every_shipped_procedure_nothing_covers_anything() {
    diagrams().iter().for_each(check);
}

/// Fifteen stages of which every open one may go to every other: all that a layout can meet.
#[test]
fn where_every_stage_leads_to_every_other_nothing_covers_anything() {
    let stages: String = (0..12)
        .map(|number| {
            if number == 0 {
                "first: The first".to_owned()
            } else {
                format!("s{number}: Stage number {number}")
            }
        })
        .chain((12..15).map(|number| format!("s{number}: {{title: The end {number}, final: ended}}")))
        .fold(String::new(), |all, line| all + "      " + &line + "\n");
    let name = |number: usize| if number == 0 { "first".to_owned() } else { format!("s{number}") };
    let mut acts = String::new();
    for to in 1..15 {
        let from: Vec<String> = (0..12).filter(|from| *from != to).map(name).collect();
        let _ = write!(
            acts,
            "  to-{to}:\n    title: The court sends it on to the stage with the number {to} without more ado\n    \
             by: requested/court\n    moves: {{road: {} -> s{to}}}\n    cite: treaty 1\n",
            from.join(" or ")
        );
    }
    let loaded = procedure("Every way", &stages, &acts);
    check(&Diagram::of(&loaded.procedure));
}

#[test]
fn long_words_and_wide_letters_stay_in_their_boxes() {
    let stages = format!(
        "      first: {}\n      end: {{title: 범죄인 인도 청구 절차의 종료 범죄인인도청구절차의종료범죄인인도청구절차의종료, final: done}}\n",
        "Auslieferungsverfahrensverordnung".repeat(4)
    );
    let acts = "  done:\n    title: WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW mmmmmmmmmmmmmmmmmmmmmmmmmm\n    \
                by: requested/court\n    moves: {road: first -> end}\n    cite: treaty 1\n";
    check(&Diagram::of(&procedure("Long words", &stages, acts).procedure));
}

#[test]
fn an_act_that_leads_back_to_its_own_stage_is_drawn() {
    let stages = "      first: Open\n      end: {title: Over, final: done}\n";
    let acts = "  again:\n    title: It begins again\n    by: requested/court\n    moves: {road: first -> first}\n    cite: treaty 1\n  \
                done:\n    title: It ends\n    by: requested/court\n    moves: {road: first -> end}\n    cite: treaty 1\n";
    check(&Diagram::of(&procedure("Again", stages, acts).procedure));
}

/// Nobody waits for a picture that nobody could read.
#[test]
fn a_track_too_large_for_a_picture_is_refused_with_what_to_do() {
    let mut diagram = diagrams().swap_remove(0);
    let (lane, one) = (diagram.lanes[0].clone(), diagram.lanes[0].moves[0].clone());
    let stage = |number: u16| StageId::from_index(number);
    let stops = (0..150).map(|number| comity_draw::Stop { stage: stage(number), ..lane.stops[0].clone() });
    let pairs = (0..150).flat_map(|from| (0..150).map(move |to| (from, to))).filter(|(from, to)| from != to);
    let moves = pairs.map(|(from, to)| comity_draw::Move {
        step: comity_draw::Step { from: stage(from), to: stage(to), ..one.step },
        ..one.clone()
    });
    diagram.lanes = vec![comity_draw::Lane { stops: stops.collect(), moves: moves.collect(), ..lane }];
    let refused = plan(&diagram, &Marks::none()).unwrap_err().to_string();
    assert!(
        refused.contains("150 stages and 22350 moves") && refused.contains("dot or mermaid"),
        "{refused}"
    );
}
