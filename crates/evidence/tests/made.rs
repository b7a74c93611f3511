//! A bundle as somebody makes it who is no command line, and what makes none.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[path = "../../runner/tests/common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::sync::Arc;

use comity_core::id::{CaseId, EntryNumber};
use comity_evidence::{Bundle, BundleError, Case, NoSuchEntry, Note, Notes, Told, TwoOfOneSize, withheld};
use comity_runner::Evidence;
use comity_store::{Hash, OpenOptions, Position, Proofs, Report, Signer, SledJournal, proofs_path};
use comity_verify::{Held, Key, Signature, read_bundle};
use common::{Office, act, when};
use tempfile::TempDir;

/// An office over a store, with a case that holds an arrest, and a key.
struct Desk {
    folder: TempDir,
    office: Office,
    case: CaseId,
    signer: Signer,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            segment_step: 4096,
            segment_bytes: 1 << 20,
            disk_floor: 0,
            ..OpenOptions::default()
        };
        let journal = SledJournal::open(folder.path().join("store"), options).await.unwrap();
        let office = Office::over(Arc::new(journal));
        let case = office.extradition().await;
        office.at("2027-03-02 10:00");
        office.record(case, act("arrested", "requested/police", when("2027-03-02 09:00"))).await;
        let signer = Signer::new("norvane.example/comity").unwrap();
        Self { folder, office, case, signer }
    }

    async fn told(&self) -> Told {
        Told::File(Box::new(self.office.engine.case(self.case).await.unwrap()))
    }

    async fn evidence(&self) -> Evidence {
        self.office.engine.evidence(self.case).await.unwrap()
    }

    async fn report(&self) -> Report {
        self.office.journal.verify().await.unwrap()
    }

    fn note(&self, report: &Report) -> Note {
        Note { says: self.signer.says(report), text: self.signer.checkpoint(report) }
    }

    fn proofs(&self, case: &Case<'_>, notes: &Notes, report: &Report) -> Proofs {
        let asked = case.to_be_proved(notes, report.last.0);
        proofs_path(&self.folder.path().join("store"), &asked).unwrap()
    }

    fn bundle(&self, case: &Case<'_>, notes: &Notes, proofs: &Proofs) -> Result<Bundle, BundleError> {
        Bundle::of(case, notes, proofs, self.office.engine.now())
    }
}

#[tokio::test]
async fn a_bundle_is_made_of_what_engine_and_store_give_and_checked_from_outside() {
    let desk = Desk::new().await;
    let early = desk.report().await;
    desk.office.at("2027-03-05 10:00");
    desk.office.record(desk.case, act("request-received", "requesting/ministry", when("2027-03-04"))).await;
    let (told, evidence, report) = (desk.told().await, desk.evidence().await, desk.report().await);
    // In any order.
    let notes = Notes::of(vec![desk.note(&report), desk.note(&early)]).unwrap();
    let none = BTreeSet::new();
    let case = Case { id: desk.case, told: &told, evidence: &evidence, withheld: &none };
    assert_eq!((case.reference(), case.stem().as_str()), (Some("EX-1"), "EX-1"));
    let proofs = desk.proofs(&case, &notes, &report);
    let bundle = desk.bundle(&case, &notes, &proofs).unwrap();
    assert_eq!(bundle, desk.bundle(&case, &notes, &proofs).unwrap());

    let path = desk.folder.path().join("out.zip");
    let mut file = fs::File::create(&path).unwrap();
    bundle.write(&mut file).unwrap();
    let key = Key::read(&desk.signer.public_text()).unwrap();
    let found = read_bundle(&path, Held { key: Some(&key), checkpoint: None }).unwrap();
    assert_eq!((found.entries, found.earlier[0].of_the_case), (3, 2));
    assert_eq!(found.signature, Signature::Good { name: "norvane.example/comity".into() });
    assert_eq!(found.procedures[0].name, "sample/extradition");
    // With nobody's signature the proofs lead to the record as it is.
    let notes = Notes::default();
    let proofs = desk.proofs(&case, &notes, &report);
    assert_eq!(proofs.size, report.last.0);
    assert!(!desk.bundle(&case, &notes, &proofs).unwrap().files().contains_key("checkpoint"));
}

#[tokio::test]
async fn what_does_not_belong_together_makes_no_bundle() {
    let desk = Desk::new().await;
    let (before, report) = (desk.told().await, desk.report().await);
    let none = BTreeSet::new();
    let evidence = desk.evidence().await;
    let case = Case { id: desk.case, told: &before, evidence: &evidence, withheld: &none };
    let notes = Notes::of(vec![desk.note(&report)]).unwrap();
    let proofs = desk.proofs(&case, &notes, &report);

    let mut fewer = proofs.clone();
    let gone = evidence.procedures[0].recorded.position;
    fewer.inclusion.remove(&gone).unwrap();
    let refused = desk.bundle(&case, &notes, &fewer).unwrap_err();
    assert!(
        matches!(refused, BundleError::NotProved { position } if Position(position) == gone),
        "{refused}"
    );

    let mut forged = desk.note(&report);
    forged.says.root = Hash([7; 32]);
    let other = Notes::of(vec![forged]).unwrap();
    let refused = desk.bundle(&case, &other, &proofs).unwrap_err();
    assert!(
        matches!(&refused, BundleError::AnotherRecord(signed) if signed.size == report.last.0),
        "{refused}"
    );

    // Something was recorded between the reading of the case and that of its evidence.
    desk.office
        .record(desk.case, act("request-received", "requesting/ministry", when("2027-03-02 09:30")))
        .await;
    let evidence = desk.evidence().await;
    let case = Case { id: desk.case, told: &before, evidence: &evidence, withheld: &none };
    let refused = desk.bundle(&case, &notes, &proofs).unwrap_err();
    assert!(matches!(refused, BundleError::Apart { told: 2, recorded: 3 }), "{refused}");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_named() {
    let desk = Desk::new().await;
    let evidence = desk.evidence().await;
    assert_eq!(withheld(&evidence, &[2]).unwrap(), EntryNumber::new(2).into_iter().collect());
    for number in [0, 3, u32::MAX] {
        assert_eq!(withheld(&evidence, &[1, number]), Err(NoSuchEntry { number, entries: 2 }));
    }
    let report = desk.report().await;
    let twice = Notes::of(vec![desk.note(&report), desk.note(&report)]);
    assert_eq!(twice, Err(TwoOfOneSize { size: report.last.0 }));
}

/// A disk that has room for so many bytes.
struct Room(usize);

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 && !bytes.is_empty() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_disk_that_is_full_is_told_wherever_it_is() {
    let desk = Desk::new().await;
    let (told, evidence, report) = (desk.told().await, desk.evidence().await, desk.report().await);
    let none = BTreeSet::new();
    let case = Case { id: desk.case, told: &told, evidence: &evidence, withheld: &none };
    let notes = Notes::default();
    let bundle = desk.bundle(&case, &notes, &desk.proofs(&case, &notes, &report)).unwrap();
    let mut whole = Vec::new();
    bundle.write(&mut whole).unwrap();
    for room in (0..whole.len()).step_by(97).chain([whole.len() - 1]) {
        assert!(bundle.write(&mut Room(room)).is_err(), "with room for {room} of {}", whole.len());
    }
    bundle.write(&mut Room(whole.len())).unwrap();
}
