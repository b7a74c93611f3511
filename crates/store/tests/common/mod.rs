//! Small stores to be damaged.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "for tests; each uses a part"
)]

use std::fs;
use std::path::{Path, PathBuf};

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{
    Commit, Journal, NewEntry, OpenError, OpenOptions, OpenReport, Position, Recorded, Row, SledJournal,
};
use uuid::Uuid;

/// Small segments, so that a few entries fill several.
pub const SMALL: OpenOptions = OpenOptions {
    create: true,
    segment_bytes: 4096,
    segment_step: 4096,
    disk_floor: 0,
    index_patience: std::time::Duration::from_secs(30),
    queue: 64,
    master: comity_store::MasterKey::Beside,
    trust_above: 64 << 20,
    upgrade: false,
};

/// One segment for all.
pub const ONE_SEGMENT: OpenOptions = OpenOptions { segment_bytes: 1 << 20, ..SMALL };

/// Writes `count` commits of one entry, each after the one before, to two cases in turns.
pub async fn write(journal: &SledJournal, count: u32) {
    for number in 0..count {
        let case = case(number % 2);
        let seen = journal.head(case).await.unwrap().version;
        journal.append(commit(case, seen)).await.unwrap();
    }
}

pub fn case(number: u32) -> CaseId {
    CaseId(Uuid::from_u128(u128::from(number) + 1))
}

pub fn commit(case: CaseId, seen: Version) -> Commit {
    let entry = NewEntry {
        recorded_at: Moment::from_unix_microseconds(i64::from(seen.0)).unwrap(),
        recorded_by: "desk".into(),
        payload: format!("entry {} of {case}", seen.0).into_bytes(),
        personal: false,
    };
    let rows = vec![Row::Stage { track: "request".into(), stage: format!("stage-{}", seen.0) }];
    Commit { case, seen, entries: vec![entry], rows, key: None, erases: false }
}

/// The same commit, with all its entries sealed.
pub fn personal(mut commit: Commit) -> Commit {
    commit.entries.iter_mut().for_each(|entry| entry.personal = true);
    commit
}

/// The end of the content of a case.
pub fn erasure(case: CaseId, seen: Version) -> Commit {
    let mut commit = Commit { erases: true, ..commit(case, seen) };
    commit.entries[0].payload = b"erased by order".to_vec();
    commit
}

/// A closed store of `count` entries, and what it holds.
pub async fn closed_store(options: OpenOptions, count: u32) -> (tempfile::TempDir, Vec<Recorded>) {
    let folder = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(folder.path(), options).await.unwrap();
    write(&journal, count).await;
    let entries = journal.tail(Position(0), usize::MAX).await.unwrap();
    journal.close().await.unwrap();
    (folder, entries)
}

/// Opens the store, verifies it and returns what it holds and how it was found.
pub async fn open(folder: &Path, options: OpenOptions) -> Result<(Vec<Recorded>, OpenReport), OpenError> {
    let journal = SledJournal::open(folder, options).await?;
    let entries = journal.tail(Position(0), usize::MAX).await.unwrap();
    journal.verify().await.unwrap();
    journal.close().await.unwrap();
    Ok((entries, journal.report().clone()))
}

/// The code with which opening is refused.
pub async fn refusal(folder: &Path) -> OpenError {
    match SledJournal::open(folder, SMALL).await {
        Ok(journal) => unreachable_open(&journal),
        Err(error) => error,
    }
}

#[allow(clippy::panic, reason = "for tests")]
fn unreachable_open(journal: &SledJournal) -> ! {
    panic!("opened, though it should not: {:?}", journal.report())
}

pub fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder.join("journal")).unwrap().map(|item| item.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Copies a folder without folders in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap().map(Result::unwrap).filter(|item| item.path().is_file()) {
        fs::copy(item.path(), to.join(item.file_name())).unwrap();
    }
}

/// Copies the journal without the index: what an index cannot vouch for, the journal must show by itself.
pub fn copy_journal(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("journal")).unwrap();
    for path in segments(from) {
        fs::copy(&path, to.join("journal").join(path.file_name().unwrap())).unwrap();
    }
}

/// The same, for a store that must be there.
pub const EXISTING: OpenOptions = OpenOptions { create: false, ..SMALL };
