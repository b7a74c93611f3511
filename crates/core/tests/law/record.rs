//! What may be recorded, and every way to be refused.

use comity_core::entry::{Body, Notice, What};
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::procedure::draft::FactTypeDraft;
use comity_core::value::Value;
use comity_core::{Asked, Rejection, RejectionCode, admit, admit_together, fold, known_at, open};

use super::case::{Case, WAIVER, annulment, code, moment, name, number, opening, stamp, when};
use super::draft::{act, exception, is, moves, one_move, texts};
use super::sample::{checked, draft, sample};

fn fresh() -> Case {
    Case::open(&sample(), "2027-01-01")
}

#[test]
fn an_act_is_not_open_where_its_track_does_not_stand() {
    code(
        &Case::sample().refused("2027-03-02", "released"),
        RejectionCode::NotOpen,
        "`released` is not open while custody is `free`; it is open from `held-provisionally`, `held-for-surrender` or \
         `release-due` (treaty 1)",
    );
}

#[test]
fn the_stages_from_which_an_act_is_open_are_named_once() {
    let mut draft = draft();
    let released = draft.acts.iter_mut().find(|row| row.name.value == "released").unwrap();
    let again = one_move("held-provisionally or release-due -> handed-over", Some(is("person.minor", "yes")));
    released.value.moves[0].moves[0].when = Some(is("person.minor", "no"));
    released.value.moves[0].moves.push(again);
    let rejection = Case::open(&checked(&draft), "2027-01-01").refused("2027-03-02", "released");
    assert!(
        rejection.to_string().contains("from `held-provisionally`, `held-for-surrender` or `release-due` ("),
        "{rejection}"
    );
}

#[test]
fn what_must_hold_for_an_act_is_said_part_by_part() {
    let mut case = Case::arrested("2027-03-02 10:00");
    case.on("2027-03-03", "request-received");
    code(
        &case.refused("2027-03-04", "surrender-granted"),
        RejectionCode::NotFulfilled,
        "`surrender-granted` is not allowed yet: request-complete does not hold (the document `warrant` has not arrived \
         (act 12); the document `description` has not arrived (act 12)); mandatory grounds not considered yet: \
         `political-offence` (treaty 1)",
    );
}

#[test]
fn a_ground_that_applies_closes_what_no_ground_may_apply_to() {
    let mut case = Case::arrested("2027-03-02 10:00");
    for what in
        ["request-received", "document warrant", "document description", "ground political-offence applies"]
    {
        case.on("2027-03-03 09:00", what);
    }
    code(
        &case.refused("2027-03-04", "surrender-granted"),
        RejectionCode::NotFulfilled,
        "`surrender-granted` is not allowed yet: mandatory grounds found to apply: `political-offence` (treaty 1)",
    );
}

#[test]
fn an_unknown_fact_closes_an_act() {
    let mut case = fresh();
    case.on("2027-01-01", "fact person.minor = no");
    code(
        &case.refused("2027-03-02 10:00", "arrested (arrest.place: Ulsan)"),
        RejectionCode::NotFulfilled,
        "`arrested` is not allowed yet: immunity is not known, and must be `waived` or `none` (treaty 1)",
    );
    case.on("2027-01-01", "learned immunity = immune");
    code(
        &case.refused("2027-03-02 10:00", "arrested (arrest.place: Ulsan)"),
        RejectionCode::NotFulfilled,
        "`arrested` is not allowed yet: immunity is not `waived`, and immunity is not `none` (treaty 1)",
    );
}

#[test]
fn an_exception_closes_an_act_when_it_applies_and_while_it_may() {
    let mut case = fresh();
    case.on("2027-01-01", "learned immunity = waived");
    code(
        &case.refused("2027-03-02 10:00", "arrested (arrest.place: Ulsan)"),
        RejectionCode::Excepted,
        "`arrested` is not allowed: it is not known whether person.minor is yes (act 5)",
    );
    case.on("2027-01-02", "fact person.minor = yes");
    code(
        &case.refused("2027-03-02 10:00", "arrested (arrest.place: Ulsan)"),
        RejectionCode::Excepted,
        "`arrested` is not allowed: person.minor is yes (act 5)",
    );
    case.on("2027-01-03", "fact person.minor = no");
    case.on("2027-03-02 10:00", "arrested (arrest.place: Ulsan)");
}

#[test]
fn an_act_is_for_its_authorities_alone() {
    code(
        &Case::sample().refused("2027-03-02 10:00", "arrested by requested/court (arrest.place: Ulsan)"),
        RejectionCode::WrongAuthority,
        "`requested/court` may not do `arrested`; it is for `requested/police` (treaty 1)",
    );
    code(
        &Case::sample().refused("2027-03-02", "ground nationality applies by requested/police"),
        RejectionCode::WrongAuthority,
        "`requested/police` may not do `nationality`; it is for `requested/court` (act 8)",
    );
}

#[test]
fn an_act_records_its_facts_and_no_others() {
    code(
        &Case::sample().refused("2027-03-02 10:00", "arrested"),
        RejectionCode::FactMissing,
        "`arrested` must record `arrest.place` (treaty 1)",
    );
    code(
        &Case::sample().refused("2027-03-02 10:00", "arrested (arrest.place: Ulsan, person.minor: no)"),
        RejectionCode::FactNotWanted,
        "`arrested` does not record `person.minor`; record it as a fact of its own",
    );
}

#[test]
fn an_act_that_is_not_open_says_so_before_it_asks_for_its_facts() {
    let mut case = Case::sample();
    case.on("2027-03-02 10:00", "arrested (arrest.place: Ulsan)");
    let refused = case.refused("2027-03-03 10:00", "arrested");
    assert_eq!(refused.code(), RejectionCode::NotOpen, "{refused}");
}

#[test]
fn a_fact_is_given_once() {
    code(
        &Case::sample().refused("2027-03-02 10:00", "arrested (arrest.place: Ulsan, arrest.place: Busan)"),
        RejectionCode::WrongValue,
        "`arrest.place` takes one value, and two were given",
    );
}

#[test]
fn a_value_must_be_of_the_type_of_its_fact() {
    let case = Case::sample();
    let mut deed = case.deed("2027-03-02", "fact person.minor = no");
    deed.what = What::Fact { fact: name("person.status"), value: Value::YesNo(true) };
    code(
        &case.body_refused(moment("2027-03-03"), vec![Body::Deed(deed)]),
        RejectionCode::WrongValue,
        "`person.status` takes one of `accused` or `convicted`",
    );
}

#[test]
fn a_mirrored_fact_is_learned_and_never_recorded_here() {
    code(
        &fresh().refused("2027-03-02", "fact immunity = none"),
        RejectionCode::WrongValue,
        "`immunity` takes its value from the linked case, not from an entry here",
    );
    code(
        &fresh().refused("2027-03-02", "learned person.status = accused"),
        RejectionCode::WrongValue,
        "`person.status` takes what is recorded here: it follows no linked case",
    );
    code(
        &fresh().refused("2027-03-02", "learned immunity = gone"),
        RejectionCode::WrongValue,
        "`immunity` takes one of `immune`, `waived` or `none`",
    );
}

#[test]
fn nothing_is_learned_from_a_case_that_is_not_tied_to_this_one() {
    let case = fresh();
    let mut deed = case.deed("2027-03-02", "learned immunity = none");
    if let What::Learned { from, .. } = &mut deed.what {
        *from = CaseId(uuid::Uuid::from_u128(8));
    }
    code(
        &case.body_refused(moment("2027-03-03"), vec![Body::Deed(deed)]),
        RejectionCode::Unknown,
        "this procedure knows no linked case `00000000-0000-0000-0000-000000000008`; it knows \
         `00000000-0000-0000-0000-000000000007`",
    );
}

#[test]
fn names_that_the_procedure_does_not_know_are_refused_with_those_it_knows() {
    let case = Case::sample();
    for (what, says) in [
        (
            "document letter",
            "this procedure knows no document `letter`; it knows `warrant`, `judgment` or `description`",
        ),
        (
            "ground age applies",
            "this procedure knows no ground `age`; it knows `political-offence` or `nationality`",
        ),
        (
            "arrested by requested/mayor (arrest.place: Ulsan)",
            "this procedure knows no authority `requested/mayor`; it knows `requesting/central`, `requested/central`, `requested/police` or `requested/court`",
        ),
    ] {
        code(&case.refused("2027-03-02 10:00", what), RejectionCode::Unknown, says);
    }
    for what in ["vanished", "fact shoe.size = 9", "arrested (shoe.size: 9)"] {
        assert_eq!(case.refused("2027-03-02 10:00", what).code(), RejectionCode::Unknown, "{what}");
    }
    for body in [
        Body::Linked { link: name("other"), case: WAIVER },
        Body::Noticed(Notice { clock: name("other"), ran_out: moment("2027-03-02"), told: Vec::new() }),
    ] {
        assert_eq!(case.body_refused(moment("2027-03-03"), vec![body]).code(), RejectionCode::Unknown);
    }
}

#[test]
fn nothing_is_recorded_before_it_has_happened() {
    let case = Case::sample();
    code(
        &case.late_refused(moment("2027-03-01 23:59"), "2027-03-02", "request-received"),
        RejectionCode::InTheFuture,
        "2027-03-02 lies in the future, now being 2027-03-01T14:59:00Z; record it when it has happened",
    );
    case.clone().late("2027-03-02 00:00", "2027-03-02", "request-received");
}

#[test]
fn the_record_never_goes_back() {
    code(
        &Case::sample().late_refused(moment("2026-12-31"), "2027-01-01", "request-received"),
        RejectionCode::RecordGoesBack,
        "the last entry was recorded at 2027-01-01T15:00:00Z, after 2026-12-30T15:00:00Z; the clock of this machine went \
         back: set it right",
    );
}

#[test]
fn what_certainly_lies_before_the_case_is_refused() {
    let case = Case::open_at(&sample(), "2027-02-13", moment("2027-06-01"));
    for text in ["2027-02-12", "2027-02-12 23:59", "2027-01", "2026"] {
        assert_eq!(case.refused(text, "norvane-told").code(), RejectionCode::BeforeTheCase, "{text}");
    }
    code(
        &case.refused("2027-01", "norvane-told"),
        RejectionCode::BeforeTheCase,
        "2027-01 lies before the case, which begins 2027-02-13",
    );
}

#[test]
fn what_may_lie_in_the_case_is_not_before_it() {
    // Opened in the afternoon: an act of that day, month or year may have come after.
    let opened = Case::open_at(&sample(), "2027-02-13 14:00", moment("2027-06-01"));
    for text in ["2027-02-13", "2027-02-13 14:00", "2027-02", "2027"] {
        opened.clone().on(text, "norvane-told");
    }
    // Opened at some time in February, by the calendar of Seoul; the same month began earlier in the east.
    let mut draft = draft();
    draft.sides[0].value.zone = Some(super::draft::text("Pacific/Auckland"));
    let opened = Case::open_at(&checked(&draft), "2027-02", moment("2027-06-01"));
    for text in ["2027-02", "2027-02-01"] {
        opened.clone().on(text, "withdrawn");
    }
}

#[test]
fn deeds_of_one_month_keep_the_order_in_which_they_were_recorded() {
    // New Zealand's February begins before Korea's, but nobody knows on which day of it either acted.
    let mut draft = draft();
    draft.sides[0].value.zone = Some(super::draft::text("Pacific/Auckland"));
    let mut case = Case::open_at(&checked(&draft), "2027-01-01", moment("2027-06-01"));
    case.on("2027-02", "norvane-told");
    case.on("2027-02", "withdrawn");
    let view = case.view("2027-06-01");
    let told = view.happenings().iter().map(|happening| happening.what.label(&case.procedure));
    let told: Vec<String> = told.collect();
    assert_eq!(told, ["opened", "norvane-told", "withdrawn"]);
}

#[test]
fn a_stage_that_a_linked_case_reached_before_this_one_began_may_be_learned() {
    let mut case = Case::open(&sample(), "2027-02-13");
    case.on("2019-05", "learned immunity = waived");
    case.check("2027-02-14", &[("immunity", "waived")]);
    assert_eq!(case.view("2027-02-14").facts()[2].known.unwrap().since, when("2019-05"));
}

#[test]
fn an_unopened_case_takes_no_entry_but_its_opening() {
    let procedure = sample();
    let deed = Case::sample().deed("2027-01-02", "request-received");
    let rejection = admit(&procedure, &[], Body::Deed(deed), &stamp(moment("2027-01-03"))).unwrap_err();
    code(&rejection, RejectionCode::NoSuchEntry, "there is no entry 1; the case holds 0");
    let first = open(opening(&procedure, when("2027-01-01")), &stamp(moment("2027-01-01")));
    assert_eq!(admit(&procedure, &[], first.body.clone(), &stamp(moment("2027-01-01"))), Ok(first));
}

#[test]
fn a_case_is_opened_once() {
    let case = Case::sample();
    let body = Body::Opened(opening(&case.procedure, when("2027-01-01")));
    code(
        &case.body_refused(moment("2027-01-03"), vec![body]),
        RejectionCode::NotToBeUndone,
        "entry 1 opens the case already; open another case",
    );
}

#[test]
fn only_deeds_and_what_undoes_them_can_be_undone() {
    let mut case = Case::sample();
    let now = moment("2027-03-03");
    case.admit(now, vec![Body::Note(Private::new("called"))]).unwrap();
    let note = case.last();
    let notice = Notice { clock: name("review"), ran_out: moment("2027-03-02"), told: Vec::new() };
    case.admit(now, vec![Body::Noticed(notice)]).unwrap();
    let (notice, deed) = (case.last(), number(3));
    for (entry, says) in [
        (number(1), "entry 1 opens the case; withdraw the case instead"),
        (note, "entry 6 is a note, without effect"),
        (notice, "entry 7 is a notice: what was seen was seen"),
    ] {
        code(&case.body_refused(now, vec![annulment(entry)]), RejectionCode::NotToBeUndone, says);
    }
    let annulled = {
        case.admit(now, vec![annulment(deed)]).unwrap();
        case.last()
    };
    code(
        &case.body_refused(now, vec![annulment(deed)]),
        RejectionCode::NotToBeUndone,
        "entry 3 is annulled already",
    );
    let correction = case.correction(annulled, "2027-01-02", "fact person.minor = no");
    code(
        &case.body_refused(now, vec![correction]),
        RejectionCode::NotToBeUndone,
        "entry 8 is an annulment; annul it instead",
    );
    code(
        &case.body_refused(now, vec![annulment(number(99))]),
        RejectionCode::NoSuchEntry,
        "there is no entry 99; the case holds 8",
    );
}

#[test]
fn a_link_to_the_wrong_case_is_annulled_and_seen_no_more() {
    let mut case = fresh();
    assert_eq!(case.view("2027-01-02").links(), [(name("immunity"), WAIVER)]);
    case.annul("2027-01-02", number(2));
    assert_eq!(case.view("2027-01-02").links(), []);
    code(
        &case.refused("2027-03-02", "learned immunity = none"),
        RejectionCode::Unknown,
        "this procedure knows no linked case `00000000-0000-0000-0000-000000000007`; it knows nothing",
    );
    let correction = case.correction(number(2), "2027-01-02", "fact person.minor = no");
    assert_eq!(
        case.body_refused(moment("2027-03-03"), vec![correction]).code(),
        RejectionCode::NotToBeUndone
    );
}

#[test]
fn every_rejection_has_a_code_and_rests_on_its_provision() {
    let basis = |rejection: &Rejection| rejection.basis().map(ToString::to_string);
    assert_eq!(basis(&Case::sample().refused("2027-03-02", "released")).as_deref(), Some("treaty 1"));
    assert_eq!(basis(&Case::sample().refused("2027-03-02", "document letter")), None);
    for code in RejectionCode::ALL {
        assert_eq!(RejectionCode::from_word(code.word()), Some(*code));
    }
}

#[test]
fn what_the_officer_could_have_known_is_asked_apart_from_when() {
    let mut case = Case::arrested("2027-03-02 10:00");
    case.late("2027-03-10 09:00", "2027-03-03 10:00", "heard");
    let asked = |at: &str, known: &str| {
        fold(&case.procedure, &case.entries, Asked { at: moment(at), known_at: moment(known) })
    };
    super::case::check(&asked("2027-03-05", "2027-03-09"), "then", &[("hearing", "ran out")]);
    super::case::check(
        &asked("2027-03-05", "2027-03-10 09:00"),
        "now",
        &[("hearing", "met"), ("review", "ends 2027-05-03")],
    );
    assert_eq!(known_at(&case.entries, moment("2026-01-01")), []);
    assert_eq!(asked("2027-03-05", "2026-01-01").opening(), None);
    assert_eq!(asked("2027-03-05", "2026-01-01").version().0, 0);
    assert!(Asked::at(moment("2027-03-05")).at == Asked::at(moment("2027-03-05")).known_at);
}

#[test]
fn a_fact_given_with_an_act_decides_with_it() {
    let mut draft = draft();
    let mut sentenced = act("sentenced", "requested/court");
    sentenced.value.may_record = texts(&["person.status"]);
    sentenced.value.when = Some(super::draft::documents("request"));
    sentenced.value.unless = vec![exception(is("person.status", "accused"), "act 5")];
    draft.acts.push(sentenced);
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    case.on("2027-01-01", "fact person.status = accused");
    case.on("2027-01-02", "document warrant");
    case.on("2027-01-02", "document description");
    assert_eq!(case.refused("2027-01-03", "sentenced").code(), RejectionCode::Excepted);
    // As a convict the person needs a judgment, which is not there.
    code(
        &case.refused("2027-01-03", "sentenced (person.status: convicted)"),
        RejectionCode::NotFulfilled,
        "`sentenced` is not allowed yet: the document `judgment` has not arrived (act 12) (treaty 1)",
    );
}

#[test]
fn a_mirrored_fact_cannot_come_with_an_act() {
    let mut draft = draft();
    draft.acts[0].value.may_record = texts(&["immunity"]);
    draft.acts[0].value.may_record[0].mark.0 = 9;
    let flaws = comity_core::procedure::Procedure::from_draft(&draft).unwrap_err();
    assert_eq!(
        (flaws.len(), flaws[0].code, flaws[0].mark.0),
        (1, comity_core::procedure::FlawCode::Contradiction, 9)
    );
}

#[test]
fn nothing_recorded_is_no_entry() {
    let case = Case::sample();
    assert_eq!(
        admit_together(&case.procedure, &case.entries, Vec::new(), &stamp(moment("2027-03-01"))),
        Ok(Vec::new())
    );
}

#[test]
fn acts_that_touch_no_track_may_be_repeated() {
    let mut draft = draft();
    draft.facts.push(super::draft::fact("note", FactTypeDraft::Text));
    draft.acts[2].value.moves = vec![moves("request", "any open -> withdrawn, else stays")];
    draft.acts[2].value.moves[0].moves.clear();
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    case.on("2027-01-03 10:00", "heard");
    case.on("2027-01-03 10:00", "heard");
    assert_eq!(case.view("2027-01-04").act("heard").unwrap().done.len(), 2);
}

#[test]
fn a_deed_that_stands_irregularly_already_keeps_nothing_else_from_being_recorded() {
    let mut case = Case::sample();
    let mut stray = case.entries.last().unwrap().clone();
    stray.number = number(stray.number.get() + 1);
    let act = What::Act { act: name("released"), by: name("requested/police"), facts: Vec::new() };
    stray.body = Body::Deed(comity_core::entry::Deed { when: when("2027-01-02"), what: act });
    stray.recorded_at = moment("2027-01-02 12:00");
    case.entries.push(stray);
    assert_eq!(case.view("2027-01-03").upset().len(), 1);
    case.admit(moment("2027-01-03 12:00"), vec![Body::Note(Private::new("who wrote this?"))]).unwrap();
}
