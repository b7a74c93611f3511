//! A backup that is killed again and again while a program writes to the store: it is whole at every moment.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{
    Commit, Journal, NewEntry, OpenOptions, Position, Recorded, Row, SledJournal, check_backup, facts,
    restore, verify_path,
};

const WRITERS: u32 = 8;
const KILLS: u32 = 40;

/// Small segments, so that a kill also falls between two of them.
fn small() -> OpenOptions {
    OpenOptions { segment_bytes: 64 << 10, segment_step: 16 << 10, ..OpenOptions::default() }
}

fn commit(case: CaseId, seen: Version) -> Commit {
    let recorded_at = Moment::from_unix_microseconds(i64::from(seen.0)).unwrap();
    let entry =
        NewEntry { recorded_at, recorded_by: "desk".into(), payload: vec![b'.'; 300], personal: false };
    let rows = vec![Row::Reference { reference: format!("{case}/{seen}") }];
    Commit { case, seen, entries: vec![entry], rows, key: None, erases: false }
}

fn backing_up(store: &Path, to: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.args(["backup", "--store"]).arg(store).arg("--to").arg(to);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The backup as somebody finds it after a kill: what it has of the journal is the beginning of the record.
async fn is_a_beginning_of(journal: &SledJournal, to: &Path) -> u64 {
    // Killed before the first segment had its name, there is nothing yet.
    let Ok(report) = verify_path(to) else {
        let segments = std::fs::read_dir(to.join("journal")).map(|listing| {
            listing
                .filter(|item| item.as_ref().unwrap().path().extension().is_some_and(|kind| kind == "seg"))
                .count()
        });
        assert_eq!(segments.unwrap_or(0), 0, "{:?}", verify_path(to));
        return 0;
    };
    assert_eq!(report.torn, None);
    let found = comity_verify::read(to, None).unwrap();
    assert_eq!((found.entries, found.root), (report.last.0, report.root.0));
    check_backup(to).unwrap();
    // The store goes on meanwhile, and had this root when it had as many entries.
    let (store, entries) = (journal.folder().to_owned(), report.last.0);
    let then =
        tokio::task::spawn_blocking(move || facts(&store, Some(entries)).unwrap().root_then).await.unwrap();
    assert_eq!(then, Some(report.root));
    report.last.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_killed_is_whole_and_is_carried_on() {
    let folder = tempfile::tempdir().unwrap();
    let (store, to, target) =
        (folder.path().join("store"), folder.path().join("safe"), folder.path().join("new"));
    let journal = Arc::new(SledJournal::open(store.clone(), small()).await.unwrap());
    let (enough, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writers: Vec<_> = (1..=WRITERS)
        .map(|number| {
            let (journal, enough, acknowledged) =
                (Arc::clone(&journal), Arc::clone(&enough), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                let case = CaseId(format!("00000000-0000-0000-0000-{number:012}").parse().unwrap());
                let mut seen = Version(0);
                while !enough.load(Ordering::Relaxed) {
                    seen = journal.append(commit(case, seen)).await.unwrap().version;
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                    // A ministry at its busiest, and not so much that the walks below take the day.
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            })
        })
        .collect();
    let (mut killed, mut moments) = (0_u32, Vec::new());
    let (mut chance, mut span) = (0x5EED_u64, 60_000);
    for _ in 0..KILLS {
        let mut child = backing_up(&store, &to);
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The one sleep: the moment of the kill is what the test is about.
        tokio::time::sleep(Duration::from_micros((chance >> 33) % span)).await;
        let is_at_work = child.try_wait().unwrap().is_none();
        killed += u32::from(is_at_work);
        // How long a backup takes hangs on the machine: whoever came too late is early the next time.
        span = if is_at_work { (span * 5 / 4).min(60_000) } else { (span / 2).max(1_000) };
        child.kill().unwrap();
        child.wait().unwrap();
        moments.push(is_a_beginning_of(&journal, &to).await);
    }
    assert!(killed * 2 > KILLS, "hardly a backup was killed at its work: {killed}");
    assert!(moments.is_sorted(), "the backup lost entries: {moments:?}");
    let known = acknowledged.load(Ordering::SeqCst);
    assert!(backing_up(&store, &to).wait().unwrap().success());
    assert!(is_a_beginning_of(&journal, &to).await >= known, "an acknowledged entry was left out");

    enough.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let entries: Vec<Recorded> = journal.tail(Position(0), usize::MAX).await.unwrap();
    journal.close().await.unwrap();
    assert!(backing_up(&store, &to).wait().unwrap().success());
    restore(&to, &target, small()).await.unwrap();
    let restored = SledJournal::open(target, small()).await.unwrap();
    assert_eq!(restored.tail(Position(0), usize::MAX).await.unwrap(), entries);
    restored.close().await.unwrap();
}
