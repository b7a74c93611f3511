//! What a commit may hold besides hashes that fit: what a writer of the format writes, and nothing else.

use std::collections::HashMap;

use crate::commit::Entry;
use crate::take::Take;

/// The first byte of a payload that is sealed, and of the row that is.
const SEALED: u8 = 1;
const SEALED_ROWS: u8 = 8;
/// What sealing adds: that byte, the slot, the salt, the commitment and the tag.
const OVERHEAD: usize = 1 + 8 + 16 + 32 + 16;
/// The first and the last moment that can be recorded, in microseconds.
const MOMENTS: std::ops::RangeInclusive<i64> = -377_705_023_201_000_000..=253_402_207_200_000_000;

const MOST_ENTRIES: usize = 256;
const MOST_PAYLOAD: usize = 1 << 20;
const MOST_PAYLOADS: usize = 2 << 20;
const MOST_TEXT: usize = 256;
const MOST_ROWS: usize = 32 << 10;

/// What is seen of a commit while it is read.
#[derive(Default)]
pub(crate) struct Seen {
    entries: usize,
    payloads: usize,
    rows: usize,
    has_sealed_rows: bool,
    /// The slot of the key that something in it is sealed with.
    slot: Option<u64>,
}

impl Seen {
    /// An idempotency key.
    pub(crate) fn key(key: &[u8]) -> Result<(), &'static str> {
        let is_one = key.len() <= MOST_TEXT && std::str::from_utf8(key).is_ok();
        if is_one { Ok(()) } else { Err("a key that is no text, or too long") }
    }

    /// An entry.
    pub(crate) fn entry(&mut self, entry: &Entry<'_>) -> Result<(), &'static str> {
        self.entries += 1;
        self.payloads = self.payloads.saturating_add(entry.payload.len());
        if !MOMENTS.contains(&i64::from_be_bytes(entry.recorded_at)) {
            return Err("an entry at a moment that cannot be recorded");
        }
        if entry.recorded_by.len() > MOST_TEXT || std::str::from_utf8(entry.recorded_by).is_err() {
            return Err("an entry by somebody whose name is no text, or too long");
        }
        if entry.payload.len() > MOST_PAYLOAD + OVERHEAD {
            return Err("a payload that is longer than any may be");
        }
        if entry.payload.first() == Some(&SEALED) { self.sealed(entry.payload) } else { Ok(()) }
    }

    /// An index row.
    pub(crate) fn row(&mut self, row: &[u8]) -> Result<(), &'static str> {
        self.rows = self.rows.saturating_add(row.len() + 2);
        if let Some(sealed) = row.strip_prefix(&[SEALED_ROWS]) {
            if std::mem::replace(&mut self.has_sealed_rows, true) {
                return Err("two index rows that are sealed");
            }
            return self.sealed(sealed);
        }
        if is_plain_row(Take(row)) == Some(true) { Ok(()) } else { Err("an index row that no writer writes") }
    }

    /// Something that is sealed. All of a commit is sealed with one key.
    fn sealed(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let mut rest = Take(bytes);
        let (first, slot) = (rest.u8(), rest.u64());
        let slot = slot.filter(|_| first == Some(SEALED) && bytes.len() >= OVERHEAD);
        let slot = slot.ok_or("something that is sealed and too short for it")?;
        if *self.slot.get_or_insert(slot) == slot {
            Ok(())
        } else {
            Err("a commit that is sealed with two keys")
        }
    }

    /// The commit as a whole.
    fn whole(&self) -> Result<(), &'static str> {
        let is_within = self.entries <= MOST_ENTRIES
            && self.payloads <= MOST_PAYLOADS + self.entries * OVERHEAD
            // A row that is sealed has a first byte and a length of its own.
            && self.rows <= MOST_ROWS + OVERHEAD + 3;
        if is_within { Ok(()) } else { Err("a commit that is larger than any may be") }
    }
}

/// The keys of the cases, as far as the record says: which slot each is in.
#[derive(Default)]
pub(crate) struct Slots {
    of: HashMap<[u8; 16], u64>,
}

impl Slots {
    /// Takes what was seen of a commit in a case; `erases`, if the key of the case is destroyed with it.
    pub(crate) fn take(&mut self, case: [u8; 16], seen: &Seen, erases: bool) -> Result<(), &'static str> {
        seen.whole()?;
        let next = self.of.len() as u64;
        match (self.of.get(&case), seen.slot, erases) {
            (_, Some(_), true) => Err("an erasure with something sealed in it"),
            (None, None, true) => Err("an erasure of a case without a key"),
            (Some(has), Some(slot), false) if *has != slot => {
                Err("a commit that is sealed with the key of another case")
            }
            (None, Some(slot), false) if slot != next => Err("a key out of turn"),
            (None, Some(slot), false) => {
                self.of.insert(case, slot);
                Ok(())
            }
            (Some(_) | None, None, false) | (Some(_), Some(_), false) | (Some(_), None, true) => Ok(()),
        }
    }
}

/// Whether a row is one of those that stand in the clear; nothing where too little is left.
fn is_plain_row(mut rest: Take<'_>) -> Option<bool> {
    let texts = match rest.u8()? {
        1 | 16 | 17 => {
            // The first bit is inverted, so that the bytes sort as the moments do.
            let at = (rest.u64()? ^ (1 << 63)).cast_signed();
            if !MOMENTS.contains(&at) {
                return Some(false);
            }
            1
        }
        2 | 6 => 2,
        3 | 5 | 7 | 9 => 1,
        4 => {
            rest.bytes(16)?;
            0
        }
        18 => 0,
        _ => return Some(false),
    };
    for _ in 0..texts {
        text(&mut rest)?;
    }
    Some(rest.is_empty())
}

/// Bytes up to `00 01`, with each `00` in them written `00 FF`; they must be text.
fn text(rest: &mut Take<'_>) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        match rest.u8()? {
            0 => match rest.u8()? {
                1 => return std::str::from_utf8(&bytes).is_ok().then_some(()),
                0xFF => bytes.push(0),
                _ => return None,
            },
            byte => bytes.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(at: i64, by: &'static [u8], payload: &'static [u8]) -> Entry<'static> {
        Entry { recorded_at: at.to_be_bytes(), recorded_by: by, payload, says: [0; 32] }
    }

    fn is_seen(entry: &Entry<'_>) -> bool {
        Seen::default().entry(entry).is_ok()
    }

    /// Something sealed with the key in a slot.
    fn sealed(slot: u64) -> Vec<u8> {
        [&[SEALED], slot.to_be_bytes().as_slice(), &[0; OVERHEAD - 9]].concat()
    }

    #[test]
    fn an_entry_is_of_a_moment_and_by_a_text() {
        let (first, last) = (*MOMENTS.start(), *MOMENTS.end());
        assert!(is_seen(&entry(first, b"desk", b"{}")) && is_seen(&entry(last, "Bürö".as_bytes(), b"")));
        for other in
            [entry(first - 1, b"desk", b"{}"), entry(last + 1, b"desk", b"{}"), entry(0, b"\xff", b"{}")]
        {
            assert!(!is_seen(&other));
        }
    }

    #[test]
    fn what_is_sealed_is_long_enough_for_it() {
        assert!(Seen::default().sealed(&sealed(0)).is_ok());
        assert!(Seen::default().sealed(&sealed(0)[1..]).is_err());
        assert!(!is_seen(&entry(0, b"desk", &[SEALED; OVERHEAD - 1])));
    }

    #[test]
    fn a_row_is_of_a_kind_that_the_format_has_in_the_clear() {
        let moment = [0x80, 0, 0, 0, 0, 0, 0, 9];
        let good: [&[u8]; 8] = [
            &[&[1], moment.as_slice(), b"answer\0\x01"].concat(),
            b"\x02request\0\x01lodged\0\x01",
            b"\x03a\0\xffb\0\x01",
            &[4; 17],
            b"\x09\0\x01",
            &[&[16], moment.as_slice(), b"answer\0\x01"].concat(),
            &[&[17], moment.as_slice(), b"review\0\x01"].concat(),
            &[18],
        ];
        for row in good {
            assert!(Seen::default().row(row).is_ok(), "{row:?}");
            assert!(Seen::default().row(&[row, b"more"].concat()).is_err(), "{row:?}");
        }
        let bad: [&[u8]; 11] = [
            b"",
            b"\x01\0\0\0\0\0\0\0\0answer\0\x01",
            b"\x02request\0\x01",
            b"\x03open",
            b"\x03\xff\0\x01",
            b"\x03\0\x02",
            b"\x0aname\0\x01",
            b"\x0bword\0\x01",
            b"\x0c",
            b"\x11\0\0\0\0\0\0\0\0review\0\x01",
            b"\x13a.costa\0\x01",
        ];
        for row in bad {
            assert!(Seen::default().row(row).is_err(), "{row:?}");
        }
    }

    #[test]
    fn one_row_at_most_is_sealed() {
        let mut seen = Seen::default();
        let row = [[SEALED_ROWS].as_slice(), &sealed(0)].concat();
        assert!(seen.row(&row).is_ok());
        assert!(seen.row(&row).is_err());
    }

    #[test]
    fn a_commit_has_its_limits() {
        let seen = |entries, rows| Seen { entries, rows, ..Seen::default() };
        assert!(seen(256, 32 << 10).whole().is_ok());
        assert!(seen(257, 0).whole().is_err());
        assert!(seen(1, 33 << 10).whole().is_err());
        assert!(Seen::key(&[b'k'; 257]).is_err());
    }

    #[test]
    fn keys_are_given_to_cases_in_turn_and_a_case_has_one() {
        let with = |slot| Seen { slot, ..Seen::default() };
        let (plain, one, two) = (with(None), with(Some(0)), with(Some(1)));
        let mut slots = Slots::default();
        assert!(slots.take([1; 16], &two, false).is_err());
        assert!(slots.take([1; 16], &plain, true).is_err());
        assert!(slots.take([1; 16], &plain, false).is_ok());
        assert!(slots.take([1; 16], &one, false).is_ok());
        assert!(slots.take([1; 16], &two, false).is_err());
        assert!(slots.take([2; 16], &one, false).is_err());
        assert!(slots.take([2; 16], &two, false).is_ok());
        assert!(slots.take([2; 16], &two, true).is_err());
        assert!(slots.take([2; 16], &plain, true).is_ok());
        let mut both = Seen::default();
        assert!(both.sealed(&sealed(0)).is_ok() && both.sealed(&sealed(1)).is_err());
    }
}
