//! Frames: a checksum, a place, the hash of the frame before, and a body.

use sha2::{Digest, Sha256};

use crate::take::Take;
use crate::tree::Hash;

const MAGIC: &[u8; 4] = b"CMJF";
const HASHED: &[u8; 16] = b"comity.frame.v1\0";
const HEAD: usize = 60;
const LARGEST: u32 = 4_194_304;

/// A frame whose checksum fits.
pub(crate) struct Frame<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) position: u64,
    pub(crate) durable: u64,
    pub(crate) previous: Hash,
    pub(crate) body: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The frame at the front; nothing, if none stands there.
    pub(crate) fn at_the_front_of(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = Take(bytes);
        if rest.array()? != *MAGIC {
            return None;
        }
        let checksum = rest.u32()?;
        let length = rest.u32().filter(|length| *length <= LARGEST)?;
        let (position, durable, previous) = (rest.u64()?, rest.u64()?, rest.array()?);
        let body = rest.bytes(usize::try_from(length).ok()?)?;
        let bytes = bytes.get(..HEAD + body.len())?;
        (crc32fast::hash(bytes.get(8..)?) == checksum).then_some(Self {
            bytes,
            position,
            durable,
            previous,
            body,
        })
    }

    pub(crate) fn hash(&self) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(HASHED);
        hasher.update(self.bytes);
        hasher.finalize().into()
    }
}

/// Whether a frame that knew more than `length` to be on disk stands anywhere in `bytes`.
pub(crate) fn knows_of_more(bytes: &[u8], length: u64) -> bool {
    bytes.windows(MAGIC.len()).enumerate().filter(|(_, window)| *window == MAGIC).any(|(at, _)| {
        let frame = bytes.get(at..).and_then(Frame::at_the_front_of);
        frame.is_some_and(|frame| frame.durable > length)
    })
}
