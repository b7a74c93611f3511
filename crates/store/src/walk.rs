//! Where every case stands after the commits so far, and the tree over all their entries.

use std::collections::HashMap;

use comity_core::id::CaseId;

use crate::frame::Committed;
use crate::hash::Hash;
use crate::standing::Standing;
use crate::tree::Tree;

/// What a walk over the record builds up, and holds each further commit against.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    cases: HashMap<CaseId, Standing>,
    next_slot: u64,
    tree: Tree,
}

impl Walk {
    /// Takes a commit: it must begin where its case stands, and each of its entries must fit its hash.
    pub(crate) fn take(&mut self, commit: &Committed<'_>) -> Result<(), &'static str> {
        let before = self.standing(commit.case);
        let after = before.after(commit)?;
        self.next_slot = after.next_slot(&before, self.next_slot)?;
        if !commit.entries.iter().all(|entry| entry.is_sound(commit.case)) {
            return Err("an entry that does not fit its hash");
        }
        for entry in &commit.entries {
            self.tree.push(entry.hash);
        }
        self.cases.insert(commit.case, after);
        Ok(())
    }

    /// The hash of the last entry of a case.
    pub(crate) fn last_hash(&self, case: CaseId) -> Hash {
        self.standing(case).head.hash
    }

    fn standing(&self, case: CaseId) -> Standing {
        self.cases.get(&case).copied().unwrap_or(Standing::UNOPENED)
    }

    /// How many cases there are.
    pub(crate) fn cases(&self) -> u64 {
        crate::bytes::wide(self.cases.len())
    }

    /// The root over all entries.
    pub(crate) fn root(&self) -> Hash {
        self.tree.root()
    }
}
