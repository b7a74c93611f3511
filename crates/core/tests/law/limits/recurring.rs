//! Reviews that come again and again.

use comity_core::procedure::{ExpiryEffect, Recurs};
use comity_core::time::Moment;
use comity_core::{Asked, fold};

use super::super::draft::{duty, expiry, starting, texts};
use super::fixture::{Limit, case, flaw, limit_called};

fn review(length: &str, recurs: Recurs) -> Limit {
    let mut review = limit_called("review", length);
    review.value.starts = starting(&["held"]);
    review.value.met_by = texts(&["reviewed"]);
    review.value.recurs = recurs;
    review.value.on_expiry = duty("release", Vec::new());
    review
}

#[test]
fn a_review_every_three_weeks_runs_anew_from_each_review() {
    let mut case = case(vec![review("21 days", Recurs::FromTheMeeting)]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-15 10:00", "reviewed");
    case.check("2027-03-15 10:00", &[("review", "ends 2027-04-05")]);
    // The next one is missed; it is owed until it is done, and the period runs from it then.
    case.check("2027-04-06", &[("review", "ran out"), ("owed", "release")]);
    case.on("2027-04-10 10:00", "reviewed");
    case.check("2027-04-10 10:00", &[("review", "ends 2027-05-01")]);
}

#[test]
fn a_review_in_a_fixed_rhythm_keeps_its_rhythm() {
    let mut case = case(vec![review("21 days", Recurs::FromTheLastDay)]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-15 10:00", "reviewed");
    case.check("2027-03-15 10:00", &[("review", "ends 2027-04-12")]);
}

#[test]
fn in_a_fixed_rhythm_a_late_review_is_the_overdue_one() {
    let mut case = case(vec![review("21 days", Recurs::FromTheLastDay)]);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-23", &[("review", "ends 2027-04-12"), ("owed", "release")]);
    case.on("2027-03-25 10:00", "reviewed");
    case.check("2027-03-25 10:00", &[("review", "ends 2027-04-12"), ("owed", "nothing")]);
    case.on("2027-04-01 10:00", "reviewed");
    case.check("2027-04-01 10:00", &[("review", "ends 2027-05-03")]);
}

#[test]
fn a_review_for_forty_years_is_counted_to_its_end() {
    let mut review = review("2 months", Recurs::FromTheLastDay);
    review.value.on_expiry = expiry(ExpiryEffect::Alert);
    let mut case = case(vec![review]);
    case.on("2027-03-01 10:00", "held");
    let view = case.view("2067-03-02");
    assert_eq!(view.clock("review").unwrap().cycles.len(), 241);
}

#[test]
fn a_review_that_nobody_switches_off_does_not_hang_the_fold() {
    let mut review = review("1 day", Recurs::FromTheLastDay);
    review.value.on_expiry = expiry(ExpiryEffect::Alert);
    let mut case = case(vec![review]);
    case.on("2027-03-01 10:00", "held");
    let view = fold(&case.procedure, &case.entries, Asked::at(Moment::MAX));
    let cycles = view.clock("review").unwrap().cycles;
    assert_eq!(cycles.len(), 5_001);
    let end = comity_core::explain(&view, "review").unwrap().to_string();
    assert!(end.contains("it has begun 5000 times, and more are not counted"), "{end}");
}

#[test]
fn what_begins_again_by_itself_is_in_days_and_is_met_by_something() {
    assert_eq!(
        flaw(vec![review("48 hours", Recurs::FromTheLastDay)]),
        "a clock that begins again by itself is not counted in hours; write a length in days, or let an act start it each time"
    );
    let mut unmet = review("21 days", Recurs::FromTheMeeting);
    unmet.value.met_by = Vec::new();
    assert_eq!(
        flaw(vec![unmet]),
        "the clock `review` begins again when it is met, and nothing meets it; write `met-by:` with what meets it"
    );
}
