//! Where a case stands in the index, and how each commit moves it on. Pure.

use comity_core::id::Version;

use crate::bytes::{Put, Reader};
use crate::frame::Committed;
use crate::hash::Hash;
use crate::journal::Head;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) head: Head,
    /// How many commits made it.
    pub(crate) commits: u32,
    pub(crate) seal: SealState,
}

/// What is known of the key of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealState {
    /// Nothing was sealed yet.
    None,
    /// Something was, with the key in this slot.
    Slot(u64),
    /// The key that was in this slot is destroyed.
    Erased(u64),
}

impl Standing {
    /// A case that was never opened.
    pub(crate) const UNOPENED: Self = Self { head: Head::UNOPENED, commits: 0, seal: SealState::None };

    /// Where the case stands after `commit`, or in what way the commit does not follow.
    pub(crate) fn after(&self, commit: &Committed<'_>) -> Result<Self, &'static str> {
        if self.head != (Head { version: commit.seen, hash: commit.previous() }) {
            return Err("a commit that does not follow the one before it in its case");
        }
        let receipt = commit.receipt().ok_or("a commit without entries")?;
        Ok(Self {
            head: Head { version: receipt.version, hash: receipt.hash },
            commits: self.commits.saturating_add(1),
            seal: self.seal_after(commit)?,
        })
    }

    fn seal_after(&self, commit: &Committed<'_>) -> Result<SealState, &'static str> {
        match (self.seal, commit.slot(), commit.erases) {
            (SealState::Erased(_), _, _) => Err("a commit in a case that was erased"),
            (SealState::Slot(slot), None, true) => Ok(SealState::Erased(slot)),
            (SealState::Slot(slot), Some(other), _) if slot != other => {
                Err("a commit that is sealed with the key of another case")
            }
            (SealState::None, Some(slot), false) => Ok(SealState::Slot(slot)),
            (state @ (SealState::None | SealState::Slot(_)), _, false) => Ok(state),
            (SealState::None | SealState::Slot(_), _, true) => Err("an erasure of a case without a key"),
        }
    }

    /// The slot of the next case that needs a key, where it was `next` before the case came here from `before`.
    pub(crate) fn next_slot(&self, before: &Self, next: u64) -> Result<u64, &'static str> {
        match (before.seal, self.seal) {
            (SealState::None, SealState::Slot(slot)) if slot != next => Err("a key out of turn"),
            (SealState::None, SealState::Slot(slot)) => Ok(slot.saturating_add(1)),
            _ => Ok(next),
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut value = self.head.version.0.to_be_bytes().to_vec();
        value.put(&self.head.hash.0);
        value.put(&self.commits.to_be_bytes());
        let (tag, slot) = match self.seal {
            SealState::None => (0, 0),
            SealState::Slot(slot) => (1, slot),
            SealState::Erased(slot) => (2, slot),
        };
        value.push(tag);
        value.put(&slot.to_be_bytes());
        value
    }

    pub(crate) fn decode(value: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(value);
        let standing = Self {
            head: Head { version: Version(reader.u32()?), hash: Hash(reader.array()?) },
            commits: reader.u32()?,
            seal: match (reader.u8()?, reader.u64()?) {
                (0, _) => SealState::None,
                (1, slot) => SealState::Slot(slot),
                (2, slot) => SealState::Erased(slot),
                _ => return None,
            },
        };
        reader.is_done().then_some(standing)
    }
}
