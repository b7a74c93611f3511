//! The record of a daemon, as the engine takes it: `--server`.
//!
//! The commands are the same ones over it, and they say the same: entries are read over the line and folded here. What is
//! recorded was decided here, and is decided there anew, by the account of the token and the clock of the daemon.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::time::Moment;
use comity_deliver::http::{Reach, agent};
use comity_runner::{Clock, EngineError, SystemClock};
use comity_store::{
    AppendError, CloseError, Commit, Found, Hash, Head, IdempotencyKey, Journal, Page, PageRequest, Payload,
    Position, Query, ReadError, Receipt, Recorded, Report, Row, VerifyError,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use ureq::http::Response;
use url::{Host, Url};
use uuid::Uuid;

use crate::failure::Failure;

/// How long the daemon may take for one answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// The longest answer: a case with all its entries.
const LONGEST: u64 = 64 << 20;

/// The record of a daemon.
#[derive(Clone)]
pub(crate) struct Remote {
    line: Arc<Line>,
}

/// The clock of a daemon, as far as it was heard.
#[derive(Clone, Copy)]
pub(crate) struct RemoteClock {
    /// By how many microseconds the clock of this machine must be put ahead.
    ahead: i64,
}

impl Clock for RemoteClock {
    fn now(&self) -> Moment {
        let now = SystemClock.now();
        now.plus_microseconds(self.ahead).unwrap_or(now)
    }
}

/// The line to a daemon.
struct Line {
    agent: ureq::Agent,
    server: String,
    token: String,
}

/// What is done to something of a daemon that is no part of its record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Method {
    Post,
    Delete,
}

/// Why there is no answer that says what was asked for.
#[derive(Debug)]
enum Wrong {
    /// It was not reached, or said something that cannot be read.
    Line(String),
    /// It refused.
    Refused { status: u16, code: String, says: String },
}

#[derive(Deserialize)]
struct Standing {
    now: String,
    account: String,
}

#[derive(Deserialize)]
struct Stream {
    version: u32,
    hash: String,
    entries: Vec<StreamEntry>,
}

#[derive(Deserialize)]
struct StreamEntry {
    position: u64,
    number: u32,
    recorded_at: String,
    recorded_by: String,
    payload: Option<String>,
    hash: String,
    previous: String,
}

#[derive(Deserialize)]
struct Told {
    version: u32,
    position: u64,
    hash: String,
}

#[derive(Deserialize)]
struct Rows {
    streams: Vec<Uuid>,
    next: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    code: String,
    detail: String,
}

/// Reaches a daemon with the token in a file: its record, its clock, and the account that the token is of.
///
/// # Errors
///
/// Returns [`Failure`] if it is not reached, or the token is none.
pub(crate) async fn reach(server: &Url, token_file: &Path) -> Result<(Remote, RemoteClock, String), Failure> {
    let reach = private_way(server)?;
    let token = std::fs::read_to_string(token_file)
        .map_err(|source| Failure::File { path: token_file.to_owned(), source })?;
    let server = server.as_str().trim_end_matches('/').to_owned();
    let agent = agent(reach, PATIENCE);
    let remote = Remote { line: Arc::new(Line { agent, server, token: token.trim().to_owned() }) };
    let Standing { now, account } = remote.ask("/v1/journal".to_owned(), None).await.map_err(not_reached)?;
    let now: Moment = now.parse().map_err(|_| not_reached(Wrong::Line("it tells no time".to_owned())))?;
    // Measured after it was told, so that nothing is dated later than the daemon's own time.
    let ahead = SystemClock.now().microseconds_until(now);
    Ok((remote, RemoteClock { ahead }, account))
}

/// A token must not go over a line that anybody can listen to: without encryption to this machine alone, and by no proxy.
fn private_way(server: &Url) -> Result<Reach, Failure> {
    let is_here = match server.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match server.scheme() {
        "https" => Ok(Reach::ThroughProxy),
        "http" if is_here => Ok(Reach::Directly),
        _ => Err(Failure::usage(
            format!("a token would go to {server} where others can read it"),
            "name the daemon as https://…; without encryption only this machine is asked",
        )),
    }
}

fn not_reached(wrong: Wrong) -> Failure {
    match wrong {
        Wrong::Line(why) => Failure::usage(
            format!("the daemon could not be asked: {why}"),
            "look whether it runs, and whether --server names it",
        ),
        Wrong::Refused { says, code, .. } => {
            Failure::usage(format!("the daemon refused: {says} ({code})"), "get a token of POST /v1/tokens")
        }
    }
}

impl Line {
    /// Asks, or sends a document, and waits for the answer.
    fn ask<T: DeserializeOwned>(&self, path: &str, document: Option<&Value>) -> Result<T, Wrong> {
        let line = |error: &dyn std::fmt::Display| Wrong::Line(format!("{}: {error}", self.server));
        let (address, bearer) = (format!("{}{path}", self.server), format!("Bearer {}", self.token));
        let answered = match document {
            None => self.agent.get(address).header("Authorization", bearer).call(),
            Some(document) => self
                .agent
                .post(address)
                .header("Authorization", bearer)
                .header("Content-Type", "application/json")
                .send(document.to_string()),
        };
        let text = self.success(answered)?;
        serde_json::from_str(&text).map_err(|_| line(&"it is no daemon of this release"))
    }

    /// Has something done.
    fn tell(&self, method: Method, path: &str) -> Result<(), Wrong> {
        let (address, bearer) = (format!("{}{path}", self.server), format!("Bearer {}", self.token));
        let answered = match method {
            Method::Post => self.agent.post(address).header("Authorization", bearer).send_empty(),
            Method::Delete => self.agent.delete(address).header("Authorization", bearer).call(),
        };
        self.success(answered).map(drop)
    }

    /// What was answered, if it is no refusal.
    fn success(&self, answered: Result<Response<ureq::Body>, ureq::Error>) -> Result<String, Wrong> {
        let line = |error: &dyn std::fmt::Display| Wrong::Line(format!("{}: {error}", self.server));
        let mut answer = answered.map_err(|error| line(&error))?;
        let status = answer.status();
        let text = answer.body_mut().with_config().limit(LONGEST).read_to_string();
        let text = text.map_err(|error| line(&error))?;
        if status.is_success() {
            return Ok(text);
        }
        let Problem { code, detail } = serde_json::from_str(&text).unwrap_or_default();
        if code.is_empty() {
            return Err(line(&format_args!("it answered {status}")));
        }
        Err(Wrong::Refused { status: status.as_u16(), code, says: detail })
    }
}

impl Remote {
    /// What the daemon says of something that is no part of its record.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if it is not reached, or refuses.
    pub(crate) async fn fetch<T: DeserializeOwned + Send + 'static>(&self, path: &str) -> Result<T, Failure> {
        self.ask(path.to_owned(), None).await.map_err(of_daemon)
    }

    /// Has the daemon do something that it says nothing more of.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if it is not reached, or refuses.
    pub(crate) async fn tell(&self, method: Method, path: &str) -> Result<(), Failure> {
        let (line, path) = (Arc::clone(&self.line), path.to_owned());
        let told = tokio::task::spawn_blocking(move || line.tell(method, &path));
        told.await.unwrap_or_else(|error| Err(Wrong::Line(error.to_string()))).map_err(of_daemon)
    }

    async fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        path: String,
        document: Option<Value>,
    ) -> Result<T, Wrong> {
        let line = Arc::clone(&self.line);
        let asked = tokio::task::spawn_blocking(move || line.ask(&path, document.as_ref()));
        asked.await.map_err(|error| Wrong::Line(error.to_string()))?
    }

    async fn stream(&self, case: CaseId, after: u32) -> Result<Stream, ReadError> {
        self.ask(format!("/v1/journal/{case}?after={after}"), None).await.map_err(of_read)
    }
}

/// What an operator is told who asked for something.
fn of_daemon(wrong: Wrong) -> Failure {
    match wrong {
        Wrong::Line(_) => not_reached(wrong),
        Wrong::Refused { status: 404, says, .. } => {
            Failure::usage(says, "comity targets list shows what there is")
        }
        Wrong::Refused { code, says, .. } => {
            Failure::Engine(EngineError::Read(ReadError::Refused { code, says }))
        }
    }
}

fn of_read(wrong: Wrong) -> ReadError {
    match wrong {
        Wrong::Line(why) => ReadError::Io(std::io::Error::other(why)),
        Wrong::Refused { code, says, .. } => ReadError::Refused { code, says },
    }
}

fn unreadable() -> ReadError {
    ReadError::Io(std::io::Error::other(
        "the daemon sent what cannot be read; use a program of the same release",
    ))
}

/// What has no meaning over the line.
fn only_there() -> ReadError {
    ReadError::Refused {
        code: "read/only-there".to_owned(),
        says: "this is done at the machine of the store, or by the daemon itself".to_owned(),
    }
}

fn hash(text: &str) -> Result<Hash, ReadError> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let mut hash = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err(unreadable());
    }
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = digit(at).ok_or_else(unreadable)?;
    }
    Ok(Hash(hash))
}

impl Told {
    fn receipt(&self) -> Result<Receipt, ReadError> {
        let Self { version, position, hash: text } = self;
        Ok(Receipt { version: Version(*version), position: Position(*position), hash: hash(text)? })
    }
}

impl StreamEntry {
    fn recorded(self, case: CaseId) -> Result<Recorded, ReadError> {
        Ok(Recorded {
            position: Position(self.position),
            case,
            number: EntryNumber::new(self.number).ok_or_else(unreadable)?,
            recorded_at: self.recorded_at.parse().map_err(|_| unreadable())?,
            recorded_by: self.recorded_by,
            payload: match self.payload {
                Some(content) => Payload::plain(content.into_bytes()),
                None => Payload::erased(Vec::new()),
            },
            hash: hash(&self.hash)?,
            previous: hash(&self.previous)?,
        })
    }
}

/// A question to the index as the daemon takes it; nothing for one that no command asks.
fn lookup(query: Query) -> Option<Value> {
    let by = |by: &str, value: Value| Some(json!({ "by": by, "value": value }));
    match query {
        Query::Named(reference) => by("reference", reference.into()),
        Query::OfKind(kind) => by("kind", kind.into()),
        Query::InMatter(matter) => by("matter", matter.0.to_string().into()),
        Query::OfPerson(person) => by("person", person.into()),
        Query::OfState(state) => by("state", state.into()),
        Query::WithWord(word) => by("word", word.into()),
        Query::AssignedTo(account) => by("assigned", account.into()),
        Query::DueUntil(_)
        | Query::AtStage { .. }
        | Query::ByAuthority(_)
        | Query::UnderProcedure(_)
        | Query::UnderVersion { .. }
        | Query::WarnUntil(_)
        | Query::PlannedUntil(_)
        | Query::Silent => None,
    }
}

#[async_trait]
impl Journal for Remote {
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        let text = |payload: &[u8]| String::from_utf8_lossy(payload).into_owned();
        let payloads: Vec<String> = commit.entries.iter().map(|entry| text(&entry.payload)).collect();
        let key = commit.key.map(|key| key.0);
        let document = json!({ "seen": commit.seen.0, "payloads": payloads, "key": key });
        let told = self.ask::<Told>(format!("/v1/journal/{}", commit.case), Some(document)).await;
        let receipt = told.map_err(|wrong| match wrong {
            Wrong::Line(why) => AppendError::Io(std::io::Error::other(why)),
            Wrong::Refused { code, .. } if code == "engine/conflict" => {
                AppendError::Moved { seen: commit.seen, actual: Version(0) }
            }
            Wrong::Refused { code, .. }
                if matches!(code.as_str(), "engine/key-reused" | "append/key-reused") =>
            {
                AppendError::KeyReused
            }
            Wrong::Refused { code, says, .. } => AppendError::Refused { code, says },
        })?;
        receipt.receipt().map_err(|error| AppendError::Io(std::io::Error::other(error)))
    }

    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        let key: String = url::form_urlencoded::byte_serialize(key.0.as_bytes()).collect();
        match self.ask::<Told>(format!("/v1/journal/{case}/receipt?key={key}"), None).await {
            Ok(told) => told.receipt().map(Some),
            Err(Wrong::Refused { status: 404, .. }) => Ok(None),
            Err(wrong) => Err(of_read(wrong)),
        }
    }

    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        let stream = self.stream(case, after.0).await?;
        stream.entries.into_iter().map(|entry| entry.recorded(case)).collect()
    }

    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        let stream = self.stream(case, u32::MAX).await?;
        Ok(Head { version: Version(stream.version), hash: hash(&stream.hash)? })
    }

    async fn tail(&self, _: Position, _: usize) -> Result<Vec<Recorded>, ReadError> {
        Err(only_there())
    }

    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError> {
        let query = lookup(query).ok_or_else(only_there)?;
        let after = page.after.map(|after| after.to_string());
        let look = json!({ "query": query, "after": after, "limit": page.limit });
        let rows: Rows = self.ask("/v1/journal/rows".to_owned(), Some(look)).await.map_err(of_read)?;
        // Which row it was is not told over the line, and nobody here asks for it.
        let found = |stream| Found { case: CaseId(stream), row: Row::Kind { kind: String::new() } };
        let next = rows.next.map(|next| next.parse()).transpose().map_err(|_| unreadable())?;
        Ok(Page { rows: rows.streams.into_iter().map(found).collect(), next })
    }

    async fn verify(&self) -> Result<Report, VerifyError> {
        Err(VerifyError::Closed)
    }

    async fn close(&self) -> Result<(), CloseError> {
        Ok(())
    }
}
