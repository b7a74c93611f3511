//! The body of a frame: entries of one case, each chained to the one before it.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use crate::take::Take;
use crate::tree::{Hash, Tree};

const ENTRY: &[u8; 16] = b"comity.entry.v1\0";
const COMMIT: u8 = 1;
const MARK: u8 = 2;
const ERASURE: u8 = 3;

/// What the frames before have built up: where each case stands, and the tree.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) tree: Tree,
    cases: HashMap<[u8; 16], (u32, Hash)>,
    erased: HashSet<[u8; 16]>,
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
            Some(COMMIT) => self.commit(rest, size_then),
            Some(ERASURE) => self.erasure(rest, size_then),
            Some(MARK) if rest.is_empty() => Ok(0),
            Some(_) | None => Err("a body that is neither a commit nor an erasure nor a mark"),
        }
    }

    /// A commit that says as well that the key of its case is destroyed: nothing may follow in that case.
    fn erasure(&mut self, rest: Take<'_>, size_then: Option<u64>) -> Result<u64, &'static str> {
        let case: Option<[u8; 16]> = Take(rest.0).array();
        let count = self.commit(rest, size_then)?;
        self.erased.extend(case);
        Ok(count)
    }

    fn commit(&mut self, mut rest: Take<'_>, size_then: Option<u64>) -> Result<u64, &'static str> {
        const SHORT: &str = "a commit that ends too early";
        let case: [u8; 16] = rest.array().ok_or(SHORT)?;
        let version = rest.u32().ok_or(SHORT)?;
        let before: Hash = rest.array().ok_or(SHORT)?;
        if self.erased.contains(&case) {
            return Err("a commit in a case that was erased");
        }
        if self.cases.get(&case).copied().unwrap_or_default() != (version, before) {
            return Err("a commit that does not begin where its case stands");
        }
        match rest.u8().ok_or(SHORT)? {
            0 => {}
            1 => _ = std::str::from_utf8(rest.short().ok_or(SHORT)?).map_err(|_| "a key that is no text")?,
            _ => return Err("a commit that says neither that it has a key nor that it has none"),
        }
        let count = rest.u16().ok_or(SHORT)?;
        if count == 0 {
            return Err("a commit without entries");
        }
        let (mut number, mut previous) = (version, before);
        for _ in 0..count {
            number = number.checked_add(1).ok_or("a case with more entries than can be numbered")?;
            let entry = entry(&mut rest, case, number, previous).ok_or(SHORT)?;
            previous = entry.map_err(|()| "an entry whose hash does not fit")?;
            self.tree.push(&previous);
            if size_then == Some(self.tree.size()) {
                self.root_then = Some(self.tree.root());
            }
        }
        rows(rest)?;
        self.cases.insert(case, (number, previous));
        Ok(u64::from(count))
    }
}

/// The hash of the next entry; nothing where too little is left, an error where it does not fit what stands there.
fn entry(rest: &mut Take<'_>, case: [u8; 16], number: u32, previous: Hash) -> Option<Result<Hash, ()>> {
    let recorded_at: [u8; 8] = rest.array()?;
    let recorded_by = rest.short()?;
    let payload = rest.long()?;
    let says: Hash = rest.array()?;
    let mut hasher = Sha256::new();
    hasher.update(ENTRY);
    hasher.update(case);
    hasher.update(number.to_be_bytes());
    hasher.update(recorded_at);
    for bytes in [recorded_by, payload] {
        hasher.update(u32::try_from(bytes.len()).ok()?.to_be_bytes());
        hasher.update(bytes);
    }
    hasher.update(previous);
    let is: Hash = hasher.finalize().into();
    Some(if is == says { Ok(is) } else { Err(()) })
}

/// The index rows: in order, none twice, and nothing behind them.
fn rows(mut rest: Take<'_>) -> Result<(), &'static str> {
    const SHORT: &str = "index rows that end too early";
    let count = rest.u16().ok_or(SHORT)?;
    let mut before: Option<&[u8]> = None;
    for _ in 0..count {
        let row = rest.short().ok_or(SHORT)?;
        if before.is_some_and(|before| before >= row) {
            return Err("index rows out of order");
        }
        before = Some(row);
    }
    if rest.is_empty() { Ok(()) } else { Err("bytes behind the last index row") }
}
