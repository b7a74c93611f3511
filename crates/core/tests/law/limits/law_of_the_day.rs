//! Law that changes under a running case.

use comity_core::RejectionCode;
use comity_core::procedure::Mark;
use comity_core::procedure::draft::{LawDayDraft, LengthChangeDraft, RenamedDraft, ValidityDraft};

use super::super::case::code;
use super::super::draft::{at, cites, document, documents, ground, starting, text};
use super::fixture::{case, flaw, limit, open, with};

fn in_force(from: Option<&str>, until: Option<&str>, law_of: LawDayDraft) -> ValidityDraft {
    let day = |text: &str| at(text.parse().unwrap());
    ValidityDraft { from: from.map(day), until: until.map(day), law_of, cite: cites("act 5"), mark: Mark(0) }
}

/// Six weeks, and four from 1 March 2027 on.
fn shortened(law_of: LawDayDraft) -> super::fixture::Limit {
    let mut limit = limit("6 weeks");
    limit.value.changes = vec![LengthChangeDraft {
        from: at("2027-03-01".parse().unwrap()),
        length: at("4 weeks".parse().unwrap()),
        cite: cites("act 12"),
    }];
    limit.value.law_of = Some(law_of);
    limit
}

#[test]
fn a_limit_has_the_length_of_the_day_on_which_it_starts() {
    let mut before = case(vec![shortened(LawDayDraft::ItsOwn)]);
    before.on("2027-02-28 10:00", "held");
    before.check("2027-02-28 10:00", &[("limit", "ends 2027-04-11")]);
    let mut after = case(vec![shortened(LawDayDraft::ItsOwn)]);
    after.on("2027-03-01 10:00", "held");
    after.check("2027-03-01 10:00", &[("limit", "ends 2027-03-29")]);
}

#[test]
fn a_transitional_rule_may_keep_the_old_law_for_cases_opened_before() {
    let mut case = case(vec![shortened(LawDayDraft::Opening)]);
    case.on("2027-05-01 10:00", "held");
    case.check("2027-05-01 10:00", &[("limit", "ends 2027-06-12")]);
}

#[test]
fn a_transitional_rule_may_look_at_the_day_of_an_act() {
    let mut case = case(vec![shortened(LawDayDraft::Act(text("noticed")))]);
    case.on("2027-02-10 10:00", "noticed");
    case.on("2027-05-01 10:00", "held");
    case.check("2027-05-01 10:00", &[("limit", "ends 2027-06-12")]);
}

#[test]
fn an_act_that_is_not_law_yet_is_not_done() {
    let mut draft = with(vec![]);
    let noticed = draft.acts.iter_mut().find(|act| act.name.value == "noticed").unwrap();
    noticed.value.in_force = Some(in_force(Some("2027-03-01"), None, LawDayDraft::ItsOwn));
    let mut case = open(&draft);
    case.check("2027-02-28", &[("noticed", "closed")]);
    code(
        &case.refused("2027-02-28 10:00", "noticed"),
        RejectionCode::NotInForce,
        "the act `noticed` is law from 2027-03-01, and the day that counts is 2027-02-28 (act 5)",
    );
    case.on("2027-03-01 10:00", "noticed");
}

#[test]
fn an_office_that_was_replaced_acts_no_more_and_its_name_follows_the_day() {
    let mut draft = with(vec![]);
    let court = draft.authorities.iter_mut().find(|row| row.name.value == "requested/court").unwrap();
    court.value.in_force = Some(in_force(None, Some("2027-03-01"), LawDayDraft::ItsOwn));
    court.value.renamed = vec![RenamedDraft {
        from: at("2027-02-01".parse().unwrap()),
        title: "Court of Extradition".to_owned(),
    }];
    let mut case = open(&draft);
    let authority = case.procedure.authorities().find("requested/court").unwrap();
    let court = case.procedure.authorities().get(authority).unwrap().clone();
    assert_eq!(court.title_on("2027-01-31".parse().unwrap()), "High Court of Calderia");
    assert_eq!(court.title_on("2027-02-01".parse().unwrap()), "Court of Extradition");
    case.on("2027-03-01 10:00", "reviewed");
    code(
        &case.refused("2027-03-02 10:00", "reviewed"),
        RejectionCode::NotInForce,
        "the authority `requested/court` is law until 2027-03-01, and the day that counts is 2027-03-02 (act 5)",
    );
}

#[test]
fn a_limit_that_is_not_law_does_not_start() {
    let mut old = limit("10 days");
    old.value.in_force = Some(in_force(None, Some("2027-03-01"), LawDayDraft::ItsOwn));
    old.value.starts = starting(&["noticed"]);
    let mut case = case(vec![old]);
    case.on("2027-03-02 10:00", "noticed");
    case.check("2027-03-02 10:00", &[("limit", "not started")]);
    case.late("2027-03-02 11:00", "2027-03-01 10:00", "noticed");
    case.check("2027-03-02 11:00", &[("limit", "ends 2027-03-11")]);
}

#[test]
fn a_checklist_asks_for_what_is_law_on_the_day_that_counts() {
    let form = comity_core::procedure::DocumentForm::NotStated;
    let mut new = document("oath", form, comity_core::procedure::Translation::NotStated);
    new.value.in_force = Some(in_force(Some("2027-03-01"), None, LawDayDraft::Act(text("noticed"))));
    let mut draft = with(vec![]);
    draft.documents = vec![new];
    draft.conditions = vec![super::super::draft::condition("complete", documents("request"))];
    let mut early = open(&draft);
    early.on("2027-02-01 10:00", "noticed");
    early.check("2027-04-01", &[("missing", "nothing"), ("complete", "holds")]);
    let mut late = open(&draft);
    late.on("2027-03-05 10:00", "noticed");
    late.check("2027-04-01", &[("missing", "oath"), ("complete", "does not hold")]);
}

#[test]
fn a_ground_that_is_no_ground_yet_is_not_considered() {
    let mut new = ground("political-offence", comity_core::procedure::Force::Mandatory);
    new.value.in_force = Some(in_force(Some("2027-03-01"), None, LawDayDraft::Opening));
    let mut draft = with(vec![]);
    draft.grounds = vec![new];
    let case = open(&draft);
    assert_eq!(
        case.refused("2027-04-01 10:00", "ground political-offence applies").to_string(),
        "the ground `political-offence` is law from 2027-03-01, and the day that counts is 2027-01-01 (act 5)"
    );
}

#[test]
fn whose_day_decides_is_never_left_open() {
    let mut open_choice = shortened(LawDayDraft::ItsOwn);
    open_choice.value.law_of = None;
    assert_eq!(
        flaw(vec![open_choice]),
        "the clock `limit` does not say whose day says which length applies (treaty 9(1)); this is a legal choice: write `law-of: the-day`, `law-of: the-opening` or `law-of:` with an act"
    );
    let mut backwards = shortened(LawDayDraft::ItsOwn);
    let first = backwards.value.changes[0].clone();
    backwards.value.changes.push(first);
    assert_eq!(
        flaw(vec![backwards]),
        "2027-03-01 does not come after 2027-03-01; write the changes in the order of their first days"
    );
    let mut never = limit("10 days");
    never.value.in_force = Some(in_force(Some("2027-03-01"), Some("2027-02-01"), LawDayDraft::ItsOwn));
    assert_eq!(flaw(vec![never]), "2027-02-01 lies before 2027-03-01; write the first day and the last");
}
