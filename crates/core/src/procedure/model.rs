//! A checked procedure: every name resolved, every choice made.

use std::fmt;
use std::sync::Arc;

use super::choice::{DocumentForm, Force, Kind, Translation, Verified};
use super::guard::Guard;
use super::safeguard::Safeguard;
use super::wiring::Wiring;
use crate::name::Name;
use crate::table::{Table, ids};
use crate::time::{Day, Zone};
use crate::value::{Country, FactType};

mod clock;

pub use clock::{
    Clock, CountedBy, CountedFrom, Expiry, ExtendBy, ExtendedBy, Length, LengthChange, Purpose, Starts, Stops,
};

ids! {
    /// A source of law.
    SourceId,
    /// A side.
    SideId,
    /// An authority.
    AuthorityId,
    /// A link to another case.
    LinkId,
    /// A fact.
    FactId,
    /// A track.
    TrackId,
    /// A stage of one track.
    StageId,
    /// A condition.
    ConditionId,
    /// A clock.
    ClockId,
    /// An act.
    ActId,
    /// An obligation.
    ObligationId,
    /// A document.
    DocumentId,
    /// A set of documents.
    SetId,
    /// A ground.
    GroundId,
    /// A safeguard.
    SafeguardId,
}

/// How requests of one kind move under one or more instruments. Made by
/// [`Procedure::from_draft`] and by nothing else, so that holding one is the proof that it was checked.
#[derive(Clone, Debug)]
pub struct Procedure {
    // INVARIANT: every id stands in the table of its type, which is why no field is public.
    pub(crate) name: Name,
    pub(crate) version: u32,
    pub(crate) title: String,
    pub(crate) kind: Kind,
    pub(crate) sources: Table<SourceId, Source>,
    pub(crate) sides: Table<SideId, Side>,
    pub(crate) home: SideId,
    pub(crate) authorities: Table<AuthorityId, Authority>,
    pub(crate) links: Table<LinkId, Link>,
    pub(crate) facts: Table<FactId, Fact>,
    pub(crate) tracks: Table<TrackId, Track>,
    pub(crate) conditions: Table<ConditionId, Condition>,
    /// Each condition after those that it rests on.
    pub(crate) conditions_in_order: Vec<ConditionId>,
    pub(crate) clocks: Table<ClockId, Clock>,
    pub(crate) acts: Table<ActId, Act>,
    pub(crate) obligations: Table<ObligationId, Obligation>,
    pub(crate) sets: Table<SetId, Vec<DocumentId>>,
    pub(crate) documents: Table<DocumentId, Document>,
    pub(crate) grounds: Table<GroundId, Ground>,
    pub(crate) safeguards: Table<SafeguardId, Safeguard>,
    pub(crate) meaning: Meaning,
    pub(crate) wiring: Wiring,
}

/// The SHA-256 of what a procedure means: of everything but titles. A case is pinned to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Meaning(pub [u8; 32]);

/// A provision, or an argued reading of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Citation {
    /// A provision.
    Article {
        /// The key of the instrument in the procedure.
        source: Name,
        /// The number of the provision.
        article: String,
        /// How far its text was verified.
        verified: Verified,
    },
    /// A reading in the instrument's notes.
    Reading(u32),
}

/// The basis of a rule, in the author's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis(pub Vec<Citation>);

/// An instrument.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its full title.
    pub title: String,
    /// The first day on which it binds, where it is known.
    pub in_force: Option<Day>,
    /// Its articles, by number.
    pub articles: Vec<Article>,
}

/// A provision of an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Its number.
    pub number: String,
    /// What it is about.
    pub heading: String,
    /// How far its text was verified.
    pub verified: Verified,
}

/// A State that takes part.
#[derive(Clone, Debug)]
pub struct Side {
    /// Which State.
    pub state: SideState,
    /// Whose days count for acts of its authorities: those of the State, or where it differs from case to case
    /// those of the deciding State.
    pub zone: Zone,
}

/// Which State a side is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideState {
    /// Always this one.
    The(Country),
    /// The one that a fact of the case holds.
    InFact(FactId),
}

impl Side {
    /// The State, where it is the same in every case.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        match self.state {
            SideState::The(country) => Some(country),
            SideState::InFact(_) => None,
        }
    }
}

/// An office.
#[derive(Clone, Debug)]
pub struct Authority {
    /// What it is called.
    pub title: String,
    /// What it is called from other days on, in their order.
    pub renamed: Vec<(Day, String)>,
    /// From when until when it may act.
    pub in_force: Option<Validity>,
    /// The side it belongs to.
    pub side: SideId,
    /// Where its power comes from.
    pub basis: Basis,
}

/// A tie to another case.
#[derive(Clone, Debug)]
pub struct Link {
    /// What the other case is to this one.
    pub title: String,
    /// The procedure of the other case.
    pub procedure: Name,
}

/// Something that may be known of the case.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is called.
    pub title: String,
    /// What may be recorded.
    pub of: FactType,
    /// The track of a linked case that it follows.
    pub mirrors: Option<Mirror>,
    /// The provision that makes it matter.
    pub basis: Basis,
}

/// A fact that follows the stage of a track in a linked case.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// The link.
    pub link: LinkId,
    /// The track of the linked procedure.
    pub track: Name,
}

/// One of the parallel aspects of a case.
#[derive(Clone, Debug)]
pub struct Track {
    /// What it is called.
    pub title: String,
    /// Where it opens.
    pub starts: StageId,
    /// Where it may stand.
    pub stages: Table<StageId, Stage>,
}

/// Where a track may stand.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What it is called.
    pub title: String,
    /// The outcome, if the track ends here.
    pub outcome: Option<String>,
    /// Facts that are known whenever the track stands here.
    pub holds: Vec<FactId>,
}

/// Something worked out from what is recorded.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What it is called.
    pub title: String,
    /// When it holds.
    pub when: Guard,
    /// What moves by itself when it comes to hold.
    pub moves: Vec<TrackMoves>,
    /// The provision.
    pub basis: Basis,
}

/// What one track does at an act, an expiry or a condition.
#[derive(Clone, Debug)]
pub struct TrackMoves {
    /// The track.
    pub track: TrackId,
    /// Its moves. At most one can be taken at any time.
    pub moves: Vec<Move>,
    /// Whether the track may also stay where it is.
    pub or_stays: bool,
}

/// From some stages to one.
#[derive(Clone, Debug)]
pub struct Move {
    /// Where it can start.
    pub from: Vec<StageId>,
    /// Where it leads.
    pub to: StageId,
    /// When it is taken.
    pub when: Option<Guard>,
    /// The provision, where it is another one than that of the act.
    pub basis: Basis,
}

/// An act or a condition that starts or meets a clock.
#[derive(PartialOrd, Ord, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// An act is done.
    Act(ActId),
    /// A condition comes to hold.
    Condition(ConditionId),
}

/// Whose day says which law applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LawDay {
    /// The day of the act that is done, or of the start of the clock.
    ItsOwn,
    /// The day on which the case began.
    Opening,
    /// The day on which an act was first done; until it is done, the day of what is looked at.
    Act(ActId),
}

/// From when until when a rule is law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Its first day; from the beginning, if absent.
    pub from: Option<Day>,
    /// Its last day; without end, if absent.
    pub until: Option<Day>,
    /// Whose day says so.
    pub law_of: LawDay,
    /// The provision.
    pub basis: Basis,
}

/// Something an authority does.
#[derive(Clone, Debug)]
pub struct Act {
    /// What was done.
    pub title: String,
    /// Who may do it.
    pub by: Vec<AuthorityId>,
    /// What must hold.
    pub when: Option<Guard>,
    /// What must not hold.
    pub unless: Vec<Exception>,
    /// What moves.
    pub moves: Vec<TrackMoves>,
    /// Facts that must be given with it.
    pub records: Vec<FactId>,
    /// Facts that may be given with it.
    pub may_record: Vec<FactId>,
    /// Obligations that arise.
    pub owes: Vec<ObligationId>,
    /// Whether it takes two persons: one proposes it, and only once another has confirmed it does it count.
    pub four_eyes: bool,
    /// From when until when it is law.
    pub in_force: Option<Validity>,
    /// The provision.
    pub basis: Basis,
}

/// An exception that closes an act.
#[derive(Clone, Debug)]
pub struct Exception {
    /// When it applies.
    pub when: Guard,
    /// The provision.
    pub basis: Basis,
}

/// Something owed.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// What is owed.
    pub title: String,
    /// Who owes it.
    pub bearer: AuthorityId,
    /// What must hold once the act or expiry that gives rise to it has moved the tracks.
    pub when: Option<Guard>,
    /// What meets it.
    pub met_by: Vec<ActId>,
    /// The provision.
    pub basis: Basis,
}

/// Something a request must be accompanied by.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// The set it belongs to.
    pub set: SetId,
    /// When it is needed; always, if absent.
    pub when: Option<Guard>,
    /// In which form.
    pub form: DocumentForm,
    /// Whether it must be translated.
    pub translated: Translation,
    /// From when until when it is required.
    pub in_force: Option<Validity>,
    /// The provision.
    pub basis: Basis,
}

/// A reason to refuse.
#[derive(Clone, Debug)]
pub struct Ground {
    /// What it is called.
    pub title: String,
    /// Whether it binds.
    pub force: Force,
    /// Who considers it.
    pub considered_by: Vec<AuthorityId>,
    /// From when until when it is a ground.
    pub in_force: Option<Validity>,
    /// The provision.
    pub basis: Basis,
}

macro_rules! accessors {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)+) => {
        impl Procedure { $($(#[$doc])* #[must_use] pub fn $name(&self) -> &$type { &self.$name })+ }
    };
}

accessors! {
    /// Its name, `folder/name`.
    name: Name,
    /// What it is called.
    title: str,
    /// The instruments it cites.
    sources: Table<SourceId, Source>,
    /// The States that take part.
    sides: Table<SideId, Side>,
    /// The offices.
    authorities: Table<AuthorityId, Authority>,
    /// Ties to other cases.
    links: Table<LinkId, Link>,
    /// What may be known.
    facts: Table<FactId, Fact>,
    /// The parallel aspects.
    tracks: Table<TrackId, Track>,
    /// What is worked out.
    conditions: Table<ConditionId, Condition>,
    /// Limits and waiting periods.
    clocks: Table<ClockId, Clock>,
    /// What authorities do.
    acts: Table<ActId, Act>,
    /// What may be owed.
    obligations: Table<ObligationId, Obligation>,
    /// Sets of documents.
    sets: Table<SetId, Vec<DocumentId>>,
    /// What a request must be accompanied by.
    documents: Table<DocumentId, Document>,
    /// Reasons to refuse.
    grounds: Table<GroundId, Ground>,
    /// What the author guarantees of every path.
    safeguards: Table<SafeguardId, Safeguard>,
}

impl Procedure {
    /// The edition, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What is asked for.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The digest of what it means.
    #[must_use]
    pub fn meaning(&self) -> Meaning {
        self.meaning
    }

    /// The side where documents arrive and the case is decided: the requested or the receiving one, else the first.
    /// Its zone orders what has no authority of its own.
    #[must_use]
    pub fn home(&self) -> &Side {
        self.sides.at(self.home)
    }

    /// Which State a side is, as the file writes it: a country, or `in` and the fact that holds it.
    #[must_use]
    pub fn state_of(&self, side: &Side) -> String {
        match side.state {
            SideState::The(country) => country.to_string(),
            SideState::InFact(fact) => format!("in {}", self.facts.name(fact)),
        }
    }

    /// The zone of the side that an authority belongs to.
    pub(crate) fn zone_of(&self, authority: AuthorityId) -> &Zone {
        &self.sides.at(self.authorities.at(authority).side).zone
    }

    /// The zone in which a clock counts.
    pub(crate) fn zone_of_clock(&self, clock: ClockId) -> &Zone {
        &self.sides.at(self.clocks.at(clock).zone).zone
    }

    /// A stage by track and stage name.
    #[must_use]
    pub fn find_stage(&self, track: &str, stage: &str) -> Option<(TrackId, StageId)> {
        let track = self.tracks.find(track)?;
        Some((track, self.tracks.at(track).stages.find(stage)?))
    }
}

impl Authority {
    /// What it is called on `day`.
    #[must_use]
    pub fn title_on(&self, day: Day) -> &str {
        let renamed = self.renamed.iter().rev().find(|(from, _)| *from <= day);
        renamed.map_or(&self.title, |(_, title)| title)
    }
}

impl Validity {
    /// Whether it is law on `day`.
    #[must_use]
    pub fn covers(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// `from 2026-10-02`, `until 2026-10-01`, or both.
    #[must_use]
    pub fn words(&self) -> String {
        match (self.from, self.until) {
            (Some(from), Some(until)) => format!("from {from} until {until}"),
            (Some(from), None) => format!("from {from}"),
            (None, Some(until)) => format!("until {until}"),
            (None, None) => "always".to_owned(),
        }
    }
}

impl Basis {
    /// `self`, or `other` where nothing is cited here.
    #[must_use]
    pub fn or<'a>(&'a self, other: &'a Self) -> &'a Self {
        if self.0.is_empty() { other } else { self }
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Article { source, article, .. } => write!(f, "{source} {article}"),
            Self::Reading(number) => write!(f, "reading {number}"),
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, citation) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{citation}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A procedure shared by the cases that run under it.
pub type SharedProcedure = Arc<Procedure>;
