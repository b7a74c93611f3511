//! Why a guard does not hold, in sentences for the officer.

use crate::fold::{State, standing_of};
use crate::procedure::{Atom, DocumentId, FactId, Force, GroundStanding, Guard, Quantity, Truth};
use crate::value::Value;

/// What is missing for `guard` to hold, one sentence for each thing. Empty if it holds.
pub(crate) fn why_not(state: &State, guard: &Guard, given: &[(FactId, Value)]) -> Vec<String> {
    if state.holds(guard, given) == Truth::True {
        return Vec::new();
    }
    match guard {
        Guard::And(parts) => parts.iter().flat_map(|part| why_not(state, part, given)).collect(),
        Guard::Or(parts) if let Some(fact) = asked_of_one(state, parts, given) => {
            let values = parts.iter().filter_map(|part| match part {
                Guard::Atom(Atom::Fact(_, value)) => Some(format!("`{}`", value.reveal())),
                Guard::And(_) | Guard::Or(_) | Guard::Not(_) | Guard::Atom(_) => None,
            });
            let values = values.collect::<Vec<_>>().join(" or ");
            vec![format!("{} is not known, and must be {values}", state.procedure().facts.name(fact))]
        }
        Guard::Or(parts) => {
            let ways: Vec<String> =
                parts.iter().map(|part| why_not(state, part, given).join(" and ")).collect();
            let mut ways_once: Vec<String> = Vec::new();
            for way in ways {
                if !ways_once.contains(&way) {
                    ways_once.push(way);
                }
            }
            vec![ways_once.join(", and ")]
        }
        Guard::Not(part) => {
            let words = part.words(state.procedure());
            vec![match state.holds(part, given) {
                Truth::Unknown => format!("it is not known whether {words}"),
                Truth::True | Truth::False => words,
            }]
        }
        Guard::Atom(atom) => vec![not(state, atom, given)],
    }
}

/// The one fact of which every part asks another value, if it is not known.
fn asked_of_one(state: &State, parts: &[Guard], given: &[(FactId, Value)]) -> Option<FactId> {
    let mut facts = parts.iter().map(|part| match part {
        Guard::Atom(atom @ Atom::Fact(fact, _)) if state.truth(atom, given) == Truth::Unknown => Some(*fact),
        Guard::And(_) | Guard::Or(_) | Guard::Not(_) | Guard::Atom(_) => None,
    });
    let first = facts.next()??;
    facts.all(|fact| fact == Some(first)).then_some(first)
}

/// The opposite of a statement, as it stands.
fn not(state: &State, atom: &Atom, given: &[(FactId, Value)]) -> String {
    let procedure = state.procedure();
    match atom {
        Atom::Stage(track, wanted) => {
            let stages = &procedure.tracks.at(*track).stages;
            let stands = stages.name(state.stage(*track));
            format!("{} is `{stands}`, not `{}`", procedure.tracks.name(*track), stages.name(*wanted))
        }
        Atom::Fact(fact, value) => {
            let name = procedure.facts.name(*fact);
            if state.truth(atom, given) == Truth::Unknown {
                format!("{name} is not known, and must be `{}`", value.reveal())
            } else {
                format!("{name} is not `{}`", value.reveal())
            }
        }
        Atom::Known(fact) => format!("{} is not known", procedure.facts.name(*fact)),
        Atom::Recorded(act) => format!("`{}` is not recorded", procedure.acts.name(*act)),
        Atom::Holds(condition) => {
            let row = procedure.conditions.at(*condition);
            let because = why_not(state, &row.when, given).join("; ");
            format!("{} does not hold ({because})", procedure.conditions.name(*condition))
        }
        Atom::Clock(clock, stands) => {
            let standing = standing_of(state.cycles(*clock));
            format!("the clock `{}` stands at `{standing}`, not `{stands}`", procedure.clocks.name(*clock))
        }
        Atom::Document(document) => missing_document(state, *document, given),
        Atom::Documents(set) => {
            let members = procedure.sets.at(*set).iter();
            let missing = members.filter(|id| state.truth(&Atom::Document(**id), given) != Truth::True);
            missing.map(|id| missing_document(state, *id, given)).collect::<Vec<_>>().join("; ")
        }
        Atom::Ground(ground, stands) => {
            let name = procedure.grounds.name(*ground);
            match stands {
                GroundStanding::Considered => format!("the ground `{name}` is not considered"),
                GroundStanding::NotConsidered => format!("the ground `{name}` is considered already"),
                GroundStanding::Applies => format!("the ground `{name}` is not found to apply"),
                GroundStanding::DoesNotApply => format!("the ground `{name}` is not found not to apply"),
            }
        }
        Atom::Grounds { force, quantity, stands } => not_grounds(state, *force, *quantity, *stands),
    }
}

/// The grounds that stand in the way.
fn not_grounds(state: &State, force: Option<Force>, quantity: Quantity, wanted: GroundStanding) -> String {
    let kind = force.map_or(String::new(), |force| format!("{force} "));
    let phrase = match (quantity, wanted) {
        (Quantity::Every, GroundStanding::Considered) => "not considered yet".to_owned(),
        (Quantity::No, GroundStanding::Applies) => "found to apply".to_owned(),
        (Quantity::Any, _) => return format!("no {kind}ground stands at `{wanted}`"),
        (Quantity::No, _) => format!("stand at `{wanted}`"),
        (Quantity::Every, _) => format!("do not stand at `{wanted}`"),
    };
    let grounds = state.procedure().grounds.iter();
    let in_the_way = grounds.filter(|(id, _, ground)| {
        let stands = state.truth(&Atom::Ground(*id, wanted), &[]) == Truth::True;
        force.is_none_or(|force| ground.force == force) && stands == (quantity == Quantity::No)
    });
    let names: Vec<String> = in_the_way.map(|(_, name, _)| format!("`{name}`")).collect();
    format!("{kind}grounds {phrase}: {}", names.join(", "))
}

/// What a document still lacks.
pub(crate) fn missing_document(state: &State, id: DocumentId, given: &[(FactId, Value)]) -> String {
    let procedure = state.procedure();
    let (name, document) = (procedure.documents.name(id), procedure.documents.at(id));
    let basis = &document.basis;
    if state.is_needed(id, given) == Truth::Unknown && state.arrivals(id).is_empty() {
        return format!("it is not known whether the document `{name}` is needed ({basis})");
    }
    if state.arrivals(id).is_empty() {
        return format!("the document `{name}` has not arrived ({basis})");
    }
    if !state.has_form(id) {
        return format!("the document `{name}` is not there as {} ({basis})", document.form);
    }
    format!("the document `{name}` has no translation into {} ({basis})", document.translated)
}
