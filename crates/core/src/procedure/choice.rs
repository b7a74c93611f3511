//! The closed choices that an author makes, each with the word that the file uses.

use crate::words::words;

words! {
    /// What a request asks for.
    pub enum Kind {
        /// Hand over a person for trial or punishment.
        Extradition = "extradition",
        /// Take evidence, serve papers, search, or help in another way.
        MutualLegalAssistance = "mutual-legal-assistance",
        /// Waive the immunity of a person or of premises.
        ImmunityWaiver = "immunity-waiver",
        /// A domestic warrant of arrest and the search for the person.
        ArrestWarrant = "arrest-warrant",
        /// A complaint before a domestic body that runs beside the requests.
        DomesticComplaint = "domestic-complaint",
    }
}

words! {
    /// How far the text of a provision was verified.
    pub enum Verified {
        /// The operative text was seen.
        Seen = "seen",
        /// Only a summary by somebody else was seen.
        Summary = "summary",
        /// Number and content are generally known; the text was not seen.
        Known = "known",
        /// Neither. No rule rests on it, except as a reading.
        Unverified = "unverified",
    }
}

words! {
    /// What a second start of a clock does. A legal choice.
    pub enum StartedAgain {
        /// The clock begins anew and the old count ends.
        StartsAnew = "starts-anew",
        /// The first count goes on while it runs, and once it has run out there is no second. After it was met or
        /// switched off the clock may start once more.
        RunsOn = "runs-on",
    }
}

words! {
    /// Who wins when an act and the expiry fall on the same instant. A legal choice.
    pub enum SameInstant {
        /// The act is in time.
        ActFirst = "act-first",
        /// The limit has run out.
        ExpiryFirst = "expiry-first",
    }
}

words! {
    /// What kind of consequence running out has.
    pub enum ExpiryEffect {
        /// Something must now be done, and somebody must record that it was.
        Duty = "duty",
        /// The law itself changes how things stand.
        ByLaw = "by-law",
        /// Something may now be done that was closed before.
        Permission = "permission",
        /// Somebody is told; nothing changes.
        Alert = "alert",
        /// The provision states no effect: the engine warns and never moves.
        NothingStated = "nothing-stated",
    }
}

words! {
    /// In which form a document is required.
    pub enum DocumentForm {
        /// The original.
        Original = "original",
        /// A certified copy, or the original.
        CertifiedCopy = "certified-copy",
        /// Any copy.
        Copy = "copy",
        /// The provision does not say.
        NotStated = "not-stated",
    }
}

words! {
    /// Whether a ground binds.
    pub enum Force {
        /// Surrender or help must be refused.
        Mandatory = "mandatory",
        /// It may be refused.
        Optional = "optional",
    }
}

words! {
    /// How a clock may stand.
    pub enum ClockStanding {
        /// It has not begun.
        NotStarted = "not started",
        /// It runs.
        Running = "running",
        /// What it waits for was done in time.
        Met = "met",
        /// Its last moment has passed.
        RanOut = "ran out",
        /// It no longer matters.
        SwitchedOff = "switched off",
    }
}

words! {
    /// How a ground may stand.
    pub enum GroundStanding {
        /// Nobody has considered it.
        NotConsidered = "not considered",
        /// It was considered, whatever was found.
        Considered = "considered",
        /// It was found to apply.
        Applies = "applies",
        /// It was found not to apply.
        DoesNotApply = "does not apply",
    }
}

words! {
    /// How many of the grounds.
    pub enum Quantity {
        /// All of them.
        Every = "every",
        /// At least one.
        Any = "any",
        /// Not one.
        No = "no",
    }
}

/// Whether a document must be translated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Translation {
    /// Into this language (BCP 47).
    Into(String),
    /// The provision requires none.
    NotNeeded,
    /// The provision does not say.
    NotStated,
}

impl std::fmt::Display for Translation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Into(language) => f.write_str(language),
            Self::NotNeeded => f.write_str("not-needed"),
            Self::NotStated => f.write_str("not-stated"),
        }
    }
}
