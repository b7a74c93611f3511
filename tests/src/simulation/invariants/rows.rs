//! The index against a full fold.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::id::CaseId;
use comity_core::time::{Day, Moment};
use comity_core::{View, office_standing};
use comity_store::{Found, Journal, PageRequest, Query, ReadError, Row};

use super::time::{missing_notices, missing_warnings};
use crate::simulation::model::{Case, Model};
use crate::simulation::trace::Wrong;

const AS_FOLDED: &str = "what the index is told of a case is what a full fold says of it";
const AS_TOLD: &str = "the index finds what it was told of each case, and nothing else";
const OLDEST_FIRST: &str = "what is due is found oldest first";

/// The index is told of a case what a full fold says.
pub(crate) fn are_as_folded(id: CaseId, case: &Case, told: &BTreeSet<Row>) -> Result<(), Wrong> {
    let Some(last) = case.entries.last() else { return Ok(()) };
    let told: BTreeSet<Row> = told.iter().filter(|row| is_checked(row)).cloned().collect();
    let expected = expected(case, last.recorded_at);
    if told == expected {
        return Ok(());
    }
    let lacks: Vec<&Row> = expected.difference(&told).collect();
    let more: Vec<&Row> = told.difference(&expected).collect();
    let reference = &case.opening.reference;
    Err(Wrong::new(AS_FOLDED, format!("{reference} ({id}): it lacks {lacks:?}, and has {more:?} too many")))
}

/// Words and names are kept hidden, and the suites of the store look after them.
fn is_checked(row: &Row) -> bool {
    match row {
        Row::Due { .. }
        | Row::Warn { .. }
        | Row::Planned { .. }
        | Row::Silent
        | Row::Stage { .. }
        | Row::Authority { .. }
        | Row::Matter { .. }
        | Row::Reference { .. }
        | Row::Procedure { .. }
        | Row::Kind { .. } => true,
        Row::State { .. } | Row::Person { .. } | Row::Word { .. } | Row::Assigned { .. } => false,
    }
}

fn expected(case: &Case, at: Moment) -> BTreeSet<Row> {
    let (view, opening) = (case.view(at), &case.opening);
    let mut rows = BTreeSet::from([
        Row::Kind { kind: "case".to_owned() },
        Row::Matter { matter: opening.matter },
        Row::Reference { reference: opening.reference.clone() },
        Row::Procedure {
            procedure: case.procedure().name().to_string(),
            digest: case.procedure().meaning().to_string(),
        },
    ]);
    for (_, other) in view.links() {
        rows.insert(Row::Kind { kind: format!("tied to {other}") });
    }
    for track in view.tracks() {
        rows.insert(Row::Stage { track: track.name.to_string(), stage: track.stage_name.to_string() });
    }
    let running = view.due().into_iter().map(|(at, clock)| (clock.name.to_string(), at));
    for (clock, at) in running.chain(missing_notices(case, &view)) {
        rows.insert(Row::Due { at, clock });
    }
    for (clock, _, at, _) in missing_warnings(case, &view) {
        rows.insert(Row::Warn { at, clock });
    }
    rows.extend(planned(case, &view));
    for act in view.acts().iter().filter(|act| act.is_open()) {
        rows.extend(act.by.iter().map(|(name, _)| Row::Authority { authority: name.to_string() }));
    }
    for owed in view.obligations().iter().filter(|one| one.owed.met.is_none()) {
        rows.insert(Row::Authority { authority: owed.bearer.0.to_string() });
    }
    rows
}

fn planned(case: &Case, view: &View) -> Vec<Row> {
    let office = office_standing(&case.entries);
    let start = |day: Day| view.procedure().home().zone.start_of(day);
    let mut rows = Vec::new();
    if let Some(review) = office.review {
        rows.push(Row::Planned { at: start(review.by), what: "review".to_owned() });
    }
    let until = office.hold.and_then(|hold| hold.until);
    if let (Some(until), false) = (until, view.is_over()) {
        rows.push(Row::Planned { at: start(until), what: "hold".to_owned() });
    }
    let is_armed = !view.due().is_empty() || view.obligations().iter().any(|one| one.owed.met.is_none());
    if !view.is_over() && !is_armed && office.review.is_none() && until.is_none() {
        rows.push(Row::Silent);
    }
    rows
}

/// The index finds what each last commit named.
pub(crate) async fn are_found(journal: &dyn Journal, model: &Model) -> Result<(), Wrong> {
    let far = Moment::MAX;
    let by_time = [Query::DueUntil(far), Query::WarnUntil(far), Query::PlannedUntil(far)];
    for (place, query) in by_time.into_iter().enumerate() {
        let found = all(journal, query).await.map_err(|error| failed(&error))?;
        let times: Vec<Moment> = found.iter().filter_map(|found| moment(&found.row)).collect();
        if !times.is_sorted() {
            return Err(Wrong::new(OLDEST_FIRST, format!("{times:?}")));
        }
        is_same(&found, model, |row| kind_of_time(row) == Some(place))?;
    }
    let silent = all(journal, Query::Silent).await.map_err(|error| failed(&error))?;
    is_same(&silent, model, |row| matches!(row, Row::Silent))?;
    let cases = all(journal, Query::OfKind("case".to_owned())).await.map_err(|error| failed(&error))?;
    is_same(&cases, model, |row| matches!(row, Row::Kind { kind } if kind == "case"))
}

/// The index finds each case by its reference, its matter and the stages of its tracks.
pub(crate) async fn are_found_by_name(journal: &dyn Journal, model: &Model) -> Result<(), Wrong> {
    let mut asked: BTreeMap<String, Query> = BTreeMap::new();
    for row in model.streams.values().filter(|one| one.case.is_some()).flat_map(|one| &one.rows) {
        let query = match row {
            Row::Stage { track, stage } => Query::AtStage { track: track.clone(), stage: stage.clone() },
            Row::Reference { reference } => Query::Named(reference.clone()),
            Row::Authority { authority } => Query::ByAuthority(authority.clone()),
            Row::Due { .. }
            | Row::Warn { .. }
            | Row::Planned { .. }
            | Row::Silent
            | Row::Matter { .. }
            | Row::Procedure { .. }
            | Row::Kind { .. }
            | Row::State { .. }
            | Row::Person { .. }
            | Row::Word { .. }
            | Row::Assigned { .. } => continue,
        };
        asked.insert(format!("{row:?}"), query);
    }
    for (row, query) in asked {
        let found = all(journal, query).await.map_err(|error| failed(&error))?;
        is_same(&found, model, |other| format!("{other:?}") == row)?;
    }
    Ok(())
}

fn moment(row: &Row) -> Option<Moment> {
    if let Row::Due { at, .. } | Row::Warn { at, .. } | Row::Planned { at, .. } = row {
        Some(*at)
    } else {
        None
    }
}

fn kind_of_time(row: &Row) -> Option<usize> {
    if let Row::Due { .. } = row {
        Some(0)
    } else if let Row::Warn { .. } = row {
        Some(1)
    } else if let Row::Planned { .. } = row {
        Some(2)
    } else {
        None
    }
}

fn is_same(found: &[Found], model: &Model, of: impl Fn(&Row) -> bool) -> Result<(), Wrong> {
    let found: BTreeSet<(CaseId, &Row)> = found.iter().map(|found| (found.case, &found.row)).collect();
    let told = model.streams.iter().flat_map(|(id, stream)| stream.rows.iter().map(|row| (*id, row)));
    let told: BTreeSet<(CaseId, &Row)> = told.filter(|(_, row)| of(row)).collect();
    if found == told {
        return Ok(());
    }
    let lacks: Vec<_> = told.difference(&found).collect();
    let more: Vec<_> = found.difference(&told).collect();
    Err(Wrong::new(AS_TOLD, format!("it does not find {lacks:?}, and finds {more:?}")))
}

async fn all(journal: &dyn Journal, query: Query) -> Result<Vec<Found>, ReadError> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = journal.rows(query.clone(), PageRequest { after, limit: 500 }).await?;
        rows.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(rows),
        }
    }
}

fn failed(error: &ReadError) -> Wrong {
    Wrong::new("a journal in good order answers", error.to_string())
}
