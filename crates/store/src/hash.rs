//! The hashes that make a change to the record show.

use std::fmt;

use comity_core::id::{CaseId, EntryNumber};
use comity_core::time::Moment;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::bytes::count;
use crate::journal::Recorded;

// Each kind of hash starts with its own sixteen bytes, so that one can never be shown as another.
const ENTRY: &[u8; 16] = b"comity.entry.v1\0";
const FRAME: &[u8; 16] = b"comity.frame.v1\0";
const STORE: &[u8; 16] = b"comity.store.v1\0";
const CONTENT: &[u8; 16] = b"comity.retry.v1\0";

/// A SHA-256 digest. Prints as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands before the first entry of a case.
    pub const NONE: Self = Self([0; 32]);
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// What the hash of one entry covers, apart from its content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) case: CaseId,
    pub(crate) number: EntryNumber,
    pub(crate) previous: Hash,
}

/// The hash of an entry, over the canonical bytes of `docs/record-format.md`.
pub(crate) fn entry(place: Place, recorded_at: Moment, recorded_by: &str, payload: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(ENTRY);
    hasher.update(place.case.0.as_bytes());
    hasher.update(place.number.get().to_be_bytes());
    hasher.update(recorded_at.as_unix_microseconds().to_be_bytes());
    counted(&mut hasher, recorded_by.as_bytes());
    counted(&mut hasher, payload);
    hasher.update(place.previous.0);
    Hash(hasher.finalize().into())
}

/// Whether the hash that `recorded` carries is the hash of what it says.
pub(crate) fn is_sound(recorded: &Recorded) -> bool {
    let place = Place { case: recorded.case, number: recorded.number, previous: recorded.previous };
    entry(place, recorded.recorded_at, &recorded.recorded_by, recorded.payload.stored()) == recorded.hash
}

/// The hash of a whole frame, by which the next frame names it.
pub(crate) fn frame(bytes: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(FRAME).chain_update(bytes).finalize().into())
}

/// What the first frame of a store names as the frame before it.
pub(crate) fn store(id: Uuid) -> Hash {
    Hash(Sha256::new().chain_update(STORE).chain_update(id.as_bytes()).finalize().into())
}

/// What makes two attempts under one key the same: who recorded what, in which order.
///
/// The moment, the version seen and the index rows belong to the attempt, and differ when it is made again.
pub(crate) fn content<'a>(entries: impl ExactSizeIterator<Item = (&'a str, &'a [u8])>) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(CONTENT);
    hasher.update(count(entries.len()).to_be_bytes());
    for (recorded_by, payload) in entries {
        counted(&mut hasher, recorded_by.as_bytes());
        counted(&mut hasher, payload);
    }
    Hash(hasher.finalize().into())
}

/// A plain digest with its first half only, for sums over the index.
pub(crate) fn short(key: &[u8], value: &[u8]) -> u128 {
    let mut hasher = Sha256::new();
    counted(&mut hasher, key);
    counted(&mut hasher, value);
    let digest: [u8; 32] = hasher.finalize().into();
    digest.first_chunk::<16>().map_or(0, |half| u128::from_be_bytes(*half))
}

fn counted(hasher: &mut Sha256, bytes: &[u8]) {
    hasher.update(count(bytes.len()).to_be_bytes());
    hasher.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(case: u128, number: u32, by: &str, payload: &[u8]) -> Hash {
        let place = Place {
            case: CaseId(Uuid::from_u128(case)),
            number: EntryNumber::new(number).unwrap(),
            previous: Hash::NONE,
        };
        entry(place, Moment::from_unix_microseconds(7).unwrap(), by, payload)
    }

    #[test]
    fn every_part_of_an_entry_changes_its_hash() {
        let base = of(1, 1, "police", b"arrested");
        let others = [
            of(2, 1, "police", b"arrested"),
            of(1, 2, "police", b"arrested"),
            of(1, 1, "polic", b"earrested"),
            of(1, 1, "police", b"arreste"),
        ];
        assert!(others.iter().all(|other| *other != base));
    }

    #[test]
    fn the_hash_of_an_entry_never_changes_between_versions() {
        assert_eq!(
            of(1, 1, "police", b"arrested").to_string(),
            "0b25b0d9752e4ed96e555e0d05f84b2db7c2d0fbd0205936ba1cdfb43bf6c83a"
        );
    }
}
