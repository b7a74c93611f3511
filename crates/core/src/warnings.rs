//! Warnings before a limit: from when each is to be given, by `warn:` of its clock.
//!
//! A warning is derived, as an expiry is. Only a limit that runs and has an end warns: of what was met nobody needs to be
//! warned, and of what ran out a notice says more.

use crate::fold::Cycle;
use crate::time::{Day, Moment, Period, Unit, Zone};
use crate::view::{ClockView, View};

const MICROSECONDS_AN_HOUR: i64 = 3_600_000_000;

/// A warning before a limit that runs.
#[derive(Clone, Copy, Debug)]
pub struct Forewarning<'v> {
    /// The clock.
    pub clock: ClockView<'v>,
    /// How long before the end, as the procedure says.
    pub before: Period,
    /// From when it is to be given. Never before the run began: of a limit that is shorter, one is warned at once.
    pub at: Moment,
    /// The first instant that is too late.
    pub ends: Moment,
}

impl View {
    /// The warnings of the limits that run, whether or not their moment has come, the earliest first.
    #[must_use]
    pub fn warnings(&self) -> Vec<Forewarning<'_>> {
        let mut warnings: Vec<Forewarning<'_>> = self
            .due()
            .into_iter()
            .flat_map(|(ends, clock)| clock.clock.warn.iter().map(move |before| (ends, clock, *before)))
            .filter_map(|(ends, clock, before)| {
                let run = clock.last()?;
                let began = run.started.earliest(clock.zone);
                let at = moment_before(run, ends, before, clock.zone).max(began);
                Some(Forewarning { clock, before, at, ends })
            })
            .collect();
        warnings.sort_by_key(|one| (one.at, one.ends, one.clock.id));
        warnings
    }
}

/// The moment so long before the end: where the limit has a last day, the start of the day so many days before it.
fn moment_before(run: &Cycle, ends: Moment, before: Period, zone: &Zone) -> Moment {
    match (run.end.last_day(), before.unit()) {
        (_, Unit::Hour) => hours_before(ends, i64::from(before.count())),
        (Some(last), _) => zone.start_of(day_before(last, before)),
        // A limit in hours has no last day, so the warning comes at the time of day at which it ends, more or less
        // the hour by which a clock is set forward or back.
        (None, _) => {
            let day = zone.day_at(ends);
            hours_before(ends, day_before(day, before).days_until(day).saturating_mul(24))
        }
    }
}

fn hours_before(ends: Moment, hours: i64) -> Moment {
    ends.plus_microseconds(-hours.saturating_mul(MICROSECONDS_AN_HOUR)).unwrap_or(Moment::MIN)
}

/// The day so long before `last`. A warning may come a little early, and never late.
fn day_before(last: Day, before: Period) -> Day {
    let count = i64::from(before.count());
    let day = match before.unit() {
        Unit::Hour => Some(last),
        Unit::Day => last.plus_days(-count),
        Unit::ClearDay => last.plus_days(-count - 1),
        // No calendar is asked, for one that ends too early must not keep a warning back: at most half of the days
        // before a limit are taken to be closed, and two more.
        Unit::WorkingDay => last.plus_days(-2 * count - 2),
        Unit::Week => last.plus_days(-7 * count),
        Unit::Month => last.months_before(count),
        Unit::Year => last.months_before(12 * count),
    };
    day.unwrap_or(Day::MIN)
}
