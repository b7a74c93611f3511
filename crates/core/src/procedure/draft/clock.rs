//! Clocks as their author wrote them.

use super::super::{Excuse, ExpiryEffect, ExtensionTiming, Recurs, SameInstant, StartedAgain};
use super::{
    CitesDraft, ExceptionDraft, GuardDraft, LawDayDraft, Mark, Marked, TrackMovesDraft, ValidityDraft,
};
use crate::time::{
    BrokenMonths, ClosedLastDay, Day, ExtendedFrom, FirstDay, FirstHour, HoursOnClosedDays, MonthEnd, Period,
    StoppedDays,
};

/// A time limit or a waiting period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockDraft {
    /// What must happen in time, or what is waited for.
    pub title: String,
    /// Whom it binds, or which acts wait for it.
    pub purpose: PurposeDraft,
    /// What starts it.
    pub starts: StartsDraft,
    /// From where it is counted, if not from what starts it.
    pub counted_from: Option<CountedFromDraft>,
    /// What a second start does.
    pub if_started_again: StartedAgain,
    /// How long it runs.
    pub length: LengthDraft,
    /// Other lengths by later law, each from a day on.
    pub changes: Vec<LengthChangeDraft>,
    /// Whose day says which law applies. Required with changes.
    pub law_of: Option<LawDayDraft>,
    /// From when until when the rule is law.
    pub in_force: Option<ValidityDraft>,
    /// The rule of counting that it points to, such as `ets-76` or `kr-cpa-66/detention`.
    pub counted_by: Option<Marked<String>>,
    /// The choices that it spells.
    pub choices: ChoicesDraft,
    /// The calendar of closed days. Required where a choice looks at one.
    pub calendar: Option<Marked<String>>,
    /// The side whose zone counts.
    pub zone: Marked<String>,
    /// Acts or conditions that meet it. Empty means nothing does.
    pub met_by: Vec<Marked<String>>,
    /// Acts or conditions that put right that it ran out.
    pub cured_by: Vec<Marked<String>>,
    /// Clocks that end when this one starts.
    pub replaces: Vec<Marked<String>>,
    /// Whether it begins again by itself.
    pub recurs: Recurs,
    /// Who wins when an act and the expiry fall on the same instant.
    pub at_the_same_instant: SameInstant,
    /// When it stands still.
    pub stops: StopsDraft,
    /// Which acts make it longer.
    pub extended_by: Vec<ExtensionDraft>,
    /// When it is switched off: neither met nor run out.
    pub off_when: Option<GuardDraft>,
    /// What its running out does.
    pub on_expiry: ExpiryDraft,
    /// How long before the end somebody is warned.
    pub warn: Vec<Marked<Period>>,
    /// The provision.
    pub cite: CitesDraft,
    /// Where the clock stands in the file.
    pub mark: Mark,
}

/// What a clock is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PurposeDraft {
    /// It limits a side or an authority.
    Limits(Marked<String>),
    /// Nothing of this may be done before it has run.
    Bars(Vec<Marked<String>>),
}

/// What starts a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartsDraft {
    /// Any of these acts or conditions.
    AnyOf(Vec<Marked<String>>),
    /// All of these, and it counts from the latest.
    LatestOf(Vec<Marked<String>>),
}

/// From where a clock is counted, if not from what starts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CountedFromDraft {
    /// From the day that this date fact holds.
    DateIn(Marked<String>),
    /// From the last day of this clock, whether or not it was met.
    LastDayOf(Marked<String>),
}

/// How long a clock runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LengthDraft {
    /// A number of units.
    Counted(Marked<Period>),
    /// A "reasonable period": acts name its last day or its length in a fact.
    Named {
        /// The acts that name it. Each may name it anew.
        by: Vec<Marked<String>>,
        /// The date or period fact that holds what was named.
        fact: Marked<String>,
    },
}

/// Another length by later law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LengthChangeDraft {
    /// The first day of the later law.
    pub from: Marked<Day>,
    /// The length by the later law.
    pub length: Marked<Period>,
    /// The provision that changed it.
    pub cite: CitesDraft,
}

/// The choices of counting that a clock spells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChoicesDraft {
    /// Whether the day of the start counts.
    pub first_day: Option<Marked<FirstDay>>,
    /// What becomes of 31 January plus a month.
    pub month_end: Option<Marked<MonthEnd>>,
    /// What a month is where the limit may stop.
    pub broken_months: Option<Marked<BrokenMonths>>,
    /// What a closed last day does.
    pub last_day_closed: Option<Marked<ClosedLastDay>>,
    /// How many open days it holds at least.
    pub open_days_within: Option<Marked<u8>>,
    /// When hours begin to run.
    pub first_hour: Option<Marked<FirstHour>>,
    /// Whether hours run on closed days.
    pub hours_on_closed_days: Option<Marked<HoursOnClosedDays>>,
}

/// When a clock stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopsDraft {
    /// It never does.
    Never,
    /// While something holds.
    While {
        /// What must hold.
        when: GuardDraft,
        /// Which days a stop takes out. Required for all but hours.
        days: Option<Marked<StoppedDays>>,
        /// The provision, where it is another one than that of the clock.
        cite: CitesDraft,
        /// Where it stands.
        mark: Mark,
    },
    /// It adds up the time in which something holds, and stands still otherwise.
    UnlessRunning {
        /// What must hold for it to run.
        when: GuardDraft,
        /// Which days a stop takes out. Required for all but hours.
        days: Option<Marked<StoppedDays>>,
        /// The provision, where it is another one than that of the clock.
        cite: CitesDraft,
        /// Where it stands.
        mark: Mark,
    },
}

/// An act that makes a clock longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionDraft {
    /// The act.
    pub act: Marked<String>,
    /// By how much, or until when.
    pub by: ExtendByDraft,
    /// From where it is counted. Required for a length, refused for a day.
    pub from: Option<Marked<ExtendedFrom>>,
    /// When it may be granted.
    pub timing: ExtensionTiming,
    /// How often; without limit, if absent.
    pub at_most: Option<Marked<u32>>,
    /// How long the clock may become in all, from its start; without limit, if absent.
    pub longest: Option<Marked<Period>>,
    /// The provision, where it is another one than that of the clock.
    pub cite: CitesDraft,
}

/// By how much a clock becomes longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtendByDraft {
    /// By this length.
    Length(Marked<Period>),
    /// By the period, or until the day, that the act records in this fact.
    Fact(Marked<String>),
}

/// What running out does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryDraft {
    /// The kind of consequence.
    pub effect: Marked<ExpiryEffect>,
    /// The obligation that arises. Required for a duty, possible where the law itself moves, refused for all else.
    pub duty: Option<Marked<String>>,
    /// What moves.
    pub moves: Vec<TrackMovesDraft>,
    /// The acts that may be done from then on.
    pub opens: Vec<Marked<String>>,
    /// The acts that may no longer be done.
    pub closes: Vec<Marked<String>>,
    /// Whether the delay may be excused. Required where somebody must apply, refused for all else.
    pub excuse: Option<Marked<Excuse>>,
    /// What keeps the consequence back, each with its own provision.
    pub unless: Vec<ExceptionDraft>,
    /// The provision, where it is another one than that of the clock.
    pub cite: CitesDraft,
}
