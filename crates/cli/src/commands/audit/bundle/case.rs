//! What goes into a bundle, and how much of it is shown.

use std::collections::BTreeSet;

use comity_core::View;
use comity_core::entry::{Body, Entry};
use comity_core::id::{CaseId, EntryNumber};
use comity_core::procedure::SharedProcedure;
use comity_core::{Cause, Happening};
use comity_runner::{CaseFile, Evidence, RanUnder};
use comity_store::codec::Erasure;

/// What goes into a bundle, and how much of it is shown.
pub(super) struct Case<'a> {
    pub(super) id: CaseId,
    pub(super) told: &'a Told,
    pub(super) evidence: &'a Evidence,
    pub(super) withheld: &'a BTreeSet<EntryNumber>,
}

/// What can be told of a case.
pub(super) enum Told {
    /// Everything.
    File(Box<CaseFile>),
    /// That its content was erased, and by whose order.
    Erased(Erasure),
}

/// The text of a procedure that a shown entry names.
pub(super) struct Text<'a> {
    /// The folder of the bundle that holds it.
    pub(super) folder: String,
    /// The shown entries by which the case came under it.
    pub(super) since: Vec<EntryNumber>,
    pub(super) procedure: &'a RanUnder,
}

impl<'a> Case<'a> {
    pub(super) fn shows(&self, entry: EntryNumber) -> bool {
        !self.withheld.contains(&entry)
    }

    /// The case, if it can be read and the entry by which it was opened is shown, which names its procedure and its title.
    pub(super) fn opened(&self) -> Option<&'a CaseFile> {
        match self.told {
            Told::File(file) if self.shows(EntryNumber::FIRST) => Some(file),
            Told::File(_) | Told::Erased(_) => None,
        }
    }

    /// The case, if it can be read and everything is shown. Where something is withheld, nothing may be told that follows
    /// from it.
    pub(super) fn whole(&self) -> Option<&'a CaseFile> {
        match self.told {
            Told::File(file) if self.withheld.is_empty() => Some(file),
            Told::File(_) | Told::Erased(_) => None,
        }
    }

    /// The entries that are shown and by which the case went over to another procedure, the earliest first.
    pub(super) fn migrations(&self) -> impl Iterator<Item = (&'a CaseFile, &'a Entry)> {
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
    pub(super) fn texts(&self) -> Vec<Text<'a>> {
        let shown = |procedure: &'a RanUnder| {
            let since: Vec<_> = procedure.since.iter().copied().filter(|entry| self.shows(*entry)).collect();
            (!since.is_empty()).then_some((since, procedure))
        };
        let mut named: Vec<_> = self.evidence.procedures.iter().filter_map(shown).collect();
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
    pub(super) fn words_of<'v>(
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

    /// The reference, if an entry that is shown tells it.
    pub(super) fn reference(&self) -> Option<&'a str> {
        match self.told {
            Told::File(_) => self.opened().map(|file| file.opening.reference.as_str()),
            Told::Erased(erasure) => {
                let last = self.evidence.entries.last().is_some_and(|last| self.shows(last.number));
                last.then_some(erasure.reference.as_str())
            }
        }
    }

    /// The name of the case in file names.
    pub(super) fn stem(&self) -> String {
        let Some(reference) = self.reference() else { return self.id.to_string() };
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        let stem: String = reference.chars().map(plain).collect();
        stem.trim_start_matches(['.', '-']).to_owned()
    }
}
