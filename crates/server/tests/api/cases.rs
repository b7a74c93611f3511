//! Cases over HTTP: opened, moved by the procedure, looked at on both axes.

use serde_json::{Value, json};

use crate::desk::Office;

fn asked(key: &str) -> Value {
    json!({ "entries": [
        { "kind": "act", "act": "provisional-arrest-asked", "by": "requested/foreign-ministry", "when": key },
    ] })
}

#[tokio::test]
async fn a_case_is_opened_moved_and_explained() {
    let office = Office::new();
    let officer = office.with_case().await;
    let opened = office.get(&officer, "/v1/cases/EX-1").await.is(200);
    assert_eq!(opened.header("etag"), "\"v1\"");
    assert_eq!(opened.json()["matter"], "M-1");

    let recorded = office.post(&officer, "/v1/cases/EX-1/entries", &asked("2027-03-02 23:30")).await.is(201);
    let document = recorded.json();
    assert_eq!((recorded.header("etag").as_str(), &document["version"]), ("\"v2\"", &json!(2)));
    let has_moved = document["changes"].as_array().unwrap().iter().any(|change| change["kind"] == "track");
    assert!(has_moved, "{document}");

    let case = office.get(&officer, "/v1/cases/EX-1").await.is(200).json();
    let provisional = case["tracks"].as_array().unwrap().iter().find(|track| track["name"] == "provisional");
    assert_eq!(provisional.unwrap()["stage"], "asked");
    let moves = office.get(&officer, "/v1/cases/EX-1/moves").await.is(200).json();
    assert!(!moves["possible"].as_array().unwrap().is_empty());
    assert!(
        moves["blocked"].as_array().unwrap().iter().all(|act| !act["because"].as_array().unwrap().is_empty())
    );

    let clocks = office.get(&officer, "/v1/cases/EX-1/clocks").await.is(200).json();
    let clock = clocks["clocks"][0]["name"].as_str().unwrap().to_owned();
    let path = format!("/v1/cases/EX-1/clocks/{clock}/explanation");
    assert_eq!(office.get(&officer, &path).await.is(200).json()["name"], clock.as_str());
    let entries = office.get(&officer, "/v1/cases/EX-1/entries?after=1").await.is(200).json();
    assert_eq!(entries["entries"].as_array().unwrap().len(), 1);
    let picture = office.get(&officer, "/v1/cases/EX-1/diagram.svg").await.is(200);
    assert!(picture.text.contains("<svg") && picture.header("content-type") == "image/svg+xml");
    let timeline = office.get(&officer, "/v1/cases/EX-1/timeline").await.is(200).json();
    assert_eq!(timeline["timeline"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_the_procedure_does_not_allow_is_refused_with_its_sentence() {
    let office = Office::new();
    let officer = office.with_case().await;
    let refused =
        json!({ "entries": [{ "kind": "act", "act": "surrendered", "by": "requested/prosecution" }] });
    let problem = office.post(&officer, "/v1/cases/EX-1/entries", &refused).await;
    assert_eq!(problem.status, 422, "{}", problem.text);
    let document = problem.is(422).json();
    let because = &document["because"][0];
    assert_eq!(because["text"], document["detail"]);
    let moves = office.get(&officer, "/v1/cases/EX-1/moves").await.is(200).json();
    let blocked = moves["blocked"].as_array().unwrap();
    let same = blocked.iter().filter(|act| act["act"] == "surrendered");
    // The list of what is possible and the refusal say the same.
    for act in same {
        let told: Vec<&Value> = act["because"].as_array().unwrap().iter().map(|one| &one["says"]).collect();
        assert!(told.contains(&&because["text"]), "{told:?}");
    }
    assert_eq!(office.get(&officer, "/v1/cases/EX-1").await.json()["version"], 1);
}

#[tokio::test]
async fn the_version_that_was_seen_is_kept_to() {
    let office = Office::new();
    let officer = office.with_case().await;
    let (path, act) = ("/v1/cases/EX-1/entries", asked("2027-03-02 23:30"));
    let stale = [("if-match", "\"v0\"")];
    let moved = office.ask("POST", &officer, path, &stale, Some(&act)).await.is(412).json();
    assert_eq!(moved["code"], "engine/conflict");
    let mut in_body = act.clone();
    in_body["expected_version"] = json!(7);
    office.post(&officer, path, &in_body).await.is(409);
    let seen = [("if-match", "\"v1\"")];
    office.ask("POST", &officer, path, &seen, Some(&act)).await.is(201);
    office.ask("POST", &officer, path, &[("if-match", "v1")], Some(&act)).await.is(400);
}

#[tokio::test]
async fn a_second_attempt_under_a_key_records_nothing() {
    let office = Office::new();
    let officer = office.with_case().await;
    let (path, key) = ("/v1/cases/EX-1/entries", [("idempotency-key", "attempt-1")]);
    let act = asked("2027-03-02 23:30");
    let first = office.ask("POST", &officer, path, &key, Some(&act)).await.is(201).json();
    let second = office.ask("POST", &officer, path, &key, Some(&act)).await.is(200).json();
    assert_eq!((&first["position"], &second["is_new"]), (&second["position"], &json!(false)));
    let other = json!({ "entries": [{ "kind": "note", "text": "another" }] });
    office.ask("POST", &officer, path, &key, Some(&other)).await.is(422);

    let case = json!({ "reference": "EX-2", "matter": "M-1", "procedure": "nz-kr/extradition", "since": "2027-03-01" });
    let first = office.ask("POST", &officer, "/v1/cases", &key, Some(&case)).await.is(201).json();
    let second = office.ask("POST", &officer, "/v1/cases", &key, Some(&case)).await.is(201).json();
    assert_eq!(first["case"], second["case"]);
    office.post(&officer, "/v1/cases", &case).await.is(409);
    // The same words of another account are another attempt.
    let other = office.account("b.other", &[comity_server::access::Role::Officer]).await;
    office.ask("POST", &other, "/v1/cases", &key, Some(&case)).await.is(409);
    let matter = json!({ "reference": "M-2" });
    let first = office.ask("POST", &officer, "/v1/matters", &key, Some(&matter)).await.is(201).json();
    assert_eq!(office.ask("POST", &officer, "/v1/matters", &key, Some(&matter)).await.is(201).json(), first);
}

#[tokio::test]
async fn a_preview_says_what_would_change_and_records_nothing() {
    let office = Office::new();
    let officer = office.with_case().await;
    let path = "/v1/cases/EX-1/entries:preview";
    let seen = office.post(&officer, path, &asked("2027-03-02 23:30")).await.is(200).json();
    assert_eq!(seen["version"], 1);
    assert!(!seen["changes"].as_array().unwrap().is_empty());
    assert_eq!(office.get(&officer, "/v1/cases/EX-1").await.json()["version"], 1);
}

#[tokio::test]
async fn mistakes_are_annulled_redated_and_corrected() {
    let office = Office::new();
    let officer = office.with_case().await;
    let path = "/v1/cases/EX-1/entries";
    office.post(&officer, path, &asked("2027-03-02 23:30")).await.is(201);
    let redated = json!({ "entries": [
        { "kind": "redate", "entry": 2, "when": "2027-03-02 22:00", "reason": "misread" }, { "kind": "note", "text": "by fax" },
    ] });
    assert_eq!(office.post(&officer, path, &redated).await.is(201).json()["version"], 4);
    let without = json!({ "entries": [{ "kind": "annul", "entry": 2, "reason": " " }] });
    office.post(&officer, path, &without).await.is(422);
    let none = json!({ "entries": [{ "kind": "redate", "entry": 9, "when": "2027", "reason": "?" }] });
    office.post(&officer, path, &none).await.is(422);
    let nested = json!({ "entries": [
        { "kind": "correct", "entry": 2, "reason": "?", "to": { "kind": "note", "text": "no deed" } },
    ] });
    office.post(&officer, path, &nested).await.is(422);
    let annulled = json!({ "entries": [{ "kind": "annul", "entry": 2, "reason": "another person" }] });
    office.post(&officer, path, &annulled).await.is(201);
    let case = office.get(&officer, "/v1/cases/EX-1").await.json();
    let provisional = case["tracks"].as_array().unwrap().iter().find(|track| track["name"] == "provisional");
    assert_ne!(provisional.unwrap()["stage"], "asked");
    // What was known before the annulment still shows it.
    let then = office.get(&officer, "/v1/cases/EX-1?as_known_at=2027-03-02T14:59:59Z").await;
    then.is(404);
}

#[tokio::test]
async fn lists_come_page_by_page_and_whole() {
    let office = Office::new();
    let officer = office.with_case().await;
    for number in 2..=7 {
        let case = json!({
            "reference": format!("EX-{number}"), "matter": "M-1", "procedure": "nz-kr/extradition",
            "title": if number % 2 == 0 { "Árándo and others" } else { "Somebody else" }, "since": "2027-03-01",
        });
        office.post(&officer, "/v1/cases", &case).await.is(201);
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = office.get(&officer, &format!("/v1/cases?limit=2{after}")).await.is(200).json();
        seen.extend(page["cases"].as_array().unwrap().iter().map(|case| case["reference"].to_string()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 7);
    let found = office.get(&officer, "/v1/cases?text=ARANDO&state=KR&matter=M-1").await.is(200).json();
    assert_eq!(found["cases"].as_array().unwrap().len(), 4);
    let none = office.get(&officer, "/v1/cases?matter=M-9").await.is(200).json();
    assert_eq!(none["cases"], json!([]));
    let lines =
        office.ask("GET", &officer, "/v1/cases", &[("accept", "application/x-ndjson")], None).await.is(200);
    assert_eq!(lines.text.lines().count(), 7);
    assert!(lines.text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    for wrong in ["limit=0", "limit=501", "after=zz", "stage=asked", "colour=red", "as_known_at=today"] {
        office.get(&officer, &format!("/v1/cases?{wrong}")).await.is(400);
    }
}

#[tokio::test]
async fn the_queue_and_the_calendar_know_the_same_limits() {
    let office = Office::new();
    let officer = office.with_case().await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.arrest(&officer).await;
    let queue = office.get(&officer, "/v1/queue").await.is(200).json();
    assert!(queue["items"].as_array().unwrap().iter().all(|item| item["reference"] == "EX-1"));
    assert!(!queue["items"].as_array().unwrap().is_empty());
    let deadlines = office.get(&officer, "/v1/deadlines").await.is(200).json();
    let running = deadlines["deadlines"].as_array().unwrap().len();
    let formal = &deadlines["deadlines"][0];
    assert_eq!((&formal["clock"], &formal["last_day"]), (&json!("formal-request"), &json!("2027-04-16")));

    let new = json!({ "kind": "calendar", "label": "telephone", "days": 30 });
    let token = office.post(&officer, "/v1/tokens", &new).await.is(201).json();
    let secret = token["token"].as_str().unwrap();
    let calendar = office.get("", &format!("/v1/deadlines.ics?token={secret}")).await.is(200);
    assert!(calendar.header("content-type").starts_with("text/calendar"));
    assert_eq!(calendar.text.matches("BEGIN:VEVENT").count(), running);
    assert!(calendar.text.contains("DTSTART;VALUE=DATE:20270416") && !calendar.text.contains("Arando"));
    // What stands in an address is of its own kind: no other token opens the calendar.
    office.get("", &format!("/v1/deadlines.ics?token={officer}")).await.is(401);
    // It opens nothing else, and nothing at all once it is taken back.
    office.get(secret, "/v1/queue").await.is(403);
    let id = token["id"].as_str().unwrap();
    let other = office.account("b.other", &[comity_server::access::Role::Officer]).await;
    office.ask("DELETE", &other, &format!("/v1/tokens/{id}"), &[], None).await.is(404);
    office.get("", &format!("/v1/deadlines.ics?token={secret}")).await.is(200);
    office.ask("DELETE", &officer, &format!("/v1/tokens/{id}"), &[], None).await;
    office.get("", &format!("/v1/deadlines.ics?token={secret}")).await.is(401);
}

#[tokio::test]
async fn the_work_of_an_office_is_recorded_and_found() {
    let office = Office::new();
    let officer = office.with_case().await;
    let path = "/v1/cases/EX-1/entries";
    let given = json!({ "entries": [
        { "kind": "assign", "to": "a.costa", "desk": "desk-2" },
        { "kind": "review", "by": "2027-03-20", "why": "ask for the papers" },
    ] });
    office.post(&officer, path, &given).await.is(201);
    let count = async |query: &str| {
        let queue = office.get(&officer, &format!("/v1/queue{query}")).await.is(200).json();
        queue["items"].as_array().unwrap().len()
    };
    assert!(count("?assigned=a.costa").await > 0 && count("?desk=desk-2").await > 0);
    assert_eq!((count("?assigned=other").await, count("?unassigned=true").await), (0, 0));
    office.get(&officer, "/v1/queue?assigned=a&unassigned=true").await.is(400);
    let held =
        json!({ "entries": [{ "kind": "hold", "reason": "the person is ill", "until": "2027-04-01" }] });
    office.post(&officer, path, &held).await.is(201);
    assert_eq!(office.post(&officer, path, &held).await.is(422).json()["code"], "on-hold");
    office
        .post(&officer, path, &json!({ "entries": [{ "kind": "resume" }, { "kind": "no-review" }] }))
        .await
        .is(201);
    let wrong = json!({ "entries": [{ "kind": "review", "by": "soon" }] });
    office.post(&officer, path, &wrong).await.is(422);
}

#[tokio::test]
async fn a_second_attempt_that_names_no_date_means_the_moment_of_the_first() {
    let office = Office::new();
    let officer = office.with_case().await;
    let (path, key) = ("/v1/cases/EX-1/entries", [("idempotency-key", "attempt-1")]);
    let act = json!({ "entries": [
        { "kind": "note", "text": "by telephone" },
        { "kind": "act", "act": "provisional-arrest-asked", "by": "requested/foreign-ministry" },
    ] });
    let first = office.ask("POST", &officer, path, &key, Some(&act)).await.is(201).json();
    office.clock.set("2027-03-02T15:00:09Z".parse().unwrap());
    office
        .post(&officer, path, &json!({ "entries": [{ "kind": "note", "text": "in between" }] }))
        .await
        .is(201);
    let second = office.ask("POST", &officer, path, &key, Some(&act)).await.is(200).json();
    assert_eq!(first["position"], second["position"]);
    let mut other = act.clone();
    other["entries"][1]["when"] = json!("2027-03-02 20:00");
    office.ask("POST", &officer, path, &key, Some(&other)).await.is(422);
}
