//! What stands around every page: its title, where else to go, who is signed in, and of what the page tells.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use comity_core::time::Moment;

use super::assets::{ASSETS, Assets};
use super::session::{Desk, Seat};
use super::words::{Markup, in_utc, to_the_minute, whole_sentence};
use crate::access::{Action, What};
use crate::app::App;
use crate::problem::Problem;

/// Nothing from elsewhere, nothing inline, and within no other page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// Which of the main pages somebody is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Here {
    Today,
    Deadlines,
    Cases,
    Procedures,
    Statistics,
    Search,
    Elsewhere,
}

/// A main page.
pub(crate) struct Way {
    pub(crate) title: &'static str,
    pub(crate) path: &'static str,
    pub(crate) is_here: bool,
}

/// Who is signed in.
pub(crate) struct Signed {
    pub(crate) account: String,
    pub(crate) form_token: String,
    pub(crate) ways: Vec<Way>,
    pub(crate) may_list: bool,
    pub(crate) may_open: bool,
    pub(crate) idle_seconds: u32,
}

/// What stands around a page.
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) signed: Option<Signed>,
    /// The present moment, in words.
    pub(crate) now: String,
    /// How many procedures the library has.
    pub(crate) procedures: usize,
    /// The last position of the record; nothing where nobody is signed in.
    pub(crate) position: Option<u64>,
    /// Why nothing can be recorded now, if nothing can.
    pub(crate) wanting: Option<Markup>,
    /// What has just been done, told once.
    pub(crate) said: Option<Markup>,
    /// Whether the script listens for what is recorded, and of which case; an empty text means of any.
    pub(crate) listens: Option<String>,
    /// What is looked for in the box of the header.
    pub(crate) sought: String,
    pub(crate) assets: &'static Assets,
    /// Which edition of the program made the page.
    pub(crate) program: &'static str,
}

impl Frame {
    /// The frame for somebody who is signed in.
    pub(crate) async fn of(desk: &Desk, title: impl Into<String>, here: Here) -> Result<Self, Problem> {
        let position = desk.app.engine.last_position().await?;
        let signed = signed(&desk.app, &desk.seat, here);
        let frame = Self::outside(&desk.app, title);
        let wanting = desk.app.standing.wanting().map(|why| whole_sentence(&why));
        Ok(Self { signed: Some(signed), position: Some(position.0), wanting, ..frame })
    }

    /// The frame for somebody who may be signed in, where nothing of the record can be asked.
    pub(crate) fn without_record(app: &App, seat: Option<&Seat>, title: impl Into<String>) -> Self {
        let signed = seat.map(|seat| signed(app, seat, Here::Elsewhere));
        Self { signed, ..Self::outside(app, title) }
    }

    /// The frame for whoever is not signed in.
    pub(crate) fn outside(app: &App, title: impl Into<String>) -> Self {
        let now: Moment = app.now();
        Self {
            title: title.into(),
            signed: None,
            now: in_utc(to_the_minute(now)),
            procedures: app.engine.procedures().names().len(),
            position: None,
            wanting: None,
            said: None,
            listens: None,
            sought: String::new(),
            assets: &ASSETS,
            program: env!("CARGO_PKG_VERSION"),
        }
    }
}

fn signed(app: &App, seat: &Seat, here: Here) -> Signed {
    let may = |action| app.rules.permits(&seat.who, action, What::default());
    let may_list = may(Action::List) && !seat.who.account.must_change_password;
    let way = |title, path, at| Way { title, path, is_here: here == at };
    let ways = if may_list {
        vec![
            way("Today", "/", Here::Today),
            way("Deadlines", "/deadlines", Here::Deadlines),
            way("Cases", "/cases", Here::Cases),
            way("Procedures", "/procedures", Here::Procedures),
            way("Statistics", "/statistics", Here::Statistics),
        ]
    } else {
        Vec::new()
    };
    Signed {
        account: seat.who.name.clone(),
        form_token: seat.form_token(),
        ways,
        may_list,
        may_open: may_list && may(Action::Open),
        idle_seconds: app.config.access.idle_minutes.saturating_mul(60),
    }
}

/// A page as an answer.
pub(crate) fn page(template: &impl Template) -> Result<Response, Problem> {
    page_with(StatusCode::OK, template)
}

/// A page as an answer of a status.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let text = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Problem::ours("console/page")
    })?;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ];
    Ok((status, headers, Html(text)).into_response())
}

/// Leads to another page of ours, which is then asked for.
pub(crate) fn see_other(path: &str) -> Response {
    let to = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    let policy = HeaderValue::from_static("same-origin");
    (StatusCode::SEE_OTHER, [(header::LOCATION, to), (header::REFERRER_POLICY, policy)]).into_response()
}
