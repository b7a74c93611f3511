//! What the index says of cases is what a full fold says of them, after random lawful histories and after a rebuild.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use comity_core::Asked;
use comity_core::entry::{Body, Entry};
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::time::{Day, Moment};
use comity_language::Library;
use comity_language::library::{Disk, load};
use comity_runner::{
    Engine, EngineParts, LibraryProcedures, ManualClock, NewCase, NewMatter, Outcome, Request,
};
use comity_store::{IndexState, Journal, OpenOptions, PageRequest, Query, Row, SledJournal};
use comity_testkit::histories::{History, Shape, histories};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Histories of each procedure.
const EACH: usize = 4;

fn library() -> Library {
    load(&Disk::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../workflows")))
}

fn by() -> Private {
    Private::new("a.costa")
}

async fn open(folder: &Path, library: &Library) -> (Arc<SledJournal>, Engine, Arc<ManualClock>) {
    let journal = Arc::new(SledJournal::open(folder, OpenOptions::default()).await.unwrap());
    let clock = Arc::new(ManualClock::at(Moment::MIN));
    let parts = EngineParts {
        journal: journal.clone(),
        procedures: Arc::new(LibraryProcedures::new(library.clone())),
        clock: clock.clone(),
    };
    (journal, Engine::new(parts), clock)
}

/// Carries a history through the engine, entry by entry, each at its moment.
async fn carry(engine: &Engine, clock: &ManualClock, name: &str, number: usize, history: &History) -> CaseId {
    let Some(Entry { body: Body::Opened(opening), recorded_at, .. }) = history.entries.first() else {
        panic!("a history without an opening")
    };
    clock.set(*recorded_at);
    let matter =
        NewMatter { reference: format!("M-{name}-{number}"), title: Private::new("The matter of Orlen") };
    let matter = engine.open_matter(matter, &by()).await.unwrap();
    let case = NewCase {
        matter,
        procedure: name.parse().unwrap(),
        reference: format!("EX-{name}-{number}"),
        title: Private::new(format!("ARANDO {number}, Tivo")),
        since: opening.since,
        links: Vec::new(),
    };
    let case = engine.open_case(case, &by()).await.unwrap();
    for entry in history.entries.iter().skip(1) {
        clock.set(entry.recorded_at);
        let recorded = engine.record(case, Request::of(vec![entry.body.clone()], &by())).await.unwrap();
        assert!(matches!(recorded, Outcome::Recorded(_)), "{recorded:?}");
    }
    case
}

/// All rows that a query finds.
async fn rows(journal: &SledJournal, query: Query) -> BTreeSet<(CaseId, Row)> {
    let (mut all, mut after) = (BTreeSet::new(), None);
    loop {
        let page = journal.rows(query.clone(), PageRequest { after, limit: 7 }).await.unwrap();
        all.extend(page.rows.into_iter().map(|found| (found.case, found.row)));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// What queries find while nothing is recorded, each asked once for all cases.
struct Answers<'j> {
    journal: &'j SledJournal,
    known: HashMap<String, BTreeSet<CaseId>>,
}

impl<'j> Answers<'j> {
    fn of(journal: &'j SledJournal) -> Self {
        Self { journal, known: HashMap::new() }
    }

    async fn hold(&mut self, query: Query, case: CaseId) -> bool {
        let key = format!("{query:?}");
        if !self.known.contains_key(&key) {
            let found = rows(self.journal, query).await.into_iter().map(|(case, _)| case).collect();
            self.known.insert(key.clone(), found);
        }
        self.known.get(&key).is_some_and(|found| found.contains(&case))
    }
}

/// The index says of the case what a fold of all its entries says, and nothing else.
async fn is_as_folded(
    answers: &mut Answers<'_>,
    engine: &Engine,
    case: CaseId,
    due: &BTreeSet<(CaseId, Row)>,
) {
    let file = engine.case(case).await.unwrap();
    let at = file.entries.last().unwrap().recorded_at;
    let view = file.view(Asked::at(at));
    for (_, name, track) in file.procedure.tracks().iter() {
        for (_, stage, _) in track.stages.iter() {
            let query = Query::AtStage { track: name.to_string(), stage: stage.to_string() };
            let stands = view.track(name.as_str()).unwrap().stage_name == stage;
            assert_eq!(answers.hold(query, case).await, stands, "{name} at {stage}");
        }
    }
    let of_case = |at: Option<Moment>| {
        due.iter().filter(|(found, _)| *found == case).filter_map(move |(_, row)| {
            let Row::Due { at: ends, clock } = row else { return None };
            at.is_none_or(|at| *ends > at).then(|| (*ends, clock.clone()))
        })
    };
    let folded: BTreeSet<(Moment, String)> =
        view.due().iter().map(|(ends, clock)| (*ends, clock.name.to_string())).collect();
    assert!(folded.iter().all(|one| of_case(None).any(|row| row == *one)));
    // What ran out already and was not noticed yet stays due; all else is in the view.
    assert!(of_case(Some(at)).all(|row| folded.contains(&row)));
    let may: BTreeSet<String> = view
        .acts()
        .iter()
        .filter(|act| act.is_open())
        .flat_map(|act| act.by.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>())
        .collect();
    let owe = view.obligations();
    let owe = owe.iter().filter(|one| one.owed.met.is_none()).map(|one| one.bearer.0.to_string());
    let active: BTreeSet<String> = owe.chain(may).collect();
    for (_, name, _) in file.procedure.authorities().iter() {
        let found = answers.hold(Query::ByAuthority(name.to_string()), case).await;
        assert_eq!(found, active.contains(name.as_str()), "{name}");
    }
    for state in view.states().filter_map(|(_, state)| state) {
        assert!(answers.hold(Query::OfState(state.to_string()), case).await);
    }
    assert!(answers.hold(Query::Named(file.opening.reference.clone()), case).await);
    assert!(answers.hold(Query::InMatter(file.opening.matter), case).await);
    assert!(engine.search("arando tivo").await.unwrap().contains(&case));
    assert!(!engine.search("nobody").await.unwrap().contains(&case));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_index_says_what_a_full_fold_says() {
    let (library, folder) = (library(), tempfile::tempdir().unwrap());
    let (journal, engine, clock) = open(folder.path(), &library).await;
    let mut cases = Vec::new();
    let mut entries = 0;
    for edition in &library.procedures {
        let procedure = &edition.procedure;
        let shape = Shape::from(Day::new(2027, 3, 2).unwrap());
        let mut runner = TestRunner::deterministic();
        for number in 0..EACH {
            let history = histories(procedure, shape.clone()).new_tree(&mut runner).unwrap().current();
            entries += history.entries.len();
            cases.push(carry(&engine, &clock, procedure.name().as_str(), number, &history).await);
        }
    }
    assert!(entries > 10 * EACH, "hardly anything happened: {entries} entries");
    let due = rows(&journal, Query::DueUntil(Moment::MAX)).await;
    let mut answers = Answers::of(&journal);
    for case in &cases {
        is_as_folded(&mut answers, &engine, *case, &due).await;
    }
    drop(answers);
    journal.close().await.unwrap();
    drop((engine, journal));

    std::fs::remove_dir_all(folder.path().join("sled")).unwrap();
    let (journal, engine, _) = open(folder.path(), &library).await;
    assert!(matches!(journal.report().index, IndexState::Rebuilt { .. }));
    assert_eq!(rows(&journal, Query::DueUntil(Moment::MAX)).await, due);
    let mut answers = Answers::of(&journal);
    for case in &cases {
        is_as_folded(&mut answers, &engine, *case, &due).await;
    }
    journal.verify().await.unwrap();
    journal.close().await.unwrap();
}
