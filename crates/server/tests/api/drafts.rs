//! Drafts checked and chronologies played over HTTP, by what the engine runs.

use serde_json::{Value, json};

use crate::desk::Office;

const CHRONOLOGY: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows/nz-kr/extradition.chronology.md"));
const PROCEDURE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows/nz-kr/extradition.yaml"));

#[tokio::test]
async fn a_procedure_of_the_library_is_proved() {
    let office = Office::new();
    let officer = office.with_case().await;
    let asked = json!({ "procedure": "vienna-diplomatic/waiver" });
    let checked = office.post(&officer, "/v1/procedures:check", &asked).await.is(200).json();
    assert_eq!(
        (&checked["fit"], &checked["whole"], &checked["diagnostics"]),
        (&json!(true), &json!(true), &json!([]))
    );
    let properties = checked["properties"].as_array().unwrap();
    assert!(!properties.is_empty() && properties.iter().all(|one| one["verdict"] == "proved"), "{checked}");
    office.post(&officer, "/v1/procedures:check", &json!({ "procedure": "nz-kr/nothing" })).await.is(404);
    let far = json!({ "procedure": "nz-kr/extradition", "bound": 1_000_000 });
    office.post(&officer, "/v1/procedures:check", &far).await.is(400);
}

#[tokio::test]
async fn a_draft_is_told_what_is_wrong_with_its_place() {
    let office = Office::new();
    let officer = office.with_case().await;
    let draft = PROCEDURE.replace("starts: not-requested", "starts: not-requestd");
    let line = draft.lines().position(|line| line.contains("not-requestd")).unwrap() + 1;
    let asked = json!({ "procedure": "nz-kr/extradition",
        "files": [{ "path": "nz-kr/extradition.yaml", "text": draft }] });
    let checked = office.post(&officer, "/v1/procedures:check", &asked).await.is(200).json();
    assert_eq!(checked["fit"], false);
    let wrong = &checked["diagnostics"][0];
    assert_eq!((&wrong["file"], &wrong["line"]), (&json!("nz-kr/extradition.yaml"), &json!(line)), "{wrong}");
    assert!(wrong["message"].as_str().unwrap().contains("not-requestd"), "{wrong}");
    // The library is as it was.
    let asked = json!({ "procedure": "nz-kr/extradition", "bound": 10 });
    let checked = office.post(&officer, "/v1/procedures:check", &asked).await.is(200).json();
    assert_eq!(
        (&checked["diagnostics"], &checked["whole"], &checked["fit"]),
        (&json!([]), &json!(false), &json!(false))
    );
}

#[tokio::test]
async fn a_chronology_holds_and_tells_where_everything_stands_row_by_row() {
    let office = Office::new();
    let officer = office.with_case().await;
    let tried = office
        .post(&officer, "/v1/procedures:try", &json!({ "chronology": CHRONOLOGY }))
        .await
        .is(200)
        .json();
    assert_eq!((&tried["holds"], &tried["diagnostics"]), (&json!(true), &json!([])));
    let table = &tried["tables"][0];
    assert!(table["cells"].as_u64().unwrap() > 0);
    let rows = table["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["cases"][0]["tracks"].as_array().unwrap().len() == 5), "{table}");
    let runs = |row: &Value| {
        row["cases"][0]["limits"].as_array().unwrap().iter().any(|one| one["clock"] == "formal-request")
    };
    assert!(rows.iter().any(runs), "{table}");
}

#[tokio::test]
async fn a_chronology_that_does_not_hold_of_a_draft_is_told_cell_by_cell() {
    let office = Office::new();
    let officer = office.with_case().await;
    let draft = PROCEDURE.replace("length: 45 days", "length: 44 days");
    let asked =
        json!({ "chronology": CHRONOLOGY, "files": [{ "path": "nz-kr/extradition.yaml", "text": draft }] });
    let tried = office.post(&officer, "/v1/procedures:try", &asked).await.is(200).json();
    assert_eq!(tried["holds"], false);
    let mut failures =
        tried["tables"].as_array().unwrap().iter().flat_map(|table| table["failures"].as_array().unwrap());
    assert!(failures.any(|failure| failure["about"].as_str().unwrap().contains("formal-request")), "{tried}");
    for (text, says) in [("no chronology at all", "attempt.chronology.md"), (CHRONOLOGY, "nz-kr/extradition")]
    {
        let broken = json!({ "chronology": text.replace("nz-kr/extradition", "nz-kr/nothing") });
        let told = office.post(&officer, "/v1/procedures:try", &broken).await.is(200).json();
        assert_eq!(told["holds"], false);
        assert!(told["diagnostics"].to_string().contains(says), "{told}");
    }
    let long = json!({ "chronology": "x".repeat(270_000) });
    office.post(&officer, "/v1/procedures:try", &long).await.is(400);
}

#[tokio::test]
async fn authorities_and_calendars_are_listed() {
    let office = Office::new();
    let officer = office.with_case().await;
    let told = office.get(&officer, "/v1/reference/authorities").await.is(200).json();
    let court = told["authorities"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["procedure"] == "nz-kr/extradition" && one["authority"] == "requested/court");
    let court = court.unwrap();
    assert_eq!((&court["state"], &court["title"]), (&json!("KR"), &json!("Seoul High Court")));
    let told = office.get(&officer, "/v1/reference/calendars").await.is(200).json();
    for calendar in told["calendars"].as_array().unwrap() {
        assert!(calendar["until"].as_str() > calendar["from"].as_str(), "{calendar}");
        assert!(!calendar["source"].as_str().unwrap().is_empty());
    }
}
