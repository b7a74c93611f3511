//! A million counts, drawn by lot, that the fast count and the slow one must agree on: the dates and the refusals.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use comity_core::time::{
    BrokenMonths, Calendar, Count, CountError, Course, Day, DayRule, ExtendedFrom, Extension, FirstDay,
    FirstHour, HourRule, LastDayClosed, Longer, Moment, MonthEnd, OpenDaysWithin, Period, Rule, Start, Stop,
    StoppedDays, Unit, Weekday, When, WorkingDayRule, count_on_its_way,
};

use crate::given::{calendar, calendar_between, day, zone};
use crate::slow::{self, END_OF_TIME, Found, LANDS, Land};

const EACH: u32 = 500_000;

#[test]
fn half_a_million_counts_agree_with_the_slow_count() {
    compare(0x1972_0516, EACH);
}

/// The same with other lots, so that both halves can run at once.
#[test]
fn another_half_a_million_counts_agree_with_the_slow_count() {
    compare(0x1971_0603, EACH);
}

fn compare(seed: u64, times: u32) {
    let mut lot = Lot(seed);
    let mut tally: BTreeMap<&str, u32> = BTreeMap::new();
    for number in 0..times {
        let case = lot.case();
        let fast = count_on_its_way(&case.start, case.length, &case.rule, &case.course);
        let slow = slow::count(case.land, &case.start, case.length, &case.rule, &case.course);
        let agree = match (&fast, &slow) {
            (Ok(fast), Ok(slow)) => found(fast) == *slow,
            (Err(fast), Err(slow)) => name(fast) == name(slow),
            (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
        };
        assert!(agree, "count {number} of {seed:x}:\n{case:#?}\nfast: {fast:#?}\nslow: {slow:#?}");
        *tally.entry(fast.as_ref().map_or_else(name, |_| "a date")).or_default() += 1;
    }
    // Agreement on refusals alone, or on none, would prove little.
    assert!(tally["a date"] > times / 10 * 7, "{tally:?}");
    assert_eq!(tally.len(), 10, "{tally:?}");
}

fn found(count: &Count) -> Found {
    let extended = count.extended().iter().map(|prolonged| prolonged.ends).collect();
    let ends = count.ends();
    match count {
        Count::Hours(_) => Found { day_one: None, nominal: None, last_day: None, ends, extended },
        Count::Days(days) => Found {
            day_one: Some(days.day_one),
            nominal: Some(days.nominal_last_day()),
            last_day: Some(days.last_day),
            ends,
            extended,
        },
    }
}

fn name(error: &CountError) -> &'static str {
    match error {
        CountError::StartNotKnownToTheDay { .. } => "start not known to the day",
        CountError::StartNotKnownToTheInstant { .. } => "start not known to the instant",
        CountError::StopNotKnown { .. } => "stop not known",
        CountError::WrongRule { .. } => "wrong rule",
        CountError::ClearDaysHaveNoFirstDay { .. } => "clear days have no first day",
        CountError::NoSuchMonthEnd { .. } => "no such month end",
        CountError::NoSuchDayThere { .. } => "no such day there",
        CountError::NotCovered(_) => "not covered",
        CountError::OutOfRange { .. } => "out of range",
        CountError::TooManyRuns { .. } => panic!("only a fold counts runs"),
    }
}

#[derive(Debug)]
struct Case {
    land: &'static Land,
    start: Start,
    length: Period,
    rule: Rule,
    course: Course,
}

/// Lands at the end of the years that can be counted.
static LAST_LANDS: LazyLock<Vec<Land>> = LazyLock::new(|| {
    ["UTC", "Pacific/Kiritimati"].into_iter().map(|name| Land::new(zone(name), &END_OF_TIME)).collect()
});
static CALENDARS: LazyLock<Vec<Arc<Calendar>>> = LazyLock::new(|| {
    use Weekday::{Friday, Saturday, Sunday, Thursday, Tuesday};
    let christmas = ["2027-12-24", "2027-12-25", "2027-12-26", "2027-12-27", "2027-12-28", "2028-01-03"];
    vec![
        calendar("two days", &[Saturday, Sunday], &christmas),
        calendar("one day", &[Sunday], &["2011-12-29", "2011-12-31", "1993-08-20", "1993-08-22"]),
        calendar("another two", &[Thursday, Friday], &["2027-03-01", "2028-02-29"]),
        calendar(
            "hardly open",
            &[Tuesday, Thursday, Friday, Saturday, Sunday],
            &["2027-03-01", "2027-03-03"],
        ),
        calendar_between("checked for two years", &[Saturday, Sunday], &[], ["2027-01-01", "2028-12-31"]),
        calendar_between("to the end", &[Saturday, Sunday], &["9998-12-31"], ["1000-01-01", "9998-12-31"]),
    ]
});

impl std::fmt::Debug for Land {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.zone.fmt(f)
    }
}

/// Lots that fall the same way every time: a shift register (Marsaglia 2003).
struct Lot(u64);

impl Lot {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.below(u64::try_from(most - least).unwrap() + 1)).unwrap()
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn case(&mut self) -> Case {
        let at_the_end = self.one_in(200);
        let land: &Land = if at_the_end { self.of(LAST_LANDS.as_slice()) } else { self.of(LANDS.as_slice()) };
        let near = if at_the_end { day("9998-11-15") } else { self.near() };
        let kind = self.below(10);
        let (length, rule) = match kind {
            0 | 1 => (self.length(&[Unit::Hour]), Rule::Hours(self.hour_rule())),
            2 => (self.length(&[Unit::WorkingDay]), Rule::WorkingDays(self.working_day_rule())),
            _ => {
                let units = [Unit::Day, Unit::Day, Unit::ClearDay, Unit::Week, Unit::Month, Unit::Year];
                (self.length(&units), Rule::Days(self.day_rule()))
            }
        };
        let length = if self.one_in(100) { self.length(Unit::ALL) } else { length };
        let length = if at_the_end && length.unit() == Unit::Hour {
            Period::new(24, Unit::Hour).unwrap()
        } else {
            length
        };
        // Hours are counted on clocks that show whole minutes, as all do since 1972.
        let near = if length.unit() == Unit::Hour { near.max(day("1975-01-01")) } else { near };
        let when = self.when(near, land, length.unit() == Unit::Hour);
        let course = self.course(near, land, length);
        Case { land, start: Start { when, zone: land.zone.clone() }, length, rule, course }
    }

    /// Around which day a case lies: mostly now, and sometimes when a zone went over the date line.
    fn near(&mut self) -> Day {
        let around = *self.of(&["2027-01-31", "2027-06-30", "2028-02-15", "2028-08-31", "2027-03-20"]);
        let around = match self.below(12) {
            0 => "2011-12-20",
            1 => "1993-08-10",
            2 => *self.of(&["1994-12-20", "1844-12-20", "1969-09-25", "1936-05-01"]),
            _ => around,
        };
        day(around).plus_days(self.between(-20, 20)).unwrap()
    }

    fn when(&mut self, near: Day, land: &Land, is_instant: bool) -> When {
        let day = near.plus_days(self.between(-3, 3)).unwrap();
        match self.below(200) {
            0 => When::In { year: day.year(), month: day.month() },
            1..=90 if !is_instant => When::On(day),
            1..=4 => When::On(day),
            91..=100 => When::At(land.zone.start_of(day)),
            _ => When::At(self.instant(land.zone.start_of(day))),
        }
    }

    fn instant(&mut self, from: Moment) -> Moment {
        let minutes = self.between(0, 1_439) * 60_000_000;
        let finer = if self.one_in(4) { self.between(0, 59_999_999) } else { 0 };
        from.plus_microseconds(minutes + finer).unwrap()
    }

    /// Mostly short, so that a day by day count stays cheap.
    fn length(&mut self, units: &[Unit]) -> Period {
        let unit = *self.of(units);
        let most = match (unit, self.below(2_000)) {
            (Unit::Year, 0..=1) => 40,
            (Unit::Year, _) => 2,
            (Unit::Month, _) => 20,
            (Unit::Week, 0..=20) => 300,
            (Unit::Week, _) => 8,
            (Unit::Hour, _) => 250,
            (Unit::Day, 0) => 30_000,
            (Unit::WorkingDay, _) => 15,
            (_, 0..=10) => 1_000,
            (_, _) => 50,
        };
        Period::new(u32::try_from(self.between(1, most)).unwrap(), unit).unwrap()
    }

    fn calendar(&mut self) -> Arc<Calendar> {
        Arc::clone(self.of(CALENDARS.as_slice()))
    }

    fn first_day(&mut self) -> FirstDay {
        *self.of(FirstDay::ALL)
    }

    fn hour_rule(&mut self) -> HourRule {
        let first_hour = *self.of(FirstHour::ALL);
        HourRule { first_hour, closed_days_skipped: self.one_in(2).then(|| self.calendar()) }
    }

    fn working_day_rule(&mut self) -> WorkingDayRule {
        WorkingDayRule { first_day: self.first_day(), calendar: self.calendar() }
    }

    fn day_rule(&mut self) -> DayRule {
        let last_day_closed = match self.below(4) {
            0 => LastDayClosed::PreviousOpenDay(self.calendar()),
            1 => LastDayClosed::NextOpenDay(self.calendar()),
            _ => LastDayClosed::Stands,
        };
        let at_least = u8::try_from(self.between(0, 5)).unwrap();
        DayRule {
            first_day: self.first_day(),
            month_end: *self.of(&[
                MonthEnd::Refuse,
                MonthEnd::Up,
                MonthEnd::Down,
                MonthEnd::LastDay,
                MonthEnd::Down,
            ]),
            broken_months: if self.one_in(50) {
                BrokenMonths::ThirtyDays
            } else {
                BrokenMonths::CalendarThenDays
            },
            last_day_closed,
            open_days_within: self.one_in(4).then(|| OpenDaysWithin { at_least, calendar: self.calendar() }),
        }
    }

    fn course(&mut self, near: Day, land: &Land, length: Period) -> Course {
        let is_instant = length.unit() == Unit::Hour;
        if self.one_in(3) {
            return Course::default();
        }
        let (stops, extensions) = (self.below(4), self.below(3));
        Course {
            stops: (0..stops).map(|_| self.stop(near, land, is_instant)).collect(),
            extensions: (0..extensions).map(|_| self.extension(near, land, length)).collect(),
        }
    }

    fn stop(&mut self, near: Day, land: &Land, is_instant: bool) -> Stop {
        let from = near.plus_days(self.between(-5, 25)).unwrap();
        let until = from.plus_days(self.between(-1, 9)).unwrap();
        let days = *self.of(StoppedDays::ALL);
        // `when` moves the two by up to three days more, so that some stops end before they begin.
        Stop { from: self.when(from, land, is_instant), until: self.when(until, land, is_instant), days }
    }

    fn extension(&mut self, near: Day, land: &Land, length: Period) -> Extension {
        let granted = near.plus_days(self.between(0, 30)).unwrap();
        let by = if self.one_in(4) {
            Longer::Until(near.plus_days(self.between(0, 40)).unwrap())
        } else {
            let other = [Unit::Day, Unit::Week, Unit::Month];
            let in_days = !matches!(length.unit(), Unit::Hour | Unit::WorkingDay);
            let unit = if in_days { *self.of(&other) } else { length.unit() };
            let number = u32::try_from(self.between(1, if unit == Unit::Hour { 60 } else { 15 })).unwrap();
            Longer::By(Period::new(number, unit).unwrap(), *self.of(ExtendedFrom::ALL))
        };
        Extension { by, granted: self.when(granted, land, length.unit() == Unit::Hour) }
    }
}
