//! That a form is taken only from a page of ours, and from whoever was given the page.

use comity_server::access::Role;

use crate::browser::Browser;
use crate::desk::Office;

const NOTE: &str = "/cases/EX-1/record/note";
const FIELDS: [(&str, &str); 2] = [("do", "record"), ("text", "from elsewhere")];

/// Every page to which a form is sent.
const POSTS: &[&str] = &[
    "/sign-in",
    "/sign-out",
    "/password",
    "/cases/new",
    "/cases/EX-1/record/act",
    "/cases/EX-1/record/note",
    "/cases/EX-1/record/seal",
    "/cases/EX-1/bundle",
];

#[tokio::test]
async fn a_form_without_its_token_or_with_that_of_another_does_nothing() {
    let office = Office::new();
    office.with_case().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let other = Browser::signed_in(&office, "m.reis", &[Role::Officer]).await;
    other.get(&format!("{NOTE}?of=")).await.page(200);
    let of_another = other.form_token();
    for path in POSTS {
        for token in ["", "guessed", &of_another] {
            let fields = [&[("form-token", token)], FIELDS.as_slice()].concat();
            let answer = browser.post_plain(path, &fields, &[]).await;
            // Whoever knocks without a cookie of its own is given one, and asked to knock again.
            if *path == "/sign-in" && token.is_empty() {
                answer.page(200).says("sent no cookie");
            } else {
                answer.page(403).says("not sent from a page of this console");
            }
        }
    }
    browser.get("/cases/EX-1/notes").await.page(200).says_nothing_of("from elsewhere");
}

#[tokio::test]
async fn a_form_that_comes_from_another_site_does_nothing_though_it_has_the_token() {
    let office = Office::new();
    office.with_case().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    browser.get("/cases/EX-1/notes").await.page(200);
    let token = browser.form_token();
    let fields = [&[("form-token", token.as_str())], FIELDS.as_slice()].concat();
    let elsewhere: [&[(&str, &str)]; 5] = [
        &[("origin", "https://evil.test")],
        &[("origin", "null")],
        &[("origin", "http://comity.test.evil.test")],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "http://comity.test"), ("sec-fetch-site", "same-site")],
    ];
    for headers in elsewhere {
        browser.post_plain(NOTE, &fields, headers).await.page(403);
    }
    browser.get("/cases/EX-1/notes").await.page(200).says_nothing_of("from elsewhere");
    browser
        .post_plain(NOTE, &fields, &[("origin", "http://comity.test"), ("sec-fetch-site", "same-origin")])
        .await
        .leads_to("/cases/EX-1/notes?recorded=2");
}

#[tokio::test]
async fn signing_in_asks_for_the_knock_that_the_page_gave() {
    let office = Office::new();
    office.account("a.costa", &[Role::Officer]).await;
    let browser = Browser::of(&office);
    let fields = [("account", "a.costa"), ("password", crate::desk::PASSWORD)];
    browser.post("/sign-in", &fields).await.page(200).says("sent no cookie");
    browser.set_cookie("comity-knock", "comity_of-somebody-else");
    browser.post_plain("/sign-in", &fields, &[]).await.page(403);
    // A second tab does not spoil the form of the first.
    let browser = Browser::of(&office);
    browser.get("/sign-in").await.page(200);
    let first = browser.form_token();
    browser.get("/sign-in").await.page(200);
    assert_ne!(browser.form_token(), first, "each page has another token");
    let fields = [("form-token", first.as_str()), fields[0], fields[1]];
    browser.post_plain("/sign-in", &fields, &[]).await.leads_to("/");
}

#[tokio::test]
async fn what_is_no_form_is_not_read() {
    let office = Office::new();
    office.with_case().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let request = browser.request("POST", NOTE).header("content-type", "application/json");
    let answer = browser.send(request.body("{}".into()).unwrap()).await;
    answer.page(400).says("sends a form");
    let long = "x".repeat(2 << 20);
    browser.post(NOTE, &[("text", &long)]).await.page(413);
}
