//! Closed days of one place, over the years for which somebody has checked them.

use std::collections::BTreeSet;

use super::{Day, Weekday};

/// The closed days of courts or offices in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// What it is called in messages.
    pub name: String,
    /// Where the closed days are published.
    pub source: String,
    /// The day on which somebody last compared it with its source.
    pub checked: Day,
    /// Days of the week on which the place is closed.
    pub weekly: BTreeSet<Weekday>,
    /// Single closed days.
    pub closed: BTreeSet<Day>,
    /// Single days that are open although they fall on a day of the week on which the place is closed.
    pub open: BTreeSet<Day>,
    /// The first day that was checked.
    pub from: Day,
    /// The last day that was checked.
    pub until: Day,
}

/// A count left the years for which the closed days are known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the calendar `{calendar}` does not cover {year}; add its closed days for that year, with their source"
)]
pub struct NotCovered {
    /// The calendar.
    pub calendar: String,
    /// The year that is missing.
    pub year: i16,
}

impl Calendar {
    /// Whether the place is open on `day`.
    ///
    /// # Errors
    ///
    /// Returns [`NotCovered`] outside the days that were checked: an unknown day is neither open nor closed.
    pub fn is_open(&self, day: Day) -> Result<bool, NotCovered> {
        if day < self.from || day > self.until {
            return Err(NotCovered { calendar: self.name.clone(), year: day.year() });
        }
        let closed_that_weekday = self.weekly.contains(&day.weekday()) && !self.open.contains(&day);
        Ok(!closed_that_weekday && !self.closed.contains(&day))
    }
}
