//! What a store says of itself when it is closed in order, so that a long one need not be walked whole at the next opening.
//!
//! The word is taken away before anything is written again. After a kill there is none, and everything is walked.

use std::fs;
use std::io;
use std::path::Path;

use crate::bytes::{Put, Reader};
use crate::fault::JournalFault;
use crate::fresh;
use crate::hash::{self, Hash};
use crate::journal::Position;
use crate::pairs::Meta;
use crate::scan::Chain;
use crate::segment::{self, FIRST_FRAME};
use crate::survey::{Found, Survey, follow, in_place, list};

const NAME: &str = "sled.clean";
const MAGIC: [u8; 8] = *b"CLOSED\0\x01";
/// After so many openings in a row that were not walked whole, the next one is.
const MOST: u32 = 32;

/// How a store was when it was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closing {
    /// What the index had seen, and what it held.
    pub(crate) index: Meta,
    /// Where the journal ended.
    pub(crate) end: Chain,
    /// How many openings were not walked whole, and not checked whole afterwards, since one was.
    pub(crate) taken_on_trust: u32,
}

impl Closing {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let index = self.index.encode();
        bytes.put(&u32::try_from(index.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.put(&index);
        bytes.put(&self.end.next.0.to_be_bytes());
        bytes.put(&self.end.previous.0);
        bytes.put(&self.end.length.to_be_bytes());
        bytes.put(&self.taken_on_trust.to_be_bytes());
        let sum = hash::frame(&bytes);
        bytes.put(&sum.0);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<32>()?;
        (hash::frame(body) == Hash(*sum)).then_some(())?;
        let mut reader = Reader::new(body);
        (reader.array::<8>()? == MAGIC).then_some(())?;
        let length = usize::try_from(reader.u32()?).ok()?;
        let index = Meta::decode(reader.bytes(length)?)?;
        let end =
            Chain { next: Position(reader.u64()?), previous: Hash(reader.array()?), length: reader.u64()? };
        let closing = Self { index, end, taken_on_trust: reader.u32()? };
        reader.is_done().then_some(closing)
    }

    /// Whether it may stand for a walk over everything, in a journal that is to be trusted above so many bytes.
    pub(crate) const fn may_stand(&self, above: u64) -> bool {
        self.end.length > above && self.taken_on_trust < MOST
    }
}

/// Leaves word of a closing in order, on the disk when this returns.
///
/// What it says of the index is put on the disk first: the flush of sled leaves that to the system, and after a power cut the word
/// would be there and the index not.
pub(crate) fn leave(folder: &Path, closing: &Closing, index: &Path) -> io::Result<()> {
    sync_all(index)?;
    fresh::replace(&folder.join("sled.clean.unfinished"), &folder.join(NAME), &closing.encode())
}

/// Puts every file of the database on the disk, and their names.
fn sync_all(index: &Path) -> io::Result<()> {
    for item in fs::read_dir(index)? {
        let path = item?.path();
        if path.is_file() {
            fs::File::open(&path)?.sync_all()?;
        }
    }
    segment::sync_folder(index)
}

/// Takes the word of the last closing away, for good before this returns.
pub(crate) fn take(folder: &Path) -> io::Result<Option<Closing>> {
    let path = folder.join(NAME);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read?,
    };
    fs::remove_file(&path)?;
    segment::sync_folder(folder)?;
    Ok(Closing::decode(&bytes))
}

/// The journal as it must be if nothing happened since: finished segments that are long enough, and the last one walked.
///
/// Nothing, if anything is different; then only a walk over everything can say what happened.
pub(crate) fn survey_last(journal: &Path, closing: &Closing) -> Result<Option<Survey>, JournalFault> {
    let segments = list(journal)?;
    let (Some(first), Some(last)) = (segments.first(), segments.last()) else { return Ok(None) };
    let fits = first.header.store == closing.index.store
        && segments.iter().zip(segments.iter().skip(1)).all(|(found, next)| joins(found, next));
    let start = Chain { next: last.header.first, previous: last.header.previous, length: last.header.base };
    if !fits || in_place(last, first, &start).is_err() {
        return Ok(None);
    }
    let Ok(survey) = follow(journal, segments.clone(), last.clone(), start) else { return Ok(None) };
    Ok((survey.chain == closing.end && survey.torn.is_none()).then_some(survey))
}

/// The word in these bytes, with a sum that fits, as it is written.
#[cfg(feature = "fuzzing")]
pub(crate) fn again(bytes: &[u8]) -> Option<Vec<u8>> {
    let body = bytes.split_last_chunk::<32>().map_or(bytes, |(body, _)| body);
    Closing::decode(&[body, &hash::frame(body).0].concat()).map(|closing| closing.encode())
}

/// Whether a segment is as long as the next one says, and comes right before it. A kill may have left it with its room.
fn joins(found: &Found, next: &Found) -> bool {
    let (before, after) = (&found.header, &next.header);
    let length = FIRST_FRAME.saturating_add(after.base.saturating_sub(before.base));
    after.store == before.store
        && before.ordinal.checked_add(1) == Some(after.ordinal)
        && before.first < after.first
        && found.path.file_name().is_some_and(|name| *name == *before.file_name())
        && fs::metadata(&found.path).is_ok_and(|about| about.len() >= length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairs::Sum;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn closing() -> Closing {
        let chain = Chain { next: Position(8), previous: Hash([3; 32]), length: 900 };
        let index =
            Meta { store: Uuid::from_u128(7), chain, next_slot: 2, blinder: [1; 8], sum: Sum::default() };
        Closing { index, end: Chain { length: 961, ..chain }, taken_on_trust: 3 }
    }

    #[test]
    fn a_word_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(take(folder.path()).unwrap(), None);
        leave(folder.path(), &closing(), folder.path()).unwrap();
        assert_eq!(take(folder.path()).unwrap(), Some(closing()));
        assert_eq!(take(folder.path()).unwrap(), None);
    }

    #[test]
    fn a_word_with_any_other_byte_is_none() {
        let bytes = closing().encode();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_eq!(Closing::decode(&other), None, "byte {at}");
            assert_eq!(Closing::decode(&bytes[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn it_stands_for_so_many_openings_and_for_long_journals() {
        let closing = closing();
        assert!(closing.may_stand(960));
        assert!(!closing.may_stand(961));
        assert!(!Closing { taken_on_trust: MOST, ..closing }.may_stand(0));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(Closing::decode(&bytes), None);
        }
    }
}
