//! That every document is needed on some path.

use super::graph::{Graph, Witness};
use super::menu::{Input, deed_of};
use super::model::Model;
use super::path::Happens;
use super::play::{Ends, Shown, judge, played};
use super::property::plain;
use super::watch::{Paper, Seen};
use super::{Path, Property, Verdict, Why};
use crate::fold::fold_state;

/// How many places are looked at before it is left undecided whether a document is needed.
const MOST_PLACES: usize = 20;

/// A document that is needed only when something holds is dead if that holds on no path. One that is always needed is
/// not; and a document may be asked for in a list alone, so that no rule need ask for it.
pub(super) fn no_dead_document(model: &Model, graph: &Graph) -> Property {
    let (mut dead, mut doubtful) = (Vec::new(), None);
    for (index, paper) in model.watch.papers.iter().enumerate() {
        let called = format!("document {}", model.procedure.documents.name(paper.document));
        let seen = graph.seen(model, Seen::Needed(index));
        if seen.is_empty() {
            dead.push(called);
        } else if !seen.iter().take(MOST_PLACES).any(|place| is_shown(model, graph, paper, place)) {
            let way = seen.first().map(|place| model.path(&graph.way_of(place)));
            doubtful = doubtful.or(way.map(|path| (called, path)));
        }
    }
    let name = "no-dead-document";
    match (dead.is_empty(), doubtful) {
        (false, _) => {
            let verdict = graph.of_every_path(model, Verdict::Refuted(Path::default()));
            Property { about: dead, ..plain(name, verdict) }
        }
        (true, Some((called, path))) => {
            let verdict = Verdict::Undecided(Why::PerhapsRuledOutByTime(path));
            Property { about: vec![called], ..plain(name, verdict) }
        }
        (true, None) => plain(name, Verdict::Proved),
    }
}

/// Whether a path to this place was played, on which the document is needed at its end.
fn is_shown(model: &Model, graph: &Graph, paper: &Paper, place: &Witness) -> bool {
    let Shown::Played(path) = judge(model, graph, &[*place], Ends::Standing, |_| true) else { return false };
    paper.ways.iter().any(|way| is_needed_after(model, paper, &path, way))
}

fn is_needed_after(model: &Model, paper: &Paper, path: &Path, way: &[Input]) -> bool {
    let recorded = way.iter().map(|input| Happens::Deed(deed_of(&model.procedure, input)));
    let path = Path { steps: path.steps.iter().cloned().chain(recorded).collect() };
    played(&model.procedure, &path).is_some_and(|played| {
        let state = fold_state(&model.procedure, &played.entries, played.at);
        state.upset.is_empty() && paper.is_needed(&state)
    })
}
