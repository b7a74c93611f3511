//! The calculator from outside, and what becomes known of a decision later.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[path = "../common/mod.rs"]
mod common;
mod refused;

use std::path::Path;

use common::{Said, comity};
use tempfile::TempDir;

const COURTS: &str = "\
comity-calendar: 1
name: courts
title: Courts of a made-up State
place: Calderia
source: made up
checked: 2026-11-26
covers: {from: 2027-01-01, until: 2027-12-31}
weekly: [saturday, sunday]
closed: {2027-03-26: Good Friday, 2027-03-29: Easter Monday}
";

const RULES: &str = "\
comity-counting: 1
name: made-up
title: Periods Act
source: made up
checked: 2026-11-26
rules:
  acts:
    title: Acts
    provision: section 3
    mark: seen
    first-day: not-counted
    month-end: down
    last-day-closed: next-open-day
  custody:
    title: Custody
    provision: section 4
    mark: summary
    first-day: counted
    month-end: down
    last-day-closed: stands
";

/// A desk with a calendar file, and a library that holds one set of rules and one calendar.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.write("courts.yaml", COURTS);
        desk.write("library/counting/made-up.yaml", RULES);
        desk.write("library/calendars/offices.yaml", &COURTS.replace("name: courts", "name: offices"));
        desk
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// `comity count` with what stands between quotation marks as one word.
    fn count(&self, args: &str) -> Said {
        let mut words = vec!["count".to_owned()];
        for (index, piece) in args.split('"').enumerate() {
            if index % 2 == 1 {
                words.push(piece.to_owned());
            } else {
                words.extend(piece.split_whitespace().map(str::to_owned));
            }
        }
        comity(self.path(), &words.iter().map(String::as_str).collect::<Vec<_>>(), &[])
    }

    #[track_caller]
    fn says(&self, args: &str, wanted: &[&str]) {
        drop(self.count(args).fine().says(wanted));
    }

    /// Wrong usage; what is wrong and what to do stand on standard error, and nothing on standard output.
    #[track_caller]
    fn is_wrong(&self, args: &str, wanted: &[&str]) {
        self.ends(2, args, wanted);
    }

    /// It cannot be counted.
    #[track_caller]
    fn cannot(&self, args: &str, wanted: &[&str]) {
        self.ends(7, args, &[wanted, &["cannot-count", "docs/rejections/cannot-count.md"]].concat());
    }

    #[track_caller]
    fn ends(&self, code: i32, args: &str, wanted: &[&str]) {
        let said = self.count(args).ends(code).complains(wanted);
        assert_eq!(said.out, "", "nothing that is no answer stands on standard output");
    }
}

#[test]
fn forty_five_days_from_half_past_eleven_at_night_in_lisbon() {
    let desk = Desk::new();
    let said = desk
        .count(r#""45 days" --from "2027-03-02 23:30" --zone Europe/Lisbon --first-day not-counted"#)
        .fine();
    assert_eq!(
        said.out,
        "\
Last day  Friday 16 April 2027, to the end of the day (Lisbon)
Runs out  Saturday 17 April 2027 00:00 (Lisbon) = 2027-04-16T23:00:00Z

  started            Tuesday 2 March 2027 23:30 (Lisbon)
  length             45 days
  taken for granted  a closed last day stands; no calendar was named
  first day          the day of the event, Tuesday 2 March 2027, is not counted: day 1 is Wednesday 3 March
                     2027
  last day           45 days after 2027-03-02: Friday 16 April 2027; a closed last day would not move it
  summer time        the clocks change in Lisbon on the way: no effect, days are counted
  runs out           Saturday 17 April 2027 00:00 (Lisbon) = 2027-04-16T23:00:00Z
  otherwise          if first day counted: Thursday 15 April 2027
  otherwise          if hours instead of days: until Saturday 17 April 2027 00:30 (Lisbon)
"
    );
    assert_eq!(said.err, "");
}

#[test]
fn a_count_is_a_document_too() {
    let desk = Desk::new();
    let ask = r#""45 days" --from "2027-03-02 23:30" --zone Europe/Lisbon --first-day not-counted --json"#;
    let document = desk.count(ask).fine().json();
    assert_eq!((&document["comity"], &document["command"]), (&1.into(), &"count".into()));
    assert_eq!((&document["length"], &document["zone"]), (&"45 days".into(), &"Europe/Lisbon".into()));
    assert_eq!(document["last_day"], "2027-04-16");
    assert_eq!(document["ends"], "2027-04-16T23:00:00Z");
    let about: Vec<&str> =
        document["steps"].as_array().unwrap().iter().map(|step| step["about"].as_str().unwrap()).collect();
    assert_eq!(
        about,
        [
            "started",
            "length",
            "taken for granted",
            "first day",
            "last day",
            "summer time",
            "runs out",
            "otherwise",
            "otherwise"
        ]
    );
    let hours = desk.count(r#""48 hours" --from "2027-03-02 23:30" --zone Asia/Seoul --json"#).fine().json();
    assert!(hours["last_day"].is_null());
    assert_eq!(hours["ends"], "2027-03-04T14:30:00Z");
    let bad = desk.count(r#""48 hours" --from 2027-03-02 --zone Asia/Seoul --json"#).ends(7).json();
    assert_eq!((&bad["error"]["code"], &bad["error"]["exit"]), (&"cannot-count".into(), &7.into()));
}

#[test]
fn several_lengths_are_counted_back_the_last_one_first() {
    let desk = Desk::new();
    // Eight working days before Friday 16 April begin after Tuesday 6 April; five days before that is 1 April.
    let ask = r#""5 days" "8 working days" --by 2027-04-16 --zone Europe/Lisbon --first-day not-counted --last-day-closed stands --calendar courts.yaml"#;
    desk.says(
        ask,
        &[
            "Begin by Thursday 1 April 2027",
            "5 days begin by Thursday 1 April 2027; ends Tuesday 6 April 2027 at the latest",
            "8 working days begin by Tuesday 6 April 2027; ends Friday 16 April 2027 at the latest",
        ],
    );
    let document = desk.count(&format!("{ask} --json")).fine().json();
    assert_eq!((&document["by"], &document["begin_by"]), (&"2027-04-16".into(), &"2027-04-01".into()));
    assert_eq!(document["steps"][1]["begin_by"], "2027-04-06");
    // What is counted back leads forth to the same day again.
    desk.says(
        r#""8 working days" --from 2027-04-06 --zone Europe/Lisbon --first-day not-counted --calendar courts.yaml"#,
        &["Last day Friday 16 April 2027"],
    );
}

#[test]
fn hours_are_counted_back_to_the_instant() {
    let desk = Desk::new();
    desk.says(
        r#""48 hours" --by "2027-03-05 15:20" --zone Asia/Seoul"#,
        &["Begin by Wednesday 3 March 2027 15:20 (Seoul)"],
    );
    // Days before an instant must have ended the day before.
    desk.says(
        r#""2 days" "48 hours" --by "2027-03-05 15:20" --zone Asia/Seoul --first-day not-counted"#,
        &["Begin by Sunday 28 February 2027"],
    );
    desk.is_wrong(
        r#""2 days" --by 2027-03 --zone Asia/Seoul --first-day counted"#,
        &["not known to the day"],
    );
}

#[test]
fn hours_run_from_the_instant_or_the_next_full_hour_and_may_leave_closed_days_out() {
    let desk = Desk::new();
    let count = |more: &str, ends: &str| {
        desk.says(&format!(r#""48 hours" --from "2027-03-05 15:20" --zone Asia/Seoul {more}"#), &[ends]);
    };
    count("", "Runs out Sunday 7 March 2027 15:20 (Seoul)");
    count("--first-hour not-counted", "Runs out Sunday 7 March 2027 16:00 (Seoul)");
    count(
        "--hours-on-closed-days skipped --calendar courts.yaml",
        "Runs out Tuesday 9 March 2027 15:20 (Seoul)",
    );
    desk.is_wrong(
        r#""48 hours" --from "2027-03-05 15:20" --zone Asia/Seoul --hours-on-closed-days skipped"#,
        &["it is not said whose closed days count", "--calendar with the name of a calendar file"],
    );
}

#[test]
fn working_days_need_a_calendar_which_is_a_file_or_has_a_name() {
    let desk = Desk::new();
    let ask = r#""5 working days" --from 2027-03-24 --zone Asia/Seoul --first-day not-counted"#;
    for calendar in ["courts.yaml", "offices --workflows library"] {
        desk.says(&format!("{ask} --calendar {calendar}"), &["Last day Friday 2 April 2027"]);
    }
    desk.is_wrong(ask, &["it is not said whose closed days count"]);
    desk.is_wrong(
        &format!("{ask} --calendar court --workflows library"),
        &["there is no calendar `court`", "name a file, or one of the library: offices"],
    );
    desk.write("broken.yaml", &COURTS.replace("saturday", "saterday"));
    desk.ends(
        3,
        &format!("{ask} --calendar broken.yaml"),
        &["the calendar `broken.yaml` cannot be used", "saterday", "did you mean `saturday`"],
    );
}

#[test]
fn a_stop_and_an_extension_move_the_last_day_and_are_told() {
    let desk = Desk::new();
    let ask = r#""10 days" --from "2027-03-01 10:00" --zone Asia/Seoul --first-day not-counted"#;
    let stopped = r#"--stopped "2027-03-05 12:00/2027-03-10 12:00""#;
    for (days, last) in [
        ("full-days", "Monday 15"),
        ("from-the-first", "Tuesday 16"),
        ("after-the-first", "Tuesday 16"),
        ("touched", "Wednesday 17"),
    ] {
        desk.says(
            &format!("{ask} {stopped} --stopped-days {days}"),
            &[&format!("Last day {last} March 2027"), "it stood still"],
        );
    }
    desk.says(
        &format!("{ask} {stopped} --stopped-days full-days --extended \"5 days\" --extended-from last-day"),
        &["extended by 5 days from the last day: last day Saturday 20 March 2027"],
    );
    desk.says(
        &format!("{ask} --extended 2027-03-31"),
        &["until a day that was named: last day Wednesday 31 March"],
    );
    desk.is_wrong(&format!("{ask} {stopped}"), &["which days a stop takes out", "--stopped-days full-days"]);
    desk.is_wrong(
        &format!("{ask} --extended \"5 days\""),
        &["from where an extension is counted", "--extended-from"],
    );
    desk.is_wrong(
        &format!("{ask} --stopped 2027-03-05"),
        &["is no time in which it stood still", "with a slash"],
    );
    desk.is_wrong(
        &format!("{ask} --stopped 2027-03-10/2027-03-05 --stopped-days touched"),
        &["ends before it begins", "write the beginning first"],
    );
    desk.is_wrong(
        &format!("{ask} --extended soon"),
        &["`soon` is not a length of time", "or write the new last day"],
    );
    desk.is_wrong(
        &format!("{ask} --extended \"5 days\" --extended-from the-act"),
        &["counted from that act", "with --from"],
    );
    desk.is_wrong(
        r#""2 months" --from 2027-03-01 --zone Asia/Seoul --first-day counted --stopped 2027-03-05/2027-03-10 --stopped-days touched"#,
        &["what a month is where the limit stops", "--broken-months calendar-then-days or --broken-months thirty-days"],
    );
}

#[test]
fn what_makes_a_limit_no_longer_is_no_extension_and_a_stop_beside_it_is_told() {
    let desk = Desk::new();
    let ask = r#""10 days" --from 2027-03-01 --zone Asia/Seoul --first-day not-counted"#;
    desk.is_wrong(
        &format!("{ask} --extended 2027-03-05"),
        &["`2027-03-05` makes it no longer: without that it runs out Friday 12 March 2027 00:00 (Seoul)"],
    );
    desk.is_wrong(
        &format!("{ask} --extended 2027-03-20 --extended 2027-03-15"),
        &["`2027-03-15` makes it no longer", "Sunday 21 March 2027 00:00 (Seoul)"],
    );
    desk.says(
        &format!("{ask} --stopped 2027-04-01/2027-04-10 --stopped-days touched"),
        &["Last day Thursday 11 March 2027", "stood still 2027-04-01/2027-04-10 takes nothing out of it"],
    );
    let taken_out = format!("{ask} --stopped 2027-03-03/2027-03-04 --stopped-days touched");
    assert!(!desk.count(&taken_out).fine().out.contains("takes nothing"));
}

#[test]
fn a_month_of_thirty_days_is_thirty_days_without_a_stop_too() {
    Desk::new().says(
        r#""2 months" --from 2027-03-02 --zone Asia/Seoul --first-day counted --broken-months thirty-days"#,
        &["Last day Friday 30 April 2027", "2 months of 30 days each"],
    );
}

#[test]
fn a_rule_of_the_library_stands_for_its_choices_and_is_named_with_its_mark() {
    let desk = Desk::new();
    let ask = r#""1 month" --from 2027-02-27 --zone Asia/Seoul --workflows library"#;
    desk.says(
        &format!("{ask} --rules made-up --calendar offices"),
        &["Last day Tuesday 30 March 2027", "counted by made-up/acts (Periods Act, section 3; seen)"],
    );
    desk.says(
        &format!("{ask} --rules made-up/custody"),
        &["Last day Friday 26 March 2027", "counted by made-up/custody (Periods Act, section 4; summary)"],
    );
    desk.is_wrong(&format!("{ask} --rules made-up"), &["whose closed days count"]);
    desk.is_wrong(
        &format!("{ask} --rules made-up/custdy"),
        &["there is no rule of counting `made-up/custdy`", "made-up/acts, made-up/custody"],
    );
    desk.is_wrong(
        &format!("{ask} --rules made-up/custody --first-day counted"),
        &["--first-day is said already by the rule `made-up/custody`", "leave one of the two out"],
    );
}

#[test]
fn what_was_taken_for_granted_is_said() {
    let desk = Desk::new();
    let check = |ask: &str, says: &[&str], assumed: &[&str]| {
        let said = desk.count(ask).fine().says(says);
        assert_eq!(said.out.matches("taken for granted").count(), assumed.len(), "{}", said.out);
        let document = desk.count(&format!("{ask} --json")).fine().json();
        let found = document["assumed"].as_array().unwrap();
        assert_eq!(found.iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>(), assumed, "{ask}");
    };
    let on = r#"--from "2027-03-02 10:00" --zone Asia/Seoul --workflows library"#;
    let stands = "taken for granted a closed last day stands; no calendar was named";
    check(&format!(r#""10 days" {on} --first-day counted"#), &[stands], &["last-day-closed: stands"]);
    check(
        &format!(r#""1 month" {on} --first-day counted"#),
        &["taken for granted a month-end that does not exist is refused", stands],
        &["month-end: refuse", "last-day-closed: stands"],
    );
    check(
        &format!(r#""48 hours" {on}"#),
        &["taken for granted the hours run from the instant", "the hours run on closed days"],
        &["first-hour: counted", "hours-on-closed-days: run"],
    );
    check(
        &format!(r#""10 days" {on} --first-day counted --last-day-closed stands"#),
        &["Last day Thursday 11 March 2027"],
        &[],
    );
    check(&format!(r#""1 month" {on} --rules made-up/custody"#), &["counted by made-up/custody"], &[]);
    check(
        r#""5 days" "48 hours" --by "2027-03-05 15:20" --zone Asia/Seoul --first-day counted"#,
        &["taken for granted: a closed last day stands", "taken for granted: the hours run from the instant"],
        &["last-day-closed: stands", "first-hour: counted", "hours-on-closed-days: run"],
    );
}

#[test]
fn a_day_that_the_zone_never_had_starts_and_ends_nothing() {
    let desk = Desk::new();
    let rest = "--zone Pacific/Apia --first-day not-counted";
    let never = &["2011-12-30 never was in Pacific/Apia", "give the day before or after"];
    desk.is_wrong(&format!(r#""3 days" --from 2011-12-30 {rest}"#), never);
    desk.is_wrong(&format!(r#""3 days" --by 2011-12-30 {rest}"#), never);
    desk.is_wrong(&format!(r#""3 days" --from 2011-12-26 {rest} --extended 2011-12-30"#), never);
    desk.is_wrong(
        &format!(
            r#""3 days" --from 2011-12-26 {rest} --stopped 2011-12-28/2011-12-30 --stopped-days touched"#
        ),
        never,
    );
    desk.says(r#""3 days" --from 2011-12-30 --zone Asia/Seoul --first-day not-counted"#, &["2 January 2012"]);
}

#[test]
fn a_rule_that_is_not_there_is_said_first_and_one_that_lacks_something_names_the_others() {
    let desk = Desk::new();
    let ask = r#"--from "2027-03-02 10:00" --zone Asia/Seoul --workflows library"#;
    desk.write(
        "library/counting/made-up.yaml",
        &format!(
            "{RULES}  hours:\n    title: Hours\n    provision: section 5\n    mark: summary\n    first-hour: counted\n    hours-on-closed-days: run\n"
        ),
    );
    desk.is_wrong(
        &format!(r#""10 days" {ask} --rules nope --first-day counted"#),
        &["there is no rule of counting `nope`", "made-up/acts, made-up/custody, made-up/hours"],
    );
    desk.is_wrong(
        &format!(r#""48 hours" {ask} --rules made-up"#),
        &[
            "48 hours: it is not said when the hours begin to run",
            "write --rules made-up/hours, of the same set",
        ],
    );
    desk.is_wrong(
        &format!(r#""10 days" {ask} --rules made-up/hours"#),
        &["write --rules made-up/acts or --rules made-up/custody, of the same set"],
    );
    desk.is_wrong(
        &format!(r#""2 months" {ask} --rules made-up/custody --stopped 2027-03-05/2027-03-10 --stopped-days touched"#),
        &["no rule of `made-up` says so", "write the choices out instead of --rules"],
    );
}

#[test]
fn an_instant_may_bring_its_offset() {
    let desk = Desk::new();
    let rest = "--zone Europe/Lisbon --first-day not-counted";
    // Half past eleven at night in Seoul is the afternoon in Lisbon.
    desk.says(
        &format!(r#""10 days" --from 2027-03-01T23:30:00+09:00 {rest}"#),
        &["started Monday 1 March 2027 14:30 (Lisbon)", "Last day Thursday 11 March 2027"],
    );
    desk.says(
        r#""48 hours" --by 2027-03-05T15:20:00+09:00 --zone Asia/Seoul"#,
        &["Begin by Wednesday 3 March 2027 15:20 (Seoul)"],
    );
    for bad in ["2027-03-01T23:30:00+09:00[Asia/Seoul]", "2027-03-01T23:30:00+99:00", "2027-03-01+09:00"] {
        desk.is_wrong(&format!(r#""10 days" --from {bad} {rest}"#), &["is not a date"]);
    }
}

#[test]
fn the_derivation_has_a_field_for_each_step() {
    let desk = Desk::new();
    let said = desk.count(
        "\"10 days\" --from 2027-03-01 --zone Europe/Lisbon --first-day not-counted --stopped 2027-03-05/2027-03-08 \
         --stopped-days full-days --extended \"10 days\" --extended-from last-day --last-day-closed next-open-day \
         --calendar courts.yaml --json",
    );
    let document: serde_json::Value = serde_json::from_str(&said.fine().out).unwrap();
    let derivation = &document["derivation"];
    assert_eq!(derivation["day_one"], "2027-03-02");
    assert_eq!(derivation["stopped"], serde_json::json!([{ "first": "2027-03-06", "last": "2027-03-07" }]));
    assert_eq!(derivation["reached"]["nominal"], "2027-03-13");
    assert_eq!(derivation["reached"]["closed"], serde_json::json!(["2027-03-13", "2027-03-14"]));
    assert_eq!(derivation["reached"]["last_day"], "2027-03-15");
    assert_eq!(derivation["extended"][0]["reached"]["nominal"], "2027-03-25");
    assert_eq!(derivation["last_day"], "2027-03-25");
    assert_eq!(derivation["ends"], "2027-03-26T00:00:00Z");
}
