//! What must not be lost when things come at once, in the wrong order, or break off in the middle.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use comity_core::entry::{Body, Deed, Opening, What};
use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::name::Private;
use comity_core::procedure::{Meaning, SharedProcedure};
use comity_runner::{
    Edition, Engine, EngineError, EngineParts, Group, NewCase, NewMatter, Outcome, Procedures, Request,
    RestoreError,
};
use comity_store::codec::{Record, encode};
use comity_store::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, MemoryJournal, NewEntry, Page,
    PageRequest, Position, Query, ReadError, Receipt, Recorded, Report, Row, VerifyError,
};
use common::{EXTRADITION, Office, act, moment, name, when};

/// A journal that can fall silent after an append is on disk, and lets others go first on every read.
#[derive(Default)]
struct Slow {
    inner: MemoryJournal,
    is_silent: AtomicBool,
    /// How many more times another process comes first.
    others: AtomicU32,
}

#[async_trait]
impl Journal for Slow {
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        let comes_first = |left: u32| left.checked_sub(1);
        if self.others.fetch_update(Ordering::Relaxed, Ordering::Relaxed, comes_first).is_ok() {
            let payload = encode(&Record::Case(Body::Note(Private::new("from elsewhere"))));
            let entries = vec![NewEntry { payload, ..commit.entries[0].clone() }];
            self.inner.append(Commit { entries, key: None, ..commit.clone() }).await?;
        }
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
        personal: true,
    };
    let rows = vec![
        Row::Kind { kind: "case".to_owned() },
        Row::Matter { matter },
        Row::Due { at: moment("2027-03-01 09:00"), clock: "formal-request".to_owned() },
    ];
    let commit = Commit { case, seen: Version(0), entries: vec![entry], rows, key: None, erases: false };
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

/// A raw entry of a case of its own, with the rows that the index is to have of it.
async fn raw(office: &Office, number: u128, rows: Vec<Row>) -> CaseId {
    let case = CaseId(uuid::Uuid::from_u128(number));
    let payload = encode(&Record::Case(Body::Note(Private::new("no case at all"))));
    let entry = NewEntry {
        recorded_at: office.engine.now(),
        recorded_by: "a.costa".to_owned(),
        payload,
        personal: true,
    };
    let commit = Commit { case, seen: Version(0), entries: vec![entry], rows, key: None, erases: false };
    office.journal.append(commit).await.unwrap();
    case
}

#[tokio::test]
async fn a_thousand_rows_that_cannot_be_taken_up_hide_none_behind_them() {
    let office = Office::in_memory();
    let at = moment("2027-03-01 09:00");
    for case in 0..10 {
        let rows = (0..110).map(|clock| Row::Due { at, clock: format!("c-{clock}") }).collect();
        raw(&office, 100 + case, rows).await;
    }
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    office.at("2027-04-01 09:00");
    let report = office.engine.sweep().await.unwrap();
    assert_eq!((report.noticed.len(), report.failed.len(), report.more), (1, 10, false));
}

#[tokio::test]
async fn a_list_of_cases_goes_on_behind_its_first_page() {
    let office = Office::in_memory();
    for case in 0..501 {
        raw(&office, 100 + case, vec![Row::Kind { kind: "case".to_owned() }]).await;
    }
    assert_eq!(office.engine.cases().await.unwrap().len(), 501);
}

#[tokio::test]
async fn as_many_as_come_at_once_are_all_recorded_one_after_the_other() {
    let office = Office::over(Arc::new(Slow::default()));
    let case = office.extradition().await;
    let note =
        |_| office.engine.record(case, Request::of(vec![Body::Note(Private::new("seen"))], &office.by));
    let mut waiting: Vec<_> = (0..40).map(note).map(Box::pin).collect();
    let mut done = 0;
    std::future::poll_fn(|context| {
        waiting.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(outcome) => {
                outcome.unwrap();
                done += 1;
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    assert_eq!(done, 40);
    assert_eq!(office.engine.case(case).await.unwrap().version(), Version(41));
}

#[tokio::test]
async fn a_decision_is_taken_anew_if_another_process_came_first() {
    let journal = Arc::new(Slow::default());
    let office = Office::over(journal.clone());
    let case = office.extradition().await;
    journal.others.store(3, Ordering::Relaxed);
    let outcome = office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    assert!(matches!(outcome, Outcome::Recorded(receipt) if receipt.version == Version(5)), "{outcome:?}");
    journal.others.store(1000, Ordering::Relaxed);
    let note = Request::of(vec![Body::Note(Private::new("seen"))], &office.by);
    let answer = office.engine.record(case, note).await;
    assert!(matches!(answer, Err(EngineError::Append(AppendError::Moved { .. }))), "{answer:?}");
}

#[tokio::test]
async fn a_limit_that_runs_out_at_another_instant_after_a_correction_is_noticed_again_and_tells_whom_it_concerns()
 {
    let limits = EXTRADITION.replace("limits: requesting\n", "limits: requesting/ministry\n");
    let office = Office::with(Arc::new(MemoryJournal::new()), &limits);
    let case = office.extradition().await;
    office.at("2027-03-20 09:00");
    office.record(case, act("arrested", "requested/police", when("2027-03-02 23:30"))).await;
    office.engine.sweep().await.unwrap();
    let deed = act("arrested", "requested/police", when("2027-03-03 00:30"));
    let correct = Request::correct(EntryNumber::new(2).unwrap(), deed, Private::new("00:30"), &office.by);
    office.engine.record(case, correct).await.unwrap();
    assert_eq!(office.engine.sweep().await.unwrap().noticed[0].ran_out, moment("2027-03-14 00:00"));
    let file = office.engine.case(case).await.unwrap();
    let told: Vec<Vec<String>> = file
        .entries
        .iter()
        .filter_map(|entry| if let Body::Noticed(notice) = &entry.body { Some(&notice.told) } else { None })
        .map(|told| told.iter().map(ToString::to_string).collect())
        .collect();
    assert_eq!(
        told,
        [["requesting/ministry", "requested/police"], ["requesting/ministry", "requested/police"]]
    );
}

#[tokio::test]
async fn a_limit_is_as_pressing_as_the_days_that_are_left_where_it_counts() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    // The last day is the 11th.
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    for (now, group) in [
        ("2027-03-03 23:59", Group::Later),
        ("2027-03-04 00:00", Group::Soon),
        ("2027-03-09 23:59", Group::Soon),
        ("2027-03-10 00:00", Group::Today),
        ("2027-03-11 23:59", Group::Today),
        ("2027-03-12 00:00", Group::Owed),
    ] {
        assert_eq!(office.at(now).engine.queue().await.unwrap()[0].group, group, "{now}");
    }
}

#[tokio::test]
async fn the_index_knows_who_may_act_or_owes_something() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    let case = office.case(matter, "sample/extradition", "EX-1", Vec::new()).await;
    let by = async |authority: &str| {
        let query = Query::ByAuthority(authority.to_owned());
        let page = office.journal.rows(query, PageRequest::first(9)).await.unwrap();
        page.rows.iter().map(|row| row.case).collect::<Vec<_>>()
    };
    assert_eq!((by("requested/police").await, by("sending/ministry").await), (vec![case], vec![waiver]));
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-01 08:00"))).await;
    assert_eq!(by("sending/ministry").await, [], "nothing is left to waive");
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    office.at("2027-03-12 09:00").engine.sweep().await.unwrap();
    assert_eq!(by("requested/police").await, [case]);
    office.record(case, act("released", "requested/police", when("2027-03-12 08:00"))).await;
    assert_eq!(by("requested/police").await, [], "it was released, so nothing is owed");
}

#[tokio::test]
async fn a_case_is_opened_in_a_matter_that_exists() {
    let office = Office::in_memory();
    let case = NewCase {
        matter: comity_core::id::MatterId(uuid::Uuid::from_u128(5)),
        procedure: "sample/waiver".parse().unwrap(),
        reference: "IM-1".to_owned(),
        title: Private::default(),
        since: when("2027-03-01"),
        links: Vec::new(),
    };
    let answer = office.engine.open_case(case, &office.by).await;
    assert!(matches!(answer, Err(EngineError::NoSuchMatter(_))), "{answer:?}");
}

/// A library that reads what the journal kept otherwise than it was meant.
struct Misreading(Arc<dyn Procedures>);

impl Procedures for Misreading {
    fn current(&self, name: &str) -> Option<Edition> {
        self.0.current(name)
    }
    fn names(&self) -> Vec<comity_core::name::Name> {
        self.0.names()
    }
    fn restore(&self, _: &[(String, String)]) -> Result<SharedProcedure, RestoreError> {
        Ok(self.0.current("sample/extradition").unwrap().procedure)
    }
}

#[tokio::test]
async fn a_case_is_not_carried_on_under_what_its_procedure_did_not_mean() {
    let journal = Arc::new(MemoryJournal::new());
    let case = Office::over(journal.clone()).extradition().await;
    let changed = EXTRADITION.replace("length: 10 days", "length: 20 days");
    let later = Office::with(journal.clone(), &changed);
    let engine = Engine::new(EngineParts {
        journal,
        procedures: Arc::new(Misreading(later.engine.procedures().clone())),
        clock: later.clock.clone(),
    });
    let answer = engine.case(case).await;
    assert!(matches!(answer, Err(EngineError::ProcedureChanged { .. })), "{answer:?}");
}

#[tokio::test]
async fn of_what_a_linked_case_reached_before_this_one_began_only_the_last_is_told() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-01 00:00"))).await;
    let case = office.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    let entries = office.engine.case(case).await.unwrap().entries;
    assert_eq!(entries.iter().filter(|entry| matches!(entry.body, Body::Deed(_))).count(), 1);
}

#[tokio::test]
async fn nobody_can_say_beforehand_that_a_limit_was_seen_to_run_out() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    let ran_out = moment("2027-03-12 00:00");
    let early = Body::Noticed(comity_core::entry::Notice {
        clock: name("formal-request"),
        ran_out,
        told: Vec::new(),
    });
    let outcome = office.engine.record(case, Request::of(vec![early], &office.by)).await.unwrap();
    assert!(matches!(outcome, Outcome::Rejected(comity_core::Rejection::InTheFuture { .. })), "{outcome:?}");
}
