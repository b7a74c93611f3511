//! The folder of the backup: what it holds, and how it grows.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::manifest;
use super::piece::Piece;
use super::{BackupError, offset, start_of};
use crate::bytes::wide;
use crate::fault::JournalFault;
use crate::fresh;
use crate::key_copy;
use crate::live::Walk;
use crate::open::{self, journal_folder};
use crate::scan::{self, Chain};
use crate::segment::{self, HEADER, Header, UNFINISHED};
use crate::survey::{Found, list};

/// A backup that is being brought up to date, by this process alone.
pub(super) struct Target {
    folder: PathBuf,
    journal: PathBuf,
    segments: Vec<Found>,
    _lock: File,
}

impl Target {
    /// Takes the folder of the backup, or makes it.
    pub(super) fn open(folder: &Path, store: Uuid) -> Result<Self, BackupError> {
        let journal = journal_folder(folder);
        only_ours(folder)?;
        segment::make_own_folder(&journal).map_err(BackupError::io(&journal))?;
        let lock = open::lock(folder).map_err(|error| BackupError::not_taken(folder.to_owned(), error))?;
        segment::remove_unfinished(&journal).map_err(BackupError::io(&journal))?;
        for path in [folder, &journal] {
            let above = path.parent().filter(|above| !above.as_os_str().is_empty());
            segment::sync_folder(above.unwrap_or(Path::new("."))).map_err(BackupError::io(path))?;
        }
        let segments = list(&journal).map_err(BackupError::Backup)?;
        match segments.first().map(|first| first.header.store) {
            Some(other) if other != store => {
                Err(BackupError::OtherStore { folder: folder.to_owned(), backup: other, store })
            }
            _ => Ok(Self { folder: folder.to_owned(), journal, segments, _lock: lock }),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The last segment that the backup has begun; the first, if none.
    pub(super) fn ordinal(&self) -> usize {
        self.segments.len().saturating_sub(1)
    }

    /// Where the backup ends. Its segments must be those of the store as far as both go.
    pub(super) fn chain(&self, source: &[Found], first: &Found) -> Result<Chain, BackupError> {
        let Some(last) = self.segments.last() else {
            return Ok(start_of(first));
        };
        let parting = self.segments.iter().zip(source).position(|(ours, theirs)| !same(ours, theirs));
        if let Some(at) = parting {
            // A segment that begins elsewhere follows one that ends elsewhere.
            return Err(self.differs(source.get(at.saturating_sub(1)).unwrap_or(first))?);
        }
        let mut chain = start_of(last);
        let walk = Walk { folder: &self.journal, found: last, next: None, until: None };
        walk.frames::<JournalFault>(&mut chain, &mut |_| Ok(())).map_err(BackupError::Backup)?;
        Ok(chain)
    }

    /// Whether the backup once ended where the segment `found` of the store ends, at `chain`.
    pub(super) fn passes(&self, found: &Found, chain: &Chain) -> Result<bool, BackupError> {
        let ours = self.segments.iter().find(|ours| ours.header.ordinal == found.header.ordinal);
        let Some(ours) = ours else { return Ok(false) };
        let mut stands = start_of(ours);
        let mut passes = stands == *chain;
        let next =
            self.segments.iter().find(|next| next.header.ordinal == ours.header.ordinal.saturating_add(1));
        let walk = Walk { folder: &self.journal, found: ours, next, until: None };
        walk.frames::<JournalFault>(&mut stands, &mut |visit| {
            passes |= visit.after == *chain;
            Ok(())
        })
        .map_err(BackupError::Backup)?;
        Ok(passes)
    }

    /// Whether the backup has nothing of a segment, or has it in an older format.
    pub(super) fn lacks(&self, found: &Found) -> bool {
        let ours = self.segments.iter().find(|ours| ours.header.ordinal == found.header.ordinal);
        ours.is_none_or(|ours| ours.header.format != found.header.format)
    }

    /// Puts the piece in the place of what the backup has of that segment.
    ///
    /// The file is a whole number of steps long, as that of a last segment must be; the room behind takes none of the disk.
    pub(super) fn write(&self, found: &Found, piece: &Piece) -> Result<(), BackupError> {
        let (unfinished, path) = (self.journal.join(UNFINISHED), self.journal.join(found.header.file_name()));
        let step = u64::from(found.header.step);
        let write = || {
            let file = fresh::written(&unfinished, &piece.bytes)?;
            file.set_len(wide(piece.bytes.len()).div_ceil(step).saturating_mul(step))?;
            file.sync_all()?;
            fresh::rename(&unfinished, &path)
        };
        write().map_err(BackupError::io(&path))
    }

    /// Gives finished segments their length in the store. Until the next one is there, they must look like the last.
    pub(super) fn trim(&self, source: &[Found]) -> Result<(), BackupError> {
        for (found, next) in source.iter().zip(source.iter().skip(1)).skip(self.ordinal()) {
            let path = self.journal.join(found.header.file_name());
            let length = offset(found, next.header.base);
            let trim = || {
                let file = File::options().write(true).open(&path)?;
                file.set_len(length)?;
                file.sync_all()
            };
            trim().map_err(BackupError::io(&path))?;
        }
        Ok(())
    }

    /// Where the backup and the segment `found` of the store part.
    pub(super) fn differs(&self, found: &Found) -> Result<BackupError, BackupError> {
        let file = self.journal.join(found.header.file_name());
        let ours = fs::read(&file).map_err(BackupError::io(&file))?;
        let theirs = fs::read(&found.path).map_err(JournalFault::io(&found.path))?;
        let (ours, theirs) = (frames(&ours), frames(&theirs));
        let alike = ours.iter().zip(theirs.iter()).take_while(|(one, other)| one == other).count();
        // The frame in which they part is the last that begins before.
        let (mut chain, mut parted) = (start_of(found), start_of(found));
        let _ = scan::walk(ours, &mut chain, |placed| {
            parted = if placed.at <= alike { parted } else { return Err(()) };
            if placed.at.saturating_add(placed.raw.bytes.len()) <= alike {
                parted = placed.after;
            }
            Ok(())
        });
        Ok(BackupError::Diverged { offset: offset(found, parted.length), position: parted.next, file })
    }
}

fn frames(bytes: &[u8]) -> &[u8] {
    bytes.get(HEADER..).unwrap_or_default()
}

/// Whether two segments begin where the same journal stands. Format and step are of the file and not of the record.
fn same(one: &Found, other: &Found) -> bool {
    let what = |header: &Header| (header.store, header.ordinal, header.first, header.base, header.previous);
    what(&one.header) == what(&other.header)
}

/// A folder that is empty, missing, or holds nothing that a backup does not make.
fn only_ours(folder: &Path) -> Result<(), BackupError> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        listing => listing.map_err(BackupError::io(folder))?,
    };
    let ours = ["journal", key_copy::FOLDER, open::LOCK, manifest::NAME, manifest::UNFINISHED, "lost+found"];
    for item in listing {
        let name = item.map_err(BackupError::io(folder))?.file_name();
        if !ours.iter().any(|known| *name == **known) {
            let found = name.to_string_lossy().into_owned();
            return Err(BackupError::NotABackup { folder: folder.to_owned(), found });
        }
    }
    Ok(())
}
