//! The walk over all segments of a journal folder. Reads only.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::bytes::wide;
use crate::fault::JournalFault;
use crate::frame::{Body, Link};
use crate::hash;
use crate::journal::Position;
use crate::live::{Ended, Walk};
use crate::scan::{Chain, End};
use crate::segment::{BadHeader, FIRST_FRAME, FORMAT, Header};

/// A segment that was found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) header: Header,
}

/// A frame, and where it lies.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) segment: &'a Found,
    /// Where the frame starts in its file.
    pub(crate) offset: u64,
    pub(crate) link: Link,
    pub(crate) body: Body<'a>,
    /// Where the journal stands after it.
    pub(crate) after: Chain,
}

impl Visit<'_> {
    /// How long the journal was before the frame.
    pub(crate) fn start(&self) -> u64 {
        self.segment.header.base.saturating_add(self.offset.saturating_sub(FIRST_FRAME))
    }
}

/// What a journal is, after a walk.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) segments: Vec<Found>,
    /// The last segment.
    pub(crate) last: Found,
    pub(crate) chain: Chain,
    /// How much of the journal the last frame knew to be on disk.
    pub(crate) durable: u64,
    pub(crate) torn: Option<TornTail>,
}

/// The rest of a write that a crash interrupted. It was never acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The segment.
    pub segment: PathBuf,
    /// Where in the file it starts.
    pub offset: u64,
    /// How many bytes it has.
    pub bytes: u64,
}

impl std::fmt::Display for TornTail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes from byte {} on in {}", self.bytes, self.offset, self.segment.display())
    }
}

/// Walks the journal in `folder` and hands each frame to `visit`. Nothing, if there is no segment.
///
/// With `until`, the walk ends once the journal is that long, and what follows is not looked at: a writer may
/// be at it.
pub(crate) fn survey<E: From<JournalFault>>(
    folder: &Path,
    until: Option<u64>,
    mut visit_each: impl FnMut(&Visit<'_>) -> Result<(), E>,
) -> Result<Option<Survey>, E> {
    let segments = list(folder)?;
    let (Some(first), Some(last)) = (segments.first(), segments.last()) else { return Ok(None) };
    let mut chain = Chain { next: Position(1), previous: hash::store(first.header.store), length: 0 };
    let mut survey = Survey { last: last.clone(), segments: Vec::new(), chain, durable: 0, torn: None };
    for (found, next) in segments.iter().zip(segments.iter().skip(1).map(Some).chain([None])) {
        if until.is_some_and(|until| chain.length >= until) {
            break;
        }
        in_place(found, first, &chain)?;
        let walk = Walk { folder, found, next, until };
        let ended = walk.frames(&mut chain, &mut |visit| {
            survey.durable = visit.link.durable;
            visit_each(visit)
        })?;
        match ended {
            Ended::Judged(torn) => survey.torn = torn,
            Ended::AtLimit => break,
        }
    }
    survey.chain = chain;
    survey.segments = segments;
    Ok(Some(survey))
}

/// Walks the last of `segments`, which starts where `chain` stands.
pub(crate) fn follow(
    folder: &Path,
    segments: Vec<Found>,
    last: Found,
    mut chain: Chain,
) -> Result<Survey, JournalFault> {
    let mut durable = 0;
    let walk = Walk { folder, found: &last, next: None, until: None };
    let ended = walk.frames::<JournalFault>(&mut chain, &mut |visit| {
        durable = visit.link.durable;
        Ok(())
    })?;
    let torn = match ended {
        Ended::Judged(torn) => torn,
        Ended::AtLimit => None,
    };
    Ok(Survey { segments, last, chain, durable, torn })
}

/// The identity of the store whose segments are in `folder`. Nothing, if there is no segment.
pub(crate) fn store(folder: &Path) -> Result<Option<Uuid>, JournalFault> {
    Ok(list(folder)?.first().map(|first| first.header.store))
}

/// The segments of `folder` in order, each with a good header and none missing.
pub(crate) fn list(folder: &Path) -> Result<Vec<Found>, JournalFault> {
    let mut paths = Vec::new();
    let listing = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(JournalFault::io(folder))?,
    };
    for item in listing {
        let path = item.map_err(JournalFault::io(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "seg") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut segments = Vec::new();
    for (path, ordinal) in paths.into_iter().zip(0_u32..) {
        let header = header(&path)?;
        if header.ordinal > ordinal {
            return Err(JournalFault::Missing { folder: folder.to_owned(), ordinal });
        }
        segments.push(Found { path, header });
    }
    Ok(segments)
}

fn header(path: &Path) -> Result<Header, JournalFault> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(JournalFault::io(path))?;
    file.take(FIRST_FRAME).read_to_end(&mut bytes).map_err(JournalFault::io(path))?;
    Header::decode(&bytes).map_err(|bad| match bad {
        BadHeader::Newer(found) => JournalFault::NewerFormat { file: path.to_owned(), found, known: FORMAT },
        BadHeader::Cut => JournalFault::Truncated {
            file: path.to_owned(),
            length: wide(bytes.len()),
            expected: FIRST_FRAME,
        },
        BadHeader::Damaged => damaged(path, 0, "a header that is not what was written"),
    })
}

/// Checks that a segment carries on where the journal stands.
pub(crate) fn in_place(found: &Found, first: &Found, chain: &Chain) -> Result<(), JournalFault> {
    let header = &found.header;
    let name_fits = found.path.file_name().is_some_and(|name| *name == *header.file_name());
    let what = if !name_fits {
        "a header that belongs to another file name"
    } else if header.store != first.header.store {
        "a segment of another store"
    } else if header.base != chain.length || header.first != chain.next || header.previous != chain.previous {
        "a segment that does not carry on where the one before it ends"
    } else {
        return Ok(());
    };
    Err(damaged(&found.path, 0, what))
}

/// Judges where the frames of a segment end, knowing whether another follows.
pub(crate) fn ended(
    found: &Found,
    next: Option<&Found>,
    chain: &Chain,
    end: End,
    file_length: u64,
) -> Result<Option<TornTail>, JournalFault> {
    let offset = FIRST_FRAME + chain.length.saturating_sub(found.header.base);
    let step = u64::from(found.header.step);
    // A later segment is only begun when everything before it is on disk.
    let expected = match next {
        Some(next) => FIRST_FRAME + next.header.base.saturating_sub(found.header.base),
        None => file_length.div_ceil(step).max(1).saturating_mul(step),
    };
    if file_length < expected {
        return Err(JournalFault::Truncated { file: found.path.clone(), length: file_length, expected });
    }
    match (end, next) {
        (End::Damaged(what), _) => Err(damaged(&found.path, offset, what)),
        (End::Clean | End::Torn { .. }, Some(_)) if offset < expected => {
            Err(damaged(&found.path, offset, "no good frame, though a later segment says there was one"))
        }
        (End::Torn { bytes }, None) => Ok(Some(TornTail { segment: found.path.clone(), offset, bytes })),
        (End::Torn { .. }, Some(_)) => {
            Err(damaged(&found.path, offset, "bytes behind the last frame of a finished segment"))
        }
        (End::Clean, _) => Ok(None),
    }
}

pub(crate) fn damaged(path: &Path, offset: u64, what: &'static str) -> JournalFault {
    JournalFault::Damaged { file: path.to_owned(), offset, what }
}
