//! Cases that follow one another over a migration.

use comity_core::entry::Body;
use comity_core::id::CaseId;
use comity_core::procedure::Draft;
use comity_core::time::When;
use comity_core::{Asked, fold, lessons, mirrored};

use super::{Plan, Running};
use crate::case::{Case, WAIVER, moment, name};
use crate::draft::{act, mirror, moves, track};
use crate::sample::checked;

/// The waiver of immunity that the sample is tied to, in small.
fn waiver(stages: &[&str]) -> Draft {
    let mut draft = crate::draft::two_states("vienna/waiver");
    draft.tracks = vec![track("person", stages)];
    let mut waive = act("waive", "requested/central");
    waive.value.moves = vec![moves("person", &format!("{} -> waived", stages[0]))];
    draft.acts = vec![waive];
    draft
}

#[test]
fn a_linked_case_goes_on_telling_after_it_was_migrated() {
    let old = checked(&waiver(&["immune", "waived: waived"]));
    let mut draft = waiver(&["shielded", "waived: waived"]);
    draft.version.value = 2;
    let new = checked(&draft);
    let mut there = Running::of(Case::open(&old, "2027-01-01"));
    let plan = Plan::default().track("person", "person", &[("immune", "shielded")]);
    there.goes_over("2027-02-01 12:00", &new, &plan);
    there.on("2027-02-10 12:00", "2027-02-10 11:00", "waive");

    let mut sample = crate::sample::draft();
    sample.facts[2] = mirror("immunity", &["immune", "shielded", "waived", "none"], "immunity", "person");
    let here = Case::open(&checked(&sample), "2027-01-01");
    let now = Asked::at(moment("2027-03-01"));
    let (view, other) = (fold(&here.procedure, &here.entries, now), there.view(now));
    let mirror = &mirrored(&here.procedure)[0];
    let told = lessons(&view, &here.entries, mirror, Some((WAIVER, &other)));
    let told: Vec<(String, When)> = told
        .iter()
        .map(|body| {
            let deed = body.deed().unwrap();
            let comity_core::entry::What::Learned { value, .. } = &deed.what else { panic!("{deed:?}") };
            (value.to_string(), deed.when)
        })
        .collect();
    let at = |text: &str| When::At(moment(text));
    assert_eq!(
        told.iter().map(|(stage, _)| stage.as_str()).collect::<Vec<_>>(),
        ["immune", "shielded", "waived"]
    );
    assert_eq!((told[1].1, told[2].1), (at("2027-02-01 12:00"), at("2027-02-10 11:00")));
}

#[test]
fn a_fact_that_begins_to_follow_at_a_migration_is_told_from_then_on() {
    let old = {
        let mut draft = crate::sample::draft();
        draft.facts[2] = mirror("immunity", &["immune", "waived", "none"], "immunity", "person");
        checked(&draft)
    };
    let new = {
        let mut draft = crate::sample::draft();
        draft.version.value = 2;
        draft.facts.push(mirror("person.shield", &["immune", "waived", "none"], "immunity", "person"));
        checked(&draft)
    };
    let mut there = Case::open(&checked(&waiver(&["immune", "waived: waived"])), "2027-01-01");
    there.on("2027-01-20 12:00", "waive");
    let mut here = Running::of(Case::open(&old, "2027-01-01"));
    here.goes_over("2027-02-01 12:00", &new, &Plan::default());
    let now = Asked::at(moment("2027-03-01"));
    let other = there.view("2027-03-01");
    let mirrors = mirrored(&new);
    let follows = mirrors.iter().find(|one| one.fact == name("person.shield")).unwrap();
    let told = lessons(&here.view(now), &here.case.entries, follows, Some((CaseId(WAIVER.0), &other)));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].deed().unwrap().when, When::At(moment("2027-02-01 12:00")));
    let known: Vec<Body> = told;
    here.admit("2027-03-01", known).unwrap();
    here.check("2027-03-01", &[("person.shield", "waived")]);
    assert_eq!(lessons(&here.view(now), &here.case.entries, follows, Some((WAIVER, &other))), []);
}
