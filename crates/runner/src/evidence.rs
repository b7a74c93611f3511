//! What the record holds of a case, as it is stored: for whoever hands it to somebody who is to check it.

use comity_core::entry::Body;
use comity_core::id::{CaseId, Version};
use comity_store::Recorded;
use comity_store::codec::{ProcedureRegistered, Record, decode_recorded};

use crate::engine::{Engine, procedure_stream};
use crate::error::EngineError;

/// What the record holds of a case.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// All entries of the case.
    pub entries: Vec<Recorded>,
    /// The entry by which the text of its procedure was recorded, and what it says. Of a case whose content was erased it is
    /// not known.
    pub procedure: Option<(Recorded, ProcedureRegistered)>,
}

impl Engine {
    /// What the record holds of `case`, also of one whose content was erased.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if there is no such case, or it cannot be read.
    pub async fn evidence(&self, case: CaseId) -> Result<Evidence, EngineError> {
        let entries = self.journal().read(case, Version(0)).await.map_err(EngineError::Read)?;
        let first = entries.first().ok_or(EngineError::NoSuchCase(case))?;
        let procedure = match decode_recorded(first) {
            Ok(Record::Case(Body::Opened(opening))) => {
                let stream = procedure_stream(opening.meaning);
                let recorded = self.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
                recorded.into_iter().next().and_then(registered)
            }
            _ => None,
        };
        Ok(Evidence { entries, procedure })
    }
}

fn registered(recorded: Recorded) -> Option<(Recorded, ProcedureRegistered)> {
    match decode_recorded(&recorded) {
        Ok(Record::Procedure(registered)) => Some((recorded, registered)),
        Ok(
            Record::Case(_)
            | Record::Matter(_)
            | Record::Erased(_)
            | Record::Clock(_)
            | Record::Delivery(_)
            | Record::Read(_)
            | Record::Report(_),
        )
        | Err(_) => None,
    }
}
