//! How limits start, are met, run out, are switched off, begin anew and are named.

use comity_core::procedure::draft::{FactTypeDraft, PurposeDraft, TrackMovesDraft};
use comity_core::procedure::{ClockStanding, Draft, SameInstant, StartedAgain};
use comity_core::time::{Calendar, Weekday};
use comity_core::{Cause, RejectionCode};

use super::case::{Case, code, moment};
use super::draft::{
    act, by_law, clock, clock_is, condition, document_is_complete, fact, is, moves, named, obligation,
    one_move, recorded, row, starting, text, texts, track, two_states,
};
use super::sample::checked;

/// Somebody is held or free; `limits` are the clocks.
fn with(limits: Vec<comity_core::procedure::draft::Row<comity_core::procedure::draft::ClockDraft>>) -> Draft {
    let mut draft = two_states("xn-xc/custody");
    draft.facts = vec![fact("until", FactTypeDraft::Date)];
    draft.tracks = vec![track("custody", &["free", "held"])];
    let mut held = act("held", "requested/police");
    held.value.moves = vec![moves("custody", "free -> held, else stays")];
    let mut freed = act("freed", "requested/police");
    freed.value.moves = vec![moves("custody", "held -> free")];
    let mut set = act("date-set", "requested/court");
    set.value.records = texts(&["until"]);
    draft.acts =
        vec![held, freed, set, act("asked", "requesting/central"), act("handed-over", "requested/police")];
    draft.clocks = limits;
    draft
}

fn limit(
    name: &str,
    length: &str,
) -> comity_core::procedure::draft::Row<comity_core::procedure::draft::ClockDraft> {
    let mut limit = clock(name, length, &["held"]);
    limit.value.met_by = texts(&["asked"]);
    limit.value.on_expiry = by_law(vec![moves("custody", "held -> free, else stays")]);
    limit
}

fn case(limits: Vec<comity_core::procedure::draft::Row<comity_core::procedure::draft::ClockDraft>>) -> Case {
    Case::open(&checked(&with(limits)), "2027-01-01")
}

#[test]
fn the_formal_request_is_in_time_on_the_forty_fifth_day() {
    let mut case = Case::arrested("2027-03-02 23:30");
    case.check("2027-03-02 23:29", &[("custody", "free"), ("formal-request", "not started")]);
    case.check(
        "2027-03-02 23:30",
        &[("custody", "held-provisionally"), ("formal-request", "ends 2027-04-16")],
    );
    case.check("2027-04-16 23:59", &[("formal-request", "ends 2027-04-16"), ("owed", "tell-norvane")]);
    case.check(
        "2027-04-17 00:00",
        &[("custody", "release-due"), ("formal-request", "ran out"), ("owed", "tell-norvane, release")],
    );
    for what in ["request-received", "document warrant", "document description"] {
        case.on("2027-04-16", what);
    }
    case.check("2027-04-17 00:00", &[("custody", "held-provisionally"), ("formal-request", "met")]);
}

#[test]
fn the_formal_request_is_late_on_the_forty_sixth_day() {
    let mut case = Case::arrested("2027-03-02 23:30");
    for what in ["request-received", "document warrant", "document description"] {
        case.on("2027-04-17", what);
    }
    case.check(
        "2027-04-18",
        &[("custody", "release-due"), ("formal-request", "ran out"), ("request-complete", "holds")],
    );
    case.on("2027-04-18 10:00", "released");
    case.check("2027-04-18 10:00", &[("custody", "free"), ("owed", "tell-norvane")]);
}

#[test]
fn an_act_at_midnight_is_in_time_where_the_act_comes_first() {
    let mut limit = limit("limit", "3 days");
    limit.value.at_the_same_instant = SameInstant::ActFirst;
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-05 00:00", "asked");
    case.check("2027-03-05 00:00", &[("limit", "met"), ("custody", "held")]);
}

#[test]
fn an_act_at_midnight_is_late_where_the_expiry_comes_first() {
    let mut limit = limit("limit", "3 days");
    limit.value.at_the_same_instant = SameInstant::ExpiryFirst;
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-05 00:00", "asked");
    case.check("2027-03-05 00:00", &[("limit", "ran out"), ("custody", "free")]);
}

#[test]
fn of_two_limits_at_one_midnight_each_follows_its_own_choice() {
    let (mut patient, mut strict) = (limit("patient", "3 days"), limit("strict", "3 days"));
    patient.value.at_the_same_instant = SameInstant::ActFirst;
    strict.value.at_the_same_instant = SameInstant::ExpiryFirst;
    let mut case = case(vec![patient, strict]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-05 00:00", "asked");
    case.check("2027-03-05 00:00", &[("patient", "met"), ("strict", "ran out"), ("custody", "free")]);
}

#[test]
fn an_act_dated_on_the_last_day_is_in_time_and_on_the_next_is_late() {
    for (day, stands) in [("2027-03-03", "met"), ("2027-03-04", "met"), ("2027-03-05", "ran out")] {
        let mut limit = limit("limit", "3 days");
        limit.value.zone = text("requesting");
        let mut case = case(vec![limit]);
        case.on("2027-03-01 20:00", "held");
        case.on(day, "asked");
        case.check("2027-03-10", &[("limit", stands)]);
    }
}

#[test]
fn an_act_on_a_day_that_is_half_over_elsewhere_needs_its_time() {
    // The limit ends with 4 March in Seoul, which is in the afternoon of 4 March in Lisbon.
    let mut case = case(vec![limit("limit", "3 days")]);
    case.on("2027-03-01 20:00", "held");
    code(
        &case.refused("2027-03-04", "asked"),
        RejectionCode::TooVague,
        "`asked` is known only as 2027-03-04, and it meets the clock `limit`; find the time of day first (treaty 9(1))",
    );
    case.on("2027-03-03", "asked");
}

#[test]
fn an_act_that_starts_a_limit_in_another_zone_needs_its_time() {
    // The evening of 1 March in Lisbon is 2 March in Seoul: from the day alone no last day follows.
    let mut limit = limit("limit", "3 days");
    limit.value.starts = starting(&["asked"]);
    limit.value.met_by = texts(&["freed"]);
    let mut case = case(vec![limit]);
    code(
        &case.refused("2027-03-01", "asked"),
        RejectionCode::TooVague,
        "`asked` is known only as 2027-03-01, and it starts the clock `limit`; find the time of day first (treaty 9(1))",
    );
    case.on("2027-03-01 23:59", "asked");
    case.check("2027-03-02", &[("limit", "ends 2027-03-04")]);
}

#[test]
fn a_document_on_a_day_that_is_half_over_elsewhere_needs_its_time() {
    // It is dated in Seoul, and the limit ends with 4 March in Lisbon, in the morning of 5 March in Seoul.
    let mut limit = limit("limit", "3 days");
    limit.value.zone = text("requesting");
    limit.value.met_by = texts(&["letter-here"]);
    let mut draft = with(vec![limit]);
    draft.documents = vec![super::draft::document(
        "letter",
        comity_core::procedure::DocumentForm::NotStated,
        comity_core::procedure::Translation::NotStated,
    )];
    draft.conditions = vec![condition("letter-here", document_is_complete("letter"))];
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    case.on("2027-03-01 20:00", "held");
    code(
        &case.refused("2027-03-05", "document letter"),
        RejectionCode::TooVague,
        "`letter-here` is known only as 2027-03-05, and it meets the clock `limit`; find the time of day first (treaty 9(1))",
    );
    case.on("2027-03-05 08:59", "document letter");
    case.check("2027-03-06", &[("limit", "met")]);
}

#[test]
fn an_act_known_to_the_month_may_neither_start_nor_meet_a_limit() {
    let mut case = case(vec![limit("limit", "60 days")]);
    code(
        &case.refused("2027-02", "held"),
        RejectionCode::TooVague,
        "`held` is known only as 2027-02, and it starts the clock `limit`; find the day first (treaty 9(1))",
    );
    case.on("2027-02-10", "held");
    code(
        &case.late_refused(moment("2027-04-01"), "2027-03", "asked"),
        RejectionCode::TooVague,
        "`asked` is known only as 2027-03, and it meets the clock `limit`; find the day first (treaty 9(1))",
    );
}

#[test]
fn an_act_known_to_the_month_or_year_is_recorded_where_no_limit_depends_on_it() {
    let mut case = case(vec![limit("limit", "60 days")]);
    case.late("2027-05-01", "2027-03", "asked");
    case.late("2027-05-01", "2027-03", "date-set (until: 2027-06-01)");
    case.check("2027-03-01", &[("until", "2027-06-01"), ("limit", "not started")]);
    case.check("2027-02-28", &[("until", "unknown")]);
}

#[test]
fn hours_need_the_time_of_day() {
    let case = case(vec![limit("limit", "48 hours")]);
    code(
        &case.refused("2027-03-01", "held"),
        RejectionCode::CannotCount,
        "the clock `limit` cannot be computed: the start is known only as 2027-03-01; a limit in hours needs the \
         time of day: correct the entry (treaty 9(1))",
    );
}

#[test]
fn a_month_end_that_does_not_exist_is_refused_where_the_provision_does_not_choose() {
    let mut limit = limit("limit", "1 month");
    limit.value.choices.month_end.as_mut().unwrap().value = comity_core::time::MonthEnd::Refuse;
    let case = case(vec![limit]);
    code(
        &case.refused("2027-01-31", "held"),
        RejectionCode::CannotCount,
        "the clock `limit` cannot be computed: 1 month from 2027-01-31 ends on a day that does not exist; the rule \
         must say `up`, `down` or `last-day` (treaty 9(1))",
    );
}

#[test]
fn a_second_start_begins_anew_or_runs_on_as_the_author_says() {
    for (again, ends) in
        [(StartedAgain::StartsAnew, "ends 2027-03-13"), (StartedAgain::RunsOn, "ends 2027-03-11")]
    {
        let mut limit = limit("limit", "10 days");
        limit.value.if_started_again = again;
        let mut case = case(vec![limit]);
        case.on("2027-03-01 10:00", "held");
        case.on("2027-03-03 10:00", "held");
        case.check("2027-03-04", &[("limit", ends)]);
    }
}

#[test]
fn a_limit_that_runs_on_begins_anew_once_it_was_switched_off_or_met() {
    let mut limit = limit("limit", "10 days");
    limit.value.if_started_again = StartedAgain::RunsOn;
    limit.value.off_when = Some(is("custody", "free"));
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-03 10:00", "freed");
    case.check("2027-03-04", &[("limit", "switched off")]);
    case.on("2027-03-05 10:00", "held");
    case.check("2027-03-06", &[("limit", "ends 2027-03-15")]);
    case.on("2027-03-07 10:00", "asked");
    case.check("2027-03-07 10:00", &[("limit", "met")]);
    case.on("2027-03-08 10:00", "held");
    case.check("2027-03-09", &[("limit", "ends 2027-03-18")]);
}

#[test]
fn a_limit_that_runs_on_and_has_run_out_gives_no_second_period() {
    let mut limit = limit("limit", "10 days");
    limit.value.if_started_again = StartedAgain::RunsOn;
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-20 10:00", "held");
    case.check("2027-03-21", &[("limit", "ran out"), ("custody", "held")]);
}

#[test]
fn a_replaced_run_keeps_its_place_in_the_story() {
    let mut case = case(vec![limit("limit", "10 days")]);
    case.on("2027-03-01 10:00", "held");
    let again = case.on("2027-03-03 10:00", "held");
    let view = case.view("2027-03-04");
    let cycles = view.clock("limit").unwrap().cycles;
    let replaced = comity_core::CycleStatus::Replaced {
        when: super::case::when("2027-03-03 10:00"),
        cause: Cause::Entry(again),
        by: None,
    };
    assert_eq!((cycles.len(), &cycles[0].status), (2, &replaced));
}

#[test]
fn a_limit_is_switched_off_only_when_that_is_certain() {
    let mut limit = limit("limit", "10 days");
    limit.value.off_when = Some(is("until", "2027-04-01"));
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-02", &[("limit", "ends 2027-03-11")]);
    case.on("2027-03-02", "date-set (until: 2027-04-01)");
    case.check("2027-03-20", &[("limit", "switched off"), ("custody", "held")]);
}

#[test]
fn a_reasonable_period_ends_when_an_authority_names_its_last_day() {
    let mut limit = limit("limit", "1 day");
    limit.value.length = named("date-set", "until");
    limit.value.choices = comity_core::procedure::draft::ChoicesDraft::default();
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-12-31", &[("limit", "running"), ("custody", "held")]);
    case.on("2027-03-02 10:00", "date-set (until: 2027-03-31)");
    case.check("2027-03-31 23:59", &[("limit", "ends 2027-03-31"), ("custody", "held")]);
    case.check("2027-04-01 00:00", &[("limit", "ran out"), ("custody", "free")]);
    case.late("2027-03-20", "2027-03-20", "date-set (until: 2027-04-30)");
    case.check("2027-04-01 00:00", &[("limit", "ends 2027-04-30")]);
}

#[test]
fn a_last_day_named_before_the_period_begins_counts() {
    let mut limit = limit("limit", "1 day");
    limit.value.length = named("date-set", "until");
    limit.value.choices = comity_core::procedure::draft::ChoicesDraft::default();
    let mut case = case(vec![limit]);
    case.on("2027-02-27 10:00", "date-set (until: 2027-03-31)");
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-02", &[("limit", "ends 2027-03-31")]);
    // It was named for that period only: the next needs its own day.
    case.on("2027-03-05 10:00", "held");
    case.check("2027-12-31", &[("limit", "running")]);
}

#[test]
fn a_period_whose_last_day_is_past_has_run_out_and_time_does_not_go_back() {
    let mut limit = limit("limit", "1 day");
    limit.value.length = named("date-set", "until");
    limit.value.choices = comity_core::procedure::draft::ChoicesDraft::default();
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-20 10:00", "date-set (until: 2027-03-10)");
    case.check("2027-03-20 09:59", &[("limit", "running"), ("custody", "held")]);
    case.check("2027-03-20 10:00", &[("limit", "ran out"), ("custody", "free")]);
    let view = case.view("2027-03-21");
    assert_eq!(view.track("custody").unwrap().stands.since, super::case::when("2027-03-20 10:00"));
    let seoul = super::case::seoul();
    let moments: Vec<_> = view.happenings().iter().map(|one| one.when.earliest(&seoul)).collect();
    assert!(moments.is_sorted(), "{moments:?}");
}

#[test]
fn a_waiting_period_bars_an_act_until_it_has_run() {
    let mut wait = clock("wait", "15 days", &["held"]);
    wait.value.purpose = PurposeDraft::Bars(texts(&["handed-over"]));
    wait.value.met_by = texts(&["asked"]);
    let mut case = case(vec![wait]);
    case.check("2027-02-28", &[("handed-over", "open")]);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-16 23:59", &[("handed-over", "closed"), ("freed", "open")]);
    code(
        &case.refused("2027-03-16", "handed-over"),
        RejectionCode::TooEarly,
        "`handed-over` must wait for `wait`, which runs until 2027-03-17 00:00 in Seoul (treaty 9(1))",
    );
    let mut waived = case.clone();
    waived.on("2027-03-05 10:00", "asked");
    waived.on("2027-03-05 11:00", "handed-over");
    case.check("2027-03-17 00:00", &[("handed-over", "open")]);
    case.on("2027-03-17", "handed-over");
}

#[test]
fn a_waiting_period_without_a_day_says_so() {
    let mut wait = clock("wait", "1 day", &["held"]);
    wait.value.purpose = PurposeDraft::Bars(texts(&["handed-over"]));
    wait.value.length = named("date-set", "until");
    wait.value.choices = comity_core::procedure::draft::ChoicesDraft::default();
    let mut case = case(vec![wait]);
    case.on("2027-03-01 10:00", "held");
    code(
        &case.refused("2027-03-16", "handed-over"),
        RejectionCode::TooEarly,
        "`handed-over` must wait for `wait`, which runs until a day that nobody has named yet (treaty 9(1))",
    );
}

#[test]
fn a_closed_last_day_moves_the_limit_as_the_calendar_says() {
    let day = |text: &str| text.parse().unwrap();
    let calendar = Calendar {
        name: "xc-courts".to_owned(),
        source: "made up".to_owned(),
        checked: "2027-01-01".parse().unwrap(),
        open: [].into(),
        weekly: [Weekday::Saturday, Weekday::Sunday].into(),
        closed: [day("2027-04-05")].into(),
        from: day("2027-01-01"),
        until: day("2027-12-31"),
    };
    // 90 days from committal on 4 January end on Sunday 4 April.
    let mut limit = limit("limit", "90 days");
    limit.value.choices.last_day_closed.as_mut().unwrap().value =
        comity_core::time::ClosedLastDay::NextOpenDay;
    limit.value.calendar = Some(text("xc-courts"));
    let mut draft = with(vec![limit]);
    draft.calendars = vec![row("xc-courts", calendar)];
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    let committed = case.on("2027-01-04", "held");
    case.check("2027-01-05", &[("limit", "ends 2027-04-06")]);
    case.annul("2027-10-10", committed);
    code(
        &case.refused("2027-10-10", "held"),
        RejectionCode::CannotCount,
        "the clock `limit` cannot be computed: the calendar `xc-courts` does not cover 2028; add its closed days for \
         that year, with their source (treaty 9(1))",
    );
}

#[test]
fn an_act_that_both_meets_and_starts_a_limit_ends_one_run_and_begins_the_next() {
    let mut limit = limit("limit", "10 days");
    limit.value.starts = starting(&["held"]);
    limit.value.met_by = texts(&["held"]);
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-05 10:00", "held");
    let view = case.view("2027-03-06");
    let met = matches!(view.clock("limit").unwrap().cycles[0].status, comity_core::CycleStatus::Met { .. });
    assert!(met);
    case.check("2027-03-06", &[("limit", "ends 2027-03-15")]);
}

#[test]
fn a_condition_acts_on_what_holds_after_the_deed_and_not_before() {
    // `both` stands before what it rests on, and one deed makes one part true and the other false.
    let mut draft = with(vec![]);
    let mut both = condition("both", super::draft::all(&[recorded("asked"), super::draft::holds("unasked")]));
    both.value.moves = vec![moves("custody", "held -> free, else stays")];
    draft.conditions = vec![both, condition("unasked", super::draft::not(recorded("asked")))];
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-02 10:00", "asked");
    case.check("2027-03-03", &[("custody", "held"), ("both", "does not hold"), ("unasked", "does not hold")]);
}

/// Whether an act may be done and what it then moves is one question: what it is itself comes after.
#[test]
fn an_act_moves_what_it_was_admitted_for_and_has_not_been_done_before_itself() {
    let mut draft = with(vec![]);
    let asked = draft.acts.iter_mut().find(|act| act.name.value == "asked").unwrap();
    let first = one_move("free -> held", Some(super::draft::not(recorded("asked"))));
    let again = one_move("held -> free", Some(recorded("asked")));
    asked.value.moves =
        vec![TrackMovesDraft { track: text("custody"), moves: vec![first, again], or_stays: false }];
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    case.on("2027-03-01 10:00", "asked");
    case.check("2027-03-02", &[("custody", "held")]);
    case.on("2027-03-02 10:00", "asked");
    case.check("2027-03-03", &[("custody", "free")]);
}

/// A condition is a name for its words. Where something happens they are asked as things stand then.
#[test]
fn a_condition_says_what_its_words_say_also_while_a_limit_runs_out_and_a_duty_arises() {
    for asked in [clock_is("limit", ClockStanding::RanOut), super::draft::holds("late")] {
        let mut limit = limit("limit", "10 days");
        let goes = one_move("held -> free", Some(asked));
        let moves = TrackMovesDraft { track: text("custody"), moves: vec![goes], or_stays: true };
        limit.value.on_expiry = by_law(vec![moves]);
        let mut draft = with(vec![limit]);
        draft.conditions = vec![condition("late", clock_is("limit", ClockStanding::RanOut))];
        let mut case = Case::open(&checked(&draft), "2027-01-01");
        case.on("2027-03-01 10:00", "held");
        case.check("2027-03-12", &[("custody", "free"), ("late", "holds")]);
    }
    for when in [is("custody", "held"), super::draft::holds("is-held")] {
        let mut draft = with(vec![]);
        draft.conditions = vec![condition("is-held", is("custody", "held"))];
        let mut told = obligation("tell", "requested/police", &["asked"]);
        told.value.when = Some(when);
        draft.obligations = vec![told];
        draft.acts.iter_mut().find(|act| act.name.value == "held").unwrap().value.owes = texts(&["tell"]);
        let mut case = Case::open(&checked(&draft), "2027-01-01");
        case.on("2027-03-01 10:00", "held");
        case.check("2027-03-02", &[("owed", "tell")]);
    }
}

#[test]
fn the_soonest_limit_is_due_first() {
    let mut case = case(vec![limit("long", "30 days"), limit("short", "10 days"), limit("other", "10 days")]);
    case.on("2027-03-01 10:00", "held");
    let view = case.view("2027-03-02");
    let due: Vec<&str> = view.due().iter().map(|(_, clock)| clock.name.as_str()).collect();
    assert_eq!(due, ["short", "other", "long"]);
}

#[test]
fn an_order_becomes_final_when_the_appeal_window_closes_and_the_hand_over_begins() {
    let case = Case::granted();
    case.check(
        "2027-04-16 23:59",
        &[
            ("appeal-window", "ends 2027-04-16"),
            ("order-final", "does not hold"),
            ("hand-over", "not started"),
            ("surrendered", "closed"),
        ],
    );
    // Final at the first instant of 17 April: day 1 of the thirty is the 18th.
    case.check(
        "2027-04-17 00:00",
        &[
            ("appeal-window", "ran out"),
            ("order-final", "holds"),
            ("hand-over-begins", "holds"),
            ("hand-over", "ends 2027-05-17"),
        ],
    );
    case.check(
        "2027-05-18",
        &[("hand-over", "ran out"), ("custody", "release-due"), ("owed", "tell-norvane, release")],
    );
}

#[test]
fn a_limit_replaced_by_a_named_day_leaves_nobody_without_one() {
    let mut case = Case::granted();
    case.on("2027-04-10 10:00", "surrender-postponed");
    case.on("2027-04-12 10:00", "new-date-set (new-date: 2027-06-10)");
    case.check("2027-04-20", &[("hand-over", "not started"), ("new-date-limit", "ends 2027-06-10")]);
    case.check("2027-06-11", &[("custody", "release-due"), ("new-date-limit", "ran out")]);
}

#[test]
fn a_limit_that_waits_for_what_is_so_already_is_met_at_once() {
    let mut case = Case::sample();
    for what in ["request-received", "document warrant", "document description"] {
        case.on("2027-02-01 10:00", what);
    }
    case.check("2027-02-02", &[("request-complete", "holds"), ("formal-request", "not started")]);
    case.on("2027-03-02 23:30", "arrested (arrest.place: Ulsan)");
    case.check("2027-03-02 23:30", &[("formal-request", "met"), ("decision", "ends 2027-09-02")]);
    case.check("2027-04-17", &[("custody", "held-provisionally")]);
}
