//! What a group of waiting commits becomes. Pure but for the questions it asks of what is already recorded.

use std::collections::HashMap;

use comity_core::id::CaseId;

use crate::bytes::wide;
use crate::frame::{self, Link};
use crate::hash::{self, Hash};
use crate::journal::{AppendError, Commit, Head, IdempotencyKey, Position, Receipt};
use crate::keys::{KeyState, KeyStore};
use crate::limits;
use crate::ready::{self, Ready};
use crate::scan::Chain;
use crate::seal::CaseKey;
use crate::standing::{SealState, Standing};

/// What is already recorded.
pub(crate) trait Past {
    /// Why it could not be asked.
    type Error;

    /// Where a case stands.
    fn standing(&self, case: CaseId) -> Result<Standing, Self::Error>;

    /// What a key was answered on a case, and for which content.
    fn answer(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<(Hash, Receipt)>, Self::Error>;
}

/// The frames of one group, to be written with one sync.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The frames, one behind the other.
    pub(crate) bytes: Vec<u8>,
    /// Where each frame starts in `bytes`, and where the journal stands after it.
    pub(crate) frames: Vec<(usize, Chain)>,
    /// Where the journal stands after the group.
    pub(crate) chain: Chain,
    durable: u64,
    /// The slot of the next case that needs a key, once the group is on disk.
    pub(crate) next_slot: u64,
    standings: HashMap<CaseId, Standing>,
    answers: HashMap<(CaseId, IdempotencyKey), (Hash, Receipt)>,
}

impl Plan {
    /// A group to follow `chain`, all of which is on disk. The next case that needs a key gets the one in `next_slot`.
    pub(crate) fn new(chain: Chain, next_slot: u64) -> Self {
        Self {
            bytes: Vec::new(),
            frames: Vec::new(),
            chain,
            durable: chain.length,
            next_slot,
            standings: HashMap::new(),
            answers: HashMap::new(),
        }
    }

    /// Where a case stands after the group, if something of it is in there.
    pub(crate) fn standing(&self, case: CaseId) -> Option<Standing> {
        self.standings.get(&case).copied()
    }

    /// What a key is answered by the group.
    pub(crate) fn recent_answer(&self, case: CaseId, key: &IdempotencyKey) -> Option<(Hash, Receipt)> {
        self.answers.get(&(case, key.clone())).copied()
    }

    /// Whether something of the group erases.
    pub(crate) fn erases(&self) -> bool {
        self.standings.values().any(|standing| matches!(standing.seal, SealState::Erased(_)))
    }

    /// Adds `commit` to the group, or says why not. The answer holds once the group is on disk.
    pub(crate) fn decide<P: Past>(
        &mut self,
        past: &P,
        keys: &dyn KeyStore,
        commit: &Commit,
    ) -> Result<Result<Receipt, AppendError>, P::Error> {
        let standing = match self.standings.get(&commit.case) {
            Some(standing) => *standing,
            None => past.standing(commit.case)?,
        };
        let known = match &commit.key {
            Some(key) => match self.answers.get(&(commit.case, key.clone())) {
                Some(known) => Some(*known),
                None => past.answer(commit.case, key)?,
            },
            None => None,
        };
        Ok(self.answer(standing, known, keys, commit))
    }

    fn answer(
        &mut self,
        standing: Standing,
        known: Option<(Hash, Receipt)>,
        keys: &dyn KeyStore,
        commit: &Commit,
    ) -> Result<Receipt, AppendError> {
        if known.is_none() && standing.head.version != commit.seen {
            return Err(AppendError::Moved { seen: commit.seen, actual: standing.head.version });
        }
        let slot = self.slot(standing.seal, commit)?;
        let key = slot.map(|slot| case_key(keys, slot)).transpose()?;
        let ready = Ready::new(commit, slot.zip(key.as_ref()));
        if let Some((content, receipt)) = known {
            return if content == ready.content() { Ok(receipt) } else { Err(AppendError::KeyReused) };
        }
        if let SealState::Erased(_) = standing.seal {
            return Err(AppendError::Erased);
        }
        if commit.erases && standing.seal == SealState::None {
            return Err(AppendError::Unfit {
                why: "nothing of the case is sealed, so nothing of it can be erased",
            });
        }
        limits::version_after(standing.head.version, commit.entries.len())?;
        Ok(self.add(standing, slot, &ready))
    }

    /// The slot of the key that something in `commit` needs.
    fn slot(&self, seal: SealState, commit: &Commit) -> Result<Option<u64>, AppendError> {
        match seal {
            _ if !ready::needs_key(commit) => Ok(None),
            SealState::None => Ok(Some(self.next_slot)),
            SealState::Slot(slot) => Ok(Some(slot)),
            SealState::Erased(_) => Err(AppendError::Erased),
        }
    }

    fn add(&mut self, standing: Standing, slot: Option<u64>, ready: &Ready<'_>) -> Receipt {
        let start = self.bytes.len();
        let link = Link { position: self.chain.next, durable: self.durable, previous: self.chain.previous };
        let receipt = frame::write_commit(&mut self.bytes, link, standing.head, ready);
        let written = self.bytes.get(start..).unwrap_or_default();
        self.chain = Chain {
            next: Position(receipt.position.0.saturating_add(1)),
            previous: hash::frame(written),
            length: self.chain.length.saturating_add(wide(written.len())),
        };
        self.frames.push((start, self.chain));
        let seal = match (standing.seal, slot) {
            (SealState::Slot(slot) | SealState::Erased(slot), _) if ready.erases => SealState::Erased(slot),
            (SealState::None, Some(slot)) => {
                self.next_slot = slot.saturating_add(1);
                SealState::Slot(slot)
            }
            (state, _) => state,
        };
        let head = Head { version: receipt.version, hash: receipt.hash };
        let commits = standing.commits.saturating_add(1);
        self.standings.insert(ready.case, Standing { head, commits, seal });
        if let Some(key) = ready.key {
            self.answers.insert((ready.case, key.clone()), (ready.content(), receipt));
        }
        receipt
    }
}

fn case_key(keys: &dyn KeyStore, slot: u64) -> Result<CaseKey, AppendError> {
    match keys.key(slot) {
        Ok(KeyState::Here(key)) => Ok(key),
        Ok(KeyState::Destroyed) => Err(AppendError::Keys {
            why: format!("the key {slot} is destroyed, and the record knows of no erasure"),
        }),
        Err(error) => Err(AppendError::Keys { why: error.to_string() }),
    }
}
