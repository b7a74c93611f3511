//! Legal time: how a limit is counted, in which zone, and how dates are read.

use comity_core::time::{
    BadLocalTime, BadWhen, Calendar, Count, CountError, Day, DayCount, DayRule, FirstDay, Gives, HourRule,
    LastDayClosed, Moment, MonthEnd, Period, Rule, Start, Unit, Weekday, When, Zone, count,
};
use proptest::prelude::*;

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn rule(first_day: FirstDay, month_end: MonthEnd) -> Rule {
    Rule::Days(DayRule { month_end, ..DayRule::plain(first_day) })
}

fn counted(zone: &Zone, when: When, length: &str, rule: &Rule) -> Result<DayCount, CountError> {
    match count(&Start { when, zone: zone.clone() }, length.parse().unwrap(), rule)? {
        Count::Days(days) => Ok(*days),
        Count::Hours(_) => panic!("{length} is counted in days"),
    }
}

/// The last day of `length` from `start`, the first day not counted and a missing month-end falling to the last.
#[track_caller]
fn check(start: &str, length: &str, last_day: &str) {
    let seoul = zone("Asia/Seoul");
    let start = When::parse(start, &seoul).unwrap();
    let days = counted(&seoul, start, length, &rule(FirstDay::NotCounted, MonthEnd::Down)).unwrap();
    assert_eq!(days.last_day.to_string(), last_day, "{length} from {start}");
}

#[test]
fn the_worked_dates_of_the_suitcase_case() {
    check("2022-09-15", "45 days", "2022-10-30");
    check("2022-11-14", "30 days", "2022-12-14");
    let seoul = zone("Asia/Seoul");
    let from_the_day = rule(FirstDay::Counted, MonthEnd::Down);
    let arrested = counted(&seoul, When::On(day("2022-09-15")), "45 days", &from_the_day).unwrap();
    assert_eq!(arrested.last_day, day("2022-10-29"));
    // 2 months of detention, the first day counted whole whatever the hour.
    let detained = When::parse("2022-09-15 23:59", &seoul).unwrap();
    assert_eq!(counted(&seoul, detained, "2 months", &from_the_day).unwrap().last_day, day("2022-11-14"));
}

#[test]
fn the_worked_dates_of_provisional_arrest_and_committal() {
    for (start, length, last_day) in [
        ("2027-03-01", "18 days", "2027-03-19"),
        ("2027-03-01", "40 days", "2027-04-10"),
        ("2027-06-01", "15 days", "2027-06-16"),
        ("2027-06-01", "30 days", "2027-07-01"),
        ("2027-06-25", "15 days", "2027-07-10"),
        ("2027-06-25", "30 days", "2027-07-25"),
        ("2027-01-04", "30 days", "2027-02-03"),
        ("2027-01-04", "90 days", "2027-04-04"),
        ("2027-03-02 23:30", "45 days", "2027-04-16"),
        ("2027-03-02", "6 weeks", "2027-04-13"),
    ] {
        check(start, length, last_day);
    }
}

#[test]
fn a_limit_whose_last_day_is_a_sunday_rolls_to_monday_where_the_law_says_so() {
    let calendar = Calendar {
        name: "ca-federal".to_owned(),
        source: "made up".to_owned(),
        checked: "2027-01-01".parse().unwrap(),
        open: [].into(),
        weekly: [Weekday::Sunday].into(),
        // Easter Monday 2027 is 29 March, so there is no second roll.
        closed: [day("2027-03-26"), day("2027-03-29")].into(),
        from: day("2027-01-01"),
        until: day("2027-12-31"),
    };
    let shared = std::sync::Arc::new(calendar);
    let rolls =
        |last_day_closed| Rule::Days(DayRule { last_day_closed, ..DayRule::plain(FirstDay::NotCounted) });
    let ottawa = zone("America/Toronto");
    let committed = When::On(day("2027-01-04"));
    let next =
        counted(&ottawa, committed, "90 days", &rolls(LastDayClosed::NextOpenDay(shared.clone()))).unwrap();
    assert_eq!(
        (next.nominal_last_day(), next.last_day, next.reached.closed.clone()),
        (day("2027-04-04"), day("2027-04-05"), vec![day("2027-04-04")])
    );
    assert_eq!(
        next.other_readings().iter().map(|one| (one.choice, one.gives)).collect::<Vec<_>>(),
        [
            ("first day counted", Gives::LastDay(day("2027-04-03"))),
            ("a closed last day stands", Gives::LastDay(day("2027-04-04"))),
            ("a closed last day moves back", Gives::LastDay(day("2027-04-03"))),
        ]
    );
    let before =
        counted(&ottawa, committed, "90 days", &rolls(LastDayClosed::PreviousOpenDay(shared.clone())))
            .unwrap();
    assert_eq!(before.last_day, day("2027-04-03"));
    let beyond = counted(&ottawa, committed, "365 days", &rolls(LastDayClosed::NextOpenDay(shared)));
    assert!(matches!(beyond, Err(CountError::NotCovered(gap)) if gap.year == 2028));
}

#[test]
fn a_limit_in_days_ends_with_its_last_day_whatever_the_clocks_do() {
    let lisbon = zone("Europe/Lisbon");
    // Summer time begins on 28 March 2027.
    let arrested = When::parse("2027-03-02 23:30", &lisbon).unwrap();
    let days = counted(&lisbon, arrested, "45 days", &rule(FirstDay::NotCounted, MonthEnd::Refuse)).unwrap();
    assert_eq!((days.last_day, days.ends.to_string().as_str()), (day("2027-04-16"), "2027-04-16T23:00:00Z"));
    let before =
        counted(&lisbon, arrested, "20 days", &rule(FirstDay::NotCounted, MonthEnd::Refuse)).unwrap();
    assert_eq!(before.ends.to_string(), "2027-03-23T00:00:00Z");
}

#[test]
fn hours_run_from_the_instant_whatever_the_clocks_on_the_wall_do() {
    let lisbon = zone("Europe/Lisbon");
    for (start, length, local) in [
        ("2027-03-27 12:00", "24 hours", "2027-03-28 13:00"),
        ("2027-10-30 12:00", "24 hours", "2027-10-31 11:00"),
        ("2027-03-27 12:00", "48 hours", "2027-03-29 13:00"),
        ("2027-06-01 12:00", "48 hours", "2027-06-03 12:00"),
    ] {
        let start = Start { when: When::parse(start, &lisbon).unwrap(), zone: lisbon.clone() };
        let ends =
            count(&start, length.parse().unwrap(), &Rule::Hours(HourRule::FROM_THE_INSTANT)).unwrap().ends();
        assert_eq!(lisbon.local(ends), local);
    }
}

#[test]
fn a_month_ends_on_the_day_of_the_same_number_or_as_the_author_says() {
    use FirstDay::{Counted, NotCounted};
    use MonthEnd::{Down, Refuse, Up};
    let utc = Zone::utc();
    for (start, length, first_day, month_end, last_day) in [
        ("2027-01-31", "1 month", NotCounted, Down, Some("2027-02-28")),
        ("2027-01-31", "1 month", NotCounted, Up, Some("2027-03-01")),
        ("2027-01-31", "1 month", NotCounted, Refuse, None),
        ("2028-01-31", "1 month", NotCounted, Down, Some("2028-02-29")),
        ("2028-01-30", "1 month", NotCounted, Down, Some("2028-02-29")),
        ("2028-01-29", "1 month", NotCounted, Refuse, Some("2028-02-29")),
        ("2027-01-31", "1 month", Counted, Down, Some("2027-02-28")),
        ("2027-01-31", "1 month", Counted, Up, Some("2027-02-28")),
        ("2027-01-31", "1 month", Counted, Refuse, None),
        ("2027-01-31", "2 months", Counted, Refuse, Some("2027-03-30")),
        ("2027-02-28", "1 month", NotCounted, Down, Some("2027-03-28")),
        ("2027-03-01", "1 month", Counted, Down, Some("2027-03-31")),
        ("2027-10-31", "4 months", NotCounted, Down, Some("2028-02-29")),
        ("2027-12-15", "1 month", NotCounted, Refuse, Some("2028-01-15")),
        ("2028-02-29", "1 year", NotCounted, Down, Some("2029-02-28")),
        ("2028-02-29", "1 year", NotCounted, Up, Some("2029-03-01")),
        ("2028-02-29", "1 year", NotCounted, Refuse, None),
        ("2028-02-29", "4 years", NotCounted, Refuse, Some("2032-02-29")),
        ("2027-01-01", "1 year", Counted, Refuse, Some("2027-12-31")),
    ] {
        let counted = counted(&utc, When::On(day(start)), length, &rule(first_day, month_end));
        let found = counted.as_ref().ok().map(|days| days.last_day.to_string());
        assert_eq!(
            found.as_deref(),
            last_day,
            "{length} from {start}, {first_day}, {month_end}: {counted:?}"
        );
    }
}

#[test]
fn a_count_needs_the_day_and_in_hours_the_instant() {
    let utc = Zone::utc();
    let start = |when| Start { when, zone: utc.clone() };
    let days = rule(FirstDay::NotCounted, MonthEnd::Down);
    let month = When::In { year: 2018, month: 2 };
    assert_eq!(
        count(&start(month), "1 day".parse().unwrap(), &days),
        Err(CountError::StartNotKnownToTheDay { when: month })
    );
    let on = When::On(day("2018-02-01"));
    let hours: Period = "1 hour".parse().unwrap();
    assert_eq!(
        count(&start(on), hours, &Rule::Hours(HourRule::FROM_THE_INSTANT)),
        Err(CountError::StartNotKnownToTheInstant { when: on })
    );
    assert_eq!(count(&start(on), hours, &days), Err(CountError::WrongRule { length: hours }));
    let week: Period = "1 week".parse().unwrap();
    assert_eq!(
        count(&start(on), week, &Rule::Hours(HourRule::FROM_THE_INSTANT)),
        Err(CountError::WrongRule { length: week })
    );
}

#[test]
fn a_day_begins_at_its_first_instant_even_where_midnight_was_skipped() {
    for (name, text, starts) in [
        ("Asia/Seoul", "2027-04-17", "2027-04-16T15:00:00Z"),
        // The clocks went from 00:00 to 01:00.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
        ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z"),
        // From 23:30 the evening before to 00:30: the day is half an hour old when it begins.
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z"),
        // Midnight came twice; the day began with the first.
        ("America/Havana", "2022-11-06", "2022-11-06T04:00:00Z"),
        // 30 December 2011 never was in Samoa.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
    ] {
        assert_eq!(zone(name).start_of(day(text)).to_string(), starts, "{text} in {name}");
    }
}

#[test]
fn a_day_that_never_was_is_not_counted_and_is_no_last_day() {
    let apia = zone("Pacific/Apia");
    let two_days =
        counted(&apia, When::On(day("2011-12-28")), "2 days", &rule(FirstDay::NotCounted, MonthEnd::Down))
            .unwrap();
    assert_eq!(two_days.last_day, day("2011-12-31"));
    assert_eq!(two_days.skipped_by_the_zone, [day("2011-12-30")]);
    let month =
        counted(&apia, When::On(day("2011-11-30")), "1 month", &rule(FirstDay::NotCounted, MonthEnd::Down));
    assert_eq!(
        month.unwrap_err().to_string(),
        "1 month from 2011-11-30 ends on 2011-12-30, a day that never was in Pacific/Apia; an authority must name the last day"
    );
}

#[test]
fn a_day_that_came_again_after_midnight_is_over_at_the_later_midnight() {
    // St John's put its clocks back at 00:01, so the last hour of 30 October 2004 came twice.
    let st_johns = zone("America/St_Johns");
    let last = day("2004-10-30");
    assert_eq!(st_johns.end_of(last).to_string(), "2004-10-31T03:30:00Z");
    let again: Moment = "2004-10-31T03:00:00Z".parse().unwrap();
    assert_eq!((st_johns.day_at(again), st_johns.local(again).as_str()), (last, "2004-10-30 23:30"));
}

#[test]
fn a_day_after_which_midnight_came_twice_is_over_at_the_first() {
    // The Azores put their clocks back at one, to midnight: what came again belongs to the 31st.
    let azores = zone("Atlantic/Azores");
    assert_eq!(azores.end_of(day("2027-10-30")).to_string(), "2027-10-31T00:00:00Z");
    assert_eq!(azores.start_of(day("2027-10-31")).to_string(), "2027-10-31T00:00:00Z");
    assert_eq!(azores.end_of(day("2027-10-31")).to_string(), "2027-11-01T01:00:00Z");
}

/// Where clocks stand since they last changed, days are reckoned without the zone data. The two must say the same of every
/// zone, most of all about the days of the change.
#[test]
fn a_day_is_the_day_that_the_zone_data_gives_also_behind_the_last_change() {
    let mut looked_at = 0;
    for name in jiff::tz::db().available() {
        let (Ok(ours), Ok(data)) = (Zone::named(name.as_str()), jiff::tz::TimeZone::get(name.as_str()))
        else {
            continue;
        };
        let until = jiff::Timestamp::from_second(1_900_000_000).unwrap();
        let since_1995 = |change: &i64| *change > 788_918_400;
        let changes: Vec<i64> = data.preceding(until).map(|change| change.timestamp().as_second()).collect();
        let last = changes.first().copied().unwrap_or(0);
        let around_the_last = (-120..120).chain([900_000]).map(|hours| last + hours * 3_600);
        let around_others = changes.iter().copied().filter(since_1995);
        let around_others =
            around_others.flat_map(|change| (-26..26).map(move |hours| change + hours * 3_600));
        for second in around_the_last.chain(around_others) {
            let at = jiff::Timestamp::from_second(second + 17).unwrap();
            let moment = Moment::from_unix_microseconds(at.as_microsecond()).unwrap();
            let today = data.to_datetime(at).date();
            let day = ours.day_at(moment);
            assert_eq!(day.to_string(), today.to_string(), "{name} at {at}");
            let (begins, ends) = (ours.start_of(day), ours.end_of(day));
            assert!(begins <= moment && moment < ends, "{name}: {day} does not hold {at}");
            let just_before = |moment: Moment| {
                let before = moment.as_unix_microseconds() - 1;
                data.to_datetime(jiff::Timestamp::from_microsecond(before).unwrap()).date()
            };
            assert!(just_before(begins) < today, "{name}: {day} begins too late");
            assert_eq!(just_before(ends), today, "{name}: {day} is over too late");
            looked_at += 1;
        }
    }
    assert!(looked_at > 100_000, "only {looked_at}");
}

#[test]
fn a_time_that_never_was_or_was_twice_is_not_guessed() {
    let lisbon = zone("Europe/Lisbon");
    let time = |text: &str| match When::parse(text, &lisbon) {
        Err(BadWhen::Time(bad)) => bad,
        other => panic!("{text}: {other:?}"),
    };
    assert!(matches!(time("2027-03-28 01:30"), BadLocalTime::Skipped { .. }));
    assert_eq!(
        time("2027-10-31 01:30").to_string(),
        "2027-10-31 01:30 was twice in Europe/Lisbon: the clocks went back; give the moment in UTC, like 2027-10-31T00:30:00Z"
    );
}

#[test]
fn a_date_is_read_as_far_as_it_is_known() {
    let seoul = zone("Asia/Seoul");
    let at = |text: &str| When::At(text.parse().unwrap());
    for (text, when) in [
        ("2027", When::During { year: 2027 }),
        ("2027-04", When::In { year: 2027, month: 4 }),
        ("2027-04-16", When::On(day("2027-04-16"))),
        (" 2027-04-16 ", When::On(day("2027-04-16"))),
        ("2027-04-16 23:30", at("2027-04-16T14:30:00Z")),
        ("2027-04-16, 23:30", at("2027-04-16T14:30:00Z")),
        ("2027-04-16T23:30", at("2027-04-16T14:30:00Z")),
        ("2027-04-16 23:30:15", at("2027-04-16T14:30:15Z")),
        ("2027-04-16T14:30:00Z", at("2027-04-16T14:30:00Z")),
        ("0001", When::During { year: 1 }),
        ("9998-12-31", When::On(Day::MAX)),
    ] {
        assert_eq!(When::parse(text, &seoul), Ok(when), "{text}");
    }
}

#[test]
fn what_is_no_date_is_refused_with_what_would_be_right() {
    let seoul = zone("Asia/Seoul");
    for text in [
        "",
        "x",
        "27",
        "02027",
        "+027",
        "-001",
        "0000",
        "9999",
        "abcd",
        "2027-13",
        "2027-00",
        "2027-1",
        "2027/04",
        "2027-4x",
        "2027-02-29",
        "2027-04-31",
        "2027-4-16",
        "20270416",
        "2027-W15-5",
        "16.04.2027",
        "2027-04-1610:00",
        "2027-04-16TT10:00",
        "2027-04-16  10:00",
        "2027-04-16 24:00",
        "2027-04-16 25:00",
        "2027-04-16 10:60",
        "2027-04-16 10:00:60",
        "2027-04-16 1:00",
        "2027-04-16 10",
        "2027-04-16 10:00:00:00",
        "2027-04-16 -1:00",
        "2027-04-16T10:00+09:00",
        "2027-04-16T10:00:00.5",
        "2027-04-16Z",
        "2027-04-16 10:00 pm",
        "２０２７",
        "2027-04-1６",
        "\u{0}\u{0}\u{0}\u{0}",
        "2027-04-16T25:00:00Z",
        "2027-04-16T10:00:00.0000001Z",
    ] {
        let bad = When::parse(text, &seoul).expect_err(text).to_string();
        assert!(!bad.contains("years that can be counted"), "{text}: {bad}");
    }
    let says = |text: &str| When::parse(text, &seoul).unwrap_err().to_string();
    assert_eq!(
        says("2027-04-16 24:00"),
        "`2027-04-16 24:00` is not a date; write 2027-04-16, 2027-04-16 23:30, 2027-04 or 2027"
    );
    assert_eq!(
        says("2027-02-29"),
        "`2027-02-29` is not a day; write it like 2027-04-16, in the years 0001 to 9998"
    );
}

#[test]
fn a_length_is_a_number_and_a_unit() {
    for (text, shown) in [
        ("45 days", "45 days"),
        ("1 day", "1 day"),
        ("1 days", "1 day"),
        (" 2  months ", "2 months"),
        ("36525 days", "36525 days"),
    ] {
        assert_eq!(text.parse::<Period>().unwrap().to_string(), shown);
    }
    for text in [
        "",
        "45",
        "days",
        "0 days",
        "-1 days",
        "+1 day",
        "1.5 days",
        "36526 days",
        "101 years",
        "1 fortnight",
        "45days",
        "99999999999999999999 days",
        "4５ days",
    ] {
        assert!(text.parse::<Period>().is_err(), "{text}");
    }
}

#[test]
fn a_zone_is_named_by_the_place() {
    for bad in ["", "Seoul", "+09:00", "Asia/Soul", "Etc/Unknown", "../etc/passwd", "Local"] {
        assert!(Zone::named(bad).is_err(), "{bad}");
    }
    assert_eq!(
        (zone("America/St_Johns").place().as_str(), zone("asia/seoul").name()),
        ("St Johns", "Asia/Seoul")
    );
}

#[test]
fn a_moment_is_kept_to_the_microsecond_as_the_record_keeps_it() {
    for moment in [Moment::MIN, Moment::MAX, "2027-04-16T10:00:00.123456Z".parse().unwrap()] {
        assert_eq!(Moment::from_unix_microseconds(moment.as_unix_microseconds()), Ok(moment));
    }
    assert!("2027-04-16T10:00:00.1234567Z".parse::<Moment>().is_err());
    assert!(Moment::from_unix_microseconds(i64::MAX).is_err());
}

#[test]
fn dates_are_told_in_words() {
    assert_eq!(day("2027-04-16").in_words(), "Friday 16 April 2027");
    let months: Vec<String> =
        (1..=12).map(|month| Day::new(2027, month, 1).unwrap().month_in_words()).collect();
    assert_eq!(
        months.join(" ").replace(" 2027", ""),
        "January February March April May June July August September October November December"
    );
    let seoul = zone("Asia/Seoul");
    assert_eq!(seoul.local("2027-04-16T14:30:07Z".parse().unwrap()), "2027-04-16 23:30:07");
    assert_eq!(comity_core::when_in_words(When::In { year: 2018, month: 2 }, &seoul), "February 2018");
    assert_eq!(comity_core::when_in_words(When::During { year: 2018 }, &seoul), "2018");
    assert_eq!(
        comity_core::moment_in_words("2027-04-16T15:00:00Z".parse().unwrap(), &seoul),
        "Saturday 17 April 2027 00:00 (Seoul)"
    );
}

fn days() -> impl Strategy<Value = Day> {
    prop_oneof![
        (1i16..=9998, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Day::new(year, month, day).unwrap()),
        // Month-ends and leap years are where counts go wrong.
        (1999i16..2033, 1i8..=12, 27i8..=31)
            .prop_filter_map("no such day", |(year, month, day)| Day::new(year, month, day).ok()),
        Just(Day::MIN),
        Just(Day::MAX),
    ]
}

fn lengths() -> impl Strategy<Value = Period> {
    let short =
        (1u32..=100, 0usize..Unit::ALL.len()).prop_map(|(count, unit)| Period::new(count, Unit::ALL[unit]));
    let longest = prop_oneof![
        Just("876600 hours"),
        Just("36525 days"),
        Just("5218 weeks"),
        Just("1200 months"),
        Just("100 years")
    ];
    prop_oneof![8 => short.prop_map(Result::unwrap), 1 => longest.prop_map(|text| text.parse().unwrap())]
}

fn zones() -> impl Strategy<Value = Zone> {
    let names = [
        "UTC",
        "Asia/Seoul",
        "Europe/Lisbon",
        "Pacific/Auckland",
        "Pacific/Apia",
        "America/Sao_Paulo",
        "America/Toronto",
        "Australia/Lord_Howe",
        "Asia/Beirut",
        "Pacific/Kiritimati",
        "Africa/Monrovia",
    ];
    prop::sample::select(names.map(zone).to_vec())
}

fn whens() -> impl Strategy<Value = When> {
    prop_oneof![
        prop_oneof![(-377_705_023_201_000_000i64..=253_402_207_200_000_000), 0i64..4_000_000_000_000_000]
            .prop_map(|at| When::At(Moment::from_unix_microseconds(at).unwrap())),
        Just(When::At(Moment::MIN)),
        Just(When::At(Moment::MAX)),
        days().prop_map(When::On),
        // The fields are public, so any number may stand in them.
        (any::<i16>(), any::<i8>()).prop_map(|(year, month)| When::In { year, month }),
        any::<i16>().prop_map(|year| When::During { year }),
    ]
}

fn rules() -> impl Strategy<Value = (FirstDay, MonthEnd)> {
    (prop::sample::select(FirstDay::ALL), prop::sample::select(MonthEnd::ALL))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_at_the_edge_of_time(when in whens(), zone in zones(), length in lengths(), (first_day, month_end) in rules(), hours in any::<bool>()) {
        let start = Start { when, zone: zone.clone() };
        let rule = if hours { Rule::Hours(HourRule::FROM_THE_INSTANT) } else { rule(first_day, month_end) };
        if let Ok(count) = count(&start, length, &rule) {
            prop_assert!(count.ends() > when.earliest(&zone));
            prop_assert!(!comity_core::moment_in_words(count.ends(), &zone).is_empty());
        }
        prop_assert!(!comity_core::when_in_words(when, &zone).is_empty());
        prop_assert!(!zone.local(when.earliest(&zone)).is_empty());
        prop_assert!(when.earliest(&zone) <= when.over(&zone));
        prop_assert!(!when.to_string().is_empty());
    }

    #[test]
    fn a_day_holds_its_first_instant_and_ends_where_the_next_begins(day in days(), zone in zones()) {
        let (starts, ends) = (zone.start_of(day), zone.end_of(day));
        prop_assert!(starts <= ends);
        if starts < ends && day != Day::MAX {
            prop_assert_eq!(zone.day_at(starts), day);
            let just_before = Moment::from_unix_microseconds(starts.as_unix_microseconds() - 1).unwrap();
            prop_assert!(zone.day_at(just_before) <= day);
            // Where the clocks go back over midnight, the day before comes for a second time within this one.
            let last = Moment::from_unix_microseconds(ends.as_unix_microseconds() - 1).unwrap();
            prop_assert!(zone.day_at(last) >= day);
        }
    }

    #[test]
    fn a_date_reads_back_as_it_was_written(when in whens(), zone in zones()) {
        if let Ok(read) = When::parse(&when.to_string(), &zone) {
            prop_assert_eq!(read, when);
        }
    }

    #[test]
    fn reading_never_panics(text in ".{0,24}", digits in "[0-9TZ: -]{0,24}") {
        for text in [text, digits] {
            let _ = text.parse::<Moment>();
            let _ = text.parse::<Period>();
            let _ = text.parse::<comity_core::name::Name>();
            let _ = text.parse::<comity_core::value::Country>();
            let _ = When::parse(&text, &Zone::utc());
            if let Ok(day) = text.parse::<Day>() {
                prop_assert_eq!(day.to_string(), text);
            }
        }
    }
}
