//! Limits that ran out and of which something is still open.
//!
//! That a limit ran out stays true for ever; that something is to be done about it does not. It is settled by what the
//! limit waited for, done late, by an act that its running out opened, by `off-when`, by another run of the clock, and
//! by the end of the case; and where a duty arose, when that is met. Nobody ticks it off.

use crate::explain::what_follows;
use crate::fold::{Cause, Cycle, CycleStatus};
use crate::procedure::{Clock, ClockId, Event, Recurs, Truth};
use crate::time::{Moment, When, Zone};
use crate::view::{ClockView, View};

/// A run of a clock that ran out, and of which something is still open.
#[derive(Clone, Debug)]
pub struct Overdue<'v> {
    /// The clock.
    pub clock: ClockView<'v>,
    /// The first instant that was too late.
    pub since: Moment,
    /// Whether an obligation that arose from it stands for it among what is owed.
    pub is_owed: bool,
    /// What follows, as a sentence with its provision.
    pub follows: String,
}

impl View {
    /// The limits that ran out and of which something is still open, the oldest first. At most one run of each clock.
    #[must_use]
    pub fn overdue(&self) -> Vec<Overdue<'_>> {
        if self.is_over() {
            return Vec::new();
        }
        let mut overdue: Vec<Overdue<'_>> =
            self.clocks().into_iter().filter_map(|clock| self.overdue_run(clock)).collect();
        overdue.sort_by_key(|one| (one.since, one.clock.id));
        overdue
    }

    fn overdue_run<'v>(&'v self, clock: ClockView<'v>) -> Option<Overdue<'v>> {
        let (since, is_withheld) = last_run_out(clock.clock, clock.cycles)?;
        let is_owed = self.owes_because_of(clock.id);
        let is_open = is_withheld || is_owed || clock.clock.leaves_something_open();
        if !is_open || self.is_settled(&clock, since) {
            return None;
        }
        Some(Overdue { clock, since, is_owed, follows: what_follows(self.procedure(), clock.clock) })
    }

    fn owes_because_of(&self, clock: ClockId) -> bool {
        self.state().owed.iter().any(|owed| owed.met.is_none() && owed.cause == Cause::Expiry(clock))
    }

    fn is_settled(&self, clock: &ClockView<'_>, since: Moment) -> bool {
        let state = self.state();
        let was_done =
            |act| state.doings(act).iter().any(|doing| is_not_before(doing.when, since, clock.zone));
        let row = clock.clock;
        let is_met_late = row.met_by.iter().chain(&row.cured_by).any(|event| match event {
            Event::Act(act) => was_done(*act),
            Event::Condition(condition) => state.condition(*condition) == Truth::True,
        });
        is_met_late
            || row.on_expiry.opens.iter().any(|act| was_done(*act))
            || row.off_when.as_ref().is_some_and(|guard| state.holds(guard, &[]) == Truth::True)
    }
}

/// When the run that counts ran out, and whether its consequence is kept back. Of a clock that begins again from its
/// last day the next run is under way already, and what is overdue is the one before.
fn last_run_out(clock: &Clock, cycles: &[Cycle]) -> Option<(Moment, bool)> {
    let places = if clock.recurs == Recurs::FromTheLastDay { 2 } else { 1 };
    cycles.iter().rev().take(places).find_map(|cycle| match cycle.status {
        CycleStatus::RanOut { at, withheld } => Some((at, withheld)),
        CycleStatus::Running
        | CycleStatus::Met { .. }
        | CycleStatus::Cured { .. }
        | CycleStatus::SwitchedOff { .. }
        | CycleStatus::Replaced { .. } => None,
    })
}

fn is_not_before(when: When, since: Moment, zone: &Zone) -> bool {
    match when {
        When::At(moment) => moment >= since,
        When::On(_) | When::In { .. } | When::During { .. } => when.over(zone) > since,
    }
}
