//! The limits as a calendar (RFC 5545), which any calendar program reads again and again.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use comity_core::time::Moment;
use icalendar::{Calendar, Component, Event, Property};
use serde::Deserialize;
use utoipa::IntoParams;

use super::queue::{Deadline, running};
use crate::access::account::TokenKind;
use crate::access::book::after;
use crate::access::{Action, What};
use crate::app::Shared;
use crate::extract::Ask;
use crate::problem::Problem;

const DAYS_AHEAD: i64 = 731;
const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Whose calendar.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// A token of kind `calendar`. Calendar programs send no headers, so it stands in the address; it opens nothing else.
    token: String,
}

/// The limits that run, as a calendar
#[utoipa::path(get, path = "/v1/deadlines.ics", tag = "work", security(()), params(Whose),
    responses((status = 200, description = "The calendar", body = String, content_type = "text/calendar"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn calendar(State(app): State<Shared>, Ask(whose): Ask<Whose>) -> Result<Response, Problem> {
    let now = app.now();
    let who = app.book.principal(&whose.token, now).filter(|who| who.kind == TokenKind::Calendar);
    let who = who.ok_or_else(|| {
        Problem::not_signed_in("the token of this calendar is good no more; make another at POST /v1/tokens")
    })?;
    app.may(&who, Action::List, What::default())?;
    let (deadlines, _) = running(&app, &who, after(now, DAYS_AHEAD * SECONDS_A_DAY), "calendar").await?;
    let text = text(&deadlines, now, app.config.public_address.as_deref());
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}

/// The calendar. References and what must happen, no title of a case: calendars lie on telephones.
fn text(deadlines: &[Deadline], now: Moment, address: Option<&str>) -> String {
    let mut calendar = Calendar::new();
    calendar.name("Comity: limits");
    for one in deadlines {
        let mut event = Event::new();
        event
            .uid(&format!("{}/{}@comity", one.reference, one.clock))
            .summary(&format!("{}: {}", one.reference, one.title))
            .description(&format!("Runs out {} ({}).", one.says, one.basis));
        event.append_property(Property::new("DTSTAMP", stamp(&now.to_string())));
        match &one.last_day {
            // An event of a whole day ends with the day after it.
            Some(day) => {
                event.append_property(
                    Property::new("DTSTART", day.replace('-', "")).add_parameter("VALUE", "DATE").done(),
                );
            }
            None => {
                event.append_property(Property::new("DTSTART", stamp(&one.ends)));
            }
        }
        if let Some(address) = address {
            event.url(&format!("{}/v1/cases/{}", address.trim_end_matches('/'), one.reference));
        }
        calendar.push(event.done());
    }
    calendar.done().to_string()
}

/// `2027-04-16T23:00:00Z` as RFC 5545 writes it.
fn stamp(moment: &str) -> String {
    let (seconds, _) = moment.split_once('.').unwrap_or((moment, ""));
    let plain: String = seconds.chars().filter(|character| !matches!(character, '-' | ':' | 'Z')).collect();
    plain + "Z"
}
