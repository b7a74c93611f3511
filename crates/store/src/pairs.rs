//! What the index holds for a commit, as keys and values. Pure.
//!
//! One table serves both the writer of the index and the check of it, so that they cannot drift apart.

use std::collections::BTreeSet;

use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::time::Moment;
use uuid::Uuid;

use crate::bytes::{Put, Reader, count};
use crate::frame::{Committed, Kept};
use crate::hash::{self, Hash};
use crate::journal::{Head, Position, Receipt};
use crate::scan::Chain;

/// The layout of the index. Another number means a rebuild, never a conversion.
const SCHEMA: u32 = 1;

/// A payload above this many bytes stays in the journal alone.
const INLINE: usize = 16 << 10;
/// So do the payloads of a commit that together are above this.
const INLINE_SUM: usize = 128 << 10;

/// The key of the one pair that says what the index has seen.
pub(crate) const META: &[u8] = b"m";

const CASE: u8 = b'c';
const ENTRY: u8 = b'e';
const INDEX: u8 = b'i';
const KEY: u8 = b'k';
const POSITION: u8 = b'p';
const ROWS: u8 = b'r';

/// How far the index follows the journal, and what its contents add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) store: Uuid,
    pub(crate) chain: Chain,
    pub(crate) sum: Sum,
}

/// A number that follows from a set of pairs, in whatever order they came and went.
///
/// It is there to notice loss, not to resist an opponent: the journal's hashes do that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) pairs: u64,
    total: u128,
}

impl Sum {
    pub(crate) fn add(&mut self, key: &[u8], value: &[u8]) {
        self.pairs = self.pairs.wrapping_add(1);
        self.total = self.total.wrapping_add(hash::short(key, value));
    }

    pub(crate) fn remove(&mut self, key: &[u8], value: &[u8]) {
        self.pairs = self.pairs.wrapping_sub(1);
        self.total = self.total.wrapping_sub(hash::short(key, value));
    }
}

impl Meta {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = SCHEMA.to_be_bytes().to_vec();
        bytes.put(self.store.as_bytes());
        bytes.put(&self.chain.next.0.to_be_bytes());
        bytes.put(&self.chain.previous.0);
        bytes.put(&self.chain.length.to_be_bytes());
        bytes.put(&self.sum.pairs.to_be_bytes());
        bytes.put(&self.sum.total.to_be_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        (reader.u32()? == SCHEMA).then_some(())?;
        let meta = Self {
            store: Uuid::from_bytes(reader.array()?),
            chain: Chain {
                next: Position(reader.u64()?),
                previous: Hash(reader.array()?),
                length: reader.u64()?,
            },
            sum: Sum { pairs: reader.u64()?, total: reader.array().map(u128::from_be_bytes)? },
        };
        reader.is_done().then_some(meta)
    }
}

/// Where a commit lies in the journal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// The name of the segment.
    pub(crate) segment: Position,
    /// Where the frame starts in the file.
    pub(crate) offset: u64,
}

/// An entry as the index holds it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Indexed<'a> {
    pub(crate) position: Position,
    pub(crate) recorded_at: Moment,
    pub(crate) hash: Hash,
    pub(crate) previous: Hash,
    pub(crate) recorded_by: &'a str,
    pub(crate) payload: Payload<'a>,
}

/// A payload, or where it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Payload<'a> {
    Here(&'a [u8]),
    InJournal { segment: Position, offset: u64, length: u32 },
}

/// The pairs that come with a commit and never change: its entries, their positions, its key.
pub(crate) fn lasting(commit: &Committed<'_>, source: Source) -> Vec<(Vec<u8>, Vec<u8>)> {
    let sum: usize = commit.entries.iter().map(|entry| entry.payload.len()).sum();
    let mut pairs = Vec::new();
    for kept in &commit.entries {
        let inline = kept.payload.len() <= INLINE && sum <= INLINE_SUM;
        pairs.push((entry_key(commit.case, kept.number), entry_value(kept, source, inline)));
        let mut at = commit.case.0.as_bytes().to_vec();
        at.put(&kept.number.get().to_be_bytes());
        pairs.push((position_key(kept.position), at));
    }
    if let (Some(key), Some(receipt)) = (commit.key, commit.receipt()) {
        pairs.push((answer_key(commit.case, key), answer_value(commit.content(), receipt)));
    }
    pairs
}

/// The key and value for the head of a case.
pub(crate) fn head(case: CaseId, head: Head) -> (Vec<u8>, Vec<u8>) {
    let mut value = head.version.0.to_be_bytes().to_vec();
    value.put(&head.hash.0);
    (head_key(case), value)
}

/// Reads the value of a head.
pub(crate) fn read_head(value: &[u8]) -> Option<Head> {
    let mut reader = Reader::new(value);
    Some(Head { version: Version(reader.u32()?), hash: Hash(reader.array()?) })
}

/// The value for all rows of a case.
pub(crate) fn rows_value(rows: &BTreeSet<Vec<u8>>) -> Vec<u8> {
    let mut value = Vec::new();
    for row in rows {
        value.put_short(row);
    }
    value
}

/// Reads the value for all rows of a case.
pub(crate) fn read_rows(value: &[u8]) -> Option<BTreeSet<Vec<u8>>> {
    let mut reader = Reader::new(value);
    let mut rows = BTreeSet::new();
    while !reader.is_done() {
        let length = usize::from(reader.u16()?);
        rows.insert(reader.bytes(length)?.to_vec());
    }
    Some(rows)
}

/// The key for the head of a case.
pub(crate) fn head_key(case: CaseId) -> Vec<u8> {
    of_case(CASE, case)
}

/// The key for all rows of a case.
pub(crate) fn rows_key(case: CaseId) -> Vec<u8> {
    of_case(ROWS, case)
}

/// The key of an entry.
pub(crate) fn entry_key(case: CaseId, number: EntryNumber) -> Vec<u8> {
    let mut key = of_case(ENTRY, case);
    key.put(&number.get().to_be_bytes());
    key
}

/// The key by which an entry is found from its position.
pub(crate) fn position_key(position: Position) -> Vec<u8> {
    let mut key = vec![POSITION];
    key.put(&position.0.to_be_bytes());
    key
}

/// Reads the value at a position.
pub(crate) fn read_position(value: &[u8]) -> Option<(CaseId, EntryNumber)> {
    let mut reader = Reader::new(value);
    Some((CaseId(Uuid::from_bytes(reader.array()?)), EntryNumber::new(reader.u32()?)?))
}

/// The key of a row.
pub(crate) fn index_key(row_and_case: &[u8]) -> Vec<u8> {
    [&[INDEX], row_and_case].concat()
}

/// The row and case of an index key.
pub(crate) fn read_index_key(key: &[u8]) -> Option<&[u8]> {
    key.strip_prefix(&[INDEX])
}

/// The key of what was answered to an idempotency key.
pub(crate) fn answer_key(case: CaseId, key: &str) -> Vec<u8> {
    let mut bytes = of_case(KEY, case);
    bytes.put(key.as_bytes());
    bytes
}

/// Reads what was answered to an idempotency key: the content it came with, and the receipt.
pub(crate) fn read_answer(value: &[u8]) -> Option<(Hash, Receipt)> {
    let mut reader = Reader::new(value);
    let content = Hash(reader.array()?);
    let version = Version(reader.u32()?);
    let position = Position(reader.u64()?);
    Some((content, Receipt { version, position, hash: Hash(reader.array()?) }))
}

/// Reads an entry.
pub(crate) fn read_entry(value: &[u8]) -> Option<Indexed<'_>> {
    let mut reader = Reader::new(value);
    Some(Indexed {
        position: Position(reader.u64()?),
        recorded_at: reader.moment()?,
        hash: Hash(reader.array()?),
        previous: Hash(reader.array()?),
        recorded_by: reader.short_text()?,
        payload: match reader.u8()? {
            0 => Payload::Here(reader.long_bytes()?),
            1 => Payload::InJournal {
                segment: Position(reader.u64()?),
                offset: reader.u64()?,
                length: reader.u32()?,
            },
            _ => return None,
        },
    })
}

fn entry_value(kept: &Kept<'_>, source: Source, inline: bool) -> Vec<u8> {
    let mut value = kept.position.0.to_be_bytes().to_vec();
    value.put_moment(kept.recorded_at);
    value.put(&kept.hash.0);
    value.put(&kept.previous.0);
    value.put_short(kept.recorded_by.as_bytes());
    if inline {
        value.push(0);
        value.put_long(kept.payload);
    } else {
        value.push(1);
        value.put(&source.segment.0.to_be_bytes());
        value.put(&source.offset.saturating_add(crate::bytes::wide(kept.payload_at)).to_be_bytes());
        value.put(&count(kept.payload.len()).to_be_bytes());
    }
    value
}

fn answer_value(content: Hash, receipt: Receipt) -> Vec<u8> {
    let mut value = content.0.to_vec();
    value.put(&receipt.version.0.to_be_bytes());
    value.put(&receipt.position.0.to_be_bytes());
    value.put(&receipt.hash.0);
    value
}

fn of_case(tag: u8, case: CaseId) -> Vec<u8> {
    let mut key = vec![tag];
    key.put(case.0.as_bytes());
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_value_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (read_head(&bytes), read_rows(&bytes), read_position(&bytes));
            let _ = (read_answer(&bytes), read_entry(&bytes), Meta::decode(&bytes));
        }
    }

    #[test]
    fn a_sum_forgets_what_was_taken_away_and_the_order_of_what_stays() {
        let mut one = Sum::default();
        one.add(b"a", b"1");
        one.add(b"b", b"2");
        one.add(b"c", b"3");
        one.remove(b"a", b"1");
        let mut other = Sum::default();
        other.add(b"c", b"3");
        other.add(b"b", b"2");
        assert_eq!(one, other);
        other.remove(b"b", b"2");
        assert_ne!(one, other);
    }
}
