//! Sealed cases: whoever is not admitted learns nothing of them from any page, and whoever reads them is written down.

use comity_server::access::Role;
use serde_json::json;

use crate::access::{OF_CASE, OF_RECORDING, PAGES};
use crate::browser::Browser;
use crate::desk::Office;

async fn sealed() -> Office {
    let office = Office::new();
    let officer = office.with_case().await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.arrest(&officer).await;
    let head = office.account("head", &[Role::Head]).await;
    let seal =
        json!({ "entries": [{ "kind": "seal", "accounts": ["head"], "reason": "a protected witness" }] });
    office.post(&head, "/v1/cases/EX-1/entries", &seal).await.is(201);
    office
}

/// A page without what differs from one time to the next: the token of its form, and the reference that was asked for.
fn told(text: &str) -> String {
    let mut parts = text.split("name=\"form-token\" value=\"");
    let before = parts.next().unwrap_or_default().to_owned();
    let told = parts.fold(before, |told, part| told + part.split_once('"').map_or("", |(_, rest)| rest));
    assert_ne!(told, text, "no form in {text}");
    told.replace("EX-1", "EX-9")
}

#[tokio::test]
async fn a_sealed_case_is_answered_as_if_there_were_none() {
    let office = sealed().await;
    for role in [Role::Reader, Role::Officer, Role::Head, Role::Auditor, Role::Administrator] {
        let browser = Browser::signed_in(&office, &format!("an-{}", role.word()), &[role]).await;
        for path in OF_CASE.iter().chain(OF_RECORDING).chain(&["/cases/{}/record/unseal"]) {
            let there = browser.get(&path.replace("{}", "EX-1")).await.page(404);
            let gone = browser.get(&path.replace("{}", "EX-9")).await.page(404);
            assert_eq!(told(&there.text), told(&gone.text), "{path} as {}", role.word());
        }
        let unseal = [("do", "record"), ("reason", "curious")];
        let there = browser.post("/cases/EX-1/record/unseal", &unseal).await.page(404);
        let gone = browser.post("/cases/EX-9/record/unseal", &unseal).await.page(404);
        assert_eq!(told(&there.text), told(&gone.text));
        browser.post("/cases/EX-1/bundle", &[]).await.page(404);
        browser.get("/cases/EX-1/files/1").await.page(404);
    }
}

#[tokio::test]
async fn no_list_count_or_search_tells_of_it() {
    let office = sealed().await;
    let officer = Browser::signed_in(&office, "m.reis", &[Role::Officer]).await;
    for path in PAGES.iter().chain(&["/?of=nobody", "/cases?matter=M-1", "/search?q=arando"]) {
        let answer = officer.get(path).await.page(200);
        answer.says_nothing_of("EX-1").says_nothing_of("Arando");
    }
    officer.get("/").await.says("Nothing is due for you today. A case appears here as soon as one is open.");
    // The same words for what is sealed and for what is not there.
    let sealed = officer.get("/search?q=EX-1").await.page(200);
    let absent = officer.get("/search?q=EX-9").await.page(200);
    assert_eq!(told(&sealed.text), told(&absent.text));
    // Whom the seal names is shown it.
    let head = Browser::signed_in(&office, "head", &[]).await;
    for path in ["/?later=true", "/deadlines", "/cases"] {
        head.get(path).await.page(200).says("EX-1");
    }
}

#[tokio::test]
async fn whoever_is_shown_it_is_written_down() {
    let office = sealed().await;
    let head = Browser::signed_in(&office, "head", &[]).await;
    head.get("/").await.page(200);
    head.get("/cases").await.page(200);
    head.get("/cases/EX-1").await.page(200).says("sealed");
    head.get("/search?q=arando").await.page(200);
    let page = head.get("/cases/EX-1/proof").await.page(200).says("Who read it while it was sealed");
    for what in ["queue", "list", "case", "search"] {
        assert!(
            page.text.contains(&format!("<td data-th=\"What was shown\">{what}</td>")),
            "{what}: {}",
            page.text
        );
    }
    // Who may not audit is not shown who read it.
    head.get("/cases/EX-1/record/unseal").await.page(200);
    head.post("/cases/EX-1/record/unseal", &[("do", "record"), ("reason", "the trial was public")]).await;
    let officer = Browser::signed_in(&office, "m.reis", &[Role::Officer]).await;
    officer.get("/cases/EX-1/proof").await.page(200).says_nothing_of("Who read it");
}
