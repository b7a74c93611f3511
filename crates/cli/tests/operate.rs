//! What an operator does: back up, restore, verify, tidy, look over.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use comity_store::{OpenOptions, SledJournal};
use common::{NEXT_DAY, OPENING, Office};
use serde_json::Value;

/// What the store says of a case, whatever store it is.
fn case(office: &Office, store: &str) -> Value {
    office.run(&["case", "show", "EX-1", "--store", store, "--json", "--now", NEXT_DAY]).fine().json()
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn segment(folder: &Path) -> PathBuf {
    folder.join("journal/00000000000000000001.seg")
}

#[test]
fn a_backup_is_taken_while_a_program_has_the_store_open() {
    let office = Office::with_a_case();
    let held = SledJournal::open_blocking(&office.store(), OpenOptions::default()).unwrap();
    office.run(&["case", "list"]).ends(5);
    let said = office.run(&["backup", "--to", "safe", "--verify", "--now", NEXT_DAY]).fine();
    said.says(&["backed up", "of them new", "in safe", "head", "every byte of the backup"])
        .complains(&["the master key lies in the store"]);
    let again = office.run(&["backup", "--to", "safe", "--json", "--now", NEXT_DAY]).fine().json();
    assert_eq!((&again["new_entries"], &again["left_out"]), (&0.into(), &false.into()));
    drop(held);
    // A program that shares no code with the store reads it.
    let found = comity_verify::read(&office.folder.path().join("safe"), None).unwrap();
    assert_eq!(found.entries, again["entries"].as_u64().unwrap());

    office.act(&["--fact-only", "person.diplomat=no"]).fine();
    let more = office.run(&["backup", "--to", "safe", "--json", "--now", NEXT_DAY]).fine().json();
    assert_eq!(more["new_entries"], 1);
}

#[test]
fn a_store_is_made_of_a_backup_and_says_the_same() {
    let office = Office::with_a_case();
    office.run(&["backup", "--to", "safe", "--now", NEXT_DAY]).fine();
    let before = case(&office, "data");
    fs::remove_dir_all(office.store()).unwrap();
    office.run(&["restore", "--from", "safe", "--check-only"]).fine().says(&[
        "whole",
        "entries of",
        "taken 2027-03-02",
    ]);
    office.run(&["restore", "--from", "safe", "--to", "new", "--check-only"]).fine();
    assert!(!office.folder.path().join("new").exists());
    office.run(&["restore", "--from", "safe"]).ends(2);
    office.run(&["restore", "--from", "safe", "--to", "new"]).fine().says(&[
        "restored",
        "into new",
        "head",
        "root",
        "comity doctor --store new",
    ]);
    assert_eq!(case(&office, "new"), before);
    office.run(&["restore", "--from", "safe", "--to", "new"]).ends(2).complains(&[
        "is not empty",
        "restore into a folder that is empty or new",
        "restore/not-empty",
    ]);
    office.run(&["store", "verify", "--store", "new"]).fine().says(&["in order", "follows from it"]);
}

#[test]
fn a_backup_that_is_not_whole_is_not_restored() {
    let office = Office::with_a_case();
    office.run(&["restore", "--from", "nowhere", "--to", "new"]).ends(2).complains(&["there is no store in"]);
    office.run(&["backup", "--to", "safe", "--now", NEXT_DAY]).fine();
    flip(&segment(&office.folder.path().join("safe")), 300);
    for args in [&["--check-only"][..], &["--to", "new"]] {
        let said = office.run(&[&["restore", "--from", "safe"], args].concat()).ends(4);
        said.complains(&["is not in order", "is damaged at byte", "store/damaged"]);
    }
    assert!(!office.folder.path().join("new").exists());
    office
        .run(&["backup", "--to", "safe"])
        .ends(4)
        .complains(&["the backup is not in order", "begin a new one"]);
}

#[test]
fn a_backup_goes_only_where_it_belongs() {
    let office = Office::with_a_case();
    office.run(&["backup", "--to", "safe", "--now", NEXT_DAY]).fine();
    office.run(&["backup", "--to", "data"]).ends(2).complains(&["the store itself", "backup/same-folder"]);
    office.run(&["init", "other"]).fine();
    office.run(&["backup", "--store", "other", "--to", "safe"]).ends(2).complains(&["backup/other-store"]);
    office.run(&["backup", "--to", "other"]).ends(2).complains(&["backup/not-a-backup"]);
    office.run(&["backup", "--store", "none", "--to", "safe"]).ends(2).complains(&["there is no store in"]);

    // The store is put back to an older copy and gone on with: two records from there on.
    office.run(&["backup", "--to", "old", "--now", NEXT_DAY]).fine();
    office.act(&["--fact-only", "person.diplomat=no"]).fine();
    let newest = office.run(&["backup", "--to", "safe", "--json", "--now", NEXT_DAY]).fine().json();
    fs::remove_dir_all(office.store()).unwrap();
    office.run(&["restore", "--from", "old", "--to", "data"]).fine();
    office.run(&["backup", "--to", "safe"]).ends(4).complains(&[
        &format!("the backup holds {} entries", newest["entries"]),
        "fewer",
        "backup/store-behind",
    ]);
    office.act(&["--fact-only", "person.diplomat=yes"]).fine();
    office.run(&["backup", "--to", "safe"]).ends(4).complains(&[
        &format!("part at position {}", newest["entries"]),
        "nothing was copied",
        "backup/diverged",
    ]);
}

#[test]
fn what_is_wrong_with_a_record_is_named() {
    let office = Office::with_a_case();
    office.run(&["store", "verify"]).fine().says(&["in order", "head", "root", "index follows from it"]);
    office.run(&["store", "verify", "--journal-only"]).fine().says(&["index not looked at"]);
    let held = SledJournal::open_blocking(&office.store(), OpenOptions::default()).unwrap();
    office.run(&["store", "verify"]).ends(5).complains(&["in use"]);
    office.run(&["store", "verify", "--journal-only"]).fine();
    office.run(&["store", "stats"]).fine();
    drop(held);
    flip(&segment(&office.store()), 300);
    for args in [&["store", "verify"][..], &["store", "verify", "--journal-only"], &["store", "stats"]] {
        let said = office.run(args).ends(4).complains(&["00000000000000000001.seg", "is damaged at byte"]);
        assert!(said.out.is_empty(), "{}", said.out);
    }
    office.run(&["store", "verify", "--store", "none"]).ends(2).complains(&["there is no store in"]);
}

#[test]
fn what_a_store_takes_is_told_by_part() {
    let office = Office::with_a_case();
    let told = office.run(&["store", "stats", "--json"]).fine().json();
    let segments = told["segments"].as_array().unwrap();
    let sum = |name: &str| segments.iter().map(|segment| segment[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!(
        (sum("entries"), sum("bytes")),
        (told["entries"].as_u64().unwrap(), told["bytes"].as_u64().unwrap())
    );
    assert_eq!(told["end"], "closed");
    assert!(told["index_on_disk"].as_u64().unwrap() > 0);
    // The matter, its texts and the case each have entries of their own.
    assert!(told["cases"].as_u64().unwrap() > 1 && told["bytes_per_case"].as_u64().unwrap() > 0);
    office.run(&["store", "stats"]).fine().says(&["entries", "each on the average", "Segments", "seg 2"]);
}

#[test]
fn an_index_is_built_anew_and_old_ones_are_removed() {
    let office = Office::with_a_case();
    let before = case(&office, "data");
    let said = office.run(&["store", "rebuild"]).fine();
    said.says(&["built", "the index anew, from", "entries", "sled.damaged-1", "--remove-moved-aside"]);
    assert_eq!(case(&office, "data"), before);
    let kept = office.store().join("sled.damaged-1");
    assert!(kept.exists());

    let quiet = office.run(&["store", "compact", "--json"]).fine().json();
    assert_eq!(quiet["removed"].as_array().unwrap().len(), 0);
    assert!(kept.exists());
    office.run(&["store", "compact", "--remove-moved-aside"]).fine().says(&[
        "the record is as it was",
        "before",
        "1 old index removed",
    ]);
    let left =
        fs::read_dir(office.store()).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap());
    let mut left: Vec<String> = left.collect();
    left.sort();
    assert_eq!(left, ["LOCK", "journal", "keys", "sled", "sled.clean"]);
    assert_eq!(case(&office, "data"), before);
    office.run(&["store", "verify"]).fine();
}

#[test]
fn an_index_that_knows_of_lost_entries_is_not_given_up() {
    let office = Office::with_a_case();
    let old = fs::read(segment(&office.store())).unwrap();
    office.act(&["--fact-only", "person.diplomat=no"]).fine();
    fs::write(segment(&office.store()), old).unwrap();
    for args in [&["store", "rebuild"][..], &["store", "compact"]] {
        office.run(args).ends(4).complains(&["has lost entries", "store/journal-behind"]);
    }
    assert!(office.store().join("sled").exists());
}

/// What the doctor says of one thing.
fn finding(office: &Office, args: &[&str], exit: i32, what: &str) -> (String, String) {
    let args = [&["doctor", "--json"], args].concat();
    let document = office.run(&args).ends(exit).json();
    let checks = document["checks"].as_array().unwrap();
    let found: Vec<_> = checks.iter().filter(|one| one["what"] == what).collect();
    assert_eq!(found.len(), 1, "{what}: {document:#}");
    let text = |name: &str| found[0][name].as_str().unwrap().to_owned();
    (text("state"), format!("{} -> {}", text("says"), text("next")))
}

#[track_caller]
fn says((state, text): (String, String), wanted: &str, parts: &[&str]) {
    assert_eq!(state, wanted, "{text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in {text}");
    }
}

#[test]
fn the_doctor_finds_nothing_where_all_is_well() {
    let office = Office::with_a_case();
    office.run(&["keys", "new", "master"]).fine();
    office.run(&["keys", "rotate", "--to", "master"]).fine();
    fs::remove_file(office.store().join("keys/master.key")).unwrap();
    office.run(&["backup", "--to", "safe", "--now", NEXT_DAY]).fine();
    let said = office.run(&["doctor", "--backup", "safe", "--now", NEXT_DAY]).fine();
    let said = said.says(&[
        "store ok data",
        "format 2, last clean stop",
        "log ok",
        "chain unbroken",
        "clock ok",
        "backup ok taken less than an hour ago, lacks 0 entries",
        "rights ok",
        "procedures ok",
        "0 failed",
    ]);
    assert!(!said.out.contains("FAIL") && !said.out.contains("keys"), "{}", said.out);
}

#[test]
fn the_doctor_tells_what_to_do() {
    let office = Office::with_a_case();
    let now = ["--now", NEXT_DAY];
    says(
        finding(&office, &now, 0, "keys"),
        "look",
        &["the master key lies in the store", "comity keys rotate"],
    );
    says(finding(&office, &now, 0, "backup"), "look", &["no folder was named"]);
    let safe = ["--backup", "safe", "--now", NEXT_DAY];
    says(
        finding(&office, &safe, 1, "backup"),
        "FAIL",
        &["there is none", "comity backup --store data --to safe"],
    );
    office.run(&["backup", "--to", "safe", "--now", OPENING]).fine();
    office.act(&["--fact-only", "person.diplomat=no"]).fine();
    says(finding(&office, &safe, 0, "backup"), "ok", &["taken 24 hours ago, lacks 1 entry"]);
    let later = ["--backup", "safe", "--now", "2027-03-04T01:00:00Z"];
    says(finding(&office, &later, 1, "backup"), "FAIL", &["taken 3 days ago", "the limit is one day"]);
    let earlier = ["--now", "2027-02-01T00:00:00Z"];
    says(
        finding(&office, &earlier, 1, "clock"),
        "FAIL",
        &["2027-02-01", "2027-03-02", "put the clock right"],
    );
    office.run(&["store", "rebuild"]).fine();
    says(finding(&office, &now, 0, "index"), "look", &["1 old index moved aside", "compact"]);

    let mode = |mode| fs::set_permissions(office.store(), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o755);
    says(finding(&office, &now, 1, "rights"), "FAIL", &["0755", "chmod 0700 data"]);
    mode(0o750);
    says(finding(&office, &now, 0, "rights"), "look", &["a group comes in"]);
    mode(0o700);

    let held = SledJournal::open_blocking(&office.store(), OpenOptions::default()).unwrap();
    let holder = std::process::id().to_string();
    says(finding(&office, &now, 0, "store"), "ok", &["in use by process", &holder]);
    drop(held);
    fs::remove_dir_all(office.store()).unwrap();
    says(finding(&office, &now, 1, "store"), "FAIL", &["there is no store in data", "comity init data"]);
}

#[test]
fn the_doctor_holds_the_record_against_the_newest_checkpoint() {
    let office = Office::with_a_case();
    let now = ["--now", NEXT_DAY];
    let folder = office.store().join("checkpoints");
    office.run(&["audit", "key", "secret", "--name", "calderia.example/comity"]).fine();
    let sign = ["audit", "checkpoint", "--key", "secret"];
    office.run(&sign).fine();
    let old = fs::read(segment(&office.store())).unwrap();
    office.act(&["--fact-only", "person.diplomat=no"]).fine();
    let entries = office.run(&["store", "stats", "--json"]).fine().json()["entries"].as_u64().unwrap();
    says(finding(&office, &now, 0, "log"), "ok", &[&format!("as the checkpoint of {} says", entries - 1)]);
    office.run(&sign).fine();
    says(finding(&office, &now, 0, "log"), "ok", &[&format!("as the checkpoint of {entries} says")]);

    // The end is cut off, together with the index that knows of it.
    let whole = fs::read(segment(&office.store())).unwrap();
    fs::write(segment(&office.store()), old).unwrap();
    fs::remove_dir_all(office.store().join("sled")).unwrap();
    let cut = format!("the record has {} entries, and {entries} were signed", entries - 1);
    says(finding(&office, &now, 4, "log"), "FAIL", &[&cut, "restore the record"]);
    // As many entries, and others.
    office.act(&["--fact-only", "person.diplomat=yes"]).fine();
    says(finding(&office, &now, 4, "log"), "FAIL", &["the record is not the one that was signed"]);
    fs::write(segment(&office.store()), whole).unwrap();
    fs::remove_dir_all(office.store().join("sled")).unwrap();
    let newest = fs::read_dir(&folder).unwrap().map(|item| item.unwrap().path()).max().unwrap();
    fs::write(newest, "nonsense\n").unwrap();
    says(finding(&office, &now, 0, "log"), "look", &["is no checkpoint"]);
}

#[test]
fn the_doctor_names_damage() {
    let office = Office::with_a_case();
    let now = ["--now", NEXT_DAY];
    let whole = fs::read(segment(&office.store())).unwrap();
    flip(&segment(&office.store()), 300);
    says(finding(&office, &now, 4, "log"), "FAIL", &["is damaged at byte", "copy the folder away"]);
    let end = whole.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let mut torn = whole.clone();
    torn[end..end + 9].copy_from_slice(b"CMJF half");
    fs::write(segment(&office.store()), torn).unwrap();
    says(
        finding(&office, &now, 0, "log"),
        "look",
        &["half a write at the end", "the next start cuts it off"],
    );
    says(finding(&office, &now, 0, "store"), "look", &["did not stop cleanly"]);
}

#[test]
fn the_doctor_tells_of_procedures_and_calendars() {
    let office = Office::with_a_case();
    let library = common::calderia();
    let workflows = library.path().join("library").display().to_string();
    let args = ["--workflows", &workflows, "--now", NEXT_DAY];
    says(finding(&office, &args, 0, "procedures"), "ok", &["1 procedure"]);
    let calendars = |now: &str, exit| {
        let args = ["doctor", "--json", "--workflows", &workflows, "--now", now];
        let document = office.run(&args).ends(exit).json();
        let of = document["checks"].as_array().unwrap().iter().filter(|one| one["what"] == "calendars");
        of.map(|one| format!("{} {}", one["state"].as_str().unwrap(), one["says"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let far: Vec<String> = calendars("2027-03-02T01:00:00Z", 0);
    let near: Vec<String> = calendars("2060-03-02T01:00:00Z", 0);
    assert!(far != near && near.iter().all(|one| one.starts_with("look the calendar")), "{far:?} {near:?}");
    common::spoil(&library, &format!("{}/incoming.yaml", common::CALDERIA), "comity: 1", "comity: one");
    says(finding(&office, &args, 1, "procedures"), "FAIL", &["none loads", "comity check"]);
}

#[test]
fn a_clock_that_went_back_loses_nothing_and_hides_nothing() {
    let office = Office::with_a_case();
    office.act(&["--fact-only", "person.diplomat=no"]).fine();
    let before = case(&office, "data");
    // A day before what was recorded last.
    let back = ["act", "EX-1", "--fact-only", "warrant-or-sentence-believed=yes", "--now", OPENING];
    office.run(&back).ends(6).complains(&["record-goes-back"]);
    office.run(&["queue", "--now", OPENING]).fine();
    office.run(&["store", "verify"]).fine();
    assert_eq!(case(&office, "data"), before);
    // Once it is right again, the same is recorded.
    office.act(&["--fact-only", "warrant-or-sentence-believed=yes"]).fine();
}
