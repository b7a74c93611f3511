//! One frame of the journal as bytes: a commit, or the mark of a clean close.
//!
//! Pure, and total over any bytes. `docs/record-format.md` says the same in tables.

use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::time::Moment;
use uuid::Uuid;

use crate::bytes::{Put, Reader, count};
use crate::hash::{self, Hash, Place};
use crate::journal::{Head, IdempotencyKey, Payload, Position, Receipt, Recorded};
use crate::limits;
use crate::ready::Ready;
use crate::row;
use crate::seal::{self, Sealed};

/// The first bytes of every frame.
pub(crate) const MAGIC: [u8; 4] = *b"CMJF";
/// The bytes before the body.
pub(crate) const HEADER: usize = 60;
/// No body is longer. The limits on a commit keep it well below.
const BODY_LIMIT: usize = 4 << 20;

/// The first byte of the body of a commit.
pub(crate) const COMMIT: u8 = 1;
const MARK: u8 = 2;
/// The first byte of the body of a commit with which the key of its case is destroyed.
pub(crate) const ERASURE: u8 = 3;

/// The part of a frame that places it in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The position of the frame's first entry, or of the next one to come.
    pub(crate) position: Position,
    /// How much of the journal was known to be on disk when the frame was written.
    pub(crate) durable: u64,
    /// The hash of the frame before.
    pub(crate) previous: Hash,
}

/// A frame whose checksum fits, not yet read further.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'a> {
    pub(crate) link: Link,
    body: &'a [u8],
    /// The whole frame.
    pub(crate) bytes: &'a [u8],
}

/// What a frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body<'a> {
    /// Entries were added to a case.
    Commit(Committed<'a>),
    /// Everything before is on disk: written when the store closes.
    Mark,
}

/// A commit as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Committed<'a> {
    pub(crate) case: CaseId,
    pub(crate) seen: Version,
    pub(crate) key: Option<&'a str>,
    pub(crate) entries: Vec<Kept<'a>>,
    /// The rows as keys, in order, without repetition.
    pub(crate) rows: Vec<&'a [u8]>,
    /// Whether the key of the case is destroyed with it.
    pub(crate) erases: bool,
}

/// An entry as the journal keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept<'a> {
    pub(crate) position: Position,
    pub(crate) number: EntryNumber,
    pub(crate) recorded_at: Moment,
    pub(crate) recorded_by: &'a str,
    pub(crate) payload: &'a [u8],
    pub(crate) hash: Hash,
    pub(crate) previous: Hash,
}

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadFrame {
    /// It does not start like one, or its length is impossible.
    NotAFrame,
    /// The bytes end before it does.
    Cut,
    /// The checksum does not fit.
    Checksum,
}

/// Reads the frame at the start of `bytes`, as far as its checksum.
pub(crate) fn raw(bytes: &[u8]) -> Result<Raw<'_>, BadFrame> {
    let mut reader = Reader::new(bytes);
    if reader.array() != Some(MAGIC) {
        return Err(BadFrame::NotAFrame);
    }
    let checksum = reader.u32().ok_or(BadFrame::Cut)?;
    let length = reader.u32().and_then(|length| usize::try_from(length).ok()).ok_or(BadFrame::Cut)?;
    if length > BODY_LIMIT {
        return Err(BadFrame::NotAFrame);
    }
    let whole = bytes.get(..HEADER + length).ok_or(BadFrame::Cut)?;
    if crc32fast::hash(whole.get(8..).unwrap_or_default()) != checksum {
        return Err(BadFrame::Checksum);
    }
    let link = link(&mut reader).ok_or(BadFrame::Cut)?;
    Ok(Raw { link, body: whole.get(HEADER..).unwrap_or_default(), bytes: whole })
}

/// How long the frame at the start of `bytes` says that it is; nothing if it does not start like one.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader::new(bytes);
    (reader.array() == Some(MAGIC)).then_some(())?;
    reader.u32()?;
    let body = usize::try_from(reader.u32()?).ok()?;
    (body <= BODY_LIMIT).then_some(HEADER + body)
}

fn link(reader: &mut Reader<'_>) -> Option<Link> {
    Some(Link { position: Position(reader.u64()?), durable: reader.u64()?, previous: Hash(reader.array()?) })
}

impl<'a> Raw<'a> {
    /// Reads what the frame says; nothing if a writer of this format cannot have written it.
    pub(crate) fn body(&self) -> Option<Body<'a>> {
        let mut reader = Reader::new(self.body);
        let body = match reader.u8()? {
            COMMIT => Body::Commit(self.commit(&mut reader, false)?),
            ERASURE => Body::Commit(self.commit(&mut reader, true)?),
            MARK => Body::Mark,
            _ => return None,
        };
        reader.is_done().then_some(body)
    }

    fn commit(&self, reader: &mut Reader<'a>, erases: bool) -> Option<Committed<'a>> {
        let case = CaseId(Uuid::from_bytes(reader.array()?));
        let seen = Version(reader.u32()?);
        let mut previous = Hash(reader.array()?);
        let key = match reader.u8()? {
            0 => None,
            1 => Some(reader.short_text()?),
            _ => return None,
        };
        let entries = (0..reader.u16()?)
            .map(|index| {
                let kept = self.entry(reader, seen, index, previous)?;
                previous = kept.hash;
                Some(kept)
            })
            .collect::<Option<Vec<_>>>()?;
        let rows = (0..reader.u16()?)
            .map(|_| {
                let length = usize::from(reader.u16()?);
                reader.bytes(length)
            })
            .collect::<Option<Vec<_>>>()?;
        let commit = Committed { case, seen, key, entries, rows, erases };
        commit.is_possible().then_some(commit)
    }

    fn entry(&self, reader: &mut Reader<'a>, seen: Version, index: u16, previous: Hash) -> Option<Kept<'a>> {
        let recorded_at = reader.moment()?;
        let recorded_by = reader.short_text()?;
        let payload = reader.long_bytes()?;
        Some(Kept {
            position: Position(self.link.position.0.checked_add(u64::from(index))?),
            number: EntryNumber::new(seen.0.checked_add(u32::from(index))?.checked_add(1)?)?,
            recorded_at,
            recorded_by,
            payload,
            hash: Hash(reader.array()?),
            previous,
        })
    }
}

impl<'a> Committed<'a> {
    /// Whether a writer can have written it.
    pub(crate) fn is_possible(&self) -> bool {
        let whole = self
            .entries
            .iter()
            .all(|entry| !seal::is_sealed(entry.payload) || Sealed::read(entry.payload).is_some());
        let one_key = self.sealed().all(|sealed| Some(sealed.slot) == self.slot());
        !self.entries.is_empty()
            && whole
            && one_key
            && self.has_possible_rows()
            && !(self.erases && self.slot().is_some())
            && limits::may_be_kept(self)
    }

    /// Whether its rows stand in order, none twice, and at most one of them is sealed.
    fn has_possible_rows(&self) -> bool {
        let is_ordered = self.rows.is_sorted_by(|before, after| before < after);
        let sealed = self.rows.iter().filter(|row| row::sealed(row).is_some()).count();
        is_ordered && sealed <= 1 && self.rows.iter().all(|row| row::is_kept(row))
    }

    /// Everything in it that is sealed.
    fn sealed(&self) -> impl Iterator<Item = Sealed<'a>> {
        let payloads = self.entries.iter().map(|entry| entry.payload);
        payloads.chain(self.rows.iter().filter_map(|row| row::sealed(row))).filter_map(Sealed::read)
    }

    /// Where the key is kept that something in it is sealed with.
    pub(crate) fn slot(&self) -> Option<u64> {
        self.sealed().next().map(|sealed| sealed.slot)
    }

    /// The content by which a second attempt is known.
    pub(crate) fn content(&self) -> Hash {
        hash::content(self.entries.iter().map(|entry| (entry.recorded_by, entry.payload)))
    }

    /// The receipt of the commit; nothing for no entries, which no frame has.
    pub(crate) fn receipt(&self) -> Option<Receipt> {
        let last = self.entries.last()?;
        Some(Receipt { version: last.number.into(), position: last.position, hash: last.hash })
    }

    /// The hash of the case's last entry before this commit.
    pub(crate) fn previous(&self) -> Hash {
        self.entries.first().map_or(Hash::NONE, |entry| entry.previous)
    }
}

impl Kept<'_> {
    /// The entry on its own, with its payload as it could be opened.
    pub(crate) fn recorded(&self, case: CaseId, payload: Payload) -> Recorded {
        Recorded {
            position: self.position,
            case,
            number: self.number,
            recorded_at: self.recorded_at,
            recorded_by: self.recorded_by.to_owned(),
            payload,
            hash: self.hash,
            previous: self.previous,
        }
    }

    /// Whether the hash is the hash of what the entry says.
    pub(crate) fn is_sound(&self, case: CaseId) -> bool {
        let place = Place { case, number: self.number, previous: self.previous };
        hash::entry(place, self.recorded_at, self.recorded_by, self.payload) == self.hash
    }
}

/// Writes `commit` as a frame onto `out`, after `head` of its case. Returns its receipt.
///
/// The commit must be within the limits and `head` at the version it saw.
pub(crate) fn write_commit(out: &mut Vec<u8>, link: Link, head: Head, commit: &Ready<'_>) -> Receipt {
    let mut receipt = Receipt { version: head.version, position: link.position, hash: head.hash };
    write(out, link, |body| {
        body.push(if commit.erases { ERASURE } else { COMMIT });
        body.put(commit.case.0.as_bytes());
        body.put(&head.version.0.to_be_bytes());
        body.put(&head.hash.0);
        put_key(body, commit.key);
        body.put(&short(commit.entries.len()));
        for (entry, position) in commit.entries.iter().zip(link.position.0..) {
            let number = receipt.version.next();
            let place = Place { case: commit.case, number, previous: receipt.hash };
            let hash = hash::entry(place, entry.recorded_at, entry.recorded_by, &entry.payload);
            body.put_moment(entry.recorded_at);
            body.put_short(entry.recorded_by.as_bytes());
            body.put_long(&entry.payload);
            body.put(&hash.0);
            receipt = Receipt { version: number.into(), position: Position(position), hash };
        }
        body.put(&short(commit.rows.len()));
        for row in &commit.rows {
            body.put_short(row);
        }
    });
    receipt
}

/// Writes the mark of a clean close onto `out`.
pub(crate) fn write_mark(out: &mut Vec<u8>, link: Link) {
    write(out, link, |body| body.push(MARK));
}

fn put_key(body: &mut Vec<u8>, key: Option<&IdempotencyKey>) {
    match key {
        None => body.push(0),
        Some(key) => {
            body.push(1);
            body.put_short(key.0.as_bytes());
        }
    }
}

fn short(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
}

fn write(out: &mut Vec<u8>, link: Link, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.put(&MAGIC);
    // The checksum and the length are filled in once the body is known.
    out.put(&[0; 8]);
    out.put(&link.position.0.to_be_bytes());
    out.put(&link.durable.to_be_bytes());
    out.put(&link.previous.0);
    body(out);
    let length = count(out.len() - start - HEADER);
    fill(out, start + 8, length);
    let checksum = crc32fast::hash(out.get(start + 8..).unwrap_or_default());
    fill(out, start + 4, checksum);
}

fn fill(out: &mut [u8], at: usize, value: u32) {
    if let Some(place) = out.get_mut(at..at + 4) {
        place.copy_from_slice(&value.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Commit, NewEntry};
    use crate::row::Row;
    use crate::seal::CaseKey;
    use proptest::prelude::*;

    fn link_at(position: u64) -> Link {
        Link { position: Position(position), durable: 17, previous: Hash([3; 32]) }
    }

    fn commit(payloads: &[Vec<u8>], key: Option<&str>) -> Commit {
        Commit {
            case: CaseId(Uuid::from_u128(5)),
            seen: Version(2),
            entries: payloads
                .iter()
                .map(|payload| NewEntry {
                    recorded_at: Moment::from_unix_microseconds(11).unwrap(),
                    recorded_by: "desk".into(),
                    payload: payload.clone(),
                    personal: false,
                })
                .collect(),
            rows: vec![Row::Kind { kind: "case".into() }, Row::Kind { kind: "case".into() }],
            key: key.map(|key| IdempotencyKey(key.into())),
            erases: false,
        }
    }

    proptest! {
        #[test]
        fn a_commit_survives_its_frame(payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..5), keyed: bool, personal: bool, erases: bool) {
            let mut commit = commit(&payloads, keyed.then_some("once"));
            commit.erases = erases && !personal;
            commit.entries.iter_mut().for_each(|entry| { entry.personal = personal; entry.payload.insert(0, b'{'); });
            let key = CaseKey::new([7; 32]);
            let ready = Ready::new(&commit, Some((3, &key)));
            let mut bytes = Vec::new();
            let head = Head { version: Version(2), hash: Hash([9; 32]) };
            let receipt = write_commit(&mut bytes, link_at(40), head, &ready);
            let raw = raw(&bytes).unwrap();
            prop_assert_eq!(raw.link, link_at(40));
            prop_assert_eq!(raw.bytes.len(), bytes.len());
            let Some(Body::Commit(read)) = raw.body() else { panic!("no commit") };
            prop_assert_eq!(read.receipt(), Some(receipt));
            prop_assert_eq!(read.content(), ready.content());
            prop_assert_eq!((read.slot(), read.erases), (personal.then_some(3), commit.erases));
            prop_assert_eq!(read.previous(), head.hash);
            prop_assert_eq!(read.rows.len(), 1);
            for (kept, written) in read.entries.iter().zip(&ready.entries) {
                prop_assert!(kept.is_sound(commit.case));
                prop_assert_eq!(kept.payload, &*written.payload);
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(body in proptest::collection::vec(any::<u8>(), 0..200), kind in 0_u8..5) {
            let _ = raw(&body);
            let mut bytes = Vec::new();
            write(&mut bytes, link_at(u64::MAX), |out| { out.push(kind); out.extend_from_slice(&body); });
            let _ = raw(&bytes).unwrap().body();
        }
    }

    /// Whether the frame of a commit with these rows, in this order, is read.
    fn is_read_with(rows: &[&[u8]]) -> bool {
        let commit = commit(&[b"{}".to_vec()], None);
        let mut ready = Ready::new(&commit, None);
        ready.rows = rows.iter().map(|row| row.to_vec()).collect();
        let mut bytes = Vec::new();
        write_commit(&mut bytes, link_at(1), Head { version: Version(2), hash: Hash([9; 32]) }, &ready);
        raw(&bytes).unwrap().body().is_some()
    }

    #[test]
    fn rows_stand_in_order_and_none_twice() {
        let (one, other) = (Row::Kind { kind: "a".into() }.encode(), Row::Kind { kind: "b".into() }.encode());
        assert!(is_read_with(&[&one, &other]));
        assert!(!is_read_with(&[&other, &one]));
        assert!(!is_read_with(&[&one, &one]));
    }

    #[test]
    fn one_row_at_most_is_sealed() {
        let sealed = |content: &[u8]| {
            let stored = seal::seal(&CaseKey::new([7; 32]), 3, CaseId(Uuid::from_u128(5)), content);
            [&[8], stored.as_slice()].concat()
        };
        let mut rows = [sealed(b"one"), sealed(b"other")];
        rows.sort();
        assert!(is_read_with(&[&rows[0]]));
        assert!(!is_read_with(&[&rows[0], &rows[1]]));
    }

    #[test]
    fn a_commit_beyond_its_limits_is_none() {
        let row = |length: usize| Row::Kind { kind: "x".repeat(length) }.encode();
        assert!(is_read_with(&[&row(30 << 10)]));
        assert!(!is_read_with(&[&row(33 << 10)]));
    }

    #[test]
    fn one_flipped_bit_is_noticed() {
        let mut bytes = Vec::new();
        write_commit(
            &mut bytes,
            link_at(1),
            Head::UNOPENED,
            &Ready::new(&commit(&[b"arrested".to_vec()], Some("k")), None),
        );
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 4;
            assert!(raw(&flipped).is_err(), "byte {at}");
        }
    }
}
