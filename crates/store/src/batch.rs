//! What a run of commits changes in the index: worked out first, then applied at once. Each commit wholly or not at all.

use std::collections::{BTreeSet, HashMap};

use sled::IVec;

use crate::frame::Committed;
use crate::index::{Applied, FLUSH_AFTER, IndexError};
use crate::keys::KeyStore;
use crate::pairs::{self, Listed, Meta, Source};
use crate::row;
use crate::standing::{SealState, Standing};

/// A batch is closed when it has grown to this.
const FULL: usize = FLUSH_AFTER / 4;
/// What sled keeps beside the bytes of a pair, roughly.
const OVERHEAD: usize = 32;

/// Changes that belong together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) changes: HashMap<Vec<u8>, Option<IVec>>,
    pub(crate) meta: Meta,
    pub(crate) size: usize,
}

impl Batch {
    pub(crate) fn new(meta: Meta) -> Self {
        Self { changes: HashMap::new(), meta, size: 0 }
    }

    /// Whether it has grown so much that it is to be applied.
    pub(crate) fn is_full(&self) -> bool {
        self.size > FULL
    }

    pub(crate) fn add(
        &mut self,
        db: &sled::Db,
        keys: &dyn KeyStore,
        applied: &Applied<'_>,
    ) -> Result<(), IndexError> {
        let commit = &applied.commit;
        let after = self.stand(db, keys, commit)?;
        for (key, value) in pairs::lasting(commit, applied.source) {
            self.insert(key, value);
        }
        self.list(db, commit, after.commits, applied.source)?;
        self.exchange_rows(db, keys, commit)?;
        self.meta.chain = applied.after;
        Ok(())
    }

    /// Moves a case on. A key that is destroyed with the commit is gone before the index knows.
    fn stand(
        &mut self,
        db: &sled::Db,
        keys: &dyn KeyStore,
        commit: &Committed<'_>,
    ) -> Result<Standing, IndexError> {
        let key = pairs::standing_key(commit.case);
        let old = self.get(db, &key)?;
        let before = match &old {
            Some(value) => Standing::decode(value).ok_or(IndexError::Form)?,
            None => Standing::UNOPENED,
        };
        let after = before.after(commit).map_err(IndexError::Order)?;
        self.meta.next_slot = after.next_slot(&before, self.meta.next_slot).map_err(IndexError::Order)?;
        if let SealState::Erased(slot) = after.seal {
            keys.destroy(slot).map_err(IndexError::Keys)?;
        }
        if let Some(old) = old {
            self.remove(key, &old);
        }
        let (key, value) = pairs::standing(commit.case, &after);
        self.insert(key, value);
        Ok(after)
    }

    /// Notes where the commit lies.
    fn list(
        &mut self,
        db: &sled::Db,
        commit: &Committed<'_>,
        commits: u32,
        source: Source,
    ) -> Result<(), IndexError> {
        let key = pairs::frames_key(commit.case, commits);
        let mut list = Vec::new();
        if !pairs::begins_list(commits) {
            let old = self.get(db, &key)?.ok_or(IndexError::Form)?;
            list = old.to_vec();
            self.remove(key.clone(), &old);
        }
        pairs::put_listed(&mut list, Listed { first: commit.seen.0.saturating_add(1), source });
        self.insert(key, list);
        Ok(())
    }

    fn exchange_rows(
        &mut self,
        db: &sled::Db,
        keys: &dyn KeyStore,
        commit: &Committed<'_>,
    ) -> Result<(), IndexError> {
        let key = pairs::rows_key(commit.case);
        let old_value = self.get(db, &key)?;
        let old = match &old_value {
            Some(value) => pairs::read_rows(value).ok_or(IndexError::Form)?,
            None => BTreeSet::new(),
        };
        let new = pairs::index_rows(commit, keys).map_err(IndexError::Keys)?;
        let new = new.ok_or(IndexError::Order("rows that are sealed with another key"))?;
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
