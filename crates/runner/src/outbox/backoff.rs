//! How long is waited before the next try, and when an event is given up.

use std::time::Duration;

use comity_core::time::Moment;

/// How often and how far apart an event is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// What is waited after the first try that failed; twice as long after each further one.
    pub first: Duration,
    /// The longest wait, whatever a receiver asks for.
    pub longest: Duration,
    /// After so many tries an event is given up. At least 1.
    pub most_attempts: u32,
}

impl Default for Backoff {
    /// From five seconds to six hours, twenty times: about two days.
    fn default() -> Self {
        Self { first: Duration::from_secs(5), longest: Duration::from_hours(6), most_attempts: 20 }
    }
}

impl Backoff {
    /// What is waited after `failures` failures in a row, between half of it and all of it as `random` has it, so that what failed
    /// together does not come back together.
    #[must_use]
    pub fn wait(&self, failures: u32, random: u64) -> Duration {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let full = self.first.saturating_mul(doubled).min(self.longest);
        let half = full / 2;
        // 2^32 parts are fine enough for waits of hours.
        let part = u32::try_from(random >> 32).unwrap_or(u32::MAX);
        half + half.mul_f64(f64::from(part) / f64::from(u32::MAX))
    }

    /// What is waited when the receiver named a time. It is not asked sooner than it said, within the longest wait.
    #[must_use]
    pub fn wait_as_asked(&self, failures: u32, random: u64, asked: Option<Duration>) -> Duration {
        let own = self.wait(failures, random);
        asked.map_or(own, |asked| asked.min(self.longest).max(own))
    }

    /// Whether the time has come. A moment further off than the longest wait was worked out by a clock that was wrong.
    pub(super) fn is_due(&self, not_before: Option<Moment>, now: Moment) -> bool {
        not_before.is_none_or(|at| {
            at <= now || after(now, self.longest.saturating_mul(2)).is_some_and(|latest| at > latest)
        })
    }
}

/// The moment `length` after `now`; nothing beyond the end of all moments.
pub(super) fn after(now: Moment, length: Duration) -> Option<Moment> {
    now.plus_microseconds(i64::try_from(length.as_micros()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECONDS: fn(u64) -> Duration = Duration::from_secs;

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_the_longest() {
        let backoff = Backoff::default();
        let longest = |failures| backoff.wait(failures, u64::MAX);
        assert_eq!(longest(1), SECONDS(5));
        assert_eq!(longest(2), SECONDS(10));
        assert_eq!(longest(5), SECONDS(80));
        for failures in [14, 32, 33, 64, u32::MAX] {
            assert_eq!(longest(failures), SECONDS(6 * 3_600), "{failures}");
        }
    }

    #[test]
    fn chance_takes_away_no_more_than_half() {
        let backoff = Backoff::default();
        assert_eq!(backoff.wait(3, 0), SECONDS(10));
        assert!(backoff.wait(3, u64::MAX / 2) > SECONDS(14));
        assert!(backoff.wait(3, u64::MAX / 2) < SECONDS(16));
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_and_not_for_less_nor_for_ever() {
        let backoff = Backoff::default();
        let asked = |seconds| backoff.wait_as_asked(1, u64::MAX, Some(SECONDS(seconds)));
        assert_eq!(asked(1), SECONDS(5));
        assert_eq!(asked(60), SECONDS(60));
        assert_eq!(asked(u64::MAX), SECONDS(6 * 3_600));
        assert_eq!(backoff.wait_as_asked(1, u64::MAX, None), SECONDS(5));
    }

    #[test]
    fn a_moment_that_a_wrong_clock_set_is_not_waited_for() {
        let backoff = Backoff::default();
        let at = |text: &str| text.parse::<Moment>().unwrap();
        let now = at("2027-03-01T00:00:00Z");
        let due = |text: &str| backoff.is_due(Some(at(text)), now);
        assert!(backoff.is_due(None, now));
        assert!(due("2027-03-01T00:00:00Z"));
        assert!(!due("2027-03-01T00:00:01Z"));
        assert!(!due("2027-03-01T05:59:59Z"));
        assert!(due("2099-01-01T00:00:00Z"));
    }
}
