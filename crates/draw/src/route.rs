//! The way of an arrow. It passes a rank upright and slants only between ranks, so that it never runs through what stands
//! beside it in the rank.

use std::collections::BTreeMap;

use comity_core::procedure::StageId;

use crate::plan::{Area, Point, StageBox};
use crate::style::STUB;

/// An arrow as the layout gave it: a point in each rank that it passes.
pub(crate) struct Raw {
    pub(crate) from: StageId,
    pub(crate) to: StageId,
    pub(crate) points: Vec<Point>,
}

/// How high each rank is. Everything in a rank has its middle at one height.
pub(crate) struct Bands(BTreeMap<i64, f64>);

impl Bands {
    /// The ranks in which `areas` stand.
    pub(crate) fn of<'a>(areas: impl Iterator<Item = &'a Area>) -> Self {
        let mut bands = BTreeMap::new();
        for area in areas {
            let high = bands.entry(rank(area.y + area.height / 2.0)).or_insert(0.0_f64);
            *high = high.max(area.height);
        }
        Self(bands)
    }

    /// The upper and the lower edge of the rank with its middle at `y`.
    fn edges(&self, y: f64) -> (f64, f64) {
        let half = self.0.get(&rank(y)).copied().unwrap_or_default() / 2.0;
        (y - half, y + half)
    }
}

/// A height, to the hundredth: the layout adds up what a computer rounds.
#[expect(clippy::cast_possible_truncation, reason = "the heights of a page; a cast saturates")]
fn rank(y: f64) -> i64 {
    (y * 100.0).round() as i64
}

/// An end of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    From,
    To,
}

/// What ends on an edge of a box: how far right it goes on, which arrow, and which end of it.
type Ends = Vec<(f64, usize, End)>;

/// Where on the edge of its boxes each arrow ends.
pub(crate) struct Ports(BTreeMap<(usize, End), f64>);

impl Ports {
    /// Spreads the arrows on each edge of each box, in the order of where they go.
    pub(crate) fn of(raws: &[Raw], boxes: &[StageBox]) -> Self {
        let mut edges: BTreeMap<(StageId, bool), Ends> = BTreeMap::new();
        for (place, raw) in raws.iter().enumerate().filter(|(_, raw)| raw.from != raw.to) {
            for (end, stage, next) in
                [(End::From, raw.from, raw.points.get(1)), (End::To, raw.to, before_last(raw))]
            {
                let (Some(area), Some(next)) = (area_of(boxes, stage), next) else { continue };
                edges.entry((stage, is_below(next, area))).or_default().push((next.x, place, end));
            }
        }
        let mut ports = BTreeMap::new();
        for ((stage, _), mut ends) in edges {
            let Some(area) = area_of(boxes, stage) else { continue };
            ends.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            for (port, (_, arrow, end)) in spread(area, &ends).zip(&ends) {
                ports.insert((*arrow, *end), port);
            }
        }
        Self(ports)
    }

    /// The way of the arrow at `place`.
    pub(crate) fn route(&self, place: usize, raw: &Raw, boxes: &[StageBox], bands: &Bands) -> Vec<Point> {
        let ends = (area_of(boxes, raw.from), area_of(boxes, raw.to));
        let ports = (self.0.get(&(place, End::From)), self.0.get(&(place, End::To)));
        let ((Some(from), Some(to)), (Some(leaves), Some(arrives))) = (ends, ports) else {
            return raw.points.clone();
        };
        let inner = raw.points.get(1..raw.points.len().saturating_sub(1)).unwrap_or_default();
        let down = raw.points.get(1).is_some_and(|next| is_below(next, from));
        let mut points = stub(*leaves, from, down, bands);
        for point in inner {
            let (top, bottom) = bands.edges(point.y);
            let (first, last) = if down { (top, bottom) } else { (bottom, top) };
            points.extend([Point { x: point.x, y: first }, Point { x: point.x, y: last }]);
        }
        let mut last = stub(*arrives, to, !down, bands);
        last.reverse();
        points.extend(last);
        points.dedup();
        points
    }
}

/// From the edge of a box, out of its rank and a little further.
fn stub(x: f64, area: &Area, down: bool, bands: &Bands) -> Vec<Point> {
    let (top, bottom) = bands.edges(area.y + area.height / 2.0);
    if down {
        vec![Point { x, y: area.bottom() }, Point { x, y: bottom + STUB }]
    } else {
        vec![Point { x, y: area.y }, Point { x, y: top - STUB }]
    }
}

/// Evenly along an edge; one alone goes straight where it can.
fn spread(area: &Area, ends: &[(f64, usize, End)]) -> impl Iterator<Item = f64> + use<> {
    let (left, width) = (area.x + STUB, area.width - 2.0 * STUB);
    let alone = match ends {
        [(x, _, _)] => Some(x.clamp(left, left + width)),
        _ => None,
    };
    let count = u32::try_from(ends.len()).unwrap_or(u32::MAX);
    (0..count)
        .map(move |place| alone.unwrap_or_else(|| left + width * (f64::from(place) + 0.5) / f64::from(count)))
}

fn before_last(raw: &Raw) -> Option<&Point> {
    raw.points.len().checked_sub(2).and_then(|place| raw.points.get(place))
}

fn is_below(point: &Point, area: &Area) -> bool {
    point.y > area.y + area.height / 2.0
}

fn area_of(boxes: &[StageBox], stage: StageId) -> Option<&Area> {
    boxes.iter().find(|one| one.stage == stage).map(|one| &one.area)
}
