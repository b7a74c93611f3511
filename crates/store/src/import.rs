//! A store made from an export: the same entries, hashes and root, in segments of its own.
//!
//! Frames are written anew, so the head of the journal is another one; what a checkpoint fixes, the root over all
//! entries, is the same. What is sealed stays sealed, and the keys come from the store or a backup of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use comity_core::id::{CaseId, Version};

use crate::backup::{UNFINISHED, is_free};
use crate::bytes::wide;
use crate::embedded::SledJournal;
use crate::export::{ExportFault, ExportReader, Exported, ExportedEntry, Manifest};
use crate::fault::{OpenError, VerifyError};
use crate::frame::{self, Link};
use crate::fresh;
use crate::hash;
use crate::journal::{CloseError, Head, Journal, Position};
use crate::key_copy;
use crate::key_file::key_file;
use crate::open::{OpenOptions, OpenReport, journal_folder};
use crate::ready::{Ready, ReadyEntry};
use crate::row;
use crate::scan::Chain;
use crate::seal;
use crate::segment::{self, FORMAT, Header, Segment};
use crate::verify::{Report, verify_path};

/// So many bytes of frames go to the disk at once.
const CHUNK: usize = 1 << 20;

/// A store that was made from an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What the export says of itself.
    pub from: Manifest,
    /// How the store was opened, with its index built.
    pub opened: OpenReport,
    /// What the store holds.
    pub report: Report,
}

/// Why nothing was imported. Export and keys are never changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The export is not in order.
    #[error(transparent)]
    Export(#[from] ExportFault),
    /// The folder for the store has something in it.
    #[error("{folder:?} is not empty; import into a folder that is empty or new")]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// Something is sealed, and no keys were given.
    #[error(
        "line {line} of the export is sealed under a key of its case, and an export has no keys; name the store, or a backup of it, that has them"
    )]
    NoKeys {
        /// The first line with something sealed.
        line: u64,
    },
    /// There are no keys where they were said to be.
    #[error("there are no keys of cases in {folder:?}; name the store that was exported, or a backup of it")]
    KeysNotFound {
        /// The folder.
        folder: PathBuf,
    },
    /// A file or folder cannot be read or written.
    #[error("{path:?} could not be used; nothing was imported: mend that, then try again")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The record was written, and the store did not open.
    #[error("the record is imported, and the store did not open")]
    Open(#[source] OpenError),
    /// The store was opened, and is not what the export is.
    #[error(
        "the store that was made is not what the export is; do not use it, and try again on another disk"
    )]
    Differs(#[source] Option<VerifyError>),
    /// The store was not closed.
    #[error("the record is imported, and the store was not closed cleanly")]
    Close(#[source] CloseError),
}

impl ImportError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Export(fault) => fault.code(),
            Self::NotEmpty { .. } => "import/not-empty",
            Self::NoKeys { .. } => "import/no-keys",
            Self::KeysNotFound { .. } => "import/keys-not-found",
            Self::Io { .. } => "import/io",
            Self::Open(error) => error.code(),
            Self::Differs(_) => "import/differs",
            Self::Close(error) => error.code(),
        }
    }

    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// Makes a store in `to` from an export, with the keys of the store or backup in `keys`, opens it and verifies it.
///
/// The store is written on the thread of the caller. Dropping the future after that may leave a store in `to` that was not
/// compared; remove the folder and begin again.
///
/// # Errors
///
/// Returns [`ImportError`]. Unless it says otherwise, there is no store in `to` then.
pub async fn import(
    from: impl BufRead,
    keys: Option<&Path>,
    to: &Path,
    options: OpenOptions,
) -> Result<Imported, ImportError> {
    match is_free(to) {
        Ok(true) => {}
        Ok(false) => return Err(ImportError::NotEmpty { folder: to.to_owned() }),
        Err(error) => return Err(ImportError::io(to)(error)),
    }
    if let Some(folder) = keys.filter(|folder| !key_file(folder).exists()) {
        return Err(ImportError::KeysNotFound { folder: folder.to_owned() });
    }
    let reader = ExportReader::open(from)?;
    let manifest = reader.manifest().clone();
    written(reader, keys, to, &options)?;
    let journal = SledJournal::open(to, OpenOptions { create: false, ..options }).await;
    let journal = journal.map_err(ImportError::Open)?;
    let report = journal.verify().await;
    let closed = journal.close().await;
    let report = report.map_err(|error| ImportError::Differs(Some(error)))?;
    let held = (report.last.0, report.cases, report.root, journal.report().store);
    if held != (manifest.entries, manifest.cases, manifest.root, manifest.store) {
        return Err(ImportError::Differs(None));
    }
    closed.map_err(ImportError::Close)?;
    Ok(Imported { from: manifest, opened: journal.report().clone(), report })
}

/// Writes the record beside its place, checks it, and gives it its name.
fn written<R: BufRead>(
    mut reader: ExportReader<R>,
    keys: Option<&Path>,
    to: &Path,
    options: &OpenOptions,
) -> Result<(), ImportError> {
    let unfinished = to.join(UNFINISHED);
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(ImportError::io(&unfinished)(error));
        }
        _ => {}
    }
    segment::make_own_folder(&unfinished).map_err(ImportError::io(&unfinished))?;
    let outcome = fill(&mut reader, keys.is_some(), &unfinished, options);
    if let Err(error) = outcome {
        // What is there is of no use, and the next attempt removes it too.
        let _ = fs::remove_dir_all(&unfinished);
        return Err(error);
    }
    let finish = || {
        segment::sync_folder(&unfinished)?;
        if let Some(keys) = keys {
            key_copy::copy(keys, to)?;
        }
        fresh::rename(&unfinished, &journal_folder(to))?;
        let above = to.parent().filter(|above| !above.as_os_str().is_empty());
        segment::sync_folder(above.unwrap_or(Path::new(".")))
    };
    finish().map_err(ImportError::io(to))?;
    verify_path(to).map(|_| ()).map_err(|error| ImportError::Differs(Some(error)))
}

fn fill<R: BufRead>(
    reader: &mut ExportReader<R>,
    has_keys: bool,
    folder: &Path,
    options: &OpenOptions,
) -> Result<(), ImportError> {
    let mut copy = Copy::begin(folder, reader.manifest(), options).map_err(ImportError::io(folder))?;
    while let Some(exported) = reader.next_commit()? {
        if !has_keys && is_sealed(&exported) {
            return Err(ImportError::NoKeys { line: exported.line });
        }
        copy.add(&exported).map_err(ImportError::io(folder))?;
    }
    copy.end().map_err(ImportError::io(folder))
}

fn is_sealed(exported: &Exported) -> bool {
    let payloads = exported.entries.iter().map(|entry| entry.payload.as_slice());
    let rows = exported.rows.iter().filter_map(|row| row::sealed(row));
    payloads.chain(rows).any(seal::is_sealed)
}

fn as_it_was(entry: &ExportedEntry) -> ReadyEntry<'_> {
    ReadyEntry {
        recorded_at: entry.recorded_at,
        recorded_by: &entry.recorded_by,
        payload: Cow::Borrowed(&entry.payload),
    }
}

/// A journal that is being written from the front, by nobody else.
struct Copy {
    folder: PathBuf,
    segment_bytes: u64,
    step: u32,
    segment: Segment,
    chain: Chain,
    durable: u64,
    waiting: Vec<u8>,
    heads: HashMap<CaseId, Head>,
}

impl Copy {
    fn begin(folder: &Path, manifest: &Manifest, options: &OpenOptions) -> io::Result<Self> {
        let chain = Chain { next: Position(1), previous: hash::store(manifest.store), length: 0 };
        let step = options.segment_step.max(4096);
        let header = Header {
            format: FORMAT,
            store: manifest.store,
            ordinal: 0,
            step,
            first: chain.next,
            base: 0,
            previous: chain.previous,
        };
        Ok(Self {
            folder: folder.to_owned(),
            segment_bytes: options.segment_bytes,
            step,
            segment: Segment::create(folder, header)?,
            chain,
            durable: 0,
            waiting: Vec::new(),
            heads: HashMap::new(),
        })
    }

    /// The commit as it was, behind what is there.
    fn add(&mut self, exported: &Exported) -> io::Result<()> {
        let unopened = Head { version: Version(0), hash: hash::Hash::NONE };
        let head = self.heads.get(&exported.case).copied().unwrap_or(unopened);
        let ready = Ready {
            case: exported.case,
            key: exported.key.as_ref(),
            entries: exported.entries.iter().map(as_it_was).collect(),
            rows: exported.rows.clone(),
            erases: exported.erases,
        };
        let start = self.waiting.len();
        let link = Link { position: self.chain.next, durable: self.durable, previous: self.chain.previous };
        let receipt = frame::write_commit(&mut self.waiting, link, head, &ready);
        let frame = self.waiting.get(start..).unwrap_or_default();
        self.chain = Chain {
            next: Position(receipt.position.0.saturating_add(1)),
            previous: hash::frame(frame),
            length: self.chain.length.saturating_add(wide(frame.len())),
        };
        self.heads.insert(exported.case, Head { version: receipt.version, hash: receipt.hash });
        if self.waiting.len() >= CHUNK || self.is_long() { self.write() } else { Ok(()) }
    }

    fn is_long(&self) -> bool {
        self.segment.end().saturating_add(wide(self.waiting.len())) > self.segment_bytes
    }

    fn write(&mut self) -> io::Result<()> {
        let is_long = self.is_long();
        self.segment.reserve(wide(self.waiting.len()))?;
        self.segment.append(&self.waiting)?;
        self.segment.sync()?;
        self.waiting.clear();
        self.durable = self.chain.length;
        if is_long {
            let next = Segment::create(&self.folder, self.segment.header().next(&self.chain, self.step))?;
            std::mem::replace(&mut self.segment, next).finish()?;
        }
        Ok(())
    }

    /// With a mark, so that damage to the last frames cannot pass for a torn write.
    fn end(mut self) -> io::Result<()> {
        self.write()?;
        let mut mark = Vec::new();
        let link = Link { position: self.chain.next, durable: self.durable, previous: self.chain.previous };
        frame::write_mark(&mut mark, link);
        self.segment.reserve(wide(mark.len()))?;
        self.segment.append(&mark)?;
        self.segment.sync()
    }
}
