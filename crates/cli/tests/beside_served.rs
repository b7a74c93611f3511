//! Bundles of evidence and files of a case, taken from a daemon by somebody who does not trust it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;
#[path = "common/daemon.rs"]
mod daemon;

use std::fs;
use std::path::{Path, PathBuf};

use comity_verify::{Held, Key, Signature, read_bundle};
use common::Office;
use daemon::Daemon;
use serde_json::{Value, json};

fn send(daemon: &Daemon, method: &str, path: &str, token: &str, media: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        daemon.address,
        body.len()
    );
    daemon.bytes(&[head.as_bytes(), body].concat())
}

fn bundle(daemon: &Daemon, token: &str, folder: &Path, asked: &Value) -> PathBuf {
    let body = asked.to_string();
    let path = "/v1/cases/EX-1/bundle";
    let (status, bytes) = send(daemon, "POST", path, token, "application/json", body.as_bytes());
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    let path = folder.join("out.zip");
    fs::write(&path, bytes).unwrap();
    path
}

/// An office whose daemon opened a case, and the token of its officer.
fn office() -> (Office, Daemon, String) {
    let office = Office::new();
    let daemon = daemon::start(&office.store(), &[]).unwrap();
    let token = daemon.officer();
    let matter = json!({ "reference": "M-1", "title": "Made up" });
    assert_eq!(daemon.ask("POST", "/v1/matters", &token, Some(&matter)).0, 201);
    let case = json!({ "reference": "EX-1", "matter": "M-1", "procedure": "nz-kr/extradition" });
    assert_eq!(daemon.ask("POST", "/v1/cases", &token, Some(&case)).0, 201);
    (office, daemon, token)
}

#[test]
fn a_bundle_from_the_daemon_is_proved_by_the_checkpoint_that_was_kept() {
    let (office, daemon, _) = office();
    assert!(daemon.stop());
    let folder = office.folder.path();
    let key =
        office.run(&["audit", "key", "secret", "--name", "calderia.example/comity", "--json"]).fine().json();
    let key = Key::read(key["public"].as_str().unwrap()).unwrap();
    office.run(&["audit", "checkpoint", "--key", "secret"]).fine();
    let daemon = daemon::start(&office.store(), &[]).unwrap();
    let token = daemon.sign_in("desk", daemon::PASSWORD);
    let held = Held { key: Some(&key), checkpoint: None };
    let found = read_bundle(&bundle(&daemon, &token, folder, &json!({})), held).unwrap();
    assert_eq!(found.signature, Signature::Good { name: "calderia.example/comity".into() });
    assert_eq!((found.entries, found.uncovered.len(), found.withheld.len()), (1, 0, 0));
    // What is recorded afterwards is shown, and not proved by the checkpoint; unsigned, it is proved and nobody answers for it.
    let note = json!({ "entries": [{ "kind": "note", "text": "ORLEN, Tavi was seen" }] });
    assert_eq!(daemon.ask("POST", "/v1/cases/EX-1/entries", &token, Some(&note)).0, 201);
    let held = || Held { key: Some(&key), checkpoint: None };
    let found = read_bundle(&bundle(&daemon, &token, folder, &json!({})), held()).unwrap();
    assert_eq!((found.entries, found.uncovered.len()), (2, 1));
    let unsigned = bundle(&daemon, &token, folder, &json!({ "unsigned": true }));
    let found = read_bundle(&unsigned, Held { key: None, checkpoint: None }).unwrap();
    assert_eq!((found.entries, found.uncovered.len()), (2, 0));
    // Withheld, it is nowhere in the file.
    let withheld = bundle(&daemon, &token, folder, &json!({ "withhold": [2], "unsigned": true }));
    let found = read_bundle(&withheld, Held { key: None, checkpoint: None }).unwrap();
    assert_eq!(found.withheld.len(), 1);
    assert!(!String::from_utf8_lossy(&fs::read(&withheld).unwrap()).contains("ORLEN, Tavi was seen"));
    let nothing = json!({ "withhold": [7] });
    assert_eq!(daemon.ask("POST", "/v1/cases/EX-1/bundle", &token, Some(&nothing)).0, 422);
    assert_eq!(daemon.ask("POST", "/v1/cases/EX-9/bundle", &token, Some(&json!({}))).0, 404);
    assert!(daemon.stop());
}

#[test]
fn a_file_is_put_there_over_the_line_and_fetched_at_the_machine() {
    let (office, daemon, token) = office();
    let content: Vec<u8> = (0..200_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect();
    let path = "/v1/cases/EX-1/files";
    let (status, said) =
        send(&daemon, "POST", &format!("{path}?name=a.bin"), &token, "application/pdf", &content);
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&said));
    assert_eq!(send(&daemon, "GET", &format!("{path}/2"), &token, "text/plain", b""), (200, content.clone()));
    // A file that is damaged on the disk breaks off, or is told; it is never taken for the whole.
    let kept =
        walk(&office.store().join("files")).into_iter().max_by_key(|path| fs::metadata(path).unwrap().len());
    let kept = kept.unwrap();
    let whole = fs::read(&kept).unwrap();
    for place in [whole.len() - 1, 10] {
        let mut spoiled = whole.clone();
        spoiled[place] ^= 1;
        fs::write(&kept, &spoiled).unwrap();
        let (status, read) = send(&daemon, "GET", &format!("{path}/2"), &token, "text/plain", b"");
        assert!(status == 500 || read.len() < content.len(), "{place}: {status}, {} bytes", read.len());
    }
    fs::write(&kept, &whole).unwrap();
    assert!(daemon.stop());
    office.run(&["case", "fetch", "EX-1", "2", "--out", "b.bin"]).fine();
    assert_eq!(fs::read(office.folder.path().join("b.bin")).unwrap(), content);
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}
