//! Statements in Python with the predicates of sismic.

use comity_core::procedure::{Atom, ConditionId, DocumentId, Force, GroundStanding, Procedure, Quantity};

use crate::expression::{Extreme, Language, guard};
use crate::net::name;

/// What the expressions call. What comes with an act counts as known while it is judged.
pub(super) const PREAMBLE: &str = "\
recorded, documents, facts, grounds = set(), set(), {}, {}
waiting, acted, began, busy = set(), set(), {}, False
def known(event, facts, fact):
    given = event.data.get(fact) if event else None
    return facts.get(fact) if given is None else given
def is_so(value, wanted):
    return 1 if value is None else 2 if value == wanted else 0
";

/// Python with the predicates of sismic.
pub(super) struct Python;

impl Language for Python {
    fn of(&self, word: Extreme, parts: &[String]) -> String {
        // The least of one, or of none, is not a word of Python.
        let parts = parts.join(", ");
        match word {
            Extreme::Least => format!("min((2, {parts}))"),
            Extreme::Greatest => format!("max((0, {parts}))"),
        }
    }

    fn is_active(&self, state: &str) -> String {
        two_if(&format!("active('{state}')"))
    }

    fn atom(&self, procedure: &Procedure, atom: &Atom) -> Result<String, String> {
        let fact = |id| name(procedure.facts(), id).map_err(|wrong| wrong.to_string());
        match atom {
            Atom::Recorded(act) => {
                let act = name(procedure.acts(), *act).map_err(|wrong| wrong.to_string())?;
                Ok(two_if(&format!("'{act}' in recorded")))
            }
            Atom::Clock(clock, stands) => {
                let clock = name(procedure.clocks(), *clock).map_err(|wrong| wrong.to_string())?;
                Ok(self.is_active(&format!("{clock}.{}", stands.word().replace(' ', "-"))))
            }
            Atom::Fact(id, value) => {
                Ok(format!("is_so(known(event, facts, '{}'), '{}')", fact(*id)?, value.reveal()))
            }
            Atom::Known(id) => Ok(two_if(&format!("known(event, facts, '{}') is not None", fact(*id)?))),
            Atom::Document(document) => self.document(procedure, *document),
            Atom::Documents(set) => {
                let members = procedure.documents().iter().filter(|(_, _, row)| row.set == *set);
                let members: Result<Vec<String>, String> =
                    members.map(|(id, _, _)| self.document(procedure, id)).collect();
                Ok(self.of(Extreme::Least, &members?))
            }
            Atom::Ground(ground, stands) => {
                let ground = name(procedure.grounds(), *ground).map_err(|wrong| wrong.to_string())?;
                Ok(ground_is(&ground, *stands))
            }
            Atom::Grounds { force, quantity, stands } => {
                Ok(self.grounds(procedure, *force, *quantity, *stands))
            }
            Atom::Stage(..) | Atom::Holds(_) => Err(format!("{} is not exported", atom.words(procedure))),
        }
    }

    fn both(&self, one: &str, other: &str) -> String {
        format!("({one} and {other})")
    }

    fn any(&self, parts: &[String]) -> String {
        format!("({})", parts.join(" or "))
    }
}

impl Python {
    /// A document is there, or is not needed.
    fn document(&self, procedure: &Procedure, id: DocumentId) -> Result<String, String> {
        let row = procedure.documents().get(id).ok_or("a document is missing")?;
        let document = name(procedure.documents(), id).map_err(|wrong| wrong.to_string())?;
        let mut ways = vec![two_if(&format!("'{document}' in documents"))];
        if let Some(when) = &row.when {
            ways.push(format!("(2 - {})", guard(self, procedure, when)?));
        }
        Ok(self.of(Extreme::Greatest, &ways))
    }

    fn grounds(
        &self,
        procedure: &Procedure,
        force: Option<Force>,
        quantity: Quantity,
        stands: GroundStanding,
    ) -> String {
        let chosen = procedure.grounds().iter().filter(|(_, _, row)| force.is_none_or(|it| it == row.force));
        let each: Vec<String> = chosen.map(|(_, name, _)| ground_is(name.as_str(), stands)).collect();
        match quantity {
            Quantity::Every => self.of(Extreme::Least, &each),
            Quantity::Any => self.of(Extreme::Greatest, &each),
            Quantity::No => format!("(2 - {})", self.of(Extreme::Greatest, &each)),
        }
    }
}

fn two_if(holds: &str) -> String {
    format!("(2 if {holds} else 0)")
}

fn ground_is(ground: &str, stands: GroundStanding) -> String {
    two_if(&match stands {
        GroundStanding::NotConsidered => format!("'{ground}' not in grounds"),
        GroundStanding::Considered => format!("'{ground}' in grounds"),
        GroundStanding::Applies | GroundStanding::DoesNotApply => {
            format!("grounds.get('{ground}') == '{}'", stands.word())
        }
    })
}

/// What is asked of all conditions together, as values of Python.
pub(super) struct Conditions {
    /// All were looked at and none has another answer since; and nothing is under way.
    pub(super) are_settled: String,
    /// For each, that it has come to hold, holds still, and has not acted in this step.
    pub(super) wait: Vec<String>,
    /// They are settled and none waits.
    pub(super) are_quiet: String,
}

impl Conditions {
    pub(super) fn of(procedure: &Procedure) -> Result<Self, String> {
        let mut settled = vec!["not busy".to_owned()];
        let mut wait = Vec::new();
        for (id, name, _) in procedure.conditions().iter() {
            settled.push(format!("active('{name}.holds') == {}", holds(procedure, id)?));
            wait.push(format!("('{name}' in waiting and '{name}' not in acted and active('{name}.holds'))"));
        }
        let are_settled = format!("({})", settled.join(" and "));
        let quiet = std::iter::once(are_settled.clone()).chain(wait.iter().map(|one| format!("not {one}")));
        let are_quiet = format!("({})", quiet.collect::<Vec<_>>().join(" and "));
        Ok(Self { are_settled, wait, are_quiet })
    }
}

/// Whether a condition holds by its words.
pub(super) fn holds(procedure: &Procedure, id: ConditionId) -> Result<String, String> {
    let condition = procedure.conditions().get(id).ok_or("a condition is missing")?;
    Ok(format!("({} == 2)", guard(&Python, procedure, &condition.when)?))
}
