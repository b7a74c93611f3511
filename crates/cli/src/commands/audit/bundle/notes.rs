//! The checkpoints that go into a bundle, gathered from files and signed.

use std::path::{Path, PathBuf};

use comity_evidence::{Note, Notes};
use comity_store::Report;

use crate::commands::audit::checkpoint::signer;
use crate::commands::audit::kept;
use crate::failure::Failure;

/// The checkpoints for a bundle.
pub(super) struct Gathered {
    /// All of them.
    pub(super) notes: Notes,
    /// The one that was signed for this bundle.
    new: Option<Note>,
}

impl Gathered {
    /// Those that were kept, and one that is signed now if there is a key and none of this size yet.
    pub(super) fn of(kept: &[PathBuf], key: Option<&Path>, report: &Report) -> Result<Self, Failure> {
        let mut notes = Vec::new();
        for path in kept {
            let kept::Kept { says, text, .. } = kept::read(path)?;
            notes.push(Note { says, text });
        }
        let mut new = None;
        if let Some(key) = key
            && !notes.iter().any(|note| note.says.size == report.last.0)
        {
            let signer = signer(key)?;
            new = Some(Note { says: signer.says(report), text: signer.checkpoint(report) });
        }
        notes.extend(new.clone());
        let notes = Notes::of(notes).map_err(|two| {
            let what = format!("two checkpoints are of {} entries", two.size);
            Failure::usage(what, "give one of them; the other says nothing more")
        })?;
        Ok(Self { notes, new })
    }

    /// Keeps what was signed for this bundle in the store, as `comity audit checkpoint` does, before it is handed out; and so
    /// refuses a record that is not the one that was signed before.
    pub(super) fn keep(&self, store: &Path, report: &Report) -> Result<(), Failure> {
        let Some(new) = &self.new else { return Ok(()) };
        let folder = kept::folder_of(store);
        let newest: Vec<_> = kept::newest(&folder, None)?.into_iter().collect();
        kept::goes_on_from(store, report, &newest)?;
        kept::make_folder(&folder)?;
        kept::keep(&folder, &new.text, &new.says).map(drop)
    }
}
