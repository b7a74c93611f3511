//! The content of a case is erased: who is tied to it goes on, and nothing of it is left half erased.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use comity_core::Asked;
use comity_core::entry::{Body, ErasureProposed};
use comity_core::id::{CaseId, EntryNumber, MatterId, Version};
use comity_core::name::Private;
use comity_runner::{EngineError, EraseRefusal, Erased, Group, Outcome, Request};
use comity_store::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, MemoryJournal, Page, PageRequest,
    Position, Query, ReadError, Receipt, Recorded, Report, VerifyError,
};
use common::{EXTRADITION, Office, act, files, name, when};

async fn proposed(office: &Office, case: CaseId) -> EntryNumber {
    let proposed = ErasureProposed { authority: "Court".to_owned(), reason: "Act 3(1)".to_owned() };
    let request = Request::of(vec![Body::ErasureProposed(proposed)], &office.by);
    let Outcome::Recorded(receipt) = office.engine.record(case, request).await.unwrap() else {
        panic!("the proposal was refused");
    };
    EntryNumber::new(receipt.version.0).unwrap()
}

async fn erase(office: &Office, case: CaseId) -> Result<Erased, EngineError> {
    let entry = proposed(office, case).await;
    office.engine.erase(case, entry, &Private::new("b.lima")).await
}

#[track_caller]
fn is_done(erased: &Result<Erased, EngineError>) {
    assert!(matches!(erased, Ok(Erased::Done(_))), "{erased:?}");
}

/// A waiver, and a request for extradition that follows it.
async fn tied(office: &Office) -> (MatterId, CaseId, CaseId) {
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "W-1", Vec::new()).await;
    let links = vec![(name("immunity"), waiver)];
    let request = office.case(matter, "sample/extradition", "EX-1", links).await;
    (matter, waiver, request)
}

#[tokio::test]
async fn a_case_that_follows_one_that_was_erased_keeps_what_it_learned_and_goes_on() {
    let office = Office::in_memory();
    let (_, waiver, request) = tied(&office).await;
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-01 08:00"))).await;
    is_done(&erase(&office, waiver).await);
    let view = office.engine.view(request, Asked::at(office.engine.now())).await.unwrap();
    let facts = view.facts();
    let known = facts.iter().find(|fact| fact.name.as_str() == "immunity").and_then(|fact| fact.known);
    assert_eq!(known.map(|known| known.value.reveal()), Some("waived".to_owned()));
    // It can be read, so it is not on the queue as one that cannot be.
    let queue = office.engine.queue().await.unwrap();
    let groups: Vec<Group> =
        queue.iter().filter(|item| item.case == request).map(|item| item.group).collect();
    assert_eq!(groups, [Group::Silent]);
    let arrested = act("arrested", "requested/police", when("2027-03-01 08:30"));
    assert!(matches!(office.record(request, arrested).await, Outcome::Recorded(_)));
}

/// The same request, with a second case to follow.
fn with_two_links() -> String {
    EXTRADITION
        .replace(
            "\nfacts:",
            "\n  other: {title: A second waiver, procedure: sample/waiver}\nfacts:\n  second: {title: The second, type: {one-of: [immune, waived]}, mirrors: {link: other, track: person}}",
        )
        .replace("when: immunity is waived or", "when: second is waived or immunity is waived or")
}

#[tokio::test]
async fn a_case_learns_of_others_though_one_that_it_follows_was_erased() {
    let office = Office::of(Arc::new(MemoryJournal::new()), &files(&with_two_links()));
    let matter = office.matter().await;
    let first = office.case(matter, "sample/waiver", "W-1", Vec::new()).await;
    let second = office.case(matter, "sample/waiver", "W-2", Vec::new()).await;
    let links = vec![(name("immunity"), first), (name("other"), second)];
    let request = office.case(matter, "sample/extradition", "EX-1", links).await;
    is_done(&erase(&office, first).await);
    office.record(second, act("waived", "sending/ministry", when("2027-03-01 08:00"))).await;
    let view = office.engine.view(request, Asked::at(office.engine.now())).await.unwrap();
    let facts = view.facts();
    let known = facts.iter().find(|fact| fact.name.as_str() == "second").and_then(|fact| fact.known);
    assert_eq!(known.map(|known| known.value.reveal()), Some("waived".to_owned()));
}

#[tokio::test]
async fn a_case_is_not_erased_before_those_that_follow_it_know_what_they_must() {
    let office = Office::in_memory();
    let (_, waiver, request) = tied(&office).await;
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-01 08:00"))).await;
    office.record(request, act("arrested", "requested/police", when("2027-03-01 08:30"))).await;
    // The arrest rests on the waiver: the request cannot follow before the arrest is annulled.
    let annul = Request::annul(EntryNumber::new(2).unwrap(), Private::new("wrong"), &office.by);
    office.engine.record(waiver, annul).await.unwrap();
    let refused = erase(&office, waiver).await;
    let reference = "EX-1".to_owned();
    assert_eq!(refused.unwrap(), Erased::Refused(EraseRefusal::NotFollowed { reference }));
    assert!(office.engine.case(waiver).await.is_ok());
}

#[tokio::test]
async fn what_ran_out_is_noticed_before_a_case_is_erased() {
    let office = Office::in_memory();
    let request = office.extradition().await;
    office.record(request, act("arrested", "requested/police", when("2027-03-01 08:30"))).await;
    office.at("2027-04-01 09:00");
    office.record(request, act("released", "requested/police", when("2027-04-01 08:30"))).await;
    let refused = erase(&office, request).await;
    let clock = "formal-request".to_owned();
    assert_eq!(refused.unwrap(), Erased::Refused(EraseRefusal::NotNoticed { clock }));
    office.engine.sweep().await.unwrap();
    is_done(&erase(&office, request).await);
}

/// A journal that takes no second erasure for as long as it is told so: the process died between a case and its matter.
struct Halfway {
    journal: MemoryJournal,
    is_broken: AtomicBool,
    erased: AtomicBool,
}

#[async_trait]
impl Journal for Halfway {
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        let is_second = commit.erases && self.erased.fetch_or(commit.erases, Ordering::SeqCst);
        if is_second && self.is_broken.load(Ordering::SeqCst) {
            return Err(AppendError::Stopped);
        }
        self.journal.append(commit).await
    }

    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        self.journal.receipt(case, key).await
    }

    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        self.journal.read(case, after).await
    }

    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        self.journal.head(case).await
    }

    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.journal.tail(after, limit).await
    }

    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError> {
        self.journal.rows(query, page).await
    }

    async fn verify(&self) -> Result<Report, VerifyError> {
        self.journal.verify().await
    }

    async fn close(&self) -> Result<(), CloseError> {
        self.journal.close().await
    }
}

/// The last case of a matter is erased, and the title of the matter is not.
async fn half_erased() -> (Office, CaseId, MatterId, Arc<Halfway>) {
    let journal = Arc::new(Halfway {
        journal: MemoryJournal::new(),
        is_broken: AtomicBool::new(true),
        erased: AtomicBool::new(false),
    });
    let office = Office::over(journal.clone());
    let matter = office.matter().await;
    let case = office.case(matter, "sample/waiver", "W-1", Vec::new()).await;
    let broken = erase(&office, case).await;
    assert!(matches!(broken, Err(EngineError::Append(AppendError::Stopped))), "{broken:?}");
    assert!(matches!(office.engine.case(case).await, Err(EngineError::Erased { .. })));
    assert!(office.engine.matter(matter).await.is_ok());
    journal.is_broken.store(false, Ordering::SeqCst);
    (office, case, matter, journal)
}

async fn is_erased(office: &Office, matter: MatterId) {
    let title = office.engine.matter(matter).await;
    assert!(matches!(title, Err(EngineError::Erased { .. })), "{title:?}");
    let found = office.engine.search("arando").await.unwrap();
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test]
async fn a_title_that_was_left_is_erased_by_whoever_asks_again() {
    let (office, case, matter, _) = half_erased().await;
    let again = office.engine.erase(case, EntryNumber::new(2).unwrap(), &Private::new("b.lima")).await;
    assert!(matches!(again, Err(EngineError::Erased { .. })), "{again:?}");
    is_erased(&office, matter).await;
}

#[tokio::test]
async fn a_title_that_was_left_is_erased_by_the_next_sweep_also_of_another_program() {
    let (office, _, matter, _) = half_erased().await;
    office.engine.sweep().await.unwrap();
    is_erased(&office, matter).await;
    let (_, _, matter, journal) = half_erased().await;
    let other = Office::over(journal);
    other.engine.sweep().await.unwrap();
    is_erased(&other, matter).await;
}
