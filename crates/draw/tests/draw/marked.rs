//! What stands out is told by word, shape and colour, in every format.

use comity_draw::{Cause, Diagram, Mark, Marks, dot, mermaid, plan, svg};

use crate::common::diagrams;

fn warrant() -> Diagram {
    diagrams().into_iter().find(|diagram| diagram.name == "nz-arrest-warrant/warrant").unwrap()
}

fn marks(diagram: &Diagram) -> Marks {
    let lane = &diagram.lanes[0];
    let marks = Marks::none().stage(lane.track, lane.stops[0].stage, Mark::Current);
    diagram.steps().take(1).fold(marks, |marks, step| marks.step(step, Mark::NotCrossed))
}

#[test]
fn a_mark_is_written_in_words_in_every_format() {
    let diagram = warrant();
    let marks = marks(&diagram);
    for text in [svg(&diagram, &marks).unwrap(), mermaid(&diagram, &marks), dot(&diagram, &marks)] {
        assert!(text.contains("● stands here") && text.contains("▲ not crossed"), "{text}");
    }
}

#[test]
fn nothing_stands_out_unless_it_is_said() {
    let diagram = warrant();
    let text = svg(&diagram, &Marks::none()).unwrap();
    assert!(Mark::ALL.iter().all(|mark| !text.contains(mark.words())), "{text}");
}

#[test]
fn the_legend_has_a_row_of_its_own_below_all_lanes() {
    let diagram = warrant();
    let (bare, marked) = (plan(&diagram, &Marks::none()).unwrap(), plan(&diagram, &marks(&diagram)).unwrap());
    let lowest = marked.lanes.iter().map(|lane| lane.area.bottom()).fold(0.0, f64::max);
    assert!(marked.foot >= lowest && marked.height > marked.foot);
    assert!(marked.height > bare.height);
}

#[test]
fn the_mark_of_a_move_goes_before_that_of_its_cause() {
    let diagram = warrant();
    let step = diagram.steps().next().unwrap();
    let marks = Marks::none().cause(step.cause, Mark::Crossed).step(step, Mark::NotCrossed);
    assert_eq!(marks.of_step(step), Some(Mark::NotCrossed));
    let other = diagram.steps().find(|other| other.cause == step.cause && *other != step);
    assert!(other.is_none_or(|other| marks.of_step(other) == Some(Mark::Crossed)));
    assert_eq!(marks.used(), [Mark::Crossed, Mark::NotCrossed]);
}

#[test]
fn acts_clocks_and_conditions_that_move_are_all_in_the_picture() {
    let causes: Vec<Cause> = diagrams()
        .iter()
        .flat_map(|diagram| diagram.steps().collect::<Vec<_>>())
        .map(|step| step.cause)
        .collect();
    assert!(causes.iter().any(|cause| matches!(cause, Cause::Act(_))));
    assert!(causes.iter().any(|cause| matches!(cause, Cause::RunsOut(_))));
}
