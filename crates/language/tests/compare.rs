//! Two versions that mean different things are never told to be the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;

use comity_core::compare::{Change, compare};
use comity_language::library::{Disk, Files, InMemory, Loaded, load_one};

/// The shipped library in memory.
fn library() -> InMemory {
    let disk = Disk::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows"));
    let paths = disk.list().unwrap();
    paths.iter().fold(InMemory::default(), |files, path| files.with(path.clone(), disk.read(path).unwrap()))
}

fn read(files: &InMemory, path: &str) -> Option<Loaded> {
    load_one(files, path).procedures.into_iter().find(|one| one.path == path)
}

/// Leaves out each line in turn, and where the file still loads with another meaning, the difference must be told. Returns
/// how many such versions there were.
fn check(path: &str, every: usize) -> usize {
    let files = library();
    let whole = read(&files, path).unwrap();
    let text = String::from_utf8(files.read(path).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut versions = 0;
    for left_out in (0..lines.len()).step_by(every) {
        let mut shorter = lines.clone();
        let line = shorter.remove(left_out);
        let changed = files.clone().with(path, shorter.join("\n") + "\n");
        let Some(other) = read(&changed, path) else { continue };
        let differences = compare(&whole.procedure, &other.procedure);
        if other.procedure.meaning() != whole.procedure.meaning() {
            versions += 1;
            assert!(
                !differences.is_empty(),
                "{path}:{}: `{line}` is missing and nobody is told",
                left_out + 1
            );
        }
        let back = compare(&other.procedure, &whole.procedure);
        assert_eq!(differences.len(), back.len(), "{path}:{}: `{line}`", left_out + 1);
    }
    versions
}

#[test]
fn a_line_that_is_left_out_is_told_if_it_changes_the_meaning() {
    let versions = check("nz-arrest-warrant/warrant.yaml", 1)
        + check("vienna-diplomatic/waiver.yaml", 2)
        + check("nz-kr-mla/mla-to-korea.yaml", 3)
        + check("nz-kr/extradition.yaml", 9);
    assert!(versions > 20, "only {versions} of the versions load, which proves little");
}

#[test]
fn rows_in_another_order_are_told() {
    let files = library();
    let path = "nz-kr/extradition.yaml";
    let text = String::from_utf8(files.read(path).unwrap()).unwrap();
    let (one, other) = (
        "  requesting/police: New Zealand Police\n",
        "  requested/police: {title: Judicial police, cite: act 20(1)}\n",
    );
    assert!(text.contains(one) && text.contains(other));
    let swapped = text.replace(one, "@").replace(other, one).replace('@', other);
    let (before, after) =
        (read(&files, path).unwrap(), read(&files.clone().with(path, swapped), path).unwrap());
    let differences = compare(&before.procedure, &after.procedure);
    assert!(
        differences.iter().all(|one| matches!(one.change, Change::Changed { aspect: "order", .. })),
        "{differences:#?}"
    );
    assert_eq!(differences.len(), 1);
}

#[test]
fn every_shipped_procedure_is_the_same_as_itself() {
    let files = library();
    for path in files.list().unwrap() {
        if let Some(loaded) = read(&files, &path) {
            assert_eq!(compare(&loaded.procedure, &loaded.procedure), []);
        }
    }
}
