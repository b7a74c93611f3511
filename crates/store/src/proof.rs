//! Proofs of RFC 6962, sections 2.1.1 and 2.1.2: that an entry is in the record of a size, and that a record of one size
//! goes on as the record of another.
//!
//! The tree is never in memory. Which nodes a proof needs follows from the sizes alone; they are gathered while the record is
//! walked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use ct_merkle::{indices_for_consistency_proof, indices_for_inclusion_proof};
use uuid::Uuid;

use crate::fault::{JournalFault, VerifyError};
use crate::frame::Body;
use crate::hash::Hash;
use crate::journal::Position;
use crate::open::journal_folder;
use crate::survey::survey;
use crate::tree::{Node, Tree};
use crate::walk::Walk;

/// What is to be proved of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProofsAsked {
    /// Over the tree of how many entries, from the first.
    pub size: u64,
    /// Which entries are to be proved to be in it.
    pub entries: BTreeSet<Position>,
    /// The sizes of earlier trees, which are to be proved to go on as this one.
    pub earlier: BTreeSet<u64>,
}

/// Proofs over the tree of a size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proofs {
    /// The store whose record it is.
    pub store: Uuid,
    /// Over how many entries the tree is.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// For each entry asked for and in the tree, the nodes beside its way up to the root: `PATH` of the RFC.
    pub inclusion: BTreeMap<Position, Vec<Hash>>,
    /// For each earlier size asked for and not above this one, the root then and the nodes that lead from it to this one:
    /// `PROOF` of the RFC. There are none from nothing, and none to the same size.
    pub consistency: BTreeMap<u64, (Hash, Vec<Hash>)>,
}

/// Why nothing was proved.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The record is not in order, or not there.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The record does not have so many entries.
    #[error("the record has {found} entries, and {wanted} were to be proved of")]
    TooFew {
        /// How many it has.
        found: u64,
        /// How many were asked for.
        wanted: u64,
    },
}

impl ProofError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Verify(error) => error.code(),
            Self::TooFew { .. } => "proof/too-few",
        }
    }
}

impl From<JournalFault> for ProofError {
    fn from(fault: JournalFault) -> Self {
        Self::Verify(fault.into())
    }
}

/// Proves what is asked of the store in `folder`, and verifies all of the record on the way.
///
/// Needs no right to write, no lock and no index.
///
/// # Errors
///
/// Returns [`ProofError`] if the record is not in order or too short.
pub fn proofs_path(folder: &Path, asked: &ProofsAsked) -> Result<Proofs, ProofError> {
    let mut walk = Walk::default();
    let mut gathering = Gathering::new(asked);
    let walked = survey(&journal_folder(folder), None, |visit| {
        let Body::Commit(commit) = &visit.body else { return Ok(()) };
        walk.take(commit).map_err(|what| JournalFault::Damaged {
            file: visit.segment.path.clone(),
            offset: visit.offset,
            what,
        })?;
        commit.entries.iter().for_each(|entry| gathering.push(&entry.hash.0));
        Ok::<_, JournalFault>(())
    })?;
    match walked {
        None => Err(VerifyError::NotFound { folder: folder.to_owned() }.into()),
        Some(walked) => {
            let found = walked.chain.last().0;
            gathering.end(walked.last.header.store).ok_or(ProofError::TooFew { found, wanted: asked.size })
        }
    }
}

/// The nodes that prove the entry at `position` to be in a tree over `size`; nothing if it is not in it.
fn path_of(position: Position, size: u64) -> Option<Vec<Node>> {
    let index = position.0.checked_sub(1)?;
    (index < size && size <= LARGEST).then(|| indices_for_inclusion_proof(size, index))
}

/// The nodes that prove a tree over `from` to go on as one over `size`; nothing if it is larger.
fn path_from(from: u64, size: u64) -> Option<Vec<Node>> {
    if from == 0 || from == size {
        return Some(Vec::new());
    }
    let more = size.checked_sub(from)?;
    (size <= LARGEST).then(|| indices_for_consistency_proof(from, more))
}

/// A tree over more leaves has nodes that no number is left for.
const LARGEST: u64 = u64::MAX / 2;

/// What is gathered on the way.
struct Gathering<'a> {
    asked: &'a ProofsAsked,
    tree: Tree,
    /// The nodes that some proof needs, once they were seen.
    wanted: HashMap<Node, Option<Hash>>,
    /// The roots at the earlier sizes, once they were reached.
    roots: BTreeMap<u64, Hash>,
}

impl<'a> Gathering<'a> {
    fn new(asked: &'a ProofsAsked) -> Self {
        let entries = asked.entries.iter().filter_map(|position| path_of(*position, asked.size));
        let earlier = asked.earlier.iter().filter_map(|from| path_from(*from, asked.size));
        let wanted = entries.chain(earlier).flatten().map(|node| (node, None)).collect();
        let mut gathering = Self { asked, tree: Tree::default(), wanted, roots: BTreeMap::new() };
        gathering.note_root();
        gathering
    }

    /// Takes the next leaf. Those behind the tree asked for are nothing to it.
    fn push(&mut self, leaf: &[u8]) {
        if self.tree.size() == self.asked.size {
            return;
        }
        let wanted = &mut self.wanted;
        self.tree.push_seen(leaf, |node, hash| keep(wanted, node, hash));
        self.note_root();
    }

    fn note_root(&mut self) {
        if self.asked.earlier.contains(&self.tree.size()) {
            self.roots.insert(self.tree.size(), self.tree.root());
        }
    }

    /// The proofs; nothing if there were too few leaves.
    fn end(mut self, store: Uuid) -> Option<Proofs> {
        let size = self.asked.size;
        if self.tree.size() < size {
            return None;
        }
        let wanted = &mut self.wanted;
        let root = self.tree.root_seen(|node, hash| keep(wanted, node, hash));
        let proof = |nodes: Vec<Node>| -> Option<Vec<Hash>> {
            nodes.iter().map(|node| self.wanted.get(node).copied().flatten()).collect()
        };
        let inclusion =
            self.asked.entries.iter().filter_map(|entry| Some((*entry, proof(path_of(*entry, size)?)?)));
        let consistency = self
            .roots
            .iter()
            .filter_map(|(from, then)| Some((*from, (*then, proof(path_from(*from, size)?)?))));
        Some(Proofs { store, size, root, inclusion: inclusion.collect(), consistency: consistency.collect() })
    }
}

fn keep(wanted: &mut HashMap<Node, Option<Hash>>, node: Node, hash: Hash) {
    if let Some(place) = wanted.get_mut(&node) {
        *place = Some(hash);
    }
}

#[cfg(test)]
mod tests {
    use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;

    fn hashed(kind: u8, parts: &[&[u8]]) -> Hash {
        Hash(Sha256::digest([&[kind], parts.concat().as_slice()].concat()).into())
    }

    /// The largest power of two that is smaller than a number of leaves.
    fn split(leaves: usize) -> usize {
        1 << (leaves - 1).ilog2()
    }

    /// `MTH` as the RFC defines it.
    fn root(leaves: &[Vec<u8>]) -> Hash {
        match leaves {
            [] => Hash(Sha256::digest([]).into()),
            [leaf] => hashed(0, &[leaf]),
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len()));
                hashed(1, &[&root(left).0, &root(right).0])
            }
        }
    }

    /// `PATH` as the RFC defines it.
    fn path(index: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let at = split(leaves.len());
        let (left, right) = leaves.split_at(at);
        let (mut path, beside) =
            if index < at { (path(index, left), root(right)) } else { (path(index - at, right), root(left)) };
        path.push(beside);
        path
    }

    /// `PROOF` as the RFC defines it.
    fn proof(from: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
        fn sub(from: usize, leaves: &[Vec<u8>], is_whole: bool) -> Vec<Hash> {
            if from == leaves.len() {
                return if is_whole { Vec::new() } else { vec![root(leaves)] };
            }
            let at = split(leaves.len());
            let (left, right) = leaves.split_at(at);
            let (mut proof, beside) = if from <= at {
                (sub(from, left, is_whole), root(right))
            } else {
                (sub(from - at, right, false), root(left))
            };
            proof.push(beside);
            proof
        }
        if from == 0 { Vec::new() } else { sub(from, leaves, true) }
    }

    fn made(leaves: &[Vec<u8>], size: usize) -> Proofs {
        let all = || 0..=u64::try_from(leaves.len()).unwrap() + 1;
        let asked = ProofsAsked {
            size: size as u64,
            entries: all().map(Position).collect(),
            earlier: all().collect(),
        };
        let mut gathering = Gathering::new(&asked);
        for leaf in leaves {
            gathering.push(leaf);
        }
        gathering.end(Uuid::nil()).unwrap()
    }

    fn leaves(count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|leaf| leaf.to_be_bytes().to_vec()).collect()
    }

    /// Of leaves of which the first so many are the tree, everything is as it is defined.
    #[track_caller]
    fn check(leaves: &[Vec<u8>], size: usize) {
        let made = made(leaves, size);
        let tree = &leaves[..size];
        assert_eq!(made.root, root(tree), "root of {size}");
        assert_eq!(made.inclusion.len(), size, "entries outside of the tree have no proof");
        for (position, found) in &made.inclusion {
            assert_eq!(*found, path(usize::try_from(position.0).unwrap() - 1, tree), "{position} of {size}");
        }
        assert_eq!(made.consistency.len(), size + 1, "sizes above the tree have no proof");
        for (from, (then, found)) in &made.consistency {
            let from = usize::try_from(*from).unwrap();
            assert_eq!((*then, found), (root(&tree[..from]), &proof(from, tree)), "from {from} to {size}");
        }
    }

    #[test]
    fn every_proof_of_small_trees_is_the_one_that_is_defined() {
        let leaves = leaves(40);
        for size in 0..=leaves.len() {
            check(&leaves, size);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn proofs_of_any_tree_are_the_ones_that_are_defined(leaves in proptest::collection::vec(any::<Vec<u8>>(), 1..300), part in 0.0..1.0_f64) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a part of a few")]
            let size = (leaves.len() as f64 * part) as usize;
            check(&leaves, size);
        }
    }

    /// The checks of the library accept what was made, and nothing that was changed.
    #[test]
    fn proofs_are_accepted_by_another_program() {
        let leaves = leaves(23);
        let made = made(&leaves, 21);
        let bytes = |proof: &[Hash]| proof.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>();
        let root = |hash: Hash, size: u64| RootHash::<Sha256>::new(hash.0.into(), size);
        for (position, proof) in &made.inclusion {
            let index = position.0 - 1;
            let leaf = &leaves[usize::try_from(index).unwrap()];
            let verify = |index, proof| root(made.root, 21).verify_inclusion(leaf, index, &proof);
            verify(index, InclusionProof::from_bytes(bytes(proof))).unwrap();
            verify((index + 1) % 21, InclusionProof::from_bytes(bytes(proof))).unwrap_err();
        }
        for (from, (then, proof)) in made.consistency.iter().filter(|(from, _)| **from > 0) {
            let proof = ConsistencyProof::try_from_bytes(bytes(proof)).unwrap();
            root(made.root, 21).verify_consistency(&root(*then, *from), &proof).unwrap();
            root(Hash([7; 32]), 21).verify_consistency(&root(*then, *from), &proof).unwrap_err();
        }
    }

    #[test]
    fn a_record_that_is_too_short_proves_nothing() {
        let asked = ProofsAsked { size: 4, entries: [Position(1)].into(), earlier: [2].into() };
        let mut gathering = Gathering::new(&asked);
        for leaf in leaves(3) {
            gathering.push(&leaf);
        }
        assert_eq!(gathering.end(Uuid::nil()), None);
    }

    const A: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    const B: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    const C: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    const D: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    const E: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    const F: &str = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    const G: &str = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    const H: &str = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    const I: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

    /// The leaves and proofs that implementations of Certificate Transparency are tested with.
    #[test]
    fn the_proofs_are_those_of_certificate_transparency() {
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
        let leaves = leaves.map(<[u8]>::to_vec);
        let texts = |proof: &[Hash]| proof.iter().map(ToString::to_string).collect::<Vec<_>>();
        let included = |position, size| texts(&made(&leaves, size).inclusion[&Position(position)]);
        let consistent = |from, size| texts(&made(&leaves, size).consistency[&from].1);
        assert_eq!(included(1, 1), [""; 0]);
        assert_eq!(included(1, 8), [A, B, C]);
        assert_eq!(included(6, 8), [D, E, F]);
        assert_eq!(included(3, 3), [G]);
        assert_eq!(included(2, 5), [H, B, D]);
        assert_eq!(consistent(1, 1), [""; 0]);
        assert_eq!(consistent(1, 8), [A, B, C]);
        assert_eq!(consistent(6, 8), [I, E, F]);
        assert_eq!(consistent(2, 5), [B, D]);
    }
    /// Three entries whose hashes are ones, twos and threes.
    #[test]
    fn the_example_of_the_format_is_what_is_proved() {
        let leaves = [[1; 32], [2; 32], [3; 32]].map(Vec::from);
        let made = made(&leaves, 3);
        let (second, (then, from_two)) = (&made.inclusion[&Position(2)], &made.consistency[&2]);
        let page = include_str!("../../../docs/record-format.md");
        for shown in [made.root, second[0], second[1], *then, from_two[0]] {
            assert!(page.contains(&format!("`{shown}`")), "the page does not show {shown}");
        }
        assert_eq!((second.len(), from_two.as_slice()), (2, &second[1..]));
    }
}
