//! The readers that no caller sees, for the program that searches for bytes they cannot bear. No part of the interface.
//!
//! Each reads, and writes what it read; nothing, if the bytes were refused.

use crate::frame::{self, Body, Committed};
use crate::journal::{Head, IdempotencyKey};
use crate::ready::{Ready, ReadyEntry};

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
