//! Backups of stores in use, and stores made of them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use comity_core::id::Version;
use comity_core::time::Moment;
use comity_store::{
    Backup, BackupError, BackupManifest, Journal, Position, Recorded, RestoreError, SledJournal, backup,
    check_backup, rebuild, restore, verify_path,
};
use common::{
    ONE_SEGMENT, SMALL, case, closed_store, commit, copy_journal, erasure, open, personal, segments, write,
};

fn at(microseconds: i64) -> Moment {
    Moment::from_unix_microseconds(microseconds).unwrap()
}

fn take(store: &Path, to: &Path) -> Result<Backup, BackupError> {
    backup(store, to, at(7))
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backup");
    (folder, to)
}

/// What is recorded in the backup, read by a store made of it.
async fn restored(backup: &Path) -> Vec<Recorded> {
    let (_folder, to) = folder();
    restore(backup, &to, SMALL).await.unwrap();
    open(&to, SMALL).await.unwrap().0
}

#[tokio::test]
async fn a_backup_of_an_open_store_holds_everything_that_was_acknowledged() {
    let (store, (_keep, to)) = (tempfile::tempdir().unwrap(), folder());
    let journal = SledJournal::open(store.path(), SMALL).await.unwrap();
    for count in [1, 1, 7, 60] {
        write(&journal, count).await;
        let made = take(store.path(), &to).unwrap();
        let entries = journal.tail(Position(0), usize::MAX).await.unwrap();
        assert_eq!((made.new_entries, made.left_out), (u64::from(count), false));
        assert_eq!(made.manifest.entries.0, entries.len() as u64);
        assert_eq!(BackupManifest::read(&to).unwrap(), Some(made.manifest));
        assert_eq!(restored(&to).await, entries);
        assert_eq!(take(store.path(), &to).unwrap().new_bytes, 0);
    }
    assert!(segments(&to).len() > 3, "several segments are filled");
}

#[tokio::test]
async fn what_is_finished_is_copied_once() {
    let (store, (_keep, to)) = (tempfile::tempdir().unwrap(), folder());
    let journal = SledJournal::open(store.path(), SMALL).await.unwrap();
    write(&journal, 40).await;
    take(store.path(), &to).unwrap();
    let files =
        |paths: &[PathBuf]| paths.iter().map(|path| fs::metadata(path).unwrap().ino()).collect::<Vec<_>>();
    let before = segments(&to);
    let known = files(&before);
    write(&journal, 20).await;
    take(store.path(), &to).unwrap();
    let (last, finished) = before.split_last().unwrap();
    assert_eq!(files(finished), known[..finished.len()]);
    assert!(segments(&to).len() > before.len() && last.exists());
    // Finished segments are byte for byte what they are in the store.
    for (ours, theirs) in segments(&to).iter().zip(segments(store.path())).take(before.len()) {
        assert_eq!(fs::read(ours).unwrap(), fs::read(theirs).unwrap());
    }
}

#[tokio::test]
async fn a_backup_is_for_the_account_of_the_program_alone() {
    let (store, _) = closed_store(SMALL, 3).await;
    let (_keep, to) = folder();
    take(store.path(), &to).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&to), mode(&to.join("journal"))), (0o700, 0o700));
    for path in segments(&to).iter().chain([&to.join("backup.json"), &to.join("keys/case.keys")]) {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
}

/// What is written while backups are made.
const COMMITS: u64 = 4800;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn backups_under_load_are_whole_and_never_ahead_of_what_the_store_keeps() {
    let (store, (_keep, to)) = (tempfile::tempdir().unwrap(), folder());
    let options = comity_store::OpenOptions { segment_bytes: 96 << 10, segment_step: 16 << 10, ..SMALL };
    let journal = Arc::new(SledJournal::open(store.path(), options).await.unwrap());
    let acknowledged = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..16)
        .map(|number| {
            let (journal, acknowledged) = (Arc::clone(&journal), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                let mut seen = Version(0);
                for _ in 0..COMMITS / 16 {
                    seen = journal.append(commit(case(number), seen)).await.unwrap().version;
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let mut grew = 0;
    while acknowledged.load(Ordering::SeqCst) < COMMITS {
        let (store, to) = (store.path().to_owned(), to.clone());
        let known = acknowledged.load(Ordering::SeqCst);
        let (made, kept, still) = tokio::task::spawn_blocking(move || {
            (take(&store, &to).unwrap(), verify_path(&to).unwrap(), verify_path(&store).unwrap())
        })
        .await
        .unwrap();
        assert!(made.manifest.entries.0 >= known, "an acknowledged entry was left out");
        assert_eq!((kept.last, kept.head), (made.manifest.entries, made.manifest.head));
        assert_eq!(kept.torn, None);
        assert!(still.last >= kept.last);
        grew += u32::from(made.new_entries > 0);
    }
    assert!(grew > 2, "hardly a backup fell into the writing");
    for writer in writers {
        writer.await.unwrap();
    }
    let entries = journal.tail(Position(0), usize::MAX).await.unwrap();
    journal.close().await.unwrap();
    take(store.path(), &to).unwrap();
    assert_eq!(restored(&to).await, entries);
}

#[tokio::test]
async fn half_a_frame_at_the_end_is_no_part_of_a_backup() {
    let (store, _) = closed_store(ONE_SEGMENT, 3).await;
    let (_keep, to) = folder();
    let path = segments(store.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let frame = bytes.windows(4).position(|window| window == b"CMJF").unwrap();
    bytes.copy_within(frame..frame + 90, end);
    fs::write(&path, bytes).unwrap();
    assert!(verify_path(store.path()).unwrap().torn.is_some());
    assert_eq!(take(store.path(), &to).unwrap().manifest.entries, Position(3));
    assert_eq!(verify_path(&to).unwrap().torn, None);
}

#[tokio::test]
async fn a_store_that_says_something_else_is_refused_and_the_place_named() {
    let (store, entries) = closed_store(SMALL, 30).await;
    let (_keep, to) = folder();
    take(store.path(), &to).unwrap();
    let before = backup_files(&to);
    // The same store, gone on from an earlier copy.
    for kept in [25, 12] {
        let other = tempfile::tempdir().unwrap();
        copy_journal(store.path(), other.path());
        cut_behind(other.path(), kept);
        let journal = SledJournal::open(other.path(), SMALL).await.unwrap();
        for _ in 0..20 {
            let seen = journal.head(case(9)).await.unwrap().version;
            journal.append(commit(case(9), seen)).await.unwrap();
        }
        journal.close().await.unwrap();
        match take(other.path(), &to) {
            Err(BackupError::Diverged { position, .. }) => assert_eq!(position, Position(kept + 1)),
            other => panic!("not refused: {other:?}"),
        }
    }
    assert_eq!(backup_files(&to), before);
    assert_eq!(restored(&to).await, entries);
}

#[tokio::test]
async fn a_store_that_lost_entries_is_refused() {
    let (store, entries) = closed_store(SMALL, 30).await;
    let (_keep, to) = folder();
    take(store.path(), &to).unwrap();
    for kept in [29, 5] {
        let other = tempfile::tempdir().unwrap();
        copy_journal(store.path(), other.path());
        cut_behind(other.path(), kept);
        let refused = take(other.path(), &to).unwrap_err();
        assert_eq!(refused.code(), "backup/store-behind", "{refused}");
    }
    assert_eq!(restored(&to).await, entries);
}

#[tokio::test]
async fn a_folder_that_is_no_backup_of_this_store_is_left_alone() {
    let (one, _) = closed_store(SMALL, 3).await;
    let (other, _) = closed_store(SMALL, 3).await;
    let (_keep, to) = folder();
    take(one.path(), &to).unwrap();
    assert_eq!(take(other.path(), &to).unwrap_err().code(), "backup/other-store");
    assert_eq!(take(one.path(), one.path()).unwrap_err().code(), "backup/same-folder");
    assert_eq!(take(one.path(), &one.path().join("journal/deep")).unwrap_err().code(), "backup/same-folder");
    assert_eq!(take(one.path(), other.path()).unwrap_err().code(), "backup/not-a-backup");
    assert_eq!(take(&one.path().join("nothing"), &to).unwrap_err().code(), "store/not-found");
    let (_keep, stray) = folder();
    fs::create_dir(&stray).unwrap();
    fs::write(stray.join("letter.txt"), "x").unwrap();
    let refused = take(one.path(), &stray).unwrap_err();
    assert!(refused.to_string().contains("letter.txt"), "{refused}");
    assert_eq!(fs::read_dir(&stray).unwrap().count(), 1);
}

#[tokio::test]
async fn one_backup_at_a_time() {
    let (store, _) = closed_store(SMALL, 3).await;
    let (_keep, to) = folder();
    take(store.path(), &to).unwrap();
    // Whoever opens the backup as a store holds it too.
    let held = fs::File::open(to.join("LOCK")).unwrap();
    held.lock().unwrap();
    assert_eq!(take(store.path(), &to).unwrap_err().code(), "backup/in-use");
    drop(held);
    take(store.path(), &to).unwrap();
}

#[tokio::test]
async fn nothing_is_copied_that_is_damaged() {
    let (store, _) = closed_store(SMALL, 30).await;
    for (number, path) in segments(store.path()).into_iter().enumerate() {
        let (_keep, to) = folder();
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        bytes[300] ^= 4;
        fs::write(&path, bytes).unwrap();
        let refused = take(store.path(), &to).unwrap_err();
        assert_eq!(refused.code(), "store/damaged", "{refused}");
        assert!(refused.to_string().contains(path.file_name().unwrap().to_str().unwrap()));
        // What stands before the damage is safe, and what there is can be read.
        assert_eq!(segments(&to).len(), number);
        if number > 0 {
            verify_path(&to).unwrap();
        }
        fs::write(&path, whole).unwrap();
        take(store.path(), &to).unwrap();
        check_backup(&to).unwrap();
    }
}

#[tokio::test]
async fn a_backup_that_is_damaged_is_not_carried_on_or_restored() {
    let (store, _) = closed_store(SMALL, 30).await;
    let (_keep, to) = folder();
    take(store.path(), &to).unwrap();
    let path = segments(&to).pop().unwrap();
    let whole = fs::read(&path).unwrap();
    let mut bytes = whole.clone();
    bytes[150] ^= 1;
    fs::write(&path, bytes).unwrap();
    let journal = SledJournal::open(store.path(), SMALL).await.unwrap();
    write(&journal, 1).await;
    let refused = take(store.path(), &to).unwrap_err();
    assert!(matches!(refused, BackupError::Backup(_) | BackupError::Behind { .. }), "{refused:?}");
    let (_other, target) = folder();
    restore(&to, &target, SMALL).await.unwrap_err();
    assert!(!target.exists());
    // A journal that is whole, and shorter than the backup says it was.
    fs::write(&path, whole).unwrap();
    cut_behind(&to, 10);
    assert_eq!(verify_path(&to).unwrap().last, Position(10));
    let refused = restore(&to, &target, SMALL).await.unwrap_err();
    assert_eq!(refused.code(), "restore/lacking", "{refused}");
    assert!(!target.exists());
}

#[tokio::test]
async fn what_a_stopped_backup_left_is_carried_on() {
    let (store, entries) = closed_store(SMALL, 30).await;
    let (_keep, to) = folder();
    let all = segments(store.path());
    // Stopped after so many segments, in the middle of one more, and before it said so.
    for have in 0..all.len() {
        let _ = fs::remove_dir_all(&to);
        take(store.path(), &to).unwrap();
        fs::remove_file(to.join("backup.json")).unwrap();
        for path in &segments(&to)[have..] {
            fs::remove_file(path).unwrap();
        }
        if have > 0 {
            // The last was not cut to its length yet.
            let last = &segments(&to)[have - 1];
            let length = fs::metadata(last).unwrap().len().next_multiple_of(4096);
            fs::File::options().write(true).open(last).unwrap().set_len(length).unwrap();
            verify_path(&to).unwrap();
        }
        fs::write(to.join("journal/next.unfinished"), b"half").unwrap();
        take(store.path(), &to).unwrap();
        assert_eq!(segments(&to).len(), all.len());
        check_backup(&to).unwrap();
    }
    assert_eq!(restored(&to).await, entries);
}

#[tokio::test]
async fn an_erasure_reaches_the_backup_with_the_next_run() {
    let (store, (_keep, to)) = (tempfile::tempdir().unwrap(), folder());
    let journal = SledJournal::open(store.path(), SMALL).await.unwrap();
    let receipt = journal.append(personal(commit(case(0), Version(0)))).await.unwrap();
    let made = take(store.path(), &to).unwrap();
    assert!(made.with_master_key);
    assert_eq!(restored(&to).await, journal.tail(Position(0), 9).await.unwrap());
    journal.append(erasure(case(0), receipt.version)).await.unwrap();
    take(store.path(), &to).unwrap();
    let kept = restored(&to).await;
    assert_eq!(kept, journal.tail(Position(0), 9).await.unwrap());
    assert_eq!(kept[0].payload.content(), None);
}

#[tokio::test]
async fn a_store_is_restored_only_where_nothing_is() {
    let (store, entries) = closed_store(SMALL, 12).await;
    let ((_keep, to), (_other, target)) = (folder(), folder());
    take(store.path(), &to).unwrap();
    let refused = restore(&to, store.path(), SMALL).await.unwrap_err();
    assert!(matches!(refused, RestoreError::NotEmpty { .. }), "{refused}");
    // A restore that was stopped left a part, which is no store and is begun again.
    fs::create_dir_all(target.join("journal.unfinished")).unwrap();
    let first = &segments(&to)[0];
    fs::copy(first, target.join("journal.unfinished").join(first.file_name().unwrap())).unwrap();
    assert_eq!(SledJournal::open(&target, common::EXISTING).await.unwrap_err().code(), "store/not-found");
    let made = restore(&to, &target, SMALL).await.unwrap();
    assert_eq!((made.report.last, made.report.root), (made.from.report.last, made.from.report.root));
    assert!(made.report.index_pairs.is_some());
    assert_eq!(open(&target, SMALL).await.unwrap().0, entries);
    assert!(!target.join("journal.unfinished").exists());
    // It goes on where the backup ended, and its own backup with it.
    let journal = SledJournal::open(&target, SMALL).await.unwrap();
    write(&journal, 3).await;
    assert_eq!(take(&target, &to).unwrap().new_entries, 3);
}

fn backup_files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    segments(folder).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Cuts a journal, as whoever restores an older copy does: it ends after `kept` entries, and is whole.
fn cut_behind(folder: &Path, kept: u64) {
    for path in segments(folder).into_iter().rev() {
        let bytes = fs::read(&path).unwrap();
        let first: u64 = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        if first > kept {
            fs::remove_file(path).unwrap();
            continue;
        }
        let mut at = 96;
        let number = |at: usize| u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap());
        while bytes.get(at..).is_some_and(|rest| rest.starts_with(b"CMJF")) && number(at + 12) <= kept {
            at += 60 + u32::from_be_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
        }
        let mut cut = bytes[..at].to_vec();
        cut.resize(at.next_multiple_of(4096), 0);
        fs::write(path, cut).unwrap();
        return;
    }
}

#[tokio::test]
async fn a_rebuild_destroys_once_more_the_key_that_old_keys_brought_back() {
    let store = tempfile::tempdir().unwrap();
    let keys = store.path().join("keys/case.keys");
    let journal = SledJournal::open(store.path(), SMALL).await.unwrap();
    let receipt = journal.append(personal(commit(case(0), Version(0)))).await.unwrap();
    let old = fs::read(&keys).unwrap();
    journal.append(erasure(case(0), receipt.version)).await.unwrap();
    journal.close().await.unwrap();
    fs::write(&keys, old).unwrap();
    let verified = |journal: Arc<SledJournal>| async move {
        let verified = journal.verify().await.map(|report| report.last).map_err(|error| error.code());
        journal.close().await.unwrap();
        verified
    };
    let journal = SledJournal::open(store.path(), SMALL).await.unwrap();
    assert_eq!(verified(Arc::new(journal)).await, Err("verify/not-erased"));
    let made = rebuild(store.path(), SMALL).await.unwrap();
    assert!(made.moved_to.is_some_and(|path| path.exists()));
    let journal = SledJournal::open(store.path(), SMALL).await.unwrap();
    assert_eq!(verified(Arc::new(journal)).await, Ok(Position(2)));
}
