//! What holds for every limit, whatever the rule.

use comity_core::time::{
    Choices, ClosedLastDay, Count, CountError, Course, Day, DayRule, ExtendedFrom, Extension, FirstDay,
    FirstHour, HourRule, Longer, Moment, Period, Rule, Start, Stop, StoppedDays, Unit, When, Zone, count,
    count_back, count_back_hours, count_on_its_way,
};
use proptest::prelude::*;

use crate::given::{day, days, days_on_their_way, on};
use crate::slow::{LANDS, days_that_ran};
use crate::systems;

/// A day within four years, or close to the days that some zones skipped.
fn a_day() -> impl Strategy<Value = Day> {
    let skipped = prop_oneof![Just("2011-12-30"), Just("1993-08-21"), Just("1994-12-31")];
    prop_oneof![(Just("2027-06-30"), -730_i64..730), (skipped, -40_i64..40),]
        .prop_map(|(around, by)| day(around).plus_days(by).unwrap())
}

fn a_zone() -> impl Strategy<Value = Zone> {
    (0..LANDS.len()).prop_map(|at| LANDS[at].zone.clone())
}

/// A rule of a named system for a length in `units`, or the same with a last day that moves back.
fn a_rule(units: &'static [Unit]) -> impl Strategy<Value = (Rule, Unit)> {
    (0..13_usize, 0..units.len(), 0..5_u8).prop_map(|(system, unit, variant)| {
        let choices = systems::all()[system].1.clone();
        let choices = if variant == 0 {
            Choices { last_day_closed: Some(ClosedLastDay::PreviousOpenDay), ..choices }
        } else {
            choices
        };
        let unit = units[unit];
        (choices.rule(unit, choices.broken_months.is_some()).unwrap(), unit)
    })
}

const DAY_UNITS: &[Unit] = &[Unit::Day, Unit::WorkingDay, Unit::Week, Unit::Month, Unit::Year];

fn a_length(unit: Unit, number: u32) -> Period {
    Period::new(number, unit).unwrap()
}

fn last_day(from: Day, length: Period, rule: &Rule, zone: &Zone) -> Result<Day, CountError> {
    days(&on(from, zone), length, rule).map(|days| days.last_day)
}

/// The next day that the zone had.
fn after(day: Day, zone: &Zone) -> Day {
    (1..3).filter_map(|days| day.plus_days(days)).find(|day| zone.has(*day)).unwrap()
}

proptest! {
    #[test]
    fn who_starts_later_does_not_end_sooner(
        (rule, unit) in a_rule(DAY_UNITS), zone in a_zone(), number in 1..20_u32, from in a_day(), by in 0..40_i64,
    ) {
        let length = a_length(unit, number);
        let later = from.plus_days(by).unwrap();
        if let (Ok(first), Ok(second)) = (last_day(from, length, &rule, &zone), last_day(later, length, &rule, &zone)) {
            prop_assert!(first <= second, "{from} gives {first}, and {later} {second}");
        }
    }

    #[test]
    fn what_is_longer_does_not_end_sooner(
        (rule, unit) in a_rule(DAY_UNITS), zone in a_zone(), number in 1..20_u32, more in 0..20_u32, from in a_day(),
    ) {
        let shorter = last_day(from, a_length(unit, number), &rule, &zone);
        let longer = last_day(from, a_length(unit, number + more), &rule, &zone);
        if let (Ok(shorter), Ok(longer)) = (shorter, longer) {
            prop_assert!(shorter <= longer, "{shorter} and {longer}");
        }
    }

    #[test]
    fn a_limit_runs_out_after_its_start_with_the_last_day(
        (rule, unit) in a_rule(DAY_UNITS), zone in a_zone(), number in 1..400_u32, from in a_day(), minutes in 0..1_440_i64,
    ) {
        // A last day that moves back over closed days may fall before a start; `rules` says so.
        prop_assume!(!matches!(&rule, Rule::Days(DayRule {
            last_day_closed: comity_core::time::LastDayClosed::PreviousOpenDay(_), ..
        })));
        prop_assume!(unit != Unit::Year || number < 100);
        let at = zone.start_of(from).plus_microseconds(minutes * 60_000_000).unwrap();
        let start = Start { when: When::At(at), zone: zone.clone() };
        if let Ok(counted) = days(&start, a_length(unit, number), &rule) {
            prop_assert!(counted.ends > at);
            prop_assert_eq!(counted.ends, zone.end_of(counted.last_day));
            prop_assert!(zone.has(counted.last_day));
        }
    }

    #[test]
    fn counting_back_gives_the_latest_start(
        (rule, unit) in a_rule(DAY_UNITS), zone in a_zone(), number in 1..60_u32, by in a_day(),
    ) {
        let length = a_length(unit, number);
        let latest = count_back(by, length, &rule, &zone).unwrap();
        prop_assert!(zone.has(latest), "{latest} never was");
        prop_assert!(last_day(latest, length, &rule, &zone).unwrap() <= by);
        // From the days after it, the limit ends too late; or its month-end is refused.
        let mut later = latest;
        for _ in 0..3 {
            later = after(later, &zone);
            if let Ok(last) = last_day(later, length, &rule, &zone) {
                prop_assert!(last > by, "{later} gives {last}");
            }
        }
    }

    #[test]
    fn counting_forth_and_back_comes_to_the_start_or_later(
        (rule, unit) in a_rule(DAY_UNITS), zone in a_zone(), number in 1..60_u32, from in a_day(),
    ) {
        prop_assume!(zone.has(from));
        let length = a_length(unit, number);
        if let Ok(last) = last_day(from, length, &rule, &zone) {
            prop_assert!(count_back(last, length, &rule, &zone).unwrap() >= from);
        }
    }

    #[test]
    fn counting_hours_back_gives_the_latest_start(
        zone in a_zone(), closed in any::<bool>(), counted in any::<bool>(), number in 1..200_u32,
        by in a_day(), microseconds in 0..86_400_000_000_i64,
    ) {
        let first_hour = if counted { FirstHour::Counted } else { FirstHour::NotCounted };
        let closed_days_skipped = closed.then(systems::weekends);
        let rule = Rule::Hours(HourRule { first_hour, closed_days_skipped });
        let by = zone.start_of(by).plus_microseconds(microseconds).unwrap();
        let length = a_length(Unit::Hour, number);
        let latest = count_back_hours(by, length, &rule, &zone).unwrap();
        let ends = |from: Moment| count(&Start { when: When::At(from), zone: zone.clone() }, length, &rule).unwrap().ends();
        prop_assert!(ends(latest) <= by);
        prop_assert!(ends(latest.plus_microseconds(1).unwrap()) > by);
    }

    #[test]
    fn the_running_days_are_the_length_and_its_extensions_in_any_order(
        stops in prop::collection::vec(a_stop(), 0..5), extensions in prop::collection::vec(1..20_u32, 0..4),
        number in 1..60_u32, land in 0..LANDS.len(), counted in 0..3_usize, offset in -10..10_i64, turns in 0..5_usize,
    ) {
        let land = &LANDS[land];
        // Samoa's missing day lies among the stops.
        let from = day("2011-12-15").plus_days(offset).unwrap();
        let stops: Vec<Stop> = stops.into_iter().map(|stop| stop.on(&land.zone)).collect();
        let rule = Rule::Days(DayRule::plain(FirstDay::ALL[counted]));
        let longer = |days| Extension {
            by: Longer::By(a_length(Unit::Day, days), ExtendedFrom::LastDay),
            granted: When::On(from),
        };
        let mut course = Course { stops, extensions: extensions.iter().copied().map(longer).collect() };
        let start = on(from, &land.zone);
        let first = days_on_their_way(&start, a_length(Unit::Day, number), &rule, &course).unwrap();
        // What stands still on its last day is full with that day, and runs out when it runs on.
        let full_with = first.held_over.unwrap_or(first.last_day);
        let ran = days_that_ran(land, &course.stops, first.day_one, full_with);
        prop_assert_eq!(ran, usize::try_from(number + extensions.iter().sum::<u32>()).unwrap());
        turn_over(&mut course.stops, turns);
        turn_over(&mut course.extensions, turns);
        let again = days_on_their_way(&start, a_length(Unit::Day, number), &rule, &course).unwrap();
        prop_assert_eq!((again.last_day, again.ends, again.stopped), (first.last_day, first.ends, first.stopped));
    }

    #[test]
    fn the_running_hours_are_the_length_and_its_extensions_in_any_order(
        stops in prop::collection::vec((0..200_i64, 0..50_i64), 0..5), extensions in prop::collection::vec(1..30_u32, 0..4),
        number in 1..100_u32,
    ) {
        let zone = Zone::utc();
        let from = zone.start_of(day("2027-03-01"));
        let hour = |hours: i64| from.plus_microseconds(hours * 3_600_000_000).unwrap();
        let stop = |(begins, length): &(i64, i64)| Stop {
            from: When::At(hour(*begins)), until: When::At(hour(begins + length)), days: StoppedDays::FullDays,
        };
        let longer = |hours| Extension {
            by: Longer::By(a_length(Unit::Hour, hours), ExtendedFrom::LastDay), granted: When::At(from),
        };
        let rule = Rule::Hours(HourRule::FROM_THE_INSTANT);
        let start = Start { when: When::At(from), zone };
        let ends = |stops: Vec<Stop>, extensions: Vec<Extension>| {
            count_on_its_way(&start, a_length(Unit::Hour, number), &rule, &Course { stops, extensions })
                .as_ref().map(Count::ends).unwrap()
        };
        let forth = ends(stops.iter().map(stop).collect(), extensions.iter().copied().map(longer).collect());
        let back = ends(stops.iter().rev().map(stop).collect(), extensions.iter().rev().copied().map(longer).collect());
        prop_assert_eq!(forth, back);
        let until = from.microseconds_until(forth) / 3_600_000_000;
        let stood = |at: &i64| stops.iter().any(|(begins, length)| (*begins..begins + length).contains(at));
        let ran = (0..until).filter(|at| !stood(at)).count();
        prop_assert_eq!(ran, usize::try_from(number + extensions.iter().sum::<u32>()).unwrap());
    }
}

/// The same in another order.
fn turn_over<T>(items: &mut [T], turns: usize) {
    items.reverse();
    items.rotate_left(turns.min(items.len()));
}

/// A stop within six weeks of December 2011, at whole hours, of which many are the beginnings of days.
#[derive(Clone, Debug)]
struct AStop {
    from: (i64, Option<i64>),
    days: i64,
    until: Option<i64>,
    which: usize,
}

fn a_stop() -> impl Strategy<Value = AStop> {
    let hour = || prop::option::of(prop_oneof![Just(0_i64), 0..24_i64]);
    (0..40_i64, hour(), 0..8_i64, hour(), 0..4_usize).prop_map(|(from, hour, days, until, which)| AStop {
        from: (from, hour),
        days,
        until,
        which,
    })
}

impl AStop {
    fn on(&self, zone: &Zone) -> Stop {
        let when = |days: i64, hour: Option<i64>| {
            let day = day("2011-12-10").plus_days(days).unwrap();
            match hour {
                None => When::On(day),
                Some(hour) => When::At(zone.start_of(day).plus_microseconds(hour * 3_600_000_000).unwrap()),
            }
        };
        let from = when(self.from.0, self.from.1);
        Stop { from, until: when(self.from.0 + self.days, self.until), days: StoppedDays::ALL[self.which] }
    }
}
