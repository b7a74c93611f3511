//! Limits that stand still, and limits that add up.

use comity_core::RejectionCode;
use comity_core::procedure::ClockStanding;
use comity_core::time::{BrokenMonths, FirstDay, StoppedDays};

use super::super::case::{Case, annulment, code, moment};
use super::super::draft::{at, clock_is, texts};
use super::fixture::{adding_up, case, flaw, limit, limit_called, open, stopping, with};

/// Held on 1 March, the proceedings stayed from 5 to 10 March.
fn stayed_for_five_days(days: StoppedDays) -> Case {
    let mut case = case(vec![stopping(limit("10 days"), days)]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-05 12:00", "stayed");
    case.on("2027-03-10 12:00", "resumed");
    case
}

#[test]
fn a_limit_that_stands_still_has_no_last_day_and_ends_later_by_the_days_it_stood() {
    let case = stayed_for_five_days(StoppedDays::FromTheFirst);
    case.check("2027-03-05 11:59", &[("limit", "ends 2027-03-11")]);
    case.check("2027-03-05 12:00", &[("limit", "stopped")]);
    case.check("2027-03-10 11:59", &[("limit", "stopped")]);
    case.check("2027-03-10 12:00", &[("limit", "ends 2027-03-16")]);
    case.check("2027-03-16 23:59", &[("custody", "held")]);
    case.check("2027-03-17", &[("limit", "ran out"), ("custody", "release-due"), ("owed", "release")]);
}

#[test]
fn which_days_a_stop_takes_out_is_what_the_author_says() {
    for (days, last_day) in [
        (StoppedDays::FullDays, "ends 2027-03-15"),
        (StoppedDays::FromTheFirst, "ends 2027-03-16"),
        (StoppedDays::AfterTheFirst, "ends 2027-03-16"),
        (StoppedDays::Touched, "ends 2027-03-17"),
    ] {
        stayed_for_five_days(days).check("2027-03-10 12:00", &[("limit", last_day)]);
    }
}

#[test]
fn a_limit_does_not_run_out_while_it_stands_still() {
    let mut case = case(vec![stopping(limit("10 days"), StoppedDays::FromTheFirst)]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-11 12:00", "stayed");
    case.check("2028-03-11", &[("limit", "stopped"), ("custody", "held")]);
    case.on("2028-03-11 12:00", "resumed");
    case.check("2028-03-11 12:00", &[("limit", "ends 2028-03-11")]);
    case.check("2028-03-12", &[("limit", "ran out")]);
}

#[test]
fn a_stop_after_the_end_changes_nothing() {
    let mut case = case(vec![stopping(limit("10 days"), StoppedDays::FromTheFirst)]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-12 10:00", "stayed");
    case.check("2027-03-12 10:00", &[("limit", "ran out")]);
}

#[test]
fn a_stop_that_was_a_mistake_goes_with_its_entry() {
    let mut case = case(vec![stopping(limit("10 days"), StoppedDays::FromTheFirst)]);
    case.on("2027-03-01 10:00", "held");
    let stay = case.on("2027-03-05 12:00", "stayed");
    case.check("2027-03-20", &[("limit", "stopped")]);
    case.admit(moment("2027-03-20 10:00"), vec![annulment(stay)]).unwrap();
    case.check("2027-03-20 10:00", &[("limit", "ran out"), ("custody", "release-due")]);
}

#[test]
fn a_stay_recorded_late_counts_the_limit_anew() {
    let mut case = case(vec![stopping(limit("10 days"), StoppedDays::FromTheFirst)]);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-12", &[("limit", "ran out"), ("custody", "release-due")]);
    case.late("2027-03-12 10:00", "2027-03-05 12:00", "stayed");
    case.check("2027-03-12 10:00", &[("limit", "stopped"), ("custody", "held"), ("owed", "nothing")]);
}

#[test]
fn a_limit_that_starts_while_it_must_stand_still_does_not_begin_to_run() {
    let mut case = case(vec![stopping(limit("10 days"), StoppedDays::FromTheFirst)]);
    case.on("2027-03-01 09:00", "stayed");
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-20", &[("limit", "stopped")]);
    case.on("2027-04-01 10:00", "resumed");
    case.check("2027-04-01 10:00", &[("limit", "ends 2027-04-10")]);
}

#[test]
fn hours_stop_and_run_on_at_the_instant() {
    let mut case = case(vec![stopping(limit("48 hours"), StoppedDays::FullDays)]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-02 10:30", "stayed");
    case.on("2027-03-02 13:45", "resumed");
    case.check("2027-03-02 13:45", &[("limit", "ends 2027-03-03 13:15")]);
}

#[test]
fn a_stop_known_only_to_the_day_is_too_little_for_hours() {
    let mut case = case(vec![stopping(limit("48 hours"), StoppedDays::FullDays)]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-02", "stayed");
    code(
        &case.refused("2027-03-02 13:45", "resumed"),
        RejectionCode::CannotCount,
        "the clock `limit` cannot be computed: a stop is known only as 2027-03-02, which is too little for this limit: correct the entry (treaty 9(1))",
    );
}

#[test]
fn of_a_month_that_may_be_broken_the_author_says_what_it_is() {
    for (broken, last_day) in [
        (BrokenMonths::CalendarThenDays, "ends 2027-05-06"),
        // Sixty days of which the first is the day of the arrest.
        (BrokenMonths::ThirtyDays, "ends 2027-05-05"),
    ] {
        let mut limit = stopping(limit("2 months"), StoppedDays::FromTheFirst);
        limit.value.choices.first_day = Some(at(FirstDay::Counted));
        limit.value.choices.broken_months = Some(at(broken));
        if broken == BrokenMonths::ThirtyDays {
            limit.value.choices.month_end = None;
        }
        let mut case = case(vec![limit]);
        case.on("2027-03-02 10:00", "held");
        case.on("2027-03-05 12:00", "stayed");
        case.on("2027-03-10 12:00", "resumed");
        case.check("2027-03-10 12:00", &[("limit", last_day)]);
    }
}

#[test]
fn a_limit_that_adds_up_counts_the_days_held_whole_and_no_others() {
    // Held on 1 and 2 March, free from the 2nd to the 11th: the 2nd and the 11th count whole.
    let mut limit = adding_up(limit("10 days"));
    limit.value.choices.first_day = Some(at(FirstDay::CountedWhole));
    limit.value.starts = super::super::draft::starting(&["noticed"]);
    let mut case = case(vec![limit]);
    case.on("2027-03-01 09:00", "held");
    case.on("2027-03-01 10:00", "noticed");
    case.check("2027-03-01 10:00", &[("limit", "ends 2027-03-10")]);
    case.on("2027-03-02 12:00", "freed");
    case.check("2027-03-05", &[("limit", "stopped")]);
    case.on("2027-03-11 12:00", "held");
    case.check("2027-03-11 12:00", &[("limit", "ends 2027-03-18")]);
}

#[test]
fn what_is_not_known_stops_nothing_and_counts_what_is_held() {
    let mut stops = stopping(limit_called("stops", "10 days"), StoppedDays::FromTheFirst);
    let mut adds = limit_called("adds", "10 days");
    let unknown = || super::super::draft::is("doubt", "yes");
    if let comity_core::procedure::draft::StopsDraft::While { when, .. } = &mut stops.value.stops {
        *when = unknown();
    }
    adds.value.stops = comity_core::procedure::draft::StopsDraft::UnlessRunning {
        when: unknown(),
        days: Some(at(StoppedDays::FullDays)),
        cite: Vec::new(),
        mark: comity_core::procedure::Mark(0),
    };
    let mut draft = with(vec![stops, adds]);
    let yes_no = comity_core::procedure::draft::FactTypeDraft::YesNo;
    draft.facts.push(super::super::draft::fact("doubt", yes_no));
    let mut case = open(&draft);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-02", &[("stops", "ends 2027-03-11"), ("adds", "ends 2027-03-11")]);
    case.on("2027-03-03 10:00", "fact doubt = yes");
    case.check("2027-03-03 10:00", &[("stops", "stopped"), ("adds", "ends 2027-03-11")]);
}

#[test]
fn a_note_and_a_notice_stop_nothing() {
    // What an office notes for itself has no effect in law; only what the author named stops a limit.
    let mut case = case(vec![stopping(limit("10 days"), StoppedDays::FromTheFirst)]);
    case.on("2027-03-01 10:00", "held");
    let note = comity_core::entry::Body::Note(comity_core::name::Private::new(
        "on hold until the translator is back",
    ));
    case.admit(moment("2027-03-02 10:00"), vec![note]).unwrap();
    case.check("2027-03-02 10:00", &[("limit", "ends 2027-03-11")]);
}

#[test]
fn a_condition_may_ask_whether_a_limit_stands_still() {
    let mut barred = super::super::draft::act("applied", "requested/court");
    barred.value.when = Some(clock_is("limit", ClockStanding::Stopped));
    let mut draft = with(vec![stopping(limit("10 days"), StoppedDays::FromTheFirst)]);
    draft.acts.retain(|act| act.name.value != "applied");
    draft.acts.push(barred);
    let mut case = open(&draft);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-01 10:00", &[("applied", "closed")]);
    case.on("2027-03-05 12:00", "stayed");
    case.check("2027-03-05 12:00", &[("applied", "open")]);
}

#[test]
fn whether_a_limit_stands_still_cannot_depend_on_whether_it_stands_still() {
    let mut limit = stopping(limit("10 days"), StoppedDays::FromTheFirst);
    if let comity_core::procedure::draft::StopsDraft::While { when, .. } = &mut limit.value.stops {
        *when = clock_is("limit", ClockStanding::Running);
    }
    assert_eq!(
        flaw(vec![limit]),
        "whether the clock `limit` stands still depends on whether it stands still; say what stops it without asking how it stands"
    );
}

#[test]
fn which_days_a_stop_takes_out_is_never_left_open() {
    let mut open = stopping(limit("10 days"), StoppedDays::FullDays);
    if let comity_core::procedure::draft::StopsDraft::While { days, .. } = &mut open.value.stops {
        *days = None;
    }
    assert_eq!(
        flaw(vec![open]),
        "the clock `limit` does not say which days a stop takes out (treaty 9(1)); this is a legal choice: write `stopped-days: full-days`, `from-the-first`, `after-the-first` or `touched`"
    );
    let mut whole = stopping(limit("10 days"), StoppedDays::Touched);
    whole.value.choices.first_day = Some(at(FirstDay::CountedWhole));
    assert_eq!(
        flaw(vec![whole]),
        "a part of a day counts as a whole one here, so a stop takes out only full days; write `stopped-days: full-days`, or `first-day: counted`"
    );
    let months = stopping(limit("2 months"), StoppedDays::FullDays);
    assert_eq!(
        flaw(vec![months]),
        "the clock `limit` does not say what a month is where the limit stops (treaty 9(1)); this is a legal choice: write `broken-months: calendar-then-days` or `broken-months: thirty-days`"
    );
}

#[test]
fn the_revoked_consent_of_the_worked_example_gives_its_days_back() {
    // Consent on day 20, revoked on day 25: five days are excluded, and the 60 days end with day 77 of the arrest,
    // whose 12th day is that on which the immunity was waived.
    let mut limit = stopping(limit("60 days"), StoppedDays::FromTheFirst);
    limit.value.starts = super::super::draft::starting(&["noticed"]);
    limit.value.met_by = texts(&["asked"]);
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-13 10:00", "noticed");
    case.check("2027-03-13 10:00", &[("limit", "ends 2027-05-12")]);
    case.on("2027-03-21 10:00", "stayed");
    case.on("2027-03-26 10:00", "resumed");
    case.check("2027-03-26 10:00", &[("limit", "ends 2027-05-17")]);
    let day_zero: comity_core::time::Day = "2027-03-01".parse().unwrap();
    assert_eq!(day_zero.plus_days(77).unwrap().to_string(), "2027-05-17");
}

#[test]
fn a_limit_that_adds_up_is_full_when_it_runs_on_after_a_release_on_its_last_day() {
    let mut limit = adding_up(limit("10 days"));
    limit.value.starts = super::super::draft::starting(&["noticed"]);
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-01 10:00", "noticed");
    // He is free on the evening of the last day, so that nothing can run out at its end.
    case.on("2027-03-11 15:00", "freed");
    case.check("2027-03-20", &[("limit", "stopped"), ("custody", "free")]);
    case.on("2027-03-20 09:00", "held");
    case.check("2027-03-20 09:00", &[("limit", "ran out"), ("custody", "release-due")]);
}

#[test]
fn a_limit_runs_out_when_it_runs_on_and_not_while_it_stood_still() {
    let mut case = case(vec![stopping(limit("10 days"), StoppedDays::AfterTheFirst)]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-11 12:00", "stayed");
    case.on("2027-03-20 14:00", "resumed");
    case.check("2027-03-20 13:59", &[("limit", "stopped"), ("custody", "held")]);
    case.check("2027-03-20 14:00", &[("limit", "ran out"), ("custody", "release-due")]);
}
