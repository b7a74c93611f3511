//! A daemon that runs, for tests that ask it over a real connection.

#![allow(dead_code, reason = "each suite uses a part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
pub(crate) const PASSWORD: &str = "four words are enough";

/// A daemon that runs.
pub(crate) struct Daemon {
    pub(crate) child: Child,
    pub(crate) lines: Receiver<String>,
    pub(crate) address: String,
    pub(crate) first_password: Option<String>,
    /// What it said until it listened.
    pub(crate) said: String,
}

pub(crate) fn comity() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.env_remove("COMITY_LOG");
    command
}

pub(crate) fn init(store: &Path) {
    assert!(comity().arg("init").arg(store).stdout(Stdio::null()).status().unwrap().success());
}

/// Starts a daemon, and gives all that it said if it does not listen.
pub(crate) fn start(store: &Path, more: &[&str]) -> Result<Daemon, String> {
    start_with(store, more, &[])
}

/// Starts a daemon with variables in its environment.
pub(crate) fn start_with(
    store: &Path,
    more: &[&str],
    environment: &[(&str, &str)],
) -> Result<Daemon, String> {
    start_as(comity(), store, more, environment)
}

/// Starts a daemon by a command that ends with the program.
pub(crate) fn start_as(
    mut command: Command,
    store: &Path,
    more: &[&str],
    environment: &[(&str, &str)],
) -> Result<Daemon, String> {
    command.envs(environment.iter().copied());
    command.args(["serve", "--listen", "127.0.0.1:0", "--store"]).arg(store).args(more);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let errors = BufReader::new(child.stderr.take().unwrap());
    let (say, lines) = channel();
    std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
    let (mut said, mut first_password) = (String::new(), None);
    // A line may be wrapped, so it is the whole that is looked at.
    while let Ok(line) = lines.recv_timeout(PATIENCE) {
        said.push_str(line.trim());
        said.push(' ');
        if let Some((_, rest)) = said.split_once("must be changed: ")
            && let Some((password, _)) = rest.split_once(' ')
        {
            first_password = Some(password.to_owned());
        }
        if let Some((_, rest)) = said.split_once("listening at http") {
            let (_, rest) = rest.split_once("://").unwrap();
            let address = rest.split(';').next().unwrap().to_owned();
            return Ok(Daemon { child, lines, address, first_password, said });
        }
    }
    assert!(!child.wait().unwrap().success());
    Err(said)
}

impl Daemon {
    /// Sends a request as it stands, and gives the status and the body.
    pub(crate) fn raw(&self, request: &str) -> (u16, String) {
        let (status, body) = self.bytes(request.as_bytes());
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// The same for bodies that are no text.
    pub(crate) fn bytes(&self, request: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // A connection that is refused may be closed while this is sent; then there is no answer.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(answer.len());
        let status = String::from_utf8_lossy(&answer[..head]);
        let status = status.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, answer.split_off((head + 4).min(answer.len())))
    }

    pub(crate) fn ask(&self, method: &str, path: &str, token: &str, body: Option<&Value>) -> (u16, Value) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let (status, text) = self.raw(&format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        ));
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub(crate) fn sign_in(&self, account: &str, password: &str) -> String {
        let (status, session) =
            self.ask("POST", "/v1/session", "", Some(&json!({ "account": account, "password": password })));
        assert_eq!(status, 201, "{session}");
        session["token"].as_str().unwrap().to_owned()
    }

    /// An officer that an administrator made.
    pub(crate) fn officer(&self) -> String {
        let first = self.first_password.clone().unwrap();
        let new = json!({ "old": first, "new": PASSWORD });
        let token = self.sign_in("administrator", &first);
        assert_eq!(self.ask("POST", "/v1/session/password", &token, Some(&new)).0, 204);
        let admin = self.sign_in("administrator", PASSWORD);
        let account = json!({ "account": "desk", "roles": ["officer"] });
        let (_, made) = self.ask("POST", "/v1/accounts", &admin, Some(&account));
        let first = made["first_password"].as_str().unwrap();
        let token = self.sign_in("desk", first);
        let new = json!({ "old": first, "new": PASSWORD });
        assert_eq!(self.ask("POST", "/v1/session/password", &token, Some(&new)).0, 204);
        self.sign_in("desk", PASSWORD)
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) -> bool {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Whatever a failed test leaves behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.lines.try_recv();
    }
}
