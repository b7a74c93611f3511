//! Sums that fit again after a change, by `docs/record-format.md` alone.

mod body;
mod export;
mod frame;
mod journal;

pub(crate) use body::{Cases, body};
pub(crate) use export::export;
pub(crate) use frame::{Link, frame};
pub(crate) use journal::{journal, sums as header};

use sha2::{Digest, Sha256};

/// A hash.
pub(crate) type Hash = [u8; 32];

/// How much of a record is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mending {
    /// Nothing.
    None,
    /// The sums over a frame or a line.
    Sums,
    /// Those, and what ties entries, frames and segments together.
    All,
    /// All but the last frame: a write that was interrupted.
    AllButTheLast,
}

impl Mending {
    /// What the first byte of an input asks for, and the rest of it.
    pub(crate) fn asked(input: &[u8]) -> Option<(Self, &[u8])> {
        let (first, rest) = input.split_first()?;
        let mending = match first % 4 {
            0 => Self::None,
            1 => Self::Sums,
            2 => Self::All,
            _ => Self::AllButTheLast,
        };
        Some((mending, rest))
    }

    fn of_links(self) -> bool {
        matches!(self, Self::All | Self::AllButTheLast)
    }
}

/// SHA-256 of the parts, one behind the other.
pub(crate) fn hashed(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The pieces of `bytes`, each but perhaps the first beginning with `mark`.
pub(crate) fn pieces<'b>(bytes: &'b [u8], mark: &[u8]) -> Vec<&'b [u8]> {
    let starts = bytes.windows(mark.len()).enumerate().filter(|(_, window)| *window == mark);
    let mut starts: Vec<usize> = starts.map(|(at, _)| at).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    let pieces = starts.iter().zip(ends).map(|(start, end)| bytes.get(*start..end).unwrap_or_default());
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// Bytes at a place; nothing, if there are not so many.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// Writes over the bytes at a place; nothing, if there are not so many.
fn put(bytes: &mut [u8], at: usize, with: &[u8]) -> Option<()> {
    bytes.get_mut(at..at + with.len())?.copy_from_slice(with);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::with_files;

    fn proved(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/proved/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn without_room(segment: &[u8]) -> Vec<u8> {
        let used = segment.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        segment[..used].to_vec()
    }

    #[test]
    fn what_is_in_order_is_left_as_it_is() {
        let (name, export) = ("00000000000000000001.seg", String::from_utf8(proved("export.jsonl")).unwrap());
        let segment = proved(name);
        for mending in [Mending::Sums, Mending::All] {
            let expected = vec![(name.to_owned(), segment.clone())];
            assert_eq!(journal(&without_room(&segment), mending), expected, "{mending:?}");
            let mended = super::export(&export, b"comity.export.v1\0", mending);
            assert_eq!(String::from_utf8(mended).unwrap(), export, "{mending:?}");
        }
    }

    #[test]
    fn a_changed_record_is_in_order_again() {
        let name = "00000000000000000001.seg";
        let mut segment = without_room(&proved(name));
        let at = segment.windows(4).position(|bytes| bytes == b"desk").unwrap();
        segment[at] = b'D';
        let text = String::from_utf8(proved("export.jsonl")).unwrap().replacen("desk", "Desk", 1);
        for (mending, is_in_order) in [(Mending::None, false), (Mending::Sums, false), (Mending::All, true)] {
            let outside =
                with_files(&journal(&segment, mending), |folder| comity_verify::read(folder, None).is_ok());
            assert_eq!(outside, Ok(is_in_order), "{mending:?}");
            let bytes = if mending == Mending::None {
                text.clone().into_bytes()
            } else {
                super::export(&text, b"comity.export.v1\0", mending)
            };
            let file = [("export.jsonl".to_owned(), bytes)];
            let outside =
                with_files(&file, |folder| comity_verify::read(&folder.join("export.jsonl"), None).is_ok());
            assert_eq!(outside, Ok(is_in_order), "{mending:?}");
        }
    }
}
