//! What counts of the entries of a case: annulments, corrections and confirmations applied.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::{Body, Deed, Entry, Proposal};
use crate::id::{CaseId, EntryNumber};
use crate::name::Name;

/// What an entry does to the deeds of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect<'e> {
    /// It adds one.
    Deed(&'e Deed),
    /// It strikes out an entry.
    Annulled(EntryNumber),
    /// It has an entry read otherwise.
    Corrected(EntryNumber, &'e Deed),
}

impl Effect<'_> {
    /// The entry that it speaks about.
    pub(crate) const fn target(&self) -> Option<EntryNumber> {
        match self {
            Self::Deed(_) => None,
            Self::Annulled(entry) | Self::Corrected(entry, _) => Some(*entry),
        }
    }
}

impl<'e> From<&'e Proposal> for Effect<'e> {
    fn from(proposal: &'e Proposal) -> Self {
        match proposal {
            Proposal::Deed(deed) => Self::Deed(deed),
            Proposal::Annulled { entry, .. } => Self::Annulled(*entry),
            Proposal::Corrected { entry, deed, .. } => Self::Corrected(*entry, deed),
        }
    }
}

/// What `body` does to the deeds of a case. A proposal does nothing; its confirmation does what was proposed.
pub(crate) fn effect<'e>(entries: &'e [Entry], body: &'e Body) -> Option<Effect<'e>> {
    match body {
        Body::Deed(deed) => Some(Effect::Deed(deed)),
        Body::Annulled { entry, .. } => Some(Effect::Annulled(*entry)),
        Body::Corrected { entry, deed, .. } => Some(Effect::Corrected(*entry, deed)),
        Body::Confirmed { entry } => proposed(entries, *entry).map(Effect::from),
        Body::Opened(_)
        | Body::Linked { .. }
        | Body::Noticed(_)
        | Body::Note(_)
        | Body::Filed(_)
        | Body::ErasureProposed(_)
        | Body::Office(_)
        | Body::Warned(_)
        | Body::Proposed(_)
        | Body::Migrated(_) => None,
    }
}

/// What an entry proposes, if it does.
#[must_use]
pub fn proposed(entries: &[Entry], number: EntryNumber) -> Option<&Proposal> {
    let at = entries.binary_search_by_key(&number, |entry| entry.number).ok()?;
    if let Body::Proposed(proposal) = &entries.get(at)?.body { Some(proposal) } else { None }
}

/// The entries that are annulled. An annulment can itself be annulled, which restores what it struck out.
#[must_use]
pub fn struck_out(entries: &[Entry]) -> BTreeSet<EntryNumber> {
    let mut struck = BTreeSet::new();
    // Backwards, because an entry only ever speaks about earlier ones.
    for entry in entries.iter().rev() {
        if let (false, Some(Effect::Annulled(target))) =
            (struck.contains(&entry.number), effect(entries, &entry.body))
            && target < entry.number
        {
            struck.insert(target);
        }
    }
    struck
}

/// The deeds that count once annulments and corrections are applied, each with the entry it stands in. A later
/// correction replaces an earlier; what was proposed stands in the entry that confirmed it.
#[must_use]
pub fn standing(entries: &[Entry]) -> Vec<(&Entry, &Deed)> {
    let struck = struck_out(entries);
    let mut corrected: BTreeMap<EntryNumber, &Deed> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| !struck.contains(&entry.number)) {
        if let Some(Effect::Corrected(target, deed)) = effect(entries, &entry.body) {
            corrected.insert(target, deed);
        }
    }
    let stands = entries.iter().filter(|entry| !struck.contains(&entry.number));
    let mut deeds = Vec::with_capacity(entries.len());
    deeds.extend(stands.filter_map(|entry| match effect(entries, &entry.body)? {
        Effect::Deed(deed) => Some((entry, corrected.get(&entry.number).copied().unwrap_or(deed))),
        Effect::Annulled(_) | Effect::Corrected(..) => None,
    }));
    deeds
}

/// What was proposed and neither confirmed nor withdrawn, the oldest first.
#[must_use]
pub fn awaiting(entries: &[Entry]) -> Vec<(&Entry, &Proposal)> {
    let mut settled = struck_out(entries);
    settled.extend(
        entries.iter().filter_map(|entry| {
            if let Body::Confirmed { entry } = &entry.body { Some(*entry) } else { None }
        }),
    );
    let open = entries.iter().filter(|entry| !settled.contains(&entry.number));
    open.filter_map(|entry| proposed(entries, entry.number).map(|proposal| (entry, proposal))).collect()
}

/// The cases that this one is tied to and by which link, as far as they are not annulled.
pub(crate) fn ties(entries: &[Entry]) -> impl Iterator<Item = (&Name, CaseId)> {
    let struck = struck_out(entries);
    let stands = entries.iter().filter(move |entry| !struck.contains(&entry.number));
    stands.filter_map(
        |entry| {
            if let Body::Linked { link, case } = &entry.body { Some((link, *case)) } else { None }
        },
    )
}
