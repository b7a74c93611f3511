//! Files beside a case, as an officer meets them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{NEXT_DAY, Office, comity};

fn all(folder: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    items.flat_map(|path| if path.is_dir() { all(&path) } else { vec![path] }).collect()
}

fn with_a_file() -> Office {
    let office = Office::with_a_case();
    fs::write(office.folder.path().join("order.txt"), "ORLEN is to be set free").unwrap();
    let args =
        ["case", "file", "EX-1", "order.txt", "--entry", "1", "--media", "text/plain", "--now", NEXT_DAY];
    office
        .run(&args)
        .fine()
        .says(&["filed as entry 2, 23 bytes, SHA-256", "comity case fetch EX-1 2 --out FILE"]);
    office
}

#[test]
fn a_file_is_put_beside_a_case_and_fetched_again() {
    let office = with_a_file();
    office
        .run(&["case", "show", "EX-1", "--now", NEXT_DAY])
        .fine()
        .says(&["order.txt, text/plain, 23 bytes"]);
    office
        .run(&["case", "fetch", "EX-1", "2", "--out", "copy"])
        .fine()
        .says(&["written 23 bytes", "as the record says"]);
    assert_eq!(fs::read_to_string(office.folder.path().join("copy")).unwrap(), "ORLEN is to be set free");
    office.run(&["case", "fetch", "EX-1", "2", "--out", "copy"]).ends(2);
    office
        .run(&["case", "fetch", "EX-1", "1", "--out", "other"])
        .ends(2)
        .complains(&["entry 1 files nothing"]);
    assert!(!office.folder.path().join("other").exists());
    let kept = fs::read(all(&office.store().join("files")).pop().unwrap()).unwrap();
    assert!(!kept.windows(5).any(|part| part == b"ORLEN"));
}

#[test]
fn what_cannot_be_filed_leaves_nothing_behind() {
    let office = Office::with_a_case();
    fs::write(office.folder.path().join("order.txt"), "0123456789").unwrap();
    let file = |more: &[&str]| {
        office.run(&[&["case", "file", "EX-1", "order.txt", "--now", NEXT_DAY], more].concat())
    };
    file(&["--limit", "9"]).ends(2).complains(&["larger than the limit of 9 bytes", "files/too-large"]);
    file(&["--entry", "7"]).ends(6).complains(&["there is no entry 7"]);
    office.run(&["case", "file", "EX-1", "no-such-file"]).ends(2).complains(&["no-such-file"]);
    office.run(&["case", "file", "EX-9", "order.txt"]).ends(2);
    assert!(all(&office.store().join("files")).is_empty());
    file(&[]).fine();
}

#[test]
fn a_file_that_was_changed_or_lost_is_damage() {
    let office = with_a_file();
    let path = all(&office.store().join("files")).pop().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    let fetch = || office.run(&["case", "fetch", "EX-1", "2", "--out", "copy"]).ends(4);
    fetch().complains(&["is damaged", "files/damaged", "restore it from a backup"]);
    fs::remove_file(&path).unwrap();
    fetch().complains(&["is not where files are kept", "files/missing"]);
    assert!(!office.folder.path().join("copy").exists());
}

#[test]
fn with_the_case_its_files_are_erased() {
    let office = with_a_file();
    let erase = |account: &str, more: &[&str]| {
        let args = [&["case", "erase", "EX-1", "--now", NEXT_DAY], more].concat();
        comity(office.folder.path(), &args, &[("COMITY_ACCOUNT", account)]).fine()
    };
    erase("a.costa", &["--authority", "Court", "--reason", "Act 12(1)"]);
    erase("m.reis", &["--confirm", "3"]);
    assert!(all(&office.store().join("files")).is_empty());
}

#[test]
fn files_may_be_kept_elsewhere() {
    let office = Office::with_a_case();
    fs::write(office.folder.path().join("order.txt"), "x").unwrap();
    let elsewhere = format!("file://{}", office.folder.path().join("elsewhere").display());
    let run = |args: &[&str], place: &str| comity(office.folder.path(), args, &[("COMITY_FILES", place)]);
    run(&["case", "file", "EX-1", "order.txt", "--now", NEXT_DAY], &elsewhere).fine();
    assert_eq!(all(&office.folder.path().join("elsewhere")).len(), 1);
    run(&["case", "fetch", "EX-1", "2", "--out", "a"], &elsewhere).fine();
    run(&["case", "fetch", "EX-1", "2", "--out", "b"], "").ends(4);
    run(&["case", "fetch", "EX-1", "2", "--out", "b"], "nowhere").ends(2).complains(&["files/place"]);
}
