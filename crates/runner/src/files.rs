//! Puts files beside a case: the file is kept first, then the record says so. What the record does not know was not filed.

use comity_core::Rejection;
use comity_core::entry::{Body, Digest, Entry, Filed};
use comity_core::id::{CaseId, EntryNumber};
use comity_core::name::Private;
use comity_store::{FileKey, Files, Hash, Kept, Receipt};
use tokio::io::{AsyncRead, AsyncWrite};
use tracing::{instrument, warn};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::record::{Expect, Outcome, Request};

/// A file to be put beside a case.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The entry that it belongs to; nothing for the case as a whole.
    pub entry: Option<EntryNumber>,
    /// What it is called, which may name a person.
    pub name: Private,
    /// What kind of file it is (RFC 6838), such as `application/pdf`.
    pub media: String,
    /// Which version of the case the caller has seen. Named, it makes a second attempt safe: the first has moved the case.
    pub expect: Expect,
}

/// What came of filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileOutcome {
    /// The file is kept, and the record says so.
    Filed {
        /// The entry.
        receipt: Receipt,
        /// What the record says of it.
        filed: Box<Filed>,
    },
    /// The record refused it, and the file was removed again.
    Rejected(Rejection),
}

impl Engine {
    /// Keeps what `source` gives, and records it in the case.
    ///
    /// Dropping the future before it is done leaves open whether the file is recorded; look at the case. What was kept
    /// without being recorded then stays, under a key that nobody has.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the file is too large or cannot be kept, or the journal fails. What was kept without
    /// being recorded is removed.
    #[instrument(skip_all, fields(case = %case))]
    pub async fn file(
        &self,
        store: &Files,
        case: CaseId,
        new: NewFile,
        source: impl AsyncRead + Unpin + Send,
        by: &Private,
    ) -> Result<FileOutcome, EngineError> {
        // Before anything is kept: a case that is not there, or was erased, takes no file.
        self.case(case).await?;
        let kept = store.keep(source).await.map_err(EngineError::File)?;
        let filed = Filed {
            entry: new.entry,
            name: new.name,
            media: new.media,
            size: kept.size,
            content: Digest(kept.content.0),
            kept: Digest(kept.kept.0),
            key: Private::new(kept.key.reveal()),
        };
        let request = Request::of(vec![Body::Filed(filed.clone())], by);
        match self.record(case, Request { expect: new.expect, ..request }).await {
            Ok(Outcome::Recorded(receipt)) => Ok(FileOutcome::Filed { receipt, filed: Box::new(filed) }),
            Ok(Outcome::Rejected(rejection)) => {
                drop_kept(store, kept.kept).await;
                Ok(FileOutcome::Rejected(rejection))
            }
            Err(conflict @ EngineError::Conflict { .. }) => {
                drop_kept(store, kept.kept).await;
                Err(conflict)
            }
            // It may be recorded all the same, and a file too many does no harm.
            Err(error) => Err(error),
        }
    }

    /// Reads a file that an entry of the case files, into `sink`.
    ///
    /// It changes nothing; dropping the future leaves a part of the file in `sink`.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError::NoSuchFile`] if the entry files none, and [`EngineError::File`] if it is missing or
    /// damaged: what was written to `sink` until then is not the whole file.
    pub async fn read_file(
        &self,
        store: &Files,
        file: &CaseFile,
        entry: EntryNumber,
        sink: impl AsyncWrite + Unpin + Send,
    ) -> Result<Filed, EngineError> {
        let no_such = || EngineError::NoSuchFile { case: file.case, entry };
        let (_, filed) =
            filed(file).into_iter().find(|(found, _)| found.number == entry).ok_or_else(no_such)?;
        let kept = kept(filed).ok_or_else(no_such)?;
        store.read(&kept, sink).await.map_err(EngineError::File)?;
        Ok(filed.clone())
    }
}

/// The files of a case, each with its entry.
#[must_use]
pub fn filed(file: &CaseFile) -> Vec<(&Entry, &Filed)> {
    let of = |entry| filed_in(entry).map(|filed| (entry, filed));
    file.entries.iter().filter_map(of).collect()
}

fn filed_in(entry: &Entry) -> Option<&Filed> {
    if let Body::Filed(filed) = &entry.body { Some(filed) } else { None }
}

fn kept(filed: &Filed) -> Option<Kept> {
    Some(Kept {
        size: filed.size,
        content: Hash(filed.content.0),
        kept: Hash(filed.kept.0),
        key: FileKey::read(filed.key.reveal())?,
    })
}

async fn drop_kept(files: &Files, kept: Hash) {
    if let Err(error) = files.remove(kept).await {
        warn!(code = error.code(), "a file that was not recorded could not be removed");
    }
}
