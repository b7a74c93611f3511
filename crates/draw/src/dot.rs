//! A picture as DOT, for Graphviz.

use std::fmt::Write as _;

use comity_core::procedure::StageId;
use comity_core::table::Id;

use crate::diagram::{Diagram, Lane, Move, Stop};
use crate::marks::{Mark, Marks};
use crate::text::{clean, lines};

/// The widest line of a label, in points of ten.
const WIDEST: f64 = 150.0;

/// Writes a procedure as a DOT graph, with a cluster for each track and the outcomes in the last rank.
#[must_use]
pub fn dot(diagram: &Diagram, marks: &Marks) -> String {
    let mut text = String::from("digraph procedure {\n");
    let title = format!("{}\n{}, version {}", diagram.title, diagram.name, diagram.version);
    // Writing to a string does not fail.
    let _ = writeln!(text, "  graph [rankdir=TB, fontname=Helvetica, labelloc=t, label={}];", quoted(&title));
    text.push_str(
        "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=Helvetica, fontsize=10];\n",
    );
    text.push_str("  edge [fontname=Helvetica, fontsize=9];\n");
    for (number, lane) in diagram.lanes.iter().enumerate() {
        let _ = writeln!(text, "  subgraph cluster_{number} {{\n    label={};", quoted(&lane.title));
        for stop in &lane.stops {
            let _ = writeln!(text, "    {};", node(number, lane, stop, marks));
        }
        let outcomes: Vec<String> = lane
            .stops
            .iter()
            .filter(|stop| stop.outcome.is_some())
            .map(|stop| id(number, stop.stage))
            .collect();
        if !outcomes.is_empty() {
            let _ = writeln!(text, "    {{ rank=sink; {}; }}", outcomes.join("; "));
        }
        for one in &lane.moves {
            let _ = writeln!(text, "    {};", edge(number, lane, one, marks));
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

fn node(number: usize, lane: &Lane, stop: &Stop, marks: &Marks) -> String {
    let mark = marks.of_stage(lane.track, stop.stage);
    let mut label = broken(&stop.title);
    label.extend(stop.opens.then(|| "opens here".to_owned()));
    label.extend(stop.outcome.iter().map(|outcome| format!("outcome: {outcome}")));
    label.extend(mark.map(|mark| mark.words().to_owned()));
    let mut attributes = format!("label={}", quoted(&label.join("\n")));
    if stop.outcome.is_some() {
        attributes.push_str(", style=filled, peripheries=2");
    }
    if let Some(mark) = mark {
        let _ = write!(attributes, ", {}", looks(mark));
    }
    format!("{} [{attributes}]", id(number, stop.stage))
}

fn edge(number: usize, lane: &Lane, one: &Move, marks: &Marks) -> String {
    let mark = marks.of_step(one.step);
    let mut label = broken(&one.title);
    label.extend(broken(&one.basis));
    label.extend(mark.map(|mark| mark.words().to_owned()));
    let (from, to) = (id(number, one.step.from), id(number, one.step.to));
    let tooltip = quoted(&one.sentence(lane));
    let coloured = match mark {
        Some(Mark::NotCrossed) => ", style=dashed",
        Some(Mark::Current | Mark::Past | Mark::Crossed) | None => "",
    };
    format!("{from} -> {to} [label={}, tooltip={tooltip}{coloured}]", quoted(&label.join("\n")))
}

fn looks(mark: Mark) -> &'static str {
    match mark {
        Mark::Current => "fillcolor=\"#E6F0FA\", color=\"#14395E\", penwidth=3.5",
        Mark::Past => "fillcolor=\"#F5F6F7\", color=\"#51585F\"",
        Mark::Crossed => "fillcolor=\"#E6F4EA\", color=\"#1B5E2F\"",
        Mark::NotCrossed => "fillcolor=\"#FFF8D6\", color=\"#5C4A00\"",
    }
}

fn broken(text: &str) -> Vec<String> {
    lines(&clean(text), 10.0, WIDEST)
}

fn id(lane: usize, stage: StageId) -> String {
    format!("t{lane}s{}", stage.index())
}

/// Text in quotes. Graphviz reads a backslash in a label as the start of a command.
fn quoted(text: &str) -> String {
    let parts: Vec<String> =
        text.split('\n').map(|line| clean(line).replace('\\', "\\\\").replace('"', "\\\"")).collect();
    format!("\"{}\"", parts.join("\\n"))
}
