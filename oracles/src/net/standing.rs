//! How the things of a case may stand, and whether a guard holds there.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::procedure::{
    ActId, Atom, ClockId, ClockStanding, DocumentId, FactId, GroundId, GroundStanding, Guard, Procedure,
    Quantity, StageId, TrackId,
};
use comity_core::table::{Id, Table};

use crate::Outcome;

/// Something of a case that may stand in several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Variable {
    /// A fact: unknown, yes or no.
    Fact(FactId),
    /// A ground: not considered, applies, does not apply.
    Ground(GroundId),
    /// A document: missing or complete.
    Document(DocumentId),
    /// Whether an act was done.
    Done(ActId),
    /// A clock.
    Clock(ClockId),
    /// A track, by stage.
    Track(TrackId),
}

/// How some things stand.
pub(crate) type Standing = BTreeMap<Variable, String>;

/// The name of a row.
pub(crate) fn name<I: Id + PartialEq, T>(table: &Table<I, T>, id: I) -> Outcome<String> {
    let found = table.iter().find(|(other, _, _)| *other == id);
    Ok(found.ok_or("a row is missing")?.1.to_string())
}

impl Variable {
    /// What it is called.
    pub(crate) fn name(self, procedure: &Procedure) -> Outcome<String> {
        match self {
            Self::Fact(id) => name(procedure.facts(), id),
            Self::Ground(id) => name(procedure.grounds(), id),
            Self::Document(id) => name(procedure.documents(), id),
            Self::Done(id) => Ok(format!("done-{}", name(procedure.acts(), id)?)),
            Self::Clock(id) => name(procedure.clocks(), id),
            Self::Track(id) => name(procedure.tracks(), id),
        }
    }

    /// The ways in which it may stand. It begins with the first.
    pub(crate) fn values(self, procedure: &Procedure) -> Outcome<Vec<String>> {
        let values: &[&str] = match self {
            Self::Fact(_) => &["unknown", "yes", "no"],
            Self::Ground(_) => &["not considered", "applies", "does not apply"],
            Self::Document(_) => &["missing", "complete"],
            Self::Done(_) => &["no", "yes"],
            Self::Clock(_) => &[
                ClockStanding::NotStarted.word(),
                ClockStanding::Running.word(),
                ClockStanding::Met.word(),
                ClockStanding::RanOut.word(),
            ],
            Self::Track(id) => {
                let track = procedure.tracks().get(id).ok_or("a track is missing")?;
                let first = name(&track.stages, track.starts)?;
                let others = track.stages.names().map(ToString::to_string).filter(|stage| *stage != first);
                return Ok(std::iter::once(first.clone()).chain(others).collect());
            }
        };
        Ok(values.iter().map(ToString::to_string).collect())
    }

    /// The place that is marked while it stands so.
    pub(crate) fn place(self, procedure: &Procedure, value: &str) -> Outcome<String> {
        Ok(format!("{}.{value}", self.name(procedure)?))
    }

    /// Whether it may become known at any time, whoever does what.
    pub(crate) fn is_input(self) -> bool {
        match self {
            Self::Fact(_) | Self::Ground(_) | Self::Document(_) => true,
            Self::Done(_) | Self::Clock(_) | Self::Track(_) => false,
        }
    }
}

/// What a guard speaks of.
pub(crate) fn variables_of(procedure: &Procedure, guard: &Guard) -> Outcome<BTreeSet<Variable>> {
    let mut atoms = Vec::new();
    guard.atoms(&mut atoms);
    let mut found = BTreeSet::new();
    for atom in atoms {
        match atom {
            Atom::Stage(track, _) => drop(found.insert(Variable::Track(*track))),
            Atom::Fact(fact, _) | Atom::Known(fact) => drop(found.insert(Variable::Fact(*fact))),
            Atom::Recorded(act) => drop(found.insert(Variable::Done(*act))),
            Atom::Clock(clock, _) => drop(found.insert(Variable::Clock(*clock))),
            Atom::Document(document) => drop(found.insert(Variable::Document(*document))),
            Atom::Documents(_) => found.extend(procedure.documents().ids().map(Variable::Document)),
            Atom::Ground(ground, _) => drop(found.insert(Variable::Ground(*ground))),
            Atom::Grounds { .. } => found.extend(procedure.grounds().ids().map(Variable::Ground)),
            Atom::Holds(_) => return Err("conditions with a name are not exported as nets".into()),
        }
    }
    Ok(found)
}

/// Whether a guard holds: 2 if so, 1 if it is unknown, 0 if not.
pub(crate) fn truth(procedure: &Procedure, guard: &Guard, standing: &Standing) -> Outcome<u8> {
    let all = |parts: &[Guard]| -> Outcome<Vec<u8>> {
        parts.iter().map(|part| truth(procedure, part, standing)).collect()
    };
    Ok(match guard {
        Guard::And(parts) => all(parts)?.into_iter().min().unwrap_or(2),
        Guard::Or(parts) => all(parts)?.into_iter().max().unwrap_or(0),
        Guard::Not(part) => 2 - truth(procedure, part, standing)?,
        Guard::Atom(atom) => of_atom(procedure, atom, standing)?,
    })
}

fn of_atom(procedure: &Procedure, atom: &Atom, standing: &Standing) -> Outcome<u8> {
    let stands =
        |variable: Variable| standing.get(&variable).map(String::as_str).ok_or("nothing is told of it");
    let is = |variable: Variable, value: &str| stands(variable).map(|stands| stands == value);
    let holds = match atom {
        Atom::Stage(track, stage) => is(Variable::Track(*track), &stage_name(procedure, *track, *stage)?)?,
        Atom::Fact(fact, value) => match stands(Variable::Fact(*fact))? {
            "unknown" => return Ok(1),
            stands => stands == value.reveal(),
        },
        Atom::Known(fact) => !is(Variable::Fact(*fact), "unknown")?,
        Atom::Recorded(act) => is(Variable::Done(*act), "yes")?,
        Atom::Clock(clock, wanted) => is(Variable::Clock(*clock), wanted.word())?,
        Atom::Document(document) => is(Variable::Document(*document), "complete")?,
        Atom::Documents(set) => {
            let members = procedure.documents().iter().filter(|(_, _, row)| row.set == *set);
            let mut all = true;
            for (document, _, _) in members {
                all &= is(Variable::Document(document), "complete")?;
            }
            all
        }
        Atom::Ground(ground, wanted) => is_ground_so(stands(Variable::Ground(*ground))?, *wanted),
        Atom::Grounds { force, quantity, stands: wanted } => {
            let chosen =
                procedure.grounds().iter().filter(|(_, _, row)| force.is_none_or(|it| it == row.force));
            let so: Vec<bool> = chosen
                .map(|(id, _, _)| stands(Variable::Ground(id)).map(|stands| is_ground_so(stands, *wanted)))
                .collect::<Result<_, _>>()?;
            match quantity {
                Quantity::Every => so.iter().all(|so| *so),
                Quantity::Any => so.iter().any(|so| *so),
                Quantity::No => !so.iter().any(|so| *so),
            }
        }
        Atom::Holds(_) => return Err("conditions with a name are not exported as nets".into()),
    };
    Ok(if holds { 2 } else { 0 })
}

fn is_ground_so(stands: &str, wanted: GroundStanding) -> bool {
    match wanted {
        GroundStanding::Considered => stands != GroundStanding::NotConsidered.word(),
        GroundStanding::NotConsidered | GroundStanding::Applies | GroundStanding::DoesNotApply => {
            stands == wanted.word()
        }
    }
}

/// The name of a stage.
pub(crate) fn stage_name(procedure: &Procedure, track: TrackId, stage: StageId) -> Outcome<String> {
    name(&procedure.tracks().get(track).ok_or("a track is missing")?.stages, stage)
}

/// Whether a track has ended where it stands so.
pub(crate) fn has_ended(procedure: &Procedure, track: TrackId, stage: &str) -> bool {
    let row = procedure.tracks().get(track);
    row.and_then(|row| row.stages.get(row.stages.find(stage)?)).is_some_and(|stage| stage.outcome.is_some())
}

/// Each way in which some things may stand together.
pub(crate) fn all_standings(procedure: &Procedure, of: &BTreeSet<Variable>) -> Outcome<Vec<Standing>> {
    let mut all = vec![Standing::new()];
    for variable in of {
        let values = variable.values(procedure)?;
        all = all
            .into_iter()
            .flat_map(|one| {
                values.iter().map(move |value| {
                    let mut one = one.clone();
                    one.insert(*variable, value.clone());
                    one
                })
            })
            .collect();
    }
    Ok(all)
}
