//! The record as lines of JSON, as an operator makes it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use comity_store::{ExportReader, verify_path};
use common::Office;

/// How many commits an export has.
fn commits(bytes: &[u8]) -> usize {
    let mut reader = ExportReader::open(bytes).unwrap();
    std::iter::from_fn(|| reader.next_commit().unwrap()).count()
}

#[test]
fn a_record_is_exported_to_a_file_and_to_standard_output_in_the_same_bytes() {
    let office = Office::with_a_case();
    let file = office.folder.path().join("out.jsonl");
    let said = office.run(&["audit", "export", "out.jsonl", "--json"]).fine().json();
    let report = verify_path(&office.store()).unwrap();
    assert_eq!(said["entries"], report.last.0);
    assert_eq!(said["root"], report.root.to_string());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&file).unwrap();
    assert!(commits(&bytes) > 1);

    assert_eq!(office.run(&["audit", "export"]).fine().out.into_bytes(), bytes);
    // Standard output holds the lines and nothing else, whatever form the answer was to have.
    assert_eq!(office.run(&["audit", "export", "--json"]).fine().out.into_bytes(), bytes);
    office
        .run(&["audit", "export", "other.jsonl"])
        .fine()
        .says(&["exported to other.jsonl", "comity-verify other.jsonl"]);
}

#[test]
fn an_export_writes_over_nothing_and_leaves_nothing_half_done() {
    let office = Office::with_a_case();
    let folder = office.folder.path();
    fs::write(folder.join("out.jsonl"), "mine").unwrap();
    office.run(&["audit", "export", "out.jsonl"]).ends(2).complains(&["out.jsonl cannot be used", "exists"]);
    assert_eq!(fs::read_to_string(folder.join("out.jsonl")).unwrap(), "mine");
    office
        .run(&["audit", "export", "no/such/folder.jsonl"])
        .ends(2)
        .complains(&["no/such/folder.jsonl cannot be used"]);
    office
        .run(&["audit", "export", "new.jsonl", "--store", "nowhere"])
        .ends(2)
        .complains(&["there is no store"]);

    let segment = office.store().join("journal/00000000000000000001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[200] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let before = fs::read_dir(folder).unwrap().count();
    office.run(&["audit", "export", "new.jsonl"]).ends(4).complains(&["damaged at byte 96", "store/damaged"]);
    assert_eq!(fs::read_dir(folder).unwrap().count(), before);
}

#[test]
fn an_export_becomes_a_store_again() {
    let office = Office::with_a_case();
    office.run(&["audit", "export", "out.jsonl"]).fine();
    let before = verify_path(&office.store()).unwrap();
    office.run(&["store", "import", "out.jsonl", "--to", "new"]).ends(2).complains(&[
        "import/no-keys",
        "sealed under a key of its case",
        "the store, or a backup of it",
    ]);
    assert!(!office.folder.path().join("new/journal").exists());
    let store = office.store().display().to_string();
    office.run(&["store", "import", "out.jsonl", "--to", "new", "--keys", &store]).fine().says(&[
        "imported",
        "into new",
        "comity doctor --store new",
    ]);
    let after = verify_path(&office.folder.path().join("new")).unwrap();
    assert_eq!((after.last, after.root), (before.last, before.root));
    let list = |store: &str| office.run(&["case", "list", "--store", store]).fine().out;
    assert_eq!(list("new"), list(&store));
    office
        .run(&["store", "import", "out.jsonl", "--to", "new", "--keys", &store])
        .ends(2)
        .complains(&["import/not-empty"]);
}
