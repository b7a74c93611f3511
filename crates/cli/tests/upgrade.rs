//! A store of an earlier release, as an operator meets it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::path::Path;

use common::{Office, copy};

/// The golden store of format 1.
fn old() -> Office {
    let office = Office { folder: tempfile::tempdir().unwrap() };
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/golden/format-1");
    copy(&golden, &office.store());
    office
}

fn segments(office: &Office) -> Vec<(String, usize)> {
    let items = fs::read_dir(office.store().join("journal")).unwrap().map(Result::unwrap);
    let mut all: Vec<_> = items
        .map(|item| (item.file_name().into_string().unwrap(), fs::read(item.path()).unwrap().len()))
        .collect();
    all.sort();
    all
}

#[test]
fn an_old_store_is_rehearsed_upgraded_and_used() {
    let office = old();
    let before = segments(&office);
    office.run(&["case", "list"]).ends(2).complains(&[
        "has format 1",
        "comity store upgrade --rehearse",
        "store/old-format",
    ]);
    office
        .run(&["store", "upgrade", "--rehearse"])
        .fine()
        .says(&["rehearsed from format 1: 15 entries verified, the same as before", "comity store upgrade"]);
    assert_eq!(segments(&office), before);
    let mut left: Vec<_> =
        fs::read_dir(office.store()).unwrap().map(|item| item.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["LOCK", "journal"]);
    office.run(&["store", "upgrade"]).fine().says(&["upgraded from format 1; 15 entries verified"]);
    office.run(&["store", "upgrade"]).fine().says(&["nothing: it has the format of this release"]);
    office.run(&["store", "upgrade", "--rehearse"]).fine().says(&["nothing would change"]);
    office.run(&["store", "verify"]).fine().says(&["15 entries of 2 cases"]);
    assert_eq!(segments(&office).len(), before.len() + 1);
    assert!(office.store().join("keys/case.keys").exists());
}

#[test]
fn a_damaged_store_is_not_upgraded() {
    let office = old();
    let path = office.store().join("journal/00000000000000000001.seg");
    let mut bytes = fs::read(&path).unwrap();
    bytes[500] ^= 1;
    fs::write(&path, bytes).unwrap();
    for more in [&["--rehearse"][..], &[]] {
        office.run(&[&["store", "upgrade"], more].concat()).ends(4).complains(&["is damaged at byte"]);
    }
    assert!(!office.store().join("keys").exists());
}
