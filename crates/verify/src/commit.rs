//! The body of a frame: entries of one case, each chained to the one before it.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use crate::kept::{Seen, Slots};
use crate::take::Take;
use crate::tree::{Hash, Tree};

const ENTRY: &[u8; 16] = b"comity.entry.v1\0";
pub(crate) const COMMIT: u8 = 1;
const MARK: u8 = 2;
pub(crate) const ERASURE: u8 = 3;
const ELSEWHERE: &str = "a commit that does not begin where its case stands";

/// What the frames before have built up: where each case stands, and the tree.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) tree: Tree,
    cases: HashMap<[u8; 16], (u32, Hash)>,
    erased: HashSet<[u8; 16]>,
    slots: Slots,
    /// The root of the tree at the size that was asked for.
    pub(crate) root_then: Option<Hash>,
}

impl Record {
    pub(crate) fn cases(&self) -> usize {
        self.cases.len()
    }

    /// Takes the body of a frame. How many entries it brought.
    pub(crate) fn take(&mut self, body: &[u8], size_then: Option<u64>) -> Result<u64, &'static str> {
        let mut rest = Take(body);
        match rest.u8() {
            Some(COMMIT) => self.commit(rest, size_then, false),
            // The key of its case is destroyed with it: nothing may follow in that case.
            Some(ERASURE) => self.commit(rest, size_then, true),
            Some(MARK) if rest.is_empty() => Ok(0),
            Some(_) | None => Err("a body that is neither a commit nor an erasure nor a mark"),
        }
    }

    fn commit(
        &mut self,
        mut rest: Take<'_>,
        size_then: Option<u64>,
        erases: bool,
    ) -> Result<u64, &'static str> {
        const SHORT: &str = "a commit that ends too early";
        let case: [u8; 16] = rest.array().ok_or(SHORT)?;
        let version = rest.u32().ok_or(SHORT)?;
        let before: Hash = rest.array().ok_or(SHORT)?;
        let mut place = self.place(case, version)?;
        if place.previous != before {
            return Err(ELSEWHERE);
        }
        match rest.u8().ok_or(SHORT)? {
            0 => {}
            1 => Seen::key(rest.short().ok_or(SHORT)?)?,
            _ => return Err("a commit that says neither that it has a key nor that it has none"),
        }
        let count = rest.u16().ok_or(SHORT)?;
        if count == 0 {
            return Err("a commit without entries");
        }
        let mut seen = Seen::default();
        for _ in 0..count {
            let entry = entry(&mut rest).ok_or(SHORT)?;
            seen.entry(&entry)?;
            self.follow(&mut place, &entry, size_then)?;
        }
        rows(rest, &mut seen)?;
        self.settle(place, &seen, erases)?;
        Ok(u64::from(count))
    }

    /// Where a case stands, which must be behind its entry with the number `version`.
    pub(crate) fn place(&self, case: [u8; 16], version: u32) -> Result<Place, &'static str> {
        if self.erased.contains(&case) {
            return Err("a commit in a case that was erased");
        }
        let (number, previous) = self.cases.get(&case).copied().unwrap_or_default();
        if number == version { Ok(Place { case, number, previous }) } else { Err(ELSEWHERE) }
    }

    /// Takes the entry that follows on `place`, and goes on to it.
    pub(crate) fn follow(
        &mut self,
        place: &mut Place,
        entry: &Entry<'_>,
        size_then: Option<u64>,
    ) -> Result<(), &'static str> {
        place.go_on(entry)?;
        self.tree.push(&place.previous);
        if size_then == Some(self.tree.size()) {
            self.root_then = Some(self.tree.root());
        }
        Ok(())
    }

    /// The case stands there now, after a commit of which so much was seen.
    pub(crate) fn settle(&mut self, place: Place, seen: &Seen, erases: bool) -> Result<(), &'static str> {
        self.slots.take(place.case, seen, erases)?;
        if erases {
            self.erased.insert(place.case);
        }
        self.cases.insert(place.case, (place.number, place.previous));
        Ok(())
    }
}

/// A place in a case: behind its entry of this number, which has this hash.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) case: [u8; 16],
    pub(crate) number: u32,
    pub(crate) previous: Hash,
}

/// What stands of an entry.
pub(crate) struct Entry<'a> {
    pub(crate) recorded_at: [u8; 8],
    pub(crate) recorded_by: &'a [u8],
    pub(crate) payload: &'a [u8],
    /// The hash that it is said to have.
    pub(crate) says: Hash,
}

impl Place {
    /// Goes on behind the entry that follows, whose hash must fit what stands there.
    pub(crate) fn go_on(&mut self, entry: &Entry<'_>) -> Result<(), &'static str> {
        const LARGE: &str = "more than can be numbered";
        let number = self.number.checked_add(1).ok_or(LARGE)?;
        let mut hasher = Sha256::new();
        hasher.update(ENTRY);
        hasher.update(self.case);
        hasher.update(number.to_be_bytes());
        hasher.update(entry.recorded_at);
        for bytes in [entry.recorded_by, entry.payload] {
            hasher.update(u32::try_from(bytes.len()).map_err(|_| LARGE)?.to_be_bytes());
            hasher.update(bytes);
        }
        hasher.update(self.previous);
        let is: Hash = hasher.finalize().into();
        if is != entry.says {
            return Err("an entry whose hash does not fit");
        }
        *self = Self { case: self.case, number, previous: is };
        Ok(())
    }
}

/// The next entry; nothing where too little is left.
fn entry<'a>(rest: &mut Take<'a>) -> Option<Entry<'a>> {
    Some(Entry {
        recorded_at: rest.array()?,
        recorded_by: rest.short()?,
        payload: rest.long()?,
        says: rest.array()?,
    })
}

/// The index rows: in order, none twice, and nothing behind them.
fn rows(mut rest: Take<'_>, seen: &mut Seen) -> Result<(), &'static str> {
    const SHORT: &str = "index rows that end too early";
    let count = rest.u16().ok_or(SHORT)?;
    let mut before: Option<&[u8]> = None;
    for _ in 0..count {
        let row = rest.short().ok_or(SHORT)?;
        if before.is_some_and(|before| before >= row) {
            return Err("index rows out of order");
        }
        seen.row(row)?;
        before = Some(row);
    }
    if rest.is_empty() { Ok(()) } else { Err("bytes behind the last index row") }
}
