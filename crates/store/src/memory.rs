//! A journal in memory, for tests. It keeps the same promises for as long as it lives.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use comity_core::id::{CaseId, Version};

use crate::fault::VerifyError;
use crate::frame::{self, Body, Committed};
use crate::hash::{self, Hash};
use crate::journal::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, Payload, Position, ReadError, Receipt,
    Recorded,
};
use crate::keys::{KeyStore, MemoryKeys};
use crate::limits;
use crate::opener::Opener;
use crate::pairs;
use crate::plan::{Past, Plan};
use crate::row::{self, Page, PageRequest, Query};
use crate::scan::Chain;
use crate::standing::{SealState, Standing};
use crate::tree::Tree;
use crate::verify::Report;

/// A journal that is gone with the process.
#[derive(Debug)]
pub struct MemoryJournal {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    chain: Chain,
    next_slot: u64,
    keys: MemoryKeys,
    entries: Vec<Recorded>,
    standings: HashMap<CaseId, Standing>,
    /// Where the entries of a case are among all.
    cases: HashMap<CaseId, Vec<usize>>,
    rows_of: HashMap<CaseId, BTreeSet<Vec<u8>>>,
    index: BTreeSet<Vec<u8>>,
    answers: HashMap<(CaseId, IdempotencyKey), (Hash, Receipt)>,
    /// Whether the next key that is to be destroyed stays until the journal is opened again.
    leaves_next_key: bool,
    /// The cases that were erased, and whose keys are there still.
    left: Vec<(CaseId, u64)>,
    is_closed: bool,
}

impl Default for MemoryJournal {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryJournal {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        let chain = Chain { next: Position(1), previous: Hash::NONE, length: 0 };
        Self {
            state: Mutex::new(State {
                chain,
                next_slot: 0,
                keys: MemoryKeys::default(),
                entries: Vec::new(),
                standings: HashMap::new(),
                cases: HashMap::new(),
                rows_of: HashMap::new(),
                index: BTreeSet::new(),
                answers: HashMap::new(),
                leaves_next_key: false,
                left: Vec::new(),
                is_closed: false,
            }),
        }
    }

    /// Opens the journal again after [`Journal::close`], with all that it held. Keys that were left are destroyed, as the
    /// opening of a store does it.
    ///
    /// # Errors
    ///
    /// Returns an error if a key cannot be destroyed.
    pub fn reopen(&self) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (case, slot) in std::mem::take(&mut state.left) {
            state.erase(case, slot)?;
        }
        state.leaves_next_key = false;
        state.is_closed = false;
        Ok(())
    }

    /// Lets the next key that is to be destroyed stay until [`MemoryJournal::reopen`], as where a process dies, or a disk
    /// fails, between the entry that says so and the key. Whoever tests with it takes the append for one that failed.
    pub fn leave_next_key(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).leaves_next_key = true;
    }

    fn open(&self) -> Option<MutexGuard<'_, State>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (!state.is_closed).then_some(state)
    }

    fn reading(&self) -> Result<MutexGuard<'_, State>, ReadError> {
        self.open().ok_or(ReadError::Closed)
    }
}

impl Past for State {
    type Error = Infallible;

    fn standing(&self, case: CaseId) -> Result<Standing, Infallible> {
        Ok(self.standings.get(&case).copied().unwrap_or(Standing::UNOPENED))
    }

    fn answer(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<(Hash, Receipt)>, Infallible> {
        Ok(self.answers.get(&(case, key.clone())).copied())
    }
}

impl State {
    // Every commit goes through the frame of the journal on disk, so that what is kept here is what would be
    // kept there.
    fn append(&mut self, commit: &Commit) -> Result<Receipt, AppendError> {
        let mut plan = Plan::new(self.chain, self.next_slot);
        let Ok(answer) = plan.decide(self, &self.keys, commit);
        if let (Ok(_), Ok(raw)) = (&answer, frame::raw(&plan.bytes))
            && let Some(Body::Commit(committed)) = raw.body()
        {
            self.keep(&committed, plan.chain).map_err(|why| AppendError::Keys { why })?;
        }
        answer
    }

    fn keep(&mut self, committed: &Committed<'_>, chain: Chain) -> Result<(), String> {
        let case = committed.case;
        let Ok(before) = self.standing(case);
        let after = before.after(committed)?;
        let rows = pairs::index_rows(committed, &self.keys).map_err(|error| error.to_string())?;
        let rows = rows.unwrap_or_default();
        let mut opener = Opener::new(&self.keys);
        let mut kept = Vec::new();
        for entry in &committed.entries {
            let payload = opener.open(case, entry.payload).map_err(|error| error.to_string())?;
            kept.push(entry.recorded(case, payload));
        }
        for entry in kept {
            self.cases.entry(case).or_default().push(self.entries.len());
            self.entries.push(entry);
        }
        match (before.seal, after.seal) {
            (SealState::None, SealState::Slot(slot)) => self.next_slot = slot.saturating_add(1),
            (SealState::Slot(_), SealState::Erased(slot)) if std::mem::take(&mut self.leaves_next_key) => {
                self.left.push((case, slot));
            }
            (SealState::Slot(_), SealState::Erased(slot)) => {
                self.erase(case, slot).map_err(|error| error.to_string())?;
            }
            _ => {}
        }
        if let (Some(key), Some(receipt)) = (committed.key, committed.receipt()) {
            let key = IdempotencyKey(key.to_owned());
            self.answers.insert((case, key), (committed.content(), receipt));
        }
        self.index.extend(rows.iter().map(|row| row::index_key(row, case)));
        let old = self.rows_of.insert(case, rows.clone()).unwrap_or_default();
        for gone in old.difference(&rows) {
            self.index.remove(&row::index_key(gone, case));
        }
        self.standings.insert(case, after);
        self.chain = chain;
        Ok(())
    }

    fn erase(&mut self, case: CaseId, slot: u64) -> io::Result<()> {
        self.keys.destroy(slot)?;
        for place in self.cases.get(&case).into_iter().flatten() {
            if let Some(entry) = self.entries.get_mut(*place)
                && entry.payload.is_sealed()
            {
                entry.payload = Payload::erased(entry.payload.stored().to_vec());
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        limits::check(&commit)?;
        self.open().ok_or(AppendError::Closed)?.append(&commit)
    }

    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        let Ok(answer) = self.reading()?.answer(case, key);
        Ok(answer.map(|(_, receipt)| receipt))
    }

    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        let state = self.reading()?;
        let places = state.cases.get(&case).map(Vec::as_slice).unwrap_or_default();
        let entries = places.iter().filter_map(|place| state.entries.get(*place));
        Ok(entries.filter(|entry| Version::from(entry.number) > after).cloned().collect())
    }

    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        let Ok(standing) = self.reading()?.standing(case);
        Ok(standing.head)
    }

    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let state = self.reading()?;
        let skip = usize::try_from(after.0).unwrap_or(usize::MAX);
        Ok(state.entries.iter().skip(skip).take(limit).cloned().collect())
    }

    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError> {
        let state = self.reading()?;
        let (from, to) = query.range(&state.keys.blinder());
        let start = row::page_start(from, page.after.as_ref());
        if start >= to {
            return Ok(Page { rows: Vec::new(), next: None });
        }
        let keys = state.index.range(start..to).map(|key| Ok(key.clone()));
        row::page(keys, page.limit, query.hidden().as_ref(), || ReadError::Damaged {
            what: "an index row".to_owned(),
        })
    }

    async fn verify(&self) -> Result<Report, VerifyError> {
        let state = self.open().ok_or(VerifyError::Closed)?;
        if !state.entries.iter().all(hash::is_sound) {
            return Err(VerifyError::Index { what: "an entry does not fit its hash".to_owned() });
        }
        let mut tree = Tree::default();
        state.entries.iter().for_each(|entry| tree.push(entry.hash));
        Ok(Report {
            last: state.chain.last(),
            cases: crate::bytes::wide(state.cases.len()),
            segments: 0,
            bytes: 0,
            head: state.entries.last().map_or(Hash::NONE, |entry| entry.hash),
            root: tree.root(),
            torn: None,
            index_pairs: Some(crate::bytes::wide(state.index.len())),
        })
    }

    async fn close(&self) -> Result<(), CloseError> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_closed = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{self, Backend};
    use std::sync::Arc;

    struct Memory(Arc<MemoryJournal>);

    #[async_trait]
    impl Backend for Memory {
        async fn open(&self) -> Result<Arc<dyn Journal>, String> {
            self.0.reopen().map_err(|error| error.to_string())?;
            Ok(Arc::clone(&self.0) as Arc<dyn Journal>)
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_keeps_the_contract() {
        conformance::run(|| Memory(Arc::new(MemoryJournal::new()))).await.unwrap();
    }
}
