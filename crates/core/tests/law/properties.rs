//! What holds of every history that was admitted.

use comity_core::entry::{Body, Deed, Entry, standing};
use comity_core::procedure::{ClockStanding, SharedProcedure};
use comity_core::time::{Moment, When};
use comity_core::{Asked, View, fold};
use proptest::prelude::*;

use super::case::{Case, annulment, number, seoul};
use super::draft::{atom, condition, is, not};
use super::sample::{checked, draft};

/// What somebody tries to record. Most of it will be refused.
#[derive(Clone, Debug)]
enum Attempt {
    /// A deed so many hours after the last record, recorded so many hours late, dated to the hour or to the day.
    Deed {
        what: &'static str,
        after: u32,
        late: u32,
        to_the_day: bool,
    },
    Annul {
        back: u32,
    },
    Correct {
        back: u32,
        what: &'static str,
        earlier: u32,
    },
}

const DEEDS: [&str; 20] = [
    "request-received",
    "request-received (person.status: convicted)",
    "arrested (arrest.place: Ulsan)",
    "arrested (arrest.place: Busan)",
    "heard",
    "surrender-granted",
    "surrender-granted",
    "surrender-refused",
    "appeal-waived",
    "surrender-postponed",
    "new-date-set (new-date: 2027-04-01)",
    "surrendered (surrender.place: Incheon)",
    "released",
    "withdrawn",
    "norvane-told",
    "document warrant",
    "document description",
    "ground political-offence does not apply",
    "fact person.status = accused",
    "learned immunity = immune",
];

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let what = || prop::sample::select(DEEDS.to_vec());
    let deed = (what(), 0u32..800, prop_oneof![3 => Just(0u32), 1 => 0u32..1500], any::<bool>())
        .prop_map(|(what, after, late, to_the_day)| Attempt::Deed { what, after, late, to_the_day });
    let annul = (0u32..6).prop_map(|back| Attempt::Annul { back });
    let correct = (0u32..6, what(), 0u32..300).prop_map(|(back, what, earlier)| Attempt::Correct {
        back,
        what,
        earlier,
    });
    prop::collection::vec(prop_oneof![12 => deed, 1 => annul, 1 => correct], 1..40)
}

fn hours_after(moment: Moment, hours: i64) -> Moment {
    Moment::from_unix_microseconds(moment.as_unix_microseconds() + hours * 3_600_000_000).unwrap()
}

fn written(at: Moment, to_the_day: bool) -> String {
    let zone = seoul();
    if to_the_day { zone.day_at(at).to_string() } else { zone.local(at) }
}

/// Carries out the attempts; what is refused changes nothing. Gives the case and how many were admitted.
fn history(attempts: &[Attempt]) -> (Case, usize) {
    let mut case = Case::sample();
    let mut admitted = 0;
    for attempt in attempts {
        let last = case.entries.last().unwrap().recorded_at;
        let back = |back: u32| number(case.last().get().saturating_sub(back).max(2));
        let (recorded, body) = match attempt {
            Attempt::Deed { what, after, late, to_the_day } => {
                let at = hours_after(last, i64::from(*after));
                let took_effect = hours_after(at, -i64::from(*late));
                (at, Body::Deed(case.deed(&written(took_effect, *to_the_day), what)))
            }
            Attempt::Annul { back: steps } => (last, annulment(back(*steps))),
            Attempt::Correct { back: steps, what, earlier } => {
                let at = written(hours_after(last, -i64::from(*earlier)), false);
                (last, case.correction(back(*steps), &at, what))
            }
        };
        let before = case.clone();
        match case.admit(recorded, vec![body]) {
            Ok(()) => admitted += 1,
            Err(_) => {
                assert_eq!(case.entries, before.entries, "a rejection changes nothing");
            }
        }
    }
    (case, admitted)
}

fn view(procedure: &SharedProcedure, entries: &[Entry], at: Moment) -> View {
    fold(procedure, entries, Asked { at, known_at: Moment::MAX })
}

/// All that a view tells, so that two can be compared.
fn told(view: &View) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        view.tracks().iter().map(|one| one.stands).collect::<Vec<_>>(),
        view.clocks().iter().map(|one| one.cycles).collect::<Vec<_>>(),
        view.conditions().iter().map(|one| one.holds).collect::<Vec<_>>(),
        view.facts().iter().map(|one| one.known).collect::<Vec<_>>(),
        view.obligations().iter().map(|one| one.owed).collect::<Vec<_>>(),
        view.acts().iter().map(|one| one.closed_because.clone()).collect::<Vec<_>>(),
        view.happenings(),
        view.upset(),
    )
}

/// One thing that an office may do.
fn office_work(what: usize, now: Moment) -> Body {
    use super::office::{assigned, held, review};
    use comity_core::entry::{Office, Warning};
    let today = seoul().day_at(now).to_string();
    match what {
        0 => held(Some(&today)),
        1 => Body::Office(Office::Resumed),
        2 => review(&today),
        3 => Body::Office(Office::NoReview),
        4 => assigned(Some("a.costa"), None),
        _ => Body::Warned(Warning {
            clock: super::case::name("formal-request"),
            before: "3 days".parse().unwrap(),
            at: now,
            ends: now,
            told: Vec::new(),
        }),
    }
}

/// What a view tells of the law, without the numbers of entries.
fn law(view: &View) -> String {
    let entry = |text: String| {
        let mut parts = text.split("EntryNumber(");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| all + part.split_once(')').unwrap_or_default().1)
    };
    entry(told(view))
}

/// The moments at which something changes, and those between.
fn moments(case: &Case) -> Vec<Moment> {
    let last = case.entries.last().unwrap().recorded_at;
    let full = view(&case.procedure, &case.entries, hours_after(last, 24 * 400));
    let mut moments: Vec<Moment> = full.happenings().iter().map(|one| one.when.earliest(&seoul())).collect();
    moments.extend([last, hours_after(last, 24 * 400)]);
    moments
}

fn deeds_until<'a>(case: &'a Case, entries: &'a [Entry], at: Moment) -> Vec<Entry> {
    let lisbon = comity_core::time::Zone::named("Europe/Lisbon").unwrap();
    let later = |deed: &Deed| {
        let zone = match &deed.what {
            comity_core::entry::What::Act { by, .. } if by.as_str().starts_with("requesting") => &lisbon,
            comity_core::entry::What::Act { .. }
            | comity_core::entry::What::Document(_)
            | comity_core::entry::What::Finding { .. }
            | comity_core::entry::What::Fact { .. }
            | comity_core::entry::What::Learned { .. } => &case.procedure.home().zone,
        };
        deed.when.earliest(zone) > at
    };
    let later: Vec<_> =
        standing(entries).iter().filter(|(_, deed)| later(deed)).map(|(entry, _)| entry.number).collect();
    entries.iter().filter(|entry| !later.contains(&entry.number)).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_prefix_of_what_was_admitted_folds_without_an_upset_entry(attempts in attempts()) {
        let (case, _) = history(&attempts);
        for length in 1..=case.entries.len() {
            let entries = &case.entries[..length];
            let view = view(&case.procedure, entries, entries[length - 1].recorded_at);
            prop_assert!(view.upset().is_empty(), "{:?}", view.upset());
        }
    }

    #[test]
    fn what_was_known_is_the_fold_of_what_was_recorded_by_then(attempts in attempts(), at in 0usize..40) {
        let (case, _) = history(&attempts);
        let entries = &case.entries[..=at.min(case.entries.len() - 1)];
        let known_at = entries.last().unwrap().recorded_at;
        let known = comity_core::known_at(&case.entries, known_at);
        prop_assert!(known.len() >= entries.len());
        let asked = Asked { at: known_at, known_at };
        prop_assert_eq!(told(&fold(&case.procedure, &case.entries, asked)), told(&fold(&case.procedure, known, asked)));
    }

    #[test]
    fn replay_gives_the_same_view(attempts in attempts()) {
        let (case, _) = history(&attempts);
        let (again, _) = history(&attempts);
        prop_assert_eq!(&case.entries, &again.entries);
        for at in moments(&case) {
            prop_assert_eq!(told(&case.view_at(at)), told(&again.view_at(at)));
        }
    }

    #[test]
    fn later_deeds_change_nothing_earlier(attempts in attempts()) {
        let (case, _) = history(&attempts);
        for at in moments(&case) {
            let without = view(&case.procedure, &deeds_until(&case, &case.entries, at), at);
            prop_assert_eq!(told(&case.view_at(at)), told(&without));
        }
    }

    #[test]
    fn notes_and_notices_change_nothing(attempts in attempts()) {
        let (case, _) = history(&attempts);
        let mut noted = case.clone();
        let last = case.entries.last().unwrap().recorded_at;
        noted.admit(last, vec![Body::Note(comity_core::name::Private::new("called the court"))]).unwrap();
        for at in moments(&case) {
            prop_assert_eq!(told(&case.view_at(at)), told(&noted.view_at(at)));
        }
    }

    #[test]
    fn the_work_of_an_office_changes_nothing_wherever_it_falls(
        attempts in attempts(),
        works in prop::collection::vec((0usize..40, 0usize..6), 1..8),
    ) {
        let (case, _) = history(&attempts);
        let (mut worked, mut numbers) = (case.clone(), Vec::new());
        worked.entries.clear();
        for (place, entry) in case.entries.iter().enumerate() {
            let next = worked.entries.last().map_or(1, |last| last.number.get() + 1);
            worked.entries.push(Entry { number: number(next), ..entry.clone() });
            numbers.push((entry.number, worked.last()));
            for (_, what) in works.iter().filter(|(at, _)| *at == place) {
                // What makes no sense where it falls is refused, and that changes nothing either.
                let _ = worked.admit(entry.recorded_at, vec![office_work(*what, entry.recorded_at)]);
            }
        }
        // Entries speak of others by number, so those that are spoken of are called by their new numbers.
        for entry in &mut worked.entries {
            if let Body::Annulled { entry: target, .. } | Body::Corrected { entry: target, .. } = &mut entry.body {
                *target = numbers.iter().find(|(old, _)| old == target).unwrap().1;
            }
        }
        for at in moments(&case) {
            let (plain, worked) = (case.view_at(at), worked.view_at(at));
            prop_assert_eq!(law(&plain), law(&worked));
        }
    }

    #[test]
    fn annulling_an_annulment_restores_the_case(attempts in attempts()) {
        let (case, _) = history(&attempts);
        let mut undone = case.clone();
        let last = case.entries.last().unwrap().recorded_at;
        let target = case.entries.iter().rev().find(|entry| matches!(entry.body, Body::Deed(_))).unwrap().number;
        if undone.admit(last, vec![annulment(target)]).is_ok() {
            undone.admit(last, vec![annulment(undone.last())]).unwrap();
            for at in moments(&case) {
                prop_assert_eq!(told(&case.view_at(at)), told(&undone.view_at(at)));
            }
        }
    }

    #[test]
    fn whoever_is_held_has_a_limit_or_is_owed_something(attempts in attempts()) {
        let (case, _) = history(&attempts);
        for at in moments(&case) {
            let view = case.view_at(at);
            let stage = view.track("custody").unwrap().stage_name.to_string();
            // After a hand-over limit has run out the person is no longer held, so some limit always runs.
            let runs = view.clocks().iter().any(|clock| clock.standing == ClockStanding::Running);
            let owed = view.obligations().iter().any(|one| one.owed.met.is_none());
            prop_assert!(!stage.starts_with("held") || runs || owed, "{} at {}: {:#?}", stage, at, view.happenings());
        }
    }

    #[test]
    fn time_does_not_go_back_in_the_story(attempts in attempts()) {
        let (case, _) = history(&attempts);
        let last = case.entries.last().unwrap().recorded_at;
        let view = case.view_at(hours_after(last, 24 * 400));
        let exact: Vec<Moment> = view.happenings().iter().filter_map(|one| match one.when {
            When::At(moment) => Some(moment),
            When::On(_) | When::In { .. } | When::During { .. } => None,
        }).collect();
        prop_assert!(exact.is_sorted(), "{:?}", view.happenings());
    }

    #[test]
    fn any_entries_at_all_fold_without_a_panic(
        order in prop::collection::vec((0usize..DEEDS.len(), 0u32..9000, any::<bool>()), 0..30),
        asked in prop_oneof![Just(Moment::MIN), Just(Moment::MAX), Just(super::case::moment("2027-06-01"))],
    ) {
        let mut case = Case::sample();
        let start = super::case::moment("2027-01-01");
        for (what, hours, to_the_day) in order {
            let text = written(hours_after(start, i64::from(hours)), to_the_day);
            let body = Body::Deed(case.deed(&text, DEEDS[what]));
            let entry = Entry { number: number(case.last().get() + 1), body, ..case.entries[0].clone() };
            case.entries.push(entry);
        }
        told(&view(&case.procedure, &case.entries, asked));
    }

    #[test]
    fn an_act_that_is_open_is_admitted_with_its_facts_and_a_closed_one_is_not(attempts in attempts()) {
        let (case, _) = history(&attempts);
        let last = case.entries.last().unwrap().recorded_at;
        let now = hours_after(last, 1);
        for what in DEEDS.iter().filter(|what| !what.contains("status")) {
            let name = what.split(' ').next().unwrap();
            let Some(act) = case.view_at(now).act(name).map(|act| act.is_open()) else { continue };
            let body = Body::Deed(case.deed(&written(now, false), what));
            let admitted = case.clone().admit(now, vec![body]);
            prop_assert_eq!(act, admitted.is_ok(), "{} {:?}", what, admitted);
        }
    }

    #[test]
    fn a_condition_and_its_negation_never_both_hold(attempts in attempts()) {
        let mut draft = draft();
        draft.conditions.push(condition("held", is("custody", "held-provisionally")));
        draft.conditions.push(condition("not-held", not(is("custody", "held-provisionally"))));
        draft.conditions.push(condition("known", atom(comity_core::procedure::draft::AtomDraft::Known(super::draft::text("person.status")))));
        let procedure = checked(&draft);
        let (case, _) = history(&attempts);
        for at in moments(&case) {
            let view = view(&procedure, &case.entries, at);
            let conditions = view.conditions();
            let holds = |name: &str| conditions.iter().find(|one| one.name.as_str() == name).unwrap().holds;
            prop_assert_eq!(holds("held").negated(), holds("not-held"));
        }
    }
}

/// Random histories are worth something only if most of them go somewhere.
#[test]
fn the_random_histories_reach_far() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut stages = std::collections::BTreeSet::new();
    let mut admitted = 0;
    for _ in 0..300 {
        let attempts = attempts().new_tree(&mut runner).unwrap().current();
        let (case, count) = history(&attempts);
        admitted += count;
        let last = case.entries.last().unwrap().recorded_at;
        for track in case.view_at(last).tracks() {
            stages.insert(track.stage_name.to_string());
        }
    }
    assert!(admitted > 1500, "{admitted}");
    for stage in ["granted", "refused", "withdrawn", "held-provisionally", "release-due"] {
        assert!(stages.contains(stage), "{stage} is never reached: {stages:?}");
    }
}
