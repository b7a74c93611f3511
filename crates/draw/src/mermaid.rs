//! A picture as Mermaid text, for pages that draw it themselves.

use std::fmt::Write as _;

use comity_core::procedure::StageId;
use comity_core::table::Id;

use crate::diagram::{Diagram, Lane, Stop, in_brackets};
use crate::marks::{Mark, Marks};
use crate::text::clean;

/// Writes a procedure as a Mermaid flow chart, with a subgraph for each track.
#[must_use]
pub fn mermaid(diagram: &Diagram, marks: &Marks) -> String {
    let mut text = format!("---\ntitle: {}\n---\nflowchart TB\n", title(&diagram.title));
    for (number, lane) in diagram.lanes.iter().enumerate() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  subgraph t{number} [{}]", quoted(&lane.title));
        for stop in &lane.stops {
            let _ = writeln!(text, "    {}", node(number, lane, stop, marks));
        }
        for one in &lane.moves {
            let (from, to) = (id(number, one.step.from), id(number, one.step.to));
            let mark = marks.of_step(one.step).map(|mark| format!(" {}", mark.words())).unwrap_or_default();
            let label = format!("{}{}{mark}", one.title, in_brackets(&one.basis));
            let _ = writeln!(text, "    {from} -->|{}| {to}", quoted(&label));
        }
        text.push_str("  end\n");
    }
    text.push_str(&classes(diagram, marks));
    text
}

fn node(number: usize, lane: &Lane, stop: &Stop, marks: &Marks) -> String {
    let mut label = stop.title.clone();
    if let Some(outcome) = &stop.outcome {
        let _ = write!(label, " (outcome: {outcome})");
    }
    if let Some(mark) = marks.of_stage(lane.track, stop.stage) {
        let _ = write!(label, " {}", mark.words());
    }
    let (open, close) = match (&stop.outcome, stop.opens) {
        (Some(_), _) => ("[[", "]]"),
        (None, true) => ("([", "])"),
        (None, false) => ("(", ")"),
    };
    format!("{}{open}{}{close}", id(number, stop.stage), quoted(&label))
}

fn classes(diagram: &Diagram, marks: &Marks) -> String {
    let mut text = String::new();
    for mark in marks.used() {
        let name = mark.class().replace('-', "");
        let looks = match mark {
            Mark::Current => "fill:#E6F0FA,stroke:#14395E,stroke-width:4px",
            Mark::Past => "fill:#F5F6F7,stroke:#51585F",
            Mark::Crossed => "fill:#E6F4EA,stroke:#1B5E2F",
            Mark::NotCrossed => "fill:#FFF8D6,stroke:#5C4A00,stroke-dasharray:6 3",
        };
        let _ = writeln!(text, "  classDef {name} {looks}");
        for (number, lane) in diagram.lanes.iter().enumerate() {
            let marked =
                lane.stops.iter().filter(|stop| marks.of_stage(lane.track, stop.stage) == Some(mark));
            for stop in marked {
                let _ = writeln!(text, "  class {} {name}", id(number, stop.stage));
            }
        }
    }
    text
}

fn id(lane: usize, stage: StageId) -> String {
    format!("t{lane}s{}", stage.index())
}

/// Text in quotes. What Mermaid or the page would read as its own is written as a number.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in clean(text).chars() {
        if character.is_alphanumeric() || " .,:()-'/–●○✓▲".contains(character) {
            quoted.push(character);
        } else {
            let _ = write!(quoted, "#{};", u32::from(character));
        }
    }
    quoted.push('"');
    quoted
}

/// Text as a value of the YAML at the head of the chart.
fn title(text: &str) -> String {
    format!("\"{}\"", clean(text).replace('\\', "\\\\").replace('"', "\\\""))
}
