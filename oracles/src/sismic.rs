//! A procedure as a statechart for sismic: a region for each track, each clock and each condition.
//!
//! The interpreter judges everything itself: whether an act may be done, guards, moves, what was recorded, which conditions
//! come to hold and what they move, when limits begin, are met and run out. Limits are in hours, which its clock counts in
//! seconds. What an act or the end of a limit brings about comes first; then all conditions are looked at before one of them
//! acts; then a limit that waits for a condition which holds already is met; only then may the next limit run out.

mod python;

use comity_core::procedure::{Clock, Condition, Event, Length, Procedure, StartedAgain, TrackMoves};
use serde_json::{Value, json};

use crate::Outcome;
use crate::expression::{Language, holds, is_admitted, state};
use crate::net::name;
use python::{Conditions, PREAMBLE, Python};

/// A new step begins: every condition may act once in it.
const NEW_STEP: &str = "waiting.clear(); acted.clear()";

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
    let conditions = Conditions::of(procedure)?;
    let mut before = Vec::new();
    for (_, name, clock) in procedure.clocks().iter() {
        regions.push(of_clock(procedure, &conditions, &before, (name.as_str(), clock))?);
        before.push(format!("not {}", is_due(name.as_str(), clock)));
    }
    for (id, name, _) in procedure.conditions().iter() {
        let holds = python::holds(procedure, id)?;
        regions.push(of_condition(name.as_str(), &holds));
    }
    regions.push(turns(procedure, &conditions));
    regions.push(memory(procedure)?);
    let root = json!({ "name": "root", "parallel states": regions });
    Ok(json!({ "statechart": { "name": "procedure", "preamble": PREAMBLE, "root state": root } }))
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
    for (_, name, condition) in procedure.conditions().iter() {
        let event = format!("condition {name}");
        transitions.extend(of_moves(procedure, &condition.moves, from, (&event, "True"))?);
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

fn of_clock(
    procedure: &Procedure,
    conditions: &Conditions,
    before: &[String],
    (name, clock): (&str, &Clock),
) -> Outcome<Value> {
    let [not_started, running, met, ran_out] =
        ["not-started", "running", "met", "ran-out"].map(|stands| format!("{name}.{stands}"));
    let noted = format!("began['{name}'] = time");
    let mut begin = Vec::new();
    for (event, guard) in events(procedure, clock.starts.events())? {
        begin.push(json!({ "event": event, "guard": guard, "target": running, "action": noted }));
    }
    let mut runs = Vec::new();
    for (event, guard) in events(procedure, &clock.met_by)? {
        runs.push(json!({ "event": event, "guard": guard, "target": met }));
    }
    let at_once = meets_at_once(procedure, clock);
    if let Some(at_once) = &at_once {
        runs.push(json!({ "guard": Python.both(&conditions.are_quiet, at_once), "target": met }));
    }
    // One limit after the other: what the first brings about may end the second.
    let mut runs_out = vec![conditions.are_quiet.clone(), format!("after({})", seconds(clock))];
    runs_out.extend(before.iter().cloned());
    for (_, name, clock) in procedure.clocks().iter() {
        let at_once = meets_at_once(procedure, clock);
        runs_out.extend(at_once.map(|at_once| format!("not (active('{name}.running') and {at_once})")));
    }
    runs.push(json!({
        "guard": runs_out.join(" and "),
        "target": ran_out,
        "action": format!("busy = True; send('end of {name}')"),
    }));
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

/// Whether a clock has come to its end and has not run out yet.
fn is_due(name: &str, clock: &Clock) -> String {
    format!("(active('{name}.running') and time - began['{name}'] >= {})", seconds(clock))
}

/// Whether a condition holds for which a clock waits.
fn meets_at_once(procedure: &Procedure, clock: &Clock) -> Option<String> {
    let conditions = procedure.conditions().iter();
    let met_by: Vec<String> = conditions
        .filter(|(id, _, _)| clock.met_by.contains(&Event::Condition(*id)))
        .map(|(_, name, _)| format!("active('{name}.holds')"))
        .collect();
    (!met_by.is_empty()).then(|| Python.any(&met_by))
}

/// The acts, with whether they may be done, and the conditions.
fn events(procedure: &Procedure, events: &[Event]) -> Outcome<Vec<(String, String)>> {
    events
        .iter()
        .map(|event| match event {
            Event::Act(act) => {
                let row = procedure.acts().get(*act).ok_or("an act is missing")?;
                Ok((name(procedure.acts(), *act)?, is_admitted(&Python, procedure, row)?))
            }
            Event::Condition(condition) => {
                let condition = name::<_, Condition>(procedure.conditions(), *condition)?;
                Ok((format!("condition {condition}"), "True".to_owned()))
            }
        })
        .collect()
}

/// A region that looks at a condition whenever nothing is under way.
fn of_condition(name: &str, holds: &str) -> Value {
    let [not, yes] = ["not", "holds"].map(|stands| format!("{name}.{stands}"));
    let begins = json!({
        "guard": format!("not busy and {holds}"), "target": yes, "action": format!("waiting.add('{name}')"),
    });
    let ends = json!({ "guard": format!("not busy and not {holds}"), "target": not });
    json!({
        "name": format!("condition {name}"),
        "initial": not,
        "states": [{ "name": not, "transitions": [begins] }, { "name": yes, "transitions": [ends] }],
    })
}

/// A region that lets the conditions that have come to hold act, one after the other.
fn turns(procedure: &Procedure, conditions: &Conditions) -> Value {
    let mut transitions = Vec::new();
    let mut before = conditions.are_settled.clone();
    for (name, waits) in procedure.conditions().names().zip(&conditions.wait) {
        transitions.push(json!({
            "guard": Python.both(&before, waits),
            "action": format!("acted.add('{name}'); busy = True; send('condition {name}')"),
        }));
        before = Python.both(&before, &format!("not {waits}"));
    }
    json!({ "name": "turns", "transitions": transitions })
}

/// A region that remembers what was recorded.
fn memory(procedure: &Procedure) -> Outcome<Value> {
    let mut transitions = Vec::new();
    for (_, name, act) in procedure.acts().iter() {
        let guard = is_admitted(&Python, procedure, act)?;
        let action = format!("recorded.add('{name}'); facts.update(event.data); {NEW_STEP}");
        transitions.push(json!({ "event": name.as_str(), "guard": guard, "action": action }));
    }
    for (event, remembers) in [
        ("learned", "facts[event.fact] = event.value"),
        ("arrived", "documents.add(event.document)"),
        ("found", "grounds[event.ground] = event.stands"),
    ] {
        transitions.push(json!({ "event": event, "action": format!("{remembers}; {NEW_STEP}") }));
    }
    for name in procedure.clocks().names() {
        let action = format!("busy = False; {NEW_STEP}");
        transitions.push(json!({ "event": format!("end of {name}"), "action": action }));
    }
    for name in procedure.conditions().names() {
        transitions.push(json!({ "event": format!("condition {name}"), "action": "busy = False" }));
    }
    Ok(json!({ "name": "memory", "transitions": transitions }))
}
