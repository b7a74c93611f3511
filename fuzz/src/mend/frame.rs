//! A frame around a body.

/// The place of a frame in the journal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) position: u64,
    pub(crate) durable: u64,
    pub(crate) previous: [u8; 32],
}

/// The frame with this body, whose checksum fits.
pub(crate) fn frame(link: Link, body: &[u8]) -> Vec<u8> {
    let mut summed = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    summed.extend(link.position.to_be_bytes());
    summed.extend(link.durable.to_be_bytes());
    summed.extend(link.previous);
    summed.extend(body);
    [b"CMJF".as_slice(), &crc32fast::hash(&summed).to_be_bytes(), &summed].concat()
}
