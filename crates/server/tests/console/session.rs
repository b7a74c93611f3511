//! Signing in and out, and what ends a session.

use axum::body::Body;
use comity_server::access::Role;
use comity_server::config::Config;

use crate::browser::Browser;
use crate::desk::{Office, PASSWORD};

const MINUTE: i64 = 60;

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_sign_in_and_then_on() {
    let office = Office::new();
    office.with_case().await;
    let browser = Browser::of(&office);
    browser
        .get("/cases/EX-1?as_of=2027-03-02")
        .await
        .leads_to("/sign-in?next=%2Fcases%2FEX-1%3Fas_of%3D2027-03-02");
    browser.get("/sign-in?next=%2Fcases%2FEX-1").await.page(200).says("name=\"next\" value=\"/cases/EX-1\"");
    let fields = [("account", "a.costa"), ("password", PASSWORD), ("next", "/cases/EX-1")];
    browser.post("/sign-in", &fields).await.leads_to("/cases/EX-1");
    browser.get("/cases/EX-1").await.page(200).says("Arando");
    browser.get("/sign-in").await.leads_to("/");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let office = Office::new();
    office.with_case().await;
    for next in ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)"] {
        let browser = Browser::of(&office);
        let address = format!("/sign-in?next={}", next.replace('\\', "%5C"));
        browser.get(&address).await.page(200).says("name=\"next\" value=\"/\"");
        let fields = [("account", "a.costa"), ("password", PASSWORD), ("next", next)];
        browser.post("/sign-in", &fields).await.leads_to("/");
    }
}

#[tokio::test]
async fn a_wrong_password_an_unknown_account_and_a_closed_one_are_told_alike() {
    let office = Office::new();
    office.account("a.costa", &[Role::Officer]).await;
    office.account("closed", &[Role::Officer]).await;
    office.account("admin", &[Role::Administrator]).await;
    let edit = comity_server::access::book::Edit { is_closed: Some(true), ..Default::default() };
    office.book.edit("closed", edit).await.unwrap();
    for (account, password) in [("a.costa", "wrong"), ("nobody", PASSWORD), ("closed", PASSWORD)] {
        let browser = Browser::of(&office);
        let answer = browser.sign_in(account, password).await.page(422);
        let answer = answer.says("The account is not known, or the password is not its own.");
        answer.says_nothing_of(PASSWORD);
        assert_eq!(browser.cookie("comity"), None);
    }
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_other_sites_and_opens_nothing_of_the_api() {
    let office = Office::new();
    let browser = Browser::of(&office);
    office.account("a.costa", &[Role::Officer]).await;
    let answer = browser.sign_in("a.costa", PASSWORD).await;
    let line = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .find(|line| line.to_str().unwrap().starts_with("comity=comity_"));
    let line = line.unwrap().to_str().unwrap();
    assert!(line.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{line}");
    let secret = browser.cookie("comity").unwrap();
    office.get(&secret, "/v1/cases").await.is(403);
    office.get(&secret, "/v1/session").await.is(403);
    // And a token of the API opens no page.
    let token = office.account("program", &[Role::Officer]).await;
    browser.set_cookie("comity", &token);
    browser.get("/cases").await.leads_to("/sign-in?next=%2Fcases");
}

#[tokio::test]
async fn behind_tls_the_cookie_is_bound_to_it_and_to_the_host() {
    let config = Config { public_address: Some("https://comity.test".to_owned()), ..Config::default() };
    let office = Office::with(config);
    office.account("a.costa", &[Role::Officer]).await;
    let browser = Browser::of(&office);
    let answer = browser.sign_in("a.costa", PASSWORD).await.leads_to("/");
    for line in answer.headers.get_all("set-cookie") {
        let line = line.to_str().unwrap();
        assert!(
            line.starts_with("__Host-comity") && line.contains("; Secure") && !line.contains("Domain"),
            "{line}"
        );
    }
    browser.get("/").await.page(200);
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let office = Office::new();
    let browser = Browser::signed_in(&office, "a.costa", &[Role::Officer]).await;
    browser.get("/").await.page(200);
    let secret = browser.cookie("comity").unwrap();
    browser.post("/sign-out", &[]).await.leads_to("/sign-in?left=true");
    assert_eq!(browser.cookie("comity"), None);
    browser.get("/sign-in?left=true").await.page(200).says("You are signed out.");
    browser.set_cookie("comity", &secret);
    browser.get("/").await.leads_to("/sign-in");
}

#[tokio::test]
async fn a_session_ends_when_it_rests_and_at_its_time_however_busy_it_is() {
    let office = Office::new();
    let browser = Browser::signed_in(&office, "a.costa", &[Role::Officer]).await;
    browser.get("/").await.page(200);
    office.later(60 * MINUTE);
    browser.get("/").await.page(200);
    office.later(60 * MINUTE + 1);
    browser.get("/").await.leads_to("/sign-in");
    // It is gone, not only asleep.
    office.later(-2 * MINUTE);
    browser.get("/").await.leads_to("/sign-in");

    let busy = Browser::signed_in(&office, "a.costa", &[Role::Officer]).await;
    for _ in 0..23 {
        office.later(30 * MINUTE);
        busy.get("/cases").await.page(200);
    }
    office.later(31 * MINUTE);
    busy.get("/cases").await.leads_to("/sign-in?next=%2Fcases");
}

#[tokio::test]
async fn what_is_sent_after_the_session_has_ended_is_not_done_and_said_so() {
    let office = Office::new();
    office.with_case().await;
    let browser = Browser::signed_in(&office, "a.costa", &[Role::Officer]).await;
    browser.get("/cases/EX-1/notes").await.page(200);
    office.later(61 * MINUTE);
    let fields = [("do", "record"), ("text", "too late")];
    let answer = browser.post("/cases/EX-1/record/note", &fields).await.page(401);
    answer
        .says("Nothing was recorded.")
        .says("too late")
        .says("/sign-in?next=%2Fcases%2FEX-1%2Frecord%2Fnote");
    let again = Browser::signed_in(&office, "a.costa", &[]).await;
    again.get("/cases/EX-1/notes").await.page(200).says_nothing_of("too late");
}

#[tokio::test]
async fn a_password_that_somebody_else_gave_is_changed_before_anything_else() {
    let office = Office::new();
    let first = office.book.add("newcomer", [Role::Officer].into(), true).await.unwrap().unwrap();
    let browser = Browser::of(&office);
    browser.sign_in("newcomer", &first).await.leads_to("/");
    for path in ["/", "/cases", "/search?q=a", "/cases/new"] {
        browser.get(path).await.leads_to("/password");
    }
    browser.get("/password").await.page(200).says("Choose your own before anything else.");
    let new = "another four good words";
    let changed = async |old: &str, new: &str, again: &str| {
        browser.post("/password", &[("old", old), ("new", new), ("again", again)]).await
    };
    changed(&first, new, "another").await.page(422).says("written in two ways");
    changed("wrong", new, new).await.page(422).says("Nothing was changed.");
    changed(&first, "short", "short").await.page(422);
    changed(&first, new, new).await.leads_to("/sign-in");
    browser.sign_in("newcomer", new).await.leads_to("/");
    browser.get("/").await.page(200);
}

#[tokio::test]
async fn another_password_ends_the_sessions_elsewhere() {
    let office = Office::new();
    let one = Browser::signed_in(&office, "a.costa", &[Role::Officer]).await;
    let other = Browser::signed_in(&office, "a.costa", &[]).await;
    other.get("/").await.page(200);
    one.get("/password").await.page(200);
    let new = "another four good words";
    one.post("/password", &[("old", PASSWORD), ("new", new), ("again", new)]).await.leads_to("/sign-in");
    other.get("/").await.leads_to("/sign-in");
}

#[tokio::test]
async fn whether_somebody_is_there_is_asked_without_a_page() {
    let office = Office::new();
    let browser = Browser::signed_in(&office, "a.costa", &[Role::Officer]).await;
    let left = browser.get("/session").await;
    assert_eq!(left.json()["idle_seconds"], 60 * MINUTE);
    assert_eq!(left.json()["ends_in_seconds"], 12 * 60 * MINUTE);
    // Who only listens is not there.
    for _ in 0..2 {
        office.later(40 * MINUTE);
        let request = browser.request("GET", "/events").body(Body::empty()).unwrap();
        let heard = office.hear(request, std::time::Duration::from_millis(50)).await;
        assert!(!heard.contains("problem"), "{heard}");
    }
    browser.get("/").await.leads_to("/sign-in");
}
