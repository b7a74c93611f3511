//! Documents, grounds, obligations and facts.

use comity_core::RejectionCode;
use comity_core::procedure::draft::AtomDraft;
use comity_core::procedure::{DocumentForm, Force, GroundStanding, Quantity, Translation, Truth};

use super::case::Case;
use super::draft::{act, all, any, atom, condition, document, grounds, is, not, text, two_states};
use super::sample::{checked, draft, sample};

fn missing(case: &Case, name: &str) -> Option<String> {
    case.view("2027-12-31").documents().into_iter().find(|one| one.name.as_str() == name).unwrap().missing
}

#[test]
fn a_document_is_complete_in_its_form_and_with_its_translation() {
    let mut case = Case::sample();
    let lacks = |case: &Case| missing(case, "warrant");
    assert_eq!(lacks(&case).as_deref(), Some("the document `warrant` has not arrived (act 12)"));
    case.on("2027-01-03", "document warrant as copy without translation");
    assert_eq!(
        lacks(&case).as_deref(),
        Some("the document `warrant` is not there as certified-copy (act 12)")
    );
    case.on("2027-01-04", "document warrant as original without translation");
    assert_eq!(lacks(&case).as_deref(), Some("the document `warrant` has no translation into ko (act 12)"));
    // The translation may follow with a copy.
    case.on("2027-01-05", "document warrant as copy");
    assert_eq!(lacks(&case), None);
}

#[test]
fn an_original_is_as_good_as_a_certified_copy_and_not_the_other_way_round() {
    let arrives = |required, form: &str| {
        let mut draft = two_states("xn-xc/paper");
        draft.documents = vec![document("letter", required, Translation::NotNeeded)];
        let mut case = Case::open(&checked(&draft), "2027-01-01");
        case.on("2027-01-02", &format!("document letter as {form}"));
        missing(&case, "letter").is_none()
    };
    let forms = ["original", "certified-copy", "copy"];
    assert_eq!(forms.map(|form| arrives(DocumentForm::Original, form)), [true, false, false]);
    assert_eq!(forms.map(|form| arrives(DocumentForm::CertifiedCopy, form)), [true, true, false]);
    assert_eq!(forms.map(|form| arrives(DocumentForm::Copy, form)), [true, true, true]);
    assert_eq!(forms.map(|form| arrives(DocumentForm::NotStated, form)), [true, true, true]);
}

#[test]
fn a_document_is_needed_only_where_the_provision_says_so() {
    let mut case = Case::sample();
    case.check("2027-01-02", &[("missing", "warrant, description")]);
    case.on("2027-01-03", "fact person.status = convicted");
    case.check("2027-01-04", &[("missing", "judgment, description")]);
}

#[test]
fn while_it_is_not_known_whether_a_document_is_needed_nothing_is_complete() {
    let mut case = Case::open(&sample(), "2027-01-01");
    case.check(
        "2027-01-02",
        &[("missing", "warrant, judgment, description"), ("request-complete", "does not hold")],
    );
    let says = "it is not known whether the document `warrant` is needed (act 12)";
    assert_eq!(missing(&case, "warrant").as_deref(), Some(says));
    case.on("2027-01-02", "document description");
    case.on("2027-01-02", "request-received");
    case.check("2027-01-03", &[("request-complete", "unknown")]);
    // Both have arrived, so it no longer matters which was needed.
    case.on("2027-01-04", "document warrant");
    case.on("2027-01-04", "document judgment");
    case.check("2027-01-05", &[("request-complete", "holds"), ("missing", "nothing")]);
}

#[test]
fn grounds_are_considered_one_by_one_and_the_last_finding_counts() {
    let mut case = Case::sample();
    let found = |case: &Case| {
        case.view("2027-12-31")
            .grounds()
            .iter()
            .map(|one| one.found.map(|found| found.applies))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&case), [None, None]);
    case.on("2027-01-03", "ground political-offence applies");
    case.on("2027-01-04", "ground political-offence does not apply");
    case.on("2027-01-05", "ground nationality applies");
    assert_eq!(found(&case), [Some(false), Some(true)]);
}

#[test]
fn a_rule_may_ask_for_every_for_any_or_for_no_ground() {
    use GroundStanding::{Applies, Considered, NotConsidered};
    use Quantity::{Any, Every, No};
    let cases = [
        (Every, None, Considered, ["does not hold", "does not hold", "holds"]),
        (Every, Some(Force::Mandatory), Considered, ["does not hold", "holds", "holds"]),
        (Any, None, Considered, ["does not hold", "holds", "holds"]),
        (Any, Some(Force::Optional), Applies, ["does not hold", "does not hold", "holds"]),
        (No, None, Applies, ["holds", "holds", "does not hold"]),
        (No, Some(Force::Mandatory), Applies, ["holds", "holds", "holds"]),
        (Every, None, NotConsidered, ["holds", "does not hold", "does not hold"]),
    ];
    for (quantity, force, standing, expected) in cases {
        let mut draft = draft();
        draft.conditions.push(condition("asked", grounds(quantity, force, standing)));
        let mut case = Case::open(&checked(&draft), "2027-01-01");
        case.check("2027-01-02", &[("asked", expected[0])]);
        case.on("2027-01-02", "ground political-offence does not apply");
        case.check("2027-01-03", &[("asked", expected[1])]);
        case.on("2027-01-03", "ground nationality applies");
        case.check("2027-01-04", &[("asked", expected[2])]);
    }
}

#[test]
fn an_obligation_arises_with_an_act_and_is_met_by_another() {
    let mut case = Case::arrested("2027-03-02 10:00");
    case.check("2027-03-02 10:00", &[("owed", "tell-norvane")]);
    case.on("2027-03-03 10:00", "norvane-told");
    case.check("2027-03-03 10:00", &[("owed", "nothing")]);
    let view = case.view("2027-03-04");
    assert_eq!(view.obligations()[0].owed.met.unwrap().1, super::case::when("2027-03-03 10:00"));
    assert_eq!(view.obligations()[0].bearer.0.as_str(), "requested/central");
}

#[test]
fn an_obligation_arises_only_where_its_condition_holds_after_the_moves() {
    let owed_when = |guard| {
        let mut draft = draft();
        draft.obligations[1].value.when = Some(guard);
        let mut case = Case::open(&checked(&draft), "2027-01-01");
        for fact in ["fact person.minor = no", "learned immunity = none"] {
            case.on("2027-01-01", fact);
        }
        case.on("2027-03-02 10:00", "arrested (arrest.place: Ulsan)");
        case
    };
    owed_when(is("custody", "free")).check("2027-03-02 10:00", &[("owed", "nothing")]);
    owed_when(is("person.status", "accused")).check("2027-03-02 10:00", &[("owed", "nothing")]);
    owed_when(is("custody", "held-provisionally")).check("2027-03-02 10:00", &[("owed", "tell-norvane")]);
}

#[test]
fn where_the_law_itself_moves_somebody_may_owe_something() {
    let mut draft = draft();
    let on_expiry = &mut draft.clocks[0].value.on_expiry;
    *on_expiry = super::draft::by_law(on_expiry.moves.clone());
    on_expiry.duty = Some(text("release"));
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    for what in ["fact person.minor = no", "learned immunity = none"] {
        case.on("2027-01-01", what);
    }
    case.on("2027-03-02 10:00", "arrested (arrest.place: Ulsan)");
    case.check("2027-04-17 00:00", &[("custody", "release-due"), ("owed", "tell-norvane, release")]);
}

#[test]
fn what_is_owed_twice_is_met_by_one_act() {
    let mut case = Case::arrested("2027-03-02 10:00");
    case.on("2027-03-04 10:00", "released");
    case.on("2027-03-05 10:00", "arrested (arrest.place: Busan)");
    case.check("2027-03-06", &[("owed", "tell-norvane, tell-norvane")]);
    case.on("2027-03-06", "norvane-told");
    case.check("2027-03-07", &[("owed", "nothing")]);
}

#[test]
fn a_fact_is_as_it_was_last_recorded_by_the_time_it_took_effect() {
    let mut case = Case::sample();
    case.on("2027-03-02", "fact person.status = convicted");
    case.late("2027-03-10", "2027-02-01", "fact person.status = accused");
    case.check("2027-03-10", &[("person.status", "convicted")]);
    case.check("2027-02-15", &[("person.status", "accused")]);
}

#[test]
fn a_guard_asks_whether_something_is_known_and_is_never_unsure_of_that() {
    let mut draft = draft();
    draft.conditions.push(condition("dated", atom(AtomDraft::Known(text("new-date")))));
    draft.conditions.push(condition("undated", atom(AtomDraft::Unknown(text("new-date")))));
    draft.conditions.push(condition("minor", is("person.minor", "yes")));
    draft.conditions.push(condition("not-minor", not(is("person.minor", "yes"))));
    draft
        .conditions
        .push(condition("one-or-other", any(&[is("person.minor", "yes"), is("custody", "free")])));
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    case.check(
        "2027-01-02",
        &[
            ("dated", "does not hold"),
            ("undated", "holds"),
            ("minor", "unknown"),
            ("not-minor", "unknown"),
            ("one-or-other", "holds"),
        ],
    );
    case.on("2027-01-02", "fact person.minor = no");
    case.on("2027-01-02", "fact new-date = 2027-05-05");
    case.check(
        "2027-01-03",
        &[
            ("dated", "holds"),
            ("undated", "does not hold"),
            ("minor", "does not hold"),
            ("not-minor", "holds"),
        ],
    );
}

fn is_open(case: &Case, act: &str) -> bool {
    case.view("2027-12-31").act(act).unwrap().is_open()
}

#[test]
fn an_act_is_open_if_what_it_records_can_open_it() {
    let mut draft = draft();
    let mut decided = act("decided", "requested/court");
    decided.value.records = vec![text("person.status")];
    decided.value.when = Some(is("person.status", "accused"));
    draft.acts.push(decided);
    let mut shielded = act("shielded", "requested/court");
    shielded.value.records = vec![text("person.status")];
    shielded.value.when = Some(all(&[is("person.status", "accused"), is("person.minor", "yes")]));
    draft.acts.push(shielded);
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    assert!(is_open(&case, "decided") && !is_open(&case, "shielded"));
    let refused = case.refused("2027-01-02", "decided (person.status: convicted)");
    assert_eq!(refused.code(), RejectionCode::NotFulfilled);
    case.on("2027-01-02", "decided (person.status: accused)");
    case.on("2027-01-03", "fact person.minor = yes");
    assert!(is_open(&case, "shielded"));
}

#[test]
fn truth_follows_the_strong_logic_of_kleene() {
    use Truth::{False, True, Unknown};
    let all = [True, False, Unknown];
    for a in all {
        assert_eq!(a.negated().negated(), a);
        assert_eq!((a.and(True), a.or(False), a.and(False), a.or(True)), (a, a, False, True));
        for b in all {
            assert_eq!(a.and(b), b.and(a));
            assert_eq!(a.and(b).negated(), a.negated().or(b.negated()));
            for c in all {
                assert_eq!(a.and(b).and(c), a.and(b.and(c)));
                assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)));
            }
        }
    }
}

#[test]
fn a_case_is_over_when_every_track_is() {
    let mut case = Case::granted();
    case.on("2027-04-05 10:00", "appeal-waived");
    assert!(!case.view("2027-04-06").is_over());
    case.on("2027-04-06 10:00", "surrendered (surrender.place: Incheon)");
    let view = case.view("2027-04-07");
    assert!(view.is_over());
    assert_eq!(view.track("request").unwrap().stage.outcome.as_deref(), Some("surrendered"));
    assert!(view.acts().iter().all(|act| act.act.moves.is_empty() || !act.is_open()));
}
