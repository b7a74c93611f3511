//! A journal that fails as a disk does, answers late, gives short pages, and says what was written in truth.
//!
//! What is not synced is lost in a crash: a commit that failed or was let go of stands wholly or not at all, as chance has it. That is
//! all that the contract of a journal leaves open. How bytes are torn is for the suites of the store.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use async_trait::async_trait;
use comity_core::id::{CaseId, Version};
use comity_store::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, MemoryJournal, Page, PageRequest,
    Position, Query, ReadError, Receipt, Recorded, Report, VerifyError,
};

use super::chance::Chance;

/// How an append fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AppendFault {
    /// The disk is full: nothing is recorded, and that is said.
    Full,
    /// No file can be made: nothing is recorded, and that is said.
    Blocked,
    /// Nothing is recorded, that is not known, and the store stops.
    Lost,
    /// It is recorded, that is not known, and the store stops.
    Recorded,
    /// The same, and of what was erased by it the key is not destroyed before the store is opened again.
    KeyLeft,
    /// The key of the case cannot be had: nothing is recorded, and that is said.
    KeyAway,
}

/// How the journal behaves during one step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    /// After so many appends one fails.
    pub(crate) append: Option<(u32, AppendFault)>,
    /// After so many reads one fails.
    pub(crate) read: Option<u32>,
    /// A call takes up to so many looks to be done, and as many to be answered.
    pub(crate) slow: u32,
    /// No page holds more rows.
    pub(crate) page: Option<usize>,
    /// The entries of this case cannot be read.
    pub(crate) unreadable: Option<CaseId>,
}

/// A commit that was written, whatever the caller was told.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) commit: Commit,
    pub(crate) receipt: Receipt,
}

/// The journal.
pub(crate) struct Faulty {
    inner: Arc<dyn Journal>,
    /// The same, where its keys can be left.
    memory: Option<Arc<MemoryJournal>>,
    state: Mutex<State>,
}

/// A journal, and the same where it is in memory.
pub(crate) type Opened = (Arc<dyn Journal>, Option<Arc<MemoryJournal>>);

struct State {
    weather: Weather,
    chance: Chance,
    written: Vec<Written>,
    last: Position,
    has_stopped: bool,
}

impl Faulty {
    /// A journal over one whose last entry stands at `last`.
    pub(crate) fn over((inner, memory): Opened, last: Position, chance: Chance) -> Arc<Self> {
        let state =
            State { weather: Weather::default(), chance, written: Vec::new(), last, has_stopped: false };
        Arc::new(Self { inner, memory, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// What was written since this was asked before.
    pub(crate) fn written(&self) -> Vec<Written> {
        std::mem::take(&mut self.state().written)
    }

    /// Whether a write failed, after which a store takes no more until it is opened again.
    pub(crate) fn has_stopped(&self) -> bool {
        self.state().has_stopped
    }

    async fn wait(&self) {
        let mut left = {
            let mut state = self.state();
            let slow = state.weather.slow;
            state.chance.small(slow + 1)
        };
        std::future::poll_fn(move |context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn append_fault(&self) -> Option<AppendFault> {
        let mut state = self.state();
        let (left, fault) = state.weather.append?;
        state.weather.append = left.checked_sub(1).map(|left| (left, fault));
        if left > 0 {
            return None;
        }
        state.has_stopped |=
            matches!(fault, AppendFault::Lost | AppendFault::Recorded | AppendFault::KeyLeft);
        Some(fault)
    }

    /// A read by whoever asks for `case`, if it is of one case.
    async fn reading(&self, case: Option<CaseId>) -> Result<(), ReadError> {
        self.wait().await;
        let mut state = self.state();
        if let Some(left) = state.weather.read {
            state.weather.read = left.checked_sub(1);
            if left == 0 {
                return Err(ReadError::Io(failed()));
            }
        }
        if case.is_some() && case == state.weather.unreadable {
            return Err(away());
        }
        Ok(())
    }

    async fn write(&self, commit: Commit) -> Result<Receipt, AppendError> {
        let receipt = self.inner.append(commit.clone()).await?;
        let mut state = self.state();
        // A second attempt under a key is answered with what the first was, and writes nothing.
        if receipt.position > state.last {
            state.last = receipt.position;
            state.written.push(Written { commit, receipt });
        }
        Ok(receipt)
    }
}

const WHY: &str = "the simulation says so";

fn failed() -> io::Error {
    io::Error::other(WHY)
}

fn away() -> ReadError {
    ReadError::Keys { why: WHY.to_owned() }
}

#[async_trait]
impl Journal for Faulty {
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        self.wait().await;
        if self.has_stopped() {
            return Err(AppendError::Stopped);
        }
        let answer = match self.append_fault() {
            Some(AppendFault::Full) => Err(AppendError::Full { free: 0, floor: 1 }),
            Some(AppendFault::Blocked) => Err(AppendError::Blocked(failed())),
            Some(AppendFault::Lost) => Err(AppendError::Io(failed())),
            Some(AppendFault::KeyAway) => Err(AppendError::Keys { why: WHY.to_owned() }),
            Some(fault @ (AppendFault::Recorded | AppendFault::KeyLeft)) => {
                if let (AppendFault::KeyLeft, true, Some(memory)) = (fault, commit.erases, &self.memory) {
                    memory.leave_next_key();
                }
                // What is refused is refused, whatever the disk does.
                self.write(commit).await?;
                Err(AppendError::Io(failed()))
            }
            None => self.write(commit).await,
        };
        self.wait().await;
        answer
    }

    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        self.reading(None).await?;
        self.inner.receipt(case, key).await
    }

    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        self.reading(Some(case)).await?;
        self.inner.read(case, after).await
    }

    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        self.reading(None).await?;
        self.inner.head(case).await
    }

    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.reading(None).await?;
        let entries = self.inner.tail(after, limit).await?;
        let unreadable = self.state().weather.unreadable;
        // Without its key nothing of a case can be read that is sealed.
        if entries.iter().any(|entry| Some(entry.case) == unreadable && entry.payload.is_sealed()) {
            return Err(away());
        }
        Ok(entries)
    }

    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError> {
        self.reading(None).await?;
        let most = self.state().weather.page.unwrap_or(usize::MAX);
        let page = PageRequest { limit: page.limit.min(most), ..page };
        self.inner.rows(query, page).await
    }

    async fn verify(&self) -> Result<Report, VerifyError> {
        self.inner.verify().await
    }

    async fn close(&self) -> Result<(), CloseError> {
        self.inner.close().await
    }
}
