//! What stands on the queue, and for how long.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::sync::Arc;

use comity_core::id::CaseId;
use comity_runner::{Group, QueueItem, QueueWhat};
use comity_store::MemoryJournal;
use common::{EXTRADITION, Office, act, when};

/// A second limit beside that for the request: five days for a report, whose running out has `effect`.
fn with_a_report(effect: &str) -> String {
    let clock = format!(
        "  report:
    title: The police report on the arrest
    limits: requested/police
    starts: arrested
    if-started-again: starts-anew
    length: 5 days
    first-day: not-counted
    last-day-closed: stands
    zone: requested
    met-by: reported
    at-the-same-instant: act-first
    stops-while: none
    extended-by: none
    off-when: custody is over
    on-expiry: {effect}
    cite: treaty 2
acts:
  reported: {{title: The police have reported, by: requested/police, cite: treaty 2}}
  excused: {{title: The delay is excused, by: requested/police, cite: treaty 2}}
"
    );
    EXTRADITION.replace("\nacts:\n", &format!("\n{clock}"))
}

/// An office with a person arrested on 1 March; the report is due on the 6th, the request on the 11th.
async fn arrested(effect: &str) -> (Office, CaseId) {
    let office = Office::with(Arc::new(MemoryJournal::new()), &with_a_report(effect));
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    (office, case)
}

async fn ran_out(office: &Office) -> Vec<QueueItem> {
    let queue = office.engine.queue().await.unwrap();
    queue.into_iter().filter(|item| item.group == Group::RanOut).collect()
}

#[tokio::test]
async fn what_ran_out_without_a_duty_stays_until_it_is_done_late() {
    let (office, case) = arrested("{effect: nothing-stated}").await;
    assert!(ran_out(office.at("2027-03-06 23:59")).await.is_empty());
    office.at("2027-03-07 00:00").engine.sweep().await.unwrap();
    for now in ["2027-03-07 00:01", "2027-03-08 09:00", "2027-03-10 09:00"] {
        let items = ran_out(office.at(now)).await;
        assert_eq!(items.len(), 1, "{now}");
        let QueueWhat::RanOut { clock, ran_out, follows, basis, .. } = &items[0].what else {
            panic!("{:?}", items[0].what)
        };
        assert_eq!((clock.as_str(), basis.as_str()), ("report", "treaty 2"));
        assert!(ran_out.contains("Sunday 7 March 2027 00:00"), "{ran_out}");
        assert!(follows.contains("the provision states no effect"), "{follows}");
    }
    office.record(case, act("reported", "requested/police", when("2027-03-10 08:00"))).await;
    assert!(ran_out(&office).await.is_empty());
}

#[tokio::test]
async fn what_ran_out_goes_with_the_reason_for_which_it_ran() {
    let (office, case) = arrested("{effect: alert}").await;
    assert_eq!(ran_out(office.at("2027-03-10 09:00")).await.len(), 1);
    office.record(case, act("released", "requested/police", when("2027-03-10 08:00"))).await;
    assert!(ran_out(&office).await.is_empty(), "off-when holds, and the case is over");
}

#[tokio::test]
async fn a_permission_stays_until_it_is_used() {
    let (office, case) = arrested("{effect: permission, opens: [excused]}").await;
    assert_eq!(ran_out(office.at("2027-03-10 09:00")).await.len(), 1);
    office.record(case, act("excused", "requested/police", when("2027-03-10 08:00"))).await;
    assert!(ran_out(&office).await.is_empty());
}

#[tokio::test]
async fn a_duty_stands_once_among_what_is_owed_and_says_why() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    let queue = office.at("2027-03-13 09:00").engine.queue().await.unwrap();
    assert_eq!(queue.len(), 1, "{queue:?}");
    let QueueWhat::Owed { since, .. } = &queue[0].what else { panic!("{:?}", queue[0].what) };
    assert!(since.contains("12 March 2027") && since.contains("formal-request ran out"), "{since}");
}

#[tokio::test]
async fn a_look_records_nothing_at_whatever_moment() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    let before = office.engine.case(case).await.unwrap().version();
    assert!(!office.at("2037-03-13 09:00").engine.queue().await.unwrap().is_empty());
    assert_eq!(office.engine.case(case).await.unwrap().version(), before);
    office.at("2027-03-02 09:00");
    let request = act("request-received", "requesting/ministry", when("2027-03-02 08:00"));
    assert!(matches!(office.record(case, request).await, comity_runner::Outcome::Recorded(_)));
}

#[tokio::test]
async fn a_look_into_the_past_shows_what_was_known_then() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    let link = vec![(common::name("immunity"), waiver)];
    let case = office.case(matter, "sample/extradition", "EX-1", link).await;
    office.at("2027-03-02 10:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-02 08:00"))).await;
    office.record(case, act("arrested", "requested/police", when("2027-03-02 09:00"))).await;
    let then = office.at("2027-03-01 10:00").engine.queue().await.unwrap();
    assert_eq!(then.len(), 2, "{then:?}");
    assert!(then.iter().all(|item| item.group == Group::Silent), "{then:?}");
    assert!(office.at("2027-02-01 10:00").engine.queue().await.unwrap().is_empty(), "nothing was open");
}
