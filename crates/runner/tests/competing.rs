//! Several States ask for one person: the decision which request comes first is a case of its own, and each request
//! follows it by a link.
//!
//! The treaty and its articles are invented. What a request that was put back means for its limits is said by its procedure.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::sync::Arc;

use comity_core::id::CaseId;
use comity_core::procedure::ClockStanding;
use comity_core::{Asked, View};
use comity_language::library::InMemory;
use comity_store::MemoryJournal;
use common::{ARTICLES, Office, act, name, when};

/// Norvane decides between Calderia and Arlesia.
const PRIORITY: &str = "\
comity: 1
procedure: sample/priority
version: 1
title: Which of several requests comes first
kind: extradition
sources:
  treaty: {title: Treaty between Norvane and Calderia}
sides:
  requesting: {country: XC, zone: Asia/Seoul}
  requested: {country: XN, zone: Europe/Lisbon}
authorities:
  requested/minister: Minister of Justice of Norvane
tracks:
  priority:
    title: The priority
    starts: open
    stages:
      open: Nothing is decided
      calderia: {title: Calderia comes first, final: decided}
      arlesia: {title: Arlesia comes first, final: decided}
facts:
  priority.factors: {title: What was weighed, type: text}
acts:
  calderia-preferred:
    title: Calderia comes first
    by: requested/minister
    moves: {priority: open -> calderia}
    records: [priority.factors]
    cite: treaty 1
  arlesia-preferred:
    title: Arlesia comes first
    by: requested/minister
    moves: {priority: open -> arlesia}
    records: [priority.factors]
    cite: treaty 1
";

/// A request of one State, of which the other is put first.
fn request(own: &str, country: &str, other: &str) -> String {
    format!(
        "\
comity: 1
procedure: sample/from-{own}
version: 1
title: Extradition from Norvane
kind: extradition
sources:
  treaty: {{title: Treaty between Norvane and Calderia}}
sides:
  requesting: {{country: {country}, zone: Asia/Seoul}}
  requested: {{country: XN, zone: Europe/Lisbon}}
authorities:
  requesting/ministry: Ministry of Justice
  requested/court: High Court of Norvane
links:
  priority: {{title: The decision which request comes first, procedure: sample/priority}}
facts:
  priority:
    title: Which request comes first
    type: {{one-of: [open, calderia, arlesia]}}
    mirrors: {{link: priority, track: priority}}
tracks:
  request:
    title: The request
    starts: awaited
    stages:
      awaited: Awaited
      received: Received
      answered: {{title: Answered, final: answered}}
clocks:
  decision:
    title: The court decides
    limits: requested/court
    starts: received
    if-started-again: starts-anew
    length: 30 days
    first-day: not-counted
    last-day-closed: stands
    zone: requested
    met-by: answered
    at-the-same-instant: act-first
    stops-while: priority is {other}
    stopped-days: full-days
    extended-by: none
    off-when: request is answered
    on-expiry: {{effect: alert}}
    warn: [7 days]
    cite: treaty 1
  hearing:
    title: The court hears the person
    limits: requested/court
    starts: received
    if-started-again: starts-anew
    length: 20 days
    first-day: not-counted
    last-day-closed: stands
    zone: requested
    met-by: answered
    at-the-same-instant: act-first
    stops-while: none
    extended-by: none
    off-when: request is answered or priority is {other}
    on-expiry: {{effect: alert}}
    cite: treaty 1
acts:
  received: {{title: The request is received, by: requesting/ministry, moves: {{request: awaited -> received}}, cite: treaty 1}}
  answered: {{title: The request is answered, by: requested/court, moves: {{request: received -> answered}}, cite: treaty 1}}
"
    )
}

struct Competing {
    office: Office,
    priority: CaseId,
    calderia: CaseId,
    arlesia: CaseId,
}

/// Both requests were received on 1 March 2027; nothing is decided.
async fn competing() -> Competing {
    let files = InMemory::default()
        .with("sample/articles.md", ARTICLES)
        .with("sample/priority.yaml", PRIORITY)
        .with("sample/from-calderia.yaml", request("calderia", "XC", "arlesia"))
        .with("sample/from-arlesia.yaml", request("arlesia", "XA", "calderia"));
    let office = Office::of(Arc::new(MemoryJournal::new()), &files);
    let matter = office.matter().await;
    let priority = office.case(matter, "sample/priority", "PR-1", Vec::new()).await;
    let mut cases = Vec::new();
    for (procedure, reference) in [("sample/from-calderia", "EX-1"), ("sample/from-arlesia", "EX-2")] {
        let link = vec![(name("priority"), priority)];
        let case = office.case(matter, procedure, reference, link).await;
        office.record(case, act("received", "requesting/ministry", when("2027-03-01 08:00"))).await;
        cases.push(case);
    }
    Competing { office, priority, calderia: cases[0], arlesia: cases[1] }
}

impl Competing {
    async fn prefers(&self, deed: &str, at: &str) {
        let mut deed = act(deed, "requested/minister", when(at));
        if let comity_core::entry::What::Act { facts, .. } = &mut deed.what {
            let factors = comity_core::name::Private::new("the place of the offence");
            facts.push((name("priority.factors"), comity_core::value::Value::Text(factors)));
        }
        let outcome = self.office.record(self.priority, deed).await;
        assert!(matches!(outcome, comity_runner::Outcome::Recorded(_)), "{outcome:?}");
    }

    async fn view(&self, case: CaseId) -> View {
        self.office.engine.view(case, Asked::at(self.office.engine.now())).await.unwrap()
    }
}

fn standings(view: &View) -> (ClockStanding, ClockStanding) {
    (view.clock("decision").unwrap().standing, view.clock("hearing").unwrap().standing)
}

#[tokio::test]
async fn the_limits_of_a_request_that_is_put_back_stand_still_or_are_off_as_its_procedure_says() {
    let all = competing().await;
    all.office.at("2027-03-05 09:00");
    all.prefers("calderia-preferred", "2027-03-05 08:00").await;
    assert_eq!(standings(&all.view(all.calderia).await), (ClockStanding::Running, ClockStanding::Running));
    assert_eq!(standings(&all.view(all.arlesia).await), (ClockStanding::Stopped, ClockStanding::SwitchedOff));
    // Of the one that was put back nothing runs out, and nobody is warned of it.
    let report = all.office.at("2027-04-10 09:00").engine.sweep().await.unwrap();
    assert!(report.noticed.iter().all(|one| one.case == all.calderia), "{report:?}");
    assert_eq!(report.noticed.len(), 2);
    assert!(report.warned.is_empty(), "{report:?}");
    // Nothing brings anybody back to it, and the queue says so.
    let items = all.office.engine.queue().await.unwrap();
    let groups: Vec<_> =
        items.iter().filter(|item| item.case == all.arlesia).map(|item| item.group).collect();
    assert_eq!(groups, [comity_runner::Group::Uncountable, comity_runner::Group::Silent]);
}

#[tokio::test]
async fn a_case_in_which_a_limit_stands_still_is_not_erased() {
    use comity_core::entry::{Body, ErasureProposed};
    use comity_core::id::EntryNumber;
    use comity_core::name::Private;
    use comity_runner::{EraseRefusal, Erased, Outcome, Request};
    let all = competing().await;
    all.office.at("2027-03-05 09:00");
    all.prefers("calderia-preferred", "2027-03-05 08:00").await;
    let proposed = ErasureProposed { authority: "Court".to_owned(), reason: "Act 3(1)".to_owned() };
    let request = Request::of(vec![Body::ErasureProposed(proposed)], &all.office.by);
    let Outcome::Recorded(receipt) = all.office.engine.record(all.arlesia, request).await.unwrap() else {
        panic!("the proposal was refused");
    };
    let entry = EntryNumber::new(receipt.version.0).unwrap();
    let erased = all.office.engine.erase(all.arlesia, entry, &Private::new("b.lima")).await.unwrap();
    // Nobody can say when it ends, and it may run on.
    assert_eq!(erased, Erased::Refused(EraseRefusal::LimitRuns { clock: "decision".to_owned() }));
}

#[tokio::test]
async fn a_decision_that_is_annulled_lets_the_limit_run_on_as_if_nothing_had_been_decided() {
    let all = competing().await;
    let ends = |view: &View| view.clock("decision").unwrap().last().unwrap().end.moment();
    let before = ends(&all.view(all.arlesia).await);
    all.office.at("2027-03-05 09:00");
    all.prefers("calderia-preferred", "2027-03-05 08:00").await;
    all.office.at("2027-03-08 09:00");
    let decided = all.office.engine.case(all.priority).await.unwrap().version();
    let entry = comity_core::id::EntryNumber::new(decided.0).unwrap();
    let reason = comity_core::name::Private::new("of another case");
    let annulled = comity_runner::Request::annul(entry, reason, &all.office.by);
    all.office.engine.record(all.priority, annulled).await.unwrap();
    let view = all.view(all.arlesia).await;
    assert_eq!(standings(&view), (ClockStanding::Running, ClockStanding::Running));
    assert!(before.is_some());
    assert_eq!(ends(&view), before, "what was a mistake stopped nothing");
    all.prefers("arlesia-preferred", "2027-03-08 08:00").await;
    assert_eq!(standings(&all.view(all.calderia).await).0, ClockStanding::Stopped);
    assert_eq!(standings(&all.view(all.arlesia).await).0, ClockStanding::Running);
}

#[tokio::test]
async fn a_decision_that_is_recorded_late_stops_the_limit_from_when_it_was_taken() {
    let all = competing().await;
    all.office.at("2027-04-05 09:00").engine.sweep().await.unwrap();
    assert_eq!(standings(&all.view(all.arlesia).await), (ClockStanding::RanOut, ClockStanding::RanOut));
    all.prefers("calderia-preferred", "2027-03-05 08:00").await;
    assert_eq!(standings(&all.view(all.arlesia).await), (ClockStanding::Stopped, ClockStanding::SwitchedOff));
    assert_eq!(standings(&all.view(all.calderia).await), (ClockStanding::RanOut, ClockStanding::RanOut));
}
