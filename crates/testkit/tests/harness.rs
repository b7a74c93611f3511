//! The tests of a folder: what they are called, and that they fail where they should.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use comity_testkit::harness::Suite;
use libtest_mimic::{Arguments, Conclusion};
use tempfile::TempDir;

const PROCEDURE: &str = include_str!("../src/steps/arrest.yaml");
const ARTICLES: &str = "# Treaty\n\n### 1 The arrest\nMark: seen\n\nMade up.\n";

fn table(last_day: &str) -> String {
    format!(
        "# Arrest\n\nprocedure: sample/arrest\nzone: Europe/Lisbon\nhypothetical: yes\n\n## The limit runs\ncite: treaty 1\n\n\
         | when | what happened | release |\n|--|--|--|\n| 2027-03-02 | arrested | ends {last_day} |\n\n## It is met\ncite: treaty 1\n\n\
         | when | what happened | release |\n|--|--|--|\n| 2027-03-02 | arrested | ends 2027-03-12 |\n| 2027-03-03 | released | met |\n"
    )
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn sample(table: &str) -> TempDir {
    folder(&[
        ("sample/arrest.yaml", PROCEDURE),
        ("sample/articles.md", ARTICLES),
        ("sample/arrest.chronology.md", table),
    ])
}

fn names(folder: &Path) -> Vec<String> {
    Suite::of(folder).trials().iter().map(|trial| trial.name().to_owned()).collect()
}

/// Runs the tests. What they print goes to a file: it would be taken for a result of this program.
fn run(suite: &Suite) -> Conclusion {
    let log = tempfile::NamedTempFile::new().unwrap();
    let logfile = Some(log.path().display().to_string());
    libtest_mimic::run(&Arguments { logfile, ..Arguments::default() }, suite.trials())
}

#[test]
fn there_is_a_test_for_each_table_under_its_heading() {
    let folder = sample(&table("2027-03-12"));
    let wanted = [
        "every procedure loads",
        "sample/arrest.chronology.md: The limit runs",
        "sample/arrest.chronology.md: It is met",
    ];
    assert_eq!(names(folder.path()), wanted);
    let conclusion = run(&Suite::of(folder.path()));
    assert_eq!((conclusion.num_passed, conclusion.num_failed), (3, 0));
}

#[test]
fn only_the_table_that_is_wrong_fails() {
    let folder = sample(&table("2027-03-13"));
    let conclusion = run(&Suite::of(folder.path()));
    assert_eq!((conclusion.num_passed, conclusion.num_failed), (2, 1));
}

#[test]
fn a_check_is_asked_of_every_procedure_and_may_fail() {
    let folder = sample(&table("2027-03-12"));
    let suite = Suite::of(folder.path())
        .and_every_procedure("it has acts", |loaded| {
            if loaded.procedure.acts().is_empty() { Err("none".to_owned()) } else { Ok(()) }
        })
        .and_every_procedure("it has documents", |loaded| {
            if loaded.procedure.documents().is_empty() { Err("none".to_owned()) } else { Ok(()) }
        });
    let conclusion = run(&suite);
    assert_eq!((conclusion.num_passed, conclusion.num_failed), (4, 1));
}

/// What is missing or cannot be read never passes in silence.
#[test]
fn a_folder_without_procedures_or_tables_fails() {
    let nothing = folder(&[("notes.txt", "nothing")]);
    assert_eq!(run(&Suite::of(nothing.path())).num_failed, 2);
    assert_eq!(run(&Suite::of("no/such/folder")).num_failed, 2);
    let no_table = folder(&[("sample/arrest.yaml", PROCEDURE), ("sample/articles.md", ARTICLES)]);
    assert_eq!(run(&Suite::of(no_table.path())).num_failed, 1);
    let unreadable = sample("# Arrest\n\nno head at all\n");
    assert_eq!(run(&Suite::of(unreadable.path())).num_failed, 1);
    let broken = folder(&[
        ("sample/arrest.yaml", &PROCEDURE.replace("held or release-due", "held or nowhere")),
        ("sample/articles.md", ARTICLES),
        ("sample/arrest.chronology.md", &table("2027-03-12")),
    ]);
    assert_eq!(run(&Suite::of(broken.path())).num_failed, 3);
}
