//! A clock of the machine that jumps: noticed by every sweep and recorded, never obeyed. See decision 28.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use comity_core::Stamp;
use comity_core::id::{CaseId, Version};
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_store::codec::{ClockRecord, Record, decode_recorded};
use comity_store::{AppendError, Commit, Position, ReadError, Recorded, Row};
use tracing::{error, warn};
use uuid::Uuid;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::open::new_entry;
use crate::rows::ENGINE;

/// By how much a clock may be set without anybody being told. Clocks that are kept by the network are set by seconds.
const TOLERANCE: i64 = 5 * 60 * 1_000_000;
/// Among how many of the last entries the newest moment is looked for. Whoever records at the same time may come in
/// either order.
const LAST: u64 = 64;

/// The clock of the machine shows another moment than it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// What it shows.
    pub read: Moment,
    /// What it should show: the moment of the newest record, or as much as has passed since it was read before.
    pub expected: Moment,
}

/// Something that was recorded of the clock of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockEntry {
    /// Who recorded it.
    pub by: Private,
    /// What was seen or said.
    pub what: ClockRecord,
}

/// What is remembered of the clock between two looks.
#[derive(Debug, Default)]
pub(crate) struct ClockWatch {
    base: Option<Reading>,
    jump: Option<Jump>,
}

/// The clock of the machine, and the one that nobody sets, read together.
#[derive(Clone, Copy, Debug)]
struct Reading {
    now: Moment,
    steady: Duration,
}

impl Jump {
    /// Whether the clock runs ahead: then nothing may be noticed by it.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.read > self.expected
    }
}

impl std::fmt::Display for Jump {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { read, expected } = self;
        if self.is_ahead() {
            write!(f, "the clock of this machine leapt to {read}, and it can only be {expected}: ")?;
            f.write_str("nothing is noticed until it is set right, or somebody says that it is right")
        } else {
            write!(f, "the clock of this machine shows {read}, and it was {expected} before: ")?;
            f.write_str("set it right, or say that it is right")
        }
    }
}

impl ClockWatch {
    /// What is wrong with a reading, and whether that is new.
    fn look(
        &mut self,
        now: Moment,
        steady: Option<Duration>,
        newest: Option<Moment>,
    ) -> Option<(Jump, bool)> {
        let is_behind_record = newest.is_some_and(|newest| now.microseconds_until(newest) > TOLERANCE);
        let expected = self.base.and_then(|base| base.after(steady?));
        let off = expected.filter(|expected| expected.microseconds_until(now).abs() > TOLERANCE);
        let expected = off.or(newest.filter(|_| is_behind_record));
        let jump = expected.map(|expected| Jump { read: now, expected });
        let is_ahead = |jump: &Jump| jump.is_ahead();
        let is_new = jump.is_some() && self.jump.as_ref().map(is_ahead) != jump.as_ref().map(is_ahead);
        self.jump = jump;
        // What runs ahead is measured from before the leap, until it is right again. A clock that is behind the record is
        // wrong already: when it is put right, that is no leap.
        if !jump.as_ref().is_some_and(is_ahead) {
            self.base = steady.filter(|_| !is_behind_record).map(|steady| Reading { now, steady });
        }
        jump.map(|jump| (jump, is_new))
    }
}

impl Reading {
    /// What the clock should show once the steady one shows `steady`.
    fn after(self, steady: Duration) -> Option<Moment> {
        let passed = i64::try_from(steady.checked_sub(self.steady)?.as_micros()).ok()?;
        self.now.plus_microseconds(passed)
    }
}

impl Engine {
    /// What was wrong with the clock of the machine when a sweep last looked at it. As long as it runs ahead, no sweep
    /// notices anything.
    #[must_use]
    pub fn clock_jump(&self) -> Option<Jump> {
        self.watch().jump
    }

    /// Says that the clock of the machine is right, though it leapt, and records who said so. Sweeps go on by it.
    ///
    /// Dropping the future before it is done leaves open whether it is recorded; ask again.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal fails; then nothing has changed.
    pub async fn trust_clock(&self, by: &Private) -> Result<(), EngineError> {
        let read = self.now();
        self.record_of_clock(ClockRecord::Trusted { read }, &Stamp { at: read, by: by.clone() }).await?;
        *self.watch() = ClockWatch::default();
        Ok(())
    }

    /// All that was recorded of the clock of the machine, the oldest first.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn clock_history(&self) -> Result<Vec<ClockEntry>, EngineError> {
        let recorded = self.journal().read(stream(), Version(0)).await.map_err(EngineError::Read)?;
        let entry = |recorded: &Recorded| match decode_recorded(recorded) {
            Ok(Record::Clock(what)) => {
                Some(ClockEntry { by: Private::new(recorded.recorded_by.clone()), what })
            }
            Ok(
                Record::Case(_)
                | Record::Matter(_)
                | Record::Procedure(_)
                | Record::Erased(_)
                | Record::Delivery(_)
                | Record::Read(_)
                | Record::Report(_),
            )
            | Err(_) => None,
        };
        Ok(recorded.iter().filter_map(entry).collect())
    }

    /// Looks at the clock, and records a jump once. What cannot be recorded is told all the same.
    pub(crate) async fn look_at_clock(&self, by: &Private) -> Result<Option<Jump>, EngineError> {
        // First the record, then the clock: what is recorded in between is no reason to distrust it.
        let newest = self.newest().await?;
        let (now, steady) = (self.now(), self.steady());
        let Some((jump, is_new)) = self.watch().look(now, steady, newest) else { return Ok(None) };
        if is_new && !self.is_recorded(jump).await? {
            error!(read = %jump.read, expected = %jump.expected, "the clock of the machine jumped");
            // By a clock that is wrong nothing is recorded, not even this.
            let stamp = Stamp { at: jump.expected, by: by.clone() };
            let jumped = ClockRecord::Jumped { read: jump.read, expected: jump.expected };
            if let Err(failed) = self.record_of_clock(jumped, &stamp).await {
                error!(code = failed.code(), "the jump of the clock could not be recorded");
            }
        } else {
            warn!(read = %jump.read, expected = %jump.expected, "the clock of the machine is not right yet");
        }
        Ok(Some(jump))
    }

    /// Whether another process has recorded that the clock is behind the same record.
    async fn is_recorded(&self, jump: Jump) -> Result<bool, EngineError> {
        let history = self.clock_history().await?;
        Ok(history.last().is_some_and(|last| match last.what {
            ClockRecord::Jumped { expected, .. } => expected == jump.expected,
            ClockRecord::Trusted { .. } => false,
        }))
    }

    /// The newest moment at which something was recorded, as far as the last entries tell. What stands before the word of
    /// somebody that the clock is right does not count: it was recorded by a clock that was wrong.
    async fn newest(&self) -> Result<Option<Moment>, EngineError> {
        let last = self.last_position().await?;
        let after = Position(last.0.saturating_sub(LAST));
        let entries = self.readable(after, last).await?;
        let says_it_is_right = |entry: &Recorded| {
            entry.case == stream()
                && matches!(decode_recorded(entry), Ok(Record::Clock(ClockRecord::Trusted { .. })))
        };
        let from = entries.iter().rposition(says_it_is_right).unwrap_or(0);
        Ok(entries.iter().skip(from).map(|entry| entry.recorded_at).max())
    }

    /// The entries behind `after` up to `last`, without those that cannot be read: one case must not keep a sweep from the others.
    async fn readable(&self, after: Position, last: Position) -> Result<Vec<Recorded>, EngineError> {
        let limit = usize::try_from(LAST).unwrap_or(usize::MAX);
        match self.journal().tail(after, limit).await {
            Err(ReadError::Damaged { .. } | ReadError::Keys { .. }) => {}
            read @ (Ok(_) | Err(ReadError::Closed | ReadError::Refused { .. } | ReadError::Io(_))) => {
                return read.map_err(EngineError::Read);
            }
        }
        let mut entries = Vec::new();
        for before in after.0..last.0 {
            match self.journal().tail(Position(before), 1).await {
                Ok(one) => entries.extend(one),
                Err(ReadError::Damaged { .. } | ReadError::Keys { .. }) => {}
                Err(error @ (ReadError::Closed | ReadError::Refused { .. } | ReadError::Io(_))) => {
                    return Err(EngineError::Read(error));
                }
            }
        }
        Ok(entries)
    }

    async fn record_of_clock(&self, what: ClockRecord, stamp: &Stamp) -> Result<(), EngineError> {
        let seen = self.journal().head(stream()).await.map_err(EngineError::Read)?.version;
        let entries = vec![new_entry(&Record::Clock(what), stamp)];
        let rows = vec![Row::Kind { kind: ENGINE.to_owned() }];
        let commit = Commit { case: stream(), seen, entries, rows, key: None, erases: false };
        match self.journal().append(commit).await {
            // Somebody else saw it too.
            Ok(_) | Err(AppendError::Moved { .. }) => Ok(()),
            Err(error) => Err(EngineError::Append(error)),
        }
    }

    fn watch(&self) -> MutexGuard<'_, ClockWatch> {
        self.shared.clock_watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stream in which the engine records what it saw of the machine.
fn stream() -> CaseId {
    CaseId(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"comity engine"))
}
