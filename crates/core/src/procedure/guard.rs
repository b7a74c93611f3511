//! Guards: pure, typed, total and three-valued statements about a case.

use super::choice::{ClockStanding, Force, GroundStanding, Quantity};
use super::model::{
    ActId, ClockId, ConditionId, DocumentId, FactId, GroundId, Procedure, SetId, StageId, TrackId,
};
use crate::value::Value;

/// A statement that is true, false or unknown of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// All hold.
    And(Vec<Guard>),
    /// At least one holds.
    Or(Vec<Guard>),
    /// It does not hold.
    Not(Box<Guard>),
    /// A single statement.
    Atom(Atom),
}

/// A single statement about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Atom {
    /// A track stands at a stage.
    Stage(TrackId, StageId),
    /// A fact has a value. Unknown while nothing is recorded.
    Fact(FactId, Value),
    /// Something is recorded for a fact. Never unknown.
    Known(FactId),
    /// An act was done at least once.
    Recorded(ActId),
    /// A condition holds.
    Holds(ConditionId),
    /// A clock stands so.
    Clock(ClockId, ClockStanding),
    /// A document is needed and complete, or not needed.
    Document(DocumentId),
    /// All documents of a set are.
    Documents(SetId),
    /// A ground stands so.
    Ground(GroundId, GroundStanding),
    /// So many grounds stand so.
    Grounds {
        /// Which of them; all, if absent.
        force: Option<Force>,
        /// How many.
        quantity: Quantity,
        /// How they must stand.
        stands: GroundStanding,
    },
}

/// A truth value of Kleene's strong three-valued logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It depends on what is not recorded.
    Unknown,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negated().and(other.negated()).negated()
    }

    /// It does not hold.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

impl Guard {
    /// Evaluates the guard, asking `truth` for each single statement.
    pub fn evaluate(&self, truth: &mut impl FnMut(&Atom) -> Truth) -> Truth {
        match self {
            // One that is false settles a conjunction whatever the others are, known or not; so does one that holds
            // a disjunction.
            Self::And(parts) => {
                let mut all = Truth::True;
                for part in parts {
                    all = all.and(part.evaluate(truth));
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            Self::Or(parts) => {
                let mut any = Truth::False;
                for part in parts {
                    any = any.or(part.evaluate(truth));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Self::Not(part) => part.evaluate(truth).negated(),
            Self::Atom(atom) => truth(atom),
        }
    }

    /// Every single statement in it, from left to right.
    pub fn atoms<'a>(&'a self, found: &mut Vec<&'a Atom>) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.atoms(found)),
            Self::Not(part) => part.atoms(found),
            Self::Atom(atom) => found.push(atom),
        }
    }

    /// The guard as a file would write it.
    #[must_use]
    pub fn words(&self, procedure: &Procedure) -> String {
        self.at_depth(procedure, 0)
    }

    fn at_depth(&self, procedure: &Procedure, binds: u8) -> String {
        let join = |parts: &[Self], word: &str, own: u8| {
            let inner: Vec<String> = parts.iter().map(|part| part.at_depth(procedure, own)).collect();
            let text = inner.join(word);
            if binds > own { format!("({text})") } else { text }
        };
        match self {
            Self::And(parts) => join(parts, " and ", 2),
            Self::Or(parts) => join(parts, " or ", 1),
            Self::Not(part) => format!("not {}", part.at_depth(procedure, 3)),
            Self::Atom(atom) => atom.words(procedure),
        }
    }
}

impl Atom {
    /// The statement as a file would write it.
    #[must_use]
    pub fn words(&self, procedure: &Procedure) -> String {
        match self {
            Self::Stage(track, stage) => {
                let stages = &procedure.tracks.at(*track).stages;
                format!("{} is {}", procedure.tracks.name(*track), stages.name(*stage))
            }
            Self::Fact(fact, value) => format!("{} is {}", procedure.facts.name(*fact), value.reveal()),
            Self::Known(fact) => format!("{} is known", procedure.facts.name(*fact)),
            Self::Recorded(act) => format!("act {} is recorded", procedure.acts.name(*act)),
            Self::Holds(condition) => format!("condition {} holds", procedure.conditions.name(*condition)),
            Self::Clock(clock, stands) => {
                format!("clock {} {}", procedure.clocks.name(*clock), clock_phrase(*stands))
            }
            Self::Document(document) => {
                format!("document {} is complete", procedure.documents.name(*document))
            }
            Self::Documents(set) => format!("documents for {} are complete", procedure.sets.name(*set)),
            Self::Ground(ground, stands) => {
                format!("ground {} {}", procedure.grounds.name(*ground), ground_phrase(*stands))
            }
            Self::Grounds { force, quantity, stands } => {
                let force = force.map_or(String::new(), |force| format!("{force} "));
                format!("{quantity} {force}ground {}", ground_phrase(*stands))
            }
        }
    }
}

pub(crate) fn clock_phrase(stands: ClockStanding) -> &'static str {
    match stands {
        ClockStanding::NotStarted => "has not started",
        ClockStanding::Running => "is running",
        ClockStanding::Stopped => "is stopped",
        ClockStanding::Met => "is met",
        ClockStanding::RanOut => "has run out",
        ClockStanding::Cured => "is cured",
        ClockStanding::SwitchedOff => "is switched off",
    }
}

pub(crate) fn ground_phrase(stands: GroundStanding) -> &'static str {
    match stands {
        GroundStanding::NotConsidered => "is not considered",
        GroundStanding::Considered => "is considered",
        GroundStanding::Applies => "applies",
        GroundStanding::DoesNotApply => "does not apply",
    }
}
