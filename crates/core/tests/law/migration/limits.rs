//! What becomes of the limits that run.

use comity_core::migration::Ends;
use comity_core::procedure::draft::{ExtendByDraft, ExtensionDraft};
use comity_core::procedure::{Draft, ExtensionTiming};
use comity_core::time::ExtendedFrom;
use comity_core::{Asked, explain};

use super::{Plan, THEN, held, second};
use crate::case::moment;
use crate::draft::{act, at, text};
use crate::sample::checked;

#[test]
fn a_limit_keeps_its_end_or_is_counted_anew_or_takes_the_later_of_both() {
    let table = [
        (Ends::Keep, "60 days", "ends 2027-04-16"),
        (Ends::Recompute, "60 days", "ends 2027-05-01"),
        (Ends::Later, "60 days", "ends 2027-05-01"),
        (Ends::Keep, "30 days", "ends 2027-04-16"),
        (Ends::Recompute, "30 days", "ends 2027-04-01"),
        (Ends::Later, "30 days", "ends 2027-04-16"),
    ];
    for (ends, length, cell) in table {
        let mut running = held();
        let plan = Plan::sample().clock("formal-request", ends);
        running.goes_over(THEN, &checked(&second(length)), &plan);
        running.check(THEN, &[("formal-request", cell)]);
    }
}

#[test]
fn a_limit_whose_rule_is_the_same_needs_no_line_and_keeps_its_end() {
    let mut running = held();
    running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    let view = running.view(Asked::at(moment(THEN)));
    assert_eq!(view.clock("decision").unwrap().last().unwrap().carried, None);
    running.check(THEN, &[("decision", "ends 2027-09-02")]);
}

/// The second edition in which the court may make the limit longer by ten days.
fn extendable(mut draft: Draft) -> Draft {
    let row = draft.clocks.iter_mut().find(|row| row.name.value == "formal-request").unwrap();
    row.value.extended_by = vec![ExtensionDraft {
        act: text("longer"),
        by: ExtendByDraft::Length(at("10 days".parse().unwrap())),
        from: Some(at(ExtendedFrom::LastDay)),
        timing: ExtensionTiming::AnyTime,
        at_most: None,
        longest: None,
        cite: Vec::new(),
    }];
    draft.acts.push(act("longer", "requested/court"));
    draft
}

#[test]
fn an_end_that_was_kept_goes_on_to_be_counted_by_the_rule_before() {
    for (ends, extended) in [(Ends::Keep, "ends 2027-04-26"), (Ends::Recompute, "ends 2027-05-11")] {
        let mut running = held();
        let plan = Plan::sample().clock("formal-request", ends);
        running.goes_over(THEN, &checked(&extendable(second("60 days"))), &plan);
        running.on("2027-03-20 10:00", "2027-03-20 09:00", "longer");
        running.check("2027-03-20 10:00", &[("formal-request", extended)]);
    }
}

#[test]
fn what_ran_out_before_has_had_its_effect_under_the_old_procedure() {
    let mut running = held();
    let plan = Plan::sample().clock("formal-request", Ends::Recompute);
    running.goes_over("2027-04-20 12:00", &checked(&second("60 days")), &plan);
    running.check("2027-04-20 12:00", &[("formal-request", "ran out"), ("custody", "release-due")]);
}

#[test]
fn the_explanation_of_an_end_that_was_kept_says_by_which_entry_and_under_which_rule() {
    let mut running = held();
    let entry = running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    let told = explain(&running.view(Asked::at(moment(THEN))), "formal-request").unwrap().to_string();
    let line = |about: &str| told.lines().find(|line| line.starts_with(about)).unwrap_or_default().to_owned();
    assert!(line("length").contains("45 days"), "{told}");
    assert!(line("last day").contains("45 days after 2027-03-02"), "{told}");
    assert_eq!(
        line("carried over"),
        format!(
            "carried over   at the migration, Wednesday 10 March 2027 12:00 (Seoul) – entry {entry}: the end stands that it \
             had, Saturday 17 April 2027 00:00 (Seoul), counted under xn-xc/extradition version 1 (act 5)"
        )
    );
    let plan = Plan::sample().clock("formal-request", Ends::Later);
    let mut later = held();
    later.goes_over(THEN, &checked(&second("60 days")), &plan);
    let told = explain(&later.view(Asked::at(moment(THEN))), "formal-request").unwrap().to_string();
    assert!(
        told.contains("the later of two ends: Saturday 17 April 2027 00:00 (Seoul), and Sunday 2 May 2027"),
        "{told}"
    );
    assert!(told.contains("60 days (treaty 9(1))"), "{told}");
}
