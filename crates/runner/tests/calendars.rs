//! A case goes on under its procedure, with the closed days that are known now.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::sync::Arc;

use comity_core::id::CaseId;
use comity_core::{Asked, RejectionCode};
use comity_language::library::InMemory;
use comity_runner::Outcome;
use comity_store::{Journal, MemoryJournal};
use common::{EXTRADITION, Office, act, moment, when};

fn calendar(until: &str) -> String {
    format!(
        "comity-calendar: 1
name: norvane
title: Closed days of Norvane
place: Norvane
source: made up
checked: 2026-11-01
covers: {{from: 2026-01-01, until: {until}}}
weekly: [saturday, sunday]
closed: {{2027-01-01: New Year's Day}}
"
    )
}

fn files(until: &str, extradition: &str) -> InMemory {
    let moved = extradition
        .replace("last-day-closed: stands", "last-day-closed: next-open-day\n    calendar: norvane");
    common::files(&moved).with("calendars/norvane.yaml", calendar(until).as_bytes())
}

/// A case that was opened when the calendar ended on 10 March 2027; the limit of its arrest ends on the 11th.
async fn old_case(journal: Arc<dyn Journal>) -> CaseId {
    let office = Office::of(journal, &files("2027-03-10", EXTRADITION));
    let case = office.extradition().await;
    let arrested = act("arrested", "requested/police", when("2027-03-01 08:00"));
    let Outcome::Rejected(because) = office.record(case, arrested).await else { panic!("it was counted") };
    assert_eq!(because.code(), RejectionCode::CannotCount);
    case
}

async fn counts(office: Office, case: CaseId) {
    let arrested = act("arrested", "requested/police", when("2027-03-01 08:00"));
    let outcome = office.record(case, arrested).await;
    assert!(matches!(outcome, Outcome::Recorded(_)), "{outcome:?}");
    let view = office.engine.view(case, Asked::at(office.engine.now())).await.unwrap();
    assert_eq!(view.due()[0].0, moment("2027-03-12 00:00"));
}

#[tokio::test]
async fn closed_days_that_are_added_serve_the_cases_that_were_open() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
    let case = old_case(journal.clone()).await;
    counts(Office::of(journal, &files("2029-12-31", EXTRADITION)), case).await;
}

#[tokio::test]
async fn they_serve_those_whose_procedure_was_amended_since_too() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
    let case = old_case(journal.clone()).await;
    let amended =
        EXTRADITION.replace("length: 10 days", "length: 20 days").replace("version: 1", "version: 2");
    counts(Office::of(journal, &files("2029-12-31", &amended)), case).await;
}
