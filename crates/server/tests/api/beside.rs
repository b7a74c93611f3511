//! What stands beside a case: files, hashes, facts, ties, and the box in which it is looked for.

use axum::body::Body;
use axum::http::Request;
use comity_server::access::Role;
use comity_server::config::{Config, Limits};
use serde_json::{Value, json};

use crate::desk::{Answer, Office};

async fn put(office: &Office, token: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let mut request =
        Request::builder().method("POST").uri(path).header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    office.send(request.body(Body::from(body)).unwrap()).await
}

const PDF: (&str, &str) = ("content-type", "application/pdf");

#[tokio::test]
async fn a_file_comes_back_as_it_was_filed() {
    let office = Office::new();
    let officer = office.with_case().await;
    // Longer than any piece in which it travels, and not a multiple of one.
    let content: Vec<u8> = (0..300_001_u32).map(|number| (number % 251) as u8 & 0x7f).collect();
    let path = "/v1/cases/EX-1/files";
    let added = put(
        &office,
        &officer,
        &format!("{path}?name=W%C3%A1rrant%20of%20Arando.pdf"),
        &[PDF],
        content.clone(),
    )
    .await;
    let added = added.is(201);
    assert_eq!(added.header("etag"), "\"v2\"");
    let document = added.json();
    assert_eq!(
        (&document["entry"], &document["size"], &document["name"]),
        (&json!(2), &json!(300_001), &json!("Wárrant of Arando.pdf"))
    );
    let listed = office.get(&officer, path).await.is(200).json();
    assert_eq!(listed["files"], json!([document]));
    let read = office.get(&officer, &format!("{path}/2")).await.is(200);
    assert_eq!(read.text.as_bytes(), content);
    assert_eq!(read.header("content-type"), "application/pdf");
    assert_eq!(read.header("content-length"), "300001");
    assert_eq!(
        read.header("content-disposition"),
        "attachment; filename*=UTF-8''W%C3%A1rrant%20of%20Arando.pdf"
    );
    assert!(read.header("content-security-policy").contains("sandbox"));
    // An empty file is a file.
    put(&office, &officer, &format!("{path}?name=empty&entry=1"), &[PDF], vec![]).await.is(201);
    assert_eq!(office.get(&officer, &format!("{path}/3")).await.is(200).text, "");
}

#[tokio::test]
async fn a_file_is_filed_once_if_the_version_is_named() {
    let office = Office::new();
    let officer = office.with_case().await;
    let path = "/v1/cases/EX-1/files?name=a.pdf";
    let seen = [PDF, ("if-match", "\"v1\"")];
    put(&office, &officer, path, &seen, b"one".to_vec()).await.is(201);
    put(&office, &officer, path, &seen, b"one".to_vec()).await.is(409);
    assert_eq!(
        office.get(&officer, "/v1/cases/EX-1/files").await.json()["files"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn files_that_are_wrong_or_not_for_the_account_are_refused() {
    let limits = Limits { file_bytes: 1_000, ..Limits::default() };
    let office = Office::with(Config { limits, ..Config::default() });
    let officer = office.with_case().await;
    let reader = office.account("reader", &[Role::Reader]).await;
    let path = "/v1/cases/EX-1/files";
    let named = format!("{path}?name=a.pdf");
    put(&office, &reader, &named, &[PDF], b"one".to_vec()).await.is(403);
    put(&office, "comity_forged", &named, &[PDF], b"one".to_vec()).await.is(401);
    put(&office, &officer, &named, &[], b"one".to_vec()).await.is(400);
    put(&office, &officer, path, &[PDF], b"one".to_vec()).await.is(400);
    put(&office, &officer, &format!("{path}?name=a%0Ab"), &[PDF], b"one".to_vec()).await.is(400);
    put(&office, &officer, &format!("{named}&entry=0"), &[PDF], b"one".to_vec()).await.is(400);
    put(&office, &officer, &named, &[PDF], vec![1; 1_001]).await.is(413);
    put(&office, &officer, "/v1/cases/EX-9/files?name=a.pdf", &[PDF], b"one".to_vec()).await.is(404);
    for entry in ["1", "9", "0", "-1", "x"] {
        office.get(&officer, &format!("{path}/{entry}")).await.is(404);
    }
    assert_eq!(office.get(&officer, "/v1/cases/EX-1").await.json()["version"], 1);
}

#[tokio::test]
async fn the_hashes_of_a_case_follow_one_from_the_other() {
    let office = Office::new();
    let officer = office.with_case().await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.arrest(&officer).await;
    let proof = office.get(&officer, "/v1/cases/EX-1/proof").await.is(200).json();
    let entries = proof["entries"].as_array().unwrap();
    assert_eq!(json!(entries.len()), proof["version"]);
    assert_eq!(entries[0]["previous"], "0".repeat(64));
    for pair in entries.windows(2) {
        assert_eq!(pair[1]["previous"], pair[0]["hash"]);
    }
    assert_eq!(proof["verified"], Value::Null);
    // The operator has the whole record verified; then the proof says so.
    let operator = office.account("operator", &[Role::Operator]).await;
    office.post(&officer, "/v1/journal:verify", &json!({})).await.is(403);
    office.ask("POST", &operator, "/v1/journal:verify", &[], None).await.is(202);
    let verified = loop {
        let told = office.get(&operator, "/v1/journal/verification").await.is(200).json();
        if told["running_since"].is_null() {
            break told["last"].clone();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((&verified["whole"], &verified["wrong"]), (&json!(true), &Value::Null));
    assert!(verified["entries"].as_u64().unwrap() > entries.len() as u64);
    assert_eq!(office.get(&officer, "/v1/cases/EX-1/proof").await.json()["verified"], verified);
}

#[tokio::test]
async fn facts_grounds_and_ties_are_read_by_themselves() {
    let office = Office::new();
    let officer = office.with_case().await;
    office.before_the_arrest(&officer).await;
    let facts = office.get(&officer, "/v1/cases/EX-1/facts").await.is(200).json();
    let diplomat =
        facts["facts"].as_array().unwrap().iter().find(|one| one["name"] == "person.diplomat").unwrap();
    assert_eq!(diplomat["value"], "no");
    let grounds = office.get(&officer, "/v1/cases/EX-1/grounds").await.is(200).json();
    assert!(grounds["grounds"].as_array().unwrap().iter().all(|one| one["considered"].is_null()));
    assert_eq!(office.get(&officer, "/v1/cases/EX-1/links").await.is(200).json()["links"], json!([]));
    let waiver = json!({ "reference": "IM-1", "matter": "M-1", "procedure": "vienna-diplomatic/waiver", "since": "2027-03-01" });
    office.post(&officer, "/v1/cases", &waiver).await.is(201);
    office
        .post(&officer, "/v1/cases/EX-1/links", &json!({ "link": "immunity", "case": "IM-1" }))
        .await
        .is(201);
    let links = office.get(&officer, "/v1/cases/EX-1/links").await.is(200).json();
    assert_eq!(links["links"][0]["case"], "IM-1");
    // Sealed, it is tied to nothing that anybody sees.
    let head = office.account("head", &[Role::Head]).await;
    let seal = json!({ "entries": [{ "kind": "seal", "accounts": ["head"], "reason": "a witness" }] });
    office.post(&head, "/v1/cases/IM-1/entries", &seal).await.is(201);
    assert_eq!(office.get(&officer, "/v1/cases/EX-1/links").await.is(200).json()["links"], json!([]));
}

#[tokio::test]
async fn the_picture_of_a_case_marks_where_it_stands_and_where_it_was() {
    let office = Office::new();
    let officer = office.with_case().await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.arrest(&officer).await;
    let now = office.get(&officer, "/v1/cases/EX-1/diagram.svg").await.is(200).text;
    assert!(now.contains("stands here") && now.contains("was here"), "{now}");
    let before = office.get(&officer, "/v1/cases/EX-1/diagram.svg?as_of=2027-03-01").await.is(200).text;
    assert_ne!(now, before);
    let plain = office.get(&officer, "/v1/procedures/nz-kr/extradition/diagram.svg").await.is(200).text;
    assert!(!plain.contains("stands here"));
}

#[tokio::test]
async fn a_case_is_found_by_reference_matter_and_words_and_says_why() {
    let office = Office::new();
    let officer = office.with_case().await;
    for (text, why) in [("EX-1", "reference"), ("M-1", "matter"), ("arando", "title"), ("ARÁNDO", "title")] {
        let path = format!("/v1/search?q={}", percent(text));
        let told = office.get(&officer, &path).await.is(200).json();
        assert_eq!(told["hits"].as_array().unwrap().len(), 1, "{text}: {told}");
        assert_eq!(
            (&told["hits"][0]["because"], &told["hits"][0]["case"]["reference"]),
            (&json!(why), &json!("EX-1"))
        );
    }
    let nothing = office.get(&officer, "/v1/search?q=orlen").await.is(200);
    // What is sealed is told in the words of what is not there.
    let head = office.account("head", &[Role::Head]).await;
    let seal = json!({ "entries": [{ "kind": "seal", "accounts": ["head"], "reason": "a witness" }] });
    office.post(&head, "/v1/cases/EX-1/entries", &seal).await.is(201);
    for text in ["EX-1", "M-1", "arando"] {
        let told = office.get(&officer, &format!("/v1/search?q={text}")).await.is(200);
        assert_eq!(told.text, nothing.text);
    }
    office.get(&officer, "/v1/search?q=").await.is(400);
    office.get(&officer, "/v1/search").await.is(400);
    office.get(&officer, &format!("/v1/search?q={}", "x".repeat(201))).await.is(400);
}

#[tokio::test]
async fn a_search_that_finds_more_than_it_tells_says_so_and_a_sealed_case_is_not_more() {
    let office = Office::new();
    let officer = office.with_case().await;
    for number in 2..=51 {
        let case = json!({ "reference": format!("EX-{number}"), "matter": "M-1", "procedure": "vienna-diplomatic/waiver",
            "title": "Arando", "since": "2027-03-01" });
        office.post(&officer, "/v1/cases", &case).await.is(201);
    }
    let told = async || office.get(&officer, "/v1/search?q=arando").await.is(200).json();
    let full = told().await;
    assert_eq!((full["hits"].as_array().unwrap().len(), &full["more"]), (50, &json!(true)));
    let head = office.account("head", &[Role::Head]).await;
    let seal = json!({ "entries": [{ "kind": "seal", "accounts": ["head"], "reason": "a witness" }] });
    office.post(&head, "/v1/cases/EX-7/entries", &seal).await.is(201);
    let full = told().await;
    assert_eq!((full["hits"].as_array().unwrap().len(), &full["more"]), (50, &json!(false)));
}

fn percent(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
