//! Plan files: what is read of them, and what is told where they do not fit.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod common;

use comity_core::migration::{Ends, Fate, Migration, NameKind};
use comity_core::procedure::SharedProcedure;
use comity_language::library::load;
use comity_language::{Diagnostic, Source, plan_schema, read_plan};

const HEAD: &str = "\
comity-plan: 1
from: {procedure: norvane-calderia/extradition, version: 1}
to: {procedure: norvane-calderia/extradition, version: 2}
authority: Ministry of Justice of Norvane
reason: the protocol applies to cases that run
";

fn edition(changes: &[(&str, &str)]) -> SharedProcedure {
    let library = load(&common::changed(common::EXTRADITION, changes));
    library.procedure("norvane-calderia/extradition").unwrap().procedure.clone()
}

/// The two editions, the second with another length of the limit for the request.
fn editions() -> (SharedProcedure, SharedProcedure) {
    let first = edition(&[]);
    let cite = first.clocks().iter().next().unwrap().2.basis.to_string();
    assert!(!cite.is_empty());
    (first, edition(&[("version: 1", "version: 2")]))
}

fn read(rest: &str) -> Result<Migration, Vec<Diagnostic>> {
    let (first, second) = editions();
    let (plan, told) = read_plan(&Source::new("plan.yaml", format!("{HEAD}{rest}")));
    match plan {
        Some(plan) => plan.between(&first, &second, &|number| number == 1),
        None => Err(told),
    }
}

fn told(rest: &str) -> Vec<(&'static str, usize, String)> {
    let told = read(rest).unwrap_err();
    told.into_iter().map(|one| (one.code.word(), one.line, one.message)).collect()
}

#[test]
fn a_plan_says_what_becomes_of_what() {
    let (first, second) = editions();
    let clock = first.clocks().names().next().unwrap().clone();
    let ground = first.grounds().names().next().cloned();
    let rest = format!(
        "cite: reading 1\nclocks:\n  {clock}: {{end: later, if-it-has-run-out: accepted, cite: reading 1}}\n"
    );
    let plan = read(&rest).unwrap();
    assert_eq!((plan.from, plan.meaning, plan.version), (first.meaning(), second.meaning(), 2));
    assert_eq!(
        (plan.authority.as_str(), plan.cite.as_str()),
        ("Ministry of Justice of Norvane", "reading 1")
    );
    let fate = &plan.clocks[0];
    assert_eq!((fate.ends, fate.may_have_run_out, &fate.fate), (Ends::Later, true, &Fate::Becomes(clock)));
    if let Some(ground) = ground {
        let plan =
            read(&format!("cite: reading 1\ngrounds:\n  {ground}: {{dropped: no longer law}}\n")).unwrap();
        assert_eq!((plan.names[0].kind, &plan.names[0].name), (NameKind::Ground, &ground));
        assert_eq!(plan.names[0].fate, Fate::Dropped { reason: "no longer law".to_owned() });
    }
    // The digest is that of the text: the same plan is the same plan.
    assert_eq!(read(&rest).unwrap().plan, read(&rest).unwrap().plan);
    assert_ne!(read(&rest).unwrap().plan, plan_of("cite: reading 1\n").plan);
}

fn plan_of(rest: &str) -> Migration {
    read(rest).unwrap()
}

#[test]
fn what_does_not_fit_is_told_with_its_line() {
    let cases = [
        ("", "missing-key", 1, "cite"),
        ("cite: reading 2\n", "bad-plan", 6, "NOTES.md holds no reading 2"),
        ("cite: tretay 1\n", "bad-plan", 6, "has no source `tretay`"),
        ("cite: reading 1\ncloks: {}\n", "unknown-key", 7, "cloks"),
        ("cite: reading 1\nfacts:\n  Weight: mass\n", "bad-plan", 8, "`Weight` is not a name"),
        ("cite: reading 1\nfacts:\n  weight: mass\n", "bad-plan", 8, "has no fact `weight`"),
        (
            "cite: reading 1\ntracks:\n  moon: {becomes: sun, dropped: gone}\n",
            "bad-plan",
            8,
            "cannot be dropped and become",
        ),
        (
            "cite: reading 1\nclocks:\n  x: {cite: reading 1}\n",
            "bad-plan",
            8,
            "it is not said which end `x` has",
        ),
        (
            "cite: reading 1\nclocks:\n  x: {dropped: gone, end: keep, cite: reading 1}\n",
            "bad-plan",
            8,
            "`x` is dropped and has no end",
        ),
    ];
    for (rest, code, line, says) in cases {
        let told = told(rest);
        assert!(
            told.iter().any(|one| one.0 == code && one.1 == line && one.2.contains(says)),
            "{rest}: {told:?}"
        );
    }
}

#[test]
fn two_editions_that_mean_the_same_need_no_plan() {
    let first = edition(&[]);
    let (plan, _) = read_plan(&Source::new("plan.yaml", format!("{HEAD}cite: reading 1\n")));
    let told = plan.unwrap().between(&first, &first, &|_| true).unwrap_err();
    assert!(told[0].message.contains("both editions mean the same"), "{told:?}");
}

#[test]
fn the_schema_of_a_plan_knows_its_sections() {
    let schema = plan_schema();
    let sections = schema["properties"].as_object().unwrap();
    for section in ["from", "to", "tracks", "clocks", "facts", "acts", "documents", "grounds", "obligations"]
    {
        assert!(sections.contains_key(section), "{section}");
    }
    assert_eq!(schema["$defs"]["ClockPlanFile"]["properties"]["end"]["enum"][2], "later");
}
