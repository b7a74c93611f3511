//! What somebody typed is text on every page, whichever field it was typed into.

use comity_server::access::Role;
use serde_json::json;

use crate::access::{OF_CASE, OF_RECORDING, PAGES};
use crate::browser::Browser;
use crate::desk::Office;

/// Each way to begin markup or to leave an attribute, with a mark by which it is found again.
const TYPED: &str = "`'\"></title></textarea><img src=x onerror=alert(7)>&lt;";
/// What stands on a page only if something of it was taken for markup.
const TAKEN: [&str; 3] = ["<img", "</title></textarea>", "\"></title>"];

/// An office in which all that can be typed is markup.
async fn office() -> Office {
    let office = Office::new();
    let officer = office.account("a.costa", &[Role::Officer]).await;
    let matter = json!({ "reference": "M-1", "title": TYPED });
    office.post(&officer, "/v1/matters", &matter).await.is(201);
    let case = json!({ "reference": "EX-1", "matter": "M-1", "procedure": "nz-kr/extradition", "title": TYPED,
        "since": "2027-03-01" });
    office.post(&officer, "/v1/cases", &case).await.is(201);
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.before_the_arrest(&officer).await;
    for entry in [
        json!({ "kind": "act", "act": "arrested-provisionally", "when": "2027-03-02 23:30", "facts": { "arrest.place": TYPED } }),
        json!({ "kind": "note", "text": TYPED }),
        json!({ "kind": "hold", "reason": TYPED, "until": "2027-03-03" }),
        json!({ "kind": "review", "by": "2027-03-03", "why": TYPED }),
        json!({ "kind": "redate", "entry": 2, "when": "2027-03-01", "reason": TYPED }),
    ] {
        office.post(&officer, "/v1/cases/EX-1/entries", &json!({ "entries": [entry] })).await.is(201);
    }
    office
}

#[tokio::test]
async fn no_page_takes_it_for_markup() {
    let office = office().await;
    let officer = Browser::signed_in(&office, "a.costa", &[]).await;
    let mut shown = 0;
    for path in PAGES.iter().chain(OF_CASE).chain(OF_RECORDING) {
        let page = officer.get(&path.replace("{}", "EX-1")).await;
        assert!(page.status.is_success(), "{path}: {}", page.text);
        for taken in TAKEN {
            assert!(!page.text.contains(taken), "{path} takes `{taken}` for markup:\n{}", page.text);
        }
        // Escaped twice is no better for whoever reads it.
        assert!(
            !page.text.contains("&amp;lt;img") && !page.text.contains("&amp;#"),
            "{path}:\n{}",
            page.text
        );
        shown += page.text.matches("onerror=alert(7)").count();
    }
    assert!(shown > 30, "it is hardly shown anywhere: {shown}");
}

#[tokio::test]
async fn nor_does_a_form_that_is_shown_again() {
    let office = office().await;
    let officer = Browser::signed_in(&office, "a.costa", &[]).await;
    for path in ["/cases/EX-1/record/note", "/cases/EX-1/record/hold", "/cases/EX-1/record/review"] {
        let form = officer.get(path).await.page(200);
        let names = ["text", "reason", "why", "until", "by"].map(|name| (name, TYPED));
        let again = officer.go_on(&form, path, &[&names[..], &[("do", "look")]].concat()).await;
        for taken in TAKEN {
            assert!(!again.text.contains(taken), "{path} takes `{taken}` for markup:\n{}", again.text);
        }
        assert!(again.text.contains("onerror=alert(7)"), "{path} shows it:\n{}", again.text);
    }
}
