//! Every shipped procedure loads, and every shipped chronology holds, cell by cell.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use comity_language::Source;
use comity_language::chronology::{Chronology, read_chronology};
use comity_language::library::Files;
use comity_tests::shipped::{library, on_all_cores, workflows};

#[test]
fn every_shipped_procedure_loads_without_a_flaw() {
    let library = library();
    let told: Vec<String> = library.diagnostics.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(library.procedures.len() >= 6, "only {} procedures", library.procedures.len());
}

#[test]
fn every_shipped_chronology_holds() {
    let files = workflows();
    let paths: Vec<String> =
        files.list().unwrap().into_iter().filter(|path| path.ends_with(".chronology.md")).collect();
    assert!(paths.len() >= 8, "only {} chronologies", paths.len());
    let (wrong, cells) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    on_all_cores(&paths, |path| {
        let text = String::from_utf8(files.read(path).unwrap()).unwrap();
        let (chronology, diagnostics) = read_chronology(&Arc::new(Source::new(path.clone(), text)));
        let mut told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        if let Some(chronology) = chronology {
            cells.fetch_add(played(path, &chronology, &mut told), Ordering::Relaxed);
        }
        wrong.lock().unwrap().extend(told);
    });
    let (wrong, cells) = (wrong.into_inner().unwrap(), cells.into_inner());
    assert!(wrong.is_empty(), "{} things do not hold:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cells > 500, "only {cells} cells were checked");
}

/// Adds what does not hold, and returns how many cells were looked at.
fn played(path: &str, chronology: &Chronology, wrong: &mut Vec<String>) -> usize {
    let library = library();
    let names = chronology.cases.iter().map(|case| case.procedure.value.as_str());
    let about: Vec<_> = names.filter_map(|name| library.procedure(name)).collect();
    wrong.extend(chronology.wrong_citations(&about).iter().map(ToString::to_string));
    let report = comity_testkit::run(chronology, library);
    wrong.extend(report.diagnostics.iter().map(ToString::to_string));
    for failure in report.sections.iter().flat_map(|section| &section.failures) {
        wrong.push(format!(
            "{path}:{}:{} {} [{}] wrote `{}`, is `{}`\n    {}",
            failure.line,
            failure.column,
            failure.when,
            failure.about,
            failure.wrote,
            failure.found,
            failure.because.join("\n    ")
        ));
    }
    report.cells()
}
