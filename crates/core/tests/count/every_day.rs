//! Every start day of a common and of a leap year, and of the months in which a zone skipped a day, by every named
//! rule: the last day is the slow one, and the limit runs out with the first instant of the next day that was.

use comity_core::time::{
    BrokenMonths, Course, Day, DayRule, FirstDay, FirstHour, HourRule, Period, Rule, When, count,
};

use crate::given::{day, days, length, on, start, zone};
use crate::slow::{self, LANDS, Land};
use crate::systems;

const LENGTHS: [&str; 10] = [
    "1 day", "18 days", "40 days", "45 days", "6 weeks", "1 month", "2 months", "6 months", "1 year",
    "40 years",
];

#[test]
fn in_utc_and_lisbon() {
    every_start_in(&["UTC", "Europe/Lisbon"]);
}

#[test]
fn in_seoul_and_st_johns() {
    every_start_in(&["Asia/Seoul", "America/St_Johns"]);
}

#[test]
fn in_kiritimati_which_skipped_the_last_day_of_1994() {
    every_start_in(&["Pacific/Kiritimati"]);
}

#[test]
fn in_apia_which_skipped_30_december_2011_and_kwajalein_which_skipped_21_august_1993() {
    every_start_in(&["Pacific/Apia", "Pacific/Kwajalein"]);
}

fn every_start_in(zones: &[&str]) {
    for name in zones {
        let land = LANDS.iter().find(|land| land.zone.name() == *name).unwrap();
        let starts = starts(land);
        for (system, choices) in systems::all() {
            for text in LENGTHS {
                let length = length(text);
                let rule = choices.rule(length.unit(), choices.broken_months.is_some()).unwrap();
                for day in &starts {
                    check(land, *day, length, &rule, system);
                }
            }
        }
    }
}

/// The years 2027 and 2028, and the month around each day that a zone of these tests skipped.
fn starts(land: &Land) -> Vec<Day> {
    let from_until = [
        ("1993-08-05", "1993-09-05"),
        ("1994-12-15", "1995-01-15"),
        ("2011-12-01", "2011-12-31"),
        ("2027-01-01", "2028-12-31"),
    ];
    let days = from_until.into_iter().flat_map(|(from, until)| days_between(day(from), day(until)));
    days.filter(|day| land.zone.has(*day)).collect()
}

fn days_between(from: Day, until: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(from), |day| day.plus_days(1)).take_while(move |day| *day <= until)
}

fn check(land: &Land, from: Day, length: Period, rule: &Rule, system: &str) {
    let start = on(from, &land.zone);
    let slow = slow::count(land, &start, length, rule, &Course::default());
    let at = || format!("{length} from {from} by {system} in {}", land.zone);
    match (days(&start, length, rule), slow) {
        (Ok(fast), Ok(slow)) => {
            assert_eq!(Some(fast.last_day), slow.last_day, "{}", at());
            assert!(land.zone.has(fast.last_day), "{} ends on a day that never was", at());
            let tomorrow =
                (1..3).filter_map(|days| fast.last_day.plus_days(days)).find(|day| land.zone.has(*day));
            // Where the clocks went back over midnight, the day is over at the later one.
            let just_before = fast.ends.plus_microseconds(-1).unwrap();
            let around = (land.zone.day_at(just_before), land.zone.day_at(fast.ends));
            assert_eq!(around, (fast.last_day, tomorrow.unwrap()), "{}", at());
        }
        // A week, a month or a year that the calendar ends on a day that never was is refused, and nothing else is.
        (Err(fast), Err(_)) => {
            let never = land.never();
            assert!(
                never.iter().any(|day| fast.to_string().contains(&format!("ends on {day}"))),
                "{}: {fast}",
                at()
            );
        }
        (fast, slow) => panic!("{}: {fast:?}, and by the slow count {slow:?}", at()),
    }
}

#[test]
fn a_day_counts_once_whether_it_has_23_24_or_25_hours() {
    let rule = Rule::Days(DayRule::plain(FirstDay::NotCounted));
    for (from, last_day, hours) in [
        ("2027-03-26", "2027-03-27", 24),
        ("2027-03-27", "2027-03-28", 23),
        ("2027-03-28", "2027-03-29", 24),
        ("2027-10-29", "2027-10-30", 24),
        ("2027-10-30", "2027-10-31", 25),
        ("2027-10-31", "2027-11-01", 24),
    ] {
        let counted = days(&start(from, "Europe/Lisbon"), length("1 day"), &rule).unwrap();
        assert_eq!(counted.last_day, day(last_day));
        let began = counted.zone.start_of(counted.last_day);
        assert_eq!(began.microseconds_until(counted.ends), hours * 3_600_000_000, "{last_day}");
    }
}

#[test]
fn twenty_four_hours_are_twenty_four_hours_on_every_day() {
    for name in ["Europe/Lisbon", "Australia/Lord_Howe"] {
        let zone = zone(name);
        let rule = Rule::Hours(HourRule::FROM_THE_INSTANT);
        for from in days_between(day("2027-01-01"), day("2028-12-31")) {
            let noon = zone.moment(from, 12, 0, 0).unwrap();
            let start = comity_core::time::Start { when: When::At(noon), zone: zone.clone() };
            let ends = count(&start, length("24 hours"), &rule).unwrap().ends();
            assert_eq!(noon.microseconds_until(ends), 24 * 3_600_000_000, "{from}");
        }
    }
}

#[test]
fn on_lord_howe_the_clocks_move_by_half_an_hour_and_the_hours_do_not() {
    let local = |from, first_hour| {
        let start = start(from, "Australia/Lord_Howe");
        let rule = Rule::Hours(HourRule { first_hour, closed_days_skipped: None });
        start.zone.local(count(&start, length("24 hours"), &rule).unwrap().ends())
    };
    // Forward from 2:00 to 2:30 on 3 October 2027, back from 2:00 to 1:30 on 4 April.
    assert_eq!(local("2027-10-02 12:00", FirstHour::Counted), "2027-10-03 12:30");
    assert_eq!(local("2027-04-03 12:00", FirstHour::Counted), "2027-04-04 11:30");
    // The hour of the event ends when the clocks next show a full hour: 2:00 never was, and 3:00 is the next.
    assert_eq!(local("2027-10-03 01:45", FirstHour::NotCounted), "2027-10-04 03:00");
    assert_eq!(local("2027-10-03 00:45", FirstHour::NotCounted), "2027-10-04 01:30");
    // At 1:15 the next full hour is 2:00, half an hour after it was all but reached a first time.
    assert_eq!(local("2027-04-04 01:15", FirstHour::NotCounted), "2027-04-05 02:00");
    assert_eq!(local("2027-04-04 00:45", FirstHour::NotCounted), "2027-04-05 00:30");
}

#[test]
fn days_are_thirty_to_a_month_and_365_to_a_year_where_the_rule_says_so() {
    let thirty = DayRule { broken_months: BrokenMonths::ThirtyDays, ..DayRule::plain(FirstDay::NotCounted) };
    let plain = Rule::Days(DayRule::plain(FirstDay::NotCounted));
    let thirty = Rule::Days(thirty);
    for from in days_between(day("2027-01-01"), day("2028-12-31")) {
        let start = on(from, &zone("UTC"));
        let last_day = |text, rule| days(&start, length(text), rule).unwrap().last_day;
        assert_eq!(last_day("2 months", &thirty), last_day("60 days", &plain), "{from}");
        assert_eq!(last_day("2 years", &thirty), last_day("730 days", &plain), "{from}");
    }
}
