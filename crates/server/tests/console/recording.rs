//! Recording: first a look, then the record; once, on what was seen, and by two where it takes two.

use comity_server::access::Role;
use serde_json::json;

use crate::browser::{Browser, field};
use crate::desk::Office;

const ARREST: &str = "/cases/EX-1/record/act";

async fn before_the_arrest() -> (Office, String) {
    let office = Office::new();
    let officer = office.with_case().await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.before_the_arrest(&officer).await;
    (office, officer)
}

async fn arrested(office: &Office, officer: &str) {
    let arrest = json!({ "entries": [{ "kind": "act", "act": "arrested-provisionally", "when": "2027-03-02 23:30",
        "facts": { "arrest.place": "Ulsan" } }] });
    office.post(officer, "/v1/cases/EX-1/entries", &arrest).await.is(201);
}

async fn version(office: &Office, token: &str) -> u64 {
    office.get(token, "/v1/cases/EX-1/entries").await.is(200).json()["version"].as_u64().unwrap()
}

#[tokio::test]
async fn an_act_is_looked_at_before_it_is_recorded_and_recorded_once() {
    let (office, officer) = before_the_arrest().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let before = version(&office, &officer).await;
    let form = browser.get(&format!("{ARREST}?of=arrested-provisionally")).await.page(200);
    assert!(form.text.contains("name=\"fact.arrest.place\""), "{}", form.text);
    let typed = [("when", "2027-03-02 23:30"), ("fact.arrest.place", "Ulsan & \"Busan\"")];
    let look = browser.go_on(&form, ARREST, &[&typed[..], &[("do", "look")]].concat()).await.page(200);
    let look = look
        .says("What will change")
        .says("Held under the provisional warrant")
        .says("17 April 2027 00:00 (Seoul)");
    assert_eq!(version(&office, &officer).await, before, "a look records nothing");
    let done = browser.go_on(&look, ARREST, &[("do", "record")]).await;
    let done = done.leads_to(&format!("/cases/EX-1/steps?recorded={}", before + 1));
    // The same form sent again records nothing, and leads to the same page.
    browser.go_on(&look, ARREST, &[("do", "record")]).await.leads_to(&done.header("location"));
    assert_eq!(version(&office, &officer).await, before + 1);
    let page = browser.get(&done.header("location")).await.page(200);
    page.says("role=\"status\"")
        .says(&format!("Recorded as entry {}", before + 1))
        .says("Ulsan &amp; &quot;Busan&quot;");
}

#[tokio::test]
async fn what_is_refused_is_told_in_the_sentence_of_the_api_and_what_was_typed_stays() {
    let (office, officer) = before_the_arrest().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let release = json!({ "entries": [{ "kind": "act", "act": "released", "when": "2027-03-02" }] });
    let refused = office.post(&officer, "/v1/cases/EX-1/entries:preview", &release).await.is(422).json();
    let form = browser.get(&format!("{ARREST}?of=released")).await.page(200);
    for step in ["look", "record"] {
        let fields = [("when", "2027-03-02"), ("do", step)];
        let page = browser.go_on(&form, ARREST, &fields).await.page(422);
        let plain = page.text.replace("<code>", "`").replace("</code>", "`");
        let sentence = refused["detail"].as_str().unwrap();
        assert!(plain.contains(sentence), "no `{sentence}` in {plain}");
        page.says("value=\"2027-03-02\"").says("class=\"cite\"");
    }
    // A value of another kind, and a date that is none.
    let form = browser.get("/cases/EX-1/record/fact?of=request-believed").await.page(200);
    let fields = [("value", "perhaps"), ("do", "look")];
    browser.go_on(&form, "/cases/EX-1/record/fact", &fields).await.page(422).says("yes-no");
    let fields = [("value", "yes"), ("when", "tomorrow"), ("do", "look")];
    browser.go_on(&form, "/cases/EX-1/record/fact", &fields).await.page(422).says("value=\"tomorrow\"");
}

#[tokio::test]
async fn whoever_comes_too_late_sees_what_came_between_and_keeps_what_was_typed() {
    let (office, officer) = before_the_arrest().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let form = browser.get(&format!("{ARREST}?of=arrested-provisionally")).await.page(200);
    let typed = [("when", "2027-03-02 23:30"), ("fact.arrest.place", "Ulsan"), ("do", "look")];
    let look = browser.go_on(&form, ARREST, &typed).await.page(200);
    let note = json!({ "entries": [{ "kind": "note", "text": "the police called <b>" }] });
    office.post(&officer, "/v1/cases/EX-1/entries", &note).await.is(201);
    let before = version(&office, &officer).await;
    for (page, step) in [(&form, "look"), (&look, "record")] {
        let fields = [("when", "2027-03-02 23:30"), ("fact.arrest.place", "Ulsan"), ("do", step)];
        let page = browser.go_on(page, ARREST, &fields).await.page(409);
        let page = page.says("Somebody recorded meanwhile").says("the police called &lt;b&gt;");
        let page = page.says("value=\"Ulsan\"").says("value=\"2027-03-02 23:30\"");
        assert_eq!(field(&page.text, "version"), Some(before.to_string()));
    }
    assert_eq!(version(&office, &officer).await, before);
    // Having looked, it is recorded.
    let fields = [("when", "2027-03-02 23:30"), ("fact.arrest.place", "Ulsan"), ("do", "look")];
    let again = browser.go_on(&form, ARREST, &fields).await.page(409);
    let look = browser.go_on(&again, ARREST, &[("do", "look")]).await.page(200);
    browser
        .go_on(&look, ARREST, &[("do", "record")])
        .await
        .leads_to(&format!("/cases/EX-1/steps?recorded={}", before + 1));
}

#[tokio::test]
async fn what_happened_before_what_is_recorded_is_told_to_be_late() {
    let (office, officer) = before_the_arrest().await;
    arrested(&office, &officer).await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let form = browser.get(&format!("{ARREST}?of=request-sent")).await.page(200);
    let fields = [("when", "2027-03-01 16:00"), ("by", "requesting/minister"), ("do", "look")];
    let look = browser.go_on(&form, ARREST, &fields).await.page(200);
    look.says("This happened before 2 things that are recorded already.");
    let fields = [("by", "requesting/minister"), ("do", "look")];
    browser.go_on(&form, ARREST, &fields).await.page(200).says_nothing_of("This happened before");
}

#[tokio::test]
async fn a_mistake_is_annulled_and_a_date_put_right_with_a_reason() {
    let (office, officer) = before_the_arrest().await;
    arrested(&office, &officer).await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let last = version(&office, &officer).await.to_string();
    for (kind, fields) in [
        ("redate", vec![("when", "2027-03-02 22:00"), ("reason", "read wrongly from the report")]),
        ("annul", vec![("reason", "it was another person")]),
    ] {
        let path = format!("/cases/EX-1/record/{kind}");
        let form = browser.get(&format!("{path}?of={last}")).await.page(200);
        browser.go_on(&form, &path, &[("do", "look")]).await.page(422);
        let look = browser.go_on(&form, &path, &[&fields[..], &[("do", "look")]].concat()).await.page(200);
        let done = browser.go_on(&look, &path, &[("do", "record")]).await;
        assert!(done.header("location").starts_with("/cases/EX-1/timeline?recorded="), "{}", done.text);
    }
    browser.get("/cases/EX-1/timeline?by=recording").await.page(200).says("annulled");
    browser.get("/cases/EX-1").await.page(200).says_nothing_of("Held under the provisional warrant");
}

#[tokio::test]
async fn what_takes_two_is_proposed_by_one_and_confirmed_by_another() {
    let office = Office::changed("nz-kr/extradition.yaml", |text| {
        text.replacen(
            "  arrested-provisionally:\n",
            "  arrested-provisionally:\n    four-eyes: required\n",
            1,
        )
    });
    let officer = office.with_case().await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.before_the_arrest(&officer).await;
    let one = Browser::signed_in(&office, "a.costa", &[]).await;
    let form =
        one.get(&format!("{ARREST}?of=arrested-provisionally")).await.page(200).says("takes two persons");
    let typed = [("when", "2027-03-02 23:30"), ("fact.arrest.place", "Ulsan"), ("do", "look")];
    let look = one.go_on(&form, ARREST, &typed).await.page(200).says("Propose it");
    one.go_on(&look, ARREST, &[("do", "record")]).await;
    let proposal = version(&office, &officer).await;
    one.get("/cases/EX-1")
        .await
        .page(200)
        .says("1 proposal waits")
        .says_nothing_of("Held under the provisional warrant");
    let steps = one.get("/cases/EX-1/steps").await.page(200).says("Another account must confirm it.");
    steps.says_nothing_of("Look and confirm");
    let path = "/cases/EX-1/record/confirm";
    let own = one.get(&format!("{path}?of={proposal}")).await.page(200);
    one.go_on(&own, path, &[("do", "record")]).await.page(422);

    let second = Browser::signed_in(&office, "m.reis", &[Role::Officer]).await;
    second.get("/cases/EX-1/steps").await.page(200).says("Look and confirm");
    let form = second.get(&format!("{path}?of={proposal}")).await.page(200).says("Ulsan");
    let look = second
        .go_on(&form, path, &[("do", "look")])
        .await
        .page(200)
        .says("Held under the provisional warrant");
    second
        .go_on(&look, path, &[("do", "record")])
        .await
        .leads_to(&format!("/cases/EX-1/steps?recorded={}", proposal + 1));
    second.get("/cases/EX-1").await.page(200).says("Held under the provisional warrant");
}

#[tokio::test]
async fn the_work_of_the_office_is_recorded_in_one_step() {
    let (office, officer) = before_the_arrest().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let forms = [
        ("assign", vec![("to", "a.costa"), ("desk", "")], "Officer <bdi>a.costa</bdi>"),
        (
            "hold",
            vec![("reason", "Korea asked us to wait"), ("until", "2027-04-01")],
            "Korea asked us to wait",
        ),
        ("resume", vec![], "Put it on hold"),
        ("review", vec![("until", "2027-03-09"), ("reason", "call Seoul")], "Overview"),
        ("no-review", vec![], "Overview"),
    ];
    for (kind, fields, says) in forms {
        let path = format!("/cases/EX-1/record/{kind}");
        let form = browser.get(&path).await.page(200);
        let done = browser.go_on(&form, &path, &[&fields[..], &[("do", "record")]].concat()).await;
        browser.get(&done.header("location")).await.page(200).says(says);
    }
    let _ = version(&office, &officer).await;
}
