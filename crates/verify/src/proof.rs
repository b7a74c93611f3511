//! Proofs of RFC 6962, checked as RFC 9162 says it: sections 2.1.3.2 and 2.1.4.2.

use crate::tree::{Hash, hashed};

/// How many entries a record had, and the root over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries.
    pub size: u64,
    /// The root.
    pub root: Hash,
}

/// Whether `nodes` prove that the entry with this hash stands at `position`, from 1, of the record with this head.
#[must_use]
pub fn is_included(entry: &Hash, position: u64, head: &Head, nodes: &[Hash]) -> bool {
    let Some(index) = position.checked_sub(1).filter(|index| *index < head.size) else { return false };
    let mut climb = Climb { at: index, last: head.size - 1 };
    let mut hash = hashed(0, &[entry]);
    for node in nodes {
        let Some(side) = climb.step() else { return false };
        hash = match side {
            Side::Left => hashed(1, &[node, &hash]),
            Side::Right => hashed(1, &[&hash, node]),
        };
    }
    climb.last == 0 && hash == head.root
}

/// Whether `nodes` prove that the record with the later head begins with all of the record with the earlier one.
#[must_use]
pub fn goes_on(earlier: &Head, later: &Head, nodes: &[Hash]) -> bool {
    if earlier.size == later.size {
        return nodes.is_empty() && earlier.root == later.root;
    }
    if earlier.size > later.size {
        return false;
    }
    let Some(at) = earlier.size.checked_sub(1) else {
        return nodes.is_empty() && earlier.root == crate::Tree::default().root();
    };
    let mut climb = Climb { at, last: later.size - 1 };
    while climb.at & 1 == 1 {
        climb.halve();
    }
    // Where the earlier record is one whole subtree, its root is the first node, and is left out.
    let first = earlier.size.is_power_of_two().then_some(&earlier.root);
    let mut nodes = first.into_iter().chain(nodes);
    let Some(start) = nodes.next() else { return false };
    let (mut hash_then, mut hash) = (*start, *start);
    for node in nodes {
        let Some(side) = climb.step() else { return false };
        match side {
            Side::Left => {
                hash_then = hashed(1, &[node, &hash_then]);
                hash = hashed(1, &[node, &hash]);
            }
            Side::Right => hash = hashed(1, &[&hash, node]),
        }
    }
    climb.last == 0 && hash_then == earlier.root && hash == later.root
}

/// The way up: where we are on a level, and where the level ends.
struct Climb {
    at: u64,
    last: u64,
}

/// On which side the next node stands.
enum Side {
    Left,
    Right,
}

impl Climb {
    /// Goes up to the parent of the next node; nothing at the top.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.at & 1 == 1 || self.at == self.last {
            // At the right edge a node may rise several levels before it meets another.
            while self.at & 1 == 0 && self.at != 0 {
                self.halve();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.halve();
        Some(side)
    }

    fn halve(&mut self) {
        self.at >>= 1;
        self.last >>= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tree;

    fn leaves(count: u8) -> Vec<Hash> {
        (0..count).map(|leaf| [leaf; 32]).collect()
    }

    fn head(leaves: &[Hash]) -> Head {
        let mut tree = Tree::default();
        for leaf in leaves {
            tree.push(leaf);
        }
        Head { size: leaves.len() as u64, root: tree.root() }
    }

    /// The largest power of two that is smaller than a number of leaves.
    fn split(leaves: usize) -> usize {
        1 << (leaves - 1).ilog2()
    }

    /// `PATH` as RFC 6962 defines it.
    fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let at = split(leaves.len());
        let (left, right) = leaves.split_at(at);
        let (mut path, beside) = if index < at {
            (path(index, left), head(right).root)
        } else {
            (path(index - at, right), head(left).root)
        };
        path.push(beside);
        path
    }

    /// `SUBPROOF` as RFC 6962 defines it.
    fn subproof(from: usize, leaves: &[Hash], is_whole: bool) -> Vec<Hash> {
        if from == leaves.len() {
            return if is_whole { Vec::new() } else { vec![head(leaves).root] };
        }
        let at = split(leaves.len());
        let (left, right) = leaves.split_at(at);
        let (mut proof, beside) = if from <= at {
            (subproof(from, left, is_whole), head(right).root)
        } else {
            (subproof(from - at, right, false), head(left).root)
        };
        proof.push(beside);
        proof
    }

    #[test]
    fn every_entry_of_every_small_record_is_proved_where_it_stands_and_nowhere_else() {
        let all = leaves(40);
        for size in 1..all.len() {
            let leaves = &all[..size];
            let head = head(leaves);
            for (index, leaf) in leaves.iter().enumerate() {
                let nodes = path(index, leaves);
                for position in 0..size as u64 + 3 {
                    let is_there = position == index as u64 + 1;
                    assert_eq!(is_included(leaf, position, &head, &nodes), is_there, "{position} of {size}");
                }
                assert!(!is_included(&[99; 32], index as u64 + 1, &head, &nodes));
                for spoiled in spoiled(&nodes) {
                    assert!(!is_included(leaf, index as u64 + 1, &head, &spoiled), "{index} of {size}");
                }
            }
        }
    }

    #[test]
    fn every_small_record_goes_on_from_every_smaller_one_and_from_no_other() {
        let all = leaves(40);
        for size in 0..all.len() {
            let later = head(&all[..size]);
            for from in 0..=size {
                let earlier = head(&all[..from]);
                let nodes = if from == 0 { Vec::new() } else { subproof(from, &all[..size], true) };
                assert!(goes_on(&earlier, &later, &nodes), "from {from} to {size}");
                let other = Head { root: [99; 32], ..earlier };
                assert!(!goes_on(&other, &later, &nodes), "from another of {from} to {size}");
                if from > 0 {
                    assert!(!goes_on(&earlier, &Head { root: [99; 32], ..later }, &nodes));
                }
                if from < size {
                    assert!(!goes_on(&later, &earlier, &nodes), "from {size} back to {from}");
                }
                for spoiled in spoiled(&nodes) {
                    assert!(!goes_on(&earlier, &later, &spoiled), "from {from} to {size}");
                }
            }
        }
    }

    /// A proof with a node changed, left out, doubled, or one too many.
    fn spoiled(nodes: &[Hash]) -> Vec<Vec<Hash>> {
        let mut all = vec![[nodes, &[[7; 32]]].concat()];
        for at in 0..nodes.len() {
            let (mut changed, mut less, mut more) = (nodes.to_vec(), nodes.to_vec(), nodes.to_vec());
            changed[at][31] ^= 1;
            less.remove(at);
            more.insert(at, nodes[at]);
            all.extend([changed, less, more]);
        }
        all
    }
}
