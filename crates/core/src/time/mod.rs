//! Legal time: moments, days, zones, lengths, closed days, and the count of a limit.
//!
//! This module stands alone: a stranger can count a limit with [`count`] and read from the [`Count`] how the date
//! was reached. Nothing here reads a clock, and the zone data is the one built into the program.

mod calendar;
mod count;
mod date;
mod moment;
mod period;

pub use calendar::{Calendar, NotCovered};
pub use count::{
    Count, CountError, DayCount, DayRule, FirstDay, HourCount, LastDayClosed, MonthEnd, OtherReading, Rule,
    Start, count,
};
pub use date::{BadDay, BadLocalTime, BadWhen, BadZone, Day, Weekday, When, Zone};
pub use moment::{BadMoment, Moment};
pub use period::{BadPeriod, Period, Unit};
