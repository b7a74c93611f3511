//! Days of the calendar, without a zone.

use std::fmt;
use std::str::FromStr;

/// A day of the calendar, from the year 1 to 9998, without a zone.
///
/// The years at the edge are left out so that every day has a day before and a day after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(
    // INVARIANT: year 1..=9998.
    jiff::civil::Date,
);

/// Text or numbers that are no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a day; write it like 2027-04-16, in the years 0001 to 9998")]
pub struct BadDay {
    /// What was given.
    pub text: String,
}

impl Day {
    /// The first day there is.
    pub const MIN: Self = Self(jiff::civil::Date::constant(1, 1, 1));
    /// The last day there is.
    pub const MAX: Self = Self(jiff::civil::Date::constant(9998, 12, 31));

    /// The day with these numbers.
    ///
    /// # Errors
    ///
    /// Returns [`BadDay`] for a day that does not exist, or outside the years 1 to 9998.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, BadDay> {
        jiff::civil::Date::new(year, month, day)
            .ok()
            .and_then(Self::from_civil)
            .ok_or_else(|| BadDay { text: format!("{year:04}-{month:02}-{day:02}") })
    }

    pub(crate) fn from_civil(date: jiff::civil::Date) -> Option<Self> {
        (1..=9998).contains(&date.year()).then_some(Self(date))
    }

    pub(crate) const fn civil(self) -> jiff::civil::Date {
        self.0
    }

    /// The year, 1 to 9998.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// The day of the week, in English.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        Weekday::from_jiff(self.0.weekday())
    }

    /// `Friday 16 April 2027`.
    #[must_use]
    pub fn in_words(self) -> String {
        format!("{} {} {}", self.weekday(), self.day(), self.month_in_words())
    }

    /// `April 2027`.
    #[must_use]
    pub fn month_in_words(self) -> String {
        let month = match self.month() {
            1 => "January",
            2 => "February",
            3 => "March",
            4 => "April",
            5 => "May",
            6 => "June",
            7 => "July",
            8 => "August",
            9 => "September",
            10 => "October",
            11 => "November",
            _ => "December",
        };
        format!("{month} {}", self.year())
    }

    /// How many days lie between `self` and `other`; negative if `other` is earlier.
    #[must_use]
    pub fn days_until(self, other: Self) -> i64 {
        self.0.duration_until(other.0).as_hours() / 24
    }

    /// The last day of the month in which it lies.
    #[must_use]
    pub fn last_of_month(self) -> Option<Self> {
        Self::from_civil(self.0.last_of_month())
    }

    /// The last day of the year in which it lies.
    #[must_use]
    pub fn last_of_year(self) -> Option<Self> {
        Self::from_civil(self.0.last_of_year())
    }

    /// Whether it is the last day of its month.
    #[must_use]
    pub fn is_last_of_month(self) -> bool {
        self.0 == self.0.last_of_month()
    }

    /// The day `days` later, or earlier for a negative number.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Self> {
        let day = match days {
            // Most counts only ask for a neighbour.
            1 => self.0.tomorrow(),
            -1 => self.0.yesterday(),
            _ => jiff::Span::new().try_days(days).and_then(|span| self.0.checked_add(span)),
        };
        day.ok().and_then(Self::from_civil)
    }
}

impl Day {
    /// The same day of the month, so many months before; the last of that month, if it has no such day.
    pub(crate) fn months_before(self, months: i64) -> Option<Self> {
        let span = jiff::Span::new().try_months(months).ok()?;
        self.0.checked_sub(span).ok().and_then(Self::from_civil)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, BadDay> {
        let bad = || BadDay { text: text.to_owned() };
        // jiff also reads other notations and times behind the day; here a day is written in one way.
        let day = text.parse().ok().and_then(Self::from_civil).ok_or_else(bad)?;
        if day.to_string() == text { Ok(day) } else { Err(bad()) }
    }
}

crate::words::words! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "Monday",
        /// Tuesday.
        Tuesday = "Tuesday",
        /// Wednesday.
        Wednesday = "Wednesday",
        /// Thursday.
        Thursday = "Thursday",
        /// Friday.
        Friday = "Friday",
        /// Saturday.
        Saturday = "Saturday",
        /// Sunday.
        Sunday = "Sunday",
    }
}

impl Weekday {
    fn from_jiff(day: jiff::civil::Weekday) -> Self {
        match day {
            jiff::civil::Weekday::Monday => Self::Monday,
            jiff::civil::Weekday::Tuesday => Self::Tuesday,
            jiff::civil::Weekday::Wednesday => Self::Wednesday,
            jiff::civil::Weekday::Thursday => Self::Thursday,
            jiff::civil::Weekday::Friday => Self::Friday,
            jiff::civil::Weekday::Saturday => Self::Saturday,
            jiff::civil::Weekday::Sunday => Self::Sunday,
        }
    }
}
