//! `comity test --changes`: which mistakes the tables would not notice.

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

use common::{CALDERIA, Said, beside, calderia, comity, markdown};
use tempfile::TempDir;

fn run(folder: &TempDir, args: &[&str]) -> Said {
    comity(folder.path(), args, &[])
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
    let folder = calderia();
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
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
        "act released: `requested/police` no longer may do it",
        "document facts: it need not be translated into `pt`",
        "clock formal-request: nobody is warned 5 days before the end",
        "obligation tell-calderia: `requested/police` owes it instead of `requested/desk`",
    ] {
        has(&not, change);
    }
    let length = has(&not, "clock surrender: 30 days become 29 days");
    let file = fs::read_to_string(folder.path().join(CALDERIA).join("incoming.yaml")).unwrap();
    let line = usize::try_from(length["line"].as_u64().unwrap()).unwrap();
    assert_eq!(file.lines().nth(line - 1).unwrap().trim(), "length: 30 days");
    assert_eq!(
        (&length["cites"][0], &length["file"]),
        (&"treaty 13(3)".into(), &format!("{CALDERIA}/incoming.yaml").into())
    );
    let said = run(&folder, &["test", CALDERIA, "--changes"]).ends(1);
    said.says(&[
        "small changes tried on 4 tables",
        "not noticed",
        &format!("incoming.yaml:{line}"),
        "(treaty 13(3))",
    ]);
}

#[test]
fn what_the_check_refuses_and_what_changes_nothing_are_told_apart() {
    let folder = calderia();
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
    let refused = changes(&document, "refused");
    assert!(!refused.is_empty() && refused.iter().all(|(_, one)| one["says"].as_str().unwrap().len() > 10));
    let overlap = has(&refused, "act arrested: `not condition request-complete holds` loses its `not`");
    assert!(overlap["says"].as_str().unwrap().contains("both"), "{overlap}");
    // What no table notices may still break what must hold of every procedure.
    let dead = has(&refused, "ground political-offence: it is `optional` instead of `mandatory`");
    assert_eq!(dead["by"], "a proof");
    assert!(dead["says"].as_str().unwrap().contains("`no-dead-act` no longer holds"), "{dead}");
    // The court must tell of its refusal, so the minister must too.
    let untold = has(&refused, "act minister-refuses: `tell-calderia` is no longer owed after it");
    assert!(
        untold["says"].as_str().unwrap().contains("`every-refusal-is-notified` no longer holds"),
        "{untold}"
    );
    let same = changes(&document, "the same");
    let because = |change: &str| has(&same, change)["because"].as_str().unwrap().to_owned();
    assert!(because("clock surrender: if started again").contains("once only"));
    assert!(because("condition request-complete: `custody` must move").contains("no act makes this move"));
    // A person may be arrested again, so that a second start means something there is not claimed to mean nothing.
    has(&changes(&document, "not noticed"), "clock formal-request: if started again");
    let totals = &document["changes"][0];
    let sum: u64 = ["noticed", "refused", "the_same", "argued", "not_noticed"]
        .iter()
        .map(|key| totals[key].as_u64().unwrap())
        .sum();
    assert_eq!(sum, totals["tried"].as_u64().unwrap());
}

/// What the author guarantees of the procedure of Calderia and Norvane.
const SAFEGUARDS: &str = "
safeguards:
  minister-alone:
    title: Nobody but the minister refuses
    act: minister-refuses
    only-by: requested/minister
    cite: treaty 12
  bars-first:
    title: No request goes to the minister before every bar was considered
    holds-in: request is before-minister
    holds: every mandatory ground is considered
    cite: treaty 11(1)
";

#[test]
fn a_change_that_breaks_a_safeguard_is_refused_though_no_table_notices_it() {
    let folder = calderia();
    let path = folder.path().join(CALDERIA).join("incoming.yaml");
    let file = fs::read_to_string(&path).unwrap();
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
    let before = changes(&document, "not noticed");
    let (court, minister) = (
        "act court-allows: `every mandatory ground is considered and no mandatory ground applies`: `and` becomes `or`",
        "act minister-refuses: `requested/desk` may do it instead of `requested/minister`",
    );
    has(&before, court);
    has(&before, minister);
    fs::write(&path, format!("{file}{SAFEGUARDS}")).unwrap();
    run(&folder, &["check", CALDERIA]).fine().says(&["proved 17 properties"]);
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
    let refused = changes(&document, "refused");
    let says = |change: &str| {
        let one = has(&refused, change);
        assert_eq!(one["by"], "a proof", "{one}");
        one["says"].as_str().unwrap().to_owned()
    };
    // The path that breaks it is told with it.
    let broken = says(court);
    assert!(
        broken.starts_with("the safeguard `bars-first` no longer holds: ")
            && broken.ends_with("then court-allows"),
        "{broken}"
    );
    let broken = says(minister);
    assert!(broken.starts_with("the safeguard `minister-alone` no longer holds: "), "{broken}");
    run(&folder, &["test", CALDERIA, "--changes"])
        .ends(1)
        .says(&["refused by a proof, and by no table", "the safeguard `bars-first` no longer holds"]);
    // No table is asked for what is refused.
    let written = run(&folder, &["test", CALDERIA, "--changes", "--write", "--json"]).ends(1).json();
    let suggested = written["changes"][0]["suggested"].to_string();
    assert!(!suggested.contains("becomes `or`"), "{suggested}");
}

/// The file of equivalents names what no case can show, and each row is held against what came of it.
#[test]
fn what_no_case_can_show_is_argued_beside_the_procedure() {
    let folder = calderia();
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
    let not = changes(&document, "not noticed");
    let row = |told: &str, because: &str| {
        let (rule, change) = told.split_once(": ").unwrap();
        format!("  - rule: {rule}\n    change: {}\n    because: {because}\n", serde_json::json!(change))
    };
    let all: String = not.iter().map(|(told, _)| row(told, "made up for this test")).collect();
    let file = folder.path().join(CALDERIA).join("incoming.equivalents.yaml");
    let write =
        |rows: &str| fs::write(&file, format!("comity-equivalents: 1\nequivalents:\n{rows}")).unwrap();
    write(&all);
    let said = run(&folder, &["test", CALDERIA, "--changes"]).fine();
    said.says(&["argued", "made up for this test"]);
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).fine().json();
    let argued = changes(&document, "argued");
    let told =
        |all: &[(String, serde_json::Value)]| all.iter().map(|(told, _)| told.clone()).collect::<Vec<_>>();
    assert_eq!(told(&argued), told(&not));
    assert_eq!(document["changes"][0]["not_noticed"], 0);

    let noticed = "clock formal-request: 45 days become 46 days";
    write(&format!(
        "{all}{}{}",
        row(noticed, "nobody counts"),
        row("clock gone: 1 day becomes 2 days", "old")
    ));
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
    let vain = document["changes"][0]["argued_in_vain"].as_array().unwrap();
    let says: Vec<&str> = vain.iter().map(|one| one["says"].as_str().unwrap()).collect();
    assert_eq!(says.len(), 2, "{says:?}");
    assert!(says[0].starts_with("a table notices it, so the argument is wrong: `No request by the last day"));
    assert!(says[1].starts_with("no such change is tried here"), "{says:?}");
    run(&folder, &["test", CALDERIA, "--changes"]).ends(1).says(&["argued in vain", "clock gone: 1 day"]);
    run(&folder, &["check", CALDERIA]).fine();
}

#[test]
fn each_choice_of_a_rule_of_counting_is_tried_and_so_is_another_rule() {
    let folder = calderia();
    let counting = "comity-counting: 1\nname: norvane-limits\ntitle: Limits Act of Norvane\nsource: made up\n\
                    checked: 2027-01-04\nrules:\n  general:\n    title: A limit\n    provision: s 1\n    mark: seen\n    \
                    first-day: not-counted\n    last-day-closed: next-open-day\n  custody:\n    title: Of custody\n    \
                    provision: s 2\n    mark: seen\n    first-day: counted\n    last-day-closed: stands\n";
    fs::create_dir_all(folder.path().join("library/counting")).unwrap();
    fs::write(folder.path().join("library/counting/norvane-limits.yaml"), counting).unwrap();
    let path = folder.path().join(CALDERIA).join("incoming.yaml");
    let file = fs::read_to_string(&path).unwrap();
    let (before, surrender) = file.split_once("  surrender:\n").unwrap();
    let surrender = surrender.replacen(
        "    first-day: not-counted\n    last-day-closed: next-open-day\n",
        "    counted-by: norvane-limits\n",
        1,
    );
    assert!(surrender.contains("counted-by"), "{surrender}");
    fs::write(&path, format!("{before}  surrender:\n{surrender}")).unwrap();
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
    let (noticed, not) = (changes(&document, "noticed"), changes(&document, "not noticed"));
    // The only example ends on a Sunday: the closed last day is noticed, the first day hides behind it.
    has(
        &noticed,
        "clock surrender: last day closed `stands` instead of `next-open-day`, as `norvane-limits` says",
    );
    has(&not, "clock surrender: first day `counted` instead of `not-counted`, as `norvane-limits` says");
    has(&noticed, "clock surrender: it is counted by `norvane-limits/custody` instead of `norvane-limits`");
    has(&noticed, "clock surrender: every day of `norvane-courts` is open");
}

#[test]
fn who_owes_it_and_who_is_warned_can_be_expected_in_a_table() {
    let folder = calderia();
    let rows = [
        "2027-03-02 23:30 | arrested | nothing | \"14 days, 5 days, 1 day before the end\"",
        "2027-04-17 00:00 | look | release by requested/police | Release the person",
    ];
    let file = beside(
        &folder,
        "owed.chronology.md",
        &markdown("when | what happened | owed | why formal-request", &rows),
    );
    run(&folder, &["test", &file]).fine();
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
    let noticed = changes(&document, "noticed");
    has(&noticed, "clock formal-request: nobody is warned 5 days before the end");
    has(&noticed, "obligation release: `requested/desk` owes it instead of `requested/police`");
    let spoilt = [rows[0], "2027-04-17 00:00 | look | release by requested/desk | Release the person"];
    beside(
        &folder,
        "owed.chronology.md",
        &markdown("when | what happened | owed | why formal-request", &spoilt),
    );
    run(&folder, &["test", &file])
        .ends(1)
        .says(&["you wrote release by requested/desk", "the procedure says release by requested/police"]);
    let spoilt = [rows[0], "2027-04-17 00:00 | look | release by requested/polis | Release the person"];
    beside(
        &folder,
        "owed.chronology.md",
        &markdown("when | what happened | owed | why formal-request", &spoilt),
    );
    run(&folder, &["test", &file]).ends(1).says(&[
        "owed.chronology.md:12:40",
        "the procedure has no authority `requested/polis`",
        "did you mean `requested/police`?",
    ]);
}

#[test]
fn a_table_that_tells_more_notices_more() {
    let folder = calderia();
    let not_noticed = |folder: &TempDir| {
        let document = run(folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
        changes(&document, "not noticed")
    };
    let before = not_noticed(&folder);
    has(&before, "clock surrender: 30 days become 31 days");
    let text = fs::read_to_string(folder.path().join(CALDERIA).join("release.chronology.md")).unwrap();
    // The grant comes on a Tuesday, and the thirtieth day after it is a Thursday.
    let tuesday =
        text.replace("2027-07-02 10:00", "2027-07-06 10:00").replace("ends 2027-08-02", "ends 2027-08-05");
    beside(&folder, "tuesday.chronology.md", &tuesday);
    let after = not_noticed(&folder);
    for change in ["29 days", "31 days"] {
        let change = format!("clock surrender: 30 days become {change}");
        assert!(!after.iter().any(|(told, _)| *told == change), "{change} is still not noticed");
    }
    assert!(after.len() < before.len());
}

#[test]
fn changes_are_not_tried_while_a_table_fails() {
    let folder = calderia();
    let path = folder.path().join(CALDERIA).join("release.chronology.md");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("ends 2027-04-16", "ends 2027-04-15", 1)).unwrap();
    let said = run(&folder, &["test", CALDERIA, "--changes"]).ends(1).says(&["FAIL", "1 of 1 fail"]);
    assert!(!said.out.contains("small change"), "{}", said.out);
    fs::write(folder.path().join(CALDERIA).join("incoming.yaml"), "comity: 1\n").unwrap();
    run(&folder, &["test", CALDERIA, "--changes"]).ends(3).says(&["error["]);
}

#[test]
fn a_table_is_written_for_what_no_table_notices() {
    let folder = calderia();
    let document = run(&folder, &["test", CALDERIA, "--changes", "--write", "--json"]).ends(1).json();
    let suggested = &document["changes"][0]["suggested"];
    let file = suggested["files"][0]["file"].as_str().unwrap();
    assert_eq!(file, format!("{CALDERIA}/incoming.suggested.chronology.md"));
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
    run(&folder, &["test", CALDERIA]).fine().says(&["all pass"]);
    let after = run(&folder, &["test", CALDERIA, "--changes", "--json"]);
    let mut left: Vec<String> =
        changes(&after.json(), "not noticed").into_iter().map(|(told, _)| told).collect();
    left.sort();
    not_found.sort();
    assert_eq!(left, not_found);
    // A second search writes over nothing.
    run(&folder, &["test", CALDERIA, "--changes", "--write"])
        .ends(2)
        .complains(&["is there already", "delete it"]);
    assert_eq!(fs::read_to_string(folder.path().join(file)).unwrap(), text);
}

#[test]
fn nothing_is_written_where_nothing_was_asked_or_nothing_can_lie() {
    let folder = calderia();
    run(&folder, &["test", CALDERIA, "--write"]).ends(2).complains(&["--changes"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let shipped = common::workflows().join("kr-nhrck/recommendation.chronology.md");
    fs::copy(shipped, elsewhere.path().join("x.chronology.md")).unwrap();
    let said = run(&elsewhere, &["test", "x.chronology.md", "--changes", "--write"]).ends(2);
    said.complains(&["kr-nhrck/recommendation", "built in", "--workflows"]);
}

/// The blocks of text on the page about tests.
fn shown_on_the_page() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/testing-a-procedure.md");
    let page = fs::read_to_string(page).unwrap();
    let blocks = page.split("```text\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_page_about_tests_shows_what_is_printed() {
    let folder = calderia();
    let blocks = shown_on_the_page();
    let [failure, table] = blocks.as_slice() else { panic!("{} blocks", blocks.len()) };
    let path = folder.path().join(CALDERIA).join("release.chronology.md");
    let text = fs::read_to_string(&path).unwrap();
    // The table of the page holds, and notices the change that it stands for.
    let rows = table.lines().skip(2).map(|row| row.trim_matches('|').trim()).collect::<Vec<_>>();
    let heads = table.lines().next().unwrap().trim_matches('|').trim();
    beside(&folder, "page.chronology.md", &markdown(heads, &rows));
    let document = run(&folder, &["test", CALDERIA, "--changes", "--json"]).ends(1).json();
    let noticed = changes(&document, "noticed");
    has(&noticed, "condition request-complete: `act request-received is recorded` is dropped");
    fs::write(&path, text.replacen("ends 2027-04-16", "ends 2027-04-15", 1)).unwrap();
    let said = comity(&folder.path().join("library"), &["test", "calderia-norvane"], &[]).ends(1);
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat(&said.out).contains(&flat(failure)), "{}", said.out);
}
