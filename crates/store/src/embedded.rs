//! The embedded default: segments on disk, sled over them, one writer.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use comity_core::id::{CaseId, Version};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

use crate::applier::Group;
use crate::check::CheckState;
use crate::fault::{JournalFault, OpenError, VerifyError};
use crate::index::Index;
use crate::journal::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, Position, ReadError, Receipt, Recorded,
};
use crate::limits;
use crate::open::{self, OpenOptions, OpenReport};
use crate::row::{Page, PageRequest, Query};
use crate::verify::{self, Report};
use crate::writer::{Shared, Waiting, Writer};

/// How long closing waits for the writer.
const CLOSING: Duration = Duration::from_secs(30);

/// A journal in a folder of its own, with an embedded database over it.
///
/// Belongs to one process at a time. Close it with [`Journal::close`]; dropping it closes it too, but waits
/// for the disk where it stands.
#[derive(Debug)]
pub struct SledJournal {
    folder: PathBuf,
    report: OpenReport,
    shared: Arc<Shared>,
    // The writer ends when the last sender is gone: this one, and those of appends still under way.
    jobs: Mutex<Option<mpsc::Sender<Waiting>>>,
    ended: Arc<Ended>,
}

/// How the writer ended, once it has.
#[derive(Debug, Default)]
struct Ended {
    outcome: Mutex<Option<io::Result<()>>>,
    changed: Condvar,
}

impl SledJournal {
    /// Opens the store in `folder`, or makes it if `options` say so.
    ///
    /// A tail that a crash tore is cut and reported; an index that is missing or cannot be trusted is built
    /// again. See [`SledJournal::report`].
    ///
    /// Dropping the future does not stop the work: the store is opened to the end, closed again, and held until then.
    ///
    /// # Errors
    ///
    /// Returns [`OpenError`] if the folder cannot be used or the journal is not in order. Nothing recorded is
    /// changed then.
    pub async fn open(folder: impl Into<PathBuf>, options: OpenOptions) -> Result<Self, OpenError> {
        let folder = folder.into();
        let place = folder.clone();
        let opened = spawn_blocking(move || Self::open_blocking(&folder, options)).await;
        opened.map_err(|error| {
            OpenError::Journal(JournalFault::Io { path: place, source: io::Error::other(error.to_string()) })
        })?
    }

    /// Opens the store as [`SledJournal::open`] does, on a thread that may wait for the disk.
    ///
    /// # Errors
    ///
    /// As [`SledJournal::open`].
    pub fn open_blocking(folder: &Path, options: OpenOptions) -> Result<Self, OpenError> {
        let parts = open::open(folder, &options)?;
        let report = parts.report.clone();
        let length = parts.chain.length;
        let (sender, jobs) = mpsc::channel(options.queue.max(1));
        let (writer, shared) =
            Writer::new(folder.to_owned(), options, parts, jobs).map_err(JournalFault::io(folder))?;
        let ended = Arc::new(Ended::default());
        let tell = Arc::clone(&ended);
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || tell.set(writer.run()))
            .map_err(JournalFault::io(folder))?;
        if report.on_trust {
            let (checks, at) = (Arc::clone(&shared), folder.to_owned());
            std::thread::Builder::new()
                .name("store-check".to_owned())
                .spawn(move || checks.check.run(&at, length, &checks.index))
                .map_err(JournalFault::io(folder))?;
        }
        Ok(Self { folder: folder.to_owned(), report, shared, jobs: Mutex::new(Some(sender)), ended })
    }

    /// What was found and done while the store was opened.
    #[must_use]
    pub const fn report(&self) -> &OpenReport {
        &self.report
    }

    /// How far what is on disk has been read since the store was opened.
    #[must_use]
    pub fn checked(&self) -> CheckState {
        self.shared.check.state()
    }

    /// Why no more entries are taken until the store is opened again; nothing while they are. What is there is read all the same.
    #[must_use]
    pub fn stopped(&self) -> Option<&str> {
        self.shared.stopped.get().map(String::as_str)
    }

    /// The folder of the store.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads what the index has of everything that was acknowledged by now.
    async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Index) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        self.asking(move |shared| {
            shared.backlog.wait(None).map_err(|why| ReadError::Io(io::Error::other(why)))?;
            shared.read(read)
        })
        .await
    }

    /// Reads what the index has of a case, all that was acknowledged by now; or what is beside it, if it has failed.
    async fn reading_case<T: Send + 'static>(
        &self,
        case: CaseId,
        read: impl FnOnce(&Index, &[Arc<Group>]) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        self.asking(move |shared| {
            // A failure is no reason not to say what is on disk.
            let _ = shared.backlog.wait(Some(case));
            let stranded = shared.backlog.stranded(case);
            shared.read(|index| read(index, &stranded))
        })
        .await
    }

    /// Works on a thread that may block: sled is never called from a worker of the runtime.
    async fn asking<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Shared) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let shared = Arc::clone(&self.shared);
        let done = spawn_blocking(move || match shared.check.distrust() {
            Some(what) => Err(ReadError::Damaged { what }),
            None => ask(&shared),
        });
        done.await.map_err(|error| ReadError::Io(io::Error::other(error.to_string())))?
    }

    fn sender(&self) -> Option<mpsc::Sender<Waiting>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn stop_accepting(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

#[async_trait]
impl Journal for SledJournal {
    // A trace tells by it how much of an answer was waiting for the disk.
    #[tracing::instrument(level = "trace", skip_all)]
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        limits::check(&commit)?;
        let sender = self.sender().ok_or(AppendError::Closed)?;
        let (answer, answered) = oneshot::channel();
        sender.send(Waiting { commit, answer }).await.map_err(|_| AppendError::Closed)?;
        drop(sender);
        answered.await.map_err(|_| AppendError::Closed)?
    }

    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        let key = key.clone();
        self.reading_case(case, move |index, stranded| {
            let known = stranded.iter().rev().find_map(|group| group.answer(case, &key));
            let known = known.map_or_else(|| index.past().answer(case, &key), |known| Ok(Some(known)))?;
            Ok(known.map(|(_, receipt)| receipt))
        })
        .await
    }

    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        self.reading_case(case, move |index, stranded| index.read(case, after, stranded)).await
    }

    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        self.reading_case(case, move |index, stranded| {
            let known = stranded.iter().rev().find_map(|group| group.standing(case));
            Ok(known.map_or_else(|| index.past().standing(case), Ok)?.head)
        })
        .await
    }

    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.reading(move |index| index.tail(after, limit)).await
    }

    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError> {
        self.reading(move |index| index.rows(&query, &page)).await
    }

    async fn verify(&self) -> Result<Report, VerifyError> {
        let wrong = |what: String| VerifyError::Index { what };
        let counted = self.reading(|index| {
            let found = index.contents(&AtomicU64::new(0)).map_err(crate::index::IndexError::from)?;
            Ok((*index.meta(), found, Arc::clone(index.keys())))
        });
        let (meta, found, keys) = match counted.await {
            Ok(counted) => counted,
            Err(ReadError::Closed) => return Err(VerifyError::Closed),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let folder = self.folder.clone();
        let walked = spawn_blocking(move || verify::against(&folder, &meta, found, &*keys)).await;
        walked.map_err(|error| wrong(error.to_string()))?
    }

    async fn close(&self) -> Result<(), CloseError> {
        self.stop_accepting();
        let ended = Arc::clone(&self.ended);
        let waited = spawn_blocking(move || ended.wait()).await;
        waited.map_err(|error| CloseError::Io(io::Error::other(error.to_string())))?
    }
}

impl Drop for SledJournal {
    fn drop(&mut self) {
        self.stop_accepting();
        if let Err(error) = self.ended.wait() {
            tracing::error!(%error, "the store was not closed cleanly");
        }
    }
}

impl Ended {
    fn set(&self, outcome: io::Result<()>) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        self.changed.notify_all();
    }

    fn wait(&self) -> Result<(), CloseError> {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(outcome, CLOSING, |outcome| outcome.is_none());
        let (outcome, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match outcome.as_ref() {
            None => Err(CloseError::Hung),
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(CloseError::Io(io::Error::new(error.kind(), error.to_string()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{self, Backend};

    /// A store whose segments are small enough that the suite fills several.
    struct Folder(tempfile::TempDir);

    #[async_trait]
    impl Backend for Folder {
        async fn open(&self) -> Result<Arc<dyn Journal>, String> {
            let options =
                OpenOptions { segment_bytes: 256 << 10, segment_step: 64 << 10, ..OpenOptions::default() };
            let opened = SledJournal::open(self.0.path(), options).await;
            opened.map(|journal| Arc::new(journal) as Arc<dyn Journal>).map_err(|error| error.to_string())
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn it_keeps_the_contract() {
        conformance::run(|| Folder(tempfile::tempdir().unwrap())).await.unwrap();
    }
}
