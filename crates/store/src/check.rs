//! The check that was not made at opening: the whole journal and the whole index, beside the work.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::applier::{SharedIndex, guarded};
use crate::fault::JournalFault;
use crate::index::IndexError;
use crate::open::journal_folder;
use crate::survey::survey;

/// So many pairs of the index are looked at in one go.
const GO: usize = 2048;
/// How long whoever works may go first, between two goes.
const REST: Duration = Duration::from_micros(200);

/// How far a store has been checked that was opened without a walk over everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// Everything is what was written: all of it was read since the store was opened.
    Whole,
    /// What was not read at opening is being read.
    Running,
    /// Something is not what was written. The store takes no more entries.
    Wrong {
        /// What, and where.
        what: String,
        /// Whether it is the index, which is built anew at the next start, and not the record.
        index: bool,
    },
}

/// The check of an open store.
#[derive(Debug)]
pub(crate) struct Check {
    state: Mutex<CheckState>,
    stop: AtomicBool,
}

/// Why a check ended early.
enum Early {
    Stopped,
    Journal(JournalFault),
    Index(String),
}

impl From<JournalFault> for Early {
    fn from(fault: JournalFault) -> Self {
        Self::Journal(fault)
    }
}

impl From<IndexError> for Early {
    fn from(error: IndexError) -> Self {
        Self::Index(error.to_string())
    }
}

impl Check {
    /// A check that is still to be made, or was made at opening.
    pub(crate) fn new(made: bool) -> Self {
        let state = if made { CheckState::Whole } else { CheckState::Running };
        Self { state: Mutex::new(state), stop: AtomicBool::new(false) }
    }

    pub(crate) fn state(&self) -> CheckState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it soon, wherever it is.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Why the index must not be read.
    pub(crate) fn distrust(&self) -> Option<String> {
        match self.state() {
            CheckState::Wrong { what, index: true } => Some(what),
            CheckState::Wrong { index: false, .. } | CheckState::Whole | CheckState::Running => None,
        }
    }

    /// Reads everything that was there at opening, when the journal was `length` long.
    pub(crate) fn run(&self, folder: &Path, length: u64, index: &SharedIndex) {
        let outcome = self.index(index).and_then(|()| self.journal(folder, length));
        let state = match outcome {
            Ok(()) => CheckState::Whole,
            Err(Early::Stopped) => return,
            Err(Early::Journal(fault)) => CheckState::Wrong { what: fault.to_string(), index: false },
            Err(Early::Index(what)) => CheckState::Wrong { what, index: true },
        };
        if let CheckState::Wrong { what, index } = &state {
            tracing::error!(%what, index, "what was on disk is not what was written; the store takes no more entries");
        }
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn go_on(&self) -> Result<(), Early> {
        if self.stop.load(Ordering::Relaxed) { Err(Early::Stopped) } else { Ok(()) }
    }

    fn journal(&self, folder: &Path, length: u64) -> Result<(), Early> {
        survey(&journal_folder(folder), Some(length), |_| self.go_on())?;
        Ok(())
    }

    fn index(&self, shared: &SharedIndex) -> Result<(), Early> {
        loop {
            self.go_on()?;
            let guard = shared.read().unwrap_or_else(PoisonError::into_inner);
            let Some(index) = guard.as_ref() else { return Err(Early::Stopped) };
            match guarded(|| index.add_up(GO))? {
                None => {}
                Some(true) => return Ok(()),
                Some(false) => {
                    return Err(Early::Index("the index does not hold what it says it holds".to_owned()));
                }
            }
            drop(guard);
            std::thread::sleep(REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::batch::Batch;
    use crate::index::Index;
    use proptest::prelude::*;
    use sled::IVec;

    /// Changes some pairs as a batch of commits does, and says what the whole adds up to.
    fn change(index: &mut Index, keys: &[(u8, Option<u8>)], now: &mut std::collections::BTreeMap<u8, u8>) {
        let mut batch: Batch = index.batch();
        for (key, value) in keys {
            let name = vec![b'i', *key];
            if let Some(old) = now.remove(key) {
                batch.meta.sum.remove(&name, &[old]);
            }
            if let Some(value) = value {
                batch.meta.sum.add(&name, &[*value]);
                now.insert(*key, *value);
            }
            batch.changes.insert(name, value.map(|value| IVec::from(&[value])));
        }
        index.write(batch).unwrap();
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_while_it_is_added_up_is_counted_once(
            before in proptest::collection::vec((any::<u8>(), any::<Option<u8>>()), 0..60),
            meanwhile in proptest::collection::vec(
                proptest::collection::vec((any::<u8>(), any::<Option<u8>>()), 0..6), 0..20,
            ),
            go in 1..9_usize,
            is_lost in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let parts = crate::open::open(folder.path(), &crate::OpenOptions::default()).unwrap();
            let (mut index, mut now) = (parts.index, std::collections::BTreeMap::new());
            change(&mut index, &before, &mut now);
            if is_lost {
                let mut batch = index.batch();
                // A pair that the index says it has, and has not.
                batch.meta.sum.add(b"i-lost", b"");
                batch.changes.insert(b"i-other".to_vec(), None);
                index.write(batch).unwrap();
            }
            let mut meanwhile = meanwhile.into_iter();
            let outcome = loop {
                if let Some(outcome) = index.add_up(go).unwrap() {
                    break outcome;
                }
                change(&mut index, &meanwhile.next().unwrap_or_default(), &mut now);
            };
            prop_assert_eq!(outcome, !is_lost);
        }
    }
}
