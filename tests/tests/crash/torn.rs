//! Tears the end of a journal as a power failure does: a part of the last write is on disk, the rest is not.
//!
//! A killed process leaves whole frames, since the system still writes what it took. So the half is made here, from
//! the format as `docs/record-format.md` tells it, and never from anything that was acknowledged.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use comity_core::id::CaseId;
use uuid::Uuid;

use crate::random::Random;
use crate::writer::Acknowledged;

const SEGMENT_HEADER: usize = 96;
const FRAME_HEADER: usize = 60;

/// A tail that was torn.
#[derive(Debug)]
pub(crate) struct Torn {
    pub(crate) segment: PathBuf,
    /// Where the torn frame starts in its file.
    pub(crate) offset: usize,
    /// Whether it was one that the killed process wrote, rather than the beginning of one more.
    pub(crate) was_written: bool,
}

/// Where a frame lies in its file, and of which case and version it is; none for the mark of a clean close.
struct Frame {
    start: usize,
    end: usize,
    commit: Option<(CaseId, u32)>,
}

/// Tears the last segment of the store behind everything that was acknowledged.
pub(crate) fn tear(store: &Path, acknowledged: &Acknowledged, random: &mut Random) -> Option<Torn> {
    let segment = last_segment(store)?;
    let bytes = fs::read(&segment).unwrap();
    let frames = frames(&bytes);
    let is_known = |frame: &Frame| frame.commit.is_none_or(|commit| acknowledged.contains_key(&commit));
    let loose =
        frames.get(frames.iter().rposition(is_known).map_or(0, |last| last + 1)..).unwrap_or_default();
    if loose.is_empty() || random.below(4) == 0 {
        return Some(begin_another(segment, &bytes, &frames, random));
    }
    let frame = &loose[random.below(loose.len())];
    // Past the middle of the header, and short of the two zeros in which a frame ends: room looks like those.
    let cut = frame.start + 30 + random.below(frame.end - frame.start - 40);
    let file = fs::File::options().write(true).open(&segment).unwrap();
    file.write_all_at(&vec![0; bytes.len() - cut], u64::try_from(cut).unwrap()).unwrap();
    // An index on disk that has seen the frame proves that it was on disk as well; then nothing was torn.
    fs::remove_dir_all(store.join("sled")).unwrap();
    Some(Torn { segment, offset: frame.start, was_written: true })
}

/// Takes from the database over the journal what a power failure may take: it is never synced, so any page of its file may
/// be as it was before, the file may be shorter, and the snapshot may be gone. Whether there was a database.
pub(crate) fn lose_pages_of_the_index(store: &Path, random: &mut Random) -> bool {
    const PAGE: usize = 4096;
    let folder = store.join("sled");
    let Ok(mut bytes) = fs::read(folder.join("db")) else { return false };
    let pages = bytes.len() / PAGE;
    for _ in 0..random.below(8) {
        let page = random.below(pages.max(1)) * PAGE;
        let end = (page + PAGE).min(bytes.len());
        bytes.get_mut(page..end).unwrap_or_default().fill(0);
    }
    if random.below(3) == 0 {
        bytes.truncate(random.below(pages.max(1)) * PAGE);
    }
    fs::write(folder.join("db"), bytes).unwrap();
    if random.below(2) == 0 {
        for item in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            if item.file_name().to_string_lossy().starts_with("snap.") {
                fs::remove_file(item.path()).unwrap();
            }
        }
    }
    true
}

/// The first half of one more frame behind those that were written.
fn begin_another(segment: PathBuf, bytes: &[u8], frames: &[Frame], random: &mut Random) -> Torn {
    let end = frames.last().map_or(SEGMENT_HEADER, |last| last.end);
    let mut half = b"CMJF".to_vec();
    half.extend((0..100 + random.below(200)).map(|byte| u8::try_from(byte % 251).unwrap() | 1));
    let step = usize::try_from(u32::from_be_bytes(bytes[36..40].try_into().unwrap())).unwrap();
    let file = fs::File::options().write(true).open(&segment).unwrap();
    let length = (end + half.len()).next_multiple_of(step).max(bytes.len());
    file.set_len(u64::try_from(length).unwrap()).unwrap();
    file.write_all_at(&half, u64::try_from(end).unwrap()).unwrap();
    Torn { segment, offset: end, was_written: false }
}

fn last_segment(store: &Path) -> Option<PathBuf> {
    let listing = fs::read_dir(store.join("journal")).ok()?;
    let paths = listing.map(|item| item.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "seg")).max()
}

fn frames(bytes: &[u8]) -> Vec<Frame> {
    let (mut frames, mut start) = (Vec::new(), SEGMENT_HEADER);
    while bytes.get(start..).is_some_and(|rest| rest.starts_with(b"CMJF")) {
        let number = |at: usize| u32::from_be_bytes(bytes[start + at..start + at + 4].try_into().unwrap());
        let end = start + FRAME_HEADER + usize::try_from(number(8)).unwrap();
        let body = &bytes[start + FRAME_HEADER..end];
        // Kind, case, version before, hash, no key, number of entries.
        let commit = (body[0] == 1).then(|| {
            let case = CaseId(Uuid::from_slice(&body[1..17]).unwrap());
            (case, number(FRAME_HEADER + 17) + u32::from(u16::from_be_bytes([body[54], body[55]])))
        });
        frames.push(Frame { start, end, commit });
        start = end;
    }
    frames
}
