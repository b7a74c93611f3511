//! One segment, read while a writer may be at it.
//!
//! A file is read from front to back and takes a moment. What is written meanwhile may show behind and not yet in front:
//! zeros where a frame stands by now, and after them a later frame that knows of it. That looks like damage and is none. So
//! whatever looks wrong at the end of the last segment is looked at a second time: what was seen behind it was written after
//! it, and so it must be there by then.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::Advice;

use crate::bytes::wide;
use crate::fault::JournalFault;
use crate::scan::{self, Chain};
use crate::segment::HEADER;
use crate::survey::{Found, TornTail, Visit, ended, list};

/// A segment to be walked.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'s> {
    /// The folder of the segments.
    pub(crate) folder: &'s Path,
    pub(crate) found: &'s Found,
    /// The one after it, as far as is known.
    pub(crate) next: Option<&'s Found>,
    /// How long the journal may be; what follows is not looked at.
    pub(crate) until: Option<u64>,
}

/// How the walk over a segment ended.
pub(crate) enum Ended {
    /// With the segment: in order, or torn.
    Judged(Option<TornTail>),
    /// Where the journal is as long as was asked for.
    AtLimit,
}

impl Walk<'_> {
    /// Hands each frame to `visit`. `chain` goes from where the segment starts to where its good frames end.
    pub(crate) fn frames<E: From<JournalFault>>(
        &self,
        chain: &mut Chain,
        visit: &mut impl FnMut(&Visit<'_>) -> Result<(), E>,
    ) -> Result<Ended, E> {
        let mut from = HEADER;
        let mut doubted = None;
        loop {
            let bytes = std::fs::read(&self.found.path).map_err(JournalFault::io(&self.found.path))?;
            let mut at_limit = false;
            let mut good = 0;
            let end = scan::walk(bytes.get(from..).unwrap_or_default(), chain, |placed| {
                at_limit |= self.until.is_some_and(|until| placed.after.length > until);
                if at_limit {
                    return Ok(());
                }
                good = placed.at.saturating_add(placed.raw.bytes.len());
                visit(&Visit {
                    segment: self.found,
                    offset: wide(from.saturating_add(placed.at)),
                    link: placed.raw.link,
                    body: placed.body,
                    after: placed.after,
                })
            })?;
            if at_limit || self.until.is_some_and(|until| chain.length >= until) {
                return Ok(Ended::AtLimit);
            }
            let begun = if self.next.is_none() { begun_since(self.folder, self.found)? } else { None };
            match ended(self.found, self.next.or(begun.as_ref()), chain, end, wide(bytes.len())) {
                Ok(torn) => return Ok(Ended::Judged(torn)),
                // A segment that another follows is finished, and what was bad twice is bad.
                Err(fault) if self.next.is_some() || doubted == Some(chain.length) => {
                    return Err(fault.into());
                }
                Err(_) => doubted = Some(chain.length),
            }
            from = from.saturating_add(good);
        }
    }
}

/// The segment after `found`, if one was begun since.
fn begun_since(folder: &Path, found: &Found) -> Result<Option<Found>, JournalFault> {
    Ok(list(folder)?.into_iter().find(|other| other.header.ordinal == found.header.ordinal.saturating_add(1)))
}

/// The first `length` bytes of a file as the disk has them, and not only the memory of the system.
///
/// Everything that was written by whomever until now is put on disk first. Then the system is told to forget it: after a write
/// that failed it may go on showing what never reached the disk, and call it written.
pub(crate) fn as_on_disk(path: &Path, length: u64) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::FileExt;
    let file = File::open(path)?;
    file.sync_data()?;
    rustix::fs::fadvise(&file, 0, None, Advice::DontNeed)?;
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::commit;
    use crate::frame::{Link, write_mark};
    use crate::hash;
    use crate::journal::Position;
    use crate::segment::{FORMAT, Header, Segment};
    use crate::survey::survey;
    use comity_core::id::CaseId;
    use std::os::unix::fs::FileExt;
    use uuid::Uuid;

    /// A segment, and the frames that a writer puts there, each of which knows that those before are on disk.
    fn segment(folder: &Path) -> (Segment, Vec<(Vec<u8>, Chain)>) {
        let store = Uuid::from_u128(3);
        let mut chain = Chain { next: Position(1), previous: hash::store(store), length: 0 };
        let header = Header {
            format: FORMAT,
            store,
            ordinal: 0,
            step: 4096,
            first: chain.next,
            base: 0,
            previous: chain.previous,
        };
        let frames = (0..4).map(|_| {
            let mut frame = Vec::new();
            let link = Link { position: chain.next, durable: chain.length, previous: chain.previous };
            write_mark(&mut frame, link);
            chain.previous = hash::frame(&frame);
            chain.length += wide(frame.len());
            (frame, chain)
        });
        (Segment::create(folder, header).unwrap(), frames.collect())
    }

    fn put(segment: &Segment, frames: &[(Vec<u8>, Chain)], at: usize) {
        let file = File::options().write(true).open(segment.path()).unwrap();
        let (frame, after) = &frames[at];
        file.write_all_at(frame, 96 + after.length - wide(frame.len())).unwrap();
    }

    /// Walks a journal whose second frame was not seen and whose later ones were, and writes meanwhile.
    fn walk(meanwhile: impl Fn(&Segment, &[(Vec<u8>, Chain)])) -> Result<u64, JournalFault> {
        let folder = tempfile::tempdir().unwrap();
        let (segment, frames) = segment(folder.path());
        for at in [0, 2, 3] {
            put(&segment, &frames, at);
        }
        let mut seen = 0;
        let survey = survey::<JournalFault>(folder.path(), None, |_| {
            seen += 1;
            // The file was read by now, with a hole behind the first frame.
            if seen == 1 {
                meanwhile(&segment, &frames);
            }
            Ok(())
        })?;
        assert_eq!(survey.unwrap().chain.length, frames[seen - 1].1.length);
        Ok(wide(seen))
    }

    #[test]
    fn what_was_written_while_the_file_was_read_is_no_damage() {
        assert_eq!(walk(|segment, frames| put(segment, frames, 1)).unwrap(), 4);
    }

    #[test]
    fn a_hole_that_is_there_twice_is_damage() {
        assert!(matches!(walk(|_, _| {}), Err(JournalFault::Damaged { offset, .. }) if offset == 96 + 61));
    }

    #[test]
    fn a_segment_that_was_finished_while_it_was_read_was_not_cut() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let options = crate::OpenOptions { disk_floor: 0, ..Default::default() };
        runtime.block_on(async {
            use crate::{Journal, SledJournal};
            let journal = SledJournal::open(folder.path(), options).await.unwrap();
            let commit = commit(CaseId(Uuid::from_u128(1)), comity_core::id::Version(0), &["entry"], &[]);
            journal.append(commit).await.unwrap();
            journal.close().await.unwrap();
        });
        let journal = folder.path().join("journal");
        let found = list(&journal).unwrap().remove(0);
        let whole = survey::<JournalFault>(&journal, None, |_| Ok(())).unwrap().unwrap().chain;
        let begin_another = || {
            let next = Segment::create(&journal, found.header.next(&whole, 4096)).unwrap();
            let end = 96 + whole.length;
            File::options().write(true).open(&found.path).unwrap().set_len(end).unwrap();
            next
        };
        // Listed before the next one was begun, read after this one was given its length.
        let next = begin_another();
        let walk = Walk { folder: &journal, found: &found, next: None, until: None };
        let mut chain = Chain { next: Position(1), previous: found.header.previous, length: 0 };
        let ended = walk.frames::<JournalFault>(&mut chain, &mut |_| Ok(())).unwrap();
        assert!(matches!(ended, Ended::Judged(None)));
        assert_eq!(chain, whole);
        // Without one behind it, it is too short.
        std::fs::remove_file(next.path()).unwrap();
        let mut chain = Chain { next: Position(1), previous: found.header.previous, length: 0 };
        let cut = walk.frames::<JournalFault>(&mut chain, &mut |_| Ok(()));
        assert!(matches!(cut, Err(JournalFault::Truncated { .. })));
    }
}
