//! Dates as far as they are known: to the instant, the day, the month or the year.

use std::fmt;

use super::{BadDay, BadLocalTime, BadMoment, Day, Moment, Zone};

/// When an act took effect, as far as it is known.
///
/// A partial date follows the Extended Date/Time Format (ISO 8601-2): `2018-02`, `2017`. Order in a case is by
/// the first instant that the date can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// Known to the instant.
    At(Moment),
    /// Known to the day.
    On(Day),
    /// Known to the month.
    In {
        /// The year.
        year: i16,
        /// The month, 1 to 12.
        month: i8,
    },
    /// Known to the year.
    During {
        /// The year.
        year: i16,
    },
}

/// Text that is no date of any precision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWhen {
    /// It reads as nothing we know.
    #[error("`{text}` is not a date; write 2027-04-16, 2027-04-16 23:30, 2027-04 or 2027")]
    Unreadable {
        /// What was given.
        text: String,
    },
    /// The day does not exist.
    #[error(transparent)]
    Day(#[from] BadDay),
    /// The time does not exist in the zone.
    #[error(transparent)]
    Time(#[from] BadLocalTime),
    /// The instant does not exist.
    #[error(transparent)]
    Moment(#[from] BadMoment),
}

impl When {
    /// Reads a date of any precision; a time without an offset is local to `zone`.
    ///
    /// # Errors
    ///
    /// Returns [`BadWhen`] with what would be right.
    pub fn parse(text: &str, zone: &Zone) -> Result<Self, BadWhen> {
        let text = text.trim();
        let unreadable = || BadWhen::Unreadable { text: text.to_owned() };
        if !text.is_ascii() {
            return Err(unreadable());
        }
        let number = |part: Option<&str>| -> Option<i16> {
            let part = part?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
        };
        match text.len() {
            4 => {
                let year = number(Some(text)).ok_or_else(unreadable)?;
                Day::new(year, 1, 1)?;
                Ok(Self::During { year })
            }
            7 => {
                let (year, month) = (number(text.get(..4)), number(text.get(5..)));
                match (year, text.get(4..5), month) {
                    (Some(year), Some("-"), Some(month)) => {
                        let month = i8::try_from(month).map_err(|_| unreadable())?;
                        Day::new(year, month, 1)?;
                        Ok(Self::In { year, month })
                    }
                    _ => Err(unreadable()),
                }
            }
            10 => Ok(Self::On(text.parse()?)),
            _ if text.ends_with('Z') => Ok(Self::At(text.parse()?)),
            _ => Self::parse_local(text, zone).unwrap_or_else(|| Err(unreadable())),
        }
    }

    fn parse_local(text: &str, zone: &Zone) -> Option<Result<Self, BadWhen>> {
        let (day, time) = text.split_at_checked(10)?;
        let time = [", ", " ", "T"].iter().find_map(|between| time.strip_prefix(between))?;
        let mut parts = time.split(':').map(|part| {
            (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<i8>().ok())
                .flatten()
        });
        let (hour, minute) = (parts.next()??, parts.next()??);
        let second = match parts.next() {
            Some(second) => second?,
            None => 0,
        };
        if parts.next().is_some() {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let day: Day = match day.parse() {
            Ok(day) => day,
            Err(bad) => return Some(Err(BadWhen::Day(bad))),
        };
        Some(zone.moment(day, hour, minute, second).map(Self::At).map_err(BadWhen::Time))
    }

    /// The first instant that this can mean, in `zone`.
    #[must_use]
    pub fn earliest(self, zone: &Zone) -> Moment {
        match self {
            Self::At(moment) => moment,
            Self::On(day) => zone.start_of(day),
            Self::In { .. } | Self::During { .. } => zone.start_of(self.first_day(zone)),
        }
    }

    /// The first instant that this can mean no more, in `zone`; the instant itself where it is known.
    #[must_use]
    pub fn over(self, zone: &Zone) -> Moment {
        let last = match self {
            Self::At(moment) => return moment,
            Self::On(day) => Some(day),
            Self::In { .. } => self.first_day(zone).last_of_month(),
            Self::During { .. } => self.first_day(zone).last_of_year(),
        };
        zone.end_of(last.unwrap_or_else(|| self.first_day(zone)))
    }

    /// The first day that this can mean, in `zone`.
    #[must_use]
    pub fn first_day(self, zone: &Zone) -> Day {
        match self {
            Self::At(moment) => zone.day_at(moment),
            Self::On(day) => day,
            Self::In { year, month } => Day::new(year, month, 1).unwrap_or(Day::MIN),
            Self::During { year } => Day::new(year, 1, 1).unwrap_or(Day::MIN),
        }
    }

    /// Whether the day is known, as a clock needs it.
    #[must_use]
    pub fn is_known_to_the_day(self) -> bool {
        matches!(self, Self::At(_) | Self::On(_))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(moment) => moment.fmt(f),
            Self::On(day) => day.fmt(f),
            Self::In { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::During { year } => write!(f, "{year:04}"),
        }
    }
}
