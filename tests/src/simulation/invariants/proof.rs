//! The chain of each case, and the one root over all entries, counted anew from what is read.

use std::collections::BTreeMap;

use comity_core::id::CaseId;
use comity_store::{Hash, Recorded, Report};
use sha2::{Digest, Sha256};

use crate::simulation::trace::Wrong;

const CHAIN: &str = "each entry names the hash of the one before it in its case";
const ROOT: &str = "the root over all entries is that of the Merkle tree of RFC 6962";

/// The chain of each case holds.
pub(crate) fn chains_hold(recorded: &[Recorded]) -> Result<(), Wrong> {
    let mut last: BTreeMap<CaseId, Hash> = BTreeMap::new();
    for entry in recorded {
        let before = last.insert(entry.case, entry.hash).unwrap_or(Hash::NONE);
        if entry.previous != before {
            return Err(Wrong::new(CHAIN, format!("entry {} of {}", entry.number, entry.case)));
        }
    }
    Ok(())
}

/// The root is that of all entries.
pub(crate) fn root_holds(recorded: &[Recorded], report: &Report) -> Result<(), Wrong> {
    let leaves: Vec<[u8; 32]> = recorded.iter().map(|entry| hashed(&[&[0], &entry.hash.0])).collect();
    let length = u64::try_from(recorded.len()).unwrap_or(u64::MAX);
    if root(&leaves) == report.root.0 && length == report.last.0 {
        return Ok(());
    }
    Err(Wrong::new(ROOT, format!("of {length} entries it is {}", report.root)))
}

/// The root by the definition, which splits at the largest power of two below the number of leaves.
fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => hashed(&[]),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            hashed(&[&[1], &root(left), &root(right)])
        }
    }
}

fn hashed(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
