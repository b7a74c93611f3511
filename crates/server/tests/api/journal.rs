//! The record itself over the API: what an account may see, and nothing that only the engine says.

use comity_server::access::Role;
use serde_json::{Value, json};

use crate::desk::Office;

async fn stream_of(office: &Office, token: &str, reference: &str) -> Option<String> {
    let look = json!({ "query": { "by": "reference", "value": reference }, "limit": 5 });
    let rows = office.post(token, "/v1/journal/rows", &look).await.is(200).json();
    rows["streams"][0].as_str().map(str::to_owned)
}

async fn stream(office: &Office, token: &str, stream: &str) -> Value {
    office.get(token, &format!("/v1/journal/{stream}")).await.is(200).json()
}

fn append(seen: u32, payloads: &[&str]) -> Value {
    json!({ "seen": seen, "payloads": payloads })
}

#[tokio::test]
async fn what_only_the_engine_says_is_not_taken_from_a_program() {
    let office = Office::new();
    let officer = office.with_case().await;
    let case = stream_of(&office, &officer, "EX-1").await.unwrap();
    let path = format!("/v1/journal/{case}");
    for payload in [
        r#"{"format":1,"record":{"kind":"deed","deed":{"when":"2027-03-02","what":{"kind":"learned","fact":"immunity","value":"waived","from":"0196f0c2-7d5a-7b31-9d2e-1f0a5c3b7e44","entry":3}}}}"#,
        r#"{"format":1,"record":{"kind":"noticed","clock":"formal-request","ran_out":"2027-03-01T00:00:00Z","told":[]}}"#,
        r#"{"format":2,"record":{"kind":"erasure-proposed","authority":"Court","reason":"Act 3(1)"}}"#,
        r#"{"format":2,"record":{"kind":"erased","authority":"Court","reason":"Act","proposed_by":"x","proposed_at":"2027-03-01T00:00:00Z","reference":"EX-1"}}"#,
        r#"{"format":4,"record":{"kind":"clock-trusted","read":"2027-03-01T00:00:00Z"}}"#,
        r#"{"format":5,"record":{"kind":"case-read","what":"case"}}"#,
        r#"{"format":9,"record":{}}"#,
        "no JSON",
        "",
    ] {
        let refused = office.post(&officer, &path, &append(1, &[payload])).await.is(422);
        assert!(!refused.text.contains("waived"), "{}", refused.text);
    }
    office.post(&officer, &path, &append(1, &[])).await.is(422);
    let note = r#"{"format":1,"record":{"kind":"note","text":"seen"}}"#;
    office.post(&officer, &path, &append(1, &[note; 51])).await.is(422);
    // Nor is it mixed with what may be said.
    let trusted = r#"{"format":4,"record":{"kind":"clock-trusted","read":"2027-03-01T00:00:00Z"}}"#;
    office.post(&officer, &path, &append(1, &[note, trusted])).await.is(422);
    assert_eq!(stream(&office, &officer, &case).await["version"], 1);
    office.post(&officer, &path, &append(1, &[note])).await.is(201);
    let moved = office.post(&officer, &path, &append(1, &[note])).await.is(409);
    assert_eq!(moved.json()["code"], "engine/conflict");
    // What opens a case does not open it once more.
    let opened = stream(&office, &officer, &case).await["entries"][0]["payload"].as_str().unwrap().to_owned();
    let again = office.post(&officer, &path, &append(0, &[&opened])).await;
    assert!(again.status.is_client_error(), "{}", again.text);
    assert_eq!(stream(&office, &officer, &case).await["version"], 2);
}

#[tokio::test]
async fn a_stream_that_is_of_something_else_is_no_case() {
    let office = Office::new();
    let officer = office.with_case().await;
    let case = stream_of(&office, &officer, "EX-1").await.unwrap();
    let matter = stream_of(&office, &officer, "M-1").await.unwrap();
    let note = r#"{"format":1,"record":{"kind":"note","text":"seen"}}"#;
    office.post(&officer, &format!("/v1/journal/{matter}"), &append(1, &[note])).await.is(404);
    let linked = json!({ "format": 1, "record": { "kind": "linked", "link": "immunity", "case": matter } });
    let path = format!("/v1/journal/{case}");
    office.post(&officer, &path, &append(1, &[&linked.to_string()])).await.is(422);
    let opened = r#"{"format":1,"record":{"kind":"matter-opened","reference":"M-2","title":""}}"#;
    let taken = office.post(&officer, &path, &append(0, &[opened])).await.is(422);
    assert!(taken.text.contains("this id is taken"), "{}", taken.text);
}

#[tokio::test]
async fn streams_that_are_not_for_the_account_are_as_if_they_were_not() {
    let office = Office::new();
    let officer = office.with_case().await;
    let head = office.account("head", &[Role::Head]).await;
    let case = stream_of(&office, &officer, "EX-1").await.unwrap();
    let seal = json!({ "entries": [{ "kind": "seal", "accounts": ["head"], "reason": "a witness" }] });
    office.post(&head, "/v1/cases/EX-1/entries", &seal).await.is(201);
    assert_eq!(stream_of(&office, &officer, "EX-1").await, None);
    let missing = stream(&office, &officer, "0196f0c2-7d5a-7b31-9d2e-1f0a5c3b7e44").await;
    assert_eq!(stream(&office, &officer, &case).await, missing);
    assert_eq!(stream(&office, &head, &case).await["version"], 2);
    let note = r#"{"format":1,"record":{"kind":"note","text":"seen"}}"#;
    office.post(&officer, &format!("/v1/journal/{case}"), &append(2, &[note])).await.is(404);
    office.get(&officer, &format!("/v1/journal/{case}/receipt?key=k")).await.is(404);
    // Who read it is kept in a stream of its own, which is told to nobody so.
    let all = office
        .post(&head, "/v1/journal/rows", &json!({ "query": { "by": "kind", "value": "engine" }, "limit": 9 }))
        .await;
    assert_eq!(all.is(200).json()["streams"], json!([]));
}

#[tokio::test]
async fn an_account_of_certain_authorities_records_only_what_these_did() {
    let office = Office::new();
    let officer = office.with_case().await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    let case = stream_of(&office, &officer, "EX-1").await.unwrap();
    let only = json!({ "authorities": ["requested/police"] });
    office.ask("PATCH", &admin, "/v1/accounts/a.costa", &[], Some(&only)).await.is(200);
    let act = r#"{"format":1,"record":{"kind":"deed","deed":{"when":"2027-03-01","what":{"kind":"act","act":"provisional-arrest-asked","by":"requested/foreign-ministry","facts":[]}}}}"#;
    office.post(&officer, &format!("/v1/journal/{case}"), &append(1, &[act])).await.is(403);
    let key = json!({ "seen": 1, "payloads": [r#"{"format":1,"record":{"kind":"note","text":"seen"}}"#], "key": "k" });
    let first = office.post(&officer, &format!("/v1/journal/{case}"), &key).await.is(201).json();
    let found = office.get(&officer, &format!("/v1/journal/{case}/receipt?key=k")).await.is(200).json();
    assert_eq!(found, first);
    let again = office.post(&officer, &format!("/v1/journal/{case}"), &key).await.is(201).json();
    assert_eq!(again, first);
}
