//! Reading an export, commit by commit. Total over any bytes.

use std::io::{self, BufRead, Read};

use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::time::Moment;

use super::line::{CommitLine, EXPORT, EntryPart, FORMAT, First, LONGEST, Last, Probe, SUM};
use super::{Exported, ExportedEntry, Manifest};
use crate::bytes::wide;
use crate::frame::{COMMIT, Committed, ERASURE, Kept};
use crate::hash::Hash;
use crate::journal::{IdempotencyKey, Position};
use crate::lines::{Sums, from_base64, hash, read};
use crate::walk::Walk;

/// Why an export cannot be read any further. What was given out before was in order.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// The file cannot be read.
    #[error("the export cannot be read")]
    Io(#[source] io::Error),
    /// It is something else.
    #[error("this is no export of a record: its first line is not the one that `comity audit export` writes")]
    NotAnExport,
    /// A later release wrote it.
    #[error("the export has format {found}, and this program knows up to {known}; use a newer program")]
    NewerFormat {
        /// The format it says.
        found: u32,
        /// The newest that is read.
        known: u32,
    },
    /// A line is not what was written.
    #[error("line {line} of the export, where entry {position} would begin: {what}; take another copy")]
    Line {
        /// The line, from 1.
        line: u64,
        /// The position of the entry that was to begin there.
        position: Position,
        /// In what way.
        what: &'static str,
    },
    /// The end is not there.
    #[error("the export ends after line {lines} without its last line: it was cut off; take another copy")]
    Cut {
        /// How many lines there are.
        lines: u64,
    },
}

impl ExportFault {
    /// A stable name for the kind of fault.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "export/io",
            Self::NotAnExport => "export/not-an-export",
            Self::NewerFormat { .. } => "export/newer-format",
            Self::Line { .. } => "export/damaged",
            Self::Cut { .. } => "export/cut",
        }
    }
}

/// An export that is being read.
#[derive(Debug)]
pub struct ExportReader<R> {
    from: R,
    manifest: Manifest,
    sums: Sums,
    line: u64,
    next: Position,
    commits: u64,
    walk: Walk,
    has_ended: bool,
}

impl<R: BufRead> ExportReader<R> {
    /// Begins to read. The first line must be the one of an export.
    ///
    /// # Errors
    ///
    /// See [`ExportFault`].
    pub fn open(mut from: R) -> Result<Self, ExportFault> {
        let line = match next_line(&mut from) {
            Ok(line) => line,
            Err(BadLine::Io(error)) => return Err(ExportFault::Io(error)),
            Err(BadLine::Cut | BadLine::TooLong) => return Err(ExportFault::NotAnExport),
        };
        let mut sums = Sums::new(SUM);
        let probe = serde_json::from_slice(&line);
        let Ok(Probe { comity, format }) = probe else { return Err(ExportFault::NotAnExport) };
        if comity != EXPORT || format == 0 {
            return Err(ExportFault::NotAnExport);
        }
        if format > FORMAT {
            return Err(ExportFault::NewerFormat { found: format, known: FORMAT });
        }
        let wrong = |what| ExportFault::Line { line: 1, position: Position(1), what };
        let body = sums.open(&line).map_err(wrong)?;
        let manifest = manifest(&body).ok_or_else(|| wrong("a first line that no writer writes"))?;
        Ok(Self {
            from,
            manifest,
            sums,
            line: 1,
            next: Position(1),
            commits: 0,
            walk: Walk::default(),
            has_ended: false,
        })
    }

    /// What the first line says of the whole. It is held against the whole when the end is reached.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The next commit, or nothing once the last line was read and everything adds up to it.
    ///
    /// # Errors
    ///
    /// See [`ExportFault`]. After one, nothing of what follows may be used.
    pub fn next_commit(&mut self) -> Result<Option<Exported>, ExportFault> {
        if self.has_ended {
            return Ok(None);
        }
        let line = match next_line(&mut self.from) {
            Ok(line) => line,
            Err(BadLine::Io(error)) => return Err(ExportFault::Io(error)),
            Err(BadLine::Cut) => return Err(ExportFault::Cut { lines: self.line }),
            Err(BadLine::TooLong) => {
                self.line += 1;
                return Err(self.wrong("a line that is longer than any may be"));
            }
        };
        self.line += 1;
        let body = self.sums.open(&line).map_err(|what| self.wrong(what))?;
        if body.starts_with(br#"{"end":"#) {
            self.end(&body)?;
            return Ok(None);
        }
        let line: CommitLine = read(&body)
            .ok_or_else(|| self.wrong("neither a commit nor the last line, as a writer writes them"))?;
        self.commit(line).map(Some).map_err(|what| self.wrong(what))
    }

    fn commit(&mut self, line: CommitLine) -> Result<Exported, &'static str> {
        if line.commit != self.next.0 {
            return Err("a commit at another position than the next");
        }
        let erases = match line.body {
            COMMIT => false,
            ERASURE => true,
            _ => return Err("a commit of a kind that this program does not know"),
        };
        let entries = line.entries.into_iter().map(entry).collect::<Option<Vec<_>>>();
        let rows = line.rows.iter().map(|row| from_base64(row)).collect::<Option<Vec<_>>>();
        let exported = Exported {
            line: self.line,
            first: self.next,
            case: CaseId(line.case),
            seen: Version(line.seen),
            key: line.key.map(IdempotencyKey),
            entries: entries.ok_or("an entry that no writer writes")?,
            rows: rows.ok_or("an index row that no writer writes")?,
            erases,
        };
        let previous = self.walk.last_hash(exported.case);
        let committed = committed(&exported, previous).ok_or("more entries than can be numbered")?;
        if !committed.is_possible() {
            return Err("a commit that no writer writes");
        }
        self.walk.take(&committed)?;
        let after = exported.first.0.checked_add(wide(exported.entries.len()));
        self.next = Position(after.ok_or("more entries than can be numbered")?);
        self.commits += 1;
        Ok(exported)
    }

    fn end(&mut self, body: &[u8]) -> Result<(), ExportFault> {
        let last: Last = read(body).ok_or_else(|| self.wrong("a last line that no writer writes"))?;
        let (entries, cases, root) = (self.next.0.saturating_sub(1), self.walk.cases(), self.walk.root());
        let Manifest { entries: said, cases: cases_said, root: root_said, .. } = self.manifest;
        if (last.end, last.commits, last.cases) != (entries, self.commits, cases)
            || last.root != root.to_string()
        {
            return Err(self.wrong("a last line that does not add up to the lines before it"));
        }
        if (said, cases_said, root_said) != (entries, cases, root) {
            return Err(self.wrong("the lines do not add up to what the first line says"));
        }
        let mut more = [0];
        match self.from.read(&mut more) {
            Ok(0) => {}
            Ok(_) => {
                self.line += 1;
                return Err(self.wrong("more after the last line"));
            }
            Err(error) => return Err(ExportFault::Io(error)),
        }
        self.has_ended = true;
        Ok(())
    }

    fn wrong(&self, what: &'static str) -> ExportFault {
        ExportFault::Line { line: self.line, position: self.next, what }
    }
}

enum BadLine {
    Io(io::Error),
    /// There is none, or it has no line feed.
    Cut,
    TooLong,
}

/// The next line, without its line feed.
fn next_line(from: &mut impl BufRead) -> Result<Vec<u8>, BadLine> {
    let mut line = Vec::new();
    from.take(LONGEST).read_until(b'\n', &mut line).map_err(BadLine::Io)?;
    let whole = line.pop_if(|last| *last == b'\n').is_some();
    if whole {
        return Ok(line);
    }
    Err(if wide(line.len()) == LONGEST { BadLine::TooLong } else { BadLine::Cut })
}

fn manifest(body: &[u8]) -> Option<Manifest> {
    let First { store, entries, cases, root, frame, .. } = read(body)?;
    Some(Manifest { store, entries, cases, root: hash(root)?, frame: hash(frame)? })
}

fn entry(part: EntryPart) -> Option<ExportedEntry> {
    Some(ExportedEntry {
        recorded_at: Moment::from_unix_microseconds(part.at).ok()?,
        recorded_by: part.by,
        payload: from_base64(&part.payload)?,
        hash: hash(part.hash)?,
    })
}

/// The commit as the journal would keep it, behind the entry with the hash `previous`; that is what is checked.
fn committed(exported: &Exported, mut previous: Hash) -> Option<Committed<'_>> {
    let mut entries = Vec::with_capacity(exported.entries.len());
    for (entry, index) in exported.entries.iter().zip(0_u32..) {
        entries.push(Kept {
            position: Position(exported.first.0.checked_add(u64::from(index))?),
            number: EntryNumber::new(exported.seen.0.checked_add(index)?.checked_add(1)?)?,
            recorded_at: entry.recorded_at,
            recorded_by: &entry.recorded_by,
            payload: &entry.payload,
            hash: entry.hash,
            previous,
        });
        previous = entry.hash;
    }
    Some(Committed {
        case: exported.case,
        seen: exported.seen,
        key: exported.key.as_ref().map(|key| key.0.as_str()),
        entries,
        rows: exported.rows.iter().map(Vec::as_slice).collect(),
        erases: exported.erases,
    })
}
