//! Opening a case, in three short pages: under which procedure, about whom, and what arrived.
//!
//! Nothing is kept between the pages but what travels in the form. Persons are looked for before a case is opened, so that one that is
//! here already is found.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use comity_core::Asked;
use comity_runner::Edition;
use serde::Deserialize;

use super::cases::CaseRow;
use super::fields::{Fields, Sent};
use super::frame::{Frame, Here, page_with, see_other};
use super::procedures::{matches, sides};
use super::refused::Refusal;
use super::session::Desk;
use super::words::case_path;
use crate::access::{AccessError, Action, What, secret};
use crate::api::cases::{OpenCase, opened};
use crate::api::matters::{self, OpenMatter};
use crate::api::search::hits;
use crate::problem::Problem;

/// Where to begin.
#[derive(Deserialize)]
pub(crate) struct Asks {
    #[serde(default)]
    procedure: String,
    #[serde(default)]
    q: String,
}

/// A procedure that may be chosen.
struct Choice {
    name: String,
    title: String,
    about: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "console/open/procedure.html")]
struct ProcedurePage {
    frame: Frame,
    refusal: Option<Refusal>,
    q: String,
    options: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "console/open/person.html")]
struct PersonPage {
    frame: Frame,
    refusal: Option<Refusal>,
    procedure: String,
    procedure_title: String,
    title: String,
    matter: String,
    found: Option<Vec<CaseRow>>,
    carried: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "console/open/arrived.html")]
struct ArrivedPage {
    frame: Frame,
    refusal: Option<Refusal>,
    procedure_title: String,
    title: String,
    matter: String,
    reference: String,
    since: String,
    place: String,
    carried: Vec<(String, String)>,
}

/// The first page: under which procedure.
pub(crate) async fn page(desk: Desk, Query(asks): Query<Asks>) -> Result<Response, Problem> {
    desk.app.may(&desk.who, Action::Open, What::default())?;
    procedure_page(&desk, &asks.procedure, &asks.q, None).await
}

/// The next page, or the case.
pub(crate) async fn sent(desk: Desk, Sent(typed): Sent) -> Result<Response, Problem> {
    desk.app.may(&desk.who, Action::Open, What::default())?;
    let Some(edition) = chosen(&desk, &typed) else {
        let problem = Problem::unclear("choose the procedure under which the case runs");
        return procedure_page(&desk, "", &typed.or_empty("q"), Some(&problem)).await;
    };
    match typed.raw("do") {
        "open" => match open(&desk, &typed).await {
            Ok(reference) => Ok(see_other(&format!("{}?recorded=1", case_path(&reference)))),
            Err(problem) if matches!(problem.status, 409 | 422) => {
                arrived_page(&desk, &edition, &typed, Some(&problem)).await
            }
            Err(problem) => Err(problem),
        },
        "arrived" => arrived_page(&desk, &edition, &typed, None).await,
        "find" => person_page(&desk, &edition, &typed, true).await,
        _ => person_page(&desk, &edition, &typed, false).await,
    }
}

fn chosen(desk: &Desk, typed: &Fields) -> Option<Edition> {
    desk.app.engine.procedures().current(&typed.text("procedure")?)
}

fn status(problem: Option<&Problem>) -> StatusCode {
    if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

async fn procedure_page(
    desk: &Desk,
    chosen: &str,
    q: &str,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let all = desk.app.engine.procedures();
    let editions = all.names().into_iter().filter_map(|name| all.current(name.as_str()));
    let allowed = |edition: &Edition| {
        let name = Some(edition.procedure.name().as_str());
        desk.app.rules.permits(&desk.who, Action::Open, What { procedure: name, ..What::default() })
    };
    let wanted = |edition: &Edition| matches(&edition.procedure, q) && allowed(edition);
    let mut options: Vec<Choice> = editions
        .filter(wanted)
        .map(|edition| Choice {
            title: edition.procedure.title().to_owned(),
            about: format!(
                "{}, edition {} · {}",
                edition.procedure.name(),
                edition.procedure.version(),
                sides(&edition.procedure)
            ),
            is_chosen: edition.procedure.name().as_str() == chosen,
            name: edition.procedure.name().to_string(),
        })
        .collect();
    options.sort_by(|one, other| one.title.cmp(&other.title));
    let frame = Frame::of(desk, "Open a case: procedure", Here::Cases).await?;
    let refusal = problem.map(Refusal::from);
    page_with(status(problem), &ProcedurePage { frame, refusal, q: q.to_owned(), options })
}

async fn person_page(
    desk: &Desk,
    edition: &Edition,
    typed: &Fields,
    finds: bool,
) -> Result<Response, Problem> {
    let title = typed.or_empty("title");
    let found = if finds && !title.is_empty() {
        let (found, _) = hits(&desk.app, &desk.who, &title).await?;
        let now = Asked::at(desk.app.now());
        Some(found.iter().map(|(why, file)| CaseRow::of(file, &file.view(now), Some(why))).collect())
    } else {
        None
    };
    let frame = Frame::of(desk, "Open a case: person", Here::Cases).await?;
    page_with(
        StatusCode::OK,
        &PersonPage {
            frame,
            refusal: None,
            procedure: edition.procedure.name().to_string(),
            procedure_title: edition.procedure.title().to_owned(),
            title,
            matter: typed.or_empty("matter"),
            found,
            carried: typed.carried(&["do", "title", "matter", "procedure"]),
        },
    )
}

async fn arrived_page(
    desk: &Desk,
    edition: &Edition,
    typed: &Fields,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let zone = &edition.procedure.home().zone;
    let today = zone.day_at(desk.app.now()).to_string();
    let mut carried = typed.carried(&["do", "reference", "since"]);
    if typed.text("key").is_none() {
        let key = secret::first_password().map_err(AccessError::from)?;
        carried.push(("key".to_owned(), key.to_string()));
    }
    let frame = Frame::of(desk, "Open a case: what arrived", Here::Cases).await?;
    page_with(
        status(problem),
        &ArrivedPage {
            frame,
            refusal: problem.map(Refusal::from),
            procedure_title: edition.procedure.title().to_owned(),
            title: typed.or_empty("title"),
            matter: typed.or_empty("matter"),
            reference: typed.or_empty("reference"),
            since: typed.text("since").unwrap_or(today),
            place: zone.place(),
            carried,
        },
    )
}

/// Opens the matter, if there is none yet, and the case in it. Sent twice, it opens one.
async fn open(desk: &Desk, typed: &Fields) -> Result<String, Problem> {
    let (app, key) = (&desk.app, typed.or_empty("key"));
    let reference = typed.text("reference");
    let reference = reference
        .ok_or_else(|| Problem::unclear("give the case the reference by which officers will know it"))?;
    let matter = typed.text("matter").unwrap_or_else(|| format!("M-{reference}"));
    let title = typed.or_empty("title");
    if app.engine.find_matter(&matter).await?.is_none() {
        let new = OpenMatter { reference: matter.clone(), title: title.clone() };
        matters::opened(app, desk.who.clone(), Some(&format!("{key}-matter")), new).await?;
    }
    let new = OpenCase {
        reference: reference.clone(),
        matter,
        procedure: typed.or_empty("procedure"),
        title,
        since: typed.text("since"),
        links: Vec::new(),
    };
    opened(app, &desk.who, Some(&format!("{key}-case")), new).await?;
    Ok(reference)
}
