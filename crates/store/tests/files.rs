//! Files beside the record: kept, read back, spoiled.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use comity_store::{FileError, FileKey, Files, Hash, Kept};

async fn keep(files: &Files, content: &[u8]) -> Kept {
    files.keep(Cursor::new(content)).await.unwrap()
}

async fn read(files: &Files, kept: &Kept) -> Result<Vec<u8>, FileError> {
    let mut content = Vec::new();
    files.read(kept, &mut content).await?;
    Ok(content)
}

/// All files below a folder.
fn all(folder: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    items.flat_map(|path| if path.is_dir() { all(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_file_of_any_size_is_read_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::beside(folder.path()).unwrap();
    for size in [0, 1, 100, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 17] {
        let content: Vec<u8> = (0..size).map(|at: u32| at.to_le_bytes()[0] ^ at.to_le_bytes()[2]).collect();
        let kept = keep(&files, &content).await;
        assert_eq!(kept.size, u64::from(size));
        assert!(read(&files, &kept).await.unwrap() == content, "{size}");
        files.check(kept.kept).await.unwrap();
        // The same content is kept under another key each time, and nobody sees that it is the same.
        assert_ne!(keep(&files, &content).await.kept, kept.kept);
    }
    assert!(all(&folder.path().join("files/incoming")).is_empty());
}

#[tokio::test]
async fn every_changed_byte_and_every_cut_is_found_with_and_without_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path()).unwrap();
    let kept = keep(&files, b"order of the court").await;
    let path = all(folder.path()).pop().unwrap();
    let whole = fs::read(&path).unwrap();
    assert!(!whole.windows(5).any(|part| part == b"court"));
    let mut spoiled: Vec<Vec<u8>> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        spoiled.push(changed);
    }
    spoiled.push([whole.clone(), vec![0]].concat());
    for bytes in spoiled {
        fs::write(&path, &bytes).unwrap();
        assert_eq!(read(&files, &kept).await.unwrap_err().code(), "files/damaged");
        assert_eq!(files.check(kept.kept).await.unwrap_err().code(), "files/damaged");
    }
    fs::write(&path, whole).unwrap();
    assert_eq!(read(&files, &kept).await.unwrap(), b"order of the court");
}

#[tokio::test]
async fn pieces_that_are_swapped_or_dropped_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path()).unwrap();
    let kept = keep(&files, &vec![7; 3 << 20]).await;
    let path = all(folder.path()).pop().unwrap();
    let whole = fs::read(&path).unwrap();
    let piece = (1 << 20) + 16;
    let (head, rest) = whole.split_at(16);
    let (one, rest) = rest.split_at(piece);
    let (two, rest) = rest.split_at(piece);
    for spoiled in [[head, two, one, rest].concat(), [head, one, rest].concat(), [head, one, two].concat()] {
        fs::write(&path, spoiled).unwrap();
        assert_eq!(read(&files, &kept).await.unwrap_err().code(), "files/damaged");
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path()).unwrap().limited_to(10);
    let error = files.keep(Cursor::new([0; 11])).await.unwrap_err();
    assert_eq!(error.code(), "files/too-large");
    assert!(all(folder.path()).is_empty());
    assert_eq!(keep(&files, &[0; 10]).await.size, 10);
}

#[tokio::test]
async fn a_file_that_is_not_there_or_was_removed_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path()).unwrap();
    let kept = keep(&files, b"x").await;
    files.remove(kept.kept).await.unwrap();
    files.remove(kept.kept).await.unwrap();
    assert_eq!(read(&files, &kept).await.unwrap_err().code(), "files/missing");
    assert_eq!(files.check(Hash::NONE).await.unwrap_err().code(), "files/missing");
}

#[tokio::test]
async fn another_key_or_another_digest_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path()).unwrap();
    let kept = keep(&files, b"x").await;
    let key = FileKey::read(&"07".repeat(32)).unwrap();
    let others = [
        Kept { key, ..kept.clone() },
        Kept { content: Hash::NONE, ..kept.clone() },
        Kept { size: 2, ..kept.clone() },
    ];
    for other in others {
        assert_eq!(read(&files, &other).await.unwrap_err().code(), "files/damaged");
    }
    assert_eq!(FileKey::read(&kept.key.reveal()), Some(kept.key.clone()));
    assert_eq!(FileKey::read("07"), None);
    assert!(!format!("{kept:?} {:?}", kept.key).contains(&kept.key.reveal()));
}

#[tokio::test]
async fn a_place_is_named_by_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::at(&format!("file://{}/elsewhere", folder.path().display()), []).unwrap();
    let kept = keep(&files, b"x").await;
    assert!(folder.path().join("elsewhere").is_dir());
    assert_eq!(read(&files, &kept).await.unwrap(), b"x");
    // In memory: what is said of a store that is no folder.
    let files = Files::at("memory:///", []).unwrap();
    let kept = keep(&files, &vec![1; 12 << 20]).await;
    assert_eq!(read(&files, &kept).await.unwrap().len(), 12 << 20);
    for bad in ["nowhere", "gopher://x/y"] {
        assert_eq!(Files::at(bad, []).unwrap_err().code(), "files/place", "{bad}");
    }
}
