//! Whether a guard holds with the facts of an act, or could hold once they are known.

use super::state::{Given, State};
use crate::procedure::{Atom, FactId, Guard, Truth};

/// The facts of an act that is being looked at.
#[derive(Clone, Copy)]
pub(crate) enum Facts<'a> {
    /// They were given with it.
    Given(Given<'a>),
    /// Nobody has done the act yet; it records these, and their values are open.
    ToCome(&'a [FactId]),
}

/// What could become of a guard. Neither, if it depends on something that the act does not bring.
#[derive(Clone, Copy)]
pub(super) struct Possible {
    pub(super) may_hold: bool,
    pub(super) may_fail: bool,
}

impl<'a> Facts<'a> {
    /// The values that are known.
    pub(super) fn given(self) -> Given<'a> {
        match self {
            Self::Given(given) => given,
            Self::ToCome(_) => &[],
        }
    }

    fn are_to_come(self, fact: FactId) -> bool {
        match self {
            Self::Given(_) => false,
            Self::ToCome(facts) => facts.contains(&fact),
        }
    }
}

impl State {
    /// What could become of `guard`. With facts to come each statement about one of them may turn out either way,
    /// so two statements about one fact may be taken to hold at once: the act is then shown as open, and refused
    /// when it is done with a value that does not fit.
    pub(super) fn possible(&self, guard: &Guard, facts: Facts<'_>) -> Possible {
        match guard {
            Guard::And(parts) => {
                let parts: Vec<Possible> = parts.iter().map(|part| self.possible(part, facts)).collect();
                Possible {
                    may_hold: parts.iter().all(|part| part.may_hold),
                    may_fail: parts.iter().any(|part| part.may_fail),
                }
            }
            Guard::Or(parts) => {
                let parts: Vec<Possible> = parts.iter().map(|part| self.possible(part, facts)).collect();
                Possible {
                    may_hold: parts.iter().any(|part| part.may_hold),
                    may_fail: parts.iter().all(|part| part.may_fail),
                }
            }
            Guard::Not(part) => {
                let Possible { may_hold, may_fail } = self.possible(part, facts);
                Possible { may_hold: may_fail, may_fail: may_hold }
            }
            Guard::Atom(atom) => self.atom_possible(atom, facts),
        }
    }

    fn atom_possible(&self, atom: &Atom, facts: Facts<'_>) -> Possible {
        match (atom, facts) {
            (Atom::Fact(fact, _) | Atom::Known(fact), _) if facts.are_to_come(*fact) => {
                Possible { may_hold: true, may_fail: true }
            }
            (Atom::Holds(condition), Facts::ToCome(_)) => {
                self.possible(&self.procedure.conditions.at(*condition).when, facts)
            }
            (_, _) => {
                let truth = self.truth(atom, facts.given());
                Possible { may_hold: truth == Truth::True, may_fail: truth == Truth::False }
            }
        }
    }
}
