//! Chronologies as events, each with what the engine says about what stands outside of the chart, and where it says the
//! tracks stand afterwards.

use std::collections::BTreeSet;
use std::sync::Arc;

use comity_core::entry::{Body, Entry, What};
use comity_core::id::EntryNumber;
use comity_core::name::Name;
use comity_core::procedure::{Atom, GroundStanding, Procedure, Quantity, SharedProcedure, Truth};
use comity_core::time::{Moment, When};
use comity_core::value::Value as FactValue;
use comity_core::{Asked, Cause, Happening, View, fold};
use comity_language::library::{Disk, read_source};
use comity_language::{Library, read_chronology};
use comity_testkit::Rehearsal;
use serde_json::{Value, json};

use crate::Outcome;
use crate::expression::state;
use crate::scxml::outside;

/// A run for each case of each table, as it is known after its last row and after each row before.
pub(crate) fn of_chronology(files: &Disk, path: &str, library: &Library) -> Outcome<Vec<Value>> {
    let source = read_source(files, path).map_err(|wrong| wrong.to_string())?;
    let (chronology, wrong) = read_chronology(&Arc::new(source));
    let chronology = chronology.ok_or_else(|| format!("{path}: {wrong:?}"))?;
    let mut runs = Vec::new();
    for section in &chronology.sections {
        let mut rehearsal =
            Rehearsal::new(&chronology, library).map_err(|wrong| format!("{path}: {wrong:?}"))?;
        for (row, one) in section.rows.iter().enumerate() {
            rehearsal.play(one);
            for case in rehearsal.cases.iter().filter(|case| case.is_open()) {
                let name = format!("{path}: {}, row {}", section.title.value, row + 1);
                runs.push(of_case(&name, &case.procedure, &case.entries, one.recorded)?);
            }
        }
    }
    Ok(runs)
}

fn of_case(name: &str, procedure: &SharedProcedure, entries: &[Entry], at: Moment) -> Outcome<Value> {
    let view = fold(procedure, entries, Asked::at(at));
    let happenings = view.happenings();
    let mut stands: Vec<String> = procedure
        .tracks()
        .iter()
        .map(|(id, _, track)| state(procedure, id, track.starts).ok_or("a stage is missing"))
        .collect::<Result<_, _>>()?;
    let asked = outside(procedure);
    let mut steps = Vec::new();
    let mut done = BTreeSet::new();
    for (place, happening) in happenings.iter().enumerate() {
        for moved in &happening.moved {
            let (from, to) =
                (state(procedure, moved.track, moved.from), state(procedure, moved.track, moved.to));
            if let (Some(from), Some(to), Some(held)) =
                (from, to, track_of(procedure, moved.track, &mut stands))
            {
                if *held != from {
                    return Err(format!("{name}: a track moves from {from} and stands at {held}").into());
                }
                *held = to;
            }
        }
        let before = before(procedure, entries, &done, (happenings, place));
        if let Cause::Entry(number) = happening.cause {
            done.insert(number);
        }
        let Some((event, given)) = event(procedure, entries, happening) else { continue };
        let answers: Vec<u8> = asked.iter().map(|atom| answer(&before, atom, &given)).collect();
        steps.push(json!({ "event": event, "answers": answers, "stands": stands, "what": happening.what.label(procedure) }));
    }
    let shown: Vec<String> =
        view.tracks().iter().map(|track| format!("{}.{}", track.name, track.stage_name)).collect();
    if shown != stands {
        return Err(format!("{name}: the view says {shown:?}, what happened leads to {stands:?}").into());
    }
    Ok(json!({ "name": name, "procedure": procedure.name().as_str(), "steps": steps }))
}

fn track_of<'s>(
    procedure: &Procedure,
    track: comity_core::procedure::TrackId,
    stands: &'s mut [String],
) -> Option<&'s mut String> {
    let place = procedure.tracks().ids().position(|id| id == track)?;
    stands.get_mut(place)
}

/// How things stood just before something happened.
fn before(
    procedure: &SharedProcedure,
    entries: &[Entry],
    done: &BTreeSet<EntryNumber>,
    (happenings, place): (&[Happening], usize),
) -> View {
    let entries: Vec<Entry> = entries
        .iter()
        .filter(|entry| done.contains(&entry.number) || !matches!(entry.body, Body::Deed(_)))
        .cloned()
        .collect();
    let at = |place: usize| happenings.get(place).map(|one| instant(procedure, one.when));
    let now = at(place).unwrap_or(Moment::MAX);
    let earlier = place.checked_sub(1).and_then(at);
    // What ended at this very instant counts only if it happened before.
    let asked = if earlier == Some(now) { Some(now) } else { now.plus_microseconds(-1) };
    fold(procedure, &entries, Asked { at: asked.unwrap_or(now), known_at: Moment::MAX })
}

fn instant(procedure: &Procedure, when: When) -> Moment {
    when.earliest(&procedure.home().zone)
}

/// The event of a happening, with the facts that come with it. What brings about neither an act nor the end of a clock is none.
fn event(
    procedure: &Procedure,
    entries: &[Entry],
    happening: &Happening,
) -> Option<(String, Vec<(Name, FactValue)>)> {
    match happening.cause {
        Cause::Opening => None,
        Cause::Expiry(clock) => {
            let (_, name, _) = procedure.clocks().iter().find(|(id, _, _)| *id == clock)?;
            Some((format!("end.{name}"), Vec::new()))
        }
        Cause::Entry(number) => {
            let standing = comity_core::entry::standing(entries);
            let (_, deed) = standing.into_iter().find(|(entry, _)| entry.number == number)?;
            match &deed.what {
                What::Act { act, facts, .. } => Some((format!("act.{act}"), facts.clone())),
                What::Document(_) | What::Finding { .. } | What::Fact { .. } | What::Learned { .. } => None,
            }
        }
    }
}

fn number(truth: Truth) -> u8 {
    match truth {
        Truth::True => 2,
        Truth::Unknown => 1,
        Truth::False => 0,
    }
}

/// What the engine shows about a statement: 2 for true, 1 for unknown, 0 for false.
fn answer(view: &View, atom: &Atom, given: &[(Name, FactValue)]) -> u8 {
    let procedure = view.procedure();
    let known = |fact: comity_core::procedure::FactId| -> Option<FactValue> {
        let (_, name, _) = procedure.facts().iter().find(|(id, _, _)| *id == fact)?;
        let brought = given.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone());
        let facts = view.facts();
        let held = facts.iter().find(|one| one.name == name).and_then(|one| one.known);
        brought.or_else(|| held.map(|known| known.value.clone()))
    };
    match atom {
        Atom::Fact(fact, value) => {
            number(known(*fact).map_or(Truth::Unknown, |known| (known == *value).into()))
        }
        Atom::Known(fact) => number(known(*fact).is_some().into()),
        Atom::Clock(clock, stands) => {
            number(view.clocks().iter().any(|one| one.id == *clock && one.standing == *stands).into())
        }
        Atom::Document(document) => {
            let place = procedure.documents().ids().position(|id| id == *document);
            document_answer(view, place)
        }
        Atom::Documents(set) => {
            let members = procedure.sets().get(*set).cloned().unwrap_or_default();
            let places = members.iter().map(|one| procedure.documents().ids().position(|id| id == *one));
            places.map(|place| document_answer(view, place)).min().unwrap_or(2)
        }
        Atom::Ground(ground, stands) => {
            let place = procedure.grounds().ids().position(|id| id == *ground);
            let grounds = view.grounds();
            let found = place.and_then(|place| grounds.get(place));
            number(
                found.is_some_and(|one| ground_stands(one.found.map(|found| found.applies), *stands)).into(),
            )
        }
        Atom::Grounds { force, quantity, stands } => {
            let grounds = view.grounds();
            let chosen = grounds.iter().filter(|one| force.is_none_or(|force| one.ground.force == force));
            let mut chosen = chosen.map(|one| ground_stands(one.found.map(|found| found.applies), *stands));
            let holds = match quantity {
                Quantity::Every => chosen.all(|holds| holds),
                Quantity::Any => chosen.any(|holds| holds),
                Quantity::No => !chosen.any(|holds| holds),
            };
            number(holds.into())
        }
        // The interpreter sees these itself.
        Atom::Stage(..) | Atom::Recorded(_) | Atom::Holds(_) => 1,
    }
}

fn ground_stands(found: Option<bool>, stands: GroundStanding) -> bool {
    match stands {
        GroundStanding::NotConsidered => found.is_none(),
        GroundStanding::Considered => found.is_some(),
        GroundStanding::Applies => found == Some(true),
        GroundStanding::DoesNotApply => found == Some(false),
    }
}

fn document_answer(view: &View, place: Option<usize>) -> u8 {
    let documents = view.documents();
    let Some(document) = place.and_then(|place| documents.get(place)) else { return 1 };
    match (document.needed, &document.missing) {
        (Truth::False, _) | (_, None) => 2,
        (Truth::Unknown, Some(_)) => 1,
        (Truth::True, Some(_)) => 0,
    }
}
