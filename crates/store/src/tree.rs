//! One hash over all entries: the Merkle tree of RFC 6962, section 2.1, with SHA-256. Each entry hash is a leaf.

use sha2::{Digest, Sha256};

use crate::hash::Hash;

/// A tree that grows with the record. It costs one or two hashes for each entry, and keeps a few dozen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    /// At each height the root of a whole subtree that waits for its right neighbour, if one does.
    waiting: Vec<Option<Hash>>,
}

impl Tree {
    pub(crate) fn push(&mut self, entry: Hash) {
        let mut carried = hashed(0, &[entry]);
        for place in &mut self.waiting {
            let Some(left) = place.take() else {
                *place = Some(carried);
                return;
            };
            carried = hashed(1, &[left, carried]);
        }
        self.waiting.push(Some(carried));
    }

    pub(crate) fn root(&self) -> Hash {
        let mut waiting = self.waiting.iter().flatten().copied();
        match waiting.next() {
            Some(right) => waiting.fold(right, |right, left| hashed(1, &[left, right])),
            None => Hash(Sha256::digest([]).into()),
        }
    }
}

fn hashed(kind: u8, parts: &[Hash]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([kind]);
    for part in parts {
        hasher.update(part.0);
    }
    Hash(hasher.finalize().into())
}
