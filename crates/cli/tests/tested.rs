//! `comity test` on the procedures of Calderia and Norvane, as their lawyers would run it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{Said, comity};
use tempfile::TempDir;

const FOLDER: &str = "library/calderia-norvane";

/// A copy of the library of Norvane and Calderia that may be spoilt.
fn library() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/library");
    copy(&from, &folder.path().join("library"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).map(drop).unwrap();
        }
    }
}

fn run(folder: &TempDir, args: &[&str]) -> Said {
    comity(folder.path(), args, &[])
}

/// A chronology of one table beside the procedure.
fn write(folder: &TempDir, name: &str, text: &str) -> String {
    let path = format!("{FOLDER}/{name}");
    fs::write(folder.path().join(&path), text).unwrap();
    path
}

fn markdown(columns: &str, rows: &[&str]) -> String {
    let head = "# T\n\nprocedure: calderia-norvane/incoming\nzone: Europe/Lisbon\nfacts: person.status = accused\n\n## S\n\n";
    let dashes = "|---".repeat(columns.matches('|').count() + 1);
    rows.iter().fold(format!("{head}| {columns} |\n{dashes}|\n"), |text, row| format!("{text}| {row} |\n"))
}

#[test]
fn a_spreadsheet_is_read_as_the_same_table_in_markdown() {
    let folder = library();
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
    let file = write(&folder, "sheet.chronology.csv", &csv);
    let document = run(&folder, &["test", &file, "--json"]).fine().json();
    assert_eq!(document["files"][0]["cells"], 9, "{document}");
    // A cell that does not hold is told by its line in the sheet.
    let file = write(&folder, "sheet.chronology.csv", &csv.replacen(";ran out;", ";running;", 1));
    let said = run(&folder, &["test", FOLDER]).ends(1);
    said.says(&[&format!("{file}:11:29"), "you wrote running", "the procedure says ran out", "because"]);
}

#[test]
fn a_spreadsheet_that_is_none_gets_its_line_and_its_remedy() {
    let folder = library();
    let head = "# T,\nprocedure,calderia-norvane/incoming\nzone,Europe/Lisbon\n## S,\n";
    let check = |text: &str, said: &[&str]| {
        let file = write(&folder, "sheet.chronology.csv", text);
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
    let folder = library();
    let check = |rows: &[&str], said: &[&str]| {
        let file = write(&folder, "new.chronology.md", &markdown("when | what happened | custody", rows));
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
    let folder = library();
    let check = |columns: &str, row: &str, said: &[&str]| {
        let file = write(&folder, "new.chronology.md", &markdown(columns, &[row]));
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
fn how_a_last_day_is_reached_can_be_expected_too() {
    let folder = library();
    let arrest = "2027-03-02 23:30 | arrested";
    let columns = "when | what happened | why formal-request";
    let file = write(&folder, "new.chronology.md", &markdown(columns, &[&format!("{arrest} | 45 days")]));
    run(&folder, &["test", &file]).fine().says(&["1 cell", "all pass"]);
    write(&folder, "new.chronology.md", &markdown(columns, &[&format!("{arrest} | \"46 days\"")]));
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
    let folder = library();
    let said = run(&folder, &["test", FOLDER, "--coverage"]).fine();
    said.says(&[
        "calderia-norvane/incoming: what the chronologies cross",
        "stages 12 of 14 some not: request.refused; request.withdrawn",
        "clocks that ran out 1 of 2 some not: surrender",
    ]);
    let document = run(&folder, &["test", FOLDER, "--coverage", "--json"]).fine().json();
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
    let folder = library();
    let said = run(&folder, &["test", FOLDER, "--coverage"]).fine();
    said.says(&[
        "no rule treaty 10 Additional information",
        "no test act withdrawn;",
        "act court-finds-a-bar;",
        "act withdrawn",
    ]);
    let document = run(&folder, &["test", FOLDER, "--coverage", "--json"]).fine().json();
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
    write(&folder, "exit.chronology.md", &markdown("when | what happened", &rows));
    let document = run(&folder, &["test", FOLDER, "--coverage", "--json"]).fine().json();
    let (acts, _) = points(&document, "acts");
    assert!(acts.contains(&"withdrawn".to_owned()), "{acts:?}");
}

/// What `--changes --json` says of the changes, as `rule: change`, by verdict.
fn changes(document: &serde_json::Value, verdict: &str) -> Vec<(String, serde_json::Value)> {
    let all = document["changes"][0]["changes"].as_array().unwrap();
    let of_it = all.iter().filter(|one| one["verdict"] == verdict);
    let told = |one: &serde_json::Value| {
        format!("{}: {}", one["rule"].as_str().unwrap(), one["change"].as_str().unwrap())
    };
    of_it.map(|one| (told(one), one.clone())).collect()
}

#[track_caller]
fn has(changes: &[(String, serde_json::Value)], wanted: &str) -> serde_json::Value {
    let found = changes.iter().find(|(told, _)| told.starts_with(wanted));
    let told: Vec<&String> = changes.iter().map(|(told, _)| told).collect();
    found.unwrap_or_else(|| panic!("`{wanted}` is not among {told:#?}")).1.clone()
}

#[test]
fn a_small_change_is_noticed_or_listed_with_its_place_and_provision() {
    let folder = library();
    let document = run(&folder, &["test", FOLDER, "--changes", "--json"]).ends(1).json();
    let noticed = changes(&document, "noticed");
    let by = has(&noticed, "clock formal-request: 45 days become 46 days")["by"].clone();
    assert_eq!(by["title"], "No request by the last day: release becomes due at midnight");
    for change in [
        "clock formal-request: 45 days become 44 days",
        "clock formal-request: first day `counted` instead of `not-counted`",
        "clock formal-request: running out has no effect",
        "clock formal-request: `request-complete` no longer meets it",
        "clock surrender: last day closed `stands` instead of `next-open-day`",
        "condition request-complete: `documents for request are complete` is dropped",
        "act check-passed: `condition request-complete holds` becomes its opposite",
        "act court-allows: `no mandatory ground applies` becomes its opposite",
        "act released: `requested/desk` may do it instead of `requested/officer`",
        "document warrant: it is no longer required",
        "document warrant: `person.status is accused` becomes its opposite",
    ] {
        has(&noticed, change);
    }
    let not = changes(&document, "not noticed");
    for change in [
        // The last day of the only example is a Sunday, so one day less and one more lead to the same Monday.
        "clock surrender: 30 days become 29 days",
        "clock surrender: 30 days become 31 days",
        "clock surrender: first day `counted`",
        "clock surrender: the days of `requesting` count",
        "act arrested: `unless ground political-offence applies` is dropped",
        "act court-allows: `every mandatory ground is considered and no mandatory ground applies`: `and` becomes `or`",
        "act minister-refuses: `tell-calderia` is no longer owed after it",
        "act released: `requested/police` no longer may do it",
        "document facts: it need not be translated into `pt`",
        "ground political-offence: it is `optional` instead of `mandatory`",
    ] {
        has(&not, change);
    }
    let length = has(&not, "clock surrender: 30 days become 29 days");
    let file = fs::read_to_string(folder.path().join(FOLDER).join("incoming.yaml")).unwrap();
    let line = usize::try_from(length["line"].as_u64().unwrap()).unwrap();
    assert_eq!(file.lines().nth(line - 1).unwrap().trim(), "length: 30 days");
    assert_eq!(
        (&length["cites"][0], &length["file"]),
        (&"treaty 13(3)".into(), &format!("{FOLDER}/incoming.yaml").into())
    );
    let said = run(&folder, &["test", FOLDER, "--changes"]).ends(1);
    said.says(&[
        "small changes tried on 4 tables",
        "not noticed",
        &format!("incoming.yaml:{line}"),
        "(treaty 13(3))",
    ]);
}

#[test]
fn what_the_check_refuses_and_what_changes_nothing_are_told_apart() {
    let folder = library();
    let document = run(&folder, &["test", FOLDER, "--changes", "--json"]).ends(1).json();
    let refused = changes(&document, "refused");
    assert!(!refused.is_empty() && refused.iter().all(|(_, one)| one["says"].as_str().unwrap().len() > 10));
    let overlap = has(&refused, "act arrested: `not condition request-complete holds` loses its `not`");
    assert!(overlap["says"].as_str().unwrap().contains("both"), "{overlap}");
    let same = changes(&document, "the same");
    let because = |change: &str| has(&same, change)["because"].as_str().unwrap().to_owned();
    assert!(because("clock surrender: if started again").contains("once only"));
    assert!(because("condition request-complete: `custody` must move").contains("no act makes this move"));
    // A person may be arrested again, so that a second start means something there is not claimed to mean nothing.
    has(&changes(&document, "not noticed"), "clock formal-request: if started again");
    let totals = &document["changes"][0];
    let sum: u64 = ["noticed", "refused", "the_same", "not_noticed"]
        .iter()
        .map(|key| totals[key].as_u64().unwrap())
        .sum();
    assert_eq!(sum, totals["tried"].as_u64().unwrap());
}

#[test]
fn a_table_that_tells_more_notices_more() {
    let folder = library();
    let not_noticed = |folder: &TempDir| {
        let document = run(folder, &["test", FOLDER, "--changes", "--json"]).ends(1).json();
        changes(&document, "not noticed")
    };
    let before = not_noticed(&folder);
    has(&before, "clock surrender: 30 days become 31 days");
    let text = fs::read_to_string(folder.path().join(FOLDER).join("release.chronology.md")).unwrap();
    // The grant comes on a Tuesday, and the thirtieth day after it is a Thursday.
    let tuesday =
        text.replace("2027-07-02 10:00", "2027-07-06 10:00").replace("ends 2027-08-02", "ends 2027-08-05");
    write(&folder, "tuesday.chronology.md", &tuesday);
    let after = not_noticed(&folder);
    for change in ["29 days", "31 days"] {
        let change = format!("clock surrender: 30 days become {change}");
        assert!(!after.iter().any(|(told, _)| *told == change), "{change} is still not noticed");
    }
    assert!(after.len() < before.len());
}

#[test]
fn changes_are_not_tried_while_a_table_fails() {
    let folder = library();
    let path = folder.path().join(FOLDER).join("release.chronology.md");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("ends 2027-04-16", "ends 2027-04-15", 1)).unwrap();
    let said = run(&folder, &["test", FOLDER, "--changes"]).ends(1).says(&["FAIL", "1 of 1 fail"]);
    assert!(!said.out.contains("small change"), "{}", said.out);
    fs::write(folder.path().join(FOLDER).join("incoming.yaml"), "comity: 1\n").unwrap();
    run(&folder, &["test", FOLDER, "--changes"]).ends(3).says(&["error["]);
}

#[test]
fn a_table_is_written_for_what_no_table_notices() {
    let folder = library();
    let document = run(&folder, &["test", FOLDER, "--changes", "--write", "--json"]).ends(1).json();
    let suggested = &document["changes"][0]["suggested"];
    let file = suggested["files"][0]["file"].as_str().unwrap();
    assert_eq!(file, format!("{FOLDER}/incoming.suggested.chronology.md"));
    let text = fs::read_to_string(folder.path().join(file)).unwrap();
    assert!(text.contains("Check each cell against the treaty"), "{text}");
    let mut not_found: Vec<String> = suggested["not_found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect();
    let before = changes(&document, "not noticed");
    assert!(not_found.len() * 10 < before.len(), "{} of {}", not_found.len(), before.len());
    // What was written holds, and with it nothing is left but what was not found.
    run(&folder, &["test", FOLDER]).fine().says(&["all pass"]);
    let after = run(&folder, &["test", FOLDER, "--changes", "--json"]);
    let mut left: Vec<String> =
        changes(&after.json(), "not noticed").into_iter().map(|(told, _)| told).collect();
    left.sort();
    not_found.sort();
    assert_eq!(left, not_found);
    // A second search writes over nothing.
    run(&folder, &["test", FOLDER, "--changes", "--write"])
        .ends(2)
        .complains(&["is there already", "delete it"]);
    assert_eq!(fs::read_to_string(folder.path().join(file)).unwrap(), text);
}

#[test]
fn nothing_is_written_where_nothing_was_asked_or_nothing_can_lie() {
    let folder = library();
    run(&folder, &["test", FOLDER, "--write"]).ends(2).complains(&["--changes"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let shipped = common::workflows().join("kr-nhrck/recommendation.chronology.md");
    fs::copy(shipped, elsewhere.path().join("x.chronology.md")).unwrap();
    let said = run(&elsewhere, &["test", "x.chronology.md", "--changes", "--write"]).ends(2);
    said.complains(&["kr-nhrck/recommendation", "built in", "--workflows"]);
}

/// The JUnit report of a run, and how the run ended.
fn junit(folder: &TempDir) -> (String, i32) {
    let said = run(folder, &["test", FOLDER, "--junit", "report.xml"]);
    (fs::read_to_string(folder.path().join("report.xml")).unwrap(), said.code)
}

/// Whether a document has the structure that CI systems read: suites of cases, each sum that of what is in it.
#[track_caller]
fn is_junit(text: &str) -> (u64, u64, u64) {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let number =
        |node: roxmltree::Node<'_, '_>, name: &str| -> u64 { node.attribute(name).unwrap().parse().unwrap() };
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let (mut tests, mut failures, mut errors) = (0, 0, 0);
    for suite in root.children().filter(roxmltree::Node::is_element) {
        assert_eq!(suite.tag_name().name(), "testsuite");
        assert!(!suite.attribute("name").unwrap().is_empty());
        let cases: Vec<_> = suite.children().filter(roxmltree::Node::is_element).collect();
        let of = |name: &str| {
            let has = |case: &&roxmltree::Node<'_, '_>| case.children().any(|node| node.has_tag_name(name));
            cases.iter().filter(has).count() as u64
        };
        for case in &cases {
            assert_eq!(case.tag_name().name(), "testcase");
            assert!(case.attribute("name").is_some() && case.attribute("classname").is_some());
            for problem in case.children().filter(roxmltree::Node::is_element) {
                assert!(["failure", "error"].contains(&problem.tag_name().name()));
                assert!(problem.attribute("message").is_some() && problem.text().is_some());
            }
        }
        let sums = (number(suite, "tests"), number(suite, "failures"), number(suite, "errors"));
        assert_eq!(sums, (cases.len() as u64, of("failure"), of("error")));
        (tests, failures, errors) = (tests + sums.0, failures + sums.1, errors + sums.2);
    }
    let sums = (number(root, "tests"), number(root, "failures"), number(root, "errors"));
    assert_eq!(sums, (tests, failures, errors));
    sums
}

#[test]
fn ci_reads_a_suite_for_each_chronology_and_a_case_for_each_table() {
    let folder = library();
    let (text, code) = junit(&folder);
    assert_eq!((is_junit(&text), code), ((4, 0, 0), 0));
    let (again, _) = junit(&folder);
    assert_eq!(text, again, "the report of the same run is the same");
    // A heading with everything that XML gives a meaning to, and a byte that it cannot hold at all.
    let path = folder.path().join(FOLDER).join("release.chronology.md");
    let text = fs::read_to_string(&path).unwrap();
    let spoilt = text.replacen("ends 2027-04-16", "ends 2027-04-15", 2).replacen(
        "## No request",
        "## <No> & \"request\" ]]> \u{1}",
        1,
    );
    fs::write(&path, spoilt).unwrap();
    let (text, code) = junit(&folder);
    assert_eq!((is_junit(&text), code), ((4, 1, 0), 1));
    let document = roxmltree::Document::parse(&text).unwrap();
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert!(failure.attribute("message").unwrap().contains("and 1 more"));
    let told = failure.text().unwrap();
    assert!(told.contains("release.chronology.md:14:") && told.contains("because length: 45 days"), "{told}");
    let case = failure.parent().unwrap();
    assert!(case.attribute("name").unwrap().starts_with("<No> & \"request\" ]]>"));
    assert_eq!(case.attribute("file").unwrap(), format!("{FOLDER}/release.chronology.md"));
    // What cannot be read, and a procedure that does not load, are errors.
    write(&folder, "broken.chronology.md", "# Broken\n");
    assert_eq!(is_junit(&junit(&folder).0), (5, 1, 1));
    fs::write(folder.path().join(FOLDER).join("incoming.yaml"), "comity: 1\n").unwrap();
    let (text, code) = junit(&folder);
    assert!(is_junit(&text).2 >= 2, "{text}");
    assert_eq!(code, 3);
}

/// The HTML report, with the checks that hold for each.
#[track_caller]
fn html(folder: &TempDir, code: i32) -> String {
    run(folder, &["test", FOLDER, "--html", "report.html"]).ends(code);
    let text = fs::read_to_string(folder.path().join("report.html")).unwrap();
    // Nothing is asked of anybody else.
    for outside in ["http:", "https:", "src=", "url(", "@import", "<script", "<link", "<iframe"] {
        assert!(!text.contains(outside), "{outside}");
    }
    // It is well formed, so that a parser of XML reads it but for the first line and the elements without an end.
    let body = text.strip_prefix("<!DOCTYPE html>\n").unwrap();
    let closed = body
        .lines()
        .map(|line| if line.starts_with("<meta") { line.replace("\">", "\"/>") } else { line.to_owned() });
    let closed = closed.collect::<Vec<_>>().join("\n");
    let document = roxmltree::Document::parse(&closed).unwrap_or_else(|error| panic!("{error}\n{closed}"));
    assert_eq!(document.root_element().attribute("lang"), Some("en"));
    for table in document.descendants().filter(|node| node.has_tag_name("table")) {
        assert!(table.children().any(|node| node.has_tag_name("caption")), "a table without a caption");
    }
    for heading in document.descendants().filter(|node| node.has_tag_name("th")) {
        assert!(heading.attribute("scope").is_some(), "a heading of nothing");
    }
    for link in document.descendants().filter_map(|node| node.attribute("href")) {
        let id = link.strip_prefix('#').unwrap();
        assert!(document.descendants().any(|node| node.attribute("id") == Some(id)), "{link} leads nowhere");
    }
    // What a colour says is said by a word and a shape too.
    for mark in document
        .descendants()
        .filter(|node| node.attribute("class").is_some_and(|class| class.starts_with("mark")))
    {
        let said = mark.text().unwrap();
        assert!(
            said.starts_with(['●', '◐', '○', '–', '✓', '✗'])
                && said.chars().filter(|c| c.is_alphabetic()).count() > 4
        );
    }
    text
}

#[test]
fn the_page_tells_what_holds_and_what_is_crossed() {
    let folder = library();
    let text = html(&folder, 0);
    for said in [
        "<h1>Chronologies hold</h1>",
        "1 file: all pass · 4 tables · 36 cells",
        "What is crossed of calderia-norvane/incoming",
        "<caption>Custody</caption>",
        "○ not crossed",
        "treaty 10",
        "– no rule",
        "act court-finds-a-bar: when any mandatory ground applies",
    ] {
        assert!(text.contains(said), "{said}");
    }
    let path = folder.path().join(FOLDER).join("release.chronology.md");
    let chronology = fs::read_to_string(&path).unwrap();
    let spoilt = chronology.replacen("ends 2027-04-16", "ends 2027-04-15", 1).replacen(
        "# Release",
        "# <script>Release",
        1,
    );
    fs::write(&path, spoilt).unwrap();
    write(&folder, "broken.chronology.md", "# Broken\n");
    let text = html(&folder, 1);
    for said in [
        "<h1>Chronologies do not all hold</h1>",
        "release.chronology.md:14:",
        "ends 2027-04-15",
        "length: 45 days",
        "cannot be read",
        "error[bad-header]",
    ] {
        assert!(text.contains(said), "{said}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_said() {
    let folder = library();
    for option in ["--junit", "--html"] {
        run(&folder, &["test", FOLDER, option, "nowhere/report"])
            .ends(2)
            .complains(&["nowhere/report", "cannot be used"]);
        run(&folder, &["test", FOLDER, option, "library"]).ends(2).complains(&["library", "cannot be used"]);
    }
}

/// A run that goes on, and the lines that it says.
struct Watching {
    child: std::process::Child,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Watching {
    fn start(folder: &TempDir) -> Self {
        use std::io::BufRead as _;
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
            .current_dir(folder.path())
            .args(["test", FOLDER, "--watch"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let stdout = std::io::BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, lines }
    }

    /// Waits for the last line of a run. The limit is far beyond any run, so that only a run that never comes fails.
    #[track_caller]
    fn ends_with(&self, wanted: &str) {
        loop {
            let line = self.lines.recv_timeout(std::time::Duration::from_secs(120)).expect("no run came");
            if line.contains(" · ") && line.contains(": ") && line.contains("table") {
                assert!(line.contains(wanted), "{line}");
                return;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It ends only when it is ended.
        let _ = self.child.kill().and_then(|()| self.child.wait().map(drop));
    }
}

#[test]
fn a_file_that_changes_is_tested_again() {
    let folder = library();
    let path = folder.path().join(FOLDER).join("release.chronology.md");
    let text = fs::read_to_string(&path).unwrap();
    let watching = Watching::start(&folder);
    watching.ends_with("1 file: all pass");
    fs::write(&path, text.replacen("ends 2027-04-16", "ends 2027-04-15", 1)).unwrap();
    watching.ends_with("1 of 1 fail");
    // A new file, and one that an editor moves into its place.
    fs::write(folder.path().join(FOLDER).join("new"), &text).unwrap();
    fs::rename(folder.path().join(FOLDER).join("new"), &path).unwrap();
    watching.ends_with("1 file: all pass");
    // The procedure and its calendar are read anew too.
    let calendar = folder.path().join("library/calendars/norvane-courts.yaml");
    let was = fs::read_to_string(&calendar).unwrap();
    fs::write(&calendar, was.replace("[saturday, sunday]", "[saturday, sunday, monday]")).unwrap();
    watching.ends_with("1 of 1 fail");
    drop(watching);
    run(&folder, &["test", FOLDER, "--watch", "--changes", "--write"])
        .ends(2)
        .complains(&["--watch", "--write"]);
}
