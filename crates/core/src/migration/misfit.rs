//! Where a plan does not fit the two procedures between which it leads. No case is needed to say so.

use std::fmt;

use super::{Fate, Migration, NameKind};
use crate::name::Name;
use crate::procedure::{Procedure, Stage};
use crate::table::{Id, Table};
use crate::value::list;

/// A place in a plan, whether or not the plan has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A track.
    Track(Name),
    /// A stage of a track.
    Stage(Name, Name),
    /// A clock.
    Clock(Name),
    /// Another name.
    Other(NameKind, Name),
}

/// Something in a plan that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The procedure that is left knows no such thing.
    #[error("the procedure that the case leaves has no {place}; it has {}", list(known))]
    NoSuchThing {
        /// What was named.
        place: Place,
        /// What there is.
        known: Vec<String>,
    },
    /// The procedure that the case goes over to knows no such thing.
    #[error(
        "the {place} cannot become `{becomes}`: the procedure that the case goes over to has {}",
        list(known)
    )]
    NoSuchTarget {
        /// What was named.
        place: Place,
        /// What it was to become.
        becomes: Name,
        /// What there is.
        known: Vec<String>,
    },
    /// It has no counterpart of the same name, and the plan does not say what becomes of it.
    #[error("the {place} has no counterpart; the plan must say what becomes of it")]
    NotNamed {
        /// What is missing.
        place: Place,
    },
    /// Two of a kind of which each case has one only would become one.
    #[error("the {place} cannot become `{becomes}`, for `{other}` becomes that already")]
    Twice {
        /// What was named.
        place: Place,
        /// What it was to become.
        becomes: Name,
        /// What becomes that too.
        other: Name,
    },
    /// An outcome would become another one, or none, or an open stage an outcome.
    #[error("the {place} {was} and cannot become `{becomes}`, which {would_be}")]
    AnotherOutcome {
        /// The stage.
        place: Place,
        /// What it was to become.
        becomes: Name,
        /// What it is, in words.
        was: String,
        /// What it would become, in words.
        would_be: String,
    },
    /// An authority has done what it has done and cannot be dropped.
    #[error("the {place} cannot be dropped: it may have acted; name the one that takes its place")]
    NotToBeDropped {
        /// The authority.
        place: Place,
    },
}

impl Misfit {
    /// The place of the plan.
    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Self::NoSuchThing { place, .. }
            | Self::NoSuchTarget { place, .. }
            | Self::NotNamed { place }
            | Self::Twice { place, .. }
            | Self::AnotherOutcome { place, .. }
            | Self::NotToBeDropped { place } => place,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Track(name) => write!(f, "track `{name}`"),
            Self::Stage(track, stage) => write!(f, "stage `{stage}` of the track `{track}`"),
            Self::Clock(name) => write!(f, "clock `{name}`"),
            Self::Other(kind, name) => write!(f, "{kind} `{name}`"),
        }
    }
}

/// Everything in `plan` that does not fit, in the order of the tables of a procedure.
#[must_use]
pub fn misfits(old: &Procedure, new: &Procedure, plan: &Migration) -> Vec<Misfit> {
    let mut found = authorities(old, new, plan);
    found.extend(names(NameKind::Fact, &old.facts, &new.facts, plan, true));
    found.extend(tracks(old, new, plan));
    found.extend(names(NameKind::Condition, &old.conditions, &new.conditions, plan, true));
    found.extend(clocks(old, new, plan));
    found.extend(names(NameKind::Act, &old.acts, &new.acts, plan, false));
    found.extend(names(NameKind::Obligation, &old.obligations, &new.obligations, plan, false));
    found.extend(names(NameKind::Document, &old.documents, &new.documents, plan, false));
    found.extend(names(NameKind::Ground, &old.grounds, &new.grounds, plan, true));
    found
}

/// What the names of one table become.
struct Rows<'a, F> {
    place: F,
    /// Each name of which the plan speaks, with what it says.
    said: Vec<(&'a Name, &'a Fate)>,
    /// Whether no two may become one.
    one_each: bool,
}

impl<F: Fn(&Name) -> Place> Rows<'_, F> {
    fn misfits<I: Id, T, U>(&self, old: &Table<I, T>, new: &Table<I, U>) -> Vec<Misfit> {
        let known = |names: &mut dyn Iterator<Item = &Name>| names.map(ToString::to_string).collect();
        let strangers = self.said.iter().filter(|(name, _)| old.find(name.as_str()).is_none());
        let mut found: Vec<Misfit> = strangers
            .map(|(name, _)| Misfit::NoSuchThing {
                place: (self.place)(name),
                known: known(&mut old.names()),
            })
            .collect();
        let mut taken: Vec<(&Name, &Name)> = Vec::new();
        for name in old.names() {
            let said = self.said.iter().find(|(one, _)| *one == name).map(|(_, fate)| *fate);
            let becomes = said.map_or(Some(name), Fate::becomes);
            let Some(becomes) = becomes else { continue };
            let place = (self.place)(name);
            if new.find(becomes.as_str()).is_none() {
                found.push(if said.is_none() {
                    Misfit::NotNamed { place }
                } else {
                    let known = known(&mut new.names());
                    Misfit::NoSuchTarget { place, becomes: becomes.clone(), known }
                });
            } else if let (true, Some((_, other))) =
                (self.one_each, taken.iter().find(|(target, _)| *target == becomes))
            {
                let (becomes, other) = (becomes.clone(), (*other).clone());
                found.push(Misfit::Twice { place, becomes, other });
            } else {
                taken.push((becomes, name));
            }
        }
        found
    }
}

fn names<I: Id, T>(
    kind: NameKind,
    old: &Table<I, T>,
    new: &Table<I, T>,
    plan: &Migration,
    one_each: bool,
) -> Vec<Misfit> {
    let said = plan.names.iter().filter(|one| one.kind == kind).map(|one| (&one.name, &one.fate)).collect();
    Rows { place: |name: &Name| Place::Other(kind, name.clone()), said, one_each }.misfits(old, new)
}

fn authorities(old: &Procedure, new: &Procedure, plan: &Migration) -> Vec<Misfit> {
    let kind = NameKind::Authority;
    let dropped = plan.names.iter().filter(|one| one.kind == kind && one.fate.becomes().is_none());
    let dropped = dropped.map(|one| Misfit::NotToBeDropped { place: Place::Other(kind, one.name.clone()) });
    dropped.chain(names(kind, &old.authorities, &new.authorities, plan, false)).collect()
}

fn clocks(old: &Procedure, new: &Procedure, plan: &Migration) -> Vec<Misfit> {
    let said = plan.clocks.iter().map(|one| (&one.clock, &one.fate)).collect();
    Rows { place: |name: &Name| Place::Clock(name.clone()), said, one_each: true }
        .misfits(&old.clocks, &new.clocks)
}

fn tracks(old: &Procedure, new: &Procedure, plan: &Migration) -> Vec<Misfit> {
    let said = plan.tracks.iter().map(|one| (&one.track, &one.fate)).collect();
    let mut found = Rows { place: |name: &Name| Place::Track(name.clone()), said, one_each: true }
        .misfits(&old.tracks, &new.tracks);
    for (_, name, track) in old.tracks.iter() {
        let fate = plan.track(name);
        let becomes = fate.map_or(Some(name), |fate| fate.fate.becomes());
        let to = becomes.and_then(|name| new.tracks.find(name.as_str()));
        let Some(to) = to.map(|id| new.tracks.at(id)) else { continue };
        let fates: Vec<(Name, Fate)> = fate.map_or_else(Vec::new, |fate| {
            fate.stages.iter().map(|(was, becomes)| (was.clone(), Fate::Becomes(becomes.clone()))).collect()
        });
        let said = fates.iter().map(|(name, fate)| (name, fate)).collect();
        let place = |stage: &Name| Place::Stage(name.clone(), stage.clone());
        found.extend(Rows { place, said, one_each: false }.misfits(&track.stages, &to.stages));
        found.extend(track.stages.iter().filter_map(|(_, stage, row)| {
            let said = fates.iter().find(|(was, _)| was == stage).and_then(|(_, fate)| fate.becomes());
            let becomes = said.unwrap_or(stage);
            let after = to.stages.at(to.stages.find(becomes.as_str())?);
            (row.outcome != after.outcome).then(|| Misfit::AnotherOutcome {
                place: place(stage),
                becomes: becomes.clone(),
                was: outcome(row),
                would_be: outcome(after),
            })
        }));
    }
    found
}

fn outcome(stage: &Stage) -> String {
    stage.outcome.as_ref().map_or("is open".to_owned(), |outcome| format!("is the outcome `{outcome}`"))
}
