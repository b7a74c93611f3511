//! What the record holds of a case, as it is stored: for whoever hands it to somebody who is to check it.

use comity_core::entry::Body;
use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::name::Name;
use comity_core::procedure::Meaning;
use comity_store::Recorded;
use comity_store::codec::{ProcedureRegistered, Record, decode_recorded};

use crate::engine::{Engine, procedure_stream};
use crate::error::EngineError;

/// What the record holds of a case.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// All entries of the case.
    pub entries: Vec<Recorded>,
    /// The procedures that the case ran under, each once, in the order in which it came under them. Of a case whose content was
    /// erased they are not known.
    pub procedures: Vec<RanUnder>,
}

/// A procedure that a case ran under, with its text as it was recorded.
#[derive(Clone, Debug)]
pub struct RanUnder {
    /// The entries by which the case came under it, never none: the one by which it was opened, or one by which it went over; more
    /// than one if it came back.
    pub since: Vec<EntryNumber>,
    /// The entry by which the text was recorded. It stands in a stream of its own.
    pub recorded: Recorded,
    /// What that entry says.
    pub registered: ProcedureRegistered,
}

/// An entry by which a case comes under a procedure.
struct Named {
    by: EntryNumber,
    procedure: Name,
    meaning: Meaning,
}

impl Engine {
    /// What the record holds of `case`, also of one whose content was erased.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if there is no such case, it cannot be read, or the text of a procedure that it went over to is not
    /// in the record.
    pub async fn evidence(&self, case: CaseId) -> Result<Evidence, EngineError> {
        let entries = self.journal().read(case, Version(0)).await.map_err(EngineError::Read)?;
        if entries.is_empty() {
            return Err(EngineError::NoSuchCase(case));
        }
        let mut procedures: Vec<RanUnder> = Vec::new();
        for named in entries.iter().filter_map(named) {
            let known = procedures.iter_mut().find(|one| one.registered.meaning == named.meaning);
            if let Some(known) = known {
                known.since.push(named.by);
            } else if let Some(text) = self.text(&named).await? {
                procedures.push(text);
            }
        }
        Ok(Evidence { entries, procedures })
    }

    /// The text of a procedure as it was recorded. Without that of its opening a case can still be shown; what it went over to
    /// is in the record before the entry that says so.
    async fn text(&self, named: &Named) -> Result<Option<RanUnder>, EngineError> {
        let stream = procedure_stream(named.meaning);
        let recorded = self.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
        let text = recorded.into_iter().next().and_then(registered);
        match text {
            Some((recorded, registered)) => {
                Ok(Some(RanUnder { since: vec![named.by], recorded, registered }))
            }
            None if named.by == EntryNumber::FIRST => Ok(None),
            None => {
                let name = named.procedure.to_string();
                Err(EngineError::ProcedureLost { name, meaning: named.meaning })
            }
        }
    }
}

/// The procedure that the case comes under by this entry, if it does by it and the entry can be read.
fn named(entry: &Recorded) -> Option<Named> {
    let Ok(Record::Case(body)) = decode_recorded(entry) else { return None };
    let (procedure, meaning) = match body {
        Body::Opened(opening) => (opening.procedure, opening.meaning),
        Body::Migrated(migration) => (migration.procedure, migration.meaning),
        Body::Deed(_)
        | Body::Annulled { .. }
        | Body::Corrected { .. }
        | Body::Proposed(_)
        | Body::Confirmed { .. }
        | Body::Linked { .. }
        | Body::Noticed(_)
        | Body::Note(_)
        | Body::Filed(_)
        | Body::ErasureProposed(_)
        | Body::Office(_)
        | Body::Warned(_) => return None,
    };
    Some(Named { by: entry.number, procedure, meaning })
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
