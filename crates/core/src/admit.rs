//! Whether an entry may be recorded.

use crate::entry::{Body, Deed, Entry, Opening};
use crate::fold::{fold_state, zone_of};
use crate::id::{EntryNumber, Version};
use crate::name::Private;
use crate::procedure::SharedProcedure;
use crate::rejection::{Rejection, Upset};
use crate::time::{Moment, When};

/// Who records, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The moment of recording.
    pub at: Moment,
    /// Who records.
    pub by: Private,
}

/// The first entry of a case.
#[must_use]
pub fn open(opening: Opening, stamp: &Stamp) -> Entry {
    Entry {
        number: EntryNumber::FIRST,
        recorded_at: stamp.at,
        recorded_by: stamp.by.clone(),
        body: Body::Opened(opening),
    }
}

/// Decides whether `body` may be recorded after `entries`.
///
/// # Errors
///
/// Returns the [`Rejection`] that an officer would write in the file.
pub fn admit(
    procedure: &SharedProcedure,
    entries: &[Entry],
    body: Body,
    stamp: &Stamp,
) -> Result<Entry, Rejection> {
    let mut admitted = admit_together(procedure, entries, vec![body], stamp)?;
    // One body in, one entry out; an empty list cannot be.
    admitted.pop().ok_or(Rejection::NoSuchEntry { entry: EntryNumber::FIRST, held: 0 })
}

/// Decides whether `bodies` may be recorded after `entries`, as one: a correction together with the annulment of
/// the acts that it upsets, for example.
///
/// # Errors
///
/// Returns the first [`Rejection`]. Either all may be recorded or none.
pub fn admit_together(
    procedure: &SharedProcedure,
    entries: &[Entry],
    bodies: Vec<Body>,
    stamp: &Stamp,
) -> Result<Vec<Entry>, Rejection> {
    if let Some(last) = entries.last()
        && stamp.at < last.recorded_at
    {
        return Err(Rejection::RecordGoesBack { last: last.recorded_at, now: stamp.at });
    }
    let mut all = entries.to_vec();
    for body in bodies {
        speaks_about_what_is_there(&all, &body)?;
        if let Body::Deed(deed) | Body::Corrected { deed, .. } = &body {
            lies_in_the_case(procedure, &all, deed, stamp.at)?;
        }
        if let Body::Linked { link, .. } = &body {
            is_declared(procedure, link.as_str())?;
        }
        let number = next_number(&all);
        all.push(Entry { number, recorded_at: stamp.at, recorded_by: stamp.by.clone(), body });
    }
    let added = all.split_off(entries.len());
    let mut after = entries.to_vec();
    after.extend(added.iter().cloned());
    nothing_is_upset(procedure, entries, &after, &added)?;
    Ok(added)
}

fn next_number(entries: &[Entry]) -> EntryNumber {
    let last = entries.last().map_or(0, |entry| entry.number.get());
    Version(last).next()
}

/// An annulment or correction must speak about an entry that can be undone.
fn speaks_about_what_is_there(entries: &[Entry], body: &Body) -> Result<(), Rejection> {
    let (target, is_correction) = match body {
        Body::Annulled { entry, .. } => (*entry, false),
        Body::Corrected { entry, .. } => (*entry, true),
        Body::Opened(_) => {
            let why = "opens the case already; open another case";
            return Err(Rejection::NotToBeUndone { entry: EntryNumber::FIRST, why });
        }
        Body::Deed(_) | Body::Linked { .. } | Body::Noticed(_) | Body::Note(_) => return Ok(()),
    };
    let held = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let Some(found) = entries.iter().find(|entry| entry.number == target) else {
        return Err(Rejection::NoSuchEntry { entry: target, held });
    };
    let why = match &found.body {
        Body::Opened(_) => "opens the case; withdraw the case instead",
        Body::Linked { .. } => "ties the case to another and has no effect of its own",
        Body::Noticed(_) => "is a notice: what was seen was seen",
        Body::Note(_) => "is a note, without effect",
        Body::Corrected { .. } if is_correction => {
            "is itself a correction; correct the entry that it corrects"
        }
        Body::Annulled { .. } if is_correction => "is an annulment; annul it instead",
        Body::Deed(_) | Body::Annulled { .. } | Body::Corrected { .. } if is_struck_out(entries, target) => {
            "is annulled already"
        }
        Body::Deed(_) | Body::Annulled { .. } | Body::Corrected { .. } => return Ok(()),
    };
    Err(Rejection::NotToBeUndone { entry: target, why })
}

fn is_struck_out(entries: &[Entry], target: EntryNumber) -> bool {
    let mut struck: std::collections::BTreeSet<EntryNumber> = std::collections::BTreeSet::new();
    for entry in entries.iter().rev() {
        if let (false, Body::Annulled { entry: annulled, .. }) = (struck.contains(&entry.number), &entry.body)
        {
            struck.insert(*annulled);
        }
    }
    struck.contains(&target)
}

fn lies_in_the_case(
    procedure: &SharedProcedure,
    entries: &[Entry],
    deed: &Deed,
    now: Moment,
) -> Result<(), Rejection> {
    let earliest = deed.when.earliest(zone_of(procedure, &deed.what));
    if earliest > now {
        return Err(Rejection::InTheFuture { when: deed.when, now });
    }
    if let Some(Entry { body: Body::Opened(opening), .. }) = entries.first() {
        // The opening may be known only to the day, in the deciding State; a deed of that day elsewhere is no earlier.
        let since = opening.since.earliest(&procedure.home().zone);
        let same_day = match (opening.since, deed.when) {
            (When::On(since), When::On(day)) => day >= since,
            (_, _) => false,
        };
        if earliest < since && !same_day {
            return Err(Rejection::BeforeTheCase { when: deed.when, since: opening.since });
        }
    }
    Ok(())
}

fn is_declared(procedure: &SharedProcedure, link: &str) -> Result<(), Rejection> {
    if procedure.links.find(link).is_some() {
        return Ok(());
    }
    let known = procedure.links.names().map(ToString::to_string).collect();
    Err(Rejection::Unknown { what: "link", name: link.to_owned(), known })
}

/// Folds with and without the new entries: what is upset only with them stands in their way.
fn nothing_is_upset(
    procedure: &SharedProcedure,
    before: &[Entry],
    after: &[Entry],
    added: &[Entry],
) -> Result<(), Rejection> {
    // No deed lies in the future, so the moment of recording is far enough.
    let now = added.last().map_or(Moment::MIN, |entry| entry.recorded_at);
    let without = fold_state(procedure, before, now).upset;
    let with = fold_state(procedure, after, now).upset;
    // A corrected deed keeps the number of the entry it corrects, so a correction answers for both.
    let answered: Vec<EntryNumber> = added
        .iter()
        .flat_map(|entry| match &entry.body {
            Body::Corrected { entry: target, .. } => vec![entry.number, *target],
            Body::Opened(_)
            | Body::Deed(_)
            | Body::Annulled { .. }
            | Body::Linked { .. }
            | Body::Noticed(_)
            | Body::Note(_) => vec![entry.number],
        })
        .collect();
    let (own, later): (Vec<Upset>, Vec<Upset>) = with
        .into_iter()
        .filter(|upset| !without.contains(upset))
        .partition(|upset| answered.contains(&upset.entry));
    match own.into_iter().next() {
        Some(own) => Err(*own.because),
        None if later.is_empty() => Ok(()),
        None => Err(Rejection::UpsetsLater { upset: later }),
    }
}
