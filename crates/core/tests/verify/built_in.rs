//! What every procedure must hold to, and the faults that break it.

use comity_core::entry::What;
use comity_core::name::Private;
use comity_core::procedure::draft::{AtomDraft, StopsDraft};
use comity_core::procedure::{
    DocumentForm, FlawCode, Force, GroundStanding, Procedure, Quantity, Translation,
};
use comity_core::value::Value;
use comity_core::verify::{Happens, Path, Played, Searched, Verdict, Why, play, verify};

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
fn each_way_of_an_act_is_tried_where_its_move_hangs_on_what_is_known() {
    let mut draft = extradition();
    for name in ["person.abroad", "person.told"] {
        draft.facts.push(fact(name, FactTypeDraft::YesNo));
    }
    draft.tracks[0].value.stages.push(outcome("gone"));
    // It is open only while something is not known, so no way of it is sure; and two ways lead to two places.
    let refused = act_of(&mut draft, "refused");
    refused.when = Some(super::draft::atom(AtomDraft::Unknown(super::draft::text("person.told"))));
    let moves = &mut refused.moves[0].moves;
    moves[0].when = Some(is("person.abroad", "no"));
    moves.push(super::draft::one_move("lodged -> gone", Some(is("person.abroad", "yes"))));
    assert_eq!(verdict(&draft, "no-dead-stage"), Verdict::Proved);
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

/// Acts by which both sides grant the request without the court.
fn around_the_court(draft: &mut comity_core::procedure::Draft, sides: &[&str]) {
    for by in sides {
        let mut granted = super::draft::act(&format!("granted-by-{}", by.replace('/', "-")), by);
        granted.value.moves = vec![moves("request", "lodged -> granted")];
        draft.acts.push(granted);
    }
}

const GATE: &str = "no-gate-skipped-from-both-sides";

#[test]
fn one_side_may_have_a_way_around_a_gate_and_not_both() {
    let mut draft = extradition();
    around_the_court(&mut draft, &["requested/police", "requested/central"]);
    assert_eq!(verdict(&draft, GATE), Verdict::Proved);
    around_the_court(&mut draft, &["requesting/central"]);
    assert_eq!(refuted(&draft, GATE), ["granted-by-requesting-central"]);
    assert_eq!(dead(&draft, GATE), ["act granted, for request from lodged to granted"]);
    // What asks for something itself is another gate and no way around this one.
    act_of(&mut draft, "granted-by-requesting-central").when = Some(is("custody", "held"));
    assert_eq!(verdict(&draft, GATE), Verdict::Proved);
}

#[test]
fn a_gate_that_is_never_closed_where_others_go_by_is_not_skipped() {
    let mut draft = extradition();
    around_the_court(&mut draft, &["requested/police", "requesting/central"]);
    act_of(&mut draft, "granted").when = Some(is("request", "lodged"));
    assert_eq!(verdict(&draft, GATE), Verdict::Proved);
}

#[test]
fn of_a_refusal_with_which_no_duty_arises_it_is_told_that_none_does() {
    let told = property(&found(&extradition()), "every-refusal-is-notified");
    assert_eq!((told.verdict, told.is_vacuous), (Verdict::Proved, true));
    assert_eq!(told.about, ["request is refused"]);
    let mut draft = extradition();
    draft.tracks[0].value.stages[3].value.outcome = Some("dismissed".to_owned());
    assert!(!property(&found(&draft), "every-refusal-is-notified").is_vacuous);
}

#[test]
fn a_document_that_is_needed_on_some_path_is_not_dead() {
    let mut draft = extradition();
    draft.documents = vec![
        super::draft::document("always", DocumentForm::NotStated, Translation::NotNeeded),
        super::draft::document("late", DocumentForm::NotStated, Translation::NotNeeded),
    ];
    // Nothing else asks for what the second depends on, and it must be remembered all the same.
    draft.documents[1].value.when =
        Some(all(&[recorded("handed-over"), is("person.consents", "no"), not(ran_out("hand-over"))]));
    assert_eq!(verdict(&draft, "no-dead-document"), Verdict::Proved);
    draft.documents[1].value.when = Some(all(&[recorded("handed-over"), is("request", "granted")]));
    assert_eq!(dead(&draft, "no-dead-document"), ["document late"]);
}

#[test]
fn a_file_is_refused_in_which_it_does_not_hold_what_is_checked_when_it_is_read() {
    let read = found(&extradition());
    let read: Vec<&str> = read
        .properties
        .iter()
        .filter(|one| one.is_checked_when_read())
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(read, ["outcomes-are-final", "automatic-moves-end", "moves-exclude-each-other"]);
    let refused = |seed: &dyn Fn(&mut comity_core::procedure::Draft)| {
        let mut draft = extradition();
        seed(&mut draft);
        Procedure::from_draft(&draft).unwrap_err().into_iter().map(|flaw| flaw.code).collect::<Vec<_>>()
    };
    let left = refused(&|draft| {
        act_of(draft, "heard").moves = vec![moves("request", "refused -> lodged")];
    });
    assert_eq!(left, [FlawCode::OutcomeLeft]);
    let turns = refused(&|draft| {
        draft.conditions = vec![super::draft::condition("late", ran_out("hand-over"))];
        clock_of(draft, "hand-over").starts = super::draft::starting(&["granted", "late"]);
    });
    assert_eq!(turns, [FlawCode::Circle]);
    let overlap = refused(&|draft| {
        let moves = &mut act_of(draft, "granted").moves[0].moves;
        moves.push(super::draft::one_move("lodged -> lapsed", None));
    });
    assert_eq!(overlap, [FlawCode::MovesOverlap]);
}

/// Where a limit has turned once in a step, it turns again only in the next: whatever is recorded then, and be it nothing
/// that any rule asks for.
#[test]
fn what_waits_for_the_next_step_follows_whatever_is_recorded() {
    let mut draft = extradition();
    draft.facts.push(fact("remark", FactTypeDraft::Text));
    let mut second = super::draft::clock("second", "10 days", &["granted"]);
    second.value.stops = stops(is("custody", "held"));
    second.value.on_expiry = super::draft::by_law(vec![moves("request", "granted -> lapsed, else stays")]);
    // The first stands still while the second runs and the person is held: it turns, the second does, and the first must
    // turn back.
    clock_of(&mut draft, "hand-over").stops = stops(all(&[
        is("custody", "held"),
        super::draft::clock_is("second", comity_core::procedure::ClockStanding::Running),
    ]));
    draft.clocks.push(second);
    let procedure = checked(&draft);
    let searched = Searched::all_of(&procedure, super::small::BOUND);
    let deed = |what: &str| Happens::Deed(what_of(what));
    let steps = ["heard", "granted", "arrested"].map(deed).to_vec();
    let remark = What::Fact { fact: "remark".parse().unwrap(), value: Value::Text(Private::new("words")) };
    let with_remark = Path { steps: [steps.clone(), vec![Happens::Deed(remark)]].concat() };
    let [before, after] = [Path { steps }, with_remark].map(|path| play(&procedure, &path).unwrap());
    let standing = |played: &Played| {
        let view = comity_core::fold(&procedure, &played.entries, comity_core::Asked::at(played.at));
        view.clock("hand-over").unwrap().standing
    };
    assert_eq!(standing(&before), comity_core::procedure::ClockStanding::Stopped);
    assert_eq!(standing(&after), comity_core::procedure::ClockStanding::Running);
    assert!(searched.knows(&before.entries, before.at));
    assert!(searched.knows(&after.entries, after.at));
}

fn what_of(act: &str) -> What {
    let by = if act == "arrested" { "requested/police" } else { "requested/court" };
    What::Act { act: act.parse().unwrap(), by: by.parse().unwrap(), facts: Vec::new() }
}

fn stops(when: comity_core::procedure::draft::GuardDraft) -> StopsDraft {
    let days = Some(super::draft::at(comity_core::time::StoppedDays::FullDays));
    StopsDraft::While { when, days, cite: Vec::new(), mark: comity_core::procedure::Mark(0) }
}
