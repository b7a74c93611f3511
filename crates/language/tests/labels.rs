//! Labels in another language: what they may say, and that they change nothing but titles.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use comity_language::library::InMemory;
use comity_language::{Library, format, load, load_one, read_labels};

const PATH: &str = "norvane-calderia/labels.ko.yaml";
const HEAD: &str = "comity-labels: 1\nlanguage: ko\nsource: Terms of the Act\nchecked: 2026-11-20\n";

fn with(path: &str, rows: &str) -> InMemory {
    common::library().with(path, format!("{HEAD}\nlabels:\n{rows}"))
}

fn told(library: &Library) -> Vec<String> {
    library.diagnostics.iter().map(ToString::to_string).collect()
}

const ROWS: &str = "  authorities/requested/court: 고등법원\n  tracks/custody/held: 임시 구금\n  acts/arrested: 체포\n  \
                    extradition/title: 범죄인 인도\n";

#[test]
fn a_procedure_has_titles_in_the_language_and_means_the_same() {
    for library in [load(&with(PATH, ROWS)), load_one(&with(PATH, ROWS), common::EXTRADITION)] {
        assert_eq!(told(&library), Vec::<String>::new());
        let loaded = library.procedure("norvane-calderia/extradition").unwrap();
        let korean = loaded.in_language("KO").unwrap();
        assert_eq!(korean.title(), "범죄인 인도");
        assert_eq!(korean.meaning(), loaded.procedure.meaning());
        let titles = korean.titles();
        let title = |key: &str| titles.iter().find(|(known, _)| known == key).unwrap().1.as_str();
        assert_eq!(title("authorities/requested/court"), "고등법원");
        assert_eq!(title("tracks/custody/held"), "임시 구금");
        // Where there is no label the title stays.
        assert_eq!(title("tracks/custody/release-due"), "Release is due");
        assert_eq!(loaded.labels[0].covered(&loaded.procedure), (4, titles.len()));
        assert!(loaded.in_language("fr").is_none());
    }
}

#[test]
fn labels_are_no_part_of_what_a_case_keeps() {
    let (without, with) = (load(&common::library()), load(&with(PATH, ROWS)));
    let digest =
        |library: &Library| library.procedure("norvane-calderia/extradition").unwrap().digest_of_text;
    assert_eq!(digest(&without), digest(&with));
}

#[test]
fn a_label_is_for_all_of_the_folder_or_for_one() {
    let library = load(&with(PATH, "  title: 절차\n  waiver/title: 면제 포기\n"));
    assert_eq!(told(&library), Vec::<String>::new());
    let title = |name: &str| library.procedure(name).unwrap().in_language("ko").unwrap().title().to_owned();
    assert_eq!(title("norvane-calderia/extradition"), "절차");
    assert_eq!(title("norvane-calderia/waiver"), "면제 포기");
}

#[test]
fn a_label_that_nothing_asks_for_is_told() {
    let library = load(&with(PATH, "  acts/arested: 체포\n"));
    assert_eq!(
        told(&library),
        ["norvane-calderia/labels.ko.yaml:7:3: error[unknown-key]: no procedure of this folder has a title \
          `acts/arested`\n7 |   acts/arested: 체포\n  |   ^^^^^^^^^^^^\n  = did you mean `acts/arrested`?\n  \
          = write `section/row`, such as `acts/arrested`, `tracks/custody/held` or `extradition/title`\n"]
    );
    // Whoever reads one procedure is not told of labels that may be another's.
    let one = load_one(&with(PATH, "  acts/arested: 체포\n"), common::EXTRADITION);
    assert_eq!(told(&one), Vec::<String>::new());
}

#[test]
fn a_file_of_labels_is_called_after_its_language_and_lies_beside_a_procedure() {
    let misnamed = load(&with("norvane-calderia/labels.ja.yaml", ROWS));
    assert!(told(&misnamed)[0].contains("the file calls itself `labels.ko`"), "{:?}", told(&misnamed));
    let alone = load(&with("elsewhere/labels.ko.yaml", ROWS));
    assert!(told(&alone)[0].contains("no procedure of this folder has a title"), "{:?}", told(&alone));
    let (labels, wrong) =
        read_labels(&comity_language::Source::new(PATH, "comity-labels: 1\nlanguage: \"k o\"\n"));
    assert!(labels.is_none() && !wrong.is_empty());
}

#[test]
fn the_formatter_knows_such_a_file() {
    let rows = "labels:\n  acts/arrested: 체포\n";
    let disordered =
        format!("language: ko\ncomity-labels: 1\nsource: Terms of the Act\nchecked: 2026-11-20\n{rows}");
    let source = comity_language::Source::new(PATH, disordered);
    assert_eq!(format(&source), Ok(format!("{HEAD}\n{rows}")));
}
