//! Steps between configurations, and the things that a step may cross, told by numbers.

use crate::procedure::{ActId, ClockId, Procedure, Promise, StageId, TrackId};
use crate::table::Id;

/// A step of the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The case is opened.
    Opened,
    /// An act is done, in one of the ways in which it may be recorded.
    Act(ActId, u16),
    /// Something else is recorded.
    Deed(u16),
    /// Whatever is recorded, what has waited for it follows.
    Settles,
    /// A clock runs out.
    RunsOut(ClockId),
}

/// Something that a step may cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    /// A track comes to a stage.
    Stage(TrackId, StageId),
    /// An act is done.
    Act(ActId),
    /// A clock starts.
    Started(ClockId),
    /// A clock is met.
    Met(ClockId),
    /// A clock runs out and moves something.
    Effect(ClockId),
    /// An act speaks against a safeguard.
    Broken(usize),
    /// A configuration speaks against a safeguard or, where it is a possibility, for it.
    Shown(usize),
    /// A part of a safeguard holds, so that it does not hold for want of anything to hold of.
    Part(usize, usize),
    /// Something else that is watched for, by its number.
    Watched(usize),
}

/// The numbers of all things of a procedure.
#[derive(Clone, Debug, Default)]
pub(super) struct Things {
    tracks: Vec<usize>,
    acts: usize,
    met: usize,
    started: usize,
    effects: usize,
    safeguards: usize,
    parts: Vec<usize>,
    watched: usize,
    pub(super) count: usize,
}

impl Things {
    pub(super) fn of(procedure: &Procedure, promises: &[&Promise], many_watched: usize) -> Self {
        let mut next = 0;
        let mut take = |count: usize| {
            let base = next;
            next += count;
            base
        };
        let tracks = procedure.tracks.iter().map(|(_, _, track)| take(track.stages.len())).collect();
        let acts = take(procedure.acts.len());
        let started = take(procedure.clocks.len());
        let met = take(procedure.clocks.len());
        let effects = take(procedure.clocks.len());
        let safeguards = take(2 * promises.len());
        let parts = promises.iter().map(|promise| take(promise.parts().len())).collect();
        let watched = take(many_watched);
        Self { tracks, acts, met, started, effects, safeguards, parts, watched, count: next }
    }

    pub(super) fn number(&self, thing: Thing) -> usize {
        let base = |bases: &[usize], index: usize| bases.get(index).copied().unwrap_or(0);
        match thing {
            Thing::Stage(track, stage) => base(&self.tracks, track.index()) + stage.index(),
            Thing::Act(act) => self.acts + act.index(),
            Thing::Started(clock) => self.started + clock.index(),
            Thing::Effect(clock) => self.effects + clock.index(),
            Thing::Met(clock) => self.met + clock.index(),
            Thing::Broken(safeguard) => self.safeguards + 2 * safeguard,
            Thing::Shown(safeguard) => self.safeguards + 2 * safeguard + 1,
            Thing::Part(safeguard, part) => base(&self.parts, safeguard) + part,
            Thing::Watched(number) => self.watched + number,
        }
    }
}
