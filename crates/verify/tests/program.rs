//! The program, as an auditor runs it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use comity_core::id::CaseId;
use comity_core::time::Moment;
use comity_store::{Commit, Journal, NewEntry, OpenOptions, Signer, SledJournal};
use uuid::Uuid;

fn run(args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_comity-verify")).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// A store with three entries, a checkpoint over them and the key, below `folder`.
async fn made(folder: &Path) -> [String; 3] {
    let store = folder.join("store");
    let options =
        OpenOptions { segment_step: 4096, segment_bytes: 4096, disk_floor: 0, ..OpenOptions::default() };
    let journal = SledJournal::open(&store, options).await.unwrap();
    let case = CaseId(Uuid::from_u128(7));
    let entry = NewEntry {
        recorded_at: Moment::from_unix_microseconds(0).unwrap(),
        recorded_by: "desk".into(),
        payload: b"arrested".to_vec(),
        personal: true,
    };
    let seen = journal.head(case).await.unwrap().version;
    journal
        .append(Commit { case, seen, entries: vec![entry; 3], rows: Vec::new(), key: None, erases: false })
        .await
        .unwrap();
    let report = journal.verify().await.unwrap();
    journal.close().await.unwrap();
    let signer = Signer::new("calderia.example/comity").unwrap();
    let (checkpoint, key) = (folder.join("3.checkpoint"), folder.join("key.pub"));
    fs::write(&checkpoint, signer.checkpoint(&report)).unwrap();
    fs::write(&key, signer.public_text()).unwrap();
    [store, checkpoint, key].map(|path| path.display().to_string())
}

#[tokio::test]
async fn it_says_what_is_proved_and_what_stays_open() {
    let folder = tempfile::tempdir().unwrap();
    let [store, checkpoint, key] = made(folder.path()).await;
    let (code, said, _) = run(&[&store]);
    assert_eq!(code, 0);
    assert!(said.starts_with("in order: 3 entries of 1 case in 1 segment\n"), "{said}");
    assert!(said.contains("OPEN    that nothing was cut off at the end"), "{said}");
    for key in [key.clone(), fs::read_to_string(&key).unwrap()] {
        let (code, said, _) = run(&[&store, "--checkpoint", &checkpoint, "--key", &key]);
        assert_eq!(code, 0);
        assert!(
            said.contains("PROVED  the first 3 entries are those that calderia.example/comity signed"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn it_names_the_first_thing_that_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let [store, checkpoint, key] = made(folder.path()).await;
    let segment = Path::new(&store).join("journal/00000000000000000001.seg");
    let whole = fs::read(&segment).unwrap();
    let mut bytes = whole.clone();
    bytes[170] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let (code, said, _) = run(&[&store]);
    assert_eq!(code, 4);
    assert!(said.starts_with("WRONG: "), "{said}");
    assert!(
        said.contains("byte 96, where entry 1 would begin: no good frame, where one was on disk"),
        "{said}"
    );

    // Without its only frames the record is in order by itself; what was kept elsewhere shows the cut.
    fs::write(&segment, [&whole[..96], &vec![0; whole.len() - 96]].concat()).unwrap();
    assert_eq!(run(&[&store]).0, 0);
    let (code, said, _) = run(&[&store, "--checkpoint", &checkpoint, "--key", &key]);
    assert_eq!(code, 4);
    assert!(said.contains("0 entries, and had 3 when the checkpoint was signed"), "{said}");
}

#[tokio::test]
async fn what_was_not_checked_is_not_called_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let [store, checkpoint, key] = made(folder.path()).await;
    let nowhere = folder.path().join("nowhere").display().to_string();
    for (args, says) in [
        (&[][..], "comity-verify RECORD"),
        (&["--help"], "comity-verify RECORD"),
        (&[&store, &store], "comity-verify RECORD"),
        (&[&store, "--checkpoint", &checkpoint], "give --key"),
        (&[&store, "--key", &key], "give --checkpoint"),
        (&[&nowhere], "cannot be read"),
        (&[&store, "--checkpoint", &nowhere, "--key", &key], "cannot be read"),
        (&[&store, "--checkpoint", &key, "--key", &key], "the checkpoint cannot be read"),
        (&[&store, "--checkpoint", &checkpoint, "--key", "nonsense"], "the key cannot be read"),
    ] {
        let (code, said, complained) = run(args);
        assert_eq!((code, said.as_str()), (2, ""), "{args:?}");
        assert!(complained.contains(says), "{args:?}: {complained}");
    }
}

#[test]
fn a_name_that_is_no_text_and_a_reader_that_has_gone_do_no_harm() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let strange = folder.path().join(OsStr::from_bytes(b"\xff\xfe"));
    let run = Command::new(env!("CARGO_BIN_EXE_comity-verify")).arg(&strange).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("cannot be read"));

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run =
        Command::new(env!("CARGO_BIN_EXE_comity-verify")).arg(&strange).stderr(writer).status().unwrap();
    assert_eq!(run.code(), Some(2));
}

#[tokio::test]
async fn an_export_is_told_as_a_folder_is() {
    let folder = tempfile::tempdir().unwrap();
    let [store, checkpoint, key] = made(folder.path()).await;
    let mut lines = Vec::new();
    comity_store::export_path(Path::new(&store), &mut lines).unwrap();
    let export = folder.path().join("record.jsonl");
    fs::write(&export, &lines).unwrap();
    let shown = export.display().to_string();
    let (code, said, _) = run(&[&shown, "--checkpoint", &checkpoint, "--key", &key]);
    assert_eq!(code, 0);
    assert!(said.starts_with("in order: 3 entries of 1 case in an export of 3 lines\n"), "{said}");
    assert!(
        said.contains("PROVED  the first 3 entries are those that calderia.example/comity signed"),
        "{said}"
    );

    lines[300] ^= 1;
    fs::write(&export, &lines).unwrap();
    let (code, said, _) = run(&[&shown]);
    assert_eq!(code, 4);
    assert!(said.starts_with("WRONG: ") && said.contains("line 1, where entry 1 would begin"), "{said}");
    fs::write(&export, &lines[..400]).unwrap();
    assert_eq!(run(&[&shown]).0, 4);
    fs::write(&export, "a letter").unwrap();
    let (code, _, complained) = run(&[&shown]);
    assert_eq!(code, 2);
    assert!(complained.contains("is no export of a record"), "{complained}");
}
