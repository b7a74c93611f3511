//! The time that a table is of.

use std::fmt;

use comity_core::time::Day;

/// The most periods that one table compares.
const MOST: usize = 600;

/// From a day until a day, both of them within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Day,
    to: Day,
}

/// Into what a period is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// Not at all.
    #[default]
    Whole,
    /// Calendar years.
    Year,
    /// Quarters of calendar years.
    Quarter,
    /// Calendar months.
    Month,
}

/// A period that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPeriod {
    /// It ends before it begins.
    #[error("the period ends on {to}, before it begins on {from}; turn the two days round")]
    Backwards {
        /// The first day.
        from: Day,
        /// The last day.
        to: Day,
    },
    /// It is divided into too many.
    #[error("that is more than {MOST} periods in one table; ask for a shorter time or longer steps")]
    TooMany,
    /// No calendar has the day.
    #[error("the days of this period are not in the calendar; years are those from -9999 to 9999")]
    NotInCalendar,
}

impl Period {
    /// From `from` until `to`, both of them within.
    ///
    /// # Errors
    ///
    /// Returns [`BadPeriod::Backwards`] if it ends before it begins, and [`BadPeriod::NotInCalendar`] if there is no day before it.
    pub fn new(from: Day, to: Day) -> Result<Self, BadPeriod> {
        if to < from {
            return Err(BadPeriod::Backwards { from, to });
        }
        from.plus_days(-1).ok_or(BadPeriod::NotInCalendar)?;
        Ok(Self { from, to })
    }

    /// Its first day.
    #[must_use]
    pub fn from(self) -> Day {
        self.from
    }

    /// Its last day.
    #[must_use]
    pub fn to(self) -> Day {
        self.to
    }

    /// The day before it.
    pub(crate) fn eve(self) -> Day {
        self.from.plus_days(-1).unwrap_or(self.from)
    }

    /// Whether a day is within.
    #[must_use]
    pub fn has(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }

    /// The periods that it is divided into, one after the other. The first and the last are as short as it makes them.
    ///
    /// # Errors
    ///
    /// Returns [`BadPeriod::TooMany`] if they are more than one table compares.
    pub fn divided(self, step: Step) -> Result<Vec<Self>, BadPeriod> {
        let mut periods = Vec::new();
        let mut from = self.from;
        loop {
            if periods.len() == MOST {
                return Err(BadPeriod::TooMany);
            }
            let to = step.last_day(from).map_or(self.to, |last| last.min(self.to));
            periods.push(Self { from, to });
            match to.plus_days(1).filter(|next| *next <= self.to) {
                Some(next) => from = next,
                None => return Ok(periods),
            }
        }
    }
}

impl fmt::Display for Period {
    /// Writes it as ISO 8601 does: `2027-01-01/2027-12-31`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.from, self.to)
    }
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Whole, Self::Year, Self::Quarter, Self::Month];

    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
        }
    }

    /// The step of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// The last day of the year, quarter or month of `day`; nothing for the whole.
    fn last_day(self, day: Day) -> Option<Day> {
        match self {
            Self::Whole => None,
            Self::Year => day.last_of_year(),
            Self::Quarter => {
                let last_month = (day.month() - 1) / 3 * 3 + 3;
                Day::new(day.year(), last_month, 1).ok().and_then(Day::last_of_month)
            }
            Self::Month => day.last_of_month(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn divided(from: &str, to: &str, step: Step) -> Vec<String> {
        let periods = Period::new(day(from), day(to)).unwrap().divided(step).unwrap();
        periods.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_period_is_divided_without_a_gap() {
        assert_eq!(divided("2027-02-10", "2027-05-02", Step::Whole), ["2027-02-10/2027-05-02"]);
        assert_eq!(
            divided("2027-02-10", "2027-05-02", Step::Month),
            [
                "2027-02-10/2027-02-28",
                "2027-03-01/2027-03-31",
                "2027-04-01/2027-04-30",
                "2027-05-01/2027-05-02"
            ]
        );
        assert_eq!(
            divided("2027-11-30", "2028-04-01", Step::Quarter),
            ["2027-11-30/2027-12-31", "2028-01-01/2028-03-31", "2028-04-01/2028-04-01"]
        );
        assert_eq!(
            divided("2027-12-31", "2028-12-31", Step::Year),
            ["2027-12-31/2027-12-31", "2028-01-01/2028-12-31"]
        );
    }

    #[test]
    fn a_period_that_is_none_is_refused() {
        let backwards = Period::new(day("2027-01-02"), day("2027-01-01")).unwrap_err();
        assert_eq!(
            backwards.to_string(),
            "the period ends on 2027-01-01, before it begins on 2027-01-02; turn the two days round"
        );
        let long = Period::new(day("1900-01-01"), day("2027-01-01")).unwrap();
        assert_eq!(long.divided(Step::Month), Err(BadPeriod::TooMany));
        assert!(long.divided(Step::Year).is_ok());
    }
}
