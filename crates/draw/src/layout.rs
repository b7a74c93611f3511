//! From a diagram to the place of everything in it.
//!
//! Tracks share no stage, so each lane is laid out alone: in ranks from top to bottom by `dugong`, outcomes in the last rank.

use std::error::Error;

use comity_core::procedure::StageId;
use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel, WorkControl, WorkError, layout_controlled};

use crate::diagram::{Diagram, Lane, Stop};
use crate::marks::Marks;
use crate::pack::pack;
use crate::plan::{Area, Arrow, PlacedLane, Plan, Point, StageBox, Weight};
use crate::route::{Bands, Ports, Raw};
use crate::shape::Shape;
use crate::style::{
    BESIDE, BESIDE_ARROWS, BETWEEN_RANKS, BOX_PADDING, FOOT, HEAD, LANE_HEADING, LANE_PADDING,
};
use crate::text;

/// The arrows in a lane beyond which nobody could follow one. The longest track that is shipped has a tenth of it.
const MOST_ARROWS: usize = 500;
/// The work after which a layout is given up. A shipped procedure takes a thousandth of it.
const MOST_WORK: usize = 20_000_000;

/// Why a diagram cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[error(
    "the track `{track}` has {stages} stages and {moves} moves, which is too much for one picture; draw it as dot or mermaid"
)]
pub struct DrawError {
    /// The name of the track.
    pub track: String,
    /// How many stages it has.
    pub stages: usize,
    /// How many moves it has.
    pub moves: usize,
    /// What the layout said, if it was begun.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

type LaneGraph = Graph<NodeLabel, EdgeLabel, GraphLabel>;

/// Lays out a diagram.
///
/// # Errors
///
/// Returns [`DrawError`] if a track is too large to be drawn.
pub fn plan(diagram: &Diagram, marks: &Marks) -> Result<Plan, DrawError> {
    let lanes: Result<Vec<PlacedLane>, DrawError> =
        diagram.lanes.iter().map(|lane| Laying::new(lane, marks).lay()).collect();
    Ok(pack(lanes?, HEAD, if marks.used().is_empty() { 0.0 } else { FOOT }))
}

/// A lane that is being laid out.
struct Laying<'a> {
    lane: &'a Lane,
    stops: Vec<(&'a Stop, Shape)>,
    ways: Vec<Way>,
}

/// The moves between two stages.
struct Way {
    from: StageId,
    to: StageId,
    places: Vec<usize>,
    shape: Shape,
}

/// Counts the work of a layout.
struct Budget(usize);

impl WorkControl for Budget {
    fn charge(&mut self, units: usize) -> Result<(), WorkError> {
        self.0 = self.0.checked_sub(units).ok_or(WorkError::Interrupted)?;
        Ok(())
    }
}

impl<'a> Laying<'a> {
    fn new(lane: &'a Lane, marks: &Marks) -> Self {
        let stops = lane.stops.iter().map(|stop| (stop, Shape::of_stop(lane, stop, marks))).collect();
        let ways = lane.ways().into_iter().map(|(from, to, places)| {
            let moves: Vec<_> = places.iter().filter_map(|place| lane.moves.get(*place)).collect();
            Way { from, to, shape: Shape::of_moves(&moves, marks), places }
        });
        Self { lane, stops, ways: ways.collect() }
    }

    /// Lays the lane out, with its left upper corner at the origin.
    fn lay(&self) -> Result<PlacedLane, DrawError> {
        if self.ways.len() > MOST_ARROWS {
            return Err(self.too_large(None));
        }
        let mut budget = Budget(MOST_WORK);
        let mut above: Vec<StageId> = Vec::new();
        loop {
            let mut graph = self.graph(&above);
            layout_controlled(&mut graph, &mut budget)
                .map_err(|source| self.too_large(Some(Box::new(source))))?;
            // Each round adds a stage, so there are no more rounds than stages.
            match self.beside_outcomes(&graph) {
                Some(stage) if !above.contains(&stage) => above.push(stage),
                Some(_) | None => return Ok(self.placed(&graph)),
            }
        }
    }

    fn too_large(&self, source: Option<Box<dyn Error + Send + Sync>>) -> DrawError {
        let (stages, moves) = (self.lane.stops.len(), self.lane.moves.len());
        DrawError { track: self.lane.name.clone(), stages, moves, source }
    }

    /// The lane as a graph, in which every outcome lies below the stages `above`.
    fn graph(&self, above: &[StageId]) -> LaneGraph {
        let mut graph = LaneGraph::new(GraphOptions { directed: true, multigraph: true, compound: false });
        graph.set_graph(GraphLabel {
            nodesep: BESIDE,
            edgesep: BESIDE_ARROWS,
            ranksep: BETWEEN_RANKS,
            ..GraphLabel::default()
        });
        for (stop, shape) in &self.stops {
            let (width, height) = shape.size();
            graph.set_node(key(stop.stage), NodeLabel { width, height, ..NodeLabel::default() });
        }
        for way in &self.ways {
            let (width, height) = way.shape.size();
            let label = EdgeLabel { width, height, weight: 1.0, ..EdgeLabel::default() };
            graph.set_edge_named(key(way.from), key(way.to), None::<String>, Some(label));
        }
        for (outcome, _) in self.stops.iter().filter(|(stop, _)| stop.outcome.is_some()) {
            for stage in above {
                let name = Some("above".to_owned());
                graph.set_edge_named(key(*stage), key(outcome.stage), name, Some(EdgeLabel::default()));
            }
        }
        graph
    }

    /// The lowest stage that is no outcome, if it does not lie above all outcomes.
    fn beside_outcomes(&self, graph: &LaneGraph) -> Option<StageId> {
        let at = |stop: &Stop| graph.node(&key(stop.stage)).and_then(|node| node.y);
        let (outcomes, open): (Vec<_>, Vec<_>) =
            self.stops.iter().partition(|(stop, _)| stop.outcome.is_some());
        let highest = outcomes.iter().filter_map(|(stop, _)| at(stop)).fold(f64::INFINITY, f64::min);
        let below = open.iter().filter_map(|(stop, _)| Some((stop.stage, at(stop)?)));
        let lowest = below.max_by(|one, other| one.1.total_cmp(&other.1))?;
        (lowest.1 >= highest).then_some(lowest.0)
    }

    fn placed(&self, graph: &LaneGraph) -> PlacedLane {
        let boxes = self.boxes(graph);
        let arrows = self.arrows(graph, &boxes);
        let outcomes = self.stops.iter().zip(&boxes).filter(|((stop, _), _)| stop.outcome.is_some());
        let outcomes_from = outcomes.map(|(_, one)| one.area.y).min_by(f64::total_cmp);
        let mut lane = PlacedLane {
            track: self.lane.track,
            area: around(&boxes, &arrows, &self.lane.title),
            boxes,
            arrows,
            // Half way through the gap above them.
            outcomes_from: outcomes_from.map(|y| y - BETWEEN_RANKS / 4.0),
        };
        lane.move_by(Point { x: -lane.area.x, y: -lane.area.y });
        lane
    }

    fn boxes(&self, graph: &LaneGraph) -> Vec<StageBox> {
        let place = |(stop, shape): &(&Stop, Shape)| {
            let node = graph.node(&key(stop.stage));
            let (x, y) = (node.and_then(|node| node.x), node.and_then(|node| node.y));
            let area = Area::around(x.unwrap_or_default(), y.unwrap_or_default(), shape.size());
            StageBox { stage: stop.stage, area, lines: shape.placed(area).into_iter().flatten().collect() }
        };
        self.stops.iter().map(place).collect()
    }

    fn arrows(&self, graph: &LaneGraph, boxes: &[StageBox]) -> Vec<Arrow> {
        let mut raws = Vec::new();
        let mut labels = Vec::new();
        for way in &self.ways {
            let edge = graph.edge(&key(way.from), &key(way.to), None);
            let points = edge.map(|edge| edge.points.iter().map(|at| Point { x: at.x, y: at.y }).collect());
            let (x, y) = (edge.and_then(|edge| edge.x), edge.and_then(|edge| edge.y));
            labels.push(Area::around(x.unwrap_or_default(), y.unwrap_or_default(), way.shape.size()));
            raws.push(Raw { from: way.from, to: way.to, points: points.unwrap_or_default() });
        }
        let bands = Bands::of(boxes.iter().map(|one| &one.area).chain(&labels));
        let ports = Ports::of(&raws, boxes);
        let arrows = self.ways.iter().zip(labels).zip(&raws).enumerate();
        arrows
            .map(|(place, ((way, label), raw))| Arrow {
                from: way.from,
                to: way.to,
                points: ports.route(place, raw, boxes, &bands),
                label,
                moves: way.shape.labels(label, &way.places),
            })
            .collect()
    }
}

/// The area of a lane around everything in it and below its heading.
fn around(boxes: &[StageBox], arrows: &[Arrow], heading: &str) -> Area {
    let areas = boxes.iter().map(|one| one.area).chain(arrows.iter().map(|one| one.label));
    let points = arrows.iter().flat_map(|one| &one.points);
    let points = points.map(|point| Area { x: point.x, y: point.y, width: 0.0, height: 0.0 });
    let all: Vec<Area> = areas.chain(points).collect();
    let least = |of: fn(&Area) -> f64| all.iter().map(of).min_by(f64::total_cmp).unwrap_or_default();
    let most = |of: fn(&Area) -> f64| all.iter().map(of).max_by(f64::total_cmp).unwrap_or_default();
    let (left, top) = (least(|area| area.x), least(|area| area.y));
    let (right, bottom) = (most(Area::right), most(Area::bottom));
    let heading = text::width(&text::clean(heading), Weight::Strong.size()) + 2.0 * BOX_PADDING;
    let width = (right - left + 2.0 * LANE_PADDING).max(heading);
    Area {
        x: (left + right - width) / 2.0,
        y: top - LANE_PADDING - LANE_HEADING,
        width,
        height: bottom - top + 2.0 * LANE_PADDING + LANE_HEADING,
    }
}

/// The name of a stage in the graph: a word, for the library treats numbers in an order of their own.
fn key(stage: StageId) -> String {
    use comity_core::table::Id;
    format!("s{}", stage.index())
}
