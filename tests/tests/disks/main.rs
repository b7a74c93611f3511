//! Disks that are full, rights and file handles that are gone, and two processes: nothing acknowledged is lost, what can be
//! read is read, the message says what to do, and what is said to need no restart needs none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod desk;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use comity_core::time::Moment;
use comity_store::{OpenOptions, backup, check_backup, restore, verify_path};

use desk::{As, Desk, Disk, Sizes};

const MIB: u64 = 1 << 20;
/// No floor, and segments that are soon full.
const BARE: Sizes = Sizes { floor: 0, segment: 256 << 10 };

#[track_caller]
fn says(said: &str, code: &str, parts: &[&str]) {
    assert!(said.starts_with(&format!("err {code} ")), "{said}");
    for part in parts {
        assert!(said.contains(part), "`{part}` is not in {said}");
    }
}

/// Opens the store again: everything acknowledged is there, it verifies, and goes on.
#[track_caller]
fn whole_again(store: &Path, case: u32, acknowledged: u64) {
    let mut desk = Desk::open(store, BARE, As::Plain).unwrap_or_else(|said| panic!("{said}"));
    let entries = desk.number(&format!("read {case}"));
    // One more may be on disk than anybody was told of.
    assert!(
        (acknowledged..=acknowledged + 1).contains(&entries),
        "{entries}, and {acknowledged} acknowledged"
    );
    desk.number("verify");
    assert_eq!(desk.number(&format!("append {case} 100")), entries + 1);
    assert_eq!(desk.close(), "ok");
}

#[test]
fn below_its_floor_a_disk_takes_nothing_and_goes_on_once_there_is_room() {
    let volume = Disk::of(48);
    let mut desk = Desk::open(&volume.store(), Sizes { floor: 8 * MIB, ..BARE }, As::Plain).unwrap();
    assert_eq!(desk.number("append 1 1000"), 1);
    volume.fill(6 * MIB);
    for _ in 0..3 {
        says(&desk.ask("append 1 1000"), "append/disk-full", &["under the floor of 8388608", "make room"]);
    }
    assert_eq!(desk.number("read 1"), 1);
    desk.number("verify");
    volume.free();
    assert_eq!(desk.number("append 1 1000"), 2);
    assert_eq!(desk.close(), "ok");
    whole_again(&volume.store(), 1, 2);
}

#[test]
fn a_disk_that_fills_up_to_its_last_byte_loses_nothing() {
    let volume = Disk::of(48);
    let mut desk = Desk::open(&volume.store(), BARE, As::Plain).unwrap();
    assert_eq!(desk.number("append 1 1000"), 1);
    volume.fill(MIB);
    let (acknowledged, said) = desk.append_until_refused(1, 20_000);
    assert!(acknowledged > 1);
    // The journal asks for room before it writes; the index asks nobody, and does not forget that it found none. That is what
    // the floor is for.
    let is_told = said.starts_with("err append/disk-full ") && said.contains("make room")
        || said.starts_with("err append/io ") && said.contains("open the store again")
        || said.starts_with("err append/stopped ") && said.contains("open it again");
    assert!(is_told, "{said}");
    // After `append/io` it is not known whether the last one stands; all that was acknowledged does.
    let doubtful = acknowledged + u64::from(said.starts_with("err append/io "));
    let held = desk.number("read 1");
    assert!((acknowledged..=doubtful).contains(&held), "{held} of {acknowledged}");
    volume.free();
    let said = desk.ask("append 2 20000");
    if said == "ok 1" {
        // It is on the disk; the index may learn only now that it cannot follow.
        assert_eq!(desk.number("read 2"), 1);
        let verified = desk.ask("verify");
        if verified.starts_with("ok") {
            assert_eq!(desk.close(), "ok");
        } else {
            says(&verified, "verify/index", &["open it again"]);
            desk.kill();
        }
        whole_again(&volume.store(), 2, 1);
    } else {
        let is_told = said.starts_with("err append/io ") || said.starts_with("err append/stopped ");
        assert!(
            is_told && (said.contains("open the store again") || said.contains("open it again")),
            "{said}"
        );
        assert_eq!(desk.number("read 1"), held);
        desk.kill();
    }
    whole_again(&volume.store(), 1, acknowledged);
}

#[test]
fn a_journal_that_cannot_grow_says_so_before_it_writes() {
    let volume = Disk::of(48);
    // A large entry needs more room than the file has taken, and the disk has not so much left.
    let mut desk = Desk::open(&volume.store(), Sizes { segment: 64 * MIB, ..BARE }, As::Plain).unwrap();
    assert_eq!(desk.number("append 1 1000"), 1);
    volume.fill(64 << 10);
    says(&desk.ask("append 1 900000"), "append/disk-full", &["make room and try again"]);
    assert_eq!(desk.number("read 1"), 1);
    volume.free();
    assert_eq!(desk.number("append 1 900000"), 2);
    assert_eq!(desk.close(), "ok");
    whole_again(&volume.store(), 1, 2);
}

#[test]
fn a_store_on_a_full_disk_is_not_opened_and_not_changed() {
    let volume = Disk::of(48);
    let mut desk = Desk::open(&volume.store(), BARE, As::Plain).unwrap();
    for version in 1..=20 {
        assert_eq!(desk.number("append 1 1000"), version);
    }
    desk.kill();
    // The index is gone, and its place is taken.
    fs::remove_dir_all(volume.store().join("sled")).unwrap();
    volume.fill(0);
    let before = verify_path(&volume.store()).unwrap();
    let said = Desk::open(&volume.store(), BARE, As::Plain).map(drop).unwrap_err();
    says(&said, "store/index", &["the journal is whole", "make room on the disk, then start again"]);
    let after = verify_path(&volume.store()).unwrap();
    assert_eq!((before.last, before.head), (after.last, after.head));
    volume.free();
    whole_again(&volume.store(), 1, 20);
}

#[test]
fn a_backup_that_finds_no_room_leaves_the_old_one_whole() {
    let (store, volume) = (tempfile::tempdir().unwrap(), Disk::of(16));
    let to = volume.path().join("backup");
    let at = Moment::from_unix_microseconds(0).unwrap();
    let mut desk = Desk::open(store.path(), BARE, As::Plain).unwrap();
    desk.number("append 1 100000");
    let first = backup(store.path(), &to, at).unwrap();
    for _ in 0..40 {
        desk.number("append 1 100000");
    }
    volume.fill(MIB);
    let refused = backup(store.path(), &to, at).unwrap_err();
    assert_eq!(refused.code(), "backup/io", "{refused}");
    assert!(refused.to_string().contains("the store is not touched"));
    let kept = check_backup(&to).unwrap();
    assert_eq!(kept.manifest, Some(first.manifest));
    assert!(kept.report.last >= first.manifest.entries);
    volume.free();
    assert_eq!(backup(store.path(), &to, at).unwrap().manifest.entries.0, 41);
    check_backup(&to).unwrap();
    assert_eq!(desk.close(), "ok");
}

#[tokio::test]
async fn a_restore_that_finds_no_room_leaves_no_store() {
    let (store, volume) = (tempfile::tempdir().unwrap(), Disk::of(16));
    let (to, target) = (store.path().join("backup"), volume.path().join("new"));
    let from = store.path().join("store");
    let mut desk = Desk::open(&from, BARE, As::Plain).unwrap();
    for _ in 0..30 {
        desk.number("append 1 100000");
    }
    backup(&from, &to, Moment::from_unix_microseconds(0).unwrap()).unwrap();
    volume.fill(2 * MIB);
    let refused = restore(&to, &target, OpenOptions::default()).await.unwrap_err();
    assert_eq!(refused.code(), "restore/no-room", "{refused}");
    assert!(!target.exists());
    volume.free();
    let options = OpenOptions { disk_floor: 0, ..OpenOptions::default() };
    assert_eq!(restore(&to, &target, options).await.unwrap().report.last.0, 30);
}

#[test]
fn without_file_handles_it_says_so_and_goes_on_once_there_are_some() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::open(folder.path(), BARE, As::Handles(96)).unwrap();
    assert_eq!(desk.number("append 1 1000"), 1);
    assert_eq!(desk.number("read 1"), 1);
    assert!(desk.number("hoard") > 10);
    // The segment that is open takes more, until it is full.
    let (acknowledged, said) = desk.append_until_refused(1, 30_000);
    says(&said, "append/blocked", &["nothing was recorded; mend that and try again", "Too many open files"]);
    assert!(acknowledged > 2);
    assert_eq!(desk.number("read 1"), acknowledged);
    assert_eq!(desk.ask("release"), "ok");
    assert_eq!(desk.number("append 1 30000"), acknowledged + 1);
    desk.number("verify");
    assert_eq!(desk.close(), "ok");
    whole_again(folder.path(), 1, acknowledged + 1);
}

#[test]
fn rights_that_are_lost_while_it_is_open_are_told_and_needed_for_new_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    let mut desk = Desk::open(folder.path(), BARE, As::Held).unwrap();
    assert_eq!(desk.number("append 1 1000"), 1);
    let mode = |mode| fs::set_permissions(&journal, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o500);
    let (acknowledged, said) = desk.append_until_refused(1, 30_000);
    says(&said, "append/blocked", &["mend that and try again", "Permission denied"]);
    assert!(acknowledged > 2);
    assert_eq!(desk.number("read 1"), acknowledged);
    mode(0o700);
    assert_eq!(desk.number("append 1 30000"), acknowledged + 1);
    desk.number("verify");
    assert_eq!(desk.close(), "ok");
    whole_again(folder.path(), 1, acknowledged + 1);
}

#[test]
fn a_folder_that_may_not_be_written_is_refused_and_still_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::open(folder.path(), BARE, As::Held).unwrap();
    assert_eq!(desk.number("append 1 1000"), 1);
    assert_eq!(desk.close(), "ok");
    let mode = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o500);
    let said = Desk::open(folder.path(), BARE, As::Held).map(drop).unwrap_err();
    says(&said, "store/read-only", &["give the account the right to write"]);
    assert_eq!(verify_path(folder.path()).unwrap().last.0, 1);
    mode(0o700);
    whole_again(folder.path(), 1, 1);
}

#[test]
fn of_two_processes_the_second_is_refused_until_the_first_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Desk::open(folder.path(), BARE, As::Plain).unwrap();
    assert_eq!(first.number("append 1 1000"), 1);
    let said = Desk::open(folder.path(), BARE, As::Plain).map(drop).unwrap_err();
    says(&said, "store/locked", &[&format!("process {}", first.id()), "close that one first"]);
    // Whoever only reads is let in, and the first does not notice.
    assert_eq!(verify_path(folder.path()).unwrap().last.0, 1);
    assert_eq!(first.number("append 1 1000"), 2);
    first.kill();
    whole_again(folder.path(), 1, 2);
}
