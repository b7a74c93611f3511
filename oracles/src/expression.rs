//! Guards in the languages of other interpreters.
//!
//! The logic has three values: 2 for true, 1 for unknown, 0 for false. "And" is then the least, "or" the greatest, and "not"
//! what is left of 2, in JavaScript and Python alike.

use comity_core::procedure::{Act, Atom, Guard, Procedure, StageId, TrackId, TrackMoves};

/// How a language says what only it can say.
pub(crate) trait Language {
    /// The least or the greatest of several.
    fn of(&self, word: Extreme, parts: &[String]) -> String;
    /// Whether a state is active.
    fn is_active(&self, state: &str) -> String;
    /// A statement about something else than stages.
    fn atom(&self, procedure: &Procedure, atom: &Atom) -> Result<String, String>;
    /// Both hold, as values of the language itself.
    fn both(&self, one: &str, other: &str) -> String;
    /// One of several holds, as values of the language itself.
    fn any(&self, parts: &[String]) -> String;
}

/// Which of several.
#[derive(Clone, Copy)]
pub(crate) enum Extreme {
    Least,
    Greatest,
}

/// A guard as an expression of 0, 1 or 2.
pub(crate) fn guard(
    language: &impl Language,
    procedure: &Procedure,
    guard: &Guard,
) -> Result<String, String> {
    let all = |parts: &[Guard]| -> Result<Vec<String>, String> {
        parts.iter().map(|part| self::guard(language, procedure, part)).collect()
    };
    Ok(match guard {
        Guard::And(parts) => language.of(Extreme::Least, &all(parts)?),
        Guard::Or(parts) => language.of(Extreme::Greatest, &all(parts)?),
        Guard::Not(part) => format!("(2 - {})", self::guard(language, procedure, part)?),
        Guard::Atom(Atom::Stage(track, stage)) => {
            language.is_active(&state(procedure, *track, *stage).ok_or("a stage is missing")?)
        }
        Guard::Atom(Atom::Holds(condition)) => {
            let condition = procedure.conditions().get(*condition).ok_or("a condition is missing")?;
            self::guard(language, procedure, &condition.when)?
        }
        Guard::Atom(atom) => language.atom(procedure, atom)?,
    })
}

/// Whether a guard holds for sure, as a value of the language.
pub(crate) fn holds(
    language: &impl Language,
    procedure: &Procedure,
    when: Option<&Guard>,
) -> Result<String, String> {
    let value = when.map_or(Ok("2".to_owned()), |when| guard(language, procedure, when))?;
    Ok(format!("({value} == 2)"))
}

/// Whether an act may be done, as the interpreter itself sees it: its condition holds, nothing excepts it for sure or perhaps,
/// and every track that it moves has a move to take or may stay.
pub(crate) fn is_admitted(
    language: &impl Language,
    procedure: &Procedure,
    act: &Act,
) -> Result<String, String> {
    let mut admitted = holds(language, procedure, act.when.as_ref())?;
    for exception in &act.unless {
        let excepted = guard(language, procedure, &exception.when)?;
        admitted = language.both(&admitted, &format!("({excepted} == 0)"));
    }
    for moves in act.moves.iter().filter(|moves| !moves.or_stays) {
        admitted = language.both(&admitted, &can_move(language, procedure, moves)?);
    }
    Ok(admitted)
}

fn can_move(language: &impl Language, procedure: &Procedure, moves: &TrackMoves) -> Result<String, String> {
    let mut ways = Vec::new();
    for one in &moves.moves {
        let when = holds(language, procedure, one.when.as_ref())?;
        for from in &one.from {
            let from = state(procedure, moves.track, *from).ok_or("a stage is missing")?;
            ways.push(language.both(&format!("({} == 2)", language.is_active(&from)), &when));
        }
    }
    Ok(language.any(&ways))
}

/// The name of a stage as a state: `custody.held`.
pub(crate) fn state(procedure: &Procedure, track: TrackId, stage: StageId) -> Option<String> {
    let (_, track, row) = procedure.tracks().iter().find(|(id, _, _)| *id == track)?;
    let (_, stage, _) = row.stages.iter().find(|(id, _, _)| *id == stage)?;
    Some(format!("{track}.{stage}"))
}
