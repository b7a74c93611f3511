//! What one case must know of another.
//!
//! A fold never reads a second case. Where a procedure declares that a fact mirrors a track of a linked case, the
//! engine records each stage of that track as an entry here, effective when it was reached there. What is missing is
//! found by comparing, never from memory, so a crash between two cases is mended by the next look.

use comity_core::entry::{Body, Deed, What, standing};
use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::name::{Name, Private};
use comity_core::time::When;
use comity_core::{Asked, Cause, Rejection};
use tracing::warn;

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::record::{Outcome, Request};

/// What was done to let a case know of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The case that had to know.
    pub case: CaseId,
    /// Why it could not be recorded, if it could not: somebody must annul the acts that it upsets.
    pub refused: Option<Rejection>,
}

/// A stage that a mirrored track reached.
struct Reached {
    value: Name,
    when: When,
    entry: EntryNumber,
}

impl Engine {
    /// Lets every case of the matter that follows `case`, or that `case` follows, know what it must know.
    pub(crate) async fn tell_linked(&self, case: CaseId, by: &Private) -> Result<Vec<Learned>, EngineError> {
        let file = self.case(case).await?;
        let mut learned = Vec::new();
        for other in self.cases_of(file.opening.matter).await? {
            learned.extend(self.learn(other, by).await?);
        }
        Ok(learned)
    }

    /// Brings the mirrored facts of one case up to date.
    pub(crate) async fn learn(&self, case: CaseId, by: &Private) -> Result<Option<Learned>, EngineError> {
        let file = self.case(case).await?;
        let mut bodies = Vec::new();
        for (fact, link, track) in mirrors(&file) {
            let view = file.view(Asked::at(self.now()));
            let Some((_, other)) = view.links().iter().rev().find(|(name, _)| *name == link) else {
                continue;
            };
            let other = self.case(*other).await?;
            bodies.extend(differences(&file, &fact, other.case, &reached(&file, &other, &track, self.now())));
        }
        if bodies.is_empty() {
            return Ok(None);
        }
        match self.record_alone(case, &Request::of(bodies, by)).await? {
            Outcome::Recorded(_) => Ok(Some(Learned { case, refused: None })),
            Outcome::Rejected(rejection) => {
                warn!(%case, code = %rejection.code(), "a linked case has changed, and this one cannot follow");
                Ok(Some(Learned { case, refused: Some(rejection) }))
            }
        }
    }
}

/// The mirrored facts of a case: fact, link and track.
fn mirrors(file: &CaseFile) -> Vec<(Name, Name, Name)> {
    let links = file.procedure.links();
    let facts = file.procedure.facts().iter();
    facts
        .filter_map(|(_, name, fact)| {
            let mirror = fact.mirrors.as_ref()?;
            let (_, link, _) = links.iter().find(|(id, _, _)| *id == mirror.link)?;
            Some((name.clone(), link.clone(), mirror.track.clone()))
        })
        .collect()
}

/// The stages that a track of `other` reached, as `file` must know them: those before the case began count as
/// reached when it began, and only the last of them.
fn reached(file: &CaseFile, other: &CaseFile, track: &Name, now: comity_core::time::Moment) -> Vec<Reached> {
    let view = other.view(Asked::at(now));
    let procedure = &other.procedure;
    let Some(id) = procedure.tracks().find(track.as_str()) else { return Vec::new() };
    let Some(row) = procedure.tracks().get(id) else { return Vec::new() };
    let name_of = |stage| row.stages.iter().find(|(id, _, _)| *id == stage).map(|(_, name, _)| name.clone());
    let opened = name_of(row.starts).map(|value| Reached {
        value,
        when: other.opening.since,
        entry: EntryNumber::FIRST,
    });
    let moved = view.happenings().iter().flat_map(|happening| {
        let moves = happening.moved.iter().filter(|moved| moved.track == id);
        moves.map(|moved| (happening.when, happening.cause, moved.to)).collect::<Vec<_>>()
    });
    let moved = moved.filter_map(|(when, cause, to)| {
        let entry = match cause {
            Cause::Opening => EntryNumber::FIRST,
            Cause::Entry(entry) => entry,
            Cause::Expiry(_) => last_entry(other.version()),
        };
        Some(Reached { value: name_of(to)?, when, entry })
    });
    let zone = &file.procedure.home().zone;
    let began = file.opening.since.earliest(zone);
    let (before, after): (Vec<Reached>, Vec<Reached>) =
        opened.into_iter().chain(moved).partition(|reached| reached.when.earliest(zone) <= began);
    let last_before = before.into_iter().next_back().map(|last| Reached { when: file.opening.since, ..last });
    last_before.into_iter().chain(after).collect()
}

fn last_entry(version: Version) -> EntryNumber {
    EntryNumber::new(version.0).unwrap_or(EntryNumber::FIRST)
}

/// The entries that make the case know what it must: new ones for what is missing, annulments for what is no more.
fn differences(file: &CaseFile, fact: &Name, from: CaseId, reached: &[Reached]) -> Vec<Body> {
    let known: Vec<(EntryNumber, &Deed, &Name)> = standing(&file.entries)
        .into_iter()
        .filter_map(|(entry, deed)| match &deed.what {
            What::Learned { fact: known, value, .. } if known == fact => Some((entry.number, deed, value)),
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
            let what = What::Learned { fact: fact.clone(), value: one.value.clone(), from, entry: one.entry };
            Body::Deed(Deed { when: one.when, what })
        });
    gone.chain(new).collect()
}
