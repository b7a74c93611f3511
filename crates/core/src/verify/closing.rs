//! That a case is properly closed: no limit outlives it.

use super::graph::Graph;
use super::model::Model;
use super::play::{Ends, judge};
use super::property::{of_each, plain};
use super::watch::{Seen, is_over};
use super::{Property, Verdict};
use crate::fold::State;
use crate::procedure::{StageId, TrackId};

/// Where every track has ended, no limit runs on which anything depends: nobody would look at it any more.
pub(super) fn no_limit_outlives_the_case(model: &Model, graph: &Graph) -> Property {
    let name = "no-limit-outlives-the-case";
    let limits = model.watch.limits.iter().enumerate();
    let each = limits.map(|(index, clock)| {
        let runs = |state: &State| is_over(state) && state.running(*clock).is_some();
        let seen = graph.seen(model, Seen::Outlives(index));
        let verdict = graph.none_of(model, judge(model, graph, seen, Ends::Standing, runs));
        (format!("clock {}", model.procedure.clocks.name(*clock)), verdict)
    });
    of_each(name, &each.collect::<Vec<_>>())
        .unwrap_or_else(|| plain(name, graph.of_every_path(model, Verdict::Proved)))
}

/// A stage as a guard would name it.
pub(super) fn words(model: &Model, track: TrackId, stage: StageId) -> String {
    let stages = &model.procedure.tracks.at(track).stages;
    format!("{} is {}", model.procedure.tracks.name(track), stages.name(stage))
}
