//! What one case must know of another.
//!
//! A fold never reads a second case. Where a procedure declares that a fact mirrors a track of a linked case, each
//! stage that the track reached is recorded here as an entry of its own, effective when it was reached there. What is
//! missing is found by comparing what stands here with what happened there, so nothing depends on having been told.

use std::collections::BTreeMap;

use crate::entry::{Body, Deed, Entry, What, standing};
use crate::fold::Cause;
use crate::id::{CaseId, EntryNumber};
use crate::name::{Name, Private};
use crate::procedure::{Procedure, StageId};
use crate::time::{Moment, When, Zone};
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

/// The entries that make a case know what it must know of `other`, the case that the link leads to now: new ones for
/// what is missing, annulments for what that case no more says or another case said. Empty if nothing is missing.
///
/// Stages reached before the case began count as reached when it began, and only the last of them is told. Without a
/// link nothing is known: a waiver for another person must not outlive the link that was a mistake.
#[must_use]
pub fn lessons(
    view: &View,
    entries: &[Entry],
    mirrored: &Mirrored,
    other: Option<(CaseId, &View)>,
) -> Vec<Body> {
    let zone = &view.procedure().home().zone;
    let Some(follows) = Follows::of(view, mirrored) else { return Vec::new() };
    let known = known(entries, mirrored, &follows, zone);
    let crossings: Vec<Crossing> = view.chapters().iter().filter_map(|chapter| chapter.begun).collect();
    let reached = other.map_or_else(Vec::new, |(case, there)| reached(&follows, mirrored, case, there, zone));
    // Of what took effect at one instant the last entry wins in a fold, so order and number count as well.
    let mut instants: BTreeMap<Moment, (Vec<Lesson<'_>>, Vec<&Deed>)> = BTreeMap::new();
    for (entry, deed) in known {
        instants.entry(deed.when.earliest(zone)).or_default().0.push((entry, deed));
    }
    for deed in &reached {
        instants.entry(deed.when.earliest(zone)).or_default().1.push(deed);
    }
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for (here, there) in instants.into_values() {
        let pairs = here.iter().zip(&there);
        let is_same = |((entry, known), reached): &(&Lesson<'_>, &&Deed)| {
            says_the_same(known, reached) && stands_as(*entry, known.when, reached.when, &crossings, zone)
        };
        let same = pairs.take_while(is_same).count();
        gone.extend(here.into_iter().skip(same).map(|(entry, _)| Body::Annulled {
            entry,
            reason: Private::new("the linked case was corrected"),
        }));
        let told = |deed: &Deed| Deed { when: settled(deed.when, &crossings, zone), ..deed.clone() };
        new.extend(there.into_iter().skip(same).map(|deed| Body::Deed(told(deed))));
    }
    gone.into_iter().chain(new).collect()
}

/// What a case was told, and the entry in which it stands.
type Lesson<'e> = (EntryNumber, &'e Deed);

/// What the case was told of the fact and still holds, in the order of its entries, since the fact follows that track.
fn known<'e>(entries: &'e [Entry], mirrored: &Mirrored, follows: &Follows, zone: &Zone) -> Vec<Lesson<'e>> {
    standing(entries)
        .into_iter()
        .filter(|(_, deed)| matches!(&deed.what, What::Learned { fact, .. } if *fact == mirrored.fact))
        .filter(|(_, deed)| {
            follows.from_the_opening || deed.when.earliest(zone) >= follows.since.earliest(zone)
        })
        .map(|(entry, deed)| (entry.number, deed))
        .collect()
}

/// From when on a fact follows its track.
struct Follows {
    since: When,
    from_the_opening: bool,
}

impl Follows {
    /// From the opening on, or from the migration by which the case went over to a procedure in which the fact does.
    fn of(view: &View, mirrored: &Mirrored) -> Option<Self> {
        let does = |procedure: &Procedure| self::mirrored(procedure).contains(mirrored);
        let chapters = view.chapters();
        let first = chapters.iter().rev().take_while(|chapter| does(chapter.procedure)).last()?;
        Some(match first.begun {
            Some((_, at)) => Self { since: When::At(at), from_the_opening: false },
            None => Self { since: view.opening()?.since, from_the_opening: true },
        })
    }
}

/// A migration of the case: its entry, and the moment from which the procedure applies.
type Crossing = (EntryNumber, Moment);

/// Whether a case went over in the midst of a day or a month. What is recorded later of such a day took effect after the migration.
fn spans(when: When, crossing: &Crossing, zone: &Zone) -> bool {
    when.earliest(zone) <= crossing.1 && crossing.1 < when.over(zone)
}

/// The date under which a stage is told now. A day in which the case went over becomes the instant at which it began: the lesson would
/// take effect after the migration, and after those that come later in that day.
fn settled(when: When, crossings: &[Crossing], zone: &Zone) -> When {
    let is_crossed = crossings.iter().any(|crossing| spans(when, crossing, zone));
    if is_crossed { When::At(when.earliest(zone)) } else { when }
}

/// Whether what was told under one date stands where the stage that was reached at another belongs.
fn stands_as(entry: EntryNumber, known: When, reached: When, crossings: &[Crossing], zone: &Zone) -> bool {
    let is_misplaced = || crossings.iter().any(|crossing| crossing.0 < entry && spans(known, crossing, zone));
    known == settled(reached, crossings, zone) || (known == reached && !is_misplaced())
}

/// Whether two lessons differ at most in their dates and in the entry from which they follow: that one may be corrected in the other
/// case and say the same.
fn says_the_same(known: &Deed, reached: &Deed) -> bool {
    match (&known.what, &reached.what) {
        (
            What::Learned { fact, value, from, entry: _ },
            What::Learned { fact: other_fact, value: other_value, from: other_from, entry: _ },
        ) => fact == other_fact && value == other_value && from == other_from,
        (
            What::Learned { .. }
            | What::Act { .. }
            | What::Document(_)
            | What::Finding { .. }
            | What::Fact { .. },
            _,
        ) => false,
    }
}

/// What the other case says of the fact, each stage as the deed that this case would record.
fn reached(follows: &Follows, mirrored: &Mirrored, case: CaseId, other: &View, zone: &Zone) -> Vec<Deed> {
    let mut stages = told(mirrored, case, other);
    // A day of the other State begins at another instant here. It must not turn the order in which the stages were reached.
    let mut next: Option<When> = None;
    for stage in stages.iter_mut().rev() {
        if let Some(next) = next.filter(|next| next.earliest(zone) < stage.when.earliest(zone)) {
            stage.when = next;
        }
        next = Some(stage.when);
    }
    let began = follows.since.earliest(zone);
    let (before, after): (Vec<Deed>, Vec<Deed>) =
        stages.into_iter().partition(|reached| reached.when.earliest(zone) <= began);
    let last_before = before.into_iter().next_back().map(|last| Deed { when: follows.since, ..last });
    last_before.into_iter().chain(after).collect()
}

/// Each stage that the track reached in the other case, by the names of the procedure that applied there.
fn told(mirrored: &Mirrored, case: CaseId, other: &View) -> Vec<Deed> {
    let Some(opening) = other.opening() else { return Vec::new() };
    let mut told: Vec<Deed> = Vec::new();
    let mut stands: Option<&Name> = None;
    for chapter in other.chapters() {
        let there = chapter.procedure;
        let Some(track) = there.tracks.find(mirrored.track.as_str()) else { continue };
        let stages = &there.tracks.at(track).stages;
        let lesson = |when: When, stage: StageId, entry| {
            let (fact, value) = (mirrored.fact.clone(), stages.name(stage).clone());
            Deed { when, what: What::Learned { fact, value, from: case, entry } }
        };
        let (when, entry) = match chapter.begun {
            Some((entry, at)) => (When::At(at), entry),
            None => (opening.since, EntryNumber::FIRST),
        };
        // At a migration there is something to tell only if the stage has another name from then on.
        let first = chapter.stage_at_first(track).filter(|first| stands != Some(stages.name(*first)));
        if let Some(first) = first {
            told.push(lesson(when, first, entry));
            stands = Some(stages.name(first));
        }
        for happening in chapter.happenings {
            let entry = match happening.cause {
                Cause::Opening => EntryNumber::FIRST,
                Cause::Entry(entry) => entry,
                // An expiry stands in no entry; the last one known there is as far as one must read to see it.
                Cause::Expiry(_) => EntryNumber::new(other.version().0).unwrap_or(EntryNumber::FIRST),
            };
            for moved in happening.moved.iter().filter(|moved| moved.track == track) {
                told.push(lesson(happening.when, moved.to, entry));
                stands = Some(stages.name(moved.to));
            }
        }
    }
    told
}
