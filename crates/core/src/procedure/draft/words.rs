//! A condition as its author wrote it, in the words of a file.

use super::super::guard::{clock_phrase, ground_phrase};
use super::{AtomDraft, CiteDraft, GuardDraft};

impl GuardDraft {
    /// The guard as a file would write it.
    #[must_use]
    pub fn words(&self) -> String {
        self.at_depth(0)
    }

    fn at_depth(&self, binds: u8) -> String {
        let join = |parts: &[Self], word: &str, own: u8| {
            let text = parts.iter().map(|part| part.at_depth(own)).collect::<Vec<_>>().join(word);
            if binds > own { format!("({text})") } else { text }
        };
        match self {
            Self::And(parts) => join(parts, " and ", 2),
            Self::Or(parts) => join(parts, " or ", 1),
            Self::Not(part) => format!("not {}", part.at_depth(3)),
            Self::Atom(atom) => atom.value.words(),
        }
    }
}

impl AtomDraft {
    /// The statement as a file would write it.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Is { subject, value } => format!("{} is {}", subject.value, value.value),
            Self::Known(fact) => format!("{} is known", fact.value),
            Self::Unknown(fact) => format!("{} is unknown", fact.value),
            Self::Recorded(act) => format!("act {} is recorded", act.value),
            Self::Holds(condition) => format!("condition {} holds", condition.value),
            Self::Clock { clock, stands } => format!("clock {} {}", clock.value, clock_phrase(*stands)),
            Self::Document(document) => format!("document {} is complete", document.value),
            Self::Documents(set) => format!("documents for {} are complete", set.value),
            Self::Ground { ground, stands } => format!("ground {} {}", ground.value, ground_phrase(*stands)),
            Self::Grounds { force, quantity, stands } => {
                let force = force.map_or(String::new(), |force| format!("{force} "));
                format!("{quantity} {force}ground {}", ground_phrase(*stands))
            }
        }
    }
}

impl CiteDraft {
    /// The citation as a file would write it: `treaty 9(4)` or `reading 2`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Article { source, article } => format!("{} {}", source.value, article.value),
            Self::Reading { number, .. } => format!("reading {}", number.value),
        }
    }
}
