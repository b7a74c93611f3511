//! The daemon as an operator runs it: started, asked over a real connection, stopped, started again.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

#[path = "common/daemon.rs"]
mod daemon;

use daemon::{Daemon, PATIENCE, comity, init, start, start_as};

#[test]
fn a_matter_is_worked_over_http_and_is_there_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let daemon = start(folder.path(), &[]).unwrap();
    assert_eq!(daemon.ask("GET", "/v1/ready", "", None).0, 200);
    let officer = daemon.officer();
    assert_eq!(daemon.ask("POST", "/v1/matters", &officer, Some(&json!({ "reference": "M-1" }))).0, 201);
    let case = json!({ "reference": "EX-1", "matter": "M-1", "procedure": "nz-kr/extradition", "since": "2020-01-01" });
    assert_eq!(daemon.ask("POST", "/v1/cases", &officer, Some(&case)).0, 201);
    let act = json!({ "entries": [{ "kind": "act", "act": "provisional-arrest-asked",
        "by": "requested/foreign-ministry", "when": "2020-02-03 10:00" }] });
    assert_eq!(daemon.ask("POST", "/v1/cases/EX-1/entries", &officer, Some(&act)).0, 201);
    // Killed, not stopped: what was acknowledged is there, and so are sessions.
    drop(daemon);
    let daemon = start(folder.path(), &[]).unwrap();
    assert_eq!(daemon.first_password, None);
    let (status, case) = daemon.ask("GET", "/v1/cases/EX-1", &officer, None);
    assert_eq!((status, &case["version"]), (200, &json!(2)));
    assert!(daemon.stop());
    // The same store, by the command line.
    let shown =
        comity().args(["case", "show", "EX-1", "--json", "--store"]).arg(folder.path()).output().unwrap();
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["tracks"], case["tracks"]);
}

#[test]
fn one_store_has_one_daemon_and_who_follows_is_let_go_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let daemon = start(folder.path(), &[]).unwrap();
    let said = start(folder.path(), &[]).map(drop).unwrap_err();
    assert!(said.contains("store/locked"), "{said}");
    let officer = daemon.officer();
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request =
        format!("GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {officer}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut first = [0; 15];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    let following = std::thread::spawn(move || stream.read_to_end(&mut Vec::new()).map(|_| ()));
    assert!(daemon.stop());
    following.join().unwrap().unwrap();
}

#[test]
fn beyond_this_machine_it_is_not_reached_unprotected() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let said = start(folder.path(), &["--listen", "0.0.0.0:0"]);
    let said = said.map(drop).unwrap_err();
    assert!(said.contains("--listen"), "given twice is refused: {said}");
    let run = |config: &str| {
        let path = folder.path().join("comity.toml");
        std::fs::write(&path, config).unwrap();
        let run = comity()
            .arg("serve")
            .arg("--store")
            .arg(folder.path())
            .arg("--config")
            .arg(&path)
            .output()
            .unwrap();
        assert!(!run.status.success());
        String::from_utf8(run.stderr).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(run("listen = \"0.0.0.0:0\"").contains("without TLS"));
    let tls = "listen = \"0.0.0.0:0\"\n[tls]\ncertificate = \"none.pem\"\nkey = \"none.pem\"";
    assert!(run(tls).contains("first password"));
    assert!(run("[tls]\ncertificate = \"none.pem\"\nkey = \"none.pem\"").contains("none.pem"));
    assert!(run("listen = 5").contains("line 1"));
}

/// Needs a program without the feature `traces`, as it comes. `cargo xtask test` builds one for it.
#[cfg(not(feature = "traces"))]
#[test]
fn traces_are_not_left_out_in_silence_by_a_program_that_sends_none() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let config = folder.path().join("comity.toml");
    std::fs::write(&config, "[traces]\nendpoint = \"http://127.0.0.1:4318/v1/traces\"\n").unwrap();
    let said = start(folder.path(), &["--config", config.to_str().unwrap()]).map(drop).unwrap_err();
    assert!(said.contains("[traces] is configured") && said.contains("--features traces"), "{said}");
    // What is wrong with the configuration itself is told before that, and it can be shown.
    std::fs::write(&config, "[traces]\nendpoint = \"http://collector.example/v1/traces\"\n").unwrap();
    let said = start(folder.path(), &["--config", config.to_str().unwrap()]).map(drop).unwrap_err();
    assert!(said.contains("line 2") && said.contains("without encryption"), "{said}");
    std::fs::write(&config, "").unwrap();
    assert!(start(folder.path(), &["--config", config.to_str().unwrap()]).unwrap().stop());
}

#[test]
fn broken_slow_and_idle_clients_hold_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let config = folder.path().join("comity.toml");
    std::fs::write(&config, "[limits]\nheader-seconds = 1\nconnections = 400\nrequests-a-minute = 100000\n")
        .unwrap();
    let daemon = start(folder.path(), &["--config", config.to_str().unwrap()]).unwrap();
    for request in [
        "NONSENSE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\r\n\r\n\0\0\0",
        "GET /v1/health HTTP/1.1\r\n\r\n\r\n",
        "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST /v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzzz\r\n",
    ] {
        let (status, _) = daemon.raw(&(request.to_owned() + "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));
        assert!(status < 500, "{request}: {status}");
    }
    // Clients that send half a request, and then nothing.
    let idle: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(&daemon.address).unwrap();
            stream.write_all(b"GET /v1/health HTTP/1.1\r\nHo").unwrap();
            stream
        })
        .collect();
    assert_eq!(daemon.ask("GET", "/v1/health", "", None).0, 200);
    // Clients that say nothing at all, and one that said something long ago.
    let silent = (0..50).map(|_| TcpStream::connect(&daemon.address).unwrap());
    let mut finished = TcpStream::connect(&daemon.address).unwrap();
    finished.write_all(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let idle: Vec<TcpStream> = idle.into_iter().chain(silent).chain([finished]).collect();
    // They are let go, each with an end or an answer that says so.
    for mut stream in idle {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
    assert!(daemon.stop());
}

#[test]
fn connections_leave_the_record_the_files_that_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let mut command = Command::new("bash");
    command.args(["-c", "ulimit -n 320; exec \"$@\"", "bash", env!("CARGO_BIN_EXE_comity")]);
    let daemon = start_as(command, folder.path(), &[], &[]).unwrap();
    assert!(daemon.said.contains("128 connections are served at once"), "{}", daemon.said);
    let officer = daemon.officer();
    let mut idle: Vec<TcpStream> = (0..400).map(|_| TcpStream::connect(&daemon.address).unwrap()).collect();
    // As many as there is room for are held, and the others are closed at once.
    assert_eq!(daemon.ask("GET", "/v1/health", "", None).0, 0);
    idle.truncate(100);
    let matter = json!({ "reference": "M-1", "title": "made up" });
    let mut recorded = 0;
    for _ in 0..100 {
        recorded = daemon.ask("POST", "/v1/matters", &officer, Some(&matter)).0;
        if recorded != 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(recorded, 201);
    assert!(daemon.stop());
}

#[test]
fn what_would_hold_is_shown_and_the_description_is_the_one_that_is_served() {
    let shown = comity()
        .args(["serve", "--print-config"])
        .env("COMITY_SERVE__LIMITS__BODY_BYTES", "2048")
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("body-bytes = 2048") && shown.contains("[sweep]"), "{shown}");
    let printed = comity().args(["serve", "--print-openapi"]).output().unwrap();
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let daemon = start(folder.path(), &[]).unwrap();
    assert_eq!(daemon.ask("GET", "/v1/openapi.json", "", None), (200, printed));
}

#[test]
fn what_is_recorded_is_told_to_others_also_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let (config, heard) = (folder.path().join("comity.toml"), folder.path().join("heard"));
    let script = format!("cat >> {0} && echo >> {0}", heard.display());
    let target = format!(
        "[[target]]\nname = \"file\"\nkind = \"command\"\ncommand = [\"/bin/sh\", \"-c\", \"{script}\"]\n"
    );
    std::fs::write(&config, target + "events = [\"matter.opened\", \"case.opened\"]\n").unwrap();
    let with = ["--config", config.to_str().unwrap()];
    let daemon = start(folder.path(), &with).unwrap();
    let officer = daemon.officer();
    let matter = json!({ "reference": "M-1", "title": "Tivo Arando" });
    assert_eq!(daemon.ask("POST", "/v1/matters", &officer, Some(&matter)).0, 201);
    drop(daemon);
    let daemon = start(folder.path(), &with).unwrap();
    let case = json!({ "reference": "EX-1", "matter": "M-1", "procedure": "nz-kr/extradition", "since": "2020-01-01" });
    assert_eq!(daemon.ask("POST", "/v1/cases", &officer, Some(&case)).0, 201);
    let began = std::time::Instant::now();
    let told = loop {
        let text = std::fs::read_to_string(&heard).unwrap_or_default();
        let events: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if events.iter().any(|event| event["type"] == "case.opened") {
            break events;
        }
        assert!(began.elapsed() < PATIENCE, "{text}");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(told.iter().any(|event| event["type"] == "matter.opened"), "{told:?}");
    assert!(told.iter().all(|event| event["specversion"] == "1.0" && !event.to_string().contains("Arando")));
    assert!(daemon.stop());
}

/// Writes a certificate for `localhost` and its key, and gives what a client must trust.
fn certificate(folder: &Path) -> rustls::pki_types::CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
    made.cert.der().clone()
}

/// Asks by TLS whether the daemon is well, and trusts nobody but the holder of `trusted`.
fn asked_by_tls(
    daemon: &Daemon,
    trusted: &rustls::pki_types::CertificateDer<'static>,
) -> std::io::Result<String> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = std::sync::Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let client = rustls::ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    let stream = TcpStream::connect(&daemon.address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut stream = rustls::StreamOwned::new(client, stream);
    stream.write_all(b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn it_speaks_tls_and_takes_up_a_new_certificate() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let (at, old) = (folder.path().display(), certificate(folder.path()));
    let config = folder.path().join("comity.toml");
    let text = format!("[tls]\ncertificate = \"{at}/certificate.pem\"\nkey = \"{at}/key.pem\"\n");
    std::fs::write(&config, text).unwrap();
    let daemon = start(folder.path(), &["--config", config.to_str().unwrap()]).unwrap();
    assert!(asked_by_tls(&daemon, &old).unwrap().starts_with("HTTP/1.1 200"));
    // Whoever speaks in the open is not answered.
    assert_eq!(daemon.ask("GET", "/v1/health", "", None).0, 0);
    // One that cannot be used leaves the old one in place.
    std::fs::write(folder.path().join("certificate.pem"), "none").unwrap();
    std::thread::sleep(Duration::from_secs(12));
    assert!(asked_by_tls(&daemon, &old).unwrap().starts_with("HTTP/1.1 200"));
    let new = certificate(folder.path());
    let began = std::time::Instant::now();
    while asked_by_tls(&daemon, &new).is_err() {
        assert!(began.elapsed() < PATIENCE, "the new certificate is not taken up");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(asked_by_tls(&daemon, &old).is_err());
    assert!(daemon.stop());
}

#[test]
fn above_its_limit_a_connection_is_closed_at_once_and_room_is_used_again() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let config = folder.path().join("comity.toml");
    std::fs::write(&config, "[limits]\nconnections = 4\nheader-seconds = 60\n").unwrap();
    let daemon = start(folder.path(), &["--config", config.to_str().unwrap()]).unwrap();
    let mut held: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = TcpStream::connect(&daemon.address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            // Answered, so it is known to be counted; kept open after that.
            stream.write_all(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            stream.read_exact(&mut [0; 15]).unwrap();
            stream
        })
        .collect();
    assert_eq!(daemon.ask("GET", "/v1/health", "", None).0, 0);
    held.pop();
    let began = std::time::Instant::now();
    while daemon.ask("GET", "/v1/health", "", None).0 != 200 {
        assert!(began.elapsed() < PATIENCE, "there is no room for another");
        std::thread::sleep(Duration::from_millis(20));
    }
}
