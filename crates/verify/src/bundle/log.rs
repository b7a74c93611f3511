//! The log of a bundle: the entries of one case, each with its proof.

use sha2::{Digest, Sha256};

use crate::commit::{Entry, Place};
use crate::line::{Line, Sum};
use crate::proof::{Head, goes_on, is_included};
use crate::tree::Hash;

const SUM: &[u8] = b"comity.bundle.v1\0";
const COMMITMENT: &[u8] = b"comity.commitment.v1\0";
const SEALED: u8 = 1;
const BODY: &str = "a line that is not as a writer writes it";

/// The newest format that this program reads. What is of a later one begins in the same way.
const NEWEST: u32 = 2;
const FIRST: &str = r#"{"comity":"bundle","format":"#;

/// A log in which nothing is wrong.
pub(crate) struct Log {
    pub(crate) format: u32,
    pub(crate) store: [u8; 16],
    pub(crate) case: [u8; 16],
    /// What the proofs lead to.
    pub(crate) head: Head,
    /// The entries of the case, from the first.
    pub(crate) entries: Vec<Told>,
    /// Entries of other streams.
    pub(crate) beside: Vec<Told>,
    /// Earlier records that this one is proved to go on from.
    pub(crate) earlier: Vec<Head>,
}

/// What a log tells of one entry.
pub(crate) struct Told {
    /// The line that tells it, from 1.
    pub(crate) line: u64,
    pub(crate) number: u32,
    pub(crate) position: u64,
    /// Whether it is proved to stand in the record; else it is behind the tree.
    pub(crate) is_covered: bool,
    pub(crate) shown: Shown,
}

/// What can be read of an entry.
pub(crate) enum Shown {
    /// What was recorded.
    Content(Vec<u8>),
    /// It is sealed, and no key is here: it was erased, or its key is not given.
    Closed,
    /// It is withheld.
    Withheld,
}

impl Told {
    /// What was recorded, if it can be read.
    pub(crate) fn content(&self) -> Option<&[u8]> {
        match &self.shown {
            Shown::Content(content) => Some(content),
            Shown::Closed | Shown::Withheld => None,
        }
    }
}

/// The line on which something is wrong, the entry it tells of if any, and what it is.
pub(crate) type BadLine = (u64, Option<u32>, &'static str);

/// A line that tells of an entry, as it stands there.
struct EntryLine {
    number: u32,
    case: [u8; 16],
    position: u64,
    previous: Hash,
    hash: Hash,
    at: Option<i64>,
    by: Option<String>,
    payload: Option<Vec<u8>>,
    key: Option<Hash>,
    content: Option<Vec<u8>>,
    proof: Option<Vec<Hash>>,
}

impl Log {
    /// Reads a log and proves everything that it says.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BadLine> {
        let mut sum = Sum::new(SUM);
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').zip(1_u64..);
        let mut next = || -> Result<Option<(&[u8], u64)>, BadLine> {
            let Some((line, number)) = lines.next() else { return Ok(None) };
            let line = line.strip_suffix(b"\n").ok_or((number, None, "a line that was cut off"))?;
            let body = sum.checked(line).map_err(|what| (number, None, what))?;
            Ok(Some((body, number)))
        };
        let (first, _) = next()?.ok_or((1, None, "nothing"))?;
        let (mut log, wanted) = first_line(first).ok_or((1, None, BODY))?;
        let mut place = Place { case: log.case, number: 0, previous: [0; 32] };
        while let Some((body, number)) = next()? {
            if body.starts_with(br#"{"earlier":"#) {
                log.earlier(body).map_err(|what| (number, None, what))?;
                continue;
            }
            let line = entry_line(body).ok_or((number, None, BODY))?;
            let entry = line.number;
            log.entry(line, &mut place, number).map_err(|what| (number, Some(entry), what))?;
        }
        let found = u32::try_from(log.entries.len()).ok();
        if found != Some(wanted) || wanted == 0 {
            return Err((1, None, "it has not as many entries as its first line says"));
        }
        Ok(log)
    }

    fn earlier(&mut self, body: &[u8]) -> Result<(), &'static str> {
        let (head, nodes) = earlier_line(body).ok_or(BODY)?;
        if self.earlier.last().is_some_and(|before| before.size >= head.size) {
            return Err("earlier records out of their order");
        }
        if !goes_on(&head, &self.head, &nodes) {
            return Err("a proof that does not lead from the earlier root to this one");
        }
        self.earlier.push(head);
        Ok(())
    }

    fn entry(&mut self, line: EntryLine, place: &mut Place, at: u64) -> Result<(), &'static str> {
        let is_of_the_case = line.case == self.case;
        let told = if is_of_the_case {
            if !self.beside.is_empty() || !self.earlier.is_empty() {
                return Err("an entry of the case behind what stands beside it");
            }
            let before = self.entries.last().map_or(0, |before| before.position);
            if (line.number, line.previous) != (place.number.saturating_add(1), place.previous)
                || line.position <= before
            {
                return Err("it does not follow the entry before it");
            }
            line.told(place, &self.head, at)?
        } else {
            let number = line.number.checked_sub(1).ok_or("it has the number 0")?;
            let mut place = Place { case: line.case, number, previous: line.previous };
            line.told(&mut place, &self.head, at)?
        };
        if is_of_the_case { &mut self.entries } else { &mut self.beside }.push(told);
        Ok(())
    }
}

impl EntryLine {
    /// Goes on to this entry on `place`, and proves what the line says of it.
    fn told(self, place: &mut Place, head: &Head, line: u64) -> Result<Told, &'static str> {
        let (number, position) = (self.number, self.position);
        let is_covered = match &self.proof {
            Some(nodes) if is_included(&self.hash, position, head, nodes) => true,
            Some(_) => return Err("its proof does not lead to the root"),
            None if position > head.size => false,
            None => return Err("its proof is not there"),
        };
        let shown = self.shown(place)?;
        Ok(Told { line, number, position, is_covered, shown })
    }

    fn shown(self, place: &mut Place) -> Result<Shown, &'static str> {
        let (at, by, payload) = match (self.at, self.by, self.payload) {
            (Some(at), Some(by), Some(payload)) => (at, by, payload),
            (None, None, None) if self.key.is_none() && self.content.is_none() => {
                *place = Place { case: place.case, number: self.number, previous: self.hash };
                return Ok(Shown::Withheld);
            }
            _ => return Err("it is neither disclosed nor withheld"),
        };
        place.go_on(&Entry {
            recorded_at: at.to_be_bytes(),
            recorded_by: by.as_bytes(),
            payload: &payload,
            says: self.hash,
        })?;
        let is_sealed = payload.first() == Some(&SEALED);
        match (is_sealed, self.key, self.content) {
            (false, None, None) => Ok(Shown::Content(payload)),
            (true, None, None) => Ok(Shown::Closed),
            // The sealed bytes hold a commitment to key and content, so nobody can give another of either.
            (true, Some(key), Some(content)) if commitment(&payload) == Some(commit(&key, &content)) => {
                Ok(Shown::Content(content))
            }
            (true, Some(_), Some(_)) => Err("its content is not what was sealed"),
            _ => Err("a key or a content that does not belong there"),
        }
    }
}

fn commitment(sealed: &[u8]) -> Option<Hash> {
    // Behind the first byte, the slot and the salt.
    sealed.get(25..57)?.try_into().ok()
}

fn commit(key: &Hash, content: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(COMMITMENT);
    hasher.update(key);
    hasher.update(content);
    hasher.finalize().into()
}

/// The format of a log, if it is a newer one than this program knows.
pub(crate) fn newer_format(bytes: &[u8]) -> Option<u32> {
    let start = bytes.split(|byte| *byte == b',').take(2).collect::<Vec<_>>().join(&b',');
    let mut line = Line::of(&start)?;
    line.word(FIRST)?;
    line.number().filter(|format| *format > NEWEST)
}

fn first_line(body: &[u8]) -> Option<(Log, u32)> {
    let mut line = Line::of(body)?;
    line.word(FIRST)?;
    let format = line.number().filter(|format| (1..=NEWEST).contains(format))?;
    line.word(r#","store":"#)?;
    let store = line.uuid()?;
    line.word(r#","case":"#)?;
    let case = line.uuid()?;
    line.word(r#","entries":"#)?;
    let entries = line.number()?;
    line.word(r#","size":"#)?;
    let size = line.number()?;
    line.word(r#","root":"#)?;
    let root = line.hash()?;
    line.end()?;
    let head = Head { size, root };
    let none = Vec::new;
    Some((Log { format, store, case, head, entries: none(), beside: none(), earlier: Vec::new() }, entries))
}

fn entry_line(body: &[u8]) -> Option<EntryLine> {
    let mut line = Line::of(body)?;
    line.word(r#"{"entry":"#)?;
    let number = line.number()?;
    line.word(r#","case":"#)?;
    let case = line.uuid()?;
    line.word(r#","position":"#)?;
    let position = line.number()?;
    line.word(r#","previous":"#)?;
    let previous = line.hash()?;
    line.word(r#","hash":"#)?;
    let hash = line.hash()?;
    line.word(r#","at":"#)?;
    let at = line.or_null(Line::number)?;
    line.word(r#","by":"#)?;
    let by = line.or_null(Line::string)?;
    line.word(r#","payload":"#)?;
    let payload = line.or_null(Line::bytes)?;
    line.word(r#","key":"#)?;
    let key = line.or_null(Line::hash)?;
    line.word(r#","content":"#)?;
    let content = line.or_null(Line::bytes)?;
    line.word(r#","proof":"#)?;
    let proof = line.or_null(|line| line.list(Line::hash))?;
    line.end()?;
    Some(EntryLine { number, case, position, previous, hash, at, by, payload, key, content, proof })
}

fn earlier_line(body: &[u8]) -> Option<(Head, Vec<Hash>)> {
    let mut line = Line::of(body)?;
    line.word(r#"{"earlier":"#)?;
    let size = line.number()?;
    line.word(r#","root":"#)?;
    let root = line.hash()?;
    line.word(r#","proof":"#)?;
    let proof = line.list(Line::hash)?;
    line.end()?;
    Some((Head { size, root }, proof))
}
