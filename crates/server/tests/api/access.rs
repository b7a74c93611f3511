//! Who may do what: every route with every role, and with no token, a forged one, one of another kind.

use comity_server::access::Role;
use comity_server::config::{AccessConfig, Config};
use serde_json::{Value, json};

use crate::desk::{Office, PASSWORD};

/// A route, what is sent there, and the roles that may.
struct Route {
    method: &'static str,
    path: &'static str,
    body: Option<Value>,
    may: &'static [Role],
}

const READ: &[Role] = &[Role::Reader, Role::Officer, Role::Head, Role::Auditor];
const WORK: &[Role] = &[Role::Officer, Role::Head];
const ALL: &[Role] =
    &[Role::Reader, Role::Officer, Role::Head, Role::Auditor, Role::Operator, Role::Administrator];
const OVERSEE: &[Role] = &[Role::Head, Role::Auditor];
const ADMINISTER: &[Role] = &[Role::Administrator];

fn routes() -> Vec<Route> {
    let get = |path, may| Route { method: "GET", path, body: None, may };
    let post = |path, body, may| Route { method: "POST", path, body: Some(body), may };
    let note = || json!({ "entries": [{ "kind": "note", "text": "seen" }] });
    vec![
        get("/v1/session", ALL),
        get("/v1/tokens", ALL),
        get("/v1/queue", READ),
        get("/v1/deadlines", READ),
        get("/v1/cases", READ),
        get("/v1/cases/EX-1", READ),
        get("/v1/cases/EX-1/moves", READ),
        get("/v1/cases/EX-1/clocks", READ),
        get("/v1/cases/EX-1/documents", READ),
        get("/v1/cases/EX-1/timeline", READ),
        get("/v1/cases/EX-1/entries", READ),
        get("/v1/cases/EX-1/diagram.svg", READ),
        get("/v1/cases/EX-1/readings", OVERSEE),
        get("/v1/cases/EX-1/grounds", READ),
        get("/v1/cases/EX-1/facts", READ),
        get("/v1/cases/EX-1/links", READ),
        get("/v1/cases/EX-1/files", READ),
        get("/v1/cases/EX-1/proof", READ),
        post("/v1/cases/EX-1/bundle", json!({}), READ),
        get("/v1/search?q=arando", READ),
        get("/v1/statistics/ledger", READ),
        get("/v1/statistics/load", OVERSEE),
        get("/v1/reports", READ),
        post(
            "/v1/reports",
            json!({ "reference": "R-{role}", "table": "ledger", "from": "2027-01-01", "to": "2027-12-31" }),
            OVERSEE,
        ),
        get("/v1/reference/authorities", READ),
        get("/v1/reference/calendars", READ),
        post("/v1/procedures:check", json!({ "procedure": "vienna-diplomatic/waiver", "bound": 1 }), READ),
        post("/v1/procedures:try", json!({ "chronology": "# None" }), READ),
        post("/v1/migrations:preview", json!({ "plan": "none" }), &[Role::Head]),
        post("/v1/migrations", json!({ "plan": "none" }), &[Role::Head]),
        Route {
            method: "POST",
            path: "/v1/cases/EX-1/files?name=a.json",
            body: Some(json!({ "is": "a file" })),
            may: WORK,
        },
        get("/v1/cases/EX-1/files/1", READ),
        get("/v1/journal/verification", &[Role::Head, Role::Auditor, Role::Operator, Role::Administrator]),
        Route {
            method: "POST",
            path: "/v1/journal:verify",
            body: None,
            may: &[Role::Operator, Role::Administrator],
        },
        get("/v1/matters/M-1", READ),
        get("/v1/procedures", READ),
        get("/v1/procedures/nz-kr/extradition", READ),
        get("/v1/procedures/nz-kr/extradition/diagram.svg", READ),
        // What time it is there and whom the token is of: every command over the line asks it first.
        get("/v1/journal", ALL),
        get("/v1/journal/0196f0c2-7d5a-7b31-9d2e-1f0a5c3b7e44", READ),
        post(
            "/v1/journal/rows",
            json!({ "query": { "by": "reference", "value": "EX-1" }, "limit": 5 }),
            READ,
        ),
        get("/v1/accounts", ADMINISTER),
        get("/v1/metrics", &[Role::Operator, Role::Administrator]),
        get("/v1/targets", &[Role::Operator, Role::Administrator]),
        Route {
            method: "POST",
            path: "/v1/clock/trust",
            body: None,
            may: &[Role::Operator, Role::Administrator],
        },
        post("/v1/cases/EX-1/entries", note(), WORK),
        post("/v1/cases/EX-1/entries:preview", note(), WORK),
        post(
            "/v1/cases/EX-1/entries:preview",
            json!({ "entries": [{ "kind": "seal", "accounts": ["a.costa"], "reason": "a witness" }] }),
            &[Role::Head],
        ),
        post("/v1/matters", json!({ "reference": "M-{role}" }), WORK),
        post(
            "/v1/cases",
            json!({ "reference": "EX-{role}", "matter": "M-1", "procedure": "nz-kr/extradition", "since": "2027-03-01" }),
            WORK,
        ),
        post("/v1/accounts", json!({ "account": "made-by-{role}", "roles": ["reader"] }), ADMINISTER),
        Route {
            method: "PATCH",
            path: "/v1/accounts/a.costa",
            body: Some(json!({ "desk": "two" })),
            may: ADMINISTER,
        },
    ]
}

#[tokio::test]
async fn every_route_is_for_those_who_may_and_for_nobody_else() {
    let office = Office::new();
    office.with_case().await;
    for role in ALL {
        let token = office.account(&format!("an-{}", role.word()), &[*role]).await;
        for route in routes() {
            let body = route.body.map(|body| body.to_string().replace("{role}", role.word()));
            let body: Option<Value> = body.map(|body| serde_json::from_str(&body).unwrap());
            let answer = office.ask(route.method, &token, route.path, &[], body.as_ref()).await;
            let told = format!(
                "{} {} as {}: {} {}",
                route.method,
                route.path,
                role.word(),
                answer.status,
                answer.text
            );
            if route.may.contains(role) {
                // Who may is told what is wrong with the plan, that the first entry files nothing, and that a store in memory has no
                // files to prove it by.
                let is_told = route.path.starts_with("/v1/migrations") && answer.status == 422
                    || route.path.ends_with("/files/1") && answer.text.contains("no file")
                    || route.path.ends_with("/bundle") && answer.status == 503;
                assert!(answer.status.is_success() || is_told, "{told}");
            } else {
                // Who may not read a case does not learn whether it is there.
                let hidden = route.path.starts_with("/v1/cases/") && !READ.contains(role);
                assert_eq!(answer.status.as_u16(), if hidden { 404 } else { 403 }, "{told}");
                assert!(!answer.text.contains("Arando"), "{told}");
            }
        }
    }
}

#[tokio::test]
async fn without_a_good_token_nothing_is_told() {
    let office = Office::new();
    let officer = office.with_case().await;
    for token in ["", "comity_forged", &officer[..officer.len() - 1], &format!("{officer}x")] {
        for route in routes() {
            let answer = office.ask(route.method, token, route.path, &[], route.body.as_ref()).await;
            assert_eq!(answer.status, 401, "{} {}", route.method, route.path);
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
    let basic = [("authorization", "Basic YTpi")];
    office.ask("GET", "", "/v1/queue", &basic, None).await.is(401);
    for open in ["/v1/health", "/v1/ready", "/v1/openapi.json", "/v1/reference"] {
        assert_eq!(office.get("", open).await.status, 200, "{open}");
    }
}

#[tokio::test]
async fn a_case_that_is_not_there_answers_as_one_that_is_not_for_the_account() {
    let office = Office::new();
    office.with_case().await;
    let operator = office.account("an-operator", &[Role::Operator]).await;
    let there = office.get(&operator, "/v1/cases/EX-1").await.is(404);
    let not_there = office.get(&operator, "/v1/cases/EX-9").await.is(404);
    assert_eq!(there.text, not_there.text);
}

#[tokio::test]
async fn a_session_ends_and_a_closed_account_is_out_at_once() {
    let office = Office::new();
    let officer = office.with_case().await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    office.get(&officer, "/v1/queue").await.is(200);
    office
        .ask("PATCH", &admin, "/v1/accounts/a.costa", &[], Some(&json!({ "is_closed": true })))
        .await
        .is(200);
    office.get(&officer, "/v1/queue").await.is(401);
    let sign_in = json!({ "account": "a.costa", "password": PASSWORD });
    office.post("", "/v1/session", &sign_in).await.is(401);
    // The last administrator cannot shut everybody out.
    office.ask("PATCH", &admin, "/v1/accounts/chief", &[], Some(&json!({ "is_closed": true }))).await.is(409);
    office.clock.set("2027-03-03T04:00:00Z".parse().unwrap());
    office.get(&admin, "/v1/accounts").await.is(401);
}

#[tokio::test]
async fn a_first_password_must_be_changed_before_anything_else() {
    let office = Office::new();
    let first = office.book.begin().await.unwrap().unwrap();
    assert!(office.book.begin().await.unwrap().is_none(), "it is told once");
    let session =
        office.post("", "/v1/session", &json!({ "account": "administrator", "password": *first })).await;
    let session = session.is(201).json();
    let token = session["token"].as_str().unwrap();
    assert_eq!(session["must_change_password"], true);
    office.get(token, "/v1/accounts").await.is(403);
    let path = "/v1/session/password";
    office.post(token, path, &json!({ "old": *first, "new": "short" })).await.is(422);
    office.post(token, path, &json!({ "old": "wrong", "new": PASSWORD })).await.is(422);
    assert!(!office.book.has_begun());
    let changed = office.post(token, path, &json!({ "old": *first, "new": PASSWORD })).await;
    assert_eq!(changed.status, 204);
    assert!(office.book.has_begun());
    office.get(token, "/v1/session").await.is(401);
    office.post("", "/v1/session", &json!({ "account": "administrator", "password": *first })).await.is(401);
}

#[tokio::test]
async fn an_account_records_for_its_own_authorities_and_procedures_only() {
    let office = Office::new();
    let officer = office.with_case().await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.arrest(&officer).await;
    assert_ne!(office.get(&officer, "/v1/deadlines").await.is(200).json()["deadlines"], json!([]));
    let only = json!({ "authorities": ["requested/police"] });
    office.ask("PATCH", &admin, "/v1/accounts/a.costa", &[], Some(&only)).await.is(200);
    let asked = json!({ "entries": [
        { "kind": "act", "act": "provisional-arrest-asked", "by": "requested/foreign-ministry" },
    ] });
    office.post(&officer, "/v1/cases/EX-1/entries", &asked).await.is(403);
    office
        .post(&officer, "/v1/cases/EX-1/entries", &json!({ "entries": [{ "kind": "note", "text": "seen" }] }))
        .await
        .is(201);
    let only = json!({ "authorities": [], "procedures": ["nz-kr/immunity-waiver"] });
    office.ask("PATCH", &admin, "/v1/accounts/a.costa", &[], Some(&only)).await.is(200);
    office.get(&officer, "/v1/cases/EX-1").await.is(404);
    assert_eq!(office.get(&officer, "/v1/cases").await.is(200).json()["cases"], json!([]));
    assert_eq!(office.get(&officer, "/v1/queue").await.is(200).json()["items"], json!([]));
    assert_eq!(office.get(&officer, "/v1/deadlines").await.is(200).json()["deadlines"], json!([]));
    assert_eq!(office.get(&officer, "/v1/matters/M-1").await.is(200).json()["cases"], json!([]));
}

#[tokio::test]
async fn a_program_has_a_token_and_makes_no_others() {
    let office = Office::new();
    office.with_case().await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    let service = json!({ "account": "back-office", "roles": ["officer"], "is_service": true });
    assert_eq!(
        office.post(&admin, "/v1/accounts", &service).await.is(201).json()["first_password"],
        Value::Null
    );
    let new =
        |days: u32| json!({ "kind": "service", "label": "nightly", "days": days, "account": "back-office" });
    // Nobody makes himself a token of an account that may more than he.
    let reader = office.account("reader", &[Role::Reader]).await;
    office.post(&reader, "/v1/tokens", &new(3)).await.is(403);
    office.post(&admin, "/v1/tokens", &new(0)).await.is(422);
    office.post(&admin, "/v1/tokens", &new(4_000)).await.is(422);
    let made = office.post(&admin, "/v1/tokens", &new(3)).await.is(201).json();
    let token = made["token"].as_str().unwrap();
    office.get(token, "/v1/cases/EX-1").await.is(200);
    office.post(token, "/v1/tokens", &new(3)).await.is(403);
    office.clock.set("2027-03-06T00:00:00Z".parse().unwrap());
    office.get(token, "/v1/cases/EX-1").await.is(401);
}

#[test]
fn policies_that_are_not_in_order_are_refused_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.cedar");
    for (text, says) in [
        ("permit (principal, action", "rules.cedar"),
        ("permit (principal, action == Action::\"fly\", resource);", "fly"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = comity_server::access::Rules::read(Some(&path)).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[tokio::test]
async fn rules_of_an_office_go_in_the_place_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.cedar");
    std::fs::write(&path, "permit (principal == Account::\"a.costa\", action, resource);").unwrap();
    let access = AccessConfig { policies: Some(path), ..AccessConfig::default() };
    let office = Office::with(Config { access, ..Config::default() });
    let officer = office.with_case().await;
    office.get(&officer, "/v1/accounts").await.is(200);
    let other = office.account("another", &[Role::Administrator]).await;
    office.get(&other, "/v1/accounts").await.is(403);
}
