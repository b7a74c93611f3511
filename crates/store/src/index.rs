//! The embedded database over the journal: one sled tree, rebuilt from the journal whenever it is in doubt.
//!
//! Only the writer changes it. Whoever reads holds the lock that the writer needs, because sled shows a
//! reader half a batch.

use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use comity_core::id::{CaseId, Version};
use uuid::Uuid;

use crate::applier::Group;
use crate::batch::Batch;
use crate::frame::{self, Body, Committed, Kept};
use crate::frames::{self, Frames};
use crate::hash::Hash;
use crate::index_open;
use crate::journal::{Head, IdempotencyKey, Position, ReadError, Receipt, Recorded};
use crate::keys::KeyStore;
use crate::opener::Opener;
use crate::pairs::{self, Listed, META, Meta, Source, Sum};
use crate::row::{self, Page, PageRequest, Query};
use crate::scan::Chain;
use crate::segment::FIRST_FRAME;
use crate::standing::Standing;

/// Fixed for the life of a database; pages above a quarter of it become files that are never synced.
const SEGMENT: usize = 4 << 20;
const CACHE: u64 = 32 << 20;
/// With more than this between two flushes, sled 0.34 can come to a standstill.
pub(crate) const FLUSH_AFTER: usize = SEGMENT / 8;

/// The index, open.
#[derive(Debug)]
pub(crate) struct Index {
    db: sled::Db,
    frames: Frames,
    keys: Arc<dyn KeyStore>,
    meta: Meta,
    unflushed: AtomicUsize,
    adding: Mutex<Adding>,
}

/// What was added up so far of what the index really holds.
#[derive(Debug, Default)]
struct Adding {
    /// The last key that was counted.
    up_to: Option<Vec<u8>>,
    sum: Sum,
}

/// The database, not yet trusted and without keys.
#[derive(Debug)]
pub(crate) struct Database {
    db: sled::Db,
    meta: Meta,
}

/// A commit that is on disk and not yet in the index.
#[derive(Debug)]
pub(crate) struct Applied<'a> {
    pub(crate) commit: Committed<'a>,
    pub(crate) source: Source,
    pub(crate) after: Chain,
}

/// Why the index cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IndexError {
    #[error("the database failed: {}", index_open::sentence(.0))]
    Sled(#[from] sled::Error),
    #[error("a value of the database has an impossible form")]
    Form,
    #[error("{0}")]
    Order(&'static str),
    #[error("the key of a case could not be had or destroyed: {0}")]
    Keys(io::Error),
    #[error("the database panicked")]
    Panic,
}

impl Database {
    /// Opens the database in `folder`, or makes it. It may block, fail or panic on a damaged folder.
    pub(crate) fn open(folder: &Path) -> Result<Option<Self>, sled::Error> {
        crate::segment::make_own_folder(folder)?;
        let db = sled::Config::new()
            .path(folder)
            .segment_size(SEGMENT)
            .cache_capacity(CACHE)
            .flush_every_ms(Some(500))
            .open()?;
        let meta = match db.get(META)? {
            Some(bytes) => Meta::decode(&bytes),
            None => db.is_empty().then_some(Meta {
                store: Uuid::nil(),
                chain: Chain { next: Position(1), previous: Hash::NONE, length: 0 },
                next_slot: 0,
                blinder: [0; 8],
                sum: Sum::default(),
            }),
        };
        Ok(meta.map(|meta| Self { db, meta }))
    }

    pub(crate) const fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Adds up what the database really holds. `progress` grows meanwhile.
    pub(crate) fn contents(&self, progress: &AtomicU64) -> Result<Sum, sled::Error> {
        contents(&self.db, progress)
    }

    /// The index that it is, over the segments in `journal`.
    pub(crate) fn into_index(self, journal: &Path, keys: Arc<dyn KeyStore>) -> Index {
        Index {
            db: self.db,
            frames: Frames::new(journal),
            keys,
            meta: self.meta,
            unflushed: AtomicUsize::new(0),
            adding: Mutex::default(),
        }
    }
}

fn contents(db: &sled::Db, progress: &AtomicU64) -> Result<Sum, sled::Error> {
    let mut sum = Sum::default();
    for pair in db.iter() {
        let (key, value) = pair?;
        if key != META {
            sum.add(&key, &value);
        }
        progress.fetch_add(1, Ordering::Relaxed);
    }
    Ok(sum)
}

/// What is recorded of a case, read from the database alone.
///
/// While somebody applies to it, right only for a case about which nothing is waiting to be applied.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    db: sled::Db,
}

impl Past {
    pub(crate) fn standing(&self, case: CaseId) -> Result<Standing, IndexError> {
        match self.db.get(pairs::standing_key(case))? {
            Some(value) => Standing::decode(&value).ok_or(IndexError::Form),
            None => Ok(Standing::UNOPENED),
        }
    }

    /// What `key` was answered on `case`, and for which content.
    pub(crate) fn answer(
        &self,
        case: CaseId,
        key: &IdempotencyKey,
    ) -> Result<Option<(Hash, Receipt)>, IndexError> {
        match self.db.get(pairs::answer_key(case, &key.0))? {
            Some(value) => pairs::read_answer(&value).map(Some).ok_or(IndexError::Form),
            None => Ok(None),
        }
    }
}

impl Index {
    pub(crate) const fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Whether nothing was ever applied.
    pub(crate) const fn is_new(&self) -> bool {
        self.meta.store.is_nil()
    }

    /// Names the journal that a new index follows.
    pub(crate) fn begin(&mut self, store: Uuid, previous: Hash) {
        self.meta.store = store;
        self.meta.chain.previous = previous;
        self.meta.blinder = self.keys.blinder().mark();
    }

    /// The keys of the cases.
    pub(crate) fn keys(&self) -> &Arc<dyn KeyStore> {
        &self.keys
    }

    /// Adds up what the index really holds. `progress` grows meanwhile.
    pub(crate) fn contents(&self, progress: &AtomicU64) -> Result<Sum, sled::Error> {
        contents(&self.db, progress)
    }

    /// Adds up so many more pairs of what the index really holds. At the end: whether it is what it says it holds.
    pub(crate) fn add_up(&self, pairs: usize) -> Result<Option<bool>, IndexError> {
        let mut adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let from = adding.up_to.clone().map_or(Bound::Unbounded, Bound::Excluded);
        let mut range = self.db.range::<Vec<u8>, _>((from, Bound::Unbounded));
        for _ in 0..pairs {
            let Some(pair) = range.next() else { return Ok(Some(adding.sum == self.meta.sum)) };
            let (key, value) = pair?;
            if key != META {
                adding.sum.add(&key, &value);
            }
            adding.up_to = Some(key.to_vec());
        }
        Ok(None)
    }

    /// What a batch changes of what was added up already.
    fn count_again(&mut self, batch: &Batch) -> Result<(), IndexError> {
        let adding = self.adding.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(up_to) = &adding.up_to else { return Ok(()) };
        for (key, value) in batch.changes.iter().filter(|(key, _)| *key <= up_to) {
            if let Some(old) = self.db.get(key)? {
                adding.sum.remove(key, &old);
            }
            if let Some(value) = value {
                adding.sum.add(key, value);
            }
        }
        Ok(())
    }

    /// Begins to apply commits.
    pub(crate) fn feed(&mut self) -> Feed<'_> {
        let batch = self.batch();
        Feed { index: self, batch }
    }

    /// What is recorded, one case at a time.
    pub(crate) fn past(&self) -> Past {
        Past { db: self.db.clone() }
    }

    /// Begins a batch on top of what was applied. It holds only as long as nothing else is applied.
    pub(crate) fn batch(&self) -> Batch {
        Batch::new(self.meta)
    }

    /// Adds a commit to a batch that was begun with [`Index::batch`].
    pub(crate) fn add(&self, batch: &mut Batch, applied: &Applied<'_>) -> Result<(), IndexError> {
        batch.add(&self.db, &*self.keys, applied)
    }

    /// Makes room for a batch, so that sled never holds too much that is not on disk. It may wait for the disk.
    pub(crate) fn make_room(&self, batch: &Batch) -> Result<(), IndexError> {
        if self.unflushed.load(Ordering::Relaxed) + batch.size > FLUSH_AFTER { self.flush() } else { Ok(()) }
    }

    /// Applies a batch for which there is room.
    pub(crate) fn write(&mut self, batch: Batch) -> Result<(), IndexError> {
        if batch.changes.is_empty() {
            return Ok(());
        }
        self.unflushed.fetch_add(batch.size, Ordering::Relaxed);
        self.count_again(&batch)?;
        let mut changes = sled::Batch::default();
        for (key, value) in batch.changes {
            match value {
                Some(value) => changes.insert(key, value),
                None => changes.remove(key),
            }
        }
        changes.insert(META, batch.meta.encode());
        self.db.apply_batch(changes)?;
        self.meta = batch.meta;
        Ok(())
    }

    /// Writes out what sled holds in memory. Not needed for safety: the journal has it all.
    pub(crate) fn flush(&self) -> Result<(), IndexError> {
        self.db.flush()?;
        self.unflushed.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// What was recorded of a case after `after`. `stranded` is what is on disk of it and never got here.
    pub(crate) fn read(
        &self,
        case: CaseId,
        after: Version,
        stranded: &[Arc<Group>],
    ) -> Result<Vec<Recorded>, ReadError> {
        let beside = stranded.iter().flat_map(|group| group.commits()).map(|applied| Ok(applied?.commit));
        let beside: Vec<_> = beside.collect::<Result<_, IndexError>>()?;
        let kept = beside.iter().filter(|commit| commit.case == case).flat_map(|commit| &commit.entries);
        // A database that failed may hold all of what is stranded, or some: none of it is asked for there.
        let head = match kept.clone().next() {
            Some(first) => Head { version: Version(first.number.get() - 1), hash: first.previous },
            None => self.past().standing(case)?.head,
        };
        let mut entries = self.read_up_to(case, after, head)?;
        let mut opener = Opener::new(&*self.keys);
        for entry in kept.filter(|entry| Version::from(entry.number) > after) {
            entries.push(recorded(entry, case, &mut opener)?);
        }
        Ok(entries)
    }

    fn read_up_to(&self, case: CaseId, after: Version, head: Head) -> Result<Vec<Recorded>, ReadError> {
        let mut entries = Vec::new();
        if after >= head.version {
            return Ok(entries);
        }
        let mut opener = Opener::new(&*self.keys);
        let mut next = after.next();
        for listed in self.listed(case, after)? {
            if listed.first > head.version.0 {
                break;
            }
            let bytes = self.frame(listed.source)?;
            let commit = commit_in(&bytes).filter(|commit| commit.case == case);
            let commit = commit.ok_or_else(|| damaged("a frame that is not of the case"))?;
            for entry in &commit.entries {
                if entry.number < next {
                    continue;
                }
                if entry.number > next {
                    return Err(damaged("a gap in a case"));
                }
                entries.push(recorded(entry, case, &mut opener)?);
                next = Version::from(entry.number).next();
            }
        }
        match entries.last() {
            Some(last) if last.hash == head.hash => Ok(entries),
            _ => Err(damaged("a case whose last entry is not its head")),
        }
    }

    /// The commits of a case that have entries after `after`.
    fn listed(&self, case: CaseId, after: Version) -> Result<Vec<Listed>, ReadError> {
        let (from, to) = pairs::frames_range(case);
        let mut all = Vec::new();
        // From the newest list back, so that of a long case only what is wanted is read.
        for pair in self.db.range(from..to).rev() {
            let (_, value) = pair.map_err(IndexError::from)?;
            let list = pairs::read_listed(&value).ok_or(IndexError::Form)?;
            let reaches = list.first().is_some_and(|first| first.first <= after.0.saturating_add(1));
            all.push(list);
            if reaches {
                break;
            }
        }
        let all: Vec<Listed> = all.into_iter().rev().flatten().collect();
        let wanted = all.iter().rposition(|listed| listed.first <= after.0.saturating_add(1)).unwrap_or(0);
        Ok(all.get(wanted..).unwrap_or_default().to_vec())
    }

    pub(crate) fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let mut entries = Vec::new();
        let last = self.meta.chain.last();
        if after >= last || limit == 0 {
            return Ok(entries);
        }
        let mut opener = Opener::new(&*self.keys);
        let mut source = self.landmark(Position(after.0.saturating_add(1)))?;
        let mut next = None;
        loop {
            let (bytes, at) = self.frame_from(source, next)?;
            source = frames::behind(at, bytes.len());
            let Some(commit) = commit_in(&bytes) else { continue };
            for entry in &commit.entries {
                if next.is_some_and(|next| entry.position != next) {
                    return Err(damaged("a gap in the order of entries"));
                }
                next = Some(Position(entry.position.0.saturating_add(1)));
                if entry.position > after {
                    entries.push(recorded(entry, commit.case, &mut opener)?);
                }
                if entries.len() == limit || entry.position >= last {
                    return Ok(entries);
                }
            }
        }
    }

    /// Where to begin to look for `position`.
    fn landmark(&self, position: Position) -> Result<Source, ReadError> {
        let range = pairs::position_key(Position(0))..=pairs::position_key(position);
        let pair = self.db.range(range).next_back().ok_or_else(|| damaged("no entry at its position"))?;
        let (_, value) = pair.map_err(IndexError::from)?;
        Ok(pairs::read_source(&value).ok_or(IndexError::Form)?)
    }

    fn frame(&self, source: Source) -> Result<Vec<u8>, ReadError> {
        let read = self.frames.read(source).map_err(ReadError::Io)?;
        read.ok_or_else(|| damaged("no whole frame where one was written"))
    }

    /// The frame at `source`, or the first of the segment that begins with `next`.
    fn frame_from(&self, source: Source, next: Option<Position>) -> Result<(Vec<u8>, Source), ReadError> {
        if let Some(bytes) = self.frames.read(source).map_err(ReadError::Io)? {
            return Ok((bytes, source));
        }
        let segment = next.ok_or_else(|| damaged("no whole frame where one was written"))?;
        let source = Source { segment, offset: FIRST_FRAME };
        Ok((self.frame(source)?, source))
    }

    pub(crate) fn rows(&self, query: &Query, page: &PageRequest) -> Result<Page, ReadError> {
        let (from, to) = query.range(&self.keys.blinder());
        let start = row::page_start(from, page.after.as_ref());
        if start >= to {
            return Ok(Page { rows: Vec::new(), next: None });
        }
        let range = pairs::index_key(&start)..pairs::index_key(&to);
        let keys = self.db.range(range).keys().map(|key| {
            let key = key.map_err(IndexError::from)?;
            Ok(pairs::read_index_key(&key).ok_or(IndexError::Form)?.to_vec())
        });
        row::page(keys, page.limit, query.hidden().as_ref(), || damaged("an index row"))
    }
}

fn commit_in(bytes: &[u8]) -> Option<Committed<'_>> {
    match frame::raw(bytes).ok()?.body()? {
        Body::Commit(commit) => Some(commit),
        Body::Mark => None,
    }
}

fn recorded(kept: &Kept<'_>, case: CaseId, opener: &mut Opener<'_>) -> Result<Recorded, ReadError> {
    if !kept.is_sound(case) {
        return Err(damaged("an entry"));
    }
    Ok(kept.recorded(case, opener.open(case, kept.payload)?))
}

impl From<IndexError> for ReadError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Sled(error) => Self::Io(io::Error::other(index_open::sentence(&error))),
            IndexError::Form => damaged("a value"),
            IndexError::Order(what) => damaged(what),
            IndexError::Keys(error) => Self::Keys { why: error.to_string() },
            IndexError::Panic => Self::Io(io::Error::other(error.to_string())),
        }
    }
}

fn damaged(what: &str) -> ReadError {
    ReadError::Damaged { what: what.to_owned() }
}

/// Commits on their way into the index, in order, each wholly or not at all.
pub(crate) struct Feed<'i> {
    index: &'i mut Index,
    batch: Batch,
}

impl Feed<'_> {
    /// The position of the next entry.
    pub(crate) const fn next(&self) -> Position {
        self.batch.meta.chain.next
    }

    /// Applies a commit, now or with those after it.
    pub(crate) fn add(&mut self, applied: &Applied<'_>) -> Result<(), IndexError> {
        self.index.add(&mut self.batch, applied)?;
        if self.batch.is_full() { self.finish() } else { Ok(()) }
    }

    /// Applies what is still to be applied. Without it, that is left out.
    pub(crate) fn finish(&mut self) -> Result<(), IndexError> {
        let batch = std::mem::replace(&mut self.batch, self.index.batch());
        self.index.make_room(&batch)?;
        self.index.write(batch)?;
        self.batch = self.index.batch();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applier::Backlog;
    use crate::conformance::commit;
    use crate::open::{OpenOptions, Parts, open};
    use crate::plan::Plan;
    use crate::writer;

    fn record(parts: &mut Parts, seen: u32) -> Arc<Group> {
        let mut plan = Plan::new(parts.chain, parts.index.meta().next_slot);
        let commit = commit(CaseId(Uuid::from_u128(1)), Version(seen), &["entry", "another"], &[]);
        let past = writer::Recorded { backlog: &Backlog::default(), index: &parts.index.past() };
        plan.decide(&past, &**parts.index.keys(), &commit).unwrap().unwrap();
        let source = Source { segment: parts.segment.header().first, offset: parts.segment.end() };
        parts.segment.append(&plan.bytes).unwrap();
        parts.segment.sync().unwrap();
        parts.chain = plan.chain;
        Arc::new(Group::new(plan, source))
    }

    fn batch(index: &Index, group: &Group) -> Batch {
        let mut batch = index.batch();
        group.commits().for_each(|applied| index.add(&mut batch, &applied.unwrap()).unwrap());
        batch
    }

    #[test]
    fn what_a_failing_database_has_of_a_group_that_is_stranded_is_not_shown_twice() {
        let folder = tempfile::tempdir().unwrap();
        let mut parts = open(folder.path(), &OpenOptions::default()).unwrap();
        let first = record(&mut parts, 0);
        let applied = batch(&parts.index, &first);
        parts.index.write(applied).unwrap();
        let stranded = record(&mut parts, 2);
        let case = CaseId(Uuid::from_u128(1));
        let mut changes = batch(&parts.index, &stranded).changes.into_iter();
        loop {
            let read = parts.index.read(case, Version(0), &[Arc::clone(&stranded)]).unwrap();
            let numbers: Vec<u32> = read.iter().map(|entry| entry.number.get()).collect();
            assert_eq!(numbers, [1, 2, 3, 4]);
            let read = parts.index.read(case, Version(3), &[Arc::clone(&stranded)]).unwrap();
            assert_eq!(read.len(), 1);
            let Some((key, value)) = changes.next() else { break };
            let db = &parts.index.db;
            value.map_or_else(|| db.remove(&key), |value| db.insert(&key, value)).unwrap();
        }
    }
}
