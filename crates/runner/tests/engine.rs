//! The engine as an embedder uses it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::sync::Arc;

use comity_core::entry::Body;
use comity_core::id::{EntryNumber, Version};
use comity_core::name::Private;
use comity_core::{Asked, RejectionCode};
use comity_runner::{
    Engine, EngineError, EngineParts, Expect, Group, NewMatter, Outcome, QueueWhat, Request,
};
use comity_store::{MemoryJournal, OpenOptions, SledJournal};
use common::{Advancing, EXTRADITION, Office, act, moment, name, when};

fn recorded(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Recorded(_)), "{outcome:?}");
}

fn rejected(outcome: &Outcome, code: RejectionCode) {
    match outcome {
        Outcome::Rejected(rejection) => assert_eq!(rejection.code(), code, "{rejection}"),
        Outcome::Recorded(_) => panic!("it was recorded"),
    }
}

#[tokio::test]
async fn an_act_that_is_open_is_recorded_and_moves_the_case() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.at("2027-03-02 23:45");
    recorded(&office.record(case, act("arrested", "requested/police", when("2027-03-02 23:30"))).await);
    assert_eq!(office.stage(case, "custody").await, "held");
    let view = office.engine.view(case, Asked::at(office.engine.now())).await.unwrap();
    let due = view.due();
    assert_eq!(due.first().unwrap().0, moment("2027-03-13 00:00"));
}

#[tokio::test]
async fn a_rejection_is_a_value_and_changes_nothing() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    rejected(
        &office.record(case, act("released", "requested/police", when("2027-03-01 09:00"))).await,
        RejectionCode::NotOpen,
    );
    rejected(
        &office.record(case, act("arrested", "requesting/ministry", when("2027-03-01 09:00"))).await,
        RejectionCode::WrongAuthority,
    );
    rejected(
        &office.record(case, act("arrested", "requested/police", when("2027-03-01 09:01"))).await,
        RejectionCode::InTheFuture,
    );
    rejected(
        &office.record(case, act("arrested", "requested/police", when("2027-02-28 09:00"))).await,
        RejectionCode::BeforeTheCase,
    );
    assert_eq!(office.engine.case(case).await.unwrap().version(), Version(1));
}

#[tokio::test]
async fn a_limit_that_ran_out_is_noticed_once_with_its_legal_instant() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.at("2027-03-02 23:45");
    office.record(case, act("arrested", "requested/police", when("2027-03-02 23:30"))).await;
    office.at("2027-03-12 23:59");
    assert!(office.engine.sweep().await.unwrap().noticed.is_empty());
    office.at("2027-03-20 10:00");
    let report = office.engine.sweep().await.unwrap();
    assert_eq!(report.noticed.len(), 1);
    assert_eq!(report.noticed[0].ran_out, moment("2027-03-13 00:00"));
    assert!(office.engine.sweep().await.unwrap().noticed.is_empty());
    assert_eq!(office.stage(case, "custody").await, "release-due");
    let queue = office.engine.queue().await.unwrap();
    assert_eq!(queue[0].group, Group::Owed);
    assert!(matches!(&queue[0].what, QueueWhat::Owed { title, .. } if title == "Release the person"));
}

#[tokio::test]
async fn a_late_record_undoes_the_expiry_and_leaves_the_notice_standing() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.at("2027-03-02 23:45");
    office.record(case, act("arrested", "requested/police", when("2027-03-02 23:30"))).await;
    office.at("2027-03-13 09:00");
    office.engine.sweep().await.unwrap();
    assert_eq!(office.stage(case, "custody").await, "release-due");
    recorded(
        &office.record(case, act("request-received", "requesting/ministry", when("2027-03-12 16:40"))).await,
    );
    assert_eq!(office.stage(case, "custody").await, "held");
    let file = office.engine.case(case).await.unwrap();
    assert!(file.entries.iter().any(|entry| matches!(entry.body, Body::Noticed(_))));
    let before = file.view(Asked { at: moment("2027-03-13 08:00"), known_at: moment("2027-03-13 08:00") });
    assert_eq!(before.track("custody").unwrap().stage_name.as_str(), "release-due");
}

#[tokio::test]
async fn a_preview_says_what_would_change_and_changes_nothing() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    let request = Request::deed(act("arrested", "requested/police", when("2027-03-01 08:00")), &office.by);
    let preview = office.engine.preview(case, &request).await.unwrap();
    let changes: Vec<String> = preview.outcome.unwrap().iter().map(ToString::to_string).collect();
    assert!(changes.contains(&"custody: free -> held".to_owned()), "{changes:?}");
    assert_eq!(office.engine.case(case).await.unwrap().version(), Version(1));
    recorded(
        &office
            .engine
            .record(case, Request { expect: Expect::Version(preview.version), ..request })
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn what_changed_is_told_by_the_moment_of_recording_however_fast_the_clock_runs() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    let engine = Engine::new(EngineParts {
        journal: office.journal.clone(),
        procedures: common::procedures(&common::files(EXTRADITION)),
        clock: Arc::new(Advancing::from("2027-03-02 09:00")),
    });
    let arrested = Request::deed(
        act("arrested", "requested/police", comity_core::time::When::At(engine.now())),
        &office.by,
    );
    let moves = |changes: Vec<comity_core::Change>| {
        changes.iter().any(|change| change.to_string() == "custody: free -> held")
    };
    assert!(moves(engine.preview(case, &arrested).await.unwrap().outcome.unwrap()));
    let Outcome::Recorded(receipt) = engine.record(case, arrested).await.unwrap() else { panic!("refused") };
    assert!(moves(engine.case(case).await.unwrap().changes(Version(1), receipt.version)));
}

#[tokio::test]
async fn a_decision_on_an_old_version_is_a_conflict() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    let request = Request {
        expect: Expect::Version(Version(1)),
        ..Request::deed(act("released", "requested/police", when("2027-03-01 08:30")), &office.by)
    };
    let error = office.engine.record(case, request).await.unwrap_err();
    assert!(matches!(error, EngineError::Conflict { expected: Version(1), actual: Version(2) }), "{error}");
}

#[tokio::test]
async fn the_same_key_twice_records_once() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    let request = Request {
        key: Some("form-17".to_owned()),
        ..Request::deed(act("arrested", "requested/police", when("2027-03-01 08:00")), &office.by)
    };
    let first = office.engine.record(case, request.clone()).await.unwrap();
    let second = office.engine.record(case, request).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(office.engine.case(case).await.unwrap().version(), Version(2));
}

#[tokio::test]
async fn an_annulment_takes_the_case_back_and_one_that_upsets_later_acts_is_refused() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    office.record(case, act("released", "requested/police", when("2027-03-01 08:30"))).await;
    let annul =
        |entry| Request::annul(EntryNumber::new(entry).unwrap(), Private::new("typed twice"), &office.by);
    rejected(&office.engine.record(case, annul(2)).await.unwrap(), RejectionCode::UpsetsLater);
    recorded(&office.engine.record(case, annul(3)).await.unwrap());
    assert_eq!(office.stage(case, "custody").await, "held");
    recorded(&office.engine.record(case, annul(2)).await.unwrap());
    assert_eq!(office.stage(case, "custody").await, "free");
}

#[tokio::test]
async fn a_corrected_date_counts_the_limit_anew() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.at("2027-03-05 09:00");
    office.record(case, act("arrested", "requested/police", when("2027-03-02 23:30"))).await;
    let deed = act("arrested", "requested/police", when("2027-03-03 00:30"));
    let entry = EntryNumber::new(2).unwrap();
    recorded(
        &office
            .engine
            .record(case, Request::correct(entry, deed, Private::new("report says 00:30"), &office.by))
            .await
            .unwrap(),
    );
    let view = office.engine.view(case, Asked::at(office.engine.now())).await.unwrap();
    assert_eq!(view.due()[0].0, moment("2027-03-14 00:00"));
}

#[tokio::test]
async fn a_linked_case_knows_what_it_must() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    let case = office.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    office.at("2027-03-02 10:00");
    rejected(
        &office.record(case, act("arrested", "requested/police", when("2027-03-02 09:00"))).await,
        RejectionCode::NotFulfilled,
    );
    recorded(&office.record(waiver, act("waived", "sending/ministry", when("2027-03-02 08:00"))).await);
    recorded(&office.record(case, act("arrested", "requested/police", when("2027-03-02 09:00"))).await);
}

#[tokio::test]
async fn a_linked_case_that_is_corrected_is_followed_or_says_what_stands_in_the_way() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    let case = office.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    office.at("2027-03-02 10:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-02 08:00"))).await;
    let annul =
        Request::annul(EntryNumber::new(2).unwrap(), Private::new("not waived after all"), &office.by);
    recorded(&office.engine.record(waiver, annul).await.unwrap());
    rejected(
        &office.record(case, act("arrested", "requested/police", when("2027-03-02 09:00"))).await,
        RejectionCode::NotFulfilled,
    );
}

#[tokio::test]
async fn a_case_stays_pinned_to_the_procedure_it_was_opened_under() {
    let journal = Arc::new(MemoryJournal::new());
    let office = Office::over(journal.clone());
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    let changed =
        EXTRADITION.replace("length: 10 days", "length: 20 days").replace("version: 1", "version: 2");
    let later = Office::with(journal, &changed);
    let view = later.engine.view(case, Asked::at(later.engine.now())).await.unwrap();
    assert_eq!(view.due()[0].0, moment("2027-03-12 00:00"), "the old edition counts ten days");
    let matter = later
        .engine
        .open_matter(NewMatter { reference: "M-2".to_owned(), title: Private::default() }, &later.by)
        .await
        .unwrap();
    let new = later.case(matter, "sample/extradition", "EX-2", Vec::new()).await;
    later.record(new, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    let view = later.engine.view(new, Asked::at(later.engine.now())).await.unwrap();
    assert_eq!(view.due()[0].0, moment("2027-03-22 00:00"), "a new case counts twenty");
}

#[tokio::test]
async fn nothing_is_opened_twice_or_out_of_nothing() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    let matter = NewMatter { reference: "EX-1".to_owned(), title: Private::default() };
    let error = office.engine.open_matter(matter, &office.by).await.unwrap_err();
    assert!(matches!(error, EngineError::ReferenceTaken(_)), "{error}");
    let nobody = comity_core::id::CaseId(uuid::Uuid::from_u128(5));
    assert!(matches!(office.engine.case(nobody).await, Err(EngineError::NoSuchCase(_))));
    assert_eq!(office.engine.find_case("EX-1").await.unwrap(), Some(case));
    assert_eq!(office.engine.find_case("EX-9").await.unwrap(), None);
    assert_eq!(office.engine.cases().await.unwrap(), vec![case]);
}

#[tokio::test]
async fn every_open_case_is_on_the_queue_and_the_order_never_descends() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let held = office.case(matter, "sample/extradition", "EX-1", Vec::new()).await;
    office.case(matter, "sample/extradition", "EX-2", Vec::new()).await;
    office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    office.record(held, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    for now in ["2027-03-01 09:00", "2027-03-09 09:00", "2027-03-11 09:00", "2027-03-13 09:00"] {
        let queue = office.at(now).engine.queue().await.unwrap();
        assert_eq!(queue.len(), 3, "{now}");
        assert!(queue.windows(2).all(|pair| pair[0].group <= pair[1].group), "{now}");
    }
}

#[tokio::test]
async fn the_engine_sweeps_until_it_is_told_to_stop() {
    let office = Office::in_memory();
    let case = office.extradition().await;
    office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
    office.at("2027-04-01 09:00");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let engine = office.engine.clone();
    let running = tokio::spawn(async move {
        engine
            .run(std::time::Duration::from_millis(1), async {
                let _ = stopped.await;
            })
            .await;
    });
    loop {
        let file = office.engine.case(case).await.unwrap();
        if file.entries.iter().any(|entry| matches!(entry.body, Body::Noticed(_))) {
            break;
        }
        tokio::task::yield_now().await;
    }
    stop.send(()).unwrap();
    running.await.unwrap();
}

#[tokio::test]
async fn a_store_on_disk_gives_the_same_case_after_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let before = {
        let journal = Arc::new(SledJournal::open(&path, OpenOptions::default()).await.unwrap());
        let office = Office::over(journal.clone());
        let case = office.extradition().await;
        office.record(case, act("arrested", "requested/police", when("2027-03-01 08:00"))).await;
        let file = office.engine.case(case).await.unwrap();
        comity_store::Journal::close(&*journal).await.unwrap();
        file
    };
    let journal = Arc::new(SledJournal::open(&path, OpenOptions::default()).await.unwrap());
    let office = Office::over(journal);
    let after = office.engine.case(before.case).await.unwrap();
    assert_eq!(after.entries, before.entries);
    office.at("2027-04-01 09:00");
    assert_eq!(
        office.engine.sweep().await.unwrap().noticed.len(),
        1,
        "a store that was closed shows every overdue limit"
    );
}

#[tokio::test]
async fn a_case_that_cannot_follow_a_linked_one_is_first_on_the_queue_with_what_stands_in_the_way() {
    let office = Office::in_memory();
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    let case = office.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    office.at("2027-03-02 10:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-02 08:00"))).await;
    office.record(case, act("arrested", "requested/police", when("2027-03-02 09:00"))).await;
    let annul =
        Request::annul(EntryNumber::new(2).unwrap(), Private::new("not waived after all"), &office.by);
    let preview = office.engine.preview(waiver, &annul).await.unwrap();
    assert_eq!(preview.linked.len(), 1);
    assert_eq!(preview.linked[0].reference, "EX-1");
    assert!(preview.linked[0].refused.is_some(), "the arrest stands in the way");
    recorded(&office.engine.record(waiver, annul).await.unwrap());
    let queue = office.engine.queue().await.unwrap();
    assert_eq!(queue[0].group, Group::CannotFollow);
    let file = office.engine.case(case).await.unwrap();
    let behind = office.engine.behind(&file, office.engine.now()).await.unwrap();
    assert_eq!(
        behind.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "linked case IM-1 (immunity) now stands at `immune`; in EX-1 `immunity` is still recorded as `waived`"
        ]
    );
    let QueueWhat::CannotFollow { because } = &queue[0].what else { panic!("{:?}", queue[0].what) };
    assert!(because.contains("arrested"), "{because}");
    let version = office.engine.case(case).await.unwrap().version();
    let entry = EntryNumber::new(version.0).unwrap();
    let annul = Request::annul(entry, Private::new("no waiver, no arrest"), &office.by);
    recorded(&office.engine.record(case, annul).await.unwrap());
    assert!(office.engine.queue().await.unwrap().iter().all(|item| item.group != Group::CannotFollow));
}

#[tokio::test]
async fn two_tasks_cannot_give_one_reference_twice() {
    let office = Arc::new(Office::in_memory());
    let matter = office.matter().await;
    let open = |office: Arc<Office>| {
        tokio::spawn(async move {
            let case = comity_runner::NewCase {
                matter,
                procedure: name("sample/waiver"),
                reference: "EX-1".to_owned(),
                title: Private::default(),
                since: when("2027-03-01"),
                links: Vec::new(),
            };
            office.engine.open_case(case, &office.by).await.is_ok()
        })
    };
    let tasks: Vec<_> = (0..8).map(|_| open(office.clone())).collect();
    let mut opened = 0;
    for task in tasks {
        opened += u32::from(task.await.unwrap());
    }
    assert_eq!(opened, 1);
}
