//! Limits that start late, hang on another, or take its place.

use comity_core::procedure::draft::{CountedFromDraft, ExpiryDraft, StartsDraft};
use comity_core::procedure::{ExpiryEffect, StartedAgain};
use comity_core::time::StoppedDays;

use super::super::draft::{expiry, starting, text, texts};
use super::fixture::{Limit, case, extended_by, extension, flaw, limit, limit_called, stopping};

/// Thirty days from the last day of the first limit, started by the same act.
fn next_from_the_last_day() -> Limit {
    let mut next = limit_called("next", "30 days");
    next.value.counted_from = Some(CountedFromDraft::LastDayOf(text("limit")));
    next.value.met_by = texts(&["noticed"]);
    next
}

#[test]
fn a_limit_may_be_counted_from_the_last_day_of_another_whether_or_not_that_was_met() {
    let mut case = case(vec![limit("60 days"), next_from_the_last_day()]);
    case.on("2027-01-04 10:00", "held");
    case.check("2027-01-04 10:00", &[("limit", "ends 2027-03-05"), ("next", "ends 2027-04-04")]);
    case.on("2027-02-10 10:00", "asked");
    case.check("2027-02-10 10:00", &[("limit", "met"), ("next", "ends 2027-04-04")]);
    case.check("2027-04-05", &[("next", "ran out")]);
}

#[test]
fn what_moves_the_first_limit_moves_the_one_counted_from_it() {
    let first = stopping(extended_by(limit("60 days"), extension("10 days")), StoppedDays::FromTheFirst);
    let mut case = case(vec![first, next_from_the_last_day()]);
    case.on("2027-01-04 10:00", "held");
    case.on("2027-01-05 10:00", "extended");
    case.check("2027-01-05 10:00", &[("limit", "ends 2027-03-15"), ("next", "ends 2027-04-14")]);
    case.on("2027-01-10 10:00", "stayed");
    case.check("2027-01-10 10:00", &[("limit", "stopped"), ("next", "running")]);
    case.on("2027-01-12 10:00", "resumed");
    case.check("2027-01-12 10:00", &[("limit", "ends 2027-03-17"), ("next", "ends 2027-04-16")]);
}

#[test]
fn hours_counted_from_the_end_of_hours_run_from_that_instant() {
    let mut next = limit_called("next", "48 hours");
    next.value.counted_from = Some(CountedFromDraft::LastDayOf(text("limit")));
    let mut case = case(vec![limit("48 hours"), next]);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-01 10:00", &[("limit", "ends 2027-03-03 10:00"), ("next", "ends 2027-03-05 10:00")]);
}

#[test]
fn limits_that_are_counted_from_each_other_do_not_load() {
    let mut first = limit("60 days");
    first.value.counted_from = Some(CountedFromDraft::LastDayOf(text("next")));
    assert_eq!(
        flaw(vec![first, next_from_the_last_day()]),
        "the clock `limit` is counted from its own last day; count one of them from what starts it"
    );
}

#[test]
fn a_limit_may_be_counted_from_a_day_that_an_act_fixes() {
    let mut fixed = limit_called("take-over", "15 days");
    fixed.value.starts = starting(&["day-fixed"]);
    fixed.value.counted_from = Some(CountedFromDraft::DateIn(text("fixed")));
    let mut case = case(vec![fixed]);
    case.on("2027-05-20 10:00", "day-fixed (fixed: 2027-06-01)");
    case.check("2027-05-20 10:00", &[("take-over", "ends 2027-06-16")]);
    // A new day is agreed, and the rule applies again from it.
    case.on("2027-06-14 10:00", "day-fixed (fixed: 2027-06-25)");
    case.check("2027-06-14 10:00", &[("take-over", "ends 2027-07-10")]);
}

#[test]
fn a_day_recorded_afterwards_moves_a_limit_that_waits_for_it() {
    let mut from_arrival = limit_called("take-over", "15 days");
    from_arrival.value.counted_from = Some(CountedFromDraft::DateIn(text("fixed")));
    let mut case = case(vec![from_arrival]);
    case.on("2027-05-20 10:00", "held");
    case.check("2027-05-20 10:00", &[("take-over", "running")]);
    case.on("2027-05-21 10:00", "fact fixed = 2027-06-01");
    case.check("2027-05-21 10:00", &[("take-over", "ends 2027-06-16")]);
    case.on("2027-05-22 10:00", "fact fixed = 2027-06-03");
    case.check("2027-05-22 10:00", &[("take-over", "ends 2027-06-18")]);
}

#[test]
fn a_limit_may_start_with_the_latest_of_several_events_and_move_with_it() {
    let mut latest = limit("10 days");
    latest.value.starts = StartsDraft::LatestOf(texts(&["held", "noticed"]));
    let mut case = case(vec![latest]);
    case.on("2027-03-01 10:00", "noticed");
    case.check("2027-03-01 10:00", &[("limit", "not started")]);
    case.on("2027-03-05 10:00", "held");
    case.check("2027-03-05 10:00", &[("limit", "ends 2027-03-15")]);
    case.on("2027-03-08 10:00", "noticed");
    case.check("2027-03-08 10:00", &[("limit", "ends 2027-03-18")]);
}

#[test]
fn the_latest_of_one_is_nothing() {
    let mut latest = limit("10 days");
    latest.value.starts = StartsDraft::LatestOf(texts(&["held"]));
    assert_eq!(
        flaw(vec![latest]),
        "the latest of `held` alone is no latest; write `latest-of:` with two acts or conditions or more, or `starts:` with the one"
    );
}

#[test]
fn the_latest_of_an_act_and_itself_is_nothing() {
    let mut latest = limit("10 days");
    latest.value.starts = StartsDraft::LatestOf(texts(&["held", "noticed", "held"]));
    assert_eq!(flaw(vec![latest]), "`held` is written twice in `latest-of`; write it once");
}

#[test]
fn one_limit_takes_the_place_of_another() {
    let mut after = limit_called("after-the-order", "10 days");
    after.value.starts = starting(&["noticed"]);
    after.value.replaces = texts(&["limit"]);
    let mut case = case(vec![limit("10 days"), after]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-08 10:00", "noticed");
    case.check("2027-03-08 10:00", &[("limit", "switched off"), ("after-the-order", "ends 2027-03-18")]);
    case.check("2027-03-12", &[("custody", "held")]);
    let mut itself = limit("10 days");
    itself.value.replaces = texts(&["limit"]);
    assert!(flaw(vec![itself]).starts_with("the clock `limit` replaces itself"));
}

#[test]
fn two_thresholds_of_one_period_run_side_by_side() {
    // May at 18 days, must at 40: the worked example of a provisional arrest on 1 March 2027.
    let mut may = limit_called("limit.may", "18 days");
    may.value.on_expiry = ExpiryDraft { opens: texts(&["applied"]), ..expiry(ExpiryEffect::Permission) };
    let mut case = case(vec![limit("40 days"), may]);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-01 10:00", &[("limit.may", "ends 2027-03-19"), ("limit", "ends 2027-04-10")]);
    case.check("2027-03-19 23:59", &[("applied", "closed")]);
    case.check("2027-03-20", &[("applied", "open"), ("custody", "held")]);
    case.check("2027-04-11", &[("custody", "release-due")]);
}

#[test]
fn a_limit_that_runs_on_is_not_moved_by_a_second_start() {
    let mut latest = limit("10 days");
    latest.value.starts = StartsDraft::LatestOf(texts(&["held", "noticed"]));
    latest.value.if_started_again = StartedAgain::RunsOn;
    let mut case = case(vec![latest]);
    case.on("2027-03-01 10:00", "noticed");
    case.on("2027-03-05 10:00", "held");
    case.on("2027-03-08 10:00", "noticed");
    case.check("2027-03-08 10:00", &[("limit", "ends 2027-03-15")]);
}
