//! Changes that change nothing: what is certain of two procedures without playing any case.
//!
//! Each test here is a proof by the shape of the two procedures. Where none applies nothing is claimed.

use comity_core::procedure::draft::{ClockDraft, Draft};
use comity_core::procedure::{
    Act, Atom, Event, Guard, Procedure, Recurs, SharedProcedure, StageId, Starts, TrackId, TrackMoves,
};

use super::same_days::always_end_on_the_same_day;

/// The digest of everything that can change a fold is the same.
pub(super) const MEANING: &str = "its meaning is the same: nothing that decides anything is different";
const STAYS: &str = "`else stays` decides only whether an act may be done, and no act makes this move";
const SAME_GUARD: &str =
    "wherever the act may be done the condition asks the same; only the reason of a refusal differs";
const ONCE: &str = "what starts the clock can be done once only, so it is never started again";

const SAME_DAYS: &str = "from every day of 400 years it ends on the same day";

/// The most places of the tracks that are gone through one by one.
const MOST_PLACES: usize = 4_096;

type Both<'a> = (&'a Draft, &'a SharedProcedure);

/// Why `changed` does what `original` does; nothing, where that is not certain.
pub(super) fn because(original: Both<'_>, changed: Both<'_>) -> Option<&'static str> {
    let (draft, procedure) = original;
    let is_same_once = |put_back: &dyn Fn(&mut Draft)| {
        let mut again = changed.0.clone();
        put_back(&mut again);
        Procedure::from_draft(&again).is_ok_and(|again| again.meaning() == procedure.meaning())
    };
    if is_same_once(&|again| stays_of(draft, again)) {
        return Some(STAYS);
    }
    let mut clocks = draft.clocks.iter().enumerate();
    if let Some(because) = clocks.find_map(|(at, _)| of_a_clock(original, changed, at)) {
        return Some(because);
    }
    for (at, act) in draft.acts.iter().enumerate() {
        let put_back = |again: &mut Draft| {
            if let Some(row) = again.acts.get_mut(at) {
                row.value.when.clone_from(&act.value.when);
            }
        };
        let differs = changed.0.acts.get(at).is_some_and(|row| row.value.when != act.value.when);
        let name = act.name.value.as_str();
        if differs && asks_the_same(procedure, changed.1, name) && is_same_once(&put_back) {
            return Some(SAME_GUARD);
        }
    }
    None
}

/// Why the clock at a place does the same, if one choice of it is all that differs.
fn of_a_clock(original: Both<'_>, changed: Both<'_>, at: usize) -> Option<&'static str> {
    let (before, after) = (original.0.clocks.get(at)?, changed.0.clocks.get(at)?);
    let is_same_with = |put_back: &dyn Fn(&mut ClockDraft)| {
        let mut again = changed.0.clone();
        if let Some(row) = again.clocks.get_mut(at) {
            put_back(&mut row.value);
        }
        Procedure::from_draft(&again).is_ok_and(|again| again.meaning() == original.1.meaning())
    };
    let again = |row: &mut ClockDraft| row.if_started_again = before.value.if_started_again;
    let starts_differ = before.value.if_started_again != after.value.if_started_again;
    if starts_differ && starts_once(original.1, &before.name.value) && is_same_with(&again) {
        return Some(ONCE);
    }
    let month_end = |row: &mut ClockDraft| row.choices.month_end.clone_from(&before.value.choices.month_end);
    let months_differ = before.value.choices.month_end != after.value.choices.month_end;
    if months_differ && is_same_with(&month_end) && ends_on_the_same_day(original.1, changed.1, at) {
        return Some(SAME_DAYS);
    }
    None
}

/// Puts back what conditions and clocks that run out say of tracks that stay.
fn stays_of(original: &Draft, again: &mut Draft) {
    let conditions = again.conditions.iter_mut().zip(&original.conditions);
    let conditions = conditions.map(|(row, as_it_was)| (&mut row.value.moves, &as_it_was.value.moves));
    let clocks = again.clocks.iter_mut().zip(&original.clocks);
    let clocks =
        clocks.map(|(row, as_it_was)| (&mut row.value.on_expiry.moves, &as_it_was.value.on_expiry.moves));
    for (moves, as_they_were) in conditions.chain(clocks) {
        for (moves, as_it_was) in moves.iter_mut().zip(as_they_were) {
            moves.or_stays = as_it_was.or_stays;
        }
    }
}

/// Whether the clock at a place ends on the same day in both procedures, whenever it starts.
fn ends_on_the_same_day(original: &SharedProcedure, changed: &SharedProcedure, at: usize) -> bool {
    let row =
        |procedure: &SharedProcedure| procedure.clocks().iter().nth(at).map(|(_, _, clock)| clock.clone());
    row(original).zip(row(changed)).is_some_and(|(one, other)| always_end_on_the_same_day(&one, &other))
}

/// Whether a clock is started by one act alone, which can be done once.
fn starts_once(procedure: &SharedProcedure, clock: &str) -> bool {
    let clocks = procedure.clocks();
    let Some(clock) = clocks.find(clock).and_then(|id| clocks.get(id)) else { return false };
    let Starts::AnyOf(events) = &clock.starts else { return false };
    match events.as_slice() {
        [Event::Act(act)] if clock.recurs == Recurs::Never => {
            procedure.acts().get(*act).is_some_and(|act| can_be_done_once(procedure, act))
        }
        _ => false,
    }
}

/// Whether one of the tracks that an act must move never comes back to where the act can be done.
fn can_be_done_once(procedure: &SharedProcedure, act: &Act) -> bool {
    act.moves.iter().filter(|moves| !moves.or_stays).any(|moves| {
        let from: Vec<StageId> = moves.moves.iter().flat_map(|one| one.from.iter().copied()).collect();
        let after = moves.moves.iter().map(|one| one.to).collect();
        let reached = reachable(procedure, moves.track, after);
        !reached.iter().any(|stage| from.contains(stage))
    })
}

/// The stages that a track can come to from these, themselves included.
fn reachable(procedure: &SharedProcedure, track: TrackId, mut reached: Vec<StageId>) -> Vec<StageId> {
    let acts = procedure.acts().iter().flat_map(|(_, _, act)| &act.moves);
    let conditions = procedure.conditions().iter().flat_map(|(_, _, row)| &row.moves);
    let clocks = procedure.clocks().iter().flat_map(|(_, _, clock)| &clock.on_expiry.moves);
    let all: Vec<&TrackMoves> =
        acts.chain(conditions).chain(clocks).filter(|moves| moves.track == track).collect();
    let mut at = 0;
    while let Some(stage) = reached.get(at).copied() {
        at += 1;
        for one in all.iter().flat_map(|moves| &moves.moves) {
            if one.from.contains(&stage) && !reached.contains(&one.to) {
                reached.push(one.to);
            }
        }
    }
    reached
}

/// Whether the conditions of an act in two procedures come to the same wherever its tracks can stand for it. What is
/// left of each once it is known where they stand must be the same word by word, so that it has the same answer
/// whatever else is known or unknown.
fn asks_the_same(original: &SharedProcedure, changed: &SharedProcedure, act: &str) -> bool {
    let find = |procedure: &SharedProcedure| {
        let acts = procedure.acts();
        acts.find(act).and_then(|id| acts.get(id)).cloned()
    };
    let (Some(before), Some(after)) = (find(original), find(changed)) else { return false };
    let whole = |act: &Act| act.when.clone().unwrap_or(Guard::And(Vec::new()));
    let (before_guard, after_guard) = (whole(&before), whole(&after));
    let Some(places) = places(&before.moves) else { return false };
    places.iter().all(|place| left(&before_guard, place) == left(&after_guard, place))
}

type Standing = Vec<(TrackId, StageId)>;

/// Every way in which the tracks that must move can stand.
fn places(moves: &[TrackMoves]) -> Option<Vec<Standing>> {
    let mut places: Vec<Standing> = vec![Vec::new()];
    for moves in moves.iter().filter(|moves| !moves.or_stays) {
        let mut from: Vec<StageId> = Vec::new();
        for stage in moves.moves.iter().flat_map(|one| &one.from) {
            if !from.contains(stage) {
                from.push(*stage);
            }
        }
        if places.len().checked_mul(from.len())? > MOST_PLACES {
            return None;
        }
        let with = |place: &Standing| {
            let more = from.iter().map(|stage| {
                let mut place = place.clone();
                place.push((moves.track, *stage));
                place
            });
            more.collect::<Vec<_>>()
        };
        places = places.iter().flat_map(with).collect();
    }
    Some(places)
}

/// What a condition still asks once it is known where some tracks stand. `And` of nothing always holds, `Or` of nothing
/// never does.
fn left(guard: &Guard, standing: &Standing) -> Guard {
    let (always, never) = (Guard::And(Vec::new()), Guard::Or(Vec::new()));
    match guard {
        Guard::Atom(Atom::Stage(track, stage)) => match standing.iter().find(|(known, _)| known == track) {
            Some((_, stands)) if stands == stage => always,
            Some(_) => never,
            None => guard.clone(),
        },
        Guard::Atom(_) => guard.clone(),
        Guard::Not(part) => match left(part, standing) {
            part if part == always => never,
            part if part == never => always,
            part => Guard::Not(Box::new(part)),
        },
        Guard::And(parts) => joined(parts, standing, &never, &always, Guard::And),
        Guard::Or(parts) => joined(parts, standing, &always, &never, Guard::Or),
    }
}

/// `decides` settles the whole, `says_nothing` falls away.
fn joined(
    parts: &[Guard],
    standing: &Standing,
    decides: &Guard,
    says_nothing: &Guard,
    join: fn(Vec<Guard>) -> Guard,
) -> Guard {
    let mut rest: Vec<Guard> = parts.iter().map(|part| left(part, standing)).collect();
    if rest.iter().any(|part| part == decides) {
        return decides.clone();
    }
    rest.retain(|part| part != says_nothing);
    match rest.pop() {
        None => says_nothing.clone(),
        Some(only) if rest.is_empty() => only,
        Some(last) => {
            rest.push(last);
            join(rest)
        }
    }
}
