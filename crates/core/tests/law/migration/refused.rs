//! What stands in the way of a migration.

use comity_core::RejectionCode;
use comity_core::entry::Body;
use comity_core::migration::{Ends, Fate, NameKind};
use comity_core::procedure::SharedProcedure;
use comity_core::procedure::draft::{FactTypeDraft, SafeguardDraft};

use super::{Plan, Running, THEN, held, second, set_length};
use crate::case::{Case, code};
use crate::draft::{cites, clock, fact, is, link, mirror, row, text, texts};
use crate::sample::checked;

#[test]
fn a_stage_without_a_counterpart_must_be_named() {
    let plan = Plan { tracks: Vec::new(), ..Plan::sample() }.track("request", "proceedings", &[]);
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(says.contains("the stage `lodged` of the track `request` has no counterpart"), "{says}");
}

#[test]
fn whatever_has_no_counterpart_is_listed_in_one_go() {
    let says = held().refused(THEN, &checked(&second("60 days")), &Plan::default());
    for missing in ["the track `request`", "the fact `person.minor`", "the act `request-received`"] {
        assert!(says.contains(&format!("{missing} has no counterpart")), "{says}");
    }
}

#[test]
fn a_plan_that_names_what_is_not_there_is_refused() {
    let plan = Plan::sample().name(NameKind::Ground, "politics", None).name(
        NameKind::Ground,
        "nationality",
        Some("x"),
    );
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(says.contains("the procedure that the case leaves has no ground `politics`"), "{says}");
    assert!(says.contains("the ground `nationality` cannot become `x`"), "{says}");
}

#[test]
fn an_open_stage_becomes_no_outcome_and_an_outcome_no_other() {
    let plan = Plan { tracks: Vec::new(), ..Plan::sample() };
    let to_an_outcome = plan.clone().track("request", "proceedings", &[("lodged", "refused")]);
    let says = held().refused(THEN, &checked(&second("60 days")), &to_an_outcome);
    assert!(
        says.contains(
            "`lodged` of the track `request` is open and cannot become `refused`, which is the outcome"
        ),
        "{says}"
    );
    let to_another =
        plan.track("request", "proceedings", &[("lodged", "received"), ("refused", "withdrawn")]);
    let says = held().refused(THEN, &checked(&second("60 days")), &to_another);
    assert!(says.contains("is the outcome `refused` and cannot become `withdrawn`"), "{says}");
}

#[test]
fn two_facts_never_become_one() {
    let plan = Plan::sample().name(NameKind::Fact, "arrest.place", Some("surrender.place"));
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(
        says.contains("cannot become `surrender.place`, for `arrest.place` becomes that already"),
        "{says}"
    );
}

#[test]
fn an_authority_is_not_dropped() {
    let plan = Plan::sample().name(NameKind::Authority, "requested/police", None);
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(says.contains("the authority `requested/police` cannot be dropped"), "{says}");
}

#[test]
fn a_limit_that_runs_by_another_rule_needs_a_line_and_one_that_does_not_run_needs_none() {
    let plan = Plan { clocks: Vec::new(), ..Plan::sample() };
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(says.contains("the clock `formal-request` runs and is counted by another rule there"), "{says}");
    let mut free = Running::of(Case::sample());
    free.goes_over(THEN, &checked(&second("60 days")), &plan);
}

#[test]
fn a_limit_that_would_have_run_out_already_is_named_in_the_plan_or_refused() {
    let to = checked(&second("5 days"));
    let plan = Plan::sample().clock("formal-request", Ends::Recompute);
    let says = held().refused(THEN, &to, &plan);
    assert!(
        says.contains("`formal-request` would have run out 2027-03-08 00:00 in Seoul by the new count"),
        "{says}"
    );
    let mut running = held();
    running.goes_over(THEN, &to, &plan.accepting_what_ran_out());
    running.check(THEN, &[("formal-request", "ran out"), ("custody", "release-due")]);
}

#[test]
fn a_limit_that_the_new_rule_cannot_count_is_refused() {
    let mut draft = second("1 month");
    let row = draft.clocks.iter_mut().find(|row| row.name.value == "formal-request").unwrap();
    row.value.choices = clock("x", "1 month", &["arrested"]).value.choices;
    row.value.choices.month_end.as_mut().unwrap().value = comity_core::time::MonthEnd::Refuse;
    let to = checked(&draft);
    // There is no thirty-first of February, and nobody has chosen another day.
    let running = Running::of(Case::arrested("2027-01-31 10:00"));
    let plan = Plan::sample().clock("formal-request", Ends::Recompute);
    let says = running.refused("2027-02-05 12:00", &to, &plan);
    assert!(says.contains("the clock `formal-request` cannot be computed there"), "{says}");
    let mut kept = running;
    kept.goes_over("2027-02-05 12:00", &to, &Plan::sample());
    kept.check("2027-02-05 12:00", &[("formal-request", "ends 2027-03-17")]);
}

#[test]
fn nobody_can_say_which_end_is_later_where_one_is_not_known() {
    let mut case = Case::granted();
    case.on("2027-04-10 12:00", "appeal-waived");
    case.on("2027-04-12 12:00", "surrender-postponed");
    let running = Running::of(case);
    let mut draft = second("45 days");
    set_length(&mut draft, "new-date-limit", "20 days");
    let row = draft.clocks.iter_mut().find(|row| row.name.value == "new-date-limit").unwrap();
    row.value.choices = clock("x", "20 days", &["arrested"]).value.choices;
    let plan = Plan { clocks: Vec::new(), ..Plan::sample() };
    let to = checked(&draft);
    let says = running.refused("2027-04-13 12:00", &to, &plan.clone().clock("new-date-limit", Ends::Later));
    assert!(says.contains("the clock `new-date-limit` has no end to compare"), "{says}");
    let mut anew = running.clone();
    anew.goes_over("2027-04-13 12:00", &to, &plan.clone().clock("new-date-limit", Ends::Recompute));
    anew.check("2027-04-13 12:00", &[("new-date-limit", "ends 2027-05-02")]);
    let mut kept = running;
    kept.goes_over("2027-04-13 12:00", &to, &plan.clock("new-date-limit", Ends::Keep));
    kept.check("2027-04-13 12:00", &[("new-date-limit", "running")]);
}

#[test]
fn what_must_be_known_at_a_stage_must_be_known() {
    let mut draft = second("60 days");
    let stages = &mut draft.tracks[0].value.stages;
    stages.iter_mut().filter(|stage| stage.name.value == "received").for_each(|stage| {
        stage.value.holds = texts(&["channel"]);
    });
    draft.facts.push(fact("channel", FactTypeDraft::Text));
    for act in draft.acts.iter_mut().filter(|act| act.name.value == "request-taken-in") {
        act.value.records = texts(&["channel"]);
    }
    let says = held().refused(THEN, &checked(&draft), &Plan::sample());
    assert!(says.contains("proceedings would stand at `received`, where `channel` must be known"), "{says}");
}

#[test]
fn a_value_must_fit_the_fact_that_it_becomes() {
    let mut draft = second("60 days");
    draft.facts[0] = fact("person.status", FactTypeDraft::OneOf(texts(&["suspect", "accused", "convicted"])));
    held().goes_over(THEN, &checked(&draft), &Plan::sample());
    let plan = Plan::sample();
    let mut draft = second("60 days");
    draft.facts[3] = fact("arrest.place", FactTypeDraft::Number);
    let says = held().refused(THEN, &checked(&draft), &plan);
    assert!(says.contains("`arrest.place` takes"), "{says}");
}

/// The second edition with one safeguard.
fn guarded(safeguard: SafeguardDraft) -> SharedProcedure {
    let mut draft = second("60 days");
    draft.safeguards.push(row("guard", safeguard));
    checked(&draft)
}

fn safeguard() -> SafeguardDraft {
    SafeguardDraft {
        title: "A safeguard".to_owned(),
        never: None,
        unless: None,
        before: None,
        always_after: None,
        requires: None,
        within: None,
        possible: None,
        holds_in: None,
        holds: None,
        at_most_once: None,
        never_together: Vec::new(),
        only_by: Vec::new(),
        act: None,
        cite: cites("act 5"),
    }
}

/// After an arrest that clock runs until the person is released.
fn released_within(clock: &str) -> SafeguardDraft {
    let (always_after, requires) = (Some(text("arrested")), Some(text("released")));
    SafeguardDraft { always_after, requires, within: Some(text(clock)), ..safeguard() }
}

#[test]
fn a_state_that_a_safeguard_forbids_is_refused() {
    let is_held = || Some(is("custody", "held-provisionally"));
    let granted = || Some(is("proceedings", "granted"));
    let received = || is("proceedings", "received");
    let forbid = [
        SafeguardDraft { never: is_held(), unless: granted(), ..safeguard() },
        SafeguardDraft { holds_in: is_held(), holds: granted(), ..safeguard() },
        SafeguardDraft {
            never_together: vec![is("custody", "held-provisionally"), received()],
            ..safeguard()
        },
        released_within("review"),
    ];
    for forbids in forbid {
        let says = held().refused(THEN, &guarded(forbids.clone()), &Plan::sample());
        assert!(
            says.contains("the safeguard `guard` forbids how the case would stand"),
            "{forbids:?}: {says}"
        );
    }
    let allow = [
        SafeguardDraft { never: is_held(), unless: Some(received()), ..safeguard() },
        SafeguardDraft { holds_in: is_held(), holds: Some(received()), ..safeguard() },
        released_within("formal-request"),
        // The way that the case has gone was gone under another law.
        SafeguardDraft { before: Some(text("arrested")), requires: Some(text("heard")), ..safeguard() },
    ];
    for allows in allow {
        held().goes_over(THEN, &guarded(allows), &Plan::sample());
    }
}

#[test]
fn nobody_is_stranded_who_was_not() {
    let mut draft = second("60 days");
    draft.acts.iter_mut().for_each(|act| act.value.when = Some(is("person.child", "yes")));
    draft.clocks.retain(|clock| clock.name.value == "appeal-window");
    draft.conditions.retain(|row| row.name.value == "request-complete");
    draft.acts.iter_mut().filter(|act| act.name.value == "arrested").for_each(|act| {
        act.value.owes = texts(&["tell-norvane", "release"]);
    });
    let dropped = ["hearing", "review", "hand-over", "new-date-limit", "decision", "formal-request"];
    let mut plan = Plan { clocks: Vec::new(), ..Plan::sample() };
    for clock in dropped {
        plan = plan.clock(clock, Ends::Keep);
    }
    plan.clocks.iter_mut().for_each(|clock| clock.fate = Fate::Dropped { reason: "gone".to_owned() });
    for condition in ["hand-over-begins", "order-final"] {
        plan = plan.name(NameKind::Condition, condition, None);
    }
    let says = held().refused(THEN, &checked(&draft), &plan);
    assert_eq!(
        says,
        "the case cannot go over to the other procedure: nobody could act any more in it, and no limit would run"
    );
}

#[test]
fn a_case_that_is_over_stays_where_it_is() {
    let mut case = Case::granted();
    case.on("2027-04-10 12:00", "appeal-waived");
    case.on("2027-04-11 12:00", "surrendered (surrender.place: Ulsan)");
    let says = Running::of(case).refused("2027-04-12 12:00", &checked(&second("60 days")), &Plan::sample());
    assert!(says.ends_with("the case is over"), "{says}");
}

#[test]
fn a_plan_that_leads_from_elsewhere_or_to_nowhere_is_refused() {
    let mut running = held();
    let to = checked(&second("60 days"));
    running.goes_over(THEN, &to, &Plan::sample());
    let mut again = Plan::sample().between(&crate::sample::sample(), &to);
    let says =
        running.clone().admit(THEN, vec![Body::Migrated(Box::new(again.clone()))]).unwrap_err().to_string();
    assert!(says.contains("the case is under `xn-xc/extradition` version 2"), "{says}");
    again.from = to.meaning();
    again.meaning = comity_core::procedure::Meaning([9; 32]);
    let says = running.admit(THEN, vec![Body::Migrated(Box::new(again))]).unwrap_err().to_string();
    assert!(says.contains("nobody knows the procedure `xn-xc/extradition`"), "{says}");
}

#[test]
fn a_link_that_the_other_procedure_does_not_know_is_refused() {
    let mut draft = second("60 days");
    draft.links = vec![link("waiver", "vienna/waiver")];
    draft.facts[2] = mirror("immunity", &["immune", "waived", "none"], "waiver", "person");
    let says = held().refused(THEN, &checked(&draft), &Plan::sample());
    assert!(
        says.contains("tied to another by `immunity`, which the other procedure does not know"),
        "{says}"
    );
}

#[test]
fn a_migration_is_neither_annulled_nor_corrected() {
    let mut running = held();
    let entry = running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    let annulled = running.admit("2027-03-10 13:00", vec![crate::case::annulment(entry)]).unwrap_err();
    code(
        &annulled,
        RejectionCode::NotToBeUndone,
        "entry 8 takes the case over to another procedure, under which the later entries stand; migrate it anew, by a \
         plan that leads on or back",
    );
    let corrected = running.case.correction(entry, "2027-03-10", "heard");
    assert_eq!(
        running.admit("2027-03-10 13:00", vec![corrected]).unwrap_err().code(),
        RejectionCode::NotToBeUndone
    );
}
