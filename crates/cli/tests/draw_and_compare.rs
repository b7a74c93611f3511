//! `draw` and `compare`: a procedure as a picture, and two versions of one in words.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;

use common::{Said, comity, copy_matter, spoil, workflows};
use serde_json::Value;
use tempfile::TempDir;

const EXTRADITION: &str = "nz-kr/extradition.yaml";

/// The library twice, as `old` and `new`.
fn twice() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["old", "new"] {
        copy_matter(&folder.path().join(name));
    }
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> Said {
    comity(folder.path(), args, &[])
}

fn compared(folder: &TempDir, more: &[&str]) -> Said {
    let paths = [format!("old/{EXTRADITION}"), format!("new/{EXTRADITION}")];
    let args = [&["compare", &paths[0], &paths[1], "--from", "2027-01-01"], more].concat();
    run(folder, &args)
}

#[test]
fn a_picture_goes_to_standard_output_or_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = run(&folder, &["draw", "nz-kr/extradition"]).fine().out;
    assert!(text.starts_with("<svg ") && text.trim_end().ends_with("</svg>"), "{text}");
    run(&folder, &["draw", "nz-kr/extradition", "--out", "picture.svg"])
        .fine()
        .says(&["written picture.svg", "nz-kr/extradition: 5 tracks"]);
    assert_eq!(fs::read_to_string(folder.path().join("picture.svg")).unwrap(), text);
    run(&folder, &["draw", "nz-kr/extradition", "--format", "dot"]).fine().says(&["digraph procedure {"]);
    run(&folder, &["draw", "nz-kr/extradition", "--format", "mermaid"]).fine().says(&["flowchart TB"]);
}

#[test]
fn a_file_is_drawn_wherever_it_lies() {
    let folder = twice();
    let path = format!("old/{EXTRADITION}");
    let by_path = run(&folder, &["draw", &path]).fine().out;
    assert_eq!(by_path, run(&folder, &["draw", "nz-kr/extradition"]).fine().out);
    let inside = comity(&folder.path().join("old/nz-kr"), &["draw", "extradition.yaml"], &[]).fine().out;
    assert_eq!(by_path, inside);
}

#[test]
fn a_picture_as_a_document_holds_the_text_or_says_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let document =
        run(&folder, &["draw", "kr-nhrck/recommendation", "--json", "--format", "dot"]).fine().json();
    assert_eq!(document["procedure"], "kr-nhrck/recommendation");
    assert!(document["text"].as_str().unwrap().starts_with("digraph"), "{document}");
    let args = ["draw", "kr-nhrck/recommendation", "--json", "--out", "a.svg"];
    let document = run(&folder, &args).fine().json();
    assert_eq!((&document["written"], &document["text"]), (&"a.svg".into(), &Value::Null));
}

#[test]
fn what_cannot_be_drawn_is_told_with_what_to_do() {
    let folder = twice();
    run(&folder, &["draw", "nz-kr/extraditon"])
        .ends(2)
        .complains(&["there is no procedure `nz-kr/extraditon`", "did you mean `nz-kr/extradition`?"]);
    run(&folder, &["draw", "zzz"]).ends(2).complains(&["the procedures here are", "nz-kr/extradition"]);
    run(&folder, &["draw", "old/none.yaml"]).ends(2).complains(&["there is no file `old/none.yaml`"]);
    run(&folder, &["draw", "old"]).ends(2).complains(&["`old` is a folder"]);
    run(&folder, &["draw", "nz-kr/extradition", "--format", "png"])
        .ends(2)
        .complains(&["svg", "mermaid", "dot"]);
    run(&folder, &["draw", "nz-kr/extradition", "--out", "no/such/place.svg"])
        .ends(2)
        .complains(&["no/such/place.svg cannot be used"]);
    spoil(&folder, "old/nz-kr/extradition.yaml", "starts: not-requested", "starts: nowhere");
    run(&folder, &["draw", "old/nz-kr/extradition.yaml"]).ends(3).complains(&[
        "nowhere",
        "does not load",
        "extradition.yaml:",
    ]);
}

#[test]
fn two_that_are_the_same_say_so_and_end_with_nought() {
    let folder = twice();
    compared(&folder, &[]).fine().says(&["The two say the same."]);
    let document = compared(&folder, &["--json"]).fine().json();
    assert_eq!((&document["same"], &document["same_meaning"]), (&true.into(), &true.into()));
    run(&folder, &["compare", "nz-kr/extradition", "nz-kr/extradition"]).fine();
}

#[test]
fn a_longer_limit_is_told_with_its_article_and_the_last_day_under_both() {
    let folder = twice();
    spoil(&folder, "new/nz-kr/extradition.yaml", "length: 45 days", "length: 50 days");
    compared(&folder, &[]).ends(1).says(&[
        "changed clock \"The formal request arrives\" (formal-request) treaty 9(1)",
        "length: 45 days → 50 days",
        "Limits that move",
        "counted from Friday 1 January 2027: Monday 15 February 2027 → Saturday 20 February 2027",
        "another last day from 731 of 731 starts",
        "1 difference · 1 limit move",
    ]);
    let document = compared(&folder, &["--json"]).ends(1).json();
    let moved = &document["moved_limits"][0];
    assert_eq!(moved["clock"], "formal-request");
    assert_eq!(
        (&moved["before"]["last_day"], &moved["after"]["last_day"]),
        (&"2027-02-15".into(), &"2027-02-20".into())
    );
    let difference = &document["differences"][0];
    assert_eq!(
        (&difference["aspect"], &difference["before"], &difference["after"]),
        (&"length".into(), &"45 days".into(), &"50 days".into())
    );
}

/// A length of sixty days is another than two months only from some starts, and one of them is shown.
#[test]
fn a_limit_that_moves_from_some_starts_only_shows_one_of_them() {
    let folder = twice();
    let old = "length: 2 months\n    first-day: counted\n    month-end: down\n";
    spoil(&folder, "new/nz-kr/extradition.yaml", old, "length: 60 days\n    first-day: counted\n");
    let document = compared(&folder, &["--json"]).ends(1).json();
    let moved = &document["moved_limits"][0];
    let (some, all) = (moved["moved"].as_u64().unwrap(), moved["looked_at"].as_u64().unwrap());
    assert!(some > 0 && some < all, "{moved}");
    assert_ne!(moved["before"], moved["after"]);
}

#[test]
fn each_kind_of_change_is_told() {
    let text = fs::read_to_string(workflows().join(EXTRADITION)).unwrap();
    // What is written, what is written instead, and what must be said.
    let changes: [(&str, &str, &[&str]); 15] = [
        ("version: 1\n", "version: 2\n", &["changed procedure", "version: 1 → 2"]),
        ("first-day: not-counted", "first-day: counted", &["first day: not-counted → counted", "moves"]),
        (
            "at-the-same-instant: expiry-first",
            "at-the-same-instant: act-first",
            &["at the same instant: expiry-first → act-first"],
        ),
        (
            "if-started-again: starts-anew",
            "if-started-again: runs-on",
            &["a second start: starts-anew → runs-on"],
        ),
        ("warn: [14 days, 3 days, 1 day]", "warn: [14 days, 3 days]", &["warnings before the end"]),
        (
            "with-justice: With the Minister of Justice",
            "with-justice: At the Ministry",
            &["changed stage \"At the Ministry\" (request.with-justice)"],
        ),
        (
            "by: requested/justice-ministry\n    when: act withdrawal-announced",
            "by: requested/foreign-ministry\n    when: act withdrawal-announced",
            &["who may do it: requested/justice-ministry → requested/foreign-ministry", "act 12(1)"],
        ),
        (
            "moves: {request: review-ordered -> before-court}",
            "moves: {request: with-justice or review-ordered -> before-court}",
            &[
                "added move \"The request: With the Minister of Justice → Before the court\"",
                "by act review-applied-for",
                "act 13(1)",
            ],
        ),
        (
            "custody: held-provisionally or suspended-provisionally -> release-due, else stays",
            "custody: held-provisionally -> release-due, else stays",
            &["removed move", "by the end of clock formal-request", "treaty 9(1); reading 2"],
        ),
        (
            "country: KR, zone: Asia/Seoul",
            "country: KR, zone: Asia/Tokyo",
            &["changed side", "zone: Asia/Seoul → Asia/Tokyo"],
        ),
        (
            "kind: optional, considered-by: requested/court, cite: act 9(1)",
            "kind: mandatory, considered-by: requested/court, cite: act 9(1)",
            &["changed ground \"Korean national\"", "kind: optional → mandatory", "act 9(1)"],
        ),
        ("off-when: custody is free", "off-when: never", &["switched off when: custody is free → (nothing)"]),
        (
            "owes: [send-papers]",
            "owes: [send-papers, send-permit]",
            &["obligations that arise: send-papers → send-papers, send-permit"],
        ),
        (
            "records: [arrest.place]",
            "may-record: [arrest.place]",
            &[
                "facts that must be given: arrest.place → (nothing)",
                "facts that may be given: (nothing) → arrest.place",
            ],
        ),
        (
            "cite: treaty 9(1); reading 2\n    warn",
            "cite: treaty 9(1)\n    warn",
            &["effect of running out: duty (treaty 9(1); reading 2) → duty (treaty 9(1))"],
        ),
    ];
    for (from, to, wanted) in changes {
        assert!(text.contains(from), "{from}");
        let folder = twice();
        spoil(&folder, "new/nz-kr/extradition.yaml", from, to);
        compared(&folder, &[]).ends(1).says(wanted);
    }
}

/// A calendar is part of a procedure by its name: no word differs, and the dates do.
#[test]
fn a_limit_that_moves_because_a_calendar_closes_another_day_is_told() {
    let folder = twice();
    for side in ["old", "new"] {
        let path = format!("{side}/nz-kr/extradition.yaml");
        let to = "first-day: not-counted\n    last-day-closed: next-open-day\n    calendar: nz";
        spoil(&folder, &path, "first-day: not-counted\n    last-day-closed: stands", to);
    }
    compared(&folder, &[]).fine();
    let calendar = fs::read_to_string(folder.path().join("new/calendars/nz.yaml")).unwrap();
    let closed = calendar.lines().find(|line| line.contains("2027-04-26"));
    let closed = closed.unwrap_or_else(|| panic!("{calendar}")).to_owned() + "\n";
    spoil(&folder, "new/calendars/nz.yaml", &closed, "");
    compared(&folder, &[]).ends(1).says(&["0 differences", "Limits that move", "formal-request"]);
}

#[test]
fn what_cannot_be_compared_is_told_with_what_to_do() {
    let folder = twice();
    run(&folder, &["compare", "nz-kr/extradition"]).ends(2).complains(&["<B>"]);
    run(&folder, &["compare", "nz-kr/extradition", "nz-kr/nothing"])
        .ends(2)
        .complains(&["there is no procedure"]);
    compared(&folder, &["--now", "yesterday"]).ends(2);
    let args = ["compare", "nz-kr/extradition", "nz-kr/extradition", "--from", "2027-02-30"];
    run(&folder, &args).ends(2).complains(&["2027-02-30"]);
    spoil(&folder, "new/nz-kr/extradition.yaml", "length: 45 days", "length: 45 moons");
    compared(&folder, &[]).ends(3).complains(&["45 moons", "extradition.yaml:"]);
}
