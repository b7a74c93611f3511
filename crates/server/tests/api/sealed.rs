//! Sealed cases: whoever is not admitted learns nothing of them, and whoever reads them is written down.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use comity_server::access::Role;
use comity_server::config::{AccessConfig, Config};
use serde_json::{Value, json};

use crate::desk::Office;

const ALL: &[Role] =
    &[Role::Reader, Role::Officer, Role::Head, Role::Auditor, Role::Operator, Role::Administrator];

/// Everything that is asked of one case, with its reference as `{}`.
fn routes() -> Vec<(&'static str, &'static str, Option<Value>)> {
    let note = || Some(json!({ "entries": [{ "kind": "note", "text": "seen" }] }));
    let unseal = || Some(json!({ "entries": [{ "kind": "unseal", "reason": "curious" }] }));
    let link = || Some(json!({ "link": "immunity", "case": "EX-1" }));
    vec![
        ("GET", "/v1/cases/{}", None),
        ("GET", "/v1/cases/{}?as_known_at=2027-03-01", None),
        ("GET", "/v1/cases/{}/moves", None),
        ("GET", "/v1/cases/{}/clocks", None),
        ("GET", "/v1/cases/{}/clocks/formal-request/explanation", None),
        ("GET", "/v1/cases/{}/documents", None),
        ("GET", "/v1/cases/{}/timeline", None),
        ("GET", "/v1/cases/{}/entries", None),
        ("GET", "/v1/cases/{}/diagram.svg", None),
        ("GET", "/v1/cases/{}/readings", None),
        ("GET", "/v1/cases/{}/grounds", None),
        ("GET", "/v1/cases/{}/facts", None),
        ("GET", "/v1/cases/{}/links", None),
        ("GET", "/v1/cases/{}/files", None),
        ("GET", "/v1/cases/{}/files/1", None),
        ("GET", "/v1/cases/{}/proof", None),
        ("POST", "/v1/cases/{}/bundle", Some(json!({}))),
        ("POST", "/v1/cases/{}/entries", note()),
        ("POST", "/v1/cases/{}/entries", unseal()),
        ("POST", "/v1/cases/{}/entries:preview", note()),
        ("POST", "/v1/cases/{}/links", link()),
    ]
}

/// An office with a head whose case is sealed for him alone.
async fn sealed() -> (Office, String) {
    let office = Office::new();
    let officer = office.with_case().await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.arrest(&officer).await;
    let head = office.account("head", &[Role::Head]).await;
    seal(&office, &head, "EX-1", &["head"]).await;
    (office, head)
}

async fn seal(office: &Office, head: &str, case: &str, accounts: &[&str]) {
    let seal =
        json!({ "entries": [{ "kind": "seal", "accounts": accounts, "reason": "a protected witness" }] });
    office.post(head, &format!("/v1/cases/{case}/entries"), &seal).await.is(201);
}

async fn readings(office: &Office, token: &str) -> Vec<(String, String)> {
    let readings = office.get(token, "/v1/cases/EX-1/readings").await.is(200).json();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    readings["readings"].as_array().unwrap().iter().map(|one| (text(one, "by"), text(one, "what"))).collect()
}

#[tokio::test]
async fn whoever_is_not_admitted_is_answered_as_if_there_were_no_such_case() {
    let (office, _) = sealed().await;
    for role in ALL {
        let token = office.account(&format!("an-{}", role.word()), &[*role]).await;
        for (method, path, body) in routes() {
            let there = office.ask(method, &token, &path.replace("{}", "EX-1"), &[], body.as_ref()).await;
            let gone = office.ask(method, &token, &path.replace("{}", "EX-9"), &[], body.as_ref()).await;
            let told = format!("{method} {path} as {}", role.word());
            assert_eq!(there.status, 404, "{told}: {}", there.text);
            assert_eq!((there.status, &there.text), (gone.status, &gone.text), "{told}");
        }
    }
}

#[tokio::test]
async fn no_list_queue_feed_or_count_tells_of_it() {
    let (office, head) = sealed().await;
    let officer = office.account("m.reis", &[Role::Officer]).await;
    let token = office
        .post(&officer, "/v1/tokens", &json!({ "kind": "calendar", "label": "telephone", "days": 9 }))
        .await
        .is(201)
        .json();
    let calendar = format!("/v1/deadlines.ics?token={}", token["token"].as_str().unwrap());
    let paths = [
        "/v1/cases",
        "/v1/cases?text=arando",
        "/v1/cases?state=NZ",
        "/v1/cases?matter=M-1",
        "/v1/queue",
        "/v1/queue?unassigned=true",
        "/v1/deadlines",
        "/v1/matters/M-1",
        "/v1/search?q=arando",
        "/v1/statistics/ledger?cases=true",
        "/v1/statistics/standing?cases=true",
        &calendar,
    ];
    for path in paths {
        let answer = office.get(&officer, path).await.is(200);
        assert!(!answer.text.contains("EX-1"), "{path}: {}", answer.text);
        let lines = [("accept", "application/x-ndjson")];
        let answer = office.ask("GET", &officer, path, &lines, None).await;
        assert!(!answer.text.contains("EX-1"), "{path}: {}", answer.text);
        if !path.contains(".ics") {
            assert!(office.get(&head, path).await.is(200).text.contains("EX-1"), "{path}");
        }
    }
    let events = async |token: &str| {
        let bearer = format!("Bearer {token}");
        let request = Request::builder().uri("/v1/events?after=0").header("authorization", bearer);
        office.hear(request.body(Body::empty()).unwrap(), Duration::from_millis(400)).await
    };
    let told = events(&officer).await;
    assert!(told.contains("matter-opened") && !told.contains("EX-1"), "{told}");
    assert!(events(&head).await.contains("EX-1"));
}

/// The pages of a list, each with its references and whether it leads on. `walk` is asked for a page after a cursor.
async fn pages(
    walk: impl AsyncFn(Option<String>) -> (Vec<String>, Option<String>),
) -> Vec<(Vec<String>, bool)> {
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = walk(after).await;
        pages.push((page, next.is_some()));
        match next {
            Some(next) => after = Some(next),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn no_page_of_a_list_is_shorter_or_leads_on_because_of_it() {
    let office = Office::new();
    let officer = office.with_case().await;
    let head = office.account("head", &[Role::Head]).await;
    for number in 2..=9 {
        let case = json!({ "reference": format!("EX-{number}"), "matter": "M-1", "procedure": "nz-kr/extradition",
            "title": "Arando", "since": "2027-03-01" });
        office.post(&officer, "/v1/cases", &case).await.is(201);
    }
    for sealed in ["EX-1", "EX-3", "EX-4", "EX-5", "EX-8", "EX-9"] {
        seal(&office, &head, sealed, &["head"]).await;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = async |after: Option<String>| {
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let page = office.get(&officer, &format!("/v1/cases?limit=2{after}")).await.is(200).json();
        let cases = page["cases"].as_array().unwrap();
        (cases.iter().map(|case| text(&case["reference"]).unwrap()).collect(), text(&page["next"]))
    };
    let expected = [(vec!["EX-2".to_owned(), "EX-6".to_owned()], true), (vec!["EX-7".to_owned()], false)];
    assert_eq!(pages(list).await, expected);
    let rows = async |after: Option<String>| {
        let look = json!({ "query": { "by": "kind", "value": "case" }, "limit": 3, "after": after });
        let page = office.post(&officer, "/v1/journal/rows", &look).await.is(200).json();
        (
            page["streams"].as_array().unwrap().iter().map(|one| text(one).unwrap()).collect(),
            text(&page["next"]),
        )
    };
    let pages = pages(rows).await;
    assert_eq!(pages.iter().map(|(page, more)| (page.len(), *more)).collect::<Vec<_>>(), [(3, false)]);
    // Where the list goes on is told by what was shown, and by nothing that was not.
    let first = office.get(&officer, "/v1/cases?limit=1").await.json();
    let next = text(&first["next"]).unwrap();
    let id = |case: &Value| text(&case["case"]).unwrap().replace('-', "");
    let sealed = office.get(&head, "/v1/cases/EX-3").await.json();
    assert!(next.contains(&id(&first["cases"][0])) && !next.contains(&id(&sealed)), "{next}");
}

#[tokio::test]
async fn every_reading_is_written_down_before_it_is_answered() {
    let (office, head) = sealed().await;
    let auditor = office.account("auditor", &[Role::Auditor]).await;
    // What was read before it was sealed, or by whom it does not admit, is no reading.
    office.get(&auditor, "/v1/cases/EX-1").await.is(404);
    office.get(&auditor, "/v1/cases").await.is(200);
    let whole = ("head".to_owned(), "case".to_owned());
    let before = readings(&office, &head).await;
    assert!(!before.is_empty() && before.iter().all(|one| *one == whole), "{before:?}");
    for path in ["/v1/cases/EX-1/entries", "/v1/cases", "/v1/queue", "/v1/deadlines", "/v1/matters/M-1"] {
        office.get(&head, path).await.is(200);
    }
    let after = readings(&office, &head).await;
    let what: Vec<&str> = after[before.len()..].iter().map(|(_, what)| what.as_str()).collect();
    assert_eq!(what, ["case", "list", "queue", "deadlines", "matter", "case"]);
    // The case itself has not grown by it.
    let version = office.get(&head, "/v1/cases/EX-1").await.is(200).json()["version"].clone();
    assert_eq!(office.get(&head, "/v1/cases/EX-1").await.is(200).json()["version"], version);
    seal(&office, &head, "EX-1", &["head", "auditor"]).await;
    assert!(readings(&office, &auditor).await.contains(&("auditor".to_owned(), "case".to_owned())));
    let officer = office.account("m.reis", &[Role::Officer]).await;
    seal(&office, &head, "EX-1", &["head", "m.reis"]).await;
    office.get(&officer, "/v1/cases/EX-1").await.is(200);
    office.get(&officer, "/v1/cases/EX-1/readings").await.is(403);
    let unseal = json!({ "entries": [{ "kind": "unseal", "reason": "the witness is safe" }] });
    office.post(&officer, "/v1/cases/EX-1/entries", &unseal).await.is(403);
    office.post(&head, "/v1/cases/EX-1/entries", &unseal).await.is(201);
    let count = readings(&office, &head).await.len();
    office.get(&officer, "/v1/cases/EX-1").await.is(200);
    assert_eq!(readings(&office, &head).await.len(), count, "it is not sealed any more");
}

#[tokio::test]
async fn a_desk_is_admitted_by_the_desk_of_the_account() {
    let (office, head) = sealed().await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    let officer = office.account("m.reis", &[Role::Officer]).await;
    let seal = |desk: &str| json!({ "entries": [{ "kind": "seal", "accounts": ["head"], "desks": [desk], "reason": "a witness" }] });
    let refused = office.post(&head, "/v1/cases/EX-1/entries", &seal("appeals")).await.is(422);
    assert!(refused.text.contains("no account of the desk"), "{}", refused.text);
    office
        .ask("PATCH", &admin, "/v1/accounts/m.reis", &[], Some(&json!({ "desk": "appeals" })))
        .await
        .is(200);
    office.post(&head, "/v1/cases/EX-1/entries", &seal("appeals")).await.is(201);
    office.get(&officer, "/v1/cases/EX-1").await.is(200);
    office.ask("PATCH", &admin, "/v1/accounts/m.reis", &[], Some(&json!({ "desk": "two" }))).await.is(200);
    office.get(&officer, "/v1/cases/EX-1").await.is(404);
}

#[tokio::test]
async fn a_seal_admits_accounts_that_there_are() {
    let (office, head) = sealed().await;
    let seal = json!({ "entries": [{ "kind": "seal", "accounts": ["haed"], "reason": "a witness" }] });
    let refused = office.post(&head, "/v1/cases/EX-1/entries", &seal).await.is(422);
    assert!(refused.text.contains("`haed`"), "{}", refused.text);
    let nobody = json!({ "entries": [{ "kind": "seal", "reason": "a witness" }] });
    let refused = office.post(&head, "/v1/cases/EX-1/entries", &nobody).await.is(422);
    assert_eq!(refused.json()["code"], "nothing-said");
}

#[tokio::test]
async fn no_rule_of_an_office_lifts_a_seal() {
    let folder = tempfile::tempdir().unwrap();
    let policies = folder.path().join("all.cedar");
    std::fs::write(&policies, "permit (principal, action, resource);").unwrap();
    let access = AccessConfig { policies: Some(policies), ..AccessConfig::default() };
    let office = Office::with(Config { access, ..Config::default() });
    let officer = office.with_case().await;
    office.account("head", &[Role::Head]).await;
    seal(&office, &officer, "EX-1", &["head"]).await;
    office.get(&officer, "/v1/cases/EX-1").await.is(404);
    // But a rule may ask for more: here nobody at all reads what is sealed.
    let policies = folder.path().join("none.cedar");
    let rules = "permit (principal, action, resource);\n\
                 forbid (principal, action == Action::\"read\", resource) when { context.sealed };";
    std::fs::write(&policies, rules).unwrap();
    let access = AccessConfig { policies: Some(policies), ..AccessConfig::default() };
    let office = Office::with(Config { access, ..Config::default() });
    let officer = office.with_case().await;
    seal(&office, &officer, "EX-1", &["a.costa"]).await;
    office.get(&officer, "/v1/cases/EX-1").await.is(404);
}
