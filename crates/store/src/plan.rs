//! What a group of waiting commits becomes. Pure but for the questions it asks of what is already recorded.

use std::collections::HashMap;

use comity_core::id::CaseId;

use crate::bytes::wide;
use crate::frame::{self, Link};
use crate::hash::{self, Hash};
use crate::journal::{AppendError, Commit, Head, IdempotencyKey, Position, Receipt};
use crate::limits;
use crate::scan::Chain;

/// What is already recorded.
pub(crate) trait Past {
    /// Why it could not be asked.
    type Error;

    /// Where a case stands.
    fn head(&self, case: CaseId) -> Result<Head, Self::Error>;

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
    heads: HashMap<CaseId, Head>,
    answers: HashMap<(CaseId, IdempotencyKey), (Hash, Receipt)>,
}

impl Plan {
    /// A group to follow `chain`, all of which is on disk.
    pub(crate) fn new(chain: Chain) -> Self {
        Self {
            bytes: Vec::new(),
            frames: Vec::new(),
            chain,
            durable: chain.length,
            heads: HashMap::new(),
            answers: HashMap::new(),
        }
    }

    /// Adds `commit` to the group, or says why not. The answer holds once the group is on disk.
    pub(crate) fn decide<P: Past>(
        &mut self,
        past: &P,
        commit: &Commit,
    ) -> Result<Result<Receipt, AppendError>, P::Error> {
        if let Some(key) = &commit.key {
            let within_group = self.answers.get(&(commit.case, key.clone())).copied();
            let known = match within_group {
                Some(known) => Some(known),
                None => past.answer(commit.case, key)?,
            };
            if let Some((content, receipt)) = known {
                let same = content == hash::content_of(&commit.entries);
                return Ok(if same { Ok(receipt) } else { Err(AppendError::KeyReused) });
            }
        }
        let head = match self.heads.get(&commit.case) {
            Some(head) => *head,
            None => past.head(commit.case)?,
        };
        if head.version != commit.seen {
            return Ok(Err(AppendError::Moved { seen: commit.seen, actual: head.version }));
        }
        Ok(limits::version_after(head.version, commit.entries.len()).map(|_| self.add(head, commit)))
    }

    fn add(&mut self, head: Head, commit: &Commit) -> Receipt {
        let start = self.bytes.len();
        let link = Link { position: self.chain.next, durable: self.durable, previous: self.chain.previous };
        let receipt = frame::write_commit(&mut self.bytes, link, head, commit);
        let written = self.bytes.get(start..).unwrap_or_default();
        self.chain = Chain {
            next: Position(receipt.position.0.saturating_add(1)),
            previous: hash::frame(written),
            length: self.chain.length.saturating_add(wide(written.len())),
        };
        self.frames.push((start, self.chain));
        self.heads.insert(commit.case, Head { version: receipt.version, hash: receipt.hash });
        if let Some(key) = &commit.key {
            let content = hash::content_of(&commit.entries);
            self.answers.insert((commit.case, key.clone()), (content, receipt));
        }
        receipt
    }
}
