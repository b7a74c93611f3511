//! Files at a place that speaks S3. Run by `cargo xtask s3`, which starts one and says where it is.

#![cfg(feature = "s3")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::io::{self, Cursor};
use std::pin::Pin;
use std::task::{Context, Poll};

use comity_store::{FileError, Files, Hash, Kept};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

/// The place, with the settings of the environment that name it.
fn files(prefix: &str) -> Files {
    let bucket =
        std::env::var("COMITY_S3_TRIAL").expect("cargo xtask s3 starts a server and names its bucket here");
    Files::at(&format!("{bucket}/{prefix}"), settings()).unwrap()
}

fn settings() -> impl Iterator<Item = (String, String)> {
    std::env::vars()
        .filter(|(name, _)| name.starts_with("AWS_"))
        .map(|(name, value)| (name.to_lowercase(), value))
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at ^ (at >> 9)).to_le_bytes()[0]).collect()
}

async fn read(files: &Files, kept: &Kept) -> Result<Vec<u8>, FileError> {
    let mut content = Vec::new();
    files.read(kept, &mut content).await?;
    Ok(content)
}

#[tokio::test]
async fn a_file_of_any_size_is_read_back_whole() {
    let files = files("sizes");
    // Below, at and above the part of five mebibytes in which S3 takes what is long.
    for size in [0, 1, (1 << 20) + 1, (5 << 20) - 1, 5 << 20, (5 << 20) + 1, (11 << 20) + 17] {
        let content = content(size);
        let kept = files.keep(Cursor::new(&content)).await.unwrap();
        assert_eq!(kept.size, u64::try_from(size).unwrap());
        assert!(read(&files, &kept).await.unwrap() == content, "{size}");
        files.check(kept.kept).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_removed_or_never_kept_is_missing() {
    let files = files("removed");
    let kept = files.keep(Cursor::new(b"order of the court")).await.unwrap();
    files.remove(kept.kept).await.unwrap();
    files.remove(kept.kept).await.unwrap();
    assert_eq!(read(&files, &kept).await.unwrap_err().code(), "files/missing");
    assert_eq!(files.check(Hash([7; 32])).await.unwrap_err().code(), "files/missing");
}

/// Some bytes, and then the line is cut.
struct Cut(usize);

impl AsyncRead for Cut {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::Error::other("the line was cut")));
        }
        let length = into.remaining().min(self.0);
        into.put_slice(&vec![1; length]);
        self.0 -= length;
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn what_does_not_come_to_its_end_or_is_too_long_is_not_kept() {
    let files = files("cut");
    assert_eq!(files.keep(Cut(7 << 20)).await.unwrap_err().code(), "files/io");
    let files = files.limited_to(6 << 20);
    assert_eq!(files.keep(Cursor::new(content(7 << 20))).await.unwrap_err().code(), "files/too-large");
    assert_eq!(files.keep(Cut(10).take(10)).await.unwrap().size, 10);
}

#[tokio::test]
async fn a_place_that_is_not_there_or_not_ours_fails_in_words() {
    let away = settings().filter(|(name, _)| !name.contains("endpoint"));
    let away = away.chain([
        ("aws_endpoint".to_owned(), "http://127.0.0.1:1".to_owned()),
        ("aws_max_retries".to_owned(), "0".to_owned()),
    ]);
    let nowhere = Files::at("s3://comity/x", away);
    // Whether it is there is seen when something is kept, and not before.
    let error = nowhere.unwrap().keep(Cursor::new(b"x")).await.unwrap_err();
    assert_eq!(error.code(), "files/store");
    let none =
        Files::at(&format!("{}-none/x", std::env::var("COMITY_S3_TRIAL").unwrap()), settings()).unwrap();
    assert_eq!(none.keep(Cursor::new(b"x")).await.unwrap_err().code(), "files/store");
}
