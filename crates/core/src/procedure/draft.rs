//! A procedure as its author wrote it: names not yet resolved, choices not yet checked.
//!
//! A reader of some notation fills a [`Draft`]; [`Procedure::from_draft`](super::Procedure::from_draft) is the
//! one way from here to a procedure that may run. Every value that can be wrong carries a [`Mark`], which the
//! reader chose and which comes back in each [`Flaw`](super::Flaw): this crate never learns what a line is.

mod clock;
mod words;

pub use clock::{
    ChoicesDraft, ClockDraft, CountedFromDraft, ExpiryDraft, ExtendByDraft, ExtensionDraft,
    LengthChangeDraft, LengthDraft, PurposeDraft, StartsDraft, StopsDraft,
};

/// A place in the author's text, in the reader's own terms (a byte offset, say).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark(pub u32);

/// A value and the place where the author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub mark: Mark,
}

/// One row of a table of the file: its name and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<T> {
    /// The key of the row.
    pub name: Marked<String>,
    /// What the author wrote under it.
    pub value: T,
}

/// A whole procedure file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// `folder/name`, such as `nz-kr/extradition`.
    pub procedure: Marked<String>,
    /// The edition, from 1.
    pub version: Marked<u32>,
    /// What the procedure is called.
    pub title: String,
    /// What is asked for.
    pub kind: super::Kind,
    /// What is left out of the procedure on which this one builds, with the provision by which it does not apply.
    pub left_out: Vec<Row<CitesDraft>>,
    /// The instruments that rules cite.
    pub sources: Vec<Row<SourceDraft>>,
    /// The States that take part.
    pub sides: Vec<Row<SideDraft>>,
    /// The offices on each side, keyed `side/office`.
    pub authorities: Vec<Row<AuthorityDraft>>,
    /// Other cases that this one may be tied to.
    pub links: Vec<Row<LinkDraft>>,
    /// What may be recorded about the case.
    pub facts: Vec<Row<FactDraft>>,
    /// The parallel aspects of the case.
    pub tracks: Vec<Row<TrackDraft>>,
    /// What is worked out rather than recorded.
    pub conditions: Vec<Row<ConditionDraft>>,
    /// Time limits and waiting periods.
    pub clocks: Vec<Row<ClockDraft>>,
    /// What authorities do.
    pub acts: Vec<Row<ActDraft>>,
    /// What is owed after an act or an expiry.
    pub obligations: Vec<Row<ObligationDraft>>,
    /// What a request must be accompanied by.
    pub documents: Vec<Row<DocumentDraft>>,
    /// Reasons to refuse, to be considered one by one.
    pub grounds: Vec<Row<GroundDraft>>,
    /// What the author guarantees of every path.
    pub safeguards: Vec<Row<SafeguardDraft>>,
    /// Closed days, by the name that clocks use. Filled from calendar files.
    pub calendars: Vec<Row<crate::time::Calendar>>,
    /// Rules of counting that instruments state. Filled from their files.
    pub rule_sets: Vec<crate::time::RuleSet>,
}

/// An instrument and the articles that stand in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceDraft {
    /// Full title of the instrument.
    pub title: String,
    /// First day on which it binds, where it is known.
    pub in_force: Option<crate::time::Day>,
    /// The articles in the instrument's file.
    pub articles: Vec<ArticleDraft>,
}

/// One provision in an instrument's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleDraft {
    /// `9(1)`, `15-2`, `39(2)`.
    pub number: String,
    /// What it is about.
    pub heading: String,
    /// How far the text was verified.
    pub verified: super::Verified,
}

/// A citation as written: `treaty 9(1)` or `reading 2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CiteDraft {
    /// A provision of a source.
    Article {
        /// Key of the source.
        source: Marked<String>,
        /// Number of the provision.
        article: Marked<String>,
    },
    /// An argued reading in `NOTES.md`.
    Reading {
        /// Its number there.
        number: Marked<u32>,
        /// Whether `NOTES.md` holds it, as the reader found.
        exists: bool,
    },
}

/// One or more citations, in the author's order.
pub type CitesDraft = Vec<CiteDraft>;

/// A State that takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideDraft {
    /// Which State.
    pub state: StateDraft,
    /// IANA zone whose days count there. Only for a State that is always the same.
    pub zone: Option<Marked<String>>,
}

/// Which State a side is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateDraft {
    /// Always this one: ISO 3166-1 alpha-2, or a made-up code for a fictional State.
    The(Marked<String>),
    /// The one that a fact holds, which differs from case to case.
    InFact(Marked<String>),
}

/// An office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityDraft {
    /// Its name.
    pub title: String,
    /// What it was called or is called later, each from a day on.
    pub renamed: Vec<RenamedDraft>,
    /// From when until when it may act. By the day of its act.
    pub in_force: Option<ValidityDraft>,
    /// Where its power comes from.
    pub cite: CitesDraft,
}

/// Another name of an office, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenamedDraft {
    /// The first day of the name.
    pub from: Marked<crate::time::Day>,
    /// The name.
    pub title: String,
}

/// A tie to another case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkDraft {
    /// What the other case is to this one.
    pub title: String,
    /// Which procedure the other case must be under.
    pub procedure: Marked<String>,
}

/// Something that may be known of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactDraft {
    /// What it is called.
    pub title: String,
    /// What may be recorded.
    pub of: FactTypeDraft,
    /// Where the value comes from another case: a link and one of that case's tracks.
    pub mirrors: Option<MirrorDraft>,
    /// The provision that makes the fact matter.
    pub cite: CitesDraft,
}

/// A fact taken over from a linked case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorDraft {
    /// A link of this procedure.
    pub link: Marked<String>,
    /// A track of the linked procedure; its stages are the values.
    pub track: Marked<String>,
}

/// The type of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactTypeDraft {
    /// Free text.
    Text,
    /// A day.
    Date,
    /// A country code.
    Country,
    /// `yes` or `no`.
    YesNo,
    /// A whole number.
    Number,
    /// A length of time, such as a maximum sentence.
    Period,
    /// One of the values listed.
    OneOf(Vec<Marked<String>>),
}

/// One aspect of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackDraft {
    /// What it is called.
    pub title: String,
    /// The stage in which it opens.
    pub starts: Marked<String>,
    /// Its stages.
    pub stages: Vec<Row<StageDraft>>,
}

/// Where a track may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageDraft {
    /// What it is called.
    pub title: String,
    /// The outcome, if the track ends here.
    pub outcome: Option<String>,
    /// Facts that must be known when the track stands here.
    pub holds: Vec<Marked<String>>,
}

/// Something worked out from what is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionDraft {
    /// What it is called.
    pub title: String,
    /// When it holds.
    pub when: GuardDraft,
    /// What moves by itself when it comes to hold.
    pub moves: Vec<TrackMovesDraft>,
    /// The provision.
    pub cite: CitesDraft,
}

/// What one track does at an act, an expiry or a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackMovesDraft {
    /// The track.
    pub track: Marked<String>,
    /// Its moves; at most one can be taken.
    pub moves: Vec<MoveDraft>,
    /// Whether the track may also stay where it is (`else stays`).
    pub or_stays: bool,
}

/// From some stages to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveDraft {
    /// Where it can start.
    pub from: FromDraft,
    /// Where it leads.
    pub to: Marked<String>,
    /// When it is taken.
    pub when: Option<GuardDraft>,
    /// The provision, where it is another one than that of the act.
    pub cite: CitesDraft,
}

/// Where a move can start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromDraft {
    /// Any stage that does not end the track (`any open`).
    AnyOpen(Mark),
    /// The stages listed.
    Stages(Vec<Marked<String>>),
}

/// Whose day says which law applies. A legal choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LawDayDraft {
    /// The day of the act that is done, or of the start of the clock.
    ItsOwn,
    /// The day on which the case began.
    Opening,
    /// The day on which this act was first done.
    Act(Marked<String>),
}

/// From when until when a rule is law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidityDraft {
    /// Its first day; from the beginning, if absent.
    pub from: Option<Marked<crate::time::Day>>,
    /// Its last day; without end, if absent.
    pub until: Option<Marked<crate::time::Day>>,
    /// Whose day says so.
    pub law_of: LawDayDraft,
    /// The provision.
    pub cite: CitesDraft,
    /// Where it stands.
    pub mark: Mark,
}

/// Something an authority does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActDraft {
    /// What was done, as a short sentence.
    pub title: String,
    /// Who may do it.
    pub by: Vec<Marked<String>>,
    /// What must hold.
    pub when: Option<GuardDraft>,
    /// What must not hold, each with its own provision.
    pub unless: Vec<ExceptionDraft>,
    /// What moves.
    pub moves: Vec<TrackMovesDraft>,
    /// Facts that must be given with the act.
    pub records: Vec<Marked<String>>,
    /// Facts that may be given with the act.
    pub may_record: Vec<Marked<String>>,
    /// Obligations that arise.
    pub owes: Vec<Marked<String>>,
    /// Whether it takes two persons.
    pub four_eyes: Option<super::FourEyes>,
    /// From when until when the act is law.
    pub in_force: Option<ValidityDraft>,
    /// The provision.
    pub cite: CitesDraft,
    /// Where the act stands in the file.
    pub mark: Mark,
}

/// An exception that closes an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionDraft {
    /// When it applies.
    pub when: GuardDraft,
    /// The provision.
    pub cite: CitesDraft,
}

/// Something owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObligationDraft {
    /// What is owed, starting with a verb.
    pub title: String,
    /// Who owes it.
    pub bearer: Marked<String>,
    /// What must hold once the act or expiry that gives rise to it has moved the tracks.
    pub when: Option<GuardDraft>,
    /// Acts that meet it.
    pub met_by: Vec<Marked<String>>,
    /// The provision.
    pub cite: CitesDraft,
}

/// Something a request must be accompanied by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentDraft {
    /// What it is called.
    pub title: String,
    /// The set it belongs to, such as `request`.
    pub set: Marked<String>,
    /// When it is needed; always, if absent.
    pub when: Option<GuardDraft>,
    /// In which form.
    pub form: super::DocumentForm,
    /// Whether it must be translated, and into what.
    pub translated: super::Translation,
    /// From when until when it is required.
    pub in_force: Option<ValidityDraft>,
    /// The provision.
    pub cite: CitesDraft,
}

/// A reason to refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroundDraft {
    /// What it is called.
    pub title: String,
    /// Whether it binds.
    pub force: super::Force,
    /// Who considers it.
    pub considered_by: Vec<Marked<String>>,
    /// From when until when it is a ground.
    pub in_force: Option<ValidityDraft>,
    /// The provision.
    pub cite: CitesDraft,
}

/// A condition over what is known, not yet resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuardDraft {
    /// All hold.
    And(Vec<GuardDraft>),
    /// At least one holds.
    Or(Vec<GuardDraft>),
    /// It does not hold.
    Not(Box<GuardDraft>),
    /// A single statement, with the place where it begins.
    Atom(Marked<AtomDraft>),
}

/// A single statement about the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AtomDraft {
    /// `custody is held`, `person.status is accused`: a track and a stage, or a fact and a value.
    Is {
        /// A track or a fact.
        subject: Marked<String>,
        /// A stage or a value.
        value: Marked<String>,
    },
    /// `person.status is known`.
    Known(Marked<String>),
    /// `person.status is unknown`.
    Unknown(Marked<String>),
    /// `act request-received is recorded`.
    Recorded(Marked<String>),
    /// `condition request-complete holds`.
    Holds(Marked<String>),
    /// `clock formal-request is running`.
    Clock {
        /// The clock.
        clock: Marked<String>,
        /// How it must stand.
        stands: super::ClockStanding,
    },
    /// `document arrest-warrant is complete`.
    Document(Marked<String>),
    /// `documents for request are complete`.
    Documents(Marked<String>),
    /// `ground political-offence is considered`, `… applies`.
    Ground {
        /// The ground.
        ground: Marked<String>,
        /// How it must stand.
        stands: super::GroundStanding,
    },
    /// `every mandatory ground is considered`, `no optional ground applies`.
    Grounds {
        /// Which of them; all, if absent.
        force: Option<super::Force>,
        /// How many.
        quantity: super::Quantity,
        /// How they must stand.
        stands: super::GroundStanding,
    },
}

/// A guarantee of the author. One of the eight patterns is given, with what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafeguardDraft {
    /// What it is called.
    pub title: String,
    /// What never holds.
    pub never: Option<GuardDraft>,
    /// The exception, with `never`.
    pub unless: Option<GuardDraft>,
    /// The act before which something must have happened.
    pub before: Option<Marked<String>>,
    /// The act after which something must follow.
    pub always_after: Option<Marked<String>>,
    /// The act or condition that comes first, with `before`, or follows, with `always_after`.
    pub requires: Option<Marked<String>>,
    /// The clock that runs until it follows, with `always_after`.
    pub within: Option<Marked<String>>,
    /// What some path must lead to.
    pub possible: Option<GuardDraft>,
    /// Where something always holds.
    pub holds_in: Option<GuardDraft>,
    /// What holds there, with `holds_in`.
    pub holds: Option<GuardDraft>,
    /// The act that is done once at most.
    pub at_most_once: Option<Marked<String>>,
    /// What never holds together.
    pub never_together: Vec<GuardDraft>,
    /// The authorities by which alone an act is done.
    pub only_by: Vec<Marked<String>>,
    /// The act, with `only_by`.
    pub act: Option<Marked<String>>,
    /// The provision.
    pub cite: CitesDraft,
}
