//! What every page is held to: headers, escapes, words, and what a program is answered instead.

use axum::body::Body;
use axum::http::Request;
use comity_server::access::Role;
use serde_json::json;

use crate::access::{OF_CASE, OF_RECORDING, PAGES};
use crate::browser::Browser;
use crate::desk::Office;

const MARKUP: &str = "<img src=x onerror=alert(1)> \"quoted\" & 'so'";
/// Words of programmers, which no officer is shown.
const NO_WORDS: [&str; 6] = ["instance", "transition", "workflow", "payload", "null", "undefined"];

async fn marked_up() -> Office {
    let office = Office::new();
    let officer = office.account("a.costa", &[Role::Officer, Role::Head]).await;
    let matter = json!({ "reference": "M-1", "title": MARKUP });
    office.post(&officer, "/v1/matters", &matter).await.is(201);
    let case = json!({ "reference": "EX-1", "matter": "M-1", "procedure": "nz-kr/extradition", "title": MARKUP, "since": "2027-03-01" });
    office.post(&officer, "/v1/cases", &case).await.is(201);
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.before_the_arrest(&officer).await;
    let arrest = json!({ "entries": [{ "kind": "act", "act": "arrested-provisionally", "when": "2027-03-02 23:30",
        "facts": { "arrest.place": MARKUP } }, { "kind": "note", "text": MARKUP }, { "kind": "hold", "reason": MARKUP }] });
    office.post(&officer, "/v1/cases/EX-1/entries", &arrest).await.is(201);
    let review = json!({ "entries": [{ "kind": "review", "by": "2027-03-03", "why": MARKUP }] });
    office.post(&officer, "/v1/cases/EX-1/entries", &review).await.is(201);
    office
}

#[tokio::test]
async fn whatever_somebody_typed_comes_out_of_every_page_as_it_went_in() {
    let office = marked_up().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let searches = [
        "/search?q=%3Cimg%20src%3Dx%3E",
        "/cases?text=%3Cimg%20src%3Dx%3E&person=%22%3E%3Cb%3E",
        "/cases/new?q=%22%3E%3Cb%3E",
    ];
    let all = PAGES.iter().chain(OF_CASE).chain(OF_RECORDING).chain(&searches);
    for path in all {
        let answer = browser.get(&path.replace("{}", "EX-1")).await.page(200);
        answer.says_nothing_of("<img").says_nothing_of("\"quoted\"").says_nothing_of("\"><b>");
    }
    browser.get("/cases/EX-1/notes").await.page(200).says("&#60;img src=x onerror=alert(1)&#62;");
}

#[tokio::test]
async fn no_page_speaks_like_a_program() {
    let office = marked_up().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    for path in PAGES.iter().chain(OF_CASE).chain(OF_RECORDING) {
        let answer = browser.get(&path.replace("{}", "EX-1")).await.page(200);
        let text: String =
            answer.text.split('<').filter_map(|rest| rest.split_once('>')).map(|(_, text)| text).collect();
        for word in NO_WORDS {
            let has = text.split(|letter: char| !letter.is_alphabetic()).any(|one| one == word);
            assert!(!has, "`{word}` on {path}: {text}");
        }
    }
}

#[tokio::test]
async fn every_page_has_one_heading_a_title_and_a_way_past_the_header() {
    let office = marked_up().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    for path in PAGES.iter().chain(OF_CASE).chain(OF_RECORDING) {
        let answer = browser.get(&path.replace("{}", "EX-1")).await.page(200);
        assert_eq!(answer.text.matches("<h1").count(), 1, "{path}");
        assert!(answer.text.contains(" – Comity</title>"), "{path}");
        answer.says("href=\"#main\"").says("<main id=\"main\"").says("lang=\"en\" dir=\"ltr\"");
    }
}

#[tokio::test]
async fn style_and_script_are_kept_for_ever_under_a_name_that_changes_with_them() {
    let office = Office::new();
    let browser = Browser::of(&office);
    let page = browser.get("/sign-in").await.page(200);
    for (start, media) in [
        ("/assets/console.", "text/css"),
        ("/assets/console.", "text/javascript"),
        ("/assets/sign.", "image/svg+xml"),
    ] {
        let paths = page.text.split('"').filter(|text| text.starts_with(start));
        let mut found = false;
        for path in paths {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            found |= answer.header("content-type").starts_with(media);
        }
        assert!(found, "{media}");
    }
    browser.get("/assets/console.0000000000000000.css").await.page(404);
    browser.get("/assets/..%2F..%2FCargo.toml").await.page(404);
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_a_browser_and_a_problem_for_a_program() {
    let office = marked_up().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    for path in [
        "/nothing",
        "/cases/EX-9",
        "/cases/EX-1/nothing",
        "/cases/EX-1/record/nothing",
        "/cases/EX-1/clocks/nothing",
        "/procedures/no/such",
    ] {
        browser.get(path).await.page(404).says("There is no such thing").says("a.costa");
    }
    let request = Request::builder().uri("/nothing").body(Body::empty()).unwrap();
    office.send(request).await.is(404);
    office.get("", "/v1/nothing").await.is(404);
    let request = browser.request("DELETE", "/cases").body(Body::empty()).unwrap();
    browser.send(request).await.page(405);
}

#[tokio::test]
async fn the_description_of_the_api_knows_no_page() {
    let description = comity_server::description();
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.keys().all(|path| path.starts_with("/v1/")), "{:?}", paths.keys());
}

#[tokio::test]
async fn figures_are_handed_out_for_a_spreadsheet() {
    let office = marked_up().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let page = browser.get("/statistics?table=ledger&from=2027-01-01").await.page(200);
    page.says("What is counted")
        .says("/statistics?table=ledger&#38;from=2027-01-01&#38;to=2027-03-03&#38;csv=true");
    let sheet = browser.get("/statistics?table=ledger&from=2027-01-01&csv=true").await;
    assert_eq!(sheet.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        sheet.header("content-disposition"),
        "attachment; filename=\"ledger-2027-01-01-2027-03-03.csv\""
    );
    browser.get("/statistics?table=nothing").await.page(404);
    browser.get("/statistics?from=yesterday").await.page(400);
}

#[tokio::test]
async fn a_case_is_looked_at_as_it_was_known() {
    let office = marked_up().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    browser
        .get("/cases/EX-1")
        .await
        .page(200)
        .says("Held under the provisional warrant")
        .says("/record/act?of=");
    office.later(86_400);
    browser.sign_in("a.costa", crate::desk::PASSWORD).await.leads_to("/");
    let back = browser.get("/cases/EX-1?as_of=2027-03-01&as_known_at=2027-03-03").await.page(200);
    let back = back
        .says("This is the case as it stood Monday 1 March 2027")
        .says_nothing_of("Held under the provisional warrant");
    // Nothing is recorded in the past, and every tab stays there.
    back.says_nothing_of("/record/act?of=").says("/steps?as_of=2027-03-01&#38;as_known_at=2027-03-03");
    browser.get("/cases/EX-1?as_of=nonsense").await.page(422);
    browser.get("/cases/EX-1?as_of=2026").await.page(404);
}
