//! What is to be done, and the limits that run.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use axum::Json;
use axum::extract::State;
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_core::{Asked, moment_in_words};
use comity_runner::{CaseFile, EngineError, QueueItem, Whose};
use comity_sheet::queue::ItemDocument;
use comity_store::{PageRequest, Query, Row};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cases::read_instant;
use super::said::desk_name;
use crate::access::book::after;
use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::Ask;
use crate::problem::Problem;
use crate::shown::{Filling, Seen};

const SECONDS_A_DAY: i64 = 24 * 60 * 60;
/// How far ahead limits are listed, if nobody says, in days.
const USUAL_DAYS: i64 = 366;
/// The most limits in one answer.
const MOST: usize = 5_000;

/// What was known, and when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Axes {
    /// The moment asked about (RFC 3339); now, if nothing is said.
    as_of: Option<String>,
    /// What was known at this moment (RFC 3339); everything, if nothing is said.
    as_known_at: Option<String>,
    /// Only the cases that this account has.
    assigned: Option<String>,
    /// Only the cases that this desk has.
    desk: Option<String>,
    /// Only the cases that nobody has.
    #[serde(default)]
    unassigned: bool,
}

/// What is to be done in all open cases.
#[derive(Serialize, ToSchema)]
pub(crate) struct Queue {
    /// The moment asked about.
    now: String,
    /// The most pressing first, never descending.
    items: Vec<ItemDocument>,
}

/// Until when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Until {
    /// Limits that end up to this moment (RFC 3339); a year ahead, if nothing is said.
    until: Option<String>,
}

/// The limits that run, and those that ran out and that nobody was told of.
#[derive(Serialize, ToSchema)]
pub(crate) struct Deadlines {
    /// The present moment.
    now: String,
    /// The soonest first.
    #[allow(clippy::struct_field_names, reason = "the name in the document")]
    deadlines: Vec<Deadline>,
    /// Whether more end in this time than one answer holds: ask for a shorter time.
    more: bool,
}

/// A limit that runs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Deadline {
    /// The reference of the case.
    pub(crate) reference: String,
    /// The clock.
    pub(crate) clock: String,
    /// What must happen in time.
    pub(crate) title: String,
    /// The provision.
    pub(crate) basis: String,
    /// The first instant that is too late (RFC 3339, UTC).
    pub(crate) ends: String,
    /// The last day that is in time, where days are counted.
    pub(crate) last_day: Option<String>,
    /// The end in words, in the zone that counts.
    pub(crate) says: String,
    /// The zone whose days count.
    pub(crate) zone: String,
    /// The title of the case, for the console.
    #[serde(skip)]
    pub(crate) case_title: String,
}

/// What is to be done in all open cases, the most pressing first
#[utoipa::path(get, path = "/v1/queue", tag = "work", params(Axes),
    responses((status = 200, description = "The queue", body = Queue),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn queue(
    State(app): State<Shared>,
    who: Principal,
    Ask(axes): Ask<Axes>,
) -> Result<Json<Queue>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let now = axes.as_of.as_deref().map(read_instant).transpose()?.unwrap_or_else(|| app.now());
    let known_at = axes.as_known_at.as_deref().map(read_instant).transpose()?.unwrap_or(now);
    let pressing = pressing(&app, &who, &whose(&axes)?, Asked { at: now, known_at }).await?;
    let items = pressing.items.iter().map(ItemDocument::from).collect();
    Ok(Json(Queue { now: now.to_string(), items }))
}

/// What is to be done, as an account may see it.
pub(crate) struct Pressing {
    /// The most pressing first, never descending.
    pub(crate) items: Vec<QueueItem>,
    /// The cases that the items are of, as far as they can be read.
    pub(crate) files: BTreeMap<CaseId, CaseFile>,
}

/// What is to be done in the cases that an account may see. That sealed ones are shown is noted.
pub(crate) async fn pressing(
    app: &App,
    who: &Principal,
    whose: &Whose,
    asked: Asked,
) -> Result<Pressing, Problem> {
    let (mut items, mut known, mut files) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for item in app.engine.queue_of(whose, asked).await? {
        let is_for = match known.get(&item.case) {
            Some(is_for) => *is_for,
            None => match app.see(who, item.case).await? {
                Seen::May(file) => {
                    app.note(who, &file, "queue").await?;
                    files.insert(item.case, *file);
                    true
                }
                Seen::MayNot | Seen::Sealed => false,
                // Nobody knows what it is of; whoever may list is told that it cannot be read.
                Seen::Unreadable => true,
            },
        };
        known.insert(item.case, is_for);
        if is_for {
            items.push(item);
        }
    }
    Ok(Pressing { items, files })
}

fn whose(axes: &Axes) -> Result<Whose, Problem> {
    match (&axes.assigned, &axes.desk, axes.unassigned) {
        (None, None, false) => Ok(Whose::Everybodys),
        (Some(account), None, false) => Ok(Whose::Account(Private::new(account.clone()))),
        (None, Some(desk), false) => Ok(Whose::Desk(desk_name(desk)?)),
        (None, None, true) => Ok(Whose::Nobodys),
        _ => Err(Problem::unreadable("ask by assigned, by desk or by unassigned, one at a time")),
    }
}

/// The limits that run, the soonest first
#[utoipa::path(get, path = "/v1/deadlines", tag = "work", params(Until),
    responses((status = 200, description = "The limits", body = Deadlines),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn deadlines(
    State(app): State<Shared>,
    who: Principal,
    Ask(until): Ask<Until>,
) -> Result<Json<Deadlines>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let now = app.now();
    let until = until.until.as_deref().map(read_instant).transpose()?;
    let until = until.unwrap_or_else(|| after(now, USUAL_DAYS * SECONDS_A_DAY));
    let (deadlines, more) = running(&app, &who, until, "deadlines").await?;
    Ok(Json(Deadlines { now: now.to_string(), deadlines, more }))
}

/// The limits that end up to a moment, as this account may see them, and whether there are more. `what` is said of sealed
/// cases that are shown.
pub(crate) async fn running(
    app: &App,
    who: &Principal,
    until: Moment,
    what: &str,
) -> Result<(Vec<Deadline>, bool), Problem> {
    let asked = Asked::at(app.now());
    let mut filling = Filling::new(PageRequest::first(MOST));
    // The limits of each case that was looked at; nothing, if it is not for this account.
    let mut known: BTreeMap<CaseId, Option<Vec<(Moment, Deadline)>>> = BTreeMap::new();
    while let Some(request) = filling.wants() {
        let page = app.engine.journal().rows(Query::DueUntil(until), request).await;
        let page = page.map_err(EngineError::Read)?;
        for (found, row) in page.rows.into_iter().zip(1..) {
            let Row::Due { at, clock } = found.row else { continue };
            if let Entry::Vacant(unknown) = known.entry(found.case) {
                unknown.insert(match app.see(who, found.case).await? {
                    Seen::May(file) => {
                        app.note(who, &file, what).await?;
                        Some(limits(&file, asked))
                    }
                    // A case that cannot be read hides no other; the queue tells of it.
                    Seen::MayNot | Seen::Sealed | Seen::Unreadable => None,
                });
            }
            let of_case = known.get_mut(&found.case).and_then(Option::as_mut);
            let place = of_case
                .as_ref()
                .and_then(|limits| limits.iter().position(|(ends, one)| *ends == at && one.clock == clock));
            if let (Some(limits), Some(place)) = (of_case, place)
                && !filling.take(row, limits.swap_remove(place).1)
            {
                break;
            }
        }
        filling.turn(page.next);
    }
    let (deadlines, more) = filling.done();
    Ok((deadlines, more.is_some()))
}

/// The limits of a case that run.
fn limits(file: &CaseFile, asked: Asked) -> Vec<(Moment, Deadline)> {
    let view = file.view(asked);
    let due = view.due();
    let due = due.iter().map(|(ends, clock)| {
        let last_day = clock.last().and_then(|cycle| cycle.end.last_day());
        let one = Deadline {
            reference: file.opening.reference.clone(),
            clock: clock.name.to_string(),
            title: clock.clock.title.clone(),
            basis: clock.clock.basis.to_string(),
            ends: ends.to_string(),
            last_day: last_day.map(|day| day.to_string()),
            says: moment_in_words(*ends, clock.zone),
            zone: clock.zone.name().to_owned(),
            case_title: file.opening.title.reveal().to_owned(),
        };
        (*ends, one)
    });
    due.collect()
}
