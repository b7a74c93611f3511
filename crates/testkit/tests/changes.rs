//! What is said of small changes holds under a search that knows nothing of why it was said.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use comity_core::procedure::{Draft, Procedure};
use comity_language::library::{Disk, Files, Library, load};
use comity_language::{Chronology, Source, is_chronology, read_chronology};
use comity_testkit::changes::{Trial, Tried, Verdict, small_changes};

/// The library at a path, with its chronologies.
fn library(path: &str) -> (Library, Vec<Chronology>) {
    let files = Disk::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let library = load(&files);
    assert!(library.diagnostics.is_empty(), "{:?}", library.diagnostics);
    let paths = files.list().unwrap().into_iter().filter(|path| is_chronology(path));
    let read = paths.map(|path| {
        let text = String::from_utf8(files.read(&path).unwrap()).unwrap();
        read_chronology(&Arc::new(Source::new(path, text))).0.unwrap()
    });
    let read = read.collect();
    (library, read)
}

const FICTIONAL: &str = "../cli/tests/data/library";

#[test]
fn each_change_differs_from_the_procedure_and_from_every_other() {
    for path in [FICTIONAL, "../../workflows"] {
        let (library, _) = library(path);
        for loaded in &library.procedures {
            let changes = small_changes(&loaded.draft);
            assert!(changes.len() > 10, "{}: only {} changes", loaded.name, changes.len());
            let mut made_by_words: HashMap<String, Vec<Draft>> = HashMap::new();
            for change in &changes {
                let made = change.made_on(&loaded.draft);
                assert_ne!(made, *loaded.draft, "{}: {change} changes nothing", loaded.name);
                let (file, place) = loaded.place(change.at).unwrap();
                assert!(loaded.rests_on(file) && place.line > 1, "{}: {change} has no place", loaded.name);
                let of_these_words = made_by_words.entry(change.to_string()).or_default();
                assert!(!of_these_words.contains(&made), "{}: {change} stands twice", loaded.name);
                of_these_words.push(made);
            }
        }
    }
}

/// What several procedures build on is changed with one of them, so that nobody must write the same tables for each.
#[test]
fn what_stands_in_a_file_below_is_changed_with_the_procedure_that_has_most_tables() {
    let (library, chronologies) = library("../../workflows");
    let tried = |name: &str| {
        let loaded = library.procedure(name).unwrap();
        let trial = Trial::new(loaded, &library, &chronologies).unwrap();
        let elsewhere: Vec<String> = trial.elsewhere().map(|(_, other)| other.to_owned()).collect();
        (elsewhere, trial.run().len(), small_changes(&loaded.draft).len())
    };
    let (elsewhere, own, all) = tried("coe-extradition/speciality-france");
    assert_eq!(elsewhere, ["coe-extradition/speciality-denmark"]);
    assert!(own < 10 && all > 50, "{own} of {all}");
    let loaded = library.procedure("coe-extradition/speciality-denmark").unwrap();
    assert_eq!(Trial::new(loaded, &library, &chronologies).unwrap().elsewhere().count(), 0);
}

/// What is called the same is looked at from thousands of positions, and none tells the two apart.
#[test]
fn no_position_tells_apart_what_is_called_the_same() {
    let (library, chronologies) = library(FICTIONAL);
    let loaded = library.procedures.first().unwrap();
    let trial = Trial::new(loaded, &library, &chronologies).unwrap();
    let same = trial.run().into_iter().filter(|tried| matches!(tried.verdict, Verdict::Same { .. }));
    let doubted: Vec<Tried> = same.map(|tried| Tried { verdict: Verdict::NotNoticed, ..tried }).collect();
    assert!(doubted.len() >= 4);
    let found = trial.suggest(&doubted);
    assert!(found.positions > 1_000, "only {} positions", found.positions);
    let told: Vec<&str> = found.chronologies.iter().map(|one| one.text.as_str()).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert_eq!(found.not_found.len(), doubted.len());
}

#[test]
fn what_is_noticed_fails_and_what_is_refused_has_a_flaw() {
    let (library, chronologies) = library(FICTIONAL);
    let loaded = library.procedures.first().unwrap();
    let trial = Trial::new(loaded, &library, &chronologies).unwrap();
    for tried in trial.run() {
        let checked = Procedure::from_draft(&tried.change.made_on(&loaded.draft));
        match tried.verdict {
            Verdict::Refused { .. } => assert!(checked.is_err(), "{}", tried.change),
            Verdict::Noticed { .. }
            | Verdict::Same { .. }
            | Verdict::Refuted { .. }
            | Verdict::Argued { .. }
            | Verdict::NotNoticed => {
                let mut changed = library.clone();
                let place = changed.procedures.iter().position(|one| one.name == loaded.name).unwrap();
                changed.procedures.get_mut(place).unwrap().procedure = Arc::new(checked.unwrap());
                // The whole run, cell by cell, comes to what the quick one says.
                let passes = chronologies.iter().all(|one| comity_testkit::run(one, &changed).passed());
                let is_noticed = matches!(tried.verdict, Verdict::Noticed { .. });
                assert_eq!(passes, !is_noticed, "{}", tried.change);
            }
        }
    }
}
