//! Zones: whose days count, and when a day begins and ends there.

use std::fmt;

use super::{Day, Moment};

const HOUR: i64 = 3_600_000_000;

/// An IANA time zone, such as `Asia/Seoul`, from the zone data built into this program.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    data: jiff::tz::TimeZone,
    /// Whether its clocks ever went over a whole day, so that most counts need not look for one.
    skips_days: bool,
    steady: Steady,
}

/// Where the clocks of a zone stand since they last changed. Most zones have no summer time now, and of those most days
/// that are counted lie here: their midnights are a subtraction.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Steady {
    /// The last change that is known or follows from a rule; at the end of time where there is summer time.
    since: jiff::Timestamp,
    /// The first day that lies behind it as a whole, with the midnight that begins it.
    from: jiff::civil::Date,
    /// How far the clocks are from UTC.
    offset: jiff::tz::Offset,
}

impl Steady {
    fn of(zone: &jiff::tz::TimeZone) -> Self {
        let last = zone.preceding(jiff::Timestamp::MAX).next();
        let since = last.map_or(jiff::Timestamp::MIN, |change| change.timestamp());
        let offset = zone.to_offset(since);
        // Two days on, whatever the day was called before the change.
        let after = offset.to_datetime(since).date().checked_add(jiff::Span::new().days(2));
        Self { since, from: after.unwrap_or(jiff::civil::Date::MAX), offset }
    }

    /// The midnight that begins `day`, if the clocks change no more there.
    fn midnight(&self, day: Day) -> Option<Moment> {
        let day = day.civil();
        if day < self.from {
            return None;
        }
        self.offset.to_timestamp(day.at(0, 0, 0, 0)).ok().map(Moment::from_timestamp)
    }
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
        let zone = jiff::tz::TimeZone::UTC;
        Self { steady: Steady::of(&zone), data: zone, skips_days: false }
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
                Ok(Self { steady: Steady::of(&zone), data: zone, skips_days })
            }
            None => Err(BadZone { name: name.to_owned() }),
        }
    }

    /// The name, such as `Asia/Seoul`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.data.iana_name().unwrap_or("UTC")
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
        self.steady.midnight(day).unwrap_or_else(|| self.first_instant(&self.midnight(day)))
    }

    /// The first instant after `day` here: when a limit that ends with `day` runs out. Where the clocks went back over
    /// midnight, so that the day came again for a while, it is the later midnight.
    #[must_use]
    pub fn end_of(&self, day: Day) -> Moment {
        let Some(next) = day.plus_days(1) else { return Moment::MAX };
        if let Some(midnight) = self.steady.midnight(next) {
            return midnight;
        }
        let midnight = self.midnight(next);
        // Clocks that go back from one o'clock show midnight twice, and the day before it not again.
        if matches!(midnight.offset(), jiff::tz::AmbiguousOffset::Fold { .. })
            && let Ok(later) = midnight.later().map(Moment::from_timestamp)
            && self.day_until(later) == day
        {
            return later;
        }
        self.first_instant(&midnight)
    }

    fn midnight(&self, day: Day) -> jiff::tz::AmbiguousTimestamp {
        self.data.to_ambiguous_timestamp(day.civil().at(0, 0, 0, 0))
    }

    /// The first instant of the day that begins with this midnight.
    fn first_instant(&self, midnight: &jiff::tz::AmbiguousTimestamp) -> Moment {
        let skipped = matches!(midnight.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        // The earlier reading of a skipped midnight lies before the gap, and the next transition is the gap itself.
        let start = match midnight.earlier() {
            Ok(before) if skipped => self.data.following(before).next().map(|gap| gap.timestamp()),
            Ok(first) => Some(first),
            Err(_) => None,
        };
        start.map_or(Moment::MIN, Moment::from_timestamp)
    }

    /// The last day here of which some lies before `ends`.
    #[must_use]
    pub fn day_until(&self, ends: Moment) -> Day {
        self.day_at(ends.plus_microseconds(-1).unwrap_or(ends))
    }

    /// Whether the clocks here ever went over a whole day.
    pub(crate) fn skips_days(&self) -> bool {
        self.skips_days
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
        let mut offset = self.data.to_offset(before.timestamp()).seconds();
        let mut skipped: Vec<Day> = self
            .data
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
                .data
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
                .data
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
        let time = self.data.to_datetime(moment.timestamp()).time();
        let seconds = i64::from(time.minute()) * 60 + i64::from(time.second());
        seconds * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1_000
    }

    /// The day it is here at `moment`; the first or last day there is at the edge of time.
    #[must_use]
    pub fn day_at(&self, moment: Moment) -> Day {
        let at = moment.timestamp();
        let is_steady = at >= self.steady.since;
        let local = if is_steady { self.steady.offset.to_datetime(at) } else { self.data.to_datetime(at) };
        let date = local.date();
        Day::from_civil(date).unwrap_or(if date.year() < 1 { Day::MIN } else { Day::MAX })
    }

    /// The time on the clocks here at `moment`, as hours, minutes and seconds.
    #[must_use]
    pub fn time_at(&self, moment: Moment) -> (i8, i8, i8) {
        let time = self.data.to_datetime(moment.timestamp()).time();
        (time.hour(), time.minute(), time.second())
    }

    /// Whether the clocks here stand at different distances from UTC at the two moments.
    pub(crate) fn offset_differs(&self, one: Moment, other: Moment) -> bool {
        self.data.to_offset(one.timestamp()) != self.data.to_offset(other.timestamp())
    }

    /// `2027-04-16 23:30` here, with seconds only where there are some.
    #[must_use]
    pub fn local(&self, moment: Moment) -> String {
        let day = self.data.to_datetime(moment.timestamp()).date();
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
        let ambiguous = self.data.to_ambiguous_timestamp(day.civil().to_datetime(time));
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
