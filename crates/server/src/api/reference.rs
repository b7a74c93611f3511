//! What procedures know beside law: authorities, and the closed days that limits look at.

use axum::Json;
use axum::extract::State;
use comity_core::time::Zone;
use serde::Serialize;
use utoipa::ToSchema;

use super::drafts::whole_library;
use crate::access::{Action, Principal, What};
use crate::app::Shared;
use crate::problem::Problem;

/// A calendar that ends within so many days is to be carried on: limits that begin now may be as long.
const SOON: i64 = 366;

/// The authorities of all procedures.
#[derive(Serialize, ToSchema)]
pub(crate) struct Authorities {
    /// By procedure, in the order in which it names them.
    authorities: Vec<AuthorityDocument>,
}

/// An authority.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuthorityDocument {
    /// The procedure that names it.
    procedure: String,
    /// Its name there.
    authority: String,
    /// What it is called today.
    title: String,
    /// The side that it belongs to.
    side: String,
    /// The State (ISO 3166-1, two letters); left out where it differs from case to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    /// The zone of that side (tz database).
    zone: String,
    /// Where its power comes from.
    basis: String,
}

/// The calendars of closed days.
#[derive(Serialize, ToSchema)]
pub(crate) struct Calendars {
    /// By name.
    calendars: Vec<CalendarDocument>,
}

/// A calendar of closed days.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarDocument {
    /// Its name.
    name: String,
    /// Where the closed days are published.
    source: String,
    /// The day on which somebody last compared it with that.
    checked: String,
    /// The first day that was checked.
    from: String,
    /// The last day that was checked: no limit is counted beyond it.
    until: String,
    /// Whether it covers less than a year from now, and somebody should carry it on.
    ends_soon: bool,
    /// Single closed days.
    closed: Vec<String>,
}

/// The authorities that procedures name
#[utoipa::path(get, path = "/v1/reference/authorities", operation_id = "list_authorities", tag = "library",
    responses((status = 200, description = "By procedure", body = Authorities),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn authorities(
    State(app): State<Shared>,
    who: Principal,
) -> Result<Json<Authorities>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let procedures = app.engine.procedures();
    let editions = procedures.names().into_iter().filter_map(|name| procedures.current(name.as_str()));
    let now = app.now();
    let mut authorities = Vec::new();
    for procedure in editions.map(|edition| edition.procedure) {
        for (_, name, authority) in procedure.authorities().iter() {
            let Some((_, side_name, side)) = procedure.sides().iter().find(|(id, ..)| *id == authority.side)
            else {
                continue;
            };
            authorities.push(AuthorityDocument {
                procedure: procedure.name().to_string(),
                authority: name.to_string(),
                title: authority.title_on(side.zone.day_at(now)).to_owned(),
                side: side_name.to_string(),
                state: side.country().map(|country| country.to_string()),
                zone: side.zone.name().to_owned(),
                basis: authority.basis.to_string(),
            });
        }
    }
    Ok(Json(Authorities { authorities }))
}

/// The calendars of closed days, and how far they reach
#[utoipa::path(get, path = "/v1/reference/calendars", operation_id = "list_calendars", tag = "library",
    responses((status = 200, description = "By name", body = Calendars),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn calendars(State(app): State<Shared>, who: Principal) -> Result<Json<Calendars>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let today = Zone::utc().day_at(app.now());
    let library = whole_library(&app).await?;
    let mut calendars: Vec<CalendarDocument> = library
        .calendars
        .iter()
        .map(|calendar| CalendarDocument {
            name: calendar.name.clone(),
            source: calendar.source.clone(),
            checked: calendar.checked.to_string(),
            from: calendar.from.to_string(),
            until: calendar.until.to_string(),
            ends_soon: today.days_until(calendar.until) < SOON,
            closed: calendar.closed.iter().map(ToString::to_string).collect(),
        })
        .collect();
    calendars.sort_by(|one, other| one.name.cmp(&other.name));
    calendars.dedup_by(|one, other| one.name == other.name);
    Ok(Json(Calendars { calendars }))
}
