//! What may happen to a limit on its way: it stands still for a while, or is made longer.

use super::{CountError, Day, Moment, Period, StoppedDays, When, Zone};
use crate::words::words;

words! {
    /// From where an extension is counted. A legal choice.
    pub enum ExtendedFrom {
        /// From the last day, after closed days have moved it.
        LastDay = "last-day",
        /// From the last day as counted, before closed days moved it.
        NominalLastDay = "nominal-last-day",
        /// From the act that extends.
        TheAct = "the-act",
    }
}

/// What happened to a limit on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// The times at which it stood still, in any order.
    pub stops: Vec<Stop>,
    /// The extensions, in the order in which they were granted.
    pub extensions: Vec<Extension>,
}

/// A time in which a limit did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// When it began.
    pub from: When,
    /// When the limit ran on.
    pub until: When,
    /// Which days it takes out. Not looked at for hours, which stop and run on at the instant.
    pub days: StoppedDays,
}

/// An extension of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    /// By how much, or until when.
    pub by: Longer,
    /// When it was granted.
    pub granted: When,
}

/// How an extension makes a limit longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Longer {
    /// By a length.
    By(Period, ExtendedFrom),
    /// Until a day that the authority names. It stands as it was named.
    Until(Day),
}

impl Course {
    /// When the limit runs on, if it stands still at the instant at which it would run out. What stands still cannot
    /// run out: a stop in whole days may leave the day on which it begins to the limit, and that may be its last.
    pub(super) fn runs_on_after(&self, ends: Moment, zone: &Zone) -> Option<Moment> {
        let spans = || self.stops.iter().map(|stop| (stop.begins(zone), stop.is_over(zone)));
        let (_, mut at) = spans().find(|(from, until)| *from < ends && ends < *until)?;
        // Another stop may have begun meanwhile.
        while let Some((_, until)) = spans().find(|(from, until)| *from <= at && at < *until) {
            at = until;
        }
        Some(at)
    }
}

/// Days on which a limit in days does not run, apart from each other and in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gaps(
    // INVARIANT: each pair is (first, last) with first <= last, and starts after the pair before it ended.
    Vec<(Day, Day)>,
);

impl Gaps {
    pub(super) fn of(stops: &[Stop], zone: &Zone) -> Result<Self, CountError> {
        if stops.is_empty() {
            return Ok(Self::default());
        }
        let spans = stops.iter().map(|stop| stop.span(zone)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::merged(spans.into_iter().flatten().collect()))
    }

    fn merged(mut spans: Vec<(Day, Day)>) -> Self {
        spans.sort_unstable();
        let mut merged: Vec<(Day, Day)> = Vec::with_capacity(spans.len());
        for (first, last) in spans {
            match merged.last_mut() {
                Some((_, end)) if first <= *end || end.plus_days(1) == Some(first) => *end = last.max(*end),
                Some(_) | None => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// With these single days as well.
    pub(super) fn with(&self, days: &[Day]) -> Self {
        let spans = self.0.iter().copied().chain(days.iter().map(|day| (*day, *day)));
        Self::merged(spans.collect())
    }

    pub(super) fn holds(&self, day: Day) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&day))
    }

    /// The parts between two days, both included.
    pub(super) fn within(&self, from: Day, until: Day) -> impl Iterator<Item = (Day, Day)> {
        let parts = self.0.iter().map(move |(first, last)| (*first.max(&from), *last.min(&until)));
        parts.filter(|(first, last)| first <= last)
    }

    /// The `count`th day that runs, from `from` on.
    pub(super) fn running(&self, from: Day, count: i64) -> Option<Day> {
        let mut reached = from.plus_days(count - 1)?;
        for (first, last) in self.0.iter().filter(|(_, last)| *last >= from) {
            let first = *first.max(&from);
            if first > reached {
                break;
            }
            reached = reached.plus_days(first.days_until(*last) + 1)?;
        }
        Some(reached)
    }
}

impl Stop {
    /// The first and the last day that it takes out, if it takes out any.
    fn span(&self, zone: &Zone) -> Result<Option<(Day, Day)>, CountError> {
        for when in [self.from, self.until] {
            if !when.is_known_to_the_day() {
                return Err(CountError::StopNotKnown { when });
            }
        }
        let (began, ended) = (self.from.first_day(zone), self.until.first_day(zone));
        let at_the_start_of = |when: When, day| when == When::At(zone.start_of(day));
        let first = match self.days {
            StoppedDays::FromTheFirst | StoppedDays::Touched => Some(began),
            StoppedDays::FullDays if at_the_start_of(self.from, began) => Some(began),
            StoppedDays::FullDays | StoppedDays::AfterTheFirst => began.plus_days(1),
        };
        let last = match self.days {
            StoppedDays::FullDays | StoppedDays::FromTheFirst => ended.plus_days(-1),
            // A stop that ends with a day does not touch the next.
            StoppedDays::Touched if at_the_start_of(self.until, ended) => ended.plus_days(-1),
            StoppedDays::AfterTheFirst | StoppedDays::Touched => Some(ended),
        };
        Ok(first.zip(last).filter(|(first, last)| first <= last))
    }

    fn begins(&self, zone: &Zone) -> Moment {
        match self.from {
            When::At(from) => from,
            when @ (When::On(_) | When::In { .. } | When::During { .. }) => {
                zone.start_of(when.first_day(zone))
            }
        }
    }

    fn is_over(&self, zone: &Zone) -> Moment {
        match (self.until, self.days) {
            (When::At(until), _) => until,
            (when, StoppedDays::FullDays | StoppedDays::FromTheFirst) => zone.start_of(when.first_day(zone)),
            // The day on which it ended does not run either.
            (when, StoppedDays::AfterTheFirst | StoppedDays::Touched) => zone.end_of(when.first_day(zone)),
        }
    }

    /// The instants between which a limit in hours stood still.
    pub(super) fn instants(&self) -> Result<(Moment, Moment), CountError> {
        match (self.from, self.until) {
            (When::At(from), When::At(until)) => Ok((from, until)),
            (When::At(_), when) | (when, _) => Err(CountError::StopNotKnown { when }),
        }
    }
}
