//! The Merkle tree over all entries: RFC 6962, section 2.1, with SHA-256 and an entry hash as each leaf.

use sha2::{Digest, Sha256};

/// A hash.
pub type Hash = [u8; 32];

/// A tree that grows by its right edge. It keeps the roots of its whole subtrees alone.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    size: u64,
    // INVARIANT: the roots of the whole subtrees from left to right, one for each bit that is set in `size`.
    roots: Vec<Hash>,
}

impl Tree {
    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: &[u8]) {
        let mut node = hashed(0, &[leaf]);
        // Each whole subtree to the left that is as large joins with the new one.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.roots.pop() else { break };
            node = hashed(1, &[&left, &node]);
        }
        self.roots.push(node);
        self.size += 1;
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev().copied();
        let Some(last) = roots.next() else { return Sha256::digest([]).into() };
        roots.fold(last, |right, left| hashed(1, &[&left, &right]))
    }
}

pub(crate) fn hashed(kind: u8, parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([kind]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(hash: Hash) -> String {
        hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    /// The leaves and roots that implementations of RFC 6962 are tested with.
    #[test]
    fn the_roots_are_those_of_certificate_transparency() {
        let leaves: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Tree::default();
        assert_eq!(hex(tree.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (leaf, root) in leaves.iter().zip(roots) {
            tree.push(leaf);
            assert_eq!(hex(tree.root()), root, "of {} leaves", tree.size());
        }
    }

    /// The definition of the RFC, word for word and slow.
    fn defined(leaves: &[Vec<u8>]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => hashed(0, &[leaf]),
            _ => {
                let split = (leaves.len() - 1).checked_ilog2().map_or(1, |bits| 1 << bits);
                let (left, right) = leaves.split_at(split);
                hashed(1, &[&defined(left), &defined(right)])
            }
        }
    }

    #[test]
    fn the_root_is_the_one_that_is_defined_at_every_size() {
        let leaves: Vec<Vec<u8>> = (0..300_u16).map(|leaf| leaf.to_be_bytes().to_vec()).collect();
        let mut tree = Tree::default();
        for size in 0..leaves.len() {
            assert_eq!(tree.root(), defined(&leaves[..size]), "of {size} leaves");
            tree.push(&leaves[size]);
        }
    }
}
