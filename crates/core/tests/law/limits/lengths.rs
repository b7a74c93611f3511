//! Lengths in working days and in hours that skip closed days, lengths that an authority names, and rules by name.

use comity_core::procedure::draft::{ChoicesDraft, LengthDraft};
use comity_core::time::{
    Choices, ClosedLastDay, FirstDay, FirstHour, HoursOnClosedDays, MonthEnd, NamedRule, RuleSet,
};

use super::super::draft::{at, starting, text, texts};
use super::fixture::{case, flaw, limit, open, with};

#[test]
fn working_days_leave_closed_days_out() {
    let mut limit = limit("5 working days");
    limit.value.calendar = Some(text("courts"));
    let mut case = case(vec![limit]);
    // Friday 26 March 2027 is closed, and so are the weekends.
    case.on("2027-03-22 10:00", "held");
    case.check("2027-03-22 10:00", &[("limit", "ends 2027-03-30")]);
}

#[test]
fn hours_may_skip_closed_days() {
    let mut limit = limit("48 hours");
    limit.value.choices.hours_on_closed_days = Some(at(HoursOnClosedDays::Skipped));
    limit.value.calendar = Some(text("courts"));
    let mut case = case(vec![limit]);
    // Friday 19 March 2027 at 15:00: nine hours on Friday, the rest from Monday on.
    case.on("2027-03-19 15:00", "held");
    case.check("2027-03-19 15:00", &[("limit", "ends 2027-03-23 15:00")]);
}

#[test]
fn hours_may_begin_with_the_next_full_hour() {
    let mut limit = limit("24 hours");
    limit.value.choices.first_hour = Some(at(FirstHour::NotCounted));
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:20", "held");
    case.check("2027-03-01 10:20", &[("limit", "ends 2027-03-02 11:00")]);
}

#[test]
fn a_reasonable_time_is_as_long_as_the_authority_says_and_may_be_named_anew() {
    let mut limit = limit("1 month");
    limit.value.length = LengthDraft::Named { by: texts(&["length-named"]), fact: text("for") };
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case.check("2027-03-01 10:00", &[("limit", "running")]);
    case.on("2027-03-02 10:00", "length-named (for: 2 months)");
    case.check("2027-03-02 10:00", &[("limit", "ends 2027-05-01")]);
    case.on("2027-04-02 10:00", "length-named (for: 90 days)");
    case.check("2027-04-02 10:00", &[("limit", "ends 2027-05-30")]);
}

#[test]
fn a_length_named_in_a_unit_that_the_choices_do_not_cover_is_refused() {
    let mut limit = limit("1 month");
    limit.value.length = LengthDraft::Named { by: texts(&["length-named"]), fact: text("for") };
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    assert_eq!(
        case.refused("2027-03-02 10:00", "length-named (for: 48 hours)").to_string(),
        "the clock `limit` cannot be computed: 48 hours cannot be counted by this rule: hours, working days and all else each have their own (treaty 9(1))"
    );
}

fn rules() -> Vec<RuleSet> {
    let rule = |name: &str, first_day, last_day_closed| NamedRule {
        name: name.to_owned(),
        title: "Periods".to_owned(),
        choices: Choices {
            first_day: Some(first_day),
            month_end: Some(MonthEnd::Down),
            last_day_closed: Some(last_day_closed),
            ..Choices::default()
        },
        provision: "66".to_owned(),
        mark: "seen",
    };
    vec![RuleSet {
        name: "xc-cpa".to_owned(),
        title: "Criminal Procedure Act of Calderia".to_owned(),
        rules: vec![
            rule("general", FirstDay::NotCounted, ClosedLastDay::NextOpenDay),
            rule("detention", FirstDay::CountedWhole, ClosedLastDay::Stands),
        ],
    }]
}

#[test]
fn a_limit_may_point_to_a_rule_instead_of_spelling_its_choices() {
    for (rule, calendar, last_day) in [
        ("xc-cpa", Some("courts"), "ends 2027-04-19"),
        ("xc-cpa/general", Some("courts"), "ends 2027-04-19"),
        ("xc-cpa/detention", None, "ends 2027-04-16"),
    ] {
        let mut limit = limit("1 month");
        limit.value.choices = ChoicesDraft::default();
        limit.value.counted_by = Some(text(rule));
        limit.value.calendar = calendar.map(text);
        let mut draft = with(vec![limit]);
        draft.rule_sets = rules();
        let mut case = open(&draft);
        case.on("2027-03-17 10:00", "held");
        case.check("2027-03-17 10:00", &[("limit", last_day)]);
    }
}

#[test]
fn a_choice_beside_a_rule_and_a_rule_that_is_not_there_are_flaws() {
    let mut draft = with(vec![]);
    draft.rule_sets = rules();
    let flaws = |limit: super::fixture::Limit| {
        let mut draft = draft.clone();
        draft.clocks = vec![limit];
        let flaws = comity_core::procedure::Procedure::from_draft(&draft).unwrap_err();
        flaws.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let mut both = limit("1 month");
    both.value.choices = ChoicesDraft { first_day: Some(at(FirstDay::Counted)), ..ChoicesDraft::default() };
    both.value.counted_by = Some(text("xc-cpa/detention"));
    assert_eq!(
        flaws(both),
        ["`first-day` is said already by the rule `xc-cpa/detention`; leave one of the two out"]
    );
    let mut without_calendar = limit("1 month");
    without_calendar.value.choices = ChoicesDraft::default();
    without_calendar.value.counted_by = Some(text("xc-cpa/general"));
    assert_eq!(
        flaws(without_calendar),
        [
            "the clock `limit` does not say whose closed days count (treaty 9(1)); this is a legal choice: write `calendar:` with the name of a calendar file"
        ]
    );
    let mut unknown = limit("1 month");
    unknown.value.choices = ChoicesDraft::default();
    unknown.value.counted_by = Some(text("xc-cpa/detentoin"));
    assert!(
        flaws(unknown).iter().any(|flaw| flaw.starts_with("there is no rule of counting `xc-cpa/detentoin`"))
    );
}

#[test]
fn clear_days_say_when_something_may_be_done_and_limit_nobody() {
    let mut wait = limit("7 clear days");
    wait.value.purpose = comity_core::procedure::draft::PurposeDraft::Bars(texts(&["applied"]));
    wait.value.starts = starting(&["noticed"]);
    wait.value.on_expiry = super::super::draft::expiry(comity_core::procedure::ExpiryEffect::Permission);
    let mut case = case(vec![wait]);
    case.on("2027-03-01 10:00", "noticed");
    case.check("2027-03-08 23:59", &[("applied", "closed")]);
    case.check("2027-03-09", &[("applied", "open")]);
    assert_eq!(
        flaw(vec![limit("7 clear days")]),
        "clear days say when something may be done at the earliest; write `bars:` with the acts that must wait, or a length in days"
    );
}

#[test]
fn a_last_day_that_is_named_is_neither_stopped_nor_extended() {
    let mut named = limit("1 month");
    named.value.length = LengthDraft::Named { by: texts(&["until-named"]), fact: text("until") };
    named.value.choices = ChoicesDraft::default();
    named.value.extended_by = vec![super::fixture::extension("5 days")];
    assert_eq!(
        flaw(vec![named]),
        "the last day of `limit` is named, so nothing stops it or makes it longer; write `none`: the act may name another last day"
    );
}
