//! What is recorded, told as it happens (server-sent events), from any position on.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use comity_core::entry::Body;
use comity_runner::EngineError;
use comity_store::codec::{Record, decode_recorded};
use comity_store::{Position, Recorded};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::Ask;
use crate::problem::Problem;

/// From where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct From {
    /// Only entries behind this position of the record; only new ones, if nothing is said. The header `Last-Event-ID` goes
    /// before it, so that a client that was cut off goes on where it was.
    after: Option<u64>,
}

/// What was recorded, without anything that tells of a person: read the case for more.
#[derive(Serialize, ToSchema)]
pub(crate) struct Told {
    /// The position in the record; also the id of the event.
    position: u64,
    /// What it is of.
    case: String,
    /// The reference of the case, where it is one.
    reference: Option<String>,
    /// The number of the entry in the case.
    number: u32,
    /// When it was recorded.
    recorded_at: String,
    /// What kind of entry it is; also the name of the event.
    kind: &'static str,
}

/// The record as it grows: server-sent events, each with the position as its id
#[utoipa::path(get, path = "/v1/events", tag = "record",
    params(From, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was heard")),
    responses((status = 200, description = "Events whose data is a `Told`", body = Told, content_type = "text/event-stream"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn follow(
    State(app): State<Shared>,
    who: Principal,
    headers: HeaderMap,
    Ask(from): Ask<From>,
) -> Result<Response, Problem> {
    app.may(&who, Action::Follow, What::default())?;
    let after = match last_heard(&headers)?.or(from.after) {
        Some(after) => Position(after),
        None => app.engine.last_position().await?,
    };
    let turn = app.followers.clone().try_acquire_owned().map_err(|_| {
        Problem::too_many("as many clients follow the record as may at once; try again in a while", 30)
    })?;
    app.metrics.followers.inc();
    let following =
        Following { follow: app.engine.follow(after), stopping: app.stopping.clone(), app, who, _turn: turn };
    let events = stream::unfold((following, Vec::new()), |(mut following, mut waiting)| async move {
        loop {
            if let Some(event) = waiting.pop() {
                return Some((Ok::<Event, Infallible>(event), (following, waiting)));
            }
            waiting = following.next().await?;
            waiting.reverse();
        }
    });
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    Ok(Sse::new(events).keep_alive(alive).into_response())
}

fn last_heard(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.map(Some).ok_or_else(|| Problem::unreadable("Last-Event-ID is the id of an event: a number"))
}

/// A client that follows the record.
struct Following {
    app: Shared,
    who: Principal,
    follow: comity_runner::Follow,
    stopping: tokio::sync::watch::Receiver<bool>,
    _turn: tokio::sync::OwnedSemaphorePermit,
}

impl Drop for Following {
    fn drop(&mut self) {
        self.app.metrics.followers.dec();
    }
}

impl Following {
    /// The next events; nothing once the server stops, the token is good no more, or the record cannot be read.
    async fn next(&mut self) -> Option<Vec<Event>> {
        let read = tokio::select! {
            read = self.follow.next() => read,
            _ = self.stopping.wait_for(|stops| *stops) => return None,
        };
        let read =
            read.inspect_err(|error| tracing::error!(%error, "the record could not be followed")).ok()?;
        // A token may have been taken back since, or its account been closed, which takes back all it has.
        if !self.app.book.is_good(&self.who, self.app.now()) {
            return None;
        }
        let mut events = Vec::new();
        for recorded in &read {
            let event = event(&self.app, &self.who, recorded).await;
            // What cannot be told now is told to whoever follows from here on again.
            events.extend(
                event.inspect_err(|error| tracing::error!(%error, "an event could not be told")).ok()?,
            );
        }
        Some(events)
    }
}

async fn event(app: &App, who: &Principal, recorded: &Recorded) -> Result<Option<Event>, EngineError> {
    let Some(kind) = kind(recorded) else { return Ok(None) };
    let mut reference = None;
    if let Ok(Record::Case(_)) = decode_recorded(recorded) {
        let Some(file) = app.showing(who, recorded.case, "events").await? else { return Ok(None) };
        reference = Some(file.opening.reference);
    }
    let told = Told {
        position: recorded.position.0,
        case: recorded.case.to_string(),
        reference,
        number: recorded.number.get(),
        recorded_at: recorded.recorded_at.to_string(),
        kind,
    };
    Ok(Event::default().id(recorded.position.0.to_string()).event(kind).json_data(told).ok())
}

/// What kind of entry it is; nothing for one that says how far events were delivered or who read a sealed case, which is
/// nobody's event.
fn kind(recorded: &Recorded) -> Option<&'static str> {
    Some(match decode_recorded(recorded) {
        Ok(Record::Case(body)) => match body {
            Body::Opened(_) => "case-opened",
            Body::Deed(_) => "deed",
            Body::Annulled { .. } => "annulled",
            Body::Corrected { .. } => "corrected",
            Body::Linked { .. } => "linked",
            Body::Noticed(_) => "limit-ran-out",
            Body::Note(_) => "note",
            Body::Filed(_) => "file",
            Body::ErasureProposed(_) => "erasure-proposed",
            Body::Office(_) => "office",
            Body::Warned(_) => "limit-warned",
            Body::Proposed(_) => "proposed",
            Body::Confirmed { .. } => "confirmed",
            Body::Migrated(_) => "migrated",
        },
        Ok(Record::Matter(_)) => "matter-opened",
        Ok(Record::Procedure(_)) => "procedure-registered",
        Ok(Record::Erased(_)) => "erased",
        Ok(Record::Clock(_)) => "clock",
        Ok(Record::Delivery(_) | Record::Read(_) | Record::Report(_)) => return None,
        Err(_) => "unreadable",
    })
}
