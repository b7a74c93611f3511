//! Requests that are wrong in form: each gets a problem that says what to do, and nothing is lost or told.

use comity_server::config::{Config, Limits};
use serde_json::json;

use axum::body::Body;
use axum::http::Request;

use crate::desk::Office;

#[tokio::test]
async fn what_cannot_be_read_is_refused_without_repeating_it() {
    let office = Office::new();
    let officer = office.with_case().await;
    let path = "/v1/cases/EX-1/entries";
    for (text, status) in [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        (r#"{"entries": []}"#, 422),
        (r#"{"entries": [{"kind": "other"}]}"#, 400),
        (r#"{"entries": [{"kind": "note", "text": "secret-name", "more": 1}]}"#, 400),
        (r#"{"entries": [{"kind": "note", "text": 5}], "more": "secret-name"}"#, 400),
        (r#"{"entries": [{"kind": "annul", "entry": "secret-name", "reason": "x"}]}"#, 400),
        (r#"{"entries": "secret-name"}"#, 400),
        (r#"{"entries": [{"kind": "note", "text": "x"}], "expected_version": -1}"#, 400),
    ] {
        let request = Request::post(path).header("authorization", format!("Bearer {officer}"));
        let request = request.header("content-type", "application/json").body(Body::from(text)).unwrap();
        let answer = office.send(request).await.is(status);
        assert!(!answer.text.contains("secret-name"), "{}", answer.text);
    }
    let plain = Request::post(path).header("authorization", format!("Bearer {officer}"));
    office.send(plain.body(Body::from("{}")).unwrap()).await.is(415);
    let wrong = json!({ "entries": [{ "kind": "fact", "fact": "person.status", "value": "Tivo Arando" }] });
    let refused = office.post(&officer, path, &wrong).await.is(422);
    assert!(!refused.text.contains("Tivo"), "a value may name a person");
}

#[tokio::test]
async fn unknown_things_are_not_there() {
    let office = Office::new();
    let officer = office.with_case().await;
    for path in [
        "/v1/cases/EX-9",
        "/v1/cases/M-1",
        "/v1/matters/EX-1",
        "/v1/cases/EX-1/clocks/none/explanation",
        "/v1/procedures/nz-kr/none",
        "/v1/cases/%00",
        "/v1/cases/%ff",
        "/v1/cases/..%2f..%2fetc",
        "/v1/none",
        "/none",
        "/v1/cases/EX-1?as_of=1990",
    ] {
        office.get(&officer, path).await.is(404);
    }
    office.ask("DELETE", &officer, "/v1/cases/EX-1", &[], None).await.is(405);
    office.get(&officer, "/v1/cases/EX-1?as_of=yesterday").await.is(422);
    office.get(&officer, "/v1/cases/EX-1?colour=red").await.is(400);
    let (long, odd) = ("k".repeat(129), "\u{e9}");
    for key in [long.as_str(), odd, ""] {
        let note = json!({ "entries": [{ "kind": "note", "text": "x" }] });
        let request =
            Request::post("/v1/cases/EX-1/entries").header("authorization", format!("Bearer {officer}"));
        let key = axum::http::HeaderValue::from_bytes(key.as_bytes()).unwrap();
        let request = request.header("idempotency-key", key).header("content-type", "application/json");
        office.send(request.body(Body::from(note.to_string())).unwrap()).await.is(400);
    }
}

#[tokio::test]
async fn references_and_procedures_that_do_not_fit_are_refused() {
    let office = Office::new();
    let officer = office.with_case().await;
    for reference in ["", " M", "-M", "M\n", "M\u{202e}", &"M".repeat(201)] {
        office.post(&officer, "/v1/matters", &json!({ "reference": reference })).await.is(422);
    }
    office.post(&officer, "/v1/matters", &json!({ "reference": "M-1" })).await.is(409);
    let case = |procedure: &str, matter: &str, since: &str| json!({ "reference": "EX-8", "matter": matter, "procedure": procedure, "since": since });
    office.post(&officer, "/v1/cases", &case("nz-kr/none", "M-1", "2027-03-01")).await.is(422);
    office.post(&officer, "/v1/cases", &case("nz-kr/extradition", "M-9", "2027-03-01")).await.is(422);
    office.post(&officer, "/v1/cases", &case("nz-kr/extradition", "M-1", "2028-03-01")).await.is(422);
    office.post(&officer, "/v1/cases", &case("nz-kr/extradition", "M-1", "soon")).await.is(422);
    let mut tied = case("nz-kr/extradition", "M-1", "2027-03-01");
    tied["links"] = json!([{ "link": "none", "case": "EX-1" }]);
    office.post(&officer, "/v1/cases", &tied).await.is(422);
    let to = json!({ "link": "none", "case": "EX-1" });
    office.post(&officer, "/v1/cases/EX-1/links", &to).await.is(422);
    assert!(office.get(&officer, "/v1/cases/EX-8").await.status == 404);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let limits = Limits { body_bytes: 4_096, ..Limits::default() };
    let office = Office::with(Config { limits, ..Config::default() });
    let officer = office.with_case().await;
    let long = json!({ "entries": [{ "kind": "note", "text": "x".repeat(5_000) }] });
    office.post(&officer, "/v1/cases/EX-1/entries", &long).await.is(413);
    assert_eq!(office.get(&officer, "/v1/cases/EX-1").await.json()["version"], 1);
}

#[tokio::test]
async fn every_answer_is_for_nobody_else_and_is_what_it_says() {
    let office = Office::new();
    let officer = office.with_case().await;
    for path in ["/v1/cases/EX-1", "/v1/none", "/v1/openapi.json", "/v1/reference", "/v1/queue"] {
        let answer = office.get(&officer, path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    let description = office.get("", "/v1/openapi.json").await.json();
    assert_eq!(description["openapi"], "3.1.0");
    let page = office.get("", "/v1/reference").await;
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() > 20 && paths.keys().all(|path| page.text.contains(path.as_str())));
    assert!(
        !page.text.contains("http://") && !page.text.contains("<script"),
        "it needs nothing from elsewhere"
    );
}

#[tokio::test]
async fn values_without_their_names_are_no_body() {
    let office = Office::new();
    let officer = office.with_case().await;
    for (path, body) in [
        ("/v1/matters", json!(["M-2", "made up"])),
        ("/v1/cases", json!(["EX-2", "M-1", "nz-kr/extradition", "", null, []])),
        (
            "/v1/cases",
            json!({ "reference": "EX-2", "matter": "M-1", "procedure": "nz-kr/extradition", "links": [["immunity", "EX-1"]] }),
        ),
        ("/v1/cases/EX-1/entries", json!({ "entries": [["note", "seen"]] })),
        ("/v1/cases/EX-1/entries", json!([[{ "kind": "note", "text": "seen" }]])),
    ] {
        let answer = office.post(&officer, path, &body).await.is(400);
        assert!(answer.text.contains("expected an object"), "{path}: {}", answer.text);
    }
}

/// Whoever makes a client of the description makes a function of each name.
#[test]
fn no_two_operations_of_the_description_have_one_name() {
    let description = comity_server::description();
    let paths = description["paths"].as_object().unwrap();
    let operations = paths.values().flat_map(|path| path.as_object().unwrap().values());
    let mut names: Vec<&str> = operations.map(|one| one["operationId"].as_str().unwrap()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "{names:?}");
}

#[tokio::test]
async fn measures_count_routes_and_name_nobody() {
    let office = Office::new();
    let officer = office.with_case().await;
    office.get(&officer, "/v1/cases/EX-1").await.is(200);
    office.get(&officer, "/v1/anything/at/all").await.is(404);
    let operator = office.account("operator", &[comity_server::access::Role::Operator]).await;
    let measures = office.get(&operator, "/v1/metrics").await.is(200).text;
    assert!(
        measures.contains("/v1/cases/{reference}") && measures.contains("comity_recorded_total 2"),
        "{measures}"
    );
    for secret in ["EX-1", "anything", "costa", "Arando"] {
        assert!(!measures.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_to_wait() {
    let limits = Limits { requests_a_minute: 20, sign_ins_a_minute: 3, ..Limits::default() };
    let office = Office::with(Config { limits, ..Config::default() });
    let from = |last: u8, path: &str, body: &str| {
        let request = Request::post(path).header("content-type", "application/json");
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        let address = std::net::SocketAddr::from(([192, 0, 2, last], 4_000));
        request.extensions_mut().insert(axum::extract::ConnectInfo(address));
        request
    };
    let guess = r#"{"account": "desk", "password": "guessed"}"#;
    for _ in 0..3 {
        office.send(from(1, "/v1/session", guess)).await.is(401);
    }
    let refused = office.send(from(1, "/v1/session", guess)).await.is(429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    // Another address is not shut out with it.
    office.send(from(2, "/v1/session", guess)).await.is(401);
    for _ in 0..20 {
        office.send(from(3, "/v1/none", "")).await.is(404);
    }
    office.send(from(3, "/v1/none", "")).await.is(429);
}

#[tokio::test]
async fn only_so_many_follow_and_who_leaves_makes_room() {
    let limits = Limits { followers: 1, ..Limits::default() };
    let office = Office::with(Config { limits, ..Config::default() });
    let officer = office.with_case().await;
    let follow = || {
        let request = Request::get("/v1/events?after=0").header("authorization", format!("Bearer {officer}"));
        request.body(Body::empty()).unwrap()
    };
    let first = office.open(follow()).await;
    office.send(follow()).await.is(429);
    drop(first);
    drop(office.open(follow()).await);
}

#[tokio::test]
async fn long_answers_are_packed_for_whoever_takes_them_so() {
    let office = Office::new();
    let plain = office.get("", "/v1/openapi.json").await;
    let packed = office.ask("GET", "", "/v1/openapi.json", &[("accept-encoding", "gzip")], None).await;
    assert_eq!(
        (plain.header("content-encoding").as_str(), packed.header("content-encoding").as_str()),
        ("", "gzip")
    );
    assert!(packed.text.len() < plain.text.len());
}
