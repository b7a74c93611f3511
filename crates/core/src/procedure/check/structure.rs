//! What only shows once every name is resolved: stages reached and left, moves apart, facts held, no circles.

use std::collections::BTreeSet;

use super::circles;
use super::disjoint::are_disjoint;
use crate::procedure::draft::{Draft, Mark};
use crate::procedure::flaw::{Flaw, FlawCode};
use crate::procedure::model::{FactId, Move, Procedure, StageId, TrackId, TrackMoves};
use crate::table::Id;

/// A place in the procedure that moves tracks.
struct Mover<'a> {
    what: String,
    mark: Mark,
    moves: &'a [TrackMoves],
    /// The facts that are known once it has moved something.
    records: &'a [FactId],
}

pub(super) fn check(procedure: &Procedure, draft: &Draft, flaws: &mut Vec<Flaw>) {
    let movers = movers(procedure, draft);
    for track in procedure.tracks.ids() {
        check_track(procedure, draft, track, &movers, flaws);
    }
    for mover in &movers {
        check_overlap(procedure, mover, flaws);
    }
    circles::check(procedure, draft, flaws);
    check_obligations(procedure, draft, flaws);
}

fn movers<'a>(procedure: &'a Procedure, draft: &Draft) -> Vec<Mover<'a>> {
    let acts = procedure.acts.iter().zip(&draft.acts).map(|((_, name, act), row)| Mover {
        what: format!("the act `{name}`"),
        mark: row.name.mark,
        moves: &act.moves,
        records: &act.records,
    });
    let clocks = procedure.clocks.iter().zip(&draft.clocks).map(|((_, name, clock), row)| Mover {
        what: format!("the expiry of `{name}`"),
        mark: row.name.mark,
        moves: &clock.on_expiry.moves,
        records: &[],
    });
    let conditions =
        procedure.conditions.iter().zip(&draft.conditions).map(|((_, name, condition), row)| Mover {
            what: format!("the condition `{name}`"),
            mark: row.name.mark,
            moves: &condition.moves,
            records: &[],
        });
    acts.chain(clocks).chain(conditions).collect()
}

fn moves_of<'a>(track: TrackId, movers: &'a [Mover<'a>]) -> impl Iterator<Item = (&'a Mover<'a>, &'a Move)> {
    movers.iter().flat_map(move |mover| {
        mover
            .moves
            .iter()
            .filter(move |moves| moves.track == track)
            .flat_map(move |moves| moves.moves.iter().map(move |one| (mover, one)))
    })
}

fn check_track(
    procedure: &Procedure,
    draft: &Draft,
    id: TrackId,
    movers: &[Mover<'_>],
    flaws: &mut Vec<Flaw>,
) {
    let track = procedure.tracks.at(id);
    let track_name = procedure.tracks.name(id);
    let reached = reached(track.starts, moves_of(id, movers).map(|(_, one)| one));
    let Some(rows) = draft.tracks.get(id.index()) else { return };
    for ((stage_id, name, stage), row) in track.stages.iter().zip(&rows.value.stages) {
        let mut flaw = |code, message, remedy: &str| {
            flaws.push(Flaw {
                code,
                mark: row.name.mark,
                message,
                remedy: remedy.to_owned(),
                candidates: None,
            });
        };
        if !reached.contains(&stage_id) {
            let message = format!("no move leads the track `{track_name}` to `{name}`");
            flaw(FlawCode::Unreachable, message, "add the move that leads there, or remove the stage");
            continue;
        }
        let leaves = moves_of(id, movers).any(|(_, one)| one.from.contains(&stage_id) && one.to != stage_id);
        match (&stage.outcome, leaves) {
            (None, false) => flaw(
                FlawCode::NeverLeft,
                format!("`{name}` is never left and is no outcome of the track `{track_name}`"),
                "add the move that leaves it, or say with `final:` how the track ends there",
            ),
            (Some(outcome), true) => flaw(
                FlawCode::OutcomeLeft,
                format!("`{name}` ends the track `{track_name}` ({outcome}), and a move leaves it"),
                "remove `final:`, or the move",
            ),
            (None, true) | (Some(_), false) => {}
        }
        for fact in &stage.holds {
            check_held(procedure, id, (stage_id, *fact), movers, row.name.mark, flaws);
        }
    }
}

fn reached<'a>(starts: StageId, moves: impl Iterator<Item = &'a Move>) -> BTreeSet<StageId> {
    let moves: Vec<&Move> = moves.collect();
    let mut reached = BTreeSet::from([starts]);
    loop {
        let before = reached.len();
        for one in &moves {
            if one.from.iter().any(|stage| reached.contains(stage)) {
                reached.insert(one.to);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

/// A fact that a stage holds is recorded by every act that leads there, or was already held before.
fn check_held(
    procedure: &Procedure,
    track: TrackId,
    held: (StageId, FactId),
    movers: &[Mover<'_>],
    mark: Mark,
    flaws: &mut Vec<Flaw>,
) {
    let (stage, fact) = held;
    let stages = &procedure.tracks.at(track).stages;
    let mut without: Vec<&str> = moves_of(track, movers)
        .filter(|(mover, one)| {
            one.to == stage
                && !mover.records.contains(&fact)
                && one.from.iter().any(|from| *from != stage && !stages.at(*from).holds.contains(&fact))
        })
        .map(|(mover, _)| mover.what.as_str())
        .collect();
    if procedure.tracks.at(track).starts == stage {
        without.push("the opening of the case");
    }
    if let Some(first) = without.first() {
        flaws.push(Flaw {
            code: FlawCode::NotHeld,
            mark,
            message: format!(
                "`{}` holds `{}`, but {first} leads there without recording it",
                stages.name(stage),
                procedure.facts.name(fact)
            ),
            remedy: "add the fact to `records:` there, or do not hold it".to_owned(),
            candidates: None,
        });
    }
}

fn check_overlap(procedure: &Procedure, mover: &Mover<'_>, flaws: &mut Vec<Flaw>) {
    for moves in mover.moves {
        for (index, one) in moves.moves.iter().enumerate() {
            for other in moves.moves.iter().skip(index + 1) {
                let Some(shared) = one.from.iter().find(|stage| other.from.contains(stage)) else { continue };
                let apart = match (&one.when, &other.when) {
                    (Some(one), Some(other)) => are_disjoint(one, other, procedure),
                    (None, _) | (_, None) => false,
                };
                if !apart {
                    let stages = &procedure.tracks.at(moves.track).stages;
                    flaws.push(Flaw {
                        code: FlawCode::MovesOverlap,
                        mark: mover.mark,
                        message: format!(
                            "{} could move `{}` from `{}` both to `{}` and to `{}`",
                            mover.what,
                            procedure.tracks.name(moves.track),
                            stages.name(*shared),
                            stages.name(one.to),
                            stages.name(other.to)
                        ),
                        remedy: "give each move a `when:` that excludes the other".to_owned(),
                        candidates: None,
                    });
                }
            }
        }
    }
}

fn check_obligations(procedure: &Procedure, draft: &Draft, flaws: &mut Vec<Flaw>) {
    for ((id, name, _), row) in procedure.obligations.iter().zip(&draft.obligations) {
        let by_act = procedure.acts.iter().any(|(_, _, act)| act.owes.contains(&id));
        let by_expiry = procedure.clocks.iter().any(|(_, _, clock)| clock.on_expiry.duty == Some(id));
        if !by_act && !by_expiry {
            flaws.push(Flaw {
                code: FlawCode::Unused,
                mark: row.name.mark,
                message: format!("nothing gives rise to the obligation `{name}`"),
                remedy: "name it under `owes:` of an act or `duty:` of an expiry, or remove it".to_owned(),
                candidates: None,
            });
        }
    }
}
