//! What the named systems say, in dates that a lawyer can check by hand.

use comity_core::time::{
    BrokenMonths, Choice, Choices, ClosedLastDay, Course, ExtendedFrom, FirstDay, Longer, MonthEnd, Rule,
    Stop, StoppedDays, Unit, When, count_back, count_on_its_way,
};

use crate::given::{
    calendar, check, check_hours, day, days, days_on_their_way, extension, length, start, zone,
};
use crate::systems::{
    ca_from_or_after, ca_on_a_day, de_beginning_of_a_day, de_event, de_in_total, ets_76, kr_detention,
    kr_general, nz_beginning_with, nz_from, reg_1182_71, uk_starting_with, us_calendar_months, weekends,
};

#[test]
fn by_ets_76_a_limit_runs_from_the_midnight_that_ends_its_first_day() {
    // The examples of the explanatory report, in a year in which no weekend is near.
    check(&ets_76(), "2027-01-05", "1 month", "2027-02-05");
    check(&ets_76(), "2027-01-05 23:59", "1 month", "2027-02-05");
    check(&ets_76(), "2027-01-05 00:00", "1 month", "2027-02-05");
    check(&ets_76(), "2027-01-04", "4 days", "2027-01-08");
    check(&ets_76(), "2027-01-05", "1 week", "2027-01-12");
}

#[test]
fn by_ets_76_a_missing_number_is_the_last_day_of_the_month() {
    check(&ets_76(), "2028-01-31", "1 month", "2028-02-29");
    check(&ets_76(), "2028-01-30", "1 month", "2028-02-29");
    check(&ets_76(), "2028-01-29", "1 month", "2028-02-29");
    // 28 February 2027 is a Sunday.
    check(&ets_76(), "2027-01-31", "1 month", "2027-03-01");
    check(&ets_76(), "2028-02-29", "1 year", "2029-02-28");
    // From a short month it is the number that counts, not the end.
    check(&ets_76(), "2029-04-30", "1 month", "2029-05-30");
}

#[test]
fn by_ets_76_a_limit_that_ends_on_a_weekend_ends_on_monday() {
    check(&ets_76(), "2027-03-01", "11 days", "2027-03-12");
    check(&ets_76(), "2027-03-01", "12 days", "2027-03-15");
    check(&ets_76(), "2027-03-01", "13 days", "2027-03-15");
    check(&ets_76(), "2027-03-01", "14 days", "2027-03-15");
    check(&ets_76(), "2027-03-01", "15 days", "2027-03-16");
}

#[test]
fn ets_76_has_no_rule_for_hours() {
    let refused = ets_76().rule(Unit::Hour, false).unwrap_err();
    assert_eq!(refused.missing, [Choice::FirstHour, Choice::HoursOnClosedDays]);
    assert_eq!(
        refused.to_string(),
        "it is not said when the hours begin to run, nor whether hours run on closed days: this is a legal choice"
    );
}

#[test]
fn by_reg_1182_71_a_week_from_a_monday_ends_on_a_monday() {
    // C-171/03, Toeters, paragraphs 33 and 36.
    check(&reg_1182_71(), "2027-03-01", "1 week", "2027-03-08");
    check(&reg_1182_71(), "2027-03-02", "1 week", "2027-03-09");
    check(&reg_1182_71(), "2027-03-05", "1 week", "2027-03-12");
}

#[test]
fn by_reg_1182_71_a_period_of_two_days_or_more_holds_two_working_days() {
    // From Thursday 4 March 2027: Friday is a working day, and Monday is the second.
    check(&reg_1182_71(), "2027-03-04", "1 day", "2027-03-05");
    check(&reg_1182_71(), "2027-03-04", "2 days", "2027-03-08");
    // From Friday: Saturday and Sunday are none, Monday is where the period ends, and Tuesday makes it two.
    check(&reg_1182_71(), "2027-03-05", "1 day", "2027-03-08");
    check(&reg_1182_71(), "2027-03-05", "2 days", "2027-03-09");
    check(&reg_1182_71(), "2027-03-05", "3 days", "2027-03-09");
    check(&reg_1182_71(), "2027-03-05", "4 days", "2027-03-09");
    check(&reg_1182_71(), "2027-03-05", "5 days", "2027-03-10");
}

#[test]
fn by_reg_1182_71_the_hour_of_the_event_does_not_count_and_hours_end_on_a_sunday() {
    check_hours(&reg_1182_71(), "Europe/Brussels", "2027-03-05 14:25", "24 hours", "2027-03-06 15:00");
    check_hours(&reg_1182_71(), "Europe/Brussels", "2027-03-05 14:59:59", "24 hours", "2027-03-06 15:00");
    check_hours(&reg_1182_71(), "Europe/Brussels", "2027-03-05 15:00", "24 hours", "2027-03-06 16:00");
    check_hours(&reg_1182_71(), "Europe/Brussels", "2027-03-06 10:10", "24 hours", "2027-03-07 11:00");
}

#[test]
fn in_the_uk_six_weeks_starting_with_a_tuesday_end_on_a_monday() {
    // Barker v Hambleton [2012] EWCA Civ 610: six weeks starting with 21 December 2010 did not reach 1 February.
    check(&uk_starting_with(), "2010-12-21", "6 weeks", "2011-01-31");
    check(&uk_starting_with(), "2010-12-20", "6 weeks", "2011-01-30");
    check(&uk_starting_with(), "2010-12-22", "6 weeks", "2011-02-01");
}

#[test]
fn in_the_uk_months_starting_with_a_day_end_on_the_day_before_its_number() {
    check(&uk_starting_with(), "2018-12-10", "2 months", "2019-02-09");
    check(&uk_starting_with(), "2027-03-01", "2 months", "2027-04-30");
    check(&uk_starting_with(), "2027-01-31", "1 month", "2027-02-28");
    check(&uk_starting_with(), "2027-02-01", "1 month", "2027-02-28");
}

#[test]
fn in_the_uk_a_period_after_an_event_ends_on_the_same_number_even_from_a_short_month() {
    // Dodds v Walker [1981] 1 WLR 1027: 30 September and four months are 30 January, and the 31st is too late.
    let after = Choices { first_day: Some(FirstDay::NotCounted), ..uk_starting_with() };
    check(&after, "1978-09-29", "4 months", "1979-01-29");
    check(&after, "1978-09-30", "4 months", "1979-01-30");
    check(&after, "1978-10-01", "4 months", "1979-02-01");
}

#[test]
fn in_the_uk_the_forty_eight_hours_leave_out_weekends_and_bank_holidays() {
    let rule = uk_starting_with();
    check_hours(&rule, "Europe/London", "2027-03-02 10:00", "48 hours", "2027-03-04 10:00");
    check_hours(&rule, "Europe/London", "2027-03-04 10:00", "48 hours", "2027-03-08 10:00");
    check_hours(&rule, "Europe/London", "2027-03-06 10:00", "48 hours", "2027-03-10 00:00");
    // Good Friday to Easter Monday, and the clocks go forward on Easter Sunday, on which no hour runs.
    check_hours(&rule, "Europe/London", "2027-03-25 10:00", "48 hours", "2027-03-31 10:00");
}

#[test]
fn in_canada_a_limit_moves_from_a_sunday_but_not_from_a_saturday() {
    check(&ca_from_or_after(), "2027-01-04", "30 days", "2027-02-03");
    check(&ca_from_or_after(), "2027-01-04", "89 days", "2027-04-03");
    check(&ca_from_or_after(), "2027-01-04", "90 days", "2027-04-05");
    check(&ca_from_or_after(), "2027-01-04", "91 days", "2027-04-05");
    check(&ca_from_or_after(), "2027-01-04", "92 days", "2027-04-06");
    // Good Friday; then the Saturday, on which nothing is closed.
    check(&ca_from_or_after(), "2027-03-16", "10 days", "2027-03-27");
    // Easter Sunday, and the Monday after it.
    check(&ca_from_or_after(), "2027-03-16", "12 days", "2027-03-30");
}

#[test]
fn in_canada_a_period_on_a_day_takes_that_day_in() {
    check(&ca_on_a_day(), "2027-01-04", "29 days", "2027-02-01");
    check(&ca_on_a_day(), "2027-01-04", "30 days", "2027-02-02");
    check(&ca_on_a_day(), "2027-01-04", "31 days", "2027-02-03");
}

#[test]
fn in_canada_clear_days_lie_between_the_two_events() {
    // Seven clear days after Monday 1 March: Tuesday 2 to Monday 8, and the hearing may be on the 9th.
    check(&ca_from_or_after(), "2027-03-01", "6 clear days", "2027-03-08");
    check(&ca_from_or_after(), "2027-03-01", "7 clear days", "2027-03-08");
    check(&ca_from_or_after(), "2027-03-01", "8 clear days", "2027-03-09");
}

#[test]
fn in_canada_months_run_to_the_same_number_or_the_last_day() {
    check(&ca_from_or_after(), "2027-09-29", "4 months", "2028-01-29");
    check(&ca_from_or_after(), "2027-12-30", "2 months", "2028-02-29");
    check(&ca_from_or_after(), "2027-12-31", "2 months", "2028-02-29");
    check(&ca_from_or_after(), "2028-01-01", "2 months", "2028-03-01");
}

#[test]
fn in_korea_the_first_day_does_not_count_and_a_saturday_or_holiday_is_not_the_last() {
    check(&kr_general(), "2024-08-30", "7 days", "2024-09-06");
    check(&kr_general(), "2027-01-28", "8 days", "2027-02-05");
    // Saturday 6 February, then the days of the lunar new year.
    check(&kr_general(), "2027-01-28", "9 days", "2027-02-10");
    check(&kr_general(), "2027-01-28", "12 days", "2027-02-10");
    check(&kr_general(), "2027-01-28", "13 days", "2027-02-10");
    check(&kr_general(), "2027-01-28", "14 days", "2027-02-11");
}

#[test]
fn in_korea_detention_counts_its_first_day_whole_and_ends_on_any_day() {
    check(&kr_detention(), "2027-01-28 23:59", "9 days", "2027-02-05");
    check(&kr_detention(), "2027-01-28 00:00", "10 days", "2027-02-06");
    check(&kr_detention(), "2027-01-28", "11 days", "2027-02-07");
    check(&kr_detention(), "2012-11-06", "2 months", "2013-01-05");
    check(&kr_detention(), "1997-04-03", "15 years", "2012-04-02");
}

#[test]
fn in_korea_hours_run_at_once() {
    check_hours(&kr_general(), "Asia/Seoul", "2027-03-05 14:25", "48 hours", "2027-03-07 14:25");
    check_hours(&kr_detention(), "Asia/Seoul", "2027-03-05 14:25:01", "48 hours", "2027-03-07 14:25:01");
    check_hours(&kr_general(), "Asia/Seoul", "2027-03-05 00:00", "24 hours", "2027-03-06 00:00");
}

#[test]
fn in_new_zealand_from_a_day_leaves_it_out_and_beginning_with_a_day_takes_it_in() {
    check(&nz_from(), "2027-06-01", "14 days", "2027-06-15");
    check(&nz_beginning_with(), "2027-06-01", "14 days", "2027-06-14");
    check(&nz_from(), "2027-06-01 08:00", "15 days", "2027-06-16");
    check(&nz_beginning_with(), "2027-06-01 08:00", "16 days", "2027-06-16");
}

#[test]
fn in_new_zealand_a_month_ends_just_before_the_day_with_the_number_of_its_first() {
    // The examples of s 56: 15 February and a month, 31 October and six months.
    check(&nz_beginning_with(), "2028-02-15", "1 month", "2028-03-14");
    check(&nz_beginning_with(), "2029-10-31", "6 months", "2030-04-30");
    check(&nz_beginning_with(), "2029-10-30", "6 months", "2030-04-29");
    check(&nz_beginning_with(), "2029-11-01", "6 months", "2030-04-30");
    check(&nz_beginning_with(), "2029-04-30", "1 month", "2029-05-29");
}

#[test]
fn in_new_zealand_months_after_the_end_of_a_month_run_to_the_end_of_a_month() {
    // Four months after 30 September begin on 1 October. Dodds v Walker and Canada end a day earlier.
    check(&nz_from(), "2028-09-29", "4 months", "2029-01-29");
    check(&nz_from(), "2028-09-30", "4 months", "2029-01-31");
    check(&nz_from(), "2028-10-01", "4 months", "2029-02-01");
    check(&nz_from(), "2029-02-28", "2 months", "2029-04-30");
    check(&nz_from(), "2028-02-28", "2 months", "2028-04-28");
    check(&nz_from(), "2028-02-29", "1 year", "2029-02-28");
}

#[test]
fn in_new_zealand_nothing_ends_between_christmas_and_the_new_year() {
    check(&nz_from(), "2026-12-10", "14 days", "2026-12-24");
    check(&nz_from(), "2026-12-10", "15 days", "2027-01-05");
    check(&nz_from(), "2026-12-10", "26 days", "2027-01-05");
    check(&nz_from(), "2026-12-10", "27 days", "2027-01-06");
}

#[test]
fn in_the_united_states_two_calendar_months_from_a_commitment_end_on_its_number() {
    // Barrett v United States, 590 F.2d 624: commitment on 11 January 1978, surrender until 11 March, a Saturday.
    check(&us_calendar_months(), "1978-01-10", "2 months", "1978-03-10");
    check(&us_calendar_months(), "1978-01-11", "2 months", "1978-03-11");
    check(&us_calendar_months(), "1978-01-12", "2 months", "1978-03-12");
    check(&us_calendar_months(), "2027-12-31", "2 months", "2028-02-29");
}

#[test]
fn in_germany_an_event_in_the_course_of_a_day_leaves_the_day_out() {
    check(&de_event(), "2027-02-24", "1 week", "2027-03-03");
    // 8 March is a holiday in Berlin, and a Monday after a weekend.
    check(&de_event(), "2027-02-26", "1 week", "2027-03-05");
    check(&de_event(), "2027-02-27", "1 week", "2027-03-09");
    check(&de_event(), "2027-03-01", "1 week", "2027-03-09");
    check(&de_event(), "2027-12-31", "2 months", "2028-02-29");
}

#[test]
fn in_germany_the_beginning_of_a_day_takes_the_day_in_and_a_month_is_full_the_day_before() {
    check(&de_beginning_of_a_day(), "2027-01-01", "1 week", "2027-01-07");
    check(&de_beginning_of_a_day(), "2027-01-01", "1 month", "2027-01-31");
    check(&de_beginning_of_a_day(), "2027-01-01", "1 year", "2027-12-31");
    check(&de_beginning_of_a_day(), "2027-01-31", "1 month", "2027-02-28");
}

#[test]
fn in_germany_a_total_of_two_months_is_sixty_days_once_it_was_broken() {
    let utc = zone("UTC");
    let when = |text| When::parse(text, &utc).unwrap();
    let custody = |stops: Vec<Stop>| {
        let rule = de_in_total().rule(Unit::Month, true).unwrap();
        let course = Course { stops, extensions: Vec::new() };
        let arrest = start("2027-03-01 14:00", "UTC");
        days_on_their_way(&arrest, length("2 months"), &rule, &course).unwrap().last_day.to_string()
    };
    let at_large = |from, until| Stop { from: when(from), until: when(until), days: StoppedDays::FullDays };
    // Released on the 10th at noon and taken again on the 15th: the days between are four.
    assert_eq!(custody(vec![]), "2027-04-29");
    assert_eq!(custody(vec![at_large("2027-03-10 12:00", "2027-03-11 12:00")]), "2027-04-29");
    assert_eq!(custody(vec![at_large("2027-03-10 12:00", "2027-03-15 12:00")]), "2027-05-03");
    assert_eq!(custody(vec![at_large("2027-03-10 00:00", "2027-03-15 12:00")]), "2027-05-04");
    // Without a break the calendar counts.
    check(&de_beginning_of_a_day(), "2027-03-01", "2 months", "2027-04-30");
}

#[test]
fn from_the_last_day_of_a_month_a_counted_first_day_takes_one_day_off_the_last_day() {
    // The rule `last-day` with a counted first day has no statute behind it that we know; this is what it gives: a
    // month that was full only with a missing number keeps its last day, every other gives up one.
    let both = Choices { month_end: Some(MonthEnd::LastDay), ..de_beginning_of_a_day() };
    check(&both, "2027-01-31", "1 month", "2027-02-28");
    check(&both, "2027-02-28", "1 month", "2027-03-30");
    check(&both, "2027-04-30", "1 month", "2027-05-30");
}

#[test]
fn a_closed_last_day_that_moves_back_may_move_before_the_event() {
    // A day counted from a Sunday, back to the Friday before: the limit has run out when it starts. The rule is
    // meant for longer limits, and nobody has been asked what it means for this one.
    let back = Choices { last_day_closed: Some(ClosedLastDay::PreviousOpenDay), ..uk_starting_with() };
    check(&back, "2027-03-05", "1 day", "2027-03-05");
    check(&back, "2027-03-07", "1 day", "2027-03-05");
    check(&back, "2027-03-08", "1 day", "2027-03-08");
}

#[test]
fn nobody_is_open_on_a_day_that_never_was() {
    // Samoa went from Thursday 29 to Saturday 31 December 2011. A Friday that only the calendar knows is no open day.
    let closed = calendar("closed on Thursdays", &[comity_core::time::Weekday::Thursday], &[]);
    let choices = Choices { calendar: Some(closed), ..ets_76() };
    let forth = choices.rule(Unit::Day, false).unwrap();
    let last_day = |from, text, rule: &Rule| {
        days(&start(from, "Pacific/Apia"), length(text), rule).unwrap().last_day.to_string()
    };
    assert_eq!(last_day("2011-12-27", "1 day", &forth), "2011-12-28");
    assert_eq!(last_day("2011-12-27", "2 days", &forth), "2011-12-31");
    let back = Choices {
        last_day_closed: Some(ClosedLastDay::PreviousOpenDay),
        calendar: Some(weekends()),
        ..choices.clone()
    };
    let back = back.rule(Unit::Day, false).unwrap();
    assert_eq!(last_day("2011-12-27", "3 days", &back), "2011-12-29");
    let within = Choices {
        last_day_closed: Some(ClosedLastDay::Stands),
        open_days_within: Some(2),
        calendar: Some(calendar("always open", &[], &[])),
        ..choices
    };
    let within = within.rule(Unit::Week, false).unwrap();
    assert_eq!(last_day("2011-12-28", "1 week", &within), "2012-01-04");
}

#[test]
fn the_day_after_the_twenty_ninth_is_the_thirty_first_where_the_thirtieth_never_was() {
    let rule = after_a_day();
    let last_day =
        |from, text| days(&start(from, "Pacific/Apia"), length(text), &rule).unwrap().last_day.to_string();
    assert_eq!(last_day("2011-12-28", "1 day"), "2011-12-29");
    assert_eq!(last_day("2011-12-28", "2 days"), "2011-12-31");
    assert_eq!(last_day("2011-12-29", "1 day"), "2011-12-31");
    assert_eq!(last_day("2011-12-31", "1 day"), "2012-01-01");
}

#[test]
fn a_day_that_was_twice_does_not_hide_a_day_that_never_was() {
    // Kwajalein had 30 September 1969 twice and 21 August 1993 not at all: its clocks stand as they stood.
    let rule = after_a_day();
    let thirty_years = start("1969-09-01", "Pacific/Kwajalein");
    let counted = days(&thirty_years, length("9000 days"), &rule).unwrap();
    assert_eq!(counted.skipped_by_the_zone, ["1993-08-21".parse().unwrap()]);
    assert_eq!(counted.last_day.to_string(), "1994-04-24");
}

#[test]
fn a_stop_over_a_day_that_never_was_takes_out_only_the_days_there_were() {
    let rule = ets_76_standing().rule(Unit::Week, false).unwrap();
    let apia = zone("Pacific/Apia");
    let when = |text| When::parse(text, &apia).unwrap();
    let stop = Stop { from: when("2011-12-29"), until: when("2011-12-31"), days: StoppedDays::Touched };
    let course = Course { stops: vec![stop], extensions: Vec::new() };
    let counted = |from| days_on_their_way(&start(from, "Pacific/Apia"), length("2 weeks"), &rule, &course);
    // Two weeks to 3 January, and two days for the 29th and the 31st.
    assert_eq!(counted("2011-12-20").unwrap().last_day.to_string(), "2012-01-05");
    // Two weeks to the 29th, on which the limit stood still: its day is made good on the first on which it runs.
    assert_eq!(counted("2011-12-15").unwrap().last_day.to_string(), "2012-01-01");
}

#[test]
fn the_day_on_which_a_stop_ended_is_out_whatever_the_hour_where_the_days_after_the_first_are() {
    let last_day = |until| {
        let when = |text| When::parse(text, &zone("UTC")).unwrap();
        let stop = Stop { from: when("2027-03-05"), until: when(until), days: StoppedDays::AfterTheFirst };
        let course = Course { stops: vec![stop], extensions: Vec::new() };
        days_on_their_way(&start("2027-03-01", "UTC"), length("10 days"), &after_a_day(), &course)
            .unwrap()
            .last_day
    };
    for until in ["2027-03-10", "2027-03-10 00:00", "2027-03-10 00:01"] {
        assert_eq!(last_day(until), day("2027-03-16"), "{until}");
    }
}

#[test]
fn what_stands_still_at_the_end_of_its_last_day_runs_out_when_it_runs_on() {
    let counted = |until, days| {
        let when = |text| When::parse(text, &zone("UTC")).unwrap();
        let stop = Stop { from: when("2027-03-11 15:00"), until: when(until), days };
        let course = Course { stops: vec![stop], extensions: Vec::new() };
        days_on_their_way(&start("2027-03-01", "UTC"), length("10 days"), &after_a_day(), &course).unwrap()
    };
    let held_over = counted("2027-03-20 09:00", StoppedDays::FullDays);
    assert_eq!(held_over.held_over, Some(day("2027-03-11")));
    assert_eq!(held_over.last_day, day("2027-03-20"));
    assert_eq!(held_over.ends.to_string(), "2027-03-20T09:00:00Z");
    // Back before the day is over, and nothing is held over.
    let back = counted("2027-03-11 20:00", StoppedDays::FullDays);
    assert_eq!((back.held_over, back.last_day), (None, day("2027-03-11")));
}

#[test]
fn nothing_starts_on_a_day_that_never_was() {
    let apia = zone("Pacific/Apia");
    let working = reg_1182_71().rule(Unit::WorkingDay, false).unwrap();
    for (by, text, rule, latest) in [
        ("2011-12-31", "1 day", &after_a_day(), "2011-12-29"),
        ("2012-01-01", "1 day", &after_a_day(), "2011-12-31"),
        ("2012-01-02", "1 working day", &working, "2012-01-01"),
        ("2011-12-30", "1 working day", &working, "2011-12-28"),
    ] {
        assert_eq!(count_back(day(by), length(text), rule, &apia).unwrap(), day(latest), "{text} to {by}");
    }
    let every_day = Choices { calendar: Some(calendar("always open", &[], &[])), ..reg_1182_71() };
    let every_day = every_day.rule(Unit::WorkingDay, false).unwrap();
    let latest = count_back(day("2011-12-31"), length("1 working day"), &every_day, &apia);
    assert_eq!(latest.unwrap(), day("2011-12-29"));
}

#[test]
fn an_extension_from_an_act_leaves_out_the_hour_of_the_act_where_the_rule_does() {
    let granted = extension(Longer::By(length("24 hours"), ExtendedFrom::TheAct), "2027-03-03 09:25");
    let course = Course { stops: Vec::new(), extensions: vec![granted] };
    let ends = |choices: &Choices| {
        let rule = choices.rule(Unit::Hour, false).unwrap();
        let counted = count_on_its_way(&start("2027-03-02 14:25", "UTC"), length("24 hours"), &rule, &course);
        counted.unwrap().ends().to_string()
    };
    assert_eq!(ends(&reg_1182_71()), "2027-03-04T10:00:00Z");
    assert_eq!(ends(&kr_general()), "2027-03-04T09:25:00Z");
}

fn after_a_day() -> Rule {
    Rule::Days(comity_core::time::DayRule::plain(FirstDay::NotCounted))
}

fn ets_76_standing() -> Choices {
    Choices {
        last_day_closed: Some(ClosedLastDay::Stands),
        broken_months: Some(BrokenMonths::CalendarThenDays),
        ..ets_76()
    }
}
