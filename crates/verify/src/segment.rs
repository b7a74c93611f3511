//! Segments: the files of the journal, each with a header that says where it carries on.

use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::commit::Record;
use crate::frame::{self, Frame};
use crate::take::Take;
use crate::tree::Hash;
use crate::wrong::Wrong;

const MAGIC: &[u8; 8] = b"COMITYSG";
const STORE: &[u8; 16] = b"comity.store.v1\0";
const HEADER: usize = 96;
/// What is new in the second says what the entries mean, and nothing of how they are proved.
const FORMATS: RangeInclusive<u32> = 1..=2;

struct Header {
    store: [u8; 16],
    ordinal: u32,
    step: u32,
    first: u64,
    base: u64,
    previous: Hash,
}

/// How far the reading has got.
pub(crate) struct Journal {
    pub(crate) store: [u8; 16],
    pub(crate) next: u64,
    pub(crate) length: u64,
    pub(crate) previous: Hash,
    pub(crate) torn: u64,
}

/// The segments below `folder` in order: of a store, or of its folder `journal` alone.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>, Wrong> {
    let inner = folder.join("journal");
    let journal = if inner.is_dir() { inner.as_path() } else { folder };
    let unreadable = |source: io::Error| Wrong::Unreadable { path: journal.to_owned(), source };
    let mut paths = Vec::new();
    for item in std::fs::read_dir(journal).map_err(unreadable)? {
        let path = item.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "seg") {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() { Err(Wrong::NoRecord { folder: folder.to_owned() }) } else { Ok(paths) }
}

/// Reads all segments, and hands each body to `record`.
pub(crate) fn read(paths: &[PathBuf], record: &mut Record, size_then: Option<u64>) -> Result<Journal, Wrong> {
    let mut journal: Option<Journal> = None;
    for (path, ordinal) in paths.iter().zip(0_u32..) {
        let bytes = std::fs::read(path).map_err(|source| Wrong::Unreadable { path: path.clone(), source })?;
        let header = header(path, &bytes, journal.as_ref().map_or(1, |journal| journal.next))?;
        if header.ordinal != ordinal {
            return Err(Wrong::Missing { ordinal });
        }
        let stands = journal.get_or_insert_with(|| start(header.store));
        let is_last = paths.len() == usize::try_from(ordinal).map_or(0, |ordinal| ordinal + 1);
        Segment { path, bytes: &bytes, header: &header, is_last }.read(stands, record, size_then)?;
    }
    journal.ok_or_else(|| Wrong::NoRecord { folder: PathBuf::new() })
}

fn start(store: [u8; 16]) -> Journal {
    let mut hasher = Sha256::new();
    hasher.update(STORE);
    hasher.update(store);
    Journal { store, next: 1, length: 0, previous: hasher.finalize().into(), torn: 0 }
}

fn header(path: &Path, bytes: &[u8], position: u64) -> Result<Header, Wrong> {
    let bad = || Wrong::At {
        path: path.to_owned(),
        at: 0,
        position,
        what: "a header that is not what was written",
    };
    let head = bytes.get(..HEADER).ok_or_else(bad)?;
    let mut rest = Take(head);
    let (magic, format, start_sum) = (rest.array::<8>(), rest.u32(), rest.u32());
    let start_fits = head.get(..12).map(crc32fast::hash) == start_sum;
    if magic != Some(*MAGIC) || !start_fits {
        return Err(bad());
    }
    match format {
        Some(found) if FORMATS.contains(&found) => {}
        Some(found) => return Err(Wrong::OtherFormat { path: path.to_owned(), found }),
        None => return Err(bad()),
    }
    let mut read = || {
        let header = Header {
            store: rest.array()?,
            ordinal: rest.u32()?,
            step: rest.u32()?,
            first: rest.u64()?,
            base: rest.u64()?,
            previous: rest.array()?,
        };
        let fits = rest.u32()? == 0 && head.get(16..92).map(crc32fast::hash) == rest.u32();
        (fits && header.step > 0).then_some(header)
    };
    let header = read().ok_or_else(bad)?;
    let name = format!("{:020}.seg", header.first);
    if path.file_name().is_some_and(|file| *file == *name) { Ok(header) } else { Err(bad()) }
}

struct Segment<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    header: &'a Header,
    is_last: bool,
}

impl Segment<'_> {
    fn read(&self, journal: &mut Journal, record: &mut Record, size_then: Option<u64>) -> Result<(), Wrong> {
        let header = self.header;
        if header.store != journal.store {
            return Err(self.wrong(0, journal, "a segment of another store"));
        }
        if (header.base, header.first, header.previous) != (journal.length, journal.next, journal.previous) {
            return Err(self.wrong(
                0,
                journal,
                "a segment that does not carry on where the one before it ends",
            ));
        }
        let mut at = HEADER;
        while let Some(frame) = self.bytes.get(at..).and_then(Frame::at_the_front_of) {
            if (frame.position, frame.previous) != (journal.next, journal.previous)
                || frame.durable > journal.length
            {
                return Err(self.wrong(at, journal, "a frame that does not follow the one before it"));
            }
            let entries = record.take(frame.body, size_then).map_err(|what| self.wrong(at, journal, what))?;
            journal.previous = frame.hash();
            journal.next += entries;
            journal.length += frame.bytes.len() as u64;
            at += frame.bytes.len();
        }
        self.ended(at, journal)
    }

    /// Judges what stands behind the last good frame.
    fn ended(&self, at: usize, journal: &mut Journal) -> Result<(), Wrong> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let used = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let is_whole = (self.bytes.len() as u64).is_multiple_of(u64::from(self.header.step));
        if self.is_last && !is_whole {
            return Err(self.wrong(
                at,
                journal,
                "the file was cut: it is not a whole number of its steps long",
            ));
        }
        if used == 0 {
            return Ok(());
        }
        if !self.is_last || frame::knows_of_more(rest, journal.length) {
            return Err(self.wrong(at, journal, "no good frame, where one was on disk"));
        }
        journal.torn = used as u64;
        Ok(())
    }

    fn wrong(&self, at: usize, journal: &Journal, what: &'static str) -> Wrong {
        Wrong::At { path: self.path.to_owned(), at: at as u64, position: journal.next, what }
    }
}
