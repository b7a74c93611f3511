//! One hash over all entries: the Merkle tree of RFC 6962, section 2.1, with SHA-256. Each entry hash is a leaf.

use sha2::{Digest, Sha256};

use crate::hash::Hash;

/// A tree that grows with the record. It costs one or two hashes for each entry, and keeps a few dozen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    size: u64,
    // INVARIANT: at each height the root of a whole subtree that waits for its right neighbour, if one does: where the bit of
    // that height is set in `size`.
    waiting: Vec<Option<Hash>>,
}

/// A node of the tree by its place: leaves are the even numbers from the left, and what lies between two subtrees is their
/// parent. So a node keeps its number while the tree grows, and RFC 6962 is spoken in these numbers by `ct-merkle`.
pub(crate) type Node = u64;

impl Tree {
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn push(&mut self, entry: Hash) {
        self.push_seen(&entry.0, |_, _| ());
    }

    /// Adds a leaf, and shows each node of which all leaves are there now.
    pub(crate) fn push_seen(&mut self, leaf: &[u8], mut see: impl FnMut(Node, Hash)) {
        let index = self.size;
        self.size += 1;
        let mut carried = hashed(0, &[leaf]);
        see(place(index, 0), carried);
        for (place_of_left, height) in self.waiting.iter_mut().zip(1_u32..) {
            let Some(left) = place_of_left.take() else {
                *place_of_left = Some(carried);
                return;
            };
            carried = hashed(1, &[&left.0, &carried.0]);
            see(place(index >> height << height, height), carried);
        }
        self.waiting.push(Some(carried));
    }

    pub(crate) fn root(&self) -> Hash {
        self.root_seen(|_, _| ())
    }

    /// The root, showing each node on the right edge, whose leaves are not all there.
    pub(crate) fn root_seen(&self, mut see: impl FnMut(Node, Hash)) -> Hash {
        let mut waiting =
            self.waiting.iter().zip(1_u32..).filter_map(|(left, height)| Some(((*left)?, height)));
        let Some((mut root, _)) = waiting.next() else { return Hash(Sha256::digest([]).into()) };
        for (left, height) in waiting {
            root = hashed(1, &[&left.0, &root.0]);
            see(place(self.size >> height << height, height), root);
        }
        root
    }
}

/// The node over up to two to the power of `height` leaves from `first` on.
fn place(first: u64, height: u32) -> Node {
    2 * first + ((1 << height) - 1)
}

fn hashed(kind: u8, parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([kind]);
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}
