//! The segments of a journal.

use super::{Cases, Hash, Link, Mending, array, body, frame, hashed, pieces, put};

const HEADER: usize = 96;
const FRAME: usize = 60;
/// A file grows by so much where its header says something that no disk has room for.
const STEP: u32 = 4096;

/// Where the journal has got to.
struct Stand {
    store: [u8; 16],
    next: u64,
    length: u64,
    previous: Hash,
    cases: Cases,
}

/// The files that the bytes of a journal are, one behind the other and without the room behind the last frame; each with
/// its name.
pub(crate) fn journal(bytes: &[u8], mending: Mending) -> Vec<(String, Vec<u8>)> {
    let found = pieces(bytes, b"COMITYSG");
    let store = found.first().and_then(|first| array(first, 16)).unwrap_or_default();
    let previous = hashed(&[b"comity.store.v1\0", &store]);
    let mut stand = Stand { store, next: 1, length: 0, previous, cases: Cases::default() };
    let last = found.len().saturating_sub(1);
    let segments = found.iter().zip(0_u32..).map(|(piece, ordinal)| {
        let is_last = usize::try_from(ordinal).is_ok_and(|ordinal| ordinal == last);
        let (mut file, first) = segment(piece, ordinal, is_last, mending, &mut stand);
        if is_last {
            room(&mut file);
        }
        (format!("{first:020}.seg"), file)
    });
    segments.collect()
}

fn segment(piece: &[u8], ordinal: u32, is_last: bool, mending: Mending, stand: &mut Stand) -> (Vec<u8>, u64) {
    let mut file = piece.get(..HEADER).unwrap_or(piece).to_vec();
    file.resize(HEADER, 0);
    header(&mut file, ordinal, mending, stand);
    let first = array(&file, 40).map_or(0, u64::from_be_bytes);
    let frames = pieces(piece.get(HEADER..).unwrap_or_default(), b"CMJF");
    for (at, piece) in frames.iter().enumerate() {
        let is_spared = mending == Mending::AllButTheLast && is_last && at + 1 == frames.len();
        if mending == Mending::None || is_spared || !piece.starts_with(b"CMJF") {
            file.extend_from_slice(piece);
        } else {
            file.extend(mended(piece, mending, stand));
        }
    }
    (file, first)
}

/// Writes what ties the segment to those before it. None of this can fail: the header is whole.
fn header(file: &mut [u8], ordinal: u32, mending: Mending, stand: &Stand) {
    if mending.of_links() {
        put(file, 16, &stand.store);
        put(file, 32, &ordinal.to_be_bytes());
        put(file, 40, &stand.next.to_be_bytes());
        put(file, 48, &stand.length.to_be_bytes());
        put(file, 56, &stand.previous);
    }
    if mending != Mending::None {
        put(file, 36, &step(file).to_be_bytes());
        sums(file);
    }
}

/// Makes the sums in the header of a segment fit.
pub(crate) fn sums(file: &mut [u8]) {
    let start = crc32fast::hash(file.get(..12).unwrap_or_default());
    put(file, 12, &start.to_be_bytes());
    let rest = crc32fast::hash(file.get(16..92).unwrap_or_default());
    put(file, 92, &rest.to_be_bytes());
}

fn mended(piece: &[u8], mending: Mending, stand: &mut Stand) -> Vec<u8> {
    let mut said = piece.get(..FRAME).unwrap_or(piece).to_vec();
    said.resize(FRAME, 0);
    let number = |at| array(&said, at).map_or(0, u64::from_be_bytes);
    let mut link =
        Link { position: number(12), durable: number(20), previous: array(&said, 28).unwrap_or_default() };
    let mut content = piece.get(FRAME..).unwrap_or_default().to_vec();
    if !mending.of_links() {
        return frame(link, &content);
    }
    link = Link { position: stand.next, durable: link.durable.min(stand.length), previous: stand.previous };
    let entries = body(&mut content, Some(&mut stand.cases));
    let frame = frame(link, &content);
    stand.previous = hashed(&[b"comity.frame.v1\0", &frame]);
    stand.next += u64::from(entries);
    stand.length += frame.len() as u64;
    frame
}

fn step(file: &[u8]) -> u32 {
    let said = array(file, 36).map_or(0, u32::from_be_bytes);
    if (1..=1 << 16).contains(&said) { said } else { STEP }
}

/// Fills the file up to a whole number of its steps.
fn room(file: &mut Vec<u8>) {
    let step = usize::try_from(step(file)).unwrap_or(1);
    file.resize(file.len().next_multiple_of(step), 0);
}
