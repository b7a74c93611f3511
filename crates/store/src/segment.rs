//! One file of the journal: its header, and the few things that are done to it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;
use rustix::io::Errno;
use uuid::Uuid;

use crate::bytes::{Put, Reader, wide};
use crate::hash::Hash;
use crate::journal::Position;
use crate::scan::Chain;

/// The format written, and the newest that is read.
pub(crate) const FORMAT: u32 = 2;
/// The bytes before the first frame.
pub(crate) const HEADER: usize = 96;
/// The same, as an offset in the file.
pub(crate) const FIRST_FRAME: u64 = 96;

const MAGIC: [u8; 8] = *b"COMITYSG";
pub(crate) const UNFINISHED: &str = "next.unfinished";

/// What a segment says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The format of the segment.
    pub(crate) format: u32,
    /// The store it belongs to.
    pub(crate) store: Uuid,
    /// Its place in the row of segments, from 0.
    pub(crate) ordinal: u32,
    /// Its file grows by this many bytes at a time, so an open segment of another length was cut.
    pub(crate) step: u32,
    /// The position of the first entry in it, and its name.
    pub(crate) first: Position,
    /// How long the journal was before it.
    pub(crate) base: u64,
    /// The hash of the last frame before it.
    pub(crate) previous: Hash,
}

/// Why bytes are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadHeader {
    /// A later release wrote it.
    Newer(u32),
    /// The file is shorter than a header.
    Cut,
    /// It is not what was written.
    Damaged,
}

impl Header {
    /// Reads the header at the start of a segment.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, BadHeader> {
        // These sixteen bytes keep their meaning in every format to come.
        let mut prelude = Reader::new(bytes);
        let magic: [u8; 8] = prelude.array().ok_or(BadHeader::Cut)?;
        let format = prelude.u32().ok_or(BadHeader::Cut)?;
        let checksum = prelude.u32().ok_or(BadHeader::Cut)?;
        if magic != MAGIC || Some(checksum) != bytes.get(..12).map(crc32fast::hash) {
            return Err(BadHeader::Damaged);
        }
        if format == 0 {
            return Err(BadHeader::Damaged);
        }
        if format > FORMAT {
            return Err(BadHeader::Newer(format));
        }
        let bytes = bytes.get(..HEADER).ok_or(BadHeader::Cut)?;
        Self::fields(format, bytes).ok_or(BadHeader::Damaged)
    }

    fn fields(format: u32, bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes.get(16..)?);
        let header = Self {
            format,
            store: Uuid::from_bytes(reader.array()?),
            ordinal: reader.u32()?,
            step: reader.u32()?,
            first: Position(reader.u64()?),
            base: reader.u64()?,
            previous: Hash(reader.array()?),
        };
        let is_plain = reader.u32()? == 0 && header.step > 0;
        (reader.u32()? == crc32fast::hash(bytes.get(16..92)?) && is_plain).then_some(header)
    }

    /// The header as the first bytes of a segment.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.put(&self.format.to_be_bytes());
        bytes.put(&crc32fast::hash(&bytes).to_be_bytes());
        bytes.put(self.store.as_bytes());
        bytes.put(&self.ordinal.to_be_bytes());
        bytes.put(&self.step.to_be_bytes());
        bytes.put(&self.first.0.to_be_bytes());
        bytes.put(&self.base.to_be_bytes());
        bytes.put(&self.previous.0);
        bytes.put(&[0; 4]);
        bytes.put(&crc32fast::hash(bytes.get(16..).unwrap_or_default()).to_be_bytes());
        bytes
    }

    /// The header of the segment that follows this one where the journal stands at `chain`.
    pub(crate) fn next(&self, chain: &Chain, step: u32) -> Self {
        Self {
            format: FORMAT,
            store: self.store,
            ordinal: self.ordinal.saturating_add(1),
            step: step.max(4096),
            first: chain.next,
            base: chain.length,
            previous: chain.previous,
        }
    }

    /// The name of the file.
    pub(crate) fn file_name(&self) -> String {
        Self::name_of(self.first)
    }

    /// The name of the file whose first position is `first`.
    pub(crate) fn name_of(first: Position) -> String {
        format!("{:020}.seg", first.0)
    }
}

/// The segment that is written to.
#[derive(Debug)]
pub(crate) struct Segment {
    file: File,
    path: PathBuf,
    header: Header,
    /// Where the next frame goes.
    end: u64,
    /// How long the file is.
    allocated: u64,
}

/// Personal data lies in a store: nobody reads it but the account of the program.
pub(crate) const OWN_FILE: u32 = 0o600;
pub(crate) const OWN_FOLDER: u32 = 0o700;

/// Makes a folder, and those above it that are missing, for the account of the program alone. One that is there keeps
/// the rights that somebody gave it.
pub(crate) fn make_own_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(OWN_FOLDER).create(folder)
}

impl Segment {
    /// Makes a segment that is whole, and found after a crash, once this returns.
    pub(crate) fn create(folder: &Path, header: Header) -> io::Result<Self> {
        Self::begin(folder, header, &[])
    }

    fn begin(folder: &Path, header: Header, frames: &[u8]) -> io::Result<Self> {
        let unfinished = folder.join(UNFINISHED);
        let path = folder.join(header.file_name());
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(true).mode(OWN_FILE);
        // Had before anything is made: between the rename and the sync nothing may be wanting.
        let names = File::open(folder)?;
        let file = options.open(&unfinished)?;
        let mut segment = Self { file, path, header, end: FIRST_FRAME, allocated: 0 };
        segment.reserve(wide(frames.len()).max(1))?;
        segment.file.write_all_at(&header.encode(), 0)?;
        segment.append(frames)?;
        // The name comes last: a segment under its own name has its header and its room.
        segment.file.sync_all()?;
        std::fs::rename(&unfinished, &segment.path)?;
        // Whatever this is called, the segment is there, and nothing may be written to the one before it any more.
        names.sync_all().map_err(io::Error::other)?;
        Ok(segment)
    }

    /// Makes a segment anew in the format of this release, with all its frames, in the place of the old one.
    ///
    /// For one that has no entry yet: two segments cannot have one name.
    pub(crate) fn replace(folder: &Path, old: &Self) -> io::Result<Self> {
        let header = Header { format: FORMAT, ..old.header };
        let mut frames =
            vec![0; usize::try_from(old.end.saturating_sub(FIRST_FRAME)).map_err(io::Error::other)?];
        old.file.read_exact_at(&mut frames, FIRST_FRAME)?;
        Self::begin(folder, header, &frames)
    }

    /// Opens a segment that has frames up to `end`.
    pub(crate) fn open(path: &Path, header: Header, end: u64) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let allocated = file.metadata()?.len();
        Ok(Self { file, path: path.to_owned(), header, end, allocated })
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the next frame goes.
    pub(crate) const fn end(&self) -> u64 {
        self.end
    }

    /// Makes room for `more` bytes. On failure the segment is as before.
    pub(crate) fn reserve(&mut self, more: u64) -> io::Result<()> {
        let wanted = self.end.saturating_add(more);
        if wanted <= self.allocated {
            return Ok(());
        }
        let step = u64::from(self.header.step);
        let length = wanted.div_ceil(step).saturating_mul(step);
        // The length is set in one piece, so that no crash leaves a file that looks cut; the room follows.
        self.file.set_len(length)?;
        if let Err(error) = self.fill_with_room(length) {
            self.file.set_len(self.allocated)?;
            return Err(error);
        }
        self.allocated = length;
        Ok(())
    }

    fn fill_with_room(&self, length: u64) -> io::Result<()> {
        let more = length.saturating_sub(self.allocated);
        match rustix::fs::fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.allocated, more) {
            // Not every file system can; then zeros take the room.
            Err(Errno::OPNOTSUPP) => self.zero(self.allocated, length),
            other => Ok(other?),
        }
    }

    /// Writes frames at the end. Nothing is safe before [`Segment::sync`].
    pub(crate) fn append(&mut self, frames: &[u8]) -> io::Result<()> {
        self.file.write_all_at(frames, self.end)?;
        self.end += wide(frames.len());
        Ok(())
    }

    /// Waits until everything written is on disk. After a failure it must not be asked again: the system may
    /// have dropped what it could not write, and would say yes.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Gives back the room behind the last frame, once a later segment is there.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.sync_all()
    }

    /// Overwrites everything behind the last frame with zeros, so that what was torn can never come back.
    pub(crate) fn erase_rest(&self) -> io::Result<()> {
        self.zero(self.end, self.allocated)?;
        self.file.sync_data()
    }

    /// Writes the bytes from `start` to the end once more, and waits until they are on disk.
    ///
    /// After a kill they may be in memory only, and after a failed sync memory may call them written.
    pub(crate) fn write_again(&self, start: u64) -> io::Result<()> {
        let length = usize::try_from(self.end.saturating_sub(start)).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        self.file.write_all_at(&bytes, start)?;
        self.file.sync_all()
    }

    fn zero(&self, from: u64, to: u64) -> io::Result<()> {
        static ZEROS: [u8; 1 << 16] = [0; 1 << 16];
        let mut at = from;
        while at < to {
            let length = usize::try_from(to - at).unwrap_or(usize::MAX).min(ZEROS.len());
            let chunk = ZEROS.get(..length).unwrap_or_default();
            self.file.write_all_at(chunk, at)?;
            at += wide(length);
        }
        Ok(())
    }

    /// Takes away the right to write, as a disk does that went read-only.
    #[cfg(test)]
    pub(crate) fn break_for_test(&mut self) {
        self.file = File::open(&self.path).unwrap();
    }
}

/// Makes the names in `folder` safe.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes a segment that was never finished. It held nothing that was acknowledged.
pub(crate) fn remove_unfinished(folder: &Path) -> io::Result<()> {
    match std::fs::remove_file(folder.join(UNFINISHED)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            format: FORMAT,
            store: Uuid::from_u128(1),
            ordinal: 2,
            step: 4096,
            first: Position(7),
            base: 900,
            previous: Hash([5; 32]),
        }
    }

    #[test]
    fn a_header_survives_its_bytes() {
        let bytes = header().encode();
        assert_eq!(bytes.len(), HEADER);
        assert_eq!(Header::decode(&bytes), Ok(header()));
    }

    #[test]
    fn one_flipped_bit_is_damage_and_never_a_newer_format() {
        for at in 0..HEADER {
            let mut bytes = header().encode();
            bytes[at] ^= 1;
            assert_eq!(Header::decode(&bytes), Err(BadHeader::Damaged), "byte {at}");
        }
    }

    #[test]
    fn what_is_kept_for_later_formats_is_zero() {
        let mut bytes = header().encode();
        bytes[88] = 1;
        let sum = crc32fast::hash(&bytes[16..92]);
        bytes[92..].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(Header::decode(&bytes), Err(BadHeader::Damaged));
    }

    #[test]
    fn a_file_grows_by_whole_steps_and_keeps_its_frames() {
        let folder = tempfile::tempdir().unwrap();
        let mut segment = Segment::create(folder.path(), header()).unwrap();
        let length = |segment: &Segment| std::fs::metadata(segment.path()).unwrap().len();
        assert_eq!(length(&segment), 4096);
        segment.reserve(5000).unwrap();
        assert_eq!(length(&segment), 8192);
        segment.append(b"frames").unwrap();
        let path = segment.path().to_owned();
        segment.finish().unwrap();
        assert_eq!(std::fs::read(path).unwrap()[HEADER..], *b"frames");
    }
}
