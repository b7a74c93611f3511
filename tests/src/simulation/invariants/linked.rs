//! What one case must know of another.

use comity_core::entry::{Body, Entry};
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_core::{Stamp, View, admit_together, lessons, mirrored};

use super::erased;
use crate::simulation::model::{Case, Model};
use crate::simulation::trace::Wrong;

const KNOWN: &str = "what one case must know of another is there after a sweep, unless acts that stand in the way are on the queue";

/// Every case knows what it must know of others, but for those that cannot follow.
pub(crate) fn cases_know(model: &Model, now: Moment, unreadable: Option<CaseId>) -> Result<(), Wrong> {
    for (id, case) in model.cases() {
        let view = case.view(now);
        // A clock that went back knows less than was told.
        let is_ahead = |case: &Case| case.entries.last().is_some_and(|last| last.recorded_at > now);
        let touches = |other: CaseId| unreadable == Some(other) || model.case(other).is_some_and(is_ahead);
        if touches(id) || view.links().iter().any(|(_, other)| touches(*other)) {
            continue;
        }
        if let Some(found) = lacks(model, id, case, &view, now)
            && !cannot_follow(model, case, &case.entries, &view, now)
        {
            let lessons = missing(model, case, &case.entries, &view, now).len();
            let reference = &case.opening.reference;
            return Err(Wrong::new(
                KNOWN,
                format!("{reference} at {now}: {found}; {lessons} lessons are missing"),
            ));
        }
    }
    Ok(())
}

/// What a case does not know of another.
fn lacks(model: &Model, id: CaseId, case: &Case, view: &View, now: Moment) -> Option<String> {
    let procedure = case.procedure();
    let links = procedure.links();
    for fact in view.facts() {
        let Some(mirror) = &fact.fact.mirrors else { continue };
        let (_, name, _) = links.iter().find(|(id, _, _)| *id == mirror.link)?;
        let linked = view.links().iter().rev().find(|(link, _)| link == name);
        // Of what was erased nothing more is learned; what was learned stays.
        let gone = linked.and_then(|(_, other)| model.gone(*other));
        if let (Some(gone), Some((_, other))) = (gone, linked) {
            let was_told = erased::tie(model, id, name, *other) <= Some(gone.began);
            // What somebody annuls by hand is not learned again.
            let is_annulled =
                |entry: &Entry| entry.recorded_at >= gone.at && matches!(entry.body, Body::Annulled { .. });
            let stage = gone.case.as_ref().map(|case| case.view(gone.at));
            let stage = stage.as_ref().and_then(|view| view.track(mirror.track.as_str()));
            let stage = stage.map(|track| track.stage_name.to_string());
            let known = fact.known.map(|known| known.value.reveal());
            if was_told && stage != known && !case.entries.iter().any(is_annulled) {
                return Some(format!(
                    "{} is {known:?} here, and was {stage:?} there when it was erased",
                    fact.name
                ));
            }
            continue;
        }
        let there = linked.and_then(|(_, other)| model.case(*other));
        let there = there.map(|there| there.view(now));
        let stage = there.as_ref().and_then(|view| view.track(mirror.track.as_str()));
        let stage = stage.map(|track| track.stage_name.to_string());
        let known = fact.known.map(|known| known.value.reveal());
        if stage != known {
            return Some(format!("{} is {known:?} here, and {stage:?} there", fact.name));
        }
    }
    None
}

/// What would have to be recorded here.
fn missing(model: &Model, case: &Case, entries: &[Entry], view: &View, now: Moment) -> Vec<Body> {
    let mut bodies = Vec::new();
    for one in mirrored(case.procedure()) {
        let linked = view.links().iter().rev().find(|(link, _)| *link == one.link);
        if linked.is_some_and(|(_, other)| model.gone(*other).is_some()) {
            continue;
        }
        let there = linked.and_then(|(_, other)| Some((*other, model.case(*other)?.view(now))));
        let there = there.as_ref().map(|(id, view)| (*id, view));
        bodies.extend(lessons(view, entries, &one, there));
    }
    bodies
}

/// Whether acts that were recorded here stand in the way.
pub(crate) fn cannot_follow(model: &Model, case: &Case, entries: &[Entry], view: &View, now: Moment) -> bool {
    let bodies = missing(model, case, entries, view, now);
    let stamp = Stamp { at: now, by: Private::default() };
    !bodies.is_empty() && admit_together(&case.lineage, entries, bodies, &stamp).is_err()
}
