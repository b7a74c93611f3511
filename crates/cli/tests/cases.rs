//! Matters, cases, acts, limits and the queue, in a store.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use common::{NEXT_DAY, OPENING, Office};

const ASKED: [&str; 3] = ["provisional-arrest-asked", "--when", "2027-03-01 14:00"];

/// Carries the case to a provisional arrest on 2 March 2027.
fn arrested() -> Office {
    let office = Office::with_a_case();
    for fact in ["person.diplomat=no", "warrant-or-sentence-believed=yes", "request-believed=yes"] {
        office.act(&["--fact-only", fact, "--when", "2027-03-01"]).fine();
    }
    office.act(&ASKED).fine().says(&["recorded", "provisional", "not-asked -> asked"]);
    office.act(&["provisional-arrest-ordered", "--when", "2027-03-01 15:00"]).fine();
    office.act(&["provisional-warrant-issued", "--when", "2027-03-01 16:00"]).fine();
    let nowhere = office.act(&["arrested-provisionally", "--when", "2027-03-02 07:30"]).ends(6);
    nowhere.complains(&["must record `arrest.place`", "docs/rejections/fact-missing.md"]);
    let arrest =
        ["arrested-provisionally", "--when", "2027-03-02 07:30", "--fact", "arrest.place=Ulsan harbour"];
    office.act(&arrest).fine().says(&["custody", "held-provisionally", "formal-request"]);
    office
}

#[test]
fn a_case_is_opened_listed_and_shown() {
    let office = Office::with_a_case();
    office.run(&["case", "list"]).fine().says(&["EX-1", "ORLEN, Tavi", "nz-kr/extradition", "M-1", "1 case"]);
    let shown = office.run(&["case", "show", "EX-1", "--now", NEXT_DAY]).fine();
    shown.says(&[
        "ORLEN, Tavi",
        "Where it stands",
        "No clock has started.",
        "Possible now",
        "Not possible now",
        "Timeline",
        "Entries",
    ]);
    let document = office.case();
    assert_eq!((&document["comity"], &document["command"]), (&1.into(), &"case show".into()));
    assert_eq!(document["tracks"][0]["stage"], "not-requested");
}

#[test]
fn opening_names_what_is_wrong() {
    let office = Office::with_a_case();
    let check = |args: &[&str], wanted: &[&str]| {
        drop(office.run(&[args, &["--now", OPENING]].concat()).ends(2).complains(wanted));
    };
    check(&["matter", "open", "M-1", "--title", "x"], &["the reference `M-1` is taken"]);
    check(&["matter", "open", " ", "--title", "x"], &["is no reference"]);
    let open = |reference, matter, procedure| {
        ["case", "open", reference, "--matter", matter, "--procedure", procedure]
    };
    check(&open("EX-1", "M-1", "nz-kr/extradition"), &["the reference `EX-1` is taken"]);
    check(&open("EX-2", "M-9", "nz-kr/extradition"), &["there is no matter `M-9`", "comity matter open M-9"]);
    check(&open("EX-2", "EX-1", "nz-kr/extradition"), &["there is no matter `EX-1`"]);
    check(
        &open("EX-2", "M-1", "nz-kr/extraditoin"),
        &["there is no procedure `nz-kr/extraditoin`", "nz-kr/extradition"],
    );
    let with = |more: [&'static str; 2]| [&open("EX-2", "M-1", "nz-kr/extradition")[..], &more[..]].concat();
    check(&with(["--since", "2027-02-30"]), &["2027-02-30"]);
    check(&with(["--since", "2027-03-05"]), &["lies in the future"]);
    check(&with(["--link", "imunity=EX-1"]), &["no link `imunity`", "did you mean `immunity`?"]);
    check(&with(["--link", "immunity=EX-9"]), &["there is no case `EX-9`"]);
    check(&with(["--link", "immunity=EX-1"]), &["the link `immunity` leads to"]);
    check(&["case", "show", "M-1"], &["`M-1` is a matter"]);
    office.run(&["case", "list"]).fine().says(&["1 case"]);
}

#[test]
fn a_limit_runs_from_the_arrest_and_explains_itself() {
    let office = arrested();
    office.run(&["case", "show", "EX-1", "--now", NEXT_DAY]).fine().says(&[
        "formal-request running last day Friday 16 April 2027, to the end of the day (Seoul) = 2027-04-16T15:00:00Z; 45 days left",
        "treaty 9(1)",
    ]);
    let why = office.run(&["why", "EX-1", "formal-request", "--now", NEXT_DAY]).fine();
    why.says(&[
        "started by",
        "first day",
        "Friday 16 April 2027",
        "runs out",
        "treaty 9(1): Provisional arrest",
    ]);
    office.run(&["why", "EX-1", "surrender", "--now", NEXT_DAY]).fine().says(&["It has not started"]);
    office.run(&["why", "EX-1", "formal-reqest"]).ends(2).complains(&["did you mean `formal-request`?"]);
    let document = office.run(&["why", "EX-1", "formal-request", "--json", "--now", NEXT_DAY]).fine().json();
    assert_eq!(document["clock"]["runs"][0]["last_day"], "2027-04-16");
}

#[test]
fn what_runs_out_stands_on_the_queue_and_a_look_records_nothing() {
    let office = arrested();
    let queue = |now| office.run(&["queue", "--now", now]).fine();
    queue("2027-03-03T00:00:00Z").says(&["Not yet due", "EX-1"]);
    queue("2027-04-15T00:00:00Z").says(&["Today and tomorrow", "formal-request"]);
    let version = office.case()["version"].clone();
    for now in ["2027-04-16T15:00:00Z", "2031-01-01T00:00:00Z"] {
        let said = queue(now).says(&["Owed now", "Release", "formal-request ran out"]);
        assert!(said.out.lines().all(|line| line.chars().count() <= 110), "{}", said.out);
    }
    assert_eq!(office.case()["version"], version);
    office.act(&["--note", "still free to record"]).fine();
    let document = office.run(&["queue", "--json", "--now", "2027-04-16T15:00:02Z"]).fine().json();
    assert_eq!(document["items"][0]["group"], "owed now");
    let list = office.run(&["case", "list", "--now", "2027-04-16T15:00:02Z"]).fine();
    list.says(&["formal-request ran out"]);
}

#[test]
fn a_sweep_records_what_ran_out_once() {
    let office = arrested();
    let sweep = |now| office.run(&["sweep", "--now", now]).fine();
    sweep("2027-04-01T14:59:59Z").says(&["Nothing has run out", "comity queue"]);
    sweep("2027-04-16T14:59:59Z").says(&["3 warnings given", "formal-request runs out", "14 days before"]);
    sweep("2027-04-16T15:00:00Z").says(&["1 limit noticed", "EX-1 formal-request ran out"]);
    sweep("2027-04-16T15:00:01Z").says(&["Nothing has run out"]);
    let document = office.run(&["sweep", "--json", "--now", "2027-04-16T15:00:02Z"]).fine().json();
    assert_eq!(document["noticed"].as_array().map(Vec::len), Some(0));
}

#[test]
fn what_was_known_then_is_shown_apart_from_what_happened_then() {
    let office = arrested();
    // The arrest took effect in the morning of 2 March and was recorded at ten.
    let at = |more: &[&str]| {
        office
            .run(&[&["case", "show", "EX-1", "--json", "--now", "2027-03-03T01:00:00Z"], more].concat())
            .fine()
            .json()
    };
    let custody = |document: &serde_json::Value| document["tracks"][2]["stage"].as_str().unwrap().to_owned();
    assert_eq!(custody(&at(&["--at", "2027-03-02 09:00"])), "held-provisionally");
    assert_eq!(custody(&at(&["--at", "2027-03-02 09:00", "--known-at", "2027-03-02 09:00"])), "free");
    assert_eq!(custody(&at(&["--at", "2027-03-01"])), "free");
    office
        .run(&["case", "show", "EX-1", "--known-at", "2026"])
        .ends(2)
        .complains(&["nothing was known of `EX-1` then"]);
    office.run(&["case", "show", "EX-1", "--at", "soon"]).ends(2).complains(&["`soon` is not a date"]);
}

#[test]
fn what_an_act_changed_is_told_by_the_clock_of_the_machine_too() {
    // The clock of the machine is what this is about: whenever it is read it has moved on.
    let office = Office::new();
    office.run(&["matter", "open", "M-1", "--title", "x"]).fine();
    office.run(&["case", "open", "EX-1", "--matter", "M-1", "--procedure", "nz-kr/extradition"]).fine();
    let preview = office.run(&["act", "EX-1", ASKED[0], "--preview"]).fine();
    preview.says(&["not-asked -> asked"]);
    let said = office.run(&["act", "EX-1", ASKED[0], "--json"]).fine().json();
    assert!(said["changes"].as_array().unwrap().iter().any(|change| change["to"] == "asked"), "{said}");
}

#[test]
fn a_preview_changes_nothing() {
    let office = Office::with_a_case();
    let before = office.case();
    let preview = office.act(&[&ASKED[..], &["--preview"]].concat()).fine();
    preview.says(&["preview", "nothing is recorded", "not-asked -> asked", "--expect 1"]);
    assert_eq!(office.case(), before);
    office.act(&["handed-over", "--preview"]).ends(6).complains(&["not allowed:"]);
    assert_eq!(office.case(), before);
}

#[test]
fn a_refusal_says_what_why_and_under_which_article_and_records_nothing() {
    let office = Office::with_a_case();
    let before = office.case();
    let check = |args: &[&str], code: &str, wanted: &[&str]| {
        let said = office.act(args).ends(6).complains(wanted);
        let said = said.complains(&["not allowed:", &format!("docs/rejections/{code}.md")]);
        assert!(said.out.is_empty());
    };
    check(
        &[&ASKED[..], &["--by", "requesting/police"]].concat(),
        "wrong-authority",
        &["`requested/foreign-ministry`", "basis treaty 9(1)"],
    );
    check(
        &["provisional-arrest-asked", "--when", "2027-02-28"],
        "before-the-case",
        &["lies before the case"],
    );
    check(&["provisional-arrest-asked", "--when", "2027-03-04"], "in-the-future", &["lies in the future"]);
    check(&["--fact-only", "person.status=guilty"], "wrong-value", &["`person.status` takes one of"]);
    let arrest = ["arrested-provisionally", "--when", "2027-03-02 07:30"];
    check(&arrest, "not-open", &["is not open while"]);
    check(&[&arrest[..], &["--fact", "arrest.place=x"]].concat(), "not-open", &["is not open while"]);
    check(&[&ASKED[..], &["--fact", "arrest.place=x"]].concat(), "fact-not-wanted", &["does not record"]);
    check(&["--annul", "7", "--reason", "x"], "no-such-entry", &["there is no entry 7"]);
    check(&["--annul", "1", "--reason", "x"], "not-to-be-undone", &["opens the case"]);
    assert_eq!(office.case(), before);
    let document = office.act(&["handed-over", "--fact", "surrender.place=x", "--json"]).ends(6).json();
    assert_eq!(document["error"]["exit"], 6);
    assert_eq!(
        document["error"]["see"],
        format!("docs/rejections/{}.md", document["error"]["code"].as_str().unwrap())
    );
}

#[test]
fn wrong_usage_is_told_apart_from_a_refusal() {
    let office = Office::with_a_case();
    let check = |args: &[&str], wanted: &[&str]| drop(office.act(args).ends(2).complains(wanted));
    check(&[], &["nothing is said to have happened", "comity case show EX-1"]);
    check(
        &["provisional-arrest-asked", "--when", "2027-02-30"],
        &["`2027-02-30` is not a day", "Asia/Seoul"],
    );
    check(&["provisional-arrest-asked", "--when", "yesterday"], &["`yesterday` is not a date"]);
    check(&["request-sent"], &["several authorities may do this", "--by requesting/minister"]);
    check(&["--ground", "political-offence"], &["--applies or --does-not-apply"]);
    check(&["--fact-only", "person.status"], &["write NAME=VALUE"]);
    check(&["--annul", "2"], &["--reason"]);
    check(&["--annul", "0", "--reason", "x"], &["there is no entry 0"]);
    check(&["provisional-arrest-asked", "--document", "x"], &["cannot be used with"]);
    office
        .run(&["act", "EX-9", "arrested"])
        .ends(2)
        .complains(&["there is no case `EX-9`", "comity case list"]);
    office.run(&["queue", "--now", "now"]).ends(2).complains(&["is not a moment"]);
}

#[test]
fn a_name_that_the_procedure_does_not_know_is_wrong_usage() {
    let office = Office::with_a_case();
    let check = |args: &[&str], wanted: &[&str]| {
        let said = office.act(args).ends(2).complains(wanted);
        said.complains(&["docs/rejections/unknown.md"]);
    };
    check(
        &["provisional-arest-asked"],
        &["this procedure knows no act", "did you mean `provisional-arrest-asked`?"],
    );
    check(&[&ASKED[..], &["--by", "requested/nobody"]].concat(), &["no authority"]);
    check(&["--ground", "politics", "--applies"], &["no ground"]);
    check(&["--document", "warrant"], &["no document"]);
    check(&["--fact-only", "person.name=x"], &["no fact"]);
}

#[test]
fn wrong_usage_is_a_document_too_where_one_is_wanted() {
    let office = Office::with_a_case();
    for args in [&["act", "EX-1", "--annul", "2", "--json"][..], &["--json", "que"], &["case", "--json"]] {
        let said = office.run(args).ends(2);
        let document = said.json();
        assert_eq!(document["error"]["code"], "cli/usage", "{args:?}");
        assert_eq!(document["error"]["exit"], 2, "{args:?}");
        assert!(!said.err.is_empty(), "{args:?}");
    }
    let told = office.run(&["act", "EX-1", "--annul", "2"]).ends(2);
    assert!(told.out.is_empty(), "{}", told.out);
    office.run(&["--help"]).fine().says(&["Exit codes"]);
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_recorded_is_no_failure_if_the_answer_cannot_be_written() {
    let office = Office::with_a_case();
    for (version, extra) in [(2, &[][..]), (3, &["--json"][..])] {
        let note = ["act", "EX-1", "--note", "x", "--now", NEXT_DAY];
        let full = std::fs::File::create("/dev/full").unwrap();
        let said = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
            .current_dir(office.folder.path())
            .args(note)
            .args(extra)
            .stdout(full)
            .output()
            .unwrap();
        let told = String::from_utf8(said.stderr).unwrap();
        assert_eq!(said.status.code(), Some(0), "{told}");
        assert!(told.contains("recorded") && told.contains(&format!("version {version}")), "{told}");
        assert_eq!(office.case()["version"], version);
    }
    let full = std::fs::File::create("/dev/full").unwrap();
    let look = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
        .current_dir(office.folder.path())
        .args(["case", "list"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(look.status.code(), Some(1), "a look whose answer is lost has failed");
}

#[test]
fn a_long_reference_is_not_repeated_whole() {
    let office = Office::with_a_case();
    let long = "x".repeat(5_000);
    for args in [
        &["case", "show", &long][..],
        &["matter", "open", &long, "--title", "x"],
        &["act", "EX-1", &long],
        &["why", "EX-1", &long],
    ] {
        let said = office.run(args).ends(2).complains(&["xxx…"]);
        assert!(said.err.len() < 4_000, "{}", said.err);
    }
}

#[test]
fn writing_from_right_to_left_cannot_be_switched_on() {
    let office = Office::with_a_case();
    office.act(&["--note", "a \u{202e}evil\u{2066} b"]).fine();
    let shown = office.run(&["case", "show", "EX-1", "--now", NEXT_DAY]).fine();
    assert!(!shown.out.contains(['\u{202e}', '\u{2066}']), "{}", shown.out);
    office.run(&["matter", "open", "M\u{202e}1", "--title", "x"]).ends(2).complains(&["is no reference"]);
}

#[test]
fn a_case_is_not_shown_before_it_began_and_counts_what_was_known() {
    let office = arrested();
    let late = "2027-03-05T01:00:00Z";
    let before = ["case", "show", "EX-1", "--at", "2020", "--now", late];
    office.run(&before).ends(2).complains(&["`EX-1` had not begun then"]);
    office.run(&["act", "EX-1", "--note", "later", "--now", late]).fine();
    let shown = ["case", "show", "EX-1", "--known-at", "2027-03-02", "--now", late];
    let known = office.run(&[&shown[..], &["--json"]].concat()).fine().json()["version"].clone();
    office.run(&shown).fine().says(&[&format!("{known} entries")]);
}

#[test]
fn a_procedure_that_does_not_load_is_told_apart_from_none() {
    let office = Office::new();
    let library = office.folder.path().join("law/norvane");
    std::fs::create_dir_all(&library).unwrap();
    let articles = "# Act of Norvane\n\n### 1 One month\nMark: known\n\nOne month from the application.\n";
    std::fs::write(library.join("articles.md"), articles).unwrap();
    std::fs::write(library.join("month.yaml"), MONTH.replace("cite: act 1", "cite: act 9")).unwrap();
    let run = |args: &[&str]| {
        office.run(&[args, &["--workflows", "law", "--now", "2027-02-01T00:00:00Z"]].concat())
    };
    run(&["matter", "open", "M-1", "--title", "x"]).fine();
    let open = |procedure| ["case", "open", "EX-1", "--matter", "M-1", "--procedure", procedure];
    run(&open("norvane/month")).ends(3).complains(&[
        "the procedure `norvane/month` does not load",
        "unknown-article",
        "law/norvane/month.yaml",
        "comity check",
    ]);
    run(&open("norvane/week")).ends(2).complains(&["there is no procedure `norvane/week`"]);
}

#[test]
fn a_conflict_is_a_conflict() {
    let office = Office::with_a_case();
    office
        .act(&[&ASKED[..], &["--expect", "7"]].concat())
        .ends(5)
        .complains(&["the case is at version 1, not 7", "engine/conflict"]);
    office.act(&[&ASKED[..], &["--expect", "1"]].concat()).fine();
}

#[test]
fn the_same_key_records_once() {
    let office = Office::with_a_case();
    let keyed = [&ASKED[..], &["--key", "k-1"]].concat();
    office.act(&keyed).fine().says(&["EX-1 is at version 2"]);
    office.act(&keyed).fine().says(&["recorded before, under the same key", "EX-1 is at version 2"]);
    assert_eq!(office.case()["version"], 2);
}

#[test]
fn an_entry_is_annulled_or_corrected_with_its_reason() {
    let office = arrested();
    let correct = ["--correct", "8", "--when", "2027-03-02 06:10", "--reason", "the police report says so"];
    office.act(&correct).fine().says(&["entry 8 corrected"]);
    let shown = office.run(&["case", "show", "EX-1", "--now", NEXT_DAY]).fine();
    shown.says(&["2027-03-02 06:10", "entry 8 corrected to", "the police report says so"]);
    office
        .act(&["--annul", "5", "--reason", "another case"])
        .ends(6)
        .complains(&["this would upset", "annul these first"]);
    office
        .act(&["--annul", "8", "--reason", "another person"])
        .fine()
        .says(&["custody", "held-provisionally -> free"]);
    office.act(&["--correct", "8", "--reason", "x"]).ends(2).complains(&["entry 8"]);
}

#[test]
fn a_document_a_ground_and_a_note_are_recorded() {
    let office = Office::with_a_case();
    office.act(&["--note", "the courier is late"]).fine().says(&["note", "EX-1 is at version 2"]);
    office.act(&["--ground", "political-offence", "--does-not-apply"]).fine();
    let shown = office.run(&["case", "show", "EX-1", "--now", NEXT_DAY]).fine();
    shown.says(&["the courier is late", "political-offence", "does not apply"]);
    let office = Office::new();
    office.run(&["matter", "open", "M-1", "--title", "x", "--now", OPENING]).fine();
    let case = [
        "case",
        "open",
        "EX-1",
        "--matter",
        "M-1",
        "--procedure",
        "nz-kr-mla/mla-to-korea",
        "--now",
        OPENING,
    ];
    office.run(&case).fine();
    let documents = office.case()["documents"].clone();
    let name = documents[0]["name"].as_str().unwrap();
    office.act(&["--document", name, "--form", "certified-copy", "--language", "ko"]).fine();
    assert_eq!(office.case()["documents"][0]["arrived"][0], NEXT_DAY);
}

#[test]
fn a_title_cannot_steer_the_terminal() {
    let office = Office::new();
    office.run(&["matter", "open", "M-1", "--title", "x", "--now", OPENING]).fine();
    let case = [
        "case",
        "open",
        "EX-1",
        "--matter",
        "M-1",
        "--procedure",
        "nz-kr/extradition",
        "--title",
        "\u{1b}[2Jgone",
    ];
    office.run(&[&case[..], &["--now", OPENING]].concat()).fine();
    let shown = office.run(&["case", "show", "EX-1", "--color", "always", "--now", NEXT_DAY]).fine();
    assert!(!shown.out.contains("\u{1b}[2J") && shown.out.contains("gone"));
}

#[test]
fn the_last_name_of_the_store_comes_from_the_environment_too() {
    let office = Office::with_a_case();
    let store = office.store().display().to_string();
    let elsewhere = tempfile::tempdir().unwrap();
    let listed = common::comity(elsewhere.path(), &["case", "list"], &[("COMITY_STORE", &store)]);
    listed.fine().says(&["EX-1"]);
    let missing = common::comity(
        elsewhere.path(),
        &["case", "list", "--workflows", "none"],
        &[("COMITY_STORE", &store)],
    );
    missing.ends(2).complains(&["there is no folder of procedures `none`"]);
}

#[test]
fn a_limit_that_cannot_be_computed_has_its_own_exit_code() {
    let office = Office::new();
    let library = office.folder.path().join("law/norvane");
    std::fs::create_dir_all(&library).unwrap();
    let articles = "# Act of Norvane\n\n### 1 One month\nMark: known\n\nOne month from the application.\n";
    std::fs::write(library.join("articles.md"), articles).unwrap();
    std::fs::write(library.join("month.yaml"), MONTH).unwrap();
    let run = |args: &[&str]| {
        office.run(&[args, &["--workflows", "law", "--now", "2027-02-01T00:00:00Z"]].concat())
    };
    run(&["matter", "open", "M-1", "--title", "x"]).fine();
    run(&[
        "case",
        "open",
        "EX-1",
        "--matter",
        "M-1",
        "--procedure",
        "norvane/month",
        "--since",
        "2027-01-01",
    ])
    .fine();
    let said = run(&["act", "EX-1", "applied", "--when", "2027-01-31"]).ends(7);
    said.complains(&[
        "the clock `answer` cannot be computed",
        "docs/rejections/cannot-count.md",
        "act 1: One month",
    ]);
    run(&["act", "EX-1", "applied", "--when", "2027-01-30", "--preview"]).ends(7);
    run(&["act", "EX-1", "applied", "--when", "2027-01-28"]).fine().says(&["answer"]);
}

const MONTH: &str = "\
comity: 1
procedure: norvane/month
version: 1
title: A month that may not exist
kind: extradition
sources:
  act: {title: Act of Norvane}
sides:
  requested: {country: XN, zone: Europe/Lisbon}
authorities:
  requested/court: Court of Norvane
tracks:
  request:
    title: The request
    starts: open
    stages:
      open: Open
      waiting: Waiting
      answered: {title: Answered, final: answered}
clocks:
  answer:
    title: The court answers
    limits: requested/court
    starts: applied
    if-started-again: runs-on
    length: 1 month
    first-day: not-counted
    month-end: refuse
    last-day-closed: stands
    zone: requested
    met-by: answered
    at-the-same-instant: act-first
    stops-while: none
    extended-by: none
    off-when: never
    on-expiry: {effect: alert}
    cite: act 1
acts:
  applied: {title: Somebody applies, by: requested/court, moves: {request: open -> waiting}, cite: act 1}
  answered: {title: The court answers, by: requested/court, moves: {request: waiting -> answered}, cite: act 1}
";
