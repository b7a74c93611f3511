//! Which clock cannot run out while another runs.
//!
//! Of two limits that begin together the shorter ends first. Only what holds whatever the dates are is used: where a
//! configuration could have come about in two ways, both ways must agree.

use super::model::Model;
use crate::procedure::{
    Clock, ClockId, CountedFrom, Event, Length, Procedure, Recurs, SameInstant, StartedAgain, Starts,
};
use crate::time::{DayRule, LastDayClosed, MonthEnd, Period, Rule, Unit};

/// For each clock those that end before it, whenever both run.
pub(super) struct Order(Vec<Vec<ClockId>>);

impl Order {
    pub(super) fn of(procedure: &Procedure) -> Self {
        let earlier = |later: ClockId| {
            let others = procedure.clocks.ids().filter(|id| *id != later);
            others.filter(|id| ends_before(procedure, *id, later)).collect()
        };
        Self(procedure.clocks.ids().map(earlier).collect())
    }

    pub(super) fn before(&self, clock: ClockId) -> &[ClockId] {
        use crate::table::Id;
        self.0.get(clock.index()).map_or(&[], Vec::as_slice)
    }
}

impl Model {
    /// Whether a clock that runs surely ends before `clock`.
    pub(super) fn is_forestalled(&self, clock: ClockId, runs: impl Fn(ClockId) -> bool) -> bool {
        // Only of a clock that a configuration remembers it is known that it runs.
        self.order.before(clock).iter().any(|earlier| self.clocks.contains(earlier) && runs(*earlier))
    }
}

/// Whether `first` ends before `later` does, whenever both run.
fn ends_before(procedure: &Procedure, first: ClockId, later: ClockId) -> bool {
    let (short, long) = (procedure.clocks.at(first), procedure.clocks.at(later));
    begins_no_later(short, long)
        && short.zone == long.zone
        && !procedure.zone_of_clock(first).skips_days()
        && match (days_at_most(short), days_at_least(long)) {
            (Some(most), Some(least)) if most < least => true,
            (Some(_), Some(_)) => is_same_length(short, long) && wins_a_tie(procedure, first, later),
            (_, _) => false,
        }
}

/// Whether every start of `short` begins `long` anew too, so that a run of `long` that is under way began with that of
/// `short` or after it.
fn begins_no_later(short: &Clock, long: &Clock) -> bool {
    let (Starts::AnyOf(of_short), Starts::AnyOf(of_long)) = (&short.starts, &long.starts) else {
        return false;
    };
    let is_plain = |clock: &Clock| {
        clock.counted_from == CountedFrom::TheStart
            && clock.recurs == Recurs::Never
            && clock.in_force.is_none()
    };
    is_plain(short)
        && is_plain(long)
        && short.stops.is_none()
        && short.extended_by.is_empty()
        && long.if_started_again == StartedAgain::StartsAnew
        // An act is refused whose date is too vague to count from; a condition may come to hold on a day that nobody
        // knows, and what cannot be counted never runs out.
        && of_short.iter().all(|event| matches!(event, Event::Act(_)) && of_long.contains(event))
}

/// At one instant the first of the file runs out first, unless a deed then is in time for it and not for the other.
fn wins_a_tie(procedure: &Procedure, first: ClockId, later: ClockId) -> bool {
    let of = |id| procedure.clocks.at(id).at_the_same_instant;
    let is_split = of(first) == SameInstant::ActFirst && of(later) == SameInstant::ExpiryFirst;
    first < later && !is_split
}

/// A limit in days whose last day no calendar moves and no later law.
fn in_days(clock: &Clock) -> Option<(Period, &DayRule)> {
    match &clock.length {
        Length::Counted { length, rule: Rule::Days(rule), changes, .. } if changes.is_empty() => {
            Some((*length, rule))
        }
        Length::Counted { .. } | Length::NamedDay { .. } | Length::NamedLength { .. } => None,
    }
}

fn is_same_length(short: &Clock, long: &Clock) -> bool {
    in_days(short) == in_days(long)
}

/// How many days after the day of its start the last day of a limit lies at most.
fn days_at_most(clock: &Clock) -> Option<u64> {
    let (length, rule) = in_days(clock)?;
    if rule.last_day_closed != LastDayClosed::Stands || rule.open_days_within.is_some() {
        return None;
    }
    let count = u64::from(length.count());
    match length.unit() {
        // A count that may be refused never runs out.
        Unit::Month | Unit::Year if rule.month_end == MonthEnd::Refuse => None,
        Unit::Day => Some(count),
        Unit::ClearDay => Some(count + 1),
        Unit::Week => Some(7 * count),
        Unit::Month => Some(31 * count + 1),
        Unit::Year => Some(366 * count + 1),
        Unit::Hour | Unit::WorkingDay => None,
    }
}

/// How many it lies after it at least. What stops it, or makes it longer, only adds to that.
fn days_at_least(clock: &Clock) -> Option<u64> {
    let (length, rule) = in_days(clock)?;
    match rule.last_day_closed {
        LastDayClosed::Stands | LastDayClosed::NextOpenDay(_) => {}
        LastDayClosed::PreviousOpenDay(_) => return None,
    }
    let count = u64::from(length.count());
    let days = match length.unit() {
        Unit::Day | Unit::ClearDay => count,
        Unit::Week => 7 * count,
        // Two months from 31 December end on 28 February: the shortest months are never far apart.
        Unit::Month => (30 * count).saturating_sub(3),
        Unit::Year => 365 * count,
        Unit::Hour | Unit::WorkingDay => return None,
    };
    // The day of the start may be the first.
    Some(days.saturating_sub(1))
}
