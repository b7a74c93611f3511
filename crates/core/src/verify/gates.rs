//! That no gate can be skipped from both sides.
//!
//! A gate is what an act asks for before it moves a track. It is skipped where it is closed and another act moves the track
//! the same way. The law may give one side a way around it, as a State may waive what protects it. A gate around which
//! both sides have a way keeps nobody back.

use super::graph::{Graph, Witness};
use super::model::Model;
use super::path::Happens;
use super::play::{Ends, Shown, judge, played};
use super::property::{of_each, plain};
use super::watch::{Gate, Seen};
use super::{Path, Property, Verdict, Why};
use crate::entry::What;
use crate::fold::fold_state;
use crate::procedure::{AuthorityId, SideId};

/// How many of the steps around a gate are played before it is left undecided.
const MOST_STEPS: usize = 20;

pub(super) fn no_gate_skipped_from_both_sides(model: &Model, graph: &Graph) -> Property {
    let name = "no-gate-skipped-from-both-sides";
    let gates = model.watch.gates.iter().enumerate();
    let each = gates.map(|(index, gate)| {
        let ways = ways_around(model, graph, index, gate);
        let played: Vec<&(SideId, Way)> =
            ways.iter().filter(|(_, way)| matches!(way, Way::Played(_))).collect();
        let verdict = match (two_sides(&played), two_sides(&ways.iter().collect::<Vec<_>>())) {
            (Some(Way::Played(path)), _) => Verdict::Refuted(path.clone()),
            (_, Some(Way::Played(path) | Way::Perhaps(path))) => {
                Verdict::Undecided(Why::PerhapsRuledOutByTime(path.clone()))
            }
            (Some(Way::Perhaps(_)) | None, None) => graph.of_every_path(model, Verdict::Proved),
        };
        (words(model, gate), verdict)
    });
    of_each(name, &each.collect::<Vec<_>>())
        .unwrap_or_else(|| plain(name, graph.of_every_path(model, Verdict::Proved)))
}

/// A way around a gate.
enum Way {
    Played(Path),
    Perhaps(Path),
}

/// The way of a side that is not the first, if there are two.
fn two_sides<'w>(ways: &[&'w (SideId, Way)]) -> Option<&'w Way> {
    let (first, _) = ways.first()?;
    ways.iter().find(|(side, _)| side != first).map(|(_, way)| way)
}

/// The ways around a gate that were taken while it was closed, by the side that took them.
fn ways_around(model: &Model, graph: &Graph, index: usize, gate: &Gate) -> Vec<(SideId, Way)> {
    let mut ways = Vec::new();
    for (number, detour) in model.watch.detours.iter().enumerate().filter(|(_, one)| one.gate == index) {
        let steps = graph.seen(model, Seen::Around(number));
        let path = steps.iter().take(MOST_STEPS).find_map(|step| around(model, graph, gate, step));
        let Some(first) = steps.first() else { continue };
        for (side, by) in &detour.by {
            let way = match path.as_ref().and_then(|path| taken_by(model, path, *by)) {
                Some(path) => Way::Played(path),
                None => Way::Perhaps(model.path(&graph.way_of(first))),
            };
            ways.push((*side, way));
        }
    }
    ways
}

/// The path of a step, if it was played and the gate was closed before its last deed.
fn around(model: &Model, graph: &Graph, gate: &Gate, step: &Witness) -> Option<Path> {
    let Shown::Played(path) = judge(model, graph, &[*step], Ends::InPassing, |_| true) else { return None };
    let (_, before) = path.steps.split_last()?;
    let before = played(&model.procedure, &Path { steps: before.to_vec() })?;
    let state = fold_state(&model.procedure, &before.entries, before.at);
    gate.is_closed(&state).then_some(path)
}

/// The same path, its last act done by this authority.
fn taken_by(model: &Model, path: &Path, authority: AuthorityId) -> Option<Path> {
    let mut path = path.clone();
    if let Some(Happens::Deed(What::Act { by, .. })) = path.steps.last_mut() {
        *by = model.procedure.authorities.name(authority).clone();
    }
    played(&model.procedure, &path).is_some().then_some(path)
}

fn words(model: &Model, gate: &Gate) -> String {
    let stages = &model.procedure.tracks.at(gate.track).stages;
    let (act, track) = (model.procedure.acts.name(gate.act), model.procedure.tracks.name(gate.track));
    format!("act {act}, for {track} from {} to {}", stages.name(gate.from), stages.name(gate.to))
}
