//! Whatever is counted, by whatever rule, from the first day to the last: it is never worse than refused.

use std::sync::{Arc, LazyLock};

use comity_core::time::{
    BadPeriod, Calendar, Choices, ClosedLastDay, Course, Day, ExtendedFrom, Extension, FirstDay, FirstHour,
    HoursOnClosedDays, Longer, Moment, MonthEnd, Period, Rule, Start, Stop, StoppedDays, Unit, Weekday, When,
    Zone, count, count_back, count_back_hours, count_on_its_way,
};
use proptest::prelude::*;

use crate::given::{calendar, calendar_between, day, zone};

static ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    let names = [
        "UTC",
        "Europe/Lisbon",
        "Asia/Seoul",
        "Pacific/Kiritimati",
        "America/St_Johns",
        "Pacific/Apia",
        "Pacific/Kwajalein",
        "Pacific/Niue",
        "Australia/Lord_Howe",
        "America/Sitka",
        "Asia/Manila",
        "Africa/Monrovia",
        "Asia/Kathmandu",
        "Europe/Dublin",
        "Antarctica/Troll",
        "Pacific/Kanton",
    ];
    names.into_iter().map(zone).collect()
});

static CALENDARS: LazyLock<Vec<Arc<Calendar>>> = LazyLock::new(|| {
    let always = ["0001-01-01", "9998-12-31"];
    vec![
        calendar_between(
            "always",
            &[Weekday::Saturday, Weekday::Sunday],
            &["0001-01-01", "9998-12-31"],
            always,
        ),
        calendar_between("never closed", &[], &[], always),
        calendar("our time", &[Weekday::Friday], &["2011-12-29", "2011-12-31"]),
        calendar_between("a day", &[], &[], ["2027-01-01", "2027-01-01"]),
    ]
});

/// Days at the edges, around the days that some zones skipped, and anywhere.
fn any_day() -> impl Strategy<Value = Day> {
    prop_oneof![
        (0..800_i64).prop_map(|days| Day::MIN.plus_days(days).unwrap()),
        (0..800_i64).prop_map(|days| Day::MAX.plus_days(-days).unwrap()),
        (-400..400_i64).prop_map(|days| day("2011-12-30").plus_days(days).unwrap()),
        (0..3_651_000_i64).prop_map(|days| Day::MIN.plus_days(days).unwrap()),
    ]
}

fn any_moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        (0..100_000_000_000_i64).prop_map(|after| Moment::MIN.plus_microseconds(after).unwrap()),
        (0..100_000_000_000_i64).prop_map(|before| Moment::MAX.plus_microseconds(-before).unwrap()),
        (any_day(), 0..ZONES.len(), -1..86_400_000_001_i64).prop_map(|(day, zone, past)| {
            ZONES[zone].start_of(day).plus_microseconds(past).unwrap_or(Moment::MAX)
        }),
    ]
}

fn any_when() -> impl Strategy<Value = When> {
    prop_oneof![
        4 => any_moment().prop_map(When::At),
        4 => any_day().prop_map(When::On),
        1 => (1..=9998_i16, 1..=12_i8).prop_map(|(year, month)| When::In { year, month }),
        1 => (1..=9998_i16).prop_map(|year| When::During { year }),
    ]
}

fn any_length() -> impl Strategy<Value = Period> {
    (0..Unit::ALL.len(), prop_oneof![Just(1_u32), 1..100_u32, 1..900_000_u32, Just(u32::MAX)]).prop_map(
        |(unit, number)| {
            let unit = Unit::ALL[unit];
            let Err(BadPeriod::OutOfRange { most, .. }) = Period::new(u32::MAX, unit) else {
                unreachable!("no unit is counted so far")
            };
            Period::new(number.min(most), unit).unwrap()
        },
    )
}

fn any_rule(unit: Unit) -> impl Strategy<Value = Rule> {
    (
        0..FirstDay::ALL.len(),
        0..MonthEnd::ALL.len(),
        0..3_usize,
        0..4_usize,
        prop::option::of(0..4_u8),
        any::<bool>(),
    )
        .prop_map(move |(first_day, month_end, closed, calendar, within, first_hour)| {
            let choices = Choices {
                first_day: Some(FirstDay::ALL[first_day]),
                month_end: Some(MonthEnd::ALL[month_end]),
                last_day_closed: Some(ClosedLastDay::ALL[closed]),
                open_days_within: within,
                first_hour: Some(FirstHour::ALL[usize::from(first_hour)]),
                hours_on_closed_days: Some(HoursOnClosedDays::ALL[closed % 2]),
                calendar: Some(Arc::clone(&CALENDARS[calendar])),
                ..Choices::default()
            };
            choices.rule(unit, false).unwrap()
        })
}

fn any_course() -> impl Strategy<Value = Course> {
    let stop = (any_when(), any_when(), 0..StoppedDays::ALL.len()).prop_map(|(from, until, days)| Stop {
        from,
        until,
        days: StoppedDays::ALL[days],
    });
    let longer = prop_oneof![
        any_day().prop_map(Longer::Until),
        (any_length(), 0..3_usize).prop_map(|(by, from)| Longer::By(by, ExtendedFrom::ALL[from])),
    ];
    let extension = (longer, any_when()).prop_map(|(by, granted)| Extension { by, granted });
    (prop::collection::vec(stop, 0..3), prop::collection::vec(extension, 0..3))
        .prop_map(|(stops, extensions)| Course { stops, extensions })
}

proptest! {
    #[test]
    fn no_count_panics_or_runs_for_ever(
        (length, rule) in any_length().prop_flat_map(|length| (Just(length), any_rule(length.unit()))),
        when in any_when(), course in any_course(), zone in 0..ZONES.len(), by in any_day(), moment in any_moment(),
    ) {
        let zone = ZONES[zone].clone();
        let start = Start { when, zone: zone.clone() };
        let _ = count(&start, length, &rule);
        let _ = count_on_its_way(&start, length, &rule, &course);
        let _ = count_back(by, length, &rule, &zone);
        let _ = count_back_hours(moment, length, &rule, &zone);
    }
}
