//! Where the frames of a segment end, and whether they end there by right. Pure, over any bytes.

use crate::bytes::wide;
use crate::frame::{self, BadFrame, Body, Raw};
use crate::hash::{self, Hash};
use crate::journal::Position;

/// Where the journal has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// The position of the next entry.
    pub(crate) next: Position,
    /// The hash of the last frame.
    pub(crate) previous: Hash,
    /// The bytes of all frames.
    pub(crate) length: u64,
}

impl Chain {
    /// The position of the last entry.
    pub(crate) fn last(&self) -> Position {
        Position(self.next.0.saturating_sub(1))
    }
}

/// A frame in its place.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    /// Where it starts, counted from the first byte that was walked.
    pub(crate) at: usize,
    pub(crate) raw: Raw<'a>,
    pub(crate) body: Body<'a>,
    /// Where the journal stands after it.
    pub(crate) after: Chain,
}

/// How the frames end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Only room follows.
    Clean,
    /// Bytes follow that were never acknowledged: a write that a crash interrupted.
    Torn {
        /// How many, up to the last that is not zero.
        bytes: u64,
    },
    /// Bytes follow that were on disk and are not what was written.
    Damaged(&'static str),
}

/// Walks the frames in `bytes`, which start where `chain` stands, and hands each to `visit`.
///
/// Stops where no frame follows, or when `visit` fails. `chain` is then where the good frames end.
pub(crate) fn walk<'a, E>(
    bytes: &'a [u8],
    chain: &mut Chain,
    mut visit: impl FnMut(Placed<'a>) -> Result<(), E>,
) -> Result<End, E> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let raw = match frame::raw(rest) {
            Ok(raw) => raw,
            Err(bad) => return Ok(judge(rest, chain.length, bad)),
        };
        // A frame whose checksum fits was written whole; a torn write never leaves one in the wrong place.
        if raw.link.position != chain.next {
            return Ok(End::Damaged("a frame with the wrong position"));
        }
        if raw.link.previous != chain.previous {
            return Ok(End::Damaged("a frame that does not follow the one before it"));
        }
        let Some(body) = raw.body() else { return Ok(End::Damaged("a frame with an impossible content")) };
        let Some(after) = step(chain, &raw, &body) else {
            return Ok(End::Damaged("a frame with an impossible place"));
        };
        visit(Placed { at, raw, body, after })?;
        at += raw.bytes.len();
        *chain = after;
    }
}

fn step(chain: &Chain, raw: &Raw<'_>, body: &Body<'_>) -> Option<Chain> {
    let entries = match body {
        Body::Commit(commit) => wide(commit.entries.len()),
        Body::Mark => 0,
    };
    (raw.link.durable <= chain.length).then_some(())?;
    Some(Chain {
        next: Position(chain.next.0.checked_add(entries)?),
        previous: hash::frame(raw.bytes),
        length: chain.length.checked_add(wide(raw.bytes.len()))?,
    })
}

/// Tells a torn write from damage, where the journal is `length` long and no good frame follows.
///
/// Every frame says how much of the journal was on disk when it was written. If one further on says more than
/// `length`, then what should be here was on disk, and is damaged. If none does, nothing from here on was
/// acknowledged on the strength of these bytes.
fn judge(rest: &[u8], length: u64, bad: BadFrame) -> End {
    let used = used(rest);
    if used.is_empty() {
        return End::Clean;
    }
    let mut from = 1;
    while let Some(at) = find(used, from) {
        // The whole rest, not the used part: a frame may end in zeros.
        let claims = rest.get(at..).map(frame::raw);
        if let Some(Ok(raw)) = claims
            && raw.link.durable > length
        {
            return End::Damaged(match bad {
                BadFrame::NotAFrame => "no frame, where one was on disk",
                BadFrame::Cut => "a frame with an impossible length",
                BadFrame::Checksum => "a frame whose checksum does not fit",
            });
        }
        from = at + 1;
    }
    End::Torn { bytes: wide(used.len()) }
}

/// The bytes up to the last that is not zero.
fn used(bytes: &[u8]) -> &[u8] {
    const BLOCK: usize = 4096;
    let mut used = bytes;
    // Whole blocks first: behind the last frame there are megabytes of room.
    while let Some((front, last)) = used.split_last_chunk::<BLOCK>()
        && *last == [0; BLOCK]
    {
        used = front;
    }
    let length = used.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    used.get(..length).unwrap_or_default()
}

fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(frame::MAGIC.len()).position(|window| window == frame::MAGIC).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Link, write_commit, write_mark};
    use crate::journal::{Commit, Head, NewEntry};
    use crate::ready::Ready;
    use comity_core::id::{CaseId, Version};
    use comity_core::time::Moment;
    use proptest::prelude::*;
    use uuid::Uuid;

    const START: Chain = Chain { next: Position(1), previous: Hash::NONE, length: 0 };

    /// A journal of groups of frames, each group written with one sync, and where each frame starts.
    fn journal(groups: &[usize], closed: bool) -> (Vec<u8>, Vec<usize>) {
        let (mut bytes, mut starts, mut chain) = (Vec::new(), Vec::new(), START);
        let mut case = 0;
        for group in groups {
            let durable = wide(bytes.len());
            for _ in 0..*group {
                case += 1;
                let start = bytes.len();
                let link = Link { position: chain.next, durable, previous: chain.previous };
                write_commit(&mut bytes, link, Head::UNOPENED, &Ready::new(&commit(case), None));
                chain = Chain {
                    next: Position(chain.next.0 + 1),
                    previous: hash::frame(&bytes[start..]),
                    length: wide(bytes.len()),
                };
                starts.push(start);
            }
        }
        if closed {
            starts.push(bytes.len());
            let link = Link { position: chain.next, durable: chain.length, previous: chain.previous };
            write_mark(&mut bytes, link);
        }
        (bytes, starts)
    }

    fn commit(case: u128) -> Commit {
        Commit {
            case: CaseId(Uuid::from_u128(case)),
            seen: Version(0),
            entries: vec![NewEntry {
                recorded_at: Moment::from_unix_microseconds(1).unwrap(),
                recorded_by: "desk".into(),
                payload: b"CMJF and a payload that holds the magic".to_vec(),
                personal: false,
            }],
            rows: Vec::new(),
            key: None,
            erases: false,
        }
    }

    fn check(bytes: &[u8]) -> (End, u64) {
        let mut chain = START;
        let end = walk(bytes, &mut chain, |_| Ok::<_, ()>(())).unwrap();
        (end, chain.length)
    }

    fn with_room(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.resize(bytes.len() + 9000, 0);
        bytes
    }

    #[test]
    fn a_whole_journal_ends_cleanly() {
        let (bytes, _) = journal(&[1, 3, 2], true);
        assert_eq!(check(&with_room(bytes.clone())), (End::Clean, wide(bytes.len())));
    }

    #[test]
    fn a_cut_at_any_byte_of_the_last_frame_is_a_torn_tail() {
        let (bytes, starts) = journal(&[1, 2], false);
        let last = *starts.last().unwrap();
        // The frame ends in two zeros, which the room behind it has too.
        for cut in last + 1..bytes.len() - 2 {
            let (end, length) = check(&with_room(bytes[..cut].to_vec()));
            assert!(matches!(end, End::Torn { .. }), "cut at {cut}: {end:?}");
            assert_eq!(length, wide(last));
        }
    }

    #[test]
    fn a_hole_within_the_last_group_is_a_torn_tail() {
        let (mut bytes, starts) = journal(&[2, 3], false);
        bytes[starts[2]..starts[3]].fill(0);
        assert!(matches!(check(&with_room(bytes)), (End::Torn { .. }, length) if length == wide(starts[2])));
    }

    #[test]
    fn a_hole_that_a_later_group_vouches_for_is_damage() {
        let (mut bytes, starts) = journal(&[1, 1, 1], false);
        bytes[starts[1]..starts[2]].fill(0);
        assert!(matches!(check(&with_room(bytes)).0, End::Damaged(_)));
    }

    #[test]
    fn a_flipped_bit_anywhere_before_the_mark_is_damage() {
        let (bytes, starts) = journal(&[1, 2, 1], true);
        for at in 0..*starts.last().unwrap() {
            let mut flipped = with_room(bytes.clone());
            flipped[at] ^= 0x10;
            let (end, length) = check(&flipped);
            let frame = starts.iter().rfind(|start| **start <= at).unwrap();
            assert!(matches!(end, End::Damaged(_)), "byte {at}: {end:?}");
            assert_eq!(length, wide(*frame), "byte {at}");
        }
    }

    #[test]
    fn swapped_and_removed_frames_are_damage() {
        let (bytes, starts) = journal(&[1, 1, 1], true);
        let (first, second) = (&bytes[..starts[1]], &bytes[starts[1]..starts[2]]);
        let rest = &bytes[starts[2]..];
        for changed in [[second, first, rest].concat(), [first, rest].concat()] {
            assert!(matches!(check(&with_room(changed)).0, End::Damaged(_)));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0_usize..300) {
            let _ = check(&bytes);
            let (mut good, _) = journal(&[2], true);
            let at = at.min(good.len());
            good.splice(at..at, bytes);
            let _ = check(&good);
        }
    }
}
