//! A commit as it will be written: sealed where it must be, its rows in order. Pure.

use std::borrow::Cow;

use comity_core::id::CaseId;
use comity_core::time::Moment;

use crate::hash::{self, Hash};
use crate::journal::{Commit, IdempotencyKey};
use crate::row;
use crate::seal::{self, CaseKey};

/// A commit as it will be written.
#[derive(Debug)]
pub(crate) struct Ready<'c> {
    pub(crate) case: CaseId,
    pub(crate) key: Option<&'c IdempotencyKey>,
    pub(crate) entries: Vec<ReadyEntry<'c>>,
    pub(crate) rows: Vec<Vec<u8>>,
    pub(crate) erases: bool,
}

/// An entry as it will be written.
#[derive(Debug)]
pub(crate) struct ReadyEntry<'c> {
    pub(crate) recorded_at: Moment,
    pub(crate) recorded_by: &'c str,
    pub(crate) payload: Cow<'c, [u8]>,
}

/// Whether something of the commit is to be sealed.
pub(crate) fn needs_key(commit: &Commit) -> bool {
    commit.entries.iter().any(|entry| entry.personal) || commit.rows.iter().any(row::Row::is_personal)
}

impl<'c> Ready<'c> {
    /// Seals what is to be sealed with the key of the case, which is kept in a slot. It is needed where [`needs_key`].
    pub(crate) fn new(commit: &'c Commit, key: Option<(u64, &CaseKey)>) -> Self {
        let sealed = |content: &[u8]| key.map(|(slot, key)| seal::seal(key, slot, commit.case, content));
        let entries = commit.entries.iter().map(|entry| ReadyEntry {
            recorded_at: entry.recorded_at,
            recorded_by: &entry.recorded_by,
            payload: match entry.personal.then(|| sealed(&entry.payload)).flatten() {
                Some(stored) => Cow::Owned(stored),
                None => Cow::Borrowed(&entry.payload),
            },
        });
        Self {
            case: commit.case,
            key: commit.key.as_ref(),
            entries: entries.collect(),
            rows: row::canonical(&commit.rows, |together| sealed(together).unwrap_or_default()),
            erases: commit.erases,
        }
    }

    /// The content by which a second attempt is known.
    pub(crate) fn content(&self) -> Hash {
        hash::content(self.entries.iter().map(|entry| (entry.recorded_by, &*entry.payload)))
    }
}
