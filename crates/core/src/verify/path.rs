//! A path, told in words.

use std::fmt;

use crate::entry::What;
use crate::name::Name;
use crate::time::Moment;

/// What happens to a case, one after the other, from its opening.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// The deeds and expiries.
    pub steps: Vec<Happens>,
}

/// A deed, or a clock that runs out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happens {
    /// Something is recorded.
    Deed(What),
    /// A clock runs out.
    RunsOut(Name),
    /// Nothing happens until then.
    WaitsUntil(Moment),
}

impl Path {
    /// Each step in words.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.steps.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Display for Happens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WaitsUntil(moment) => write!(f, "nothing until {moment}"),
            Self::RunsOut(clock) => write!(f, "clock {clock} runs out"),
            Self::Deed(What::Fact { fact, value }) => write!(f, "{fact} is {}", value.reveal()),
            Self::Deed(What::Act { act, facts, .. }) if !facts.is_empty() => {
                let facts: Vec<String> =
                    facts.iter().map(|(fact, value)| format!("{fact}: {}", value.reveal())).collect();
                write!(f, "{act} ({})", facts.join(", "))
            }
            Self::Deed(what) => f.write_str(&what.label()),
        }
    }
}
