//! Random histories: the embedded store answers as the one in memory does, also after being opened again.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{
    Commit, IdempotencyKey, Journal, MemoryJournal, NewEntry, OpenOptions, PageRequest, Position, Query, Row,
    SledJournal,
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
    let entry = (0..5_i64, "[a-b]", prop_oneof![9 => 0..50_usize, 1 => 15_000..40_000_usize]);
    let key = proptest::option::weighted(0.3, "[a-c]".prop_map(IdempotencyKey));
    let entries = proptest::collection::vec(entry, 0..4);
    (0..3_u128, 0..4_u32, entries, proptest::collection::vec(any_row(), 0..4), key).prop_map(
        |(case, seen, entries, rows, key)| Commit {
            case: CaseId(Uuid::from_u128(case)),
            seen: Version(seen),
            entries: entries
                .into_iter()
                .map(|(at, recorded_by, size)| NewEntry {
                    recorded_at: moment(at),
                    recorded_by,
                    payload: vec![7; size],
                })
                .collect(),
            rows,
            key,
        },
    )
}

fn any_row() -> impl Strategy<Value = Row> {
    prop_oneof![
        (-3..3_i64, "[ab]").prop_map(|(at, clock)| Row::Due { at: moment(at), clock }),
        "[ab]{1,2}".prop_map(|kind| Row::Kind { kind }),
    ]
}

fn moment(at: i64) -> Moment {
    Moment::from_unix_microseconds(at).unwrap()
}

/// An outcome without the version that the writer of a retry happened to see.
fn said<T: std::fmt::Debug, E: std::fmt::Display>(outcome: Result<T, E>) -> String {
    outcome.map_or_else(|error| error.to_string(), |value| format!("{value:?}"))
}

async fn same(model: &MemoryJournal, store: &SledJournal) {
    let all = |journal| async move { Journal::tail(journal, Position(0), 1000).await.unwrap() };
    assert_eq!(all(store as &dyn Journal).await, all(model as &dyn Journal).await);
    for query in [Query::DueUntil(moment(1)), Query::OfKind("a".into()), Query::OfKind("ab".into())] {
        let request = PageRequest::first(3);
        assert_eq!(
            store.rows(query.clone(), request.clone()).await.unwrap(),
            model.rows(query, request).await.unwrap()
        );
    }
    for case in (0..3).map(|case| CaseId(Uuid::from_u128(case))) {
        assert_eq!(store.head(case).await.unwrap(), model.head(case).await.unwrap());
        let after = Version(1);
        assert_eq!(store.read(case, after).await.unwrap(), model.read(case, after).await.unwrap());
    }
    store.verify().await.unwrap();
}

async fn check(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions { segment_bytes: 16 << 10, ..SMALL };
    let model = MemoryJournal::new();
    let mut store = SledJournal::open(folder.path(), options).await.unwrap();
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
                store = SledJournal::open(folder.path(), options).await.unwrap();
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
