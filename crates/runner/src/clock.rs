//! Where the present moment comes from.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use comity_core::time::Moment;

/// Tells the present moment. The only way in which time enters the engine.
pub trait Clock: Send + Sync {
    /// The present moment, to the microsecond.
    fn now(&self) -> Moment;

    /// How much time has passed since some moment of the past, by a clock that nobody can set; nothing where there is none.
    /// Without it, a jump of the clock ahead cannot be told from time that passed.
    fn steady(&self) -> Option<Duration> {
        None
    }
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// A clock that stands until it is set, for tests and rehearsals.
#[derive(Debug)]
pub struct ManualClock {
    hands: Mutex<Hands>,
}

#[derive(Clone, Copy, Debug)]
struct Hands {
    now: Moment,
    steady: Duration,
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

    /// It goes on while the machine sleeps, so that sleep is no jump.
    #[cfg(target_os = "linux")]
    fn steady(&self) -> Option<Duration> {
        let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Some(Duration::new(u64::try_from(since.tv_sec).ok()?, u32::try_from(since.tv_nsec).ok()?))
    }
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: Moment) -> Self {
        Self { hands: Mutex::new(Hands { now, steady: Duration::ZERO }) }
    }

    /// Lets time pass until `now`. Time does not pass backwards: an earlier moment is a jump.
    pub fn set(&self, now: Moment) {
        let mut hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = u64::try_from(hands.now.microseconds_until(now)).unwrap_or(0);
        *hands = Hands { now, steady: hands.steady.saturating_add(Duration::from_micros(passed)) };
    }

    /// Sets the clock though no time has passed, as somebody may set that of a machine.
    pub fn jump(&self, now: Moment) {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner).now = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner).now
    }

    fn steady(&self) -> Option<Duration> {
        Some(self.hands.lock().unwrap_or_else(PoisonError::into_inner).steady)
    }
}
