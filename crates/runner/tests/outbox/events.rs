//! What an event says, and what it does not.

use std::sync::Arc;

use async_trait::async_trait;
use comity_core::entry::{Body, Office};
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_runner::outbox::{
    Attempt, Event, EventKind, Outbox, OutboxParts, PersonalData, SealedCases, Sender, Sent, SystemRandom,
    Target, TargetName,
};
use comity_runner::{Erased, Request};
use comity_store::{Journal, MemoryJournal, OpenOptions, SledJournal};
use serde_json::Value;

use crate::common::{self, act, when};
use crate::office::target;

#[derive(Default)]
struct Keeps(std::sync::Mutex<Vec<Event>>);

#[async_trait]
impl Sender for Keeps {
    async fn send(&self, event: &Event, _: Attempt) -> Sent {
        self.0.lock().unwrap().push(event.clone());
        Sent::Delivered
    }
}

fn outbox(office: &common::Office, personal: PersonalData) -> (Outbox, TargetName, Arc<Keeps>) {
    let keeps = Arc::new(Keeps::default());
    let to = Target { personal, ..target(if personal == PersonalData::LeftOut { "plain" } else { "full" }) };
    let name = to.name.clone();
    let outbox = Outbox::new(OutboxParts {
        engine: office.engine.clone(),
        source: "https://comity.example".to_owned(),
        targets: vec![(to, keeps.clone())],
        random: Arc::new(SystemRandom),
    });
    (outbox.unwrap(), name, keeps)
}

async fn delivered(office: &common::Office, personal: PersonalData) -> Vec<Event> {
    let (outbox, name, keeps) = outbox(office, personal);
    outbox.pass(&name).await.unwrap();
    keeps.0.lock().unwrap().clone()
}

/// A case with one of nearly everything.
async fn office() -> common::Office {
    let office = common::Office::over(Arc::new(MemoryJournal::new()));
    let case = office.extradition().await;
    office
        .at("2027-03-02 10:00")
        .record(case, act("arrested", "requested/police", when("2027-03-02 09:30")))
        .await;
    let request = Request::annul(
        comity_core::id::EntryNumber::new(2).unwrap(),
        Private::new("Arando was not there"),
        &office.by,
    );
    office.engine.record(case, request).await.unwrap();
    office.record(case, act("arrested", "requested/police", when("2027-03-02 09:40"))).await;
    let note = Body::Note(Private::new("Arando called"));
    office.engine.record(case, Request::of(vec![note], &office.by)).await.unwrap();
    office.at("2027-03-20 10:00").engine.sweep().await.unwrap();
    let held = Office::Held { reason: Private::new("Arando is ill"), until: None };
    let given = Office::Assigned { to: Some(office.by.clone()), desk: Some("extradition".parse().unwrap()) };
    let bodies = vec![Body::Office(held), Body::Office(given)];
    office.engine.record(case, Request::of(bodies, &office.by)).await.unwrap();
    office.engine.trust_clock(&office.by).await.unwrap();
    office
}

#[tokio::test]
async fn each_entry_is_an_event_of_its_kind_with_identifiers_alone() {
    let office = office().await;
    let events = delivered(&office, PersonalData::LeftOut).await;
    let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [
            EventKind::MatterOpened,
            EventKind::ProcedureRegistered,
            EventKind::CaseOpened,
            EventKind::ActRecorded,
            EventKind::EntryAnnulled,
            EventKind::ActRecorded,
            EventKind::NoteTaken,
            EventKind::LimitRanOut,
            EventKind::CaseHeld,
            EventKind::CaseAssigned,
            EventKind::ClockTrusted,
        ]
    );
    for event in &events {
        let json = event.json();
        for secret in ["Arando", "Porto", "a.costa", "EX-1", "M-1", "09:30", "personal"] {
            assert!(!json.contains(secret), "{secret}: {json}");
        }
    }
}

#[tokio::test]
async fn an_event_is_a_cloud_event_and_names_what_it_is_about() {
    let office = office().await;
    let events = delivered(&office, PersonalData::LeftOut).await;
    let said: Value = serde_json::from_str(&events[3].json()).unwrap();
    let case = office.engine.find_case("EX-1").await.unwrap().unwrap();
    let matter = office.engine.find_matter("M-1").await.unwrap().unwrap();
    assert_eq!(said["specversion"], "1.0");
    assert_eq!(said["id"], events[3].id);
    assert_eq!(said["source"], "https://comity.example");
    assert_eq!(said["type"], "act.recorded");
    assert_eq!(said["subject"], format!("case/{case}"));
    assert_eq!(said["time"], "2027-03-02T10:00:00Z");
    assert_eq!(said["datacontenttype"], "application/json");
    let expected = serde_json::json!({
        "position": 4, "matter": matter.to_string(), "case": case.to_string(), "entry": 2,
        "act": "arrested", "authority": "requested/police",
    });
    assert_eq!(said["data"], expected);
    let limit: Value = serde_json::from_str(&events[7].json()).unwrap();
    assert_eq!(limit["data"]["clock"], "formal-request");
    assert_eq!(limit["data"]["ran_out"], "2027-03-13T00:00:00Z");
    assert_eq!(limit["data"]["concerns"][0], "requested/police");
    let given: Value = serde_json::from_str(&events[9].json()).unwrap();
    assert_eq!(given["data"]["desk"], "extradition");
    let clock: Value = serde_json::from_str(&events[10].json()).unwrap();
    assert_eq!((&clock["subject"], &clock["data"]["case"]), (&Value::from("clock"), &Value::Null));
    let ids: std::collections::BTreeSet<&str> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids.len(), events.len());
}

#[tokio::test]
async fn a_target_that_may_have_personal_data_is_told_all_and_under_the_same_keys() {
    let office = office().await;
    let plain = delivered(&office, PersonalData::LeftOut).await;
    let full = delivered(&office, PersonalData::Included).await;
    let keys = |events: &[Event]| events.iter().map(|event| event.id.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&plain), keys(&full[..plain.len()]));
    let said = |place: usize| {
        serde_json::from_str::<Value>(&full[place].json()).unwrap()["data"]["personal"].clone()
    };
    assert_eq!(said(0)["title"], "The Arando matter");
    assert_eq!(said(2)["reference"], "EX-1");
    assert_eq!(said(3)["deed"]["facts"]["arrest.place"], "Porto Secreto");
    assert_eq!(said(3)["recorded_by"], "a.costa");
    assert_eq!(said(4)["reason"], "Arando was not there");
    assert_eq!(said(6)["text"], "Arando called");
    assert_eq!(said(8)["reason"], "Arando is ill");
    assert_eq!(said(9)["to"], "a.costa");
}

#[tokio::test]
async fn nothing_is_sent_of_a_case_that_was_erased_but_that_it_was() {
    let office = common::Office::over(Arc::new(MemoryJournal::new()));
    let matter = office.matter().await;
    let case = office.case(matter, "sample/waiver", "W-1", Vec::new()).await;
    let proposed =
        comity_core::entry::ErasureProposed { authority: "Court".to_owned(), reason: "Act 3(1)".to_owned() };
    let proposed = Body::ErasureProposed(proposed);
    office.engine.record(case, Request::of(vec![proposed], &office.by)).await.unwrap();
    let entry = comity_core::id::EntryNumber::new(2).unwrap();
    let erased = office.engine.erase(case, entry, &Private::new("b.lima")).await.unwrap();
    assert!(matches!(erased, Erased::Done(_)), "{erased:?}");
    let events = delivered(&office, PersonalData::Included).await;
    let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
    // The case, and the matter whose last it was.
    assert_eq!(kinds, [EventKind::ProcedureRegistered, EventKind::ContentErased, EventKind::ContentErased]);
    assert!(!events.iter().any(|event| event.json().contains("Arando")));
}

#[tokio::test]
async fn nothing_is_sent_of_an_erased_case_whose_key_was_not_destroyed_in_time() {
    let journal = Arc::new(MemoryJournal::new());
    let office = common::Office::over(journal.clone());
    let matter = office.matter().await;
    let case = office.case(matter, "sample/waiver", "W-1", Vec::new()).await;
    let proposed =
        comity_core::entry::ErasureProposed { authority: "Court".to_owned(), reason: "Act 3(1)".to_owned() };
    let proposed = Body::ErasureProposed(proposed);
    office.engine.record(case, Request::of(vec![proposed], &office.by)).await.unwrap();
    journal.leave_next_key();
    let entry = comity_core::id::EntryNumber::new(2).unwrap();
    office.engine.erase(case, entry, &Private::new("b.lima")).await.unwrap();
    // The content is there still, until the store is opened again.
    let entries = journal.read(case, comity_core::id::Version(0)).await.unwrap();
    assert!(entries[0].payload.content().is_some());
    let events = delivered(&office, PersonalData::Included).await;
    assert!(!events.iter().any(|event| event.json().contains("Arando")), "{events:?}");
    journal.reopen().unwrap();
    let entries = journal.read(case, comity_core::id::Version(0)).await.unwrap();
    assert!(entries[0].payload.content().is_none());
}

#[tokio::test]
async fn how_far_a_target_is_stands_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let open = || async {
        let journal = SledJournal::open(folder.path().join("data"), OpenOptions::default()).await.unwrap();
        common::Office::over(Arc::new(journal))
    };
    let office = open().await;
    office.extradition().await;
    let (outbox, name, keeps) = outbox(&office, PersonalData::LeftOut);
    outbox.pass(&name).await.unwrap();
    office.at("2027-03-01 09:01");
    outbox.pass(&name).await.unwrap();
    assert_eq!(keeps.0.lock().unwrap().len(), 3);
    office.journal.close().await.unwrap();
    drop((office, outbox));
    let office = open().await;
    assert_eq!(delivered(&office, PersonalData::LeftOut).await, []);
    office.journal.verify().await.unwrap();
    office.journal.close().await.unwrap();
}

#[tokio::test]
async fn of_a_sealed_case_only_a_target_that_may_is_told() {
    let office = common::Office::over(Arc::new(MemoryJournal::new()));
    let case = office.extradition().await;
    let matter = office.engine.case(case).await.unwrap().opening.matter;
    let other = office.case(matter, "sample/extradition", "EX-2", Vec::new()).await;
    let says = |body| Request::of(vec![Body::Office(body)], &office.by);
    let seal = Office::Sealed {
        accounts: vec![office.by.clone()],
        desks: Vec::new(),
        reason: Private::new("a protected witness"),
    };
    office.engine.record(case, says(seal)).await.unwrap();
    office
        .engine
        .record(other, Request::of(vec![Body::Note(Private::new("seen"))], &office.by))
        .await
        .unwrap();
    let of = |events: &[Event], case: CaseId| {
        events
            .iter()
            .filter(|event| event.json().contains(&format!("case/{case}")))
            .map(|event| event.kind)
            .collect::<Vec<_>>()
    };
    let (outbox, name, keeps) = outbox(&office, PersonalData::LeftOut);
    outbox.pass(&name).await.unwrap();
    let told = keeps.0.lock().unwrap().clone();
    assert_eq!(of(&told, case), [], "not even that it was sealed");
    assert_eq!(of(&told, other), [EventKind::CaseOpened, EventKind::NoteTaken]);

    let registry = Arc::new(Keeps::default());
    let to = Target { sealed: SealedCases::Included, ..target("registry") };
    let registered = to.name.clone();
    let all = Outbox::new(OutboxParts {
        engine: office.engine.clone(),
        source: "https://comity.example".to_owned(),
        targets: vec![(to, registry.clone())],
        random: Arc::new(SystemRandom),
    })
    .unwrap();
    all.pass(&registered).await.unwrap();
    assert!(of(&registry.0.lock().unwrap(), case).contains(&EventKind::CaseSealed));

    // Who read it is nobody's event. Once the seal is lifted, what comes then is told; what was passed over is not.
    let file = office.engine.case(case).await.unwrap();
    office.engine.note_reading(&file, "case", &office.by).await.unwrap();
    assert_eq!(office.engine.readings(case).await.unwrap().len(), 1);
    office.engine.record(case, says(Office::Unsealed { reason: Private::new("safe") })).await.unwrap();
    office.engine.note_reading(&office.engine.case(case).await.unwrap(), "case", &office.by).await.unwrap();
    assert_eq!(office.engine.readings(case).await.unwrap().len(), 1, "it is not sealed any more");
    outbox.pass(&name).await.unwrap();
    assert_eq!(of(&keeps.0.lock().unwrap(), case), [EventKind::CaseUnsealed]);
}
