//! Reads frames of the journal by their place, for whoever knows from the index where they are.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::bytes::wide;
use crate::frame::{self, BadFrame};
use crate::journal::Position;
use crate::pairs::Source;
use crate::segment::Header;

/// Most frames are shorter, and read at once.
const USUAL: usize = 4096;
/// So many segments are held open.
const OPEN: usize = 64;

/// The segments of a journal, open for reading.
#[derive(Debug)]
pub(crate) struct Frames {
    journal: PathBuf,
    open: Mutex<HashMap<Position, Arc<File>>>,
}

impl Frames {
    pub(crate) fn new(journal: &Path) -> Self {
        Self { journal: journal.to_owned(), open: Mutex::default() }
    }

    /// The bytes of the frame at `source`, whose checksum fits; nothing if none is there.
    pub(crate) fn read(&self, source: Source) -> io::Result<Option<Vec<u8>>> {
        let file = self.segment(source.segment)?;
        let mut bytes = vec![0; USUAL];
        let mut length = fill(&file, &mut bytes, source.offset)?;
        if let (Err(BadFrame::Cut), Some(whole)) = (frame::raw(&bytes), frame::length(&bytes))
            && whole > length
        {
            bytes.resize(whole, 0);
            length = fill(&file, &mut bytes, source.offset)?;
        }
        bytes.truncate(length);
        let whole = frame::raw(&bytes).ok().map(|raw| raw.bytes.len());
        Ok(whole.map(|whole| {
            bytes.truncate(whole);
            bytes
        }))
    }

    fn segment(&self, first: Position) -> io::Result<Arc<File>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&first) {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(File::open(self.journal.join(Header::name_of(first)))?);
        if open.len() >= OPEN {
            open.clear();
        }
        open.insert(first, Arc::clone(&file));
        Ok(file)
    }
}

/// Where the frame behind one of `length` bytes lies, if it is in the same segment.
pub(crate) fn behind(source: Source, length: usize) -> Source {
    Source { offset: source.offset.saturating_add(wide(length)), ..source }
}

/// Reads as many bytes as there are.
fn fill(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get_mut(at..).unwrap_or_default();
        match file.read_at(rest, offset.saturating_add(wide(at))) {
            Ok(0) => break,
            Ok(read) => at += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(at)
}
