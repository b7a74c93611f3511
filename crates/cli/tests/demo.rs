//! `comity demo`, and the commands that it shows at its end.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::process::Command;

use common::comity;

#[test]
fn the_demo_tells_the_matter_and_proves_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let said = comity(folder.path(), &["demo", "--store", "new/store"], &[]).fine().says(&[
        "The court issues a warrant of arrest",
        "ran out 2020-12-02",
        "last day Tuesday 1 December 2020",
        "hypothetical: no such request was ever made",
        "45 days from 2020-09-21 07:30 Seoul; the first day does not count",
        "act = Extradition Act of the Republic of Korea",
        "2021-01-12 06:00 Seoul The person arrives in New Zealand",
        "6 months from 2021-01-12 06:00 Seoul; the first day does not count",
        "by the days of Auckland",
        "last day Thursday 5 November 2020",
        "`handed-over` is not open while",
        "chain unbroken",
        "new/store",
    ]);
    let told = said.out.lines().filter(|line| !line.contains("--store"));
    for line in told {
        assert!(line.chars().count() <= 110, "{line}");
    }
    assert!(said.out.lines().count() <= 180, "{} lines", said.out.lines().count());
    comity(folder.path(), &["demo", "--store", "new/store"], &[]).ends(2).complains(&["is not empty"]);
}

#[test]
fn the_commands_it_shows_work_as_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let said = comity(folder.path(), &["demo", "--store", "store"], &[]).fine();
    let commands: Vec<&str> =
        said.out.lines().filter(|line| line.contains("--store ")).map(str::trim).collect();
    assert!(commands.len() >= 5, "{}", said.out);
    for command in commands {
        let output = Command::new("sh").arg("-c").arg(command).current_dir(folder.path()).output().unwrap();
        let expected = if command.contains("handed-over") { 6 } else { 0 };
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(expected), "{command}\n{err}");
    }
}

#[test]
fn the_demo_as_a_document_holds_both_matters() {
    let folder = tempfile::tempdir().unwrap();
    let document = comity(folder.path(), &["demo", "--store", "store", "--json"], &[]).fine().json();
    assert_eq!((&document["comity"], &document["verified"]), (&1.into(), &true.into()));
    let matters = document["matters"].as_array().unwrap();
    assert_eq!(
        matters.iter().map(|matter| matter["cases"].as_array().unwrap().len()).collect::<Vec<_>>()[0],
        5
    );
}

#[test]
fn without_a_folder_it_makes_a_new_one_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().display().to_string();
    let run = || comity(folder.path(), &["demo"], &[("TMPDIR", &temporary)]).fine();
    run().says(&["comity-demo-1"]);
    run().says(&["comity-demo-2"]);
}
