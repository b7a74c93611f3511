//! How large a commit may be.
//!
//! The limits keep one commit within one batch of the index, well below the amount that may wait between
//! two flushes of it, and keep the index itself small.

use comity_core::id::Version;

use crate::frame::Committed;
use crate::journal::{AppendError, Commit};
use crate::row::{self, Row};
use crate::seal;

/// The most entries in one commit.
pub const MAX_ENTRIES: usize = 256;
/// The most bytes in one payload.
pub const MAX_PAYLOAD: usize = 1 << 20;
/// The most bytes in all payloads of one commit.
pub const MAX_PAYLOADS: usize = 2 << 20;
/// The most bytes in the name of who recorded an entry.
pub const MAX_RECORDER: usize = 256;
/// The most bytes in an idempotency key.
pub const MAX_KEY: usize = 256;
/// The most bytes in one text of an index row.
pub const MAX_ROW_TEXT: usize = 256;
/// The most bytes in all index rows of one case, as the record encodes them.
pub const MAX_ROWS: usize = 32 << 10;

/// Checks that `commit` can be kept.
pub(crate) fn check(commit: &Commit) -> Result<(), AppendError> {
    if commit.entries.is_empty() {
        return Err(AppendError::Empty);
    }
    within("a number of entries", commit.entries.len(), MAX_ENTRIES)?;
    for entry in &commit.entries {
        within("a payload", entry.payload.len(), MAX_PAYLOAD)?;
        if seal::is_sealed(&entry.payload) {
            return Err(AppendError::Unfit { why: "a payload may not begin with the byte 01" });
        }
        within("the name of a recorder", entry.recorded_by.len(), MAX_RECORDER)?;
    }
    within(
        "the sum of the payloads",
        commit.entries.iter().map(|entry| entry.payload.len()).sum(),
        MAX_PAYLOADS,
    )?;
    if let Some(key) = &commit.key {
        within("an idempotency key", key.0.len(), MAX_KEY)?;
    }
    for row in &commit.rows {
        within("a text of an index row", row.longest_text(), MAX_ROW_TEXT)?;
    }
    let is_personal =
        commit.entries.iter().any(|entry| entry.personal) || commit.rows.iter().any(Row::is_personal);
    if commit.erases && is_personal {
        return Err(AppendError::Unfit { why: "what is recorded of an erasure must not tell of the person" });
    }
    within("the index rows of a case", row::encoded_length(&commit.rows), MAX_ROWS)
}

/// Whether a commit is one that [`check`] let through, as the record keeps it: with what sealing adds.
pub(crate) fn may_be_kept(commit: &Committed<'_>) -> bool {
    let entries = &commit.entries;
    let payloads = entries.iter().map(|entry| entry.payload.len());
    let rows: usize = commit.rows.iter().map(|row| row.len() + 2).sum();
    entries.len() <= MAX_ENTRIES
        && payloads.clone().all(|length| length <= MAX_PAYLOAD + seal::OVERHEAD)
        && payloads.sum::<usize>() <= MAX_PAYLOADS + entries.len() * seal::OVERHEAD
        && entries.iter().all(|entry| entry.recorded_by.len() <= MAX_RECORDER)
        && commit.key.is_none_or(|key| key.len() <= MAX_KEY)
        // Rows that are sealed stand in one, which has a first byte and a length of its own.
        && rows <= MAX_ROWS + seal::OVERHEAD + 3
}

/// The version after `seen` and `more` entries.
pub(crate) fn version_after(seen: Version, more: usize) -> Result<Version, AppendError> {
    let limit = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
    let total = usize::try_from(seen.0).unwrap_or(usize::MAX).saturating_add(more);
    u32::try_from(total).map(Version).map_err(|_| AppendError::TooLarge {
        part: "a number of entries in one case",
        size: total,
        limit,
    })
}

fn within(part: &'static str, size: usize, limit: usize) -> Result<(), AppendError> {
    if size <= limit { Ok(()) } else { Err(AppendError::TooLarge { part, size, limit }) }
}
