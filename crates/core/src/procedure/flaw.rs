//! What is wrong with a procedure file.

use std::fmt;

use super::draft::Mark;
use crate::words::words;

words! {
    /// The kind of a flaw: stable, and the name of its page in the reference.
    pub enum FlawCode {
        /// A name is not written as names are.
        BadName = "bad-name",
        /// A name stands for two things.
        NameTwice = "name-twice",
        /// A name stands for nothing.
        UnknownName = "unknown-name",
        /// A legal choice is missing.
        MissingChoice = "missing-choice",
        /// A choice contradicts another.
        Contradiction = "contradiction",
        /// A citation names an article that the instrument's file does not hold.
        UnknownArticle = "unknown-article",
        /// A rule rests on a provision whose text was not verified, and no reading is argued.
        Unverified = "unverified",
        /// A rule cites nothing.
        NoCitation = "no-citation",
        /// A value does not fit the type of its fact.
        WrongType = "wrong-type",
        /// A stage cannot be reached.
        Unreachable = "unreachable",
        /// A stage is never left and is no outcome.
        NeverLeft = "never-left",
        /// A stage is an outcome and is left.
        OutcomeLeft = "outcome-left",
        /// Two moves could both be taken.
        MovesOverlap = "moves-overlap",
        /// A stage holds a fact that is not recorded on the way in.
        NotHeld = "not-held",
        /// Clocks or conditions depend on themselves.
        Circle = "circle",
        /// Something is declared and never used.
        Unused = "unused",
        /// There is more of something than a procedure may have.
        TooMany = "too-many",
    }
}

/// One thing that is wrong with a procedure, with what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Its kind.
    pub code: FlawCode,
    /// Where the author wrote it.
    pub mark: Mark,
    /// What is there.
    pub message: String,
    /// What would be right.
    pub remedy: String,
    /// The name that was looked for and those that would have fitted, for a "did you mean".
    pub candidates: Option<Candidates>,
}

/// A name that stands for nothing, and the names that could have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// What was written.
    pub written: String,
    /// What is declared.
    pub known: Vec<String>,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.remedy)
    }
}
