//! A journal that was torn by a crash, or changed by something else.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::path::Path;

use comity_store::{JournalFault, Position, VerifyError, verify_path};
use common::{ONE_SEGMENT, SMALL, closed_store, copy_journal, open, refusal, segments};

/// The mark that closing leaves behind the last frame.
const MARK: usize = 61;

/// The bytes of the only segment up to the end of the last frame that has entries.
fn frames(folder: &Path) -> Vec<u8> {
    let bytes = fs::read(&segments(folder)[0]).unwrap();
    let mark = bytes.windows(4).rposition(|window| window == b"CMJF").unwrap();
    assert!(bytes[mark + MARK..].iter().all(|byte| *byte == 0));
    bytes[..mark].to_vec()
}

fn write_with_room(folder: &Path, mut bytes: Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4096), 0);
    fs::write(&segments(folder)[0], bytes).unwrap();
}

fn damage(folder: &Path) -> (String, u64) {
    match verify_path(folder) {
        Err(VerifyError::Journal(JournalFault::Damaged { file, offset, .. })) => {
            (file.file_name().unwrap().to_string_lossy().into_owned(), offset)
        }
        other => panic!("not found: {other:?}"),
    }
}

#[tokio::test]
async fn a_tail_torn_at_any_byte_is_cut_and_the_rest_kept() {
    let (folder, entries) = closed_store(ONE_SEGMENT, 5).await;
    let whole = frames(folder.path());
    let last = whole.windows(4).rposition(|window| window == b"CMJF").unwrap();
    // The frame's last byte is a part of its one index row, so every cut but none shows.
    for cut in last..whole.len() {
        let copy = tempfile::tempdir().unwrap();
        copy_journal(folder.path(), copy.path());
        write_with_room(copy.path(), whole[..cut].to_vec());
        let report = verify_path(copy.path()).unwrap();
        assert_eq!((report.last, report.torn.is_some()), (Position(4), cut > last), "cut at {cut}");
        // Opening is slower; a sample will do.
        if cut % 29 == 0 {
            let (kept, report) = open(copy.path(), ONE_SEGMENT).await.unwrap();
            assert_eq!(kept, entries[..4], "cut at {cut}");
            assert_eq!(report.torn.map(|torn| torn.offset), (cut > last).then_some(last as u64));
            let (again, report) = open(copy.path(), ONE_SEGMENT).await.unwrap();
            assert_eq!((again.len(), report.torn), (4, None), "cut at {cut}");
        }
    }
}

#[tokio::test]
async fn a_torn_tail_is_not_cut_if_the_index_has_seen_it_whole() {
    let (folder, _) = closed_store(ONE_SEGMENT, 5).await;
    let whole = frames(folder.path());
    write_with_room(folder.path(), whole[..whole.len() - 9].to_vec());
    let before = fs::read(&segments(folder.path())[0]).unwrap();
    assert_eq!(refusal(folder.path()).await.code(), "store/journal-behind");
    assert_eq!(fs::read(&segments(folder.path())[0]).unwrap(), before);
}

#[tokio::test]
async fn a_flipped_bit_in_the_durable_part_is_found_and_named() {
    let (folder, _) = closed_store(ONE_SEGMENT, 4).await;
    let whole = fs::read(&segments(folder.path())[0]).unwrap();
    let durable = frames(folder.path()).len();
    let starts: Vec<_> = (0..durable).filter(|at| whole[*at..].starts_with(b"CMJF")).collect();
    for at in 0..durable {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&segments(folder.path())[0], bytes).unwrap();
        let frame = starts.iter().rfind(|start| **start <= at).copied().unwrap_or(0);
        assert_eq!(damage(folder.path()), ("00000000000000000001.seg".to_owned(), frame as u64), "byte {at}");
        if at % 199 == 0 {
            let error = refusal(folder.path()).await;
            assert_eq!(error.code(), "store/damaged");
            assert!(error.to_string().contains(&format!("byte {frame} ")), "{error}");
        }
    }
    fs::write(&segments(folder.path())[0], whole).unwrap();
    open(folder.path(), ONE_SEGMENT).await.unwrap();
}

#[tokio::test]
async fn a_flipped_bit_in_any_of_several_segments_is_found() {
    let (folder, _) = closed_store(SMALL, 40).await;
    let paths = segments(folder.path());
    for path in &paths[..paths.len() - 1] {
        let whole = fs::read(path).unwrap();
        for at in (0..whole.len()).step_by(97) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x80;
            fs::write(path, bytes).unwrap();
            assert_eq!(damage(folder.path()).0, path.file_name().unwrap().to_string_lossy(), "byte {at}");
        }
        fs::write(path, whole).unwrap();
    }
    verify_path(folder.path()).unwrap();
}

#[tokio::test]
async fn a_missing_segment_is_named() {
    let (folder, _) = closed_store(SMALL, 40).await;
    let paths = segments(folder.path());
    for (ordinal, path) in paths[..paths.len() - 1].iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        fs::remove_file(path).unwrap();
        let error = refusal(folder.path()).await;
        assert_eq!(error.code(), "store/missing-segment");
        assert!(error.to_string().contains(&format!("number {ordinal} ")), "{error}");
        fs::write(path, bytes).unwrap();
    }
    open(folder.path(), SMALL).await.unwrap();
}

#[tokio::test]
async fn a_segment_cut_short_is_told_from_a_torn_tail() {
    let (folder, _) = closed_store(SMALL, 40).await;
    for path in segments(folder.path()) {
        let whole = fs::read(&path).unwrap();
        for length in [0, 50, 96, 700, whole.len() - 1] {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(
                refusal(folder.path()).await.code(),
                "store/truncated-segment",
                "{length} of {path:?}"
            );
        }
        fs::write(&path, whole).unwrap();
    }
    open(folder.path(), SMALL).await.unwrap();
}

#[tokio::test]
async fn swapped_segments_are_found() {
    let (folder, _) = closed_store(SMALL, 40).await;
    let paths = segments(folder.path());
    let (first, second) = (fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap());
    fs::write(&paths[0], second).unwrap();
    fs::write(&paths[1], first).unwrap();
    assert!(verify_path(folder.path()).is_err());
}
