//! A chronology that is wrong fails, and says where.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use comity_language::Source;
use comity_language::chronology::read_chronology;
use comity_language::library::{InMemory, load};
use comity_testkit::{Report, run};

const ARTICLES: &str =
    "# Treaty\n\n### 1 The request\nMark: seen · sample\n\nA request is made in writing.\n";

const PROCEDURE: &str = "\
comity: 1
procedure: sample/arrest
version: 1
title: Arrest
kind: extradition
sources:
  treaty: {title: Treaty}
sides:
  requesting: {country: XC, zone: Asia/Seoul}
  requested: {country: XN, zone: Europe/Lisbon}
authorities:
  requested/police: Police of Norvane
facts:
  place: {title: Place of arrest, type: text}
tracks:
  custody:
    title: Custody
    starts: free
    stages:
      free: Free
      held: Held
      over: {title: At liberty, final: released}
clocks:
  decision:
    title: The decision is taken
    limits: requested/police
    starts: arrested
    if-started-again: starts-anew
    length: 10 days
    first-day: not-counted
    last-day-closed: stands
    zone: requested
    met-by: released
    at-the-same-instant: act-first
    stops-while: none
    extended-by: none
    off-when: never
    on-expiry: {effect: duty, duty: release}
    cite: treaty 1
acts:
  arrested: {title: Arrested, by: requested/police, moves: {custody: free -> held}, cite: treaty 1}
  released: {title: Released, by: requested/police, moves: {custody: held -> over}, cite: treaty 1}
obligations:
  release: {title: Release the person, bearer: requested/police, met-by: released, cite: treaty 1}
";

/// Plays one table of rows `when | what happened | custody | decision | owed | open acts`.
fn play(heads: &str, rows: &[&str]) -> Report {
    play_citing("treaty 1", heads, rows)
}

fn play_citing(cite: &str, heads: &str, rows: &[&str]) -> Report {
    let table = rows.iter().fold(String::new(), |table, row| format!("{table}| {row} |\n"));
    let dashes = "---|".repeat(heads.split('|').count());
    let text = format!(
        "# T\n\nprocedure: sample/arrest\nzone: Europe/Lisbon\n\n## S\ncite: {cite}\n\n| {heads} |\n|{dashes}\n{table}"
    );
    let files =
        InMemory::default().with("sample/articles.md", ARTICLES).with("sample/arrest.yaml", PROCEDURE);
    let library = load(&files);
    let told: Vec<String> = library.diagnostics.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    let (chronology, told) = read_chronology(&Arc::new(Source::new("sample/arrest.chronology.md", text)));
    assert!(told.is_empty(), "{told:?}");
    run(&chronology.unwrap(), &library)
}

const HEADS: &str = "when | what happened | custody | decision | owed | open acts";

/// What is found instead, failure by failure.
fn found(rows: &[&str]) -> Vec<String> {
    let report = play(HEADS, rows);
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    report.sections[0]
        .failures
        .iter()
        .map(|failure| format!("{}: {}", failure.about, failure.found))
        .collect()
}

#[test]
fn a_table_that_holds_has_no_failure_and_counts_its_cells() {
    let report = play(
        HEADS,
        &[
            "2027-03-01 09:00 | arrested | held | ends 2027-03-11 | nothing | released",
            "2027-03-12 00:00 | look | held | ran out | release | released",
        ],
    );
    assert_eq!(
        (report.sections[0].cells, report.sections[0].failures.len()),
        (8, 0),
        "{:?}",
        report.sections
    );
}

#[test]
fn every_kind_of_cell_can_fail() {
    let arrested = "2027-03-01 09:00 | arrested | held | | |";
    let after = |cells: &str| found(&[arrested, &format!("2027-03-02 09:00 | look | {cells}")]);
    assert_eq!(after("free | | |"), ["custody: held"]);
    assert_eq!(after("| ends 2027-03-12 | |"), ["decision: ends 2027-03-11"]);
    assert_eq!(after("| ran out | |"), ["decision: ends 2027-03-11"]);
    assert_eq!(after("| | release |"), ["owed: nothing"]);
    assert_eq!(after("| | | arrested"), ["open acts: not all open"]);
    let late = found(&[arrested, "2027-03-12 00:00 | look | | ends 2027-03-11 | nothing |"]);
    assert_eq!(late, ["decision: ran out", "owed: release"]);
}

#[test]
fn what_is_refused_and_what_is_not_must_be_as_written() {
    assert_eq!(found(&["2027-03-01 09:00 | released | | | |"]), ["what happened: it is refused"]);
    assert_eq!(found(&["2027-03-01 09:00 | refused: arrested | | | |"]), ["what happened: it is allowed"]);
    let otherwise = found(&["2027-03-01 09:00 | refused: released because too-early | | | |"]);
    assert_eq!(otherwise, ["what happened: it is refused for another reason"]);
    assert!(found(&["2027-03-01 09:00 | refused: released because not-open | free | | |"]).is_empty());
}

#[test]
fn what_was_tried_and_not_refused_leaves_nothing_behind() {
    let opened = "2027-03-01 | look | free | | |";
    let tried =
        "2027-03-03 10:00 | refused: late record, 2027-03-03 09:00: arrested | free | not started | |";
    assert_eq!(found(&[opened, tried]), ["what happened: it is allowed"]);
}

/// What is told of a chronology that cannot be compared: place, message, what was meant.
fn told(report: &Report) -> Vec<(usize, usize, &str, Option<&str>)> {
    let all = report.diagnostics.iter();
    all.map(|one| (one.line, one.column, one.message.as_str(), one.suggestion.as_deref())).collect()
}

#[test]
fn a_heading_that_names_nothing_is_told_at_the_heading_whether_or_not_a_cell_stands_under_it() {
    let wanted = [(9, 26, "`custdy` is no track, clock, condition or fact", Some("custody"))];
    for cell in ["", "held"] {
        let report =
            play("when | what happened | custdy", &[&format!("2027-03-01 09:00 | arrested | {cell}")]);
        assert_eq!(told(&report), wanted);
        assert_eq!((report.sections[0].cells, report.sections[0].passed()), (0, false));
    }
}

#[test]
fn a_cell_that_cannot_be_compared_is_no_cell_that_holds() {
    let report = play(HEADS, &["2027-03-01 09:00 | arrested | hold | ends 2027-03-11 | relase | relesed"]);
    let wanted = [
        (11, 33, "the track `custody` has no stage `hold`", Some("held")),
        (11, 58, "the procedure has no obligation `relase`", Some("release")),
        (11, 67, "the procedure has no act `relesed`", Some("released")),
    ];
    assert_eq!(told(&report), wanted);
    assert_eq!((report.sections[0].cells, report.sections[0].passed()), (1, false));
}

#[test]
fn an_item_that_the_procedure_does_not_know_is_told_with_what_was_meant() {
    let report = play(HEADS, &["2027-03-01 09:00 | arested | free | | |"]);
    assert_eq!(told(&report), [(11, 22, "the procedure has no act `arested`", Some("arrested"))]);
    assert!(!report.sections[0].passed());
}

#[test]
fn a_table_that_cites_what_does_not_exist_fails() {
    let rows = ["2027-03-01 09:00 | arrested | held | ends 2027-03-11 | nothing | released"];
    let report = play_citing("treaty 1; treaty 1(2)", HEADS, &rows);
    assert_eq!(told(&report), [(7, 24, "`treaty 1(2)` is not in the articles of that source", Some("1"))]);
    assert!(!report.passed() && report.sections[0].passed());
}
