//! What goes into a bundle, and how much of it is shown.

use std::collections::BTreeSet;

use comity_core::View;
use comity_core::entry::{Body, Entry};
use comity_core::id::{CaseId, EntryNumber};
use comity_core::procedure::SharedProcedure;
use comity_core::{Cause, Happening};
use comity_runner::{CaseFile, Evidence, RanUnder};
use comity_store::codec::Erasure;
use comity_store::{Position, ProofsAsked};

use crate::error::NoSuchEntry;
use crate::notes::Notes;

/// What goes into a bundle, and how much of it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// Which case.
    pub id: CaseId,
    /// What can be told of it.
    pub told: &'a Told,
    /// What the record holds of it, read at the same time.
    pub evidence: &'a Evidence,
    /// The entries of which only the hash and the place are shown. [`withheld`] reads them.
    pub withheld: &'a BTreeSet<EntryNumber>,
}

/// What can be told of a case.
#[derive(Clone, Debug)]
pub enum Told {
    /// Everything.
    File(Box<CaseFile>),
    /// That its content was erased, and by whose order.
    Erased(Erasure),
}

/// The text of a procedure that a shown entry names.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// The folder of the bundle that holds it.
    pub folder: String,
    /// The shown entries by which the case came under it.
    pub since: Vec<EntryNumber>,
    /// The procedure.
    pub procedure: &'a RanUnder,
}

/// The entries of these numbers, each of which must be there.
///
/// # Errors
///
/// Returns [`NoSuchEntry`] for the first that is not.
pub fn withheld(evidence: &Evidence, numbers: &[u32]) -> Result<BTreeSet<EntryNumber>, NoSuchEntry> {
    let entries = &evidence.entries;
    let find = |number: &u32| {
        let known = entries.iter().map(|entry| entry.number).find(|known| known.get() == *number);
        known.ok_or(NoSuchEntry { number: *number, entries: entries.len() })
    };
    numbers.iter().map(find).collect()
}

impl<'a> Case<'a> {
    pub(crate) fn shows(&self, entry: EntryNumber) -> bool {
        !self.withheld.contains(&entry)
    }

    /// The case, if it can be read and the entry by which it was opened is shown, which names its procedure and its title.
    pub(crate) fn opened(&self) -> Option<&'a CaseFile> {
        match self.told {
            Told::File(file) if self.shows(EntryNumber::FIRST) => Some(file),
            Told::File(_) | Told::Erased(_) => None,
        }
    }

    /// The case, if it can be read and everything is shown. Where something is withheld, nothing may be told that follows
    /// from it.
    pub(crate) fn whole(&self) -> Option<&'a CaseFile> {
        match self.told {
            Told::File(file) if self.withheld.is_empty() => Some(file),
            Told::File(_) | Told::Erased(_) => None,
        }
    }

    /// The entries that are shown and by which the case went over to another procedure, the earliest first.
    pub(crate) fn migrations(&self) -> impl Iterator<Item = (&'a CaseFile, &'a Entry)> {
        let file = match self.told {
            Told::File(file) => Some(file.as_ref()),
            Told::Erased(_) => None,
        };
        let all = file.into_iter().flat_map(|file| file.entries.iter().map(move |entry| (file, entry)));
        all.filter(|(_, entry)| matches!(entry.body, Body::Migrated(_)) && self.shows(entry.number))
    }

    /// The texts of the procedures that shown entries name, in the order in which they first do. That under which the case was
    /// opened is in `procedure`; those that it went over to are in `procedure-2` and so on. What a withheld entry alone names is
    /// not told of, not even by a number that is left out.
    #[must_use]
    pub fn texts(&self) -> Vec<Text<'a>> {
        let shown = |procedure: &'a RanUnder| {
            let since: Vec<_> = procedure.since.iter().copied().filter(|entry| self.shows(*entry)).collect();
            (!since.is_empty()).then_some((since, procedure))
        };
        let named = match self.told {
            Told::File(_) => self.evidence.procedures.as_slice(),
            Told::Erased(_) => &[],
        };
        let mut named: Vec<_> = named.iter().filter_map(shown).collect();
        named.sort_by_key(|(since, _)| since.first().copied());
        let mut next = 2;
        let text = |(since, procedure): (Vec<EntryNumber>, &'a RanUnder)| {
            let folder = if since.contains(&EntryNumber::FIRST) {
                "procedure".to_owned()
            } else {
                next += 1;
                format!("procedure-{}", next - 1)
            };
            Text { folder, since, procedure }
        };
        named.into_iter().map(text).collect()
    }

    /// The procedure in whose words an entry is told: the one under which it had its effect, or the one under which the case was
    /// by then, as far as entries that are shown tell it.
    pub(crate) fn words_of<'v>(
        &self,
        file: &'v CaseFile,
        view: &'v View,
        entry: &Entry,
    ) -> &'v SharedProcedure {
        let is_of_it = |one: &Happening| one.cause == Cause::Entry(entry.number);
        // Which effect an entry had follows from all entries.
        let chapters = if self.withheld.is_empty() { view.chapters() } else { Vec::new() };
        let chapter = chapters.iter().find(|chapter| chapter.happenings.iter().any(is_of_it));
        let since = file.entries.iter().filter(|one| one.number <= entry.number && self.shows(one.number));
        let since = since.rev().find(|one| matches!(one.body, Body::Migrated(_)));
        match (chapter, since) {
            (Some(chapter), _) => chapter.procedure,
            (None, Some(migration)) => file.procedure_of(migration.number),
            (None, None) => file.lineage.first(),
        }
    }

    /// The proofs that a bundle of it needs, of a record that has `size` entries. They lead to the newest checkpoint, or to the
    /// record as it is if there is none.
    #[must_use]
    pub fn to_be_proved(&self, notes: &Notes, size: u64) -> ProofsAsked {
        ProofsAsked {
            size: notes.newest().map_or(size, |note| note.says.size),
            entries: self.positions(),
            earlier: notes.earlier().map(|note| note.says.size).collect(),
        }
    }

    /// Where the entries stand that go into the bundle, those of texts too.
    pub(crate) fn positions(&self) -> BTreeSet<Position> {
        let texts = self.texts();
        let beside = texts.iter().map(|text| &text.procedure.recorded);
        self.evidence.entries.iter().chain(beside).map(|entry| entry.position).collect()
    }

    /// The entries by which it is told whether `entry` still counts: those up to it, and of the later ones those that are shown.
    pub(crate) fn known_beside(&self, file: &CaseFile, entry: &Entry) -> Vec<Entry> {
        let is_known = |one: &&Entry| one.number <= entry.number || self.shows(one.number);
        file.entries.iter().filter(is_known).cloned().collect()
    }

    /// The reference, if an entry that is shown tells it.
    #[must_use]
    pub fn reference(&self) -> Option<&'a str> {
        match self.told {
            Told::File(_) => self.opened().map(|file| file.opening.reference.as_str()),
            Told::Erased(erasure) => {
                let last = self.evidence.entries.last().is_some_and(|last| self.shows(last.number));
                last.then_some(erasure.reference.as_str())
            }
        }
    }

    /// The name of the case in file names: its reference if that is shown, or else its id.
    #[must_use]
    pub fn stem(&self) -> String {
        let Some(reference) = self.reference() else { return self.id.to_string() };
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        let stem: String = reference.chars().map(plain).collect();
        stem.trim_start_matches(['.', '-']).to_owned()
    }
}
