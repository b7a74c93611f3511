//! What a migration would do to one case, before it is recorded.

use super::obstacle::{Views, obstacles, views};
use super::{Ends, Migration, Obstacle, Passage, Under};
use crate::admit::Stamp;
use crate::entry::Entry;
use crate::explain::moment_in_words;
use crate::fold::{Cycle, End, State};
use crate::id::EntryNumber;
use crate::name::Name;
use crate::procedure::ClockId;
use crate::time::Moment;
use crate::view::View;

/// What a migration would do to one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// Where each track would stand.
    pub tracks: Vec<CrossingTrack>,
    /// What would become of each limit that runs, and of those that would begin.
    pub clocks: Vec<CrossingClock>,
    /// What could be done next, by the name of the act.
    pub next: Vec<Name>,
    /// What stands in the way; nothing, if the case may go over.
    pub refused: Vec<Obstacle>,
}

/// Where a track stands before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossingTrack {
    /// The track and the stage before; nothing, if there was no such track.
    pub before: Option<(Name, Name)>,
    /// The track and the stage after; nothing, if it is dropped.
    pub after: Option<(Name, Name)>,
}

/// What becomes of a limit that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossingClock {
    /// The clock before; nothing, if it begins by itself at the migration.
    pub before: Option<Name>,
    /// The clock after; nothing, if it is dropped.
    pub after: Option<Name>,
    /// The first instant that is too late, as it was counted before.
    pub ended: Option<Moment>,
    /// The first instant that is too late, as it is counted after.
    pub ends: Option<Moment>,
    /// The end before, in words.
    pub ended_in_words: String,
    /// The end after, in words.
    pub ends_in_words: String,
    /// What the plan says of it; nothing, if it is counted by the same rule.
    pub by_plan: Option<Ends>,
}

/// What `migration` would do to the case of these entries.
///
/// `under` must know the procedure that the plan leads to.
#[must_use]
pub fn crossing<'p>(
    under: impl Into<Under<'p>>,
    entries: &[Entry],
    migration: &Migration,
    stamp: &Stamp,
) -> Crossing {
    let under = under.into();
    let refused = obstacles(under, entries, migration, stamp);
    let Views { before, after, entry } = views(under, entries, migration, stamp);
    if before.procedure().meaning() == after.procedure().meaning() {
        return Crossing { tracks: Vec::new(), clocks: Vec::new(), next: Vec::new(), refused };
    }
    let passage = Passage::of(before.procedure(), after.procedure(), migration);
    let open = after.acts().into_iter().filter(crate::view::ActView::is_open);
    Crossing {
        tracks: tracks(&before, &after, &passage),
        clocks: clocks(&before, &after, entry, &passage),
        next: open.map(|act| act.name.clone()).collect(),
        refused,
    }
}

fn tracks(before: &View, after: &View, passage: &Passage) -> Vec<CrossingTrack> {
    let (old, new) = (before.procedure(), after.procedure());
    let stands = |view: &View, track: &Name| {
        view.track(track.as_str()).map(|track| (track.name.clone(), track.stage_name.clone()))
    };
    let mut rows: Vec<CrossingTrack> = old
        .tracks
        .iter()
        .map(|(id, name, _)| CrossingTrack {
            before: stands(before, name),
            after: passage.track(id).and_then(|to| stands(after, new.tracks.name(to))),
        })
        .collect();
    let begun =
        new.tracks.iter().filter(|(id, _, _)| !old.tracks.ids().any(|was| passage.track(was) == Some(*id)));
    rows.extend(begun.map(|(_, name, _)| CrossingTrack { before: None, after: stands(after, name) }));
    rows
}

fn clocks(before: &View, after: &View, entry: EntryNumber, passage: &Passage) -> Vec<CrossingClock> {
    let (old, new) = (before.state(), after.state());
    let mut rows = Vec::new();
    let mut followed: Vec<(ClockId, usize)> = Vec::new();
    for (id, name, _) in old.procedure.clocks.iter() {
        let Some(cycle) = old.running(id) else { continue };
        let place = old.cycles(id).len().saturating_sub(1);
        let to = passage.clock(id);
        let came = to.and_then(|to| Some((to.to, new.cycles(to.to).get(place)?)));
        followed.extend(came.map(|(id, _)| (id, place)));
        let by_plan = came.and_then(|(_, cycle)| cycle.carried.as_ref());
        rows.push(CrossingClock {
            before: Some(name.clone()),
            after: came.map(|(id, _)| new.procedure.clocks.name(id).clone()),
            ended: cycle.end.moment(),
            ends: came.and_then(|(_, cycle)| cycle.end.moment()),
            ended_in_words: in_words(old, id, cycle),
            ends_in_words: came.map_or_else(|| "dropped".to_owned(), |(id, cycle)| in_words(new, id, cycle)),
            by_plan: by_plan.filter(|carried| carried.entry == entry).map(|carried| carried.ends),
        });
    }
    for (id, name, _) in new.procedure.clocks.iter() {
        let Some(cycle) = new.running(id) else { continue };
        if followed.contains(&(id, new.cycles(id).len().saturating_sub(1))) {
            continue;
        }
        rows.push(CrossingClock {
            before: None,
            after: Some(name.clone()),
            ended: None,
            ends: cycle.end.moment(),
            ended_in_words: "did not run".to_owned(),
            ends_in_words: in_words(new, id, cycle),
            by_plan: None,
        });
    }
    rows
}

/// How a run stands, with its end.
fn in_words(state: &State, id: ClockId, cycle: &Cycle) -> String {
    if !cycle.is_running() {
        return match cycle.end.moment() {
            Some(ends) => {
                format!("{}, {}", cycle.standing(), moment_in_words(ends, state.counted_by(id, cycle).1))
            }
            None => cycle.standing().to_string(),
        };
    }
    match &cycle.end {
        End::Counted(_) | End::Named { .. } => match cycle.end.moment() {
            Some(ends) => moment_in_words(ends, state.counted_by(id, cycle).1),
            None => "no end".to_owned(),
        },
        End::NotNamed => "not named yet".to_owned(),
        End::Stopped { .. } => "stands still".to_owned(),
        End::NoDayYet => "no day to count from yet".to_owned(),
        End::WaitsFor(other) => format!("waits for {}", state.procedure.clocks.name(*other)),
        End::CannotCount(why) => format!("cannot be computed: {why}"),
    }
}
