//! The lines of an export.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The format written, and the newest that is read.
pub(super) const FORMAT: u32 = 1;
/// What an export says it is.
pub(super) const EXPORT: &str = "export";
/// No line is longer. The limits on a commit keep it well below.
pub(super) const LONGEST: u64 = 8 << 20;

/// What the sums of an export begin with.
pub(super) const SUM: &[u8] = b"comity.export.v1\0";

/// Released: never change a name, an order or a meaning in these; add a format 2 instead.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct First {
    pub(super) comity: String,
    pub(super) format: u32,
    pub(super) store: Uuid,
    pub(super) entries: u64,
    pub(super) cases: u64,
    pub(super) root: String,
    pub(super) frame: String,
}

/// Only as much as tells the format.
#[derive(Debug, Deserialize)]
pub(super) struct Probe {
    pub(super) comity: String,
    pub(super) format: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitLine {
    pub(super) commit: u64,
    pub(super) body: u8,
    pub(super) case: Uuid,
    pub(super) seen: u32,
    pub(super) key: Option<String>,
    pub(super) entries: Vec<EntryPart>,
    pub(super) rows: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryPart {
    pub(super) at: i64,
    pub(super) by: String,
    pub(super) payload: String,
    pub(super) hash: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Last {
    pub(super) end: u64,
    pub(super) commits: u64,
    pub(super) cases: u64,
    pub(super) root: String,
}
