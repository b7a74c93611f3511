//! Every shipped procedure loads, and every shipped chronology holds, cell by cell.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use comity_language::Source;
use comity_language::chronology::read_chronology;
use comity_language::library::Files;
use comity_tests::shipped::{library, workflows};

#[test]
fn every_shipped_procedure_loads_without_a_flaw() {
    let library = library();
    let told: Vec<String> = library.diagnostics.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(library.procedures.len() >= 6, "only {} procedures", library.procedures.len());
}

#[test]
fn every_shipped_chronology_holds() {
    let (files, library) = (workflows(), library());
    let paths: Vec<String> =
        files.list().unwrap().into_iter().filter(|path| path.ends_with(".chronology.md")).collect();
    assert!(paths.len() >= 8, "only {} chronologies", paths.len());
    let (mut wrong, mut cells) = (Vec::new(), 0);
    for path in paths {
        let text = String::from_utf8(files.read(&path).unwrap()).unwrap();
        let (chronology, diagnostics) = read_chronology(&Arc::new(Source::new(path.clone(), text)));
        wrong.extend(diagnostics.iter().map(ToString::to_string));
        let Some(chronology) = chronology else { continue };
        let names = chronology.cases.iter().map(|case| case.procedure.value.as_str());
        let about: Vec<_> = names.filter_map(|name| library.procedure(name)).collect();
        wrong.extend(chronology.wrong_citations(&about).iter().map(ToString::to_string));
        let report = comity_testkit::run(&chronology, library);
        cells += report.cells();
        wrong.extend(report.diagnostics.iter().map(ToString::to_string));
        for section in &report.sections {
            for failure in &section.failures {
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
        }
    }
    assert!(wrong.is_empty(), "{} things do not hold:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cells > 500, "only {cells} cells were checked");
}
