//! Lengths of legal time. Units never convert into one another.

use std::fmt;
use std::str::FromStr;

use crate::words::words;

words! {
    /// A unit of legal time.
    pub enum Unit {
        /// Sixty minutes on the time line, whatever the clocks on the wall do.
        Hour = "hour",
        /// A calendar day.
        Day = "day",
        /// A calendar day between two events, neither of whose own days counts.
        ClearDay = "clear day",
        /// A day on which the offices of a place are open.
        WorkingDay = "working day",
        /// Seven calendar days.
        Week = "week",
        /// A calendar month.
        Month = "month",
        /// A calendar year.
        Year = "year",
    }
}

impl Unit {
    /// The word for several of them.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Hour => "hours",
            Self::Day => "days",
            Self::ClearDay => "clear days",
            Self::WorkingDay => "working days",
            Self::Week => "weeks",
            Self::Month => "months",
            Self::Year => "years",
        }
    }
}

/// A number of units, as a provision states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    // INVARIANT: 1..=the largest count of `unit`, about a hundred years, so that counting stays in range.
    count: u32,
    unit: Unit,
}

/// A length that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPeriod {
    /// It reads as nothing we know.
    #[error(
        "`{text}` is not a length of time; write a number and hours, days, clear days, working days, weeks, months or years, like `45 days`"
    )]
    Unreadable {
        /// What was given.
        text: String,
    },
    /// It is nothing, or longer than a hundred years.
    #[error("{count} {unit}s cannot be counted; a limit is from 1 to {most} {unit}s")]
    OutOfRange {
        /// The number.
        count: u64,
        /// The unit.
        unit: Unit,
        /// The largest number of that unit.
        most: u32,
    },
}

impl Period {
    /// `count` of `unit`.
    ///
    /// # Errors
    ///
    /// Returns [`BadPeriod::OutOfRange`] for nothing, or for more than a hundred years.
    pub fn new(count: u32, unit: Unit) -> Result<Self, BadPeriod> {
        let most = Self::most(unit);
        if (1..=most).contains(&count) {
            Ok(Self { count, unit })
        } else {
            Err(BadPeriod::OutOfRange { count: count.into(), unit, most })
        }
    }

    const fn most(unit: Unit) -> u32 {
        match unit {
            Unit::Hour => 876_600,
            Unit::Day | Unit::ClearDay | Unit::WorkingDay => 36_525,
            Unit::Week => 5_218,
            Unit::Month => 1_200,
            Unit::Year => 100,
        }
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// Of what.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.unit
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.count, self.unit)
    }
}

impl FromStr for Period {
    type Err = BadPeriod;

    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        let unreadable = || BadPeriod::Unreadable { text: text.to_owned() };
        let (number, unit) = text.trim().split_once(' ').ok_or_else(unreadable)?;
        let unit = unit.trim_start();
        let singular = unit.strip_suffix('s').unwrap_or(unit);
        let unit = Unit::from_word(singular).ok_or_else(unreadable)?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unreadable());
        }
        let out_of_range = |count| BadPeriod::OutOfRange { count, unit, most: Self::most(unit) };
        let count: u64 = number.parse().map_err(|_| out_of_range(u64::MAX))?;
        u32::try_from(count).map_err(|_| out_of_range(count)).and_then(|count| Self::new(count, unit))
    }
}
