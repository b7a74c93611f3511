//! What the procedure leaves to two persons, over the API.

use comity_server::access::Role;
use serde_json::{Value, json};

use crate::desk::Office;

/// An office whose extradition takes two for the provisional arrest, with the case just before it.
async fn office() -> (Office, String, String) {
    let office = Office::changed("nz-kr/extradition.yaml", |text| {
        text.replacen(
            "  arrested-provisionally:\n",
            "  arrested-provisionally:\n    four-eyes: required\n",
            1,
        )
    });
    let one = office.with_case().await;
    let two = office.account("m.reis", &[Role::Officer]).await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.before_the_arrest(&one).await;
    (office, one, two)
}

fn arrest() -> Value {
    json!({ "kind": "act", "act": "arrested-provisionally", "when": "2027-03-02 23:30",
        "facts": { "arrest.place": "Ulsan" } })
}

async fn say(office: &Office, who: &str, entry: Value) -> crate::desk::Answer {
    office.post(who, "/v1/cases/EX-1/entries", &json!({ "entries": [entry] })).await
}

#[tokio::test]
async fn one_proposes_and_another_confirms() {
    let (office, one, two) = office().await;
    let alone = say(&office, &one, arrest()).await.is(422);
    assert_eq!(alone.json()["code"], "takes-two");
    assert!(alone.json()["because"][0]["cite"][0].as_str().is_some(), "{}", alone.text);
    let proposed = say(&office, &one, json!({ "kind": "propose", "entry": arrest() })).await.is(201).json();
    let number = proposed["version"].clone();
    let case = office.get(&two, "/v1/cases/EX-1").await.is(200).json();
    assert_eq!(case["awaiting"][0]["entry"], number);
    assert_eq!(case["awaiting"][0]["proposed_by"], "a.costa");
    assert_eq!(office.get(&two, "/v1/deadlines").await.is(200).json()["deadlines"], json!([]));
    let confirm = json!({ "kind": "confirm", "entry": number });
    let same = say(&office, &one, confirm.clone()).await.is(422);
    assert_eq!(same.json()["code"], "confirmed-by-proposer");
    say(&office, &two, confirm).await.is(201);
    let limits = office.get(&two, "/v1/deadlines").await.is(200).json();
    assert_eq!(limits["deadlines"][0]["last_day"], "2027-04-16");
    assert_eq!(office.get(&two, "/v1/cases/EX-1").await.is(200).json()["awaiting"], json!([]));
}

#[tokio::test]
async fn whoever_confirms_must_be_of_the_authority_too() {
    let (office, one, two) = office().await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    let proposed = say(&office, &one, json!({ "kind": "propose", "entry": arrest() })).await.is(201).json();
    let only = json!({ "authorities": ["requested/central"] });
    office.ask("PATCH", &admin, "/v1/accounts/m.reis", &[], Some(&only)).await.is(200);
    let confirm = json!({ "kind": "confirm", "entry": proposed["version"] });
    say(&office, &two, confirm).await.is(403);
}

#[tokio::test]
async fn a_note_is_not_proposed_and_a_proposal_of_a_proposal_is_none() {
    let (office, one, _) = office().await;
    let note = json!({ "kind": "propose", "entry": { "kind": "note", "text": "seen" } });
    say(&office, &one, note).await.is(422);
    let twice = json!({ "kind": "propose", "entry": { "kind": "propose", "entry": arrest() } });
    say(&office, &one, twice).await.is(422);
}
