//! The law of counting once more, as a clerk does it who ticks off the days of an almanac one by one.
//!
//! It shares no code with the count that it checks: it knows which day comes after which, which days a zone had and
//! which days a place is open, and works out everything else by walking.

mod clerk;
mod watch;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use comity_core::time::{CountError, Course, Day, Moment, Period, Rule, Start, Stop, Unit, Zone};

use crate::given::zone;
use clerk::{Clerk, Halt};
use watch::Watch;

/// Every day from one to another, in a row.
pub(crate) struct Almanac {
    days: Vec<Day>,
    /// Where the first days of the months are.
    firsts: Vec<usize>,
}

/// From before the first zone that skipped a day until after the longest limit that the tests count.
pub(crate) static OUR_TIME: LazyLock<Almanac> =
    LazyLock::new(|| Almanac::between(Day::new(1830, 1, 1).unwrap(), Day::new(2260, 12, 31).unwrap()));
/// The end of the years that can be counted.
pub(crate) static END_OF_TIME: LazyLock<Almanac> =
    LazyLock::new(|| Almanac::between(Day::new(9890, 1, 1).unwrap(), Day::MAX));

/// The lands of the tests: common zones, those that skipped a day, and those that move their clocks oddly.
pub(crate) static LANDS: LazyLock<Vec<Land>> = LazyLock::new(|| {
    let names = [
        "UTC",
        "Europe/Lisbon",
        "Asia/Seoul",
        "Pacific/Kiritimati",
        "America/St_Johns",
        "Pacific/Apia",
        "Pacific/Kwajalein",
        "Pacific/Kanton",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Asia/Manila",
    ];
    names.into_iter().map(|name| Land::new(zone(name), &OUR_TIME)).collect()
});

/// A zone, and the days of an almanac that it never had.
pub(crate) struct Land {
    pub(crate) zone: Zone,
    pub(crate) almanac: &'static Almanac,
    never: BTreeSet<usize>,
}

/// What the clerk found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) day_one: Option<Day>,
    pub(crate) nominal: Option<Day>,
    pub(crate) last_day: Option<Day>,
    pub(crate) ends: Moment,
    /// When the limit would run out after each extension.
    pub(crate) extended: Vec<Moment>,
}

impl Almanac {
    fn between(first: Day, last: Day) -> Self {
        let days: Vec<Day> = std::iter::successors(Some(first), |day| day.plus_days(1))
            .take_while(|day| *day <= last)
            .collect();
        let firsts = (0..days.len()).filter(|at| days[*at].day() == 1).collect();
        Self { days, firsts }
    }

    pub(crate) fn page(&self, day: Day) -> usize {
        self.days.binary_search(&day).expect("the almanac has every day that a test asks for")
    }

    /// The first page of the month `months` after that of `at`, and the first of the month after.
    fn month(&self, at: usize, months: usize) -> Option<(usize, usize)> {
        let this = self.firsts.partition_point(|first| *first <= at) - 1;
        let first = *self.firsts.get(this + months)?;
        Some((first, self.firsts.get(this + months + 1).copied().unwrap_or(self.days.len())))
    }
}

impl Land {
    pub(crate) fn new(zone: Zone, almanac: &'static Almanac) -> Self {
        let never = (0..almanac.days.len()).filter(|at| !zone.has(almanac.days[*at])).collect();
        Self { zone, almanac, never }
    }

    fn had(&self, at: usize) -> bool {
        !self.never.contains(&at)
    }

    pub(crate) fn never(&self) -> Vec<Day> {
        self.never.iter().map(|at| self.almanac.days[*at]).collect()
    }

    fn day(&self, at: usize) -> Day {
        self.almanac.days[at]
    }
}

/// Counts, day by day or hour by hour.
pub(crate) fn count(
    land: &Land,
    start: &Start,
    length: Period,
    rule: &Rule,
    course: &Course,
) -> Result<Found, CountError> {
    match (rule, length.unit()) {
        (Rule::Hours(rule), Unit::Hour) => Watch { land, rule, course, length }.count(start),
        (Rule::WorkingDays(_), Unit::WorkingDay) => Clerk::new(land, rule, course, length, start)?.count(),
        (Rule::Days(_), unit) if unit != Unit::Hour && unit != Unit::WorkingDay => {
            Clerk::new(land, rule, course, length, start)?.count()
        }
        _ => Err(CountError::WrongRule { length }),
    }
}

/// How many days ran from `first` to `last`, both included, while `stops` took days out.
pub(crate) fn days_that_ran(land: &Land, stops: &[Stop], first: Day, last: Day) -> usize {
    let stops: Vec<Halt<'_>> = stops.iter().map(|stop| Halt::new(stop, land)).collect();
    let clerk_runs = |at: &usize| land.had(*at) && !stops.iter().any(|stop| stop.takes_out(land, *at));
    (land.almanac.page(first)..=land.almanac.page(last)).filter(clerk_runs).count()
}
