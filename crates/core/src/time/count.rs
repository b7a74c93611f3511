//! How a limit is counted: the one place where a last day is computed.

use super::{
    Course, Day, Extension, HourRule, Moment, NotCovered, OtherReading, Period, Rule, Unit, When, Zone, days,
    hours, other,
};

/// What starts a count, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// When the event took effect.
    pub when: When,
    /// The zone whose days count.
    pub zone: Zone,
}

/// The same, for those who have the zone of somebody else.
#[derive(Clone, Copy)]
pub(crate) struct Begun<'z> {
    pub(crate) when: When,
    pub(crate) zone: &'z Zone,
}

/// A limit counted, with every step on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Count {
    /// In hours.
    Hours(Box<HourCount>),
    /// In days or more.
    Days(Box<DayCount>),
}

/// A count in hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourCount {
    /// When the event took place.
    pub event: Moment,
    /// When the hours began to run.
    pub from: Moment,
    /// How long.
    pub length: Period,
    /// The rule by which it was counted.
    pub rule: HourRule,
    /// When it stood still, from and until.
    pub stopped: Vec<(Moment, Moment)>,
    /// The closed days that were left out.
    pub closed: Vec<Day>,
    /// What each extension led to.
    pub extended: Vec<Prolonged>,
    /// When it runs out.
    pub ends: Moment,
    /// The zone in which it is shown.
    pub zone: Zone,
}

/// A count in days, working days, weeks, months or years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// When the event took place.
    pub event: When,
    /// The day of the event, in the zone that counts.
    pub event_day: Day,
    /// Day 1.
    pub day_one: Day,
    /// How long.
    pub length: Period,
    /// The rule by which it was counted.
    pub rule: Rule,
    /// The days that did not count because it stood still, first and last of each stop.
    pub stopped: Vec<(Day, Day)>,
    /// The days that did not count because the zone never had them.
    pub skipped_by_the_zone: Vec<Day>,
    /// The closed days that did not count, for working days.
    pub not_worked: Vec<Day>,
    /// Whether a day of the month did not exist and was replaced.
    pub month_end_replaced: bool,
    /// Where the length itself led to, before any extension.
    pub reached: Reached,
    /// What each extension led to.
    pub extended: Vec<Prolonged>,
    /// The last day as counted, where the limit stood still at its end and so ran out only when it ran on.
    pub held_over: Option<Day>,
    /// The last day on which an act is in time; of a limit that was held over, until it runs out.
    pub last_day: Day,
    /// The first instant that is too late.
    pub ends: Moment,
    /// The zone whose days count.
    pub zone: Zone,
}

/// A last day, and what closed days made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The last day before closed days are looked at.
    pub nominal: Day,
    /// The days that were passed over because they are closed.
    pub closed: Vec<Day>,
    /// The day to which it was lengthened so that it holds enough open days.
    pub filled_up_to: Option<Day>,
    /// The last day.
    pub last_day: Day,
}

/// What an extension led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prolonged {
    /// The extension.
    pub extension: Extension,
    /// The last day, for a limit in days or more.
    pub reached: Option<Reached>,
    /// The first instant that is too late.
    pub ends: Moment,
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
    /// A stop is not known well enough.
    #[error("a stop is known only as {when}, which is too little for this limit: correct the entry")]
    StopNotKnown {
        /// What is known.
        when: When,
    },
    /// Hours under a rule for days, or the other way round.
    #[error("{length} cannot be counted by this rule: hours, working days and all else each have their own")]
    WrongRule {
        /// The length.
        length: Period,
    },
    /// Clear days leave out the days at both ends.
    #[error("{length} leave out the day of the event, so the first day cannot count")]
    ClearDaysHaveNoFirstDay {
        /// The length.
        length: Period,
    },
    /// The month-end does not exist and the rule refuses to choose.
    #[error(
        "{length} from {from} ends on a day that does not exist; the rule must say `up`, `down` or `last-day`"
    )]
    NoSuchMonthEnd {
        /// The day counted from.
        from: Day,
        /// The length.
        length: Period,
    },
    /// The zone never had the last day.
    #[error(
        "{length} from {from} ends on {day}, a day that never was in {zone}; an authority must name the last day"
    )]
    NoSuchDayThere {
        /// The day counted from.
        from: Day,
        /// The length.
        length: Period,
        /// The day.
        day: Day,
        /// The zone.
        zone: String,
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
    /// A limit that begins again and again has begun too often to be counted.
    #[error("it has begun {most} times, and more are not counted: switch it off where it no longer matters")]
    TooManyRuns {
        /// How many are counted.
        most: usize,
    },
}

impl DayCount {
    /// The last day before closed days are looked at, after every extension.
    #[must_use]
    pub fn nominal_last_day(&self) -> Day {
        let last = self.extended.iter().rev().find_map(|to| to.reached.as_ref());
        last.unwrap_or(&self.reached).nominal
    }

    /// What other choices would have given. Nothing for a limit that stood still or was extended: there the days on
    /// its way would have to be chosen anew too.
    #[must_use]
    pub fn other_readings(&self) -> Vec<OtherReading> {
        if !self.stopped.is_empty() || !self.extended.is_empty() || self.held_over.is_some() {
            return Vec::new();
        }
        let start = Start { when: self.event, zone: self.zone.clone() };
        other::readings(&start, self.length, &self.rule, self.last_day)
    }
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

    /// The last day on which an act is in time; none for hours.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        match self {
            Self::Hours(_) => None,
            Self::Days(days) => Some(days.last_day),
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

    /// How long the limit is, without its extensions.
    #[must_use]
    pub fn length(&self) -> Period {
        match self {
            Self::Hours(hours) => hours.length,
            Self::Days(days) => days.length,
        }
    }

    /// What each extension led to.
    #[must_use]
    pub fn extended(&self) -> &[Prolonged] {
        match self {
            Self::Hours(hours) => &hours.extended,
            Self::Days(days) => &days.extended,
        }
    }
}

/// Counts `length` from `start` by `rule`, nothing happening on the way.
///
/// # Errors
///
/// Returns [`CountError`] where the rule, the start or the calendar does not give one date. A date is never
/// rounded in silence.
///
/// # Examples
///
/// ```
/// use comity_core::time::{Count, DayRule, FirstDay, Rule, Start, When, Zone, count};
///
/// let zone = Zone::named("Europe/Lisbon")?;
/// let start = Start { when: When::parse("2027-03-02 23:30", &zone)?, zone };
/// let rule = Rule::Days(DayRule::plain(FirstDay::NotCounted));
/// let Count::Days(days) = count(&start, "45 days".parse()?, &rule)? else { unreachable!() };
/// assert_eq!(days.last_day.to_string(), "2027-04-16");
/// assert_eq!(days.ends.to_string(), "2027-04-16T23:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn count(start: &Start, length: Period, rule: &Rule) -> Result<Count, CountError> {
    count_on_its_way(start, length, rule, &Course::default())
}

/// Counts `length` from `start` by `rule`, with the stops and extensions that it met on its way.
///
/// # Errors
///
/// Returns [`CountError`] where the rule, the start, a stop, an extension or the calendar does not give one date.
pub fn count_on_its_way(
    start: &Start,
    length: Period,
    rule: &Rule,
    course: &Course,
) -> Result<Count, CountError> {
    count_begun(Begun { when: start.when, zone: &start.zone }, length, rule, course)
}

/// See [`count_on_its_way`].
pub(crate) fn count_begun(
    start: Begun<'_>,
    length: Period,
    rule: &Rule,
    course: &Course,
) -> Result<Count, CountError> {
    match (rule, length.unit()) {
        (Rule::Hours(rule), Unit::Hour) => {
            hours::count(start, length, rule, course).map(|hours| Count::Hours(Box::new(hours)))
        }
        (Rule::Days(_), Unit::Day | Unit::ClearDay | Unit::Week | Unit::Month | Unit::Year)
        | (Rule::WorkingDays(_), Unit::WorkingDay) => {
            days::count(start, length, rule, course).map(Count::Days)
        }
        (Rule::Hours(_) | Rule::Days(_) | Rule::WorkingDays(_), _) => Err(CountError::WrongRule { length }),
    }
}

/// The latest start from which a limit of `length` ends on `last_day` or before: the inverse of [`count`].
///
/// A letter that takes eight working days and must be there on the last day is sent on this day at the latest.
///
/// # Errors
///
/// Returns [`CountError`] where the rule or the calendar gives no such day, and for hours, which
/// [`count_back_hours`] counts.
///
/// # Examples
///
/// ```
/// use comity_core::time::{DayRule, FirstDay, Rule, Zone, count_back};
///
/// let rule = Rule::Days(DayRule::plain(FirstDay::NotCounted));
/// let latest = count_back("2027-04-16".parse()?, "45 days".parse()?, &rule, &Zone::utc())?;
/// assert_eq!(latest.to_string(), "2027-03-02");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn count_back(last_day: Day, length: Period, rule: &Rule, zone: &Zone) -> Result<Day, CountError> {
    days::back(last_day, length, rule, zone)
}

/// The latest instant from which `length` in hours ends at `by` or before.
///
/// # Errors
///
/// Returns [`CountError`] as [`count_back`] does, and for all but hours.
pub fn count_back_hours(by: Moment, length: Period, rule: &Rule, zone: &Zone) -> Result<Moment, CountError> {
    match (rule, length.unit()) {
        (Rule::Hours(rule), Unit::Hour) => hours::back(by, length, rule, zone),
        (Rule::Hours(_) | Rule::Days(_) | Rule::WorkingDays(_), _) => Err(CountError::WrongRule { length }),
    }
}
