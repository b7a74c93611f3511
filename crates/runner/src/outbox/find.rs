//! Reads events from the record.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use comity_core::entry::{Body, Office};
use comity_core::id::{CaseId, EntryNumber, MatterId, Version};
use comity_store::codec::{Record, Waiting, decode_recorded};
use comity_store::{Position, ReadError, Recorded};

use super::event::{Event, event, kind};
use super::sender::Why;
use super::standing::Standing;
use super::target::{SealedCases, Target};
use crate::engine::Engine;
use crate::error::EngineError;

/// How many entries are read at a time.
const BATCH: usize = 64;
/// Of so many cases the matter is kept in mind. It never changes.
const MATTERS: usize = 10_000;

/// What an entry is to a target.
pub(super) enum Found {
    /// An event that it wants.
    Event(Box<Event>, EntryNumber),
    /// Nothing that it wants.
    Nothing,
    /// Its content was erased.
    Gone,
    /// It cannot be read.
    Unreadable(Why),
}

/// Reads entries, and makes events of them.
pub(super) struct Reader {
    pub(super) engine: Engine,
    pub(super) source: String,
    matters: Mutex<HashMap<CaseId, MatterId>>,
}

impl Reader {
    pub(super) fn new(engine: Engine, source: String) -> Self {
        Self { engine, source, matters: Mutex::default() }
    }

    /// Looks at further entries; whether there were any.
    pub(super) async fn scan(
        &self,
        target: &Target,
        standing: &mut Standing,
        is_letter: impl Fn(Position) -> bool,
    ) -> Result<bool, EngineError> {
        let after = standing.scanned();
        let mut entries = self.tail(after, BATCH).await?;
        if entries.is_err() {
            // One of them cannot be read. The others must not wait for it, so they are looked at one by one.
            entries = self.tail(after, 1).await?;
        }
        let Ok(entries) = entries else {
            let position = Position(after.0.saturating_add(1));
            if is_letter(position) {
                standing.passed(position);
            } else {
                standing.found(position, None);
            }
            return Ok(true);
        };
        for recorded in &entries {
            let is_wanted = match decode_recorded(recorded) {
                Ok(record) => kind(&record).is_some_and(|kind| target.wants.has(kind)),
                // Nothing of it can be told any more; that it was erased is an entry of its own.
                Err(_) if recorded.payload.content().is_none() => false,
                // It is tried, and then on the list of what could not be sent, where somebody sees it.
                Err(_) => true,
            };
            if is_wanted && !is_letter(recorded.position) {
                standing.found(recorded.position, Some(recorded.case));
            } else {
                standing.passed(recorded.position);
            }
        }
        Ok(!entries.is_empty())
    }

    /// What the entry at `position` is to the target. Read anew for each try, so that nothing is sent that was erased since.
    pub(super) async fn at(&self, target: &Target, waiting: &Waiting) -> Result<Found, EngineError> {
        let position = waiting.position;
        let before = Position(position.0.saturating_sub(1));
        let recorded = match self.tail(before, 1).await? {
            Ok(entries) => entries.into_iter().find(|entry| entry.position == position),
            Err(code) => {
                return Ok(Found::Unreadable(Why::new(&format!("its entry could not be read ({code})"))));
            }
        };
        let Some(recorded) = recorded else {
            return Ok(Found::Unreadable(Why::new("its entry is not in the record")));
        };
        if recorded.payload.content().is_none() {
            return Ok(Found::Gone);
        }
        let Ok(record) = decode_recorded(&recorded) else {
            return Ok(Found::Unreadable(Why::new("its entry could not be read (engine/decode)")));
        };
        if self.is_erased(&recorded, &record).await? {
            return Ok(Found::Gone);
        }
        // Who asks for a letter gets it, whatever the target wants by now.
        if !kind(&record).is_some_and(|kind| waiting.is_again || target.wants.has(kind)) {
            return Ok(Found::Nothing);
        }
        if target.sealed == SealedCases::LeftOut && self.is_of_a_sealed_case(&recorded, &record).await? {
            return Ok(Found::Nothing);
        }
        let matter = self.matter(&recorded, &record).await?;
        let event = event(&recorded, &record, matter, target.personal, &self.source);
        Ok(event.map_or(Found::Nothing, |event| Found::Event(Box::new(event), recorded.number)))
    }

    /// Whether the entry is of a case or a matter that was erased. Where the store failed before the key was destroyed, the
    /// content is there until the store is opened again, and nobody may be told of it.
    async fn is_erased(&self, recorded: &Recorded, record: &Record) -> Result<bool, EngineError> {
        let (Record::Case(_) | Record::Matter(_)) = record else { return Ok(false) };
        match self.engine.erasure_of(recorded.case).await {
            Ok(erased) => Ok(erased.is_some()),
            Err(EngineError::Read(ReadError::Damaged { .. } | ReadError::Keys { .. })) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether the entry is of a case that is sealed now. Where that cannot be known it is taken to be.
    async fn is_of_a_sealed_case(&self, recorded: &Recorded, record: &Record) -> Result<bool, EngineError> {
        let (Record::Case(_) | Record::Erased(_)) = record else { return Ok(false) };
        match self.engine.journal().read(recorded.case, Version(0)).await {
            Ok(entries) => {
                let seals = entries.iter().rev().find_map(|entry| match decode_recorded(entry) {
                    Ok(Record::Case(Body::Office(Office::Sealed { .. }))) => Some(true),
                    Ok(Record::Case(Body::Office(Office::Unsealed { .. }))) => Some(false),
                    // Of what was erased nobody can say any more; that it was is told.
                    Ok(_) | Err(_) => None,
                });
                Ok(seals.unwrap_or(false))
            }
            Err(ReadError::Damaged { .. } | ReadError::Keys { .. }) => Ok(true),
            Err(error @ (ReadError::Closed | ReadError::Refused { .. } | ReadError::Io(_))) => {
                Err(EngineError::Read(error))
            }
        }
    }

    /// Entries after a position; or the code of why one of them cannot be read.
    async fn tail(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Result<Vec<Recorded>, &'static str>, EngineError> {
        match self.engine.journal().tail(after, limit).await {
            Ok(entries) => Ok(Ok(entries)),
            Err(error @ (ReadError::Damaged { .. } | ReadError::Keys { .. })) => Ok(Err(error.code())),
            Err(error @ (ReadError::Closed | ReadError::Refused { .. } | ReadError::Io(_))) => {
                Err(EngineError::Read(error))
            }
        }
    }

    /// The matter of a case. An event goes out without it where the opening of the case cannot be read.
    async fn matter(&self, recorded: &Recorded, record: &Record) -> Result<Option<MatterId>, EngineError> {
        match record {
            Record::Case(Body::Opened(opening)) => return Ok(Some(opening.matter)),
            Record::Case(_) => {}
            Record::Matter(_)
            | Record::Procedure(_)
            | Record::Erased(_)
            | Record::Clock(_)
            | Record::Delivery(_)
            | Record::Read(_)
            | Record::Report(_) => {
                return Ok(None);
            }
        }
        let case = recorded.case;
        if let Some(matter) = self.matters.lock().unwrap_or_else(PoisonError::into_inner).get(&case) {
            return Ok(Some(*matter));
        }
        let entries = match self.engine.journal().read(case, Version(0)).await {
            Ok(entries) => entries,
            Err(ReadError::Damaged { .. } | ReadError::Keys { .. }) => return Ok(None),
            Err(error @ (ReadError::Closed | ReadError::Refused { .. } | ReadError::Io(_))) => {
                return Err(EngineError::Read(error));
            }
        };
        let Some(Ok(Record::Case(Body::Opened(opening)))) = entries.first().map(decode_recorded) else {
            return Ok(None);
        };
        let mut matters = self.matters.lock().unwrap_or_else(PoisonError::into_inner);
        if matters.len() >= MATTERS {
            matters.clear();
        }
        matters.insert(case, opening.matter);
        Ok(Some(opening.matter))
    }
}
