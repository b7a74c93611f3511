//! Handles on running cases, kept by the engine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::sync::Arc;

use comity_core::Asked;
use comity_core::entry::ArrivedForm;
use comity_core::id::CaseId;
use comity_core::name::{Name, Private};
use comity_core::time::{When, Zone};
use comity_language::library::{Disk, load};
use comity_runner::{Engine, EngineParts, LibraryProcedures, ManualClock, NewCase, NewMatter};
use comity_store::MemoryJournal;
use comity_typed::{Act as _, NotThis, Occasion, Proposed, StepError, Taken};

comity_typed::procedure!(mod extradition = "workflows/norvane-calderia/extradition.yaml");
comity_typed::procedure!(mod waiver = "workflows/norvane-calderia/waiver.yaml");

use extradition::tracks::{custody, request};
use extradition::{ActName, Case, Document, Fact, View, acts, facts, grounds};

struct Office {
    engine: Engine,
    clock: Arc<ManualClock>,
    officer: Private,
    case: CaseId,
}

fn seoul() -> Zone {
    Zone::named("Asia/Seoul").unwrap()
}

fn on(text: &str) -> When {
    When::parse(text, &seoul()).unwrap()
}

impl Office {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::at("2027-03-10T00:00:00Z".parse().unwrap()));
        let library = concat!(env!("CARGO_MANIFEST_DIR"), "/workflows");
        let engine = Engine::new(EngineParts {
            journal: Arc::new(MemoryJournal::new()),
            procedures: Arc::new(LibraryProcedures::new(load(&Disk::new(library)))),
            clock: Arc::<ManualClock>::clone(&clock),
        });
        let officer = Private::new("desk-1");
        let case = open(&engine, &officer, "norvane-calderia/extradition").await;
        Self { engine, clock, officer, case }
    }

    fn on(&self, when: &str) -> Occasion {
        Occasion::new(on(when), &self.officer)
    }

    async fn view(&self) -> comity_core::View {
        self.engine.view(self.case, Asked::at(self.engine.now())).await.unwrap()
    }

    async fn free(&self) -> Case<custody::Free> {
        Case::of(self.case, &self.view().await).unwrap()
    }

    /// The request is received, which moves nothing; its document completes it, and a condition moves it.
    async fn before_court(&self) -> Case<request::BeforeCourt> {
        let awaited = Case::<request::Awaited>::of(self.case, &self.view().await).unwrap();
        let received = awaited.with(received()).record(&self.engine, self.on("2027-03-03")).await.unwrap();
        let warrant = Document::Warrant.arrived(ArrivedForm::CertifiedCopy).translated_into("ko");
        let awaited = received.stands().unwrap().with(warrant);
        match awaited.record(&self.engine, self.on("2027-03-04")).await.unwrap() {
            Taken::Elsewhere(request::Anywhere::BeforeCourt(before)) => before,
            other => panic!("{other:?}"),
        }
    }

    async fn held(&self) -> Case<custody::Held> {
        self.free()
            .await
            .arrested(arrested())
            .record(&self.engine, self.on("2027-03-02 23:30"))
            .await
            .unwrap()
            .stands()
            .unwrap()
    }
}

async fn open(engine: &Engine, officer: &Private, procedure: &str) -> CaseId {
    let reference = procedure.replace('/', "-");
    let matter = NewMatter { reference: format!("M-{reference}"), title: Private::new("…") };
    let case = NewCase {
        matter: engine.open_matter(matter, officer).await.unwrap(),
        procedure: name(procedure),
        reference,
        title: Private::new("…"),
        since: on("2027-03-01"),
        links: vec![],
    };
    engine.open_case(case, officer).await.unwrap()
}

fn arrested() -> acts::Arrested {
    acts::Arrested {
        arrest_place: Private::new("Seoul"),
        arrest_type: Some(facts::ArrestType::Planned),
        person_nationality: None,
    }
}

fn received() -> acts::RequestReceived {
    acts::RequestReceived {
        by: acts::RequestReceivedBy::RequestedMinistry,
        person_status: facts::PersonStatus::Accused,
        offence_date: "2026-11-05".parse().unwrap(),
        offence_maximum: "5 years".parse().unwrap(),
        offence_count: Some(2),
        offence_in_absence: None,
    }
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_stage_carries_what_is_held_there() {
    let office = Office::new().await;
    let held = office.held().await;
    assert_eq!(held.stage().arrest_place.reveal(), "Seoul");
    let view = office.view().await;
    let view = View::of(&view).unwrap();
    let extradition::tracks::Custody::Held(stage) = view.custody() else { panic!("{:?}", view.custody()) };
    assert_eq!((stage, view.custody().title()), (held.stage(), "Held"));
    assert_eq!(view.facts().arrest_type, Some(facts::ArrestType::Planned));
    assert_eq!(view.facts().person_status, None);
    assert!(view.is_open(ActName::RequestReceived) && !view.is_open(ActName::Released));
    let closed = view.why_closed(ActName::Released);
    assert!(closed[0].to_string().contains("custody"), "{closed:?}");
}

#[tokio::test]
async fn what_the_engine_rejects_gives_the_handle_back_with_the_reason() {
    let office = Office::new().await;
    let before = office.before_court().await;
    let found = grounds::PoliticalOffence { applies: true, by: grounds::PoliticalOffenceBy::RequestedCourt };
    let before =
        before.with(found).record(&office.engine, office.on("2027-03-05")).await.unwrap().stands().unwrap();
    // What the law asks of the circumstances is decided by the engine: the handle comes back with the sentence.
    let Taken::Rejected { case: before, rejection } =
        before.court_allows(acts::CourtAllows).record(&office.engine, office.on("2027-03-06")).await.unwrap()
    else {
        panic!("a mandatory ground applies");
    };
    assert!(rejection.to_string().contains("political-offence"), "{rejection}");
    let refused = before
        .court_refuses(acts::CourtRefuses)
        .record(&office.engine, office.on("2027-03-06"))
        .await
        .unwrap();
    let refused: Case<request::Refused> = refused.stands().unwrap();
    assert_eq!(<request::Refused as comity_typed::Stage>::OUTCOME, Some("refused"));
    assert_eq!(refused.version().0, 5);
}

#[tokio::test]
async fn an_act_that_may_lead_to_several_stages_gives_a_choice_of_handles() {
    let office = Office::new().await;
    let held = office.held().await;
    let ended = acts::DetentionEnded { offence_in_absence: true };
    let taken = held.detention_ended(ended).record(&office.engine, office.on("2027-03-05")).await.unwrap();
    // The compiler asks for both.
    match taken.stands().unwrap() {
        custody::ReleaseDueOrAtLiberty::AtLiberty(free) => {
            let held =
                free.arrested(arrested()).record(&office.engine, office.on("2027-03-06")).await.unwrap();
            let _: Case<custody::Held> = held.stands().unwrap();
        }
        custody::ReleaseDueOrAtLiberty::ReleaseDue(due) => panic!("{due:?}"),
    }
}

#[tokio::test]
async fn whoever_acts_on_what_is_old_gets_a_conflict_and_nothing_is_recorded() {
    let office = Office::new().await;
    let (mine, theirs) = (office.free().await, office.free().await);
    mine.arrested(arrested())
        .record(&office.engine, office.on("2027-03-02"))
        .await
        .unwrap()
        .stands()
        .unwrap();
    let conflict = theirs.clone().arrested(arrested()).record(&office.engine, office.on("2027-03-02")).await;
    assert!(
        matches!(conflict, Err(StepError::Conflict { expected, actual }) if (expected.0, actual.0) == (1, 2)),
        "{conflict:?}"
    );
    // A look says where the case is by now.
    let custody::Anywhere::Held(held) = theirs.look(&office.engine).await.unwrap() else { panic!("held") };
    assert_eq!(held.version().0, 2);
}

#[tokio::test]
async fn a_second_attempt_under_a_key_is_recorded_once() {
    let office = Office::new().await;
    let free = office.free().await;
    let on = office.on("2027-03-02").with_key("attempt-1");
    let first =
        free.clone().arrested(arrested()).record(&office.engine, on.clone()).await.unwrap().stands().unwrap();
    let again = free.arrested(arrested()).record(&office.engine, on).await.unwrap().stands().unwrap();
    assert_eq!(first, again);
}

#[tokio::test]
async fn what_ran_out_meanwhile_leads_elsewhere() {
    let office = Office::new().await;
    office.clock.set("2027-06-01T00:00:00Z".parse().unwrap());
    let taken = office
        .free()
        .await
        .arrested(arrested())
        .record(&office.engine, office.on("2027-03-02"))
        .await
        .unwrap();
    let Taken::Elsewhere(custody::Anywhere::ReleaseDue(due)) = taken else { panic!("{taken:?}") };
    let released = acts::Released { by: acts::ReleasedBy::RequestedPolice };
    let liberty = due.released(released).record(&office.engine, office.on("2027-04-12")).await.unwrap();
    assert!(liberty.stands().is_some());
}

#[tokio::test]
async fn what_takes_two_persons_is_proposed_by_one_and_confirmed_by_another() {
    let office = Office::new().await;
    let before = office.before_court().await;
    let none = grounds::PoliticalOffence { applies: false, by: grounds::PoliticalOffenceBy::RequestedCourt };
    let before =
        before.with(none).record(&office.engine, office.on("2027-03-05")).await.unwrap().stands().unwrap();
    let allowed =
        before.court_allows(acts::CourtAllows).record(&office.engine, office.on("2027-03-06")).await.unwrap();
    let allowed: Case<request::Allowed> = allowed.stands().unwrap();
    let order = acts::SurrenderOrdered { surrender_place: Private::new("Incheon") };
    let proposed = allowed
        .propose_surrender_ordered(order)
        .record(&office.engine, office.on("2027-03-07"))
        .await
        .unwrap();
    let Proposed::Waits { case: allowed, entry } = proposed else { panic!("{proposed:?}") };
    let own = allowed.confirm(entry).record(&office.engine, &office.officer).await.unwrap();
    let Taken::Rejected { case: allowed, rejection } = own else { panic!("{own:?}") };
    assert_eq!(rejection.code().word(), "confirmed-by-proposer");
    let confirmed = allowed.confirm(entry).record(&office.engine, &Private::new("desk-2")).await.unwrap();
    let Taken::Stands(request::Anywhere::Ordered(ordered)) = confirmed else { panic!("{confirmed:?}") };
    assert_eq!(ordered.stage().surrender_place.reveal(), "Incheon");
}

#[tokio::test]
async fn a_handle_is_given_for_the_stage_and_the_procedure_of_the_case_alone() {
    let office = Office::new().await;
    let view = office.view().await;
    let elsewhere = Case::<custody::Held>::of(office.case, &view).unwrap_err();
    let wanted = NotThis::OtherStage { track: name("custody"), wanted: name("held"), stands: name("free") };
    assert_eq!(elsewhere, wanted);
    let other = open(&office.engine, &office.officer, "norvane-calderia/waiver").await;
    let view = office.engine.view(other, Asked::at(office.engine.now())).await.unwrap();
    let found = Case::<custody::Held>::of(other, &view).unwrap_err();
    assert!(matches!(found, NotThis::OtherProcedure { .. }), "{found}");
    assert!(View::of(&view).is_err());
    assert!(waiver::View::of(&view).is_ok());
}

#[tokio::test]
async fn the_generic_engine_takes_typed_acts_and_untyped_ones() {
    let office = Office::new().await;
    let typed = comity_runner::Request::deed(arrested().at(on("2027-03-02")), &office.officer);
    let untyped = comity_core::entry::Deed {
        when: on("2027-03-02"),
        what: comity_core::entry::What::Act {
            act: name("arrested"),
            by: name("requested/police"),
            facts: vec![
                (name("arrest.place"), comity_core::value::Value::Text(Private::new("Seoul"))),
                (name("arrest.type"), comity_core::value::Value::Choice(name("planned"))),
            ],
        },
    };
    assert_eq!(typed.bodies, comity_runner::Request::deed(untyped, &office.officer).bodies);
    let fact = extradition::What::from(Fact::PersonNationality("NZ".parse().unwrap())).at(on("2027-03-03"));
    let recorded =
        office.engine.record(office.case, comity_runner::Request::deed(fact, &office.officer)).await;
    assert!(matches!(recorded, Ok(comity_runner::Outcome::Recorded(_))));
    assert_eq!(
        View::of(&office.view().await).unwrap().facts().person_nationality,
        Some("NZ".parse().unwrap())
    );
}

/// What an embedder holds across tasks and threads.
#[test]
fn everything_may_be_sent_and_shared() {
    is_shared::<Engine>();
    is_shared::<comity_runner::EngineError>();
    is_shared::<comity_runner::Request>();
    is_shared::<comity_core::View>();
    is_shared::<comity_core::procedure::Procedure>();
    is_shared::<Case<custody::Held>>();
    is_shared::<View<'static>>();
    is_shared::<extradition::What>();
    is_shared::<StepError<comity_runner::EngineError>>();
    is_shared::<Taken<Case<custody::Held>, custody::Anywhere, Case<custody::Free>>>();
}

/// A step runs on any thread of a runtime: that this compiles is the test.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_may_be_spawned() {
    let office = Office::new().await;
    let (engine, free, on) = (office.engine.clone(), office.free().await, office.on("2027-03-02"));
    let taken = tokio::spawn(async move { free.arrested(arrested()).record(&engine, on).await });
    assert!(taken.await.unwrap().unwrap().stands().is_some());
}

fn is_shared<T: Send + Sync + 'static>() {}
