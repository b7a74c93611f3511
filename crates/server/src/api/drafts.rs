//! Drafts of procedures and chronologies, checked and played by what the engine runs. Nothing of them is kept.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use comity_core::verify::{Property, USUAL_BOUND, Verdict, Why, verify};
use comity_core::{View, moment_in_words};
use comity_language::chronology::{Chronology, Row};
use comity_language::library::{InMemory, Library, load, load_one};
use comity_language::{Diagnostic, Severity, Source, read_chronology};
use comity_sheet::{Sheet, TrackDocument};
use comity_testkit::{Answer, Rehearsal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::{Sent, objects};
use crate::problem::Problem;

/// The most files of a draft.
const MOST_FILES: usize = 50;
/// The longest chronology, in bytes. Each of its rows folds all before it.
const LONGEST_CHRONOLOGY: usize = 256 << 10;

/// A procedure to be checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    /// Its name, such as `nz-kr/extradition`.
    procedure: String,
    /// Texts in the place of those of the library, or beside them; up to 50.
    #[schema(max_items = 50)]
    #[serde(default, deserialize_with = "objects")]
    files: Vec<DraftFile>,
    /// How many configurations are searched before a proof is left undecided; up to 200,000.
    #[schema(minimum = 1, maximum = 200_000)]
    #[serde(default = "usual_bound")]
    bound: usize,
}

const fn usual_bound() -> usize {
    USUAL_BOUND
}

/// A text of a library.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftFile {
    /// Its path in the library, such as `nz-kr/extradition.yaml`.
    path: String,
    /// Its text.
    text: String,
}

/// A chronology to be played.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attempt {
    /// The chronology, as a file of a library holds it; up to 262,144 bytes.
    chronology: String,
    /// Texts in the place of those of the library, or beside them; up to 50.
    #[schema(max_items = 50)]
    #[serde(default, deserialize_with = "objects")]
    files: Vec<DraftFile>,
}

/// What was found about a procedure.
#[derive(Serialize, ToSchema)]
pub(crate) struct Checked {
    /// Whether cases could be opened under it: it has no error, and nothing stands in the way.
    fit: bool,
    /// Everything that is wrong with its texts.
    diagnostics: Vec<DiagnosticDocument>,
    /// How many configurations were searched.
    configurations: usize,
    /// Whether these were all.
    whole: bool,
    /// What holds on every path, and what does not.
    properties: Vec<PropertyDocument>,
}

/// One thing that is wrong with a text.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiagnosticDocument {
    /// Its kind.
    code: String,
    /// `error` or `warning`.
    severity: String,
    /// The path of the text.
    file: String,
    /// The line, from 1.
    line: usize,
    /// The column, from 1, in characters.
    column: usize,
    /// What is there.
    message: String,
    /// What would be right.
    remedy: String,
}

/// What holds on every path, or does not.
#[derive(Serialize, ToSchema)]
pub(crate) struct PropertyDocument {
    /// Its name.
    name: String,
    /// What it is about.
    about: Vec<String>,
    /// `proved`, `refuted` or `undecided`.
    verdict: &'static str,
    /// Whether it is kept for want of anything to keep it.
    vacuous: bool,
    /// The path that shows that it does not hold, or might not.
    path: Option<Vec<String>>,
}

/// What came of a chronology.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tried {
    /// Whether everything is as it says.
    holds: bool,
    /// What keeps it from being played.
    diagnostics: Vec<DiagnosticDocument>,
    /// Its tables, each played on fresh cases.
    tables: Vec<TableTried>,
}

/// What came of a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct TableTried {
    /// Its heading.
    title: String,
    /// How many cells were compared.
    cells: usize,
    /// What does not hold.
    failures: Vec<FailureDocument>,
    /// Where everything stands after each row.
    rows: Vec<RowTried>,
}

/// Something that does not hold.
#[derive(Serialize, ToSchema)]
pub(crate) struct FailureDocument {
    /// The line, from 1.
    line: usize,
    /// The column, from 1.
    column: usize,
    /// The date of the row.
    when: String,
    /// The heading of the column, or `what happened`.
    about: String,
    /// What the chronology says.
    wrote: String,
    /// What is so.
    found: String,
    /// Why, in the engine's sentences.
    because: Vec<String>,
}

/// Where everything stands after a row.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowTried {
    /// Its date.
    when: String,
    /// What became of each thing that happened.
    heard: Vec<HeardDocument>,
    /// Each case that is open.
    cases: Vec<StandsTried>,
}

/// What became of one thing that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeardDocument {
    /// What it was.
    what: String,
    /// Whether it is recorded.
    recorded: bool,
    /// Why not, in the engine's sentence.
    because: Option<String>,
}

/// Where a case stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct StandsTried {
    /// Its key in the chronology; nothing, if it is the only one.
    case: Option<String>,
    /// Where its tracks stand.
    tracks: Vec<TrackDocument>,
    /// The limits that run, the soonest first.
    limits: Vec<LimitTried>,
}

/// A limit that runs.
#[derive(Serialize, ToSchema)]
pub(crate) struct LimitTried {
    /// The clock.
    clock: String,
    /// The first instant that is too late (RFC 3339, UTC).
    ends: String,
    /// The same in words, in the zone that counts.
    says: String,
    /// The provision.
    basis: String,
}

/// Check a procedure, as `comity check` does: what is wrong with its texts, and what holds on every path
#[utoipa::path(post, path = "/v1/procedures:check", operation_id = "check_procedure", tag = "library", request_body = Draft,
    responses((status = 200, description = "What was found", body = Checked),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn check(
    State(app): State<Shared>,
    who: Principal,
    Sent(draft): Sent<Draft>,
) -> Result<Json<Checked>, Problem> {
    app.may(&who, Action::List, What::default())?;
    if draft.bound == 0 || draft.bound > USUAL_BOUND {
        return Err(Problem::unreadable(format!("bound is from 1 to {USUAL_BOUND}")));
    }
    let path = format!("{}.yaml", draft.procedure);
    let texts = texts(&app, draft.files, Some(&path))?;
    let (name, bound) = (draft.procedure, draft.bound);
    aside(&app, move || checked(&load_one(&texts, &path), &name, bound)).await.map(Json)
}

/// Play a chronology, as `comity test` and `comity replay` do
#[utoipa::path(post, path = "/v1/procedures:try", operation_id = "try_chronology", tag = "library", request_body = Attempt,
    responses((status = 200, description = "What came of it", body = Tried),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn attempt(
    State(app): State<Shared>,
    who: Principal,
    Sent(attempt): Sent<Attempt>,
) -> Result<Json<Tried>, Problem> {
    app.may(&who, Action::List, What::default())?;
    if attempt.chronology.len() > LONGEST_CHRONOLOGY {
        return Err(Problem::unreadable(format!("a chronology has up to {LONGEST_CHRONOLOGY} bytes")));
    }
    let texts = texts(&app, attempt.files, None)?;
    aside(&app, move || tried(attempt.chronology, &load(&texts))).await.map(Json)
}

/// All procedures that the daemon works with, read again with what lies beside them.
pub(crate) async fn whole_library(app: &App) -> Result<Library, Problem> {
    let texts = texts(app, Vec::new(), None)?;
    aside(app, move || load(&texts)).await
}

/// Works something out away from the threads that answer, one request at a time: whoever tries much takes one core and no more.
pub(super) async fn aside<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let turn = Arc::clone(&app.aside).acquire_owned().await.map_err(|_| Problem::ours("server/panic"))?;
    let worked = tokio::task::spawn_blocking(move || {
        let worked = work();
        drop(turn);
        worked
    });
    worked.await.map_err(|_| Problem::ours("server/panic"))
}

/// The texts of the library, with those of a draft in their place or beside them.
fn texts(app: &App, draft: Vec<DraftFile>, wanted: Option<&str>) -> Result<InMemory, Problem> {
    if draft.len() > MOST_FILES {
        return Err(Problem::unreadable(format!("a draft has up to {MOST_FILES} files")));
    }
    let procedures = app.engine.procedures();
    let editions = procedures.names().into_iter().filter_map(|name| procedures.current(name.as_str()));
    let library = editions.flat_map(|edition| edition.files);
    let all = library.chain(draft.into_iter().map(|file| (file.path, file.text)));
    let mut is_there = wanted.is_none();
    let mut texts = InMemory::default();
    for (path, text) in all {
        is_there |= wanted == Some(path.as_str());
        texts = texts.with(path, text.into_bytes());
    }
    if is_there { Ok(texts) } else { Err(Problem::not_found("procedure")) }
}

fn checked(library: &Library, name: &str, bound: usize) -> Checked {
    let diagnostics: Vec<DiagnosticDocument> =
        library.diagnostics.iter().map(DiagnosticDocument::from).collect();
    let has_errors = library.diagnostics.iter().any(|one| one.severity == Severity::Error);
    let found = library.procedure(name).map(|loaded| verify(&loaded.procedure, bound));
    let stands_in_the_way =
        found.as_ref().is_none_or(|found| found.properties.iter().any(Property::stands_in_the_way));
    Checked {
        fit: !has_errors && !stands_in_the_way,
        diagnostics,
        configurations: found.as_ref().map_or(0, |found| found.configurations),
        whole: found.as_ref().is_some_and(|found| found.is_whole),
        properties: found.iter().flat_map(|found| &found.properties).map(PropertyDocument::from).collect(),
    }
}

fn tried(text: String, library: &Library) -> Tried {
    let source = Arc::new(Source::new("attempt.chronology.md".to_owned(), text));
    let (chronology, wrong) = read_chronology(&source);
    let told = |wrong: &[Diagnostic]| wrong.iter().map(DiagnosticDocument::from).collect::<Vec<_>>();
    let Some(chronology) = chronology else {
        return Tried { holds: false, diagnostics: told(&wrong), tables: Vec::new() };
    };
    let report = comity_testkit::run(&chronology, library);
    let mut diagnostics = told(&wrong);
    diagnostics.extend(told(&report.diagnostics));
    let holds = report.passed() && diagnostics.is_empty();
    let tables = report.sections.into_iter().zip(&chronology.sections).map(|(came, section)| TableTried {
        title: came.title,
        cells: came.cells,
        failures: came.failures.into_iter().map(FailureDocument::from).collect(),
        rows: rows(&chronology, &section.rows, library),
    });
    Tried { holds, diagnostics, tables: tables.collect() }
}

fn rows(chronology: &Chronology, rows: &[Row], library: &Library) -> Vec<RowTried> {
    let Ok(mut rehearsal) = Rehearsal::new(chronology, library) else { return Vec::new() };
    let row = |row: &Row| {
        let heard =
            rehearsal.play(row).heard.into_iter().map(|heard| HeardDocument::of(heard.label, &heard.answer));
        let heard = heard.collect();
        let views = rehearsal.views(row.recorded);
        let open = rehearsal.cases.iter().zip(&views).filter_map(|(case, view)| Some((case, view.as_ref()?)));
        let cases = open.map(|(case, view)| StandsTried {
            case: case.key.clone(),
            tracks: Sheet::new(view, &case.entries).tracks(),
            limits: limits(view),
        });
        RowTried {
            when: comity_sheet::words::date(row.when, &chronology.zone),
            heard,
            cases: cases.collect(),
        }
    };
    rows.iter().map(row).collect()
}

fn limits(view: &View) -> Vec<LimitTried> {
    let due = view.due();
    let limit = due.iter().map(|(ends, clock)| LimitTried {
        clock: clock.name.to_string(),
        ends: ends.to_string(),
        says: moment_in_words(*ends, clock.zone),
        basis: clock.clock.basis.to_string(),
    });
    limit.collect()
}

impl HeardDocument {
    fn of(what: String, answer: &Answer) -> Self {
        let because = match answer {
            Answer::Recorded | Answer::NotRefused => None,
            Answer::Refused(rejection)
            | Answer::RefusedAsExpected(rejection)
            | Answer::RefusedOtherwise { found: rejection, .. } => Some(rejection.to_string()),
            Answer::Trouble(trouble) => Some(trouble.message.clone()),
        };
        Self { what, recorded: because.is_none(), because }
    }
}

impl From<comity_testkit::Failure> for FailureDocument {
    fn from(failure: comity_testkit::Failure) -> Self {
        let comity_testkit::Failure { line, column, when, about, wrote, found, because, see: _ } = failure;
        Self { line, column, when, about, wrote, found, because }
    }
}

impl From<&Diagnostic> for DiagnosticDocument {
    fn from(one: &Diagnostic) -> Self {
        Self {
            code: one.code.word().to_owned(),
            severity: one.severity.word().to_owned(),
            file: one.file.clone(),
            line: one.line,
            column: one.column,
            message: one.message.clone(),
            remedy: one.remedy.clone(),
        }
    }
}

impl From<&Property> for PropertyDocument {
    fn from(property: &Property) -> Self {
        let (verdict, path) = match &property.verdict {
            Verdict::Proved => ("proved", None),
            Verdict::Refuted(path) => ("refuted", Some(path.words())),
            Verdict::Undecided(Why::PerhapsRuledOutByTime(path)) => ("undecided", Some(path.words())),
            Verdict::Undecided(Why::Bound | Why::NotFollowed) => ("undecided", None),
        };
        Self {
            name: property.name.clone(),
            about: property.about.clone(),
            verdict,
            vacuous: property.is_vacuous,
            path,
        }
    }
}
