//! The contract between whoever decides and whatever keeps the record.

use std::fmt;
use std::io;

use async_trait::async_trait;
use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::time::Moment;

use crate::fault::VerifyError;
use crate::hash::Hash;
use crate::row::{Page, PageRequest, Query, Row};
use crate::seal::EntryKey;
use crate::verify::Report;

/// The record of what happened in each case. Entries are added, never changed.
///
/// A backend proves itself with the suite in `conformance`. Every promise below holds whatever else runs
/// at the same time: other tasks, other readers, and a kill at any moment.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Adds the entries of `commit` to its case, if the case is still at the version the caller has seen.
    ///
    /// **Atomic.** The entries get the numbers after [`Commit::seen`], and the index rows of the case become
    /// [`Commit::rows`]: all of it happens or none. No reader sees a part.
    ///
    /// **Durable.** When this returns `Ok`, all of it survives a crash and a power cut. Readers see nothing
    /// that is not yet durable.
    ///
    /// **Repeatable.** With a [`Commit::key`] that the case has answered before, and with the same content,
    /// nothing is added and the first receipt is returned, whatever version was seen. The same content means
    /// the same payloads by the same recorders in the same order; the moment, the version seen and the rows
    /// may differ, since they belong to the attempt.
    ///
    /// Moments are kept to the microsecond.
    ///
    /// Dropping the future before it is done leaves open whether the entries are recorded; ask again with the same [`Commit::key`].
    ///
    /// # Errors
    ///
    /// See [`AppendError`] for what each means and what to do. Only [`AppendError::Io`] and
    /// [`AppendError::Closed`] leave open whether the entries were recorded.
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError>;

    /// The receipt that `key` got on `case`, or nothing if no commit carried it.
    ///
    /// Ask before deciding again: after the first attempt the act may no longer be open.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError>;

    /// The entries of `case` after version `after`, in order, without a gap, to the head.
    ///
    /// A case never opened has no entries.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError>;

    /// Where `case` stands. A case never opened is at version 0.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    async fn head(&self, case: CaseId) -> Result<Head, ReadError>;

    /// At most `limit` entries of all cases after position `after`, in the one order of the store, without a gap.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError>;

    /// One page of the index rows that `query` asks for, in the order of their keys.
    ///
    /// A row stands as long as its case's last commit named it. Due rows come oldest first. Each page is taken
    /// at one moment; a row that appears behind the cursor between two pages is not shown.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError>;

    /// Walks the whole record: every checksum, every hash, every link, and the index against it.
    ///
    /// Appends may have to wait while the index is counted; the walk over the journal holds nobody up.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns the first thing that is wrong, and where. Nothing is changed.
    async fn verify(&self) -> Result<Report, VerifyError>;

    /// Finishes what was accepted, refuses what comes after, and lets go of the folder. Closing twice is no error.
    ///
    /// Dropping the future before it is done leaves open how closing ends; close again to know.
    ///
    /// # Errors
    ///
    /// Returns [`CloseError`] if the last writes failed. What was acknowledged is safe even then.
    async fn close(&self) -> Result<(), CloseError>;
}

/// What one append adds, and what the index says of the case from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The case, opened by its first commit.
    pub case: CaseId,
    /// The version that the decision was taken on; 0 opens the case.
    pub seen: Version,
    /// The entries, at least one.
    pub entries: Vec<NewEntry>,
    /// All the index rows of the case after this commit. Rows of the case that are not among them go.
    pub rows: Vec<Row>,
    /// Makes a second attempt safe.
    pub key: Option<IdempotencyKey>,
    /// Destroys the key of the case with this commit, for ever: nothing of the case that is sealed can be read again,
    /// and nothing more is recorded in it. The entries say by whose authority, and are not sealed.
    pub erases: bool,
}

/// An entry to be recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// When it was recorded, kept to the microsecond.
    pub recorded_at: Moment,
    /// Who recorded it. An account, never a person's name.
    pub recorded_by: String,
    /// The content, opaque here. It does not begin with the byte 01.
    pub payload: Vec<u8>,
    /// Whether the content may tell of a person, and so is sealed under the key of its case.
    pub personal: bool,
}

/// An entry as the record holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the store.
    pub position: Position,
    /// Its case.
    pub case: CaseId,
    /// Its place in the case.
    pub number: EntryNumber,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// Who recorded it.
    pub recorded_by: String,
    /// The content, as far as it can be read.
    pub payload: Payload,
    /// The SHA-256 of the canonical bytes, which include `previous` and the payload as it is stored.
    pub hash: Hash,
    /// The hash of the entry before it in the case, [`Hash::NONE`] for the first.
    pub previous: Hash,
}

/// The content of an entry: the bytes that the record keeps, and what they say.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload {
    stored: Vec<u8>,
    opened: Opened,
}

#[derive(Clone, PartialEq, Eq)]
enum Opened {
    /// Stored as it is.
    Plain,
    /// Stored under a key that was there.
    Sealed(Vec<u8>, EntryKey),
    /// Stored under a key that was destroyed.
    Erased,
}

impl Payload {
    /// A payload that is stored as it is; or its content, where whoever keeps the record elsewhere has opened it.
    #[must_use]
    pub const fn plain(stored: Vec<u8>) -> Self {
        Self { stored, opened: Opened::Plain }
    }

    /// A payload that was sealed, and opened.
    pub(crate) const fn sealed(stored: Vec<u8>, content: Vec<u8>, key: EntryKey) -> Self {
        Self { stored, opened: Opened::Sealed(content, key) }
    }

    /// A payload whose key was destroyed.
    #[must_use]
    pub const fn erased(stored: Vec<u8>) -> Self {
        Self { stored, opened: Opened::Erased }
    }

    /// The bytes that the record keeps, which the hash covers.
    #[must_use]
    pub fn stored(&self) -> &[u8] {
        &self.stored
    }

    /// What was recorded; nothing if it was erased.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        match &self.opened {
            Opened::Plain => Some(&self.stored),
            Opened::Sealed(content, _) => Some(content),
            Opened::Erased => None,
        }
    }

    /// The key by which this payload can be disclosed without the others of its case; nothing if it is not sealed, or
    /// was erased.
    #[must_use]
    pub fn disclosure(&self) -> Option<&EntryKey> {
        match &self.opened {
            Opened::Sealed(_, key) => Some(key),
            Opened::Plain | Opened::Erased => None,
        }
    }

    /// Whether it was sealed, whatever became of the key.
    #[must_use]
    pub const fn is_sealed(&self) -> bool {
        !matches!(self.opened, Opened::Plain)
    }
}

/// The place of an entry in the store: 1 for the first of all, then without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// A caller's name for one attempt, so that the attempt can be made again without being counted twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(pub String);

/// The proof that a commit is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The version of the case after the commit.
    pub version: Version,
    /// The position of the commit's last entry.
    pub position: Position,
    /// The hash of the commit's last entry, which stands for the whole case up to it.
    pub hash: Hash,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries it has.
    pub version: Version,
    /// The hash of the last of them, [`Hash::NONE`] for a case never opened.
    pub hash: Hash,
}

impl Head {
    /// A case that was never opened.
    pub const UNOPENED: Self = Self { version: Version(0), hash: Hash::NONE };
}

/// Why nothing was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Another writer came first. Nothing was recorded. Read the case and decide again; never append the old answer.
    #[error("the case is at version {actual}, not {seen}; read it and decide again")]
    Moved {
        /// The version the caller had seen.
        seen: Version,
        /// The version the case is at.
        actual: Version,
    },
    /// The key was used on this case for something else. Nothing was recorded. The caller made two things of one name.
    #[error("the idempotency key was used for other entries of this case; use a new key")]
    KeyReused,
    /// A part of the commit is over its limit. Nothing was recorded. Keep large documents outside and record their hash.
    #[error("{part} of {size} is over the limit of {limit}")]
    TooLarge {
        /// Which part.
        part: &'static str,
        /// Its size, in bytes or in items as the part is counted.
        size: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// The commit has no entries. Nothing was recorded.
    #[error("a commit needs at least one entry")]
    Empty,
    /// The commit asks for what the record cannot keep. Nothing was recorded.
    #[error("{why}")]
    Unfit {
        /// In what way.
        why: &'static str,
    },
    /// Whoever keeps the record elsewhere does not take it. Nothing was recorded.
    #[error("{says} ({code})")]
    Refused {
        /// The code that it gave.
        code: String,
        /// What it says.
        says: String,
    },
    /// The content of the case was erased. Nothing was recorded, and nothing can be.
    #[error("the content of the case was erased, and nothing more is recorded in it")]
    Erased,
    /// The key of the case could not be had. Nothing was recorded. Look after the folder `keys` of the store.
    #[error("the key of the case could not be had ({why}); look after the folder `keys` of the store")]
    Keys {
        /// What is in the way.
        why: String,
    },
    /// The disk is below its floor. Nothing was recorded, and reads go on. Make room; no restart is needed.
    #[error(
        "the disk of the store has {free} bytes left, under the floor of {floor}; make room and try again"
    )]
    Full {
        /// Bytes that are free.
        free: u64,
        /// Bytes that must stay free.
        floor: u64,
    },
    /// The store needs a new file and cannot make it: rights were taken away, or file handles have run out. Nothing was
    /// recorded, and reads go on where they need no new file. Mend that, and try again; no restart is needed.
    #[error(
        "the store cannot make the file that it needs next, and nothing was recorded; mend that and try again"
    )]
    Blocked(#[source] io::Error),
    /// An earlier write failed and the store takes no more. Nothing of this commit was recorded. Open it again.
    #[error("the store stopped writing after a failed write; see the log, then open it again")]
    Stopped,
    /// The store was closed, before this commit or while it waited.
    #[error("the store is closed; open it again")]
    Closed,
    /// The disk failed while this commit was written. It may or may not be recorded, and the store takes no more.
    /// Open the store again and read the case; with an idempotency key, simply try again.
    #[error(
        "writing failed, and it is not known whether the entries are recorded; open the store again and read the case"
    )]
    Io(#[source] io::Error),
}

impl AppendError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Moved { .. } => "append/moved",
            Self::KeyReused => "append/key-reused",
            Self::TooLarge { .. } => "append/too-large",
            Self::Empty => "append/empty",
            Self::Unfit { .. } => "append/unfit",
            Self::Erased => "append/erased",
            Self::Refused { .. } => "append/refused",
            Self::Keys { .. } => "append/keys",
            Self::Full { .. } => "append/disk-full",
            Self::Blocked(_) => "append/blocked",
            Self::Stopped => "append/stopped",
            Self::Closed => "append/closed",
            Self::Io(_) => "append/io",
        }
    }
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store was closed.
    #[error("the store is closed; open it again")]
    Closed,
    /// What was found does not fit its hash or its form. Verify the store before anything is decided on it.
    #[error("the store holds {what} that does not fit; verify the store before deciding anything on it")]
    Damaged {
        /// What was read.
        what: String,
    },
    /// The key of a case could not be had, though it was not destroyed. Look after the folder `keys` of the store.
    #[error("the key of the case could not be had ({why}); look after the folder `keys` of the store")]
    Keys {
        /// What is in the way.
        why: String,
    },
    /// Whoever keeps the record elsewhere does not show it.
    #[error("{says} ({code})")]
    Refused {
        /// The code that it gave.
        code: String,
        /// What it says.
        says: String,
    },
    /// The disk failed.
    #[error("reading the store failed")]
    Io(#[source] io::Error),
}

impl ReadError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Closed => "read/closed",
            Self::Damaged { .. } => "read/damaged",
            Self::Keys { .. } => "read/keys",
            Self::Refused { .. } => "read/refused",
            Self::Io(_) => "read/io",
        }
    }
}

/// Why closing was not clean.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CloseError {
    /// The writer did not finish in time and still holds the folder. End the process before opening the store again.
    #[error("the writer of the store did not finish; end this process before opening the store again")]
    Hung,
    /// The last write failed. What was acknowledged is on disk.
    #[error("the last write before closing failed; what was acknowledged is safe")]
    Io(#[source] io::Error),
}

impl CloseError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Hung => "close/hung",
            Self::Io(_) => "close/io",
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

// Payloads hold what persons said and did: no log line may print them.
impl fmt::Debug for NewEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry").field("recorded_at", &self.recorded_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload").finish_non_exhaustive()
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("position", &self.position)
            .field("case", &self.case)
            .field("number", &self.number)
            .field("recorded_at", &self.recorded_at)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}
