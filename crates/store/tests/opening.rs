//! Stores that are locked, read-only, of another release, full, or with an index that cannot be trusted.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use comity_core::id::Version;
use comity_store::{AppendError, IndexState, Journal, OpenError, OpenOptions, SledJournal, verify_path};
use common::{ONE_SEGMENT, SMALL, case, closed_store, commit, open, refusal, segments};

#[tokio::test]
async fn a_closed_store_opens_as_it_was() {
    let (folder, entries) = closed_store(SMALL, 40).await;
    assert!(segments(folder.path()).len() > 2);
    let (again, report) = open(folder.path(), SMALL).await.unwrap();
    assert_eq!(again, entries);
    assert_eq!((report.created, report.torn, report.index), (false, None, IndexState::Current));
}

#[tokio::test]
async fn a_store_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    let error = refusal(folder.path()).await;
    assert_eq!(error.code(), "store/locked");
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    drop(journal);
    open(folder.path(), SMALL).await.unwrap();
}

#[tokio::test]
async fn a_new_store_is_read_by_its_own_account_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let store = folder.path().join("new/store");
    let journal = SledJournal::open(&store, SMALL).await.unwrap();
    journal.close().await.unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for made in ["", "journal", "keys", "sled"] {
        assert_eq!(mode(&store.join(made)), 0o700, "{made}");
    }
    for made in ["LOCK", "keys/case.keys", "keys/master.key"] {
        assert_eq!(mode(&store.join(made)), 0o600, "{made}");
    }
    for segment in segments(&store) {
        assert_eq!(mode(&segment), 0o600, "{}", segment.display());
    }
    assert_eq!(mode(folder.path()), 0o755, "what was there keeps its rights");
}

#[tokio::test]
async fn a_missing_store_is_made_only_if_asked() {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions { create: false, ..SMALL };
    let error = SledJournal::open(folder.path(), options.clone()).await.unwrap_err();
    assert_eq!(error.code(), "store/not-found");
    assert_eq!(verify_path(folder.path()).unwrap_err().code(), "store/not-found");
    open(folder.path(), SMALL).await.unwrap();
    SledJournal::open(folder.path(), options).await.unwrap();
}

#[tokio::test]
async fn a_read_only_store_is_refused_and_can_be_verified() {
    let (folder, entries) = closed_store(SMALL, 4).await;
    for path in [folder.path().to_owned(), folder.path().join("journal"), segments(folder.path())[0].clone()]
    {
        let mode = fs::metadata(&path).unwrap().permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode.mode() & 0o555)).unwrap();
        assert_eq!(refusal(folder.path()).await.code(), "store/read-only");
        assert_eq!(verify_path(folder.path()).unwrap().last, entries[3].position);
        fs::set_permissions(&path, mode).unwrap();
    }
    open(folder.path(), SMALL).await.unwrap();
}

#[tokio::test]
async fn a_store_of_a_newer_format_is_refused() {
    let (folder, _) = closed_store(SMALL, 4).await;
    let segment = &segments(folder.path())[0];
    let mut bytes = fs::read(segment).unwrap();
    bytes[8..12].copy_from_slice(&3_u32.to_be_bytes());
    let checksum = crc32fast::hash(&bytes[..12]);
    bytes[12..16].copy_from_slice(&checksum.to_be_bytes());
    fs::write(segment, &bytes).unwrap();
    let error = refusal(folder.path()).await;
    assert_eq!(error.code(), "store/newer-format");
    assert_eq!(fs::read(segment).unwrap(), bytes);
}

#[tokio::test]
async fn an_index_that_is_missing_or_damaged_is_built_again() {
    let (folder, entries) = closed_store(SMALL, 40).await;
    let index = folder.path().join("sled");
    fs::remove_dir_all(&index).unwrap();
    let (again, report) = open(folder.path(), SMALL).await.unwrap();
    assert_eq!(again, entries);
    assert!(matches!(report.index, IndexState::Rebuilt { moved_to: None, .. }), "{:?}", report.index);

    for round in 0..8_usize {
        // Once the settings of the database, then places all over its file.
        let file = index.join(if round == 0 { "conf" } else { "db" });
        let mut bytes = fs::read(&file).unwrap();
        let length = bytes.len().min(64 << 10);
        let at = length / 8 * round;
        let end = (at + 2000).min(bytes.len());
        bytes[at..end].fill(0x5A);
        fs::write(&file, bytes).unwrap();
        // Without the snapshot sled has to read its log, and may lose some of it without a word.
        for item in fs::read_dir(&index).unwrap().map(Result::unwrap) {
            if item.file_name().to_string_lossy().starts_with("snap.") {
                fs::remove_file(item.path()).unwrap();
            }
        }
        let (again, _) = open(folder.path(), SMALL).await.unwrap();
        assert_eq!(again, entries, "round {round}");
    }
    assert!(folder.path().join("sled.damaged-1").exists());
}

#[tokio::test]
async fn an_index_that_is_behind_catches_up() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    common::write(&journal, 10).await;
    journal.close().await.unwrap();
    let kept = tempfile::tempdir().unwrap();
    copy_all(&folder.path().join("sled"), &kept.path().join("sled"));

    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    common::write(&journal, 30).await;
    let entries = journal.tail(comity_store::Position(0), 100).await.unwrap();
    journal.close().await.unwrap();
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    copy_all(&kept.path().join("sled"), &folder.path().join("sled"));
    let (again, report) = open(folder.path(), SMALL).await.unwrap();
    assert_eq!(again, entries);
    assert_eq!(report.index, IndexState::CaughtUp { entries: 30 });
}

#[tokio::test]
async fn an_index_of_another_store_is_built_again() {
    let (folder, entries) = closed_store(SMALL, 10).await;
    let (other, _) = closed_store(SMALL, 5).await;
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    copy_all(&other.path().join("sled"), &folder.path().join("sled"));
    let (again, report) = open(folder.path(), SMALL).await.unwrap();
    assert_eq!(again, entries);
    assert!(matches!(report.index, IndexState::Rebuilt { moved_to: Some(_), .. }), "{:?}", report.index);
}

#[tokio::test]
async fn an_index_ahead_of_the_journal_shows_that_the_journal_lost_entries() {
    let (folder, _) = closed_store(ONE_SEGMENT, 4).await;
    let (older, _) = closed_store(ONE_SEGMENT, 2).await;
    let segment = &segments(folder.path())[0];
    fs::copy(&segments(older.path())[0], segment).unwrap();
    let error = refusal(folder.path()).await;
    assert!(matches!(error, OpenError::JournalBehind { .. }), "{error}");
    fs::remove_file(segment).unwrap();
    assert_eq!(refusal(folder.path()).await.code(), "store/journal-behind");
    fs::remove_dir_all(folder.path().join("journal")).unwrap();
    assert_eq!(refusal(folder.path()).await.code(), "store/journal-behind");
}

#[tokio::test]
async fn a_half_written_snapshot_does_not_block_the_opening() {
    let (folder, entries) = closed_store(SMALL, 4).await;
    let planted = folder.path().join("sled").join("snap.00000000000FFFFF.generating");
    fs::write(&planted, b"half").unwrap();
    let (again, report) = open(folder.path(), SMALL).await.unwrap();
    assert_eq!((again, report.index), (entries, IndexState::Current));
    assert!(!planted.exists());
}

#[tokio::test]
async fn an_index_that_hung_at_the_last_start_is_moved_aside() {
    let (folder, entries) = closed_store(SMALL, 4).await;
    fs::write(folder.path().join("sled.hung"), b"").unwrap();
    let (again, report) = open(folder.path(), SMALL).await.unwrap();
    assert_eq!(again, entries);
    assert!(matches!(report.index, IndexState::Rebuilt { moved_to: Some(_), .. }));
    assert!(!folder.path().join("sled.hung").exists());
}

#[tokio::test]
async fn an_index_that_does_not_open_in_time_is_left_to_the_next_start() {
    let (folder, entries) = closed_store(SMALL, 4).await;
    let hasty = OpenOptions { index_patience: std::time::Duration::ZERO, ..SMALL };
    let error = SledJournal::open(folder.path(), hasty).await.unwrap_err();
    assert_eq!(error.code(), "store/index-hung");
    // The next start is another process; here the thread that hung may still be at the database.
    let next = tempfile::tempdir().unwrap();
    copy_all(&folder.path().join("journal"), &next.path().join("journal"));
    copy_all(&folder.path().join("keys"), &next.path().join("keys"));
    fs::copy(folder.path().join("sled.hung"), next.path().join("sled.hung")).unwrap();
    fs::create_dir(next.path().join("sled")).unwrap();
    let (again, report) = open(next.path(), SMALL).await.unwrap();
    assert_eq!(again, entries);
    assert!(matches!(report.index, IndexState::Rebuilt { moved_to: Some(_), .. }));
}

#[tokio::test]
async fn a_full_disk_stops_appends_and_not_reads() {
    let (folder, entries) = closed_store(SMALL, 4).await;
    let options = OpenOptions { disk_floor: u64::MAX, ..SMALL };
    let journal = SledJournal::open(folder.path(), options).await.unwrap();
    let refused = journal.append(commit(case(0), Version(2))).await;
    assert!(matches!(refused, Err(AppendError::Full { .. })), "{refused:?}");
    assert_eq!(journal.read(case(0), Version(0)).await.unwrap().len(), 2);
    journal.close().await.unwrap();
    let (again, _) = open(folder.path(), SMALL).await.unwrap();
    assert_eq!(again, entries);
}

fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy_all(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).unwrap();
        }
    }
}
