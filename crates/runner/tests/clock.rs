//! A clock of the machine that jumps: noticed and recorded, not obeyed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod common;

use comity_core::entry::Body;
use comity_core::name::Private;
use comity_runner::{Jump, Outcome, Request};
use comity_store::codec::ClockRecord;
use common::{Office, act, moment, when};

/// An office with a person arrested on 1 March; the limit for the request ends with the 11th.
async fn arrested() -> Office {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    assert_eq!(office.engine.sweep().await.unwrap().clock, None);
    office
}

async fn recorded(office: &Office) -> Vec<ClockRecord> {
    office.engine.clock_history().await.unwrap().into_iter().map(|entry| entry.what).collect()
}

#[tokio::test]
async fn a_clock_that_leaps_ahead_makes_no_limit_run_out() {
    let office = arrested().await;
    office.at("2027-03-02 09:00");
    office.clock.jump(moment("2037-01-01 00:00"));
    let (read, expected) = (moment("2037-01-01 00:00"), moment("2027-03-02 09:00"));
    let report = office.engine.sweep().await.unwrap();
    assert_eq!(report.clock, Some(Jump { read, expected }));
    assert!(report.noticed.is_empty() && report.warned.is_empty(), "{report:?}");
    // Time goes on, the clock stays wrong, and it is recorded once.
    office.clock.set(moment("2037-01-01 01:00"));
    assert!(office.engine.sweep().await.unwrap().clock.unwrap().is_ahead());
    assert!(office.engine.clock_jump().unwrap().is_ahead());
    assert_eq!(recorded(&office).await, [ClockRecord::Jumped { read, expected }]);
    // Put right, it is followed again.
    office.clock.jump(moment("2027-03-02 10:00"));
    assert_eq!(office.engine.sweep().await.unwrap().clock, None);
    assert_eq!(office.engine.clock_jump(), None);
    let noticed = office.at("2027-03-12 00:00").engine.sweep().await.unwrap().noticed;
    assert_eq!(noticed.len(), 1, "and what runs out is noticed");
}

#[tokio::test]
async fn somebody_may_say_that_a_clock_is_right_though_it_leapt() {
    let office = arrested().await;
    let read = moment("2027-03-20 00:00");
    office.clock.jump(read);
    assert!(office.engine.sweep().await.unwrap().noticed.is_empty());
    office.engine.trust_clock(&Private::new("operator")).await.unwrap();
    let report = office.engine.sweep().await.unwrap();
    assert_eq!((report.clock, report.noticed.len()), (None, 1));
    assert_eq!(report.noticed[0].ran_out, moment("2027-03-12 00:00"));
    let history = office.engine.clock_history().await.unwrap();
    assert_eq!(history[1].what, ClockRecord::Trusted { read });
    assert_eq!(history[1].by, Private::new("operator"));
}

#[tokio::test]
async fn time_that_passed_is_no_jump_however_long_nobody_looked() {
    let office = arrested().await;
    let report = office.at("2047-03-12 00:00").engine.sweep().await.unwrap();
    assert_eq!((report.clock, report.noticed.len()), (None, 1));
    // A store that was copied and is started elsewhere, years later.
    let elsewhere = Office::over(arrested().await.journal);
    let report = elsewhere.at("2047-03-12 00:00").engine.sweep().await.unwrap();
    assert_eq!((report.clock, report.noticed.len()), (None, 1));
}

#[tokio::test]
async fn a_clock_that_went_back_before_the_newest_record_is_noticed_and_recorded_once() {
    let office = arrested().await;
    let (read, newest) = (moment("2027-02-01 00:00"), moment("2027-03-01 09:00"));
    // A fresh engine knows of the time before by the record alone.
    for _ in 0..2 {
        let again = Office::over(office.journal.clone());
        again.clock.jump(read);
        let jump = again.engine.sweep().await.unwrap().clock.unwrap();
        assert_eq!((jump, jump.is_ahead()), (Jump { read, expected: newest }, false));
        assert_eq!(again.engine.sweep().await.unwrap().clock, Some(jump));
        assert!(jump.to_string().contains("it was 2027-03-01T09:00:00Z before"), "{jump}");
    }
    assert_eq!(recorded(&office).await, [ClockRecord::Jumped { read, expected: newest }]);
}

#[tokio::test]
async fn a_clock_that_goes_back_while_it_is_watched_is_noticed_though_nothing_was_recorded_since() {
    let office = arrested().await;
    office.at("2027-03-08 09:00").engine.sweep().await.unwrap();
    office.clock.jump(moment("2027-03-05 09:00"));
    let jump = office.engine.sweep().await.unwrap().clock.unwrap();
    assert_eq!(jump.expected, moment("2027-03-08 09:00"));
    // It is told until it is right, and recorded once.
    assert_eq!(office.engine.sweep().await.unwrap().clock, Some(jump));
    assert_eq!(recorded(&office).await.len(), 1);
    let mut right = Office::over(office.journal.clone());
    assert_eq!(right.at("2027-03-08 09:01").engine.sweep().await.unwrap().clock, None);
    // If it was wrong before, and is right now, somebody says so.
    right = Office::over(office.journal.clone());
    right.clock.jump(moment("2027-03-05 10:00"));
    assert!(right.engine.sweep().await.unwrap().clock.is_some());
    right.engine.trust_clock(&right.by).await.unwrap();
    assert_eq!(right.engine.sweep().await.unwrap().clock, None);
}

#[tokio::test]
async fn a_clock_that_was_behind_and_is_put_right_is_followed_at_once() {
    let office = arrested().await;
    let again = Office::over(office.journal.clone());
    again.clock.jump(moment("2000-01-01 00:00"));
    assert!(again.engine.sweep().await.unwrap().clock.is_some());
    again.clock.jump(moment("2027-03-12 00:00"));
    let report = again.engine.sweep().await.unwrap();
    assert_eq!((report.clock, report.noticed.len()), (None, 1), "it missed nothing");
}

#[tokio::test]
async fn a_clock_that_is_set_by_minutes_is_followed() {
    let office = arrested().await;
    for text in ["2027-03-01 09:04", "2027-03-01 09:00", "2027-03-01 09:05"] {
        office.clock.jump(moment(text));
        assert_eq!(office.engine.sweep().await.unwrap().clock, None, "{text}");
    }
    assert!(recorded(&office).await.is_empty());
}

#[tokio::test]
async fn a_case_that_is_ahead_of_the_clock_is_told_as_failed_and_hides_no_other() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let mut cases = Vec::new();
    for reference in ["EX-1", "EX-2"] {
        let case = office.case(matter, "sample/extradition", reference, Vec::new()).await;
        office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
        cases.push(case);
    }
    office.at("2027-03-20 09:00");
    let note = Request::of(vec![Body::Note(Private::new("by a wrong clock"))], &office.by);
    assert!(matches!(office.engine.record(cases[0], note).await.unwrap(), Outcome::Recorded(_)));
    let again = Office::over(office.journal.clone());
    let report = again.at("2027-03-15 09:00").engine.sweep().await.unwrap();
    assert_eq!(report.noticed.iter().map(|one| one.case).collect::<Vec<_>>(), [cases[1]]);
    assert_eq!(
        report.failed.iter().map(|one| (one.case, one.code)).collect::<Vec<_>>(),
        [(cases[0], "record-goes-back")]
    );
    assert!(report.clock.is_some());
}
