//! What the author of a chronology reads for each mistake, and what is read where there is none.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fmt::Write as _;
use std::sync::Arc;

use comity_language::chronology::{Cell, ItemKind, read_chronology};
use comity_language::{Chronology, Diagnostic, Source, load};

const PATH: &str = "norvane-calderia/extradition.chronology.md";

fn read(changes: &[(&str, &str)]) -> (Option<Chronology>, Vec<Diagnostic>) {
    let mut text = common::text(PATH);
    for (from, to) in changes {
        assert!(text.contains(from), "`{from}` does not stand in the chronology");
        text = text.replacen(from, to, 1);
    }
    read_chronology(&Arc::new(Source::new(PATH, text)))
}

#[test]
fn the_sample_is_read_word_by_word() {
    let (chronology, diagnostics) = read(&[]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let chronology = chronology.unwrap();
    assert!(chronology.is_hypothetical);
    let facts: Vec<_> =
        chronology.facts.iter().map(|fact| (fact.fact.value.as_str(), fact.value.value.as_str())).collect();
    assert_eq!(facts, [("person.status", "accused"), ("immunity", "none")]);
    let rows = &chronology.sections[0].rows;
    let ItemKind::Act { name, by, facts } = &rows[0].items[0].kind else { panic!("an act comes first") };
    assert_eq!((name.value.as_str(), by.as_ref().unwrap().value.as_str()), ("arrested", "requested/police"));
    assert_eq!(facts[0].1.value, "Port Alba, old town");
    assert!(matches!(rows[0].expectations[1].cell, Cell::Ends(_)));
    let ItemKind::LateRecord { items, .. } = &rows[3].items[0].kind else { panic!("a late record follows") };
    assert_eq!(items.len(), 2);
    assert_eq!(chronology.source.slice(items[1].span.clone()), "document warrant");
    // A month is recorded at its end, unless the next row lies within it.
    let shown: Vec<_> = rows.iter().skip(4).map(|row| chronology.zone.local(row.recorded)).collect();
    assert_eq!(shown[0], "2027-04-21 10:00");
    assert!(shown[1].starts_with("2027-05-20 09:59"), "{}", shown[1]);
    assert!(shown[3].starts_with("2027-06-30 23:59"), "{}", shown[3]);
}

type Mistake = (&'static str, &'static [(&'static str, &'static str)]);

const MISTAKES: &[Mistake] = &[
    ("no title", &[("# Arrest and late request\n", "")]),
    ("no zone", &[("zone: Asia/Seoul\n", "")]),
    ("a zone that is none", &[("Asia/Seoul", "Asia/Soul")]),
    ("no procedure", &[("procedure: norvane-calderia/extradition\n", "")]),
    ("a key of the head misspelt", &[("zone:", "zoen:")]),
    ("a fact without a value", &[("immunity = none", "immunity none")]),
    ("rows that go back", &[("2027-04-20       |", "2027-04-18       |")]),
    ("a date that does not exist", &[("2027-04-19 23:59", "2027-04-31 23:59")]),
    ("a date that cannot be read", &[("2027-04-19 23:59", "19 April 2027   ")]),
    ("a first column that is not `when`", &[("| when             |", "| date             |")]),
    ("a column twice", &[("| owed    |", "| custody |")]),
    ("a row that is too short", &[("| ran out             | release |", "| ran out             |")]),
    (
        "no dashes",
        &[(
            "|------------------|-------------------------------------------------------------------|-------------|---------------------|---------|\n",
            "",
        )],
    ),
    ("a second table", &[("| 2027-04-20       |", "\n| 2027-04-20       |")]),
    ("an end that is no day", &[("ends 2027-04-19     |         |", "ends 2027-04        |         |")]),
    (
        "an item that is none",
        &[(
            "| look                                                              | held ",
            "| looked around                                                     | held ",
        )],
    ),
    ("facts not closed", &[("old town)", "old town")]),
    ("a late record without its colon", &[("16:40: request", "16:40 request")]),
    ("a late record without a date", &[("late record, 2027-04-15 16:40:", "late record, yesterday:")]),
    ("a ground without a finding", &[("does not apply by", "is not there by")]),
    ("a correction without a reason", &[("00:10: misread", "00:10")]),
    ("a reason that is no code", &[("because not-open", "because it is too late")]),
    ("a citation without an article", &[("cite: treaty 9(4)", "cite: treaty")]),
    (
        "several at once",
        &[
            ("zone: Asia/Seoul", "zone: Asia/Seoul\nhypotetical: yes"),
            ("old town)", "old town"),
            ("| ran out             | release |", "| ran out             | release me now |"),
        ],
    ),
];

#[test]
fn every_mistake_has_its_message() {
    let mut found = String::new();
    for (name, changes) in MISTAKES {
        let (chronology, diagnostics) = read(changes);
        writeln!(found, "## {name}\n").unwrap();
        assert!(chronology.is_none() && !diagnostics.is_empty(), "{name} goes unseen");
        for diagnostic in diagnostics {
            writeln!(found, "{diagnostic}").unwrap();
        }
    }
    let expected = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/chronology-messages.txt");
    if std::env::var_os("COMITY_BLESS").is_some() {
        std::fs::write(expected, &found).unwrap();
    }
    let expected = std::fs::read_to_string(expected).unwrap();
    for (found, expected) in found.split("\n## ").zip(expected.split("\n## ")) {
        assert_eq!(found, expected);
    }
}

#[test]
fn a_matter_names_its_cases() {
    let text = "# M\n\nzone: Asia/Seoul\ncases:\n- waiver: a/waiver\n- main: a/main\nlinks:\n- main.immunity -> waiver\n\
                facts: main.person.status = accused\n\n## S\n\n| when | case | what happened | main.custody |\n\
                |---|---|---|---|\n| 2027 | main | open | free |\n| 2027-01-02 | | look | |\n";
    let read = |text: &str| read_chronology(&Arc::new(Source::new("m.md", text)));
    let (chronology, diagnostics) = read(text);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(chronology.unwrap().facts[0].fact.value, "person.status");
    let codes = |text: &str| read(text).1.iter().map(|found| found.code.word()).collect::<Vec<_>>();
    assert_eq!(codes(&text.replace("-> waiver", "-> wavier")), ["unknown-case"]);
    assert_eq!(codes(&text.replace("main.custody", "mian.custody")), ["unknown-case"]);
    assert_eq!(codes(&text.replace("main.custody", "custody")), ["bad-table"]);
    assert_eq!(codes(&text.replace("| main | open", "| mian | open")), ["unknown-case"]);
    assert_eq!(codes(&text.replace("| main | open", "| | open")), ["unknown-case"]);
}

#[test]
fn a_section_that_would_hold_under_any_procedure_is_a_flaw() {
    let codes = |section: &str| {
        let text = format!("{}\n## Nothing\n\n{section}\n", common::text(PATH));
        let (_, diagnostics) = read_chronology(&Arc::new(Source::new(PATH, text)));
        diagnostics.iter().map(|one| one.code.word()).collect::<Vec<_>>()
    };
    let heads = "| when | what happened | custody |\n|---|---|---|\n";
    assert_eq!(codes("Only words."), ["bad-table"]);
    assert_eq!(codes(heads), ["bad-table"]);
    assert_eq!(
        codes(&format!("{heads}| 2027-03-02 | look | |\n| 2027-03-03 | note: quiet | |")),
        ["bad-table"]
    );
    assert!(codes(&format!("{heads}| 2027-03-02 | look | free |")).is_empty());
    assert!(codes(&format!("{heads}| 2027-03-02 | refused: released | |")).is_empty());
}

/// What is wrong with the citations of the sample, its first `cite:` replaced.
fn wrongly_cited(cite: &str) -> Vec<(usize, usize, &'static str, Option<String>)> {
    let (chronology, told) = read(&[("cite: treaty 9(4)", &format!("cite: {cite}"))]);
    assert!(told.is_empty(), "{told:?}");
    let library = load(&common::library());
    let loaded = library.procedure("norvane-calderia/extradition").unwrap();
    let wrong = chronology.unwrap().wrong_citations(&[loaded]);
    wrong.into_iter().map(|one| (one.line, one.column, one.code.word(), one.suggestion)).collect()
}

#[test]
fn a_section_that_cites_what_does_not_exist_is_told_with_its_place() {
    assert!(wrongly_cited("treaty 9(1); reading 1").is_empty());
    assert_eq!(wrongly_cited("treaty 9(9)"), [(11, 14, "unknown-article", Some("9(1)".to_owned()))]);
    assert_eq!(
        wrongly_cited("traety 9(1); qqq 77; reading 77"),
        [
            (11, 7, "unknown-name", Some("treaty".to_owned())),
            (11, 20, "unknown-name", None),
            (11, 36, "unknown-article", None)
        ]
    );
}
