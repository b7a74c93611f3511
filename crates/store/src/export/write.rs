//! Writing an export: two walks over the journal, the first for what the first line says.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Manifest;
use super::line::{CommitLine, EXPORT, EntryPart, FORMAT, First, Last, SUM};
use crate::fault::{JournalFault, VerifyError};
use crate::frame::{Body, COMMIT, Committed, ERASURE};
use crate::journal::Position;
use crate::lines::{Sums, base64};
use crate::open::journal_folder;
use crate::survey::{Survey, Visit, survey};
use crate::walk::Walk;

/// Why there is no whole export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The record is not in order, or not there.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The journal is not what it was when the export began.
    #[error(
        "the journal in {folder:?} was changed while it was exported, and not by adding to it; find out who works on the folder, \
         then export again"
    )]
    Changed {
        /// The folder of the store.
        folder: PathBuf,
    },
    /// The export could not be written.
    #[error("the export could not be written")]
    Write(#[source] io::Error),
}

impl ExportError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Verify(error) => error.code(),
            Self::Changed { .. } => "export/changed",
            Self::Write(_) => "export/write",
        }
    }
}

impl From<JournalFault> for ExportError {
    fn from(fault: JournalFault) -> Self {
        Self::Verify(fault.into())
    }
}

/// Writes the record of the store in `folder` to `out`, line by line, and verifies it on the way.
///
/// Needs no right to write to the store, no lock and no index; one segment is in memory at a time. A store may be in use: what
/// it gets meanwhile is left out. Everything that is exported is on disk in the store.
///
/// # Errors
///
/// Returns [`ExportError`] if the record is not in order or `out` takes no more. What was written until then has no last
/// line, so that no reader takes it for an export.
pub fn export_path(folder: &Path, out: &mut impl Write) -> Result<Manifest, ExportError> {
    let (manifest, length) = first_walk(folder)?;
    let mut writer = Writer { out, sums: Sums::new(SUM), walk: Walk::default(), entries: 0, commits: 0 };
    writer.line(&First {
        comity: EXPORT.to_owned(),
        format: FORMAT,
        store: manifest.store,
        entries: manifest.entries,
        cases: manifest.cases,
        root: manifest.root.to_string(),
        frame: manifest.frame.to_string(),
    })?;
    let again = survey(&journal_folder(folder), Some(length), |visit| writer.visit(visit))?;
    if !writer.agrees(&manifest, again.as_ref()) {
        // Nobody rewrites a journal but an attack, a restore or a broken disk.
        return Err(ExportError::Changed { folder: folder.to_owned() });
    }
    writer.end()?;
    Ok(manifest)
}

/// What there is to be exported, and how long the journal is up to there.
fn first_walk(folder: &Path) -> Result<(Manifest, u64), ExportError> {
    let mut walk = Walk::default();
    let walked = survey(&journal_folder(folder), None, |visit| taken(&mut walk, visit).map(|_| ()))?;
    let Some(walked) = walked else {
        return Err(VerifyError::NotFound { folder: folder.to_owned() }.into());
    };
    // The last group may be read before it is on disk, while somebody writes. Segments before the last are there.
    let last = &walked.last.path;
    File::open(last).and_then(|file| file.sync_data()).map_err(JournalFault::io(last))?;
    let manifest = Manifest {
        store: walked.last.header.store,
        entries: walked.chain.last().0,
        cases: walk.cases(),
        root: walk.root(),
        frame: walked.chain.previous,
    };
    Ok((manifest, walked.chain.length))
}

/// Holds a commit against all before it; gives it back if the frame is one.
fn taken<'v, 'a>(walk: &mut Walk, visit: &'v Visit<'a>) -> Result<Option<&'v Committed<'a>>, JournalFault> {
    let Body::Commit(commit) = &visit.body else { return Ok(None) };
    walk.take(commit).map_err(|what| JournalFault::Damaged {
        file: visit.segment.path.clone(),
        offset: visit.offset,
        what,
    })?;
    Ok(Some(commit))
}

struct Writer<'o, W> {
    out: &'o mut W,
    sums: Sums,
    walk: Walk,
    entries: u64,
    commits: u64,
}

impl<W: Write> Writer<'_, W> {
    fn visit(&mut self, visit: &Visit<'_>) -> Result<(), ExportError> {
        let Some(commit) = taken(&mut self.walk, visit)? else { return Ok(()) };
        self.commits += 1;
        self.entries += crate::bytes::wide(commit.entries.len());
        self.line(&commit_line(visit.link.position, commit))
    }

    fn line(&mut self, line: &impl serde::Serialize) -> Result<(), ExportError> {
        self.out.write_all(&self.sums.close(line)).map_err(ExportError::Write)
    }

    /// Whether what was written is what the first line says.
    fn agrees(&self, manifest: &Manifest, walked: Option<&Survey>) -> bool {
        let frame = walked.map(|walked| walked.chain.previous);
        (self.entries, self.walk.root(), frame) == (manifest.entries, manifest.root, Some(manifest.frame))
    }

    fn end(&mut self) -> Result<(), ExportError> {
        self.line(&Last {
            end: self.entries,
            commits: self.commits,
            cases: self.walk.cases(),
            root: self.walk.root().to_string(),
        })?;
        self.out.flush().map_err(ExportError::Write)
    }
}

fn commit_line(first: Position, commit: &Committed<'_>) -> CommitLine {
    let entry = |kept: &crate::frame::Kept<'_>| EntryPart {
        at: kept.recorded_at.as_unix_microseconds(),
        by: kept.recorded_by.to_owned(),
        payload: base64(kept.payload),
        hash: kept.hash.to_string(),
    };
    CommitLine {
        commit: first.0,
        body: if commit.erases { ERASURE } else { COMMIT },
        case: commit.case.0,
        seen: commit.seen.0,
        key: commit.key.map(str::to_owned),
        entries: commit.entries.iter().map(entry).collect(),
        rows: commit.rows.iter().map(|row| base64(row)).collect(),
    }
}
