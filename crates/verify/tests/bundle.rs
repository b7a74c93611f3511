//! A bundle of evidence made by hand from what our store gives, and every way in which it may be spoiled.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod forging;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::time::Moment;
use comity_store::{
    CaseLog, Commit, Journal, NewEntry, OpenOptions, ProofsAsked, Report, Signer, SledJournal, proofs_path,
};
use comity_verify::{Bundle, Checkpoint, Held, Key, Own, Signature, Wrong, read_bundle};
use forging::{Files, lines, manifest, summed_anew, zipped};
use uuid::Uuid;

/// A store with a case of seven entries among those of another, and two checkpoints over it.
struct Made {
    folder: tempfile::TempDir,
    signer: Signer,
    early: Report,
    late: Report,
}

const CASE: CaseId = CaseId(Uuid::from_u128(7));

impl Made {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            OpenOptions { segment_step: 4096, segment_bytes: 4096, disk_floor: 0, ..OpenOptions::default() };
        let journal = SledJournal::open(folder.path().join("store"), options).await.unwrap();
        let add = async |case: CaseId, text: String, personal: bool| {
            let seen = journal.head(case).await.unwrap().version;
            let entry = NewEntry {
                recorded_at: Moment::from_unix_microseconds(i64::from(seen.0)).unwrap(),
                recorded_by: "desk".into(),
                payload: text.into_bytes(),
                personal,
            };
            let commit =
                Commit { case, seen, entries: vec![entry], rows: Vec::new(), key: None, erases: false };
            journal.append(commit).await.unwrap();
        };
        let mut early = None;
        for number in 0..7 {
            // Every second entry of the case is sealed.
            add(CASE, format!("entry {number}"), number % 2 == 0).await;
            add(CaseId(Uuid::from_u128(8)), format!("other {number}"), true).await;
            if number == 2 {
                early = Some(journal.verify().await.unwrap());
            }
        }
        let late = journal.verify().await.unwrap();
        journal.close().await.unwrap();
        let signer = Signer::new("calderia.example/comity").unwrap();
        Self { folder, signer, early: early.unwrap(), late }
    }

    fn key(&self) -> Key {
        Key::read(&self.signer.public_text()).unwrap()
    }

    /// The files of a bundle that withholds these entries.
    async fn files(&self, withheld: &[u32]) -> Files {
        let store = self.folder.path().join("store");
        let journal = SledJournal::open(&store, OpenOptions::default()).await.unwrap();
        let entries = journal.read(CASE, Version(0)).await.unwrap();
        journal.close().await.unwrap();
        let asked = ProofsAsked {
            size: self.late.last.0,
            entries: entries.iter().map(|entry| entry.position).collect(),
            earlier: [self.early.last.0].into(),
        };
        let proofs = proofs_path(&store, &asked).unwrap();
        let withheld: BTreeSet<EntryNumber> =
            withheld.iter().map(|number| EntryNumber::new(*number).unwrap()).collect();
        let log = CaseLog {
            entries: &entries,
            withheld: &withheld,
            beside: &[],
            shows_a_migration: false,
            proofs: &proofs,
        };
        let mut files = Files::new();
        files.insert("log.jsonl".into(), log.lines());
        files.insert("checkpoint".into(), self.signer.checkpoint(&self.late).into_bytes());
        let early = format!("checkpoints/{:020}.checkpoint", self.early.last.0);
        files.insert(early, self.signer.checkpoint(&self.early).into_bytes());
        files
    }

    fn packed(&self, files: &Files) -> PathBuf {
        let path = self.folder.path().join("bundle.zip");
        fs::write(&path, zipped(files)).unwrap();
        path
    }

    fn check(&self, files: &Files) -> Result<Bundle, Wrong> {
        let key = self.key();
        read_bundle(&self.packed(files), Held { key: Some(&key), checkpoint: None })
    }
}

#[tokio::test]
async fn a_bundle_in_order_is_told_with_what_it_proves() {
    let made = Made::new().await;
    let found = made.check(&made.files(&[]).await).unwrap();
    assert_eq!((found.entries, found.size), (7, 14));
    assert_eq!(found.case, *CASE.0.as_bytes());
    assert_eq!(found.root, made.late.root.0);
    assert_eq!(found.signature, Signature::Good { name: "calderia.example/comity".into() });
    assert_eq!((found.earlier[0].size, found.earlier[0].of_the_case), (6, 3));
    let found = made.check(&made.files(&[2, 7]).await).unwrap();
    assert_eq!(found.withheld, [2, 7]);
}

#[tokio::test]
async fn every_byte_of_the_zip_file_that_is_changed_changes_nothing_or_is_found() {
    let made = Made::new().await;
    let files = made.files(&[3]).await;
    let whole = zipped(&files);
    let key = made.key();
    let path = made.folder.path().join("spoiled.zip");
    let held = Held { key: Some(&key), checkpoint: None };
    fs::write(&path, &whole).unwrap();
    let sound = read_bundle(&path, held).unwrap();
    let mut found = 0;
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&path, bytes).unwrap();
        // A zip file has bytes that say nothing of what is in it, such as when it was made.
        match read_bundle(&path, held) {
            Ok(bundle) => assert_eq!(bundle, sound, "byte {at}"),
            Err(_) => found += 1,
        }
    }
    assert!(found * 10 > whole.len() * 9, "only {found} of {} were found", whole.len());
    for length in (0..whole.len()).step_by(7) {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(read_bundle(&path, held).is_err(), "cut to {length}");
    }
}

#[tokio::test]
async fn files_that_are_changed_taken_away_or_put_in_are_found() {
    let made = Made::new().await;
    let files = made.files(&[]).await;
    let with_manifest = |spoil: &dyn Fn(&mut Files)| {
        let mut spoiled = files.clone();
        spoiled.insert("MANIFEST".into(), manifest(&files));
        spoil(&mut spoiled);
        made.check(&spoiled).unwrap_err().to_string()
    };
    let changed = with_manifest(&|files| files.get_mut("checkpoint").unwrap().push(b' '));
    assert!(changed.contains("file checkpoint: it is not what the manifest says"), "{changed}");
    let gone = with_manifest(&|files| drop(files.remove("log.jsonl")));
    assert!(gone.contains("file log.jsonl: it is in the manifest and is not there"), "{gone}");
    let more = with_manifest(&|files| drop(files.insert("more".into(), Vec::new())));
    assert!(more.contains("file more: the manifest does not list it"), "{more}");
    for manifest in ["", "x\n", "00  log.jsonl\n", "\n"] {
        let said = with_manifest(&|files| drop(files.insert("MANIFEST".into(), manifest.into())));
        assert!(said.contains("file MANIFEST") || said.contains("does not list it"), "{manifest}: {said}");
    }
    let mut without = files.clone();
    without.remove("log.jsonl");
    assert!(made.check(&without).unwrap_err().to_string().contains("file log.jsonl: it is not there"));
}

/// Whatever a forger changes in the log, with the sums and the manifest made anew, is found by hashes and proofs.
#[tokio::test]
async fn a_log_that_was_forged_with_care_is_found() {
    let made = Made::new().await;
    let files = made.files(&[3]).await;
    let whole = lines(&files);
    assert_eq!(whole.len(), 1 + 7 + 1);
    let forged = |lines: &[String]| {
        let mut files = files.clone();
        files.insert("log.jsonl".into(), summed_anew(lines));
        made.check(&files)
    };
    forged(&whole).unwrap();
    let changed = |line: usize, from: &str, to: &str| {
        let mut lines = whole.clone();
        assert!(lines[line].contains(from), "{}", lines[line]);
        lines[line] = lines[line].replacen(from, to, 1);
        let wrong = forged(&lines).unwrap_err();
        assert!(wrong.is_about_the_record(), "{wrong}");
        if let Wrong::Log { line: at, .. } = wrong {
            assert!(at == line as u64 + 1 || line == 0, "{from} to {to}: {wrong}");
        } else {
            panic!("{from} to {to}: {wrong}");
        }
    };
    let value = |line: usize, member: &str| {
        let text = &whole[line];
        let at = text.find(&format!("\"{member}\":")).unwrap() + member.len() + 3;
        let end = at + text[at..].find([',', '}']).unwrap();
        text[at..end].to_owned()
    };
    for line in [1, 2, 5, 7] {
        changed(line, "\"by\":\"desk\"", "\"by\":\"disk\"");
        changed(line, &value(line, "payload"), "\"AAAA\"");
        changed(line, &format!("\"at\":{}", value(line, "at")), "\"at\":99");
        let entry: u32 = value(line, "entry").parse().unwrap();
        changed(line, &format!("\"entry\":{entry}"), &format!("\"entry\":{}", entry + 1));
        let position: u64 = value(line, "position").parse().unwrap();
        for other in [0, position - 1, position + 1, 15, u64::MAX] {
            changed(line, &format!("\"position\":{position}"), &format!("\"position\":{other}"));
        }
        let (key, content) = (value(line, "key"), value(line, "content"));
        assert_eq!((key == "null", content == "null"), (line == 2, line == 2));
        let of = |member: &str, value: &str| format!("\"{member}\":{value}");
        changed(line, &of("key", &key), &of("key", &format!("\"{}\"", "0".repeat(64))));
        changed(line, &of("content", &content), "\"content\":\"AAAA\"");
        if line != 2 {
            // A key alone, or a content alone, proves nothing.
            changed(line, &of("key", &key), "\"key\":null");
            changed(line, &of("content", &content), "\"content\":null");
        }
        changed(line, "\"by\":\"desk\"", "\"by\":null");
        let proof = &whole[line][whole[line].find("\"proof\":").unwrap()..=whole[line].find("],").unwrap()];
        changed(line, proof, "\"proof\":null");
        changed(line, proof, "\"proof\":[]");
    }
    // Of a withheld entry, its hash stands in the entry after it.
    changed(3, &value(3, "hash"), &format!("\"{}\"", "1".repeat(64)));
    changed(3, "\"at\":null", "\"at\":1");
    changed(8, "\"earlier\":6", "\"earlier\":5");
    changed(8, &value(8, "root"), &format!("\"{}\"", "2".repeat(64)));
    changed(0, "\"entries\":7", "\"entries\":8");
    changed(0, &value(0, "case"), "\"00000000-0000-0000-0000-000000000009\"");
    // Whoever takes key and content away keeps back what was sealed, and that is said.
    let mut closed = whole.clone();
    let (key, content) = (value(5, "key"), value(5, "content"));
    closed[5] = closed[5].replace(&key, "null").replace(&content, "null");
    assert_eq!(forged(&closed).unwrap().closed, [5]);
    for line in 1..8 {
        let mut without = whole.clone();
        without.remove(line);
        forged(&without).unwrap_err();
        let mut swapped = whole.clone();
        swapped.swap(line, line + 1);
        forged(&swapped).unwrap_err();
    }
    // Without its last entry, and with a first line that says so, a log is whole: this is what a bundle cannot show.
    let mut cut = whole.clone();
    cut.remove(7);
    cut[0] = cut[0].replace("\"entries\":7", "\"entries\":6");
    assert_eq!(forged(&cut).unwrap().entries, 6);
}

#[tokio::test]
async fn a_checkpoint_that_is_of_another_record_or_of_nobody_is_found() {
    let made = Made::new().await;
    let files = made.files(&[]).await;
    let with = |note: String| {
        let mut files = files.clone();
        files.insert("checkpoint".into(), note.into_bytes());
        made.check(&files).unwrap_err()
    };
    let other = with(made.signer.checkpoint(&made.early));
    assert!(other.to_string().contains("file checkpoint: it is of another record"), "{other}");
    let stranger = Signer::new("calderia.example/comity").unwrap();
    assert!(matches!(with(stranger.checkpoint(&made.late)), Wrong::NotSigned { .. }));
    assert!(matches!(with("nonsense".to_owned()), Wrong::Checkpoint { .. }));

    // An earlier one that somebody else signed is held against the record, and not called signed.
    let early = format!("checkpoints/{:020}.checkpoint", made.early.last.0);
    let mut files = files.clone();
    files.insert(early, stranger.checkpoint(&made.early).into_bytes());
    let found = made.check(&files).unwrap();
    assert!(matches!(found.earlier[0].signature, Signature::NotChecked { .. }));

    // One's own checkpoint of the same size and of another root: there are two records.
    let key = Key::read(&stranger.public_text()).unwrap();
    let forged = Report { root: made.early.root, ..made.late.clone() };
    let own = Checkpoint::read(&stranger.checkpoint(&forged), &key).unwrap();
    let held = Held { key: None, checkpoint: Some(&own) };
    let wrong = read_bundle(&made.packed(&files), held).unwrap_err();
    assert!(matches!(wrong, Wrong::Rewritten { signed: 14 }), "{wrong}");
    let own = Checkpoint::read(&stranger.checkpoint(&made.late), &key).unwrap();
    let held = Held { key: None, checkpoint: Some(&own) };
    assert_eq!(read_bundle(&made.packed(&files), held).unwrap().own, Some(Own::Same));
}

fn run(args: &[&str]) -> (i32, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_comity-verify")).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
}

#[tokio::test]
async fn the_program_says_what_a_bundle_proves() {
    let made = Made::new().await;
    let files = made.files(&[2]).await;
    let path = made.packed(&files).display().to_string();
    let key = made.signer.public_text();
    let (code, said, _) = run(&[&path, "--key", &key]);
    assert_eq!(code, 0, "{said}");
    for line in [
        "in order: a bundle of 7 entries of one case, 1 withheld",
        "case   00000000-0000-0000-0000-000000000007",
        "PROVED  7 of the entries stand in a record of 14 entries",
        "PROVED  calderia.example/comity signed that record",
        "PROVED  3 of the entries stood when the record had 6 entries",
        "NOTE    entry 2 is withheld",
        "OPEN    under which procedure",
        "OPEN    that the case has no later entries",
        "OPEN    that what was recorded is true",
    ] {
        assert!(said.contains(line), "`{line}` is not in\n{said}");
    }
    let (code, said, _) = run(&[&path]);
    assert_eq!(code, 0);
    assert!(said.contains("OPEN    that calderia.example/comity signed that record: give its key"), "{said}");
    let note = made.folder.path().join("own.checkpoint");
    fs::write(&note, made.signer.checkpoint(&made.early)).unwrap();
    let (code, said, _) = run(&[&path, "--key", &key, "--checkpoint", &note.display().to_string()]);
    assert_eq!(code, 0);
    assert!(
        said.contains("PROVED  it is the record of your checkpoint, and was only added to since"),
        "{said}"
    );

    let mut spoiled = files.clone();
    let mut lines = lines(&files);
    lines[4] = lines[4].replace("\"by\":\"desk\"", "\"by\":\"disk\"");
    spoiled.insert("log.jsonl".into(), summed_anew(&lines));
    made.packed(&spoiled);
    let (code, said, _) = run(&[&path, "--key", &key]);
    assert_eq!(code, 4);
    assert!(said.contains("line 5 of log.jsonl, entry 4: an entry whose hash does not fit"), "{said}");

    fs::write(&path, b"PK\x03\x04 a letter").unwrap();
    assert_eq!(run(&[&path]).0, 4);
    let folder = made.folder.path().join("unpacked");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("MANIFEST"), "x").unwrap();
    assert_eq!(run(&[&folder.display().to_string()]).0, 4);
}

/// Whoever packs a bundle anew is told what to do; the folder is what counts.
#[tokio::test]
async fn a_bundle_that_was_packed_anew_is_checked_unpacked() {
    let made = Made::new().await;
    let files = made.files(&[]).await;
    let mut whole = zipped(&files);
    // The method of the first file in the directory: deflated.
    let directory = whole.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    whole[directory + 10] = 8;
    let path: &Path = &made.folder.path().join("anew.zip");
    fs::write(path, whole).unwrap();
    let wrong = read_bundle(path, Held::default()).unwrap_err();
    assert!(matches!(wrong, Wrong::NotABundle { .. }) && wrong.to_string().contains("unpack it"), "{wrong}");
}

/// A zip file may name the same bytes a thousand times: whoever unpacks it holds a thousand copies.
#[tokio::test]
async fn files_that_lie_over_one_another_are_no_bundle() {
    let made = Made::new().await;
    let whole = zipped(&made.files(&[]).await);
    let directory = whole.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let end = whole.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    // The first file of the directory once more, under another name.
    let length = usize::from(u16::from_le_bytes(whole[directory + 28..directory + 30].try_into().unwrap()));
    let extra = usize::from(u16::from_le_bytes(whole[directory + 30..directory + 32].try_into().unwrap()));
    let mut again = whole[directory..directory + 46 + length + extra].to_vec();
    again[46] = b'a';
    let mut bomb = [&whole[..end], &again, &whole[end..]].concat();
    let end = end + again.len();
    for at in [8, 10] {
        let files = u16::from_le_bytes(bomb[end + at..end + at + 2].try_into().unwrap()) + 1;
        bomb[end + at..end + at + 2].copy_from_slice(&files.to_le_bytes());
    }
    let size = u32::try_from(end - directory).unwrap();
    bomb[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    let path: &Path = &made.folder.path().join("bomb.zip");
    fs::write(path, bomb).unwrap();
    let wrong = read_bundle(path, Held::default()).unwrap_err();
    assert!(wrong.to_string().contains("lie over one another"), "{wrong}");
}
