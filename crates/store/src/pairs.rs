//! What the index holds for a commit, as keys and values. Pure.
//!
//! One table serves both the writer of the index and the check of it, so that they cannot drift apart.

use std::collections::BTreeSet;
use std::io;

use comity_core::id::{CaseId, Version};
use uuid::Uuid;

use crate::bytes::{Put, Reader};
use crate::frame::Committed;
use crate::hash::{self, Hash};
use crate::journal::{Position, Receipt};
use crate::keys::{KeyState, KeyStore};
use crate::row;
use crate::scan::Chain;
use crate::seal::Sealed;
use crate::standing::Standing;

/// The layout of the index. Another number means a rebuild, never a conversion.
const SCHEMA: u32 = 2;

/// A place in the journal is kept for every so many positions; the frames between are walked.
const SPARSE: u64 = 64;
/// So many frames of a case are listed in one pair.
const LISTED: u32 = 16;

/// The key of the one pair that says what the index has seen.
pub(crate) const META: &[u8] = b"m";

const CASE: u8 = b'c';
const FRAMES: u8 = b'f';
const INDEX: u8 = b'i';
const KEY: u8 = b'k';
const POSITION: u8 = b'p';
const ROWS: u8 = b'r';

/// How far the index follows the journal, and what its contents add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) store: Uuid,
    pub(crate) chain: Chain,
    /// The slot of the next case that needs a key.
    pub(crate) next_slot: u64,
    /// With which key the index hides names and words.
    pub(crate) blinder: [u8; 8],
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
        bytes.put(&self.next_slot.to_be_bytes());
        bytes.put(&self.blinder);
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
            next_slot: reader.u64()?,
            blinder: reader.array()?,
            sum: Sum { pairs: reader.u64()?, total: reader.array().map(u128::from_be_bytes)? },
        };
        reader.is_done().then_some(meta)
    }
}

/// Where a commit lies in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The name of the segment.
    pub(crate) segment: Position,
    /// Where the frame starts in the file.
    pub(crate) offset: u64,
}

/// A commit of a case, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The number of its first entry.
    pub(crate) first: u32,
    pub(crate) source: Source,
}

/// The pairs that come with a commit and never change: what its key was answered, and now and then its place.
pub(crate) fn lasting(commit: &Committed<'_>, source: Source) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut pairs = Vec::new();
    if let (Some(key), Some(receipt)) = (commit.key, commit.receipt()) {
        pairs.push((answer_key(commit.case, key), answer_value(commit.content(), receipt)));
    }
    if let (Some(first), Some(last)) = (commit.entries.first(), commit.entries.last())
        && is_landmark(first.position, last.position)
    {
        pairs.push((position_key(first.position), source_value(source)));
    }
    pairs
}

/// Whether the commit with these positions is one from which a walk may start.
fn is_landmark(first: Position, last: Position) -> bool {
    first.0 == 1 || last.0 / SPARSE > (first.0 - 1) / SPARSE
}

/// The key and value for where a case stands.
pub(crate) fn standing(case: CaseId, standing: &Standing) -> (Vec<u8>, Vec<u8>) {
    (standing_key(case), standing.encode())
}

/// The key of the list in which the commit of a case stands that is the `commits`th, counted from 1.
pub(crate) fn frames_key(case: CaseId, commits: u32) -> Vec<u8> {
    let mut key = of_case(FRAMES, case);
    key.put(&(commits.saturating_sub(1) / LISTED).to_be_bytes());
    key
}

/// The keys of all lists of a case: from the first, up to but without the second.
pub(crate) fn frames_range(case: CaseId) -> (Vec<u8>, Vec<u8>) {
    (of_case(FRAMES, case), frames_key(case, u32::MAX))
}

/// Whether a list begins with the `commits`th commit of a case.
pub(crate) const fn begins_list(commits: u32) -> bool {
    commits.saturating_sub(1).is_multiple_of(LISTED)
}

/// Adds a commit to a list.
pub(crate) fn put_listed(list: &mut Vec<u8>, listed: Listed) {
    list.put(&listed.first.to_be_bytes());
    list.put(&source_value(listed.source));
}

/// Reads a list.
pub(crate) fn read_listed(value: &[u8]) -> Option<Vec<Listed>> {
    let mut reader = Reader::new(value);
    let mut list = Vec::new();
    while !reader.is_done() {
        let first = reader.u32()?;
        list.push(Listed { first, source: read_source(reader.bytes(16)?)? });
    }
    Some(list)
}

pub(crate) fn source_value(source: Source) -> Vec<u8> {
    let mut value = source.segment.0.to_be_bytes().to_vec();
    value.put(&source.offset.to_be_bytes());
    value
}

/// Reads a place in the journal.
pub(crate) fn read_source(value: &[u8]) -> Option<Source> {
    let mut reader = Reader::new(value);
    let source = Source { segment: Position(reader.u64()?), offset: reader.u64()? };
    reader.is_done().then_some(source)
}

/// The rows of the index for the rows that the record keeps. Those of a case whose key is gone are left out.
pub(crate) fn index_rows(
    commit: &Committed<'_>,
    keys: &dyn KeyStore,
) -> io::Result<Option<BTreeSet<Vec<u8>>>> {
    let mut rows = BTreeSet::new();
    for kept in &commit.rows {
        let Some(stored) = row::sealed(kept) else {
            rows.insert(kept.to_vec());
            continue;
        };
        let Some(sealed) = Sealed::read(stored) else { return Ok(None) };
        let KeyState::Here(key) = keys.key(sealed.slot)? else { continue };
        let opened = sealed.open(&key, commit.case).ok();
        match opened.and_then(|(together, _)| row::hidden(&together, &keys.blinder())) {
            Some(hidden) => rows.extend(hidden),
            None => return Ok(None),
        }
    }
    Ok(Some(rows))
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

/// The key for where a case stands.
pub(crate) fn standing_key(case: CaseId) -> Vec<u8> {
    of_case(CASE, case)
}

/// The key for all rows of a case.
pub(crate) fn rows_key(case: CaseId) -> Vec<u8> {
    of_case(ROWS, case)
}

/// The key by which a commit is found from its first position.
pub(crate) fn position_key(position: Position) -> Vec<u8> {
    let mut key = vec![POSITION];
    key.put(&position.0.to_be_bytes());
    key
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

pub(crate) fn answer_value(content: Hash, receipt: Receipt) -> Vec<u8> {
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
            let _ = (Standing::decode(&bytes), read_rows(&bytes), read_source(&bytes));
            let _ = (read_answer(&bytes), read_listed(&bytes), Meta::decode(&bytes));
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
