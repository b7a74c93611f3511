//! Lanes on a page: side by side where they fit, in the author's order.

use crate::plan::{PlacedLane, Plan, Point};
use crate::style::{ACROSS, BETWEEN_LANES, MARGIN, UPRIGHT};

/// Puts lanes below a heading of the height `head`, and leaves `foot` below them.
pub(crate) fn pack(mut lanes: Vec<PlacedLane>, head: f64, foot: f64) -> Plan {
    let widest = lanes.iter().map(|lane| lane.area.width).fold(0.0, f64::max);
    let page = if widest + 2.0 * MARGIN <= UPRIGHT { UPRIGHT } else { (widest + 2.0 * MARGIN).max(ACROSS) };
    let (mut x, mut y, mut high, mut right) = (MARGIN, MARGIN + head, 0.0_f64, 0.0_f64);
    for lane in &mut lanes {
        if x > MARGIN && x + lane.area.width + MARGIN > page {
            (x, y, high) = (MARGIN, y + high + BETWEEN_LANES, 0.0);
        }
        lane.move_by(Point { x: x - lane.area.x, y: y - lane.area.y });
        right = right.max(lane.area.right());
        high = high.max(lane.area.height);
        x += lane.area.width + BETWEEN_LANES;
    }
    let foot_at = y + high + BETWEEN_LANES;
    Plan { width: (right + MARGIN).max(UPRIGHT), height: foot_at + foot + MARGIN, lanes, foot: foot_at }
}
