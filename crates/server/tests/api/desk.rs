//! A server in this process, and accounts to ask it with.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use comity_language::library::{Disk, load};
use comity_runner::{Clock, Engine, EngineParts, LibraryProcedures, ManualClock};
use comity_server::access::{Book, Issuer, Role, Rules};
use comity_server::config::Config;
use comity_server::{Parts, Server, Standing};
use comity_store::{Files, MemoryJournal};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "four words are enough";

const WORKFLOWS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows");

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}

/// The library, with another text of one file.
fn library_with(file: &str, change: impl Fn(&str) -> String) -> TempDir {
    let library = tempfile::tempdir().unwrap();
    copy(Path::new(WORKFLOWS), library.path());
    let path = library.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let changed = change(&text);
    assert_ne!(changed, text);
    std::fs::write(&path, changed).unwrap();
    library
}

struct Fine;

impl Standing for Fine {
    fn wanting(&self) -> Option<String> {
        None
    }
}

/// A server with a store in memory.
pub(crate) struct Office {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) book: Book,
    journal: Arc<MemoryJournal>,
    router: Router,
    _server: Server,
    _folder: TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if !self.status.is_success() {
            assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
            assert_eq!(self.json()["status"], status);
        }
        self
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }
}

impl Office {
    pub(crate) fn new() -> Self {
        Self::with(Config::default())
    }

    pub(crate) fn with(config: Config) -> Self {
        Self::of(config, Path::new(WORKFLOWS))
    }

    /// An office with another text of one file of its library.
    pub(crate) fn changed(file: &str, change: impl Fn(&str) -> String) -> Self {
        Self::of(Config::default(), library_with(file, change).path())
    }

    /// The same record under another text of one file of the library, as after a new start. Nobody has an account yet.
    pub(crate) fn started_anew(&self, file: &str, change: impl Fn(&str) -> String) -> Self {
        let library = library_with(file, change);
        Self::over(Config::default(), library.path(), Arc::clone(&self.journal), Arc::clone(&self.clock))
    }

    fn of(config: Config, library: &Path) -> Self {
        let clock = Arc::new(ManualClock::at("2027-03-02T15:00:00Z".parse().unwrap()));
        Self::over(config, library, Arc::new(MemoryJournal::new()), clock)
    }

    fn over(config: Config, library: &Path, journal: Arc<MemoryJournal>, clock: Arc<ManualClock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = load(&Disk::new(library));
        let engine = Engine::new(EngineParts {
            journal: journal.clone(),
            procedures: Arc::new(LibraryProcedures::new(library)),
            clock: clock.clone(),
        });
        let book = Book::open(folder.path()).unwrap();
        let issuer = config.access.issuer.as_ref();
        let issuer = issuer.map(|issuer| Issuer::open(issuer, clock.now()).unwrap());
        let server = Server::new(Parts {
            engine,
            book: book.clone(),
            rules: Arc::new(Rules::read(config.access.policies.as_deref()).unwrap()),
            issuer: issuer.map(Arc::new),
            standing: Arc::new(Fine),
            proving: None,
            files: Some(Files::in_folder(&folder.path().join("files")).unwrap()),
            traces: None,
            config,
        });
        Self { clock, book, journal, router: server.router(), _server: server, _folder: folder }
    }

    /// An account that has signed in.
    pub(crate) async fn account(&self, name: &str, roles: &[Role]) -> String {
        let first = self.book.add(name, roles.iter().copied().collect(), true).await.unwrap().unwrap();
        self.book.change_password(name, &first, PASSWORD).await.unwrap();
        let sign_in = json!({ "account": name, "password": PASSWORD });
        let session = self.post("", "/v1/session", &sign_in).await.is(201).json();
        session["token"].as_str().unwrap().to_owned()
    }

    /// An officer with a matter, and an extradition in it.
    pub(crate) async fn with_case(&self) -> String {
        let officer = self.account("a.costa", &[Role::Officer]).await;
        let matter = json!({ "reference": "M-1", "title": "The matter of Tivo Arando" });
        self.post(&officer, "/v1/matters", &matter).await.is(201);
        let case = json!({
            "reference": "EX-1", "matter": "M-1", "procedure": "nz-kr/extradition", "title": "Arando",
            "since": "2027-03-01",
        });
        self.post(&officer, "/v1/cases", &case).await.is(201);
        officer
    }

    /// Takes the extradition to a provisional arrest on 2 March 2027, so that a limit runs until 16 April.
    pub(crate) async fn arrest(&self, officer: &str) {
        self.before_the_arrest(officer).await;
        let arrest = json!({ "entries": [{ "kind": "act", "act": "arrested-provisionally",
            "when": "2027-03-02 23:30", "facts": { "arrest.place": "Ulsan" } }] });
        self.post(officer, "/v1/cases/EX-1/entries", &arrest).await.is(201);
    }

    /// Takes the extradition to the warrant of a provisional arrest.
    pub(crate) async fn before_the_arrest(&self, officer: &str) {
        let act = |act: &str, when: &str, facts: Value| json!({ "entries": [{ "kind": "act", "act": act, "when": when, "facts": facts }] });
        let known = ["person.diplomat", "warrant-or-sentence-believed", "request-believed"];
        let fact = |fact: &str| {
            let value = if fact == "person.diplomat" { "no" } else { "yes" };
            json!({ "kind": "fact", "fact": fact, "value": value, "when": "2027-03-01" })
        };
        let facts = json!({ "entries": known.map(fact) });
        self.post(officer, "/v1/cases/EX-1/entries", &facts).await.is(201);
        for (name, when, facts) in [
            ("provisional-arrest-asked", "2027-03-01 10:00", json!({})),
            ("provisional-arrest-ordered", "2027-03-01 12:00", json!({})),
            ("provisional-warrant-issued", "2027-03-01 15:00", json!({})),
        ] {
            self.post(officer, "/v1/cases/EX-1/entries", &act(name, when, facts)).await.is(201);
        }
    }

    /// The time, in seconds.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_unix_microseconds() / 1_000_000
    }

    /// Lets time pass.
    pub(crate) fn later(&self, seconds: i64) {
        let later = self.clock.now().as_unix_microseconds() + seconds * 1_000_000;
        self.clock.set(comity_core::time::Moment::from_unix_microseconds(later).unwrap());
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 64 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// An answer that is not read to its end.
    pub(crate) async fn open(&self, request: Request<Body>) -> axum::response::Response {
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response
    }

    /// What comes within a time, of an answer that does not end by itself.
    pub(crate) async fn hear(&self, request: Request<Body>, time: std::time::Duration) -> String {
        use futures_util::StreamExt;
        let response = self.open(request).await;
        let (mut pieces, mut text) = (response.into_body().into_data_stream(), String::new());
        let gather = async {
            while let Some(piece) = pieces.next().await {
                text.push_str(&String::from_utf8_lossy(&piece.unwrap()));
            }
        };
        let _ = tokio::time::timeout(time, gather).await;
        text
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        token: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            None => Body::empty(),
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
        };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask("GET", token, path, &[], None).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.ask("POST", token, path, &[], Some(body)).await
    }
}
