//! Checkpoints that our store signed, read by their format alone.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::fs;
use std::path::Path;

use comity_core::id::CaseId;
use comity_core::time::Moment;
use comity_store::{
    Commit, Journal, NewEntry, OpenOptions, Position, ProofsAsked, Report, Signer, SledJournal, proofs_path,
};
use comity_verify::{Checkpoint, Head, Key, Wrong, goes_on, is_included, read};
use uuid::Uuid;

/// Adds so many entries to the store in `folder`, and gives what was verified after them.
async fn grown(folder: &Path, entries: u32, by: &str) -> Report {
    let options =
        OpenOptions { segment_step: 4096, segment_bytes: 4096, disk_floor: 0, ..OpenOptions::default() };
    let journal = SledJournal::open(folder, options).await.unwrap();
    let case = CaseId(Uuid::from_u128(7));
    for _ in 0..entries {
        let seen = journal.head(case).await.unwrap().version;
        let entry = NewEntry {
            recorded_at: Moment::from_unix_microseconds(i64::from(seen.0)).unwrap(),
            recorded_by: by.into(),
            payload: vec![2, 2, 3],
            personal: false,
        };
        journal
            .append(Commit { case, seen, entries: vec![entry], rows: Vec::new(), key: None, erases: false })
            .await
            .unwrap();
    }
    let report = journal.verify().await.unwrap();
    journal.close().await.unwrap();
    report
}

fn signed(signer: &Signer, report: &Report) -> Checkpoint {
    let key = Key::read(&signer.public_text()).unwrap();
    Checkpoint::read(&signer.checkpoint(report), &key).unwrap()
}

#[tokio::test]
async fn what_was_signed_stays_provable_while_the_record_grows() {
    let folder = tempfile::tempdir().unwrap();
    let signer = Signer::new("calderia.example/comity").unwrap();
    let mut checkpoints = Vec::new();
    for entries in [0, 1, 1, 3, 9, 20] {
        checkpoints.push(signed(&signer, &grown(folder.path(), entries, "desk").await));
    }
    let sizes: Vec<u64> = checkpoints.iter().map(|checkpoint| checkpoint.size).collect();
    assert_eq!(sizes, [0, 1, 2, 5, 14, 34]);
    for checkpoint in &checkpoints {
        let found = read(folder.path(), Some(checkpoint)).unwrap();
        assert_eq!((found.entries, checkpoint.origin.as_str()), (34, "calderia.example/comity"));
    }
}

#[tokio::test]
async fn an_older_copy_and_a_record_written_anew_are_told_apart_and_named() {
    let (folder, anew) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let signer = Signer::new("calderia.example/comity").unwrap();
    grown(folder.path(), 5, "desk").await;
    let older = tempfile::tempdir().unwrap();
    for item in fs::read_dir(folder.path().join("journal")).unwrap() {
        let path = item.unwrap().path();
        fs::copy(&path, older.path().join(path.file_name().unwrap())).unwrap();
    }
    let checkpoint = signed(&signer, &grown(folder.path(), 4, "desk").await);
    read(folder.path(), Some(&checkpoint)).unwrap();

    // The older copy is in order by itself; only the checkpoint shows what is lacking.
    assert_eq!(read(older.path(), None).unwrap().entries, 5);
    let wrong = read(older.path(), Some(&checkpoint)).unwrap_err();
    assert!(matches!(wrong, Wrong::CutOff { found: 5, signed: 9 }), "{wrong}");
    grown(anew.path(), 12, "somebody-else").await;
    let wrong = read(anew.path(), Some(&checkpoint)).unwrap_err();
    assert!(matches!(wrong, Wrong::Rewritten { signed: 9 }), "{wrong}");
}

#[tokio::test]
async fn every_single_byte_of_a_checkpoint_counts() {
    let folder = tempfile::tempdir().unwrap();
    let signer = Signer::new("calderia.example/comity").unwrap();
    let report = grown(folder.path(), 3, "desk").await;
    let key = Key::read(&signer.public_text()).unwrap();
    let note = signer.checkpoint(&report);
    Checkpoint::read(&note, &key).unwrap();
    for at in 0..note.len() - 1 {
        for bit in 0..8 {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(Checkpoint::read(&changed, &key).is_err(), "byte {at}, bit {bit}: {changed}");
        }
    }
    let other = Key::read(&Signer::new("calderia.example/comity").unwrap().public_text()).unwrap();
    assert!(matches!(Checkpoint::read(&note, &other), Err(Wrong::NotSigned { .. })));
    // A second signature, of a witness, does no harm.
    let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
    Checkpoint::read(&witnessed, &key).unwrap();
}

#[test]
fn what_is_no_key_is_refused() {
    let public = Signer::new("calderia").unwrap().public_text();
    for text in [
        "",
        "calderia",
        "calderia+00000000",
        "calderia+00000000+AAAA",
        &public.replace("calderia", "norvane"),
    ] {
        assert!(matches!(Key::read(text), Err(Wrong::Key { .. })), "{text}");
    }
    Key::read(&format!("{public}\n")).unwrap();
}

/// The published example of the first program that wrote such notes, `golang.org/x/mod/sumdb/note`.
#[test]
fn a_note_that_another_program_signed_is_read() {
    let key = Key::read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let signature = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    // It is signed and it is no checkpoint: the first is seen before the second.
    let found = Checkpoint::read(&format!("{text}\n{signature}\n"), &key);
    assert!(matches!(found, Err(Wrong::Checkpoint { .. })), "{found:?}");
    let spoiled =
        Checkpoint::read(&format!("{}\n{signature}\n", text.replace("problem is", "problem was")), &key);
    assert!(matches!(spoiled, Err(Wrong::NotSigned { .. })), "{spoiled:?}");
}

#[tokio::test]
async fn what_the_store_proves_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let sizes = [3, 9, 20];
    let mut heads = Vec::new();
    for size in sizes {
        let more = size - heads.last().map_or(0, |head: &Head| u32::try_from(head.size).unwrap());
        let report = grown(folder.path(), more, "desk").await;
        heads.push(Head { size: report.last.0, root: report.root.0 });
    }
    let entries = (1..=20).map(Position).collect::<Vec<_>>();
    let recorded = {
        let journal = SledJournal::open(folder.path(), OpenOptions::default()).await.unwrap();
        let recorded = journal.tail(Position(0), 100).await.unwrap();
        journal.close().await.unwrap();
        recorded
    };
    for (later, head) in heads.iter().enumerate() {
        let asked = ProofsAsked {
            size: head.size,
            entries: entries.iter().copied().collect(),
            earlier: heads.iter().map(|head| head.size).collect(),
        };
        let made = proofs_path(folder.path(), &asked).unwrap();
        assert_eq!(made.root.0, head.root);
        assert_eq!(made.inclusion.len() as u64, head.size);
        for (position, nodes) in &made.inclusion {
            let nodes: Vec<[u8; 32]> = nodes.iter().map(|node| node.0).collect();
            let entry = recorded[usize::try_from(position.0).unwrap() - 1].hash.0;
            assert!(is_included(&entry, position.0, head, &nodes), "{position} of {}", head.size);
        }
        assert_eq!(made.consistency.len(), later + 1);
        for earlier in &heads[..=later] {
            let (then, nodes) = &made.consistency[&earlier.size];
            let nodes: Vec<[u8; 32]> = nodes.iter().map(|node| node.0).collect();
            assert_eq!(then.0, earlier.root);
            assert!(goes_on(earlier, head, &nodes), "from {} to {}", earlier.size, head.size);
        }
    }
    let asked = ProofsAsked { size: 21, ..ProofsAsked::default() };
    assert_eq!(proofs_path(folder.path(), &asked).unwrap_err().code(), "proof/too-few");
}
