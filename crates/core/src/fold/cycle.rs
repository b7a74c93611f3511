//! One run of a clock: when it started, what happened to it on its way, and how it stands.

use std::sync::Arc;

use super::state::Cause;
use crate::id::EntryNumber;
use crate::migration::Ends;
use crate::name::Name;
use crate::procedure::{ActId, ClockId, ClockStanding, Event, SharedProcedure};
use crate::time::{Count, CountError, Day, Extension, Moment, Period, When};

/// One run of a clock. A clock that is started anew has several.
#[derive(Debug, PartialEq, Eq)]
pub struct Cycle {
    /// What started it; nothing, if it began again by itself, or if the case has left the procedure that knows it.
    pub event: Option<Event>,
    /// What brought that about.
    pub cause: Cause,
    /// When it started.
    pub started: When,
    /// From where it is counted, as far as that is known.
    pub counted_from: Option<When>,
    /// Which of the changes of its length was law; none, if the first length was.
    pub law: Option<usize>,
    /// What an authority named, for a period without a number.
    pub named: Option<Named>,
    /// When it stood still.
    pub stops: Vec<StoodStill>,
    /// How it was made longer.
    pub extensions: Vec<MadeLonger>,
    /// When it ends.
    pub end: End,
    /// How it stands.
    pub status: CycleStatus,
    /// How it came over at the last migration, if its clock was counted by another rule before.
    pub carried: Option<Arc<Carried>>,
}

/// How a run of a clock came over from another procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The entry of the migration.
    pub entry: EntryNumber,
    /// When it was recorded.
    pub when: Moment,
    /// What the clock was called.
    pub was: Name,
    /// Which end it has, by the plan.
    pub ends: Ends,
    /// The provision.
    pub cite: String,
    /// What started it, in the words of the procedure that was left.
    pub started_by: Option<String>,
    /// The end that was counted before; nothing, where it had none.
    pub before: Option<Moment>,
    /// The end by the new rule, where one was counted.
    pub anew: Option<Moment>,
    /// The rule by which its end was counted and goes on to be counted; nothing, if it is counted by the new one.
    pub rule: Option<OldRule>,
}

/// The rule of a clock in a procedure that a case has left.
#[derive(Clone, Debug)]
pub struct OldRule {
    /// The procedure.
    pub(crate) procedure: SharedProcedure,
    /// The clock there.
    pub(crate) clock: ClockId,
}

impl PartialEq for OldRule {
    fn eq(&self, other: &Self) -> bool {
        (self.procedure.meaning(), self.clock) == (other.procedure.meaning(), other.clock)
    }
}

impl Eq for OldRule {}

/// What an authority named for a period without a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The last day, or the length.
    pub what: NamedPeriod,
    /// The deed that named it.
    pub by: Cause,
}

/// The last day, or the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedPeriod {
    /// The last day.
    LastDay(Day),
    /// The length.
    Length(Period),
}

/// A time in which a run stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoodStill {
    /// Since when.
    pub from: When,
    /// What stopped it.
    pub cause: Cause,
    /// Until when, and what let it run on; nothing while it still stands.
    pub until: Option<(When, Cause)>,
}

/// An extension that was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MadeLonger {
    /// The act; nothing, if the case has left the procedure that knows it.
    pub act: Option<ActId>,
    /// The deed.
    pub cause: Cause,
    /// By how much, or until when.
    pub extension: Extension,
}

/// When a run of a clock ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It was counted.
    Counted(Count),
    /// An authority named the last day.
    Named {
        /// The last day.
        last_day: Day,
        /// The first instant that is too late.
        ends: Moment,
        /// The deed that named it.
        by: Cause,
    },
    /// No authority has named the last day or the length yet.
    NotNamed,
    /// It stands still, and so has no last day.
    Stopped {
        /// Since when.
        since: When,
    },
    /// The day from which it is counted is not recorded yet.
    NoDayYet,
    /// It is counted from the last day of a clock that has none now.
    WaitsFor(ClockId),
    /// It cannot be computed.
    CannotCount(CountError),
}

/// How a run of a clock stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CycleStatus {
    /// It runs, or stands still for a while.
    Running,
    /// What it waits for was done.
    Met {
        /// By what; nothing, if the case has left the procedure that knows it.
        event: Option<Event>,
        /// What brought that about.
        cause: Cause,
        /// When.
        when: When,
    },
    /// Its last moment passed.
    RanOut {
        /// The first instant that was too late.
        at: Moment,
        /// Whether an exception keeps the consequence back.
        withheld: bool,
    },
    /// Its last moment passed, and that was put right.
    Cured {
        /// The first instant that was too late.
        ran_out: Moment,
        /// By what; nothing, if the case has left the procedure that knows it.
        event: Option<Event>,
        /// What brought that about.
        cause: Cause,
        /// When.
        when: When,
    },
    /// It no longer matters.
    SwitchedOff {
        /// Since when.
        when: When,
        /// By what.
        cause: Cause,
    },
    /// It was started anew, or another clock took its place.
    Replaced {
        /// When.
        when: When,
        /// By what.
        cause: Cause,
        /// The clock that took its place; itself, if absent.
        by: Option<ClockId>,
    },
}

impl End {
    /// The count, where it was counted.
    #[must_use]
    pub fn count(&self) -> Option<&Count> {
        match self {
            Self::Counted(count) => Some(count),
            Self::Named { .. }
            | Self::NotNamed
            | Self::Stopped { .. }
            | Self::NoDayYet
            | Self::WaitsFor(_)
            | Self::CannotCount(_) => None,
        }
    }

    /// The first instant that is too late, where it is known.
    #[must_use]
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Self::Counted(count) => Some(count.ends()),
            Self::Named { ends, .. } => Some(*ends),
            Self::NotNamed
            | Self::Stopped { .. }
            | Self::NoDayYet
            | Self::WaitsFor(_)
            | Self::CannotCount(_) => None,
        }
    }

    /// The last day on which an act is in time, where there is one.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        match self {
            Self::Counted(count) => count.last_day(),
            Self::Named { last_day, .. } => Some(*last_day),
            Self::NotNamed
            | Self::Stopped { .. }
            | Self::NoDayYet
            | Self::WaitsFor(_)
            | Self::CannotCount(_) => None,
        }
    }
}

impl Clone for Cycle {
    fn clone(&self) -> Self {
        Self {
            stops: self.stops.clone(),
            extensions: self.extensions.clone(),
            end: self.end.clone(),
            status: self.status.clone(),
            carried: self.carried.clone(),
            ..*self
        }
    }

    /// Copies into what is there: a verifier does so for every clock at every step.
    fn clone_from(&mut self, from: &Self) {
        // Taken apart without leaving out a field, so that what is added and not copied does not compile.
        let Self { event, cause, started, counted_from, law, named, stops, extensions, end, status, carried } =
            from;
        (self.event, self.cause, self.started) = (*event, *cause, *started);
        (self.counted_from, self.law, self.named) = (*counted_from, *law, *named);
        self.stops.clone_from(stops);
        self.extensions.clone_from(extensions);
        // Mostly it is the same, and a count is large.
        if self.end != *end {
            self.end.clone_from(end);
        }
        self.status.clone_from(status);
        self.carried.clone_from(carried);
    }
}

impl Cycle {
    /// Whether its last moment is still to come, or would be if it ran on.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.status, CycleStatus::Running)
    }

    /// The stop that lasts.
    #[must_use]
    pub fn stands_still(&self) -> Option<&StoodStill> {
        self.stops.last().filter(|stop| stop.until.is_none() && self.is_running())
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> ClockStanding {
        match &self.status {
            CycleStatus::Running if self.stands_still().is_some() => ClockStanding::Stopped,
            CycleStatus::Running => ClockStanding::Running,
            CycleStatus::Met { .. } => ClockStanding::Met,
            CycleStatus::RanOut { .. } => ClockStanding::RanOut,
            CycleStatus::Cured { .. } => ClockStanding::Cured,
            CycleStatus::SwitchedOff { .. } | CycleStatus::Replaced { .. } => ClockStanding::SwitchedOff,
        }
    }
}

/// How a clock stands, from its runs.
pub(crate) fn standing_of(cycles: &[Cycle]) -> ClockStanding {
    cycles.last().map_or(ClockStanding::NotStarted, Cycle::standing)
}
