//! Two migrations in a row, from wherever random lawful histories lead: what must hold of every one of them.

#![cfg(feature = "histories")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use comity_core::entry::{Arrival, ArrivedForm, Body, Deed, Digest, Entry, Opening, What};
use comity_core::id::MatterId;
use comity_core::migration::{
    ClockFate, Ends, Fate, Lineage, Migration, NameFate, NameKind, TrackFate, crossing, misfits,
};
use comity_core::name::{Name, Private};
use comity_core::procedure::SharedProcedure;
use comity_core::time::{Moment, When};
use comity_core::value::Value;
use comity_core::{Asked, RejectionCode, Stamp, View, admit, fold, open};
use comity_language::library::{InMemory, load};
use comity_testkit::histories::{History, Shape, histories};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const FIRST: &str = include_str!("../../cli/tests/data/library/calderia-norvane/incoming.yaml");
const ARTICLES: &str = include_str!("../../cli/tests/data/library/calderia-norvane/articles.md");
const CALENDAR: &str = include_str!("../../cli/tests/data/library/calendars/norvane-courts.yaml");

fn procedure(text: &str) -> SharedProcedure {
    let files = InMemory::default()
        .with("calderia-norvane/incoming.yaml", text)
        .with("calderia-norvane/articles.md", ARTICLES)
        .with("calendars/norvane-courts.yaml", CALENDAR);
    let library = load(&files);
    let told: Vec<String> = library.diagnostics.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    Arc::clone(&library.procedures[0].procedure)
}

/// The procedure in another edition: a stage and an act under other names, another length.
fn edition(number: u32, examined: &str, told: &str, length: &str) -> SharedProcedure {
    procedure(
        &FIRST
            .replace("version: 3", &format!("version: {number}"))
            .replace("      checked: Being checked", &format!("      {examined}: Being checked"))
            .replace("awaited -> checked", &format!("awaited -> {examined}"))
            .replace("checked -> before-court", &format!("{examined} -> before-court"))
            .replace("  told:\n", &format!("  {told}:\n"))
            .replace("met-by: told", &format!("met-by: {told}"))
            .replace("length: 45 days", &format!("length: {length}")),
    )
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// A plan that renames one stage and one act, and says which end the limit for the request has.
fn plan(
    (from, to): (&SharedProcedure, &SharedProcedure),
    (was, becomes): (&str, &str),
    (act, act_becomes): (&str, &str),
    ends: Ends,
) -> Migration {
    let stages = vec![(name(was), name(becomes))];
    let clock = ClockFate {
        clock: name("formal-request"),
        fate: Fate::Becomes(name("formal-request")),
        ends,
        cite: "treaty 9(4)".to_owned(),
        may_have_run_out: true,
    };
    let act = NameFate { kind: NameKind::Act, name: name(act), fate: Fate::Becomes(name(act_becomes)) };
    Migration {
        from: from.meaning(),
        procedure: to.name().clone(),
        version: to.version(),
        meaning: to.meaning(),
        plan: Digest([1; 32]),
        authority: "Ministry".to_owned(),
        reason: "a protocol".to_owned(),
        cite: "treaty 12".to_owned(),
        tracks: vec![TrackFate { track: name("request"), fate: Fate::Becomes(name("request")), stages }],
        clocks: vec![clock],
        names: vec![act],
    }
}

fn stages(view: &View) -> Vec<String> {
    view.tracks().iter().map(|track| format!("{}.{}", track.name, track.stage_name)).collect()
}

/// What is known, done, arrived, found and owed, under the names of `renamed`.
fn holds(view: &View, renamed: (&str, &str)) -> Vec<String> {
    let act = |act: &Name| if act.as_str() == renamed.0 { renamed.1.to_owned() } else { act.to_string() };
    let facts =
        view.facts().into_iter().filter_map(|fact| Some(format!("{} {:?}", fact.name, fact.known?.value)));
    let done: Vec<String> = view
        .done()
        .flat_map(|(_, name, done)| done.iter().map(move |one| (name, one)))
        .map(|(name, one)| format!("{} {:?} {:?}", act(name), one.when, one.by))
        .collect();
    let arrived = view.documents();
    let arrived = arrived.iter().map(|one| format!("{} {:?}", one.name, one.arrived));
    let found = view.grounds();
    let found = found.iter().map(|one| format!("{} {:?}", one.name, one.found));
    let owed = view.obligations();
    let owed = owed.iter().map(|one| format!("{} {:?} {:?}", one.name, one.owed.since, one.owed.met));
    facts.chain(done).chain(arrived).chain(found).chain(owed).collect()
}

/// A case, with the procedures that it has run under.
struct Case {
    lineage: Lineage,
    entries: Vec<Entry>,
}

impl Case {
    fn view(&self, at: Moment, known_at: Moment) -> View {
        fold(&self.lineage, &self.entries, Asked { at, known_at })
    }

    /// Takes the case over, and holds the view just after against that just before.
    fn goes_over(&mut self, to: &SharedProcedure, plan: &Migration, at: Moment, renamed: (&str, &str)) {
        let before = self.view(at, at);
        let stamp = Stamp { at, by: Private::new("desk") };
        let lineage = self.lineage.towards(to);
        let told = crossing(&lineage, &self.entries, plan, &stamp);
        let entry = admit(&lineage, &self.entries, Body::Migrated(Box::new(plan.clone())), &stamp);
        if before.is_over() {
            assert_eq!(entry.unwrap_err().code(), RejectionCode::NotMigrated);
            return;
        }
        assert_eq!(told.refused, [], "{:#?}", stages(&before));
        self.entries.push(entry.unwrap());
        self.lineage = lineage;
        let after = self.view(at, at);
        Self::agree(&before, &after, plan, renamed);
        let shown: Vec<String> = told
            .tracks
            .iter()
            .map(|row| row.after.as_ref().map(|(track, stage)| format!("{track}.{stage}")).unwrap())
            .collect();
        assert_eq!(shown, stages(&after), "the table tells what came of it");
    }

    fn agree(before: &View, after: &View, plan: &Migration, renamed: (&str, &str)) {
        let (was, becomes) = &plan.tracks[0].stages[0];
        let mapped = |stage: &String| match stage.strip_prefix("request.") {
            Some(stage) if stage == was.as_str() => format!("request.{becomes}"),
            _ => stage.clone(),
        };
        let ran_out = |view: &View| {
            let clock = view.clock("formal-request").unwrap();
            matches!(clock.last().map(|run| &run.status), Some(comity_core::CycleStatus::RanOut { .. }))
        };
        // What a new count makes run out has its effect, as the plan accepts.
        if ran_out(before) == ran_out(after) {
            assert_eq!(stages(before).iter().map(mapped).collect::<Vec<_>>(), stages(after));
            assert_eq!(holds(before, renamed), holds(after, ("", "")));
        }
        assert!(after.upset().is_empty(), "{:?}", after.upset());
        for clock in before.clocks().iter().filter(|clock| clock.name.as_str() != "formal-request") {
            let same = after.clock(clock.name.as_str()).unwrap();
            assert_eq!(clock.cycles, same.cycles, "{}", clock.name);
        }
    }
}

fn tried(history: &History, ends: (Ends, Ends), seen: &mut BTreeSet<String>) {
    let first = &history.procedure;
    let second = edition(4, "examined", "calderia-told", "60 days");
    let third = edition(5, "weighed", "told", "40 days");
    let there = plan((first, &second), ("checked", "examined"), ("told", "calderia-told"), ends.0);
    let on = plan((&second, &third), ("examined", "weighed"), ("calderia-told", "told"), ends.1);
    assert_eq!((misfits(first, &second, &there), misfits(&second, &third, &on)), (vec![], vec![]));
    let last = history.entries.last().unwrap().recorded_at;
    let day = |days: i64| {
        Moment::from_unix_microseconds(last.as_unix_microseconds() + days * 86_400_000_000).unwrap()
    };
    let mut case = Case { lineage: Lineage::of(first.clone()), entries: history.entries.clone() };
    let before = case.view(last, last);
    seen.extend(stages(&before));
    case.goes_over(&second, &there, day(1), ("told", "calderia-told"));
    case.goes_over(&third, &on, day(3), ("calderia-told", "told"));
    // Whatever came later, the past is shown as it was: as of then, and as known then.
    for asked in [(last, Moment::MAX), (last, last), (day(5), last)] {
        let now = case.view(asked.0, asked.1);
        let then = fold(first, &history.entries, Asked { at: asked.0, known_at: asked.1 });
        assert_eq!((stages(&now), now.happenings()), (stages(&then), then.happenings()));
        assert_eq!(now.procedure().version(), first.version());
    }
}

/// The way to an end of a case, step by step: random histories seldom go it to its end.
fn to_the_end(procedure: &SharedProcedure, minister: &str) -> Vec<History> {
    let act = |act: &str, by: &str| What::Act { act: name(act), by: name(by), facts: Vec::new() };
    let document = |document: &str| {
        let (document, form) = (name(document), ArrivedForm::Original);
        What::Document(Arrival { document, form, translated_into: Some("pt".to_owned()) })
    };
    let way = [
        What::Fact { fact: name("person.status"), value: Value::Choice(name("accused")) },
        act("arrested", "requested/police"),
        act("request-received", "requested/desk"),
        document("facts"),
        document("law"),
        document("warrant"),
        act("check-passed", "requested/officer"),
        What::Finding { ground: name("political-offence"), applies: false, by: name("requested/court") },
        act("court-allows", "requested/court"),
        act(minister, "requested/minister"),
    ];
    let zone = &procedure.home().zone;
    let stamp = |at| Stamp { at, by: Private::new("desk") };
    let mut now = zone.start_of("2027-03-02".parse().unwrap());
    let opening = Opening {
        procedure: procedure.name().clone(),
        meaning: procedure.meaning(),
        matter: MatterId(uuid::Uuid::nil()),
        reference: "EX-1".to_owned(),
        title: Private::new("A case"),
        since: When::At(now),
    };
    let mut entries = vec![open(opening, &stamp(now))];
    let mut histories = Vec::new();
    for what in way {
        now = Moment::from_unix_microseconds(now.as_unix_microseconds() + 3_600_000_000).unwrap();
        let body = Body::Deed(Deed { when: When::At(now), what });
        entries.push(admit(procedure, &entries, body, &stamp(now)).unwrap());
        let (procedure, entries) = (procedure.clone(), entries.clone());
        histories.push(History { procedure, entries, moments: vec![now] });
    }
    histories
}

#[test]
fn a_case_goes_over_twice_from_wherever_it_stands() {
    let first = edition(3, "checked", "told", "45 days");
    let shape = Shape { steps: 0..24, hours: 0..240, ..Shape::from("2027-03-02".parse().unwrap()) };
    let mut seen = BTreeSet::new();
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    // The same histories each time, because which stages they come to is looked at below.
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let ends = prop_oneof![Just(Ends::Keep), Just(Ends::Recompute), Just(Ends::Later)];
    let both = (ends.clone(), ends);
    let granted = to_the_end(&first, "minister-grants").into_iter();
    for history in granted.chain(to_the_end(&first, "minister-refuses")) {
        for ends in [(Ends::Keep, Ends::Recompute), (Ends::Later, Ends::Keep), (Ends::Recompute, Ends::Later)]
        {
            tried(&history, ends, &mut seen);
        }
    }
    let cell = std::cell::RefCell::new(&mut seen);
    runner
        .run(&(histories(&first, shape), both), |(history, ends)| {
            tried(&history, ends, &mut cell.borrow_mut());
            Ok(())
        })
        .unwrap();
    // Where the person was handed over the case is over, and stays under its edition.
    let over = ["custody.handed-over", "request.surrendered"];
    let all: BTreeSet<String> = first
        .tracks()
        .iter()
        .flat_map(|(_, track, row)| row.stages.names().map(move |stage| format!("{track}.{stage}")))
        .filter(|stage| !over.contains(&stage.as_str()))
        .collect();
    assert_eq!(all.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new(), "every stage was tried");
}
