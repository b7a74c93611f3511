//! What a limit tells of itself: each step that led to its date.

use comity_core::explain;
use comity_core::procedure::draft::{CountedFromDraft, ExpiryDraft};
use comity_core::procedure::{Excuse, ExpiryEffect};
use comity_core::time::StoppedDays;

use super::super::case::Case;
use super::super::draft::{at, expiry, text, texts};
use super::fixture::{case, extended_by, extension, limit, limit_called, stopping};

#[track_caller]
fn check(case: &Case, when: &str, clock: &str, says: &str) {
    assert_eq!(explain(&case.view(when), clock).unwrap().to_string(), says);
}

fn stopped_and_extended() -> Case {
    let limit = stopping(extended_by(limit("10 days"), extension("5 days")), StoppedDays::FromTheFirst);
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-05 12:00", "stayed");
    case
}

#[test]
fn a_limit_that_stands_still_tells_since_when_and_when_it_would_end_if_it_ran_on() {
    check(
        &stopped_and_extended(),
        "2027-03-08 09:00",
        "limit",
        "\
started by     The act held, Monday 1 March 2027 10:00 (Seoul) – entry 2
length         10 days (treaty 9(1))
stood still    from Friday 5 March 2027 12:00 (Seoul) – entry 3, and stands still (treaty 9(1))
last day       none while it stands still
if it ran on   Monday 8 March 2027: last day Sunday 14 March 2027
if it runs out Police of Calderia must: See to release (treaty 9(1)); custody goes from held to release-due",
    );
}

#[test]
fn a_limit_that_was_stopped_and_extended_tells_both_with_their_entries() {
    let mut case = stopped_and_extended();
    case.on("2027-03-08 12:00", "resumed");
    case.on("2027-03-09 12:00", "extended");
    check(&case, "2027-03-09 12:00", "limit", "\
started by     The act held, Monday 1 March 2027 10:00 (Seoul) – entry 2
length         10 days (treaty 9(1))
stood still    from Friday 5 March 2027 12:00 (Seoul) – entry 3 until Monday 8 March 2027 12:00 (Seoul) – entry 4 (treaty 9(1))
extended       The act extended, Tuesday 9 March 2027 12:00 (Seoul) – entry 5: 5 days from the last day (treaty 9(1)): last day Friday 19 March 2027
first day      the day of the event, Monday 1 March 2027, is not counted: day 1 is Tuesday 2 March 2027
not counted    Friday 5 March 2027 to Sunday 7 March 2027, 3 days: it stood still
at first       10 days after 2027-03-01: Sunday 14 March 2027; a closed last day would not move it
runs out       Saturday 20 March 2027 00:00 (Seoul) = 2027-03-19T15:00:00Z
if it runs out Police of Calderia must: See to release (treaty 9(1)); custody goes from held to release-due");
}

#[test]
fn a_limit_that_never_stood_still_says_what_would_stop_it() {
    let mut case = case(vec![stopping(limit("10 days"), StoppedDays::FromTheFirst)]);
    case.on("2027-03-01 10:00", "held");
    let told = explain(&case.view("2027-03-02"), "limit").unwrap().to_string();
    assert!(
        told.contains("stood still    never; it stops while proceedings is stayed (treaty 9(1))"),
        "{told}"
    );
}

#[test]
fn a_limit_counted_from_another_and_one_on_application_tell_so() {
    let mut next = limit_called("next", "30 days");
    next.value.counted_from = Some(CountedFromDraft::LastDayOf(text("limit")));
    next.value.met_by = texts(&["noticed"]);
    next.value.on_expiry = ExpiryDraft {
        opens: texts(&["applied"]),
        excuse: Some(at(Excuse::None)),
        ..expiry(ExpiryEffect::OnApplication)
    };
    let mut case = case(vec![limit("60 days"), next]);
    case.on("2027-01-04 10:00", "held");
    check(
        &case,
        "2027-01-05",
        "next",
        "\
started by     The act held, Monday 4 January 2027 10:00 (Seoul) – entry 2
counted from   the last day of limit, Friday 5 March 2027
length         30 days (treaty 9(1))
first day      the day of the event, Friday 5 March 2027, is not counted: day 1 is Saturday 6 March 2027
last day       30 days after 2027-03-05: Sunday 4 April 2027; a closed last day would not move it
runs out       Monday 5 April 2027 00:00 (Seoul) = 2027-04-04T15:00:00Z
otherwise      if first day counted: Saturday 3 April 2027
if it runs out only on application: The act applied; no excuse is heard (treaty 9(1))",
    );
}

#[test]
fn working_days_tell_which_days_were_left_out() {
    let mut limit = limit("5 working days");
    limit.value.calendar = Some(text("courts"));
    let mut case = case(vec![limit]);
    case.on("2027-03-22 10:00", "held");
    let told = explain(&case.view("2027-03-23"), "limit").unwrap().to_string();
    assert!(
        told.contains("closed days    left out by the calendar courts: Friday 26 March 2027, Saturday 27 March 2027, Sunday 28 March 2027"),
        "{told}"
    );
    assert!(told.contains("last day       5 working days after 2027-03-22: Tuesday 30 March 2027"), "{told}");
}

#[test]
fn a_month_that_is_thirty_days_is_told_as_such() {
    use comity_core::time::BrokenMonths;
    let mut limit = stopping(limit("2 months"), StoppedDays::FromTheFirst);
    limit.value.choices.broken_months = Some(at(BrokenMonths::ThirtyDays));
    limit.value.choices.month_end = None;
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    let told = explain(&case.view("2027-03-02"), "limit").unwrap().to_string();
    let line = "last day       2 months of 30 days each after 2027-03-01: Friday 30 April 2027; a closed last day would not move it";
    assert!(told.lines().any(|said| said == line), "{told}");
}
