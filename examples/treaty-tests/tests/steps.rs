//! A case taken through the procedure, with a clock that stands until it is moved.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use comity_core::procedure::SharedProcedure;
use comity_language::library::{Disk, load};
use comity_testkit::{StepError, Steps};

fn procedure() -> SharedProcedure {
    let library = load(&Disk::new("procedures"));
    assert!(library.diagnostics.is_empty(), "{:?}", library.diagnostics);
    library.procedure("norvane-calderia/extradition").unwrap().procedure.clone()
}

#[test]
fn release_is_due_at_midnight_after_the_twentieth_day() {
    let mut case = Steps::open(&procedure(), "2027-03-02").unwrap();
    case.at("2027-03-02 23:30").unwrap().record("arrested (arrest.place: Porto)").unwrap();
    assert_eq!(case.last_day("request-arrives").unwrap().to_string(), "2027-03-22");
    case.at("2027-03-22 23:59").unwrap();
    assert_eq!(case.stage("custody"), Some("held"));
    case.at("2027-03-23 08:00").unwrap();
    assert_eq!(case.stage("custody"), Some("release-due"));
    assert_eq!(case.open_acts(), ["released"]);
    case.record("released").unwrap();
    assert_eq!(case.last_day("request-arrives"), None);
}

#[test]
fn what_is_not_open_is_refused_and_nothing_is_recorded() {
    let mut case = Steps::open(&procedure(), "2027-03-02").unwrap();
    let before = case.case().entries.len();
    let refused = case.record("surrender-granted").unwrap_err();
    assert!(matches!(refused, StepError::Refused(_)), "{refused}");
    assert_eq!(case.refusal("surrender-granted").unwrap().to_string(), refused.to_string());
    assert_eq!(case.case().entries.len(), before);
}

#[test]
fn a_step_that_means_nothing_says_what_would() {
    let mut case = Steps::open(&procedure(), "2027-03-02 12:00").unwrap();
    let told = |error: StepError| error.to_string();
    assert!(told(case.record("arested").unwrap_err()).contains("the procedure has no act `arested`"));
    assert!(told(case.record("look").unwrap_err()).contains("records nothing"));
    assert!(told(case.record("refused: arrested").unwrap_err()).contains("records nothing"));
    assert!(told(case.record("fact arrest.place").unwrap_err()).contains("fact NAME = VALUE"));
    assert!(told(case.at("yesterday").unwrap_err()).contains("yesterday"));
    assert!(told(case.at("2027-03-02 11:59").unwrap_err()).contains("does not go back"));
    assert!(told(Steps::open(&procedure(), "2027-02-30").unwrap_err()).contains("2027-02-30"));
    assert_eq!((case.stage("nowhere"), case.last_day("nothing")), (None, None));
}
