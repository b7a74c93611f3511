//! Lists of cases, and new ones.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comity_core::Asked;
use comity_core::id::{CaseId, Version};
use comity_core::name::{Name, Private};
use comity_core::time::{Moment, When};
use comity_runner::said::read_when;
use comity_runner::{CaseFile, Edition, EngineError, NewCase, Wanted};
use comity_sheet::row::RowDocument;
use comity_store::{Cursor, PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::{Ask, Care, Sent, etag, objects};
use crate::problem::Problem;
use crate::shown::{Filling, Seen};

/// The most cases on a page.
const MOST: usize = 500;
/// How many are on a page, if nobody says.
const USUAL: usize = 50;

/// Which cases.
#[derive(Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// All these words stand in the title. Case and marks make no difference.
    pub(crate) text: Option<String>,
    /// The case is about a person of this name.
    pub(crate) person: Option<String>,
    /// This State is on a side (ISO 3166-1, two letters).
    pub(crate) state: Option<String>,
    /// The case runs under this procedure.
    pub(crate) procedure: Option<String>,
    /// A track stands at a stage: `custody:held-provisionally`.
    pub(crate) stage: Option<String>,
    /// This authority may or must act.
    pub(crate) authority: Option<String>,
    /// The case belongs to the matter of this reference.
    pub(crate) matter: Option<String>,
    /// What was known at this moment (RFC 3339); everything, if nothing is said.
    as_known_at: Option<String>,
    /// How many cases are on a page, up to 500. A page may hold fewer, and lead on.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// Where to go on: `next` of the page before.
    after: Option<String>,
}

/// A page of cases.
#[derive(Serialize, ToSchema)]
pub(crate) struct CasesPage {
    /// The cases.
    cases: Vec<RowDocument>,
    /// Where to go on, if there is more.
    next: Option<String>,
}

/// A case to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenCase {
    /// The reference by which officers will know it.
    pub(crate) reference: String,
    /// The reference of the matter that it belongs to.
    pub(crate) matter: String,
    /// The procedure that it runs under, such as `nz-kr/extradition`.
    pub(crate) procedure: String,
    /// A short title, which may name a person.
    #[serde(default)]
    pub(crate) title: String,
    /// From when acts may be recorded, as far as it is known; today, if nothing is said.
    #[serde(default)]
    pub(crate) since: Option<String>,
    /// The cases that it is tied to.
    #[serde(default, deserialize_with = "objects")]
    pub(crate) links: Vec<LinkTo>,
}

/// A tie to another case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkTo {
    /// The link, as the procedure calls it.
    pub(crate) link: String,
    /// The reference of the case that it leads to.
    pub(crate) case: String,
}

/// A case that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenedCase {
    /// Its reference.
    reference: String,
    /// Its id.
    case: String,
    /// The procedure.
    procedure: String,
    /// The edition of the procedure.
    edition: u32,
    /// The digest of what the procedure means; the case is pinned to it.
    meaning: String,
    /// From when acts may be recorded.
    since: String,
    /// How many entries it holds.
    version: u32,
}

/// A page of cases; with `Accept: application/x-ndjson` all of them, one on each line
#[utoipa::path(get, path = "/v1/cases", operation_id = "list_cases", tag = "cases", params(Which),
    responses((status = 200, description = "A page", content(
            (CasesPage = "application/json"), (String = "application/x-ndjson"))),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Shared>,
    who: Principal,
    headers: HeaderMap,
    Ask(which): Ask<Which>,
) -> Result<Response, Problem> {
    app.may(&who, Action::List, What::default())?;
    let known_at = which.as_known_at.as_deref().map(read_instant).transpose()?;
    let limit = which.limit.unwrap_or(USUAL);
    if limit == 0 || limit > MOST {
        return Err(Problem::unreadable(format!("limit is from 1 to {MOST}")));
    }
    let after: Option<Cursor> = match &which.after {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            Problem::unreadable("after is no cursor: pass on `next` of the page before, or leave it out")
        })?),
    };
    let Some(wanted) = wanted(&app, &which).await? else {
        return Ok(Json(CasesPage { cases: Vec::new(), next: None }).into_response());
    };
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("application/x-ndjson") {
        return Ok(in_lines(app, who, wanted, known_at));
    }
    let (cases, next) = page(&app, &who, &wanted, known_at, PageRequest { after, limit }).await?;
    Ok(Json(CasesPage { cases, next: next.map(|next| next.to_string()) }).into_response())
}

/// What the address asks for; nothing if there can be no such case.
pub(crate) async fn wanted(app: &App, which: &Which) -> Result<Option<Wanted>, Problem> {
    let stage = which.stage.as_deref().map(|stage| {
        let parts = stage.split_once(':').map(|(track, stage)| (track.to_owned(), stage.to_owned()));
        parts.ok_or_else(|| Problem::unreadable("stage is a track and a stage: custody:held-provisionally"))
    });
    let matter = match &which.matter {
        None => None,
        Some(reference) => match app.engine.find_matter(reference).await? {
            None => return Ok(None),
            found => found,
        },
    };
    Ok(Some(Wanted {
        text: which.text.clone(),
        person: which.person.clone(),
        state: which.state.clone(),
        procedure: which.procedure.clone(),
        stage: stage.transpose()?,
        authority: which.authority.clone(),
        matter,
    }))
}

async fn page(
    app: &App,
    who: &Principal,
    wanted: &Wanted,
    known_at: Option<Moment>,
    page: PageRequest,
) -> Result<(Vec<RowDocument>, Option<Cursor>), Problem> {
    let now = app.now();
    let asked = Asked { at: now, known_at: known_at.unwrap_or(now) };
    let (files, next) = files(app, who, wanted, asked, page).await?;
    let mut rows = Vec::with_capacity(files.len());
    for file in files {
        let matter = app.engine.matter(file.opening.matter).await.map(|matter| matter.reference);
        rows.push(RowDocument::of(&file, &file.view(asked), &matter.unwrap_or_default()));
    }
    Ok((rows, next))
}

/// The cases of a page, as this account may see them, and where it goes on. That sealed ones are shown is noted.
pub(crate) async fn files(
    app: &App,
    who: &Principal,
    wanted: &Wanted,
    asked: Asked,
    page: PageRequest,
) -> Result<(Vec<CaseFile>, Option<Cursor>), Problem> {
    let mut filling = Filling::new(page);
    while let Some(request) = filling.wants() {
        let found = app.engine.find(wanted, request).await?;
        for (case, row) in found.cases.into_iter().zip(found.up_to) {
            let goes_on = match app.see(who, case).await? {
                Seen::May(file) if file.view(asked).opening().is_some() => filling.take(row, *file),
                // It was not known yet. A case that cannot be read hides no other; the queue tells of it.
                Seen::May(_) | Seen::Sealed | Seen::Unreadable => true,
                Seen::MayNot => filling.pass_over(row),
            };
            if !goes_on {
                break;
            }
        }
        filling.turn(found.next);
    }
    let (files, more) = filling.done();
    for file in &files {
        app.note(who, file, "list").await?;
    }
    let next = match more {
        Some(page) => app.engine.find(wanted, page).await?.next,
        None => None,
    };
    Ok((files, next))
}

/// All cases, one on each line, as they are read: however many there are, only a page of them is in memory.
fn in_lines(app: Shared, who: Principal, wanted: Wanted, known_at: Option<Moment>) -> Response {
    let from = (app, who, wanted, Some(PageRequest::first(MOST)));
    let lines = futures_util::stream::unfold(from, move |(app, who, wanted, request)| async move {
        let request = request?;
        let (text, next) = match page(&app, &who, &wanted, known_at, request).await {
            Ok((rows, next)) => {
                let lines = rows.iter().filter_map(|row| serde_json::to_string(row).ok());
                (Ok(lines.map(|line| line + "\n").collect::<String>()), next)
            }
            // The client sees the answer break off, and does not take it for the whole.
            Err(problem) => (Err(std::io::Error::other(problem.detail)), None),
        };
        let request = next.map(|next| PageRequest { after: Some(next), limit: MOST });
        Some((text, (app, who, wanted, request)))
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response()
}

/// Open a case
#[utoipa::path(post, path = "/v1/cases", operation_id = "open_case", tag = "cases", request_body = OpenCase,
    params(("Idempotency-Key" = Option<String>, Header, description = "A name for this attempt: a second one opens nothing")),
    responses((status = 201, description = "Open", body = OpenedCase),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn open(
    State(app): State<Shared>,
    who: Principal,
    care: Care,
    Sent(new): Sent<OpenCase>,
) -> Result<Response, Problem> {
    let (opened, version) = opened(&app, &who, care.key.as_deref(), new).await?;
    Ok((StatusCode::CREATED, [(header::ETAG, etag(version))], Json(opened)).into_response())
}

/// Opens a case, and says what was opened; a second attempt under the same key opens nothing.
pub(crate) async fn opened(
    app: &App,
    who: &Principal,
    key: Option<&str>,
    new: OpenCase,
) -> Result<(OpenedCase, Version), Problem> {
    app.may(who, Action::Open, What { procedure: Some(&new.procedure), ..What::default() })?;
    let procedures = app.engine.procedures();
    let edition = procedures.current(&new.procedure).ok_or_else(|| EngineError::NoSuchProcedure {
        name: new.procedure.chars().take(80).filter(|c| !c.is_control()).collect(),
        known: procedures.names().iter().map(ToString::to_string).collect(),
    })?;
    let matter = app.engine.find_matter(&new.matter).await?;
    let matter =
        matter.ok_or_else(|| Problem::unclear("there is no matter of that reference; open it first"))?;
    let mut links = Vec::new();
    for link in &new.links {
        links.push(tie(app, who, link, &edition).await?);
    }
    let since = since(&new, &edition, app.now())?;
    let new_case = NewCase {
        matter,
        procedure: edition.procedure.name().clone(),
        reference: new.reference.clone(),
        title: Private::new(new.title),
        since,
        links,
    };
    let by = Private::new(who.name.clone());
    let id = match key {
        Some(key) => app.engine.open_case_once(key, new_case, &by).await?,
        None => app.engine.open_case(new_case, &by).await?,
    };
    app.metrics.recorded.inc();
    let file = app.engine.case(id).await?;
    let opened = OpenedCase {
        reference: new.reference,
        case: id.to_string(),
        procedure: file.opening.procedure.to_string(),
        edition: file.procedure.version(),
        meaning: file.opening.meaning.to_string(),
        since: since.to_string(),
        version: file.version().0,
    };
    Ok((opened, file.version()))
}

fn since(new: &OpenCase, edition: &Edition, now: Moment) -> Result<When, Problem> {
    let zone = &edition.procedure.home().zone;
    let Some(text) = &new.since else { return Ok(When::On(zone.day_at(now))) };
    let since = read_when(text, zone).map_err(|unclear| Problem::not_clear(&unclear, &edition.procedure))?;
    if since.earliest(zone) > now {
        return Err(Problem::unclear(format!("the case would begin {since}, which lies in the future")));
    }
    Ok(since)
}

/// The case that a link leads to.
pub(crate) async fn tie(
    app: &App,
    who: &Principal,
    to: &LinkTo,
    edition: &Edition,
) -> Result<(Name, CaseId), Problem> {
    let links = edition.procedure.links();
    let Some(known) = links.names().find(|known| known.as_str() == to.link) else {
        let names: Vec<&str> = links.names().map(Name::as_str).collect();
        let says =
            format!("`{}` knows no such link; it knows {}", edition.procedure.name(), names.join(", "));
        return Err(Problem::unclear(says));
    };
    let file = app.case(who, &to.case, Action::Read).await.map_err(|problem| match problem.status {
        404 => Problem::unclear("a link leads to a case of that reference, and there is none"),
        _ => problem,
    })?;
    Ok((known.clone(), file.case))
}

/// An instant of an address.
pub(crate) fn read_instant(text: &str) -> Result<Moment, Problem> {
    text.parse().map_err(|_| Problem::unreadable("a moment is written as 2027-04-16T23:00:00Z"))
}
