//! What is handed out so that others can check the record.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use comity_verify::{Checkpoint, Key, Wrong, read};
use common::Office;

#[test]
fn a_checkpoint_is_signed_kept_and_held_against_the_record() {
    let office = Office::with_a_case();
    let public =
        office.run(&["audit", "key", "secret", "--name", "calderia.example/comity", "--json"]).fine().json();
    let key = Key::read(public["public"].as_str().unwrap()).unwrap();
    let secret = office.folder.path().join("secret");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);

    fs::create_dir(office.folder.path().join("keeper")).unwrap();
    let args = ["audit", "checkpoint", "--key", "secret", "--keep", "keeper"];
    let note = office.run(&args).fine().out;
    let checkpoint = Checkpoint::read(&note, &key).unwrap();
    let found = read(&office.store(), Some(&checkpoint)).unwrap();
    assert_eq!(found.entries, checkpoint.size);
    let kept = office.folder.path().join(format!("keeper/{:020}.checkpoint", checkpoint.size));
    assert_eq!(fs::read_to_string(&kept).unwrap(), note);

    // Asked again nothing has changed, and the same is kept.
    assert_eq!(office.run(&args).fine().out, note);
    // What is there and is no checkpoint is named, and not written over.
    fs::write(&kept, "another\n").unwrap();
    office.run(&args).ends(2).complains(&["is no checkpoint", "move it elsewhere"]);
    assert_eq!(fs::read_to_string(&kept).unwrap(), "another\n");
}

#[test]
fn a_record_that_is_spoiled_is_not_signed() {
    let office = Office::with_a_case();
    office.run(&["audit", "key", "secret", "--name", "calderia.example/comity"]).fine();
    let segment = office.store().join("journal/00000000000000000001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[200] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let said = office.run(&["audit", "checkpoint", "--key", "secret"]).ends(4).complains(&["damaged"]);
    assert!(said.out.is_empty(), "{}", said.out);
    assert!(matches!(read(&office.store(), None), Err(Wrong::At { .. })));
}

#[test]
fn a_key_is_made_once_and_read_as_it_is() {
    let office = Office::with_a_case();
    let make = ["audit", "key", "secret", "--name", "calderia.example/comity"];
    office.run(&make).fine().says(&[
        "hand out",
        "calderia.example/comity+",
        "comity audit checkpoint --key secret",
    ]);
    let secret = fs::read_to_string(office.folder.path().join("secret")).unwrap();
    office.run(&make).ends(2).complains(&["secret cannot be used", "File exists"]);
    assert_eq!(fs::read_to_string(office.folder.path().join("secret")).unwrap(), secret);
    office
        .run(&["audit", "key", "other", "--name", "two words"])
        .ends(2)
        .complains(&["is no name for a key"]);

    let checkpoint = ["audit", "checkpoint", "--key", "secret"];
    fs::write(office.folder.path().join("secret"), "nonsense").unwrap();
    office.run(&checkpoint).ends(2).complains(&["this is not PRIVATE+KEY", "comity audit key"]);
    fs::write(office.folder.path().join("secret"), secret.replace("calderia", "norvane")).unwrap();
    office.run(&checkpoint).ends(2).complains(&["do not belong together"]);
}
