//! Four eyes: what the procedure leaves to two persons is proposed by one account and confirmed by another.
//!
//! The rule is part of what may be recorded and of the fold, so no configuration of whoever embeds it can switch it off.
//! Two accounts stand for two persons; that nobody holds two is for the office to see to.

use crate::entry::{Body, Deed, Entry, What, awaiting, proposed};
use crate::fold::Legs;
use crate::id::{EntryNumber, Version};
use crate::name::{Name, Private};
use crate::procedure::{Procedure, SharedProcedure};
use crate::rejection::Rejection;
use crate::standing::{Effect, effect};

/// A confirmation speaks about a proposal that nobody has withdrawn or confirmed.
pub(crate) fn waits_for_confirmation(entries: &[Entry], target: EntryNumber) -> Result<(), Rejection> {
    let held = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    if !entries.iter().any(|entry| entry.number == target) {
        return Err(Rejection::NoSuchEntry { entry: target, held });
    }
    if awaiting(entries).iter().any(|(entry, _)| entry.number == target) {
        return Ok(());
    }
    let why = match proposed(entries, target) {
        None => "is no proposal, so there is nothing to confirm",
        Some(_) if is_confirmed(entries, target) => "was confirmed already",
        Some(_) => "was withdrawn; propose it anew",
    };
    Err(Rejection::NotToBeConfirmed { entry: target, why })
}

pub(crate) fn is_confirmed(entries: &[Entry], target: EntryNumber) -> bool {
    entries.iter().any(|entry| entry.body == Body::Confirmed { entry: target })
}

/// What the procedure leaves to two persons is proposed by one and confirmed by another; nothing else is.
pub(crate) fn by_as_many_as_it_takes(
    legs: &Legs<'_>,
    entries: &[Entry],
    body: &Body,
    by: &Private,
) -> Result<(), Rejection> {
    if let Body::Proposed(proposal) = body {
        return match needs_two(legs, entries, (next(entries), proposal.into())) {
            Some(_) => Ok(()),
            None => Err(Rejection::NoSecondNeeded),
        };
    }
    if let Body::Confirmed { entry } = body {
        let own = entries.iter().any(|one| one.number == *entry && one.recorded_by == *by);
        return if own { Err(Rejection::ConfirmedByProposer { entry: *entry }) } else { Ok(()) };
    }
    left_to_two_by(legs, entries, body).map_or(Ok(()), |(procedure, act)| Err(takes_two(procedure, act)))
}

/// The act for which `body` takes two persons.
pub(crate) fn left_to_two_by<'e>(
    legs: &Legs<'e>,
    entries: &'e [Entry],
    body: &'e Body,
) -> Option<(&'e SharedProcedure, &'e Name)> {
    effect(entries, body).and_then(|effect| needs_two(legs, entries, (next(entries), effect)))
}

/// The number of an entry that is still to be recorded.
fn next(entries: &[Entry]) -> EntryNumber {
    Version(entries.last().map_or(0, |entry| entry.number.get())).next()
}

/// Why nobody records an act alone.
pub(crate) fn takes_two(procedure: &Procedure, act: &Name) -> Rejection {
    let basis = procedure.acts.find(act.as_str()).map(|id| procedure.acts.at(id).basis.clone());
    Rejection::TakesTwo { act: act.to_string(), basis: basis.unwrap_or_default() }
}

/// The act for which an effect needs two persons: one that the procedure leaves to two, which is done, struck out or
/// read otherwise.
///
/// Each deed is asked for under the procedure under which it took effect.
fn needs_two<'e>(
    legs: &Legs<'e>,
    entries: &'e [Entry],
    (number, effect): (EntryNumber, Effect<'e>),
) -> Option<(&'e SharedProcedure, &'e Name)> {
    match effect {
        Effect::Deed(deed) => placed(legs, number, deed),
        Effect::Annulled(target) => target_needs_two(legs, entries, target),
        Effect::Corrected(target, deed) => {
            placed(legs, target, deed).or_else(|| target_needs_two(legs, entries, target))
        }
    }
}

fn placed<'e>(
    legs: &Legs<'e>,
    number: EntryNumber,
    deed: &'e Deed,
) -> Option<(&'e SharedProcedure, &'e Name)> {
    let (_, procedure, _) = legs.place(deed, number);
    left_to_two(procedure, deed).map(|act| (procedure, act))
}

/// The same for whoever strikes out or corrects an entry: what that entry did, and how it has been corrected since.
fn target_needs_two<'e>(
    legs: &Legs<'e>,
    entries: &'e [Entry],
    target: EntryNumber,
) -> Option<(&'e SharedProcedure, &'e Name)> {
    let of = |entry: &'e Entry| self::effect(entries, &entry.body);
    let entry = entries.iter().find(|entry| entry.number == target)?;
    // An entry only ever speaks about earlier ones, so this comes to an end.
    let own = of(entry).filter(|effect| effect.target().is_none_or(|earlier| earlier < target));
    own.and_then(|own| needs_two(legs, entries, (target, own))).or_else(|| {
        entries.iter().find_map(|entry| match of(entry)? {
            Effect::Corrected(corrected, deed) if corrected == target => placed(legs, target, deed),
            Effect::Corrected(..) | Effect::Deed(_) | Effect::Annulled(_) => None,
        })
    })
}

/// The act of a deed, if the procedure leaves it to two persons.
pub(crate) fn left_to_two<'e>(procedure: &Procedure, deed: &'e Deed) -> Option<&'e Name> {
    match &deed.what {
        What::Act { act, .. } => {
            let id = procedure.acts.find(act.as_str())?;
            procedure.acts.at(id).four_eyes.then_some(act)
        }
        What::Document(_) | What::Finding { .. } | What::Fact { .. } | What::Learned { .. } => None,
    }
}
