//! The sentences that a clerk reads: derivations, previews, lists. And those that no log may hold.

use comity_core::name::Private;
use comity_core::procedure::ExpiryEffect;
use comity_core::time::FirstDay;
use comity_core::{changes, explain, explain_run};

use super::case::{Case, moment};
use super::draft::{expiry, text};
use super::sample::{checked, draft};

#[track_caller]
fn check(case: &Case, at: &str, clock: &str, says: &str) {
    assert_eq!(explain(&case.view(at), clock).unwrap().to_string(), says);
}

#[test]
fn a_limit_in_days_is_derived_step_by_step() {
    let case = Case::arrested("2027-03-02 23:30");
    check(&case, "2027-03-03", "formal-request", "\
started by     The act arrested, Tuesday 2 March 2027 23:30 (Seoul) – entry 6
length         45 days (treaty 9(1))
first day      the day of the event, Tuesday 2 March 2027, is not counted: day 1 is Wednesday 3 March 2027
last day       45 days after 2027-03-02: Friday 16 April 2027; a closed last day would not move it
runs out       Saturday 17 April 2027 00:00 (Seoul) = 2027-04-16T15:00:00Z
otherwise      if first day counted: Thursday 15 April 2027
otherwise      if hours instead of days: until Friday 16 April 2027 23:30 (Seoul)
if it runs out Police of Calderia must: See to release (treaty 9(1)); custody goes from held-provisionally to release-due");
    assert_eq!(explain(&case.view("2027-03-03"), "review"), None);
    assert_eq!(explain(&case.view("2027-03-03"), "no-such-clock"), None);
}

#[test]
fn a_day_that_counts_is_called_the_first() {
    let mut draft = draft();
    draft.clocks[0].value.choices.first_day.as_mut().unwrap().value = FirstDay::Counted;
    draft.clocks[0].value.zone = text("requesting");
    let mut case = Case::open(&checked(&draft), "2027-01-01");
    for what in ["fact person.minor = no", "learned immunity = none"] {
        case.on("2027-01-01", what);
    }
    case.on("2027-03-02 23:30", "arrested (arrest.place: Ulsan)");
    let says = explain(&case.view("2027-03-03"), "formal-request").unwrap().to_string();
    for line in [
        "first day      the day of the event, Tuesday 2 March 2027, counts: day 1 is Tuesday 2 March 2027",
        "last day       45 days, 2027-03-02 being the first day: Thursday 15 April 2027; a closed last day would not move it",
        "summer time    the clocks change in Lisbon on the way: no effect, days are counted",
        "otherwise      if first day not counted: Friday 16 April 2027",
    ] {
        assert!(says.lines().any(|said| said == line), "{line}\n{says}");
    }
}

#[test]
fn a_limit_in_hours_tells_where_it_ends() {
    let case = Case::arrested("2027-03-02 23:30");
    check(
        &case,
        "2027-03-03",
        "hearing",
        "\
started by     The act arrested, Tuesday 2 March 2027 23:30 (Seoul) – entry 6
length         48 hours (treaty 9(1))
runs out       Thursday 4 March 2027 23:30 (Seoul) = 2027-03-04T14:30:00Z; hours run from the instant
if it runs out the provision states no effect: a warning, and nothing moves (treaty 9(1))",
    );
    let ran_out = explain(&case.view("2027-03-05"), "hearing").unwrap().to_string();
    assert!(ran_out.contains("\nran out        Thursday 4 March 2027 23:30 (Seoul)\n"), "{ran_out}");
}

#[test]
fn a_named_day_and_what_became_of_a_run_are_told() {
    let mut case = Case::granted();
    case.on("2027-04-10 10:00", "surrender-postponed");
    let says = |case: &Case, clock| explain(&case.view("2027-04-20"), clock).unwrap().to_string();
    assert!(says(&case, "new-date-limit").contains("last day       not named yet: somebody must name it\n"));
    case.on("2027-04-12 10:00", "new-date-set (new-date: 2027-06-10)");
    assert!(says(&case, "new-date-limit").contains("last day       Thursday 10 June 2027 was named\n"));
    assert!(says(&case, "formal-request").contains(
        "\nmet by         The condition request-complete, Wednesday 3 March 2027 09:00 (Seoul) – entry 10\n"
    ));
    case.on("2027-04-13 10:00", "released");
    let view = case.view("2027-04-14");
    let clock = view.clock("hearing").unwrap();
    assert_eq!(explain_run(&view, &clock, &clock.cycles[0]), explain(&view, "hearing").unwrap());
}

#[test]
fn a_month_end_that_was_replaced_and_a_limit_switched_off_are_told() {
    let mut case = Case::arrested("2027-12-31 10:00");
    case.on("2027-12-31 11:00", "heard");
    let says = explain(&case.view("2028-01-02"), "review").unwrap().to_string();
    assert!(says.contains("last day       2 months after 2027-12-31, the month having no such day: Tuesday 29 February 2028; "), "{says}");
    case.on("2028-01-03 10:00", "released");
    let says = explain(&case.view("2028-01-03 10:00"), "review").unwrap().to_string();
    assert!(says.contains("switched off   Monday 3 January 2028 10:00 (Seoul) – entry 8\n"), "{says}");
}

#[test]
fn every_effect_of_running_out_is_told() {
    let effects = [
        (ExpiryEffect::ByLaw, "the law itself changes how things stand (treaty 9(1))"),
        (ExpiryEffect::Permission, "what was closed may be done (treaty 9(1))"),
        (ExpiryEffect::Alert, "nothing changes; those concerned are told (treaty 9(1))"),
    ];
    for (effect, says) in effects {
        let mut draft = draft();
        draft.clocks[1].value.on_expiry = expiry(effect);
        let mut case = Case::open(&checked(&draft), "2027-01-01");
        for what in ["fact person.minor = no", "learned immunity = none"] {
            case.on("2027-01-01", what);
        }
        case.on("2027-03-02 10:00", "arrested (arrest.place: Ulsan)");
        let steps = explain(&case.view("2027-03-03"), "hearing").unwrap().steps;
        assert_eq!(steps.last().unwrap().says, says);
    }
}

#[test]
fn a_preview_tells_what_an_entry_would_change() {
    let case = Case::arrested("2027-03-02 10:00");
    let mut after = case.clone();
    after.on("2027-03-03 10:00", "heard");
    let told = |before: &Case, after: &Case, at: &str| {
        changes(&before.view(at), &after.view(at)).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(told(&case, &case, "2027-03-04"), [""; 0]);
    assert_eq!(
        told(&case, &after, "2027-03-04"),
        [
            "clock hearing: running, runs out Thursday 4 March 2027 10:00 (Seoul) -> met, its end being Thursday 4 March 2027 10:00 (Seoul)",
            "clock review: not started -> running, runs out Tuesday 4 May 2027 00:00 (Seoul)",
        ]
    );
    let mut released = case.clone();
    released.on("2027-03-03 10:00", "released");
    let told_of_release = told(&case, &released, "2027-03-04");
    for says in [
        "custody: held-provisionally -> free",
        "clock formal-request: running, runs out Saturday 17 April 2027 00:00 (Seoul) -> switched off, its end being Saturday 17 April 2027 00:00 (Seoul)",
        "no longer possible: `released` is not open while custody is `free`; it is open from `held-provisionally`, \
         `held-for-surrender` or `release-due` (treaty 1)",
    ] {
        assert!(told_of_release.iter().any(|told| told == says), "{says}\n{told_of_release:#?}");
    }
}

#[test]
fn what_is_owed_a_second_time_is_told() {
    let mut case = Case::arrested("2027-03-02 10:00");
    case.on("2027-03-04 10:00", "released");
    let mut after = case.clone();
    after.on("2027-03-05 10:00", "arrested (arrest.place: Busan)");
    let told: Vec<String> = changes(&case.view("2027-03-06"), &after.view("2027-03-06"))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(told.contains(&"owed: tell-norvane".to_owned()), "{told:?}");
    let mut told_norvane = after.clone();
    told_norvane.on("2027-03-05 11:00", "norvane-told");
    let told: Vec<String> = changes(&after.view("2027-03-06"), &told_norvane.view("2027-03-06"))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(told, ["no longer owed: tell-norvane", "no longer owed: tell-norvane"]);
}

#[test]
fn no_name_of_a_person_reaches_a_log() {
    let mut case = Case::sample();
    case.on("2027-03-02 10:00", "arrested (arrest.place: KIM HONG-GIL)");
    let rejection = case.refused("2027-03-02 10:00", "arrested (arrest.place: KIM HONG-GIL)");
    let logged = format!("{:?} {:?} {rejection} {rejection:?}", case.entries, case.view("2027-03-03"));
    assert!(!logged.contains("KIM") && logged.contains("(private)"));
    assert_eq!(Private::new("KIM").reveal(), "KIM");
    case.check("2027-03-03", &[("arrest.place", "KIM HONG-GIL")]);
}

#[test]
fn deeds_are_labelled_without_their_values() {
    let case = Case::sample();
    let labels: Vec<String> = [
        "arrested (arrest.place: Ulsan)",
        "document warrant",
        "ground nationality applies",
        "ground nationality does not apply",
        "fact person.minor = no",
        "learned immunity = none",
    ]
    .map(|what| case.deed("2027-03-02", what).what.label())
    .to_vec();
    assert_eq!(
        labels,
        [
            "arrested",
            "document warrant",
            "ground nationality applies",
            "ground nationality does not apply",
            "fact person.minor",
            "immunity is none in the linked case",
        ]
    );
}

#[test]
fn a_guard_is_written_back_as_a_file_would_write_it() {
    use super::draft::{all, any, is, not, recorded};
    let mut draft = draft();
    draft.acts[2].value.when = Some(all(&[
        any(&[is("person.minor", "yes"), not(is("custody", "free"))]),
        not(any(&[recorded("heard"), is("person.status", "accused")])),
    ]));
    let procedure = checked(&draft);
    let act = procedure.acts().get(procedure.acts().find("heard").unwrap()).unwrap();
    assert_eq!(
        act.when.as_ref().unwrap().words(&procedure),
        "(person.minor is yes or not custody is free) and not (act heard is recorded or person.status is accused)"
    );
    assert_eq!(procedure.meaning().to_string().len(), 64);
}

#[test]
fn a_limit_that_cannot_be_computed_says_why() {
    let mut draft = draft();
    draft.conditions.push(super::draft::condition("always", super::draft::is("custody", "free")));
    draft.clocks.push(super::draft::clock("from-the-opening", "10 days", &["always"]));
    let case = Case::open_at(&checked(&draft), "2027-02", moment("2027-06-01"));
    let says = explain(&case.view("2027-06-01"), "from-the-opening").unwrap().to_string();
    assert!(
        says.contains("last day       cannot be computed: the start is known only as 2027-02; "),
        "{says}"
    );
    assert!(says.starts_with("started by     The condition always, February 2027 – entry 1\n"), "{says}");
}
