//! Figures that were published, and what they have become since.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_runner::{Report, Wanted};
use comity_statistics::{Panel, Period, Question, Table};
use comity_store::codec::ReportPublished;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::statistics::{Counted, Every, by, step};
use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::{Named, Sent};
use crate::problem::Problem;

/// A report to be published.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publish {
    /// The reference by which it will be known.
    reference: String,
    /// Its title.
    #[serde(default)]
    title: String,
    /// Which table; any but `load`.
    table: String,
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// Into what the ledger and the limits are divided: `whole`, `year`, `quarter` or `month`.
    #[serde(default)]
    step: Option<String>,
    /// By what rows are parted: `procedure`, `direction` or `both`.
    #[serde(default)]
    by: Option<String>,
    /// Only cases with this State on a side (ISO 3166-1, two letters).
    #[serde(default)]
    state: Option<String>,
    /// Only cases under this procedure.
    #[serde(default)]
    procedure: Option<String>,
}

/// The reports.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reports {
    /// The first published first.
    reports: Vec<ReportRow>,
}

/// A report in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportRow {
    /// Its reference.
    reference: String,
    /// Its title.
    title: String,
    /// When it was published (RFC 3339, UTC).
    published_at: String,
    /// The account that published it.
    published_by: String,
    /// By what was known at this moment.
    known_at: String,
    /// The position of the last entry of the record that was there.
    through: u64,
    /// What was asked.
    question: Vec<AskedDocument>,
}

/// A part of what was asked.
#[derive(Serialize, ToSchema)]
pub(crate) struct AskedDocument {
    /// Its name.
    name: String,
    /// Its value.
    value: String,
}

/// A report.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportDocument {
    /// What it is.
    #[serde(flatten)]
    row: ReportRow,
    /// The table as it was published.
    published: Table,
    /// Where a figure is another by what is known now. Cases that were sealed since are counted; of those that were erased nothing
    /// can be counted any more, and the difference shows that.
    restated: Table,
}

/// The words of a question, as a report keeps them.
struct Words(Vec<(String, String)>);

impl Words {
    fn of(asked: &Publish) -> Self {
        let of = |name: &str, value: &Option<String>| value.clone().map(|value| (name.to_owned(), value));
        let always = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
        let words = [
            of("by", &asked.by),
            always("from", &asked.from),
            of("procedure", &asked.procedure),
            of("state", &asked.state),
            of("step", &asked.step),
            always("table", &asked.table),
            always("to", &asked.to),
        ];
        Self(words.into_iter().flatten().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn question(&self) -> Result<(Panel, Question), Problem> {
        let day = |name| {
            let day = self.get(name).and_then(|text| text.parse().ok());
            day.ok_or_else(|| Problem::unreadable("a day is written as 2027-04-16"))
        };
        let panel = self.get("table").and_then(Panel::from_word).filter(|panel| !panel.is_of_officers());
        let panel = panel
            .ok_or_else(|| Problem::unclear("there is no table of this name that could be published"))?;
        let period =
            Period::new(day("from")?, day("to")?).map_err(|bad| Problem::unreadable(bad.to_string()))?;
        let (step, by) = (step(self.get("step"))?, by(self.get("by"))?);
        Ok((panel, Question { period, step, by, with_references: false }))
    }

    fn wanted(&self) -> Wanted {
        let get = |name| self.get(name).map(ToOwned::to_owned);
        Wanted { state: get("state"), procedure: get("procedure"), ..Wanted::default() }
    }
}

/// Publish figures
///
/// They are kept in the record as they are now. No case that is sealed is counted.
#[utoipa::path(post, path = "/v1/reports", operation_id = "publish_report", tag = "statistics", request_body = Publish,
    responses((status = 201, description = "Published", body = ReportDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn publish(
    State(app): State<Shared>,
    who: Principal,
    Sent(asked): Sent<Publish>,
) -> Result<(StatusCode, Json<ReportDocument>), Problem> {
    app.may(&who, Action::Oversee, What { procedure: asked.procedure.as_deref(), ..What::default() })?;
    let (known_at, words) = (app.now(), Words::of(&asked));
    let through = app.engine.last_position().await?.0;
    let table = counted(&app, &words, known_at, None).await?;
    if !table.is_balanced() {
        return Err(Problem::unclear(
            "the ledger does not balance, and is not published; GET /v1/statistics/quality tells why",
        ));
    }
    let report = ReportPublished {
        reference: asked.reference.clone(),
        title: asked.title,
        question: words.0,
        known_at,
        through,
        table: serde_json::to_string(&table).map_err(|_| Problem::ours("report/unwritten"))?,
    };
    app.engine.publish(report, &Private::new(who.name)).await?;
    app.metrics.recorded.inc();
    let report = app.engine.report(&asked.reference).await?.ok_or_else(|| Problem::not_found("report"))?;
    document(&app, report).await.map(|document| (StatusCode::CREATED, Json(document)))
}

/// The reports that were published
#[utoipa::path(get, path = "/v1/reports", operation_id = "list_reports", tag = "statistics",
    responses((status = 200, description = "The first published first", body = Reports),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<Shared>, who: Principal) -> Result<Json<Reports>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let reports = app.engine.reports().await?;
    Ok(Json(Reports { reports: reports.iter().map(ReportRow::of).collect() }))
}

/// A report as it was published, and what it has become since; with `Accept: text/csv` the table for a spreadsheet
#[utoipa::path(get, path = "/v1/reports/{reference}", operation_id = "show_report", tag = "statistics",
    params(("reference" = String, Path, description = "The reference of the report")),
    responses((status = 200, description = "The report", content(
            (ReportDocument = "application/json"), (String = "text/csv"))),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn show(
    State(app): State<Shared>,
    who: Principal,
    headers: HeaderMap,
    Named(reference): Named<String>,
) -> Result<Response, Problem> {
    app.may(&who, Action::List, What::default())?;
    let report = app.engine.report(&reference).await?.ok_or_else(|| Problem::not_found("report"))?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/csv") {
        let csv = table(&report)?.csv();
        return Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response());
    }
    Ok(Json(document(&app, report).await?).into_response())
}

async fn document(app: &App, report: Report) -> Result<ReportDocument, Problem> {
    let published = table(&report)?;
    let words = Words(report.published.question.clone());
    let now = counted(app, &words, app.now(), Some(report.published.known_at)).await?;
    Ok(ReportDocument { row: ReportRow::of(&report), restated: now.restated(&published), published })
}

fn table(report: &Report) -> Result<Table, Problem> {
    serde_json::from_str(&report.published.table).map_err(|error| {
        tracing::error!(%error, "a report that was published cannot be read");
        Problem::ours("report/unreadable")
    })
}

/// The table by what is known at a moment. A sealed case is not counted, unless it was counted when the report was published: that
/// it was sealed since is nobody's to see in a difference.
async fn counted(
    app: &App,
    words: &Words,
    known_at: Moment,
    published: Option<Moment>,
) -> Result<Table, Problem> {
    let (panel, question) = words.question()?;
    let mut counted = Counted::by(known_at, panel, question)?;
    let mut all = Every::of(words.wanted());
    while let Some(page) = all.page(app).await? {
        for case in page {
            let file = match app.engine.case(case).await {
                Ok(file) => file,
                Err(error) if error.is_of_one_case() => continue,
                Err(error) => return Err(error.into()),
            };
            let was_counted = published.is_some_and(|then| {
                let then = file.known_at(then);
                !then.entries.is_empty() && !then.is_sealed()
            });
            if was_counted || !file.is_sealed() {
                counted.add(&file);
            }
        }
    }
    Ok(counted.figures.table())
}

impl ReportRow {
    fn of(report: &Report) -> Self {
        let Report { published, at, by } = report;
        let asked =
            |(name, value): &(String, String)| AskedDocument { name: name.clone(), value: value.clone() };
        Self {
            reference: published.reference.clone(),
            title: published.title.clone(),
            published_at: at.to_string(),
            published_by: by.reveal().to_owned(),
            known_at: published.known_at.to_string(),
            through: published.through,
            question: published.question.iter().map(asked).collect(),
        }
    }
}
