//! What must not be lost when things come at once, in the wrong order, or break off in the middle.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use comity_core::entry::{Body, Deed, Opening, What};
use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::name::Private;
use comity_core::procedure::Meaning;
use comity_runner::{EngineError, Group, NewMatter, Request};
use comity_store::codec::{Record, encode};
use comity_store::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, MemoryJournal, NewEntry, Page,
    PageRequest, Position, Query, ReadError, Receipt, Recorded, Report, Row, VerifyError,
};
use common::{Office, act, moment, name, when};

/// A journal that can fall silent after an append is on disk, and lets others go first on every read.
#[derive(Default)]
struct Slow {
    inner: MemoryJournal,
    is_silent: AtomicBool,
}

#[async_trait]
impl Journal for Slow {
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        let receipt = self.inner.append(commit).await;
        if self.is_silent.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        receipt
    }
    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        self.inner.receipt(case, key).await
    }
    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        let read = self.inner.read(case, after).await;
        tokio::task::yield_now().await;
        read
    }
    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        self.inner.head(case).await
    }
    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.inner.tail(after, limit).await
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

async fn waiver_and_extradition(office: &Office) -> (CaseId, CaseId) {
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    let case = office.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    (waiver, case)
}

async fn immunity(office: &Office, case: CaseId) -> Option<String> {
    let view = office.engine.view(case, comity_core::Asked::at(office.engine.now())).await.unwrap();
    let facts = view.facts();
    let fact = facts.iter().find(|fact| fact.name.as_str() == "immunity").unwrap();
    fact.known.map(|known| known.value.reveal())
}

fn waived() -> Deed {
    act("waived", "sending/ministry", when("2027-03-02 08:00"))
}

#[tokio::test]
async fn a_limit_that_ran_out_is_noticed_though_something_was_recorded_before_the_sweep() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.at("2027-03-02 23:45");
    office.record(case, act("arrested", "requested/police", when("2027-03-02 23:30"))).await;
    office.at("2027-03-13 00:01");
    let note = Request::of(vec![Body::Note(Private::new("no fax yet"))], &office.by);
    office.engine.record(case, note).await.unwrap();
    assert_eq!(office.engine.sweep().await.unwrap().noticed.len(), 1);
    assert!(office.engine.sweep().await.unwrap().noticed.is_empty(), "and once only");
}

#[tokio::test]
async fn a_limit_that_a_late_record_shows_to_have_run_out_is_noticed() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.at("2027-05-01 09:00");
    office.record(case, act("arrested", "requested/police", when("2027-03-02 23:30"))).await;
    let noticed = office.engine.sweep().await.unwrap().noticed;
    assert_eq!(noticed.first().map(|one| one.ran_out), Some(moment("2027-03-13 00:00")));
}

#[tokio::test]
async fn a_key_names_one_content_and_another_content_under_it_is_refused() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    let keyed = |deed| Request { key: Some("form-17".to_owned()), ..Request::deed(deed, &office.by) };
    let arrested = act("arrested", "requested/police", when("2027-03-01 08:00"));
    office.engine.record(case, keyed(arrested)).await.unwrap();
    let released = act("released", "requested/police", when("2027-03-01 08:30"));
    let answer = office.engine.record(case, keyed(released)).await;
    assert!(matches!(answer, Err(EngineError::Append(AppendError::KeyReused))), "{answer:?}");
}

#[tokio::test]
async fn linked_cases_are_told_by_the_next_sweep_if_whoever_recorded_went_away() {
    let journal = Arc::new(Slow::default());
    let office = Office::over(journal.clone());
    let (waiver, case) = waiver_and_extradition(&office).await;
    office.engine.sweep().await.unwrap();
    office.at("2027-03-02 10:00");
    journal.is_silent.store(true, Ordering::Relaxed);
    {
        let recording = office.engine.record(waiver, Request::deed(waived(), &office.by));
        let soon = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, recording).await.is_err());
    }
    journal.is_silent.store(false, Ordering::Relaxed);
    assert_eq!(office.stage(waiver, "person").await, "waived");
    office.engine.sweep().await.unwrap();
    assert_eq!(immunity(&office, case).await.as_deref(), Some("waived"));
}

#[tokio::test]
async fn two_that_tell_at_once_tell_once() {
    let office = Arc::new(Office::over(Arc::new(Slow::default())));
    let (waiver, case) = waiver_and_extradition(&office).await;
    office.at("2027-03-02 10:00");
    let before = office.engine.case(case).await.unwrap().entries.len();
    office.record(waiver, waived()).await;
    let note = || Request::of(vec![Body::Note(Private::new("seen"))], &office.by);
    let annul = Request::annul(EntryNumber::new(2).unwrap(), Private::new("not waived"), &office.by);
    let (one, two, three) = tokio::join!(
        office.engine.record(waiver, annul),
        office.engine.record(waiver, note()),
        office.engine.record(waiver, note()),
    );
    one.and(two).and(three).unwrap();
    let added = office.engine.case(case).await.unwrap().entries.len() - before;
    assert_eq!(added, 2, "one lesson, and its annulment");
}

#[tokio::test]
async fn what_was_learned_goes_with_the_link_it_was_learned_by() {
    let office = Office::in_memory();
    let (waiver, case) = waiver_and_extradition(&office).await;
    office.at("2027-03-02 10:00");
    office.record(waiver, waived()).await;
    assert_eq!(immunity(&office, case).await.as_deref(), Some("waived"));
    let wrong = Request::annul(EntryNumber::new(2).unwrap(), Private::new("another person"), &office.by);
    office.engine.record(case, wrong).await.unwrap();
    assert_eq!(immunity(&office, case).await, None, "the waiver of another person is no waiver");
}

#[tokio::test]
async fn what_was_learned_of_one_case_is_not_taken_for_what_another_says() {
    let office = Office::in_memory();
    let (waiver, case) = waiver_and_extradition(&office).await;
    let matter = office.engine.case(case).await.unwrap().opening.matter;
    let right = office.case(matter, "sample/waiver", "IM-2", Vec::new()).await;
    office.at("2027-03-02 10:00");
    office.record(waiver, waived()).await;
    office.record(right, waived()).await;
    office.engine.link(case, &name("immunity"), right, &office.by).await.unwrap();
    let file = office.engine.case(case).await.unwrap();
    let sources: Vec<CaseId> = comity_core::entry::standing(&file.entries)
        .iter()
        .filter_map(|(_, deed)| if let What::Learned { from, .. } = &deed.what { Some(*from) } else { None })
        .collect();
    assert!(!sources.is_empty() && sources.iter().all(|from| *from == right), "{sources:?}");
}

#[tokio::test]
async fn a_case_of_another_matter_cannot_be_tied_since_nobody_would_tell() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    let elsewhere = NewMatter { reference: "M-2".to_owned(), title: Private::default() };
    let elsewhere = office.engine.open_matter(elsewhere, &office.by).await.unwrap();
    let waiver = office.case(elsewhere, "sample/waiver", "IM-1", Vec::new()).await;
    let answer = office.engine.link(case, &name("immunity"), waiver, &office.by).await;
    assert!(matches!(answer, Err(EngineError::LinkElsewhere { .. })), "{answer:?}");
}

#[tokio::test]
async fn the_reference_of_a_matter_is_the_reference_of_no_case() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    assert_eq!(office.engine.find_case("M-1").await.unwrap(), None);
    assert_eq!(office.engine.find_matter("M-1").await.unwrap(), Some(matter));
}

/// A case under a procedure that nobody has, with a limit that is the first to be due.
async fn unreadable(office: &Office) -> CaseId {
    let case = CaseId(uuid::Uuid::from_u128(7));
    let matter = office.matter().await;
    let opening = Opening {
        procedure: name("sample/extradition"),
        meaning: Meaning([9; 32]),
        matter,
        reference: "EX-0".to_owned(),
        title: Private::default(),
        since: when("2027-03-01"),
    };
    let entry = NewEntry {
        recorded_at: office.engine.now(),
        recorded_by: "a.costa".to_owned(),
        payload: encode(&Record::Case(Body::Opened(opening))),
    };
    let rows = vec![
        Row::Kind { kind: "case".to_owned() },
        Row::Matter { matter },
        Row::Due { at: moment("2027-03-01 09:00"), clock: "formal-request".to_owned() },
    ];
    let commit = Commit { case, seen: Version(0), entries: vec![entry], rows, key: None };
    office.journal.append(commit).await.unwrap();
    case
}

#[tokio::test]
async fn one_case_that_cannot_be_read_keeps_no_other_from_being_noticed() {
    let office = Office::in_memory();
    let lost = unreadable(&office).await;
    let matter = comity_core::id::MatterId(office.engine.find_matter("M-1").await.unwrap().unwrap().0);
    let case = office.case(matter, "sample/extradition", "EX-1", Vec::new()).await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    office.at("2027-04-01 09:00");
    let report = office.engine.sweep().await.unwrap();
    assert_eq!(report.noticed.len(), 1);
    let failed: Vec<CaseId> = report.failed.iter().map(|failed| failed.case).collect();
    assert_eq!(failed, vec![lost]);
    let groups: Vec<Group> = office.engine.queue().await.unwrap().iter().map(|item| item.group).collect();
    assert_eq!(groups, [Group::Unreadable, Group::Owed]);
}

/// A procedure whose one track is open or shut; it shuts and opens by acts, and by what a linked case does if it has one.
fn door(own: &str, follows: Option<&str>) -> String {
    let follows = follows.map_or(String::new(), |other| {
        format!(
            "links:
  other: {{title: The other door, procedure: sample/{other}}}
facts:
  other: {{title: How the other door stands, type: {{one-of: [shut, open, gone]}}, mirrors: {{link: other, track: door}}}}
conditions:
  other-is-open: {{title: The other is open, when: other is open, moves: {{door: \"shut -> open, else stays\"}}, cite: treaty 1}}
"
        )
    });
    format!(
        "\
comity: 1
procedure: sample/{own}
version: 1
title: A door
kind: immunity-waiver
sources:
  treaty: {{title: Treaty between Norvane and Calderia}}
sides:
  sending: {{country: XC, zone: Asia/Seoul}}
  receiving: {{country: XN, zone: Europe/Lisbon}}
authorities:
  sending/ministry: Foreign ministry of Calderia
{follows}tracks:
  door:
    title: The door
    starts: shut
    stages:
      shut: Shut
      open: Open
      gone: {{title: Gone, final: gone}}
acts:
  opened: {{title: Opened, by: sending/ministry, moves: {{door: shut -> open}}, cite: treaty 1}}
  closed: {{title: Shut, by: sending/ministry, moves: {{door: open -> shut}}, cite: treaty 1}}
  removed: {{title: Removed, by: sending/ministry, moves: {{door: shut or open -> gone}}, cite: treaty 1}}
"
    )
}

fn doors() -> Office {
    let files = comity_language::library::InMemory::default()
        .with("sample/articles.md", common::ARTICLES)
        .with("sample/first.yaml", door("first", None))
        .with("sample/second.yaml", door("second", Some("first")))
        .with("sample/third.yaml", door("third", Some("second")));
    Office::of(Arc::new(MemoryJournal::new()), &files)
}

async fn stages(office: &Office, cases: &[CaseId]) -> Vec<String> {
    let mut stages = Vec::new();
    for case in cases {
        stages.push(office.stage(*case, "door").await);
    }
    stages
}

#[tokio::test]
async fn a_chain_of_links_is_followed_to_its_end_in_whatever_order_its_cases_were_opened() {
    let office = doors();
    let matter = office.matter().await;
    let third = office.case(matter, "sample/third", "C", Vec::new()).await;
    let second = office.case(matter, "sample/second", "B", Vec::new()).await;
    let first = office.case(matter, "sample/first", "A", Vec::new()).await;
    office.engine.link(third, &name("other"), second, &office.by).await.unwrap();
    office.engine.link(second, &name("other"), first, &office.by).await.unwrap();
    office.at("2027-03-02 10:00");
    office.record(first, act("opened", "sending/ministry", when("2027-03-02 08:00"))).await;
    assert_eq!(stages(&office, &[first, second, third]).await, ["open", "open", "open"]);
}

#[tokio::test]
async fn a_stage_that_is_reached_twice_on_one_day_is_told_twice_and_the_last_one_stands() {
    let office = doors();
    let matter = office.matter().await;
    let first = office.case(matter, "sample/first", "A", Vec::new()).await;
    let second = office.case(matter, "sample/second", "B", vec![(name("other"), first)]).await;
    office.at("2027-03-03 10:00");
    for (deed, stands) in [("opened", "open"), ("closed", "shut"), ("opened", "open")] {
        office.record(first, act(deed, "sending/ministry", when("2027-03-02"))).await;
        let view = office.engine.view(second, comity_core::Asked::at(office.engine.now())).await.unwrap();
        let facts = view.facts();
        assert_eq!(facts[0].known.map(|known| known.value.reveal()).as_deref(), Some(stands));
    }
    let settled = office.engine.case(second).await.unwrap().version();
    office.engine.sweep().await.unwrap();
    assert_eq!(office.engine.case(second).await.unwrap().version(), settled, "nothing is left to tell");
}
