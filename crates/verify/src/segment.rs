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
    pub(crate) segments: usize,
}

/// Why a segment was not read to its end, and so whether it may be worth another look.
enum Doubt {
    /// Something is wrong that no further look can mend: the frame is whole and in its place.
    Settled(Wrong),
    /// Something looks wrong, and may only be half written.
    Wrong(Wrong),
    /// The last segment ends with so many bytes that no whole frame is made of.
    Torn(u64),
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

/// Reads all segments below `folder`, and hands each body to `record`.
///
/// The store may be in use. A file is read from front to back and takes a moment: what is written meanwhile can show behind and not
/// yet in front, and a segment can be finished, and another begun, since the folder was listed. So what looks wrong at the very
/// end is looked at again after a `pause`, from where it was still good, for as long as it goes on from look to look. Only what
/// stays is told: what was seen behind was written after what is in front of it, which must be there by then.
pub(crate) fn read(
    folder: &Path,
    record: &mut Record,
    size_then: Option<u64>,
    pause: &mut dyn FnMut(),
) -> Result<Journal, Wrong> {
    let mut paths = list(folder)?;
    let mut journal: Option<Journal> = None;
    let mut ordinal = 0_u32;
    while let Some(path) = nth(&paths, ordinal).cloned() {
        let mut bytes = bytes_of(&path)?;
        let header = header(&path, &bytes, journal.as_ref().map_or(1, |journal| journal.next))?;
        if header.ordinal != ordinal {
            return Err(Wrong::Missing { ordinal });
        }
        let stands = journal.get_or_insert_with(|| start(header.store));
        let (mut at, mut doubted) = (HEADER, None);
        loop {
            let is_last = nth(&paths, ordinal.saturating_add(1)).is_none();
            let segment = Segment { path: &path, bytes: &bytes, header: &header, is_last };
            let looked = segment.read(&mut at, stands, record, size_then);
            match looked {
                Ok(()) => break,
                Err(Doubt::Settled(wrong)) => return Err(wrong),
                Err(Doubt::Wrong(wrong)) if !is_last || doubted == Some(at) => return Err(wrong),
                Err(Doubt::Torn(bytes)) if doubted == Some(at) => {
                    stands.torn = bytes;
                    break;
                }
                Err(Doubt::Wrong(_) | Doubt::Torn(_)) => {}
            }
            doubted = Some(at);
            pause();
            paths = list(folder)?;
            bytes = bytes_of(&path)?;
        }
        stands.segments += 1;
        ordinal = ordinal.saturating_add(1);
    }
    journal.ok_or_else(|| Wrong::NoRecord { folder: folder.to_owned() })
}

fn nth(paths: &[PathBuf], ordinal: u32) -> Option<&PathBuf> {
    usize::try_from(ordinal).ok().and_then(|ordinal| paths.get(ordinal))
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Wrong> {
    std::fs::read(path).map_err(|source| Wrong::Unreadable { path: path.to_owned(), source })
}

fn start(store: [u8; 16]) -> Journal {
    let mut hasher = Sha256::new();
    hasher.update(STORE);
    hasher.update(store);
    Journal { store, next: 1, length: 0, previous: hasher.finalize().into(), torn: 0, segments: 0 }
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
    /// Reads on from `at`, which goes along with the good frames.
    fn read(
        &self,
        at: &mut usize,
        journal: &mut Journal,
        record: &mut Record,
        size_then: Option<u64>,
    ) -> Result<(), Doubt> {
        if *at == HEADER {
            self.carries_on(journal).map_err(Doubt::Settled)?;
        }
        while let Some(frame) = self.bytes.get(*at..).and_then(Frame::at_the_front_of) {
            if (frame.position, frame.previous) != (journal.next, journal.previous)
                || frame.durable > journal.length
            {
                let what = "a frame that does not follow the one before it";
                return Err(Doubt::Wrong(self.wrong(*at, journal, what)));
            }
            let taken = record.take(frame.body, size_then);
            let entries = taken.map_err(|what| Doubt::Settled(self.wrong(*at, journal, what)))?;
            journal.previous = frame.hash();
            journal.next += entries;
            journal.length += frame.bytes.len() as u64;
            *at += frame.bytes.len();
        }
        self.ended(*at, journal)
    }

    fn carries_on(&self, journal: &Journal) -> Result<(), Wrong> {
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
        Ok(())
    }

    /// Judges what stands behind the last good frame.
    fn ended(&self, at: usize, journal: &Journal) -> Result<(), Doubt> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let used = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let is_whole = (self.bytes.len() as u64).is_multiple_of(u64::from(self.header.step));
        if self.is_last && !is_whole {
            let what = "the file was cut: it is not a whole number of its steps long";
            return Err(Doubt::Wrong(self.wrong(at, journal, what)));
        }
        if used == 0 {
            return Ok(());
        }
        if !self.is_last || frame::knows_of_more(rest, journal.length) {
            return Err(Doubt::Wrong(self.wrong(at, journal, "no good frame, where one was on disk")));
        }
        Err(Doubt::Torn(used as u64))
    }

    fn wrong(&self, at: usize, journal: &Journal, what: &'static str) -> Wrong {
        Wrong::At { path: self.path.to_owned(), at: at as u64, position: journal.next, what }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use comity_core::id::CaseId;
    use comity_core::time::Moment;
    use comity_store::{Commit, Journal as _, MasterKey, NewEntry, OpenOptions, SledJournal};
    use uuid::Uuid;

    use super::*;

    const ENTRIES: u64 = 24;

    /// A store with so many entries in several segments.
    fn store() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            segment_bytes: 4096,
            segment_step: 4096,
            disk_floor: 0,
            master: MasterKey::Beside,
            ..OpenOptions::default()
        };
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let journal = SledJournal::open(folder.path(), options).await.unwrap();
            let case = CaseId(Uuid::from_u128(1));
            for _ in 0..ENTRIES {
                let entry = NewEntry {
                    recorded_at: Moment::from_unix_microseconds(7).unwrap(),
                    recorded_by: "desk".into(),
                    payload: vec![b'x'; 300],
                    personal: false,
                };
                let seen = journal.head(case).await.unwrap().version;
                let commit =
                    Commit { case, seen, entries: vec![entry], rows: vec![], key: None, erases: false };
                journal.append(commit).await.unwrap();
            }
            journal.close().await.unwrap();
        });
        folder
    }

    /// Where the frames of a segment begin.
    fn frames(bytes: &[u8]) -> Vec<usize> {
        let mut at = HEADER;
        let mut frames = Vec::new();
        while let Some(frame) = bytes.get(at..).and_then(Frame::at_the_front_of) {
            frames.push(at);
            at += frame.bytes.len();
        }
        frames
    }

    /// Reads a record, of which `meanwhile` is done at the first pause. How many entries there were, how many bytes of half a
    /// write, and how often it paused.
    fn looked(folder: &Path, mut meanwhile: impl FnMut()) -> (Result<(u64, u64), Wrong>, u32) {
        let (mut record, mut pauses) = (Record::default(), 0);
        let read = read(folder, &mut record, None, &mut || {
            pauses += 1;
            if pauses == 1 {
                meanwhile();
            }
        });
        (read.map(|journal| (record.tree.size(), journal.torn)), pauses)
    }

    #[test]
    fn a_record_in_order_is_read_once() {
        let folder = store();
        let (found, pauses) = looked(folder.path(), || {});
        assert_eq!((found.unwrap(), pauses), ((ENTRIES, 0), 0));
    }

    #[test]
    fn a_frame_that_was_not_there_yet_is_seen_at_the_second_look() {
        let folder = store();
        let path = list(folder.path()).unwrap().pop().unwrap();
        let whole = fs::read(&path).unwrap();
        let frames = frames(&whole);
        let mut hole = whole.clone();
        // Those behind it were seen, and know that it is on disk.
        hole[frames[0]..frames[1]].fill(0);
        fs::write(&path, &hole).unwrap();
        let (found, pauses) = looked(folder.path(), || fs::write(&path, &whole).unwrap());
        assert_eq!((found.unwrap(), pauses), ((ENTRIES, 0), 1));

        // What stays is told, after one more look and no third.
        fs::write(&path, &hole).unwrap();
        let (found, pauses) = looked(folder.path(), || {});
        assert!(matches!(found, Err(Wrong::At { at, .. }) if at == frames[0] as u64), "{found:?}");
        assert_eq!(pauses, 1);
    }

    #[test]
    fn a_look_that_gets_further_is_followed_by_another() {
        let folder = store();
        let path = list(folder.path()).unwrap().pop().unwrap();
        let whole = fs::read(&path).unwrap();
        let frames = frames(&whole);
        let with_hole = |at: usize| {
            let mut bytes = whole.clone();
            bytes[frames[at]..frames[at + 1]].fill(0);
            fs::write(&path, bytes).unwrap();
        };
        with_hole(0);
        let (found, pauses) = looked(folder.path(), || with_hole(1));
        assert!(matches!(found, Err(Wrong::At { at, .. }) if at == frames[1] as u64), "{found:?}");
        assert_eq!(pauses, 2);
    }

    #[test]
    fn a_write_that_was_going_on_is_not_told_as_one_that_was_cut_off() {
        let folder = store();
        let path = list(folder.path()).unwrap().pop().unwrap();
        let whole = fs::read(&path).unwrap();
        let last = *frames(&whole).last().unwrap();
        let mut half = whole.clone();
        half[last + 9..].fill(0);
        let used = half.iter().rposition(|byte| *byte != 0).unwrap() + 1 - last;
        fs::write(&path, &half).unwrap();
        let (found, pauses) = looked(folder.path(), || fs::write(&path, &whole).unwrap());
        assert_eq!((found.unwrap(), pauses), ((ENTRIES, 0), 1));
        fs::write(&path, &half).unwrap();
        let (found, pauses) = looked(folder.path(), || {});
        assert_eq!((found.unwrap().1, pauses), (used as u64, 1));
    }

    #[test]
    fn a_segment_that_was_finished_since_the_folder_was_listed_was_not_cut() {
        let folder = store();
        let path = list(folder.path()).unwrap().pop().unwrap();
        let hidden = path.with_extension("later");
        fs::rename(&path, &hidden).unwrap();
        let (found, pauses) = looked(folder.path(), || fs::rename(&hidden, &path).unwrap());
        assert_eq!((found.unwrap(), pauses), ((ENTRIES, 0), 1));
        // Without one behind it, it is too short.
        fs::rename(&path, &hidden).unwrap();
        let (found, _) = looked(folder.path(), || {});
        assert!(found.unwrap_err().to_string().contains("the file was cut"));
    }

    #[test]
    fn what_is_wrong_before_the_last_segment_is_told_at_once() {
        let folder = store();
        let paths = list(folder.path()).unwrap();
        let mut bytes = fs::read(&paths[0]).unwrap();
        bytes[HEADER + 70] ^= 1;
        fs::write(&paths[0], bytes).unwrap();
        let (found, pauses) = looked(folder.path(), || {});
        assert!(matches!(found, Err(Wrong::At { .. })), "{found:?}");
        assert_eq!(pauses, 0);
    }
}
