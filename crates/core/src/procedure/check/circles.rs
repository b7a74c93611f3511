//! What depends on itself: conditions and documents that need their own answer, clocks that start themselves.
//!
//! A fold looks at conditions in the order of what they rest on, and lets clocks run out one after the other up to
//! the moment asked about. Both end because of what is refused here.

use std::collections::{BTreeMap, BTreeSet};

use crate::procedure::choice::{ClockStanding, Recurs, StartedAgain};
use crate::procedure::draft::{Draft, Mark};
use crate::procedure::flaw::{Flaw, FlawCode};
use crate::procedure::guard::{Atom, Guard};
use crate::procedure::model::{
    ClockId, ConditionId, CountedFrom, DocumentId, Event, Length, Procedure, StageId, TrackId, TrackMoves,
};

/// A sentence about a condition unfolds what it rests on, so a longer chain would fill a screen, or a machine.
const MOST_BEHIND: usize = 16;

pub(super) fn check(procedure: &Procedure, draft: &Draft, flaws: &mut Vec<Flaw>) {
    let rests = Rests::of(procedure);
    rests.check(procedure, draft, flaws);
    if flaws.iter().all(|flaw| flaw.code != FlawCode::Circle) {
        let turns = turns(procedure);
        check_clocks(procedure, draft, &turns, flaws);
        check_stops(procedure, draft, &turns, flaws);
        check_chains(procedure, draft, flaws);
    }
}

/// Conditions, each after those that it rests on.
pub(super) fn order(procedure: &Procedure) -> Vec<ConditionId> {
    let conditions = Rests::of(procedure).heights.into_iter().filter_map(|(one, height)| match one {
        Answer::Condition(id) => Some((height, id)),
        Answer::Document(_) => None,
    });
    let mut ordered: Vec<(usize, ConditionId)> = conditions.collect();
    ordered.sort();
    ordered.into_iter().map(|(_, id)| id).collect()
}

/// What a guard may ask for that is itself answered by a guard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Condition(ConditionId),
    Document(DocumentId),
}

/// What each answer rests on.
struct Rests {
    on: BTreeMap<Answer, Vec<Answer>>,
    /// How many lie behind each, one behind the other. Missing for what depends on itself.
    heights: BTreeMap<Answer, usize>,
}

impl Rests {
    fn of(procedure: &Procedure) -> Self {
        let conditions = procedure
            .conditions
            .iter()
            .map(|(id, _, condition)| (Answer::Condition(id), answers_in(procedure, Some(&condition.when))));
        let documents = procedure
            .documents
            .iter()
            .map(|(id, _, document)| (Answer::Document(id), answers_in(procedure, document.when.as_ref())));
        let on: BTreeMap<Answer, Vec<Answer>> = conditions.chain(documents).collect();
        let heights = heights(&on);
        Self { on, heights }
    }

    fn check(&self, procedure: &Procedure, draft: &Draft, flaws: &mut Vec<Flaw>) {
        let mut told = BTreeSet::new();
        for answer in self.on.keys() {
            let (what, mark) = named(procedure, draft, *answer);
            match self.heights.get(answer) {
                Some(height) if *height == MOST_BEHIND + 1 => flaws.push(Flaw {
                    code: FlawCode::TooMany,
                    mark,
                    message: format!("{what} rests on more than {MOST_BEHIND} others, one behind the other"),
                    remedy: "say it with fewer steps".to_owned(),
                    candidates: None,
                }),
                Some(_) => {}
                None => {
                    let reached = reached(&self.on, *answer);
                    if reached.contains(answer) && told.is_disjoint(&reached) {
                        told.insert(*answer);
                        flaws.push(circle(
                            mark,
                            format!("{what} depends on itself"),
                            "say what it depends on without naming it",
                        ));
                    }
                }
            }
        }
    }
}

/// Heights, from those that rest on nothing upwards.
fn heights(on: &BTreeMap<Answer, Vec<Answer>>) -> BTreeMap<Answer, usize> {
    let mut heights: BTreeMap<Answer, usize> = BTreeMap::new();
    let mut waiting: BTreeMap<Answer, usize> = on.iter().map(|(one, below)| (*one, below.len())).collect();
    let mut above: BTreeMap<Answer, Vec<Answer>> = BTreeMap::new();
    for (one, below) in on {
        for other in below {
            above.entry(*other).or_default().push(*one);
        }
    }
    let mut ready: Vec<Answer> =
        on.iter().filter(|(_, below)| below.is_empty()).map(|(one, _)| *one).collect();
    while let Some(next) = ready.pop() {
        let below = on.get(&next).into_iter().flatten();
        let height = below.filter_map(|other| heights.get(other)).map(|height| height + 1).max();
        heights.insert(next, height.unwrap_or(0));
        for one in above.get(&next).into_iter().flatten() {
            if let Some(left) = waiting.get_mut(one) {
                *left -= 1;
                if *left == 0 {
                    ready.push(*one);
                }
            }
        }
    }
    heights
}

fn answers_in(procedure: &Procedure, guard: Option<&Guard>) -> Vec<Answer> {
    let mut atoms = Vec::new();
    if let Some(guard) = guard {
        guard.atoms(&mut atoms);
    }
    let mut found = BTreeSet::new();
    for atom in atoms {
        match atom {
            Atom::Holds(condition) => {
                found.insert(Answer::Condition(*condition));
            }
            Atom::Document(document) => {
                found.insert(Answer::Document(*document));
            }
            Atom::Documents(set) => {
                found.extend(procedure.sets.at(*set).iter().map(|id| Answer::Document(*id)));
            }
            Atom::Stage(..)
            | Atom::Fact(..)
            | Atom::Known(_)
            | Atom::Recorded(_)
            | Atom::Clock(..)
            | Atom::Ground(..)
            | Atom::Grounds { .. } => {}
        }
    }
    found.into_iter().collect()
}

fn named(procedure: &Procedure, draft: &Draft, answer: Answer) -> (String, Mark) {
    use crate::table::Id;
    match answer {
        Answer::Condition(id) => {
            let mark = draft.conditions.get(id.index()).map_or_else(Mark::default, |row| row.name.mark);
            (format!("the condition `{}`", procedure.conditions.name(id)), mark)
        }
        Answer::Document(id) => {
            let mark = draft.documents.get(id.index()).map_or_else(Mark::default, |row| row.name.mark);
            (format!("whether the document `{}` is needed", procedure.documents.name(id)), mark)
        }
    }
}

fn circle(mark: Mark, message: String, remedy: &str) -> Flaw {
    Flaw { code: FlawCode::Circle, mark, message, remedy: remedy.to_owned(), candidates: None }
}

/// Something that may come about in a case without any deed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// A clock comes to stand so.
    Clock(ClockId, ClockStanding),
    /// A clock that stood still runs on.
    RunsOn(ClockId),
    /// The consequence of an expiry is taken.
    Consequence(ClockId),
    /// A track comes to a stage.
    Entered(TrackId, StageId),
    /// A track leaves a stage.
    Left(TrackId, StageId),
    /// A condition comes to hold, or ceases to.
    Condition(ConditionId, bool),
    /// A document comes to be settled, or ceases to.
    Document(DocumentId, bool),
}

type Turns = BTreeMap<Turn, Vec<Turn>>;

fn check_clocks(procedure: &Procedure, draft: &Draft, turns: &Turns, flaws: &mut Vec<Flaw>) {
    let mut told: BTreeSet<Turn> = BTreeSet::new();
    for ((id, name, _), row) in procedure.clocks.iter().zip(&draft.clocks) {
        let runs = Turn::Clock(id, ClockStanding::Running);
        let reached = reached(turns, Turn::Clock(id, ClockStanding::RanOut));
        if can_run_out_again(procedure, id) && reached.contains(&runs) && told.is_disjoint(&reached) {
            told.insert(runs);
            flaws.push(circle(
                row.name.mark,
                format!("the clock `{name}` starts itself anew when it runs out, without any act in between"),
                "let an act start it, or write `if-started-again: runs-on`",
            ));
        }
    }
}

/// A clock that runs on runs out once, and one whose end is named needs an act each time.
fn can_run_out_again(procedure: &Procedure, id: ClockId) -> bool {
    let clock = procedure.clocks.at(id);
    let may_begin_again = clock.if_started_again == StartedAgain::StartsAnew || clock.recurs != Recurs::Never;
    may_begin_again && matches!(clock.length, Length::Counted { .. })
}

/// A clock whose standing still depends on whether it stands still would stop and run on without end.
fn check_stops(procedure: &Procedure, draft: &Draft, turns: &Turns, flaws: &mut Vec<Flaw>) {
    for ((id, name, _), row) in procedure.clocks.iter().zip(&draft.clocks) {
        let stopped = Turn::Clock(id, ClockStanding::Stopped);
        if reached(turns, stopped).contains(&stopped) || reached(turns, Turn::RunsOn(id)).contains(&stopped) {
            let message =
                format!("whether the clock `{name}` stands still depends on whether it stands still");
            flaws.push(circle(row.name.mark, message, "say what stops it without asking how it stands"));
        }
    }
}

/// A clock counted from the last day of another that is counted from its own has no last day at all.
fn check_chains(procedure: &Procedure, draft: &Draft, flaws: &mut Vec<Flaw>) {
    let mut leads: BTreeMap<ClockId, Vec<ClockId>> = BTreeMap::new();
    for (id, _, clock) in procedure.clocks.iter() {
        if let CountedFrom::LastDayOf(other) = clock.counted_from {
            leads.entry(id).or_default().push(other);
        }
    }
    let mut told: BTreeSet<ClockId> = BTreeSet::new();
    for ((id, name, _), row) in procedure.clocks.iter().zip(&draft.clocks) {
        let reached = reached(&leads, id);
        if reached.contains(&id) && told.is_disjoint(&reached) {
            told.insert(id);
            let message = format!("the clock `{name}` is counted from its own last day");
            flaws.push(circle(row.name.mark, message, "count one of them from what starts it"));
        }
    }
}

/// What each turn may bring about by itself. It errs on the side of more: a circle here may not come about in
/// any case, but a procedure without one lets every fold end.
fn turns(procedure: &Procedure) -> Turns {
    let mut turns = Turns::new();
    for (id, _, clock) in procedure.clocks.iter() {
        if can_run_out_again(procedure, id) {
            lead(&mut turns, Turn::Clock(id, ClockStanding::Running), Turn::Clock(id, ClockStanding::RanOut));
        }
        lead(&mut turns, Turn::Clock(id, ClockStanding::RanOut), Turn::Consequence(id));
        lead_moves(&mut turns, Turn::Consequence(id), &clock.on_expiry.moves);
        let kinds = [
            (clock.starts.events(), ClockStanding::Running),
            (clock.met_by.as_slice(), ClockStanding::Met),
            (clock.cured_by.as_slice(), ClockStanding::Cured),
        ];
        for (events, standing) in kinds {
            for event in events {
                if let Event::Condition(condition) = event {
                    lead(&mut turns, Turn::Condition(*condition, true), Turn::Clock(id, standing));
                    if standing != ClockStanding::Cured {
                        // Where the condition holds already, a clock that starts is met at once.
                        lead(&mut turns, Turn::Clock(id, ClockStanding::Running), Turn::Clock(id, standing));
                    }
                }
            }
        }
        if let Some(guard) = &clock.off_when {
            let off = Turn::Clock(id, ClockStanding::SwitchedOff);
            lead_guard(&mut turns, procedure, guard, &[(true, off)]);
        }
        for other in &clock.replaces {
            let off = Turn::Clock(*other, ClockStanding::SwitchedOff);
            lead(&mut turns, Turn::Clock(id, ClockStanding::Running), off);
        }
        if let Some(stops) = &clock.stops {
            let stopped = Turn::Clock(id, ClockStanding::Stopped);
            let both = [(!stops.adds_up, stopped), (stops.adds_up, Turn::RunsOn(id))];
            lead_guard(&mut turns, procedure, &stops.when, &both);
        }
        for exception in &clock.on_expiry.unless {
            // What was kept back moves once nothing keeps it back.
            lead_guard(&mut turns, procedure, &exception.when, &[(false, Turn::Consequence(id))]);
        }
    }
    for (id, _, condition) in procedure.conditions.iter() {
        lead_moves(&mut turns, Turn::Condition(id, true), &condition.moves);
        let both = [(true, Turn::Condition(id, true)), (false, Turn::Condition(id, false))];
        lead_guard(&mut turns, procedure, &condition.when, &both);
    }
    for (id, _, document) in procedure.documents.iter() {
        if let Some(guard) = &document.when {
            // A document that is no longer needed is settled.
            let both = [(true, Turn::Document(id, false)), (false, Turn::Document(id, true))];
            lead_guard(&mut turns, procedure, guard, &both);
        }
    }
    turns
}

fn lead(turns: &mut Turns, from: Turn, to: Turn) {
    turns.entry(from).or_default().push(to);
}

fn lead_moves(turns: &mut Turns, from: Turn, moves: &[TrackMoves]) {
    for track in moves {
        for one in &track.moves {
            lead(turns, from, Turn::Entered(track.track, one.to));
            for stage in &one.from {
                lead(turns, from, Turn::Left(track.track, *stage));
            }
        }
    }
}

/// Every turn that can make `guard` true leads to the turns for true, and so for false.
fn lead_guard(turns: &mut Turns, procedure: &Procedure, guard: &Guard, to: &[(bool, Turn)]) {
    let mut atoms = Vec::new();
    literals(guard, true, &mut atoms);
    for (atom, positive) in atoms {
        for (becomes, to) in to {
            for from in that_make(procedure, atom, *becomes == positive) {
                lead(turns, from, *to);
            }
        }
    }
}

fn literals<'a>(guard: &'a Guard, positive: bool, found: &mut Vec<(&'a Atom, bool)>) {
    match guard {
        Guard::And(parts) | Guard::Or(parts) => {
            for part in parts {
                literals(part, positive, found);
            }
        }
        Guard::Not(part) => literals(part, !positive, found),
        Guard::Atom(atom) => found.push((atom, positive)),
    }
}

/// The turns that can make a statement true, or false. Facts, findings and acts come from deeds alone.
fn that_make(procedure: &Procedure, atom: &Atom, holds: bool) -> Vec<Turn> {
    match atom {
        Atom::Stage(track, stage) if holds => vec![Turn::Entered(*track, *stage)],
        Atom::Stage(track, stage) => vec![Turn::Left(*track, *stage)],
        Atom::Clock(clock, stands) => {
            let turns = ClockStanding::ALL.iter().filter(|standing| (*standing == stands) == holds);
            let runs_on = (*stands == ClockStanding::Running) == holds;
            let turns = turns.map(|standing| Turn::Clock(*clock, *standing));
            turns.chain(runs_on.then_some(Turn::RunsOn(*clock))).collect()
        }
        Atom::Holds(condition) => vec![Turn::Condition(*condition, holds)],
        Atom::Document(document) => vec![Turn::Document(*document, holds)],
        Atom::Documents(set) => {
            procedure.sets.at(*set).iter().map(|document| Turn::Document(*document, holds)).collect()
        }
        Atom::Fact(..) | Atom::Known(_) | Atom::Recorded(_) | Atom::Ground(..) | Atom::Grounds { .. } => {
            Vec::new()
        }
    }
}

/// Everything that `start` leads to; `start` itself only if it leads back.
fn reached<T: Copy + Ord>(leads: &BTreeMap<T, Vec<T>>, start: T) -> BTreeSet<T> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(next) = open.pop() {
        for to in leads.get(&next).into_iter().flatten() {
            if reached.insert(*to) {
                open.push(*to);
            }
        }
    }
    reached
}
