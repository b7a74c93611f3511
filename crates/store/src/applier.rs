//! What is on disk and not yet in the index. One thread brings it there beside the writer, so that no answer waits for
//! the database; whoever reads waits for what he may have been told of.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use comity_core::id::CaseId;

use crate::bytes::wide;
use crate::frame::{self, Body};
use crate::hash::Hash;
use crate::index::{Applied, Index, IndexError};
use crate::journal::{IdempotencyKey, Receipt};
use crate::pairs::Source;
use crate::plan::Plan;
use crate::standing::Standing;

/// How long a group may wait for others, to go into the database together, if nobody asks for it.
const LINGER: Duration = Duration::from_millis(20);
/// With so many bytes of frames waiting, no more is waited for.
const ENOUGH: usize = 256 << 10;
/// With so many bytes of frames or so many groups waiting, the writer waits too.
const MOST_BYTES: usize = 2 << 20;
const MOST_GROUPS: usize = 256;

/// The index, for one that changes it and many that read. Nothing once the store is closed.
pub(crate) type SharedIndex = Arc<RwLock<Option<Index>>>;

/// A group of commits that is on disk.
#[derive(Debug)]
pub(crate) struct Group {
    plan: Plan,
    /// Where its first frame starts.
    source: Source,
}

impl Group {
    pub(crate) const fn new(plan: Plan, source: Source) -> Self {
        Self { plan, source }
    }

    /// Where a case stands after it, if it is about the case.
    pub(crate) fn standing(&self, case: CaseId) -> Option<Standing> {
        self.plan.standing(case)
    }

    /// What a key was answered by it.
    pub(crate) fn answer(&self, case: CaseId, key: &IdempotencyKey) -> Option<(Hash, Receipt)> {
        self.plan.recent_answer(case, key)
    }

    /// Whether something of it is about a case.
    fn is_about(&self, case: CaseId) -> bool {
        self.plan.standing(case).is_some()
    }

    /// The commits, read back from the very bytes, so that the index has what the journal has.
    pub(crate) fn commits(&self) -> impl Iterator<Item = Result<Applied<'_>, IndexError>> {
        self.plan.frames.iter().map(|(at, after)| {
            let raw = self.plan.bytes.get(*at..).map(frame::raw);
            let Some(Some(Body::Commit(commit))) = raw.and_then(Result::ok).map(|raw| raw.body()) else {
                return Err(IndexError::Form);
            };
            let source = Source { offset: self.source.offset.saturating_add(wide(*at)), ..self.source };
            Ok(Applied { commit, source, after: *after })
        })
    }
}

/// What waits to be applied.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    state: Mutex<State>,
    /// There is something to do.
    work: Condvar,
    /// Something was done, or never will be.
    done: Condvar,
}

#[derive(Debug, Default)]
struct State {
    groups: VecDeque<Arc<Group>>,
    bytes: usize,
    /// How many groups were ever applied.
    applied: u64,
    /// What somebody waits for `applied` to become.
    wanted: u64,
    ending: bool,
    failed: Option<String>,
}

impl State {
    /// The number that `applied` reaches when the last waiting group that is `about` something is applied.
    fn until(&self, about: impl Fn(&Group) -> bool) -> Option<u64> {
        let last = self.groups.iter().rposition(|group| about(group))?;
        Some(self.applied.saturating_add(wide(last)).saturating_add(1))
    }

    fn is_wanted(&self) -> bool {
        self.wanted > self.applied
    }

    fn is_too_much(&self) -> bool {
        self.bytes >= MOST_BYTES || self.groups.len() >= MOST_GROUPS
    }
}

impl Backlog {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over a group that is on disk. Waits while too much does.
    pub(crate) fn put(&self, group: Group) {
        let mut state = self.state();
        while state.is_too_much() && state.failed.is_none() {
            state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let was_idle = state.groups.is_empty();
        let had_enough = state.bytes >= ENOUGH;
        state.bytes = state.bytes.saturating_add(group.plan.bytes.len());
        state.groups.push_back(Arc::new(group));
        // Otherwise the thread is at work, or waits for as long as it means to.
        if was_idle || (state.bytes >= ENOUGH && !had_enough) {
            self.work.notify_one();
        }
    }

    /// Where a case stands after what waits, if something of it does.
    pub(crate) fn standing(&self, case: CaseId) -> Option<Standing> {
        self.state().groups.iter().rev().find_map(|group| group.standing(case))
    }

    /// What a key was answered by something that waits.
    pub(crate) fn answer(&self, case: CaseId, key: &IdempotencyKey) -> Option<(Hash, Receipt)> {
        self.state().groups.iter().rev().find_map(|group| group.answer(case, key))
    }

    /// Why nothing more will be applied.
    pub(crate) fn failed(&self) -> Option<String> {
        self.state().failed.clone()
    }

    /// Waits until the index has all that is on disk by now, or all of one case.
    pub(crate) fn wait(&self, case: Option<CaseId>) -> Result<(), String> {
        let mut state = self.state();
        let about = |group: &Group| case.is_none_or(|case| group.is_about(case));
        let Some(until) = state.until(about) else { return Ok(()) };
        state.wanted = state.wanted.max(until);
        self.work.notify_one();
        while state.applied < until {
            if let Some(why) = &state.failed {
                return Err(why.clone());
            }
            state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// What is on disk of a case and will never be in the index, because the index has failed.
    pub(crate) fn stranded(&self, case: CaseId) -> Vec<Arc<Group>> {
        let state = self.state();
        let groups = state.groups.iter().filter(|group| state.failed.is_some() && group.is_about(case));
        groups.cloned().collect()
    }

    /// Nothing more will come.
    pub(crate) fn end(&self) {
        self.state().ending = true;
        self.work.notify_one();
    }

    /// What is to be applied now. Nothing at the end.
    fn next(&self) -> Option<Vec<Arc<Group>>> {
        let mut state = self.state();
        while state.groups.is_empty() {
            if state.ending {
                return None;
            }
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let may_wait = |state: &mut State| !state.is_wanted() && !state.ending && state.bytes < ENOUGH;
        let (state, _) =
            self.work.wait_timeout_while(state, LINGER, may_wait).unwrap_or_else(PoisonError::into_inner);
        Some(state.groups.iter().cloned().collect())
    }

    fn applied(&self, groups: &[Arc<Group>]) {
        let mut state = self.state();
        for _ in groups {
            if let Some(group) = state.groups.pop_front() {
                state.bytes = state.bytes.saturating_sub(group.plan.bytes.len());
                state.applied = state.applied.saturating_add(1);
            }
        }
        self.done.notify_all();
    }

    fn fail(&self, error: &IndexError) {
        tracing::error!(%error, "the index cannot follow the journal; it is brought up to it at the next start");
        self.state().failed = Some(error.to_string());
        self.done.notify_all();
    }

    /// Applies what comes until the end, or until the index fails.
    pub(crate) fn run(&self, index: &SharedIndex) {
        while let Some(groups) = self.next() {
            match guarded(|| apply(index, &groups)) {
                Ok(()) => self.applied(&groups),
                Err(error) => return self.fail(&error),
            }
        }
    }
}

/// Nobody else changes the index, so a batch may be worked out while others read, and only its end shuts them out.
fn apply(index: &SharedIndex, groups: &[Arc<Group>]) -> Result<(), IndexError> {
    let mut commits = groups.iter().flat_map(|group| group.commits()).peekable();
    while commits.peek().is_some() {
        let batch = {
            let guard = index.read().unwrap_or_else(PoisonError::into_inner);
            let index = guard.as_ref().ok_or(IndexError::Form)?;
            let mut batch = index.batch();
            while !batch.is_full()
                && let Some(applied) = commits.next()
            {
                index.add(&mut batch, &applied?)?;
            }
            index.make_room(&batch)?;
            batch
        };
        let mut guard = index.write().unwrap_or_else(PoisonError::into_inner);
        guard.as_mut().ok_or(IndexError::Form)?.write(batch)?;
    }
    Ok(())
}

/// Calls into the database. sled panics where others return an error.
pub(crate) fn guarded<T>(call: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
    std::panic::catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(IndexError::Panic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash;
    use crate::journal::Position;
    use crate::scan::Chain;

    fn group() -> Group {
        let chain = Chain { next: Position(1), previous: hash::Hash::NONE, length: 0 };
        Group::new(Plan::new(chain, 0), Source { segment: Position(1), offset: 0 })
    }

    #[test]
    fn whoever_waits_for_a_later_group_is_not_forgotten_when_an_earlier_one_is_done() {
        let backlog = Arc::new(Backlog::default());
        backlog.put(group());
        let first = backlog.next().unwrap();
        backlog.put(group());
        let waits = Arc::clone(&backlog);
        let waiting = std::thread::spawn(move || waits.wait(None));
        while !backlog.state().is_wanted() {
            std::thread::yield_now();
        }
        backlog.applied(&first);
        assert!(backlog.state().is_wanted(), "nobody lingers while somebody waits");
        let second = backlog.next().unwrap();
        backlog.applied(&second);
        assert_eq!(waiting.join().unwrap(), Ok(()));
        assert!(!backlog.state().is_wanted());
    }

    #[test]
    fn whoever_waits_is_told_when_the_index_fails() {
        let backlog = Arc::new(Backlog::default());
        backlog.put(group());
        let waits = Arc::clone(&backlog);
        let waiting = std::thread::spawn(move || waits.wait(None));
        while !backlog.state().is_wanted() {
            std::thread::yield_now();
        }
        backlog.fail(&IndexError::Panic);
        assert!(waiting.join().unwrap().is_err());
        assert!(backlog.wait(None).is_err() && backlog.failed().is_some());
    }
}
