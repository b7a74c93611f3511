//! Figures: what they count, by what was known when, and whom they tell it.

use comity_server::access::Role;
use serde_json::{Value, json};

use crate::desk::Office;

/// Three cases: one of them arrested, one sealed for its head alone.
async fn office() -> (Office, String, String) {
    let office = Office::new();
    let officer = office.with_case().await;
    for number in [2, 3] {
        let case = json!({ "reference": format!("EX-{number}"), "matter": "M-1", "procedure": "nz-kr/extradition",
            "title": "Arando", "since": "2027-02-01" });
        office.post(&officer, "/v1/cases", &case).await.is(201);
    }
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.arrest(&officer).await;
    let head = office.account("head", &[Role::Head]).await;
    let seal = json!({ "entries": [{ "kind": "seal", "accounts": ["head"], "reason": "a witness" }] });
    office.post(&head, "/v1/cases/EX-3/entries", &seal).await.is(201);
    (office, officer, head)
}

fn totals(table: &Value, columns: &[&str]) -> Vec<i64> {
    let rows = table["rows"].as_array().unwrap();
    let all = rows.iter().find(|row| row["of"] == "all").unwrap();
    columns.iter().map(|column| all[*column].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn the_ledger_balances_and_leaves_out_what_is_sealed() {
    let (office, officer, head) = office().await;
    let columns = ["opening", "new", "closed", "closing", "difference"];
    let path = "/v1/statistics/ledger?from=2027-03-01&to=2027-03-31&cases=true";
    let ledger = office.get(&officer, path).await.is(200).json();
    assert_eq!(totals(&ledger, &columns), [1, 1, 0, 2, 0]);
    assert_eq!((&ledger["cases"], &ledger["unreadable"]), (&json!(2), &json!(0)));
    assert!(!ledger.to_string().contains("EX-3"), "{ledger}");
    let whole = office.get(&head, path).await.is(200).json();
    assert_eq!(totals(&whole, &columns), [2, 1, 0, 3, 0]);
    // That it was shown is written down.
    let readings = office.get(&head, "/v1/cases/EX-3/readings").await.is(200).json();
    assert_eq!(readings["readings"][0]["what"], "statistics");
}

#[tokio::test]
async fn figures_of_what_was_known_stay_what_they_were_and_differences_are_told() {
    let (office, officer, _) = office().await;
    let path = "/v1/statistics/ledger?from=2027-03-01&to=2027-03-31";
    let printed = office.get(&officer, path).await.is(200).json();
    let then = "2027-03-03T00:00:00Z";
    office.later(60 * 60);
    // A late record: a case that had begun by then.
    let case = json!({ "reference": "EX-4", "matter": "M-1", "procedure": "nz-kr/extradition", "since": "2027-03-02" });
    office.post(&officer, "/v1/cases", &case).await.is(201);
    let now = office.get(&officer, &format!("{path}&restated_since={then}")).await.is(200).json();
    assert_eq!(totals(&now, &["new"]), [2]);
    let restated: Vec<&str> = now["restated"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["figure"].as_str().unwrap())
        .collect();
    assert_eq!(restated, ["closing", "new", "closing", "new"]);
    let again = office.get(&officer, &format!("{path}&as_known_at={then}")).await.is(200).json();
    assert_eq!(again["rows"], printed["rows"]);
    assert!(again["position"].as_u64() > printed["position"].as_u64());
}

#[tokio::test]
async fn limits_stages_and_ages_are_told_with_their_provisions() {
    let (office, ..) = office().await;
    office.clock.set("2027-04-20T00:00:00Z".parse().unwrap());
    let officer = office.account("m.reis", &[Role::Reader]).await;
    let limits = office.get(&officer, "/v1/statistics/limits?cases=true").await.is(200).json();
    let row = limits["rows"].as_array().unwrap().iter().find(|row| row["clock"] == "formal-request").unwrap();
    assert_eq!((&row["ran_out"], &row["running"], &row["cases"]), (&json!(1), &json!(0), &json!(["EX-1"])));
    assert!(row["basis"].as_str().unwrap().contains("treaty 9(1)"), "{row}");
    // Who is held on a day is a stage of a track.
    let held =
        office.get(&officer, "/v1/statistics/standing?from=2027-03-01&to=2027-03-10").await.is(200).json();
    let held = held["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["stage"] == "held-provisionally")
        .unwrap()
        .clone();
    assert_eq!(held["there"], 1);
    let ageing = office.get(&officer, "/v1/statistics/ageing").await.is(200).json();
    assert_eq!(ageing["rows"][0]["year"], 2027);
    for table in ["times", "survival", "grounds", "missing", "quality"] {
        let told = office.get(&officer, &format!("/v1/statistics/{table}?by=both")).await.is(200).json();
        assert!(!told["says"].as_array().unwrap().is_empty(), "{told}");
    }
}

#[tokio::test]
async fn a_table_for_a_spreadsheet_has_the_same_figures() {
    let (office, officer, _) = office().await;
    let csv = [("accept", "text/csv")];
    let path = "/v1/statistics/ledger?from=2027-03-01&to=2027-03-31&by=direction";
    let told = office.ask("GET", &officer, path, &csv, None).await.is(200);
    assert_eq!(told.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = told.text.lines().collect();
    assert_eq!(lines[0], "period,of,opening,new,reopened,closed,closing,difference");
    assert_eq!(lines[1], "2027-03-01/2027-03-31,\"requesting NZ, requested KR\",1,1,0,0,2,0");
}

#[tokio::test]
async fn what_officers_carry_is_for_heads_and_auditors() {
    let (office, officer, head) = office().await;
    let assign = json!({ "entries": [{ "kind": "assign", "to": "a.costa" }] });
    office.post(&officer, "/v1/cases/EX-1/entries", &assign).await.is(201);
    office.get(&officer, "/v1/statistics/load").await.is(403);
    let load = office.get(&head, "/v1/statistics/load").await.is(200).json();
    assert_eq!(load["rows"][0]["open"], 2);
    assert_eq!((&load["rows"][1]["who"], &load["rows"][1]["open"]), (&json!("a.costa"), &json!(1)));
}

#[tokio::test]
async fn what_is_no_table_no_period_and_no_step_is_told() {
    let (office, officer, _) = office().await;
    office.get(&officer, "/v1/statistics/profits").await.is(404);
    for (asked, says) in [
        ("from=2027-04-01&to=2027-03-01", "turn the two days round"),
        ("from=yesterday", "2027-04-16"),
        ("step=week", "quarter"),
        ("by=officer", "direction"),
        ("from=1900-01-01&step=month", "more than 600 periods"),
        ("page=2", "unknown field"),
    ] {
        let told = office.get(&officer, &format!("/v1/statistics/ledger?{asked}")).await.is(400);
        assert!(told.text.contains(says), "{asked}: {}", told.text);
    }
}

#[tokio::test]
async fn a_report_stays_as_it_was_published_and_tells_what_it_has_become() {
    let (office, officer, head) = office().await;
    let asked = json!({ "reference": "R-2027", "title": "March", "table": "ledger", "from": "2027-03-01", "to": "2027-03-31" });
    office.post(&officer, "/v1/reports", &asked).await.is(403);
    let report = office.post(&head, "/v1/reports", &asked).await.is(201).json();
    // What is sealed is not counted, whoever publishes.
    assert_eq!(totals(&report["published"], &["opening", "new", "closing", "difference"]), [1, 1, 2, 0]);
    assert_eq!(report["restated"]["rows"], json!([]));
    office.post(&head, "/v1/reports", &asked).await.is(409);
    // A late record changes the figures, and not what was published.
    office.later(60 * 60);
    let case = json!({ "reference": "EX-4", "matter": "M-1", "procedure": "nz-kr/extradition", "since": "2027-03-02" });
    office.post(&officer, "/v1/cases", &case).await.is(201);
    // That a case was sealed since shows in no difference.
    let seal = json!({ "entries": [{ "kind": "seal", "accounts": ["head"], "reason": "a witness" }] });
    office.post(&head, "/v1/cases/EX-2/entries", &seal).await.is(201);
    let read = office.get(&officer, "/v1/reports/R-2027").await.is(200).json();
    assert_eq!(read["published"], report["published"]);
    let figures = |row: &Value| ["figure", "was", "is"].map(|name| row[name].clone());
    let restated: Vec<_> = read["restated"]["rows"].as_array().unwrap().iter().map(figures).collect();
    let expected = [json!("closing"), json!(2), json!(3)];
    assert_eq!((restated.len(), &restated[0]), (4, &expected), "{}", read["restated"]);
    let listed = office.get(&officer, "/v1/reports").await.is(200).json();
    assert_eq!(listed["reports"][0]["reference"], "R-2027");
    assert_eq!(listed["reports"][0]["published_by"], "head");
    let csv =
        office.ask("GET", &officer, "/v1/reports/R-2027", &[("accept", "text/csv")], None).await.is(200);
    assert!(csv.text.starts_with("period,of,opening"), "{}", csv.text);
}

#[tokio::test]
async fn what_cannot_be_published_is_told() {
    let (office, officer, head) = office().await;
    let asked = |reference: &str, table: &str, from: &str| json!({ "reference": reference, "table": table, "from": from, "to": "2027-03-31" });
    for (asked, status) in [
        (asked("R-1", "load", "2027-03-01"), 422),
        (asked("R-1", "profits", "2027-03-01"), 422),
        (asked("R-1", "ledger", "March"), 400),
        (asked("R-1", "ledger", "2027-04-01"), 400),
        (asked("EX-1", "ledger", "2027-03-01"), 409),
        (asked("", "ledger", "2027-03-01"), 422),
    ] {
        office.post(&head, "/v1/reports", &asked).await.is(status);
    }
    office.get(&officer, "/v1/reports/R-1").await.is(404);
    office.get(&officer, "/v1/reports/EX-1").await.is(404);
    assert_eq!(office.get(&officer, "/v1/reports").await.is(200).json()["reports"], json!([]));
}

#[tokio::test]
async fn an_account_of_certain_procedures_publishes_figures_of_these_alone() {
    let (office, _, head) = office().await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    let only = json!({ "procedures": ["nz-kr/extradition"] });
    office.ask("PATCH", &admin, "/v1/accounts/head", &[], Some(&only)).await.is(200);
    let mut asked =
        json!({ "reference": "R-1", "table": "ledger", "from": "2027-03-01", "to": "2027-03-31" });
    office.post(&head, "/v1/reports", &asked).await.is(403);
    office.get(&head, "/v1/statistics/load").await.is(403);
    asked["procedure"] = json!("vienna-diplomatic/waiver");
    office.post(&head, "/v1/reports", &asked).await.is(403);
    asked["procedure"] = json!("nz-kr/extradition");
    office.post(&head, "/v1/reports", &asked).await.is(201);
    office.get(&head, "/v1/statistics/load?procedure=nz-kr/extradition").await.is(200);
}
