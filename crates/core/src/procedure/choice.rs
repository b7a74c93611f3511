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
    /// Whether an act takes two persons.
    pub enum FourEyes {
        /// One proposes it; only once another has confirmed it does it count.
        Required = "required",
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
        /// The law takes a decision as made that nobody made.
        Deemed = "deemed",
        /// Something may now be done that was closed before.
        Permission = "permission",
        /// Something must be done if the person concerned applies for it.
        OnApplication = "on-application",
        /// The same, and an authority may also do it of its own motion.
        OnApplicationOrOwnMotion = "on-application-or-own-motion",
        /// A power ends: what could be done can no longer be done.
        Lapse = "lapse",
        /// What was done may not be done a second time.
        Bar = "bar",
        /// The duty that was limited goes on, and the delay must be explained.
        MustExplain = "must-explain",
        /// Somebody is told; nothing changes.
        Alert = "alert",
        /// The provision says that nothing changes.
        NothingChanges = "nothing-changes",
        /// The provision states no effect: the engine warns and never moves.
        NothingStated = "nothing-stated",
    }
}

words! {
    /// Whether a delay may be excused before an application is granted. A legal choice.
    pub enum Excuse {
        /// No excuse is heard.
        None = "none",
        /// A reasonable cause for the delay may be shown.
        ReasonableCause = "reasonable-cause",
    }
}

words! {
    /// When an extension may be granted. A legal choice.
    pub enum ExtensionTiming {
        /// Only before the limit has run out.
        BeforeTheEnd = "before-the-end",
        /// Only after it has run out.
        AfterTheEnd = "after-the-end",
        /// Before or after.
        AnyTime = "any-time",
    }
}

words! {
    /// Whether a limit begins again by itself. A legal choice.
    pub enum Recurs {
        /// It does not.
        Never = "never",
        /// When what it waits for is done, in time or late, the next period runs from then.
        FromTheMeeting = "from-the-meeting",
        /// The next period runs from the last day of the one before, whatever was done in it.
        FromTheLastDay = "from-the-last-day",
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
        /// It has begun and stands still.
        Stopped = "stopped",
        /// What it waits for was done in time.
        Met = "met",
        /// Its last moment has passed.
        RanOut = "ran out",
        /// Its last moment has passed, and an authority has put that right.
        Cured = "cured",
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

impl ExpiryEffect {
    /// Whether somebody may come to owe something: where the law itself moves, it need not leave anything to do.
    #[must_use]
    pub fn may_impose_a_duty(self) -> bool {
        self.imposes_a_duty() || self == Self::ByLaw
    }

    /// Whether somebody comes to owe something.
    #[must_use]
    pub fn imposes_a_duty(self) -> bool {
        match self {
            Self::Duty | Self::MustExplain => true,
            Self::ByLaw
            | Self::Deemed
            | Self::Permission
            | Self::OnApplication
            | Self::OnApplicationOrOwnMotion
            | Self::Lapse
            | Self::Bar
            | Self::Alert
            | Self::NothingChanges
            | Self::NothingStated => false,
        }
    }

    /// Whether it opens acts that were closed.
    #[must_use]
    pub fn opens_acts(self) -> bool {
        match self {
            Self::Permission | Self::OnApplication | Self::OnApplicationOrOwnMotion => true,
            Self::Duty
            | Self::ByLaw
            | Self::Deemed
            | Self::Lapse
            | Self::Bar
            | Self::MustExplain
            | Self::Alert
            | Self::NothingChanges
            | Self::NothingStated => false,
        }
    }

    /// Whether it waits for somebody to apply.
    #[must_use]
    pub fn waits_for_an_application(self) -> bool {
        self.opens_acts() && self != Self::Permission
    }

    /// Whether it closes acts that were open.
    #[must_use]
    pub fn closes_acts(self) -> bool {
        matches!(self, Self::Lapse | Self::Bar)
    }

    /// Whether nothing moves.
    #[must_use]
    pub fn moves_nothing(self) -> bool {
        matches!(self, Self::Alert | Self::NothingChanges | Self::NothingStated)
    }
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
