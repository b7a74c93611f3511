//! Who read a sealed case: a record beside the case, so that reading it changes nothing of it.

use comity_core::Stamp;
use comity_core::id::{CaseId, Version};
use comity_core::name::Private;
use comity_core::office_standing;
use comity_core::time::Moment;
use comity_store::codec::{CaseRead, Record, decode_recorded};
use comity_store::{AppendError, Commit, Row};
use uuid::Uuid;

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::open::new_entry;
use crate::record::MOST_ATTEMPTS;
use crate::rows::ENGINE;

/// One time that somebody read a sealed case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: Moment,
    /// The account.
    pub by: Private,
    /// What of it was shown.
    pub what: String,
}

impl CaseFile {
    /// Whether an account of a desk may see the case, as far as its seal says. No rule of whoever embeds the engine
    /// switches this off.
    #[must_use]
    pub fn admits(&self, account: &str, desk: Option<&str>) -> bool {
        office_standing(&self.entries).seal.is_none_or(|seal| seal.admits(account, desk))
    }

    /// Whether the case is sealed.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        office_standing(&self.entries).seal.is_some()
    }
}

impl Engine {
    /// Records that somebody reads a case, if it is sealed. Whoever shows a case does this first, and shows nothing if it
    /// fails.
    ///
    /// Dropping the future before it is done leaves open whether it is recorded; ask again before anything is shown.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal fails.
    pub async fn note_reading(&self, file: &CaseFile, what: &str, by: &Private) -> Result<(), EngineError> {
        if !file.is_sealed() {
            return Ok(());
        }
        let stream = stream(file.case);
        for attempt in 0..MOST_ATTEMPTS {
            let seen = self.journal().head(stream).await.map_err(EngineError::Read)?.version;
            let stamp = Stamp { at: self.now(), by: by.clone() };
            let record = Record::Read(CaseRead { what: what.to_owned() });
            let commit = Commit {
                case: stream,
                seen,
                entries: vec![new_entry(&record, &stamp)],
                rows: vec![Row::Kind { kind: ENGINE.to_owned() }],
                key: None,
                erases: false,
            };
            match self.journal().append(commit).await {
                Ok(_) => return Ok(()),
                // Somebody else reads it at the same time.
                Err(AppendError::Moved { .. }) if attempt + 1 < MOST_ATTEMPTS => {}
                Err(error) => return Err(EngineError::Append(error)),
            }
        }
        Ok(())
    }

    /// Who read a case while it was sealed, the first first.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn readings(&self, case: CaseId) -> Result<Vec<Reading>, EngineError> {
        let recorded = self.journal().read(stream(case), Version(0)).await.map_err(EngineError::Read)?;
        let mut readings = Vec::with_capacity(recorded.len());
        for one in &recorded {
            match decode_recorded(one) {
                Ok(Record::Read(CaseRead { what })) => readings.push(Reading {
                    at: one.recorded_at,
                    by: Private::new(one.recorded_by.clone()),
                    what,
                }),
                Ok(
                    Record::Case(_)
                    | Record::Matter(_)
                    | Record::Procedure(_)
                    | Record::Erased(_)
                    | Record::Clock(_)
                    | Record::Delivery(_)
                    | Record::Report(_),
                ) => {}
                Err(source) => return Err(EngineError::Decode { case, source }),
            }
        }
        Ok(readings)
    }
}

/// The stream in which it is kept who read a case.
fn stream(case: CaseId) -> CaseId {
    CaseId(Uuid::new_v5(&case.0, b"comity readings"))
}
