//! The checkpoints that go into a bundle.

use comity_store::{Checkpoint, Proofs};

use crate::error::{BundleError, TwoOfOneSize};

/// A signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it says.
    pub says: Checkpoint,
    /// The note, with its signatures.
    pub text: String,
}

/// Signed checkpoints of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    // INVARIANT: in the order of their sizes, and no two of one size. `Notes::of` sees to it.
    all: Vec<Note>,
}

impl Notes {
    /// These, given in any order.
    ///
    /// # Errors
    ///
    /// Returns [`TwoOfOneSize`] if two are of the same size.
    pub fn of(mut all: Vec<Note>) -> Result<Self, TwoOfOneSize> {
        all.sort_by_key(|note| note.says.size);
        let mut pairs = all.iter().zip(all.iter().skip(1));
        match pairs.find(|(one, next)| one.says.size == next.says.size) {
            Some((one, _)) => Err(TwoOfOneSize { size: one.says.size }),
            None => Ok(Self { all }),
        }
    }

    /// The one that the proofs lead to.
    #[must_use]
    pub fn newest(&self) -> Option<&Note> {
        self.all.last()
    }

    /// The others, the oldest first.
    pub fn earlier(&self) -> impl Iterator<Item = &Note> {
        self.all.iter().rev().skip(1).rev()
    }

    /// Says whether the record is the one that was signed, each time.
    ///
    /// # Errors
    ///
    /// Returns [`BundleError::AnotherRecord`] with the first checkpoint that is of another one.
    pub fn agree_with(&self, proofs: &Proofs) -> Result<(), BundleError> {
        let roots = proofs.consistency.iter().map(|(size, (root, _))| (*size, *root));
        let roots: Vec<_> = roots.chain([(proofs.size, proofs.root)]).collect();
        match self.all.iter().find(|note| !roots.contains(&(note.says.size, note.says.root))) {
            None => Ok(()),
            Some(note) => Err(BundleError::AnotherRecord(note.says.clone())),
        }
    }

    /// The files that hold them.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let earlier = self
            .earlier()
            .map(|note| (format!("checkpoints/{:020}.checkpoint", note.says.size), note.text.clone()));
        let newest = self.newest().map(|note| ("checkpoint".to_owned(), note.text.clone()));
        earlier.chain(newest).collect()
    }
}
