//! The work of an office on a case, which is no law: holds, who has the case, days of review, warnings.

use comity_core::entry::{Body, Office, Warning};
use comity_core::name::Private;
use comity_core::time::{Day, Moment};
use comity_core::{Asked, Rejection, RejectionCode, office_standing};

use super::case::{Case, annulment, code, moment, name, number};
use super::draft::{at as marked_at, moves};
use super::sample::{checked, draft};

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn held(until: Option<&str>) -> Body {
    Body::Office(Office::Held { reason: Private::new("waiting for counsel"), until: until.map(day) })
}

pub(crate) fn review(by: &str) -> Body {
    Body::Office(Office::ReviewBy { by: day(by), why: Private::new("chase the ministry") })
}

pub(crate) fn assigned(to: Option<&str>, desk: Option<&str>) -> Body {
    Body::Office(Office::Assigned { to: to.map(Private::new), desk: desk.map(name) })
}

fn admitted(case: &mut Case, at: &str, body: Body) {
    case.admit(moment(at), vec![body]).unwrap();
}

fn refused(case: &Case, at: &str, body: Body) -> Rejection {
    case.body_refused(moment(at), vec![body])
}

/// A case in which nothing is left to do.
fn over() -> Case {
    let mut draft = draft();
    // Withdrawing ends custody too, so that one act ends the case.
    let row = draft.acts.iter_mut().find(|row| row.name.value == "withdrawn").unwrap();
    row.value.moves =
        vec![moves("request", "any open -> withdrawn"), moves("custody", "any open -> handed-over")];
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    case.on("2027-01-02 10:00", "withdrawn");
    let at = moment("2027-01-02 10:00");
    assert!(comity_core::fold(&case.procedure, &case.entries, Asked::at(at)).is_over());
    case
}

#[test]
fn what_the_office_said_last_holds() {
    let mut case = Case::sample();
    assert_eq!(office_standing(&case.entries).next_day(), None);
    admitted(&mut case, "2027-02-01 09:00", assigned(Some("a.costa"), Some("extradition")));
    admitted(&mut case, "2027-02-01 10:00", review("2027-03-01"));
    admitted(&mut case, "2027-02-02 10:00", review("2027-03-08"));
    admitted(&mut case, "2027-02-03 10:00", held(Some("2027-02-20")));
    admitted(&mut case, "2027-02-04 10:00", assigned(None, Some("appeals")));
    let standing = office_standing(&case.entries);
    let assigned = standing.assigned.unwrap();
    assert_eq!((assigned.to, assigned.desk.unwrap().as_str()), (None, "appeals"));
    assert_eq!(standing.review.unwrap().by, day("2027-03-08"));
    assert_eq!(standing.hold.unwrap().since, moment("2027-02-03 10:00"));
    assert_eq!(standing.next_day(), Some(day("2027-02-20")), "the hold comes before the review");
    assert_eq!(standing.touched, Some(moment("2027-02-04 10:00")));
    admitted(&mut case, "2027-02-05 10:00", Body::Office(Office::Resumed));
    admitted(&mut case, "2027-02-05 10:00", Body::Office(Office::NoReview));
    admitted(&mut case, "2027-02-05 10:00", super::office::assigned(None, None));
    let standing = office_standing(&case.entries);
    assert_eq!((standing.hold, standing.assigned, standing.review), (None, None, None));
}

#[test]
fn what_the_engine_records_by_itself_touches_no_case() {
    let mut case = Case::sample();
    let touched = office_standing(&case.entries).touched;
    case.admit(moment("2027-05-01"), vec![Body::Deed(case.deed("2027-05-01", "learned immunity = none"))])
        .unwrap();
    assert_eq!(office_standing(&case.entries).touched, touched);
}

#[test]
fn a_hold_stands_on_no_hold_and_is_resumed_once() {
    let mut case = Case::sample();
    let none = refused(&case, "2027-02-01", Body::Office(Office::Resumed));
    code(&none, RejectionCode::NotOnHold, "the case is not on hold, so there is nothing to resume");
    admitted(&mut case, "2027-02-01 23:30", held(None));
    code(
        &refused(&case, "2027-02-03", held(None)),
        RejectionCode::OnHold,
        "the case is on hold since 2027-02-01 (entry 6); resume it before it is put on hold anew",
    );
    admitted(&mut case, "2027-02-03", Body::Office(Office::Resumed));
    refused(&case, "2027-02-03", Body::Office(Office::Resumed));
    admitted(&mut case, "2027-02-03", held(None));
}

#[test]
fn a_day_that_the_office_sets_is_today_or_later_where_the_case_is_decided() {
    let case = Case::sample();
    // In Seoul it is the second, in universal time still the first.
    let at = moment("2027-02-02 00:30");
    case.clone().admit(at, vec![review("2027-02-02")]).unwrap();
    case.clone().admit(at, vec![held(Some("2027-02-02"))]).unwrap();
    code(
        &case.body_refused(at, vec![review("2027-02-01")]),
        RejectionCode::DayHasPassed,
        "the day of the review, 2027-02-01, has passed, for today is 2027-02-02; set today or a later day",
    );
    let hold = case.body_refused(at, vec![held(Some("2027-02-01"))]);
    assert_eq!(hold.code(), RejectionCode::DayHasPassed);
}

#[test]
fn a_day_of_review_is_struck_out_where_one_is_set() {
    let mut case = Case::sample();
    let none = refused(&case, "2027-02-01", Body::Office(Office::NoReview));
    assert_eq!(none.code(), RejectionCode::NoReviewDate);
    admitted(&mut case, "2027-02-01", review("2027-03-01"));
    admitted(&mut case, "2027-02-01", Body::Office(Office::NoReview));
}

#[test]
fn a_case_that_is_over_is_not_held_and_may_be_looked_at_again() {
    let mut case = over();
    code(
        &refused(&case, "2027-01-03", held(None)),
        RejectionCode::CaseIsOver,
        "the case is over, so it cannot be put on hold",
    );
    admitted(&mut case, "2027-01-03", review("2037-01-02"));
    let standing = office_standing(&case.entries);
    assert!(!standing.is_silent(&case.view_at(moment("2027-01-03"))));
}

#[test]
fn a_hold_says_why_and_a_review_what_for() {
    let case = Case::sample();
    let blank = Private::new("  ");
    for office in [
        Office::Held { reason: blank.clone(), until: None },
        Office::ReviewBy { by: day("2027-03-01"), why: blank.clone() },
        Office::Assigned { to: Some(blank), desk: None },
    ] {
        let rejection = refused(&case, "2027-02-01", Body::Office(office));
        assert_eq!(rejection.code(), RejectionCode::NothingSaid, "{rejection}");
    }
}

#[test]
fn nothing_of_the_office_is_annulled() {
    let mut case = Case::sample();
    admitted(&mut case, "2027-02-01", held(None));
    let annulled = refused(&case, "2027-02-02", annulment(number(6)));
    let says = "entry 6 is work of the office, without effect; what is said anew holds";
    code(&annulled, RejectionCode::NotToBeUndone, says);
}

#[test]
fn a_hold_stops_no_clock() {
    let mut case = Case::arrested("2027-03-02 10:00");
    let at = moment("2027-12-01");
    let before = format!("{:?}", case.view_at(at).clock("formal-request").unwrap().cycles);
    admitted(&mut case, "2027-03-03", held(None));
    assert_eq!(format!("{:?}", case.view_at(at).clock("formal-request").unwrap().cycles), before);
}

#[test]
fn a_case_is_silent_until_a_limit_runs_something_is_owed_or_a_day_is_set() {
    let silent = |case: &Case, at: &str| office_standing(&case.entries).is_silent(&case.view_at(moment(at)));
    let mut case = Case::sample();
    assert!(silent(&case, "2027-02-01"));
    let mut reviewed = case.clone();
    admitted(&mut reviewed, "2027-02-01", held(None));
    assert!(silent(&reviewed, "2027-02-01"), "a hold without a day is how a case goes quiet");
    admitted(&mut reviewed, "2027-02-01", review("2027-02-02"));
    assert!(!silent(&reviewed, "2027-05-01"), "a day that has come is a day still");
    case.on("2027-03-02 10:00", "arrested (arrest.place: Ulsan)");
    assert!(!silent(&case, "2027-03-03"), "a limit runs");
    assert!(!silent(&case, "2027-12-01"), "release is owed");
}

/// The warnings of the limit for the formal request, forty-five days from the day after the arrest.
fn warned(warn: &[&str], at: &str) -> Vec<(String, String)> {
    let mut draft = draft();
    let row = draft.clocks.iter_mut().find(|row| row.name.value == "formal-request").unwrap();
    row.value.warn = warn.iter().map(|text| marked_at(text.parse().unwrap())).collect();
    let mut case = Case::sample();
    case.procedure = checked(&draft);
    case.on("2027-03-02 10:00", "arrested (arrest.place: Ulsan)");
    let view = case.view_at(moment(at));
    let warnings = view.warnings();
    let of_it = warnings.iter().filter(|one| one.clock.name.as_str() == "formal-request");
    let zone = super::case::seoul();
    of_it.map(|one| (one.before.to_string(), zone.local(one.at))).collect()
}

#[test]
fn a_warning_comes_with_the_day_so_long_before_the_last_day() {
    // The last day is 16 April 2027.
    let pair = |before: &str, at: &str| (before.to_owned(), at.to_owned());
    assert_eq!(
        warned(&["14 days", "3 days", "1 day"], "2027-03-03"),
        [
            pair("14 days", "2027-04-02 00:00"),
            pair("3 days", "2027-04-13 00:00"),
            pair("1 day", "2027-04-15 00:00"),
        ]
    );
    assert_eq!(
        warned(&["1 month", "1 week", "2 clear days", "1 working day", "36 hours"], "2027-03-03"),
        [
            pair("1 month", "2027-03-16 00:00"),
            pair("1 week", "2027-04-09 00:00"),
            pair("1 working day", "2027-04-12 00:00"),
            pair("2 clear days", "2027-04-13 00:00"),
            pair("36 hours", "2027-04-15 12:00"),
        ]
    );
}

#[test]
fn of_a_limit_that_is_shorter_than_its_warning_one_is_warned_at_once() {
    assert_eq!(warned(&["100 days"], "2027-03-03"), [("100 days".to_owned(), "2027-03-02 10:00".to_owned())]);
}

#[test]
fn nobody_is_warned_of_what_ran_out() {
    assert!(!warned(&["14 days"], "2027-04-16 23:59").is_empty());
    assert!(warned(&["14 days"], "2027-04-17").is_empty());
}

#[test]
fn nobody_can_say_beforehand_that_a_warning_was_given() {
    let case = Case::arrested("2027-03-02 10:00");
    let warning = |clock: &str, at: Moment| {
        Body::Warned(Warning {
            clock: name(clock),
            before: "14 days".parse().unwrap(),
            at,
            ends: moment("2027-04-17"),
            told: vec![],
        })
    };
    let at = moment("2027-04-02");
    assert_eq!(
        refused(&case, "2027-04-01", warning("formal-request", at)).code(),
        RejectionCode::InTheFuture
    );
    assert_eq!(refused(&case, "2027-04-02", warning("no-such", at)).code(), RejectionCode::Unknown);
    case.clone().admit(at, vec![warning("formal-request", at)]).unwrap();
}

fn sealed(accounts: &[&str], desks: &[&str], reason: &str) -> Body {
    let accounts = accounts.iter().copied().map(Private::new).collect();
    let desks = desks.iter().map(|desk| name(desk)).collect();
    Body::Office(Office::Sealed { accounts, desks, reason: Private::new(reason) })
}

#[test]
fn a_seal_names_who_may_see_the_case_and_what_it_says_last_holds() {
    let mut case = Case::sample();
    assert_eq!(office_standing(&case.entries).seal, None);
    admitted(&mut case, "2027-02-01", sealed(&["a.costa"], &["extradition"], "a protected witness"));
    let seal = office_standing(&case.entries).seal.unwrap();
    assert!(seal.admits("a.costa", None) && seal.admits("b.silva", Some("extradition")));
    assert!(!seal.admits("b.silva", Some("appeals")) && !seal.admits("extradition", None));
    admitted(&mut case, "2027-02-02", sealed(&["b.silva"], &[], "a protected witness"));
    let seal = office_standing(&case.entries).seal.unwrap();
    assert!(seal.admits("b.silva", None) && !seal.admits("a.costa", Some("extradition")));
    let lifted = || Body::Office(Office::Unsealed { reason: Private::new("the witness is safe") });
    admitted(&mut case, "2027-02-03", lifted());
    assert_eq!(office_standing(&case.entries).seal, None);
    let none = refused(&case, "2027-02-03", lifted());
    code(&none, RejectionCode::NotSealed, "the case is not sealed, so there is no seal to lift");
}

#[test]
fn a_seal_says_why_and_whom_it_admits() {
    let case = Case::sample();
    let nobody = refused(&case, "2027-02-01", sealed(&[], &[], "a protected witness"));
    code(&nobody, RejectionCode::NothingSaid, "it is not said who may see the case");
    for (accounts, reason) in [(["a.costa"], " "), ([""], "a protected witness")] {
        let rejection = refused(&case, "2027-02-01", sealed(&accounts, &[], reason));
        assert_eq!(rejection.code(), RejectionCode::NothingSaid);
    }
}
