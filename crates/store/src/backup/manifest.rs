//! What a backup says of itself. The segments are the truth; this says when they were brought up to date, and shows if the
//! last of them have gone.

use std::fs;
use std::io;
use std::path::Path;

use comity_core::time::Moment;
use serde_json::{Value, json};
use uuid::Uuid;

use super::BackupError;
use crate::fresh::replace;
use crate::hash::Hash;
use crate::journal::Position;
use crate::verify::Report;

pub(super) const NAME: &str = "backup.json";
pub(super) const UNFINISHED: &str = "backup.unfinished";
const EDITION: u64 = 1;

/// What a backup held when it was last brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupManifest {
    /// The identity of the store.
    pub store: Uuid,
    /// The position of the last entry, which is the number of entries.
    pub entries: Position,
    /// How many bytes the frames have.
    pub bytes: u64,
    /// The hash of the last frame, which stands for the whole record up to it.
    pub head: Hash,
    /// When it was begun to be brought up to date.
    pub taken_at: Moment,
}

impl BackupManifest {
    /// What the backup in `folder` says of itself. Nothing, if no backup was ever finished there.
    ///
    /// # Errors
    ///
    /// Returns [`BackupError::Io`] if the file cannot be read, or says something else.
    pub fn read(folder: &Path) -> Result<Option<Self>, BackupError> {
        let path = folder.join(NAME);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(BackupError::io(&path))?,
        };
        let said = Self::of_text(&text);
        let unreadable = || io::Error::other("it is not what a backup writes");
        said.map(Some).ok_or_else(|| BackupError::Io { path, source: unreadable() })
    }

    pub(crate) fn of_text(text: &str) -> Option<Self> {
        Self::from_json(&serde_json::from_str(text).ok()?)
    }

    fn from_json(said: &Value) -> Option<Self> {
        let text = |name: &str| said.get(name)?.as_str();
        let number = |name: &str| said.get(name)?.as_u64();
        (number("comity")? == EDITION).then_some(())?;
        Some(Self {
            store: text("store")?.parse().ok()?,
            entries: Position(number("entries")?),
            bytes: number("bytes")?,
            head: hash(text("head")?)?,
            taken_at: text("taken_at")?.parse().ok()?,
        })
    }

    /// Whether a record holds all that was backed up. It may hold more: a run may be stopped before it says so.
    pub(super) fn is_held_by(&self, report: &Report) -> bool {
        let is_longer = report.bytes > self.bytes && report.last >= self.entries;
        is_longer || (report.bytes == self.bytes && report.head == self.head)
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        replace(&folder.join(UNFINISHED), &folder.join(NAME), self.text().as_bytes())
            .map_err(BackupError::io(folder.join(NAME)))
    }

    pub(crate) fn text(&self) -> String {
        let said = json!({
            "comity": EDITION,
            "store": self.store.to_string(),
            "entries": self.entries.0,
            "bytes": self.bytes,
            "head": self.head.to_string(),
            "taken_at": self.taken_at.to_string(),
        });
        format!("{said:#}\n")
    }
}

/// Reads what a hash prints as.
fn hash(text: &str) -> Option<Hash> {
    let mut bytes = [0; 32];
    let is_whole = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    for (at, byte) in bytes.iter_mut().enumerate().filter(|_| is_whole) {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    is_whole.then_some(Hash(bytes))
}
