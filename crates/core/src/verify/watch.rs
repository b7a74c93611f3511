//! What is watched for while searching, besides stages, acts and clocks: for the properties that every procedure must
//! hold to.

use super::asked::Asked;
use super::menu::{Input, beforehand};
use crate::fold::{Happening, State, closed_because};
use crate::procedure::{
    ActId, AuthorityId, ClockId, DocumentId, ObligationId, Procedure, Purpose, SideId, StageId, TrackId,
    TrackMoves, Truth,
};

/// The word after `final:` that says that an outcome is a refusal.
const REFUSED: &str = "refused";

/// What is watched for in one procedure.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    /// The limits that must not run on when the case is over.
    pub(super) limits: Vec<ClockId>,
    /// The documents that are needed only when something holds.
    pub(super) papers: Vec<Paper>,
    /// The refusals of which somebody must be told.
    pub(super) refusals: Vec<Refusal>,
    /// Refusals with which no duty arises.
    pub(super) untold: Vec<(TrackId, StageId)>,
    /// For each of the notices of these refusals, its refusal and the acts that give it.
    pub(super) notices: Vec<Notice>,
    pub(super) gates: Vec<Gate>,
    /// The ways around these gates, each of one gate.
    pub(super) detours: Vec<Detour>,
}

/// A document that is needed only when something holds.
#[derive(Clone, Debug)]
pub(super) struct Paper {
    pub(super) document: DocumentId,
    /// What may be recorded for it to be needed and is not remembered, in each way that makes a difference.
    pub(super) ways: Vec<Vec<Input>>,
}

/// An outcome that is a refusal, with the duties that arise with it whatever else is so.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) track: TrackId,
    pub(super) stage: StageId,
    pub(super) duties: Vec<ObligationId>,
}

/// A duty that arises with a refusal.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    pub(super) refusal: (TrackId, StageId),
    pub(super) duty: ObligationId,
}

/// A move that an act makes, if what the act asks for holds, and that acts of two sides make that ask for nothing.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    pub(super) act: ActId,
    pub(super) track: TrackId,
    pub(super) from: StageId,
    pub(super) to: StageId,
}

/// An act that makes the move of a gate, and by which authorities.
#[derive(Clone, Debug)]
pub(super) struct Detour {
    pub(super) gate: usize,
    pub(super) act: ActId,
    pub(super) by: Vec<(SideId, AuthorityId)>,
}

/// Something that is watched for, by its place in the list of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A limit runs though every track has ended.
    Outlives(usize),
    /// A document is needed.
    Needed(usize),
    /// A refusal comes about with which no duty arises.
    Untold(usize),
    /// What was owed with a refusal is done.
    Told(usize),
    /// A way around a gate is taken while the gate is closed.
    Around(usize),
}

impl Watch {
    pub(super) fn of(procedure: &Procedure, followed: &[ClockId], kept: &Asked) -> (Self, Vec<String>) {
        let is_limit = |id: &ClockId| {
            let clock = procedure.clocks.at(*id);
            !matches!(clock.purpose, Purpose::Bars(_)) && clock.asks_for_something()
        };
        let (papers, cut) = papers(procedure, kept);
        let (refusals, untold) = refusals(procedure);
        let notices = refusals.iter().flat_map(|refusal| {
            let of = |duty: &ObligationId| Notice { refusal: (refusal.track, refusal.stage), duty: *duty };
            refusal.duties.iter().map(of)
        });
        let (gates, detours) = gates(procedure);
        let watch = Self {
            limits: followed.iter().copied().filter(is_limit).collect(),
            papers,
            notices: notices.collect(),
            refusals,
            untold,
            gates,
            detours,
        };
        (watch, cut)
    }

    /// How many things are watched for.
    pub(super) fn count(&self) -> usize {
        self.number(Seen::Around(self.detours.len()))
    }

    pub(super) fn number(&self, seen: Seen) -> usize {
        let needed = self.limits.len();
        let untold = needed + self.papers.len();
        let told = untold + self.refusals.len();
        let around = told + self.notices.len();
        match seen {
            Seen::Outlives(index) => index,
            Seen::Needed(index) => needed + index,
            Seen::Untold(index) => untold + index,
            Seen::Told(index) => told + index,
            Seen::Around(index) => around + index,
        }
    }

    /// What may be seen where a case stands.
    pub(super) fn at_places(&self) -> Vec<Seen> {
        let limits = (0..self.limits.len()).map(Seen::Outlives);
        limits.chain((0..self.papers.len()).map(Seen::Needed)).collect()
    }

    /// The document of which it is seen that it is needed.
    pub(super) fn paper(&self, seen: Seen) -> Option<&Paper> {
        match seen {
            Seen::Needed(index) => self.papers.get(index),
            Seen::Outlives(_) | Seen::Untold(_) | Seen::Told(_) | Seen::Around(_) => None,
        }
    }

    /// The limit of which it is seen that it runs on.
    pub(super) fn limit(&self, seen: Seen) -> Option<ClockId> {
        match seen {
            Seen::Outlives(index) => self.limits.get(index).copied(),
            Seen::Needed(_) | Seen::Untold(_) | Seen::Told(_) | Seen::Around(_) => None,
        }
    }

    /// Whether it is seen where a case stands.
    pub(super) fn is_seen(&self, seen: Seen, state: &State) -> bool {
        self.limit(seen).is_some_and(|limit| is_over(state) && state.running(limit).is_some())
    }

    /// The tracks and the acts for which it matters what is seen of an act that it leads on from elsewhere: the refusals of
    /// which it tells, and the gates around which it goes.
    pub(super) fn hangs_on(&self, act: ActId, procedure: &Procedure) -> (Vec<TrackId>, Vec<ActId>) {
        let tells = |notice: &&Notice| procedure.obligations.at(notice.duty).met_by.contains(&act);
        let refusals = self.notices.iter().filter(tells).map(|notice| notice.refusal.0);
        let around = self.detours.iter().filter(|detour| detour.act == act);
        let gates = around.filter_map(|detour| self.gates.get(detour.gate)).map(|gate| gate.act);
        (refusals.collect(), gates.collect())
    }

    /// What is seen of a step from `before`.
    pub(super) fn at_step(&self, before: &State, after: &State, done: Option<ActId>) -> Vec<Seen> {
        let mut seen = Vec::new();
        if self.refusals.is_empty() && self.detours.is_empty() {
            return seen;
        }
        for (index, refusal) in self.refusals.iter().enumerate() {
            let comes = moved_to(&after.happenings, refusal.track, refusal.stage);
            if comes && !refusal.duties.iter().any(|duty| owes(after, *duty)) {
                seen.push(Seen::Untold(index));
            }
        }
        let Some(act) = done else { return seen };
        for (index, notice) in self.notices.iter().enumerate() {
            let (track, stage) = notice.refusal;
            if before.stage(track) == stage
                && before.procedure.obligations.at(notice.duty).met_by.contains(&act)
            {
                seen.push(Seen::Told(index));
            }
        }
        for (index, detour) in self.detours.iter().enumerate().filter(|(_, detour)| detour.act == act) {
            let Some(gate) = self.gates.get(detour.gate) else { continue };
            let moves = after.happenings.iter().flat_map(|happening| &happening.moved);
            let mut moves =
                moves.filter(|one| (one.track, one.from, one.to) == (gate.track, gate.from, gate.to));
            if moves.next().is_some() && gate.is_closed(before) {
                seen.push(Seen::Around(index));
            }
        }
        seen
    }
}

impl Gate {
    /// Whether the act that asks for something may not be done, whatever it may record.
    pub(super) fn is_closed(&self, state: &State) -> bool {
        !closed_because(state, self.act).is_empty()
    }
}

impl Paper {
    pub(super) fn is_needed(&self, state: &State) -> bool {
        state.is_needed(self.document, &[]) == Truth::True
    }
}

/// Whether every track stands at an outcome.
pub(super) fn is_over(state: &State) -> bool {
    let tracks = state.procedure.tracks.iter();
    let mut outcomes = tracks.map(|(id, _, track)| &track.stages.at(state.stage(id)).outcome);
    outcomes.all(Option::is_some)
}

fn moved_to(happenings: &[Happening], track: TrackId, stage: StageId) -> bool {
    let mut moved = happenings.iter().flat_map(|happening| &happening.moved);
    moved.any(|one| one.track == track && one.to == stage && one.from != stage)
}

fn owes(state: &State, duty: ObligationId) -> bool {
    state.owed.iter().any(|owed| owed.obligation == duty)
}

fn papers(procedure: &Procedure, kept: &Asked) -> (Vec<Paper>, Vec<String>) {
    let (mut papers, mut cut) = (Vec::new(), Vec::new());
    for (document, name, row) in procedure.documents.iter() {
        let Some(when) = &row.when else { continue };
        let mut asked = Asked::default();
        asked.take(procedure, when);
        match beforehand(procedure, &asked, kept) {
            Some(ways) => papers.push(Paper { document, ways }),
            None => cut.push(format!("document `{name}` asks for too many facts and grounds at once")),
        }
    }
    (papers, cut)
}

/// The refusals with which a duty arises on some way, and those with which none does.
fn refusals(procedure: &Procedure) -> (Vec<Refusal>, Vec<(TrackId, StageId)>) {
    let acts = procedure.acts.iter().map(|(_, _, act)| (act.moves.as_slice(), act.owes.as_slice()));
    let expiries = procedure
        .clocks
        .iter()
        .map(|(_, _, clock)| (clock.on_expiry.moves.as_slice(), clock.on_expiry.duty.as_slice()));
    let ways: Vec<(&[TrackMoves], &[ObligationId])> = acts.chain(expiries).collect();
    let (mut refusals, mut untold) = (Vec::new(), Vec::new());
    for (track, _, row) in procedure.tracks.iter() {
        for (stage, _, _) in row.stages.iter().filter(|(_, _, stage)| is_refusal(stage.outcome.as_deref())) {
            let leads =
                |moves: &&TrackMoves| moves.track == track && moves.moves.iter().any(|one| one.to == stage);
            let mut duties: Vec<ObligationId> = ways
                .iter()
                .filter(|(moves, _)| moves.iter().any(|moves| leads(&moves)))
                .flat_map(|(_, owed)| owed.iter().copied())
                // What is owed only where something more holds, such as a release, is no notice of the refusal.
                .filter(|duty| procedure.obligations.at(*duty).when.is_none())
                .collect();
            duties.sort_unstable();
            duties.dedup();
            if duties.is_empty() {
                untold.push((track, stage));
            } else {
                refusals.push(Refusal { track, stage, duties });
            }
        }
    }
    (refusals, untold)
}

fn is_refusal(outcome: Option<&str>) -> bool {
    outcome.is_some_and(|outcome| outcome.trim().eq_ignore_ascii_case(REFUSED))
}

/// Each move of an act, as track, stage and stage.
fn ways_of(procedure: &Procedure, act: ActId) -> Vec<(TrackId, StageId, StageId)> {
    let moves = procedure.acts.at(act).moves.iter();
    moves
        .flat_map(|moves| {
            let all = moves.moves.iter().flat_map(|one| one.from.iter().map(move |from| (*from, one.to)));
            all.map(|(from, to)| (moves.track, from, to))
        })
        .filter(|(_, from, to)| from != to)
        .collect()
}

/// Whether an act asks for more than where a track stands that it moves. One that asks for nothing may still let other
/// tracks stay.
fn asks_for_something(procedure: &Procedure, act: ActId) -> bool {
    let (row, touched) = (procedure.acts.at(act), procedure.wiring.act(act));
    let all_moves = row.moves.iter().flat_map(|moves| &moves.moves);
    let moves_several = row.moves.iter().filter(|moves| !moves.or_stays).count() > 1;
    moves_several
        || row.when.is_some()
        || !row.unless.is_empty()
        || !(touched.bars.is_empty() && touched.opens.is_empty() && touched.closes.is_empty())
        || all_moves.map(|one| &one.when).any(Option::is_some)
}

/// The moves of acts that ask for something which acts of two sides make that ask for nothing, with these acts. Most
/// procedures have none.
fn gates(procedure: &Procedure) -> (Vec<Gate>, Vec<Detour>) {
    let (mut gates, mut detours) = (Vec::new(), Vec::new());
    let ways: Vec<(ActId, Vec<_>)> = procedure.acts.ids().map(|act| (act, ways_of(procedure, act))).collect();
    for (act, own) in ways.iter().filter(|(act, _)| asks_for_something(procedure, *act)) {
        for way @ (track, from, to) in own {
            let others = ways
                .iter()
                .filter(|(other, ways)| !asks_for_something(procedure, *other) && ways.contains(way));
            let around: Vec<(ActId, Vec<(SideId, AuthorityId)>)> = others
                .map(|(other, _)| {
                    let by = procedure.acts.at(*other).by.iter();
                    (*other, by.map(|by| (procedure.authorities.at(*by).side, *by)).collect())
                })
                .collect();
            let mut sides: Vec<SideId> =
                around.iter().flat_map(|(_, by)| by.iter().map(|(side, _)| *side)).collect();
            sides.sort_unstable();
            sides.dedup();
            if sides.len() > 1 {
                let gate = gates.len();
                gates.push(Gate { act: *act, track: *track, from: *from, to: *to });
                detours.extend(around.into_iter().map(|(act, by)| Detour { gate, act, by }));
            }
        }
    }
    (gates, detours)
}
