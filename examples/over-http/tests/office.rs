//! The program and the script with curl against a daemon, as their README has it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;

const PASSWORD: &str = "four words are enough";
const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// A daemon with a target that is told of everything, and the tokens of a program.
struct Office {
    daemon: Child,
    server: String,
    listen: String,
    token: String,
    calendar: String,
    _folder: TempDir,
}

/// The program of this workspace, which is built together with its tests.
fn comity() -> Command {
    let beside = Path::new(env!("CARGO_BIN_EXE_over-http")).with_file_name("comity");
    assert!(beside.exists(), "{} is not built: cargo build --package comity", beside.display());
    Command::new(beside)
}

/// An address that is free and stays so: it is below those that the system gives to whoever asks for any, so that no other test
/// and no connection is given it between this look and the program that listens there.
fn free() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 100).unwrap() * 100;
    (0..100)
        .map(|_| format!("127.0.0.1:{}", first + NEXT.fetch_add(1, Ordering::Relaxed) % 100))
        .find(|address| TcpListener::bind(address).is_ok())
        .unwrap_or_else(|| panic!("each of the hundred ports from {first} is taken"))
}

fn send(server: &str, path: &str, token: &str, body: &Value) -> Value {
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    let sent = ureq::Agent::new_with_config(config).post(format!("http://{server}{path}"));
    let sent = sent.header("Authorization", format!("Bearer {token}"));
    let mut answer = sent.header("Content-Type", "application/json").send(body.to_string()).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    assert!(answer.status().is_success(), "{path}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

impl Office {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let listen = free();
        let config = std::fs::read_to_string(example("comity.toml")).unwrap();
        let config = config.replace("127.0.0.1:8470", "127.0.0.1:0").replace("127.0.0.1:8471", &listen);
        let config = file("comity.toml", &config);
        file("back-office.secret", SECRET);
        assert!(
            comity()
                .args(["init", "data"])
                .current_dir(&folder)
                .stdout(Stdio::null())
                .status()
                .unwrap()
                .success()
        );
        let mut daemon = comity()
            .arg("serve")
            .arg("--config")
            .arg(config)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(daemon.stderr.take().unwrap()).lines();
        let mut said = String::new();
        while !said.contains("listening at http") || !said.ends_with("; ") && !said.ends_with(' ') {
            said.push_str(lines.next().unwrap().unwrap().trim());
            said.push(' ');
        }
        // Nobody reads what it says from here on, and it must not wait for that.
        std::thread::spawn(move || lines.for_each(drop));
        let after =
            |mark: &str, end: &[char]| said.split_once(mark).unwrap().1.split(end).next().unwrap().to_owned();
        let server = after("listening at http://", &[';', ' ']);
        let first = after("must be changed: ", &[' ']);
        let sign_in = |password: &str| {
            let asked = json!({ "account": "administrator", "password": password });
            send(&server, "/v1/session", "", &asked)["token"].as_str().unwrap().to_owned()
        };
        let token = sign_in(&first);
        send(&server, "/v1/session/password", &token, &json!({ "old": first, "new": PASSWORD }));
        let admin = sign_in(PASSWORD);
        let account = json!({ "account": "back-office", "roles": ["officer"], "is_service": true });
        send(&server, "/v1/accounts", &admin, &account);
        let token = |kind: &str| {
            let asked = json!({ "kind": kind, "account": "back-office", "label": "example", "days": 1 });
            send(&server, "/v1/tokens", &admin, &asked)["token"].as_str().unwrap().to_owned()
        };
        let (token, calendar) = (token("service"), token("calendar"));
        Self { daemon, server, listen, token, calendar, _folder: folder }
    }

    fn run(&self, mut command: Command, secret: &str) -> Output {
        command
            .env("COMITY_SERVER", format!("http://{}", self.server))
            .env("COMITY_TOKEN", &self.token)
            .env("COMITY_CALENDAR_TOKEN", &self.calendar)
            .env("COMITY_WEBHOOK_SECRET", secret)
            .env("BACK_OFFICE_LISTEN", &self.listen)
            .env("BACK_OFFICE_PATIENCE", if secret == SECRET { "60" } else { "2" })
            .output()
            .unwrap()
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_program_carries_the_matter_and_hears_of_all_of_it() {
    let office = Office::start();
    let ran = office.run(Command::new(env!("CARGO_BIN_EXE_over-http")), SECRET);
    let said = said(&ran);
    assert!(ran.status.success(), "{said}");
    for line in [
        "recorded: 21 entries of 4 cases",
        "every one of them was heard",
        "its signature is right",
        "every case stands",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn a_refusal_is_told_in_the_words_of_the_engine() {
    let mut office = Office::start();
    office.token = "comity_forged".to_owned();
    let ran = office.run(Command::new(env!("CARGO_BIN_EXE_over-http")), SECRET);
    assert!(!ran.status.success());
    assert!(said(&ran).contains("/v1/matters: 401 access/not-signed-in"), "{}", said(&ran));
}

#[test]
fn the_script_does_the_same_with_curl() {
    let office = Office::start();
    let mut script = Command::new("bash");
    script.arg(example("office.sh"));
    let ran = office.run(script, SECRET);
    let said = said(&ran);
    assert!(ran.status.success(), "{said}");
    for line in [
        "recorded: 21 entries of 4 cases",
        "events were heard",
        "its signature is right",
        "every case stands",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn neither_believes_a_webhook_that_is_signed_with_another_secret() {
    const OTHER: &str = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
    let script = || {
        let mut script = Command::new("bash");
        script.arg(example("office.sh"));
        script
    };
    for command in [Command::new(env!("CARGO_BIN_EXE_over-http")), script()] {
        let office = Office::start();
        let ran = office.run(command, OTHER);
        let said = said(&ran);
        assert!(!ran.status.success(), "{said}");
        assert!(said.contains("heard") && !said.contains("signature is right,"), "{said}");
        assert!(!said.contains("told:"), "{said}");
    }
}
