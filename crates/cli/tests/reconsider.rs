//! What was known then: a limit explained as it was known, and the decisions that rested on it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use common::{Said, comity};
use tempfile::TempDir;

const ARTICLES: &str = "\
# Treaty between Norvane and Calderia

Made up.

### 4 The request
Mark: seen

### 9(1) Arrest
Mark: seen

### 9(4) Release
Mark: seen

### 11 The decision
Mark: seen
";

const PROCEDURE: &str = "\
comity: 1
procedure: made-up/release
version: 1
title: Arrest in Calderia for a request of Norvane
kind: extradition
sources:
  treaty: {title: Treaty between Norvane and Calderia}
sides:
  requesting: {country: XN, zone: Europe/Lisbon}
  requested: {country: XC, zone: Asia/Seoul}
authorities:
  requested/ministry: Ministry of Justice of Calderia
  requested/police: Police of Calderia
  requested/court: High Court of Calderia
tracks:
  request:
    title: The request
    starts: awaited
    stages:
      awaited: Awaited
      lodged: Before the court
      decided: {title: Decided, final: decided}
  custody:
    title: Custody
    starts: free
    stages:
      free: Not in custody
      held: Held
      release-due: Release is due
clocks:
  formal-request:
    title: The formal request arrives
    limits: requesting
    starts: arrested
    if-started-again: starts-anew
    length: 60 days
    first-day: not-counted
    last-day-closed: stands
    zone: requested
    met-by: request-received
    at-the-same-instant: act-first
    stops-while: none
    extended-by: none
    off-when: custody is free
    on-expiry: {effect: duty, duty: release, moves: {custody: \"held -> release-due, else stays\"}}
    cite: treaty 9(4)
  decision:
    title: The court decides
    limits: requested/court
    starts: request-received
    if-started-again: starts-anew
    length: 60 days
    first-day: not-counted
    last-day-closed: stands
    zone: requested
    met-by: decided
    at-the-same-instant: act-first
    stops-while: none
    extended-by: none
    off-when: never
    on-expiry: {effect: nothing-stated}
    cite: treaty 11
acts:
  arrested: {title: The person is arrested, by: requested/police, moves: {custody: free -> held}, cite: treaty 9(1)}
  request-received:
    title: The request is received
    by: requested/ministry
    moves: {request: awaited -> lodged}
    cite: treaty 4
  decided: {title: The court decides, by: requested/court, moves: {request: lodged -> decided}, cite: treaty 11}
  released:
    title: The person is released
    by: [requested/police, requested/court]
    moves: {custody: held or release-due -> free}
    cite: treaty 9(4)
obligations:
  release: {title: Release the person, bearer: requested/police, met-by: released, cite: treaty 9(4)}
";

/// The case of a person arrested on 4 January 2027, released on 6 March because no request had come.
struct Story(TempDir);

impl Story {
    fn told() -> Self {
        let story = Self(tempfile::tempdir().unwrap());
        let folder = story.0.path().join("workflows/made-up");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("articles.md"), ARTICLES).unwrap();
        std::fs::write(folder.join("release.yaml"), PROCEDURE).unwrap();
        let opening = "2027-01-04T00:30:00Z";
        story.run(&["init"]).fine();
        story.run(&["matter", "open", "M-1", "--title", "A made-up matter", "--now", opening]).fine();
        let case = ["case", "open", "EX-1", "--matter", "M-1", "--procedure", "made-up/release"];
        story.run(&[&case[..], &["--since", "2027-01-04", "--now", opening]].concat()).fine();
        let arrested =
            ["act", "EX-1", "arrested", "--when", "2027-01-04 10:00", "--now", "2027-01-04T02:00:00Z"];
        story.run(&arrested).fine().says(&["formal-request", "runs out Saturday 6 March 2027 00:00 (Seoul)"]);
        let released = ["act", "EX-1", "released", "--by", "requested/court", "--when", "2027-03-06 09:00"];
        story.run(&[&released[..], &["--now", "2027-03-06T01:00:00Z"]].concat()).fine();
        story
    }

    /// On 8 March somebody types in that the request had come on 5 March.
    fn and_then_the_request_turns_up(self) -> Self {
        let late =
            ["act", "EX-1", "request-received", "--by", "requested/ministry", "--when", "2027-03-05 16:40"];
        let said = self.run(&[&late[..], &["--now", "2027-03-08T01:00:00Z"]].concat()).fine();
        drop(said.says(&["formal-request ran out", "met", "decision not started -> running"]));
        self
    }

    fn run(&self, args: &[&str]) -> Said {
        comity(self.0.path(), args, &[])
    }

    fn later(&self, args: &[&str]) -> Said {
        self.run(&[args, &["--now", "2027-03-08T02:00:00Z"]].concat())
    }
}

#[test]
fn a_limit_is_explained_as_it_is_and_as_it_was_known() {
    let story = Story::told().and_then_the_request_turns_up();
    let why = |more: &[&str]| story.later(&[&["why", "EX-1", "formal-request"], more].concat()).fine();
    why(&["--at", "2027-03-06 08:00"]).says(&[
        "formal-request The formal request arrives met",
        "met by",
        "entry 4",
    ]);
    let then = ["--at", "2027-03-06 08:00", "--known-at", "2027-03-06 08:00"];
    let said = why(&then).says(&["ran out Saturday 6 March 2027 00:00 (Seoul)", "Release the person"]);
    assert!(!said.out.contains("met by"), "{}", said.out);
    let document =
        story.later(&[&["why", "EX-1", "formal-request", "--json"][..], &then].concat()).fine().json();
    assert_eq!(document["clock"]["runs"][0]["last_day"], "2027-03-05");
}

#[test]
fn a_decision_that_rested_on_what_turned_out_otherwise_is_named() {
    let before = Story::told();
    let reconsider = |story: &Story| story.later(&["case", "reconsider", "EX-1"]).fine();
    reconsider(&before).says(&["Every act was recorded on what is still known of the case."]);
    let story = before.and_then_the_request_turns_up();
    reconsider(&story).says(&[
        "1 act recorded on other knowledge than there is now. It stands; look whether it should.",
        "The person is released entry 3",
        "took effect Saturday 6 March 2027 09:00 (Seoul), recorded Saturday 6 March 2027 10:00 (Seoul)",
        "custody: release-due -> held",
        "no longer owed: release",
    ]);
    let document = story.later(&["case", "reconsider", "EX-1", "--json"]).fine().json();
    assert_eq!((&document["acts"][0]["entry"], &document["acts"][0]["act"]), (&3.into(), &"released".into()));
    assert!(document["acts"][0]["not_allowed"].is_null());
    story.later(&["case", "reconsider", "EX-9"]).ends(2).complains(&["there is no case `EX-9`"]);
}
