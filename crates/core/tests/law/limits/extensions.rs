//! Limits that an authority makes longer, before the end or after it.

use comity_core::RejectionCode;
use comity_core::procedure::ExtensionTiming;
use comity_core::procedure::draft::{CountedFromDraft, ExtendByDraft};
use comity_core::time::{ClosedLastDay, ExtendedFrom};

use super::super::case::{Case, code};
use super::super::draft::{at, moves, text, texts};
use super::fixture::{case, extended_by, extension, flaw, limit, open, stopping, with};

fn held(limit: super::fixture::Limit) -> Case {
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case
}

#[test]
fn an_extension_is_counted_from_the_last_day() {
    let mut case = held(extended_by(limit("10 days"), extension("5 days")));
    case.on("2027-03-11 23:59", "extended");
    case.check("2027-03-11 23:59", &[("limit", "ends 2027-03-16")]);
    case.check("2027-03-17", &[("limit", "ran out")]);
}

#[test]
fn an_extension_comes_before_the_end_where_the_law_says_so() {
    let case = held(extended_by(limit("10 days"), extension("5 days")));
    code(
        &case.refused("2027-03-12 00:01", "extended"),
        RejectionCode::NotExtendable,
        "`extended` cannot make the clock `limit` longer: it has run out, and an extension must come before the end (treaty 9(1))",
    );
}

#[test]
fn an_extension_after_the_end_lets_the_limit_run_again_and_lifts_what_was_owed() {
    let mut after = extension("5 days");
    after.timing = ExtensionTiming::AfterTheEnd;
    let mut draft = with(vec![extended_by(limit("10 days"), after)]);
    let extended = draft.acts.iter_mut().find(|act| act.name.value == "extended").unwrap();
    extended.value.moves = vec![moves("custody", "release-due -> held, else stays")];
    let mut case = open(&draft);
    case.on("2027-03-01 10:00", "held");
    code(
        &case.refused("2027-03-11 10:00", "extended"),
        RejectionCode::NotExtendable,
        "`extended` cannot make the clock `limit` longer: it still runs, and an extension comes only after the end (treaty 9(1))",
    );
    case.check("2027-03-12 09:00", &[("limit", "ran out"), ("owed", "release"), ("custody", "release-due")]);
    case.on("2027-03-12 10:00", "extended");
    case.check("2027-03-12 10:00", &[("limit", "ends 2027-03-16"), ("owed", "nothing"), ("custody", "held")]);
    case.check("2027-03-17", &[("limit", "ran out"), ("owed", "release")]);
}

#[test]
fn an_extension_may_be_granted_as_often_as_the_law_says() {
    let mut once = extension("5 days");
    once.at_most = Some(at(1));
    let mut case = held(extended_by(limit("10 days"), once));
    case.on("2027-03-05 10:00", "extended");
    code(
        &case.refused("2027-03-06 10:00", "extended"),
        RejectionCode::NotExtendable,
        "`extended` cannot make the clock `limit` longer: it may be extended so at most 1 time (treaty 9(1))",
    );
    let mut often = held(extended_by(limit("10 days"), extension("5 days")));
    for day in ["2027-03-05 10:00", "2027-03-06 10:00", "2027-03-07 10:00"] {
        often.on(day, "extended");
    }
    often.check("2027-03-07 10:00", &[("limit", "ends 2027-03-26")]);
}

#[test]
fn a_limit_never_becomes_longer_than_the_law_allows() {
    let mut capped = extension("5 days");
    capped.longest = Some(at("18 days".parse().unwrap()));
    let mut case = held(extended_by(limit("10 days"), capped));
    case.on("2027-03-05 10:00", "extended");
    code(
        &case.refused("2027-03-06 10:00", "extended"),
        RejectionCode::NotExtendable,
        "`extended` cannot make the clock `limit` longer: it may last 18 days at most, until 2027-03-20 00:00 in Seoul, and would last until 2027-03-22 00:00 in Seoul (treaty 9(1))",
    );
}

#[test]
fn a_limit_may_become_just_as_long_as_the_law_allows() {
    let mut capped = extension("5 days");
    capped.longest = Some(at("15 days".parse().unwrap()));
    let mut case = held(extended_by(limit("10 days"), capped));
    case.on("2027-03-05 10:00", "extended");
    case.check("2027-03-05 10:00", &[("limit", "ends 2027-03-16")]);
}

#[test]
fn an_extension_that_also_fixes_the_day_is_counted_from_that_day() {
    let mut limit = extended_by(limit("10 days"), extension("5 days"));
    limit.value.counted_from = Some(CountedFromDraft::DateIn(text("fixed")));
    let mut draft = with(vec![limit]);
    let extended = draft.acts.iter_mut().find(|act| act.name.value == "extended").unwrap();
    extended.value.records = texts(&["fixed"]);
    let mut case = open(&draft);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-02 10:00", "day-fixed (fixed: 2027-03-05)");
    case.check("2027-03-02 10:00", &[("limit", "ends 2027-03-15")]);
    case.on("2027-03-03 10:00", "extended (fixed: 2027-03-08)");
    case.check("2027-03-03 10:00", &[("limit", "ends 2027-03-23")]);
}

#[test]
fn an_act_that_makes_a_limit_longer_in_two_ways_does_each_of_them_once_at_most() {
    let mut too_long = extension("5 days");
    too_long.longest = Some(at("12 days".parse().unwrap()));
    let limit = extended_by(extended_by(limit("10 days"), too_long), extension("2 days"));
    let mut case = held(limit);
    case.on("2027-03-05 10:00", "extended");
    case.check("2027-03-05 10:00", &[("limit", "ends 2027-03-13")]);
}

#[test]
fn an_extension_lets_no_limit_run_that_stands_still() {
    let limit = stopping(
        extended_by(limit("10 days"), extension("5 days")),
        comity_core::time::StoppedDays::FullDays,
    );
    let mut case = held(limit);
    case.on("2027-03-05 12:00", "stayed");
    case.on("2027-03-06 10:00", "extended");
    case.check("2027-05-01", &[("limit", "stopped"), ("owed", "nothing")]);
    // It had stood still for two full days when it ran on.
    case.on("2027-05-02 12:00", "resumed");
    case.check("2027-05-02 12:00", &[("limit", "ends 2027-05-12")]);
}

#[test]
fn from_where_an_extension_is_counted_matters_when_the_last_day_was_closed() {
    // Ten days from 10 March end on Saturday 20 March and roll to Monday 22 March.
    for (from, last_day) in
        [(ExtendedFrom::LastDay, "ends 2027-03-24"), (ExtendedFrom::NominalLastDay, "ends 2027-03-22")]
    {
        let mut longer = extension("2 days");
        longer.from = Some(at(from));
        let mut limit = extended_by(limit("10 days"), longer);
        limit.value.choices.last_day_closed = Some(at(ClosedLastDay::NextOpenDay));
        limit.value.calendar = Some(text("courts"));
        let mut case = case(vec![limit]);
        case.on("2027-03-10 10:00", "held");
        case.check("2027-03-10 10:00", &[("limit", "ends 2027-03-22")]);
        if from == ExtendedFrom::NominalLastDay {
            // Two days from Saturday are Monday: no day is won, so it is no extension.
            assert_eq!(case.refused("2027-03-11 10:00", "extended").code(), RejectionCode::NotExtendable);
        } else {
            case.on("2027-03-11 10:00", "extended");
            case.check("2027-03-11 10:00", &[("limit", last_day)]);
        }
    }
}

#[test]
fn an_extension_from_the_act_is_counted_from_the_act() {
    let mut longer = extension("10 days");
    longer.from = Some(at(ExtendedFrom::TheAct));
    let mut case = held(extended_by(limit("10 days"), longer));
    case.on("2027-03-08 10:00", "extended");
    case.check("2027-03-08 10:00", &[("limit", "ends 2027-03-18")]);
}

#[test]
fn the_act_may_say_by_how_much_or_until_when() {
    let mut by_length = extension("1 day");
    by_length.act = text("length-named");
    by_length.by = ExtendByDraft::Fact(text("for"));
    let mut until_day = extension("1 day");
    (until_day.act, until_day.from) = (text("until-named"), None);
    until_day.by = ExtendByDraft::Fact(text("until"));
    let mut case = held(extended_by(extended_by(limit("10 days"), by_length), until_day));
    case.on("2027-03-05 10:00", "length-named (for: 1 week)");
    case.check("2027-03-05 10:00", &[("limit", "ends 2027-03-18")]);
    case.on("2027-03-06 10:00", "until-named (until: 2027-04-01)");
    case.check("2027-03-06 10:00", &[("limit", "ends 2027-04-01")]);
    code(
        &case.refused("2027-03-07 10:00", "until-named (until: 2027-03-20)"),
        RejectionCode::NotExtendable,
        "`until-named` cannot make the clock `limit` longer: it runs out 2027-04-02 00:00 in Seoul, and with this 2027-03-21 00:00 in Seoul (treaty 9(1))",
    );
}

#[test]
fn what_is_over_or_has_not_begun_is_not_extended() {
    let mut case = case(vec![extended_by(limit("10 days"), extension("5 days"))]);
    let says = |rejection: comity_core::Rejection| rejection.to_string();
    assert!(says(case.refused("2027-02-01 10:00", "extended")).contains("it has not started"));
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-02 10:00", "asked");
    assert!(says(case.refused("2027-03-03 10:00", "extended")).contains("it is over"));
}

#[test]
fn an_act_that_extends_several_limits_is_allowed_if_it_extends_one() {
    let mut other = extended_by(super::fixture::limit_called("other", "3 days"), extension("5 days"));
    other.value.starts = super::super::draft::starting(&["noticed"]);
    let mut case = case(vec![extended_by(limit("10 days"), extension("5 days")), other]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-02 10:00", "extended");
    case.check("2027-03-02 10:00", &[("limit", "ends 2027-03-16"), ("other", "not started")]);
}

#[test]
fn a_limit_in_hours_is_extended_by_hours() {
    let mut case = held(extended_by(limit("48 hours"), extension("48 hours")));
    case.on("2027-03-02 10:00", "extended");
    case.check("2027-03-02 10:00", &[("limit", "ends 2027-03-05 10:00")]);
    assert_eq!(
        flaw(vec![extended_by(limit("48 hours"), extension("2 days"))]),
        "2 days cannot make 48 hours longer; hours are extended by hours, working days by working days, all else by days or more"
    );
}

#[test]
fn stops_and_extensions_give_the_same_in_any_order() {
    let acts =
        [("2027-03-03 10:00", "extended"), ("2027-03-05 12:00", "stayed"), ("2027-03-08 12:00", "resumed")];
    let mut ends = Vec::new();
    for recorded in [[0, 1, 2], [1, 0, 2], [1, 2, 0]] {
        let limit = stopping(
            extended_by(limit("10 days"), extension("5 days")),
            comity_core::time::StoppedDays::FullDays,
        );
        let mut case = held(limit);
        for index in recorded {
            let (when, what) = acts[index];
            case.late("2027-03-09 10:00", when, what);
        }
        let view = case.view("2027-03-09 10:00");
        ends.push(view.clock("limit").unwrap().last().unwrap().end.last_day().unwrap().to_string());
    }
    assert_eq!(ends, ["2027-03-18"; 3]);
}

#[test]
fn an_extension_known_only_to_the_day_on_which_it_may_be_late_needs_its_time() {
    let mut limit = extended_by(limit("10 days"), extension("5 days"));
    limit.value.zone = text("requesting");
    let mut case = case(vec![limit]);
    case.on("2027-03-01 20:00", "held");
    code(
        &case.refused("2027-03-12", "extended"),
        RejectionCode::TooVague,
        "`extended` is known only as 2027-03-12, and it extends the clock `limit`; find the time of day first (treaty 9(1))",
    );
}

#[test]
fn an_extension_without_its_choices_does_not_load() {
    let mut without_from = extension("5 days");
    without_from.from = None;
    assert_eq!(
        flaw(vec![extended_by(limit("10 days"), without_from)]),
        "the clock `limit` does not say from where an extension is counted (treaty 9(1)); this is a legal choice: write `from: last-day`, `from: nominal-last-day` or `from: the-act`"
    );
    let mut never = extension("5 days");
    never.at_most = Some(at(0));
    assert!(
        flaw(vec![extended_by(limit("10 days"), never)])
            .starts_with("an extension that may be granted at most 0 times")
    );
    let mut not_recorded = extension("5 days");
    not_recorded.by = ExtendByDraft::Fact(text("for"));
    assert_eq!(
        flaw(vec![extended_by(limit("10 days"), not_recorded)]),
        "the act `extended` does not record `for`; add the fact to the `records:` of the act"
    );
}

#[test]
fn late_leave_puts_right_that_a_limit_ran_out() {
    let mut limit = limit("10 days");
    limit.value.cured_by = texts(&["late-leave"]);
    let mut case = held(limit);
    case.check("2027-03-12", &[("limit", "ran out"), ("owed", "release")]);
    case.on("2027-03-13 10:00", "late-leave");
    case.check("2027-03-13 10:00", &[("limit", "cured"), ("owed", "nothing"), ("custody", "release-due")]);
    case.check("2027-03-12 23:00", &[("limit", "ran out")]);
}

#[test]
fn the_longest_time_leaves_room_for_an_extension() {
    let mut capped = extension("5 days");
    capped.longest = Some(at("10 days".parse().unwrap()));
    assert_eq!(
        flaw(vec![extended_by(limit("10 days"), capped)]),
        "`longest` 10 days leaves nothing to extend: the clock `limit` has 10 days; write the longest time in all, with the first length in it"
    );
}
