//! What may happen to a case, and how things stand after it.

use std::collections::BTreeSet;

use comity_core::procedure::{
    Act, ActId, Clock, ClockId, ClockStanding, Event, Exception, FactId, Guard, Procedure, StartedAgain,
    TrackMoves,
};

use super::standing::{Standing, Variable, has_ended, stage_name, truth, variables_of};
use crate::Outcome;

/// An act, or a clock that runs out.
pub(crate) struct Happens<'p> {
    /// What it is called.
    pub(crate) task: String,
    what: What<'p>,
}

#[derive(Clone, Copy)]
enum What<'p> {
    Act(ActId, &'p Act),
    RunsOut(ClockId, &'p Clock),
}

/// How things stand after it.
pub(crate) struct After {
    pub(crate) standing: Standing,
    /// Whether a clock that ran out moves anything. An act always has its effect.
    pub(crate) has_effect: bool,
}

/// All that may happen.
pub(crate) fn happens(procedure: &Procedure) -> Vec<Happens<'_>> {
    let acts = procedure.acts().iter();
    let acts = acts.map(|(id, name, act)| Happens { task: format!("act {name}"), what: What::Act(id, act) });
    let clocks = procedure
        .clocks()
        .iter()
        .map(|(id, name, clock)| Happens { task: format!("clock {name}"), what: What::RunsOut(id, clock) });
    acts.chain(clocks).collect()
}

impl<'p> Happens<'p> {
    fn moves(&self) -> &'p [TrackMoves] {
        match self.what {
            What::Act(_, act) => &act.moves,
            What::RunsOut(_, clock) => &clock.on_expiry.moves,
        }
    }

    fn guards(&self) -> impl Iterator<Item = &'p Guard> {
        let (when, unless): (_, &'p [Exception]) = match self.what {
            What::Act(_, act) => (act.when.as_ref(), &act.unless),
            What::RunsOut(_, clock) => (None, &clock.on_expiry.unless),
        };
        let moves = self.moves().iter().flat_map(|tracked| &tracked.moves);
        moves.filter_map(|one| one.when.as_ref()).chain(when).chain(unless.iter().map(|one| &one.when))
    }

    /// Whether nobody does it.
    pub(crate) fn is_by_itself(&self) -> bool {
        matches!(self.what, What::RunsOut(..))
    }

    /// What it depends on or changes. What it does once the first track has ended is no matter, so that track is among it;
    /// and all others, if it may end the first.
    pub(crate) fn variables(
        &self,
        procedure: &Procedure,
        done: &BTreeSet<ActId>,
    ) -> Outcome<BTreeSet<Variable>> {
        let mut found: BTreeSet<Variable> = procedure.tracks().ids().take(1).map(Variable::Track).collect();
        for guard in self.guards() {
            found.extend(variables_of(procedure, guard)?);
        }
        found.extend(self.moves().iter().map(|moves| Variable::Track(moves.track)));
        if self.may_end(procedure)? {
            found.extend(procedure.tracks().ids().map(Variable::Track));
        }
        match self.what {
            What::RunsOut(clock, _) => drop(found.insert(Variable::Clock(clock))),
            What::Act(id, act) => {
                found.extend(done.get(&id).map(|id| Variable::Done(*id)));
                found.extend(act.records.iter().chain(&act.may_record).map(|fact| Variable::Fact(*fact)));
                let touched = procedure.clocks().iter().filter(|(_, _, clock)| touches(clock, id));
                found.extend(touched.map(|(clock, _, _)| Variable::Clock(clock)));
            }
        }
        Ok(found)
    }

    fn may_end(&self, procedure: &Procedure) -> Outcome<bool> {
        let first = procedure.tracks().ids().next();
        for tracked in self.moves().iter().filter(|tracked| Some(tracked.track) == first) {
            for one in &tracked.moves {
                let to = stage_name(procedure, tracked.track, one.to)?;
                if has_ended(procedure, tracked.track, &to) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Each way in which things may stand after it, where they stand so before.
    pub(crate) fn after(&self, procedure: &Procedure, before: &Standing) -> Outcome<Vec<After>> {
        match self.what {
            What::RunsOut(id, _) => {
                let clock = Variable::Clock(id);
                if before.get(&clock).map(String::as_str) != Some(ClockStanding::Running.word()) {
                    return Ok(Vec::new());
                }
                // What it moves is asked where it has run out.
                let mut standing = before.clone();
                standing.insert(clock, ClockStanding::RanOut.word().to_owned());
                let moved = self.moved(procedure, &standing)?;
                let has_effect = !moved.is_empty();
                standing.extend(moved);
                Ok(vec![After { standing, has_effect }])
            }
            What::Act(id, act) => {
                let mut ways = Vec::new();
                for given in given(act) {
                    // What comes with an act is asked as if it were known already.
                    let mut told = before.clone();
                    told.extend(given);
                    if let Some(moved) = self.admitted(procedure, act, &told)? {
                        told.extend(moved);
                        done(procedure, id, before, &mut told);
                        ways.push(After { standing: told, has_effect: true });
                    }
                }
                Ok(ways)
            }
        }
    }

    /// What moves if the act may be done.
    fn admitted(&self, procedure: &Procedure, act: &Act, told: &Standing) -> Outcome<Option<Standing>> {
        let when = act.when.as_ref().map_or(Ok(2), |when| truth(procedure, when, told))?;
        if when != 2 {
            return Ok(None);
        }
        for exception in &act.unless {
            if truth(procedure, &exception.when, told)? != 0 {
                return Ok(None);
            }
        }
        let moved = self.moved(procedure, told)?;
        let must_move = act.moves.iter().filter(|moves| !moves.or_stays);
        let all_move =
            must_move.map(|moves| Variable::Track(moves.track)).all(|track| moved.contains_key(&track));
        Ok(all_move.then_some(moved))
    }

    fn moved(&self, procedure: &Procedure, told: &Standing) -> Outcome<Standing> {
        let mut moved = Standing::new();
        for tracked in self.moves() {
            let variable = Variable::Track(tracked.track);
            let here = told.get(&variable).ok_or("a track is missing")?;
            for one in &tracked.moves {
                let mut starts_here = false;
                for from in &one.from {
                    starts_here |= stage_name(procedure, tracked.track, *from)? == *here;
                }
                let holds = one.when.as_ref().map_or(Ok(2), |when| truth(procedure, when, told))?;
                if starts_here && holds == 2 {
                    moved.insert(variable, stage_name(procedure, tracked.track, one.to)?);
                    break;
                }
            }
        }
        Ok(moved)
    }
}

/// Each way to give the facts that come with an act.
fn given(act: &Act) -> Vec<Standing> {
    let mut ways = vec![Standing::new()];
    let must = act.records.iter().map(|fact| (*fact, false));
    for (fact, may_be_left_out) in must.chain(act.may_record.iter().map(|fact| (*fact, true))) {
        ways = ways.into_iter().flat_map(|way| with(&way, fact, may_be_left_out)).collect();
    }
    ways
}

fn with(way: &Standing, fact: FactId, may_be_left_out: bool) -> Vec<Standing> {
    let mut ways = Vec::from_iter(may_be_left_out.then(|| way.clone()));
    for value in ["yes", "no"] {
        let mut way = way.clone();
        way.insert(Variable::Fact(fact), value.to_owned());
        ways.push(way);
    }
    ways
}

fn touches(clock: &Clock, act: ActId) -> bool {
    clock.starts.events().contains(&Event::Act(act)) || clock.met_by.contains(&Event::Act(act))
}

/// What was done is remembered; clocks that wait for it are met, then those that it starts begin.
fn done(procedure: &Procedure, act: ActId, before: &Standing, after: &mut Standing) {
    if before.contains_key(&Variable::Done(act)) {
        after.insert(Variable::Done(act), "yes".to_owned());
    }
    for (id, _, clock) in procedure.clocks().iter().filter(|(_, _, clock)| touches(clock, act)) {
        let variable = Variable::Clock(id);
        let is = |after: &Standing, stands: ClockStanding| {
            after.get(&variable).map(String::as_str) == Some(stands.word())
        };
        if clock.met_by.contains(&Event::Act(act)) && is(after, ClockStanding::Running) {
            after.insert(variable, ClockStanding::Met.word().to_owned());
        }
        let begins = match clock.if_started_again {
            StartedAgain::StartsAnew => true,
            StartedAgain::RunsOn => !is(after, ClockStanding::RanOut),
        };
        if clock.starts.events().contains(&Event::Act(act)) && begins {
            after.insert(variable, ClockStanding::Running.word().to_owned());
        }
    }
}

/// The acts of which it is asked whether they were done.
pub(crate) fn asked_for(procedure: &Procedure, others: &[&Guard]) -> Outcome<BTreeSet<ActId>> {
    let all = happens(procedure);
    let guards = all.iter().flat_map(Happens::guards).chain(others.iter().copied());
    let mut found = BTreeSet::new();
    for guard in guards {
        found.extend(variables_of(procedure, guard)?.into_iter().filter_map(|variable| match variable {
            Variable::Done(act) => Some(act),
            Variable::Fact(_)
            | Variable::Ground(_)
            | Variable::Document(_)
            | Variable::Clock(_)
            | Variable::Track(_) => None,
        }));
    }
    Ok(found)
}
