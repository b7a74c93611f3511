//! Figures of an office: the real matter counted, over the store and over the line.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::path::Path;

use common::{Said, comity};
use serde_json::Value;
use tempfile::TempDir;

const NOW: [&str; 2] = ["--now", "2021-01-01T00:00:00Z"];
const YEARS: [&str; 4] = ["--from", "2017-01-01", "--to", "2020-12-31"];

/// A store with the New Zealand–Korea matter and its two tales of what could have been.
fn matter() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    comity(folder.path(), &["demo", "--store", "data"], &[]).fine();
    folder
}

fn figures(folder: &Path, table: &str, more: &[&str]) -> Said {
    comity(folder, &[&["statistics", table], &YEARS[..], &NOW, more].concat(), &[])
}

fn all(document: &Value, column: &str) -> Vec<i64> {
    let rows = document["rows"].as_array().unwrap().iter().filter(|row| row["of"] == "all");
    rows.map(|row| row[column].as_i64().unwrap()).collect()
}

#[test]
fn the_ledger_of_the_real_matter_balances_year_by_year() {
    let folder = matter();
    let ledger = figures(folder.path(), "ledger", &["--json", "--step", "year"]).fine().json();
    assert_eq!(all(&ledger, "opening"), [0, 2, 1, 2]);
    assert_eq!(all(&ledger, "new"), [2, 1, 1, 5]);
    assert_eq!(all(&ledger, "closed"), [0, 2, 0, 2]);
    assert_eq!(all(&ledger, "closing"), [2, 1, 2, 5]);
    assert_eq!(all(&ledger, "difference"), [0; 4]);
    let page = figures(folder.path(), "ledger", &[]).fine();
    page.says(&["Closed: recommendation", "request of nz-kr/extradition", "worked out of 9 cases"]);
}

#[test]
fn a_spreadsheet_and_a_program_get_the_same_figures() {
    let folder = matter();
    let csv = figures(folder.path(), "ledger", &["--csv", "--procedure", "nz-kr/extradition"]).fine();
    let lines: Vec<&str> = csv.out.lines().collect();
    let expected = [
        "period,of,opening,new,reopened,closed,closing,difference",
        "2017-01-01/2020-12-31,nz-kr/extradition,0,2,0,0,2,0",
        "2017-01-01/2020-12-31,all,0,2,0,0,2,0",
    ];
    assert_eq!(lines, expected);
    let json =
        figures(folder.path(), "ledger", &["--json", "--procedure", "nz-kr/extradition"]).fine().json();
    assert_eq!((&json["rows"][0]["new"], &json["cases"]), (&2.into(), &2.into()));
    figures(folder.path(), "ledger", &["--csv", "--json"]).ends(2);
}

#[test]
fn who_was_held_on_a_day_and_which_limit_ran_out_is_told_with_references() {
    let folder = matter();
    let on = ["--json", "--cases", "--to", "2020-10-20"];
    let args = [&["statistics", "standing", "--from", "2020-01-01"], &on[..], &NOW].concat();
    let standing = comity(folder.path(), &args, &[]).fine().json();
    let held = standing["rows"].as_array().unwrap().iter().find(|row| row["stage"] == "held-provisionally");
    assert_eq!(held.unwrap()["cases"].as_array().unwrap().len(), 1);
    let limits = figures(folder.path(), "limits", &["--json", "--cases"]).fine().json();
    let ran_out = limits["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["clock"] == "plan-for-implementation")
        .unwrap();
    assert_eq!((&ran_out["ran_out"], &ran_out["basis"]), (&1.into(), &"act 25; reading 1".into()));
}

#[test]
fn what_is_no_period_is_told() {
    let folder = matter();
    let args = ["statistics", "ledger", "--from", "2020-01-01", "--to", "2019-01-01"];
    comity(folder.path(), &args, &[]).ends(2).complains(&["before it begins", "turn the two days round"]);
    figures(folder.path(), "ledger", &["--step", "week"]).ends(2).complains(&["quarter"]);
    let long = ["statistics", "ledger", "--from", "1900-01-01", "--step", "month"];
    comity(folder.path(), &long, &[]).ends(2).complains(&["more than 600 periods", "longer steps"]);
}

/// One statute serves every State that asks: under which a case is counted and found is what its fact says by then.
#[test]
fn a_case_is_counted_and_found_under_the_state_that_its_fact_holds() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| comity(folder.path(), args, &[]);
    run(&["init"]).fine();
    run(&["matter", "open", "M-1", "--title", "A made-up matter"]).fine();
    run(&["case", "open", "EX-1", "--matter", "M-1", "--procedure", "us-code-209/extradition"]).fine();
    let by_direction = ["statistics", "ledger", "--by", "direction", "--csv"];
    run(&by_direction).fine().says(&["requesting not known, requested US"]);
    run(&["act", "EX-1", "--fact-only", "requesting.state=Japan"]).ends(6).complains(&["takes country"]);
    run(&["act", "EX-1", "--fact-only", "requesting.state=JP"]).fine();
    run(&by_direction).fine().says(&["requesting JP, requested US"]);
    run(&["case", "list", "--state", "JP"]).fine().says(&["EX-1"]);
    run(&["case", "list", "--state", "KR"]).fine().says(&["No case matches"]);
    let counted = |state: &str| {
        let document = run(&["statistics", "ledger", "--state", state, "--json"]).fine().json();
        document["cases"].as_i64()
    };
    assert_eq!((counted("JP"), counted("US"), counted("KR")), (Some(1), Some(1), Some(0)));
}
