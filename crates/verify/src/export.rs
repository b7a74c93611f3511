//! An export: the record as lines of JSON.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::commit::{COMMIT, ERASURE, Entry, Record};
use crate::kept::Seen;
use crate::line::{Line, Sum};
use crate::tree::Hash;
use crate::wrong::Wrong;

const SUM: &[u8] = b"comity.export.v1\0";
const FORMAT: u32 = 1;
const LONGEST: u64 = 8_388_608;
const BODY: &str = "a line that is not as a writer writes it";

/// What an export says of itself, and what was found to be so.
pub(crate) struct Export {
    pub(crate) store: [u8; 16],
    pub(crate) lines: u64,
}

/// What the first line says.
struct First {
    store: [u8; 16],
    entries: u64,
    cases: u64,
    root: Hash,
}

/// Reads the export in the file at `path`, and adds what it holds to `record`.
pub(crate) fn read(path: &Path, record: &mut Record, size_then: Option<u64>) -> Result<Export, Wrong> {
    let unreadable = |source| Wrong::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mut lines = Lines { path, from: BufReader::new(file), sum: Sum::new(SUM), number: 0, position: 1 };
    let first = lines.first()?;
    let mut commits = 0_u64;
    loop {
        let line = lines.next()?;
        let body = lines.body(&line)?;
        if body.starts_with(br#"{"end":"#) {
            lines.end(body, &first, commits, record)?;
            return Ok(Export { store: first.store, lines: lines.number });
        }
        let entries = commit(body, lines.position, record, size_then).map_err(|what| lines.wrong(what))?;
        lines.position += entries;
        commits += 1;
    }
}

struct Lines<'p, R> {
    path: &'p Path,
    from: R,
    sum: Sum,
    /// Of the line read last, from 1.
    number: u64,
    /// Of the entry that is to come next.
    position: u64,
}

impl<R: BufRead> Lines<'_, R> {
    /// The next line, without its line feed.
    fn next(&mut self) -> Result<Vec<u8>, Wrong> {
        let mut line = Vec::new();
        let read = (&mut self.from).take(LONGEST).read_until(b'\n', &mut line);
        read.map_err(|source| Wrong::Unreadable { path: self.path.to_owned(), source })?;
        self.number += 1;
        if line.pop() == Some(b'\n') {
            return Ok(line);
        }
        if line.len() as u64 + 1 == LONGEST {
            return Err(self.wrong("a line that is longer than any may be"));
        }
        Err(Wrong::Cut { path: self.path.to_owned(), lines: self.number - 1 })
    }

    fn body<'l>(&mut self, line: &'l [u8]) -> Result<&'l [u8], Wrong> {
        let checked = self.sum.checked(line);
        checked.map_err(|what| self.wrong(what))
    }

    fn first(&mut self) -> Result<First, Wrong> {
        let not_one = || Wrong::NotAnExport { path: self.path.to_owned() };
        let line = match self.next() {
            Err(Wrong::Cut { .. } | Wrong::Line { .. }) => {
                return Err(Wrong::NotAnExport { path: self.path.to_owned() });
            }
            line => line?,
        };
        let mut start = Line::of(&line).ok_or_else(not_one)?;
        let format = start.word(r#"{"comity":"export","format":"#).and_then(|()| start.number());
        match format {
            Some(FORMAT) => {}
            Some(found) => return Err(Wrong::OtherFormat { path: self.path.to_owned(), found }),
            None => return Err(not_one()),
        }
        let body = self.body(&line)?;
        first_line(body).ok_or_else(|| self.wrong(BODY))
    }

    fn end(&mut self, body: &[u8], first: &First, commits: u64, record: &Record) -> Result<(), Wrong> {
        let (end, says, cases, root) = last_line(body).ok_or_else(|| self.wrong(BODY))?;
        let found = (record.tree.size(), record.cases() as u64, record.tree.root());
        if (end, cases, root) != found || says != commits {
            return Err(self.wrong("a last line that does not add up to the lines before it"));
        }
        if (first.entries, first.cases, first.root) != found {
            return Err(self.wrong("the lines do not add up to what the first line says"));
        }
        match self.from.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => {
                self.number += 1;
                Err(self.wrong("more after the last line"))
            }
            Err(source) => Err(Wrong::Unreadable { path: self.path.to_owned(), source }),
        }
    }

    fn wrong(&self, what: &'static str) -> Wrong {
        Wrong::Line { path: self.path.to_owned(), line: self.number, position: self.position, what }
    }
}

fn first_line(body: &[u8]) -> Option<First> {
    let mut line = Line::of(body)?;
    line.word(r#"{"comity":"export","format":1,"store":"#)?;
    let store = line.uuid()?;
    line.word(r#","entries":"#)?;
    let entries = line.number()?;
    line.word(r#","cases":"#)?;
    let cases = line.number()?;
    line.word(r#","root":"#)?;
    let root = line.hash()?;
    // The last frame is that of the journal, of which an export knows nothing else.
    line.word(r#","frame":"#)?;
    line.hash()?;
    line.end()?;
    Some(First { store, entries, cases, root })
}

fn last_line(body: &[u8]) -> Option<(u64, u64, u64, Hash)> {
    let mut line = Line::of(body)?;
    line.word(r#"{"end":"#)?;
    let entries = line.number()?;
    line.word(r#","commits":"#)?;
    let commits = line.number()?;
    line.word(r#","cases":"#)?;
    let cases = line.number()?;
    line.word(r#","root":"#)?;
    let root = line.hash()?;
    line.end()?;
    Some((entries, commits, cases, root))
}

/// Takes the commit on a line. How many entries it brought.
fn commit(
    body: &[u8],
    position: u64,
    record: &mut Record,
    size_then: Option<u64>,
) -> Result<u64, &'static str> {
    let CommitLine { position: at, body, case, version, key, entries, rows } =
        commit_line(body).ok_or(BODY)?;
    if at != position {
        return Err("a commit at another position than the next");
    }
    if body != COMMIT && body != ERASURE {
        return Err("a commit of a kind that this program does not know");
    }
    if entries.is_empty() {
        return Err("a commit without entries");
    }
    let mut place = record.place(case, version)?;
    let mut seen = Seen::default();
    key.map_or(Ok(()), |key| Seen::key(key.as_bytes()))?;
    for (at, by, payload, says) in &entries {
        let entry = Entry { recorded_at: at.to_be_bytes(), recorded_by: by.as_bytes(), payload, says: *says };
        seen.entry(&entry)?;
        record.follow(&mut place, &entry, size_then)?;
    }
    rows.iter().try_for_each(|row| seen.row(row))?;
    record.settle(place, &seen, body == ERASURE)?;
    Ok(entries.len() as u64)
}

/// What a line says of a commit.
struct CommitLine {
    position: u64,
    body: u8,
    case: [u8; 16],
    version: u32,
    key: Option<String>,
    entries: Vec<EntryPart>,
    rows: Vec<Vec<u8>>,
}

/// When it was recorded, by whom, what, and its hash.
type EntryPart = (i64, String, Vec<u8>, Hash);

fn commit_line(body: &[u8]) -> Option<CommitLine> {
    let mut line = Line::of(body)?;
    line.word(r#"{"commit":"#)?;
    let position = line.number()?;
    line.word(r#","body":"#)?;
    let body = line.number()?;
    line.word(r#","case":"#)?;
    let case = line.uuid()?;
    line.word(r#","seen":"#)?;
    let version = line.number()?;
    line.word(r#","key":"#)?;
    let key = line.or_null(Line::string)?;
    line.word(r#","entries":"#)?;
    let entries = line.list(entry_part)?;
    line.word(r#","rows":"#)?;
    let rows = line.list(Line::bytes)?;
    line.end()?;
    rows.is_sorted_by(|before, after| before < after).then_some(CommitLine {
        position,
        body,
        case,
        version,
        key,
        entries,
        rows,
    })
}

fn entry_part(line: &mut Line<'_>) -> Option<EntryPart> {
    line.word(r#"{"at":"#)?;
    let at = line.number()?;
    line.word(r#","by":"#)?;
    let by = line.string()?;
    line.word(r#","payload":"#)?;
    let payload = line.bytes()?;
    line.word(r#","hash":"#)?;
    let hash = line.hash()?;
    line.word("}")?;
    Some((at, by, payload, hash))
}
