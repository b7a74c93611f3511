//! What one case must know of another.
//!
//! A fold never reads a second case. Where a procedure declares that a fact mirrors a track of a linked case, each
//! stage that the track reached is recorded here as an entry of its own, effective when it was reached there. What is
//! missing is found by comparing what stands here with what happened there, so nothing depends on having been told.

use crate::entry::{Body, Deed, Entry, What, standing};
use crate::fold::Cause;
use crate::id::{CaseId, EntryNumber};
use crate::name::{Name, Private};
use crate::procedure::Procedure;
use crate::time::When;
use crate::view::View;

/// A fact that mirrors a track of a linked case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirrored {
    /// The fact.
    pub fact: Name,
    /// The link that leads to the other case.
    pub link: Name,
    /// The track there.
    pub track: Name,
}

/// A stage that a mirrored track reached.
struct Reached {
    value: Name,
    when: When,
    entry: EntryNumber,
}

/// The facts of a procedure that mirror tracks of linked cases.
#[must_use]
pub fn mirrored(procedure: &Procedure) -> Vec<Mirrored> {
    let mirrors = procedure.facts.iter().filter_map(|(_, name, fact)| {
        let mirror = fact.mirrors.as_ref()?;
        let link = procedure.links.name(mirror.link).clone();
        Some(Mirrored { fact: name.clone(), link, track: mirror.track.clone() })
    });
    mirrors.collect()
}

/// The entries that make a case know what it must know of `other`: new ones for what is missing, annulments for what
/// the other case no more says. Empty if nothing is missing.
///
/// Stages reached before the case began count as reached when it began, and only the last of them is told.
#[must_use]
pub fn lessons(
    view: &View,
    entries: &[Entry],
    mirrored: &Mirrored,
    other: CaseId,
    other_view: &View,
) -> Vec<Body> {
    let reached = reached(view, mirrored, other_view);
    let known: Vec<(EntryNumber, &Deed, &Name)> = standing(entries)
        .into_iter()
        .filter_map(|(entry, deed)| match &deed.what {
            What::Learned { fact, value, .. } if *fact == mirrored.fact => Some((entry.number, deed, value)),
            What::Learned { .. }
            | What::Act { .. }
            | What::Document(_)
            | What::Finding { .. }
            | What::Fact { .. } => None,
        })
        .collect();
    let gone = known
        .iter()
        .filter(|(_, deed, value)| !reached.iter().any(|one| one.when == deed.when && one.value == **value))
        .map(|(entry, _, _)| Body::Annulled {
            entry: *entry,
            reason: Private::new("the linked case was corrected"),
        });
    let new = reached
        .iter()
        .filter(|one| !known.iter().any(|(_, deed, value)| one.when == deed.when && one.value == **value))
        .map(|one| {
            let (fact, value) = (mirrored.fact.clone(), one.value.clone());
            Body::Deed(Deed {
                when: one.when,
                what: What::Learned { fact, value, from: other, entry: one.entry },
            })
        });
    gone.chain(new).collect()
}

fn reached(view: &View, mirrored: &Mirrored, other: &View) -> Vec<Reached> {
    let (Some(opening), Some(other_opening)) = (view.opening(), other.opening()) else { return Vec::new() };
    let there = other.procedure();
    let Some(track) = there.tracks.find(mirrored.track.as_str()) else { return Vec::new() };
    let row = there.tracks.at(track);
    let opened = Reached {
        value: row.stages.name(row.starts).clone(),
        when: other_opening.since,
        entry: EntryNumber::FIRST,
    };
    let moved = other.happenings().iter().flat_map(|happening| {
        let entry = match happening.cause {
            Cause::Opening => EntryNumber::FIRST,
            Cause::Entry(entry) => entry,
            // An expiry stands in no entry; the last one known there is as far as one must read to see it.
            Cause::Expiry(_) => EntryNumber::new(other.version().0).unwrap_or(EntryNumber::FIRST),
        };
        let moves = happening.moved.iter().filter(move |moved| moved.track == track);
        moves.map(move |moved| Reached {
            value: row.stages.name(moved.to).clone(),
            when: happening.when,
            entry,
        })
    });
    let zone = &view.procedure().home().zone;
    let began = opening.since.earliest(zone);
    let (before, after): (Vec<Reached>, Vec<Reached>) =
        std::iter::once(opened).chain(moved).partition(|reached| reached.when.earliest(zone) <= began);
    let last_before = before.into_iter().next_back().map(|last| Reached { when: opening.since, ..last });
    last_before.into_iter().chain(after).collect()
}
