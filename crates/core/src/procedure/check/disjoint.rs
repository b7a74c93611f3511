//! Whether two guards can hold at once.

use std::collections::BTreeMap;

use crate::procedure::choice::{ClockStanding, GroundStanding};
use crate::procedure::guard::{Atom, Guard, Truth};
use crate::procedure::model::{ClockId, FactId, GroundId, Procedure, StageId, TrackId};
use crate::value::Value;

/// More assignments than this are not tried: two guards are then not *provably* disjoint.
const MOST_ASSIGNMENTS: usize = 200_000;

/// What a statement speaks about. Statements about the same subject exclude one another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Track(TrackId),
    Fact(FactId),
    Clock(ClockId),
    Ground(GroundId),
    /// Any other statement, by its place among the atoms: free to be true or false.
    Free(usize),
}

/// One possible way for a subject to stand.
#[derive(Clone)]
enum Standing {
    Stage(StageId),
    Value(Value),
    /// A value that no statement names.
    AnotherValue,
    NothingRecorded,
    Clock(ClockStanding),
    Ground(GroundStanding),
    Free(bool),
}

/// Whether it is certain that `one` and `other` never both hold.
pub(super) fn are_disjoint(one: &Guard, other: &Guard, procedure: &Procedure) -> bool {
    let mut atoms = Vec::new();
    one.atoms(&mut atoms);
    other.atoms(&mut atoms);
    let subjects = domains(&atoms, procedure);
    let assignments =
        subjects.values().try_fold(1_usize, |product, domain| product.checked_mul(domain.len()));
    if assignments.is_none_or(|count| count > MOST_ASSIGNMENTS) {
        return false;
    }
    let subjects: Vec<(Subject, Vec<Standing>)> = subjects.into_iter().collect();
    let both = Guard::And(vec![one.clone(), other.clone()]);
    !any_assignment(&subjects, &mut BTreeMap::new(), &mut |assignment| {
        both.evaluate(&mut |atom| truth(atom, &atoms, assignment)) == Truth::True
    })
}

fn any_assignment(
    subjects: &[(Subject, Vec<Standing>)],
    chosen: &mut BTreeMap<Subject, Standing>,
    holds: &mut impl FnMut(&BTreeMap<Subject, Standing>) -> bool,
) -> bool {
    let Some(((subject, domain), rest)) = subjects.split_first() else { return holds(chosen) };
    domain.iter().any(|standing| {
        chosen.insert(*subject, standing.clone());
        any_assignment(rest, chosen, holds)
    })
}

fn subject(atom: &Atom, atoms: &[&Atom]) -> Subject {
    match atom {
        Atom::Stage(track, _) => Subject::Track(*track),
        Atom::Fact(fact, _) | Atom::Known(fact) => Subject::Fact(*fact),
        Atom::Clock(clock, _) => Subject::Clock(*clock),
        Atom::Ground(ground, _) => Subject::Ground(*ground),
        Atom::Recorded(_)
        | Atom::Holds(_)
        | Atom::Document(_)
        | Atom::Documents(_)
        | Atom::Grounds { .. } => {
            Subject::Free(atoms.iter().position(|other| *other == atom).unwrap_or(atoms.len()))
        }
    }
}

fn domains(atoms: &[&Atom], procedure: &Procedure) -> BTreeMap<Subject, Vec<Standing>> {
    let mut domains: BTreeMap<Subject, Vec<Standing>> = BTreeMap::new();
    for atom in atoms {
        let domain = domains.entry(subject(atom, atoms)).or_default();
        match atom {
            Atom::Stage(track, _) if domain.is_empty() => {
                domain.extend(procedure.tracks.at(*track).stages.ids().map(Standing::Stage));
            }
            Atom::Clock(..) if domain.is_empty() => {
                domain.extend(ClockStanding::ALL.iter().copied().map(Standing::Clock));
            }
            Atom::Ground(..) if domain.is_empty() => {
                let standings =
                    [GroundStanding::NotConsidered, GroundStanding::Applies, GroundStanding::DoesNotApply];
                domain.extend(standings.map(Standing::Ground));
            }
            Atom::Stage(..) | Atom::Clock(..) | Atom::Ground(..) => {}
            Atom::Fact(..) | Atom::Known(_) => {
                if domain.is_empty() {
                    domain.extend([Standing::NothingRecorded, Standing::AnotherValue]);
                }
                if let Atom::Fact(_, value) = atom
                    && !domain.iter().any(|known| matches!(known, Standing::Value(known) if known == value))
                {
                    domain.push(Standing::Value(value.clone()));
                }
            }
            Atom::Recorded(_)
            | Atom::Holds(_)
            | Atom::Document(_)
            | Atom::Documents(_)
            | Atom::Grounds { .. } => {
                *domain = vec![Standing::Free(true), Standing::Free(false)];
            }
        }
    }
    domains
}

fn truth(atom: &Atom, atoms: &[&Atom], assignment: &BTreeMap<Subject, Standing>) -> Truth {
    let Some(standing) = assignment.get(&subject(atom, atoms)) else { return Truth::Unknown };
    match (atom, standing) {
        (Atom::Stage(_, stage), Standing::Stage(stands)) => (stage == stands).into(),
        (Atom::Fact(_, value), Standing::Value(stands)) => (value == stands).into(),
        (Atom::Fact(..), Standing::AnotherValue) | (Atom::Known(_), Standing::NothingRecorded) => {
            Truth::False
        }
        (Atom::Known(_), _) => Truth::True,
        (Atom::Clock(_, wanted), Standing::Clock(stands)) => (wanted == stands).into(),
        (Atom::Ground(_, GroundStanding::Considered), Standing::Ground(stands)) => {
            (*stands != GroundStanding::NotConsidered).into()
        }
        (Atom::Ground(_, wanted), Standing::Ground(stands)) => (wanted == stands).into(),
        (_, Standing::Free(holds)) => (*holds).into(),
        // Above all a comparison with a fact of which nothing is recorded.
        (_, _) => Truth::Unknown,
    }
}
