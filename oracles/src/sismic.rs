//! A procedure as a statechart for sismic: a region for each track and one for each clock.
//!
//! The interpreter judges everything itself: whether an act may be done, guards, moves, what was recorded, when limits begin,
//! are met and run out. Limits are in hours, which its clock counts in seconds.

use comity_core::procedure::{Atom, Clock, Event, Length, Procedure, StartedAgain, Starts, TrackMoves};
use serde_json::{Value, json};

use crate::Outcome;
use crate::expression::{Extreme, Language, holds, is_admitted, state};

/// Python with the predicates of sismic.
struct Python;

impl Language for Python {
    fn of(&self, word: Extreme, parts: &[String]) -> String {
        // The least of one is not a word of Python.
        let parts = parts.join(", ");
        match word {
            Extreme::Least => format!("min(({parts}, 2))"),
            Extreme::Greatest => format!("max(({parts}, 0))"),
        }
    }

    fn is_active(&self, state: &str) -> String {
        format!("(2 if active('{state}') else 0)")
    }

    fn atom(&self, procedure: &Procedure, atom: &Atom) -> Result<String, String> {
        match atom {
            Atom::Recorded(act) => {
                let acts = procedure.acts();
                let (_, name, _) = acts.iter().find(|(id, _, _)| id == act).ok_or("an act is missing")?;
                Ok(format!("(2 if '{name}' in recorded else 0)"))
            }
            Atom::Clock(clock, stands) => {
                let clocks = procedure.clocks();
                let (_, name, _) =
                    clocks.iter().find(|(id, _, _)| id == clock).ok_or("a clock is missing")?;
                Ok(self.is_active(&format!("{name}.{}", stands.word().replace(' ', "-"))))
            }
            Atom::Stage(..)
            | Atom::Holds(_)
            | Atom::Fact(..)
            | Atom::Known(_)
            | Atom::Document(_)
            | Atom::Documents(_)
            | Atom::Ground(..)
            | Atom::Grounds { .. } => Err(format!("{} is not exported", atom.words(procedure))),
        }
    }

    fn both(&self, one: &str, other: &str) -> String {
        format!("({one} and {other})")
    }

    fn any(&self, parts: &[String]) -> String {
        format!("({})", parts.join(" or "))
    }
}

/// The lengths of the clocks in seconds, by name: when the judge must look at the clock.
pub(crate) fn lengths(procedure: &Procedure) -> Value {
    procedure.clocks().iter().map(|(_, name, clock)| (name.to_string(), json!(seconds(clock)))).collect()
}

fn seconds(clock: &Clock) -> u64 {
    match &clock.length {
        Length::Counted { length, .. } => u64::from(length.count()) * 3_600,
        Length::NamedDay { .. } | Length::NamedLength { .. } => 0,
    }
}

/// The statechart, as sismic reads it.
pub(crate) fn chart(procedure: &Procedure) -> Outcome<Value> {
    let mut regions = Vec::new();
    for (id, name, track) in procedure.tracks().iter() {
        let mut states = Vec::new();
        for stage in track.stages.ids() {
            let name = state(procedure, id, stage).ok_or("a stage is missing")?;
            states.push(json!({ "name": name, "transitions": of_state(procedure, &name)? }));
        }
        let starts = state(procedure, id, track.starts).ok_or("a stage is missing")?;
        regions.push(json!({ "name": format!("track {name}"), "initial": starts, "states": states }));
    }
    for (_, name, clock) in procedure.clocks().iter() {
        regions.push(of_clock(procedure, name.as_str(), clock)?);
    }
    regions.push(memory(procedure)?);
    let root = json!({ "name": "root", "parallel states": regions });
    Ok(json!({ "statechart": { "name": "procedure", "preamble": "recorded = set()", "root state": root } }))
}

/// The transitions that start at a stage.
fn of_state(procedure: &Procedure, from: &str) -> Outcome<Vec<Value>> {
    let mut transitions = Vec::new();
    for (_, name, act) in procedure.acts().iter() {
        let admitted = is_admitted(&Python, procedure, act)?;
        transitions.extend(of_moves(procedure, &act.moves, from, (name.as_str(), &admitted))?);
    }
    for (_, name, clock) in procedure.clocks().iter() {
        let event = format!("end of {name}");
        transitions.extend(of_moves(procedure, &clock.on_expiry.moves, from, (&event, "True"))?);
    }
    Ok(transitions)
}

fn of_moves(
    procedure: &Procedure,
    moves: &[TrackMoves],
    start: &str,
    (event, admitted): (&str, &str),
) -> Outcome<Vec<Value>> {
    let mut transitions = Vec::new();
    for tracked in moves {
        for one in &tracked.moves {
            let starts_here = |from: &comity_core::procedure::StageId| {
                state(procedure, tracked.track, *from).as_deref() == Some(start)
            };
            if one.from.iter().any(starts_here) {
                let guard = Python.both(admitted, &holds(&Python, procedure, one.when.as_ref())?);
                let target = state(procedure, tracked.track, one.to).ok_or("a stage is missing")?;
                transitions.push(json!({ "event": event, "guard": guard, "target": target }));
            }
        }
    }
    Ok(transitions)
}

fn of_clock(procedure: &Procedure, name: &str, clock: &Clock) -> Outcome<Value> {
    let [not_started, running, met, ran_out] =
        ["not-started", "running", "met", "ran-out"].map(|stands| format!("{name}.{stands}"));
    let mut begin = Vec::new();
    for (event, guard) in acts_of(
        procedure,
        match &clock.starts {
            Starts::AnyOf(events) | Starts::LatestOf(events) => events,
        },
    )? {
        begin.push(json!({ "event": event, "guard": guard, "target": running }));
    }
    let mut runs = vec![json!({
        "guard": format!("after({})", seconds(clock)),
        "target": ran_out,
        "action": format!("send('end of {name}')"),
    })];
    for (event, guard) in acts_of(procedure, &clock.met_by)? {
        runs.push(json!({ "event": event, "guard": guard, "target": met }));
    }
    let begins_anew = clock.if_started_again == StartedAgain::StartsAnew;
    runs.extend(begin.iter().filter(|_| begins_anew).cloned());
    let again = if begins_anew { begin.clone() } else { Vec::new() };
    Ok(json!({
        "name": format!("clock {name}"),
        "initial": not_started,
        "states": [
            { "name": not_started, "transitions": begin },
            { "name": running, "transitions": runs },
            { "name": met, "transitions": begin },
            { "name": ran_out, "transitions": again },
        ],
    }))
}

fn acts_of(procedure: &Procedure, events: &[Event]) -> Outcome<Vec<(String, String)>> {
    let mut acts = Vec::new();
    for event in events {
        match event {
            Event::Act(act) => {
                let (_, name, row) =
                    procedure.acts().iter().find(|(id, _, _)| id == act).ok_or("an act is missing")?;
                acts.push((name.to_string(), is_admitted(&Python, procedure, row)?));
            }
            Event::Condition(_) => return Err("clocks that conditions start are not exported".into()),
        }
    }
    Ok(acts)
}

/// A region that remembers what was recorded.
fn memory(procedure: &Procedure) -> Outcome<Value> {
    let mut transitions = Vec::new();
    for (_, name, act) in procedure.acts().iter() {
        let guard = is_admitted(&Python, procedure, act)?;
        transitions.push(
            json!({ "event": name.as_str(), "guard": guard, "action": format!("recorded.add('{name}')") }),
        );
    }
    Ok(json!({ "name": "memory", "transitions": transitions }))
}
