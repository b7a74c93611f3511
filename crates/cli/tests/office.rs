//! The work of an office on a case: holds, who has it, days of review, notes, warnings.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use common::{NEXT_DAY, Office, Said};

fn case(office: &Office, what: &str, args: &[&str]) -> Said {
    office.run(&[&["case", what, "EX-1"], args, &["--now", NEXT_DAY]].concat())
}

#[test]
fn a_case_is_put_on_hold_and_resumed() {
    let office = Office::with_a_case();
    case(&office, "resume", &[]).ends(6).complains(&["the case is not on hold", "comity case show EX-1"]);
    let hold = ["--reason", "counsel is ill", "--until", "2027-03-20"];
    let said = case(&office, "hold", &hold).fine();
    said.says(&["recorded", "on hold until 2027-03-20: counsel is ill", "until Saturday 20 March 2027"]);
    let twice = case(&office, "hold", &hold).ends(6);
    twice.complains(&["the case is on hold since 2027-03-02 (entry 2)", "docs/rejections/on-hold.md"]);
    let document = office.case();
    assert_eq!(document["office"]["hold"]["until"], "2027-03-20");
    assert_eq!(document["office"]["silent"], false);
    office
        .run(&["queue", "--now", "2027-03-19T14:59:59Z"])
        .fine()
        .says(&["Waiting (1)", "until Saturday 20 March"]);
    let come = office.run(&["queue", "--now", "2027-03-19T15:00:00Z"]).fine();
    come.says(&["The hold is to end (1)", "counsel is ill", "on hold since"]);
    case(&office, "resume", &["--note", "counsel is back"]).fine().says(&["resumed", "silent"]);
    let shown = office.run(&["case", "show", "EX-1", "--now", NEXT_DAY]).fine();
    shown.says(&[
        "note: counsel is back",
        "The office",
        "silent no limit runs, nothing is owed, and no day is set",
    ]);
}

#[test]
fn a_case_is_given_to_an_account_and_a_desk() {
    let office = Office::with_a_case();
    case(&office, "assign", &[]).ends(2).complains(&["--to"]);
    case(&office, "assign", &["--to", " "]).ends(6).complains(&["to which account the case is given"]);
    case(&office, "assign", &["--desk", "Desk 2"]).ends(2).complains(&["is not a name"]);
    case(&office, "assign", &["--to", "a.costa", "--nobody"]).ends(2);
    let said = case(&office, "assign", &["--to", "a.costa", "--desk", "extradition"]).fine();
    said.says(&["given to a.costa, desk extradition", "EX-1 is at version 2"]);
    let queue = |args: &[&str]| office.run(&[&["queue", "--now", NEXT_DAY], args].concat()).fine();
    queue(&["--assigned", "a.costa"]).says(&["Silent (1)", "EX-1", "a.costa, desk extradition"]);
    queue(&["--assigned", "m.reis"])
        .says(&["Nothing is due, owed or waited for in any case of this account."]);
    queue(&["--desk", "extradition"]).says(&["EX-1"]);
    queue(&["--unassigned"]).says(&["in a case that nobody has"]);
    let document = queue(&["--json", "--assigned", "a.costa"]).json();
    assert_eq!(document["items"][0]["assigned"], "a.costa");
    assert_eq!(document["items"][0]["what"]["kind"], "silent");
    case(&office, "assign", &["--nobody"]).fine().says(&["given to nobody"]);
    queue(&["--unassigned"]).says(&["EX-1"]);
}

#[test]
fn a_day_of_review_is_set_replaced_and_struck_out() {
    let office = Office::with_a_case();
    let by = |day: &'static str| ["--by", day, "--why", "chase the ministry"];
    case(&office, "review", &["--none"]).ends(6).complains(&["no day of review is set"]);
    case(&office, "review", &["--by", "2027-03-09"]).ends(2).complains(&["--why"]);
    case(&office, "review", &by("9 March")).ends(2).complains(&["is not a day"]);
    let past = case(&office, "review", &by("2027-03-01")).ends(6);
    past.complains(&["the day of the review, 2027-03-01, has passed, for today is 2027-03-02"]);
    case(&office, "review", &by("2027-03-09")).fine();
    let said = case(&office, "review", &by("2027-03-16")).fine();
    said.says(&["to be looked at 2027-03-16: chase the ministry", "Tuesday 16 March 2027"]);
    office.run(&["queue", "--now", "2027-03-10T00:00:00Z"]).fine().says(&["Waiting (1)"]);
    let come = office.run(&["queue", "--json", "--now", "2027-03-16T00:00:00Z"]).fine().json();
    assert_eq!(come["items"][0]["group"], "to be looked at");
    assert_eq!(come["items"][0]["what"]["why"], "chase the ministry");
    case(&office, "review", &["--none"]).fine().says(&["day of review struck out", "silent"]);
}

#[test]
fn a_note_is_recorded_once_under_one_key() {
    let office = Office::with_a_case();
    let note = ["called the ministry", "--key", "call-1"];
    case(&office, "note", &note).fine().says(&["note: called the ministry", "version 2"]);
    let again = case(&office, "note", &note).fine();
    again.says(&["recorded before, under the same key; nothing is added", "version 2"]);
    let document = case(&office, "note", &["later", "--expect", "1", "--json"]).ends(5).json();
    assert_eq!(document["error"]["code"], "engine/conflict");
    let document = case(&office, "note", &["later", "--expect", "2", "--json"]).fine().json();
    assert_eq!((&document["command"], &document["version"]), (&"case note".into(), &3.into()));
    office
        .run(&["case", "note", "EX-9", "x"])
        .ends(2)
        .complains(&["there is no case `EX-9`", "comity case list"]);
}

#[test]
fn a_sweep_tells_of_a_clock_that_went_back_until_somebody_says_that_it_is_right() {
    let office = Office::with_a_case();
    office.run(&["act", "EX-1", "--note", "by a wrong clock", "--now", "2037-01-01T00:00:00Z"]).fine();
    let sweep = |more: &[&str]| office.run(&[&["sweep", "--now", NEXT_DAY], more].concat()).fine();
    sweep(&[]).says(&[
        "the clock of this machine shows 2027-03-02T01:00:00Z, and it was 2037-01-01T00:00:00Z before",
        "comity sweep --trust-clock",
    ]);
    let document = sweep(&["--json"]).json();
    assert_eq!(document["clock"]["expected"], "2037-01-01T00:00:00Z");
    assert!(sweep(&["--json", "--trust-clock"]).json()["clock"].is_null());
    assert!(sweep(&["--json"]).json()["clock"].is_null());
    office.run(&["store", "verify"]).fine();
    office.run(&["case", "list"]).fine().says(&["1 case"]);
}
