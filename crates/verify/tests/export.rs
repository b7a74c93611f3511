//! An export that our store wrote, read by the format alone; and every way in which it may be spoiled.
//!
//! The store has a reader of its own, which shares nothing with this one: on every spoiled export the two must agree.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::fs;
use std::path::Path;

use comity_core::id::CaseId;
use comity_core::time::Moment;
use comity_store::{
    Commit, ExportFault, ExportReader, IdempotencyKey, Journal, NewEntry, OpenOptions, Row, Signer,
    SledJournal, export_path, verify_path,
};
use comity_verify::{Checkpoint, Form, InOrder, Key, Wrong, read};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A closed store with so many commits of three cases.
async fn store(commits: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let options =
        OpenOptions { segment_step: 4096, segment_bytes: 4096, disk_floor: 0, ..OpenOptions::default() };
    let journal = SledJournal::open(folder.path(), options).await.unwrap();
    for number in 0..commits {
        let case = CaseId(Uuid::from_u128(u128::from(number % 3) + 1));
        let seen = journal.head(case).await.unwrap().version;
        let entry = NewEntry {
            recorded_at: Moment::from_unix_microseconds(i64::from(number) - 2).unwrap(),
            recorded_by: "desk \"two\"\\\u{1}\n\u{2028}é".into(),
            payload: vec![0xff, 0, u8::try_from(number).unwrap()],
            personal: number > 3,
        };
        let entries = vec![entry; 1 + usize::from(number % 4 == 3)];
        let key = number.is_multiple_of(2).then(|| IdempotencyKey(format!("key \"{number}\"")));
        let rows =
            vec![Row::Reference { reference: format!("R-{number}") }, Row::Kind { kind: "a\0b".into() }];
        journal.append(Commit { case, seen, entries, rows, key, erases: false }).await.unwrap();
    }
    if commits > 4 {
        let case = CaseId(Uuid::from_u128(2));
        let seen = journal.head(case).await.unwrap().version;
        let entry = NewEntry {
            recorded_at: Moment::from_unix_microseconds(99).unwrap(),
            recorded_by: "desk".into(),
            payload: b"{}".to_vec(),
            personal: false,
        };
        let commit = Commit { case, seen, entries: vec![entry], rows: Vec::new(), key: None, erases: true };
        journal.append(commit).await.unwrap();
    }
    journal.close().await.unwrap();
    folder
}

fn exported(folder: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    export_path(folder, &mut out).unwrap();
    out
}

/// What the store's own reader says: how many entries, or on which line something is wrong.
fn theirs(bytes: &[u8]) -> Result<u64, ExportFault> {
    let mut reader = ExportReader::open(bytes)?;
    while reader.next_commit()?.is_some() {}
    Ok(reader.manifest().entries)
}

/// That both say the same of an export; whether it is in order.
#[track_caller]
fn agreed(folder: &Path, bytes: &[u8], what: &str) -> bool {
    let path = folder.join("spoiled.jsonl");
    fs::write(&path, bytes).unwrap();
    let (ours, theirs) = (read(&path, None), theirs(bytes));
    match (&ours, &theirs) {
        (Ok(InOrder { entries, .. }), Ok(said)) => assert_eq!(entries, said, "{what}"),
        (
            Err(Wrong::Line { line, position, .. }),
            Err(ExportFault::Line { line: said, position: at, .. }),
        ) => {
            assert_eq!((*line, *position), (*said, at.0), "{what}: {ours:?}, the store says {theirs:?}");
        }
        (Err(Wrong::Cut { lines, .. }), Err(ExportFault::Cut { lines: said })) => {
            assert_eq!(lines, said, "{what}");
        }
        // Of a first line that is not one, or says another format, the one may say this and the other that.
        (
            Err(Wrong::NotAnExport { .. } | Wrong::OtherFormat { .. } | Wrong::Line { line: 1, .. }),
            Err(
                ExportFault::NotAnExport
                | ExportFault::NewerFormat { .. }
                | ExportFault::Line { line: 1, .. },
            ),
        ) => {}
        _ => panic!("{what}: {ours:?}, the store says {theirs:?}"),
    }
    ours.is_ok()
}

#[tokio::test]
async fn an_export_in_order_is_told_with_what_it_holds() {
    let folder = store(20).await;
    let path = folder.path().join("whole.jsonl");
    fs::write(&path, exported(folder.path())).unwrap();
    let (export, journal) = (read(&path, None).unwrap(), read(folder.path(), None).unwrap());
    assert_eq!(export.form, Form::Export { lines: 23 });
    assert_eq!(export, InOrder { form: export.form, ..journal });
}

#[tokio::test]
async fn every_byte_that_is_changed_is_judged_as_the_store_judges_it() {
    let folder = store(6).await;
    let whole = exported(folder.path());
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(!agreed(folder.path(), &bytes, &format!("byte {at}")));
    }
    assert!(agreed(folder.path(), &whole, "mended"));
}

#[tokio::test]
async fn every_line_that_is_taken_out_moved_or_doubled_and_every_cut_is_found() {
    let folder = store(7).await;
    let whole = exported(folder.path());
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        assert!(!agreed(folder.path(), &without.concat(), &format!("without line {}", at + 1)));
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        assert!(!agreed(folder.path(), &doubled.concat(), &format!("line {} twice", at + 1)));
        for other in at + 1..lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(at, other);
            let what = format!("lines {} and {} swapped", at + 1, other + 1);
            assert!(!agreed(folder.path(), &swapped.concat(), &what));
        }
    }
    for length in (0..whole.len()).step_by(7) {
        assert!(!agreed(folder.path(), &whole[..length], &format!("cut to {length}")));
    }
}

/// The sums as `docs/record-format.md` has them, over lines that somebody changed: what a forger would do.
fn summed_anew(lines: &[String]) -> Vec<u8> {
    let (mut before, mut out) = ([0_u8; 32], Vec::new());
    for line in lines {
        let body = &line[..line.rfind(",\"sum\":\"").unwrap()];
        let mut hasher = Sha256::new();
        hasher.update(b"comity.export.v1\0");
        hasher.update(before);
        hasher.update(body);
        before = hasher.finalize().into();
        out.push(format!("{body},\"sum\":\"{}\"}}\n", comity_verify::hex(&before)));
    }
    out.concat().into_bytes()
}

#[tokio::test]
async fn a_forger_who_makes_the_sums_anew_is_found_by_the_hashes_or_the_checkpoint() {
    let folder = store(9).await;
    let whole = exported(folder.path());
    let lines: Vec<String> = String::from_utf8(whole.clone()).unwrap().lines().map(str::to_owned).collect();
    let forged = |from: &str, to: &str| {
        let mut lines = lines.clone();
        assert!(lines[2].contains(from), "{}", lines[2]);
        lines[2] = lines[2].replacen(from, to, 1);
        agreed(folder.path(), &summed_anew(&lines), to)
    };
    for (from, to) in [
        ("/wAB", "/wAC"),
        ("\"by\":\"desk", "\"by\":\"disk"),
        ("\"at\":-1", "\"at\":-3"),
        ("\"commit\":2", "\"commit\":3"),
        ("\"seen\":0", "\"seen\":1"),
        ("\"seen\":0", "\"seen\": 0"),
        ("\"seen\":0", "\"seen\":0,\"more\":1"),
        ("\"seen\":0", "\"seen\":0,\"seen\":0"),
        ("desk", "\\u0064esk"),
        ("\\u0001", "\u{1}"),
    ] {
        assert!(!forged(from, to), "{to}");
    }
    // Only the rows are held by nothing but the sums, as the format says.
    assert!(forged("\"key\":null", "\"key\":\"other\""));

    // A whole record that was written anew is in order by itself; a checkpoint shows it.
    let signer = Signer::new("calderia.example/comity").unwrap();
    let note = signer.checkpoint(&verify_path(folder.path()).unwrap());
    let checkpoint = Checkpoint::read(&note, &Key::read(&signer.public_text()).unwrap()).unwrap();
    let path = folder.path().join("whole.jsonl");
    fs::write(&path, &whole).unwrap();
    read(&path, Some(&checkpoint)).unwrap();
    fs::write(&path, exported(store(8).await.path())).unwrap();
    let cut = read(&path, Some(&checkpoint)).unwrap_err();
    assert!(matches!(cut, Wrong::CutOff { .. }), "{cut}");
}

#[test]
fn a_file_that_is_no_export_is_called_none() {
    let folder = tempfile::tempdir().unwrap();
    for text in ["", "\n", "{}\n", "{\"comity\":\"export\"", "a letter\nto somebody\n"] {
        assert!(!agreed(folder.path(), text.as_bytes(), text));
    }
}
