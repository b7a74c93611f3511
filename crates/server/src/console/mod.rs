//! The console: the pages in which officers work.
//!
//! A page is HTML from a template that is checked as the program is compiled, and everything on it works without the script, which
//! only adds to it. What a page shows is worked out by the functions that the API answers with, under the same rules and seals, so the
//! two cannot disagree; what is made here are plain structs of words, links and signs.
//!
//! - [`session`]: the cookie by which a browser is known, signing in and out. [`forgery`]: that a form was sent from a page of ours.
//! - [`frame`]: what stands around every page; [`refused`]: a problem as a page. [`assets`]: style sheet, script and sign.
//! - [`today`], [`deadlines`], [`cases`], [`search`], [`procedures`], [`statistics`]: pages about many cases. [`open`]: a new one.
//! - [`case`]: one case, with its tabs. [`record`]: what is recorded in it, looked at before it is.
//! - [`fields`] are what a form sends, [`words`] how dates and sentences are put on a page, [`sign`] how pressing something is, [`help`]
//!   what the words mean.

mod assets;
mod case;
mod cases;
mod deadlines;
mod fields;
mod forgery;
mod frame;
mod help;
mod open;
mod procedures;
mod record;
mod refused;
mod search;
mod session;
mod sign;
mod statistics;
mod today;
mod words;

use axum::routing::get;
use axum::{Router, middleware};

use crate::api;
use crate::app::Shared;

pub(crate) use refused::{dress, no_page};
pub(crate) use session::Sessions;

/// Whether a password is tried by sending a form to this path.
pub(crate) fn tries_a_password(path: &str) -> bool {
    matches!(path, "/sign-in" | "/password")
}

/// The pages that need nobody to be signed in.
pub(crate) fn open_pages() -> Router<Shared> {
    Router::new()
        .route("/sign-in", get(session::ask).post(session::sign_in))
        .route("/assets/{name}", get(assets::asset))
}

/// The pages for whoever is signed in.
pub(crate) fn closed_pages(app: &Shared) -> Router<Shared> {
    Router::new()
        .route("/", get(today::page))
        .route("/deadlines", get(deadlines::page))
        .route("/cases", get(cases::page))
        .route("/cases/new", get(open::page).post(open::sent))
        .route("/search", get(search::page))
        .route("/procedures", get(procedures::list))
        .route("/procedures/{family}/{name}", get(procedures::show))
        .route("/help", get(help::page))
        .route("/events", get(api::events::follow))
        .route("/session", get(session::remaining))
        .route("/password", get(session::ask_password).post(session::change_password))
        .route("/sign-out", axum::routing::post(session::sign_out))
        .merge(case::routes())
        .merge(record::routes())
        .layer(middleware::from_fn_with_state(Shared::clone(app), session::signed_in))
}

/// The pages for whoever is signed in that may take long.
pub(crate) fn long_pages(app: &Shared) -> Router<Shared> {
    let pages = case::long_routes().route("/statistics", get(statistics::page));
    pages.layer(middleware::from_fn_with_state(Shared::clone(app), session::signed_in))
}
