//! What an operator asks of a store: how much there is, where it lies, and how it ended. Read from the journal alone.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use uuid::Uuid;

use crate::bytes::wide;
use crate::fault::{JournalFault, VerifyError};
use crate::frame::{Body, Committed};
use crate::hash::Hash;
use crate::index_open;
use crate::journal::{Head, Position};
use crate::key_file::keys_folder;
use crate::open::{self, LOCK, index_folder, journal_folder};
use crate::survey::{self, TornTail, Visit, survey};
use crate::tree::Tree;

/// What a store holds, and what it takes on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The identity of the store.
    pub store: Uuid,
    /// The position of the last entry, which is the number of entries.
    pub last: Position,
    /// How many cases have entries.
    pub cases: u64,
    /// How many commits there are: entries that were recorded together are one.
    pub commits: u64,
    /// How many bytes the frames have.
    pub bytes: u64,
    /// The hash of the last frame.
    pub head: Hash,
    /// The root of the tree over all entries.
    pub root: Hash,
    /// The root of the tree over as many entries as were asked for, if there are so many.
    pub root_then: Option<Hash>,
    /// The latest moment at which something was recorded.
    pub latest: Option<Moment>,
    /// The case that takes the most bytes.
    pub largest: Option<CaseFacts>,
    /// The segments, in order.
    pub segments: Vec<SegmentFacts>,
    /// How the journal ends.
    pub end: JournalEnd,
    /// What the index takes on the disk.
    pub index_bytes: u64,
    /// Indexes that were moved aside, and what each takes on the disk.
    pub moved_aside: Vec<(PathBuf, u64)>,
    /// What the keys of the cases take on the disk.
    pub keys_bytes: u64,
}

/// What one case takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseFacts {
    /// The case.
    pub case: CaseId,
    /// How many entries it has.
    pub entries: u32,
    /// How many bytes its frames have.
    pub bytes: u64,
}

/// What one segment holds and takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentFacts {
    /// The file.
    pub path: PathBuf,
    /// Its format.
    pub format: u32,
    /// The position of its first entry.
    pub first: Position,
    /// How many entries it has.
    pub entries: u64,
    /// How many bytes its frames have.
    pub bytes: u64,
    /// What it takes on the disk, with the room that was taken in advance.
    pub on_disk: u64,
}

/// How a journal ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalEnd {
    /// With the mark of a store that was closed, or before anything was written.
    Closed,
    /// With an entry: the store is open, or its process was ended.
    Open,
    /// With half a write that nobody was told of: a write is going on, or a crash cut one off.
    Torn(TornTail),
}

/// Walks the journal of the store in `folder`, verifying every hash, and says what it found.
///
/// Needs no right to write, no lock and no index, and may be done while the store is in use. `then` is a number of entries,
/// such as a checkpoint has, whose root is wanted.
///
/// # Errors
///
/// Returns the first thing that is wrong, with the file and the place in it.
pub fn facts(folder: &Path, then: Option<u64>) -> Result<Facts, VerifyError> {
    let journal = journal_folder(folder);
    let mut count = Count { then, ..Count::default() };
    let surveyed = survey::<JournalFault>(&journal, None, |visit| count.visit(visit))?;
    let Some(surveyed) = surveyed else {
        return Err(VerifyError::NotFound { folder: folder.to_owned() });
    };
    count.root_now();
    let failed = |path: PathBuf| move |source| JournalFault::Io { path, source };
    let sizes = |folder: PathBuf| on_disk(&folder).map_err(failed(folder));
    let mut moved_aside = Vec::new();
    for path in index_open::moved_aside(folder).map_err(failed(folder.to_owned()))? {
        let size = on_disk(&path).map_err(failed(path.clone()))?;
        moved_aside.push((path, size));
    }
    let end = match surveyed.torn {
        Some(torn) => JournalEnd::Torn(torn),
        None if count.is_open => JournalEnd::Open,
        None => JournalEnd::Closed,
    };
    Ok(Facts {
        store: surveyed.last.header.store,
        last: surveyed.chain.last(),
        cases: wide(count.cases.len()),
        commits: count.commits,
        bytes: surveyed.chain.length,
        head: surveyed.chain.previous,
        root: count.tree.root(),
        root_then: count.root_then,
        latest: count.latest,
        largest: count.largest(),
        segments: segments(&surveyed.segments, &count.entries)?,
        end,
        index_bytes: sizes(index_folder(folder))?,
        moved_aside,
        keys_bytes: sizes(keys_folder(folder))?,
    })
}

fn segments(
    found: &[survey::Found],
    entries: &HashMap<u32, (u64, u64)>,
) -> Result<Vec<SegmentFacts>, JournalFault> {
    let facts = found.iter().map(|found| {
        let (entries, bytes) = entries.get(&found.header.ordinal).copied().unwrap_or_default();
        let about = fs::metadata(&found.path).map_err(JournalFault::io(&found.path))?;
        Ok(SegmentFacts {
            path: found.path.clone(),
            format: found.header.format,
            first: found.header.first,
            entries,
            bytes,
            on_disk: about.blocks().saturating_mul(512),
        })
    });
    facts.collect()
}

/// What a folder takes on the disk, with all in it. One that is missing takes nothing.
pub(crate) fn on_disk(folder: &Path) -> io::Result<u64> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        listing => listing?,
    };
    let mut bytes = 0_u64;
    for item in listing {
        let item = item?;
        // The index may be at work and its files come and go.
        let Ok(about) = item.metadata() else { continue };
        let below = if about.is_dir() { on_disk(&item.path())? } else { 0 };
        bytes = bytes.saturating_add(about.blocks().saturating_mul(512)).saturating_add(below);
    }
    Ok(bytes)
}

/// What was counted so far.
#[derive(Default)]
struct Count {
    then: Option<u64>,
    root_then: Option<Hash>,
    tree: Tree,
    pushed: u64,
    commits: u64,
    latest: Option<Moment>,
    is_open: bool,
    cases: HashMap<CaseId, (Head, u64)>,
    /// Entries and bytes, by the ordinal of the segment.
    entries: HashMap<u32, (u64, u64)>,
}

impl Count {
    fn visit(&mut self, visit: &Visit<'_>) -> Result<(), JournalFault> {
        let ordinal = visit.segment.header.ordinal;
        let bytes = visit.after.length.saturating_sub(visit.start());
        let segment = self.entries.entry(ordinal).or_default();
        segment.1 = segment.1.saturating_add(bytes);
        self.is_open = match &visit.body {
            Body::Mark => false,
            Body::Commit(commit) => {
                segment.0 = segment.0.saturating_add(wide(commit.entries.len()));
                let at = || (visit.segment.path.as_path(), visit.offset);
                self.commit(commit, bytes).map_err(|what| survey::damaged(at().0, at().1, what))?;
                true
            }
        };
        Ok(())
    }

    fn commit(&mut self, commit: &Committed<'_>, bytes: u64) -> Result<(), &'static str> {
        let (head, size) = self.cases.entry(commit.case).or_insert((Head::UNOPENED, 0));
        if *head != (Head { version: commit.seen, hash: commit.previous() }) {
            return Err("a commit that does not follow the one before it in its case");
        }
        let receipt = commit.receipt().ok_or("a commit without entries")?;
        *head = Head { version: receipt.version, hash: receipt.hash };
        *size = size.saturating_add(bytes);
        self.commits = self.commits.saturating_add(1);
        for entry in &commit.entries {
            if !entry.is_sound(commit.case) {
                return Err("an entry that does not fit its hash");
            }
            self.root_now();
            self.tree.push(entry.hash);
            self.pushed = self.pushed.saturating_add(1);
            self.latest = self.latest.max(Some(entry.recorded_at));
        }
        Ok(())
    }

    /// Keeps the root if the tree has as many entries as are asked for.
    fn root_now(&mut self) {
        if self.then == Some(self.pushed) {
            self.root_then = Some(self.tree.root());
        }
    }

    fn largest(&self) -> Option<CaseFacts> {
        let largest = self.cases.iter().max_by_key(|(case, (_, bytes))| (*bytes, case.0));
        largest.map(|(case, (head, bytes))| {
            let Version(entries) = head.version;
            CaseFacts { case: *case, entries, bytes: *bytes }
        })
    }
}

/// Who has the store in `folder` open, as far as is known. Nothing, if nobody has.
///
/// # Errors
///
/// Returns what the system said if the lock cannot be looked at.
pub fn holder(folder: &Path) -> io::Result<Option<String>> {
    let file = match fs::File::open(folder.join(LOCK)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    // Shared, and given back at once: others who look are not in each other's way.
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(fs::TryLockError::WouldBlock) => Ok(Some(open::held_by(file))),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// How many bytes the disk of `folder` has left for this account.
///
/// # Errors
///
/// Returns what the system said.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let about = rustix::fs::statvfs(folder)?;
    Ok(about.f_bavail.saturating_mul(about.f_frsize))
}
