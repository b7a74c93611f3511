//! What depends on itself is refused when the procedure is read, so that a fold always ends.

use std::sync::mpsc::channel;
use std::time::Duration;

use comity_core::procedure::draft::{FactTypeDraft, Row};
use comity_core::procedure::{ClockStanding, Draft, FlawCode, Procedure, StartedAgain};
use comity_core::time::Moment;

use super::case::Case;
use super::draft::{
    act, all, by_law, clock, clock_is, condition, document_is_complete, documents, fact, holds, is, marked,
    moves, not, text, texts, track, two_states,
};
use super::sample::checked;

/// Runs `work` on a thread of its own: what does not end within ten seconds never does.
fn ends<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (told, done) = channel();
    std::thread::spawn(move || told.send(work()));
    done.recv_timeout(Duration::from_secs(10)).expect("it ends")
}

/// Two stages and the act that moves between them.
fn draft() -> Draft {
    let mut draft = two_states("xn-xc/circle");
    draft.facts = vec![fact("urgent", FactTypeDraft::YesNo)];
    draft.tracks = vec![track("custody", &["free", "held"])];
    let mut held = act("held", "requested/police");
    held.value.moves = vec![moves("custody", "free -> held")];
    let mut freed = act("freed", "requested/police");
    freed.value.moves = vec![moves("custody", "held -> free")];
    draft.acts = vec![held, freed];
    draft
}

fn paper(name: &str) -> Row<comity_core::procedure::draft::DocumentDraft> {
    use comity_core::procedure::{DocumentForm, Translation};
    super::draft::document(name, DocumentForm::NotStated, Translation::NotStated)
}

#[track_caller]
fn check(draft: Draft, flaw: Option<&str>) {
    let flaws = ends(move || Procedure::from_draft(&draft).err().unwrap_or_default());
    let circles: Vec<&str> = flaws.iter().map(|flaw| flaw.message.as_str()).collect();
    assert_eq!(circles, Vec::from_iter(flaw));
    assert!(flaws.iter().all(|flaw| flaw.code == FlawCode::Circle && flaw.mark.0 == 7), "{flaws:?}");
}

fn marked_row<T>(mut row: Row<T>) -> Row<T> {
    row.name = marked(&row.name.value, 7);
    row
}

#[test]
fn a_condition_that_names_itself_is_a_circle() {
    let mut draft = draft();
    draft.conditions = vec![marked_row(condition("so", holds("so")))];
    check(draft, Some("the condition `so` depends on itself"));
}

#[test]
fn a_condition_that_depends_on_itself_through_another_is_a_circle() {
    let mut draft = draft();
    draft.conditions =
        vec![marked_row(condition("so", holds("then"))), marked_row(condition("then", not(holds("so"))))];
    check(draft, Some("the condition `so` depends on itself"));
}

#[test]
fn a_condition_that_depends_on_itself_through_a_document_is_a_circle() {
    let mut draft = draft();
    draft.conditions = vec![marked_row(condition("so", documents("request")))];
    let mut letter = paper("letter");
    letter.value.when = Some(all(&[is("urgent", "yes"), holds("so")]));
    draft.documents = vec![letter];
    check(draft, Some("the condition `so` depends on itself"));
}

#[test]
fn a_document_that_is_needed_when_it_is_complete_is_a_circle() {
    let mut draft = draft();
    let mut letter = marked_row(paper("letter"));
    letter.value.when = Some(not(document_is_complete("letter")));
    draft.documents = vec![letter];
    check(draft, Some("whether the document `letter` is needed depends on itself"));
}

#[test]
fn a_document_may_be_needed_when_another_is_complete() {
    let mut draft = draft();
    let mut letter = paper("letter");
    letter.value.when = Some(document_is_complete("envelope"));
    draft.documents = vec![letter, paper("envelope")];
    check(draft, None);
}

/// A clock whose running out lets the condition that starts it come to hold anew.
fn starts_itself(again: StartedAgain) -> Draft {
    let mut draft = draft();
    let mut back = condition("back", is("custody", "free"));
    back.value.moves = vec![moves("custody", "free -> held")];
    draft.conditions = vec![condition("is-held", is("custody", "held")), back];
    let mut hour = marked_row(clock("hour", "1 hour", &["is-held"]));
    hour.value.if_started_again = again;
    hour.value.on_expiry = by_law(vec![moves("custody", "held -> free")]);
    draft.clocks = vec![hour];
    draft
}

#[test]
fn a_clock_that_starts_itself_without_an_act_is_a_circle() {
    let says = "the clock `hour` starts itself anew when it runs out, without any act in between";
    check(starts_itself(StartedAgain::StartsAnew), Some(says));
}

#[test]
fn a_clock_that_runs_on_cannot_start_itself() {
    check(starts_itself(StartedAgain::RunsOn), None);
    let procedure = checked(&starts_itself(StartedAgain::RunsOn));
    ends(move || {
        let case = Case::open(&procedure, "2027-01-01 10:00");
        assert_eq!(case.view_at(Moment::MAX).clock("hour").unwrap().cycles.len(), 1);
    });
}

#[test]
fn two_clocks_that_start_each_other_are_a_circle() {
    let mut draft = draft();
    draft.conditions =
        vec![condition("is-held", is("custody", "held")), condition("is-free", is("custody", "free"))];
    let mut tick = marked_row(clock("tick", "1 hour", &["is-held"]));
    tick.value.on_expiry = by_law(vec![moves("custody", "held -> free")]);
    let mut answer = marked_row(clock("tock", "1 hour", &["is-free"]));
    answer.value.on_expiry = by_law(vec![moves("custody", "free -> held")]);
    draft.clocks = vec![tick, answer];
    check(draft, Some("the clock `tick` starts itself anew when it runs out, without any act in between"));
}

#[test]
fn a_clock_that_waits_for_its_own_running_out_is_a_circle() {
    let mut draft = draft();
    let standing = |stands| clock_is("hour", stands);
    draft.conditions = vec![condition("over", standing(ClockStanding::RanOut))];
    draft.clocks = vec![marked_row(clock("hour", "1 hour", &["held", "over"]))];
    check(draft, Some("the clock `hour` starts itself anew when it runs out, without any act in between"));
}

#[test]
fn a_clock_that_frees_whom_it_binds_is_no_circle() {
    let mut draft = draft();
    draft.conditions = vec![condition("is-held", is("custody", "held"))];
    let mut limit = clock("limit", "45 days", &["is-held"]);
    limit.value.on_expiry = by_law(vec![moves("custody", "held -> free")]);
    draft.clocks = vec![limit];
    check(draft, None);
}

#[test]
fn clocks_may_follow_one_another() {
    let mut draft = draft();
    let over = |clock: &str| clock_is(clock, ClockStanding::RanOut);
    draft.conditions = vec![condition("first-over", over("first")), condition("second-over", over("second"))];
    draft.clocks = vec![
        clock("first", "60 days", &["held"]),
        clock("second", "30 days", &["first-over"]),
        clock("third", "1 hour", &["second-over"]),
    ];
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    case.on("2027-01-10 10:00", "held");
    case.check("2027-03-11 23:59", &[("first", "ends 2027-03-11"), ("second", "not started")]);
    // The second runs from the instant at which the first ran out, which lies on 12 March.
    case.check(
        "2027-03-12 00:00",
        &[("first", "ran out"), ("second", "ends 2027-04-11"), ("third", "not started")],
    );
    case.check("2027-04-12 00:00", &[("second", "ran out"), ("third", "ends 2027-04-12 01:00")]);
    case.check("2027-04-12 01:00", &[("third", "ran out")]);
}

#[test]
fn conditions_that_move_each_other_act_once_in_a_step() {
    let mut draft = draft();
    let to_and_fro = |name: &str, at: &str, written: &str| {
        let mut row = condition(name, is("custody", at));
        row.value.moves = vec![moves("custody", written)];
        row
    };
    draft.conditions =
        vec![to_and_fro("to", "free", "free -> held"), to_and_fro("fro", "held", "held -> free")];
    let procedure = checked(&draft);
    ends(move || {
        Case::open(&procedure, "2027-01-01").check("2027-01-02", &[("custody", "free"), ("to", "holds")]);
    });
}

#[test]
fn guards_nested_too_deep_are_refused_and_do_not_overflow() {
    let mut draft = draft();
    let deep = (0..2_000).fold(is("custody", "free"), |inner, _| not(inner));
    draft.conditions = vec![marked_row(condition("deep", deep))];
    let flaws = Procedure::from_draft(&draft).unwrap_err();
    assert_eq!((flaws[0].code, flaws[0].mark.0), (FlawCode::TooMany, 0));
    assert_eq!(
        flaws[0].to_string(),
        "a condition is nested more than 64 deep; give parts of it names under `conditions:`"
    );
}

#[test]
fn conditions_that_rest_on_too_many_others_are_refused() {
    let mut draft = draft();
    let name = |index: usize| format!("c{index}");
    draft.conditions = vec![condition("c0", is("custody", "free"))];
    draft.conditions.extend((1..200).map(|index| condition(&name(index), holds(&name(index - 1)))));
    let flaws = Procedure::from_draft(&draft).unwrap_err();
    assert!(flaws.len() == 1 && flaws[0].code == FlawCode::TooMany, "{flaws:?}");
    assert_eq!(flaws[0].message, "the condition `c17` rests on more than 16 others, one behind the other");
}

#[test]
fn a_clock_that_an_authority_must_name_anew_cannot_run_out_by_itself() {
    let mut draft = starts_itself(StartedAgain::StartsAnew);
    draft.facts.push(fact("until", FactTypeDraft::Date));
    let mut name = act("named", "requested/court");
    name.value.records = texts(&["until"]);
    draft.acts.push(name);
    draft.clocks[0].value.length = super::draft::named("named", "until");
    draft.clocks[0].value.choices = comity_core::procedure::draft::ChoicesDraft::default();
    draft.clocks[0].value.zone = text("requested");
    check(draft, None);
}
