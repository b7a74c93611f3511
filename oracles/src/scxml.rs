//! A procedure as SCXML.
//!
//! A parallel state with a region for each track. Acts and ends of clocks are events. The interpreter itself judges the stages,
//! what was recorded, the logic of guards and which moves are taken; what stands outside of the chart (facts, clocks, documents,
//! grounds) comes with each event as a list of answers, one for each statement that the procedure makes.

use comity_core::procedure::{Atom, Guard, Move, Procedure, TrackMoves};
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use crate::Outcome;
use crate::expression::{Extreme, Language, holds, is_admitted, state};

/// JavaScript with the predicate `In`, and the answers that come with an event.
struct JavaScript {
    outside: Vec<Atom>,
}

impl Language for JavaScript {
    fn of(&self, word: Extreme, parts: &[String]) -> String {
        let word = match word {
            Extreme::Least => "min",
            Extreme::Greatest => "max",
        };
        format!("Math.{word}({})", parts.join(", "))
    }

    fn is_active(&self, state: &str) -> String {
        format!("(In('{state}') ? 2 : 0)")
    }

    fn atom(&self, procedure: &Procedure, atom: &Atom) -> Result<String, String> {
        if let Atom::Recorded(act) = atom {
            let (_, name, _) =
                procedure.acts().iter().find(|(id, _, _)| id == act).ok_or("an act is missing")?;
            return Ok(format!("(recorded['{name}'] ? 2 : 0)"));
        }
        let place = self.outside.iter().position(|one| one == atom).ok_or("a statement is missing")?;
        Ok(format!("_event.data.answers[{place}]"))
    }

    fn both(&self, one: &str, other: &str) -> String {
        format!("({one} && {other})")
    }

    fn any(&self, parts: &[String]) -> String {
        format!("({})", parts.join(" || "))
    }
}

/// Every statement of a procedure about something else than stages, acts and conditions.
pub(crate) fn outside(procedure: &Procedure) -> Vec<Atom> {
    let mut guards: Vec<&Guard> = procedure.conditions().iter().map(|(_, _, one)| &one.when).collect();
    let of_moves = |moves: &'_ [TrackMoves]| -> Vec<Guard> {
        moves.iter().flat_map(|track| &track.moves).filter_map(|one| one.when.clone()).collect()
    };
    let mut in_moves = Vec::new();
    for (_, _, act) in procedure.acts().iter() {
        guards.extend(&act.when);
        guards.extend(act.unless.iter().map(|one| &one.when));
        in_moves.extend(of_moves(&act.moves));
    }
    for (_, _, clock) in procedure.clocks().iter() {
        in_moves.extend(of_moves(&clock.on_expiry.moves));
    }
    guards.extend(&in_moves);
    let mut outside: Vec<Atom> = Vec::new();
    for guard in guards {
        let mut atoms = Vec::new();
        guard.atoms(&mut atoms);
        for atom in atoms {
            let is_inside = matches!(atom, Atom::Stage(..) | Atom::Recorded(_) | Atom::Holds(_));
            if !is_inside && !outside.contains(atom) {
                outside.push(atom.clone());
            }
        }
    }
    outside
}

/// The chart.
pub(crate) fn chart(procedure: &Procedure) -> Outcome<String> {
    if procedure.conditions().iter().any(|(_, _, condition)| !condition.moves.is_empty()) {
        return Err(format!("{}: conditions that move are not exported", procedure.name()).into());
    }
    let language = JavaScript { outside: outside(procedure) };
    let mut transitions: Vec<(String, String, String, String)> = Vec::new();
    for (_, name, act) in procedure.acts().iter() {
        let admitted = is_admitted(&language, procedure, act)?;
        for moves in &act.moves {
            of_moves(&language, procedure, moves, (&format!("act.{name}"), &admitted), &mut transitions)?;
        }
    }
    for (_, name, clock) in procedure.clocks().iter() {
        for moves in &clock.on_expiry.moves {
            of_moves(&language, procedure, moves, (&format!("end.{name}"), "true"), &mut transitions)?;
        }
    }
    written(procedure, &language, &transitions)
}

fn of_moves(
    language: &JavaScript,
    procedure: &Procedure,
    moves: &TrackMoves,
    (event, admitted): (&str, &str),
    transitions: &mut Vec<(String, String, String, String)>,
) -> Outcome<()> {
    for Move { from, to, when, basis: _ } in &moves.moves {
        let when = language.both(admitted, &holds(language, procedure, when.as_ref())?);
        let to = state(procedure, moves.track, *to).ok_or("a stage is missing")?;
        for from in from {
            let from = state(procedure, moves.track, *from).ok_or("a stage is missing")?;
            transitions.push((from, event.to_owned(), when.clone(), to.clone()));
        }
    }
    Ok(())
}

fn written(
    procedure: &Procedure,
    language: &JavaScript,
    transitions: &[(String, String, String, String)],
) -> Outcome<String> {
    let mut xml = Xml(Writer::new(Vec::new()));
    xml.open(
        "scxml",
        &[
            ("xmlns", "http://www.w3.org/2005/07/scxml"),
            ("version", "1.0"),
            ("datamodel", "ecmascript"),
            ("initial", "all"),
        ],
    )?;
    xml.open("datamodel", &[])?;
    xml.empty("data", &[("id", "recorded"), ("expr", "({})")])?;
    xml.close("datamodel")?;
    xml.open("parallel", &[("id", "all")])?;
    for (id, name, track) in procedure.tracks().iter() {
        let starts = state(procedure, id, track.starts).ok_or("a stage is missing")?;
        xml.open("state", &[("id", &format!("track-{name}")), ("initial", &starts)])?;
        for stage in track.stages.ids() {
            let stage = state(procedure, id, stage).ok_or("a stage is missing")?;
            xml.open("state", &[("id", &stage)])?;
            for (from, event, when, to) in transitions.iter().filter(|(from, ..)| *from == stage) {
                debug_assert_eq!(from, &stage);
                xml.empty("transition", &[("event", event), ("cond", when), ("target", to)])?;
            }
            xml.close("state")?;
        }
        xml.close("state")?;
    }
    xml.open("state", &[("id", "memory")])?;
    for (_, name, act) in procedure.acts().iter() {
        let admitted = is_admitted(language, procedure, act)?;
        xml.open("transition", &[("event", &format!("act.{name}")), ("cond", &admitted)])?;
        xml.open("script", &[])?;
        xml.0.write_event(Event::Text(BytesText::new(&format!("recorded['{name}'] = true;"))))?;
        xml.close("script")?;
        xml.close("transition")?;
    }
    xml.close("state")?;
    xml.close("parallel")?;
    xml.close("scxml")?;
    Ok(String::from_utf8(xml.0.into_inner())?)
}

struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> Outcome<()> {
        Ok(self.0.write_event(Event::Start(element(name, attributes)))?)
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Outcome<()> {
        Ok(self.0.write_event(Event::Empty(element(name, attributes)))?)
    }

    fn close(&mut self, name: &str) -> Outcome<()> {
        Ok(self.0.write_event(Event::End(BytesEnd::new(name)))?)
    }
}

fn element<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for attribute in attributes {
        element.push_attribute(*attribute);
    }
    element
}
