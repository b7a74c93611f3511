//! Whether the procedure allows a deed where the case stands, and every reason why not.

use super::cycle::{Cycle, CycleStatus, End};
use super::extend::Granted;
use super::possible::Facts;
use super::state::{Now, State};
use crate::entry::{Arrival, ArrivedForm, What};
use crate::name::Name;
use crate::procedure::{
    Act, ActId, AuthorityId, Basis, ClockId, DocumentId, Event, FactId, GroundId, Guard, TrackMoves, Truth,
};
use crate::rejection::Rejection;
use crate::table::{Id, Table};
use crate::time::{Moment, When};
use crate::value::{Value, list};
use crate::words_of_guard::why_not;

/// A deed with its names resolved.
pub(crate) enum Resolved {
    Act { act: ActId, by: AuthorityId, facts: Vec<(FactId, Value)>, longer: Option<Granted> },
    Document { document: DocumentId, form: ArrivedForm, translated_into: Option<String> },
    Finding { ground: GroundId, applies: bool, by: AuthorityId },
    Fact { fact: FactId, value: Value },
}

/// Resolves a deed and checks that it is allowed where the case stands.
pub(crate) fn resolve(state: &State, what: &What, now: &Now) -> Result<Resolved, Rejection> {
    let procedure = state.procedure();
    match what {
        What::Act { act, by, facts } => {
            let id = find(&procedure.acts, "act", act)?;
            let row = procedure.acts.at(id);
            let by = authority(state, act, by, &row.by, &row.basis, now)?;
            let day = || now.when.first_day(procedure.zone_of(by));
            state.not_in_force(("act", act), row.in_force.as_ref(), day)?;
            // What closes the act whatever is recorded with it comes first: nobody looks for facts in vain.
            let facts = given_facts(state, id, facts).map_err(|wrong| {
                obstacles_whatever_is_given(state, id).into_iter().next().unwrap_or(wrong)
            })?;
            if let Some(obstacle) = obstacles(state, id, Facts::Given(&facts)).into_iter().next() {
                return Err(obstacle);
            }
            known_well_enough(state, id, now)?;
            let longer = state.first_extension(id, &facts, now)?;
            Ok(Resolved::Act { act: id, by, facts, longer })
        }
        What::Document(Arrival { document, form, translated_into }) => {
            let id = find(&procedure.documents, "document", document)?;
            Ok(Resolved::Document { document: id, form: *form, translated_into: translated_into.clone() })
        }
        What::Finding { ground, applies, by } => {
            let id = find(&procedure.grounds, "ground", ground)?;
            let row = procedure.grounds.at(id);
            let by = authority(state, ground, by, &row.considered_by, &row.basis, now)?;
            let day = || now.when.first_day(procedure.zone_of(by));
            state.not_in_force(("ground", ground), row.in_force.as_ref(), day)?;
            Ok(Resolved::Finding { ground: id, applies: *applies, by })
        }
        What::Fact { fact, value } => {
            let id = find(&procedure.facts, "fact", fact)?;
            if procedure.facts.at(id).mirrors.is_some() {
                let expected = "its value from the linked case, not from an entry here".to_owned();
                return Err(Rejection::WrongValue { fact: fact.to_string(), expected });
            }
            fits(state, id, value)?;
            Ok(Resolved::Fact { fact: id, value: value.clone() })
        }
        What::Learned { fact, value, .. } => {
            let id = find(&procedure.facts, "fact", fact)?;
            if procedure.facts.at(id).mirrors.is_none() {
                let expected = "what is recorded here: it follows no linked case".to_owned();
                return Err(Rejection::WrongValue { fact: fact.to_string(), expected });
            }
            let value = Value::Choice(value.clone());
            fits(state, id, &value)?;
            Ok(Resolved::Fact { fact: id, value })
        }
    }
}

/// Every reason why an act that nobody has done yet is not open where the case stands, whatever it may record.
pub(crate) fn closed_because(state: &State, id: ActId) -> Vec<Rejection> {
    let act = state.procedure().acts.at(id);
    let today = || state.procedure().home().zone.day_at(state.looked_at);
    let name = state.procedure().acts.name(id);
    let not_law = state.not_in_force(("act", name), act.in_force.as_ref(), today).err();
    not_law.into_iter().chain(obstacles_whatever_is_given(state, id)).collect()
}

/// Every reason why an act is not open where the case stands, whatever the facts that it may record.
fn obstacles_whatever_is_given(state: &State, id: ActId) -> Vec<Rejection> {
    let act = state.procedure().acts.at(id);
    let to_come = [act.records.as_slice(), act.may_record.as_slice()].concat();
    obstacles(state, id, Facts::ToCome(&to_come))
}

/// Every reason why an act is not open where the case stands, with the facts that come with it.
fn obstacles(state: &State, id: ActId, facts: Facts<'_>) -> Vec<Rejection> {
    let procedure = state.procedure();
    let act = procedure.acts.at(id);
    let name = procedure.acts.name(id);
    let mut found: Vec<Rejection> =
        act.moves.iter().filter_map(|moves| not_open(state, name, act, moves, facts)).collect();
    if let Some(when) = &act.when
        && !state.possible(when, facts).may_hold
    {
        let because = why_not(state, when, facts.given());
        found.push(Rejection::NotFulfilled { act: name.to_string(), because, basis: act.basis.clone() });
    }
    for exception in &act.unless {
        // What might apply for all that is known closes the act too: only a definite no opens it.
        if !state.possible(&exception.when, facts).may_fail {
            let because = exception_words(state, &exception.when, facts.given());
            found.push(Rejection::Excepted {
                act: name.to_string(),
                because,
                basis: exception.basis.clone(),
            });
        }
    }
    found.extend(waits(state, id));
    found.extend(not_open_yet(state, id));
    found.extend(lapsed(state, id));
    found
}

/// The clock that must have run out before an act is open, if none of those that open it has.
fn not_open_yet(state: &State, act: ActId) -> Option<Rejection> {
    let procedure = state.procedure();
    let opens = &procedure.wiring.act(act).opens;
    let id = opens.first().copied()?;
    if opens.iter().any(|id| took_effect(state, *id).is_some()) {
        return None;
    }
    let (name, clock) = (procedure.clocks.name(id), procedure.clocks.at(id));
    Some(Rejection::NotRunOut {
        act: procedure.acts.name(act).to_string(),
        clock: name.to_string(),
        basis: clock.on_expiry.basis.or(&clock.basis).clone(),
    })
}

/// The clock whose running out has ended the power to act.
fn lapsed(state: &State, act: ActId) -> Option<Rejection> {
    let procedure = state.procedure();
    procedure.wiring.act(act).closes.iter().copied().find_map(|id| {
        let ended = took_effect(state, id)?;
        let (name, clock) = (procedure.clocks.name(id), procedure.clocks.at(id));
        let zone = procedure.zone_of_clock(id);
        Some(Rejection::Lapsed {
            act: procedure.acts.name(act).to_string(),
            clock: name.to_string(),
            ended: format!("{} in {}", zone.local(ended), zone.place()),
            basis: clock.on_expiry.basis.or(&clock.basis).clone(),
        })
    })
}

/// When a clock ran out, if it has and nothing keeps the consequence back.
fn took_effect(state: &State, id: ClockId) -> Option<Moment> {
    match state.cycles(id).last() {
        Some(Cycle { status: CycleStatus::RanOut { at, withheld: false }, .. }) => Some(*at),
        Some(_) | None => None,
    }
}

fn not_open(
    state: &State,
    name: &Name,
    act: &Act,
    moves: &TrackMoves,
    facts: Facts<'_>,
) -> Option<Rejection> {
    let procedure = state.procedure();
    let track = procedure.tracks.at(moves.track);
    let here = state.stage(moves.track);
    let mut open = moves.moves.iter().filter(|one| one.from.contains(&here));
    let can_be_taken = |guard: &Guard| state.possible(guard, facts).may_hold;
    if moves.or_stays || open.any(|one| one.when.as_ref().is_none_or(can_be_taken)) {
        return None;
    }
    let from_here: Vec<&Guard> = moves
        .moves
        .iter()
        .filter(|one| one.from.contains(&here))
        .filter_map(|one| one.when.as_ref())
        .collect();
    if from_here.is_empty() {
        let mut open_from: Vec<&Name> = Vec::new();
        for stage in moves.moves.iter().flat_map(|one| &one.from).map(|stage| track.stages.name(*stage)) {
            if !open_from.contains(&stage) {
                open_from.push(stage);
            }
        }
        return Some(Rejection::NotOpen {
            act: name.to_string(),
            track: procedure.tracks.name(moves.track).to_string(),
            stage: track.stages.name(here).to_string(),
            open_from: list(&open_from),
            basis: act.basis.clone(),
        });
    }
    let because = from_here.iter().flat_map(|guard| why_not(state, guard, facts.given())).collect();
    Some(Rejection::NotFulfilled { act: name.to_string(), because, basis: act.basis.clone() })
}

fn exception_words(state: &State, guard: &Guard, given: &[(FactId, Value)]) -> String {
    let words = guard.words(state.procedure());
    match state.holds(guard, given) {
        Truth::True => words,
        Truth::False | Truth::Unknown => format!("it is not known whether {words}"),
    }
}

/// The waiting periods that still bar an act.
fn waits(state: &State, act: ActId) -> Vec<Rejection> {
    let procedure = state.procedure();
    let bars = procedure.wiring.act(act).bars.iter().copied();
    bars.filter_map(|id| {
        let running = state.running(id)?;
        let (name, clock) = (procedure.clocks.name(id), procedure.clocks.at(id));
        let zone = procedure.zone_of_clock(id);
        let until = match &running.end {
            End::NotNamed => "a day that nobody has named yet".to_owned(),
            End::CannotCount(_) => "a day that cannot be computed".to_owned(),
            End::Stopped { .. } => "a day that is not fixed while it stands still".to_owned(),
            End::NoDayYet | End::WaitsFor(_) => "a day that is not fixed yet".to_owned(),
            End::Counted(count) => format!("{} in {}", zone.local(count.ends()), zone.place()),
            End::Named { ends, .. } => format!("{} in {}", zone.local(*ends), zone.place()),
        };
        Some(Rejection::TooEarly {
            act: procedure.acts.name(act).to_string(),
            clock: name.to_string(),
            until,
            basis: clock.basis.clone(),
        })
    })
    .collect()
}

/// An act that touches a clock must be dated well enough for it.
fn known_well_enough(state: &State, act: ActId, now: &Now) -> Result<(), Rejection> {
    if matches!(now.when, When::At(_)) {
        return Ok(());
    }
    let mut clocks = state.procedure().wiring.act(act).dated();
    clocks.find_map(|id| state.too_vague(id, Event::Act(act), now)).map_or(Ok(()), Err)
}

fn given_facts(state: &State, id: ActId, facts: &[(Name, Value)]) -> Result<Vec<(FactId, Value)>, Rejection> {
    let procedure = state.procedure();
    let act = procedure.acts.at(id);
    let mut given: Vec<(FactId, Value)> = Vec::with_capacity(facts.len());
    for (name, value) in facts {
        let fact = find(&procedure.facts, "fact", name)?;
        if !act.records.contains(&fact) && !act.may_record.contains(&fact) {
            let act = procedure.acts.name(id).to_string();
            return Err(Rejection::FactNotWanted { act, fact: name.to_string() });
        }
        fits(state, fact, value)?;
        if given.iter().any(|(other, _)| *other == fact) {
            let expected = "one value, and two were given".to_owned();
            return Err(Rejection::WrongValue { fact: name.to_string(), expected });
        }
        given.push((fact, value.clone()));
    }
    let missing: Vec<String> = act
        .records
        .iter()
        .filter(|fact| !given.iter().any(|(id, _)| id == *fact))
        .map(|fact| procedure.facts.name(*fact).to_string())
        .collect();
    if missing.is_empty() {
        Ok(given)
    } else {
        let basis = act.basis.clone();
        Err(Rejection::FactMissing { act: procedure.acts.name(id).to_string(), facts: missing, basis })
    }
}

fn fits(state: &State, fact: FactId, value: &Value) -> Result<(), Rejection> {
    let row = state.procedure().facts.at(fact);
    if row.of.fits(value) {
        return Ok(());
    }
    let fact = state.procedure().facts.name(fact).to_string();
    Err(Rejection::WrongValue { fact, expected: row.of.to_string() })
}

fn authority(
    state: &State,
    act: &Name,
    name: &Name,
    allowed: &[AuthorityId],
    basis: &Basis,
    now: &Now,
) -> Result<AuthorityId, Rejection> {
    let authorities = &state.procedure().authorities;
    let id = find(authorities, "authority", name)?;
    if allowed.contains(&id) {
        let day = || now.when.first_day(state.procedure().zone_of(id));
        let law = authorities.at(id).in_force.as_ref();
        return state.not_in_force(("authority", name), law, day).map(|()| id);
    }
    Err(Rejection::WrongAuthority {
        act: act.to_string(),
        authority: name.to_string(),
        allowed: allowed.iter().map(|id| authorities.name(*id).to_string()).collect(),
        basis: basis.clone(),
    })
}

fn find<I: Id, T>(table: &Table<I, T>, what: &'static str, name: &Name) -> Result<I, Rejection> {
    table.find(name.as_str()).ok_or_else(|| Rejection::Unknown {
        what,
        name: name.to_string(),
        known: table.names().map(ToString::to_string).collect(),
    })
}
