//! That every refusal is notified: the duty to tell of it arises on each way that leads to it, and can be done.

use super::closing::words;
use super::graph::Graph;
use super::model::Model;
use super::play::{Ends, Shown, judge};
use super::property::{of_each, plain};
use super::watch::Seen;
use super::{Path, Property, Verdict, Why};

/// Of a refusal with which a duty arises on one way, one arises on every way, and each can be done afterwards. Where the
/// file knows no such duty, nothing is invented: the property speaks of nothing there, which is told.
pub(super) fn every_refusal_is_notified(model: &Model, graph: &Graph) -> Property {
    let name = "every-refusal-is-notified";
    let refusals = model.watch.refusals.iter().enumerate();
    let each = refusals.map(|(index, refusal)| {
        let untold = graph.seen(model, Seen::Untold(index));
        let verdict = graph.none_of(model, judge(model, graph, untold, Ends::InPassing, |_| true));
        (words(model, refusal.track, refusal.stage), verdict)
    });
    if let Some(not_proved) = of_each(name, &each.collect::<Vec<_>>()) {
        return not_proved;
    }
    let (mut never, mut doubtful) = (Vec::new(), None);
    for (index, notice) in model.watch.notices.iter().enumerate() {
        let called = format!("obligation {}", model.procedure.obligations.name(notice.duty));
        match judge(model, graph, graph.seen(model, Seen::Told(index)), Ends::InPassing, |_| true) {
            Shown::Nowhere => never.push(called),
            Shown::Perhaps(path) => doubtful = doubtful.or(Some((called, path))),
            Shown::Played(_) => {}
        }
    }
    if !never.is_empty() {
        let verdict = graph.of_every_path(model, Verdict::Refuted(Path::default()));
        return Property { about: never, ..plain(name, verdict) };
    }
    if let Some((called, path)) = doubtful {
        let verdict = Verdict::Undecided(Why::PerhapsRuledOutByTime(path));
        return Property { about: vec![called], ..plain(name, verdict) };
    }
    let about: Vec<String> =
        model.watch.untold.iter().map(|(track, stage)| words(model, *track, *stage)).collect();
    let is_vacuous = !about.is_empty();
    Property { about, is_vacuous, ..plain(name, graph.of_every_path(model, Verdict::Proved)) }
}
