//! The resources of the API.

mod accounts;
pub(crate) mod bundle;
mod calendar;
pub(crate) mod case;
pub(crate) mod cases;
mod drafts;
pub(crate) mod events;
pub(crate) mod files;
mod health;
mod journal;
pub(crate) mod matters;
mod migrations;
mod procedures;
pub(crate) mod queue;
pub(crate) mod record;
mod reference;
mod reports;
pub(crate) mod said;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod statistics;
mod targets;
pub(crate) mod verification;

use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Comity",
        description = "Requests for extradition and mutual legal assistance, moved by the procedure of their treaty. \
                       Moments are RFC 3339 in UTC; dates are read in the zone of whoever acted. Every refusal is a \
                       problem document (RFC 9457) with the sentence and the provision.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    security(("token" = []))
)]
struct Description;

/// The routes that need no token.
pub(crate) fn open() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(session::sign_in))
        .routes(routes!(calendar::calendar))
}

/// The routes that need one.
pub(crate) fn closed() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(session::who, session::sign_out))
        .routes(routes!(session::change_password))
        .routes(routes!(accounts::list, accounts::add))
        .routes(routes!(accounts::edit))
        .routes(routes!(accounts::reset_password))
        .routes(routes!(accounts::tokens, accounts::make_token))
        .routes(routes!(accounts::revoke))
        .routes(routes!(queue::queue))
        .routes(routes!(queue::deadlines))
        .routes(routes!(matters::open))
        .routes(routes!(matters::show))
        .routes(routes!(cases::list, cases::open))
        .routes(routes!(case::show))
        .routes(routes!(case::moves))
        .routes(routes!(case::clocks))
        .routes(routes!(case::explanation))
        .routes(routes!(case::documents))
        .routes(routes!(case::timeline))
        .routes(routes!(case::grounds))
        .routes(routes!(case::facts))
        .routes(routes!(case::links))
        .routes(routes!(case::diagram))
        .routes(routes!(verification::proof))
        .routes(routes!(files::list))
        .routes(routes!(search::search))
        .routes(routes!(case::readings))
        .routes(routes!(record::entries, record::record))
        .routes(routes!(record::preview))
        .routes(routes!(record::link))
        .routes(routes!(journal::standing))
        .routes(routes!(journal::rows))
        .routes(routes!(journal::stream, journal::append))
        .routes(routes!(journal::receipt))
        .routes(routes!(verification::verify))
        .routes(routes!(verification::show))
        .routes(routes!(procedures::list))
        .routes(routes!(procedures::show))
        .routes(routes!(procedures::diagram))
        .routes(routes!(reference::authorities))
        .routes(routes!(reference::calendars))
        .routes(routes!(events::follow))
        .routes(routes!(health::measures))
        .routes(routes!(health::trust_clock))
        .routes(routes!(targets::list))
        .routes(routes!(targets::letters))
        .routes(routes!(targets::again))
        .routes(routes!(targets::set_aside))
}

/// The routes that need one, and may take long: they look at all cases, or at all paths of a procedure.
pub(crate) fn long() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(statistics::show))
        .routes(routes!(bundle::make))
        .routes(routes!(reports::list, reports::publish))
        .routes(routes!(reports::show))
        .routes(routes!(drafts::check))
        .routes(routes!(drafts::attempt))
        .routes(routes!(migrations::preview))
        .routes(routes!(migrations::migrate))
}

/// The routes that need one, and carry files.
pub(crate) fn carrying() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(files::add)).routes(routes!(files::read))
}

/// All routes, by how they are bounded.
pub(crate) struct Routes {
    /// Those that need no token.
    pub(crate) open: Router<Shared>,
    /// Those that need one.
    pub(crate) closed: Router<Shared>,
    /// Those that need one, and may take long.
    pub(crate) long: Router<Shared>,
    /// Those that need one, and carry files.
    pub(crate) carrying: Router<Shared>,
}

/// The routes, and their description in `OpenAPI` 3.1.
pub(crate) fn described() -> (Routes, utoipa::openapi::OpenApi) {
    let mut description = Description::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut description.info.version);
    let mut take = |routes: OpenApiRouter<Shared>| {
        let (router, described) = routes.split_for_parts();
        description.merge(described);
        router
    };
    let routes =
        Routes { open: take(open()), closed: take(closed()), long: take(long()), carrying: take(carrying()) };
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token of POST /v1/session or POST /v1/tokens"));
    let components = description.components.get_or_insert_with(Default::default);
    components.add_security_scheme("token", SecurityScheme::Http(scheme.build()));
    (routes, description)
}
