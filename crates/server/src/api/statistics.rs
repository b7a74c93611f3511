//! Figures of the office.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use comity_core::Asked;
use comity_core::id::CaseId;
use comity_core::time::{Day, Moment};
use comity_runner::{CaseFile, Wanted};
use comity_statistics::{By, Figures, Life, Panel, Period, Question, Step, Table};
use comity_store::PageRequest;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cases::read_instant;
use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::{Ask, Named};
use crate::problem::Problem;
use crate::shown::Seen;

/// How many rows of the index are read at a time.
const AT_A_TIME: usize = 500;

/// Of which time, and how it is told.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asking {
    /// The first day, in the days of the deciding side of each case; the first of this year (UTC), if nothing is said.
    pub(crate) from: Option<String>,
    /// The last day; today (UTC), if nothing is said. Tables of one day are of this one.
    pub(crate) to: Option<String>,
    /// Into what the ledger and the limits are divided: `whole`, `year`, `quarter` or `month`; `whole`, if nothing is said.
    pub(crate) step: Option<String>,
    /// By what rows are parted: `procedure`, `direction` or `both`; `procedure`, if nothing is said.
    pub(crate) by: Option<String>,
    /// Only cases with this State on a side (ISO 3166-1, two letters).
    pub(crate) state: Option<String>,
    /// Only cases under this procedure.
    pub(crate) procedure: Option<String>,
    /// By what was known at this moment (RFC 3339): the figures that were right then. Everything, if nothing is said.
    pub(crate) as_known_at: Option<String>,
    /// Beside the figures, where they differ from those by what was known at this moment (RFC 3339).
    pub(crate) restated_since: Option<String>,
    /// Whether the references of the cases are told that are counted.
    #[serde(default)]
    cases: bool,
}

/// A table, and what it rests on.
#[derive(Serialize, ToSchema)]
pub(crate) struct FiguresDocument {
    /// The table.
    #[serde(flatten)]
    pub(crate) table: Table,
    /// By what was known at this moment.
    known_at: String,
    /// The entries of the record up to this position were there; whoever asks for the same moment of knowledge gets the same.
    position: u64,
    /// How many cases were looked at. What is sealed, or not for this account, is not among them.
    pub(crate) cases: usize,
    /// How many could not be read, because their content was erased or is damaged, and are not counted.
    pub(crate) unreadable: usize,
    /// Where the figures differ from those that were asked about.
    restated: Option<Table>,
}

/// A table of figures; with `Accept: text/csv` for a spreadsheet
///
/// The tables are `ledger`, `times`, `survival`, `limits`, `grounds`, `ageing`, `standing`, `missing`, `load` and `quality`. Each
/// says what is counted, and which event opens and closes it.
#[utoipa::path(get, path = "/v1/statistics/{table}", operation_id = "show_figures", tag = "statistics",
    params(("table" = Panel, Path, description = "Which table"), Asking),
    responses((status = 200, description = "The table", content(
            (FiguresDocument = "application/json"), (String = "text/csv"))),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn show(
    State(app): State<Shared>,
    who: Principal,
    headers: HeaderMap,
    Named(table): Named<String>,
    Ask(asking): Ask<Asking>,
) -> Result<Response, Problem> {
    let document = figures(&app, &who, &table, &asking).await?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/csv") {
        return Ok(document.csv());
    }
    Ok(Json(document).into_response())
}

impl FiguresDocument {
    /// The figures for a spreadsheet, or where they differ, if that was asked.
    pub(crate) fn csv(self) -> Response {
        let table = self.restated.unwrap_or(self.table);
        ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table.csv()).into_response()
    }
}

/// The figures that are asked for, of the cases that an account may see. That sealed ones are counted is noted.
pub(crate) async fn figures(
    app: &App,
    who: &Principal,
    table: &str,
    asking: &Asking,
) -> Result<FiguresDocument, Problem> {
    app.may(who, Action::List, What::default())?;
    let panel = Panel::from_word(table).ok_or_else(|| Problem::not_found("table"))?;
    if panel.is_of_officers() {
        app.may(who, Action::Oversee, What { procedure: asking.procedure.as_deref(), ..What::default() })?;
    }
    let now = app.now();
    let question = asking.question(now)?;
    let moment = |text: &Option<String>| text.as_deref().map(read_instant).transpose();
    let known_at = moment(&asking.as_known_at)?.unwrap_or(now);
    let position = app.engine.last_position().await?;
    let mut counted = Counted::by(known_at.min(now), panel, question)?;
    let earlier = moment(&asking.restated_since)?.map(|then| Counted::by(then.min(now), panel, question));
    let mut earlier = earlier.transpose()?;
    let (mut all, mut unreadable) = (Every::of(asking.wanted()), 0);
    while let Some(page) = all.page(app).await? {
        for case in page {
            match app.see(who, case).await? {
                Seen::May(file) => {
                    app.note(who, &file, "statistics").await?;
                    counted.add(&file);
                    if let Some(earlier) = &mut earlier {
                        earlier.add(&file);
                    }
                }
                Seen::Unreadable => unreadable += 1,
                Seen::MayNot | Seen::Sealed => {}
            }
        }
    }
    let (cases, table) = (counted.cases, counted.figures.table());
    let restated = earlier.map(|earlier| table.restated(&earlier.figures.table()));
    let known_at = known_at.to_string();
    Ok(FiguresDocument { table, known_at, position: position.0, cases, unreadable, restated })
}

impl Asking {
    fn question(&self, now: Moment) -> Result<Question, Problem> {
        let today = comity_core::time::Zone::utc().day_at(now);
        let day = |text: &Option<String>, usual: Day| match text {
            None => Ok(usual),
            Some(text) => text.parse().map_err(|_| Problem::unreadable("a day is written as 2027-04-16")),
        };
        let to = day(&self.to, today)?;
        let from = day(&self.from, Day::new(to.year(), 1, 1).unwrap_or(to))?;
        let (step, by) = (step(self.step.as_deref())?, by(self.by.as_deref())?);
        let period = Period::new(from, to).map_err(|bad| Problem::unreadable(bad.to_string()))?;
        Ok(Question { period, step, by, with_references: self.cases })
    }

    fn wanted(&self) -> Wanted {
        Wanted { state: self.state.clone(), procedure: self.procedure.clone(), ..Wanted::default() }
    }
}

/// Into what the time is divided; not at all, if nothing is said.
pub(super) fn step(word: Option<&str>) -> Result<Step, Problem> {
    named(word, Step::from_word, "step is one of whole, year, quarter and month")
}

/// By what rows are parted; by procedure, if nothing is said.
pub(super) fn by(word: Option<&str>) -> Result<By, Problem> {
    named(word, By::from_word, "by is one of procedure, direction and both")
}

fn named<T: Default>(word: Option<&str>, read: fn(&str) -> Option<T>, says: &str) -> Result<T, Problem> {
    word.map_or_else(|| Ok(T::default()), |word| read(word).ok_or_else(|| Problem::unreadable(says)))
}

/// A table in the making, by what was known at a moment.
pub(super) struct Counted {
    known_at: Moment,
    pub(super) figures: Figures,
    /// How many cases were looked at.
    cases: usize,
}

impl Counted {
    pub(super) fn by(known_at: Moment, panel: Panel, question: Question) -> Result<Self, Problem> {
        let figures = Figures::new(panel, question).map_err(|bad| Problem::unreadable(bad.to_string()))?;
        Ok(Self { known_at, figures, cases: 0 })
    }

    pub(super) fn add(&mut self, file: &CaseFile) {
        self.cases += 1;
        // Looked at as of that moment: nobody knew by then what ran out later.
        if let Some(life) = Life::of(file.case, &file.view(Asked::at(self.known_at)), &file.entries) {
            self.figures.add(&life);
        }
    }
}

/// All cases that are wanted, one page of the index after the other.
pub(super) struct Every {
    wanted: Wanted,
    next: Option<PageRequest>,
}

impl Every {
    pub(super) fn of(wanted: Wanted) -> Self {
        Self { wanted, next: Some(PageRequest::first(AT_A_TIME)) }
    }

    /// The cases of the next page; nothing, once all were there.
    pub(super) async fn page(&mut self, app: &App) -> Result<Option<Vec<CaseId>>, Problem> {
        let Some(request) = self.next.take() else { return Ok(None) };
        let found = app.engine.find(&self.wanted, request).await?;
        self.next = found.next.map(|after| PageRequest { after: Some(after), limit: AT_A_TIME });
        Ok(Some(found.cases))
    }
}
