//! The author's safeguards, judged on what was searched.

use super::configuration::{MOST_REMEMBERING, Memory};
use super::graph::{Graph, Witness};
use super::model::Model;
use super::path::Happens;
use super::play::{Ends, Shown, judge, played};
use super::step::Thing;
use super::{Path, Property, Verdict, Why};
use crate::entry::What;
use crate::fold::State;
use crate::procedure::{
    ActId, AuthorityId, ClockId, ClockStanding, ConditionId, Event, Guard, Promise, Truth,
};

impl Promise {
    /// What a configuration must tell of.
    pub(super) fn guards(&self) -> Vec<&Guard> {
        match self {
            Self::Never { when, unless } => std::iter::once(when).chain(unless).collect(),
            Self::Possible(when) => vec![when],
            Self::HoldsIn { when, holds } => vec![when, holds],
            Self::NeverTogether(parts) => parts.iter().collect(),
            Self::Before { .. } | Self::AtMostOnce(_) | Self::AlwaysAfter { .. } | Self::OnlyBy { .. } => {
                Vec::new()
            }
        }
    }

    /// What must hold somewhere, or else the promise is kept for want of anything to keep it.
    pub(super) fn parts(&self) -> Vec<&Guard> {
        match self {
            Self::Never { when, unless: Some(_) } | Self::HoldsIn { when, .. } => vec![when],
            Self::NeverTogether(parts) => parts.iter().collect(),
            Self::Never { unless: None, .. }
            | Self::Possible(_)
            | Self::Before { .. }
            | Self::AtMostOnce(_)
            | Self::AlwaysAfter { .. }
            | Self::OnlyBy { .. } => Vec::new(),
        }
    }

    /// The act of which it speaks.
    pub(super) fn act(&self) -> Option<ActId> {
        match self {
            Self::Before { act, .. }
            | Self::AtMostOnce(act)
            | Self::AlwaysAfter { act, .. }
            | Self::OnlyBy { act, .. } => Some(*act),
            Self::Never { .. } | Self::Possible(_) | Self::HoldsIn { .. } | Self::NeverTogether(_) => None,
        }
    }

    /// The acts of which it must be remembered whether they were done.
    pub(super) fn acts(&self) -> Vec<ActId> {
        match self {
            Self::Before { requires: Event::Act(act), .. } | Self::AtMostOnce(act) => vec![*act],
            Self::Before { requires: Event::Condition(_), .. }
            | Self::Never { .. }
            | Self::Possible(_)
            | Self::AlwaysAfter { .. }
            | Self::HoldsIn { .. }
            | Self::NeverTogether(_)
            | Self::OnlyBy { .. } => Vec::new(),
        }
    }

    /// The condition of which it must be known when it holds.
    pub(super) fn requires_condition(&self) -> Option<ConditionId> {
        match self {
            Self::Before { requires: Event::Condition(condition), .. }
            | Self::AlwaysAfter { requires: Event::Condition(condition), .. } => Some(*condition),
            Self::Before { requires: Event::Act(_), .. }
            | Self::AlwaysAfter { requires: Event::Act(_), .. }
            | Self::Never { .. }
            | Self::Possible(_)
            | Self::AtMostOnce(_)
            | Self::HoldsIn { .. }
            | Self::NeverTogether(_)
            | Self::OnlyBy { .. } => None,
        }
    }

    /// The clock of which it must be known how it stands.
    pub(super) fn clock(&self) -> Option<ClockId> {
        match self {
            Self::AlwaysAfter { within, .. } => Some(*within),
            Self::Never { .. }
            | Self::Possible(_)
            | Self::Before { .. }
            | Self::AtMostOnce(_)
            | Self::HoldsIn { .. }
            | Self::NeverTogether(_)
            | Self::OnlyBy { .. } => None,
        }
    }

    /// Whether it asks for something of the path that no rule remembers: that a condition held once, or that something is
    /// still to follow.
    pub(super) fn remembers(&self) -> bool {
        self.requires_condition().is_some() || self.clock().is_some()
    }

    /// What is remembered once `state` has come about, by `done` if it was an act.
    fn remembered(&self, before: bool, done: Option<ActId>, state: &State) -> bool {
        let follows = |event: &Event| match event {
            Event::Act(act) => done == Some(*act),
            Event::Condition(condition) => state.condition(*condition) == Truth::True,
        };
        match self {
            Self::Before { requires, .. } => before || follows(requires),
            Self::AlwaysAfter { act, requires, within } => {
                let has_run_out = standing(state, *within) == ClockStanding::RanOut;
                (before || done == Some(*act)) && !follows(requires) && !has_run_out
            }
            Self::Never { .. }
            | Self::Possible(_)
            | Self::AtMostOnce(_)
            | Self::HoldsIn { .. }
            | Self::NeverTogether(_)
            | Self::OnlyBy { .. } => false,
        }
    }

    /// Whether a configuration speaks against it or, for a possibility, for it.
    pub(super) fn is_shown_by(&self, state: &State, remembered: bool) -> bool {
        let holds = |guard: &Guard| state.holds(guard, &[]) == Truth::True;
        match self {
            Self::Never { when, unless } => holds(when) && !unless.as_ref().is_some_and(holds),
            Self::Possible(when) => holds(when),
            Self::HoldsIn { when, holds: what } => holds(when) && !holds(what),
            Self::NeverTogether(parts) => parts.iter().filter(|part| holds(part)).count() > 1,
            Self::AlwaysAfter { within, .. } => {
                let stands = standing(state, *within);
                remembered && !matches!(stands, ClockStanding::Running | ClockStanding::Stopped)
            }
            Self::Before { .. } | Self::AtMostOnce(_) | Self::OnlyBy { .. } => false,
        }
    }

    /// Whether an act that is done after `state` speaks against it.
    pub(super) fn is_broken_by(&self, done: ActId, state: &State, remembered: bool) -> bool {
        match self {
            Self::Before { act, requires } if *act == done => match requires {
                Event::Act(required) => state.doings(*required).is_empty(),
                Event::Condition(_) => !remembered,
            },
            Self::AtMostOnce(act) => *act == done && !state.doings(*act).is_empty(),
            Self::Before { .. }
            | Self::Never { .. }
            | Self::Possible(_)
            | Self::AlwaysAfter { .. }
            | Self::HoldsIn { .. }
            | Self::NeverTogether(_)
            | Self::OnlyBy { .. } => false,
        }
    }
}

fn standing(state: &State, clock: ClockId) -> ClockStanding {
    crate::fold::standing_of(state.cycles(clock))
}

impl Model {
    /// What all safeguards remember after a step.
    pub(super) fn remembered(&self, before: Memory, done: Option<ActId>, state: &State) -> Memory {
        if !self.remembers {
            return 0;
        }
        let mut after = 0;
        for (bit, (index, promise)) in self.remembering().enumerate().take(MOST_REMEMBERING) {
            let was = self.remembers_of(index, before);
            after |= Memory::from(promise.remembered(was, done, state)) << bit;
        }
        after
    }

    /// What one safeguard remembers.
    pub(super) fn remembers_of(&self, safeguard: usize, memory: Memory) -> bool {
        let bit = self.remembering().position(|(index, _)| index == safeguard);
        bit.filter(|bit| *bit < MOST_REMEMBERING).is_some_and(|bit| (memory >> bit) & 1 == 1)
    }

    fn remembering(&self) -> impl Iterator<Item = (usize, &Promise)> {
        let promises = self.safeguards.iter().map(|(_, promise)| promise).enumerate();
        promises.filter(|(_, promise)| promise.remembers())
    }
}

/// The verdict on each safeguard.
pub(super) fn judged(model: &Model, graph: &Graph) -> Vec<Property> {
    let safeguards = model.safeguards.iter().enumerate();
    safeguards
        .map(|(index, (name, promise))| {
            let crossed =
                |thing: Thing| graph.crossed.get(model.things.number(thing)).map_or(&[][..], Vec::as_slice);
            let verdict = match promise {
                Promise::OnlyBy { act, by } => only_by(model, graph, *act, by),
                Promise::Possible(_) => {
                    match judge(model, graph, crossed(Thing::Shown(index)), Ends::Standing, |_| true) {
                        Shown::Played(_) => Verdict::Proved,
                        Shown::Perhaps(path) => Verdict::Undecided(Why::PerhapsRuledOutByTime(path)),
                        Shown::Nowhere => graph.of_every_path(model, Verdict::Refuted(Path::default())),
                    }
                }
                Promise::Never { .. }
                | Promise::Before { .. }
                | Promise::AtMostOnce(_)
                | Promise::AlwaysAfter { .. }
                | Promise::HoldsIn { .. }
                | Promise::NeverTogether(_) => {
                    let against: Vec<Witness> =
                        [Thing::Shown(index), Thing::Broken(index)].map(crossed).concat();
                    graph.none_of(model, judge(model, graph, &against, Ends::Standing, |_| true))
                }
            };
            let parts = promise.parts();
            let lacks_a_part = (0..parts.len()).any(|part| crossed(Thing::Part(index, part)).is_empty());
            let lacks_the_act = promise.act().is_some_and(|act| crossed(Thing::Act(act)).is_empty());
            let is_vacuous = verdict == Verdict::Proved && (lacks_a_part || lacks_the_act);
            let about = vec![promise.words(&model.procedure)];
            Property { name: name.clone(), about, verdict, is_vacuous }
        })
        .collect()
}

/// Who may do an act stands in the procedure; that it can be done at all is shown by a path.
fn only_by(model: &Model, graph: &Graph, act: ActId, allowed: &[AuthorityId]) -> Verdict {
    let row = model.procedure.acts.at(act);
    let Some(other) = row.by.iter().copied().find(|by| !allowed.contains(by)) else { return Verdict::Proved };
    let witnesses = graph.crossed.get(model.things.number(Thing::Act(act))).map_or(&[][..], Vec::as_slice);
    let by_other = |mut path: Path| {
        if let Some(Happens::Deed(What::Act { by, .. })) = path.steps.last_mut() {
            *by = model.procedure.authorities.name(other).clone();
        }
        path
    };
    match judge(model, graph, witnesses, Ends::Standing, |_| true) {
        Shown::Played(path) => match by_other(path) {
            path if played(&model.procedure, &path).is_some() => Verdict::Refuted(path),
            path => Verdict::Undecided(Why::PerhapsRuledOutByTime(path)),
        },
        Shown::Perhaps(path) => Verdict::Undecided(Why::PerhapsRuledOutByTime(path)),
        Shown::Nowhere => graph.of_every_path(model, Verdict::Proved),
    }
}
