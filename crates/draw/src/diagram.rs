//! What there is to draw of a procedure.

use std::collections::BTreeMap;

use comity_core::procedure::{
    ActId, Basis, ClockId, ConditionId, Procedure, StageId, Track, TrackId, TrackMoves,
};

/// A procedure as lanes of stages and moves, in the author's order.
#[derive(Clone, Debug)]
pub struct Diagram {
    /// The name of the procedure.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// A lane for each track.
    pub lanes: Vec<Lane>,
}

/// One track.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The track.
    pub track: TrackId,
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its stages.
    pub stops: Vec<Stop>,
    /// Its moves.
    pub moves: Vec<Move>,
}

/// One stage.
#[derive(Clone, Debug)]
pub struct Stop {
    /// The stage.
    pub stage: StageId,
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The outcome, if the track ends here.
    pub outcome: Option<String>,
    /// Whether the track opens here.
    pub opens: bool,
}

/// What moves a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// An act.
    Act(ActId),
    /// A clock runs out.
    RunsOut(ClockId),
    /// A condition comes to hold.
    Holds(ConditionId),
}

/// A move by what identifies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// The track.
    pub track: TrackId,
    /// From where.
    pub from: StageId,
    /// Where to.
    pub to: StageId,
    /// By what.
    pub cause: Cause,
}

/// One move from one stage to another.
#[derive(Clone, Debug)]
pub struct Move {
    /// Which.
    pub step: Step,
    /// The name of its cause.
    pub name: String,
    /// What causes it.
    pub title: String,
    /// When it is taken, as the file writes it.
    pub when: Option<String>,
    /// The provision.
    pub basis: String,
}

/// The cause of some moves, with what every one of them shares.
struct Causing<'a> {
    cause: Cause,
    name: &'a str,
    title: String,
    basis: &'a Basis,
    moves: &'a [TrackMoves],
}

impl Diagram {
    /// What there is to draw of `procedure`.
    #[must_use]
    pub fn of(procedure: &Procedure) -> Self {
        let mut lanes: BTreeMap<TrackId, Lane> =
            procedure.tracks().iter().map(|(id, name, track)| (id, lane(id, name.as_str(), track))).collect();
        for causing in causes(procedure) {
            for tracked in causing.moves {
                if let Some(lane) = lanes.get_mut(&tracked.track) {
                    lane.moves.extend(moves(procedure, &causing, tracked));
                }
            }
        }
        Self {
            name: procedure.name().to_string(),
            version: procedure.version(),
            title: procedure.title().to_owned(),
            lanes: lanes.into_values().collect(),
        }
    }

    /// Each track as a diagram of its own. A long procedure is read and printed track by track.
    pub fn by_track(&self) -> impl Iterator<Item = Self> {
        self.lanes.iter().map(|lane| Self { lanes: vec![lane.clone()], ..self.clone() })
    }

    /// Every move, lane by lane.
    pub fn steps(&self) -> impl Iterator<Item = Step> {
        self.lanes.iter().flat_map(|lane| &lane.moves).map(|one| one.step)
    }
}

impl Lane {
    /// A stage of this lane.
    #[must_use]
    pub fn stop(&self, stage: StageId) -> Option<&Stop> {
        self.stops.iter().find(|stop| stop.stage == stage)
    }

    /// The places in [`Lane::moves`] of the moves between each pair of stages, in the order of the first of each pair.
    #[must_use]
    pub fn ways(&self) -> Vec<(StageId, StageId, Vec<usize>)> {
        let mut ways: Vec<(StageId, StageId, Vec<usize>)> = Vec::new();
        for (place, one) in self.moves.iter().enumerate() {
            let (from, to) = (one.step.from, one.step.to);
            match ways.iter_mut().find(|way| (way.0, way.1) == (from, to)) {
                Some(way) => way.2.push(place),
                None => ways.push((from, to, vec![place])),
            }
        }
        ways
    }
}

impl Move {
    /// The whole move as a sentence: `The court permits surrender: from Before the court to Permitted (act 15)`.
    #[must_use]
    pub fn sentence(&self, lane: &Lane) -> String {
        let title = |stage| lane.stop(stage).map_or("", |stop| stop.title.as_str());
        let when = self.when.as_ref().map(|when| format!(", when {when}")).unwrap_or_default();
        let (from, to) = (title(self.step.from), title(self.step.to));
        format!("{}: from {from} to {to}{when}{}", self.title, in_brackets(&self.basis))
    }
}

/// ` (act 15)`; nothing where nothing is cited.
pub(crate) fn in_brackets(basis: &str) -> String {
    if basis.is_empty() { String::new() } else { format!(" ({basis})") }
}

fn lane(id: TrackId, name: &str, track: &Track) -> Lane {
    let stops = track.stages.iter().map(|(stage, name, row)| Stop {
        stage,
        name: name.to_string(),
        title: row.title.clone(),
        outcome: row.outcome.clone(),
        opens: stage == track.starts,
    });
    Lane {
        track: id,
        name: name.to_owned(),
        title: track.title.clone(),
        stops: stops.collect(),
        moves: Vec::new(),
    }
}

/// Everything that moves a track: acts, clocks that run out, conditions.
fn causes(procedure: &Procedure) -> Vec<Causing<'_>> {
    let acts = procedure.acts().iter().map(|(id, name, act)| Causing {
        cause: Cause::Act(id),
        name: name.as_str(),
        title: act.title.clone(),
        basis: &act.basis,
        moves: &act.moves,
    });
    let clocks = procedure.clocks().iter().map(|(id, name, clock)| Causing {
        cause: Cause::RunsOut(id),
        name: name.as_str(),
        title: format!("Time runs out: {}", clock.title),
        basis: clock.on_expiry.basis.or(&clock.basis),
        moves: &clock.on_expiry.moves,
    });
    let conditions = procedure.conditions().iter().map(|(id, name, condition)| Causing {
        cause: Cause::Holds(id),
        name: name.as_str(),
        title: format!("By itself: {}", condition.title),
        basis: &condition.basis,
        moves: &condition.moves,
    });
    acts.chain(clocks).chain(conditions).collect()
}

fn moves(procedure: &Procedure, causing: &Causing<'_>, tracked: &TrackMoves) -> Vec<Move> {
    let mut found = Vec::new();
    for one in &tracked.moves {
        for from in &one.from {
            found.push(Move {
                step: Step { track: tracked.track, from: *from, to: one.to, cause: causing.cause },
                name: causing.name.to_owned(),
                title: causing.title.clone(),
                when: one.when.as_ref().map(|when| when.words(procedure)),
                basis: one.basis.or(causing.basis).to_string(),
            });
        }
    }
    found
}
