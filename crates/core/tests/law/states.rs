//! A side that is another State from case to case.

use comity_core::procedure::draft::{Draft, FactTypeDraft, PurposeDraft, StateDraft};
use comity_core::procedure::{FlawCode, Procedure, SideState};
use comity_core::value::Country;

use super::case::Case;
use super::draft::{fact, marked, text};
use super::flaws::check;
use super::sample::{checked, draft};

fn open_to_all() -> Draft {
    let mut draft = draft();
    draft.facts.push(fact("requesting.state", FactTypeDraft::Country));
    draft.sides[0].value.state = StateDraft::InFact(text("requesting.state"));
    draft.sides[0].value.zone = None;
    draft
}

fn requesting(case: &Case, at: &str) -> Option<Country> {
    case.view(at).states().find(|(side, _)| side.as_str() == "requesting").and_then(|(_, state)| state)
}

#[test]
fn the_state_is_the_one_that_the_fact_holds_by_then() {
    let mut case = Case::open(&checked(&open_to_all()), "2027-01-01");
    assert_eq!(requesting(&case, "2027-01-02 09:00"), None);
    let told = case.on("2027-01-02 10:00", "fact requesting.state = XN");
    assert_eq!(requesting(&case, "2027-01-02 09:00"), None);
    assert_eq!(requesting(&case, "2027-01-02 10:00"), "XN".parse().ok());
    case.annul("2027-01-03 10:00", told);
    assert_eq!(requesting(&case, "2027-01-03 11:00"), None);
    let requested = case.view("2027-01-01").states().map(|(_, state)| state).last();
    assert_eq!(requested.flatten(), "XC".parse().ok());
}

#[test]
fn what_its_authorities_do_is_dated_where_the_case_is_decided() {
    let procedure = Procedure::from_draft(&open_to_all()).unwrap();
    let (_, _, side) = procedure.sides().iter().next().unwrap();
    assert!(matches!(side.state, SideState::InFact(_)));
    assert_eq!((side.country(), side.zone.name()), (None, "Asia/Seoul"));
    assert_eq!(procedure.state_of(side), "in requesting.state");
}

#[test]
fn a_side_means_something_else_with_another_fact() {
    let meaning = |draft: &Draft| Procedure::from_draft(draft).unwrap().meaning();
    let mut other = open_to_all();
    other.facts.push(fact("sending.state", FactTypeDraft::Country));
    let before = meaning(&other);
    other.sides[0].value.state = StateDraft::InFact(text("sending.state"));
    assert_ne!(before, meaning(&other));
}

#[test]
fn what_cannot_be_said_of_such_a_side_is_a_flaw() {
    fn changed(change: impl FnOnce(&mut Draft)) -> impl FnOnce(&mut Draft) {
        |draft| {
            *draft = open_to_all();
            change(draft);
        }
    }
    check(
        changed(|draft| draft.sides[0].value.zone = Some(marked("Europe/Lisbon", 7))),
        FlawCode::Contradiction,
        "`requesting` is another State from case to case, and has one zone; leave `zone` out, or name the State",
    );
    check(
        changed(|draft| draft.sides[0].value.state = StateDraft::InFact(marked("arrest.place", 7))),
        FlawCode::WrongType,
        "`arrest.place` holds no State; give the fact `type: country`",
    );
    check(
        changed(|draft| draft.sides[0].value.state = StateDraft::InFact(marked("requesting.stat", 7))),
        FlawCode::UnknownName,
        "there is no fact `requesting.stat`; name a fact that the procedure declares",
    );
    check(
        changed(|draft| draft.clocks[0].value.zone = marked("requesting", 7)),
        FlawCode::Contradiction,
        "the days of `requesting` are those of another State from case to case; count in the days of the State that \
         decides",
    );
    check(
        changed(|draft| {
            draft.sides[0].value.state = StateDraft::The(text("XN"));
            draft.sides[0].name.mark.0 = 7;
        }),
        FlawCode::MissingChoice,
        "`requesting` does not say whose days count there; write `zone:`, such as Asia/Seoul",
    );
    check(
        changed(|draft| {
            draft.sides[1].value.state = StateDraft::InFact(text("requesting.state"));
            draft.sides[1].value.zone = None;
            draft.sides[1].name.mark.0 = 7;
            draft.sides[0].value.state = StateDraft::The(text("XN"));
            draft.sides[0].value.zone = Some(text("Europe/Lisbon"));
            for clock in &mut draft.clocks {
                clock.value.zone = text("requesting");
            }
        }),
        FlawCode::Contradiction,
        "`requested` decides, and no zone is known whose days count; name the State that decides",
    );
}

#[test]
fn a_limit_of_such_a_side_is_counted_at_home() {
    let mut draft = open_to_all();
    draft.clocks[0].value.purpose = PurposeDraft::Limits(text("requesting"));
    assert!(Procedure::from_draft(&draft).is_ok());
}
