//! Stores of every released format, which are read for ever.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::path::Path;

use comity_core::id::{CaseId, Version};
use comity_store::{Journal, OpenOptions, Position, Query, SledJournal, verify_path};
use common::{SMALL, commit, copy_journal, open, personal, refusal, segments};
use uuid::Uuid;

/// A copy of the golden store of a format.
fn golden(format: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/format-{format}"));
    copy_journal(&from, folder.path());
    folder
}

fn upgrading() -> OpenOptions {
    OpenOptions { create: false, upgrade: true, ..SMALL }
}

#[test]
fn format_1_verifies_as_it_did_when_it_was_written() {
    let report = verify_path(golden(1).path()).unwrap();
    assert_eq!((report.last, report.cases, report.segments, report.bytes), (Position(15), 2, 3, 11_166));
    assert_eq!(report.head.to_string(), "1bf751699c82687775a37f32c4439c701379357cb304106dd270c22daabe95a7");
    assert_eq!(report.root.to_string(), "c2d982d69fcf62f999d7f3964a9841b6841fe979c62915020b653d52937e14a2");
}

#[tokio::test]
async fn a_store_of_format_1_is_not_written_until_it_is_upgraded() {
    let folder = golden(1);
    let before = fs::read(&segments(folder.path())[2]).unwrap();
    let error = refusal(folder.path()).await;
    assert_eq!(error.code(), "store/old-format");
    assert!(error.to_string().contains("comity store upgrade"), "{error}");
    assert_eq!(fs::read(&segments(folder.path())[2]).unwrap(), before);

    let journal = SledJournal::open(folder.path(), upgrading()).await.unwrap();
    assert_eq!(journal.report().upgraded_from, Some(1));
    let case = CaseId(Uuid::from_u128(1));
    let entries = journal.read(case, Version(0)).await.unwrap();
    let contents: Vec<_> = entries.iter().map(|entry| entry.payload.content().unwrap()).collect();
    assert_eq!(contents, [b"opened".as_slice(), b"arrested", "entlassen – 석방".as_bytes()]);
    let named = journal.rows(Query::Named("EX-1".into()), comity_store::PageRequest::first(9)).await.unwrap();
    assert_eq!(named.rows[0].case, case);
    journal.append(personal(commit(case, Version(3)))).await.unwrap();
    assert!(journal.read(case, Version(3)).await.unwrap()[0].payload.is_sealed());
    journal.verify().await.unwrap();
    journal.close().await.unwrap();
    drop(journal);

    // What was there is as it was, but for the room behind the last frame.
    let after = fs::read(&segments(folder.path())[2]).unwrap();
    assert_eq!(after[..], before[..after.len()]);
    assert_eq!(segments(folder.path()).len(), 4);
    let (entries, report) = open(folder.path(), SMALL).await.unwrap();
    assert_eq!((entries.len(), report.upgraded_from), (16, None));
}

#[tokio::test]
async fn an_empty_store_of_format_1_is_upgraded_too() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), SMALL).await.unwrap();
    let path = &segments(folder.path())[0];
    let mut bytes = fs::read(path).unwrap();
    bytes[8..12].copy_from_slice(&1_u32.to_be_bytes());
    let checksum = crc32fast::hash(&bytes[..12]);
    bytes[12..16].copy_from_slice(&checksum.to_be_bytes());
    fs::write(path, &bytes).unwrap();
    assert_eq!(refusal(folder.path()).await.code(), "store/old-format");
    let journal = SledJournal::open(folder.path(), upgrading()).await.unwrap();
    journal.append(commit(CaseId(Uuid::from_u128(1)), Version(0))).await.unwrap();
    journal.close().await.unwrap();
    drop(journal);
    assert_eq!(open(folder.path(), SMALL).await.unwrap().0.len(), 1);
}
