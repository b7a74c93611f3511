//! Reading and writing the fixed encodings of the record: big-endian integers and counted bytes.
//!
//! Reading is total: bytes from a disk may be anything, so every step may say that nothing is there.

use comity_core::time::Moment;

/// The bytes still to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are left.
    pub(crate) const fn left(&self) -> usize {
        self.rest.len()
    }

    pub(crate) const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// A moment, as microseconds since 1970-01-01T00:00:00Z.
    pub(crate) fn moment(&mut self) -> Option<Moment> {
        Moment::from_unix_microseconds(self.array().map(i64::from_be_bytes)?).ok()
    }

    /// Text with a length of two bytes before it.
    pub(crate) fn short_text(&mut self) -> Option<&'a str> {
        let length = usize::from(self.u16()?);
        std::str::from_utf8(self.bytes(length)?).ok()
    }

    /// Bytes with a length of four bytes before them.
    pub(crate) fn long_bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        self.bytes(length)
    }
}

/// The other direction, on the vector itself. The limits on a commit keep every count within its field.
pub(crate) trait Put {
    fn put(&mut self, bytes: &[u8]);

    fn put_moment(&mut self, moment: Moment) {
        self.put(&moment.as_unix_microseconds().to_be_bytes());
    }

    fn put_short(&mut self, bytes: &[u8]) {
        self.put(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.put(bytes);
    }

    fn put_long(&mut self, bytes: &[u8]) {
        self.put(&count(bytes.len()).to_be_bytes());
        self.put(bytes);
    }
}

impl Put for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A length as the four bytes that the record keeps.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A length in memory as a length on disk.
pub(crate) fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
