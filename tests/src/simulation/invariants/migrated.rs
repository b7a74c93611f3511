//! What becomes of cases that go over to another procedure.

use comity_core::entry::Body;
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::procedure::Procedure;
use comity_core::time::Moment;
use comity_core::value::FactType;
use comity_core::{Stamp, admit_together, mirrored};
use comity_runner::{CaseMigration, MigrationOutcome};

use crate::simulation::library::Plan;
use crate::simulation::model::{Case, Model};
use crate::simulation::trace::Wrong;

const THERE: &str =
    "a case that went over has it in its record, and runs under the procedure that it went over to";
const NOT_THERE: &str = "a case that was refused, or that was only asked about, stays under its procedure";
const AS_ADMITTED: &str =
    "a case goes over if the law lets it and no linked case is cut off, and otherwise stays";
const TOLD_AGAIN: &str = "a case that went over by a plan is told as gone before, and no other is";
const FOLLOWS: &str =
    "no case goes over to where it could not follow another, or another could not follow it";

/// The record holds what was told of each case.
pub(crate) fn is_as_told(plan: &Plan, cases: &[CaseMigration], model: &Model) -> Result<(), Wrong> {
    for one in cases {
        let wrong = |sentence| Err(Wrong::new(sentence, format!("{one:?}")));
        // Nobody goes anywhere with what was erased meanwhile.
        if model.gone(one.case).is_some() {
            continue;
        }
        let Some(case) = model.case(one.case) else { return wrong(THERE) };
        if let MigrationOutcome::Went(entry) | MigrationOutcome::WentBefore(entry) = &one.outcome {
            let there = case.entries.iter().find(|other| other.number == *entry).map(|entry| &entry.body);
            match there {
                Some(Body::Migrated(migration)) if **migration == plan.migration => {}
                Some(_) | None => return wrong(THERE),
            }
        }
    }
    Ok(())
}

/// What must become of a case by a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Goes,
    Stays,
    IsOver,
    /// It went over by this plan before.
    IsThere,
}

/// What the law and the linked cases say of it.
pub(crate) fn expected(plan: &Plan, id: CaseId, model: &Model, now: Moment) -> Option<Expected> {
    let case = model.case(id)?;
    let last =
        case.entries.iter().rev().find_map(|entry| {
            if let Body::Migrated(migration) = &entry.body { Some(migration) } else { None }
        });
    if last.is_some_and(|last| **last == plan.migration) {
        return Some(Expected::IsThere);
    }
    if case.procedure().meaning() != plan.migration.from {
        return Some(Expected::Stays);
    }
    if case.view(now).is_over() {
        return Some(Expected::IsOver);
    }
    let lineage = case.lineage.clone().with(plan.to.clone());
    let stamp = Stamp { at: now, by: Private::new("operator") };
    let body = Body::Migrated(Box::new(plan.migration.clone()));
    let admitted = admit_together(&lineage, &case.entries, vec![body], &stamp);
    let goes = admitted.is_ok() && cut_off(id, case, &plan.to, model, now).is_none();
    Some(if goes { Expected::Goes } else { Expected::Stays })
}

/// A case, of which so many entries had been seen, went over if it had to, and only then.
pub(crate) fn is_as_expected(
    one: &CaseMigration,
    (expected, seen): (Expected, usize),
    model: &Model,
    now: Moment,
) -> Result<(), Wrong> {
    let was_there = matches!(one.outcome, MigrationOutcome::WentBefore(_));
    if was_there != (expected == Expected::IsThere) {
        return Err(Wrong::new(TOLD_AGAIN, format!("{expected:?}: {one:?}")));
    }
    let went = match &one.outcome {
        MigrationOutcome::WentBefore(_) => return Ok(()),
        MigrationOutcome::WouldGo | MigrationOutcome::Went(_) => true,
        MigrationOutcome::Refused(_) => false,
        MigrationOutcome::Failed { .. } => {
            return Err(Wrong::new(AS_ADMITTED, format!("{expected:?}: {one:?}")));
        }
    };
    if went != (expected == Expected::Goes) {
        return Err(Wrong::new(AS_ADMITTED, format!("{expected:?}: {one:?}")));
    }
    let Some(case) = model.case(one.case) else { return Ok(()) };
    let is_new = case.entries.last().is_some_and(|last| matches!(last.body, Body::Migrated(_)));
    if is_new && case.entries.len() > seen && !matches!(one.outcome, MigrationOutcome::Went(_)) {
        return Err(Wrong::new(NOT_THERE, format!("{one:?}")));
    }
    match (&one.outcome, cut_off(one.case, case, case.procedure(), model, now)) {
        (MigrationOutcome::Went(_), Some(why)) => Err(Wrong::new(FOLLOWS, format!("{why}: {one:?}"))),
        _ => Ok(()),
    }
}

/// Which linked case could not follow this one under a procedure, or could not be followed.
fn cut_off(id: CaseId, case: &Case, under: &Procedure, model: &Model, now: Moment) -> Option<String> {
    for (link, other) in case.view(now).links() {
        // What was erased stands in nobody's way.
        let Some(there) = model.case(*other) else { continue };
        if !can_follow(under, link.as_str(), there.procedure()) {
            return Some(there.opening.reference.clone());
        }
    }
    let mut others = model.cases().filter(|(other, _)| *other != id);
    others.find_map(|(_, there)| {
        let view = there.view(now);
        let links = view.links().iter().filter(|(_, other)| *other == id);
        let mut cut = links.filter(|(link, _)| !can_follow(there.procedure(), link.as_str(), under));
        cut.next().map(|_| there.opening.reference.clone())
    })
}

/// Whether every stage of what is followed is a value here.
fn can_follow(here: &Procedure, link: &str, there: &Procedure) -> bool {
    mirrored(here).iter().filter(|one| one.link.as_str() == link).all(|one| {
        let tracks = there.tracks();
        let track = tracks.iter().find(|(_, name, _)| **name == one.track);
        let facts = here.facts();
        let fact = facts.iter().find(|(_, name, _)| **name == one.fact);
        match (track, fact.map(|(_, _, fact)| &fact.of)) {
            (Some((_, _, track)), Some(FactType::OneOf(values))) => {
                track.stages.names().all(|stage| values.contains(stage))
            }
            _ => false,
        }
    })
}
