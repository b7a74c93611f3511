//! What of a segment of the store may be copied, verified as it was read.

use std::path::Path;

use super::{offset, start_of};
use crate::fault::JournalFault;
use crate::frame::Body;
use crate::live::{Walk, as_on_disk};
use crate::scan::{self, Chain};
use crate::segment::HEADER;
use crate::survey::{Found, damaged};

/// The beginning of a segment, as far as it is on disk for good.
pub(super) struct Piece {
    /// Header and frames, without room.
    pub(super) bytes: Vec<u8>,
    /// Where the journal stands after it.
    pub(super) end: Chain,
    /// Where it stands after each frame, from before the first.
    stands: Vec<Chain>,
    /// Whether frames follow that are not known to be on disk.
    pub(super) left_out: bool,
}

impl Piece {
    /// Reads the segment `found`, which `next` follows if it is finished.
    pub(super) fn read(journal: &Path, found: &Found, next: Option<&Found>) -> Result<Self, JournalFault> {
        let start = start_of(found);
        let (mut seen, mut durable) = (start, start.length);
        let walk = Walk { folder: journal, found, next, until: None };
        walk.frames::<JournalFault>(&mut seen, &mut |visit| {
            durable = durable.max(visit.link.durable);
            Ok(())
        })?;
        if next.is_some() || durable >= seen.length {
            let bytes = std::fs::read(&found.path).map_err(JournalFault::io(&found.path))?;
            return Self::up_to(found, bytes, seen.length);
        }
        // Nobody says yet that the rest is on disk. A disk that will not say so either has it left out.
        let known = match as_on_disk(&found.path, offset(found, seen.length)) {
            Ok(bytes) => Self::up_to(found, bytes, seen.length),
            Err(error) => {
                tracing::warn!(segment = %found.path.display(), %error, "the end is not known to be on disk");
                Err(JournalFault::Io { path: found.path.clone(), source: error })
            }
        };
        if let Ok(piece) = known {
            return Ok(piece);
        }
        let bytes = std::fs::read(&found.path).map_err(JournalFault::io(&found.path))?;
        let shown = Self::up_to(found, bytes.clone(), seen.length);
        let piece = Self::up_to(found, bytes, durable)?;
        // An earlier backup may have been told more, and is compared with all that is shown.
        let stands = shown.map_or_else(|_| piece.stands.clone(), |shown| shown.stands);
        Ok(Self { left_out: true, stands, ..piece })
    }

    /// The piece of `bytes` that ends where the journal is `length` long, with every checksum and hash in it verified.
    fn up_to(found: &Found, mut bytes: Vec<u8>, length: u64) -> Result<Self, JournalFault> {
        let mut chain = start_of(found);
        let mut stands = vec![chain];
        let frames = usize::try_from(offset(found, length)).ok().and_then(|end| bytes.get(HEADER..end));
        let frames = frames.ok_or_else(|| damaged(&found.path, 0, "fewer bytes than it had a moment ago"))?;
        scan::walk(frames, &mut chain, |placed| {
            let is_sound = match &placed.body {
                Body::Commit(commit) => commit.entries.iter().all(|entry| entry.is_sound(commit.case)),
                Body::Mark => true,
            };
            stands.push(placed.after);
            let at = offset(found, placed.after.length) - crate::bytes::wide(placed.raw.bytes.len());
            if is_sound {
                Ok(())
            } else {
                Err(damaged(&found.path, at, "an entry that does not fit its hash"))
            }
        })?;
        if chain.length != length {
            let at = offset(found, chain.length);
            return Err(damaged(&found.path, at, "no good frame, where one was a moment ago"));
        }
        bytes.truncate(frames.len().saturating_add(HEADER));
        Ok(Self { bytes, end: chain, stands, left_out: false })
    }

    /// Where the journal seems to end, on disk or not.
    pub(super) fn shown(&self) -> Chain {
        self.stands.last().copied().unwrap_or(self.end)
    }

    /// Whether the journal stood there at the end of some frame, or where the segment begins.
    pub(super) fn passes(&self, chain: &Chain) -> bool {
        self.stands.contains(chain)
    }
}
