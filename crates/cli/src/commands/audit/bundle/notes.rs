//! The checkpoints that go into a bundle.

use std::path::{Path, PathBuf};

use comity_store::{Checkpoint, Proofs, Report};

use crate::commands::audit::checkpoint::signer;
use crate::commands::audit::kept;
use crate::failure::Failure;

/// A signed checkpoint.
pub(super) struct Note {
    /// What it says.
    pub(super) says: Checkpoint,
    text: String,
    /// Whether it was signed for this bundle.
    is_new: bool,
}

/// The checkpoints, the oldest first.
pub(super) struct Notes(Vec<Note>);

impl Notes {
    /// Those that were kept, and one that is signed now if there is a key and none of this size yet.
    pub(super) fn gathered(kept: &[PathBuf], key: Option<&Path>, report: &Report) -> Result<Self, Failure> {
        let mut notes = Vec::new();
        for path in kept {
            let kept::Kept { says, text, .. } = kept::read(path)?;
            if notes.iter().any(|note: &Note| note.says.size == says.size) {
                let what = format!("two checkpoints are of {} entries", says.size);
                return Err(Failure::usage(what, "give one of them; the other says nothing more"));
            }
            notes.push(Note { says, text, is_new: false });
        }
        if let Some(key) = key
            && !notes.iter().any(|note| note.says.size == report.last.0)
        {
            let signer = signer(key)?;
            let (says, text) = (signer.says(report), signer.checkpoint(report));
            notes.push(Note { says, text, is_new: true });
        }
        notes.sort_by_key(|note| note.says.size);
        Ok(Self(notes))
    }

    /// The one that the proofs lead to.
    pub(super) fn newest(&self) -> Option<&Note> {
        self.0.last()
    }

    /// The others.
    pub(super) fn earlier(&self) -> impl Iterator<Item = &Note> {
        self.0.iter().rev().skip(1).rev()
    }

    /// Whether the record is the one that was signed, each time.
    pub(super) fn agree_with(&self, proofs: &Proofs) -> Result<(), Failure> {
        let roots = proofs.consistency.iter().map(|(size, (root, _))| (*size, *root));
        let roots: Vec<_> = roots.chain([(proofs.size, proofs.root)]).collect();
        match self.0.iter().find(|note| !roots.contains(&(note.says.size, note.says.root))) {
            None => Ok(()),
            Some(note) => Err(Failure::another_record(&note.says, None)),
        }
    }

    /// Keeps what was signed for this bundle in the store, as `comity audit checkpoint` does, before it is handed out; and so
    /// refuses a record that is not the one that was signed before.
    pub(super) fn keep(&self, store: &Path, report: &Report) -> Result<(), Failure> {
        for new in self.0.iter().filter(|note| note.is_new) {
            let folder = kept::folder_of(store);
            let newest: Vec<_> = kept::newest(&folder, None)?.into_iter().collect();
            kept::goes_on_from(store, report, &newest)?;
            kept::make_folder(&folder)?;
            kept::keep(&folder, &new.text, &new.says)?;
        }
        Ok(())
    }

    /// The files that hold them.
    pub(super) fn files(&self) -> Vec<(String, String)> {
        let earlier = self
            .earlier()
            .map(|note| (format!("checkpoints/{:020}.checkpoint", note.says.size), note.text.clone()));
        let newest = self.newest().map(|note| ("checkpoint".to_owned(), note.text.clone()));
        earlier.chain(newest).collect()
    }
}
