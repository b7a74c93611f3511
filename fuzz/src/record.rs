//! The record: what the store keeps, and what it reads of it.

use comity_store::codec;
use comity_store::fuzzing;

use crate::broken::{Kept, broken, same};
use crate::mend::{self, Link};

/// What an entry says: it is read as it is written, and the other way round.
pub(crate) fn codec(bytes: &[u8]) -> Kept {
    let Ok(record) = codec::decode(bytes) else { return Ok(()) };
    let written = codec::encode(&record);
    let again = codec::decode(&written).map_err(|error| broken(format!("what was written: {error}")))?;
    same("a record reads as it was written", &again, &record)
}

/// The body of a frame, in a frame whose sums fit: what is read of it is written in the same bytes.
pub(crate) fn frame(body: &[u8]) -> Kept {
    let mut body = body.to_vec();
    mend::body(&mut body, None);
    let frame = mend::frame(Link { position: 7, durable: 0, previous: [3; 32] }, &body);
    match fuzzing::frame_again(&frame) {
        None => Ok(()),
        Some(again) => same("a frame is written in one way", &again, &frame),
    }
}
