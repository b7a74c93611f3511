//! Who follows the record: told of everything that is recorded, in its one order, from any position on.

use std::sync::Arc;

use async_trait::async_trait;
use comity_core::id::{CaseId, Version};
use comity_store::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, Page, PageRequest, Position, Query,
    ReadError, Receipt, Recorded, Report, VerifyError,
};
use tokio::sync::watch;

use crate::engine::Engine;
use crate::error::EngineError;

/// How many entries one look takes up.
const BATCH: usize = 200;

/// The record, from a position on, as it grows.
///
/// It reads what is on disk and remembers only how far it came, so whoever keeps [`Follow::after`] can go on after a
/// restart without a gap.
#[derive(Debug)]
pub struct Follow {
    engine: Engine,
    after: Position,
    moved: watch::Receiver<Position>,
}

impl Engine {
    /// Follows the record from behind `after`; from its beginning with position 0.
    #[must_use]
    pub fn follow(&self, after: Position) -> Follow {
        Follow { engine: self.clone(), after, moved: self.shared.moved.subscribe() }
    }

    /// The position of the last entry.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn last_position(&self) -> Result<Position, EngineError> {
        // Positions have no gaps, so the last is found by asking whether anything lies behind one.
        let mut reached = self.shared.moved.borrow().0;
        let mut step = 1;
        while self.is_behind(reached.saturating_add(step)).await? {
            reached = reached.saturating_add(step);
            step = step.saturating_mul(2);
        }
        while step > 0 {
            if self.is_behind(reached.saturating_add(step - 1)).await? {
                reached = reached.saturating_add(step);
            }
            step /= 2;
        }
        Ok(Position(reached))
    }

    /// Whether an entry lies behind a position.
    async fn is_behind(&self, position: u64) -> Result<bool, EngineError> {
        match self.journal().tail(Position(position), 1).await {
            Ok(next) => Ok(!next.is_empty()),
            // One lies there, and cannot be read.
            Err(ReadError::Damaged { .. } | ReadError::Keys { .. }) => Ok(true),
            Err(error @ (ReadError::Closed | ReadError::Refused { .. } | ReadError::Io(_))) => {
                Err(EngineError::Read(error))
            }
        }
    }
}

impl Follow {
    /// How far it came.
    #[must_use]
    pub const fn after(&self) -> Position {
        self.after
    }

    /// The next entries, in the order of the record; waits until there are some.
    ///
    /// Cancel-safe: what is not handed out is handed out the next time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn next(&mut self) -> Result<Vec<Recorded>, EngineError> {
        loop {
            self.moved.mark_unchanged();
            let read = self.engine.journal().tail(self.after, BATCH).await.map_err(EngineError::Read)?;
            if let Some(last) = read.last() {
                self.after = last.position;
                return Ok(read);
            }
            // The sender lives as long as the engine, of which this holds one.
            let _ = self.moved.changed().await;
        }
    }
}

/// A journal that says how far it has grown.
pub(crate) struct Watched {
    journal: Arc<dyn Journal>,
    moved: watch::Sender<Position>,
}

impl Watched {
    pub(crate) fn new(journal: Arc<dyn Journal>) -> (Self, watch::Sender<Position>) {
        let (moved, _) = watch::channel(Position(0));
        (Self { journal, moved: moved.clone() }, moved)
    }
}

#[async_trait]
impl Journal for Watched {
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        let receipt = self.journal.append(commit).await?;
        self.moved.send_if_modified(|last| {
            let is_later = receipt.position > *last;
            if is_later {
                *last = receipt.position;
            }
            is_later
        });
        Ok(receipt)
    }

    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        self.journal.receipt(case, key).await
    }

    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        self.journal.read(case, after).await
    }

    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        self.journal.head(case).await
    }

    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.journal.tail(after, limit).await
    }

    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError> {
        self.journal.rows(query, page).await
    }

    async fn verify(&self) -> Result<Report, VerifyError> {
        self.journal.verify().await
    }

    async fn close(&self) -> Result<(), CloseError> {
        self.journal.close().await
    }
}

#[cfg(test)]
mod tests {
    use comity_core::name::Private;
    use comity_core::time::Moment;
    use comity_language::library::{Disk, load};
    use comity_store::MemoryJournal;

    use super::*;
    use crate::{EngineParts, LibraryProcedures, ManualClock, NewMatter};

    fn engine() -> Engine {
        Engine::new(EngineParts {
            journal: Arc::new(MemoryJournal::new()),
            procedures: Arc::new(LibraryProcedures::new(load(&Disk::new("../../workflows")))),
            clock: Arc::new(ManualClock::at(Moment::from_unix_microseconds(0).unwrap())),
        })
    }

    async fn open(engine: &Engine, reference: &str) {
        let matter = NewMatter { reference: reference.to_owned(), title: Private::default() };
        engine.open_matter(matter, &Private::new("desk")).await.unwrap();
    }

    #[tokio::test]
    async fn whoever_follows_hears_everything_once_and_in_order() {
        let engine = engine();
        open(&engine, "M-1").await;
        let mut follow = engine.follow(Position(0));
        assert_eq!(follow.next().await.unwrap().len(), 1);
        let waits = tokio::spawn(async move {
            let heard = follow.next().await.unwrap();
            (heard.len(), follow.after())
        });
        tokio::task::yield_now().await;
        assert!(!waits.is_finished());
        open(&engine, "M-2").await;
        assert_eq!(waits.await.unwrap(), (1, Position(2)));
        assert_eq!(engine.last_position().await.unwrap(), Position(2));
        let mut again = engine.follow(Position(1));
        assert_eq!(again.next().await.unwrap().first().map(|entry| entry.position), Some(Position(2)));
    }

    #[tokio::test]
    async fn who_gives_up_waiting_misses_nothing() {
        let engine = engine();
        let mut follow = engine.follow(Position(0));
        let given_up = tokio::time::timeout(std::time::Duration::from_millis(5), follow.next()).await;
        assert!(given_up.is_err());
        open(&engine, "M-1").await;
        assert_eq!(follow.next().await.unwrap().len(), 1);
    }
}
