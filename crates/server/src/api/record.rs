//! What is recorded in a case.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use comity_core::Rejection;
use comity_core::entry::{Body, Deed, Office, Proposal, What as Happened, proposed};
use comity_core::id::Version;
use comity_core::name::{Name, Private};
use comity_core::time::When;
use comity_runner::{CaseFile, Edition, EngineError, Outcome, Request};
use comity_sheet::change::{BehindDocument, ChangeDocument};
use comity_sheet::{EntryDocument, Sheet};
use comity_store::Receipt;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cases::{LinkTo, tie};
use super::said::SaidEntry;
use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::{Ask, Care, Named, Sent, etag, objects};
use crate::problem::Problem;

/// The most entries that are recorded together.
const MOST: usize = 50;

/// What is to be recorded: all of it together, or nothing.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    /// What happened, was wrong or is to be noted; 1 to 50.
    #[schema(min_items = 1, max_items = 50)]
    #[serde(deserialize_with = "objects")]
    pub(crate) entries: Vec<SaidEntry>,
    /// Record only if the case is still at this version; as `If-Match`.
    #[serde(default)]
    pub(crate) expected_version: Option<u32>,
}

/// What was recorded.
#[derive(Serialize, ToSchema)]
pub(crate) struct Recorded {
    /// The case.
    reference: String,
    /// Whether it was recorded now, or before under the same key.
    is_new: bool,
    /// How many entries the case holds with it.
    version: u32,
    /// The position of its last entry in the record of the store.
    position: u64,
    /// The hash of its last entry, in hexadecimal digits.
    hash: String,
    /// What is otherwise than before.
    changes: Vec<ChangeDocument>,
    /// Linked cases that have not followed.
    linked: Vec<BehindDocument>,
}

/// What recording would change.
#[derive(Serialize, ToSchema)]
pub(crate) struct Previewed {
    /// The case.
    reference: String,
    /// The version it was decided on: record with it to record just this.
    version: u32,
    /// What would be otherwise.
    changes: Vec<ChangeDocument>,
    /// Linked cases that would have to follow.
    linked: Vec<BehindDocument>,
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct After {
    /// Only entries with a higher number.
    #[serde(default)]
    #[param(value_type = i64, minimum = 0, maximum = 4_294_967_295_u32)]
    after: u32,
}

/// The entries of a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct Entries {
    /// How many entries the case holds.
    version: u32,
    /// In the order of recording.
    entries: Vec<EntryDocument>,
}

/// What is done by recording an entry, and for which authority.
fn done_by<'b>(file: &'b CaseFile, body: &'b Body) -> (Action, Option<&'b str>) {
    match body {
        Body::Confirmed { entry } => {
            let deed = proposed(&file.entries, *entry).and_then(Proposal::deed);
            (Action::Confirm, deed.and_then(authority))
        }
        Body::Office(Office::Sealed { .. } | Office::Unsealed { .. }) => (Action::Seal, None),
        Body::Opened(_)
        | Body::Deed(_)
        | Body::Annulled { .. }
        | Body::Corrected { .. }
        | Body::Linked { .. }
        | Body::Noticed(_)
        | Body::Note(_)
        | Body::Filed(_)
        | Body::ErasureProposed(_)
        | Body::Office(_)
        | Body::Warned(_)
        | Body::Proposed(_)
        | Body::Migrated(_) => (Action::Record, body.deed().and_then(authority)),
    }
}

/// The authority whose act a deed is.
fn authority(deed: &Deed) -> Option<&str> {
    match &deed.what {
        Happened::Act { by, .. } | Happened::Finding { by, .. } => Some(by.as_str()),
        Happened::Document(_) | Happened::Fact { .. } | Happened::Learned { .. } => None,
    }
}

impl App {
    /// What is to be recorded, if this account may.
    pub(crate) fn request(
        &self,
        who: &Principal,
        file: &CaseFile,
        record: &Record,
    ) -> Result<Request, Problem> {
        if record.entries.is_empty() || record.entries.len() > MOST {
            return Err(Problem::unclear(format!("1 to {MOST} entries are recorded together")));
        }
        let undated = When::At(self.now());
        let bodies =
            record.entries.iter().map(|said| said.body(file, undated)).collect::<Result<Vec<_>, _>>()?;
        self.may_record(who, file, &bodies)?;
        Ok(Request { undated: Some(undated), ..Request::of(bodies, &Private::new(who.name.clone())) })
    }

    /// Whether an account may record all of this in a case.
    pub(super) fn may_record(
        &self,
        who: &Principal,
        file: &CaseFile,
        bodies: &[Body],
    ) -> Result<(), Problem> {
        bodies.iter().try_for_each(|body| {
            let (action, authority) = done_by(file, body);
            self.may(who, action, What { authority, ..What::of(file) })?;
            self.knows_whom_it_admits(body)
        })
    }

    /// A seal that admits an account which there is not would shut everybody out.
    fn knows_whom_it_admits(&self, body: &Body) -> Result<(), Problem> {
        let Body::Office(Office::Sealed { accounts, desks, .. }) = body else { return Ok(()) };
        let known = self.book.accounts();
        let is_open = |name: &str| known.get(name).is_some_and(|account| !account.is_closed);
        if let Some(unknown) = accounts.iter().find(|account| !is_open(account.reveal())) {
            let says = format!("there is no account `{}` that could see the case", unknown.reveal());
            return Err(Problem::unclear(says));
        }
        let has = |desk: &Name| known.values().any(|account| account.desk.as_deref() == Some(desk.as_str()));
        if let Some(empty) = desks.iter().find(|desk| !has(desk)) {
            return Err(Problem::unclear(format!("there is no account of the desk `{empty}`")));
        }
        Ok(())
    }

    pub(crate) fn refused(&self, rejection: &Rejection, file: &CaseFile) -> Problem {
        self.metrics.refused.inc();
        Problem::rejected(rejection, &file.procedure)
    }
}

/// The entries of a case, in the order of recording
#[utoipa::path(get, path = "/v1/cases/{reference}/entries", tag = "record",
    params(("reference" = String, Path, description = "The reference of the case"), After),
    responses((status = 200, description = "The entries", body = Entries),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn entries(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(After { after }): Ask<After>,
) -> Result<Response, Problem> {
    let file = app.case(&who, &reference, Action::Read).await?;
    let view = file.view(comity_core::Asked::at(app.now()));
    let sheet = Sheet::new(&view, &file.entries);
    let later = file.entries.iter().filter(|entry| entry.number.get() > after);
    let document =
        Entries { version: file.version().0, entries: later.map(|entry| sheet.entry(entry)).collect() };
    Ok(([(header::ETAG, etag(file.version()))], Json(document)).into_response())
}

/// Record what happened, was wrong or is to be noted
#[utoipa::path(post, path = "/v1/cases/{reference}/entries", tag = "record", request_body = Record,
    params(("reference" = String, Path, description = "The reference of the case"),
        ("Idempotency-Key" = Option<String>, Header, description = "A name for this attempt: a second one adds nothing"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the case as it was seen")),
    responses((status = 201, description = "On disk", body = Recorded),
        (status = 200, description = "Recorded before, under the same key", body = Recorded),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn record(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    care: Care,
    Sent(record): Sent<Record>,
) -> Result<Response, Problem> {
    let file = app.case(&who, &reference, Action::Read).await?;
    let request = app.request(&who, &file, &record)?;
    let entries = u32::try_from(request.bodies.len()).unwrap_or(u32::MAX);
    let request = Request { expect: care.expect(record.expected_version), key: care.key.clone(), ..request };
    done(&app, &care, &file, request, entries, reference).await
}

/// Tie a case to another
#[utoipa::path(post, path = "/v1/cases/{reference}/links", tag = "record", request_body = LinkTo,
    params(("reference" = String, Path, description = "The reference of the case"),
        ("Idempotency-Key" = Option<String>, Header, description = "A name for this attempt: a second one adds nothing"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the case as it was seen")),
    responses((status = 201, description = "On disk", body = Recorded),
        (status = 200, description = "Recorded before, under the same key", body = Recorded),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn link(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    care: Care,
    Sent(to): Sent<LinkTo>,
) -> Result<Response, Problem> {
    let file = app.case(&who, &reference, Action::Record).await?;
    let edition = Edition { procedure: file.procedure.clone(), files: Vec::new() };
    let (link, other) = tie(&app, &who, &to, &edition).await?;
    app.engine.check_link(&file, &link, other).await?;
    let bodies = vec![Body::Linked { link, case: other }];
    let request = Request {
        expect: care.expect(None),
        key: care.key.clone(),
        ..Request::of(bodies, &Private::new(who.name))
    };
    done(&app, &care, &file, request, 1, reference).await
}

/// Records, and says what came of it.
async fn done(
    app: &App,
    care: &Care,
    file: &CaseFile,
    request: Request,
    entries: u32,
    reference: String,
) -> Result<Response, Problem> {
    let recorded = app.engine.record(file.case, request).await.map_err(|error| {
        // Asked for by a header, the answer is that of the header (RFC 9110, section 13.1.1).
        if care.seen.is_some() && matches!(error, EngineError::Conflict { .. }) {
            let code = error.code();
            Problem::new(StatusCode::PRECONDITION_FAILED, code, "The case has moved", error.to_string())
        } else {
            error.into()
        }
    })?;
    let receipt = received(app, file, recorded)?;
    let is_new = receipt.version > file.version();
    let after = app.engine.case(file.case).await?;
    // Only what this attempt recorded: somebody else may have recorded since the case was read.
    let seen = Version(receipt.version.0.saturating_sub(entries));
    let changes = if is_new { after.changes(seen, receipt.version) } else { Vec::new() };
    // It is recorded, whatever becomes of this look: the queue tells it again.
    let linked = app.engine.left_behind(&after, app.now()).await.unwrap_or_default();
    let document = Recorded {
        reference,
        is_new,
        version: receipt.version.0,
        position: receipt.position.0,
        hash: receipt.hash.to_string(),
        changes: changes.iter().map(ChangeDocument::from).collect(),
        linked: linked.iter().map(BehindDocument::from).collect(),
    };
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, [(header::ETAG, etag(receipt.version))], Json(document)).into_response())
}

/// Where it was recorded, if it was.
pub(crate) fn received(app: &App, file: &CaseFile, outcome: Outcome) -> Result<Receipt, Problem> {
    match outcome {
        Outcome::Recorded(receipt) => {
            app.metrics.recorded.inc();
            Ok(receipt)
        }
        Outcome::Rejected(rejection) => Err(app.refused(&rejection, file)),
    }
}

/// What recording would change; nothing is recorded
#[utoipa::path(post, path = "/v1/cases/{reference}/entries:preview", tag = "record", request_body = Record,
    params(("reference" = String, Path, description = "The reference of the case")),
    responses((status = 200, description = "What would change", body = Previewed),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn preview(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Sent(record): Sent<Record>,
) -> Result<Json<Previewed>, Problem> {
    let file = app.case(&who, &reference, Action::Read).await?;
    let request = app.request(&who, &file, &record)?;
    let seen = app.engine.preview(file.case, &request).await?;
    let changes = seen.outcome.map_err(|rejection| app.refused(&rejection, &file))?;
    Ok(Json(Previewed {
        reference,
        version: seen.version.0,
        changes: changes.iter().map(ChangeDocument::from).collect(),
        linked: seen.linked.iter().map(BehindDocument::from).collect(),
    }))
}
