//! `comity test` on the procedure of Calderia and Norvane: what is read, what is told, what is crossed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod common;

use common::{CALDERIA, Said, beside, calderia, comity, markdown};
use tempfile::TempDir;

fn run(folder: &TempDir, args: &[&str]) -> Said {
    comity(folder.path(), args, &[])
}

#[test]
fn a_spreadsheet_is_read_as_the_same_table_in_markdown() {
    let folder = calderia();
    let csv = "\u{feff}# Late request;;;;\r\n\
               procedure;calderia-norvane/incoming;;;\r\n\
               zone;Europe/Lisbon;;;\r\n\
               facts;person.status = convicted;;;\r\n\
               ;;;;\r\n\
               ## The request comes too late;;;;\r\n\
               cite;treaty 9(4);;;\r\n\
               when;what happened;custody;formal-request;owed\r\n\
               2027-03-02 23:00;look;free;not started;\r\n\
               2027-03-02 23:30;\"arrested by \"\"requested/police\"\"\";held-provisionally;ends 2027-04-16;\r\n\
               2027-04-17;look;release-due;ran out;release\r\n\
               2027-04-18 09:15;\"request-received; document facts; document law\";;ran out;release\r\n".replace("\"\"", "");
    let file = beside(&folder, "sheet.chronology.csv", &csv);
    let document = run(&folder, &["test", &file, "--json"]).fine().json();
    assert_eq!(document["files"][0]["cells"], 9, "{document}");
    // A cell that does not hold is told by its line in the sheet.
    let file = beside(&folder, "sheet.chronology.csv", &csv.replacen(";ran out;", ";running;", 1));
    let said = run(&folder, &["test", CALDERIA]).ends(1);
    said.says(&[&format!("{file}:11:29"), "you wrote running", "the procedure says ran out", "because"]);
}

#[test]
fn a_spreadsheet_that_is_none_gets_its_line_and_its_remedy() {
    let folder = calderia();
    let head = "# T,\nprocedure,calderia-norvane/incoming\nzone,Europe/Lisbon\n## S,\n";
    let check = |text: &str, said: &[&str]| {
        let file = beside(&folder, "sheet.chronology.csv", text);
        let place = format!("{file}:");
        run(&folder, &["test", &file]).ends(1).says(&[&[place.as_str()], said].concat());
    };
    check(&format!("{head}date,what happened\n"), &["csv:5:1", "error[bad-table]", "the first is `when`"]);
    check(
        &format!("{head}when,what happened,custody\n02/03/2027,arrested,held\n"),
        &["csv:6:1", "error[", "2027-04-16"],
    );
    check(
        &format!("{head}when,what happened,custody\n2027-03-02,look,free,x\n"),
        &["csv:6:1", "4 cells, the table has 3"],
    );
    check(
        &format!("{head}when,what happened,custodi\n2027-03-02,look,free\n"),
        &["csv:5:20", "did you mean `custody`?"],
    );
    check("zoen,Europe/Lisbon\n", &["csv:1:1", "did you mean `zone`?"]);
    check("\"# T", &["error[bad-header]"]);
    check("", &["error["]);
}

#[test]
fn rows_that_go_back_or_mix_zones_are_told_at_their_line() {
    let folder = calderia();
    let check = |rows: &[&str], said: &[&str]| {
        let file = beside(&folder, "new.chronology.md", &markdown("when | what happened | custody", rows));
        let place = format!("{file}:");
        run(&folder, &["test", &file]).ends(1).says(&[&[place.as_str()], said].concat());
    };
    let late = "2027-04-17 10:00 | look | free";
    check(&[late, "2027-04-16 | look | free"], &["md:12:3", "error[back-in-time]", "late record, WHEN"]);
    let zones =
        ["2027-04-18T09:00Z", "2027-04-18 09:00:00Z", "2027-04-18 09:00+01:00", "2027-04-18T09:00:00-03:00"];
    for when in zones {
        let said = [
            &format!("`{when}` says its own zone")[..],
            "those of Europe/Lisbon",
            "error[bad-when]",
            "md:12:3",
        ];
        check(&[late, &format!("{when} | look | free")], &said);
    }
    let said = ["`2027-04-16 09:00Z` says its own zone", "md:12:29"];
    check(&[late, "2027-04-18 | late record, 2027-04-16 09:00Z: arrested | free"], &said);
}

#[test]
fn a_name_that_means_nothing_is_told_with_the_nearest_one() {
    let folder = calderia();
    let check = |columns: &str, row: &str, said: &[&str]| {
        let file = beside(&folder, "new.chronology.md", &markdown(columns, &[row]));
        let place = format!("{file}:");
        run(&folder, &["test", &file]).ends(1).says(&[&[place.as_str()], said].concat());
    };
    check(
        "when | what happened | custodi",
        "2027-03-02 | look | free",
        &["md:9:26", "did you mean `custody`?"],
    );
    check(
        "when | what happened | custody",
        "2027-03-02 | look | heldd",
        &["md:11:23", "did you mean `held`?"],
    );
    check(
        "when | what happened | formal-request",
        "2027-03-02 | look | runing",
        &["did you mean `running`?"],
    );
    check(
        "when | what happened | why formal-reqest",
        "2027-03-02 | look | 9(4)",
        &["did you mean `formal-request`?"],
    );
    check("when | what happened | owed", "2027-03-02 | look | relase", &["did you mean `release`?"]);
    check("when | what happened | missing", "2027-03-02 | look | warant", &["did you mean `warrant`?"]);
}

#[test]
fn what_differs_is_shown_with_the_line_of_its_rule() {
    let folder = calderia();
    let row = "2027-03-02 23:30 | arrested | ends 2027-04-15 | free | nothing";
    let heads = "when | what happened | formal-request | custody | owed";
    let file = beside(&folder, "new.chronology.md", &markdown(heads, &[row]));
    let procedure = std::fs::read_to_string(folder.path().join(CALDERIA).join("incoming.yaml")).unwrap();
    let line = |start: &str| procedure.lines().position(|line| line == start).unwrap() + 1;
    let (clock, track) = (line("  formal-request:"), line("  custody:"));
    let said = run(&folder, &["test", &file]).ends(1);
    for line in [clock, track] {
        assert!(
            said.out.contains(&format!("see                 {CALDERIA}/incoming.yaml:{line}")),
            "{}",
            said.out
        );
    }
    let document = run(&folder, &["test", &file, "--json"]).ends(1).json();
    let failures = document["files"][0]["sections"][0]["failures"].as_array().unwrap().clone();
    assert_eq!((failures.len(), &failures[0]["see"]["line"]), (2, &clock.into()));
}

#[test]
fn how_a_last_day_is_reached_can_be_expected_too() {
    let folder = calderia();
    let arrest = "2027-03-02 23:30 | arrested";
    let columns = "when | what happened | why formal-request";
    let file = beside(&folder, "new.chronology.md", &markdown(columns, &[&format!("{arrest} | 45 days")]));
    run(&folder, &["test", &file]).fine().says(&["1 cell", "all pass"]);
    beside(&folder, "new.chronology.md", &markdown(columns, &[&format!("{arrest} | \"46 days\"")]));
    let said = run(&folder, &["test", &file]).ends(1);
    said.says(&[
        "column `why formal-request`",
        "you wrote \"46 days\"",
        "that is not said",
        "because",
        "45 days",
    ]);
}

/// What `--coverage --json` says of the points of one kind: those crossed and those not.
fn points(document: &serde_json::Value, kind: &str) -> (Vec<String>, Vec<String>) {
    let points = document["coverage"][0]["points"].as_array().unwrap();
    let of_kind = points.iter().filter(|point| point["kind"] == kind);
    let (crossed, not): (Vec<_>, Vec<_>) = of_kind.partition(|point| point["crossed"] == true);
    let names = |points: Vec<&serde_json::Value>| {
        points.iter().map(|point| point["name"].as_str().unwrap().to_owned()).collect()
    };
    (names(crossed), names(not))
}

#[test]
fn what_is_crossed_is_told_kind_by_kind() {
    let folder = calderia();
    let said = run(&folder, &["test", CALDERIA, "--coverage"]).fine();
    said.says(&[
        "calderia-norvane/incoming: what the chronologies cross",
        "stages 12 of 14 some not: request.refused; request.withdrawn",
        "clocks that ran out 1 of 2 some not: surrender",
    ]);
    let document = run(&folder, &["test", CALDERIA, "--coverage", "--json"]).fine().json();
    let check = |kind: &str, crossed: &[&str], not: &[&str]| {
        let (is, is_not) = points(&document, kind);
        for name in crossed {
            assert!(is.iter().any(|one| one.contains(name)), "{kind}: {name} is not among {is:?}");
        }
        for name in not {
            assert!(is_not.iter().any(|one| one.contains(name)), "{kind}: {name} is not among {is_not:?}");
        }
    };
    check(
        "acts",
        &["arrested", "handed-over"],
        &["minister-refuses", "withdrawn", "told", "court-finds-a-bar"],
    );
    check("clocks met", &["formal-request", "surrender"], &[]);
    check("clocks that ran out", &["formal-request"], &["surrender"]);
    check("clocks switched off", &[], &["formal-request"]);
    check(
        "moves",
        &["act arrested: custody free -> held-provisionally", "clock formal-request: custody"],
        &["act arrested: custody free or at-liberty -> held", "clock surrender: custody held -> release-due"],
    );
    check(
        "conditions that held",
        &["document warrant: when person.status is accused", "condition request-complete:"],
        &["act court-finds-a-bar: when any mandatory ground applies", "document judgment: when"],
    );
    // That no act was refused for it does not matter: the court could not find a bar, and that is the answer no.
    check(
        "conditions that did not hold",
        &["act court-finds-a-bar: when any mandatory ground applies"],
        &["document warrant"],
    );
    check("documents that lacked something", &[], &["warrant", "facts"]);
    check("grounds that do not apply", &["political-offence"], &[]);
    check("grounds that apply", &[], &["political-offence"]);
    check("obligations met", &["release"], &["tell-calderia"]);
}

#[test]
fn a_provision_without_a_rule_and_a_rule_without_a_test_are_told() {
    let folder = calderia();
    let said = run(&folder, &["test", CALDERIA, "--coverage"]).fine();
    said.says(&[
        "no rule treaty 10 Additional information",
        "no test act withdrawn;",
        "act court-finds-a-bar;",
        "act withdrawn",
    ]);
    let document = run(&folder, &["test", CALDERIA, "--coverage", "--json"]).fine().json();
    let provisions = document["coverage"][0]["provisions"].as_array().unwrap();
    let of = |cite: &str| provisions.iter().find(|one| one["cite"] == cite).unwrap();
    assert_eq!(of("treaty 10")["rules"].as_array().unwrap().len(), 0);
    assert_eq!(of("treaty 9(5)")["rules"][0], "act arrested");
    assert_eq!(
        (&of("treaty 12")["cited_by_a_test"], &of("treaty 6")["cited_by_a_test"]),
        (&true.into(), &false.into())
    );
    let untested = of("treaty 12")["rules_not_crossed"].as_array().unwrap();
    assert!(
        untested.contains(&"act minister-refuses".into())
            && !untested.contains(&"act minister-grants".into())
    );
    // A chronology that takes the other exit leaves less untested.
    let rows = ["2027-03-02 10:00 | request-received", "2027-03-03 10:00 | withdrawn"];
    beside(&folder, "exit.chronology.md", &markdown("when | what happened", &rows));
    let document = run(&folder, &["test", CALDERIA, "--coverage", "--json"]).fine().json();
    let (acts, _) = points(&document, "acts");
    assert!(acts.contains(&"withdrawn".to_owned()), "{acts:?}");
}
