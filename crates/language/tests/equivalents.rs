//! Files of equivalent changes: read, placed, held against the procedure that they are called after.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use comity_language::library::InMemory;
use comity_language::{Library, format, load, load_one, read_equivalents};

const PATH: &str = "norvane-calderia/extradition.equivalents.yaml";
const TEXT: &str = "comity-equivalents: 1\nequivalents:\n  - rule: clock formal-request\n    change: \"`x`   becomes `y`\"\n    \
                    because: no case comes there\n";

fn with(path: &str, text: &str) -> InMemory {
    common::library().with(path, text)
}

fn told(library: &Library) -> Vec<String> {
    library.diagnostics.iter().map(ToString::to_string).collect()
}

#[test]
fn a_procedure_has_the_arguments_of_the_file_called_after_it() {
    for library in [load(&with(PATH, TEXT)), load_one(&with(PATH, TEXT), common::EXTRADITION)] {
        assert_eq!(told(&library), Vec::<String>::new());
        let rows = &library.procedure("norvane-calderia/extradition").unwrap().equivalents.rows;
        let told: Vec<_> = rows.iter().map(|row| (row.rule.as_str(), row.change.as_str())).collect();
        assert_eq!(told, [("clock formal-request", "`x` becomes `y`")]);
        assert_eq!((rows[0].file.as_str(), rows[0].place.line, rows[0].place.column), (PATH, 3, 11));
        let other = library.procedure("norvane-calderia/waiver");
        assert!(other.is_none_or(|other| other.equivalents.rows.is_empty()));
    }
}

#[test]
fn arguments_are_no_part_of_what_a_case_keeps() {
    let (without, with) = (load(&common::library()), load(&with(PATH, TEXT)));
    let digest =
        |library: &Library| library.procedure("norvane-calderia/extradition").unwrap().digest_of_text;
    assert_eq!(digest(&without), digest(&with));
}

#[test]
fn a_file_called_after_no_procedure_is_a_flaw() {
    let library = load(&with("norvane-calderia/extraditon.equivalents.yaml", TEXT));
    let told = told(&library);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("`norvane-calderia/extraditon.yaml` is no procedure whose changes"), "{told:?}");
}

#[test]
fn what_is_wrong_with_the_procedure_is_not_said_again_of_its_arguments() {
    let library = load(&with(PATH, TEXT).with(common::EXTRADITION, "comity: 1\n- x\n"));
    let of_arguments = library.diagnostics.iter().any(|found| found.file == PATH);
    assert!(!of_arguments && !library.diagnostics.is_empty(), "{:?}", told(&library));
}

#[test]
fn each_row_says_which_change_and_why() {
    let without = TEXT.replace("    because: no case comes there\n", "");
    let library = load(&with(PATH, &without));
    let told = told(&library);
    assert!(told.len() == 1 && told[0].starts_with(&format!("{PATH}:3:")), "{told:?}");
    assert!(told[0].contains("because"), "{told:?}");
    let source = comity_language::Source::new(PATH, TEXT);
    assert!(read_equivalents(&source).0.is_some());
    assert!(format(&source).is_ok(), "the formatter knows the file");
}
