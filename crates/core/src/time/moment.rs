//! An instant on the time line, whatever the zone.

use std::fmt;
use std::str::FromStr;

/// An instant, to the microsecond, from the year -9999 to 9999. Prints and reads as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(
    // INVARIANT: whole microseconds, which is what a record keeps; `MIN` to `MAX`.
    jiff::Timestamp,
);

/// Text or a number that is no moment, or one finer than a microsecond.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a moment; write it like 2027-04-16T23:00:00Z")]
pub struct BadMoment {
    /// What was given.
    pub text: String,
}

impl Moment {
    /// The first moment that can be written down.
    pub const MIN: Self = Self(jiff::Timestamp::constant(-377_705_023_201, 0));
    /// The last moment that can be written down.
    pub const MAX: Self = Self(jiff::Timestamp::constant(253_402_207_200, 0));

    pub(crate) const fn from_timestamp(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp)
    }

    pub(crate) const fn timestamp(self) -> jiff::Timestamp {
        self.0
    }

    /// The moment so many microseconds later, or earlier for a negative number.
    #[must_use]
    pub fn plus_microseconds(self, microseconds: i64) -> Option<Self> {
        let length = jiff::SignedDuration::from_micros(microseconds);
        self.0.checked_add(length).ok().map(Self).filter(|moment| *moment <= Self::MAX)
    }

    /// How many microseconds lie between `self` and `other`; negative if `other` is earlier.
    #[must_use]
    pub fn microseconds_until(self, other: Self) -> i64 {
        // INVARIANT: both lie within the years -9999 to 9999, which is less than half of what the number holds.
        other.as_unix_microseconds() - self.as_unix_microseconds()
    }

    /// The moment `microseconds` after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// Returns [`BadMoment`] outside the years -9999 to 9999.
    pub fn from_unix_microseconds(microseconds: i64) -> Result<Self, BadMoment> {
        jiff::Timestamp::from_microsecond(microseconds)
            .map(Self)
            .map_err(|_| BadMoment { text: microseconds.to_string() })
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_unix_microseconds(self) -> i64 {
        self.0.as_microsecond()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Moment {
    type Err = BadMoment;

    fn from_str(text: &str) -> Result<Self, BadMoment> {
        let bad = || BadMoment { text: text.to_owned() };
        let moment = Self(text.parse().map_err(|_| bad())?);
        let is_whole = moment.0.subsec_nanosecond() % 1_000 == 0;
        if is_whole && moment <= Self::MAX { Ok(moment) } else { Err(bad()) }
    }
}
