//! Stores that cannot be used, each with its error; and what the log holds.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use comity_store::{OpenOptions, SledJournal};
use common::{NEXT_DAY, OPENING, Office, comity};

fn segment(store: &Path) -> PathBuf {
    let mut segments: Vec<PathBuf> =
        fs::read_dir(store.join("journal")).unwrap().map(|entry| entry.unwrap().path()).collect();
    segments.sort();
    segments.remove(0)
}

/// Every command that needs a store says the same of one that cannot be used.
fn check(office: &Office, exit: i32, wanted: &[&str]) {
    for args in [
        &["case", "list"][..],
        &["case", "show", "EX-1"],
        &["queue"],
        &["act", "EX-1", "x"],
        &["why", "EX-1", "x"],
    ] {
        let said = office.run(args).ends(exit).complains(wanted);
        assert!(said.out.is_empty(), "{}", said.out);
        let document = office.run(&[args, &["--json"]].concat()).ends(exit).json();
        assert_eq!(document["error"]["exit"], exit);
    }
}

#[test]
fn no_store_is_wrong_usage_and_is_not_made() {
    let office = Office::with_a_case();
    fs::rename(office.store(), office.folder.path().join("other")).unwrap();
    check(&office, 2, &["there is no store in", "store/not-found", "comity init data"]);
    assert!(!office.store().exists());
}

#[test]
fn a_store_is_made_only_where_nothing_is() {
    let office = Office::new();
    office.run(&["init"]).ends(2).complains(&["the folder `data` is not empty"]);
    office.run(&["init", "new/deep"]).fine().says(&["made", "new/deep"]);
    fs::write(office.folder.path().join("file"), "x").unwrap();
    assert_ne!(office.run(&["init", "file"]).code, 0);
    assert_eq!(fs::read(office.folder.path().join("file")).unwrap(), b"x");
}

#[test]
fn a_locked_store_says_who_has_it() {
    let office = Office::with_a_case();
    let held = SledJournal::open_blocking(&office.store(), OpenOptions::default()).unwrap();
    check(&office, 5, &["is in use by process", &std::process::id().to_string(), "store/locked"]);
    drop(held);
    office.run(&["case", "list"]).fine();
}

#[test]
fn a_read_only_store_is_refused() {
    let office = Office::with_a_case();
    let store = office.store();
    let mode = fs::metadata(&store).unwrap().permissions();
    fs::set_permissions(&store, fs::Permissions::from_mode(0o555)).unwrap();
    check(&office, 5, &["is read-only", "store/read-only"]);
    fs::set_permissions(&store, mode).unwrap();
    office.run(&["case", "list"]).fine();
}

#[test]
fn a_store_of_a_newer_format_is_left_alone() {
    let office = Office::with_a_case();
    let segment = segment(&office.store());
    let mut bytes = fs::read(&segment).unwrap();
    bytes[8..12].copy_from_slice(&3_u32.to_be_bytes());
    let checksum = crc32fast::hash(&bytes[..12]);
    bytes[12..16].copy_from_slice(&checksum.to_be_bytes());
    fs::write(&segment, &bytes).unwrap();
    check(
        &office,
        4,
        &["has format 3", "open the store with the release that wrote it", "store/newer-format"],
    );
    assert_eq!(fs::read(&segment).unwrap(), bytes);
}

#[test]
fn a_truncated_store_is_damage_and_is_left_alone() {
    let office = Office::with_a_case();
    let segment = segment(&office.store());
    let bytes = fs::read(&segment).unwrap();
    fs::write(&segment, &bytes[..100]).unwrap();
    check(&office, 4, &["store/", "backup"]);
    assert_eq!(fs::read(&segment).unwrap().len(), 100);
    fs::write(&segment, &bytes).unwrap();
    office.run(&["case", "list"]).fine().says(&["EX-1"]);
}

#[test]
fn a_changed_byte_is_found() {
    let office = Office::with_a_case();
    let segment = segment(&office.store());
    let mut bytes = fs::read(&segment).unwrap();
    let at = bytes.windows(4).position(|window| window == b"EX-1").unwrap();
    bytes[at] = b'F';
    fs::write(&segment, &bytes).unwrap();
    check(&office, 4, &["store/damaged", "is damaged at byte"]);
}

#[test]
fn an_index_that_is_gone_is_built_again_and_said() {
    let office = Office::with_a_case();
    fs::remove_dir_all(office.store().join("sled")).unwrap();
    office.run(&["case", "list"]).fine().says(&["EX-1"]).complains(&["note: the index was built anew"]);
    let quiet = office.run(&["case", "list"]).fine();
    assert!(quiet.err.is_empty(), "{}", quiet.err);
}

#[test]
fn the_log_of_a_whole_case_names_nobody() {
    let office = Office::new();
    let mut log = String::new();
    let mut run = |args: &[&str]| {
        let said = comity(office.folder.path(), args, &[("COMITY_LOG", "trace")]);
        log.push_str(&said.err);
        assert!(matches!(said.code, 0 | 6), "{args:?}\n{}", said.err);
    };
    run(&[
        "matter",
        "open",
        "M-1",
        "--title",
        "Verschlusssache Orlen",
        "--account",
        "officer-7",
        "--now",
        OPENING,
    ]);
    let case = [
        "case",
        "open",
        "EX-1",
        "--matter",
        "M-1",
        "--procedure",
        "nz-kr/extradition",
        "--title",
        "ORLEN, Tavi",
    ];
    run(&[&case[..], &["--since", "2027-03-01", "--now", OPENING]].concat());
    let act = |more: &'static [&'static str]| [&["act", "EX-1"], more, &["--now", NEXT_DAY]].concat();
    for fact in [
        &["--fact-only", "person.diplomat=no"][..],
        &["--fact-only", "warrant-or-sentence-believed=yes"],
        &["--fact-only", "request-believed=yes"],
    ] {
        run(&act(fact));
    }
    run(&act(&["provisional-arrest-asked"]));
    run(&act(&["provisional-arrest-ordered"]));
    run(&act(&["provisional-warrant-issued", "--note", "Zeugin Mara Sollen"]));
    run(&act(&["arrested-provisionally", "--fact", "arrest.place=Haus Nebelsteig"]));
    run(&act(&["--annul", "8", "--reason", "Verwechslung mit Pavel"]));
    run(&act(&["handed-over", "--fact", "surrender.place=Haus Nebelsteig"]));
    run(&["case", "show", "EX-1", "--now", "2027-05-01T00:00:00Z"]);
    run(&["queue", "--now", "2027-05-01T00:00:00Z"]);
    assert!(log.contains("recorded") && log.contains("rejected"), "the log is not on\n{log}");
    for secret in ["Verschlusssache", "ORLEN", "Orlen", "Tavi", "Sollen", "Nebelsteig", "Pavel"] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret}: {line:?}");
    }
}

#[test]
fn without_the_setting_nothing_is_logged() {
    let office = Office::with_a_case();
    assert!(office.run(&["queue", "--now", NEXT_DAY]).fine().err.is_empty());
    let wrong = comity(office.folder.path(), &["queue", "--now", NEXT_DAY], &[("COMITY_LOG", "=[")]);
    wrong.fine().complains(&["COMITY_LOG"]);
}

#[test]
fn what_was_repaired_on_opening_is_told_in_sentences() {
    let office = Office::with_a_case();
    let path = segment(&office.store());
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    bytes[end..end + 9].copy_from_slice(b"CMJF half");
    fs::write(&path, bytes).unwrap();
    let database = office.store().join("sled/db");
    let length = fs::metadata(&database).unwrap().len();
    fs::write(&database, vec![0xA5; usize::try_from(length).unwrap()]).unwrap();
    let said = office.run(&["case", "list"]).fine();
    let said = said
        .complains(&["a write that a crash had cut off was removed: 9 bytes from byte", "was built anew"]);
    for debug in ["TornTail", "Some(", "Inline", "backtrace", "{", "\"/"] {
        assert!(!said.err.contains(debug), "{debug} in {}", said.err);
    }
}
