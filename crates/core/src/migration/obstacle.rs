//! What stands in the way of one case that is to go over to another procedure.

use super::{Lineage, Migration, Misfit, Passage, Under, migrations, misfits};
use crate::admit::Stamp;
use crate::entry::{Body, Entry};
use crate::fold::{Asked, Cycle, CycleStatus, standing_of};
use crate::id::{EntryNumber, Version};
use crate::name::Name;
use crate::procedure::{Basis, ClockStanding, Event, Procedure, Promise, SharedProcedure, Truth};
use crate::rejection::Upset;
use crate::time::{CountError, Moment};
use crate::view::{View, fold};

/// Something that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// The plan does not fit the two procedures.
    #[error("{0}")]
    Misfit(Misfit),
    /// Nobody brought the procedure that the plan names.
    #[error("nobody knows the procedure `{0}` in the edition that the plan names")]
    NoSuchProcedure(Name),
    /// The case is under another procedure than the plan leads from.
    #[error(
        "the case is under `{found}` version {version}, and the plan leads from another edition or procedure"
    )]
    UnderAnother {
        /// Its procedure.
        found: Name,
        /// The version of it.
        version: u32,
    },
    /// Every track stands at an outcome.
    #[error("the case is over")]
    Over,
    /// A fact that must be known at a stage is not.
    #[error("{track} would stand at `{stage}`, where `{fact}` must be known, and it is not; record it first")]
    NotHeld {
        /// The track.
        track: Name,
        /// The stage.
        stage: Name,
        /// The fact.
        fact: Name,
    },
    /// A value does not fit the fact that it would become.
    #[error("`{fact}` takes {expected} in the other procedure, and what is known is none of that")]
    DoesNotFit {
        /// The fact, as it would be called.
        fact: Name,
        /// What would fit.
        expected: String,
    },
    /// A limit runs that is counted by another rule there, and the plan does not say what becomes of its end.
    #[error(
        "the clock `{clock}` runs and is counted by another rule there; the plan must say keep, recompute or later"
    )]
    ClockWithoutLine {
        /// The clock, as it is called.
        clock: Name,
    },
    /// Of two ends one is not known, so none is the later.
    #[error(
        "the clock `{clock}` has no end to compare, so nobody can say which is later; say keep or recompute"
    )]
    NoEndToCompare {
        /// The clock, as it is called.
        clock: Name,
    },
    /// By the new count a limit would have run out already.
    #[error(
        "the clock `{clock}` would have run out {ended} by the new count; if the law wants that, say \
         `if-it-has-run-out: accepted` in the plan"
    )]
    WouldHaveRunOut {
        /// The clock, as it would be called.
        clock: Name,
        /// When, in the zone that counts.
        ended: String,
    },
    /// An end cannot be computed by the new rule.
    #[error("the clock `{clock}` cannot be computed there: {why}")]
    CannotCount {
        /// The clock, as it would be called.
        clock: Name,
        /// Why.
        why: CountError,
    },
    /// The case would stand where a safeguard of the other procedure says that none ever stands.
    #[error("the safeguard `{safeguard}` forbids how the case would stand: {words} ({basis})")]
    Forbidden {
        /// The safeguard.
        safeguard: Name,
        /// What it says.
        words: String,
        /// Its provision.
        basis: Basis,
    },
    /// Nobody could act any more and no limit would run.
    #[error("nobody could act any more in it, and no limit would run")]
    Stranded,
    /// A link of the case is not known there.
    #[error("the case is tied to another by `{link}`, which the other procedure does not know")]
    NoSuchLink {
        /// The link.
        link: Name,
    },
    /// A deed that is recorded would not be allowed any more.
    #[error("{0}")]
    Upset(Upset),
    /// A linked case follows a track of this one and could not go on.
    #[error("{0}")]
    Linked(String),
}

/// What stands in the way of recording `migration` after `entries`.
pub(crate) fn obstacles(
    under: Under<'_>,
    entries: &[Entry],
    migration: &Migration,
    stamp: &Stamp,
) -> Vec<Obstacle> {
    let old = under.present(entries);
    let Some(new) = under.find(migration.meaning) else {
        return vec![Obstacle::NoSuchProcedure(migration.procedure.clone())];
    };
    if old.meaning() != migration.from {
        return vec![Obstacle::UnderAnother { found: old.name.clone(), version: old.version }];
    }
    let misfits = misfits(old, new, migration);
    if !misfits.is_empty() {
        return misfits.into_iter().map(Obstacle::Misfit).collect();
    }
    let Views { before, after, entry } = views(under, entries, migration, stamp);
    if before.is_over() {
        return vec![Obstacle::Over];
    }
    let passage = Passage::of(old, new, migration);
    let mut found = values(&before, new, &passage);
    found.extend(clocks_without_line(&before, migration, &passage));
    found.extend(held(&after));
    found.extend(links(&before, new));
    found.extend(ends(&before, &after, migration, entry, &passage));
    found.extend(forbidden(&after));
    if is_stranded(&after) && !is_stranded(&before) {
        found.push(Obstacle::Stranded);
    }
    let upset = after.upset().iter().filter(|one| one.entry != entry && !before.upset().contains(one));
    found.extend(upset.cloned().map(Obstacle::Upset));
    found
}

/// A case just before and just after a migration.
pub(super) struct Views {
    pub(super) before: View,
    pub(super) after: View,
    pub(super) entry: EntryNumber,
}

pub(super) fn views(under: Under<'_>, entries: &[Entry], migration: &Migration, stamp: &Stamp) -> Views {
    let last = entries.last().map_or(0, |entry| entry.number.get());
    let entry = Version(last).next();
    let body = Body::Migrated(Box::new(migration.clone()));
    let added = Entry { number: entry, recorded_at: stamp.at, recorded_by: stamp.by.clone(), body };
    let now = Asked::at(stamp.at);
    let before = fold(under, entries, now);
    let after = fold(under, &[entries, &[added]].concat(), now);
    Views { before, after, entry }
}

fn values(before: &View, new: &Procedure, passage: &Passage) -> Vec<Obstacle> {
    let state = before.state();
    let facts = state.procedure.facts.ids().zip(&state.facts);
    let wrong = facts.filter_map(|(id, known)| {
        let (to, known) = (passage.fact(id)?, known.as_ref()?);
        let row = new.facts.at(to);
        (!row.of.fits(&known.value))
            .then(|| Obstacle::DoesNotFit { fact: new.facts.name(to).clone(), expected: row.of.to_string() })
    });
    wrong.collect()
}

fn clocks_without_line(before: &View, plan: &Migration, passage: &Passage) -> Vec<Obstacle> {
    let state = before.state();
    let lost = state.procedure.clocks.iter().filter(|(id, name, _)| {
        let needs_a_line = passage.clock(*id).is_none_or(|passage| !passage.same_rule);
        state.running(*id).is_some() && needs_a_line && plan.clock(name).is_none()
    });
    lost.map(|(_, name, _)| Obstacle::ClockWithoutLine { clock: name.clone() }).collect()
}

/// The facts that must be known where the tracks stand.
fn held(after: &View) -> Vec<Obstacle> {
    let mut missing = Vec::new();
    for track in after.tracks() {
        let facts = &after.procedure().facts;
        let unknown = track.stage.holds.iter().filter(|fact| after.state().fact(**fact).is_none());
        missing.extend(unknown.map(|fact| Obstacle::NotHeld {
            track: track.name.clone(),
            stage: track.stage_name.clone(),
            fact: facts.name(*fact).clone(),
        }));
    }
    missing
}

fn links(before: &View, new: &Procedure) -> Vec<Obstacle> {
    let mut unknown: Vec<&Name> = before.links().iter().map(|(link, _)| link).collect();
    unknown.retain(|link| new.links.find(link.as_str()).is_none());
    unknown.dedup();
    unknown.into_iter().map(|link| Obstacle::NoSuchLink { link: link.clone() }).collect()
}

/// What is wrong with the ends of the limits that ran.
fn ends(
    before: &View,
    after: &View,
    plan: &Migration,
    entry: EntryNumber,
    passage: &Passage,
) -> Vec<Obstacle> {
    let (old, new) = (before.state(), after.state());
    let mut found = Vec::new();
    for (id, name, _) in old.procedure.clocks.iter() {
        let Some(to) = passage.clock(id).filter(|_| old.running(id).is_some()) else { continue };
        let place = old.cycles(id).len().saturating_sub(1);
        let Some(cycle) = new.cycles(to.to).get(place) else { continue };
        let clock = new.procedure.clocks.name(to.to).clone();
        let fate = plan.clock(name);
        if no_end_to_compare(cycle, entry) {
            found.push(Obstacle::NoEndToCompare { clock: name.clone() });
        }
        if let crate::fold::End::CannotCount(why) = &cycle.end
            && old.cycles(id).last().map(|before| &before.end) != Some(&cycle.end)
        {
            found.push(Obstacle::CannotCount { clock: clock.clone(), why: why.clone() });
        }
        if let CycleStatus::RanOut { at, .. } = cycle.status
            && !fate.is_some_and(|fate| fate.may_have_run_out)
        {
            let (_, zone) = new.counted_by(to.to, cycle);
            let ended = format!("{} in {}", zone.local(at), zone.place());
            found.push(Obstacle::WouldHaveRunOut { clock, ended });
        }
    }
    found
}

fn no_end_to_compare(cycle: &Cycle, entry: EntryNumber) -> bool {
    cycle.carried.as_ref().is_some_and(|carried| {
        let is_compared = carried.entry == entry && carried.ends == super::Ends::Later;
        is_compared && (carried.before.is_none() || carried.anew.is_none())
    })
}

/// The safeguards that speak of how a case stands, and not of the way that led there.
fn forbidden(after: &View) -> Vec<Obstacle> {
    let procedure = after.procedure();
    let holds = |guard| after.truth(guard, &[]) == Truth::True;
    let broken = procedure.safeguards.iter().filter(|(_, _, safeguard)| match &safeguard.promise {
        Promise::Never { when, unless } => holds(when) && !unless.as_ref().is_some_and(holds),
        Promise::HoldsIn { when, holds: then } => holds(when) && !holds(then),
        Promise::NeverTogether(parts) => parts.iter().filter(|part| holds(part)).count() > 1,
        Promise::AlwaysAfter { act, requires, within } => {
            let state = after.state();
            let done = state.doings(*act).last().map(|doing| doing.when.earliest(&procedure.home().zone));
            let stands = standing_of(state.cycles(*within));
            let is_limited =
                matches!(stands, ClockStanding::Running | ClockStanding::Stopped | ClockStanding::RanOut);
            done.is_some_and(|done| !is_limited && !has_followed(after, *requires, done))
        }
        // These speak of the way, which the case has gone under another law.
        Promise::Before { .. } | Promise::Possible(_) | Promise::AtMostOnce(_) | Promise::OnlyBy { .. } => {
            false
        }
    });
    broken
        .map(|(_, name, safeguard)| Obstacle::Forbidden {
            safeguard: name.clone(),
            words: safeguard.promise.words(procedure),
            basis: safeguard.basis.clone(),
        })
        .collect()
}

/// Whether an act was done at `since` or later, or a condition holds.
fn has_followed(view: &View, event: Event, since: Moment) -> bool {
    let zone = &view.procedure().home().zone;
    match event {
        Event::Act(act) => {
            view.state().doings(act).last().is_some_and(|doing| doing.when.earliest(zone) >= since)
        }
        Event::Condition(condition) => view.state().condition(condition) == Truth::True,
    }
}

/// Whether nobody may act in a case that is not over, and no limit runs in it.
fn is_stranded(view: &View) -> bool {
    let runs = view.procedure().clocks.ids().any(|id| view.state().running(id).is_some());
    !view.is_over() && !runs && !view.acts().iter().any(crate::view::ActView::is_open)
}

impl Lineage {
    /// The lineage with the procedure that a plan leads to; the obstacles then say whether the case may follow.
    #[must_use]
    pub fn towards(&self, procedure: &SharedProcedure) -> Self {
        self.clone().with(procedure.clone())
    }

    /// Every procedure that the entries name, as far as they stand here.
    #[must_use]
    pub fn is_complete(&self, entries: &[Entry]) -> bool {
        migrations(entries).all(|(_, migration)| Under::from(self).find(migration.meaning).is_some())
    }
}
