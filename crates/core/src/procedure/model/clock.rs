//! The clocks of a checked procedure.

use super::super::choice::{Excuse, ExpiryEffect, ExtensionTiming, Recurs, SameInstant, StartedAgain};
use super::super::guard::Guard;
use super::{
    ActId, AuthorityId, Basis, ClockId, Event, Exception, FactId, LawDay, ObligationId, SideId, TrackMoves,
    Validity,
};
use crate::time::{Choices, Day, ExtendedFrom, Period, Rule, StoppedDays};

/// A time limit or a waiting period.
#[derive(Clone, Debug)]
pub struct Clock {
    /// What must happen in time, or what is waited for.
    pub title: String,
    /// Whom it binds, or which acts wait for it.
    pub purpose: Purpose,
    /// What starts it.
    pub starts: Starts,
    /// From where it is counted.
    pub counted_from: CountedFrom,
    /// What a second start does.
    pub if_started_again: StartedAgain,
    /// How long it runs.
    pub length: Length,
    /// The rule of counting that the author pointed to, if the choices were not spelled.
    pub counted_by: Option<CountedBy>,
    /// From when until when it is law.
    pub in_force: Option<Validity>,
    /// The side whose zone counts.
    pub zone: SideId,
    /// What meets it.
    pub met_by: Vec<Event>,
    /// What puts right that it ran out.
    pub cured_by: Vec<Event>,
    /// Clocks that end when it starts.
    pub replaces: Vec<ClockId>,
    /// Whether it begins again by itself.
    pub recurs: Recurs,
    /// Who wins at the last instant.
    pub at_the_same_instant: SameInstant,
    /// When it stands still.
    pub stops: Option<Stops>,
    /// Which acts make it longer.
    pub extended_by: Vec<ExtendedBy>,
    /// When it is switched off.
    pub off_when: Option<Guard>,
    /// What its running out does.
    pub on_expiry: Expiry,
    /// How long before the end somebody is warned.
    pub warn: Vec<Period>,
    /// The provision.
    pub basis: Basis,
}

impl Clock {
    /// The rows by which an act makes it longer, each with its place.
    pub(crate) fn extended_by_act(&self, act: ActId) -> impl Iterator<Item = (usize, &ExtendedBy)> {
        self.extended_by.iter().enumerate().filter(move |(_, by)| by.act == act)
    }
}

/// What a clock is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It limits a side.
    LimitsSide(SideId),
    /// It limits an authority.
    LimitsAuthority(AuthorityId),
    /// These acts are closed until it has run.
    Bars(Vec<ActId>),
}

/// What starts a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Starts {
    /// Any of these.
    AnyOf(Vec<Event>),
    /// The latest of these, once all have taken place.
    LatestOf(Vec<Event>),
}

/// From where a clock is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedFrom {
    /// From what starts it.
    TheStart,
    /// From the day that a date fact holds.
    DateIn(FactId),
    /// From the last day of another clock, whether or not that was met.
    LastDayOf(ClockId),
}

/// How long a clock runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Length {
    /// A number of units, counted by a rule.
    Counted {
        /// The number.
        length: Period,
        /// The rule.
        rule: Rule,
        /// Other lengths by later law, in the order of their first days.
        changes: Vec<LengthChange>,
        /// Whose day says which length applies.
        law_of: LawDay,
    },
    /// A period without a number: acts name its last day.
    NamedDay {
        /// The acts.
        by: Vec<ActId>,
        /// The date fact that holds the last day.
        fact: FactId,
    },
    /// A period without a number: acts name its length.
    NamedLength {
        /// The acts.
        by: Vec<ActId>,
        /// The period fact that holds the length.
        fact: FactId,
        /// The choices by which it is counted, whatever its unit.
        choices: Choices,
    },
}

/// Another length by later law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LengthChange {
    /// The first day of the later law.
    pub from: Day,
    /// The length by the later law.
    pub length: Period,
    /// The rule by which it is counted.
    pub rule: Rule,
    /// The provision that changed it.
    pub basis: Basis,
}

/// A rule of counting that the author pointed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedBy {
    /// Its full name, such as `kr-cpa-66/detention`.
    pub name: String,
    /// The instrument and the provision.
    pub provision: String,
}

/// When a clock stands still.
#[derive(Clone, Debug)]
pub struct Stops {
    /// What is asked.
    pub when: Guard,
    /// Whether it adds up the time in which that holds, rather than standing still while it does.
    pub adds_up: bool,
    /// Which days a stop takes out. Not looked at for hours.
    pub days: StoppedDays,
    /// The provision, where it is another one than that of the clock.
    pub basis: Basis,
}

/// An act that makes a clock longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendedBy {
    /// The act.
    pub act: ActId,
    /// By how much, or until when.
    pub by: ExtendBy,
    /// When it may be granted.
    pub timing: ExtensionTiming,
    /// How often; without limit, if absent.
    pub at_most: Option<u32>,
    /// How long the clock may become in all, from its start, and the rule for that length.
    pub longest: Option<(Period, Rule)>,
    /// The provision, where it is another one than that of the clock.
    pub basis: Basis,
}

/// By how much a clock becomes longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtendBy {
    /// By this length.
    Length(Period, ExtendedFrom),
    /// By the length that the act records.
    PeriodIn(FactId, ExtendedFrom),
    /// Until the day that the act records.
    DayIn(FactId),
}

/// What running out does.
#[derive(Clone, Debug)]
pub struct Expiry {
    /// The kind of consequence.
    pub effect: ExpiryEffect,
    /// The obligation that arises, for a duty or where the law itself moves.
    pub duty: Option<ObligationId>,
    /// What moves.
    pub moves: Vec<TrackMoves>,
    /// The acts that may be done from then on, and not before.
    pub opens: Vec<ActId>,
    /// The acts that may no longer be done.
    pub closes: Vec<ActId>,
    /// Whether the delay may be excused, where somebody must apply.
    pub excuse: Option<Excuse>,
    /// What keeps the consequence back while it holds.
    pub unless: Vec<Exception>,
    /// The provision of the consequence.
    pub basis: Basis,
}

impl Starts {
    /// The events that it names.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        match self {
            Self::AnyOf(events) | Self::LatestOf(events) => events,
        }
    }
}

impl Clock {
    /// Whether its running out leaves something to somebody. What the law itself does is done.
    pub(crate) fn asks_for_something(&self) -> bool {
        self.on_expiry.duty.is_some() || self.leaves_something_open()
    }

    /// The same but for a duty, for which its obligation stands.
    pub(crate) fn leaves_something_open(&self) -> bool {
        match self.on_expiry.effect {
            ExpiryEffect::Permission
            | ExpiryEffect::OnApplication
            | ExpiryEffect::OnApplicationOrOwnMotion
            | ExpiryEffect::MustExplain
            | ExpiryEffect::Alert
            | ExpiryEffect::NothingStated => true,
            ExpiryEffect::Duty => self.on_expiry.duty.is_none(),
            ExpiryEffect::ByLaw
            | ExpiryEffect::Deemed
            | ExpiryEffect::Lapse
            | ExpiryEffect::Bar
            | ExpiryEffect::NothingChanges => false,
        }
    }
}
