//! Running cases taken over to another edition of their procedure.

use axum::Json;
use axum::extract::State;
use comity_core::Asked;
use comity_core::id::CaseId;
use comity_core::migration::Migration;
use comity_core::name::Private;
use comity_core::procedure::{Procedure, SharedProcedure};
use comity_language::{Diagnostic, Plan, PlanEdition, Source, read_plan};
use comity_runner::{Migrate, Wanted};
use comity_sheet::CaseMigrationDocument;
use comity_sheet::words::fates;
use comity_store::{Cursor, PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::drafts::whole_library;
use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::Sent;
use crate::problem::{Because, Problem};
use crate::shown::Seen;

/// The most cases of one request.
const MOST: usize = 500;

/// Which cases go over, and how.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Moving {
    /// The plan, as `comity migrate` reads it.
    plan: String,
    /// Only these cases, by their references, up to 500; every running case of the edition that this account may see, if empty.
    #[schema(max_items = 500)]
    #[serde(default)]
    cases: Vec<String>,
    /// How many cases of the procedure are looked at in this request, up to 500.
    #[schema(minimum = 1, maximum = 500)]
    #[serde(default = "most")]
    limit: usize,
    /// Where to go on: `next` of the request before.
    #[serde(default)]
    after: Option<String>,
}

const fn most() -> usize {
    MOST
}

/// What comes of the cases.
#[derive(Serialize, ToSchema)]
pub(crate) struct Moved {
    /// The edition that they leave.
    from: EditionDocument,
    /// The edition that they go over to.
    to: EditionDocument,
    /// What the plan does, in words.
    plan: Vec<String>,
    /// What comes of each case.
    cases: Vec<CaseMigrationDocument>,
    /// Where to go on, if cases of the procedure are left that were not looked at.
    next: Option<String>,
}

/// An edition of a procedure.
#[derive(Serialize, ToSchema)]
pub(crate) struct EditionDocument {
    /// Its name.
    procedure: String,
    /// Its number.
    version: u32,
    /// The digest of what it means.
    meaning: String,
}

/// See what would come of running cases that go over to another edition, and record nothing
#[utoipa::path(post, path = "/v1/migrations:preview", operation_id = "preview_migration", tag = "library", request_body = Moving,
    responses((status = 200, description = "Case by case", body = Moved),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn preview(
    State(app): State<Shared>,
    who: Principal,
    Sent(moving): Sent<Moving>,
) -> Result<Json<Moved>, Problem> {
    moved(&app, &who, &moving, Migrate::DryRun).await.map(Json)
}

/// Take running cases over to another edition of their procedure
///
/// What went over stays so, case by case: a request that was broken off is sent again.
#[utoipa::path(post, path = "/v1/migrations", operation_id = "migrate", tag = "library", request_body = Moving,
    responses((status = 200, description = "Case by case", body = Moved),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn migrate(
    State(app): State<Shared>,
    who: Principal,
    Sent(moving): Sent<Moving>,
) -> Result<Json<Moved>, Problem> {
    moved(&app, &who, &moving, Migrate::Apply).await.map(Json)
}

async fn moved(app: &App, who: &Principal, moving: &Moving, how: Migrate) -> Result<Moved, Problem> {
    app.may(who, Action::Migrate, What::default())?;
    if moving.limit == 0 || moving.limit > MOST || moving.cases.len() > MOST {
        return Err(Problem::unreadable(format!("a request moves 1 to {MOST} cases")));
    }
    let (leaves, migration) = between(app, &moving.plan).await?;
    for procedure in [leaves.name(), &migration.procedure] {
        app.may(who, Action::Migrate, What { procedure: Some(procedure.as_str()), ..What::default() })?;
    }
    let (cases, next) = if moving.cases.is_empty() {
        running(app, who, &leaves, moving).await?
    } else {
        (named(app, who, &moving.cases).await?, None)
    };
    let done = if cases.is_empty() {
        // None is not all of them.
        Vec::new()
    } else {
        let by = Private::new(who.name.clone());
        app.engine.migrate(&migration, &leaves, &cases, (how, &by), |_| {}).await?
    };
    Ok(Moved {
        from: EditionDocument::of(&leaves),
        to: EditionDocument {
            procedure: migration.procedure.to_string(),
            version: migration.version,
            meaning: migration.meaning.to_string(),
        },
        plan: fates(&migration),
        cases: done.iter().map(CaseMigrationDocument::from).collect(),
        next: next.map(|next| next.to_string()),
    })
}

/// The cases of these references. One that is not for this account is none.
async fn named(app: &App, who: &Principal, references: &[String]) -> Result<Vec<CaseId>, Problem> {
    let mut cases = Vec::with_capacity(references.len());
    for reference in references {
        cases.push(app.case(who, reference, Action::Read).await?.case);
    }
    Ok(cases)
}

/// The running cases of the edition that this account may see, as far as one request looks.
async fn running(
    app: &App,
    who: &Principal,
    leaves: &Procedure,
    moving: &Moving,
) -> Result<(Vec<CaseId>, Option<Cursor>), Problem> {
    let after = moving.after.as_deref().map(str::parse).transpose();
    let after =
        after.map_err(|_| Problem::unreadable("after is no cursor: pass on `next` of the request before"))?;
    let wanted = Wanted { procedure: Some(leaves.name().to_string()), ..Wanted::default() };
    let found = app.engine.find(&wanted, PageRequest { after, limit: moving.limit }).await?;
    let now = Asked::at(app.now());
    let mut cases = Vec::new();
    for case in found.cases {
        let Seen::May(file) = app.see(who, case).await? else { continue };
        if file.procedure.meaning() == leaves.meaning() && !file.view(now).is_over() {
            app.note(who, &file, "migration").await?;
            cases.push(case);
        }
    }
    Ok((cases, found.next))
}

/// The plan between the two editions that it names, and the edition that cases leave.
async fn between(app: &App, text: &str) -> Result<(SharedProcedure, Migration), Problem> {
    let (plan, wrong) = read_plan(&Source::new("plan.yaml".to_owned(), text.to_owned()));
    let plan = plan.ok_or_else(|| unfit(&wrong))?;
    let old = edition(app, &plan, plan.from()).await?;
    let new = edition(app, &plan, plan.to()).await?;
    let library = whole_library(app).await?;
    let beside = library.procedure(new.name().as_str());
    let has_reading = |number| beside.is_some_and(|one| one.notes.reading(number).is_some());
    let migration = plan.between(&old, &new, &has_reading).map_err(|wrong| unfit(&wrong))?;
    Ok((old, migration))
}

async fn edition(app: &App, plan: &Plan, wanted: &PlanEdition) -> Result<SharedProcedure, Problem> {
    let found = app.engine.edition(&wanted.procedure, wanted.version).await?;
    let is_meant = |found: &SharedProcedure| {
        wanted.meaning.as_ref().is_none_or(|meaning| *meaning == found.meaning().to_string())
    };
    found.filter(is_meant).ok_or_else(|| {
        let says = format!(
            "neither the library nor the record holds version {} of {} with this meaning",
            wanted.version, wanted.procedure
        );
        let remedy = "cases are under an edition of the record, and go over to one of the library";
        unfit(&[plan.unknown_edition(wanted, &says, remedy)])
    })
}

/// A plan that cannot be carried out, with everything that is wrong with it.
fn unfit(wrong: &[Diagnostic]) -> Problem {
    let because = wrong.iter().map(|one| Because {
        code: one.code.word().to_owned(),
        text: format!("line {}, column {}: {}; {}", one.line, one.column, one.message, one.remedy),
        cite: Vec::new(),
    });
    Problem {
        because: because.collect(),
        ..Problem::unclear("the plan does not fit the editions between which it leads")
    }
}

impl EditionDocument {
    fn of(procedure: &Procedure) -> Self {
        Self {
            procedure: procedure.name().to_string(),
            version: procedure.version(),
            meaning: procedure.meaning().to_string(),
        }
    }
}
