//! Random histories: the embedded store answers as the one in memory does, also after being opened again.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::time::Moment;
use comity_store::{
    AppendError, Commit, IdempotencyKey, Journal, MemoryJournal, NewEntry, OpenOptions, PageRequest,
    Position, Query, Receipt, Recorded, Row, SledJournal,
};
use common::SMALL;
use proptest::prelude::*;
use uuid::Uuid;

#[derive(Clone, Debug)]
enum Step {
    Append(Commit),
    Reopen,
    Rebuild,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => any_commit().prop_map(Step::Append),
        1 => Just(Step::Reopen),
        1 => Just(Step::Rebuild),
    ]
}

fn any_commit() -> impl Strategy<Value = Commit> {
    let size = prop_oneof![9 => 0..50_usize, 1 => 15_000..40_000_usize];
    let entry = (0..5_i64, "[a-b]", size, any::<bool>());
    let key = proptest::option::weighted(0.3, "[a-c]".prop_map(IdempotencyKey));
    let entries = proptest::collection::vec(entry, 0..4);
    let rows = proptest::collection::vec(any_row(), 0..4);
    let erases = proptest::bool::weighted(0.1);
    (0..3_u128, 0..4_u32, entries, rows, key, erases).prop_map(|(case, seen, entries, rows, key, erases)| {
        Commit {
            case: CaseId(Uuid::from_u128(case)),
            seen: Version(seen),
            entries: entries
                .into_iter()
                .map(|(at, recorded_by, size, personal)| NewEntry {
                    recorded_at: moment(at),
                    recorded_by,
                    payload: vec![7; size],
                    personal: personal && !erases,
                })
                .collect(),
            rows,
            key,
            erases,
        }
    })
}

fn any_row() -> impl Strategy<Value = Row> {
    prop_oneof![
        (-3..3_i64, "[ab]").prop_map(|(at, clock)| Row::Due { at: moment(at), clock }),
        "[ab]{1,2}".prop_map(|kind| Row::Kind { kind }),
        "[ab]".prop_map(|state| Row::State { state }),
        "[ab]{1,2}".prop_map(|name| Row::Person { name }),
        "[ab]".prop_map(|word| Row::Word { word }),
    ]
}

fn moment(at: i64) -> Moment {
    Moment::from_unix_microseconds(at).unwrap()
}

/// An outcome as both tell it; the hashes differ, since each seals with keys of its own.
fn said(outcome: Result<Receipt, AppendError>) -> String {
    match outcome {
        Ok(receipt) => format!("{} {}", receipt.version, receipt.position),
        Err(error) => error.to_string(),
    }
}

/// An entry without what depends on the keys.
fn told(recorded: Recorded) -> (Position, CaseId, EntryNumber, Moment, String, bool, Option<Vec<u8>>) {
    let Recorded { position, case, number, recorded_at, recorded_by, payload, .. } = recorded;
    (
        position,
        case,
        number,
        recorded_at,
        recorded_by,
        payload.is_sealed(),
        payload.content().map(<[u8]>::to_vec),
    )
}

fn all_told(entries: Vec<Recorded>) -> Vec<impl std::fmt::Debug + PartialEq> {
    entries.into_iter().map(told).collect()
}

async fn same(model: &MemoryJournal, store: &SledJournal) {
    let all = |journal| async move { all_told(Journal::tail(journal, Position(0), 1000).await.unwrap()) };
    assert_eq!(all(store as &dyn Journal).await, all(model as &dyn Journal).await);
    // From every place, for the index keeps only some.
    for after in (0..40).map(Position) {
        let some = |journal| async move { all_told(Journal::tail(journal, after, 3).await.unwrap()) };
        assert_eq!(some(store as &dyn Journal).await, some(model as &dyn Journal).await);
    }
    let queries = [
        Query::DueUntil(moment(1)),
        Query::OfKind("a".into()),
        Query::OfKind("ab".into()),
        Query::OfState("a".into()),
        Query::OfPerson("a".into()),
        Query::OfPerson("ab".into()),
        Query::WithWord("a".into()),
    ];
    for query in queries {
        let request = PageRequest::first(3);
        assert_eq!(
            store.rows(query.clone(), request.clone()).await.unwrap(),
            model.rows(query, request).await.unwrap()
        );
    }
    for case in (0..3).map(|case| CaseId(Uuid::from_u128(case))) {
        let version = model.head(case).await.unwrap().version;
        assert_eq!(store.head(case).await.unwrap().version, version);
        for after in (0..version.0).map(Version) {
            let read = |journal| async move { all_told(Journal::read(journal, case, after).await.unwrap()) };
            assert_eq!(read(store as &dyn Journal).await, read(model as &dyn Journal).await);
        }
    }
    store.verify().await.unwrap();
}

async fn check(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions { segment_bytes: 16 << 10, ..SMALL };
    let model = MemoryJournal::new();
    let mut store = SledJournal::open(folder.path(), options.clone()).await.unwrap();
    for step in steps {
        match step {
            Step::Append(commit) => {
                // Half of the commits on the version that is there, so that histories grow.
                let head = model.head(commit.case).await.unwrap().version;
                let seen = if commit.seen.0 < 3 { head } else { commit.seen };
                let commit = Commit { seen, ..commit };
                assert_eq!(said(store.append(commit.clone()).await), said(model.append(commit).await));
            }
            Step::Reopen | Step::Rebuild => {
                same(&model, &store).await;
                store.close().await.unwrap();
                drop(store);
                if matches!(step, Step::Rebuild) {
                    std::fs::remove_dir_all(folder.path().join("sled")).unwrap();
                }
                store = SledJournal::open(folder.path(), options.clone()).await.unwrap();
            }
        }
    }
    same(&model, &store).await;
    store.close().await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_embedded_store_answers_as_the_model_does(steps in proptest::collection::vec(any_step(), 0..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(check(steps));
    }
}
