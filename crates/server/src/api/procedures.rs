//! The library.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use comity_draw::Marks;
use comity_runner::Edition;
use serde::Serialize;
use utoipa::ToSchema;

use super::case::picture;
use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::Named;
use crate::problem::Problem;

/// A procedure under which cases may be opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProcedureRow {
    /// Its name.
    procedure: String,
    /// Its title.
    title: String,
    /// Its edition.
    edition: u32,
    /// The digest of what it means.
    meaning: String,
}

/// The library.
#[derive(Serialize, ToSchema)]
pub(crate) struct Library {
    /// By name.
    procedures: Vec<ProcedureRow>,
}

/// A procedure with the texts that it was read from.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProcedureDocument {
    /// What it is.
    #[serde(flatten)]
    row: ProcedureRow,
    /// The texts, the procedure file first.
    files: Vec<ProcedureFile>,
}

/// A file of the library.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProcedureFile {
    /// Its path in the library.
    path: String,
    /// Its text.
    text: String,
}

fn row(edition: &Edition) -> ProcedureRow {
    let procedure = &edition.procedure;
    ProcedureRow {
        procedure: procedure.name().to_string(),
        title: procedure.title().to_owned(),
        edition: procedure.version(),
        meaning: procedure.meaning().to_string(),
    }
}

fn edition(app: &App, family: &str, name: &str) -> Result<Edition, Problem> {
    let found = app.engine.procedures().current(&format!("{family}/{name}"));
    found.ok_or_else(|| Problem::not_found("procedure"))
}

/// The procedures under which cases may be opened
#[utoipa::path(get, path = "/v1/procedures", operation_id = "list_procedures", tag = "library",
    responses((status = 200, description = "By name", body = Library),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Shared>, who: Principal) -> Result<Json<Library>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let procedures = app.engine.procedures();
    let names = procedures.names();
    let editions = names.iter().filter_map(|name| procedures.current(name.as_str()));
    Ok(Json(Library { procedures: editions.map(|edition| row(&edition)).collect() }))
}

/// A procedure, with the texts that it was read from
#[utoipa::path(get, path = "/v1/procedures/{family}/{name}", operation_id = "show_procedure", tag = "library",
    params(("family" = String, Path, description = "The folder of the instrument, such as nz-kr"),
        ("name" = String, Path, description = "The procedure, such as extradition")),
    responses((status = 200, description = "The procedure", body = ProcedureDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn show(
    State(app): State<Shared>,
    who: Principal,
    Named((family, name)): Named<(String, String)>,
) -> Result<Json<ProcedureDocument>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let edition = edition(&app, &family, &name)?;
    let row = row(&edition);
    let files = edition.files.into_iter().map(|(path, text)| ProcedureFile { path, text }).collect();
    Ok(Json(ProcedureDocument { row, files }))
}

/// A procedure as a picture
#[utoipa::path(get, path = "/v1/procedures/{family}/{name}/diagram.svg", operation_id = "draw_procedure", tag = "library",
    params(("family" = String, Path, description = "The folder of the instrument, such as nz-kr"),
        ("name" = String, Path, description = "The procedure, such as extradition")),
    responses((status = 200, description = "The picture", body = String, content_type = "image/svg+xml"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn diagram(
    State(app): State<Shared>,
    who: Principal,
    Named((family, name)): Named<(String, String)>,
) -> Result<Response, Problem> {
    app.may(&who, Action::List, What::default())?;
    picture(&edition(&app, &family, &name)?.procedure, &Marks::none())
}
