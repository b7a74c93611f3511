//! What an entry would change, before it is recorded.

use crate::explain::moment_in_words;
use crate::procedure::ClockStanding;
use crate::view::View;

/// One difference between two views of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A track moves.
    Track {
        /// The track.
        track: String,
        /// From which stage.
        from: String,
        /// To which stage.
        to: String,
    },
    /// A clock stands otherwise, or ends at another moment.
    Clock {
        /// The clock.
        clock: String,
        /// How it stood.
        from: String,
        /// How it would stand.
        to: String,
    },
    /// An act opens.
    Opens {
        /// The act.
        act: String,
    },
    /// An act closes.
    Closes {
        /// The act.
        act: String,
        /// Why, in the engine's sentence.
        because: String,
    },
    /// Something is owed.
    Owed {
        /// What.
        obligation: String,
    },
    /// Something is owed no more.
    NoLongerOwed {
        /// What.
        obligation: String,
    },
}

/// What is different in `after`, in the order of the procedure.
#[must_use]
pub fn changes(before: &View, after: &View) -> Vec<Change> {
    let mut changes = tracks(before, after);
    changes.extend(clocks(before, after));
    changes.extend(acts(before, after));
    changes.extend(owed(before, after));
    changes
}

fn tracks(before: &View, after: &View) -> Vec<Change> {
    // By their names, for the case may have gone over to another procedure in between.
    let after =
        after.tracks().into_iter().filter_map(|after| Some((before.track(after.name.as_str())?, after)));
    let moved = after.filter(|(before, after)| before.stage_name != after.stage_name);
    moved
        .map(|(before, after)| Change::Track {
            track: after.name.to_string(),
            from: before.stage_name.to_string(),
            to: after.stage_name.to_string(),
        })
        .collect()
}

fn clocks(before: &View, after: &View) -> Vec<Change> {
    let words = |clock: &crate::view::ClockView<'_>| {
        let ends = clock.last().and_then(|cycle| cycle.end.moment());
        let ends = ends.map(|ends| moment_in_words(ends, clock.zone));
        match (clock.standing, ends) {
            (ClockStanding::Running, Some(ends)) => format!("running, runs out {ends}"),
            (ClockStanding::RanOut, Some(ends)) => format!("ran out {ends}"),
            // An end that moves is told, though nobody waits for it any more.
            (standing, Some(ends)) => format!("{standing}, its end being {ends}"),
            (standing, None) => standing.to_string(),
        }
    };
    let both = after.clocks().into_iter().map(|after| {
        let before = before.clock(after.name.as_str());
        let was = before.map_or_else(|| ClockStanding::NotStarted.to_string(), |before| words(&before));
        (after.name, was, words(&after))
    });
    both.filter(|(_, from, to)| from != to)
        .map(|(clock, from, to)| Change::Clock { clock: clock.to_string(), from, to })
        .collect()
}

fn acts(before: &View, after: &View) -> Vec<Change> {
    let was_open: Vec<(String, bool)> =
        before.acts().iter().map(|act| (act.name.to_string(), act.is_open())).collect();
    let was_open = |name: &str| was_open.iter().any(|(act, is_open)| act == name && *is_open);
    let acts = after.acts();
    let turned = acts.iter().filter(|after| after.is_open() != was_open(after.name.as_str()));
    turned
        .map(|after| match after.closed_because.first() {
            None => Change::Opens { act: after.name.to_string() },
            Some(because) => Change::Closes { act: after.name.to_string(), because: because.to_string() },
        })
        .collect()
}

fn owed(before: &View, after: &View) -> Vec<Change> {
    let open = |view: &View| -> Vec<String> {
        let open = view.obligations().into_iter().filter(|one| one.owed.met.is_none());
        open.map(|one| one.name.to_string()).collect()
    };
    let (before, after) = (open(before), open(after));
    let new = without(&after, &before).into_iter().map(|obligation| Change::Owed { obligation });
    let gone = without(&before, &after).into_iter().map(|obligation| Change::NoLongerOwed { obligation });
    new.chain(gone).collect()
}

/// The names in `from` once each of `taken` is taken away once: the same thing may be owed twice.
fn without(from: &[String], taken: &[String]) -> Vec<String> {
    let mut left = from.to_vec();
    for name in taken {
        if let Some(place) = left.iter().position(|other| other == name) {
            left.remove(place);
        }
    }
    left
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Track { track, from, to } => write!(f, "{track}: {from} -> {to}"),
            Self::Clock { clock, from, to } => write!(f, "clock {clock}: {from} -> {to}"),
            Self::Opens { act } => write!(f, "`{act}` becomes possible"),
            Self::Closes { because, .. } => write!(f, "no longer possible: {because}"),
            Self::Owed { obligation } => write!(f, "owed: {obligation}"),
            Self::NoLongerOwed { obligation } => write!(f, "no longer owed: {obligation}"),
        }
    }
}
