//! Where an act leads from a stage, as far as the file alone says.

use std::collections::BTreeSet;

use comity_core::procedure::{Act, Procedure, StageId, TrackId, TrackMoves};

/// The stages at which a track may stand after an act that was done while it stood at `from`; empty if the act does not move the track
/// from there. What a condition moves by itself once the act is done is among them; what a limit moves that runs out later is not.
pub(crate) fn after(procedure: &Procedure, act: &Act, track: TrackId, from: StageId) -> BTreeSet<StageId> {
    let moves: Vec<&TrackMoves> = act.moves.iter().filter(|moves| moves.track == track).collect();
    let mut reached = BTreeSet::new();
    for moves in &moves {
        reached.extend(targets(moves, from));
        // `else stays` is for where the track stands elsewhere: from here it stays if each move has a condition of its own.
        let here = || moves.moves.iter().filter(|one| one.from.contains(&from));
        if moves.or_stays && here().next().is_some() && here().all(|one| one.when.is_some()) {
            reached.insert(from);
        }
    }
    if reached.is_empty() { reached } else { settled(procedure, track, reached) }
}

fn targets(moves: &TrackMoves, from: StageId) -> impl Iterator<Item = StageId> {
    moves.moves.iter().filter(move |one| one.from.contains(&from)).map(|one| one.to)
}

/// With all that conditions may move further.
fn settled(procedure: &Procedure, track: TrackId, mut reached: BTreeSet<StageId>) -> BTreeSet<StageId> {
    let of_track =
        || procedure.conditions().iter().flat_map(|(_, _, one)| &one.moves).filter(|one| one.track == track);
    loop {
        let more: BTreeSet<StageId> =
            reached.iter().flat_map(|from| of_track().flat_map(|moves| targets(moves, *from))).collect();
        let before = reached.len();
        reached.extend(more);
        if reached.len() == before {
            return reached;
        }
    }
}
