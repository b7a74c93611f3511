//! The files of a bundle.

use std::collections::BTreeMap;
use std::io::{self, Write};

use comity_core::time::Moment;
use comity_store::{CaseLog, Proofs};

use crate::case::{Case, Told};
use crate::error::BundleError;
use crate::notes::Notes;
use crate::{container, pages, texts};

/// The files of a bundle of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    // INVARIANT: what `MANIFEST` says of them. `Bundle::of` writes it last.
    files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// The bundle of `case`, with its pages as they stand at `now`. The proofs are those that [`Case::to_be_proved`] asks for.
    ///
    /// # Errors
    ///
    /// Returns [`BundleError`] if what is given does not belong together, or a page cannot be made.
    pub fn of(case: &Case<'_>, notes: &Notes, proofs: &Proofs, now: Moment) -> Result<Self, BundleError> {
        let texts = case.texts();
        belongs_together(case, proofs)?;
        notes.agree_with(proofs)?;
        let mut files = BTreeMap::new();
        let mut put = |name: &str, bytes: Vec<u8>| files.insert(name.to_owned(), bytes);
        put("case.html", pages::case(case, proofs, now)?.into_bytes());
        if let Some(file) = case.whole() {
            put("clocks.html", pages::clocks(file, now)?.into_bytes());
        }
        for text in &texts {
            for (path, content) in &text.procedure.registered.files {
                put(&format!("{}/{path}", text.folder), content.clone().into_bytes());
            }
        }
        let beside: Vec<_> = texts.iter().map(|text| text.procedure.recorded.clone()).collect();
        let log = CaseLog {
            entries: &case.evidence.entries,
            withheld: case.withheld,
            beside: &beside,
            shows_a_migration: case.migrations().next().is_some(),
            proofs,
        };
        put("log.jsonl", log.lines());
        for (name, note) in notes.files() {
            put(&name, note.into_bytes());
        }
        put("FORMAT.md", texts::FORMAT.as_bytes().to_vec());
        put("README.txt", texts::readme(case, notes).into_bytes());
        put("CHECK.txt", texts::check(case, notes).into_bytes());
        let manifest = container::manifest(&files);
        files.insert("MANIFEST".to_owned(), manifest.into_bytes());
        Ok(Self { files })
    }

    /// The files, each under its path with `/` between its parts.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// Writes the zip file. It holds the files as they are, unpacked, in the order of their names and without a time.
    ///
    /// # Errors
    ///
    /// Returns what `out` says when it cannot be written. What was written by then is no bundle.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        container::write(&self.files, out)
    }
}

/// That the case and its evidence were read at one time, and that what the tree covers is proved.
fn belongs_together(case: &Case<'_>, proofs: &Proofs) -> Result<(), BundleError> {
    let recorded = case.evidence.entries.len();
    if let Told::File(file) = case.told
        && file.entries.len() != recorded
    {
        return Err(BundleError::Apart { told: file.entries.len(), recorded });
    }
    let covered = case.positions().into_iter().filter(|position| position.0 <= proofs.size);
    match covered.into_iter().find(|position| !proofs.inclusion.contains_key(position)) {
        Some(position) => Err(BundleError::NotProved { position: position.0 }),
        None => Ok(()),
    }
}
