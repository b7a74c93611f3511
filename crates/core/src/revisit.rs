//! Decisions that would now stand differently: what was known when each was recorded, against what is known now.

use crate::entry::{Deed, Entry, What, standing};
use crate::fold::{Asked, Legs, known_at};
use crate::id::EntryNumber;
use crate::migration::Under;
use crate::preview::{Change, changes};
use crate::rejection::Rejection;
use crate::standing::{Effect, effect};
use crate::time::{Moment, When};
use crate::view::{View, fold};

/// An act that was recorded when something else was known of the case than is known now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revisited {
    /// The entry.
    pub entry: EntryNumber,
    /// The act.
    pub act: String,
    /// When it took effect.
    pub when: When,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// What the case stood at just before it, as known then and as known now: stages, limits, what was owed.
    pub changes: Vec<Change>,
    /// Why it would not be allowed by what is known now; nothing, if it would be.
    pub not_allowed: Option<Rejection>,
}

/// The acts that were recorded on other knowledge than there is at `now`, in the order of their entries.
///
/// A late record, an annulment or a correction changes what was so before it. An act that was decided in between
/// stands, and its author may have to think again: the release of a person because nothing had come, when it had.
#[must_use]
pub fn revisited<'p>(under: impl Into<Under<'p>>, entries: &[Entry], now: Moment) -> Vec<Revisited> {
    let under = under.into();
    let known = known_at(entries, now);
    let upset = fold(under, known, Asked::at(now));
    let acts = standing(known).into_iter().filter(|(_, deed)| matches!(deed.what, What::Act { .. }));
    acts.filter_map(|(entry, deed)| revisit(under, known, entry, deed, &upset)).collect()
}

fn revisit(under: Under<'_>, known: &[Entry], entry: &Entry, deed: &Deed, now: &View) -> Option<Revisited> {
    let before: Vec<Entry> = known.iter().take_while(|one| one.number < entry.number).cloned().collect();
    let without: Vec<Entry> = known.iter().filter(|one| one.number != entry.number).cloned().collect();
    let recorded = match effect(known, &entry.body) {
        Some(Effect::Deed(recorded)) => recorded,
        Some(Effect::Annulled(_) | Effect::Corrected(..)) | None => deed,
    };
    let as_known_then = just_before(under, &before, entry.number, recorded);
    let as_known_now = just_before(under, &without, entry.number, deed);
    let changes: Vec<Change> = changes(&as_known_then, &as_known_now)
        .into_iter()
        .filter(|change| match change {
            Change::Track { .. }
            | Change::Clock { .. }
            | Change::Owed { .. }
            | Change::NoLongerOwed { .. } => true,
            // What else was open is not what the decision rested on.
            Change::Opens { .. } | Change::Closes { .. } => false,
        })
        .collect();
    let upset = now.upset().iter().find(|upset| upset.entry == entry.number);
    let not_allowed = upset.map(|upset| (*upset.because).clone());
    let What::Act { act, .. } = &deed.what else { return None };
    (!changes.is_empty() || not_allowed.is_some()).then(|| Revisited {
        entry: entry.number,
        act: act.to_string(),
        when: deed.when,
        recorded_at: entry.recorded_at,
        changes,
        not_allowed,
    })
}

/// How the case stands when a deed takes effect, by entries that do not hold it.
fn just_before(under: Under<'_>, entries: &[Entry], number: EntryNumber, deed: &Deed) -> View {
    let (_, _, now) = Legs::of(under, entries).place(deed, number);
    fold(under, entries, Asked { at: now.from, known_at: Moment::MAX })
}
