//! The record as lines of JSON, read back; and every way in which the lines may be spoiled.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::path::Path;

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{
    Commit, ExportError, ExportFault, ExportReader, Exported, IdempotencyKey, ImportError, Journal, NewEntry,
    Position, Row, SledJournal, export_path, import, verify_path,
};
use common::{SMALL, case, commit};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A store of three cases: commits of one entry and of two, with keys and without, sealed and plain, with texts that JSON
/// must escape; one of the cases is erased in the end.
async fn store(commits: u32) -> tempfile::TempDir {
    let folder = filled(commits, true).await;
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    if commits > 4 {
        let seen = journal.head(case(1)).await.unwrap().version;
        journal.append(Commit { erases: true, ..made(case(1), seen, 99, false) }).await.unwrap();
    }
    journal.close().await.unwrap();
    folder
}

async fn filled(commits: u32, sealed: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    for number in 0..commits {
        let case = case(number % 3);
        let seen = journal.head(case).await.unwrap().version;
        journal.append(made(case, seen, u8::try_from(number).unwrap(), sealed && number > 2)).await.unwrap();
    }
    journal.close().await.unwrap();
    folder
}

fn made(case: CaseId, seen: Version, number: u8, personal: bool) -> Commit {
    let entry = NewEntry {
        recorded_at: Moment::from_unix_microseconds(i64::from(number) - 2).unwrap(),
        recorded_by: "desk \"two\"\\\u{1}\n\u{2028}é".into(),
        payload: vec![0xff, 0, number],
        personal,
    };
    let key = number.is_multiple_of(2).then(|| IdempotencyKey(format!("key \"{number}\"")));
    let mut rows =
        vec![Row::Reference { reference: format!("R-{number}") }, Row::Kind { kind: "a\0b".into() }];
    rows.extend(personal.then(|| Row::Person { name: "orlen".into() }));
    Commit { case, seen, entries: vec![entry; 1 + usize::from(number % 4 == 3)], rows, key, erases: false }
}

fn exported(folder: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    export_path(folder, &mut out).unwrap();
    out
}

fn all(bytes: &[u8]) -> Result<Vec<Exported>, ExportFault> {
    let mut reader = ExportReader::open(bytes)?;
    let mut found = Vec::new();
    while let Some(commit) = reader.next_commit()? {
        found.push(commit);
    }
    assert!(reader.next_commit()?.is_none());
    Ok(found)
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The sums as `docs/record-format.md` has them, over lines that somebody changed: what a forger would do.
fn summed_anew(lines: &[String]) -> Vec<u8> {
    let (mut before, mut out) = ([0_u8; 32], Vec::new());
    for line in lines {
        let body = &line[..line.rfind(",\"sum\":\"").unwrap()];
        before = Sha256::new()
            .chain_update(b"comity.export.v1\0")
            .chain_update(before)
            .chain_update(body)
            .finalize()
            .into();
        let sum = before.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        out.push(format!("{body},\"sum\":\"{sum}\"}}\n"));
    }
    out.concat().into_bytes()
}

fn texts(bytes: &[u8]) -> Vec<String> {
    std::str::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn what_was_exported_makes_the_same_record_again() {
    let from = filled(20, false).await;
    let bytes = exported(from.path());
    let manifest = ExportReader::open(bytes.as_slice()).unwrap().manifest().clone();
    let report = verify_path(from.path()).unwrap();
    assert_eq!((manifest.entries, manifest.cases), (report.last.0, report.cases));
    assert_eq!((manifest.root, manifest.frame), (report.root, report.head));

    let into = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(into.path(), SMALL).await.unwrap();
    for Exported { first, case, seen, key, entries, rows, .. } in all(&bytes).unwrap() {
        assert_eq!(rows.len(), 2);
        let hashes: Vec<_> = entries.iter().map(|entry| entry.hash).collect();
        let entries = entries.into_iter().map(|entry| NewEntry {
            recorded_at: entry.recorded_at,
            recorded_by: entry.recorded_by,
            payload: entry.payload,
            personal: false,
        });
        let entries = entries.collect();
        let commit = Commit { case, seen, entries, rows: Vec::new(), key, erases: false };
        let receipt = journal.append(commit).await.unwrap();
        assert_eq!(receipt.hash, *hashes.last().unwrap());
        assert_eq!(receipt.position.0, first.0 + hashes.len() as u64 - 1);
    }
    journal.close().await.unwrap();
    assert_eq!(verify_path(into.path()).unwrap().root, report.root);
    // All but the store, its last frame and the rows is the same: keys and moments too.
    let (again, before) = (texts(&exported(into.path())), texts(&bytes));
    assert_ne!(again[0], before[0]);
    let bodies = |lines: &[String]| -> Vec<String> {
        lines[1..].iter().map(|line| line[..line.rfind(",\"rows\"").unwrap_or(60)].to_owned()).collect()
    };
    assert_eq!(bodies(&again), bodies(&before));
}

#[tokio::test]
async fn what_is_sealed_is_exported_sealed() {
    let folder = store(9).await;
    let bytes = exported(folder.path());
    let commits = all(&bytes).unwrap();
    let sealed = |commit: &&Exported| commit.entries.iter().all(|entry| entry.payload[0] == 1);
    assert_eq!(commits.iter().filter(sealed).count(), 6);
    assert_eq!(
        commits.iter().map(|commit| commit.erases).collect::<Vec<_>>(),
        [vec![false; 9], vec![true]].concat()
    );
    // No row tells a name in the clear, and neither does what is printed of a commit.
    assert!(!format!("{commits:?}").contains("recorded_by"));
    for row in commits.iter().flat_map(|commit| &commit.rows) {
        assert!(!row.windows(5).any(|window| window == b"orlen"));
    }
}

#[tokio::test]
async fn the_same_record_is_exported_in_the_same_bytes() {
    let folder = store(7).await;
    assert_eq!(exported(folder.path()), exported(folder.path()));
    assert_eq!(summed_anew(&texts(&exported(folder.path()))), exported(folder.path()));
}

#[tokio::test]
async fn an_empty_store_is_an_export_of_two_lines() {
    let folder = store(0).await;
    let bytes = exported(folder.path());
    assert_eq!(lines(&bytes).len(), 2);
    assert_eq!(all(&bytes).unwrap(), []);
}

#[tokio::test]
async fn a_store_in_use_is_exported_as_it_was() {
    let folder = store(3).await;
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    let before = exported(folder.path());
    let entries = all(&before).unwrap().iter().map(|commit| commit.entries.len() as u64).sum::<u64>();
    let head = journal.head(case(9)).await.unwrap();
    journal.append(commit(case(9), head.version)).await.unwrap();
    let after = exported(folder.path());
    assert_eq!(ExportReader::open(after.as_slice()).unwrap().manifest().entries, entries + 1);
    assert_eq!(all(&after).unwrap().len(), 4);
    journal.close().await.unwrap();
}

#[tokio::test]
async fn every_byte_that_is_changed_is_found_on_its_line() {
    let folder = store(6).await;
    let whole = exported(folder.path());
    let mut line = 1;
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        match all(&bytes) {
            // The first line may be changed so that it calls itself something else.
            Err(ExportFault::NotAnExport | ExportFault::NewerFormat { .. }) if line == 1 => {}
            // Without its line feed a line runs into the next; the last one is cut then.
            Err(ExportFault::Cut { .. }) if at + 1 == whole.len() => {}
            Err(ExportFault::Line { line: found, .. }) => assert_eq!(found, line, "byte {at}"),
            other => panic!("byte {at} of line {line}: {other:?}"),
        }
        line += u64::from(whole[at] == b'\n');
    }
}

#[tokio::test]
async fn every_line_that_is_taken_out_moved_or_doubled_is_found() {
    let folder = store(9).await;
    let whole = lines(&exported(folder.path()));
    for at in 0..whole.len() {
        let mut without = whole.clone();
        without.remove(at);
        assert!(all(&without.concat()).is_err(), "without line {}", at + 1);
        let mut doubled = whole.clone();
        doubled.insert(at, whole[at].clone());
        assert!(all(&doubled.concat()).is_err(), "line {} twice", at + 1);
        for other in at + 1..whole.len() {
            let mut swapped = whole.clone();
            swapped.swap(at, other);
            let fault = all(&swapped.concat()).unwrap_err();
            if at > 0 {
                let ExportFault::Line { line, .. } = fault else { panic!("{fault:?}") };
                assert_eq!(line, at as u64 + 1, "lines {} and {} swapped", at + 1, other + 1);
            }
        }
    }
    assert!(all(&[whole.concat(), b"\n".to_vec()].concat()).is_err(), "more behind the end");
}

#[tokio::test]
async fn every_cut_is_found() {
    let folder = store(4).await;
    let whole = exported(folder.path());
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for length in 0..whole.len() {
        let fault = all(&whole[..length]).unwrap_err();
        let cut = matches!(fault, ExportFault::Cut { .. });
        assert_eq!(cut, length >= first, "cut to {length}: {fault:?}");
    }
    all(&whole).unwrap();
}

#[tokio::test]
async fn a_format_that_never_was_is_no_export() {
    let folder = store(2).await;
    for (format, is_newer) in [(0, false), (2, true)] {
        let mut lines = texts(&exported(folder.path()));
        lines[0] = lines[0].replacen("\"format\":1", &format!("\"format\":{format}"), 1);
        let fault = ExportReader::open(summed_anew(&lines).as_slice()).unwrap_err();
        assert_eq!(matches!(fault, ExportFault::NewerFormat { .. }), is_newer, "{fault}");
        assert_eq!(matches!(fault, ExportFault::NotAnExport), !is_newer, "{fault}");
    }
}

#[tokio::test]
async fn sums_that_are_made_anew_hide_no_change_of_the_record() {
    let folder = store(6).await;
    let whole = texts(&exported(folder.path()));
    let changed = |from: &str, to: &str| {
        let mut lines = whole.clone();
        assert!(lines[2].contains(from), "{}", lines[2]);
        lines[2] = lines[2].replacen(from, to, 1);
        match all(&summed_anew(&lines)) {
            Err(ExportFault::Line { line, what, .. }) => (line, what),
            other => panic!("{from}: {other:?}"),
        }
    };
    assert_eq!(changed("/wAB", "/wAC"), (3, "an entry that does not fit its hash"));
    assert_eq!(changed("\"by\":\"desk", "\"by\":\"disk"), (3, "an entry that does not fit its hash"));
    assert_eq!(changed("\"at\":-1", "\"at\":-3"), (3, "an entry that does not fit its hash"));
    assert_eq!(changed("\"commit\":2", "\"commit\":3").0, 3);
    assert_eq!(changed("\"seen\":0", "\"seen\":1").0, 3);
    assert_eq!(
        changed("\"body\":1", "\"body\":9"),
        (3, "a commit of a kind that this program does not know")
    );
    // One way to write a line, and no other.
    let unwritten = "neither a commit nor the last line, as a writer writes them";
    assert_eq!(changed("\"seen\":0", "\"seen\": 0"), (3, unwritten));
    assert_eq!(changed("\"seen\":0", "\"seen\":0,\"more\":1"), (3, unwritten));
    assert_eq!(changed("desk", "\\u0064esk"), (3, unwritten));

    let mut without = whole.clone();
    without.remove(2);
    assert!(all(&summed_anew(&without)).is_err());
    // The whole end, with a last line that adds up: the first line still knows.
    let cut = [&whole[..4], &[whole[whole.len() - 1].clone()]].concat();
    assert!(all(&summed_anew(&cut)).is_err());
}

#[tokio::test]
async fn a_spoiled_record_is_not_exported_to_the_end() {
    let folder = store(9).await;
    let segment = &common::segments(folder.path())[0];
    let mut bytes = fs::read(segment).unwrap();
    bytes[200] ^= 1;
    fs::write(segment, bytes).unwrap();
    let mut out = Vec::new();
    let error = export_path(folder.path(), &mut out).unwrap_err();
    assert!(matches!(error, ExportError::Verify(_)), "{error:?}");
    assert_eq!(error.code(), "store/damaged");
    assert!(all(&out).is_err());
    let nowhere = tempfile::tempdir().unwrap();
    assert_eq!(export_path(nowhere.path(), &mut out).unwrap_err().code(), "store/not-found");
}

#[tokio::test]
async fn a_disk_that_takes_no_more_is_told() {
    let folder = store(3).await;
    let mut room = [0_u8; 300];
    let error = export_path(folder.path(), &mut room.as_mut_slice()).unwrap_err();
    assert!(matches!(error, ExportError::Write(_)), "{error:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(all(&bytes).is_err());
    }

    #[test]
    fn any_text_behind_a_good_first_line_is_read_without_a_panic(text in "[\\PC\n]{0,200}") {
        let first = r#"{"comity":"export","format":1,"store":"00000000-0000-0000-0000-000000000001","entries":0,"cases":0,"root":"ROOT","frame":"ROOT","sum":""}"#;
        let mut lines = vec![first.replace("ROOT", &"0".repeat(64))];
        lines.extend(text.lines().filter(|line| line.contains(",\"sum\":\"")).map(str::to_owned));
        let bytes = [summed_anew(&lines), text.into_bytes()].concat();
        prop_assert!(all(&bytes).is_err());
    }
}

/// The example of the document is what is written.
#[tokio::test]
async fn the_example_of_the_format_is_what_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(folder.path(), SMALL).await.unwrap();
    let entry = NewEntry {
        recorded_at: Moment::from_unix_microseconds(7).unwrap(),
        recorded_by: "police".into(),
        payload: b"arrested".to_vec(),
        personal: false,
    };
    let rows = vec![Row::Kind { kind: "case".into() }];
    let case = CaseId(Uuid::from_u128(1));
    journal
        .append(Commit { case, seen: Version(0), entries: vec![entry], rows, key: None, erases: false })
        .await
        .unwrap();
    journal.close().await.unwrap();
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/record-format.md")).unwrap();
    // The store, and so its frame, are others each time.
    let mut lines = texts(&exported(folder.path()));
    let manifest = ExportReader::open(exported(folder.path()).as_slice()).unwrap().manifest().clone();
    lines[0] = lines[0]
        .replace(&manifest.store.to_string(), &Uuid::from_u128(2).to_string())
        .replace(&manifest.frame.to_string(), &"5".repeat(64));
    let shown = String::from_utf8(summed_anew(&lines)).unwrap();
    let as_shown = shown.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n");
    assert!(page.contains(&as_shown), "the page shows another than\n{as_shown}");
    let read = all(shown.as_bytes()).unwrap();
    assert_eq!((read.len(), read[0].first, read[0].line), (1, Position(1), 2));
}

/// What a store says of itself: everything it holds, opened and read.
async fn told(folder: &Path) -> Vec<String> {
    let journal = SledJournal::open(folder, SMALL).await.unwrap();
    let entries = journal.tail(Position(0), usize::MAX).await.unwrap();
    let persons = journal
        .rows(comity_store::Query::OfPerson("orlen".into()), comity_store::PageRequest::first(9))
        .await
        .unwrap();
    let mut told: Vec<_> =
        entries.iter().map(|entry| format!("{entry:?} {:?}", entry.payload.content())).collect();
    told.extend(persons.rows.iter().map(|row| format!("{row:?}")));
    journal.close().await.unwrap();
    told
}

#[tokio::test]
async fn a_store_that_was_imported_holds_what_was_exported() {
    let store = store(40).await;
    let bytes = exported(store.path());
    let to = tempfile::tempdir().unwrap();
    let made = import(bytes.as_slice(), Some(store.path()), to.path(), SMALL).await.unwrap();
    let (before, after) = (verify_path(store.path()).unwrap(), verify_path(to.path()).unwrap());
    assert_eq!((after.last, after.cases, after.root), (before.last, before.cases, before.root));
    assert_eq!(made.report.root, before.root);
    assert!(after.segments > 1);
    assert_eq!(told(to.path()).await, told(store.path()).await);
    // It goes on from there, and what was answered to a key before is answered again.
    let journal = SledJournal::open(to.path(), SMALL).await.unwrap();
    let known = SledJournal::open(store.path(), SMALL).await.unwrap();
    for number in (0..40).step_by(2) {
        let key = IdempotencyKey(format!("key \"{number}\""));
        let (here, there) = (journal.receipt(case(number % 3), &key), known.receipt(case(number % 3), &key));
        assert_eq!(here.await.unwrap(), there.await.unwrap(), "{number}");
    }
    let seen = journal.head(case(2)).await.unwrap().version;
    journal.append(made_personal(seen)).await.unwrap();
    journal.verify().await.unwrap();
    journal.close().await.unwrap();
    known.close().await.unwrap();
    // And it is exported in the same lines, but for the first, which names the journal.
    let twice = tempfile::tempdir().unwrap();
    import(bytes.as_slice(), Some(store.path()), twice.path(), SMALL).await.unwrap();
    let again = all(&exported(twice.path())).unwrap();
    assert!(again == all(&bytes).unwrap());
}

fn made_personal(seen: Version) -> Commit {
    made(case(2), seen, 77, true)
}

#[tokio::test]
async fn nothing_is_imported_by_halves() {
    let store = store(20).await;
    let bytes = exported(store.path());
    let new = || tempfile::tempdir().unwrap();
    let code = |outcome: Result<comity_store::Imported, ImportError>| outcome.unwrap_err().code();
    let is_empty =
        |folder: &Path| !folder.join("journal").exists() && !folder.join("journal.unfinished").exists();

    for at in (0..bytes.len()).step_by(211) {
        let mut spoiled = bytes.clone();
        spoiled[at] ^= 4;
        let to = new();
        let code = code(import(spoiled.as_slice(), Some(store.path()), to.path(), SMALL).await);
        assert!(code.starts_with("export/"), "byte {at}: {code}");
        assert!(is_empty(to.path()), "byte {at}");
    }
    let to = new();
    let cut = &bytes[..bytes.len() - 10];
    assert_eq!(code(import(cut, Some(store.path()), to.path(), SMALL).await), "export/cut");
    assert_eq!(code(import(bytes.as_slice(), None, to.path(), SMALL).await), "import/no-keys");
    let nowhere = to.path().join("nowhere");
    assert_eq!(
        code(import(bytes.as_slice(), Some(&nowhere), to.path(), SMALL).await),
        "import/keys-not-found"
    );
    assert!(is_empty(to.path()));
    // What a kill leaves is in nobody's way.
    fs::create_dir(to.path().join("journal.unfinished")).unwrap();
    fs::write(to.path().join("journal.unfinished/00000000000000000001.seg"), b"half").unwrap();
    import(bytes.as_slice(), Some(store.path()), to.path(), SMALL).await.unwrap();
    assert_eq!(
        code(import(bytes.as_slice(), Some(store.path()), to.path(), SMALL).await),
        "import/not-empty"
    );
    // Where nothing is sealed, no keys are needed.
    let plain = filled(12, false).await;
    import(exported(plain.path()).as_slice(), None, new().path(), SMALL).await.unwrap();
}

#[tokio::test]
async fn keys_of_another_store_are_not_taken_for_its_own() {
    let (store, other) = (store(12).await, store(12).await);
    let to = tempfile::tempdir().unwrap();
    let refused = import(exported(store.path()).as_slice(), Some(other.path()), to.path(), SMALL).await;
    assert!(matches!(refused, Err(ImportError::Open(_))), "{refused:?}");
}
