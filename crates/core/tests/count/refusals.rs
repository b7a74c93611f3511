//! Where a count is refused, and in what words.

use std::sync::Arc;

use comity_core::time::{
    BadPeriod, CountError, Course, Day, DayRule, ExtendedFrom, FirstDay, FirstHour, HourRule, LastDayClosed,
    Longer, Moment, MonthEnd, Period, Rule, Start, Stop, StoppedDays, Unit, Weekday, When, WorkingDayRule,
    Zone, count, count_back, count_back_hours, count_on_its_way,
};

use crate::given::{calendar_between, day, days, extension, length, start};
use crate::systems;

fn plain(first_day: FirstDay) -> Rule {
    Rule::Days(DayRule::plain(first_day))
}

fn after() -> Rule {
    plain(FirstDay::NotCounted)
}

fn hours() -> Rule {
    Rule::Hours(HourRule::FROM_THE_INSTANT)
}

#[track_caller]
fn refused(from: &str, zone_name: &str, text: &str, rule: &Rule, words: &str) {
    let refused = count(&start(from, zone_name), length(text), rule).unwrap_err();
    assert_eq!(refused.to_string(), words);
}

#[track_caller]
fn refused_on_its_way(from: &str, text: &str, rule: &Rule, course: &Course, words: &str) {
    let refused = count_on_its_way(&start(from, "UTC"), length(text), rule, course).unwrap_err();
    assert_eq!(refused.to_string(), words);
}

#[test]
fn a_start_known_to_the_month_or_year_starts_no_limit() {
    let words = |when| {
        format!(
            "the start is known only as {when}; a limit needs the day: find the day, then correct the entry"
        )
    };
    refused("2018-02", "UTC", "45 days", &after(), &words("2018-02"));
    refused("2018", "UTC", "2 months", &after(), &words("2018"));
    assert_eq!(
        days(&start("2018-02-01", "UTC"), length("1 day"), &after()).unwrap().last_day,
        day("2018-02-02")
    );
}

#[test]
fn a_start_known_to_the_day_starts_no_hours() {
    let hours = Rule::Hours(HourRule::FROM_THE_INSTANT);
    for when in ["2027-03-02", "2027-03", "2027"] {
        let words = format!(
            "the start is known only as {when}; a limit in hours needs the time of day: correct the entry"
        );
        refused(when, "UTC", "48 hours", &hours, &words);
    }
}

#[test]
fn a_stop_known_to_the_month_stops_nothing() {
    let utc = Zone::utc();
    let when = |text| When::parse(text, &utc).unwrap();
    let stop = |from, until| Course {
        stops: vec![Stop { from: when(from), until: when(until), days: StoppedDays::Touched }],
        extensions: Vec::new(),
    };
    let words = |when| {
        format!("a stop is known only as {when}, which is too little for this limit: correct the entry")
    };
    refused_on_its_way("2027-03-02", "45 days", &after(), &stop("2027-03", "2027-04-01"), &words("2027-03"));
    refused_on_its_way("2027-03-02", "45 days", &after(), &stop("2027-03-05", "2027"), &words("2027"));
    let hours = Rule::Hours(HourRule::FROM_THE_INSTANT);
    let from = "2027-03-02 10:00";
    refused_on_its_way(
        from,
        "45 hours",
        &hours,
        &stop("2027-03-02 11:00", "2027-03-03"),
        &words("2027-03-03"),
    );
    refused_on_its_way(
        from,
        "45 hours",
        &hours,
        &stop("2027-03-02", "2027-03-03 10:00"),
        &words("2027-03-02"),
    );
}

#[test]
fn an_extension_from_an_act_without_a_day_extends_nothing() {
    let course = |granted, text| Course {
        stops: Vec::new(),
        extensions: vec![extension(Longer::By(length(text), ExtendedFrom::TheAct), granted)],
    };
    refused_on_its_way(
        "2027-03-02",
        "45 days",
        &after(),
        &course("2027-03", "10 days"),
        "the start is known only as 2027-03; a limit needs the day: find the day, then correct the entry",
    );
    refused_on_its_way(
        "2027-03-02 10:00",
        "45 hours",
        &Rule::Hours(HourRule::FROM_THE_INSTANT),
        &course("2027-03-03", "10 hours"),
        "the start is known only as 2027-03-03; a limit in hours needs the time of day: correct the entry",
    );
}

#[test]
fn each_kind_of_unit_has_a_rule_of_its_own() {
    let working =
        Rule::WorkingDays(WorkingDayRule { first_day: FirstDay::Counted, calendar: systems::weekends() });
    let hours = Rule::Hours(HourRule::FROM_THE_INSTANT);
    let days = after();
    let words = |text| {
        format!("{text} cannot be counted by this rule: hours, working days and all else each have their own")
    };
    for (text, rule) in [
        ("48 hours", &days),
        ("8 working days", &days),
        ("45 days", &hours),
        ("8 working days", &hours),
        ("48 hours", &working),
        ("1 clear day", &working),
        ("45 days", &working),
        ("6 weeks", &hours),
        ("1 month", &working),
        ("40 years", &hours),
    ] {
        refused("2027-03-02 10:00", "UTC", text, rule, &words(text));
        let back = count_back(day("2027-03-02"), length(text), rule, &Zone::utc()).unwrap_err();
        assert_eq!(back.to_string(), words(text));
        let back =
            count_back_hours("2027-03-02T10:00:00Z".parse().unwrap(), length(text), rule, &Zone::utc());
        assert_eq!(back.unwrap_err().to_string(), words(text));
    }
    let course = Course {
        stops: Vec::new(),
        extensions: vec![extension(
            Longer::By(length("8 working days"), ExtendedFrom::LastDay),
            "2027-03-02",
        )],
    };
    refused_on_its_way("2027-03-02", "45 days", &days, &course, &words("8 working days"));
    refused_on_its_way("2027-03-02 10:00", "45 hours", &hours, &course, &words("8 working days"));
}

#[test]
fn clear_days_have_no_first_day_that_counts() {
    for first_day in [FirstDay::Counted, FirstDay::CountedWhole] {
        let words = |text| format!("{text} leave out the day of the event, so the first day cannot count");
        refused("2027-03-02", "UTC", "7 clear days", &plain(first_day), &words("7 clear days"));
    }
}

#[test]
fn a_month_end_that_does_not_exist_is_refused_unless_the_rule_chooses() {
    refused(
        "2027-01-31",
        "UTC",
        "1 month",
        &after(),
        "1 month from 2027-01-31 ends on a day that does not exist; the rule must say `up`, `down` or `last-day`",
    );
    refused(
        "2028-02-29",
        "UTC",
        "1 year",
        &plain(FirstDay::Counted),
        "1 year from 2028-02-29 ends on a day that does not exist; the rule must say `up`, `down` or `last-day`",
    );
    assert_eq!(
        days(&start("2027-01-28", "UTC"), length("1 month"), &after()).unwrap().last_day,
        day("2027-02-28")
    );
}

#[test]
fn a_month_or_a_week_that_ends_on_a_day_that_never_was_needs_an_authority() {
    let words = |text, from| {
        format!(
            "{text} from {from} ends on 2011-12-30, a day that never was in Pacific/Apia; an authority must name the last day"
        )
    };
    let apia = "Pacific/Apia";
    refused("2011-11-30", apia, "1 month", &after(), &words("1 month", "2011-11-30"));
    refused("2011-12-16", apia, "2 weeks", &after(), &words("2 weeks", "2011-12-16"));
    refused("2010-12-31", apia, "1 year", &plain(FirstDay::Counted), &words("1 year", "2010-12-31"));
    let down = Rule::Days(DayRule { month_end: MonthEnd::Down, ..DayRule::plain(FirstDay::NotCounted) });
    let last_day = |from| days(&start(from, apia), length("1 month"), &down).unwrap().last_day;
    assert_eq!(last_day("2011-11-29"), day("2011-12-29"));
    assert_eq!(last_day("2011-12-01"), day("2012-01-01"));
    let named = Course {
        stops: Vec::new(),
        extensions: vec![extension(Longer::Until(day("2011-12-31")), "2011-12-20")],
    };
    let named = count_on_its_way(&start("2011-11-29", apia), length("1 month"), &down, &named).unwrap();
    assert_eq!(named.last_day(), Some(day("2011-12-31")));
}

#[test]
fn a_calendar_that_ends_makes_no_day_open_or_closed() {
    let short = calendar_between("kr", &[Weekday::Sunday], &[], ["2027-01-01", "2027-12-31"]);
    let next = Rule::Days(DayRule {
        last_day_closed: LastDayClosed::NextOpenDay(Arc::clone(&short)),
        ..DayRule::plain(FirstDay::NotCounted)
    });
    let words = |year| {
        format!(
            "the calendar `kr` does not cover {year}; add its closed days for that year, with their source"
        )
    };
    refused("2027-12-01", "UTC", "45 days", &next, &words(2028));
    refused("2026-12-01", "UTC", "10 days", &next, &words(2026));
    assert_eq!(
        days(&start("2027-12-01", "UTC"), length("30 days"), &next).unwrap().last_day,
        day("2027-12-31")
    );
    let working =
        Rule::WorkingDays(WorkingDayRule { first_day: FirstDay::NotCounted, calendar: Arc::clone(&short) });
    refused("2027-12-01", "UTC", "30 working days", &working, &words(2028));
    let back = count_back(day("2027-01-10"), length("30 working days"), &working, &Zone::utc()).unwrap_err();
    assert_eq!(back.to_string(), words(2026));
    let hours = Rule::Hours(HourRule { first_hour: FirstHour::Counted, closed_days_skipped: Some(short) });
    refused("2027-12-31 10:00", "UTC", "15 hours", &hours, &words(2028));
    assert_eq!(
        count(&start("2027-12-31 10:00", "UTC"), length("14 hours"), &hours).unwrap().ends().to_string(),
        "2028-01-01T00:00:00Z"
    );
}

#[test]
fn a_place_that_is_never_open_is_looked_at_to_the_end_of_its_calendar() {
    let never = calendar_between("never", Weekday::ALL, &[], ["2027-01-01", "2037-12-31"]);
    let working =
        Rule::WorkingDays(WorkingDayRule { first_day: FirstDay::NotCounted, calendar: Arc::clone(&never) });
    let words = |year| {
        format!(
            "the calendar `never` does not cover {year}; add its closed days for that year, with their source"
        )
    };
    refused("2027-03-01", "UTC", "1 working day", &working, &words(2038));
    let hours = Rule::Hours(HourRule { first_hour: FirstHour::Counted, closed_days_skipped: Some(never) });
    refused("2027-03-01 10:00", "UTC", "1 hour", &hours, &words(2038));
    let back =
        count_back_hours("2027-03-01T10:00:00Z".parse().unwrap(), length("1 hour"), &hours, &Zone::utc());
    assert_eq!(back.unwrap_err().to_string(), words(2026));
}

#[test]
fn counting_back_does_not_leave_the_calendar_in_silence() {
    let until_friday =
        calendar_between("short", &[Weekday::Saturday, Weekday::Sunday], &[], ["2027-01-01", "2027-03-26"]);
    let rolling =
        |last_day_closed| Rule::Days(DayRule { last_day_closed, ..DayRule::plain(FirstDay::NotCounted) });
    let back = |by, rule: &Rule| count_back(day(by), length("10 days"), rule, &Zone::utc());
    let next = rolling(LastDayClosed::NextOpenDay(Arc::clone(&until_friday)));
    assert_eq!(back("2027-03-26", &next).unwrap(), day("2027-03-16"));
    // A limit that ends on a Saturday in the dark may end by Sunday week or not: nobody has looked.
    assert!(matches!(back("2027-04-04", &next), Err(CountError::NotCovered(_))));
    let previous = rolling(LastDayClosed::PreviousOpenDay(until_friday));
    assert!(matches!(back("2027-03-26", &previous), Err(CountError::NotCovered(_))));
    assert_eq!(back("2027-03-19", &previous).unwrap(), day("2027-03-11"));
}

#[test]
fn the_years_1_and_9998_are_the_edge() {
    let leaves = |text: &str, from: &str| format!("{text} from {from} leaves the years that can be counted");
    refused("9998-12-31", "UTC", "1 day", &after(), &leaves("1 day", "9998-12-31"));
    refused("9998-12-30", "UTC", "2 days", &after(), &leaves("2 days", "9998-12-30"));
    refused("9998-12-30", "UTC", "1 week", &after(), &leaves("1 week", "9998-12-30"));
    refused("9998-12-01", "UTC", "1 month", &after(), &leaves("1 month", "9998-12-01"));
    refused("9998-01-01", "UTC", "1 year", &after(), &leaves("1 year", "9998-01-01"));
    refused("9998-12-31", "UTC", "100 years", &after(), &leaves("100 years", "9998-12-31"));
    // No day follows the last, so that a limit could not run out with it.
    refused("9998-12-30", "UTC", "1 day", &after(), &leaves("1 day", "9998-12-30"));
    let last_day = |from, text| days(&start(from, "UTC"), length(text), &after()).unwrap();
    let latest = last_day("9998-12-29", "1 day");
    assert_eq!(
        (latest.last_day, latest.ends.to_string()),
        (day("9998-12-30"), "9998-12-31T00:00:00Z".to_owned())
    );
    let named = Longer::Until(Day::MAX);
    let course = Course { extensions: vec![extension(named, "2027-03-01")], ..Course::default() };
    for (text, rule) in [("1 day", after()), ("1 hour", hours())] {
        let named = count_on_its_way(&start("2027-03-01 10:00", "UTC"), length(text), &rule, &course);
        assert!(matches!(named, Err(CountError::OutOfRange { .. })), "{named:?}");
    }
    assert_eq!(last_day("9998-11-30", "1 month").last_day, day("9998-12-30"));
    assert_eq!(last_day("0001-01-01", "1 day").last_day, day("0001-01-02"));
    let back = |by, text| count_back(day(by), length(text), &after(), &Zone::utc());
    assert_eq!(back("0001-01-02", "1 day").unwrap(), Day::MIN);
    assert_eq!(back("0001-01-01", "1 day").unwrap_err().to_string(), leaves("1 day", "0001-01-01"));
    assert_eq!(back("0050-01-01", "100 years").unwrap_err().to_string(), leaves("100 years", "0050-01-01"));
}

#[test]
fn hours_over_the_edge_of_time_are_refused_and_come_to_an_end() {
    let always = calendar_between(
        "always",
        &[Weekday::Sunday],
        &["9998-12-31", "0001-01-01"],
        ["0001-01-01", "9998-12-31"],
    );
    for closed_days_skipped in [None, Some(always)] {
        let rule = Rule::Hours(HourRule { first_hour: FirstHour::Counted, closed_days_skipped });
        let late = Start { when: When::At(Moment::MAX), zone: Zone::utc() };
        assert!(count(&late, length("1 hour"), &rule).is_err());
        let late = Start { when: When::At("9998-12-30T12:00:00Z".parse().unwrap()), zone: Zone::utc() };
        assert!(count(&late, length("876600 hours"), &rule).is_err());
        assert!(count_back_hours(Moment::MIN, length("1 hour"), &rule, &Zone::utc()).is_err());
    }
    let always = calendar_between("always", &[], &["0001-01-01"], ["0001-01-01", "9998-12-31"]);
    let rule = Rule::Hours(HourRule { first_hour: FirstHour::Counted, closed_days_skipped: Some(always) });
    let early = "0001-01-02T10:00:00Z".parse().unwrap();
    assert!(count_back_hours(early, length("10 hours"), &rule, &Zone::utc()).is_ok());
    assert!(count_back_hours(early, length("11 hours"), &rule, &Zone::utc()).is_err());
}

#[test]
fn a_length_is_from_one_to_about_a_hundred_years() {
    let refused = |count, unit| Period::new(count, unit).unwrap_err();
    assert!(matches!(refused(0, Unit::Day), BadPeriod::OutOfRange { .. }));
    assert_eq!(
        refused(36_526, Unit::Day).to_string(),
        "36526 days cannot be counted; a limit is from 1 to 36525 days"
    );
    for unit in Unit::ALL {
        assert!(matches!(refused(u32::MAX, *unit), BadPeriod::OutOfRange { .. }));
    }
    assert!("18446744073709551616 days".parse::<Period>().is_err());
}

#[test]
fn a_zone_that_is_none_is_no_zone() {
    let words = |name| format!("`{name}` is not a time zone; write an IANA name like Asia/Seoul");
    for name in ["Asia/Pyongseoul", "+09:00", "", "KST", "Seoul"] {
        assert_eq!(Zone::named(name).unwrap_err().to_string(), words(name));
    }
}

#[test]
fn counting_back_in_months_needs_the_calendar_only_where_limits_end() {
    // The search for a start a hundred years ago must not run out of a calendar that covers the last day.
    let offices = calendar_between("offices", &[Weekday::Sunday], &[], ["1900-01-01", "2027-12-31"]);
    for (first_day, start) in [(FirstDay::NotCounted, "1927-06-01"), (FirstDay::Counted, "1927-06-02")] {
        let rule = Rule::Days(DayRule {
            month_end: MonthEnd::Down,
            last_day_closed: LastDayClosed::NextOpenDay(Arc::clone(&offices)),
            ..DayRule::plain(first_day)
        });
        for text in ["1200 months", "100 years"] {
            assert_eq!(count_back(day("2027-06-01"), length(text), &rule, &Zone::utc()).unwrap(), day(start));
        }
    }
}
