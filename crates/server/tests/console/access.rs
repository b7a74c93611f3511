//! Every page asks the rules that the API asks.

use comity_server::access::Role;

use crate::browser::Browser;
use crate::desk::Office;

/// Every page about many cases, and of one.
pub(crate) const PAGES: &[&str] = &[
    "/",
    "/?of=all&later=true",
    "/deadlines",
    "/deadlines?month=2027-04",
    "/cases",
    "/cases?state=NZ&text=arando",
    "/search?q=words",
    "/procedures",
    "/procedures/nz-kr/extradition",
    "/statistics",
    "/statistics?table=standing&by=both",
    "/help",
];

/// Every page of one case, with its reference as `{}`.
pub(crate) const OF_CASE: &[&str] = &[
    "/cases/{}",
    "/cases/{}?as_known_at=2027-03-03",
    "/cases/{}/picture",
    "/cases/{}/steps",
    "/cases/{}/clocks",
    "/cases/{}/clocks/formal-request",
    "/cases/{}/documents",
    "/cases/{}/grounds",
    "/cases/{}/facts",
    "/cases/{}/timeline",
    "/cases/{}/timeline?by=recording",
    "/cases/{}/linked",
    "/cases/{}/notes",
    "/cases/{}/proof",
];

/// Every page on which something is recorded in it.
pub(crate) const OF_RECORDING: &[&str] = &[
    "/cases/{}/record/act?of=request-sent",
    "/cases/{}/record/fact?of=request-believed",
    "/cases/{}/record/note",
    "/cases/{}/record/hold",
    "/cases/{}/record/resume",
    "/cases/{}/record/assign",
    "/cases/{}/record/review",
    "/cases/{}/record/no-review",
    "/cases/{}/record/annul?of=2",
    "/cases/{}/record/redate?of=2",
    "/cases/{}/record/link",
];

const READS: [Role; 4] = [Role::Reader, Role::Officer, Role::Head, Role::Auditor];

async fn office() -> Office {
    let office = Office::new();
    let officer = office.with_case().await;
    office.clock.set("2027-03-03T00:00:00Z".parse().unwrap());
    office.arrest(&officer).await;
    office
}

#[tokio::test]
async fn nobody_sees_a_page_without_signing_in() {
    let office = office().await;
    let browser = Browser::of(&office);
    for path in PAGES.iter().chain(OF_CASE).chain(OF_RECORDING) {
        let answer = browser.get(&path.replace("{}", "EX-1")).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text);
        assert!(answer.header("location").starts_with("/sign-in"), "{path}");
    }
}

#[tokio::test]
async fn a_page_is_shown_to_whoever_may_read_cases_and_to_nobody_else() {
    let office = office().await;
    for role in [Role::Reader, Role::Officer, Role::Head, Role::Auditor, Role::Operator, Role::Administrator]
    {
        let browser = Browser::signed_in(&office, &format!("an-{}", role.word()), &[role]).await;
        let may = READS.contains(&role);
        for path in PAGES {
            let answer = browser.get(path).await;
            // What the words mean is nobody's secret.
            let expected = if may || *path == "/help" { 200 } else { 403 };
            assert_eq!(answer.status, expected, "{path} as {}", role.word());
            answer.page(expected);
        }
        for path in OF_CASE {
            // Who may not read a case is not told whether there is one.
            let answer = browser.get(&path.replace("{}", "EX-1")).await;
            answer.page(if may { 200 } else { 404 });
        }
        let records = matches!(role, Role::Officer | Role::Head);
        for path in OF_RECORDING {
            let answer = browser.get(&path.replace("{}", "EX-1")).await;
            answer.page(if records {
                200
            } else if may {
                403
            } else {
                404
            });
        }
        let seals = browser.get("/cases/EX-1/record/seal").await;
        seals.page(if role == Role::Head {
            200
        } else if may {
            403
        } else {
            404
        });
        let opens = browser.get("/cases/new").await;
        opens.page(if records { 200 } else { 403 });
    }
}

#[tokio::test]
async fn what_is_sent_is_asked_of_the_rules_too() {
    let office = office().await;
    let browser = Browser::signed_in(&office, "auditor", &[Role::Auditor]).await;
    browser.get("/cases/EX-1/notes").await.page(200).says_nothing_of("<textarea");
    let fields = [("do", "record"), ("text", "by an auditor")];
    browser.post("/cases/EX-1/record/note", &fields).await.page(403).says("This account may not record this");
    browser.post("/cases/new", &[("procedure", "nz-kr/extradition")]).await.page(403);
}

#[tokio::test]
async fn an_account_of_certain_procedures_is_shown_no_others() {
    let office = office().await;
    office.account("admin", &[Role::Administrator]).await;
    let browser = Browser::signed_in(&office, "a.mla", &[Role::Officer]).await;
    let procedures = Some(["nz-kr-mla/request".to_owned()].into());
    let edit = comity_server::access::book::Edit { procedures, ..Default::default() };
    office.book.edit("a.mla", edit).await.unwrap();
    for path in PAGES.iter().filter(|path| !path.contains("procedures")) {
        browser.get(path).await.page(200).says_nothing_of("EX-1");
    }
    browser.get("/cases/EX-1").await.page(404);
    browser.get("/cases/new").await.page(200).says_nothing_of("value=\"nz-kr/extradition\"");
}

#[tokio::test]
async fn what_is_recorded_for_an_authority_of_which_the_account_is_not_is_refused() {
    let office = office().await;
    office.account("admin", &[Role::Administrator]).await;
    let browser = Browser::signed_in(&office, "a.police", &[Role::Officer]).await;
    let authorities = Some(["requested/police".to_owned()].into());
    let edit = comity_server::access::book::Edit { authorities, ..Default::default() };
    office.book.edit("a.police", edit).await.unwrap();
    browser.get("/cases/EX-1/record/act?of=request-sent").await.page(200);
    let fields =
        [("of", "request-sent"), ("by", "requesting/minister"), ("do", "look"), ("when", "2027-03-02")];
    browser.post("/cases/EX-1/record/act", &fields).await.page(403);
}
