//! The entries of one case as lines of JSON, each with its proof: what a bundle of evidence carries.
//!
//! `docs/record-format.md` says the lines byte by byte.

use std::collections::BTreeSet;

use comity_core::id::EntryNumber;
use serde::Serialize;
use uuid::Uuid;

use crate::hash::Hash;
use crate::journal::Recorded;
use crate::lines::{Sums, base64};
use crate::proof::Proofs;

const SUM: &[u8] = b"comity.bundle.v1\0";

/// What a bundle carries of the record.
#[derive(Clone, Copy, Debug)]
pub struct CaseLog<'a> {
    /// All entries of the case, from the first on.
    pub entries: &'a [Recorded],
    /// Which of them are withheld: their hash, number and place are told and proved, and nothing else of them.
    pub withheld: &'a BTreeSet<EntryNumber>,
    /// Entries of other streams that the case rests on: the texts of its procedures, in the order in which shown entries name them.
    pub beside: &'a [Recorded],
    /// Whether an entry that is shown takes the case over to another procedure. Then the text of each procedure that a shown entry
    /// names is beside, and the log is of format 2; else it is of format 1.
    pub shows_a_migration: bool,
    /// The proofs of all these, over one tree.
    pub proofs: &'a Proofs,
}

/// Released: never change a name, an order or a meaning in these; add a format of the next number instead.
#[derive(Serialize)]
struct First<'a> {
    comity: &'a str,
    format: u32,
    store: Uuid,
    case: Uuid,
    entries: usize,
    size: u64,
    root: String,
}

#[derive(Serialize)]
struct EntryLine<'a> {
    entry: u32,
    case: Uuid,
    position: u64,
    previous: String,
    hash: String,
    at: Option<i64>,
    by: Option<&'a str>,
    payload: Option<String>,
    key: Option<String>,
    content: Option<String>,
    proof: Option<Vec<String>>,
}

#[derive(Serialize)]
struct RootLine {
    earlier: u64,
    root: String,
    proof: Vec<String>,
}

impl CaseLog<'_> {
    /// The lines. The same record gives the same bytes; nothing, if there is no entry.
    #[must_use]
    pub fn lines(&self) -> Vec<u8> {
        let Some(first) = self.entries.first() else { return Vec::new() };
        let mut sums = Sums::new(SUM);
        let mut out = sums.close(&First {
            comity: "bundle",
            format: if self.shows_a_migration { 2 } else { 1 },
            store: self.proofs.store,
            case: first.case.0,
            entries: self.entries.len(),
            size: self.proofs.size,
            root: self.proofs.root.to_string(),
        });
        for entry in self.entries {
            out.extend(sums.close(&self.line(entry, !self.withheld.contains(&entry.number))));
        }
        for entry in self.beside {
            out.extend(sums.close(&self.line(entry, true)));
        }
        for (size, (root, proof)) in &self.proofs.consistency {
            let earlier = RootLine { earlier: *size, root: root.to_string(), proof: texts(proof) };
            out.extend(sums.close(&earlier));
        }
        out
    }

    fn line<'e>(&self, entry: &'e Recorded, is_disclosed: bool) -> EntryLine<'e> {
        let disclosed = is_disclosed.then_some(entry);
        // With its own key one sealed entry is disclosed, and no other of the case.
        let key = disclosed.and_then(|entry| entry.payload.disclosure());
        EntryLine {
            entry: entry.number.get(),
            case: entry.case.0,
            position: entry.position.0,
            previous: entry.previous.to_string(),
            hash: entry.hash.to_string(),
            at: disclosed.map(|entry| entry.recorded_at.as_unix_microseconds()),
            by: disclosed.map(|entry| entry.recorded_by.as_str()),
            payload: disclosed.map(|entry| base64(entry.payload.stored())),
            key: key.map(|key| Hash(key.reveal()).to_string()),
            content: key.and(entry.payload.content()).map(base64),
            proof: self.proofs.inclusion.get(&entry.position).map(|proof| texts(proof)),
        }
    }
}

fn texts(proof: &[Hash]) -> Vec<String> {
    proof.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use comity_core::id::CaseId;
    use comity_core::time::Moment;

    use super::*;
    use crate::hash::{self, Place};
    use crate::journal::{Payload, Position};

    /// The entry of the test value, alone in its record, shown and withheld.
    #[test]
    fn the_example_of_the_format_is_what_is_written() {
        let (case, number) = (CaseId(Uuid::from_u128(1)), EntryNumber::FIRST);
        let recorded_at = Moment::from_unix_microseconds(7).unwrap();
        let hash =
            hash::entry(Place { case, number, previous: Hash::NONE }, recorded_at, "police", b"arrested");
        let mut tree = crate::tree::Tree::default();
        tree.push(hash);
        let proofs = Proofs {
            store: Uuid::from_u128(2),
            size: 1,
            root: tree.root(),
            inclusion: BTreeMap::from([(Position(1), Vec::new())]),
            consistency: BTreeMap::new(),
        };
        let entry = Recorded {
            position: Position(1),
            case,
            number,
            recorded_at,
            recorded_by: "police".into(),
            payload: Payload::plain(b"arrested".to_vec()),
            hash,
            previous: Hash::NONE,
        };
        let page = include_str!("../../../docs/record-format.md");
        for withheld in [BTreeSet::new(), BTreeSet::from([number])] {
            let log = CaseLog {
                entries: std::slice::from_ref(&entry),
                withheld: &withheld,
                beside: &[],
                shows_a_migration: false,
                proofs: &proofs,
            };
            let lines = String::from_utf8(log.lines()).unwrap();
            for line in lines.lines() {
                assert!(page.contains(&format!("    {line}\n")), "the page does not show\n    {line}");
            }
        }
    }
}
