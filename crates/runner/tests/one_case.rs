//! One case that cannot be read for a while, and one that two programs write at once: neither harms any other.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use comity_core::Asked;
use comity_core::entry::Body;
use comity_core::id::{CaseId, Version};
use comity_core::name::Private;
use comity_language::library::InMemory;
use comity_runner::{Engine, EngineParts, Expect, NewCase, Outcome, Request};
use comity_store::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, MemoryJournal, Page, PageRequest,
    Position, Query, ReadError, Receipt, Recorded, Report, Row, VerifyError,
};
use common::{ARTICLES, EXTRADITION, Office, WAIVER, act, files, name, procedures, when};

/// What another program records just when this one has asked for a key.
type Other = (Engine, CaseId, Request);

/// A journal in which the key of a case may be away.
#[derive(Default)]
struct Keyless {
    inner: MemoryJournal,
    away: Mutex<Option<CaseId>>,
    other: Mutex<Option<Other>>,
    /// Whether the index is told of no ties, as by an earlier release.
    is_old: AtomicBool,
}

impl Keyless {
    fn check(&self, entries: &[Recorded]) -> Result<(), ReadError> {
        let away = *self.away.lock().unwrap();
        if entries.iter().any(|entry| Some(entry.case) == away && entry.payload.is_sealed()) {
            return Err(ReadError::Keys { why: "the test says so".to_owned() });
        }
        Ok(())
    }

    fn is_away(&self, case: Option<CaseId>) {
        *self.away.lock().unwrap() = case;
    }
}

#[async_trait]
impl Journal for Keyless {
    async fn append(&self, mut commit: Commit) -> Result<Receipt, AppendError> {
        if self.is_old.load(Ordering::Relaxed) {
            commit.rows.retain(|row| !matches!(row, Row::Kind { kind } if kind.starts_with("tied to ")));
        }
        self.inner.append(commit).await
    }
    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        let receipt = self.inner.receipt(case, key).await;
        let other = self.other.lock().unwrap().take();
        if let Some((engine, case, request)) = other {
            engine.record(case, request).await.unwrap();
        }
        receipt
    }
    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        let entries = self.inner.read(case, after).await?;
        self.check(&entries)?;
        Ok(entries)
    }
    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        self.inner.head(case).await
    }
    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let entries = self.inner.tail(after, limit).await?;
        self.check(&entries)?;
        Ok(entries)
    }
    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError> {
        self.inner.rows(query, page).await
    }
    async fn verify(&self) -> Result<Report, VerifyError> {
        self.inner.verify().await
    }
    async fn close(&self) -> Result<(), CloseError> {
        self.inner.close().await
    }
}

#[tokio::test]
async fn a_case_whose_key_is_away_keeps_no_sweep_from_the_others() {
    let journal = Arc::new(Keyless::default());
    let office = Office::over(journal.clone());
    let matter = office.matter().await;
    let case = office.case(matter, "sample/extradition", "EX-1", Vec::new()).await;
    office.at("2027-03-02 23:45");
    office.record(case, act("arrested", "requested/police", when("2027-03-02 23:30"))).await;
    let other = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    journal.is_away(Some(other));
    office.at("2027-03-20 09:00");
    assert_eq!(office.engine.sweep().await.unwrap().noticed.len(), 1);
}

#[tokio::test]
async fn a_clock_that_went_back_is_noticed_though_a_case_cannot_be_read() {
    let journal = Arc::new(Keyless::default());
    let office = Office::over(journal.clone());
    let matter = office.matter().await;
    office.at("2027-03-20 09:00");
    office.case(matter, "sample/extradition", "EX-1", Vec::new()).await;
    let other = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    journal.is_away(Some(other));
    office.at("2027-03-02 09:00");
    assert!(office.engine.sweep().await.unwrap().clock.is_some_and(|jump| !jump.is_ahead()));
}

async fn immunity(office: &Office, case: CaseId) -> Option<String> {
    let view = office.engine.view(case, Asked::at(office.engine.now())).await.unwrap();
    let facts = view.facts();
    let fact = facts.iter().find(|fact| fact.name.as_str() == "immunity").unwrap();
    fact.known.map(|known| known.value.reveal())
}

/// An extradition that follows a waiver, and what was swept until now.
async fn waiver_and_extradition(office: &Office) -> (CaseId, CaseId) {
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    let case = office.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    office.engine.sweep().await.unwrap();
    (waiver, case)
}

#[tokio::test]
async fn a_case_whose_key_was_away_is_told_of_others_when_it_is_back() {
    let journal = Arc::new(Keyless::default());
    let office = Office::over(journal.clone());
    let (waiver, case) = waiver_and_extradition(&office).await;
    journal.is_away(Some(case));
    office.at("2027-03-02 09:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-02 08:00"))).await;
    journal.is_away(None);
    assert_eq!(immunity(&office, case).await.as_deref(), Some("immune"));
    office.engine.sweep().await.unwrap();
    assert_eq!(immunity(&office, case).await.as_deref(), Some("waived"));
}

#[tokio::test]
async fn what_was_recorded_before_the_clock_went_back_is_told_when_it_has_come_so_far_again() {
    let office = Office::in_memory();
    let (waiver, case) = waiver_and_extradition(&office).await;
    let matter = office.engine.case(case).await.unwrap().opening.matter;
    office.at("2027-03-10 09:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-10 08:00"))).await;
    office.at("2027-03-05 09:00");
    let other = office.case(matter, "sample/extradition", "EX-2", vec![(name("immunity"), waiver)]).await;
    assert_eq!(immunity(&office, other).await.as_deref(), Some("immune"));
    office.at("2027-03-11 09:00").engine.sweep().await.unwrap();
    assert_eq!(immunity(&office, other).await.as_deref(), Some("waived"));
}

#[tokio::test]
async fn a_case_that_is_ahead_of_the_clock_follows_another_when_the_clock_has_come_so_far_again() {
    let office = Office::in_memory();
    let (waiver, case) = waiver_and_extradition(&office).await;
    office.at("2027-03-10 09:00");
    let note = Request::of(vec![Body::Note(Private::new("no fax yet"))], &office.by);
    office.engine.record(case, note).await.unwrap();
    office.at("2027-03-05 09:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-05 08:00"))).await;
    office.at("2027-03-11 09:00").engine.sweep().await.unwrap();
    assert_eq!(immunity(&office, case).await.as_deref(), Some("waived"));
}

#[tokio::test]
async fn a_case_that_was_opened_ahead_of_the_clock_follows_another_when_the_clock_has_come_so_far_again() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    office.at("2027-03-10 09:00");
    let case = office.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    office.engine.sweep().await.unwrap();
    // By this clock nothing is known of the case, not even to which other it is tied.
    office.at("2027-03-05 09:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-05 08:00"))).await;
    office.at("2027-03-11 09:00").engine.sweep().await.unwrap();
    assert_eq!(immunity(&office, case).await.as_deref(), Some("waived"));
}

#[tokio::test]
async fn cases_that_an_earlier_release_tied_are_told_of_one_another_at_once_and_named_once() {
    let journal = Arc::new(Keyless { is_old: AtomicBool::new(true), ..Keyless::default() });
    let before = Office::over(journal.clone());
    let (waiver, case) = waiver_and_extradition(&before).await;
    journal.is_old.store(false, Ordering::Relaxed);
    let office = Office::over(journal.clone());
    office.at("2027-03-02 09:00").engine.sweep().await.unwrap();
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-02 08:00"))).await;
    assert_eq!(immunity(&office, case).await.as_deref(), Some("waived"));
    // By now the index has the tie as well. Who would be left behind is told once all the same.
    let file = office.engine.case(waiver).await.unwrap();
    let earlier = file.at_version(Version(1));
    let behind = office.engine.left_behind(&earlier, office.engine.now()).await.unwrap();
    assert_eq!(behind.len(), 1, "{behind:?}");
}

/// An office in Lisbon that follows waivers in Auckland, twelve or thirteen hours ahead.
fn far_apart() -> Office {
    let waiver = WAIVER.replace(
        "sending: {country: XC, zone: Asia/Seoul}",
        "sending: {country: XC, zone: Pacific/Auckland}",
    );
    let waiver = waiver.replace(
        "receiving: {country: XN, zone: Europe/Lisbon}",
        "receiving: {country: XN, zone: Pacific/Auckland}",
    );
    let files = InMemory::default()
        .with("sample/articles.md", ARTICLES)
        .with("sample/extradition.yaml", EXTRADITION)
        .with("sample/waiver.yaml", waiver);
    Office::of(Arc::new(MemoryJournal::new()), &files)
}

#[tokio::test]
async fn a_day_that_has_begun_in_the_other_state_alone_is_told_when_it_begins_here() {
    let office = far_apart();
    let (waiver, case) = waiver_and_extradition(&office).await;
    // In Lisbon it is noon on the fourth, and in Auckland the fifth has begun.
    office.at("2027-03-04 12:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-05"))).await;
    assert_eq!(immunity(&office, case).await.as_deref(), Some("immune"));
    office.at("2027-03-05 09:00").engine.sweep().await.unwrap();
    assert_eq!(immunity(&office, case).await.as_deref(), Some("waived"));
}

#[tokio::test]
async fn a_day_of_the_other_state_does_not_turn_the_order_of_what_happened_there() {
    let office = far_apart();
    let matter = office.matter().await;
    office.at("2027-03-04 12:00");
    let waiver = NewCase {
        matter,
        procedure: "sample/waiver".parse().unwrap(),
        reference: "IM-1".to_owned(),
        title: Private::new("Tivo Arando"),
        since: when("2027-03-05"),
        links: Vec::new(),
    };
    let waiver = office.engine.open_case(waiver, &office.by).await.unwrap();
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-04 12:00"))).await;
    let case = office.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    office.at("2027-03-06 09:00").engine.sweep().await.unwrap();
    assert_eq!(office.stage(waiver, "person").await, "waived");
    assert_eq!(immunity(&office, case).await.as_deref(), Some("waived"));
}

/// Records an arrest, and the same under the same key by another program at the same time.
async fn twice_at_once(expect: Expect) {
    let journal = Arc::new(Keyless::default());
    let office = Office::over(journal.clone());
    let case = office.extradition().await;
    let parts = EngineParts {
        journal: journal.clone(),
        procedures: procedures(&files(EXTRADITION)),
        clock: office.clock.clone(),
    };
    let arrested = act("arrested", "requested/police", when("2027-03-01 08:00"));
    let request = Request { key: Some("form-17".to_owned()), expect, ..Request::deed(arrested, &office.by) };
    *journal.other.lock().unwrap() = Some((Engine::new(parts), case, request.clone()));
    let Outcome::Recorded(receipt) = office.engine.record(case, request).await.unwrap() else {
        panic!("it is recorded, and was refused");
    };
    assert_eq!(receipt.version, Version(2));
    assert_eq!(office.engine.case(case).await.unwrap().version(), Version(2));
}

#[tokio::test]
async fn two_programs_that_record_under_one_key_at_once_are_both_told_that_it_is_recorded() {
    twice_at_once(Expect::Any).await;
}

#[tokio::test]
async fn so_they_are_if_both_say_which_version_they_have_seen() {
    twice_at_once(Expect::Version(Version(1))).await;
}
