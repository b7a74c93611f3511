//! Late records, annulments and corrections: the fold runs again, and the history still stands.

use comity_core::entry::{Body, Notice, standing};
use comity_core::{Rejection, RejectionCode};

use super::case::{Case, annulment, code, moment, name};

fn entries(rejection: &Rejection) -> Vec<u32> {
    let Rejection::UpsetsLater { upset } = rejection else { panic!("{rejection}") };
    upset.iter().map(|one| one.entry.get()).collect()
}

#[test]
fn an_act_recorded_late_that_was_done_in_time_undoes_the_expiry() {
    let mut case = Case::arrested("2027-03-02 23:30");
    case.on("2027-03-03", "heard");
    let notice = Notice { clock: name("formal-request"), ran_out: moment("2027-04-17"), told: Vec::new() };
    case.admit(moment("2027-04-17"), vec![Body::Noticed(notice)]).unwrap();
    case.check(
        "2027-04-17",
        &[("custody", "release-due"), ("formal-request", "ran out"), ("owed", "tell-norvane, release")],
    );
    for what in ["request-received", "document warrant", "document description"] {
        case.late("2027-04-20 09:00", "2027-04-15", what);
    }
    case.check(
        "2027-04-17",
        &[("custody", "held-provisionally"), ("formal-request", "met"), ("owed", "tell-norvane")],
    );
    assert!(case.entries.iter().any(|entry| matches!(entry.body, Body::Noticed(_))), "the notice stands");
}

#[test]
fn a_late_record_that_would_undo_what_was_done_since_is_refused() {
    let mut case = Case::arrested("2027-03-02 23:30");
    let released = case.on("2027-04-18 10:00", "released");
    case.late("2027-04-20 09:00", "2027-04-15", "request-received");
    case.late("2027-04-20 09:00", "2027-04-15", "document warrant");
    // The release stands either way: it is open from every stage of custody.
    case.late("2027-04-20 09:00", "2027-04-15", "document description");
    case.check("2027-04-19", &[("custody", "free"), ("formal-request", "met")]);
    assert_eq!(
        case.view("2027-04-19").track("custody").unwrap().stands.cause,
        comity_core::Cause::Entry(released)
    );
    let refused = case.late_refused(moment("2027-04-21"), "2027-04-10", "surrender-refused");
    assert_eq!(refused.code(), RejectionCode::NotOpen);
    let refused = case.late_refused(moment("2027-04-21"), "2027-03-01", "withdrawn");
    code(
        &refused,
        RejectionCode::UpsetsLater,
        "this would upset entry 8 (request-received): `request-received` is not open while request is `withdrawn`; it is \
         open from `preparing` (treaty 1); annul these first, the last one first",
    );
}

#[test]
fn an_annulled_act_counts_no_more_and_its_annulment_can_be_annulled() {
    let mut case = Case::arrested("2027-03-02 10:00");
    let heard = case.on("2027-03-03 10:00", "heard");
    let annulled = case.annul("2027-03-04", heard);
    case.check("2027-03-06", &[("hearing", "ran out"), ("review", "not started")]);
    case.annul("2027-03-05", annulled);
    case.check("2027-03-06", &[("hearing", "met"), ("review", "ends 2027-05-03")]);
}

#[test]
fn an_annulment_that_upsets_a_later_act_is_refused_with_the_list() {
    let mut case = Case::granted();
    let arrested = comity_core::id::EntryNumber::new(6).unwrap();
    let released = case.on("2027-04-02 10:00", "released");
    let refused = case.body_refused(moment("2027-04-03"), vec![annulment(arrested)]);
    assert_eq!(entries(&refused), [released.get()]);
    case.admit(moment("2027-04-03"), vec![annulment(released), annulment(arrested)]).unwrap();
    case.check(
        "2027-04-03",
        &[("custody", "free"), ("request", "granted"), ("formal-request", "not started")],
    );
}

#[test]
fn annulling_an_annulment_that_upsets_a_later_act_is_refused() {
    let mut case = Case::arrested("2027-03-02 10:00");
    let released = case.on("2027-03-04 10:00", "released");
    let annulled = case.annul("2027-03-05", released);
    let lodged = case.on("2027-03-05 10:00", "request-received");
    let withdrawn = case.on("2027-03-06 10:00", "withdrawn");
    assert_eq!(case.last(), withdrawn);
    case.check("2027-03-07", &[("custody", "release-due")]);
    case.on("2027-03-08 10:00", "released");
    let refused = case.body_refused(moment("2027-03-09"), vec![annulment(annulled)]);
    assert_eq!(entries(&refused), [case.last().get()]);
    assert!(lodged < withdrawn);
}

#[test]
fn a_corrected_date_counts_from_the_right_day() {
    let mut case = Case::arrested("2027-03-02 10:00");
    let arrested = case.last();
    case.check("2027-03-10", &[("formal-request", "ends 2027-04-16")]);
    case.correct("2027-03-10", arrested, "2027-03-01 10:00", "arrested (arrest.place: Busan)");
    case.check("2027-03-10", &[("formal-request", "ends 2027-04-15"), ("arrest.place", "Busan")]);
    case.check("2027-03-02", &[("custody", "held-provisionally")]);
}

#[test]
fn a_later_correction_replaces_an_earlier_and_annulling_it_restores_that() {
    let mut case = Case::arrested("2027-03-02 10:00");
    let arrested = case.last();
    case.correct("2027-03-10", arrested, "2027-03-01 10:00", "arrested (arrest.place: Busan)");
    let second = case.correct("2027-03-11", arrested, "2027-03-03 10:00", "arrested (arrest.place: Jeju)");
    case.check("2027-03-12", &[("formal-request", "ends 2027-04-17"), ("arrest.place", "Jeju")]);
    case.annul("2027-03-12", second);
    case.check("2027-03-12", &[("formal-request", "ends 2027-04-15"), ("arrest.place", "Busan")]);
    let again = case.correction(second, "2027-03-01 10:00", "arrested (arrest.place: Ulsan)");
    code(
        &case.body_refused(moment("2027-03-13"), vec![again]),
        RejectionCode::NotToBeUndone,
        "entry 8 is itself a correction; correct the entry that it corrects",
    );
}

#[test]
fn an_annulled_act_cannot_be_corrected_and_keeps_its_correction_when_restored() {
    let mut case = Case::arrested("2027-03-02 10:00");
    let arrested = case.last();
    case.correct("2027-03-10", arrested, "2027-03-01 10:00", "arrested (arrest.place: Busan)");
    let annulled = case.annul("2027-03-11", arrested);
    case.check("2027-03-11", &[("custody", "free")]);
    let again = case.correction(arrested, "2027-03-05 10:00", "arrested (arrest.place: Jeju)");
    assert_eq!(case.body_refused(moment("2027-03-12"), vec![again]).code(), RejectionCode::NotToBeUndone);
    case.annul("2027-03-12", annulled);
    case.check("2027-03-12", &[("arrest.place", "Busan"), ("formal-request", "ends 2027-04-15")]);
}

#[test]
fn a_correction_that_upsets_a_later_act_is_refused_with_the_list() {
    let mut case = Case::arrested("2027-03-02 10:00");
    let arrested = case.last();
    let released = case.on("2027-03-04 10:00", "released");
    let later = case.correction(arrested, "2027-03-05 10:00", "arrested (arrest.place: Ulsan)");
    let refused = case.body_refused(moment("2027-03-06"), vec![later.clone()]);
    assert_eq!(entries(&refused), [released.get()]);
    // Together with the annulment of what it upsets it is recorded, in either order.
    for bodies in [vec![annulment(released), later.clone()], vec![later, annulment(released)]] {
        let mut both = case.clone();
        both.admit(moment("2027-03-06"), bodies).unwrap();
        both.check("2027-03-06", &[("custody", "held-provisionally"), ("formal-request", "ends 2027-04-19")]);
        both.check("2027-03-04 12:00", &[("custody", "free"), ("upset", "nothing")]);
    }
}

#[test]
fn a_correction_to_what_was_not_allowed_is_refused_for_its_own_reason() {
    let mut case = Case::arrested("2027-03-02 10:00");
    let arrested = case.last();
    let wrong = case.correction(arrested, "2027-03-02 10:00", "released");
    assert_eq!(case.body_refused(moment("2027-03-06"), vec![wrong]).code(), RejectionCode::NotOpen);
    let early = case.correction(arrested, "2026-12-31 10:00", "arrested (arrest.place: Ulsan)");
    assert_eq!(case.body_refused(moment("2027-03-06"), vec![early]).code(), RejectionCode::BeforeTheCase);
    let future = case.correction(arrested, "2027-03-07 10:00", "arrested (arrest.place: Ulsan)");
    assert_eq!(case.body_refused(moment("2027-03-06"), vec![future]).code(), RejectionCode::InTheFuture);
    case.on("2027-03-06", "heard");
}

#[test]
fn a_correction_may_turn_one_deed_into_another() {
    let mut case = Case::sample();
    let lodged = case.on("2027-03-02 10:00", "request-received");
    case.correct("2027-03-03", lodged, "2027-03-02 10:00", "document description");
    case.check("2027-03-03", &[("request", "preparing"), ("missing", "warrant")]);
}

#[test]
fn several_entries_are_recorded_together_or_not_at_all() {
    let case = Case::sample();
    let bodies = ["request-received", "released"].map(|what| Body::Deed(case.deed("2027-03-02", what)));
    assert_eq!(case.body_refused(moment("2027-03-03"), bodies.to_vec()).code(), RejectionCode::NotOpen);
    let mut case = case;
    let bodies =
        ["surrender-refused", "request-received"].map(|what| Body::Deed(case.deed("2027-03-02", what)));
    assert_eq!(case.body_refused(moment("2027-03-03"), bodies.to_vec()).code(), RejectionCode::NotOpen);
    let bodies =
        ["request-received", "surrender-refused"].map(|what| Body::Deed(case.deed("2027-03-02", what)));
    case.admit(moment("2027-03-03"), bodies.to_vec()).unwrap();
    case.check("2027-03-03", &[("request", "refused")]);
}

#[test]
fn acts_are_taken_by_when_they_took_effect_and_then_by_when_they_were_recorded() {
    let mut case = Case::sample();
    case.late("2027-03-10", "2027-03-05 10:00", "request-received");
    case.late("2027-03-11", "2027-03-04 10:00", "arrested (arrest.place: Ulsan)");
    case.late("2027-03-12", "2027-03-07 08:00", "released");
    // The day comes before its hours, whatever the number of the entry.
    case.late("2027-03-13", "2027-03-07", "norvane-told");
    let view = case.view("2027-03-13");
    let story = view.happenings().iter().map(|one| one.what.label(&case.procedure));
    let story: Vec<String> = story.collect();
    assert_eq!(
        story[4..],
        ["arrested", "request-received", "clock hearing ran out", "norvane-told", "released"]
    );
}

#[test]
fn an_entry_that_undoes_itself_or_a_later_one_does_no_harm() {
    let mut case = Case::arrested("2027-03-02 10:00");
    let arrested = case.last();
    case.annul("2027-03-03", arrested);
    let last = case.entries.last_mut().unwrap();
    last.body = annulment(last.number);
    assert_eq!(standing(&case.entries).len(), 4);
    case.check("2027-03-04", &[("custody", "held-provisionally")]);
}
