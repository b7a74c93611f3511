//! A store that was closed in order is taken at its word, and everything is checked while it is used.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::path::Path;
use std::time::Duration;

use comity_core::id::Version;
use comity_store::{
    AppendError, CheckState, IndexState, Journal, OpenError, OpenOptions, PageRequest, Position, Query,
    ReadError, SledJournal,
};
use common::{EXISTING, SMALL, case, closed_store, commit, segments, write};

/// Any journal is taken at its word.
const TRUSTING: OpenOptions = OpenOptions {
    trust_above: 0,
    create: true,
    segment_bytes: SMALL.segment_bytes,
    segment_step: SMALL.segment_step,
    disk_floor: 0,
    index_patience: SMALL.index_patience,
    queue: SMALL.queue,
    master: comity_store::MasterKey::Beside,
    upgrade: false,
};

const WORD: &str = "sled.clean";

async fn checked(journal: &SledJournal) -> CheckState {
    loop {
        match journal.checked() {
            CheckState::Running => tokio::time::sleep(Duration::from_millis(1)).await,
            state @ (CheckState::Whole | CheckState::Wrong { .. }) => return state,
        }
    }
}

async fn refused(journal: &SledJournal) -> bool {
    let seen = journal.head(case(0)).await.map_or(Version(0), |head| head.version);
    let is_refused = matches!(journal.append(commit(case(0), seen)).await, Err(AppendError::Stopped));
    assert_eq!(journal.stopped().is_some(), is_refused);
    is_refused
}

/// A list that both cases are in: of the last entry each.
fn everything() -> Query {
    Query::AtStage { track: "request".into(), stage: "stage-19".into() }
}

/// Whether a store is opened without walking over everything.
async fn is_trusted(folder: &Path) -> bool {
    let journal = SledJournal::open(folder, TRUSTING).await.unwrap();
    journal.verify().await.unwrap();
    journal.close().await.unwrap();
    journal.report().on_trust
}

#[tokio::test]
async fn a_store_that_was_closed_in_order_is_taken_at_its_word() {
    let (folder, entries) = closed_store(TRUSTING, 40).await;
    let journal = SledJournal::open(folder.path(), TRUSTING).await.unwrap();
    let report = journal.report().clone();
    assert!(report.on_trust);
    assert_eq!((report.index, report.torn, report.created), (IndexState::Current, None, false));
    assert_eq!(journal.tail(Position(0), usize::MAX).await.unwrap(), entries);
    write(&journal, 20).await;
    assert_eq!(checked(&journal).await, CheckState::Whole);
    journal.verify().await.unwrap();
    journal.close().await.unwrap();
    assert!(is_trusted(folder.path()).await);
    let short = SledJournal::open(folder.path(), SMALL).await.unwrap();
    assert!(!short.report().on_trust, "it is short enough to be walked");
    assert_eq!(short.checked(), CheckState::Whole);
}

#[tokio::test]
async fn a_store_in_use_has_left_no_word() {
    let (folder, _) = closed_store(TRUSTING, 4).await;
    assert!(folder.path().join(WORD).exists());
    let journal = SledJournal::open(folder.path(), TRUSTING).await.unwrap();
    assert!(!folder.path().join(WORD).exists(), "a kill from here on leaves none");
    journal.close().await.unwrap();
    assert!(folder.path().join(WORD).exists());
}

#[tokio::test]
async fn whatever_happened_since_the_closing_is_walked() {
    type Happening = fn(&Path);
    let happenings: [(&str, Happening); 4] = [
        ("no word", |folder| fs::remove_file(folder.join(WORD)).unwrap()),
        ("another word", |folder| {
            let mut bytes = fs::read(folder.join(WORD)).unwrap();
            bytes[40] ^= 1;
            fs::write(folder.join(WORD), bytes).unwrap();
        }),
        ("a torn write", |folder| {
            let last = segments(folder).pop().unwrap();
            let mut bytes = fs::read(&last).unwrap();
            let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 40;
            bytes[end] = 7;
            fs::write(last, bytes).unwrap();
        }),
        ("an index that is gone", |folder| fs::remove_dir_all(folder.join("sled")).unwrap()),
    ];
    for (what, happening) in happenings {
        let (folder, _) = closed_store(TRUSTING, 40).await;
        happening(folder.path());
        assert!(!is_trusted(folder.path()).await, "{what}");
        assert!(is_trusted(folder.path()).await, "{what}, and in order again");
    }
}

#[tokio::test]
async fn a_journal_that_lost_its_end_since_the_closing_is_refused() {
    let (folder, _) = closed_store(TRUSTING, 40).await;
    fs::remove_file(segments(folder.path()).pop().unwrap()).unwrap();
    let refusal = SledJournal::open(folder.path(), TRUSTING).await.unwrap_err();
    assert!(matches!(refusal, OpenError::JournalBehind { .. } | OpenError::Journal(_)), "{refusal}");
}

#[tokio::test]
async fn a_record_that_was_changed_is_found_beside_the_work_and_stops_it() {
    let (folder, _) = closed_store(TRUSTING, 40).await;
    let first = segments(folder.path()).remove(0);
    let mut bytes = fs::read(&first).unwrap();
    bytes[300] ^= 1;
    fs::write(&first, bytes).unwrap();
    let journal = SledJournal::open(folder.path(), TRUSTING).await.unwrap();
    assert!(journal.report().on_trust);
    let state = checked(&journal).await;
    let CheckState::Wrong { what, index: false } = state else { panic!("{state:?}") };
    assert!(what.contains(first.file_name().unwrap().to_str().unwrap()), "{what}");
    assert!(refused(&journal).await);
    assert_eq!(journal.rows(everything(), PageRequest::first(5)).await.unwrap().rows.len(), 2, "reads go on");
    journal.close().await.unwrap();
    let again = SledJournal::open(folder.path(), TRUSTING).await.unwrap_err();
    assert_eq!(again.code(), "store/damaged");
}

#[tokio::test]
async fn an_index_that_lost_a_row_is_found_beside_the_work_and_built_again() {
    let (folder, entries) = closed_store(TRUSTING, 40).await;
    {
        let sled = sled::Config::new().path(folder.path().join("sled")).segment_size(4 << 20).open().unwrap();
        let row = sled.scan_prefix(b"i").next().unwrap().unwrap().0;
        sled.remove(row).unwrap();
        sled.flush().unwrap();
    }
    let journal = SledJournal::open(folder.path(), TRUSTING).await.unwrap();
    assert!(journal.report().on_trust);
    assert!(matches!(checked(&journal).await, CheckState::Wrong { index: true, .. }));
    let read = journal.rows(everything(), PageRequest::first(5)).await;
    assert!(matches!(read, Err(ReadError::Damaged { .. })), "a list with a hole is not shown: {read:?}");
    assert!(refused(&journal).await);
    journal.close().await.unwrap();
    let again = SledJournal::open(folder.path(), EXISTING).await.unwrap();
    assert!(matches!(again.report().index, IndexState::Rebuilt { .. }));
    assert_eq!(again.tail(Position(0), usize::MAX).await.unwrap(), entries);
}

#[tokio::test]
async fn a_store_in_which_something_is_wrong_leaves_no_word_of_order() {
    let (folder, _) = closed_store(TRUSTING, 40).await;
    let first = segments(folder.path()).remove(0);
    let mut bytes = fs::read(&first).unwrap();
    bytes[300] ^= 1;
    fs::write(&first, bytes).unwrap();
    // Nobody writes to it, so nobody is refused.
    let journal = SledJournal::open(folder.path(), TRUSTING).await.unwrap();
    assert!(matches!(checked(&journal).await, CheckState::Wrong { .. }));
    journal.close().await.unwrap();
    assert!(!folder.path().join(WORD).exists());
    assert_eq!(SledJournal::open(folder.path(), TRUSTING).await.unwrap_err().code(), "store/damaged");
}
