//! Sealing, search and erasure, as an officer and an operator meet them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::path::Path;

use common::{NEXT_DAY, OPENING, Office, Said, comity};

const ORDER: [&str; 4] =
    ["--authority", "District Court of Lemaris", "--reason", "retention period over, Act 12(1)"];

const ASKED: [&str; 3] = ["provisional-arrest-asked", "--when", "2027-03-01 14:00"];

fn erase(office: &Office, account: &str, more: &[&str]) -> Said {
    let args = [&["case", "erase", "EX-1", "--now", NEXT_DAY], more].concat();
    comity(office.folder.path(), &args, &[("COMITY_ACCOUNT", account)])
}

/// Every file below a folder that has these words in the clear.
fn with_words(folder: &Path, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for item in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if item.path().is_dir() {
            found.extend(with_words(&item.path(), words));
            continue;
        }
        let bytes = fs::read(item.path()).unwrap();
        let holds = |word: &&&str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
        found.extend(words.iter().filter(holds).map(|word| format!("{word} in {}", item.path().display())));
    }
    found
}

#[test]
fn two_accounts_erase_a_case_and_its_place_in_the_record_stays() {
    let office = Office::with_a_case();
    office.act(&["--note", "ORLEN was seen in Lemaris"]).fine();
    erase(&office, "a.costa", &ORDER).fine().says(&[
        "proposed in entry 3",
        "nothing is erased yet",
        "--confirm 3",
    ]);
    erase(&office, "a.costa", &["--confirm", "3"])
        .ends(6)
        .complains(&["not allowed: a.costa proposed the erasure", "erase/same-person"]);
    erase(&office, "m.reis", &["--confirm", "2"]).ends(6).complains(&["entry 2 proposes no erasure"]);
    let erased = erase(&office, "m.reis", &["--confirm", "3"]).fine();
    erased.says(&["erased 3 entries", "nobody can read them again", "comity keys rotate"]);

    office.run(&["case", "show", "EX-1"]).ends(2).complains(&[
        "the content of EX-1 was erased by order of District Court of Lemaris: retention period over, Act 12(1)",
        "engine/erased",
    ]);
    erase(&office, "m.reis", &["--confirm", "3"]).ends(2).complains(&["was erased by order of"]);
    office.act(&["--note", "again"]).ends(2).complains(&["engine/erased"]);
    office.run(&["case", "list"]).fine().says(&["No case yet."]);
    // With the last case of the matter its title is gone, and nothing is opened in it again.
    let more =
        ["case", "open", "EX-2", "--matter", "M-1", "--procedure", "nz-kr/extradition", "--title", "x"];
    office.run(&[&more[..], &["--since", "2027-03-01", "--now", NEXT_DAY]].concat()).ends(2);
    office.run(&["queue", "--now", NEXT_DAY]).fine();
    office.run(&["sweep", "--now", NEXT_DAY]).fine();
    let taken =
        ["case", "open", "EX-1", "--matter", "M-1", "--procedure", "nz-kr/extradition", "--title", "x"];
    office.run(&[&taken[..], &["--since", "2027-03-01", "--now", NEXT_DAY]].concat()).ends(2);
    assert_eq!(with_words(&office.store(), &["ORLEN", "Orlen", "orlen", "seen in"]), [""; 0]);
}

#[test]
fn a_proposal_is_refused_withdrawn_or_overtaken() {
    let office = Office::with_a_case();
    erase(&office, "a.costa", &["--authority", "Court"]).ends(2);
    erase(&office, "a.costa", &ORDER).fine();
    office.act(&["--annul", "2", "--reason", "by mistake"]).fine();
    erase(&office, "m.reis", &["--confirm", "2"])
        .ends(6)
        .complains(&["entry 2 is annulled", "erase/withdrawn"]);
    erase(&office, "a.costa", &ORDER).fine();
    office.act(&["--note", "something new"]).fine();
    erase(&office, "m.reis", &["--confirm", "4"])
        .ends(6)
        .complains(&["recorded after the proposal", "erase/moved"]);
}

#[test]
fn a_case_in_which_a_limit_runs_is_not_erased() {
    let office = Office::with_a_case();
    for fact in ["person.diplomat=no", "warrant-or-sentence-believed=yes", "request-believed=yes"] {
        office.act(&["--fact-only", fact, "--when", "2027-03-01"]).fine();
    }
    office.act(&ASKED).fine();
    office.act(&["provisional-arrest-ordered", "--when", "2027-03-01 15:00"]).fine();
    office.act(&["provisional-warrant-issued", "--when", "2027-03-01 16:00"]).fine();
    let arrest =
        ["arrested-provisionally", "--when", "2027-03-02 07:30", "--fact", "arrest.place=Ulsan harbour"];
    office.act(&arrest).fine();
    erase(&office, "a.costa", &ORDER).ends(6).complains(&["still runs", "erase/limit-runs"]);
}

#[test]
fn a_case_is_found_by_words_of_its_title_and_by_its_states() {
    let office = Office::with_a_case();
    let found = |filter: &[&str]| {
        let said = office.run(&[&["case", "list", "--json", "--now", NEXT_DAY], filter].concat()).fine();
        said.json()["cases"].as_array().unwrap().len()
    };
    for title in ["orlen", "Tavi ÓRLEN", "tavi"] {
        assert_eq!(found(&["--title", title]), 1, "{title}");
    }
    for title in ["orl", "orlen arando"] {
        assert_eq!(found(&["--title", title]), 0, "{title}");
    }
    assert_eq!((found(&["--state", "KR"]), found(&["--state", "PT"])), (1, 0));
    assert_eq!(found(&["--state", "KR", "--title", "nobody"]), 0);
    office.run(&["case", "list", "--title", "nobody"]).fine().says(&["No case matches."]);
    office.run(&["case", "list", "--state", "kr"]).ends(2);
}

#[test]
fn a_master_key_of_ones_own_is_made_used_and_changed() {
    let office = Office { folder: tempfile::tempdir().unwrap() };
    let run =
        |key: &str, args: &[&str]| comity(office.folder.path(), args, &[("COMITY_MASTER_KEY_FILE", key)]);
    let open = ["matter", "open", "M-1", "--title", "Orlen", "--now", OPENING];
    run("", &["keys", "new", "one.key"]).fine().says(&["made a master key in one.key"]);
    run("", &["keys", "new", "one.key"]).ends(2);
    run("one.key", &["init"]).fine();
    assert!(!office.store().join("keys/master.key").exists());
    run("one.key", &open).fine();
    run("", &["case", "list"]).ends(2).complains(&["keys/master.key", "could not be used", "keys/master"]);
    run("", &["keys", "new", "two.key"]).fine();
    run("two.key", &["case", "list"])
        .ends(2)
        .complains(&["locked with another master key", "keys/other-master"]);
    run("one.key", &["keys", "rotate", "--to", "two.key"]).fine().says(&[
        "locked 256 keys",
        "from now on COMITY_MASTER_KEY_FILE=two.key",
        "one.key opens nothing in this store any more",
        "and then destroy it",
    ]);
    // Whoever names the key that is there must not be told to destroy it.
    run("two.key", &["keys", "rotate", "--to", "two.key"])
        .ends(2)
        .complains(&["locked with this master key already", "keys/same-master"]);
    run("one.key", &["case", "list"]).ends(2);
    run("two.key", &["case", "list"]).fine().complains(&["the index was built anew", "another master key"]);
    let command = [("COMITY_MASTER_KEY_COMMAND", "cat two.key")];
    comity(office.folder.path(), &["case", "list"], &command).fine();
    let text = fs::read_to_string(office.folder.path().join("two.key")).unwrap();
    comity(office.folder.path(), &["case", "list"], &[("COMITY_MASTER_KEY", text.trim())]).fine();
    comity(office.folder.path(), &["case", "list"], &[("COMITY_MASTER_KEY", "short")])
        .ends(2)
        .complains(&["is not 64 hexadecimal digits"]);
}

#[test]
fn a_master_key_that_took_over_leaves_the_old_one_for_older_backups() {
    let office = Office::with_a_case();
    let old = office.store().join("keys/master.key");
    let text = fs::read_to_string(&old).unwrap();
    let run =
        |key: &str, args: &[&str]| comity(office.folder.path(), args, &[("COMITY_MASTER_KEY_FILE", key)]);
    let keys = |key: &str| {
        let said = run(key, &["doctor", "--json", "--now", OPENING]).fine().json();
        let checks = said["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["what"] == "keys").map(|check| check["says"].to_string())
    };
    run("", &["backup", "--to", "safe", "--now", OPENING]).fine();
    common::copy(&office.folder.path().join("safe"), &office.folder.path().join("older"));
    assert!(keys("").unwrap().contains("the master key lies in the store"));

    run("", &["keys", "new", "new.key"]).fine();
    run("", &["keys", "rotate", "--to", "new.key"]).fine().says(&[
        "data/keys/master.key is still there, and opens nothing in this store any more",
        "keep it for as long as one of them may be needed",
        "comity backup",
    ]);
    assert_eq!(fs::read_to_string(&old).unwrap(), text);
    run("", &["case", "list"]).ends(2).complains(&["keys/other-master"]);
    run("new.key", &["case", "list"]).fine();
    assert!(keys("new.key").unwrap().contains("keys/master.key opens nothing here"));

    // An older copy of the backup opens with it. The backup of today has no use for it, and does not spread it.
    run("", &["restore", "--from", "older", "--to", "before"]).fine();
    let said = run("new.key", &["backup", "--to", "safe", "--now", OPENING]).fine();
    assert!(!said.err.contains("master key"), "{}", said.err);
    assert!(!office.folder.path().join("safe/keys/master.key").exists());
    run("new.key", &["restore", "--from", "safe", "--to", "after"]).fine();

    // A further change writes over none.
    run("new.key", &["keys", "rotate"])
        .ends(2)
        .complains(&["would take the place of an old one", "move the old"]);
    assert_eq!(fs::read_to_string(&old).unwrap(), text);
    fs::remove_file(&old).unwrap();
    assert_eq!(keys("new.key"), None);

    // Back into the store: the key that takes over lies there, and the file is not needed.
    let back = run("new.key", &["keys", "rotate", "--json"]).fine().json();
    assert!(back["left_in_the_store"].is_null(), "{back}");
    run("", &["case", "list"]).fine();
    assert!(keys("").unwrap().contains("the master key lies in the store"));
    run("", &["keys", "rotate"]).fine().says(&["it is gone from the store", "destroy them"]);
    run("", &["case", "list"]).fine();
}

#[test]
fn lost_keys_are_damage() {
    let office = Office::with_a_case();
    fs::rename(office.store().join("keys"), office.folder.path().join("keys")).unwrap();
    office
        .run(&["case", "list"])
        .ends(4)
        .complains(&["the keys of the store are not in", "restore the folder"]);
}
