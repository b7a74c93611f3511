//! What a procedure leaves to two persons.

use comity_core::entry::{Body, Proposal, awaiting, standing};
use comity_core::id::EntryNumber;
use comity_core::name::Private;
use comity_core::{Asked, Rejection, RejectionCode, Stamp, admit_by_two, admit_together, fold};

use super::case::{Case, annulment, code, moment, number};
use super::sample::{checked, draft};

/// The sample case, with an arrest that takes two.
fn case() -> Case {
    let mut draft = draft();
    let row = draft.acts.iter_mut().find(|row| row.name.value == "arrested").unwrap();
    row.value.four_eyes = Some(comity_core::procedure::FourEyes::Required);
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    case.on("2027-01-01", "fact person.minor = no");
    case.on("2027-01-01", "fact person.status = accused");
    case.on("2027-01-01", "learned immunity = none");
    case
}

fn arrest(case: &Case, text: &str) -> Body {
    Body::Deed(case.deed(text, "arrested (arrest.place: Ulsan)"))
}

fn proposed(body: Body) -> Body {
    Body::Proposed(Proposal::of(body).unwrap())
}

fn confirmed(entry: EntryNumber) -> Body {
    Body::Confirmed { entry }
}

fn by(
    case: &Case,
    who: &str,
    at: &str,
    bodies: Vec<Body>,
) -> Result<Vec<comity_core::entry::Entry>, Rejection> {
    let stamp = Stamp { at: moment(at), by: Private::new(who) };
    admit_together(&case.procedure, &case.entries, bodies, &stamp)
}

fn records(case: &mut Case, who: &str, at: &str, body: Body) -> EntryNumber {
    let added = by(case, who, at, vec![body]).unwrap();
    case.entries.extend(added);
    case.last()
}

fn refused(case: &Case, who: &str, at: &str, body: Body) -> Rejection {
    by(case, who, at, vec![body]).unwrap_err()
}

/// A case in which `one` proposed the arrest and `two` confirmed it.
fn arrested() -> (Case, EntryNumber, EntryNumber) {
    let mut case = case();
    let body = proposed(arrest(&case, "2027-03-02 10:00"));
    let proposal = records(&mut case, "one", "2027-03-02 12:00", body);
    let confirmation = records(&mut case, "two", "2027-03-03 09:00", confirmed(proposal));
    (case, proposal, confirmation)
}

#[test]
fn one_person_cannot_record_it() {
    let case = case();
    let rejection = refused(&case, "one", "2027-03-02 12:00", arrest(&case, "2027-03-02 10:00"));
    let says = "`arrested` takes two persons: propose it, and another confirms it (treaty 1)";
    code(&rejection, RejectionCode::TakesTwo, says);
    assert!(rejection.basis().is_some());
}

#[test]
fn a_proposal_has_no_effect_until_another_confirms_it() {
    let (case, proposal, confirmation) = arrested();
    // It took effect when it did, and was known only once it was confirmed.
    let custody = |at: &str, known: &str| {
        let view = fold(&case.procedure, &case.entries, Asked { at: moment(at), known_at: moment(known) });
        view.track("custody").unwrap().stage_name.to_string()
    };
    assert_eq!(custody("2027-03-02 10:00", "2027-03-02 12:00"), "free");
    assert_eq!(custody("2027-03-02 10:00", "2027-03-03 09:00"), "held-provisionally");
    assert_eq!(custody("2027-03-02 09:59", "2027-03-03 09:00"), "free");
    let stands = standing(&case.entries);
    assert!(stands.iter().any(|(entry, _)| entry.number == confirmation));
    assert!(!stands.iter().any(|(entry, _)| entry.number == proposal));
}

#[test]
fn whoever_proposed_it_does_not_confirm_it_and_it_is_confirmed_once() {
    let mut case = case();
    let body = proposed(arrest(&case, "2027-03-02 10:00"));
    let proposal = records(&mut case, "one", "2027-03-02 12:00", body);
    let same = refused(&case, "one", "2027-03-02 12:00", confirmed(proposal));
    code(
        &same,
        RejectionCode::ConfirmedByProposer,
        "entry 6 was proposed by the same account; another confirms it",
    );
    assert_eq!(awaiting(&case.entries).len(), 1);
    records(&mut case, "two", "2027-03-02 12:00", confirmed(proposal));
    assert_eq!(awaiting(&case.entries), []);
    let again = refused(&case, "three", "2027-03-02 12:00", confirmed(proposal));
    code(&again, RejectionCode::NotToBeConfirmed, "entry 6 was confirmed already");
}

#[test]
fn what_is_no_proposal_or_was_withdrawn_is_not_confirmed() {
    let mut case = case();
    let none = refused(&case, "two", "2027-03-02 12:00", confirmed(number(2)));
    code(&none, RejectionCode::NotToBeConfirmed, "entry 2 is no proposal, so there is nothing to confirm");
    let missing = refused(&case, "two", "2027-03-02 12:00", confirmed(number(90)));
    code(&missing, RejectionCode::NoSuchEntry, "there is no entry 90; the case holds 5");
    let body = proposed(arrest(&case, "2027-03-02 10:00"));
    let proposal = records(&mut case, "one", "2027-03-02 12:00", body);
    records(&mut case, "one", "2027-03-02 12:30", annulment(proposal));
    let withdrawn = refused(&case, "two", "2027-03-02 13:00", confirmed(proposal));
    code(&withdrawn, RejectionCode::NotToBeConfirmed, "entry 6 was withdrawn; propose it anew");
}

#[test]
fn what_takes_one_person_is_not_proposed() {
    let case = case();
    let note = proposed(Body::Deed(case.deed("2027-03-02 10:00", "fact person.minor = yes")));
    let rejection = refused(&case, "one", "2027-03-02 12:00", note);
    let says = "the procedure leaves this to one person: record it instead of proposing it";
    code(&rejection, RejectionCode::NoSecondNeeded, says);
}

#[test]
fn nobody_proposes_what_could_not_be_confirmed() {
    let (case, ..) = arrested();
    // The person is held already.
    let twice = proposed(arrest(&case, "2027-03-04 10:00"));
    let rejection = refused(&case, "one", "2027-03-04 12:00", twice);
    assert_eq!(rejection.code(), RejectionCode::NotOpen);
    let future = proposed(arrest(&case, "2027-03-09 10:00"));
    assert_eq!(refused(&case, "one", "2027-03-04 12:00", future).code(), RejectionCode::InTheFuture);
}

#[test]
fn what_became_impossible_since_is_not_confirmed() {
    let mut case = case();
    let mut propose = |text: &str| {
        let body = proposed(arrest(&case, text));
        records(&mut case, "one", "2027-03-02 12:00", body)
    };
    let (first, second) = (propose("2027-03-02 10:00"), propose("2027-03-02 11:00"));
    records(&mut case, "two", "2027-03-02 13:00", confirmed(first));
    let late = refused(&case, "two", "2027-03-02 13:00", confirmed(second));
    assert_eq!(late.code(), RejectionCode::NotOpen);
    assert_eq!(awaiting(&case.entries).len(), 1, "it waits until somebody withdraws it");
}

#[test]
fn to_annul_or_correct_it_takes_two_as_well() {
    let (mut case, proposal, confirmation) = arrested();
    let at = "2027-03-04 09:00";
    assert_eq!(refused(&case, "one", at, annulment(confirmation)).code(), RejectionCode::TakesTwo);
    let correction = case.correction(confirmation, "2027-03-02 11:00", "arrested (arrest.place: Busan)");
    assert_eq!(refused(&case, "one", at, correction.clone()).code(), RejectionCode::TakesTwo);
    // Nor is the proposal taken away from under it.
    let under = refused(&case, "one", at, annulment(proposal));
    code(&under, RejectionCode::NotToBeUndone, "entry 6 was confirmed; annul the entry that confirmed it");

    let later = records(&mut case, "one", at, proposed(correction));
    let corrected = records(&mut case, "two", at, confirmed(later));
    let when = |case: &Case| {
        let deeds = standing(&case.entries);
        deeds.iter().find(|(entry, _)| entry.number == confirmation).map(|(_, deed)| deed.when.to_string())
    };
    assert_eq!(when(&case), Some("2027-03-02T02:00:00Z".to_owned()));
    // To take the correction back takes two as well, and what it corrected stands again.
    assert_eq!(refused(&case, "one", at, annulment(corrected)).code(), RejectionCode::TakesTwo);
    let back = records(&mut case, "one", at, proposed(annulment(corrected)));
    records(&mut case, "two", at, confirmed(back));
    assert_eq!(when(&case), Some("2027-03-02T01:00:00Z".to_owned()));
    let gone = records(&mut case, "one", at, proposed(annulment(confirmation)));
    records(&mut case, "two", at, confirmed(gone));
    assert_eq!(when(&case), None);
    assert_eq!(case.view(at).track("custody").unwrap().stage_name.as_str(), "free");
}

#[test]
fn an_ordinary_entry_is_not_corrected_by_one_to_what_takes_two() {
    let mut case = case();
    let fact = case.on("2027-03-02 09:00", "fact person.minor = yes");
    let correction = case.correction(fact, "2027-03-02 10:00", "arrested (arrest.place: Ulsan)");
    let at = "2027-03-03 09:00";
    assert_eq!(refused(&case, "one", at, correction.clone()).code(), RejectionCode::TakesTwo);
    let proposal = records(&mut case, "one", at, proposed(correction));
    records(&mut case, "two", at, confirmed(proposal));
    assert_eq!(case.view(at).track("custody").unwrap().stage_name.as_str(), "held-provisionally");
    // Nor is it taken back by one, in whichever entry it stands.
    assert_eq!(refused(&case, "one", at, annulment(fact)).code(), RejectionCode::TakesTwo);
}

#[test]
fn a_record_that_one_person_made_all_the_same_has_no_effect() {
    let mut case = case();
    let body = arrest(&case, "2027-03-02 10:00");
    let mut entry = case.entries.last().unwrap().clone();
    entry.number = number(case.last().get() + 1);
    entry.recorded_at = moment("2027-03-02 12:00");
    entry.body = body;
    case.entries.push(entry);
    let view = case.view("2027-03-02 12:00");
    assert_eq!(view.track("custody").unwrap().stage_name.as_str(), "free");
    assert_eq!(view.upset().first().map(|upset| upset.because.code()), Some(RejectionCode::TakesTwo));
}

#[test]
fn what_two_persons_say_together_is_admitted_whole_or_not_at_all() {
    let case = case();
    let stamp = |who| Stamp { at: moment("2027-03-02 12:00"), by: Private::new(who) };
    let fact = Body::Deed(case.deed("2027-03-02 09:00", "fact person.minor = no"));
    let bodies = vec![fact, arrest(&case, "2027-03-02 10:00")];
    let added =
        admit_by_two(&case.procedure, &case.entries, bodies.clone(), &stamp("one"), &stamp("two")).unwrap();
    let last = added.last().map(|entry| entry.body.clone());
    assert_eq!((added.len(), last), (3, Some(confirmed(number(6)))));
    let twice = vec![arrest(&case, "2027-03-02 10:00"), arrest(&case, "2027-03-02 11:00")];
    let refused = admit_by_two(&case.procedure, &case.entries, twice, &stamp("one"), &stamp("two"));
    assert_eq!(refused.unwrap_err().code(), RejectionCode::NotOpen);
    let same = admit_by_two(&case.procedure, &case.entries, bodies, &stamp("one"), &stamp("one"));
    assert_eq!(same.unwrap_err().code(), RejectionCode::ConfirmedByProposer);
}
