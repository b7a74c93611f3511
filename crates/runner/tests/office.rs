//! The work of an office on its cases: who has one, when it is looked at again, when somebody is warned of a limit.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use comity_core::entry::{Body, Office as Work};
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::{Asked, office_standing};
use comity_runner::{Group, Outcome, QueueItem, QueueWhat, Request, Whose};
use comity_store::{Journal, MemoryJournal, OpenOptions, PageRequest, Query, SledJournal};
use common::{EXTRADITION, Office, act, moment, name, when};
use proptest::prelude::*;

/// The limit of ten days warns seven days and one day before its end.
fn warning() -> String {
    EXTRADITION.replace(
        "    off-when: custody is over\n",
        "    off-when: custody is over\n    warn: [7 days, 1 day]\n",
    )
}

fn held(until: Option<&str>) -> Body {
    Body::Office(Work::Held {
        reason: Private::new("counsel is ill"),
        until: until.map(|day| day.parse().unwrap()),
    })
}

fn review(by: &str) -> Body {
    Body::Office(Work::ReviewBy { by: by.parse().unwrap(), why: Private::new("chase the ministry") })
}

fn given_to(to: Option<&str>, desk: Option<&str>) -> Body {
    Body::Office(Work::Assigned { to: to.map(Private::new), desk: desk.map(name) })
}

async fn does(office: &Office, case: CaseId, body: Body) {
    let outcome = office.engine.record(case, Request::of(vec![body], &office.by)).await.unwrap();
    assert!(matches!(outcome, Outcome::Recorded(_)), "{outcome:?}");
}

async fn found(office: &Office, query: Query) -> Vec<CaseId> {
    let page = office.journal.rows(query, PageRequest::first(100)).await.unwrap();
    page.rows.iter().map(|found| found.case).collect()
}

async fn queue(office: &Office) -> Vec<QueueItem> {
    office.engine.queue().await.unwrap()
}

fn groups(items: &[QueueItem]) -> Vec<Group> {
    items.iter().map(|item| item.group).collect()
}

#[tokio::test]
async fn a_case_for_which_nothing_is_planned_is_silent_until_a_day_is_set() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    let items = queue(office.at("2027-05-03 09:00")).await;
    assert_eq!(groups(&items), [Group::Silent]);
    let QueueWhat::Silent { since, is_held, acts } = &items[0].what else { panic!("{:?}", items[0].what) };
    assert!(since.contains("1 March 2027"), "{since}");
    assert!(!is_held && !acts.is_empty());
    assert_eq!(found(&office, Query::Silent).await, [case]);
    does(&office, case, held(None)).await;
    let items = queue(&office).await;
    assert!(
        matches!(items[0].what, QueueWhat::Silent { is_held: true, .. }),
        "a hold without a day plans nothing"
    );
    does(&office, case, review("2027-06-01")).await;
    assert!(found(&office, Query::Silent).await.is_empty());
    let items = queue(&office).await;
    assert_eq!(groups(&items), [Group::Waiting]);
    assert!(
        matches!(items[0].what, QueueWhat::MayAct { next: Some(day), .. } if day.to_string() == "2027-06-01")
    );
}

#[tokio::test]
async fn a_day_that_the_office_set_comes_with_its_start_where_the_case_is_decided_and_is_no_limit() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    does(&office, case, review("2027-06-01")).await;
    does(&office, case, held(Some("2027-05-20"))).await;
    assert_eq!(groups(&queue(office.at("2027-05-19 23:59")).await), [Group::Waiting]);
    assert_eq!(groups(&queue(office.at("2027-05-20 00:00")).await), [Group::HoldEnds]);
    assert_eq!(groups(&queue(office.at("2027-06-01 00:00")).await), [Group::Review, Group::HoldEnds]);
    assert_eq!(found(&office, Query::PlannedUntil(moment("2027-05-19 23:59"))).await, []);
    assert_eq!(found(&office, Query::PlannedUntil(moment("2027-06-01"))).await, [case, case]);
    assert_eq!(found(&office, Query::DueUntil(moment("2037-06-01"))).await, []);
    let report = office.at("2027-06-02 00:00").engine.sweep().await.unwrap();
    assert!(report.noticed.is_empty() && report.warned.is_empty(), "{report:?}");
    does(&office, case, Body::Office(Work::Resumed)).await;
    does(&office, case, review("2027-07-01")).await;
    assert_eq!(
        groups(&queue(&office).await),
        [Group::Waiting],
        "a later day takes the place of an earlier one"
    );
    assert_eq!(found(&office, Query::PlannedUntil(moment("2027-06-30"))).await, []);
}

#[tokio::test]
async fn the_queue_of_an_account_holds_its_cases_and_no_others() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let mut cases = Vec::new();
    for reference in ["EX-1", "EX-2", "EX-3"] {
        cases.push(office.case(matter, "sample/extradition", reference, Vec::new()).await);
    }
    does(&office, cases[0], given_to(Some("a.costa"), None)).await;
    does(&office, cases[1], given_to(Some("m.reis"), Some("appeals"))).await;
    office.at("2027-03-05 09:00");
    does(&office, cases[1], given_to(Some("a.costa"), Some("appeals"))).await;
    let of = async |whose: Whose, at: &str| -> Vec<String> {
        let asked = Asked::at(moment(at));
        let items = office.engine.queue_of(&whose, asked).await.unwrap();
        items.into_iter().map(|item| item.reference).collect()
    };
    let account = |name: &str| Whose::Account(Private::new(name));
    assert_eq!(of(account("a.costa"), "2027-03-05 09:00").await, ["EX-1", "EX-2"]);
    assert!(of(account("m.reis"), "2027-03-05 09:00").await.is_empty());
    assert!(of(account("A.Costa"), "2027-03-05 09:00").await.is_empty(), "an account is its very name");
    assert_eq!(of(account("m.reis"), "2027-03-04 09:00").await, ["EX-2"], "as it was known then");
    assert_eq!(of(Whose::Desk(name("appeals")), "2027-03-05 09:00").await, ["EX-2"]);
    assert_eq!(of(Whose::Nobodys, "2027-03-05 09:00").await, ["EX-3"]);
    let all = office.engine.queue().await.unwrap();
    assert_eq!(all.len(), 3);
    let whose: BTreeSet<Option<Private>> = all.into_iter().map(|item| item.assigned).collect();
    assert_eq!(whose, BTreeSet::from([None, Some(Private::new("a.costa"))]));
}

#[tokio::test]
async fn an_account_is_hidden_in_the_store_on_disk_and_found_after_a_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let open = async || Arc::new(SledJournal::open(folder.path(), OpenOptions::default()).await.unwrap());
    let journal = open().await;
    let office = Office::over(journal.clone());
    let case = office.extradition().await;
    does(&office, case, given_to(Some("zoe.quixada"), None)).await;
    does(&office, case, review("2027-06-01")).await;
    let all = [
        Query::AssignedTo("zoe.quixada".into()),
        Query::PlannedUntil(moment("2027-06-01")),
        Query::Silent,
        Query::WarnUntil(moment("2037-01-01")),
    ];
    let mut before = Vec::new();
    for query in &all {
        before.push(found(&office, query.clone()).await);
    }
    assert_eq!(before, [vec![case], vec![case], vec![], vec![]]);
    journal.verify().await.unwrap();
    journal.close().await.unwrap();
    for file in files(folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(11).any(|part| part == b"zoe.quixada"), "{}", file.display());
    }
    std::fs::remove_dir_all(folder.path().join("sled")).unwrap();
    let again = Office::over(open().await);
    for (query, before) in all.into_iter().zip(before) {
        assert_eq!(found(&again, query).await, before);
    }
    again.journal.verify().await.unwrap();
    again.journal.close().await.unwrap();
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for item in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if item.path().is_dir() { files.extend(self::files(&item.path())) } else { files.push(item.path()) }
    }
    files
}

/// An office with a person arrested on 1 March, and the limit for the request ending with the 11th.
async fn arrested() -> (Office, CaseId) {
    let office = Office::with(Arc::new(MemoryJournal::new()), &warning());
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    (office, case)
}

async fn warned(office: &Office) -> Vec<(String, comity_core::time::Moment)> {
    let report = office.engine.sweep().await.unwrap();
    report.warned.iter().map(|one| (one.before.to_string(), one.at)).collect()
}

#[tokio::test]
async fn a_warning_is_recorded_once_from_its_moment_on() {
    let (office, case) = arrested().await;
    assert!(warned(office.at("2027-03-03 23:59")).await.is_empty());
    let seven = ("7 days".to_owned(), moment("2027-03-04 00:00"));
    assert_eq!(warned(office.at("2027-03-04 00:00")).await, [seven]);
    assert!(warned(office.at("2027-03-04 00:01")).await.is_empty(), "and once only");
    let file = office.engine.case(case).await.unwrap();
    let Some(Body::Warned(given)) = file.entries.last().map(|entry| &entry.body) else { panic!() };
    assert_eq!((given.clock.as_str(), given.ends), ("formal-request", moment("2027-03-12 00:00")));
    assert_eq!(given.told, [name("requested/police")], "the police would have to release");
    assert_eq!(office_standing(&file.entries).touched, Some(moment("2027-03-01 09:00")));
    // A fresh engine over the same record gives none again.
    let again = Office::with(office.journal.clone(), &warning());
    assert!(warned(again.at("2027-03-04 00:02")).await.is_empty());
}

#[tokio::test]
async fn after_downtime_every_warning_that_passed_is_caught_up_with_its_moment() {
    let (office, _) = arrested().await;
    let given = warned(office.at("2027-03-11 12:00")).await;
    let at = |text: &str| moment(text);
    assert_eq!(
        given,
        [("7 days".to_owned(), at("2027-03-04 00:00")), ("1 day".to_owned(), at("2027-03-10 00:00"))]
    );
}

#[tokio::test]
async fn nobody_is_warned_of_what_was_met_or_ran_out_meanwhile() {
    let (office, case) = arrested().await;
    office.at("2027-03-10 12:00");
    office.record(case, act("request-received", "requesting/ministry", when("2027-03-10 08:00"))).await;
    assert!(warned(&office).await.is_empty());
    assert_eq!(found(&office, Query::WarnUntil(moment("2037-01-01"))).await, []);
    let (office, _) = arrested().await;
    let report = office.at("2027-03-12 00:00").engine.sweep().await.unwrap();
    assert_eq!((report.noticed.len(), report.warned.len()), (1, 0), "the notice says more");
}

#[tokio::test]
async fn a_limit_that_ends_later_after_all_warns_anew() {
    let (office, case) = arrested().await;
    assert_eq!(warned(office.at("2027-03-05 09:00")).await.len(), 1);
    let arrest = office.engine.case(case).await.unwrap().entries[1].number;
    let moved = act("arrested", "requested/police", when("2027-03-02 08:00"));
    let request = Request::correct(arrest, moved, Private::new("a day later"), &office.by);
    assert!(matches!(office.engine.record(case, request).await.unwrap(), Outcome::Recorded(_)));
    assert_eq!(warned(&office).await, [("7 days".to_owned(), moment("2027-03-05 00:00"))]);
}

#[tokio::test]
async fn the_queue_says_which_warning_has_come() {
    let (office, _) = arrested().await;
    let of = |items: Vec<QueueItem>| {
        let QueueWhat::Limit { warned, .. } = &items[0].what else { panic!("{:?}", items[0].what) };
        (items[0].group, warned.clone().unwrap_or_default())
    };
    assert_eq!(of(queue(office.at("2027-03-03 23:59")).await), (Group::Later, String::new()));
    let (group, says) = of(queue(office.at("2027-03-04 00:00")).await);
    assert_eq!(group, Group::Soon, "seven days are soon already");
    assert!(says.starts_with("7 days before the end, since Thursday 4 March 2027"), "{says}");
    let (group, says) = of(queue(office.at("2027-03-10 09:00")).await);
    assert_eq!(group, Group::Today);
    assert!(says.starts_with("1 day before the end"), "{says}");
    let long = warning().replace("[7 days, 1 day]", "[9 days]");
    let office = Office::with(Arc::new(MemoryJournal::new()), &long);
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    assert_eq!(of(queue(office.at("2027-03-01 23:59")).await).0, Group::Later);
    assert_eq!(of(queue(office.at("2027-03-02 00:00")).await).0, Group::Warned);
}

/// One thing that may be tried, some hours after the one before.
fn attempt() -> impl Strategy<Value = (usize, i64)> {
    (0usize..11, prop_oneof![Just(1i64), 10i64..60, 200i64..400])
}

fn tried(what: usize, office: &Office) -> Body {
    let now = office.engine.now();
    let zone = comity_core::time::Zone::named("Europe/Lisbon").unwrap();
    let day = |days| zone.day_at(now).plus_days(days).unwrap();
    let deed = |what: &str, by: &str| Body::Deed(act(what, by, comity_core::time::When::At(now)));
    match what {
        0 => deed("arrested", "requested/police"),
        1 => deed("request-received", "requesting/ministry"),
        2 => deed("released", "requested/police"),
        3 => held(None),
        4 => held(Some(&day(3).to_string())),
        5 => Body::Office(Work::Resumed),
        6 => review(&day(9).to_string()),
        7 => Body::Office(Work::NoReview),
        8 => given_to(Some("a.costa"), None),
        9 => given_to(None, None),
        _ => Body::Note(Private::new("called")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done: an open case is on the queue, the order never descends, and index and queue agree.
    #[test]
    fn index_and_queue_agree_and_no_open_case_is_missing(attempts in prop::collection::vec(attempt(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let office = Office::with(Arc::new(MemoryJournal::new()), &warning());
            let case = office.extradition().await;
            for (what, hours) in attempts {
                let later = office.engine.now().plus_microseconds(hours * 3_600_000_000).unwrap();
                office.clock.set(later);
                let body = tried(what, &office);
                office.engine.record(case, Request::of(vec![body], &office.by)).await.unwrap();
                office.engine.sweep().await.unwrap();
                agree(&office, case).await;
            }
        });
    }
}

async fn agree(office: &Office, case: CaseId) {
    let now = office.engine.now();
    let items = queue(office).await;
    let file = office.engine.case(case).await.unwrap();
    let view = file.view(Asked::at(now));
    let standing = office_standing(&file.entries);
    let told = format!("{items:#?}\n{:#?}", file.entries);
    assert!(view.is_over() || !items.is_empty(), "{told}");
    assert!(
        items.is_sorted_by_key(|item| (item.group, item.at.unwrap_or(comity_core::time::Moment::MAX))),
        "{told}"
    );
    let is_silent = items.iter().any(|item| item.group == Group::Silent);
    assert_eq!(is_silent, !found(office, Query::Silent).await.is_empty(), "{told}");
    let has_come = items.iter().filter(|item| matches!(item.group, Group::Review | Group::HoldEnds)).count();
    assert_eq!(has_come, found(office, Query::PlannedUntil(now)).await.len(), "{told}");
    let mine =
        office.engine.queue_of(&Whose::Account(Private::new("a.costa")), Asked::at(now)).await.unwrap();
    let is_mine = standing.assigned.is_some();
    assert_eq!(mine, if is_mine { items } else { Vec::new() }, "{told}");
    assert!(found(office, Query::WarnUntil(now)).await.is_empty(), "what was to be given was given: {told}");
    assert!(found(office, Query::DueUntil(now)).await.is_empty(), "{told}");
}
