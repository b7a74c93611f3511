//! A case is opened in three pages, and once.

use crate::browser::Browser;
use crate::desk::Office;

#[tokio::test]
async fn a_case_is_opened_in_three_pages() {
    let office = Office::new();
    office.with_case().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    let first = browser.get("/cases/new?q=extradition%20korea").await.page(200);
    let first =
        first.says("value=\"nz-kr/extradition\"").says_nothing_of("value=\"un-model-mla/assistance\"");
    browser
        .go_on(&first, "/cases/new", &[("do", "person")])
        .await
        .page(422)
        .says("Choose the procedure under which the case runs.");
    let fields = [("procedure", "nz-kr/extradition"), ("do", "person")];
    let second = browser.go_on(&first, "/cases/new", &fields).await.page(200).says("page 2 of 3");
    // The person may be here already.
    let found = browser.go_on(&second, "/cases/new", &[("title", "Arando"), ("do", "find")]).await.page(200);
    let found = found.says("1 case may be about the same").says("EX-1");
    let third = browser.go_on(&found, "/cases/new", &[("matter", "M-1"), ("do", "arrived")]).await.page(200);
    let third = third.says("page 3 of 3").says("value=\"2027-03-03\"");
    // A reference that is taken, and a day that is to come: what was typed stays.
    for (reference, since) in [("EX-1", "2027-03-01"), ("EX-2", "2028-01-01"), ("EX-2", "soon")] {
        let fields = [("reference", reference), ("since", since), ("do", "open")];
        let page = browser.go_on(&third, "/cases/new", &fields).await.page(422);
        page.says(&format!("value=\"{since}\"")).says(&format!("value=\"{reference}\""));
    }
    let fields = [("reference", "EX-2"), ("since", "2027-03-01"), ("do", "open")];
    browser.go_on(&third, "/cases/new", &fields).await.leads_to("/cases/EX-2?recorded=1");
    browser.go_on(&third, "/cases/new", &fields).await.leads_to("/cases/EX-2?recorded=1");
    browser.get("/cases/EX-2").await.page(200).says("Arando").says("/cases?matter=M-1");
    browser.get("/cases?matter=M-1").await.page(200).says("EX-1").says("EX-2");
}

#[tokio::test]
async fn a_case_without_a_matter_has_one_of_its_own() {
    let office = Office::new();
    office.with_case().await;
    let browser = Browser::signed_in(&office, "a.costa", &[]).await;
    browser.get("/cases/new").await.page(200);
    let fields = [
        ("procedure", "nz-kr/extradition"),
        ("title", ""),
        ("reference", "EX/3 ü"),
        ("since", "2027-03-01"),
        ("key", "an-attempt"),
        ("do", "open"),
    ];
    browser.post("/cases/new", &fields).await.leads_to("/cases/EX%2F3%20%C3%BC?recorded=1");
    let page = browser.get("/cases/EX%2F3%20%C3%BC/steps").await.page(200);
    page.says("M-EX/3 ü").says("/cases/EX%2F3%20%C3%BC/record/act?of=");
}
