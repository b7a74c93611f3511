//! What every procedure must hold to, and the faults that break it.

use comity_core::procedure::{Force, GroundStanding, Quantity};
use comity_core::verify::{Verdict, Why, verify};

use super::draft::{all, exception, fact, ground, grounds, is, moves, not, recorded, texts};
use super::sample::checked;
use super::small::{
    act_of, clock_of, dead, extra, extradition, found, outcome, property, ran_out, refuted, verdict,
};
use comity_core::procedure::draft::FactTypeDraft;

const OUTCOME: &str = "outcome-reachable-from-everywhere";

#[test]
fn a_sound_procedure_is_proved_in_all_it_must_hold_to() {
    let found = found(&extradition());
    assert!(found.is_whole && found.not_followed.is_empty());
    for property in &found.properties {
        assert_eq!(property.verdict, Verdict::Proved, "{}", property.name);
    }
}

#[test]
fn the_configurations_are_as_many_as_can_be_told_apart() {
    // Lodged, heard or not; refused, heard or not; granted; surrendered; lapsed: each free or held, but surrendered.
    assert_eq!(found(&extradition()).configurations, 13);
}

#[test]
fn a_fact_that_only_acts_ask_for_doubles_nothing() {
    let mut draft = extradition();
    for index in 0..12 {
        let name = format!("person.fact-{index}");
        draft.facts.push(fact(&name, FactTypeDraft::YesNo));
        let mut one = extra(&format!("noted-{index}"));
        one.value.when = Some(is(&name, "yes"));
        draft.acts.push(one);
    }
    assert_eq!(found(&draft).configurations, 13);
}

#[test]
fn a_stage_to_which_only_a_dropped_way_led_is_dead() {
    let mut draft = extradition();
    draft.tracks[1].value.stages.push(outcome("let-go"));
    // Nobody is surrendered who was not held, so the move is there and never taken.
    draft.acts.push(extra("let-go-after-all"));
    act_of(&mut draft, "let-go-after-all").when = Some(is("request", "surrendered"));
    act_of(&mut draft, "let-go-after-all").moves = vec![moves("custody", "free -> let-go")];
    assert_eq!(dead(&draft, "no-dead-stage"), ["custody is let-go"]);
}

#[test]
fn a_case_that_nobody_can_end_is_shown_with_the_shortest_way_into_it() {
    let mut draft = extradition();
    clock_of(&mut draft, "hand-over").on_expiry =
        super::draft::expiry(comity_core::procedure::ExpiryEffect::NothingStated);
    act_of(&mut draft, "handed-over").unless = vec![exception(ran_out("hand-over"), "act 5")];
    draft.tracks[0].value.stages.retain(|row| row.name.value != "lapsed");
    assert_eq!(refuted(&draft, OUTCOME), ["heard", "granted", "clock hand-over runs out"]);
}

#[test]
fn a_case_in_which_nothing_can_happen_any_more_is_stuck() {
    let mut draft = extradition();
    draft.clocks.clear();
    draft.tracks[0].value.stages.retain(|row| row.name.value != "lapsed");
    act_of(&mut draft, "handed-over").when = Some(is("custody", "free"));
    act_of(&mut draft, "heard").moves = vec![];
    assert_eq!(refuted(&draft, "never-stuck"), ["arrested", "heard", "granted"]);
}

#[test]
fn an_act_that_is_never_open_is_dead() {
    let mut draft = extradition();
    act_of(&mut draft, "handed-over").when = Some(all(&[is("custody", "held"), is("request", "refused")]));
    assert_eq!(dead(&draft, "no-dead-act"), ["act handed-over"]);
    assert_eq!(dead(&draft, "no-dead-stage"), ["request is surrendered"]);
}

#[test]
fn an_act_that_waits_for_what_it_excludes_is_dead() {
    let mut draft = extradition();
    draft.acts.push(extra("noted"));
    act_of(&mut draft, "noted").when = Some(all(&[recorded("heard"), not(recorded("heard"))]));
    assert_eq!(dead(&draft, "no-dead-act"), ["act noted"]);
}

#[test]
fn a_clock_that_nothing_starts_is_dead() {
    let mut draft = extradition();
    draft.acts.push(extra("noted"));
    act_of(&mut draft, "noted").when = Some(all(&[is("request", "refused"), is("request", "lodged")]));
    let mut clock = super::draft::clock("answer", "10 days", &["noted"]);
    clock.value.met_by = texts(&["heard"]);
    draft.clocks.push(clock);
    assert_eq!(dead(&draft, "no-dead-clock"), ["clock answer"]);
}

#[test]
fn a_clock_that_can_only_run_out_is_never_met() {
    let mut draft = extradition();
    // Only the refusal meets it, and nothing is refused once the clock runs.
    clock_of(&mut draft, "hand-over").met_by = texts(&["refused"]);
    assert_eq!(dead(&draft, "no-clock-that-is-never-met"), ["clock hand-over"]);
}

#[test]
fn grounds_are_told_apart_no_further_than_acts_tell_them() {
    let mut draft = extradition();
    for index in 0..10 {
        draft.grounds.push(ground(&format!("ground-{index}"), Force::Mandatory));
    }
    let considered = grounds(Quantity::Every, Some(Force::Mandatory), GroundStanding::Considered);
    let none = grounds(Quantity::No, Some(Force::Mandatory), GroundStanding::Applies);
    act_of(&mut draft, "granted").when = Some(all(&[recorded("heard"), considered, none]));
    let found = found(&draft);
    assert_eq!(found.configurations, 13);
    assert_eq!(property(&found, "no-dead-act").verdict, Verdict::Proved);
}

#[test]
fn a_fact_that_is_remembered_is_told_apart_as_far_as_anything_asks() {
    let mut draft = extradition();
    draft.facts.push(fact("person.plea", FactTypeDraft::OneOf(texts(&["guilty", "silent", "denied"]))));
    draft.conditions = vec![super::draft::condition("pleaded", is("person.plea", "guilty"))];
    let mut sentence = super::draft::clock("sentence", "10 days", &["pleaded"]);
    sentence.value.met_by = texts(&["denial-noted"]);
    draft.clocks.push(sentence);
    for (act, plea) in [("silence-noted", "silent"), ("denial-noted", "denied")] {
        draft.acts.push(extra(act));
        act_of(&mut draft, act).when = Some(is("person.plea", plea));
    }
    assert_eq!(verdict(&draft, "no-dead-act"), Verdict::Proved);
}

#[test]
fn what_is_beyond_the_bound_is_undecided_and_never_proved() {
    let found = verify(&checked(&extradition()), 5);
    assert!(!found.is_whole);
    assert_eq!(found.configurations, 5);
    assert_eq!(property(&found, OUTCOME).verdict, Verdict::Undecided(Why::Bound));
    assert_eq!(property(&found, "never-stuck").verdict, Verdict::Undecided(Why::Bound));
    assert_eq!(property(&found, "no-dead-stage").verdict, Verdict::Undecided(Why::Bound));
}

#[test]
fn a_rule_that_is_law_for_a_time_only_is_not_followed() {
    let mut draft = extradition();
    act_of(&mut draft, "heard").in_force = Some(comity_core::procedure::draft::ValidityDraft {
        from: Some(super::draft::at("2030-01-01".parse().unwrap())),
        until: None,
        law_of: comity_core::procedure::draft::LawDayDraft::ItsOwn,
        cite: super::draft::cites("act 5"),
        mark: comity_core::procedure::Mark(0),
    });
    assert_eq!(found(&draft).not_followed, ["act `heard` is law for a time only"]);
    assert_eq!(verdict(&draft, OUTCOME), Verdict::Undecided(Why::NotFollowed));
}

#[test]
fn a_longer_clock_does_not_run_out_before_a_shorter_that_began_with_it() {
    let mut draft = extradition();
    let mut shorter = super::draft::clock("shorter", "10 days", &["granted"]);
    shorter.value.on_expiry = super::draft::by_law(vec![moves("request", "granted -> lapsed, else stays")]);
    draft.clocks.push(shorter);
    draft.tracks[0].value.stages.push(outcome("too-late"));
    clock_of(&mut draft, "hand-over").on_expiry =
        super::draft::by_law(vec![moves("request", "granted -> too-late, else stays")]);
    assert_eq!(dead(&draft, "no-dead-stage"), ["request is too-late"]);
    // Begun by something else, it may have begun long before.
    clock_of(&mut draft, "hand-over").starts = super::draft::starting(&["granted", "heard"]);
    clock_of(&mut draft, "shorter").starts = super::draft::starting(&["granted"]);
    clock_of(&mut draft, "hand-over").if_started_again = comity_core::procedure::StartedAgain::RunsOn;
    assert_eq!(verdict(&draft, "no-dead-stage"), Verdict::Proved);
}

#[test]
fn a_limit_whose_end_nobody_can_name_is_nothing_to_wait_for() {
    let mut draft = extradition();
    draft.facts.push(fact("person.day", FactTypeDraft::Date));
    draft.acts.push(extra("day-named"));
    act_of(&mut draft, "day-named").records = texts(&["person.day"]);
    act_of(&mut draft, "day-named").when = Some(is("request", "lodged"));
    act_of(&mut draft, "heard").moves = vec![];
    act_of(&mut draft, "handed-over").when = Some(is("request", "lodged"));
    let of = clock_of(&mut draft, "hand-over");
    of.length = super::draft::named("day-named", "person.day");
    of.choices = comity_core::procedure::draft::ChoicesDraft::default();
    assert_eq!(refuted(&draft, "never-stuck"), ["arrested", "heard", "granted"]);
}

#[test]
fn an_expiry_that_never_moves_anything_has_no_effect() {
    let mut draft = extradition();
    clock_of(&mut draft, "hand-over").on_expiry =
        super::draft::by_law(vec![moves("request", "lodged -> lapsed, else stays")]);
    assert_eq!(dead(&draft, "no-expiry-without-its-effect"), ["clock hand-over"]);
}

#[test]
fn a_ground_that_no_rule_asks_for_is_dead() {
    let mut draft = extradition();
    draft.grounds.push(ground("political", Force::Mandatory));
    assert_eq!(dead(&draft, "no-dead-ground"), ["ground political"]);
    act_of(&mut draft, "refused").when =
        Some(grounds(Quantity::Any, Some(Force::Mandatory), GroundStanding::Applies));
    assert_eq!(verdict(&draft, "no-dead-ground"), Verdict::Proved);
}

#[test]
fn a_clock_that_ends_another_is_remembered() {
    // Restarted while it runs on, `second` ends nothing; started anew it ends `hand-over`, which then never runs out.
    let mut draft = extradition();
    let mut second = super::draft::clock("second", "400 days", &["heard"]);
    second.value.if_started_again = comity_core::procedure::StartedAgain::RunsOn;
    second.value.replaces = texts(&["hand-over"]);
    draft.clocks.push(second);
    act_of(&mut draft, "heard").when = None;
    assert_eq!(verdict(&draft, "no-dead-stage"), Verdict::Proved);
    assert!(found(&draft).configurations > found(&extradition()).configurations);
}

#[test]
fn a_waiting_period_is_remembered_so_that_nothing_goes_around_it() {
    let mut draft = extradition();
    let mut wait = super::draft::clock("wait", "15 days", &["granted"]);
    wait.value.purpose = comity_core::procedure::draft::PurposeDraft::Bars(texts(&["handed-over"]));
    wait.value.met_by = Vec::new();
    draft.clocks.push(wait);
    assert_eq!(verdict(&draft, "no-dead-stage"), Verdict::Proved);
    assert!(found(&draft).configurations > found(&extradition()).configurations);
    // A wait that is longer than the limit that it delays leaves nobody to be handed over.
    clock_of(&mut draft, "wait").length = super::draft::clock("other", "60 days", &["granted"]).value.length;
    clock_of(&mut draft, "hand-over").if_started_again = comity_core::procedure::StartedAgain::StartsAnew;
    clock_of(&mut draft, "wait").if_started_again = comity_core::procedure::StartedAgain::StartsAnew;
    assert_eq!(super::small::dead(&draft, "no-dead-stage"), ["request is surrendered"]);
}
