//! What takes two persons, and cases that only some may see, on the command line.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use common::{NEXT_DAY, Office, copy_matter, spoil};

/// An office whose extradition takes two for the request of a provisional arrest.
fn office() -> Office {
    let office = Office::new();
    copy_matter(&office.folder.path().join("workflows"));
    let (from, to) =
        ("  provisional-arrest-asked:\n", "  provisional-arrest-asked:\n    four-eyes: required\n");
    spoil(&office.folder, "workflows/nz-kr/extradition.yaml", from, to);
    office.run(&["matter", "open", "M-1", "--title", "Orlen", "--now", common::OPENING]).fine();
    let case = ["case", "open", "EX-1", "--matter", "M-1", "--procedure", "nz-kr/extradition"];
    office
        .run(&[&case[..], &["--title", "Orlen", "--since", "2027-03-01", "--now", common::OPENING]].concat())
        .fine();
    for fact in ["warrant-or-sentence-believed=yes", "request-believed=yes"] {
        office.act(&["--fact-only", fact, "--when", "2027-03-01"]).fine();
    }
    office
}

#[test]
fn one_account_proposes_and_another_confirms() {
    let office = office();
    let asked = ["provisional-arrest-asked", "--when", "2027-03-01 10:00"];
    office.act(&asked).ends(6).complains(&["takes two persons", "docs/rejections/takes-two.md"]);
    let proposed = office.act(&[&asked[..], &["--propose"]].concat()).fine();
    proposed.says(&["proposed: provisional-arrest-asked"]);
    let shown = office.run(&["case", "show", "EX-1", "--now", NEXT_DAY]).fine();
    shown.says(&["Waits for another person to confirm it", "entry 4", "proposed by officer"]);
    assert_eq!(office.case()["awaiting"][0]["entry"], 4);
    office.act(&["--confirm", "4"]).ends(6).complains(&["proposed by the same account"]);
    office.act(&["--confirm", "4", "--propose"]).ends(2);
    let confirmed = office.act(&["--confirm", "4", "--account", "m.reis"]).fine();
    confirmed.says(&["entry 4 confirmed", "provisional"]);
    assert_eq!(office.case()["awaiting"], serde_json::json!([]));
    office.act(&["--annul", "5", "--reason", "a slip"]).ends(6).complains(&["takes two persons"]);
    office.act(&["--annul", "5", "--reason", "a slip", "--propose"]).fine().says(&["to annul entry 5"]);
    office.act(&["--confirm", "6", "--account", "m.reis"]).fine();
    // What was annulled is marked, and not the confirmation that annulled it.
    let all = office.run(&["case", "show", "EX-1", "--all", "--now", NEXT_DAY]).fine();
    let all = all.says(&["entry 4 confirmed (annulled)", "entry 6 confirmed"]);
    assert!(!all.out.contains("entry 6 confirmed (annulled)"), "{}", all.out);
    office.run(&["store", "verify"]).fine();
}

#[test]
fn what_takes_two_is_checked_drawn_and_tested_as_before() {
    let office = office();
    office.run(&["check", "workflows/nz-kr/extradition.yaml"]).fine();
    let tested = office.run(&["test", "workflows/nz-kr/extradition.chronology.md"]).fine();
    tested.says(&["A last day on a Sunday stands"]);
    let text =
        std::fs::read_to_string(office.folder.path().join("workflows/nz-kr/extradition.yaml")).unwrap();
    let wrong = text.replacen("four-eyes: required", "four-eyes: maybe", 1);
    std::fs::write(office.folder.path().join("workflows/nz-kr/extradition.yaml"), wrong).unwrap();
    let refused = office.run(&["check", "workflows/nz-kr/extradition.yaml"]);
    assert_ne!(refused.code, 0);
    refused.says(&["extradition.yaml:", "required"]);
}

#[test]
fn a_case_is_sealed_for_some_and_the_seal_is_lifted() {
    let office = Office::with_a_case();
    let case = |what: &str, args: &[&str]| {
        office.run(&[&["case", what, "EX-1"], args, &["--now", NEXT_DAY]].concat())
    };
    case("seal", &["--reason", "a witness"]).ends(2).complains(&["--to"]);
    case("unseal", &["--reason", "safe"]).ends(6).complains(&["the case is not sealed", "not-sealed.md"]);
    case("seal", &["--to", "a.costa", "--reason", " "]).ends(6).complains(&["why the case is sealed"]);
    let sealed = case("seal", &["--to", "a.costa", "--desk", "appeals", "--reason", "a witness"]).fine();
    sealed.says(&["sealed", "for a.costa, desk appeals alone"]);
    let document = office.case();
    assert_eq!(document["office"]["seal"]["accounts"][0], "a.costa");
    // Who has the store reads it, and is written down as nobody: these are readings over the API.
    case("readings", &[]).fine().says(&["Nobody read EX-1 while it was sealed."]);
    case("unseal", &["--reason", "safe"]).fine().says(&["seal lifted: safe"]);
    assert_eq!(office.case()["office"]["seal"], serde_json::Value::Null);
}
