//! The readers that no caller sees, for the program that searches for bytes they cannot bear. No part of the interface.
//!
//! Each reads, and writes what it read; nothing, if the bytes were refused.

use std::path::Path;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::backup::BackupManifest;
use crate::closing;
use crate::files;
use crate::frame::{self, Body, Committed};
use crate::journal::{Head, IdempotencyKey};
use crate::key_file::{self, KeyFile};
use crate::keys::Blinder;
use crate::master::MasterKey;
use crate::pairs::{self, Meta};
use crate::ready::{Ready, ReadyEntry};
use crate::row::{self, Found};
use crate::segment::Header;
use crate::standing::Standing;

/// A frame.
#[must_use]
pub fn frame_again(bytes: &[u8]) -> Option<Vec<u8>> {
    let raw = frame::raw(bytes).ok()?;
    let mut again = Vec::new();
    match raw.body()? {
        Body::Mark => frame::write_mark(&mut again, raw.link),
        Body::Commit(commit) => {
            let key = commit.key.map(|key| IdempotencyKey(key.to_owned()));
            let head = Head { version: commit.seen, hash: commit.previous() };
            frame::write_commit(&mut again, raw.link, head, &ready(&commit, key.as_ref()));
        }
    }
    Some(again)
}

fn ready<'c>(commit: &Committed<'c>, key: Option<&'c IdempotencyKey>) -> Ready<'c> {
    let entry = |entry: &frame::Kept<'c>| ReadyEntry {
        recorded_at: entry.recorded_at,
        recorded_by: entry.recorded_by,
        payload: entry.payload.into(),
    };
    Ready {
        case: commit.case,
        key,
        entries: commit.entries.iter().map(entry).collect(),
        rows: commit.rows.iter().map(|row| row.to_vec()).collect(),
        erases: commit.erases,
    }
}

/// The header of a segment.
#[must_use]
pub fn segment_again(bytes: &[u8]) -> Option<Vec<u8>> {
    Header::decode(bytes).ok().map(|header| header.encode())
}

/// What the index holds, of one of its kinds.
#[must_use]
pub fn index_again(kind: u8, bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match kind {
        0 => Meta::decode(bytes)?.encode(),
        1 => Standing::decode(bytes)?.encode(),
        2 => {
            let mut list = Vec::new();
            pairs::read_listed(bytes)?.into_iter().for_each(|listed| pairs::put_listed(&mut list, listed));
            list
        }
        3 => pairs::rows_value(&pairs::read_rows(bytes)?),
        4 => pairs::source_value(pairs::read_source(bytes)?),
        5 => {
            let (content, receipt) = pairs::read_answer(bytes)?;
            pairs::answer_value(content, receipt)
        }
        6 => {
            let Found { case, row } = row::found(bytes, None)?;
            row::index_key(&row.encode(), case)
        }
        7 => {
            row::hidden(bytes, &Blinder::new([0; 32]))?;
            bytes.to_vec()
        }
        8 => closing::again(bytes)?,
        _ => row::is_kept(bytes).then(|| bytes.to_vec())?,
    })
}

/// What a backup says of itself.
#[must_use]
pub fn manifest_again(text: &str) -> Option<String> {
    BackupManifest::of_text(text).map(|manifest| manifest.text())
}

/// The first slot of the file of the keys.
#[must_use]
pub fn key_header(store: [u8; 16], master: &str) -> Option<Vec<u8>> {
    key_file::header_of(Uuid::from_bytes(store), &text(master)).ok()
}

/// How many keys can be had from the file of the keys; nothing, if it is refused.
#[must_use]
pub fn keys(folder: &Path, store: [u8; 16], master: &str) -> Option<u64> {
    KeyFile::open(folder, Uuid::from_bytes(store), &text(master)).ok().map(|keys| keys.readable())
}

fn text(master: &str) -> MasterKey {
    MasterKey::Text(Zeroizing::new(master.to_owned()))
}

/// What a file beside the record holds that comes so many bytes at a time.
#[must_use]
pub fn file(bytes: &[u8], at_a_time: usize) -> Option<Vec<u8>> {
    files::opened(bytes, at_a_time).ok()
}
