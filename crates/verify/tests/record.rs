//! A record that our store wrote, read by the format alone; and every way in which it may be spoiled.
//!
//! The store has a verifier of its own, which shares nothing with this one: on every spoiled record the two must agree.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use comity_core::id::CaseId;
use comity_core::time::Moment;
use comity_store::{
    Commit, IdempotencyKey, Journal, NewEntry, OpenOptions, Position, Row, SledJournal, verify_path,
};
use comity_verify::{Form, InOrder, Tree, Wrong, read};
use uuid::Uuid;

const SMALL: OpenOptions = OpenOptions {
    create: true,
    segment_bytes: 4096,
    segment_step: 4096,
    disk_floor: 0,
    index_patience: Duration::from_secs(30),
    queue: 64,
    master: comity_store::MasterKey::Beside,
    trust_above: 64 << 20,
    upgrade: false,
};

/// A closed store with so many entries of three cases, some added two at a time, and the hashes of its entries.
async fn store(entries: u32) -> (tempfile::TempDir, Vec<[u8; 32]>) {
    let folder = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    let mut left = entries;
    while left > 0 {
        let together = if left > 1 && left.is_multiple_of(5) { 2 } else { 1 };
        let case = CaseId(Uuid::from_u128(u128::from(left % 3) + 1));
        let seen = journal.head(case).await.unwrap().version;
        let entry = NewEntry {
            recorded_at: Moment::from_unix_microseconds(i64::from(left) - 3).unwrap(),
            recorded_by: "desk".into(),
            payload: format!("{left} of {case}").into_bytes(),
            personal: left.is_multiple_of(2),
        };
        let rows = vec![
            Row::Due { at: Moment::from_unix_microseconds(i64::from(left)).unwrap(), clock: "answer".into() },
            Row::Stage { track: "request".into(), stage: format!("stage-{left}") },
        ];
        let key = left.is_multiple_of(4).then(|| IdempotencyKey(format!("key-{left}")));
        let entries = vec![entry; together as usize];
        journal.append(Commit { case, seen, entries, rows, key, erases: false }).await.unwrap();
        left -= together;
    }
    let hashes = journal.tail(Position(0), usize::MAX).await.unwrap();
    journal.close().await.unwrap();
    (folder, hashes.iter().map(|entry| entry.hash.0).collect())
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder.join("journal")).unwrap().map(|item| item.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "seg"));
    paths.sort();
    paths
}

/// That both say the same of a record; whether it is in order.
#[track_caller]
fn agreed(folder: &Path, what: &str) -> bool {
    let (ours, theirs) = (read(folder, None), verify_path(folder));
    match (&ours, &theirs) {
        (Ok(InOrder { entries, form: Form::Journal { torn, .. }, .. }), Ok(report)) => {
            let tail = report.torn.as_ref().map_or(0, |torn| torn.bytes);
            assert_eq!((*entries, *torn), (report.last.0, tail), "{what}");
            true
        }
        (Err(_), Err(_)) => false,
        _ => panic!("{what}: {ours:?}, the store says {theirs:?}"),
    }
}

#[tokio::test]
async fn a_record_in_order_is_told_with_what_it_holds() {
    let (folder, hashes) = store(40).await;
    let found = read(folder.path(), None).unwrap();
    let mut tree = Tree::default();
    for hash in &hashes {
        tree.push(hash);
    }
    assert_eq!((found.entries, found.cases), (40, 3));
    assert_eq!(found.root, tree.root());
    assert!(matches!(found.form, Form::Journal { segments: 2.., torn: 0 }), "{:?}", found.form);
    // The folder of the segments alone is a record too.
    assert_eq!(read(&folder.path().join("journal"), None).unwrap(), found);
}

#[tokio::test]
async fn every_single_byte_that_is_changed_is_judged_as_the_store_judges_it() {
    let (folder, _) = store(24).await;
    let mut found = 0;
    for path in segments(folder.path()) {
        let whole = fs::read(&path).unwrap();
        let used = whole.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        for at in 0..used {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&path, bytes).unwrap();
            found += usize::from(!agreed(folder.path(), &format!("byte {at} of {}", path.display())));
        }
        fs::write(&path, whole).unwrap();
    }
    assert!(found > 4_000, "only {found} changes were found");
    assert!(agreed(folder.path(), "mended"));
}

#[tokio::test]
async fn every_length_to_which_a_segment_is_cut_is_judged_as_the_store_judges_it() {
    let (folder, _) = store(24).await;
    for path in segments(folder.path()) {
        let whole = fs::read(&path).unwrap();
        for length in (0..whole.len()).step_by(13).chain([whole.len() - 1]) {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(!agreed(folder.path(), &format!("{} cut to {length}", path.display())));
        }
        // What a crash leaves behind has its full length, and zeros where nothing was written.
        for length in (96..whole.len()).step_by(13) {
            let mut bytes = whole[..length].to_vec();
            bytes.resize(whole.len(), 0);
            fs::write(&path, bytes).unwrap();
            agreed(folder.path(), &format!("{} with nothing from {length} on", path.display()));
        }
        fs::write(&path, whole).unwrap();
    }
}

#[tokio::test]
async fn a_segment_that_is_taken_away_or_put_elsewhere_is_found() {
    let (folder, _) = store(40).await;
    let paths = segments(folder.path());
    for path in &paths[..paths.len() - 1] {
        let whole = fs::read(path).unwrap();
        fs::remove_file(path).unwrap();
        assert!(!agreed(folder.path(), "taken away"));
        fs::write(path, &whole).unwrap();
    }
    let (first, second) = (fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap());
    fs::write(&paths[0], second).unwrap();
    fs::write(&paths[1], first).unwrap();
    assert!(!agreed(folder.path(), "swapped"));
}

#[test]
fn a_folder_without_a_record_is_no_record() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(read(folder.path(), None), Err(Wrong::NoRecord { .. })));
    assert!(matches!(read(&folder.path().join("nowhere"), None), Err(Wrong::Unreadable { .. })));
}

/// Whether a look meets a write half done is chance; whatever it meets, a record in use is in order and only grows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_in_use_is_in_order_at_every_look() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    let path = folder.path().to_owned();
    let writing = tokio::spawn(async move {
        for number in 0..300_u32 {
            let case = CaseId(Uuid::from_u128(u128::from(number % 3) + 1));
            let seen = journal.head(case).await.unwrap().version;
            let entry = NewEntry {
                recorded_at: Moment::from_unix_microseconds(i64::from(number)).unwrap(),
                recorded_by: "desk".into(),
                payload: vec![b'x'; 900],
                personal: false,
            };
            let commit = Commit { case, seen, entries: vec![entry], rows: vec![], key: None, erases: false };
            journal.append(commit).await.unwrap();
        }
        journal.close().await.unwrap();
    });
    let mut before = 0;
    while !writing.is_finished() {
        let found = read(&path, None).unwrap();
        assert!(found.entries >= before, "{} after {before}", found.entries);
        before = found.entries;
    }
    writing.await.unwrap();
    assert_eq!(read(&path, None).unwrap().entries, 300);
}
