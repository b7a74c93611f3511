//! What the program says of the procedures of a case, made by hand from what our store gives.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod forging;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::time::Moment;
use comity_store::{
    CaseLog, Commit, Journal, NewEntry, OpenOptions, ProofsAsked, Recorded, SledJournal, proofs_path,
};
use comity_verify::{Held, Wrong, read_bundle};
use forging::{Files, zipped};
use tempfile::TempDir;
use uuid::Uuid;

const CASE: CaseId = CaseId(Uuid::from_u128(7));
const A: &str = "aa";
const B: &str = "bb";
const C: &str = "cc";

/// The stream in which the text of a meaning stands.
fn stream(meaning: &str) -> CaseId {
    CaseId(Uuid::from_u128(u128::from(meaning.as_bytes()[0])))
}

fn opened(meaning: &str) -> String {
    format!(
        r#"{{"format":1,"record":{{"kind":"case-opened","procedure":"x/y","meaning":"{meaning}","matter":null}}}}"#
    )
}

fn migrated(from: &str, to: &str) -> String {
    format!(
        r#"{{"format":6,"record":{{"kind":"migrated","from_meaning":"{from}","procedure":"x/y","version":2,"meaning":"{to}","plan":""}}}}"#
    )
}

/// A store with these entries, in their order, and what it gives for a bundle.
struct Made {
    folder: TempDir,
    entries: Vec<Recorded>,
    beside: Vec<Recorded>,
}

impl Made {
    /// A case with these entries, each behind the text of a meaning if that is not recorded yet. With a `+` it is recorded anew, and
    /// what was recorded last goes into the bundle.
    async fn of(entries: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = SledJournal::open(
            folder.path().join("store"),
            OpenOptions {
                segment_step: 4096,
                segment_bytes: 1 << 20,
                disk_floor: 0,
                ..OpenOptions::default()
            },
        );
        let journal = journal.await.unwrap();
        let add = async |case: CaseId, text: String| {
            let seen = journal.head(case).await.unwrap().version;
            let entry = NewEntry {
                recorded_at: Moment::from_unix_microseconds(i64::from(seen.0)).unwrap(),
                recorded_by: "desk".into(),
                payload: text.into_bytes(),
                personal: false,
            };
            let entries = vec![entry];
            journal
                .append(Commit { case, seen, entries, rows: Vec::new(), key: None, erases: false })
                .await
                .unwrap();
        };
        let mut beside: Vec<Recorded> = Vec::new();
        for (text, entry) in entries {
            let (text, is_again) = text.strip_prefix('+').map_or((*text, false), |text| (text, true));
            if is_again || (!text.is_empty() && beside.iter().all(|one| one.case != stream(text))) {
                let said = format!(
                    r#"{{"format":1,"record":{{"kind":"procedure-registered","name":"x/y","version":{},"meaning":"{text}","files":[{{"path":"x/y.yaml","text":"{text}"}}]}}}}"#,
                    beside.len() + 1
                );
                add(stream(text), said).await;
                beside.retain(|one| one.case != stream(text));
                beside.extend(journal.read(stream(text), Version(0)).await.unwrap().pop());
            }
            add(CASE, entry.clone()).await;
        }
        let entries = journal.read(CASE, Version(0)).await.unwrap();
        journal.close().await.unwrap();
        Self { folder, entries, beside }
    }

    /// The case opened under A, gone over to B, and a note.
    async fn there() -> Self {
        Self::of(&[(A, opened(A)), (B, migrated(A, B)), ("", "a note".to_owned())]).await
    }

    /// The files of a bundle with proofs that lead to so many entries.
    fn files(&self, size: u64, withheld: &[u32], folders: &[&str]) -> Files {
        let all = self.entries.iter().chain(&self.beside);
        let asked = ProofsAsked {
            size,
            entries: all.map(|entry| entry.position).collect(),
            earlier: BTreeSet::new(),
        };
        let proofs = proofs_path(&self.folder.path().join("store"), &asked).unwrap();
        let withheld: BTreeSet<_> = withheld.iter().map(|one| EntryNumber::new(*one).unwrap()).collect();
        let log = CaseLog {
            entries: &self.entries,
            withheld: &withheld,
            beside: &self.beside,
            shows_a_migration: true,
            proofs: &proofs,
        };
        let mut files = Files::from([("log.jsonl".to_owned(), log.lines())]);
        for (folder, text) in folders.iter().zip([A, B, C]) {
            files.insert(format!("{folder}/x/y.yaml"), text.as_bytes().to_vec());
        }
        files
    }

    /// What the program says.
    fn says(&self, files: &Files) -> (i32, String) {
        let path = self.folder.path().join("bundle.zip");
        fs::write(&path, zipped(files)).unwrap();
        let done = Command::new(env!("CARGO_BIN_EXE_comity-verify")).arg(&path).output().unwrap();
        (done.status.code().unwrap(), String::from_utf8(done.stdout).unwrap())
    }

    #[track_caller]
    fn says_all(&self, files: &Files, code: i32, wanted: &[&str]) {
        let (ended, said) = self.says(files);
        assert_eq!(ended, code, "{said}");
        for line in wanted {
            assert!(said.contains(line), "`{line}` is not in\n{said}");
        }
    }
}

#[tokio::test]
async fn the_program_says_which_procedures_are_proved() {
    let made = Made::there().await;
    let files = made.files(5, &[], &["procedure", "procedure-2"]);
    made.says_all(
        &files,
        0,
        &[
            "PROVED  the texts in procedure/ are those of x/y under which the case was opened, as they were recorded then.",
            "PROVED  the texts in procedure-2/ are those of x/y, edition 2, to which the case went over by entry 2, as they were \
             recorded before that.",
        ],
    );
    // What stands behind an older checkpoint is not called proved.
    let older = made.files(2, &[], &["procedure", "procedure-2"]);
    made.says_all(
        &older,
        0,
        &[
            "PROVED  the texts in procedure/ are",
            "OPEN    that the texts in procedure-2/ are those of x/y, edition 2, to which the case went over by entry 2: the \
             checkpoint is older than their entry.",
        ],
    );
    // Of a case that came back.
    let back = [(A, opened(A)), (B, migrated(A, B)), (A, migrated(B, A))];
    let made = Made::of(&back).await;
    let files = made.files(5, &[], &["procedure", "procedure-2"]);
    made.says_all(
        &files,
        0,
        &["x/y under which the case was opened, and to which it came back by entry 3, as"],
    );
}

#[tokio::test]
async fn the_program_says_what_it_cannot_know_of_procedures() {
    let mut made = Made::of(&[(A, opened(A)), (B, migrated(A, B)), (C, migrated(B, C))]).await;
    let [a, b, c] = made.beside.clone().try_into().unwrap();
    // The first entry is withheld: nobody knows under what the case was opened.
    made.beside = vec![b.clone(), c.clone()];
    let mut files = made.files(6, &[1], &[]);
    let texts = [("procedure-2/x/y.yaml", B), ("procedure-3/x/y.yaml", C)];
    files.extend(texts.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())));
    made.says_all(
        &files,
        0,
        &[
            "OPEN    under which procedure the case was opened: its text is not in the bundle.",
            "PROVED  the texts in procedure-3/ are those of x/y, edition 3, to which the case went over by entry 3",
            "OPEN    whether the case went over to another procedure by an entry that is not shown.",
        ],
    );
    // The second is: the third leaves what nobody knows that the case was under.
    made.beside = vec![a.clone(), c];
    let mut files = made.files(6, &[2], &["procedure"]);
    files.insert("procedure-2/x/y.yaml".into(), C.into());
    made.says_all(&files, 0, &["PROVED  the texts in procedure-2/ are those of x/y, edition 3"]);
    // What a withheld entry alone names does not belong there.
    made.beside.insert(1, b);
    let mut files = made.files(6, &[2], &["procedure"]);
    files.insert("procedure-2/x/y.yaml".into(), C.into());
    made.says_all(&files, 4, &["line 6 of log.jsonl, entry 1: it is not the procedure that is named next"]);
    made.beside = vec![a];
    made.says_all(&files, 4, &["line 6 of log.jsonl"]);
}

#[tokio::test]
async fn a_migration_that_does_not_follow_is_found() {
    let refused = async |entries: &[(&str, String)], wanted: &str| {
        let made = Made::of(entries).await;
        let size = (made.entries.len() + made.beside.len()) as u64;
        let folders = ["procedure", "procedure-2", "procedure-3"];
        let files = made.files(size, &[], &folders[..made.beside.len()]);
        let path = made.folder.path().join("bundle.zip");
        fs::write(&path, zipped(&files)).unwrap();
        let wrong = read_bundle(&path, Held::default()).unwrap_err();
        assert!(matches!(wrong, Wrong::Log { .. }) && wrong.to_string().contains(wanted), "{wrong}");
    };
    let leaves = "entry 3: it leaves a procedure under which the case was not";
    refused(&[(A, opened(A)), (B, migrated(A, B)), (C, migrated(A, C))], leaves).await;
    let broken = migrated(A, B).replace("\"version\":2", "\"version\":\"2\"");
    refused(&[(A, opened(A)), (B, broken)], "entry 2: a migration that is not as a writer writes it").await;
    let again = [(A, opened(A)), (B, "a note".to_owned()), ("+bb", migrated(A, B))];
    refused(&again, "entry 2: a procedure that is not the first entry of its stream").await;
    // The text is recorded before the entry that names it, never behind.
    let late = [(A, opened(A)), ("", migrated(A, B)), (B, "a note".to_owned())];
    refused(&late, "entry 1: a procedure that was recorded behind the entry that names it").await;
}
