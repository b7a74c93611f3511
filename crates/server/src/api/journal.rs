//! The record itself, for programs that fold it themselves: the command line with `--server`, and whoever embeds the engine
//! over a record that is kept here.
//!
//! What is told is what the account may see, stream by stream, and what is recorded is decided here anew. Streams of the
//! engine are not told at all, and a program says nothing that only the engine may say.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use comity_core::entry::{Body, Deed, Opening, What as Happened};
use comity_core::id::{CaseId, MatterId, Version};
use comity_core::name::Private;
use comity_runner::{CaseFile, EngineError, Expect, NewCase, NewMatter, Outcome, Request};
use comity_store::codec::{MatterOpened, ProcedureRegistered, Record, decode, decode_recorded};
use comity_store::{Head, IdempotencyKey, PageRequest, Query, Receipt, Recorded};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::{Ask, Named, Sent};
use crate::problem::Problem;
use crate::shown::{Filling, Seen};

/// The most entries that are sent together.
const MOST: usize = 50;
/// The most rows on a page.
const MOST_ROWS: usize = 500;

/// How far the record is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Standing {
    /// The present moment by the clock of the daemon (RFC 3339, UTC).
    now: String,
    /// The account that asks.
    account: String,
}

/// A stream of the record.
#[derive(Serialize, ToSchema)]
pub(crate) struct Stream {
    /// How many entries it has.
    version: u32,
    /// The hash of the last of them, in hexadecimal digits.
    hash: String,
    /// Those that were asked for, in order.
    entries: Vec<StreamEntry>,
}

/// An entry of a stream.
#[derive(Serialize, ToSchema)]
pub(crate) struct StreamEntry {
    /// Its place in the store.
    position: u64,
    /// Its place in the stream.
    number: u32,
    /// When it was recorded (RFC 3339, UTC).
    recorded_at: String,
    /// Who recorded it.
    recorded_by: String,
    /// What it says, as the documented format has it; nothing if its content was erased.
    payload: Option<String>,
    /// Its hash, in hexadecimal digits.
    hash: String,
    /// The hash of the entry before it in the stream.
    previous: String,
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

/// Which attempt.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnderKey {
    /// The key of the attempt.
    key: String,
}

/// That something is on disk.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReceiptDocument {
    /// How many entries the stream has with it.
    version: u32,
    /// The position of its last entry in the record of the store.
    position: u64,
    /// The hash of its last entry, in hexadecimal digits.
    hash: String,
}

/// What is added to a stream: all of it or nothing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Append {
    /// How many entries the decision was taken on; 0 opens what the stream is of.
    #[schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_u32)]
    seen: u32,
    /// What each says, as the documented format has it; 1 to 50.
    payloads: Vec<String>,
    /// A name for this attempt: a second one adds nothing.
    #[serde(default)]
    key: Option<String>,
}

/// What the index is asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Look {
    /// The question.
    query: Lookup,
    /// Where to go on: `next` of the page before.
    #[serde(default)]
    after: Option<String>,
    /// How many rows are looked at.
    limit: usize,
}

/// A question to the index.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "by", content = "value", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Lookup {
    /// The matter or case of a reference.
    Reference(String),
    /// All of a kind: `case` or `matter`.
    Kind(String),
    /// The cases of a matter, by its id.
    Matter(Uuid),
    /// The cases about a person of this name.
    Person(String),
    /// The cases with a State on a side.
    State(String),
    /// The cases with a word in their title.
    Word(String),
    /// The cases of an account.
    Assigned(String),
}

/// What the index has.
#[derive(Serialize, ToSchema)]
pub(crate) struct Rows {
    /// The streams that it found, as far as the account may see them.
    streams: Vec<Uuid>,
    /// Where to go on, if there is more.
    next: Option<String>,
}

impl From<Lookup> for Query {
    fn from(lookup: Lookup) -> Self {
        match lookup {
            Lookup::Reference(reference) => Self::Named(reference),
            Lookup::Kind(kind) => Self::OfKind(kind),
            Lookup::Matter(matter) => Self::InMatter(MatterId(matter)),
            Lookup::Person(person) => Self::OfPerson(person),
            Lookup::State(state) => Self::OfState(state),
            Lookup::Word(word) => Self::WithWord(word),
            Lookup::Assigned(account) => Self::AssignedTo(account),
        }
    }
}

impl From<&Receipt> for ReceiptDocument {
    fn from(receipt: &Receipt) -> Self {
        let Receipt { version, position, hash } = receipt;
        Self { version: version.0, position: position.0, hash: hash.to_string() }
    }
}

impl StreamEntry {
    fn of(recorded: &Recorded) -> Self {
        let text = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
        Self {
            position: recorded.position.0,
            number: recorded.number.get(),
            recorded_at: recorded.recorded_at.to_string(),
            recorded_by: recorded.recorded_by.clone(),
            payload: recorded.payload.content().map(text),
            hash: recorded.hash.to_string(),
            previous: recorded.previous.to_string(),
        }
    }
}

/// Whether a stream is none of a case, and tells of nobody: a matter, a procedure, or what stays of an erased case.
fn is_open_to_all(entries: &[Recorded]) -> bool {
    match entries.last().map(decode_recorded) {
        Some(Ok(Record::Matter(_) | Record::Procedure(_) | Record::Erased(_) | Record::Report(_))) => true,
        Some(Ok(Record::Case(_) | Record::Clock(_) | Record::Delivery(_) | Record::Read(_)) | Err(_))
        | None => false,
    }
}

/// What the index leads to, for one account.
enum Found {
    /// A stream that may be shown; of a case, with its file.
    Stream(Option<Box<CaseFile>>),
    /// A case that the rules keep from the account.
    Kept,
    /// Nothing that anybody is told of here.
    Nothing,
}

impl App {
    async fn finds(&self, who: &Principal, stream: CaseId) -> Result<Found, Problem> {
        match self.see(who, stream).await? {
            Seen::May(file) => Ok(Found::Stream(Some(file))),
            Seen::MayNot => Ok(Found::Kept),
            Seen::Sealed => Ok(Found::Nothing),
            // No case, or none that can be read: what else is there.
            Seen::Unreadable => {
                let entries =
                    self.engine.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
                Ok(if is_open_to_all(&entries) { Found::Stream(None) } else { Found::Nothing })
            }
        }
    }

    /// The entries of a stream that this account may see; none, as of one that there is not.
    async fn stream(&self, who: &Principal, stream: CaseId, what: &str) -> Result<Vec<Recorded>, Problem> {
        let entries = self.engine.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
        let is_shown = match entries.last().map(decode_recorded) {
            Some(Ok(Record::Case(_))) => {
                let file = self.engine.case(stream).await?;
                self.shows(who, &file, what).await?
            }
            Some(_) | None => is_open_to_all(&entries),
        };
        Ok(if is_shown { entries } else { Vec::new() })
    }

    /// Records what a program has decided, if it is decided here just so.
    async fn append(&self, who: &Principal, stream: CaseId, append: Append) -> Result<Receipt, Problem> {
        if append.payloads.is_empty() || append.payloads.len() > MOST {
            return Err(Problem::unclear(format!("1 to {MOST} entries are recorded together")));
        }
        let unreadable =
            |_| Problem::unclear("a payload is not readable; see the documented format of the record");
        let mut records = append
            .payloads
            .iter()
            .map(|payload| decode(payload.as_bytes()).map_err(unreadable))
            .collect::<Result<Vec<Record>, _>>()?;
        let by = Private::new(who.name.clone());
        match (append.seen, records.first()) {
            (0, Some(Record::Procedure(registered))) => self.knows(who, registered),
            (0, Some(Record::Matter(_))) => {
                self.may(who, Action::Open, What::default())?;
                let Some(Record::Matter(MatterOpened { reference, title })) = records.pop() else {
                    return Err(Problem::unclear("a matter is opened by one entry"));
                };
                self.is_free(stream).await?;
                let id = MatterId(stream.0);
                self.engine.open_matter_as(id, NewMatter { reference, title }, &by).await?;
                self.receipt_of(stream).await
            }
            (0, Some(Record::Case(Body::Opened(_)))) => self.open(who, stream, bodies(records)?, &by).await,
            (_, Some(Record::Case(_))) => {
                let request = Request {
                    expect: Expect::Version(Version(append.seen)),
                    key: append.key,
                    ..Request::of(bodies(records)?, &by)
                };
                self.record(who, stream, request).await
            }
            _ => Err(Problem::unclear("only the engine says that")),
        }
    }

    /// A procedure is registered here when a case is opened under it, from the library of the daemon.
    fn knows(&self, who: &Principal, registered: &ProcedureRegistered) -> Result<Receipt, Problem> {
        let ProcedureRegistered { name, meaning, .. } = registered;
        self.may(who, Action::Open, What { procedure: Some(name.as_str()), ..What::default() })?;
        let current = self.engine.procedures().current(name.as_str());
        if current.is_none_or(|edition| edition.procedure.meaning() != *meaning) {
            return Err(another_library());
        }
        let Head { version, hash } = Head::UNOPENED;
        Ok(Receipt { version, position: comity_store::Position(0), hash })
    }

    async fn open(
        &self,
        who: &Principal,
        stream: CaseId,
        bodies: Vec<Body>,
        by: &Private,
    ) -> Result<Receipt, Problem> {
        let mut bodies = bodies.into_iter();
        let Some(Body::Opened(opening)) = bodies.next() else { return Err(only_the_engine()) };
        let Opening { procedure, meaning, matter, reference, title, since } = opening;
        self.may(who, Action::Open, What { procedure: Some(procedure.as_str()), ..What::default() })?;
        self.is_free(stream).await?;
        let current = self.engine.procedures().current(procedure.as_str());
        if current.is_none_or(|edition| edition.procedure.meaning() != meaning) {
            return Err(another_library());
        }
        let mut links = Vec::new();
        for body in bodies {
            let Body::Linked { link, case } = body else { return Err(only_the_engine()) };
            self.leads_somewhere(who, case).await?;
            links.push((link, case));
        }
        self.engine
            .open_case_as(stream, NewCase { matter, procedure, reference, title, since, links }, by)
            .await?;
        self.metrics.recorded.inc();
        self.receipt_of(stream).await
    }

    async fn record(&self, who: &Principal, stream: CaseId, request: Request) -> Result<Receipt, Problem> {
        let file = self.case_of(who, stream).await?.ok_or_else(|| Problem::not_found("case"))?;
        for body in &request.bodies {
            if !is_for_people(body) {
                return Err(only_the_engine());
            }
            if let Body::Linked { link, case } = body {
                self.leads_somewhere(who, *case).await?;
                self.engine.check_link(&file, link, *case).await?;
            }
        }
        self.may_record(who, &file, &request.bodies)?;
        match self.engine.record(stream, request).await? {
            Outcome::Recorded(receipt) => {
                self.metrics.recorded.inc();
                Ok(receipt)
            }
            Outcome::Rejected(rejection) => Err(self.refused(&rejection, &file)),
        }
    }

    async fn leads_somewhere(&self, who: &Principal, case: CaseId) -> Result<(), Problem> {
        let found = self.case_of(who, case).await?;
        found.map(|_| ()).ok_or_else(|| Problem::unclear("a link leads to a case, and there is none"))
    }

    /// The case of a stream; nothing if it is of something else, or not for this account.
    async fn case_of(&self, who: &Principal, stream: CaseId) -> Result<Option<CaseFile>, Problem> {
        let entries = self.stream(who, stream, "record").await?;
        match entries.last().map(decode_recorded) {
            Some(Ok(Record::Case(_) | Record::Erased(_))) => Ok(Some(self.engine.case(stream).await?)),
            Some(
                Ok(
                    Record::Matter(_)
                    | Record::Procedure(_)
                    | Record::Clock(_)
                    | Record::Delivery(_)
                    | Record::Read(_)
                    | Record::Report(_),
                )
                | Err(_),
            )
            | None => Ok(None),
        }
    }

    /// Nobody learns of a stream that is not for him by what is in the way of another.
    async fn is_free(&self, stream: CaseId) -> Result<(), Problem> {
        let head = self.engine.journal().head(stream).await.map_err(EngineError::Read)?;
        if head.version == Version(0) {
            Ok(())
        } else {
            Err(Problem::unclear("this id is taken; choose another"))
        }
    }

    async fn receipt_of(&self, stream: CaseId) -> Result<Receipt, Problem> {
        let entries = self.engine.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
        let last = entries.last().ok_or_else(|| Problem::not_found("case"))?;
        Ok(Receipt { version: last.number.into(), position: last.position, hash: last.hash })
    }
}

fn another_library() -> Problem {
    Problem::unclear(
        "the procedure means something else here: use a program of the same release, or --workflows with the library of the daemon",
    )
}

fn only_the_engine() -> Problem {
    Problem::unclear("only the engine says that, or it is done at the machine of the store")
}

/// Entries of a case, and nothing else.
fn bodies(records: Vec<Record>) -> Result<Vec<Body>, Problem> {
    let body = |record| match record {
        Record::Case(body) => Ok(body),
        Record::Matter(_)
        | Record::Procedure(_)
        | Record::Erased(_)
        | Record::Clock(_)
        | Record::Delivery(_)
        | Record::Read(_)
        | Record::Report(_) => Err(only_the_engine()),
    };
    records.into_iter().map(body).collect()
}

/// Whether a person may say it. What one case learns of another, what ran out and what was warned of is said by the engine;
/// files and erasures are for the machine where the store is.
fn is_for_people(body: &Body) -> bool {
    let is_told = |deed: &Deed| match deed.what {
        Happened::Act { .. } | Happened::Document(_) | Happened::Finding { .. } | Happened::Fact { .. } => {
            true
        }
        Happened::Learned { .. } => false,
    };
    match body {
        Body::Deed(deed) | Body::Corrected { deed, .. } => is_told(deed),
        Body::Proposed(proposal) => proposal.deed().is_none_or(is_told),
        Body::Annulled { .. }
        | Body::Linked { .. }
        | Body::Note(_)
        | Body::Office(_)
        | Body::Confirmed { .. } => true,
        Body::Opened(_)
        | Body::Noticed(_)
        | Body::Warned(_)
        | Body::Filed(_)
        | Body::ErasureProposed(_)
        | Body::Migrated(_) => false,
    }
}

/// How far the record is, by the clock of the daemon
#[utoipa::path(get, path = "/v1/journal", tag = "record",
    responses((status = 200, description = "The moment", body = Standing),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn standing(State(app): State<Shared>, who: Principal) -> Json<Standing> {
    Json(Standing { now: app.now().to_string(), account: who.name })
}

/// What the index has, as far as the account may see it
#[utoipa::path(post, path = "/v1/journal/rows", tag = "record", request_body = Look,
    responses((status = 200, description = "A page of streams", body = Rows),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rows(
    State(app): State<Shared>,
    who: Principal,
    Sent(look): Sent<Look>,
) -> Result<Json<Rows>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let after = look.after.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| Problem::unreadable("after is `next` of the page before"))?;
    let request = PageRequest { after, limit: look.limit.clamp(1, MOST_ROWS) };
    let query = Query::from(look.query);
    let page =
        async |request| app.engine.journal().rows(query.clone(), request).await.map_err(EngineError::Read);
    let mut filling = Filling::new(request);
    while let Some(request) = filling.wants() {
        let page = page(request).await?;
        for (found, row) in page.rows.into_iter().zip(1..) {
            let goes_on = match app.finds(&who, found.case).await? {
                Found::Stream(file) => filling.take(row, (found.case.0, file)),
                Found::Kept => filling.pass_over(row),
                Found::Nothing => true,
            };
            if !goes_on {
                break;
            }
        }
        filling.turn(page.next);
    }
    let (found, more) = filling.done();
    let mut streams = Vec::with_capacity(found.len());
    for (stream, file) in found {
        if let Some(file) = file {
            app.note(&who, &file, "list").await?;
        }
        streams.push(stream);
    }
    let next = match more {
        Some(request) => page(request).await?.next,
        None => None,
    };
    Ok(Json(Rows { streams, next: next.map(|next| next.to_string()) }))
}

/// A stream of the record: a matter, a case or a procedure
#[utoipa::path(get, path = "/v1/journal/{stream}", tag = "record",
    params(("stream" = Uuid, Path, description = "The id of the stream"), After),
    responses((status = 200, description = "The stream; empty, if there is none for this account", body = Stream),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn stream(
    State(app): State<Shared>,
    who: Principal,
    Named(stream): Named<Uuid>,
    Ask(After { after }): Ask<After>,
) -> Result<Json<Stream>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let entries = app.stream(&who, CaseId(stream), "record").await?;
    let head =
        entries.last().map_or(Head::UNOPENED, |last| Head { version: last.number.into(), hash: last.hash });
    let later = entries.iter().filter(|entry| entry.number.get() > after);
    let entries = later.map(StreamEntry::of).collect();
    Ok(Json(Stream { version: head.version.0, hash: head.hash.to_string(), entries }))
}

/// What an attempt came to, by its key
#[utoipa::path(get, path = "/v1/journal/{stream}/receipt", tag = "record",
    params(("stream" = Uuid, Path, description = "The id of the stream"), UnderKey),
    responses((status = 200, description = "What was recorded under it", body = ReceiptDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn receipt(
    State(app): State<Shared>,
    who: Principal,
    Named(stream): Named<Uuid>,
    Ask(UnderKey { key }): Ask<UnderKey>,
) -> Result<Json<ReceiptDocument>, Problem> {
    app.may(&who, Action::List, What::default())?;
    let stream = CaseId(stream);
    if app.stream(&who, stream, "record").await?.is_empty() {
        return Err(Problem::not_found("attempt"));
    }
    let found =
        app.engine.journal().receipt(stream, &IdempotencyKey(key)).await.map_err(EngineError::Read)?;
    let receipt = found.ok_or_else(|| Problem::not_found("attempt"))?;
    Ok(Json(ReceiptDocument::from(&receipt)))
}

/// Add to a stream what a program has decided; it is decided here anew
#[utoipa::path(post, path = "/v1/journal/{stream}", tag = "record", request_body = Append,
    params(("stream" = Uuid, Path, description = "The id of the stream; of a new one, any that is not taken")),
    responses((status = 201, description = "On disk", body = ReceiptDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn append(
    State(app): State<Shared>,
    who: Principal,
    Named(stream): Named<Uuid>,
    Sent(append): Sent<Append>,
) -> Result<(StatusCode, Json<ReceiptDocument>), Problem> {
    let receipt = app.append(&who, CaseId(stream), append).await?;
    Ok((StatusCode::CREATED, Json(ReceiptDocument::from(&receipt))))
}
