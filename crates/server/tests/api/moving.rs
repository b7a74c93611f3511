//! Running cases go over to another edition, as a head of unit takes them there over HTTP.

use comity_server::access::Role;
use serde_json::{Value, json};

use crate::desk::Office;

const FILE: &str = "nz-kr/extradition.yaml";
const PLAN: &str = "\
comity-plan: 1
from: {procedure: nz-kr/extradition, version: 1}
to: {procedure: nz-kr/extradition, version: 2}
authority: a head of unit
reason: made up for a test
cite: treaty 9(1)
clocks:
  formal-request: {end: recompute, cite: treaty 9(1)}
";

fn shorter(text: &str) -> String {
    text.replace("version: 1\n", "version: 2\n").replace("length: 45 days", "length: 44 days")
}

/// Of this one not everything is proved that is proved of the first.
fn longer(text: &str) -> String {
    text.replace("version: 1\n", "version: 2\n").replace("length: 45 days", "length: 60 days")
}

/// Three cases under edition 1, the first with an arrest, the last sealed for somebody else; and the office started anew with
/// edition 2, with its head.
async fn office() -> (Office, String) {
    moved_to(shorter).await
}

async fn moved_to(edition: fn(&str) -> String) -> (Office, String) {
    let before = Office::new();
    let officer = before.with_case().await;
    for number in [2, 3] {
        let case = json!({ "reference": format!("EX-{number}"), "matter": "M-1", "procedure": "nz-kr/extradition",
            "since": "2027-03-01" });
        before.post(&officer, "/v1/cases", &case).await.is(201);
    }
    before.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    before.arrest(&officer).await;
    let head = before.account("another", &[Role::Head]).await;
    let seal = json!({ "entries": [{ "kind": "seal", "accounts": ["another"], "reason": "a witness" }] });
    before.post(&head, "/v1/cases/EX-3/entries", &seal).await.is(201);
    let office = before.started_anew(FILE, edition);
    let head = office.account("head", &[Role::Head]).await;
    (office, head)
}

fn outcomes(told: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut told: Vec<_> = told["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(&one["reference"]), text(&one["outcome"])))
        .collect();
    told.sort();
    told
}

fn each(outcome: &str) -> Vec<(String, String)> {
    ["EX-1", "EX-2"].map(|reference| (reference.to_owned(), outcome.to_owned())).to_vec()
}

#[tokio::test]
async fn a_preview_tells_what_would_come_and_records_nothing() {
    let (office, head) = office().await;
    let told = office.post(&head, "/v1/migrations:preview", &json!({ "plan": PLAN })).await.is(200).json();
    assert_eq!(outcomes(&told), each("would-go"));
    assert!(!told.to_string().contains("EX-3"), "{told}");
    let one = told["cases"].as_array().unwrap().iter().find(|one| one["reference"] == "EX-1").unwrap();
    let clock =
        one["clocks"].as_array().unwrap().iter().find(|row| row["before"] == "formal-request").unwrap();
    assert_eq!(
        (&clock["ended"], &clock["ends"]),
        (&json!("2027-04-16T15:00:00Z"), &json!("2027-04-15T15:00:00Z"))
    );
    let case = office.get(&head, "/v1/cases/EX-1").await.is(200).json();
    assert_ne!(case["meaning"], told["to"]["meaning"]);
}

#[tokio::test]
async fn cases_go_over_once_and_what_is_sealed_for_others_stays() {
    let (office, head) = office().await;
    let told = office.post(&head, "/v1/migrations", &json!({ "plan": PLAN })).await.is(200).json();
    assert_eq!(outcomes(&told), each("went"), "{told}");
    let case = office.get(&head, "/v1/cases/EX-1").await.is(200).json();
    assert_eq!(case["meaning"], told["to"]["meaning"]);
    let again = office.post(&head, "/v1/migrations", &json!({ "plan": PLAN })).await.is(200).json();
    assert_eq!(outcomes(&again), []);
    let named = json!({ "plan": PLAN, "cases": ["EX-1", "EX-2"] });
    let named = office.post(&head, "/v1/migrations", &named).await.is(200).json();
    assert_eq!(outcomes(&named), each("went-before"));
    office.post(&head, "/v1/migrations", &json!({ "plan": PLAN, "cases": ["EX-3"] })).await.is(404);
    let other = office.account("another", &[Role::Head]).await;
    let case = office.get(&other, "/v1/cases/EX-3").await.is(200).json();
    assert_eq!(case["meaning"], told["from"]["meaning"]);
    // Figures go on as one case, and count its limit by the new rule.
    let ledger =
        office.get(&head, "/v1/statistics/ledger?from=2027-01-01&to=2027-12-31").await.is(200).json();
    assert_eq!(
        (&ledger["rows"][0]["new"], &ledger["rows"][0]["closing"]),
        (&json!(2), &json!(2)),
        "{ledger}"
    );
}

#[tokio::test]
async fn many_cases_are_moved_a_few_at_a_time() {
    let (office, head) = office().await;
    let (mut went, mut after) = (Vec::new(), Value::Null);
    loop {
        let asked = json!({ "plan": PLAN, "limit": 1, "after": after });
        let told = office.post(&head, "/v1/migrations", &asked).await.is(200).json();
        went.extend(outcomes(&told));
        after = told["next"].clone();
        if after.is_null() {
            break;
        }
    }
    went.sort();
    assert_eq!(went, each("went"));
}

#[tokio::test]
async fn a_plan_that_does_not_fit_is_told_line_by_line_and_moves_nothing() {
    let (office, head) = office().await;
    for (plan, says) in [
        (PLAN.replace("formal-request:", "formal-rquest:"), "formal-rquest"),
        (PLAN.replace("version: 2", "version: 7"), "version 7"),
        ("nothing".to_owned(), "line 1"),
    ] {
        let told = office.post(&head, "/v1/migrations", &json!({ "plan": plan })).await.is(422);
        assert!(told.json()["because"].to_string().contains(says), "{}", told.text);
    }
    let limit = json!({ "plan": PLAN, "limit": 0 });
    office.post(&head, "/v1/migrations", &limit).await.is(400);
    let officer = office.account("officer", &[Role::Officer]).await;
    office.post(&officer, "/v1/migrations", &json!({ "plan": PLAN })).await.is(403);
}

#[tokio::test]
async fn nothing_is_promised_of_an_edition_that_runs_no_case() {
    let (office, head) = moved_to(longer).await;
    for path in ["/v1/migrations:preview", "/v1/migrations"] {
        let told = office.post(&head, path, &json!({ "plan": PLAN })).await.is(422);
        assert_eq!(told.json()["code"], "engine/not-proved");
        assert!(told.text.contains("no-expiry-without-its-effect"), "{}", told.text);
    }
}
