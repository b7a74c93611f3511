//! The one thread that writes: group, frames, one sync, answers, index. In that order, so that nothing is
//! acknowledged or shown before it is on disk, and the index is never ahead of the journal.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::thread::JoinHandle;

use comity_core::id::CaseId;
use tokio::sync::{mpsc, oneshot};

use crate::applier::{Backlog, Group, SharedIndex, guarded};
use crate::bytes::wide;
use crate::check::{Check, CheckState};
use crate::closing::{self, Closing};
use crate::frame::{self, Link};
use crate::hash::{self, Hash};
use crate::index::{self, Index, IndexError};
use crate::journal::{AppendError, Commit, IdempotencyKey, ReadError, Receipt};
use crate::keys::KeyStore;
use crate::open::{OpenOptions, Parts, index_folder, journal_folder};
use crate::pairs::{Meta, Source};
use crate::plan::{Past, Plan};
use crate::scan::Chain;
use crate::segment::Segment;
use crate::standing::Standing;

/// The most commits in one group.
const GROUP: usize = 256;
/// No more commits are taken into a group that has this many bytes of payload.
const GROUP_BYTES: usize = 1 << 20;

type Answer = Result<Receipt, AppendError>;

/// A commit that waits for its answer.
pub(crate) struct Waiting {
    pub(crate) commit: Commit,
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// The writer of an open store.
pub(crate) struct Writer {
    folder: PathBuf,
    options: OpenOptions,
    // Held for as long as anything is written, and let go last.
    _lock: File,
    segment: Segment,
    chain: Chain,
    next_slot: u64,
    keys: Arc<dyn KeyStore>,
    past: index::Past,
    shared: Arc<Shared>,
    applier: Option<JoinHandle<()>>,
    jobs: mpsc::Receiver<Waiting>,
    last_group: usize,
    taken_on_trust: u32,
    wrote: bool,
}

/// What the writer shares with whoever reads.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) index: SharedIndex,
    pub(crate) backlog: Backlog,
    pub(crate) check: Check,
    /// Why the writer takes no more entries, once it does not.
    pub(crate) stopped: OnceLock<String>,
}

/// What is recorded: in the index, and in what waits to get there.
pub(crate) struct Recorded<'w> {
    pub(crate) backlog: &'w Backlog,
    pub(crate) index: &'w index::Past,
}

impl Past for Recorded<'_> {
    type Error = IndexError;

    // What waits is asked first: what no longer waits by then is in the index whole.
    fn standing(&self, case: CaseId) -> Result<Standing, IndexError> {
        self.backlog.standing(case).map_or_else(|| self.index.standing(case), Ok)
    }

    fn answer(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<(Hash, Receipt)>, IndexError> {
        self.backlog.answer(case, key).map_or_else(|| self.index.answer(case, key), |known| Ok(Some(known)))
    }
}

impl Shared {
    /// Reads the index, which nobody changes meanwhile.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Index) -> Result<T, ReadError>) -> Result<T, ReadError> {
        let guard = self.index.read().unwrap_or_else(PoisonError::into_inner);
        guard.as_ref().ok_or(ReadError::Closed).and_then(read)
    }
}

impl Writer {
    /// Takes over an open store, and starts the thread that brings the index along.
    pub(crate) fn new(
        folder: PathBuf,
        options: OpenOptions,
        parts: Parts,
        jobs: mpsc::Receiver<Waiting>,
    ) -> io::Result<(Self, Arc<Shared>)> {
        let past = parts.index.past();
        let keys = Arc::clone(parts.index.keys());
        let next_slot = parts.index.meta().next_slot;
        let index = Arc::new(RwLock::new(Some(parts.index)));
        let check = Check::new(!parts.report.on_trust);
        let shared = Arc::new(Shared { index, backlog: Backlog::default(), check, stopped: OnceLock::new() });
        let followed = Arc::clone(&shared);
        let applier = std::thread::Builder::new()
            .name("store-index".to_owned())
            .spawn(move || followed.backlog.run(&followed.index))?;
        let writer = Self {
            folder,
            options,
            _lock: parts.lock,
            segment: parts.segment,
            chain: parts.chain,
            next_slot,
            keys,
            past,
            shared: Arc::clone(&shared),
            applier: Some(applier),
            jobs,
            last_group: 1,
            taken_on_trust: parts.taken_on_trust,
            wrote: false,
        };
        Ok((writer, shared))
    }

    /// Works until the store is closed and everything accepted is answered.
    pub(crate) fn run(mut self) -> io::Result<()> {
        while let Some(group) = self.gather() {
            self.last_group = group.len();
            self.serve(group);
        }
        let marked = self.mark();
        self.shared.backlog.end();
        self.shared.check.stop();
        if let Some(applier) = self.applier.take() {
            let _ = applier.join();
        }
        let index = self.shared.index.write().unwrap_or_else(PoisonError::into_inner).take();
        let index = index.and_then(|index| match guarded(|| index.flush()) {
            Ok(()) => Some(*index.meta()),
            Err(error) => {
                // No loss: the next start applies again what is missing.
                tracing::warn!(%error, "the index was not flushed at closing");
                None
            }
        });
        marked?;
        self.leave_word(index);
        Ok(())
    }

    /// Says that all is in order, if it is, so that the next opening may take it at its word.
    fn leave_word(&self, index: Option<Meta>) {
        let taken_on_trust = match self.shared.check.state() {
            CheckState::Whole => 0,
            CheckState::Running => self.taken_on_trust.saturating_add(1),
            CheckState::Wrong { .. } => return,
        };
        let Some(index) = index.filter(|index| !self.is_stopped() && index.chain.last() == self.chain.last())
        else {
            return;
        };
        let closing = Closing { index, end: self.chain, taken_on_trust };
        if let Err(error) = closing::leave(&self.folder, &closing, &index_folder(&self.folder)) {
            // No loss: the next opening walks everything.
            tracing::info!(%error, "could not leave word of the closing");
        }
    }

    /// Takes all that waits, up to a limit, and waits only if nothing does.
    fn gather(&mut self) -> Option<Vec<Waiting>> {
        let first = self.jobs.blocking_recv()?;
        // Whoever was answered together tends to come back together, but one by one. Without this, every
        // second group would be the first of them alone. A single writer never gets here.
        let mut quiet = 0;
        while self.jobs.len() + 1 < self.last_group && quiet < 3 {
            let before = self.jobs.len();
            std::thread::yield_now();
            quiet = if self.jobs.len() == before { quiet + 1 } else { 0 };
        }
        let mut size = payload(&first);
        let mut group = vec![first];
        while group.len() < GROUP
            && size < GROUP_BYTES
            && let Ok(next) = self.jobs.try_recv()
        {
            size += payload(&next);
            group.push(next);
        }
        Some(group)
    }

    fn serve(&mut self, group: Vec<Waiting>) {
        if !self.is_stopped()
            && let Some(why) = self.shared.backlog.failed()
        {
            self.stop("following with the index", &why);
        }
        if !self.is_stopped()
            && let CheckState::Wrong { what, .. } = self.shared.check.state()
        {
            self.stop("checking what is on disk", &what);
        }
        let refusal = if self.is_stopped() { Some(Refusal::Stopped) } else { self.full() };
        if let Some(refusal) = refusal {
            return refuse_all(group, refusal);
        }
        let (plan, answers) = match self.plan(&group) {
            Ok(planned) => planned,
            Err(error) => {
                self.stop("asking the index", &error);
                return refuse_all(group, Refusal::Stopped);
            }
        };
        match self.record(plan) {
            Ok(()) => {
                for (waiting, answer) in group.into_iter().zip(answers) {
                    // Whoever has gone away may ask again with the key.
                    let _ = waiting.answer.send(answer);
                }
            }
            Err(Trouble::Full(full)) => refuse_all(group, full),
            Err(Trouble::Blocked(error)) => {
                tracing::warn!(%error, "the store cannot make the file that it needs next");
                for waiting in group {
                    let _ = waiting.answer.send(Err(AppendError::Blocked(same(&error))));
                }
            }
            Err(Trouble::Failed(error)) => {
                self.stop("writing", &error);
                for (waiting, answer) in group.into_iter().zip(answers) {
                    // A refusal may have rested on a commit of this group that is now in doubt.
                    let unknown = answer.map_or(AppendError::Stopped, |_| AppendError::Io(same(&error)));
                    let _ = waiting.answer.send(Err(unknown));
                }
            }
        }
    }

    fn plan(&self, group: &[Waiting]) -> Result<(Plan, Vec<Answer>), IndexError> {
        let mut plan = Plan::new(self.chain, self.next_slot);
        let past = Recorded { backlog: &self.shared.backlog, index: &self.past };
        let answers = guarded(|| {
            let decide = |waiting: &Waiting| plan.decide(&past, &*self.keys, &waiting.commit);
            group.iter().map(decide).collect::<Result<Vec<_>, _>>()
        })?;
        Ok((plan, answers))
    }

    fn record(&mut self, plan: Plan) -> Result<(), Trouble> {
        if plan.bytes.is_empty() {
            return Ok(());
        }
        let length = wide(plan.bytes.len());
        self.make_room(length).map_err(|error| not_begun(error, length))?;
        let source = Source { segment: self.segment.header().first, offset: self.segment.end() };
        self.segment.append(&plan.bytes)?;
        self.segment.sync()?;
        self.chain = plan.chain;
        self.next_slot = plan.next_slot;
        self.wrote = true;
        let erases = plan.erases();
        self.shared.backlog.put(Group::new(plan, source));
        if erases {
            // The key is destroyed with the entry that says so, and not a moment after the answer.
            self.shared.backlog.wait(None).map_err(|why| Trouble::Failed(io::Error::other(why)))?;
        }
        Ok(())
    }

    /// Sees to it that the next group of `length` bytes fits, in this segment or in a new one.
    fn make_room(&mut self, length: u64) -> io::Result<()> {
        let is_long = self.segment.end().saturating_add(length) > self.options.segment_bytes;
        // Two segments cannot have one name, so one without an entry is not left.
        if is_long && self.chain.next > self.segment.header().first {
            let header = self.segment.header().next(&self.chain, self.options.segment_step);
            let next = Segment::create(&journal_folder(&self.folder), header)?;
            std::mem::replace(&mut self.segment, next).finish().map_err(io::Error::other)?;
        }
        self.segment.reserve(length)
    }

    /// The disk has room above the floor, or the refusal.
    fn full(&self) -> Option<Refusal> {
        let floor = self.options.disk_floor;
        match rustix::fs::statvfs(&self.folder) {
            Ok(about) => {
                let free = about.f_bavail.saturating_mul(about.f_frsize);
                (free < floor).then_some(Refusal::Full { free, floor })
            }
            Err(error) => {
                tracing::warn!(%error, "could not ask how full the disk is");
                None
            }
        }
    }

    /// Marks that everything before was on disk, so that damage to the last group cannot pass for a torn write.
    fn mark(&mut self) -> io::Result<()> {
        if self.is_stopped() || !self.wrote {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let link =
            Link { position: self.chain.next, durable: self.chain.length, previous: self.chain.previous };
        frame::write_mark(&mut bytes, link);
        self.segment.reserve(wide(bytes.len()))?;
        self.segment.append(&bytes)?;
        self.segment.sync()?;
        self.chain.previous = hash::frame(&bytes);
        self.chain.length = self.chain.length.saturating_add(wide(bytes.len()));
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.shared.stopped.get().is_some()
    }

    fn stop(&self, doing: &str, error: &dyn std::fmt::Display) {
        self.shared.stopped.get_or_init(|| format!("{doing} failed: {error}"));
        tracing::error!(
            segment = %self.segment.path().display(), doing, error = %error,
            "the store takes no more entries until it is opened again; reads go on"
        );
    }
}

/// Why a whole group is refused before anything of it is written.
#[derive(Clone, Copy)]
enum Refusal {
    Stopped,
    Full { free: u64, floor: u64 },
}

impl From<Refusal> for AppendError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Stopped => Self::Stopped,
            Refusal::Full { free, floor } => Self::Full { free, floor },
        }
    }
}

/// Why a group was not recorded.
enum Trouble {
    /// Before anything was written.
    Full(Refusal),
    /// Before anything was written, for want of a file.
    Blocked(io::Error),
    /// With an unknown outcome.
    Failed(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Why there is no room for a group. Nothing of it is written yet, so the store can go on once what is wanting is there.
fn not_begun(error: io::Error, length: u64) -> Trouble {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    use rustix::io::Errno;
    if matches!(error.kind(), StorageFull | QuotaExceeded) {
        return Trouble::Full(Refusal::Full { free: 0, floor: length });
    }
    let no_handle = matches!(Errno::from_io_error(&error), Some(Errno::MFILE | Errno::NFILE));
    if no_handle || matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem) {
        return Trouble::Blocked(error);
    }
    Trouble::Failed(error)
}

fn payload(waiting: &Waiting) -> usize {
    waiting.commit.entries.iter().map(|entry| entry.payload.len()).sum()
}

fn refuse_all(group: Vec<Waiting>, refusal: Refusal) {
    for waiting in group {
        let _ = waiting.answer.send(Err(refusal.into()));
    }
}

fn same(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::commit;
    use comity_core::id::Version;
    use uuid::Uuid;

    fn case() -> CaseId {
        CaseId(Uuid::from_u128(1))
    }

    /// Serves one group of commits on a store whose disk has failed if `broken`.
    fn serve(parts: Parts, folder: &std::path::Path, seen: &[u32], broken: bool) -> Vec<Answer> {
        let (_sender, jobs) = mpsc::channel(8);
        let (mut writer, shared) =
            Writer::new(folder.to_owned(), OpenOptions::default(), parts, jobs).unwrap();
        if broken {
            writer.segment.break_for_test();
        }
        let waiting = |seen: &u32| {
            let (answer, answered) = oneshot::channel();
            (Waiting { commit: commit(case(), Version(*seen), &["entry"], &[]), answer }, answered)
        };
        let (group, answers): (Vec<_>, Vec<_>) = seen.iter().map(waiting).unzip();
        writer.serve(group);
        let (after, answered) = waiting(&0);
        writer.serve(vec![after]);
        assert_eq!(shared.stopped.get().is_some_and(|why| why.contains("writing failed")), broken);
        answers.into_iter().chain([answered]).map(|answer| answer.blocking_recv().unwrap()).collect()
    }

    #[test]
    fn one_group_may_carry_a_case_several_steps() {
        let folder = tempfile::tempdir().unwrap();
        let parts = crate::open::open(folder.path(), &OpenOptions::default()).unwrap();
        let answers = serve(parts, folder.path(), &[0, 0, 1], false);
        assert!(matches!(
            answers.as_slice(),
            [Ok(_), Err(AppendError::Moved { .. }), Ok(_), Err(AppendError::Moved { .. })]
        ));
    }

    #[test]
    fn a_failed_write_acknowledges_nothing_and_stops_the_writer() {
        let folder = tempfile::tempdir().unwrap();
        let parts = crate::open::open(folder.path(), &OpenOptions::default()).unwrap();
        let answers = serve(parts, folder.path(), &[0, 0], true);
        assert!(
            matches!(
                answers.as_slice(),
                [Err(AppendError::Io(_)), Err(AppendError::Stopped), Err(AppendError::Stopped)]
            ),
            "{answers:?}"
        );
    }
}
