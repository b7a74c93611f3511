//! Whether an entry may be recorded.

use crate::entry::{Body, Deed, Entry, Opening, Proposal, What, proposed, struck_out};
use crate::fold::{Legs, fold_state, zone_of};
use crate::four_eyes::{by_as_many_as_it_takes, is_confirmed, left_to_two_by, waits_for_confirmation};
use crate::id::{CaseId, EntryNumber, Version};
use crate::migration::{Migration, Under, obstacles};
use crate::name::{Name, Private};
use crate::office::makes_sense;
use crate::procedure::SharedProcedure;
use crate::rejection::{Rejection, Upset};
use crate::standing::{Effect, effect, ties};
use crate::table::{Id, Table};
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
pub fn admit<'p>(
    under: impl Into<Under<'p>>,
    entries: &[Entry],
    body: Body,
    stamp: &Stamp,
) -> Result<Entry, Rejection> {
    let mut admitted = admit_together(under, entries, vec![body], stamp)?;
    // One body in, one entry out; an empty list cannot be.
    admitted.pop().ok_or(Rejection::NoSuchEntry { entry: EntryNumber::FIRST, held: 0 })
}

/// Decides whether `bodies` may be recorded after `entries`, as one: a correction together with the annulment of
/// the acts that it upsets, for example.
///
/// # Errors
///
/// Returns the first [`Rejection`]. Either all may be recorded or none.
pub fn admit_together<'p>(
    under: impl Into<Under<'p>>,
    entries: &[Entry],
    bodies: Vec<Body>,
    stamp: &Stamp,
) -> Result<Vec<Entry>, Rejection> {
    let under = under.into();
    if let Some(last) = entries.last()
        && stamp.at < last.recorded_at
    {
        return Err(Rejection::RecordGoesBack { last: last.recorded_at, now: stamp.at });
    }
    let mut all = entries.to_vec();
    for body in bodies {
        belongs_here(under, &all, &body, stamp)?;
        by_as_many_as_it_takes(&Legs::of(under, &all), &all, &body, &stamp.by)?;
        let number = next_number(&all);
        all.push(Entry { number, recorded_at: stamp.at, recorded_by: stamp.by.clone(), body });
    }
    let added = all.split_off(entries.len());
    let after = [entries, &added].concat();
    nothing_is_upset(under, entries, &after, &added)?;
    could_be_confirmed(under, &after, &added)?;
    Ok(added)
}

/// The same where two persons are at hand, as in a rehearsal: what the procedure leaves to two is proposed by the first and
/// confirmed by the second, who records the rest too.
///
/// # Errors
///
/// Returns the first [`Rejection`]. Either all may be recorded or none.
pub fn admit_by_two(
    procedure: &SharedProcedure,
    entries: &[Entry],
    bodies: Vec<Body>,
    first: &Stamp,
    second: &Stamp,
) -> Result<Vec<Entry>, Rejection> {
    let legs = Legs::of(procedure.into(), entries);
    let takes_two = |body: &Body| left_to_two_by(&legs, entries, body).is_some();
    let mut proposals = Vec::new();
    let mut number = next_number(entries);
    let mut second_says = Vec::with_capacity(bodies.len());
    for body in bodies {
        match Some(body.clone()).filter(takes_two).and_then(Proposal::of) {
            Some(proposal) => {
                proposals.push(Body::Proposed(proposal));
                second_says.push(Body::Confirmed { entry: number });
                number = Version(number.get()).next();
            }
            None => second_says.push(body),
        }
    }
    if proposals.is_empty() {
        return admit_together(procedure, entries, second_says, first);
    }
    let mut added = admit_together(procedure, entries, proposals, first)?;
    let proposed = [entries, &added].concat();
    added.extend(admit_together(procedure, &proposed, second_says, second)?);
    Ok(added)
}

/// Whether `body` speaks about things that are there, whatever the procedure says of its place in the case.
fn belongs_here(under: Under<'_>, entries: &[Entry], body: &Body, stamp: &Stamp) -> Result<(), Rejection> {
    let now = stamp.at;
    match (entries.is_empty(), body) {
        (true, Body::Opened(_)) => return Ok(()),
        (true, _) => return Err(Rejection::NoSuchEntry { entry: EntryNumber::FIRST, held: 0 }),
        (false, _) => {}
    }
    speaks_about_what_is_there(entries, body)?;
    let legs = Legs::of(under, entries);
    let procedure = legs.present();
    match body {
        Body::Deed(deed)
        | Body::Corrected { deed, .. }
        | Body::Proposed(Proposal::Deed(deed) | Proposal::Corrected { deed, .. }) => {
            // A correction takes the place of what it corrects; anything else comes last.
            let number = if let Body::Corrected { entry, .. }
            | Body::Proposed(Proposal::Corrected { entry, .. }) = body
            {
                *entry
            } else {
                next_number(entries)
            };
            let (_, procedure, _) = legs.place(deed, number);
            lies_in_the_case(under.first(), procedure, entries, deed, now)?;
            is_learned_from_a_linked_case(procedure, entries, &deed.what)
        }
        Body::Linked { link, .. } => is_declared(&procedure.links, "link", link),
        // A notice of what has not run out yet would stand in the way of the true one.
        Body::Noticed(notice) if notice.ran_out > now => {
            Err(Rejection::InTheFuture { when: When::At(notice.ran_out), now })
        }
        Body::Noticed(notice) => is_declared(&procedure.clocks, "clock", &notice.clock),
        Body::Warned(warning) if warning.at > now => {
            Err(Rejection::InTheFuture { when: When::At(warning.at), now })
        }
        Body::Warned(warning) => is_declared(&procedure.clocks, "clock", &warning.clock),
        Body::Office(office) => makes_sense(under, entries, office, now),
        Body::Migrated(migration) => may_go_over(under, entries, migration, stamp),
        Body::Opened(_)
        | Body::Annulled { .. }
        | Body::Note(_)
        | Body::Filed(_)
        | Body::ErasureProposed(_)
        | Body::Proposed(Proposal::Annulled { .. })
        | Body::Confirmed { .. } => Ok(()),
    }
}

/// Whether the case may go over to another procedure.
fn may_go_over(
    under: Under<'_>,
    entries: &[Entry],
    migration: &Migration,
    stamp: &Stamp,
) -> Result<(), Rejection> {
    let because = obstacles(under, entries, migration, stamp);
    if because.is_empty() { Ok(()) } else { Err(Rejection::NotMigrated { because }) }
}

fn next_number(entries: &[Entry]) -> EntryNumber {
    let last = entries.last().map_or(0, |entry| entry.number.get());
    Version(last).next()
}

/// An annulment or correction must speak about an entry that can be undone.
fn speaks_about_what_is_there(entries: &[Entry], body: &Body) -> Result<(), Rejection> {
    let (target, is_correction) = match body {
        Body::Annulled { entry, .. } | Body::Proposed(Proposal::Annulled { entry, .. }) => (*entry, false),
        Body::Corrected { entry, .. } | Body::Proposed(Proposal::Corrected { entry, .. }) => (*entry, true),
        Body::Opened(_) => {
            let why = "opens the case already; open another case";
            return Err(Rejection::NotToBeUndone { entry: EntryNumber::FIRST, why });
        }
        Body::Filed(filed) => {
            return filed.entry.map_or(Ok(()), |entry| is_there(entries, entry).map(|_| ()));
        }
        Body::Deed(_)
        | Body::Linked { .. }
        | Body::Noticed(_)
        | Body::Note(_)
        | Body::ErasureProposed(_)
        | Body::Office(_)
        | Body::Warned(_)
        | Body::Proposed(Proposal::Deed(_))
        | Body::Migrated(_) => return Ok(()),
        Body::Confirmed { entry } => return waits_for_confirmation(entries, *entry),
    };
    let found = is_there(entries, target)?;
    // What a confirmation confirmed is what is struck out or corrected with it.
    let confirmed =
        if let Body::Confirmed { entry } = &found.body { proposed(entries, *entry) } else { None };
    let why = match confirmed.cloned().map_or_else(|| found.body.clone(), Proposal::into_body) {
        Body::Opened(_) => "opens the case; withdraw the case instead",
        Body::Linked { .. } if is_correction => "ties the case to another; annul it and tie the right one",
        Body::Noticed(_) => "is a notice: what was seen was seen",
        Body::Note(_) => "is a note, without effect",
        Body::Office(_) => "is work of the office, without effect; what is said anew holds",
        Body::Warned(_) => "is a warning: it was given",
        Body::Migrated(_) => {
            "takes the case over to another procedure, under which the later entries stand; \
             migrate it anew, by a plan that leads on or back"
        }
        Body::Filed(_) => "is a file: what was filed was filed",
        Body::Corrected { .. } if is_correction => {
            "is itself a correction; correct the entry that it corrects"
        }
        Body::Annulled { .. } if is_correction => "is an annulment; annul it instead",
        Body::ErasureProposed(_) if is_correction => "proposes an erasure; annul it and propose anew",
        Body::Proposed(_) if is_correction => "is a proposal; annul it and propose anew",
        Body::Proposed(_) if is_confirmed(entries, target) => {
            "was confirmed; annul the entry that confirmed it"
        }
        Body::Deed(_)
        | Body::Annulled { .. }
        | Body::Corrected { .. }
        | Body::Linked { .. }
        | Body::ErasureProposed(_)
        | Body::Proposed(_)
        | Body::Confirmed { .. }
            if struck_out(entries).contains(&target) =>
        {
            "is annulled already"
        }
        Body::Deed(_)
        | Body::Annulled { .. }
        | Body::Corrected { .. }
        | Body::Linked { .. }
        | Body::ErasureProposed(_)
        | Body::Proposed(_)
        | Body::Confirmed { .. } => return Ok(()),
    };
    Err(Rejection::NotToBeUndone { entry: target, why })
}

/// Nobody is to propose what cannot be confirmed as things stand.
fn could_be_confirmed(under: Under<'_>, after: &[Entry], added: &[Entry]) -> Result<(), Rejection> {
    let proposals = added.iter().filter(|entry| matches!(entry.body, Body::Proposed(_)));
    let mut all = after.to_vec();
    for proposal in proposals {
        let body = Body::Confirmed { entry: proposal.number };
        all.push(Entry { number: next_number(&all), body, ..proposal.clone() });
    }
    match all.get(after.len()..) {
        Some([]) | None => Ok(()),
        Some(confirmed) => nothing_is_upset(under, after, &all, confirmed),
    }
}

fn is_there(entries: &[Entry], number: EntryNumber) -> Result<&Entry, Rejection> {
    let held = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let found = entries.iter().find(|entry| entry.number == number);
    found.ok_or(Rejection::NoSuchEntry { entry: number, held })
}

fn lies_in_the_case(
    first: &SharedProcedure,
    procedure: &SharedProcedure,
    entries: &[Entry],
    deed: &Deed,
    now: Moment,
) -> Result<(), Rejection> {
    let zone = zone_of(procedure, deed);
    if deed.when.earliest(zone) > now {
        return Err(Rejection::InTheFuture { when: deed.when, now });
    }
    // A linked case may have come to where it stands long before this one was opened.
    if let (Some(Entry { body: Body::Opened(opening), .. }), false) =
        (entries.first(), matches!(deed.what, What::Learned { .. }))
    {
        let since = opening.since.earliest(&first.home().zone);
        // What is known to the day or less may have come after the opening on that day, or in that month.
        let is_certainly_earlier = match deed.when {
            When::At(moment) => moment < since,
            When::On(_) | When::In { .. } | When::During { .. } => deed.when.over(zone) <= since,
        };
        if is_certainly_earlier {
            return Err(Rejection::BeforeTheCase { when: deed.when, since: opening.since });
        }
    }
    Ok(())
}

/// Cases see each other only through links, so nothing is learned from a case that is not tied to this one.
fn is_learned_from_a_linked_case(
    procedure: &SharedProcedure,
    entries: &[Entry],
    what: &What,
) -> Result<(), Rejection> {
    let What::Learned { fact, from, .. } = what else { return Ok(()) };
    let row = procedure.facts.find(fact.as_str()).map(|id| procedure.facts.at(id));
    let Some(mirror) = row.and_then(|row| row.mirrors.as_ref()) else { return Ok(()) };
    let by_link = ties(entries).filter(|(link, _)| *link == procedure.links.name(mirror.link));
    let linked: Vec<CaseId> = by_link.map(|(_, case)| case).collect();
    if linked.contains(from) {
        return Ok(());
    }
    let known = linked.iter().map(ToString::to_string).collect();
    Err(Rejection::Unknown { what: "linked case", name: from.to_string(), known })
}

fn is_declared<I: Id, T>(table: &Table<I, T>, what: &'static str, name: &Name) -> Result<(), Rejection> {
    if table.find(name.as_str()).is_some() {
        return Ok(());
    }
    let known = table.names().map(ToString::to_string).collect();
    Err(Rejection::Unknown { what, name: name.to_string(), known })
}

/// Folds with and without the new entries: what is upset only with them stands in their way.
fn nothing_is_upset(
    under: Under<'_>,
    before: &[Entry],
    after: &[Entry],
    added: &[Entry],
) -> Result<(), Rejection> {
    // No deed lies in the future, so the moment of recording is far enough.
    let now = added.last().map_or(Moment::MIN, |entry| entry.recorded_at);
    let without = fold_state(under, before, now).upset;
    let with = fold_state(under, after, now).upset;
    // A corrected deed keeps the number of the entry it corrects, so a correction answers for both.
    let answered: Vec<EntryNumber> = added
        .iter()
        .flat_map(|entry| match effect(after, &entry.body) {
            Some(Effect::Corrected(target, _)) => vec![entry.number, target],
            Some(Effect::Deed(_) | Effect::Annulled(_)) | None => vec![entry.number],
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
