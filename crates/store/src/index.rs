//! The embedded database over the journal: one sled tree, rebuilt from the journal whenever it is in doubt.
//!
//! Only the writer changes it. Whoever reads holds the lock that the writer needs, because sled shows a
//! reader half a batch.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use comity_core::id::{CaseId, EntryNumber, Version};
use sled::IVec;
use uuid::Uuid;

use crate::frame::Committed;
use crate::hash::{self, Hash};
use crate::index_open;
use crate::journal::{Head, IdempotencyKey, Position, ReadError, Receipt, Recorded};
use crate::pairs::{self, META, Meta, Payload, Source, Sum};
use crate::row::{self, Page, PageRequest, Query};
use crate::scan::Chain;
use crate::segment::Header;

/// Fixed for the life of a database; pages above a quarter of it become files that are never synced.
const SEGMENT: usize = 4 << 20;
const CACHE: u64 = 32 << 20;
/// With more than this between two flushes, sled 0.34 can come to a standstill.
const FLUSH_AFTER: usize = SEGMENT / 8;
/// A batch is closed when it has grown to this.
const BATCH: usize = FLUSH_AFTER / 4;
/// What sled keeps beside the bytes of a pair, roughly.
const OVERHEAD: usize = 32;

/// The index, open.
#[derive(Debug)]
pub(crate) struct Index {
    db: sled::Db,
    journal: PathBuf,
    meta: Meta,
    unflushed: usize,
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
    #[error("a commit does not follow from the one before it in its case")]
    Order,
    #[error("the database panicked")]
    Panic,
}

impl Index {
    /// Opens the database in `folder`, or makes it. It may block, fail or panic on a damaged folder.
    pub(crate) fn open(folder: &Path, journal: &Path) -> Result<Option<Self>, sled::Error> {
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
                sum: Sum::default(),
            }),
        };
        Ok(meta.map(|meta| Self { db, journal: journal.to_owned(), meta, unflushed: 0 }))
    }

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
    }

    /// Adds up what the database really holds. `progress` grows meanwhile.
    pub(crate) fn contents(&self, progress: &AtomicU64) -> Result<Sum, sled::Error> {
        let mut sum = Sum::default();
        for pair in self.db.iter() {
            let (key, value) = pair?;
            if key != META {
                sum.add(&key, &value);
            }
            progress.fetch_add(1, Ordering::Relaxed);
        }
        Ok(sum)
    }

    /// Begins to apply commits.
    pub(crate) fn feed(&mut self) -> Feed<'_> {
        let batch = Batch::new(self.meta);
        Feed { index: self, batch }
    }

    fn write(&mut self, batch: Batch) -> Result<(), IndexError> {
        if batch.changes.is_empty() {
            return Ok(());
        }
        if self.unflushed + batch.size > FLUSH_AFTER {
            self.flush()?;
        }
        self.unflushed += batch.size;
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
    pub(crate) fn flush(&mut self) -> Result<(), IndexError> {
        self.db.flush()?;
        self.unflushed = 0;
        Ok(())
    }

    pub(crate) fn head(&self, case: CaseId) -> Result<Head, IndexError> {
        match self.db.get(pairs::head_key(case))? {
            Some(value) => pairs::read_head(&value).ok_or(IndexError::Form),
            None => Ok(Head::UNOPENED),
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

    pub(crate) fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        let head = self.head(case)?;
        if after >= head.version {
            return Ok(Vec::new());
        }
        let range = pairs::entry_key(case, after.next())..=pairs::entry_key(case, last_of(head.version));
        let mut entries: Vec<Recorded> = Vec::new();
        let mut number = after.next();
        for pair in self.db.range(range) {
            let (key, value) = pair.map_err(IndexError::from)?;
            if *key != *pairs::entry_key(case, number) {
                return Err(damaged("a gap in a case"));
            }
            entries.push(self.recorded(case, number, &value)?);
            number = Version::from(number).next();
        }
        match entries.last() {
            Some(last) if last.hash == head.hash => Ok(entries),
            _ => Err(damaged("a case whose last entry is not its head")),
        }
    }

    pub(crate) fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let mut entries = Vec::new();
        let Some(first) = after.0.checked_add(1) else { return Ok(entries) };
        let range = pairs::position_key(Position(first))..=pairs::position_key(Position(u64::MAX));
        for (pair, position) in self.db.range(range).take(limit).zip(first..) {
            let (_, at) = pair.map_err(IndexError::from)?;
            let (case, number) = pairs::read_position(&at).ok_or(IndexError::Form)?;
            let value = self.db.get(pairs::entry_key(case, number)).map_err(IndexError::from)?;
            let recorded = self.recorded(case, number, &value.unwrap_or_default())?;
            if recorded.position != Position(position) {
                return Err(damaged("a gap in the order of entries"));
            }
            entries.push(recorded);
        }
        Ok(entries)
    }

    pub(crate) fn rows(&self, query: &Query, page: &PageRequest) -> Result<Page, ReadError> {
        let (from, to) = query.range();
        let start = row::page_start(from, page.after.as_ref());
        if start >= to {
            return Ok(Page { rows: Vec::new(), next: None });
        }
        let range = pairs::index_key(&start)..pairs::index_key(&to);
        let keys = self.db.range(range).keys().map(|key| {
            let key = key.map_err(IndexError::from)?;
            Ok(pairs::read_index_key(&key).ok_or(IndexError::Form)?.to_vec())
        });
        row::page(keys, page.limit, || damaged("an index row"))
    }

    fn recorded(&self, case: CaseId, number: EntryNumber, value: &[u8]) -> Result<Recorded, ReadError> {
        let entry = pairs::read_entry(value).ok_or(IndexError::Form)?;
        let payload = match entry.payload {
            Payload::Here(bytes) => bytes.to_vec(),
            Payload::InJournal { segment, offset, length } => {
                self.payload_in_journal(segment, offset, length).map_err(ReadError::Io)?
            }
        };
        let recorded = Recorded {
            position: entry.position,
            case,
            number,
            recorded_at: entry.recorded_at,
            recorded_by: entry.recorded_by.to_owned(),
            payload,
            hash: entry.hash,
            previous: entry.previous,
        };
        if hash::is_sound(&recorded) { Ok(recorded) } else { Err(damaged("an entry")) }
    }

    fn payload_in_journal(&self, segment: Position, offset: u64, length: u32) -> io::Result<Vec<u8>> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let mut payload = vec![0; length.min(crate::limits::MAX_PAYLOAD)];
        let file = File::open(self.journal.join(Header::name_of(segment)))?;
        file.read_exact_at(&mut payload, offset)?;
        Ok(payload)
    }
}

impl From<IndexError> for ReadError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Sled(error) => Self::Io(io::Error::other(index_open::sentence(&error))),
            IndexError::Form => damaged("a value"),
            IndexError::Order => damaged("a case out of order"),
            IndexError::Panic => Self::Io(io::Error::other(error.to_string())),
        }
    }
}

fn damaged(what: &str) -> ReadError {
    ReadError::Damaged { what: what.to_owned() }
}

// Only asked for a version above another, hence above 0.
fn last_of(version: Version) -> EntryNumber {
    EntryNumber::new(version.0).unwrap_or(EntryNumber::FIRST)
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
        self.batch.add(&self.index.db, applied)?;
        if self.batch.size > BATCH { self.finish() } else { Ok(()) }
    }

    /// Applies what is still to be applied. Without it, that is left out.
    pub(crate) fn finish(&mut self) -> Result<(), IndexError> {
        let batch = std::mem::replace(&mut self.batch, Batch::new(self.index.meta));
        self.index.write(batch)?;
        self.batch.meta = self.index.meta;
        Ok(())
    }
}

/// Changes that belong together.
struct Batch {
    changes: HashMap<Vec<u8>, Option<IVec>>,
    meta: Meta,
    size: usize,
}

impl Batch {
    fn new(meta: Meta) -> Self {
        Self { changes: HashMap::new(), meta, size: 0 }
    }

    fn add(&mut self, db: &sled::Db, applied: &Applied<'_>) -> Result<(), IndexError> {
        let commit = &applied.commit;
        self.move_head(db, commit)?;
        for (key, value) in pairs::lasting(commit, applied.source) {
            self.insert(key, value);
        }
        self.exchange_rows(db, commit)?;
        self.meta.chain = applied.after;
        Ok(())
    }

    fn move_head(&mut self, db: &sled::Db, commit: &Committed<'_>) -> Result<(), IndexError> {
        let key = pairs::head_key(commit.case);
        let old = self.get(db, &key)?;
        let head = match &old {
            Some(value) => pairs::read_head(value).ok_or(IndexError::Form)?,
            None => Head::UNOPENED,
        };
        if head.version != commit.seen || head.hash != commit.previous() {
            return Err(IndexError::Order);
        }
        if let Some(old) = old {
            self.remove(key, &old);
        }
        let receipt = commit.receipt().ok_or(IndexError::Form)?;
        let (key, value) = pairs::head(commit.case, Head { version: receipt.version, hash: receipt.hash });
        self.insert(key, value);
        Ok(())
    }

    fn exchange_rows(&mut self, db: &sled::Db, commit: &Committed<'_>) -> Result<(), IndexError> {
        let key = pairs::rows_key(commit.case);
        let old_value = self.get(db, &key)?;
        let old = match &old_value {
            Some(value) => pairs::read_rows(value).ok_or(IndexError::Form)?,
            None => BTreeSet::new(),
        };
        let new: BTreeSet<Vec<u8>> = commit.rows.iter().map(|row| row.to_vec()).collect();
        if old_value.is_some() && old == new {
            return Ok(());
        }
        for gone in old.difference(&new) {
            self.remove(pairs::index_key(&row::index_key(gone, commit.case)), &[]);
        }
        for come in new.difference(&old) {
            self.insert(pairs::index_key(&row::index_key(come, commit.case)), Vec::new());
        }
        if let Some(old_value) = old_value {
            self.remove(key.clone(), &old_value);
        }
        self.insert(key, pairs::rows_value(&new));
        Ok(())
    }

    fn get(&self, db: &sled::Db, key: &[u8]) -> Result<Option<IVec>, IndexError> {
        match self.changes.get(key) {
            Some(pending) => Ok(pending.clone()),
            None => Ok(db.get(key)?),
        }
    }

    fn insert(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.meta.sum.add(&key, &value);
        self.size += key.len() + value.len() + OVERHEAD;
        self.changes.insert(key, Some(value.into()));
    }

    /// Takes away a pair that is there with the value `old`.
    fn remove(&mut self, key: Vec<u8>, old: &[u8]) {
        self.meta.sum.remove(&key, old);
        self.size += key.len() + OVERHEAD;
        self.changes.insert(key, None);
    }
}
