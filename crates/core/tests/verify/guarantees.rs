//! Safeguards of an author.

use comity_core::procedure::draft::{GuardDraft, SafeguardDraft};
use comity_core::procedure::{Draft, FlawCode, Procedure};
use comity_core::verify::{Path, Verdict};

use super::draft::{all, condition, is, recorded, row, text};
use super::small::{act_of, clock_of, extradition, judged, nothing, path_of};

fn never(when: GuardDraft, unless: Option<GuardDraft>) -> SafeguardDraft {
    SafeguardDraft { never: Some(when), unless, ..nothing() }
}

fn before(act: &str, requires: &str) -> SafeguardDraft {
    SafeguardDraft { before: Some(text(act)), requires: Some(text(requires)), ..nothing() }
}

fn refuted(draft: &Draft, safeguard: SafeguardDraft) -> Vec<String> {
    path_of(&judged(draft, safeguard)).words()
}

#[test]
fn nobody_is_surrendered_who_was_not_held() {
    let held = || Some(is("custody", "held"));
    let draft = extradition();
    assert_eq!(judged(&draft, never(is("request", "surrendered"), held())), Verdict::Proved);
    assert_eq!(refuted(&draft, never(is("request", "granted"), held())), ["heard", "granted"]);
}

#[test]
fn a_skipped_court_is_shown_with_the_way_around_it() {
    let mut draft = extradition();
    assert_eq!(judged(&draft, before("handed-over", "heard")), Verdict::Proved);
    act_of(&mut draft, "granted").when = None;
    assert_eq!(
        refuted(&draft, before("handed-over", "heard")),
        ["arrested", "granted", "person.consents is yes", "handed-over"]
    );
}

#[test]
fn a_condition_that_held_once_is_remembered() {
    let mut draft = extradition();
    draft.conditions = vec![condition("pending", all(&[recorded("heard"), is("request", "lodged")]))];
    draft.acts.push(super::small::extra("noted"));
    act_of(&mut draft, "noted").when = Some(super::draft::holds("pending"));
    assert_eq!(judged(&draft, before("handed-over", "pending")), Verdict::Proved);
    assert_eq!(refuted(&draft, before("refused", "pending")), ["refused"]);
}

#[test]
fn what_must_be_possible_is_shown_by_a_path_or_missed_on_all() {
    let lapsed = || SafeguardDraft { possible: Some(is("request", "lapsed")), ..nothing() };
    let mut draft = extradition();
    assert_eq!(judged(&draft, lapsed()), Verdict::Proved);
    clock_of(&mut draft, "hand-over").off_when = Some(is("request", "granted"));
    assert_eq!(judged(&draft, lapsed()), Verdict::Refuted(Path::default()));
}

#[test]
fn an_act_without_a_move_can_be_done_twice() {
    let once = |act| SafeguardDraft { at_most_once: Some(text(act)), ..nothing() };
    let draft = extradition();
    assert_eq!(judged(&draft, once("granted")), Verdict::Proved);
    assert_eq!(refuted(&draft, once("heard")), ["heard", "heard"]);
}

#[test]
fn a_fact_that_a_safeguard_asks_for_is_remembered() {
    // Consent may be taken back once the person is handed over; it is a fact like any other.
    let taken_back = all(&[is("request", "surrendered"), is("person.consents", "no")]);
    assert_eq!(
        refuted(&extradition(), never(taken_back, None)),
        ["arrested", "heard", "granted", "person.consents is yes", "handed-over", "person.consents is no"]
    );
}

#[test]
fn what_must_follow_an_act_has_a_limit_that_runs_until_it_does() {
    let followed = |by: &str| SafeguardDraft {
        always_after: Some(text("granted")),
        requires: Some(text(by)),
        within: Some(text("hand-over")),
        ..nothing()
    };
    let mut draft = extradition();
    assert_eq!(judged(&draft, followed("handed-over")), Verdict::Proved);
    // Something else ends the limit, and nobody waits for the hand-over any more.
    draft.acts.push(super::small::extra("postponed"));
    act_of(&mut draft, "postponed").when = Some(is("request", "granted"));
    clock_of(&mut draft, "hand-over").met_by.push(text("postponed"));
    assert_eq!(refuted(&draft, followed("handed-over")), ["heard", "granted", "postponed"]);
    let mut draft = extradition();
    clock_of(&mut draft, "hand-over").starts = super::draft::starting(&["arrested"]);
    assert_eq!(refuted(&draft, followed("handed-over")), ["heard", "granted"]);
}

#[test]
fn where_a_track_stands_something_holds() {
    let surrendered = |holds: GuardDraft| SafeguardDraft {
        holds_in: Some(is("request", "surrendered")),
        holds: Some(holds),
        ..nothing()
    };
    let draft = extradition();
    assert_eq!(judged(&draft, surrendered(is("custody", "held"))), Verdict::Proved);
    assert_eq!(
        refuted(&draft, surrendered(is("person.consents", "no"))),
        ["arrested", "heard", "granted", "person.consents is yes", "handed-over"]
    );
}

#[test]
fn what_never_holds_together_is_shown_where_two_do() {
    let apart = |parts: &[GuardDraft]| SafeguardDraft { never_together: parts.to_vec(), ..nothing() };
    let draft = extradition();
    let (refused, granted) = (is("request", "refused"), is("request", "granted"));
    assert_eq!(judged(&draft, apart(&[refused.clone(), granted.clone()])), Verdict::Proved);
    let held = is("custody", "held");
    assert_eq!(refuted(&draft, apart(&[granted, held.clone(), refused])), ["arrested", "refused"]);
    let code = |parts: &[GuardDraft]| {
        let mut draft = extradition();
        draft.safeguards = vec![row("guaranteed", apart(parts))];
        Procedure::from_draft(&draft).unwrap_err()[0].code
    };
    assert_eq!(code(&[held]), FlawCode::Contradiction);
}

#[test]
fn who_alone_may_do_an_act_is_shown_by_another_who_does() {
    let only = |by: &str| SafeguardDraft { act: Some(text("heard")), only_by: vec![text(by)], ..nothing() };
    let mut draft = extradition();
    assert_eq!(judged(&draft, only("requested/court")), Verdict::Proved);
    act_of(&mut draft, "heard").by.push(text("requested/police"));
    assert_eq!(refuted(&draft, only("requested/court")), ["heard"]);
}

#[test]
fn a_safeguard_kept_for_want_of_anything_to_keep_it_is_said_to_be() {
    let is_vacuous = |draft: &Draft, safeguard: SafeguardDraft| {
        let mut draft = draft.clone();
        draft.safeguards = vec![row("guaranteed", safeguard)];
        let property = super::small::property(&super::small::found(&draft), "guaranteed");
        assert_eq!(property.verdict, Verdict::Proved);
        property.is_vacuous
    };
    let mut draft = extradition();
    assert!(!is_vacuous(&draft, before("handed-over", "heard")));
    assert!(!is_vacuous(&draft, never(is("request", "surrendered"), Some(is("custody", "held")))));
    act_of(&mut draft, "handed-over").when = Some(all(&[is("custody", "held"), is("request", "refused")]));
    assert!(is_vacuous(&draft, before("handed-over", "heard")));
    assert!(is_vacuous(&draft, never(is("request", "surrendered"), Some(is("custody", "held")))));
    assert!(!is_vacuous(&draft, never(is("request", "surrendered"), None)));
}

#[test]
fn a_safeguard_says_one_thing() {
    let code = |safeguard: SafeguardDraft| {
        let mut draft = extradition();
        draft.safeguards = vec![row("guaranteed", safeguard)];
        let flaws = Procedure::from_draft(&draft).unwrap_err();
        assert_eq!(flaws.len(), 1, "{flaws:?}");
        flaws[0].code
    };
    let lodged = || Some(is("request", "lodged"));
    assert_eq!(code(nothing()), FlawCode::MissingChoice);
    assert_eq!(
        code(SafeguardDraft { never: lodged(), possible: lodged(), ..nothing() }),
        FlawCode::MissingChoice
    );
    assert_eq!(
        code(SafeguardDraft { possible: lodged(), unless: lodged(), ..nothing() }),
        FlawCode::Contradiction
    );
    assert_eq!(code(SafeguardDraft { before: Some(text("heard")), ..nothing() }), FlawCode::Contradiction);
    assert_eq!(code(before("heard", "nobody-knows")), FlawCode::UnknownName);
    assert_eq!(
        code(SafeguardDraft { cite: Vec::new(), ..never(is("request", "lodged"), None) }),
        FlawCode::NoCitation
    );
}

#[test]
fn a_safeguard_is_no_part_of_what_a_procedure_means() {
    let meaning = |draft: &Draft| Procedure::from_draft(draft).unwrap().meaning();
    let mut guarded = extradition();
    guarded.safeguards = vec![row("guaranteed", before("handed-over", "heard"))];
    assert_eq!(meaning(&guarded), meaning(&extradition()));
}
