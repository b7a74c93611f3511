//! Running cases go over to another edition: what the index, linked cases, notices and a second engine make of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::sync::Arc;

use comity_core::entry::Body;
use comity_core::id::{CaseId, EntryNumber};
use comity_core::migration::Migration;
use comity_core::name::Private;
use comity_core::procedure::SharedProcedure;
use comity_core::{Asked, Rejection, RejectionCode};
use comity_language::library::InMemory;
use comity_language::{Source, read_plan};
use comity_runner::{Migrate, MigrationOutcome, Outcome, Request};
use comity_store::{Journal, MemoryJournal, PageRequest, Query};
use common::{ARTICLES, EXTRADITION, Office, WAIVER, act, name, when};

const PLAN: &str = "\
comity-plan: 1
from: {procedure: sample/extradition, version: 1}
to: {procedure: sample/extradition, version: 2}
authority: Ministry of Justice of Norvane
reason: the protocol applies to cases that run
cite: treaty 2
tracks:
  custody: {stages: {held: detained}}
clocks:
  formal-request: {becomes: request-in-time, end: keep, cite: treaty 2}
";

const WAIVER_PLAN: &str = "\
comity-plan: 1
from: {procedure: sample/waiver, version: 1}
to: {procedure: sample/waiver, version: 2}
authority: Ministry of Justice of Norvane
reason: the protocol applies to cases that run
cite: treaty 1
tracks:
  person: {stages: {immune: shielded}}
";

/// Both procedures in their second edition.
fn second() -> InMemory {
    let extradition = EXTRADITION
        .replace("version: 1", "version: 2")
        .replace("      held: Held provisionally", "      detained: Held provisionally")
        .replace("free -> held", "free -> detained")
        .replace("held or release-due", "detained or release-due")
        .replace("held -> release-due", "detained -> release-due")
        .replace("  formal-request:\n", "  request-in-time:\n")
        .replace("length: 10 days", "length: 20 days")
        .replace("one-of: [immune, waived]", "one-of: [immune, shielded, waived]");
    let waiver = WAIVER
        .replace("version: 1", "version: 2")
        .replace("starts: immune", "starts: shielded")
        .replace("immune: Immune", "shielded: Immune")
        .replace("immune -> waived", "shielded -> waived");
    InMemory::default()
        .with("sample/articles.md", ARTICLES)
        .with("sample/extradition.yaml", extradition)
        .with("sample/waiver.yaml", waiver)
}

/// The plan between the first edition, as the record keeps it, and that of the library.
async fn plan(office: &Office, text: &str) -> (SharedProcedure, Migration) {
    let (plan, told) = read_plan(&Source::new("plan.yaml", text));
    assert_eq!(told, []);
    let plan = plan.unwrap();
    let edition = async |edition: &comity_language::PlanEdition| {
        office.engine.edition(&edition.procedure, edition.version).await.unwrap().unwrap()
    };
    let (old, new) = (edition(plan.from()).await, edition(plan.to()).await);
    let migration = plan.between(&old, &new, &|_| false).unwrap();
    (old, migration)
}

/// What comes of each case by its reference.
async fn migrate(
    office: &Office,
    text: &str,
    only: &[CaseId],
    how: Migrate,
) -> Vec<(String, MigrationOutcome)> {
    let (old, plan) = plan(office, text).await;
    let mut told = 0;
    let done = office.engine.migrate(&plan, &old, only, (how, &office.by), |_| told += 1).await.unwrap();
    assert_eq!(told, done.len());
    done.into_iter().map(|one| (one.reference, one.outcome)).collect()
}

fn went(outcome: &MigrationOutcome) -> bool {
    matches!(outcome, MigrationOutcome::Went(_))
}

async fn found(journal: &Arc<dyn Journal>, query: Query) -> Vec<CaseId> {
    let page = journal.rows(query, PageRequest::first(10)).await.unwrap();
    page.rows.iter().map(|row| row.case).collect()
}

/// An office whose case has the person held since 2 March, and the same office after the library was edited.
async fn held() -> (Arc<dyn Journal>, CaseId, Office) {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
    let first = Office::over(journal.clone());
    let case = first.extradition().await;
    first.at("2027-03-02 12:00");
    first.record(case, act("arrested", "requested/police", when("2027-03-02 10:00"))).await;
    let office = Office::of(journal.clone(), &second());
    office.at("2027-03-05 12:00");
    (journal, case, office)
}

#[tokio::test]
async fn the_index_follows_a_case_that_went_over() {
    let (journal, case, office) = held().await;
    let at = |stage: &str| Query::AtStage { track: "custody".to_owned(), stage: stage.to_owned() };
    assert_eq!(found(&journal, at("held")).await, [case]);
    assert!(
        migrate(&office, PLAN, &[], Migrate::DryRun)
            .await
            .iter()
            .all(|(_, one)| *one == MigrationOutcome::WouldGo)
    );
    assert_eq!(found(&journal, at("held")).await, [case], "a dry run records nothing");
    assert!(went(&migrate(&office, PLAN, &[], Migrate::Apply).await[0].1));
    assert_eq!(found(&journal, at("held")).await, []);
    assert_eq!(found(&journal, at("detained")).await, [case]);
    assert_eq!(office.stage(case, "custody").await, "detained");
    // The end that was kept is due, under the name that the clock has now.
    office.at("2027-03-13 00:00");
    let noticed = office.engine.sweep().await.unwrap().noticed;
    assert_eq!(noticed.iter().map(|one| one.clock.as_str()).collect::<Vec<_>>(), ["request-in-time"]);
    assert_eq!(office.stage(case, "custody").await, "release-due");
}

#[tokio::test]
async fn a_limit_that_ran_out_is_noticed_once_whatever_it_is_called() {
    let (_, case, office) = held().await;
    // Nobody swept: the migration notices what ran out before it, under the name that it had.
    office.at("2027-03-20 12:00");
    assert!(went(&migrate(&office, PLAN, &[], Migrate::Apply).await[0].1));
    let file = office.engine.case(case).await.unwrap();
    let noticed = file.entries.iter().filter_map(|entry| {
        if let Body::Noticed(notice) = &entry.body { Some(notice.clock.as_str()) } else { None }
    });
    assert_eq!(noticed.collect::<Vec<_>>(), ["formal-request"]);
    assert_eq!(office.engine.sweep().await.unwrap().noticed, []);
}

#[tokio::test]
async fn a_case_is_read_by_the_texts_of_all_its_procedures_whatever_becomes_of_the_library() {
    let (journal, case, office) = held().await;
    migrate(&office, PLAN, &[], Migrate::Apply).await;
    let gone = Office::of(journal, &InMemory::default().with("sample/articles.md", ARTICLES));
    gone.at("2027-03-06 12:00");
    assert_eq!(gone.stage(case, "custody").await, "detained");
    let file = gone.engine.case(case).await.unwrap();
    assert_eq!((file.procedure.version(), file.lineage.first().version()), (2, 1));
    let before = file.at_version(comity_core::id::Version(2));
    assert_eq!(before.procedure.version(), 1);
    // What is recorded late is in the words of the edition that applied.
    gone.at("2027-03-07 12:00");
    let late = act("request-received", "requesting/ministry", when("2027-03-03 10:00"));
    assert!(matches!(gone.record(case, late).await, Outcome::Recorded(_)));
}

#[tokio::test]
async fn two_programs_that_run_at_once_take_a_case_over_once() {
    let (journal, case, office) = held().await;
    let other = Office::of(journal, &second());
    other.at("2027-03-05 12:00");
    let (one, two) =
        tokio::join!(migrate(&office, PLAN, &[], Migrate::Apply), migrate(&other, PLAN, &[], Migrate::Apply));
    for outcome in [&one[0].1, &two[0].1] {
        let is_done = matches!(outcome, MigrationOutcome::Went(_) | MigrationOutcome::WentBefore(_));
        assert!(is_done, "{outcome:?}");
    }
    let file = office.engine.case(case).await.unwrap();
    assert_eq!(file.entries.iter().filter(|entry| matches!(entry.body, Body::Migrated(_))).count(), 1);
    let (_, plan) = plan(&office, PLAN).await;
    let again = Request::of(vec![Body::Migrated(Box::new(plan))], &office.by);
    let refused = office.engine.record(case, again).await.unwrap();
    let Outcome::Rejected(rejection) = refused else { panic!("{refused:?}") };
    assert_eq!(rejection.code(), RejectionCode::NotMigrated);
}

#[tokio::test]
async fn a_dry_run_by_a_clock_that_went_back_promises_nothing() {
    let (_, case, office) = held().await;
    office.at("2027-03-01 12:00");
    for how in [Migrate::DryRun, Migrate::Apply] {
        let done = migrate(&office, PLAN, &[case], how).await;
        let MigrationOutcome::Refused(because) = &done[0].1 else { panic!("{how:?}: {done:?}") };
        assert!(because[0].contains("the clock of this machine went back"), "{because:?}");
    }
}

#[tokio::test]
async fn a_case_that_is_over_is_left_out_and_refused_if_it_is_named() {
    let (_, case, office) = held().await;
    office.record(case, act("released", "requested/police", when("2027-03-04 10:00"))).await;
    assert_eq!(migrate(&office, PLAN, &[], Migrate::Apply).await, []);
    let named = migrate(&office, PLAN, &[case], Migrate::Apply).await;
    assert_eq!(named[0].1, MigrationOutcome::Refused(vec!["the case is over".to_owned()]));
}

#[tokio::test]
async fn a_linked_case_must_be_able_to_follow_and_then_does() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
    let first = Office::over(journal.clone());
    let matter = first.matter().await;
    let waiver = first.case(matter, "sample/waiver", "W-1", Vec::new()).await;
    let case = first.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    let office = Office::of(journal, &second());
    office.at("2027-03-05 12:00");
    let says = "EX-1 follows this case and could not go on: its fact `immunity` knows no stage `shielded` of the track \
                `person`; migrate it first";
    let refused = MigrationOutcome::Refused(vec![says.to_owned()]);
    for how in [Migrate::DryRun, Migrate::Apply] {
        assert_eq!(migrate(&office, WAIVER_PLAN, &[], how).await, [("W-1".to_owned(), refused.clone())]);
    }
    // Nor by another way than the plan of an operator.
    let (_, plan) = plan(&office, WAIVER_PLAN).await;
    let request = Request::of(vec![Body::Migrated(Box::new(plan))], &office.by);
    let outcome = office.engine.record(waiver, request).await.unwrap();
    assert!(matches!(outcome, Outcome::Rejected(Rejection::NotMigrated { .. })), "{outcome:?}");

    assert!(went(&migrate(&office, PLAN, &[], Migrate::Apply).await[0].1));
    assert!(went(&migrate(&office, WAIVER_PLAN, &[], Migrate::Apply).await[0].1));
    let immunity = async || {
        let now = comity_core::Asked::at(office.engine.now());
        let view = office.engine.view(case, now).await.unwrap();
        let facts = view.facts();
        let fact = facts.iter().find(|fact| fact.name.as_str() == "immunity").unwrap();
        fact.known.unwrap().value.reveal()
    };
    assert_eq!(immunity().await, "shielded");
    office.at("2027-03-06 12:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-06 10:00"))).await;
    assert_eq!(immunity().await, "waived");
    let file = office.engine.case(case).await.unwrap();
    assert_eq!(office.engine.behind(&file, office.engine.now()).await.unwrap(), []);
}

#[tokio::test]
async fn a_case_does_not_go_over_to_follow_what_is_not_there() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
    let first = Office::over(journal.clone());
    let matter = first.matter().await;
    let waiver = first.case(matter, "sample/waiver", "W-1", Vec::new()).await;
    first.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    let narrow = {
        let (mut files, wide) = (InMemory::default().with("sample/articles.md", ARTICLES), second());
        for path in ["sample/extradition.yaml", "sample/waiver.yaml"] {
            use comity_language::library::Files;
            let text = String::from_utf8(wide.read(path).unwrap()).unwrap();
            files = files.with(path, text.replace("[immune, shielded, waived]", "[shielded, waived]"));
        }
        files
    };
    let office = Office::of(journal, &narrow);
    office.at("2027-03-05 12:00");
    let told = migrate(&office, PLAN, &[], Migrate::DryRun).await;
    let MigrationOutcome::Refused(because) = &told[0].1 else { panic!("{told:?}") };
    assert!(
        because
            .iter()
            .any(|one| one.contains("it could not follow W-1: its fact `immunity` knows no stage `immune`")),
        "{because:?}"
    );
}

#[tokio::test]
async fn what_is_learned_on_the_day_of_a_migration_keeps_its_order() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
    let first = Office::over(journal.clone());
    let matter = first.matter().await;
    let waiver = first.case(matter, "sample/waiver", "W-1", Vec::new()).await;
    let links = vec![(name("immunity"), waiver)];
    let case = first.case(matter, "sample/extradition", "EX-1", links).await;
    first.record(waiver, act("waived", "sending/ministry", when("2027-03-01"))).await;
    let office = Office::of(journal, &second());
    office.at("2027-03-01 12:00");
    let done = migrate(&office, PLAN, &[case], Migrate::Apply).await;
    assert!(went(&done[0].1), "{done:?}");
    // The waiver was no act of that day but of an hour of it. That the person was immune since the day began is learned again, and
    // recorded behind the migration; so is the waiver.
    let annul = Request::annul(EntryNumber::new(2).unwrap(), Private::new("not the whole day"), &office.by);
    office.engine.record(waiver, annul).await.unwrap();
    office.at("2027-03-01 12:01");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-01 08:00"))).await;
    let known = async || {
        let view = office.engine.view(case, Asked::at(office.engine.now())).await.unwrap();
        let facts = view.facts();
        let fact = facts.iter().find(|fact| fact.name.as_str() == "immunity").unwrap();
        fact.known.map(|known| known.value.reveal())
    };
    assert_eq!(known().await.as_deref(), Some("waived"));
    let version = office.engine.case(case).await.unwrap().version();
    office.engine.sweep().await.unwrap();
    assert_eq!(office.engine.case(case).await.unwrap().version(), version, "it is told once");
}
