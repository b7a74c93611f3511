//! The legal choices by which a length is counted. Each is made by an author; none has a default.

use std::sync::Arc;

use super::Calendar;
use crate::words::words;

words! {
    /// Whether the day on which a limit starts is its day 1. A legal choice.
    pub enum FirstDay {
        /// Day 1 is the day of the event: "starting with the day on which".
        Counted = "counted",
        /// Day 1 is the day of the event, and the law says that a part of a day counts as a whole one. A limit
        /// that stops then runs on every day on which it ran at all.
        CountedWhole = "counted-whole",
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
        /// The last day of the month, and from the last day of a month always to the last day of a month:
        /// 28 February and a month is 31 March.
        LastDay = "last-day",
    }
}

words! {
    /// What a month or a year is in a limit that need not run without a break. A legal choice.
    pub enum BrokenMonths {
        /// The calendar says where it would end; the days on which it stopped are added.
        CalendarThenDays = "calendar-then-days",
        /// A month is 30 days and a year 365.
        ThirtyDays = "thirty-days",
    }
}

words! {
    /// When hours begin to run. A legal choice.
    pub enum FirstHour {
        /// At the instant of the event.
        Counted = "counted",
        /// With the next full hour: the hour of the event does not count.
        NotCounted = "not-counted",
    }
}

words! {
    /// Which days a stop takes out of a limit in days. A legal choice.
    pub enum StoppedDays {
        /// Those on which it stood still from their beginning to their end.
        FullDays = "full-days",
        /// From the day on which the stop began; the day on which it ended counts again.
        FromTheFirst = "from-the-first",
        /// From the day after it began to the day on which it ended.
        AfterTheFirst = "after-the-first",
        /// Every day that the stop touched.
        Touched = "touched",
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
    /// Hours.
    Hours(HourRule),
    /// Days, clear days, weeks, months and years.
    Days(DayRule),
    /// Working days.
    WorkingDays(WorkingDayRule),
}

/// The legal choices for a length in hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourRule {
    /// When they begin to run.
    pub first_hour: FirstHour,
    /// The calendar on whose closed days no hour runs; every hour runs, if absent.
    pub closed_days_skipped: Option<Arc<Calendar>>,
}

/// The legal choices for a length in days, weeks, months or years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRule {
    /// Whether the day of the start is day 1.
    pub first_day: FirstDay,
    /// What a missing month-end does. Looked at for months and years only.
    pub month_end: MonthEnd,
    /// What a month is if the limit may stop. Looked at for months and years only.
    pub broken_months: BrokenMonths,
    /// What a closed last day does.
    pub last_day_closed: LastDayClosed,
    /// So many open days a limit of two days or more holds at least; none are asked for, if absent.
    pub open_days_within: Option<OpenDaysWithin>,
}

/// How many open days a limit holds at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDaysWithin {
    /// How many.
    pub at_least: u8,
    /// By which calendar.
    pub calendar: Arc<Calendar>,
}

/// The legal choices for a length in working days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingDayRule {
    /// Whether the day of the start is day 1, if it is open.
    pub first_day: FirstDay,
    /// Which days are working days.
    pub calendar: Arc<Calendar>,
}

impl FirstDay {
    /// Whether the day of the event is day 1.
    #[must_use]
    pub fn counts(self) -> bool {
        match self {
            Self::Counted | Self::CountedWhole => true,
            Self::NotCounted => false,
        }
    }
}

impl HourRule {
    /// Hours that run from the instant, on every day.
    pub const FROM_THE_INSTANT: Self = Self { first_hour: FirstHour::Counted, closed_days_skipped: None };
}

impl DayRule {
    /// Days counted from `first_day` on, a last day that stands, and month-ends that are refused.
    #[must_use]
    pub fn plain(first_day: FirstDay) -> Self {
        Self {
            first_day,
            month_end: MonthEnd::Refuse,
            broken_months: BrokenMonths::CalendarThenDays,
            last_day_closed: LastDayClosed::Stands,
            open_days_within: None,
        }
    }
}

impl LastDayClosed {
    /// The calendar that says which days are closed, where one is asked.
    #[must_use]
    pub fn calendar(&self) -> Option<&Arc<Calendar>> {
        match self {
            Self::Stands => None,
            Self::NextOpenDay(calendar) | Self::PreviousOpenDay(calendar) => Some(calendar),
        }
    }
}
