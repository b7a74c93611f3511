//! The record of Comity: what happened in each case, kept so that nothing acknowledged is lost and nothing
//! can be changed unseen.
//!
//! [`Journal`] is the contract. Entries are appended to a case at the version the caller has seen, all or
//! nothing, together with the index rows that follow from them; they are on disk before the append returns,
//! and chained by hashes. The store treats a payload as bytes: what they mean is said elsewhere.
//!
//! [`SledJournal`] is the embedded default. The journal proper is a row of append-only segment files
//! (`docs/record-format.md`); one thread writes them, one `fdatasync` serves all appends that wait. The
//! database over them answers reads and is rebuilt from the journal whenever it is in doubt, so it never
//! decides whether an acknowledged entry exists. [`MemoryJournal`] keeps the same promises without a disk.
//! `conformance` is the suite by which any further backend proves that it does too.
//!
//! Inside, the decisions are pure and know no file: `frame` and `pairs` are the encodings, `scan` tells a torn
//! write from damage, `plan` turns waiting commits into frames. `segment`, `survey`, `index`, `open` and
//! `writer` are the shell around them.

mod applier;
mod backup;
mod batch;
mod bytes;
mod case_log;
mod check;
mod checkpoint;
mod closing;
pub mod codec;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod embedded;
mod export;
mod facts;
mod fault;
mod files;
mod frame;
mod frames;
mod fresh;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod hash;
mod import;
mod index;
mod index_open;
mod journal;
mod key_copy;
mod key_file;
mod keys;
pub mod limits;
mod lines;
mod live;
mod master;
mod memory;
mod open;
mod opener;
mod pairs;
mod plan;
mod proof;
mod ready;
mod rotate;
mod row;
mod scan;
mod seal;
mod segment;
mod standing;
mod survey;
mod tree;
mod upkeep;
mod verify;
mod walk;
mod writer;

pub use backup::{
    Backup, BackupError, BackupManifest, Checked, RestoreError, Restored, backup, check_backup, check_target,
    restore,
};
pub use case_log::CaseLog;
pub use check::CheckState;
pub use checkpoint::{BadKey, Checkpoint, Signer};
pub use embedded::SledJournal;
pub use export::{ExportError, ExportFault, ExportReader, Exported, ExportedEntry, Manifest, export_path};
pub use facts::{CaseFacts, Facts, JournalEnd, SegmentFacts, facts, free_bytes, holder};
pub use fault::{JournalFault, OpenError, VerifyError};
pub use files::{FileError, FileKey, Files, Kept, USUAL_LIMIT};
pub use hash::Hash;
pub use import::{ImportError, Imported, import};
pub use journal::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, NewEntry, Payload, Position, ReadError,
    Receipt, Recorded,
};
pub use key_file::KeysError;
pub use master::{MasterError, MasterKey};
pub use memory::MemoryJournal;
pub use open::{IndexState, OpenOptions, OpenReport};
pub use proof::{ProofError, Proofs, ProofsAsked, proofs_path};
pub use rotate::{MasterBeside, master_beside, rotate_master};
pub use row::{BadCursor, Cursor, Found, Page, PageRequest, Query, Row};
pub use seal::EntryKey;
pub use survey::TornTail;
pub use upkeep::{Compacted, Rebuilt, UpkeepError, compact, rebuild};
pub use verify::{Report, verify_path};
