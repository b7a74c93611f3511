//! Opening a store: own the folder, walk the journal, distrust the index.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::closing::{self, Closing};
use crate::fault::{JournalFault, OpenError};
use crate::frame::Body;
use crate::hash;
use crate::index::{Applied, Database, Feed, Index, IndexError};
use crate::index_open::{self, Failure};
use crate::journal::Position;
use crate::key_file::{self, KeyFile, KeysError};
use crate::keys::KeyStore;
use crate::master::MasterKey;
use crate::pairs::{Meta, Source};
use crate::scan::Chain;
use crate::segment::{self, FIRST_FRAME, FORMAT, Header, Segment};
use crate::survey::{Survey, TornTail, Visit, survey};

/// How a store is opened. [`OpenOptions::default`] suits a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    /// Whether a missing store is made.
    pub create: bool,
    /// A new segment is begun when the last one is this long, in bytes.
    pub segment_bytes: u64,
    /// The bytes by which a segment file grows, taken from the disk before they are needed.
    pub segment_step: u32,
    /// The bytes that must stay free on the disk; below, appends are refused and reads go on.
    pub disk_floor: u64,
    /// How long the index may stand still while it opens.
    pub index_patience: Duration,
    /// How many appends may wait for the writer.
    pub queue: usize,
    /// Where the master key is had from, which opens the keys of the cases.
    pub master: MasterKey,
    /// A journal longer than this, in bytes, that was closed in order is not walked whole before it is used, but beside the
    /// work; see [`SledJournal::checked`](crate::SledJournal::checked). After a kill it always is walked whole.
    pub trust_above: u64,
    /// Whether a store of an older format goes on in the format of this release. No earlier release opens it then.
    pub upgrade: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            create: true,
            segment_bytes: 32 << 20,
            segment_step: 8 << 20,
            disk_floor: 64 << 20,
            index_patience: Duration::from_secs(30),
            queue: 1024,
            master: MasterKey::Beside,
            trust_above: 64 << 20,
            upgrade: false,
        }
    }
}

/// What was found and done while a store was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReport {
    /// Whether the store is new.
    pub created: bool,
    /// The identity of the store.
    pub store: Uuid,
    /// The position of the last entry.
    pub last: Position,
    /// A write that a crash interrupted, now cut off. It was never acknowledged.
    pub torn: Option<TornTail>,
    /// How the index was.
    pub index: IndexState,
    /// Whether the closing before was in order and taken at its word, so that only the last segment was walked. The rest is
    /// checked beside the work.
    pub on_trust: bool,
    /// The format that the store had until now, if it was upgraded.
    pub upgraded_from: Option<u32>,
}

/// How the index was when the store was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// It followed the journal to the end.
    Current,
    /// It lacked the last entries, and got them from the journal.
    CaughtUp {
        /// How many.
        entries: u64,
    },
    /// It was missing or could not be trusted, and was built from the journal.
    Rebuilt {
        /// Why.
        reason: String,
        /// Where the old one was moved, to be looked at or deleted.
        moved_to: Option<PathBuf>,
    },
}

/// A store that is open, in its parts.
pub(crate) struct Parts {
    pub(crate) lock: File,
    pub(crate) segment: Segment,
    pub(crate) index: Index,
    pub(crate) chain: Chain,
    pub(crate) report: OpenReport,
    /// How many openings before were taken on trust and never checked whole.
    pub(crate) taken_on_trust: u32,
}

/// The folder of the segments in the store at `folder`.
pub(crate) fn journal_folder(folder: &Path) -> PathBuf {
    folder.join("journal")
}

/// The folder of the index in the store at `folder`.
pub(crate) fn index_folder(folder: &Path) -> PathBuf {
    folder.join("sled")
}

/// Opens the store in `folder`. Blocks.
pub(crate) fn open(folder: &Path, options: &OpenOptions) -> Result<Parts, OpenError> {
    let journal = journal_folder(folder);
    prepare(folder, options)?;
    let lock = lock(folder)?;
    if !journal.exists() {
        make_folder(&journal)?;
    }
    segment::remove_unfinished(&journal).map_err(JournalFault::io(&journal))?;

    let closing = closing::take(folder).map_err(|error| io_error(folder, error))?;
    let closing = closing.filter(|closing| closing.may_stand(options.trust_above));
    let (opened, distrust) = trusted_index(folder, options, closing.as_ref())?;
    let witness = opened.as_ref().map(|database| *database.meta());
    let walked = walked(&journal, witness.as_ref(), closing.as_ref())?;
    let Walked { surveyed, agrees, is_sealed, on_trust } = walked;
    let last = surveyed.as_ref().map_or(Position(0), |survey| survey.chain.last());
    if let Some(meta) = witness.filter(|meta| meta.chain.last() > last) {
        return Err(OpenError::JournalBehind {
            folder: folder.to_owned(),
            journal: last,
            index: meta.chain.last(),
        });
    }

    let created = surveyed.is_none();
    if created {
        // Whoever made the folder may have been stopped before its name was safe.
        keep_name(&journal)?;
    }
    let upgraded_from = surveyed.as_ref().and_then(old_format);
    if let Some(found) = upgraded_from.filter(|_| !options.upgrade) {
        return Err(OpenError::OldFormat { folder: folder.to_owned(), found, known: FORMAT });
    }
    let torn = surveyed.as_ref().and_then(|survey| survey.torn.clone());
    let (segment, chain) = writable(&journal, surveyed, options)?;
    let store = segment.header().store;
    let keys: Arc<dyn KeyStore> = Arc::new(keys(folder, store, is_sealed, options)?);
    // After the keys: once the segment is there, what it holds may be sealed.
    let segment = match upgraded_from {
        None => segment,
        Some(_) => upgraded(&journal, segment, &chain, options).map_err(JournalFault::io(&journal))?,
    };
    let reason = distrust
        .or_else(|| (!agrees).then(|| "it follows another journal".to_owned()))
        .or_else(|| other_blinder(witness.as_ref(), &*keys));
    let follow = Follow { folder, options, segment: &segment, chain, keys };
    let (index, state) = follow.bring_up(opened, reason, created)?;
    let report =
        OpenReport { created, store, last: chain.last(), torn, index: state, on_trust, upgraded_from };
    tell(&report);
    let taken_on_trust = closing.filter(|_| on_trust).map_or(0, |closing| closing.taken_on_trust);
    Ok(Parts { lock, segment, index, chain, report, taken_on_trust })
}

/// What was seen of the journal and of what the index has seen of it.
struct Walked {
    surveyed: Option<Survey>,
    /// Whether the index follows this journal.
    agrees: bool,
    /// Whether something in the journal is sealed.
    is_sealed: bool,
    /// Whether only the last segment was walked.
    on_trust: bool,
}

/// Walks the journal; only its last segment, if it and the index are as they were at a closing in order.
fn walked(journal: &Path, witness: Option<&Meta>, closing: Option<&Closing>) -> Result<Walked, JournalFault> {
    if let Some(closing) = closing.filter(|closing| witness == Some(&closing.index))
        && let Some(survey) = closing::survey_last(journal, closing)?
    {
        let is_sealed = closing.index.next_slot > 0;
        return Ok(Walked { surveyed: Some(survey), agrees: true, is_sealed, on_trust: true });
    }
    let mut agrees = witness.is_some_and(|meta| meta.chain.length == 0);
    let mut is_sealed = false;
    let surveyed = survey::<JournalFault>(journal, None, |visit| {
        agrees |=
            witness.is_some_and(|meta| meta.chain == visit.after && meta.store == visit.segment.header.store);
        is_sealed |= matches!(&visit.body, Body::Commit(commit) if commit.slot().is_some());
        Ok(())
    })?;
    Ok(Walked { surveyed, agrees, is_sealed, on_trust: false })
}

/// The format of the last segment, if it is older than the one that is written.
fn old_format(survey: &Survey) -> Option<u32> {
    Some(survey.last.header.format).filter(|format| *format < FORMAT)
}

/// The keys of the store; made, if nothing was sealed yet.
fn keys(folder: &Path, store: Uuid, is_sealed: bool, options: &OpenOptions) -> Result<KeyFile, KeysError> {
    if !is_sealed && !key_file::key_file(folder).exists() {
        return KeyFile::create(folder, store, &options.master);
    }
    KeyFile::open(folder, store, &options.master)
}

/// A segment in the format of this release, to follow `old` or to take its place.
fn upgraded(journal: &Path, old: Segment, chain: &Chain, options: &OpenOptions) -> io::Result<Segment> {
    if chain.next == old.header().first {
        return Segment::replace(journal, &old);
    }
    let next = Segment::create(journal, old.header().next(chain, options.segment_step))?;
    old.finish()?;
    Ok(next)
}

/// Why an index cannot be used whose names and words were hidden with another key.
fn other_blinder(witness: Option<&Meta>, keys: &dyn KeyStore) -> Option<String> {
    let other = witness.is_some_and(|meta| !meta.store.is_nil() && meta.blinder != keys.blinder().mark());
    other.then(|| "its names and words were hidden with another master key".to_owned())
}

fn prepare(folder: &Path, options: &OpenOptions) -> Result<(), OpenError> {
    let exists = journal_folder(folder).exists() || index_folder(folder).exists();
    if !exists && !options.create {
        return Err(OpenError::NotFound { folder: folder.to_owned() });
    }
    if !folder.exists() {
        make_folder(folder)?;
    }
    let mut places = vec![folder.to_owned(), journal_folder(folder)];
    if let Ok(listing) = std::fs::read_dir(journal_folder(folder)) {
        places.extend(listing.filter_map(|item| item.ok().map(|item| item.path())));
    }
    // The mode counts even for an account that could write all the same: whoever took the right away meant it.
    let read_only =
        |path: &PathBuf| std::fs::metadata(path).is_ok_and(|about| about.permissions().readonly());
    match places.into_iter().find(read_only) {
        Some(path) => Err(OpenError::ReadOnly { path }),
        None => Ok(()),
    }
}

/// Makes a folder, and the names of all folders above it that were missing, safe. A journal is no safer than the name
/// under which it is found.
fn make_folder(folder: &Path) -> Result<(), OpenError> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|above| !is_there(above)).collect();
    segment::make_own_folder(folder).map_err(|error| io_error(folder, error))?;
    missing.into_iter().try_for_each(keep_name)
}

fn is_there(folder: &Path) -> bool {
    folder.as_os_str().is_empty() || folder.exists()
}

/// Sees to it that `folder` is found under its name after a crash.
fn keep_name(folder: &Path) -> Result<(), OpenError> {
    let Some(parent) = folder.parent() else { return Ok(()) };
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    segment::sync_folder(parent).map_err(|error| io_error(parent, error))
}

fn io_error(path: &Path, source: io::Error) -> OpenError {
    if matches!(source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) {
        return OpenError::ReadOnly { path: path.to_owned() };
    }
    OpenError::Journal(JournalFault::Io { path: path.to_owned(), source })
}

/// The name of the file by which a store is held.
pub(crate) const LOCK: &str = "LOCK";

/// Takes the store for this process. The lock goes with the file handle, also after a kill.
pub(crate) fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join(LOCK);
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(segment::OWN_FILE)
        .open(&path)
        .map_err(|error| io_error(&path, error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => {
            return Err(OpenError::Locked { folder: folder.to_owned(), holder: held_by(file) });
        }
        Err(std::fs::TryLockError::Error(error)) => return Err(io_error(&path, error)),
    }
    // Only for the message above; the lock itself does not depend on it.
    let _ = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(format!("process {}\n", std::process::id()).as_bytes()));
    Ok(file)
}

/// Who says in the lock that it is his.
pub(crate) fn held_by(file: File) -> String {
    let mut text = String::new();
    let known = file.take(64).read_to_string(&mut text).is_ok() && !text.trim().is_empty();
    if known { text.trim().to_owned() } else { "another process".to_owned() }
}

/// The index, if it opens and holds what it says it holds; otherwise why not.
fn trusted_index(
    folder: &Path,
    options: &OpenOptions,
    closing: Option<&Closing>,
) -> Result<(Option<Database>, Option<String>), OpenError> {
    let at = index_folder(folder);
    if index_open::hung_before(folder) {
        return Ok((None, Some("it did not open in time at the last start".to_owned())));
    }
    if !at.exists() {
        return Ok((None, Some("it was missing".to_owned())));
    }
    match index_open::open(&at, options.index_patience, closing.map(|closing| &closing.index)) {
        Ok(database) => Ok((Some(database), None)),
        Err(Failure::Broken(why)) => Ok((None, Some(why))),
        Err(Failure::InUse) => {
            Err(OpenError::Locked { folder: folder.to_owned(), holder: "another process".to_owned() })
        }
        Err(Failure::Hung) => {
            index_open::leave_marker(folder);
            Err(OpenError::IndexHung { folder: at })
        }
    }
}

/// The segment to write to, with the tail cut if torn, and everything before its end on disk.
fn writable(
    journal: &Path,
    surveyed: Option<Survey>,
    options: &OpenOptions,
) -> Result<(Segment, Chain), JournalFault> {
    let Some(survey) = surveyed else {
        let store = Uuid::new_v4();
        let chain = Chain { next: Position(1), previous: hash::store(store), length: 0 };
        let header = Header {
            format: FORMAT,
            store,
            ordinal: 0,
            step: options.segment_step.max(4096),
            first: chain.next,
            base: 0,
            previous: chain.previous,
        };
        return Ok((Segment::create(journal, header).map_err(JournalFault::io(journal))?, chain));
    };
    let Survey { last, chain, durable, torn, .. } = &survey;
    let offset = |length: u64| FIRST_FRAME + length.saturating_sub(last.header.base);
    let ready = || {
        let segment = Segment::open(&last.path, last.header, offset(chain.length))?;
        if torn.is_some() {
            segment.erase_rest()?;
        }
        segment.write_again(offset(*durable))?;
        segment::sync_folder(journal)?;
        Ok(segment)
    };
    Ok((ready().map_err(JournalFault::io(&last.path))?, *chain))
}

/// What is needed to bring an index to the end of the journal.
struct Follow<'a> {
    folder: &'a Path,
    options: &'a OpenOptions,
    segment: &'a Segment,
    chain: Chain,
    keys: Arc<dyn KeyStore>,
}

impl Follow<'_> {
    fn bring_up(
        &self,
        opened: Option<Database>,
        distrust: Option<String>,
        created: bool,
    ) -> Result<(Index, IndexState), OpenError> {
        let mut why = distrust;
        if let (Some(database), None) = (opened, &why) {
            let mut index = database.into_index(&journal_folder(self.folder), Arc::clone(&self.keys));
            let before = index.meta().chain.last();
            match self.catch_up(&mut index) {
                Ok(()) => return Ok((index, self.state(before))),
                Err(Stop::Fault(fault)) => return Err(fault.into()),
                Err(Stop::Index(error)) => why = Some(error.to_string()),
            }
        }
        self.rebuild(why.unwrap_or_default(), created)
    }

    fn state(&self, before: Position) -> IndexState {
        match self.chain.last().0.saturating_sub(before.0) {
            0 => IndexState::Current,
            entries => IndexState::CaughtUp { entries },
        }
    }

    fn rebuild(&self, reason: String, created: bool) -> Result<(Index, IndexState), OpenError> {
        let at = index_folder(self.folder);
        let broken = |what: String| OpenError::Index { folder: at.clone(), what };
        let moved_to = index_open::move_aside(self.folder, &at).map_err(|error| broken(error.to_string()))?;
        let opened = index_open::open(&at, self.options.index_patience, None);
        let database = opened.map_err(|failure| match failure {
            Failure::Broken(why) => broken(why),
            Failure::InUse => broken("a new database is in use".to_owned()),
            Failure::Hung => OpenError::IndexHung { folder: at.clone() },
        })?;
        let mut index = database.into_index(&journal_folder(self.folder), Arc::clone(&self.keys));
        self.catch_up(&mut index).map_err(|stop| match stop {
            Stop::Fault(fault) => fault.into(),
            Stop::Index(error) => broken(error.to_string()),
        })?;
        let state = if created { IndexState::Current } else { IndexState::Rebuilt { reason, moved_to } };
        Ok((index, state))
    }

    fn catch_up(&self, index: &mut Index) -> Result<(), Stop> {
        if index.is_new() {
            let store = self.segment.header().store;
            index.begin(store, hash::store(store));
        }
        if index.meta().chain.last() == self.chain.last() {
            return Ok(());
        }
        let mut feed = index.feed();
        survey(&journal_folder(self.folder), None, |visit| apply(&mut feed, visit))?;
        feed.finish()?;
        Ok(index.flush()?)
    }
}

fn apply(feed: &mut Feed<'_>, visit: &Visit<'_>) -> Result<(), Stop> {
    let Body::Commit(commit) = &visit.body else { return Ok(()) };
    if visit.link.position < feed.next() {
        return Ok(());
    }
    let source = Source { segment: visit.segment.header.first, offset: visit.offset };
    Ok(feed.add(&Applied { commit: commit.clone(), source, after: visit.after })?)
}

/// Why following the journal stopped.
enum Stop {
    Fault(JournalFault),
    Index(IndexError),
}

impl From<JournalFault> for Stop {
    fn from(fault: JournalFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<IndexError> for Stop {
    fn from(error: IndexError) -> Self {
        Self::Index(error)
    }
}

fn tell(report: &OpenReport) {
    if let Some(torn) = &report.torn {
        tracing::warn!(
            segment = %torn.segment.display(), offset = torn.offset, bytes = torn.bytes,
            "cut off a write that a crash had interrupted; it was never acknowledged"
        );
    }
    match &report.index {
        IndexState::Current => {}
        IndexState::CaughtUp { entries } => tracing::info!(entries, "the index caught up with the journal"),
        IndexState::Rebuilt { reason, moved_to } => {
            tracing::warn!(%reason, ?moved_to, "built the index anew from the journal");
        }
    }
}
