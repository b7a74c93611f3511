//! Days, zones, and dates that are known only in part.

use std::fmt;
use std::str::FromStr;

use super::{BadMoment, Moment};

const HOUR: i64 = 3_600_000_000;

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

    /// Whether it is the last day of its month.
    #[must_use]
    pub fn is_last_of_month(self) -> bool {
        self.0 == self.0.last_of_month()
    }

    /// The day `days` later, or earlier for a negative number.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Self> {
        let span = jiff::Span::new().try_days(days).ok()?;
        self.0.checked_add(span).ok().and_then(Self::from_civil)
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

/// An IANA time zone, such as `Asia/Seoul`, from the zone data built into this program.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    zone: jiff::tz::TimeZone,
    /// Whether its clocks ever went over a whole day, so that most counts need not look for one.
    skips_days: bool,
}

/// A zone that the built-in zone data does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a time zone; write an IANA name like Asia/Seoul")]
pub struct BadZone {
    /// What was given.
    pub name: String,
}

/// A local date and time that its zone skipped or had twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLocalTime {
    /// The clocks went forward over it.
    #[error("{local} never was in {zone}: the clocks went forward over it; give the time before or after")]
    Skipped {
        /// The local time.
        local: String,
        /// The zone.
        zone: String,
    },
    /// The clocks went back and it came twice.
    #[error(
        "{local} was twice in {zone}: the clocks went back; give the moment in UTC, like 2027-10-31T00:30:00Z"
    )]
    Twice {
        /// The local time.
        local: String,
        /// The zone.
        zone: String,
    },
    /// There is no such time of day, or it lies outside the years that can be counted.
    #[error("{local} is no time of a day in the years that can be counted")]
    OutOfRange {
        /// The local time.
        local: String,
    },
}

impl Zone {
    /// Coordinated Universal Time.
    #[must_use]
    pub fn utc() -> Self {
        Self { zone: jiff::tz::TimeZone::UTC, skips_days: false }
    }

    /// The zone called `name`.
    ///
    /// # Errors
    ///
    /// Returns [`BadZone`] if the zone data holds no such name. Offsets such as `+09:00` are no zones.
    pub fn named(name: &str) -> Result<Self, BadZone> {
        let zone = jiff::tz::TimeZone::get(name).map_err(|_| BadZone { name: name.to_owned() })?;
        match zone.iana_name() {
            Some(_) => {
                let skips_days = ever_skipped_a_day(&zone);
                Ok(Self { zone, skips_days })
            }
            None => Err(BadZone { name: name.to_owned() }),
        }
    }

    /// The name, such as `Asia/Seoul`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The last part of the name, as people say it: `Seoul`, `St Johns`.
    #[must_use]
    pub fn place(&self) -> String {
        let name = self.name();
        name.rsplit('/').next().unwrap_or(name).replace('_', " ")
    }

    /// The first instant of `day` here. Where the clocks skip midnight, it is the first instant that exists.
    #[must_use]
    pub fn start_of(&self, day: Day) -> Moment {
        let midnight = self.zone.to_ambiguous_timestamp(day.civil().at(0, 0, 0, 0));
        let skipped = matches!(midnight.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        // The earlier reading of a skipped midnight lies before the gap, and the next transition is the gap itself.
        let start = match midnight.earlier() {
            Ok(before) if skipped => self.zone.following(before).next().map(|gap| gap.timestamp()),
            Ok(first) => Some(first),
            Err(_) => None,
        };
        start.map_or(Moment::MIN, Moment::from_timestamp)
    }

    /// The first instant after `day` here: when a limit that ends with `day` runs out. Where the clocks went back over
    /// midnight, so that the day came again for a while, it is the later midnight.
    #[must_use]
    pub fn end_of(&self, day: Day) -> Moment {
        let Some(next) = day.plus_days(1) else { return Moment::MAX };
        let midnight = self.zone.to_ambiguous_timestamp(next.civil().at(0, 0, 0, 0));
        match midnight.offset() {
            jiff::tz::AmbiguousOffset::Fold { .. } => {
                midnight.later().map_or_else(|_| self.start_of(next), Moment::from_timestamp)
            }
            jiff::tz::AmbiguousOffset::Gap { .. } | jiff::tz::AmbiguousOffset::Unambiguous { .. } => {
                self.start_of(next)
            }
        }
    }

    /// Whether the clocks here ever showed `day`. A zone that moved over the date line skipped one.
    #[must_use]
    pub fn has(&self, day: Day) -> bool {
        !self.skips_days || self.start_of(day) != self.end_of(day)
    }

    /// The days from `first` to `last` that the clocks here never showed.
    #[must_use]
    pub fn skipped_between(&self, first: Day, last: Day) -> Vec<Day> {
        if !self.skips_days {
            return Vec::new();
        }
        let until = self.end_of(last);
        // A day that never was begins with the change that skipped it, so the changes are looked at from just before.
        let Some(before) = self.start_of(first).plus_microseconds(-1) else { return Vec::new() };
        let mut offset = self.zone.to_offset(before.timestamp()).seconds();
        let mut skipped: Vec<Day> = self
            .zone
            .following(before.timestamp())
            .take_while(|change| change.timestamp() <= until.timestamp())
            .filter(|change| {
                let moved = change.offset().seconds() - offset;
                offset = change.offset().seconds();
                moved >= ABOUT_A_DAY
            })
            .flat_map(|change| {
                let after = self.day_at(Moment::from_timestamp(change.timestamp()));
                [after.plus_days(-1), Some(after)]
            })
            .flatten()
            .filter(|day| (first..=last).contains(day) && !self.has(*day))
            .collect();
        skipped.dedup();
        skipped
    }

    /// The next instant at which the clocks here show a full hour.
    pub(crate) fn next_full_hour(&self, moment: Moment) -> Option<Moment> {
        let mut at = moment;
        loop {
            let full = at.plus_microseconds(HOUR - self.microseconds_past_the_hour(at))?;
            // Clocks that move by half an hour show the full hour later, or at once.
            match self
                .zone
                .following(at.timestamp())
                .next()
                .map(|change| Moment::from_timestamp(change.timestamp()))
            {
                Some(change) if change <= full => at = change,
                Some(_) | None => return Some(full),
            }
            if self.microseconds_past_the_hour(at) == 0 {
                return Some(at);
            }
        }
    }

    /// The last instant before the full hour at or before `moment`.
    pub(crate) fn hour_before(&self, moment: Moment) -> Option<Moment> {
        let mut at = moment;
        loop {
            let full = at.plus_microseconds(-self.microseconds_past_the_hour(at))?;
            let after = at.plus_microseconds(1)?;
            match self
                .zone
                .preceding(after.timestamp())
                .next()
                .map(|change| Moment::from_timestamp(change.timestamp()))
            {
                Some(change) if change > full => at = change.plus_microseconds(-1)?,
                Some(_) | None => return full.plus_microseconds(-1),
            }
        }
    }

    fn microseconds_past_the_hour(&self, moment: Moment) -> i64 {
        let time = self.zone.to_datetime(moment.timestamp()).time();
        let seconds = i64::from(time.minute()) * 60 + i64::from(time.second());
        seconds * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1_000
    }

    /// The day it is here at `moment`; the first or last day there is at the edge of time.
    #[must_use]
    pub fn day_at(&self, moment: Moment) -> Day {
        let date = self.zone.to_datetime(moment.timestamp()).date();
        Day::from_civil(date).unwrap_or(if date.year() < 1 { Day::MIN } else { Day::MAX })
    }

    /// The time on the clocks here at `moment`, as hours, minutes and seconds.
    #[must_use]
    pub fn time_at(&self, moment: Moment) -> (i8, i8, i8) {
        let time = self.zone.to_datetime(moment.timestamp()).time();
        (time.hour(), time.minute(), time.second())
    }

    /// Whether the clocks here stand at different distances from UTC at the two moments.
    pub(crate) fn offset_differs(&self, one: Moment, other: Moment) -> bool {
        self.zone.to_offset(one.timestamp()) != self.zone.to_offset(other.timestamp())
    }

    /// `2027-04-16 23:30` here, with seconds only where there are some.
    #[must_use]
    pub fn local(&self, moment: Moment) -> String {
        let day = self.zone.to_datetime(moment.timestamp()).date();
        let (hour, minute, second) = self.time_at(moment);
        if second == 0 {
            format!("{day} {hour:02}:{minute:02}")
        } else {
            format!("{day} {hour:02}:{minute:02}:{second:02}")
        }
    }

    /// The moment when the clocks here show this day and time.
    ///
    /// # Errors
    ///
    /// Returns [`BadLocalTime`] if the clocks never showed it, or showed it twice.
    pub fn moment(&self, day: Day, hour: i8, minute: i8, second: i8) -> Result<Moment, BadLocalTime> {
        let text = || format!("{day} {hour:02}:{minute:02}");
        let time = jiff::civil::Time::new(hour, minute, second, 0)
            .map_err(|_| BadLocalTime::OutOfRange { local: text() })?;
        let ambiguous = self.zone.to_ambiguous_timestamp(day.civil().to_datetime(time));
        match ambiguous.offset() {
            jiff::tz::AmbiguousOffset::Unambiguous { .. } => ambiguous
                .compatible()
                .map(Moment::from_timestamp)
                .map_err(|_| BadLocalTime::OutOfRange { local: text() }),
            jiff::tz::AmbiguousOffset::Gap { .. } => {
                Err(BadLocalTime::Skipped { local: text(), zone: self.name().to_owned() })
            }
            jiff::tz::AmbiguousOffset::Fold { .. } => {
                Err(BadLocalTime::Twice { local: text(), zone: self.name().to_owned() })
            }
        }
    }
}

/// How far a zone moves, in seconds, when its clocks go over a day.
const ABOUT_A_DAY: i32 = 20 * 3_600;

/// Whether the clocks of a zone ever went over a whole day. Zones that do so moved over the date line, all of them in
/// the past; the rule for the years to come only knows summer time.
fn ever_skipped_a_day(zone: &jiff::tz::TimeZone) -> bool {
    // 1 January 2026. Nothing announced lies behind it.
    let known = jiff::Timestamp::constant(1_767_225_600, 0);
    let before = [zone.to_offset(jiff::Timestamp::MIN).seconds()];
    let after = zone.preceding(known).map(|change| change.offset().seconds());
    let mut offsets: Vec<i32> = after.collect();
    offsets.reverse();
    before.iter().chain(&offsets).zip(&offsets).any(|(one, next)| next - one >= ABOUT_A_DAY)
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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
        let first = self.first_day(zone);
        match self {
            Self::At(moment) => moment,
            Self::On(day) => zone.end_of(day),
            Self::In { .. } => zone.end_of(Day(first.civil().last_of_month())),
            Self::During { .. } => zone.end_of(Day(first.civil().last_of_year())),
        }
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
