//! The chronologies of the made-up library, played: limits that stop, grow, are cured, replaced and begin again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use comity_language::chronology::{Chronology, read_chronology};
use comity_language::library::{Disk, Files, Library, load};
use comity_language::{Source, library};
use comity_testkit::{Crossed, Kind, Report, run};

fn made_up() -> Disk {
    library::Disk::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../language/tests/data/library"))
}

fn loaded() -> Library {
    let library = load(&made_up());
    let told: Vec<String> = library.diagnostics.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    library
}

fn chronology() -> Chronology {
    let path = "norvane-calderia/custody.chronology.md";
    let text = String::from_utf8(made_up().read(path).unwrap()).unwrap();
    let (chronology, told) = read_chronology(&Arc::new(Source::new(path, text)));
    assert!(told.is_empty(), "{told:?}");
    chronology.unwrap()
}

/// What did not hold, a line for each.
fn failures(report: &Report) -> String {
    let mut told = String::new();
    for diagnostic in &report.diagnostics {
        writeln!(told, "{diagnostic}").unwrap();
    }
    for failure in report.sections.iter().flat_map(|section| &section.failures) {
        let because = failure.because.join("\n    ");
        let (line, when, about, wrote, found) =
            (failure.line, &failure.when, &failure.about, &failure.wrote, &failure.found);
        writeln!(told, "{line}: {when} {about}: `{wrote}`, but {found}\n    {because}").unwrap();
    }
    told
}

#[test]
fn every_way_in_which_a_limit_may_run_holds_as_it_is_written() {
    let report = run(&chronology(), &loaded());
    assert!(report.passed(), "{}", failures(&report));
}

#[test]
fn every_clock_is_crossed_and_each_runs_out_once() {
    let (library, report) = (loaded(), run(&chronology(), &loaded()));
    let crossed = &report.coverage.procedures["norvane-calderia/custody"];
    let procedure = &library.procedure("norvane-calderia/custody").unwrap().procedure;
    let all: BTreeSet<String> = procedure.clocks().names().map(ToString::to_string).collect();
    assert_eq!((&crossed.started, &crossed.ran_out), (&all, &all));
    assert_eq!(crossed.missing(procedure), []);
}

#[test]
fn a_limit_that_is_replaced_and_an_exception_to_its_end_are_to_be_crossed() {
    let library = loaded();
    let procedure = &library.procedure("norvane-calderia/custody").unwrap().procedure;
    let replaced: Vec<String> = Crossed::default()
        .points(procedure)
        .into_iter()
        .filter(|point| point.kind == Kind::ClockReplaced)
        .map(|point| point.name)
        .collect();
    assert_eq!(replaced, ["appeal"]);
    let both: Vec<Kind> = Crossed::default()
        .points(procedure)
        .into_iter()
        .filter(|point| point.name.ends_with("unless challenge is pending"))
        .map(|point| point.kind)
        .collect();
    assert_eq!(both, [Kind::Held, Kind::Failed]);
}
