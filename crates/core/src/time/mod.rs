//! Legal time: moments, days, zones, lengths, closed days, and the count of a limit.
//!
//! This module stands alone: a stranger can count a limit with [`count`] and read from the [`Count`] how the date
//! was reached. Nothing here reads a clock, and the zone data is the one built into the program.

mod calendar;
mod choices;
mod count;
mod course;
mod date;
mod days;
mod hours;
mod moment;
mod other;
mod period;
mod rule;
mod rule_set;
mod when;
mod zone;

pub use calendar::{Calendar, NotCovered};
pub use choices::{Choice, Choices, ClosedLastDay, HoursOnClosedDays, MissingChoices};
pub(crate) use count::{Begun, count_begun};
pub use count::{
    Count, CountError, DayCount, HourCount, Prolonged, Reached, Start, count, count_back, count_back_hours,
    count_on_its_way,
};
pub use course::{Course, ExtendedFrom, Extension, Longer, Stop};
pub use date::{BadDay, Day, Weekday};
pub use moment::{BadMoment, Moment};
pub use other::{Gives, OtherReading};
pub use period::{BadPeriod, Period, Unit};
pub use rule::{
    BrokenMonths, DayRule, FirstDay, FirstHour, HourRule, LastDayClosed, MonthEnd, OpenDaysWithin, Rule,
    StoppedDays, WorkingDayRule,
};
pub use rule_set::{NamedRule, RuleSet};
pub use when::{BadWhen, When};
pub use zone::{BadLocalTime, BadZone, Zone};
