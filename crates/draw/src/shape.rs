//! What is written in a box or beside an arrow, and how much room it takes.

use crate::diagram::{Lane, Move, Stop};
use crate::marks::{Mark, Marks};
use crate::plan::{Area, MoveLabel, Point, TextLine, Weight};
use crate::style::{BETWEEN_MOVES, BOX_LEAST, BOX_PADDING, BOX_TEXT, LABEL_PADDING, LABEL_TEXT};
use crate::text;

/// Text that has no place yet, in parts that are set apart a little.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    parts: Vec<Vec<(String, Weight)>>,
    padding: f64,
    least: f64,
}

impl Shape {
    /// A stage.
    pub(crate) fn of_stop(lane: &Lane, stop: &Stop, marks: &Marks) -> Self {
        let mut lines = broken(&stop.title, Weight::Strong, BOX_TEXT);
        if stop.opens {
            lines.extend(broken("opens here", Weight::Small, BOX_TEXT));
        }
        if let Some(outcome) = &stop.outcome {
            lines.extend(broken(&format!("outcome: {outcome}"), Weight::Small, BOX_TEXT));
        }
        lines.extend(marked(marks.of_stage(lane.track, stop.stage), BOX_TEXT));
        Self { parts: vec![lines], padding: BOX_PADDING, least: BOX_LEAST }
    }

    /// The moves of one arrow.
    pub(crate) fn of_moves(moves: &[&Move], marks: &Marks) -> Self {
        let part = |one: &&Move| {
            let mut lines = broken(&one.title, Weight::Plain, LABEL_TEXT);
            lines.extend(broken(&one.basis, Weight::Small, LABEL_TEXT));
            lines.extend(marked(marks.of_step(one.step), LABEL_TEXT));
            lines
        };
        Self { parts: moves.iter().map(part).collect(), padding: LABEL_PADDING, least: 0.0 }
    }

    /// Width and height.
    pub(crate) fn size(&self) -> (f64, f64) {
        let lines = self.parts.iter().flatten();
        let widest = lines.clone().map(|(text, weight)| text::width(text, weight.size())).fold(0.0, f64::max);
        let gaps = (1..self.parts.len()).map(|_| BETWEEN_MOVES).sum::<f64>();
        let high = lines.map(|(_, weight)| weight.leading()).sum::<f64>() + gaps;
        ((widest + 2.0 * self.padding).max(self.least), high + 2.0 * self.padding)
    }

    /// The lines of each part, within `area`.
    pub(crate) fn placed(&self, area: Area) -> Vec<Vec<TextLine>> {
        let x = area.x + area.width / 2.0;
        let mut y = area.y + self.padding;
        let mut parts = Vec::new();
        for part in &self.parts {
            let mut lines = Vec::new();
            for (text, weight) in part {
                // Three quarters of a line lie above its base.
                let at = Point { x, y: y + weight.leading() * 0.78 };
                lines.push(TextLine { text: text.clone(), weight: *weight, at });
                y += weight.leading();
            }
            y += BETWEEN_MOVES;
            parts.push(lines);
        }
        parts
    }

    /// The labels of the moves, whose places in the list of the lane's moves are `places`.
    pub(crate) fn labels(&self, area: Area, places: &[usize]) -> Vec<MoveLabel> {
        let parts = places.iter().zip(self.placed(area));
        parts.map(|(place, lines)| MoveLabel { place: *place, lines }).collect()
    }
}

fn broken(text: &str, weight: Weight, most: f64) -> Vec<(String, Weight)> {
    text::lines(&text::clean(text), weight.size(), most).into_iter().map(|line| (line, weight)).collect()
}

fn marked(mark: Option<Mark>, most: f64) -> Vec<(String, Weight)> {
    mark.map(|mark| broken(mark.words(), Weight::Small, most)).unwrap_or_default()
}
