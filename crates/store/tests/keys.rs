//! The keys of the cases: lost, locked with another master key, and put back after an erasure.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;

use comity_core::id::Version;
use comity_store::{IndexState, Journal, MasterKey, OpenOptions, PageRequest, Query, Row, SledJournal};
use common::{SMALL, case, commit, erasure, open, personal, refusal};

/// A store with two cases that are sealed.
async fn sealed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    for number in 0..2 {
        let mut commit = personal(commit(case(number), Version(0)));
        commit.rows.push(Row::Person { name: "ARANDO".into() });
        journal.append(commit).await.unwrap();
    }
    journal.close().await.unwrap();
    folder
}

async fn contents(journal: &SledJournal, number: u32) -> Vec<Option<String>> {
    let entries = journal.read(case(number), Version(0)).await.unwrap();
    let text = |content: &[u8]| String::from_utf8(content.to_vec()).unwrap();
    entries.iter().map(|entry| entry.payload.content().map(text)).collect()
}

async fn found(journal: &SledJournal) -> usize {
    let page = journal.rows(Query::OfPerson("ARANDO".into()), PageRequest::first(9)).await.unwrap();
    page.rows.len()
}

#[tokio::test]
async fn lost_keys_are_told_and_never_made_anew() {
    let folder = sealed().await;
    fs::rename(folder.path().join("keys"), folder.path().join("elsewhere")).unwrap();
    assert_eq!(refusal(folder.path()).await.code(), "keys/missing");
    assert!(!folder.path().join("keys").exists());
    fs::rename(folder.path().join("elsewhere"), folder.path().join("keys")).unwrap();
    assert_eq!(open(folder.path(), SMALL).await.unwrap().0.len(), 2);
}

#[tokio::test]
async fn another_master_key_opens_nothing() {
    let folder = sealed().await;
    let master = MasterKey::Text(MasterKey::generate().unwrap());
    let options = OpenOptions { master, ..SMALL };
    let error = SledJournal::open(folder.path(), options).await.unwrap_err();
    assert_eq!(error.code(), "keys/other-master");
    fs::remove_file(folder.path().join("keys/master.key")).unwrap();
    assert_eq!(refusal(folder.path()).await.code(), "keys/master");
}

#[tokio::test]
async fn a_key_is_gone_when_the_erasure_is_answered() {
    let folder = sealed().await;
    let keys = || {
        let files = fs::read_dir(folder.path().join("keys")).unwrap().map(|item| item.unwrap().path());
        files
            .filter(|path| !path.ends_with("master.key"))
            .map(|path| fs::read(path).unwrap())
            .collect::<Vec<_>>()
    };
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    let before = keys();
    journal.append(erasure(case(0), Version(1))).await.unwrap();
    let after = keys();
    assert_ne!(before, after, "the answer came before the key was destroyed");
    // Nothing is left to be done to it.
    assert_eq!(contents(&journal, 0).await[0], None);
    journal.close().await.unwrap();
    assert_eq!(keys(), after);
}

#[tokio::test]
async fn nothing_that_tells_of_a_person_stands_on_disk_in_the_clear() {
    let folder = sealed().await;
    let mut files = vec![folder.path().to_owned()];
    let mut looked = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|item| item.unwrap().path()));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for word in ["ARANDO", "entry 0"] {
            assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word} in {path:?}");
        }
        looked += 1;
    }
    assert!(looked > 5);
}

#[tokio::test]
async fn the_master_key_is_changed_and_everything_is_still_read() {
    let folder = sealed().await;
    let old = fs::read(folder.path().join("keys/master.key")).unwrap();
    let rotated = comity_store::rotate_master(folder.path(), &MasterKey::Beside, &MasterKey::Beside).unwrap();
    assert!(rotated >= 2);
    assert_ne!(fs::read(folder.path().join("keys/master.key")).unwrap(), old);
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    // Names are hidden with a key that follows from the master key.
    assert!(matches!(journal.report().index, IndexState::Rebuilt { .. }), "{:?}", journal.report());
    assert_eq!(found(&journal).await, 2);
    assert_eq!(contents(&journal, 1).await.len(), 1);
    let busy =
        comity_store::rotate_master(folder.path(), &MasterKey::Beside, &MasterKey::Beside).unwrap_err();
    assert_eq!(busy.code(), "store/locked");
    journal.close().await.unwrap();
}

#[tokio::test]
async fn a_key_that_comes_back_after_an_erasure_is_noticed_and_destroyed_again() {
    let folder = sealed().await;
    let keys = folder.path().join("keys/case.keys");
    let before = fs::read(&keys).unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    journal.append(erasure(case(0), Version(1))).await.unwrap();
    assert_eq!(contents(&journal, 0).await, [None, Some("erased by order".to_owned())]);
    assert_eq!(found(&journal).await, 1);
    journal.close().await.unwrap();
    drop(journal);
    assert_ne!(fs::read(&keys).unwrap(), before);

    fs::write(&keys, before).unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    assert_eq!(journal.verify().await.unwrap_err().code(), "verify/not-erased");
    journal.close().await.unwrap();
    drop(journal);
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    assert_eq!(contents(&journal, 0).await[0], None);
    assert!(contents(&journal, 1).await[0].is_some());
    journal.verify().await.unwrap();
    journal.close().await.unwrap();
}

#[tokio::test]
async fn an_erasure_that_a_crash_cut_short_is_finished_at_the_next_start() {
    let folder = sealed().await;
    let keys = folder.path().join("keys/case.keys");
    let (before, index) = (fs::read(&keys).unwrap(), folder.path().join("sled"));
    let aside = folder.path().join("aside");
    common::copy_folder(&index, &aside);
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    journal.append(erasure(case(0), Version(1))).await.unwrap();
    journal.close().await.unwrap();
    drop(journal);
    // As if the process had been killed right after the entry was on disk.
    fs::write(&keys, before).unwrap();
    fs::remove_dir_all(&index).unwrap();
    fs::rename(aside, &index).unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    assert_eq!(journal.report().index, IndexState::CaughtUp { entries: 1 });
    assert_eq!(contents(&journal, 0).await[0], None);
    journal.verify().await.unwrap();
    journal.close().await.unwrap();
}
