//! What every procedure must hold to.

use std::sync::Arc;

use super::asked::Model;
use super::graph::{Graph, Witness};
use super::play::judge;
use super::{Path, Property, Verdict, Why};
use crate::procedure::Purpose;

/// The verdicts on the properties that are always asked for.
pub(super) fn built_in(model: &Model, graph: &Graph) -> Vec<Property> {
    vec![
        outcome_reachable(model, graph),
        never_stuck(model, graph),
        all_seen(model, graph, "no-dead-stage", stages(model, graph)),
        all_seen(model, graph, "no-dead-act", acts(model, graph)),
        all_seen(model, graph, "no-dead-clock", started(model, graph)),
        all_seen(model, graph, "no-clock-that-is-never-met", met(model, graph)),
    ]
}

impl Graph {
    /// A verdict that speaks of every path, and so can be given only if all were searched.
    pub(super) fn of_every_path(&self, model: &Model, verdict: Verdict) -> Verdict {
        match (self.is_whole, model.not_followed.is_empty()) {
            (false, _) => Verdict::Undecided(Why::Bound),
            (true, false) => Verdict::Undecided(Why::NotFollowed),
            (true, true) => verdict,
        }
    }

    fn witness(&self, place: usize) -> Option<Witness> {
        let node = self.nodes.get(place)?;
        // Its path ends with the step of the search, so nothing is added to it.
        Some(Witness { before: place, step: Vec::new(), key: Arc::clone(&node.key) })
    }
}

/// The case itself is the first track of the file. The others may never begin.
fn outcome_reachable(model: &Model, graph: &Graph) -> Property {
    let name = "outcome-reachable-from-everywhere".to_owned();
    let places = |reached: Vec<bool>| {
        let lost = (0..).zip(reached).filter(|(_, reached)| !reached);
        lost.filter_map(|(place, _)| graph.witness(place)).collect::<Vec<_>>()
    };
    let verdict = if !graph.is_whole {
        Verdict::Undecided(Why::Bound)
    } else if !model.not_followed.is_empty() {
        Verdict::Undecided(Why::NotFollowed)
    } else {
        match judge(model, graph, &places(graph.some_way())) {
            Some(Ok(path)) => Verdict::Refuted(path),
            Some(Err(path)) => Verdict::Undecided(Why::PerhapsRuledOutByTime(path)),
            None => places(graph.sure_way()).first().map_or(Verdict::Proved, |witness| {
                Verdict::Undecided(Why::PerhapsRuledOutByTime(graph.path_of(witness)))
            }),
        }
    };
    Property { name, about: Vec::new(), verdict }
}

fn never_stuck(model: &Model, graph: &Graph) -> Property {
    let name = "never-stuck".to_owned();
    // What was not gone on from, because there were too many, says nothing.
    let places = (0..).zip(&graph.nodes).filter(|(_, node)| graph.is_whole && node.is_stuck);
    let stuck: Vec<Witness> = places.filter_map(|(place, _)| graph.witness(place)).collect();
    let verdict = match judge(model, graph, &stuck) {
        _ if !model.not_followed.is_empty() => Verdict::Undecided(Why::NotFollowed),
        Some(Ok(path)) => Verdict::Refuted(path),
        Some(Err(path)) => Verdict::Undecided(Why::PerhapsRuledOutByTime(path)),
        None => graph.of_every_path(model, Verdict::Proved),
    };
    Property { name, about: Vec::new(), verdict }
}

/// A thing, and the first steps that crossed it.
type Crossed<'g> = (String, &'g [Witness]);

/// Whether each thing was crossed by some path that can be played.
fn all_seen(model: &Model, graph: &Graph, name: &str, things: Vec<Crossed<'_>>) -> Property {
    let (mut never, mut doubtful) = (Vec::new(), Vec::new());
    for (thing, witnesses) in things {
        match judge(model, graph, witnesses) {
            None => never.push(thing),
            Some(Err(path)) => doubtful.push((thing, path)),
            Some(Ok(_)) => {}
        }
    }
    let (about, verdict) = match (never.is_empty(), doubtful.into_iter().next()) {
        (false, _) => (never, graph.of_every_path(model, Verdict::Refuted(Path::default()))),
        (true, Some((thing, path))) => (vec![thing], Verdict::Undecided(Why::PerhapsRuledOutByTime(path))),
        (true, None) => (Vec::new(), Verdict::Proved),
    };
    Property { name: name.to_owned(), about, verdict }
}

fn stages<'g>(model: &Model, graph: &'g Graph) -> Vec<Crossed<'g>> {
    let tracks = model.procedure.tracks.iter();
    tracks
        .flat_map(|(track, name, row)| {
            let stages = row.stages.iter();
            stages.map(move |(stage, stage_name, _)| {
                (format!("{name} is {stage_name}"), graph.seen.stages.of(&(track, stage)))
            })
        })
        .collect()
}

fn acts<'g>(model: &Model, graph: &'g Graph) -> Vec<Crossed<'g>> {
    let acts = model.procedure.acts.iter();
    acts.map(|(id, name, _)| (format!("act {name}"), graph.seen.acts.of(&id))).collect()
}

fn started<'g>(model: &Model, graph: &'g Graph) -> Vec<Crossed<'g>> {
    let clocks = model.procedure.clocks.iter();
    clocks.map(|(id, name, _)| (format!("clock {name}"), graph.seen.started.of(&id))).collect()
}

/// Only clocks whose standing matters are remembered, so of the others it is not told that nothing meets them.
fn met<'g>(model: &Model, graph: &'g Graph) -> Vec<Crossed<'g>> {
    let clocks = model.procedure.clocks.iter();
    clocks
        .filter(|(_, _, clock)| !clock.met_by.is_empty() && !matches!(clock.purpose, Purpose::Bars(_)))
        .filter(|(id, _, _)| model.clocks.contains(id) || !graph.seen.met.of(id).is_empty())
        .map(|(id, name, _)| (format!("clock {name}"), graph.seen.met.of(&id)))
        .collect()
}
