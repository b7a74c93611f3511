//! A picture with the place of everything in it.

use comity_core::procedure::{StageId, TrackId};

pub use crate::style::Weight;

/// A picture, laid out.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
    /// Its lanes, in the order of the diagram.
    pub lanes: Vec<PlacedLane>,
    /// The top of what stands below the lanes.
    pub foot: f64,
}

/// A place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// A rectangle by its left upper corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// A lane with everything in it, in the coordinates of the picture.
#[derive(Clone, Debug)]
pub struct PlacedLane {
    /// The track.
    pub track: TrackId,
    /// The lane itself.
    pub area: Area,
    /// Its stages, in the order of the diagram.
    pub boxes: Vec<StageBox>,
    /// Its arrows.
    pub arrows: Vec<Arrow>,
    /// Where the part for outcomes begins, if the track has any.
    pub outcomes_from: Option<f64>,
}

/// A stage.
#[derive(Clone, Debug)]
pub struct StageBox {
    /// Which.
    pub stage: StageId,
    /// Its place.
    pub area: Area,
    /// What is written in it.
    pub lines: Vec<TextLine>,
}

/// An arrow, with the moves that it stands for.
#[derive(Clone, Debug)]
pub struct Arrow {
    /// From where.
    pub from: StageId,
    /// Where to.
    pub to: StageId,
    /// Where it runs.
    pub points: Vec<Point>,
    /// The place of its label.
    pub label: Area,
    /// The label: one for each move.
    pub moves: Vec<MoveLabel>,
}

/// What is written of one move.
#[derive(Clone, Debug)]
pub struct MoveLabel {
    /// Its place in the list of the lane's moves.
    pub place: usize,
    /// What is written.
    pub lines: Vec<TextLine>,
}

/// A line of text, by the middle of its base line.
#[derive(Clone, Debug)]
pub struct TextLine {
    /// What it says.
    pub text: String,
    /// How it is set.
    pub weight: Weight,
    /// The middle of its base line.
    pub at: Point,
}

impl Area {
    /// Its right edge.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Its lower edge.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The area around a middle.
    pub(crate) fn around(x: f64, y: f64, (width, height): (f64, f64)) -> Self {
        Self { x: x - width / 2.0, y: y - height / 2.0, width, height }
    }

    fn move_by(&mut self, by: Point) {
        self.x += by.x;
        self.y += by.y;
    }
}

impl Point {
    fn move_by(&mut self, by: Self) {
        self.x += by.x;
        self.y += by.y;
    }
}

impl PlacedLane {
    /// Moves the lane and everything in it.
    pub(crate) fn move_by(&mut self, by: Point) {
        self.area.move_by(by);
        for one in &mut self.boxes {
            one.area.move_by(by);
            one.lines.iter_mut().for_each(|line| line.at.move_by(by));
        }
        for arrow in &mut self.arrows {
            arrow.label.move_by(by);
            arrow.points.iter_mut().for_each(|point| point.move_by(by));
            let lines = arrow.moves.iter_mut().flat_map(|one| &mut one.lines);
            lines.for_each(|line| line.at.move_by(by));
        }
        self.outcomes_from = self.outcomes_from.map(|y| y + by.y);
    }
}
