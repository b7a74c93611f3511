//! Where the present moment comes from.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{SystemTime, UNIX_EPOCH};

use comity_core::time::Moment;

/// Tells the present moment. The only way in which time enters the engine.
pub trait Clock: Send + Sync {
    /// The present moment, to the microsecond.
    fn now(&self) -> Moment;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// A clock that stands until it is set, for tests and rehearsals.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Moment>,
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let now = SystemTime::now();
        let microseconds = match now.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX),
        };
        Moment::from_unix_microseconds(microseconds).unwrap_or(Moment::MAX)
    }
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: Moment) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Sets the clock.
    pub fn set(&self, now: Moment) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
