//! How a limit is counted: the one place where a last day is computed.

use std::sync::Arc;

use super::{Calendar, Day, Moment, NotCovered, Period, Unit, When, Zone};
use crate::words::words;

words! {
    /// Whether the day on which a limit starts is its day 1. A legal choice.
    pub enum FirstDay {
        /// Day 1 is the day of the event, counted whole whatever the hour.
        Counted = "counted",
        /// Day 1 is the day after.
        NotCounted = "not-counted",
    }
}

words! {
    /// What becomes of a month's end that does not exist (31 January plus a month). A legal choice.
    pub enum MonthEnd {
        /// The count is refused.
        Refuse = "refuse",
        /// The first day of the month after.
        Up = "up",
        /// The last day of the month.
        Down = "down",
    }
}

/// What a closed last day does. A legal choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastDayClosed {
    /// The last day stays where it is.
    Stands,
    /// The next open day is the last day.
    NextOpenDay(Arc<Calendar>),
    /// The open day before is the last day.
    PreviousOpenDay(Arc<Calendar>),
}

/// The legal choices by which a length is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Hours: they run from the instant, and no day is looked at.
    FromTheInstant,
    /// Days, weeks, months and years.
    Days(DayRule),
}

/// The legal choices for a length in days or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRule {
    /// Whether the day of the start is day 1.
    pub first_day: FirstDay,
    /// What a missing month-end does. Looked at for months and years only.
    pub month_end: MonthEnd,
    /// What a closed last day does.
    pub last_day_closed: LastDayClosed,
}

/// What starts a count, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// When the event took effect.
    pub when: When,
    /// The zone whose days count.
    pub zone: Zone,
}

/// A limit counted, with every step on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Count {
    /// In hours.
    Hours(HourCount),
    /// In days or more.
    Days(DayCount),
}

/// A count in hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourCount {
    /// When it began.
    pub from: Moment,
    /// How long.
    pub length: Period,
    /// When it runs out.
    pub ends: Moment,
    /// The zone in which it is shown.
    pub zone: Zone,
}

/// A count in days, weeks, months or years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// The day of the event, in the zone that counts.
    pub event_day: Day,
    /// Day 1.
    pub day_one: Day,
    /// How long.
    pub length: Period,
    /// The last day before closed days are looked at.
    pub nominal_last_day: Day,
    /// Whether a day of the month did not exist and was replaced.
    pub month_end_replaced: bool,
    /// The days that were passed over because they are closed.
    pub closed: Vec<Day>,
    /// The last day on which an act is in time.
    pub last_day: Day,
    /// The first instant that is too late.
    pub ends: Moment,
    /// The zone whose days count.
    pub zone: Zone,
    /// What other choices would have given.
    pub other_readings: Vec<OtherReading>,
}

/// The last day under another legal choice than the one made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherReading {
    /// The choice, such as `first day counted`.
    pub choice: &'static str,
    /// Where it would lead.
    pub last_day: Day,
}

/// Why a limit cannot be counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// The start is known only to the month or year.
    #[error("the start is known only as {when}; a limit needs the day: find the day, then correct the entry")]
    StartNotKnownToTheDay {
        /// What is known.
        when: When,
    },
    /// The start is known to the day, and hours need the instant.
    #[error("the start is known only as {when}; a limit in hours needs the time of day: correct the entry")]
    StartNotKnownToTheInstant {
        /// What is known.
        when: When,
    },
    /// Hours under a rule for days, or the other way round.
    #[error("{length} cannot be counted by this rule: hours run from the instant, all else by days")]
    WrongRule {
        /// The length.
        length: Period,
    },
    /// The month-end does not exist and the rule refuses to choose.
    #[error("{length} from {from} ends on a day that does not exist; the rule must say `up` or `down`")]
    NoSuchMonthEnd {
        /// The day counted from.
        from: Day,
        /// The length.
        length: Period,
    },
    /// The count leaves the calendar of closed days.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
    /// The count leaves the years that can be counted.
    #[error("{length} from {from} leaves the years that can be counted")]
    OutOfRange {
        /// The day counted from.
        from: Day,
        /// The length.
        length: Period,
    },
}

impl Count {
    /// The first instant that is too late.
    #[must_use]
    pub fn ends(&self) -> Moment {
        match self {
            Self::Hours(hours) => hours.ends,
            Self::Days(days) => days.ends,
        }
    }

    /// The zone whose days count.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        match self {
            Self::Hours(hours) => &hours.zone,
            Self::Days(days) => &days.zone,
        }
    }

    /// How long the limit is.
    #[must_use]
    pub fn length(&self) -> Period {
        match self {
            Self::Hours(hours) => hours.length,
            Self::Days(days) => days.length,
        }
    }
}

/// Counts `length` from `start` by `rule`.
///
/// # Errors
///
/// Returns [`CountError`] where the rule, the start or the calendar does not give one date. A date is never
/// rounded in silence.
///
/// # Examples
///
/// ```
/// use comity_core::time::{Count, DayRule, FirstDay, LastDayClosed, MonthEnd, Rule, Start, When, Zone, count};
///
/// let rule = Rule::Days(DayRule {
///     first_day: FirstDay::NotCounted,
///     month_end: MonthEnd::Down,
///     last_day_closed: LastDayClosed::Stands,
/// });
/// let zone = Zone::named("Europe/Lisbon")?;
/// let start = Start { when: When::parse("2027-03-02 23:30", &zone)?, zone };
/// let Count::Days(days) = count(&start, "45 days".parse()?, &rule)? else { unreachable!() };
/// assert_eq!(days.last_day.to_string(), "2027-04-16");
/// assert_eq!(days.ends.to_string(), "2027-04-16T23:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn count(start: &Start, length: Period, rule: &Rule) -> Result<Count, CountError> {
    match (rule, length.unit()) {
        (Rule::FromTheInstant, Unit::Hour) => count_hours(start, length).map(Count::Hours),
        (Rule::Days(rule), Unit::Day | Unit::Week | Unit::Month | Unit::Year) => {
            count_days(start, length, rule).map(Count::Days)
        }
        (Rule::FromTheInstant, _) | (Rule::Days(_), Unit::Hour) => Err(CountError::WrongRule { length }),
    }
}

fn count_hours(start: &Start, length: Period) -> Result<HourCount, CountError> {
    let When::At(from) = start.when else {
        return Err(CountError::StartNotKnownToTheInstant { when: start.when });
    };
    let hours = jiff::SignedDuration::from_hours(i64::from(length.count()));
    let ends = from
        .timestamp()
        .checked_add(hours)
        .map_err(|_| CountError::OutOfRange { from: start.zone.day_at(from), length })?;
    Ok(HourCount { from, length, ends: Moment::from_timestamp(ends), zone: start.zone.clone() })
}

fn count_days(start: &Start, length: Period, rule: &DayRule) -> Result<DayCount, CountError> {
    if !start.when.is_known_to_the_day() {
        return Err(CountError::StartNotKnownToTheDay { when: start.when });
    }
    let event_day = start.when.first_day(&start.zone);
    let (day_one, nominal_last_day, month_end_replaced) = span(event_day, length, rule)?;
    let (last_day, closed) = roll(nominal_last_day, &rule.last_day_closed)
        .map_err(|stop| stop.unwrap_or(CountError::OutOfRange { from: event_day, length }))?;
    Ok(DayCount {
        event_day,
        day_one,
        length,
        nominal_last_day,
        month_end_replaced,
        closed,
        last_day,
        ends: start.zone.end_of(last_day),
        zone: start.zone.clone(),
        other_readings: other_readings(event_day, length, rule, last_day),
    })
}

/// Day 1, the last day before closed days are looked at, and whether a month-end was replaced.
fn span(event_day: Day, length: Period, rule: &DayRule) -> Result<(Day, Day, bool), CountError> {
    let out_of_range = || CountError::OutOfRange { from: event_day, length };
    let day_one = match rule.first_day {
        FirstDay::Counted => Some(event_day),
        FirstDay::NotCounted => event_day.plus_days(1),
    }
    .ok_or_else(out_of_range)?;
    let count = i64::from(length.count());
    let days = match length.unit() {
        Unit::Hour => return Err(CountError::WrongRule { length }),
        Unit::Day => count,
        Unit::Week => count * 7,
        Unit::Month => return months(event_day, day_one, count, length, rule),
        Unit::Year => return months(event_day, day_one, count * 12, length, rule),
    };
    day_one.plus_days(days - 1).map(|last| (day_one, last, false)).ok_or_else(out_of_range)
}

/// Months run to the day with the number of the event's day. Where the event's day counts, it is day 1 and the
/// period is full on the day before that number.
fn months(
    event_day: Day,
    day_one: Day,
    months: i64,
    length: Period,
    rule: &DayRule,
) -> Result<(Day, Day, bool), CountError> {
    let out_of_range = || CountError::OutOfRange { from: event_day, length };
    let index = i64::from(event_day.year()) * 12 + i64::from(event_day.month()) - 1 + months;
    let year = i16::try_from(index.div_euclid(12)).map_err(|_| out_of_range())?;
    let month = i8::try_from(index.rem_euclid(12) + 1).map_err(|_| out_of_range())?;
    let first = Day::new(year, month, 1).map_err(|_| out_of_range())?;
    let (same_number, replaced) = match Day::new(year, month, event_day.day()) {
        Ok(day) => (Some(day), false),
        Err(_) => match rule.month_end {
            MonthEnd::Refuse => return Err(CountError::NoSuchMonthEnd { from: event_day, length }),
            MonthEnd::Down => (Day::from_civil(first.civil().last_of_month()), true),
            MonthEnd::Up => (first.civil().last_of_month().tomorrow().ok().and_then(Day::from_civil), true),
        },
    };
    let last = match (rule.first_day, replaced && rule.month_end == MonthEnd::Down) {
        // 31 January counted whole: the month is full with the last day of February, not the day before it.
        (FirstDay::NotCounted, _) | (FirstDay::Counted, true) => same_number,
        (FirstDay::Counted, false) => same_number.and_then(|day| day.plus_days(-1)),
    };
    last.map(|last| (day_one, last, replaced)).ok_or_else(out_of_range)
}

/// The last day after closed days, and the days passed over. `Err(None)` means the edge of time.
fn roll(nominal: Day, rule: &LastDayClosed) -> Result<(Day, Vec<Day>), Option<CountError>> {
    let (calendar, step) = match rule {
        LastDayClosed::Stands => return Ok((nominal, Vec::new())),
        LastDayClosed::NextOpenDay(calendar) => (calendar, 1),
        LastDayClosed::PreviousOpenDay(calendar) => (calendar, -1),
    };
    let (mut day, mut closed) = (nominal, Vec::new());
    // The coverage of the calendar bounds the loop: outside it `is_open` is an error.
    while !calendar.is_open(day).map_err(|gap| Some(gap.into()))? {
        closed.push(day);
        day = day.plus_days(step).ok_or(None)?;
    }
    Ok((day, closed))
}

fn other_readings(event_day: Day, length: Period, rule: &DayRule, last_day: Day) -> Vec<OtherReading> {
    let (choice, first_day) = match rule.first_day {
        FirstDay::Counted => ("first day not counted", FirstDay::NotCounted),
        FirstDay::NotCounted => ("first day counted", FirstDay::Counted),
    };
    let other = DayRule { first_day, ..rule.clone() };
    let mut readings = Vec::new();
    if let Ok((_, nominal, _)) = span(event_day, length, &other)
        && let Ok((day, _)) = roll(nominal, &other.last_day_closed)
    {
        readings.push(OtherReading { choice, last_day: day });
    }
    if let Ok((_, nominal, _)) = span(event_day, length, rule)
        && nominal != last_day
    {
        readings.push(OtherReading { choice: "a closed last day stands", last_day: nominal });
    }
    readings
}
