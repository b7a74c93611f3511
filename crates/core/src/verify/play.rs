//! A path played as entries, by which a case would stand where the search says, or not.

use super::begin::opening_moment;
use super::graph::{Graph, Kind, Witness};
use super::model::Model;
use super::path::{Happens, Path};
use super::step::Step;
use crate::admit::{Stamp, admit_by_two, open};
use crate::entry::{Body, Deed, Entry, Opening, What};
use crate::fold::{CycleStatus, State, fold_state};
use crate::id::{CaseId, MatterId};
use crate::name::{Name, Private};
use crate::procedure::SharedProcedure;
use crate::time::{Moment, When};
use crate::value::Value;

/// How many paths to one kind of place are played before it is left undecided.
const MOST_TRIES: usize = 200;

/// How many of them are played with a wait before one of their steps, where they could not be played without.
const MOST_WAITING: usize = 10;

const MINUTE: i64 = 60_000_000;

/// The entries of a path, and the moment at which its last step has taken place.
#[derive(Clone, Debug)]
pub struct Played {
    /// The entries.
    pub entries: Vec<Entry>,
    /// The moment.
    pub at: Moment,
    /// When each step of the path took place.
    pub moments: Vec<Moment>,
}

/// Plays a path: each deed a minute after the step before, each expiry by waiting for it. Nothing, if a deed is not
/// admitted or a clock does not run out so.
#[must_use]
pub fn play(procedure: &SharedProcedure, path: &Path) -> Option<Played> {
    played(procedure, path)
}

pub(super) fn played(procedure: &SharedProcedure, path: &Path) -> Option<Played> {
    let mut player = Player::new(procedure)?;
    let mut moments = Vec::with_capacity(path.steps.len());
    for happens in &path.steps {
        player.happen(happens)?;
        moments.push(player.at);
    }
    Some(Played { entries: player.entries, at: player.at, moments })
}

/// A case on which a path is played.
struct Player<'p> {
    procedure: &'p SharedProcedure,
    entries: Vec<Entry>,
    at: Moment,
}

impl<'p> Player<'p> {
    fn new(procedure: &'p SharedProcedure) -> Option<Self> {
        let at = opening_moment(procedure);
        let opening = Opening {
            procedure: procedure.name().clone(),
            meaning: procedure.meaning(),
            matter: MatterId(uuid::Uuid::nil()),
            reference: "a path".to_owned(),
            title: Private::new("a path"),
            since: When::At(at),
        };
        let entries = vec![open(opening, &stamp(at))];
        let mut player = Self { procedure, entries, at };
        for link in procedure.links.names() {
            player.record(Body::Linked { link: link.clone(), case: CaseId(uuid::Uuid::nil()) })?;
        }
        Some(player)
    }

    fn record(&mut self, body: Body) -> Option<()> {
        let (first, second) = (stamp(self.at), Stamp { at: self.at, by: Private::new("another") });
        let added = admit_by_two(self.procedure, &self.entries, vec![body], &first, &second).ok()?;
        self.entries.extend(added);
        Some(())
    }

    fn happen(&mut self, happens: &Happens) -> Option<()> {
        match happens {
            Happens::Deed(what) => {
                self.at = self.at.plus_microseconds(MINUTE)?;
                let what = with_days_ahead(self.procedure, what, self.at);
                self.record(Body::Deed(Deed { when: When::At(self.at), what }))
            }
            Happens::WaitsUntil(moment) => {
                self.at = self.at.max(*moment);
                Some(())
            }
            Happens::RunsOut(clock) => {
                let id = self.procedure.clocks.find(clock.as_str())?;
                let state = self.state();
                if let Some(running) = state.running(id) {
                    self.at = self.at.max(running.end.moment()?);
                    return Some(());
                }
                // Another may have run out at the very same instant.
                let last = state.cycles(id).last()?;
                matches!(last.status, CycleStatus::RanOut { at, .. } if at == self.at).then_some(())
            }
        }
    }

    fn state(&self) -> State {
        fold_state(self.procedure, &self.entries, self.at)
    }

    /// As long as one can wait before the next clock runs out.
    fn as_late_as_can_be(&self) -> Option<Happens> {
        let state = self.state();
        let ends = self.procedure.clocks.ids().filter_map(|id| state.running(id)?.end.moment());
        let first = ends.filter(|ends| *ends > self.at).min()?;
        // Time enough for a few deeds.
        first.plus_microseconds(-60 * MINUTE).filter(|until| *until > self.at).map(Happens::WaitsUntil)
    }
}

fn stamp(at: Moment) -> Stamp {
    Stamp { at, by: Private::new("") }
}

/// A day that is named on a path lies thirty days ahead, unless a rule compares it.
fn with_days_ahead(procedure: &SharedProcedure, what: &What, at: Moment) -> What {
    let What::Act { act, by, facts } = what else { return what.clone() };
    let day = procedure.home().zone.day_at(at).plus_days(30);
    let ahead = |(fact, value): &(Name, Value)| {
        let value = match (value, day) {
            (Value::Date(_), Some(day)) => Value::Date(day),
            (value, _) => value.clone(),
        };
        (fact.clone(), value)
    };
    What::Act { act: act.clone(), by: by.clone(), facts: facts.iter().map(ahead).collect() }
}

impl Model {
    /// The path of some steps.
    pub(super) fn path(&self, way: &[(Step, u32)]) -> Path {
        Path { steps: way.iter().flat_map(|(step, _)| self.happens(*step)).collect() }
    }

    /// What can still matter of a real state.
    pub(super) fn configuration(&self, state: &State) -> Vec<u64> {
        let mut words = Vec::new();
        self.pack(state, &mut words);
        words
    }

    fn is_at(&self, state: &State, key: &[u64]) -> bool {
        let configuration = self.configuration(state);
        key.starts_with(&configuration)
    }

    /// The path of some steps and the state to which it leads when it is played, if it leads through the configurations
    /// that the search says; with a wait before one of the steps, if that is told.
    fn arrives(
        &self,
        graph: &Graph,
        way: &[(Step, u32)],
        waits_before: Option<usize>,
        ends: Ends,
    ) -> Option<(Path, State)> {
        let mut player = Player::new(&self.procedure)?;
        let mut path = Path::default();
        let mut state = player.state();
        for (index, (step, place)) in way.iter().enumerate() {
            let wait = if waits_before == Some(index) { player.as_late_as_can_be() } else { None };
            for happens in wait.into_iter().chain(self.happens(*step)) {
                player.happen(&happens)?;
                path.steps.push(happens);
            }
            // Of clocks that run out at one instant the first cannot be seen alone.
            let next = way.get(index + 1).map(|(step, _)| *step);
            if matches!((step, next), (Step::RunsOut(_), Some(Step::RunsOut(_)))) {
                continue;
            }
            state = player.state();
            let is_there = self.is_at(&state, graph.keys.at(*place)?);
            let is_past_it =
                || next.is_none() && ends == Ends::InPassing && self.is_just_past(graph, *place, &state);
            if !state.upset.is_empty() || !(is_there || is_past_it()) {
                return None;
            }
        }
        Some((path, state))
    }
}

impl Model {
    /// Whether a state is where further clocks lead that run out at the same instant.
    fn is_just_past(&self, graph: &Graph, place: u32, state: &State) -> bool {
        let mut open = vec![place];
        for _ in 0..self.clocks.len() {
            let expiries = open.iter().flat_map(|place| graph.steps_from(*place));
            open = expiries
                .filter(|edge| matches!(edge.kind(), Kind::Expiry | Kind::EarlyExpiry))
                .map(|edge| edge.to())
                .collect();
            if open.iter().any(|place| graph.keys.at(*place).is_some_and(|key| self.is_at(state, key))) {
                return true;
            }
        }
        false
    }
}

/// What a path must show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// That a case can stand where it ends.
    Standing,
    /// That its last step is taken, though other clocks may run out at the same instant.
    InPassing,
}

/// Whether something was shown by a path.
pub(super) enum Shown {
    /// By this one, which was played.
    Played(Path),
    /// Only by paths like this, which its dates may rule out.
    Perhaps(Path),
    /// No path leads there.
    Nowhere,
}

/// The first path that was played and led to a state that `is_so`, or else the first that was found.
pub(super) fn judge(
    model: &Model,
    graph: &Graph,
    witnesses: &[Witness],
    ends: Ends,
    is_so: impl Fn(&State) -> bool,
) -> Shown {
    // The first to be reached has the shortest path. There may be as many as there are configurations.
    let mut shortest: Vec<&Witness> = witnesses.iter().collect();
    shortest.sort_by_cached_key(|witness| graph.length_of(witness));
    shortest.truncate(MOST_TRIES);
    let ways: Vec<Vec<(Step, u32)>> = shortest.into_iter().map(|witness| graph.way_of(witness)).collect();
    let shown = |way: &Vec<(Step, u32)>, waits_before| {
        model.arrives(graph, way, waits_before, ends).filter(|(_, state)| is_so(state)).map(|(path, _)| path)
    };
    if let Some(path) = ways.iter().find_map(|way| shown(way, None)) {
        return Shown::Played(path);
    }
    let mut waiting = ways.iter().take(MOST_WAITING);
    if let Some(path) = waiting.find_map(|way| (0..way.len()).find_map(|index| shown(way, Some(index)))) {
        return Shown::Played(path);
    }
    ways.first().map_or(Shown::Nowhere, |way| Shown::Perhaps(model.path(way)))
}
