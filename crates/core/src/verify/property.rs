//! What every procedure must hold to.

use super::closing::no_limit_outlives_the_case;
use super::gates::no_gate_skipped_from_both_sides;
use super::graph::{Graph, Witness};
use super::model::Model;
use super::papers::no_dead_document;
use super::play::{Ends, Shown, judge};
use super::refusals::every_refusal_is_notified;
use super::step::Thing;
use super::watch::Seen;
use super::{Path, Property, Verdict, Why};
use crate::fold::{CycleStatus, State};
use crate::procedure::{ClockId, Purpose};

/// What is checked when a file is read: a file in which it does not hold is no procedure.
pub(super) const CHECKED_WHEN_READ: [&str; 3] =
    ["outcomes-are-final", "automatic-moves-end", "moves-exclude-each-other"];

/// The verdicts on the properties that are always asked for.
pub(super) fn built_in(model: &Model, graph: &Graph) -> Vec<Property> {
    let of_the_file = CHECKED_WHEN_READ.map(|name| plain(name, Verdict::Proved));
    let searched = vec![
        outcome_reachable(model, graph),
        never_stuck(model, graph),
        all_crossed(model, graph, "no-dead-stage", stages(model)),
        all_crossed(model, graph, "no-dead-act", acts(model)),
        all_crossed(model, graph, "no-dead-clock", started(model)),
        all_crossed(model, graph, "no-clock-that-is-never-met", met(model, graph)),
        all_crossed(model, graph, "no-expiry-without-its-effect", effects(model)),
        no_idle_ground(model),
        no_dead_document(model, graph),
        no_limit_outlives_the_case(model, graph),
        every_refusal_is_notified(model, graph),
        no_gate_skipped_from_both_sides(model, graph),
    ];
    searched.into_iter().chain(of_the_file).collect()
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

    /// The verdict on what must be nowhere, once it was looked for.
    pub(super) fn none_of(&self, model: &Model, shown: Shown) -> Verdict {
        match shown {
            Shown::Played(path) => Verdict::Refuted(path),
            Shown::Perhaps(path) => Verdict::Undecided(Why::PerhapsRuledOutByTime(path)),
            Shown::Nowhere => self.of_every_path(model, Verdict::Proved),
        }
    }

    /// Where something was seen that is watched for.
    pub(super) fn seen(&self, model: &Model, seen: Seen) -> &[Witness] {
        let thing = Thing::Watched(model.watch.number(seen));
        self.crossed.get(model.things.number(thing)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn witnesses(&self, places: &[u32]) -> Vec<Witness> {
        places.iter().filter_map(|place| self.witness(*place)).collect()
    }
}

pub(super) fn plain(name: &str, verdict: Verdict) -> Property {
    Property { name: name.to_owned(), about: Vec::new(), verdict, is_vacuous: false }
}

/// A property of several things: the first that is refuted or, if none is, undecided.
pub(super) fn of_each(name: &str, each: &[(String, Verdict)]) -> Option<Property> {
    let is_refuted = |(_, verdict): &&(String, Verdict)| matches!(verdict, Verdict::Refuted(_));
    let is_not_proved = |(_, verdict): &&(String, Verdict)| *verdict != Verdict::Proved;
    let found = each.iter().find(is_refuted).or_else(|| each.iter().find(is_not_proved))?;
    Some(Property { about: vec![found.0.clone()], ..plain(name, found.1.clone()) })
}

/// The case itself is the first track of the file. The others may never begin.
fn outcome_reachable(model: &Model, graph: &Graph) -> Property {
    let places = |reached: Vec<bool>| {
        let lost = (0..).zip(reached).filter(|(_, reached)| !reached).map(|(place, _)| place);
        graph.witnesses(&lost.collect::<Vec<u32>>())
    };
    // What lies beyond the bound may lead to an outcome, so nothing is refuted either.
    let verdict = match graph.of_every_path(model, Verdict::Proved) {
        Verdict::Proved => match judge(model, graph, &places(graph.some_way()), Ends::Standing, |_| true) {
            Shown::Played(path) => Verdict::Refuted(path),
            Shown::Perhaps(path) => Verdict::Undecided(Why::PerhapsRuledOutByTime(path)),
            Shown::Nowhere => places(graph.sure_way()).first().map_or(Verdict::Proved, |witness| {
                Verdict::Undecided(Why::PerhapsRuledOutByTime(model.path(&graph.way_of(witness))))
            }),
        },
        undecided @ (Verdict::Undecided(_) | Verdict::Refuted(_)) => undecided,
    };
    plain("outcome-reachable-from-everywhere", verdict)
}

fn never_stuck(model: &Model, graph: &Graph) -> Property {
    let verdict = match graph.of_every_path(model, Verdict::Proved) {
        Verdict::Proved => {
            let quiet = graph.witnesses(&graph.places(|node| node.stands.are_quiet()));
            graph.none_of(
                model,
                judge(model, graph, &quiet, Ends::Standing, |state| nothing_ends(model, state)),
            )
        }
        undecided @ (Verdict::Undecided(_) | Verdict::Refuted(_)) => undecided,
    };
    plain("never-stuck", verdict)
}

/// Whether no clock on which something depends has an end that will come.
fn nothing_ends(model: &Model, state: &State) -> bool {
    let ends = |id: &ClockId| state.running(*id).is_some_and(|run| run.end.moment().is_some());
    !model.clocks.iter().any(ends)
}

/// Something that must be crossed by some path: what it is called, which thing it is, and whether a state shows it.
type Crossed<'m> = (String, Thing, Box<dyn Fn(&State) -> bool + 'm>);

/// Whether each thing was crossed by some path that can be played.
fn all_crossed(model: &Model, graph: &Graph, name: &str, things: Vec<Crossed<'_>>) -> Property {
    let (mut never, mut doubtful) = (Vec::new(), Vec::new());
    for (called, thing, is_so) in things {
        let witnesses = graph.crossed.get(model.things.number(thing)).map_or(&[][..], Vec::as_slice);
        match judge(model, graph, witnesses, Ends::InPassing, is_so) {
            Shown::Nowhere => never.push(called),
            Shown::Perhaps(path) => doubtful.push((called, path)),
            Shown::Played(_) => {}
        }
    }
    let (about, verdict) = match (never.is_empty(), doubtful.into_iter().next()) {
        (false, _) => (never, graph.of_every_path(model, Verdict::Refuted(Path::default()))),
        (true, Some((thing, path))) => (vec![thing], Verdict::Undecided(Why::PerhapsRuledOutByTime(path))),
        (true, None) => (Vec::new(), Verdict::Proved),
    };
    Property { name: name.to_owned(), about, verdict, is_vacuous: false }
}

fn stages(model: &Model) -> Vec<Crossed<'_>> {
    let tracks = model.procedure.tracks.iter();
    tracks
        .flat_map(|(track, name, row)| {
            let stages = row.stages.iter();
            stages.map(move |(stage, stage_name, _)| -> Crossed<'_> {
                (format!("{name} is {stage_name}"), Thing::Stage(track, stage), Box::new(|_| true))
            })
        })
        .collect()
}

fn acts(model: &Model) -> Vec<Crossed<'_>> {
    let acts = model.procedure.acts.iter();
    acts.map(|(id, name, _)| -> Crossed<'_> { (format!("act {name}"), Thing::Act(id), Box::new(|_| true)) })
        .collect()
}

fn started(model: &Model) -> Vec<Crossed<'_>> {
    let clocks = model.procedure.clocks.iter();
    clocks
        .map(|(id, name, _)| -> Crossed<'_> {
            let has_started = move |state: &State| !state.cycles(id).is_empty();
            (format!("clock {name}"), Thing::Started(id), Box::new(has_started))
        })
        .collect()
}

/// What an author wrote for the running out of a clock must come about on some path.
fn effects(model: &Model) -> Vec<Crossed<'_>> {
    let clocks = model.procedure.clocks.iter().filter(|(_, _, clock)| !clock.on_expiry.moves.is_empty());
    clocks
        .map(|(id, name, _)| -> Crossed<'_> {
            (format!("clock {name}"), Thing::Effect(id), Box::new(|_| true))
        })
        .collect()
}

/// Grounds are considered so that something may hang on them. A document may be asked for in a list alone.
fn no_idle_ground(model: &Model) -> Property {
    let idle = model.idle_grounds.iter();
    let about: Vec<String> = idle.map(|id| format!("ground {}", model.procedure.grounds.name(*id))).collect();
    let verdict = if about.is_empty() { Verdict::Proved } else { Verdict::Refuted(Path::default()) };
    Property { about, ..plain("no-dead-ground", verdict) }
}

/// Only clocks whose standing matters are remembered, so of the others it is not told that nothing meets them.
fn met<'m>(model: &'m Model, graph: &Graph) -> Vec<Crossed<'m>> {
    let was_seen = |id: ClockId| {
        graph.crossed.get(model.things.number(Thing::Met(id))).is_some_and(|seen| !seen.is_empty())
    };
    let clocks = model.procedure.clocks.iter();
    clocks
        .filter(|(_, _, clock)| !clock.met_by.is_empty() && !matches!(clock.purpose, Purpose::Bars(_)))
        .filter(|(id, _, _)| model.clocks.contains(id) || was_seen(*id))
        .map(|(id, name, _)| -> Crossed<'m> {
            let was_met = move |state: &State| {
                state.cycles(id).iter().any(|cycle| matches!(cycle.status, CycleStatus::Met { .. }))
            };
            (format!("clock {name}"), Thing::Met(id), Box::new(was_met))
        })
        .collect()
}
