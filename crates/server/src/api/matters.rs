//! Matters: the dossiers that tie cases together.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use comity_core::name::Private;
use comity_runner::NewMatter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::{Care, Named, Sent};
use crate::problem::Problem;

/// A matter to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenMatter {
    /// The reference by which officers will know it.
    pub(crate) reference: String,
    /// A short title, which may name a person.
    #[serde(default)]
    pub(crate) title: String,
}

/// A matter.
#[derive(Serialize, ToSchema)]
pub(crate) struct MatterDocument {
    /// Its reference.
    reference: String,
    /// Its title, which may name a person.
    title: String,
    /// Its id.
    matter: String,
    /// The references of its cases, as far as this account may see them.
    cases: Vec<String>,
}

/// Open a matter
#[utoipa::path(post, path = "/v1/matters", operation_id = "open_matter", tag = "cases", request_body = OpenMatter,
    params(("Idempotency-Key" = Option<String>, Header, description = "A name for this attempt: a second one opens nothing")),
    responses((status = 201, description = "Open", body = MatterDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn open(
    State(app): State<Shared>,
    who: Principal,
    care: Care,
    Sent(new): Sent<OpenMatter>,
) -> Result<(StatusCode, Json<MatterDocument>), Problem> {
    Ok((StatusCode::CREATED, Json(opened(&app, who, care.key.as_deref(), new).await?)))
}

/// Opens a matter, and says what was opened; a second attempt under the same key opens nothing.
pub(crate) async fn opened(
    app: &App,
    who: Principal,
    key: Option<&str>,
    new: OpenMatter,
) -> Result<MatterDocument, Problem> {
    app.may(&who, Action::Open, What::default())?;
    let matter = NewMatter { reference: new.reference.clone(), title: Private::new(new.title.clone()) };
    let by = Private::new(who.name);
    let id = match key {
        Some(key) => app.engine.open_matter_once(key, matter, &by).await?,
        None => app.engine.open_matter(matter, &by).await?,
    };
    app.metrics.recorded.inc();
    let document = MatterDocument {
        reference: new.reference,
        title: new.title,
        matter: id.to_string(),
        cases: Vec::new(),
    };
    Ok(document)
}

/// A matter and its cases
#[utoipa::path(get, path = "/v1/matters/{reference}", operation_id = "show_matter", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the matter")),
    responses((status = 200, description = "The matter", body = MatterDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn show(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
) -> Result<Json<MatterDocument>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let found = app.engine.find_matter(&reference).await?.ok_or_else(|| Problem::not_found("matter"))?;
    let matter = app.engine.matter(found).await?;
    let mut cases = Vec::new();
    for case in app.engine.cases_of(found).await? {
        cases.extend(app.showing(&who, case, "matter").await?.map(|file| file.opening.reference));
    }
    let title = matter.title.reveal().to_owned();
    Ok(Json(MatterDocument { reference, title, matter: found.to_string(), cases }))
}
