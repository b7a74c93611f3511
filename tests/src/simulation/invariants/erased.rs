//! What was erased: it is gone for whoever asks, by whatever way and of whatever day; that it stood, and by whose order it went,
//! stays.

use std::collections::BTreeSet;

use comity_core::entry::Body;
use comity_core::id::{CaseId, EntryNumber, MatterId, Version};
use comity_core::name::{Name, Private};
use comity_core::time::Moment;
use comity_core::{Asked, ClockView, CycleStatus, lessons, mirrored};
use comity_runner::{Engine, EngineError};
use comity_store::codec::{Record, decode_recorded};
use comity_store::{Journal, PageRequest, Query, Row};

use super::time::missing_notices;
use crate::simulation::model::{Case, Gone, Model};
use crate::simulation::trace::Wrong;

const FOR_EVER: &str = "what was erased reads as erased for ever, also as of a day before it was";
const BY_TWO: &str = "a case is erased by two accounts, one after the other, and nothing stands between them";
const NOTHING_RUNS: &str = "a case in which something runs, is owed or was not noticed is not erased";
const TOLD: &str = "a case is erased when those that are tied to it know of it what they must";
const NOT_FOUND: &str = "the index finds nothing that was erased by what it held";
const MATTER: &str =
    "with the last case of a matter its title is erased, by whoever comes next if not at once";

/// The case was erased by two, and nothing needed anybody to look at it still.
pub(crate) fn might_be(id: CaseId, gone: &Gone, model: &Model) -> Result<(), Wrong> {
    let Some(case) = &gone.case else { return Ok(()) };
    let wrong =
        |sentence, found: &str| Err(Wrong::new(sentence, format!("{}: {found}", gone.erasure.reference)));
    let Some(last) = case.entries.last() else { return wrong(BY_TWO, "it held nothing") };
    let is_proposal = matches!(&last.body, Body::ErasureProposed(proposed)
        if proposed.authority == gone.erasure.authority && proposed.reason == gone.erasure.reason);
    let is_said =
        gone.erasure.proposed_by == last.recorded_by.reveal() && gone.erasure.proposed_at == last.recorded_at;
    if !is_proposal || !is_said || gone.erasure.proposed_by == gone.by {
        return wrong(BY_TWO, &format!("{last:?}, and then {}", gone.by));
    }
    if let Some(found) = needs(case, gone.at) {
        return wrong(NOTHING_RUNS, &found);
    }
    match behind(model, id, case, gone.at, gone.began) {
        Some(reference) => wrong(TOLD, &reference),
        None => Ok(()),
    }
}

/// What in a case needs somebody to look at it still.
pub(crate) fn needs(case: &Case, now: Moment) -> Option<String> {
    let view = case.view(now);
    let runs = view.clocks().iter().filter_map(ClockView::last).any(|run| run.status == CycleStatus::Running);
    let owed = view.obligations().iter().filter(|one| one.owed.met.is_none()).count();
    let missing = missing_notices(case, &view);
    (runs || owed > 0 || !missing.is_empty())
        .then(|| format!("runs {runs}, owed {owed}, not noticed {missing:?}"))
}

/// A case, tied to this one by the record as it was at `until`, that has to be told of it something still.
pub(crate) fn behind(model: &Model, of: CaseId, case: &Case, now: Moment, until: u64) -> Option<String> {
    let there = case.view(now);
    model.cases().filter(|(id, _)| *id != of).find_map(|(id, other)| {
        let view = other.view(now);
        let bodies: Vec<Body> = mirrored(other.procedure())
            .iter()
            .filter(|one| {
                let linked = view.links().iter().rev().find(|(link, _)| *link == one.link);
                linked.is_some_and(|(_, to)| *to == of && tie(model, id, &one.link, of) <= Some(until))
            })
            .flat_map(|one| lessons(&view, &other.entries, one, Some((of, &there))))
            .collect();
        let is_ahead = other.entries.last().is_some_and(|last| last.recorded_at > now);
        (!bodies.is_empty() && !is_ahead).then(|| other.opening.reference.clone())
    })
}

/// At which position it was recorded last that a link of a case leads to this one.
pub(crate) fn tie(model: &Model, id: CaseId, link: &Name, to: CaseId) -> Option<u64> {
    let stream = model.streams.get(&id)?;
    stream.lines.iter().rev().find_map(|line| match &line.record {
        Record::Case(Body::Linked { link: by, case }) if by == link && *case == to => Some(line.position),
        Record::Case(_)
        | Record::Matter(_)
        | Record::Procedure(_)
        | Record::Erased(_)
        | Record::Clock(_)
        | Record::Delivery(_)
        | Record::Read(_)
        | Record::Report(_) => None,
    })
}

/// Nobody reads it, of now or of a day before it was erased, and the record keeps nothing of it but that it was.
pub(crate) async fn is_gone(
    engine: &Engine,
    id: CaseId,
    model: &Model,
    has_stopped: bool,
) -> Result<(), Wrong> {
    let Some(gone) = model.gone(id) else { return Ok(()) };
    let wrong = |found: String| Err(Wrong::new(FOR_EVER, format!("{}: {found}", gone.erasure.reference)));
    let is_erased = |error: &EngineError| matches!(error, EngineError::Erased { erasure, .. } if *erasure == gone.erasure);
    let Some(case) = &gone.case else {
        return match engine.matter(MatterId(id.0)).await {
            Err(error) if is_erased(&error) => Ok(()),
            found => wrong(format!("{found:?}")),
        };
    };
    match engine.case(id).await {
        Err(error) if is_erased(&error) => {}
        found => return wrong(format!("{found:?}")),
    }
    for entry in &case.entries {
        let asked = Asked { at: entry.recorded_at, known_at: entry.recorded_at };
        match engine.view(id, asked).await {
            Err(error) if is_erased(&error) => {}
            found => return wrong(format!("as of {}: {}", entry.recorded_at, found.is_ok())),
        }
    }
    let before = Asked { at: gone.erasure.proposed_at, known_at: gone.erasure.proposed_at };
    let queue =
        engine.queue_as_known(before).await.map_err(|error| Wrong::new(FOR_EVER, error.to_string()))?;
    if queue.iter().any(|item| item.case == id) {
        return wrong("it is on the queue as of the day of the proposal".to_owned());
    }
    // A key that was left is destroyed when the store is opened again.
    if has_stopped {
        return Ok(());
    }
    let entries = engine.journal().read(id, Version(0)).await;
    let entries = entries.map_err(|error| Wrong::new(FOR_EVER, error.to_string()))?;
    let (last, before) = entries.split_last().map_or((None, &[][..]), |(last, before)| (Some(last), before));
    let says_so = last.is_some_and(|last| matches!(decode_recorded(last), Ok(Record::Erased(_))));
    if !says_so
        || before
            .iter()
            .any(|entry| entry.payload.content().is_some() || entry.payload.disclosure().is_some())
    {
        return wrong("its entries can be read".to_owned());
    }
    Ok(())
}

/// Nothing is found by what the index held of it, but that it was there under its reference.
pub(crate) async fn is_not_found(journal: &dyn Journal, id: CaseId, gone: &Gone) -> Result<(), Wrong> {
    let failed = |error: comity_store::ReadError| Wrong::new(NOT_FOUND, error.to_string());
    for query in gone.rows.iter().filter_map(query_of) {
        let mut after = None;
        loop {
            let page =
                journal.rows(query.clone(), PageRequest { after, limit: 500 }).await.map_err(failed)?;
            if page.rows.iter().any(|found| found.case == id) {
                return Err(Wrong::new(NOT_FOUND, format!("{} by {query:?}", gone.erasure.reference)));
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(())
}

fn query_of(row: &Row) -> Option<Query> {
    Some(match row.clone() {
        Row::Due { at, .. } => Query::DueUntil(at),
        Row::Warn { at, .. } => Query::WarnUntil(at),
        Row::Planned { at, .. } => Query::PlannedUntil(at),
        Row::Silent => Query::Silent,
        Row::Stage { track, stage } => Query::AtStage { track, stage },
        Row::Authority { authority } => Query::ByAuthority(authority),
        Row::Matter { matter } => Query::InMatter(matter),
        Row::Procedure { procedure, .. } => Query::UnderProcedure(procedure),
        Row::Kind { kind } => Query::OfKind(kind),
        Row::State { state } => Query::OfState(state),
        Row::Person { name } => Query::OfPerson(name),
        Row::Word { word } => Query::WithWord(word),
        Row::Assigned { to } => Query::AssignedTo(to),
        Row::Reference { .. } => return None,
    })
}

/// No title of a matter is left of which all cases were erased.
pub(crate) fn no_title_is_left(model: &Model) -> Result<(), Wrong> {
    let matters: BTreeSet<MatterId> =
        model.all_gone().filter_map(|(_, gone)| Some(gone.case.as_ref()?.opening.matter)).collect();
    for matter in matters {
        let is_left = model.cases().any(|(_, case)| case.opening.matter == matter);
        if !is_left && model.gone(CaseId(matter.0)).is_none() {
            return Err(Wrong::new(MATTER, matter.to_string()));
        }
    }
    Ok(())
}

/// Whether the entry may be confirmed by this account, as far as the case itself goes.
pub(crate) fn is_proposal_for(case: &Case, entry: EntryNumber, by: &Private) -> bool {
    case.entries.last().is_some_and(|last| {
        last.number == entry && last.recorded_by != *by && matches!(last.body, Body::ErasureProposed(_))
    })
}
