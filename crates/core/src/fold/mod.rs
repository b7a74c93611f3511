//! The fold: where a case stands, from its entries and a moment.
//!
//! Deeds are taken by the moment they took effect, then by entry number. Between them limits run out by
//! themselves. The fold never refuses: a deed that the procedure does not allow where it now stands changes
//! nothing and is listed as upset, which [`admit`](crate::admit) prevents for everything that is recorded.

mod allow;
mod carry;
mod clock;
mod cycle;
mod extend;
mod law;
mod legs;
mod possible;
mod recount;
mod settle;
mod state;

pub use cycle::{Carried, Cycle, CycleStatus, End, MadeLonger, Named, NamedPeriod, OldRule, StoodStill};
pub use state::{Arrived, Cause, Doing, Found, Happened, Happening, Known, Moved, Owed, Stands};

pub(crate) use allow::{closed_because, resolve};
pub(crate) use cycle::standing_of;
pub(crate) use legs::Legs;
pub(crate) use recount::if_it_ran_on;
pub(crate) use state::{Now, State};

use crate::entry::{Body, Deed, Entry, What, standing};
use crate::four_eyes::{left_to_two, takes_two};
use crate::id::EntryNumber;
use crate::migration::Under;
use crate::procedure::{Procedure, SharedProcedure};
use crate::rejection::{Rejection, Upset};
use crate::time::{Moment, When, Zone};

/// Which moment is asked about, and what was known then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The moment asked about: deeds that took effect later are left out.
    pub at: Moment,
    /// What was known: entries recorded later are left out.
    pub known_at: Moment,
}

impl Asked {
    /// How things stand at `moment`, as known at `moment`.
    #[must_use]
    pub fn at(moment: Moment) -> Self {
        Self { at: moment, known_at: moment }
    }
}

/// The entries recorded up to `moment`. They are a prefix, because the record never goes back.
#[must_use]
pub fn known_at(entries: &[Entry], moment: Moment) -> &[Entry] {
    let known = entries.partition_point(|entry| entry.recorded_at <= moment);
    entries.get(..known).unwrap_or(entries)
}

/// A deed with its place on the time line.
struct Step<'a> {
    now: Now,
    number: EntryNumber,
    deed: &'a Deed,
    /// Whether one person alone recorded it.
    is_by_one: bool,
    /// After how many migrations it takes effect.
    leg: usize,
    procedure: &'a SharedProcedure,
}

/// Folds `entries` up to `at`.
pub(crate) fn fold_state<'p>(under: impl Into<Under<'p>>, entries: &[Entry], at: Moment) -> State {
    let under = under.into();
    let (procedure, legs) = (under.first(), Legs::of(under, entries));
    let mut state = State::new(procedure);
    if let Some(Entry { body: Body::Opened(opening), .. }) = entries.first() {
        state.open(&Now::dated(opening.since, Cause::Opening, &procedure.home().zone));
    }
    let steps = timeline(&legs, entries);
    let mut ahead = legs.later().iter().take_while(|leg| leg.from <= at);
    state.happenings.reserve(steps.len());
    let mut crossed = 0;
    for step in &steps {
        while crossed < step.leg
            && let Some(leg) = ahead.next()
        {
            state.cross(leg);
            crossed += 1;
        }
        if step.now.from > at || crossed < step.leg {
            break;
        }
        state.run_to(step.now.from, matches!(step.deed.when, When::At(_)));
        state.take(step.procedure, step);
    }
    for leg in ahead {
        state.cross(leg);
    }
    state.run_out_until(at);
    state.looked_at = at;
    state
}

fn timeline<'a>(legs: &Legs<'a>, entries: &'a [Entry]) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = standing(entries)
        .into_iter()
        .map(|(entry, deed)| {
            let (leg, procedure, now) = legs.place(deed, entry.number);
            // One that was corrected since stands as the correction, which answers for itself.
            let is_by_one = matches!(&entry.body, Body::Deed(own) if std::ptr::eq(own, deed));
            Step { now, number: entry.number, deed, is_by_one, leg, procedure }
        })
        .collect();
    steps.sort_by_key(|step| (step.leg, step.now.from, step.number));
    steps
}

/// The zone in whose days a deed is dated: that of the authority that acts, else that of the deciding side.
///
/// Of two deeds known only to the same month no zone can say which came first. They are all dated in the zone of the
/// deciding side, so that they keep the order in which they were recorded.
pub(crate) fn zone_of<'p>(procedure: &'p Procedure, deed: &Deed) -> &'p Zone {
    let authority = match (&deed.what, deed.when.is_known_to_the_day()) {
        (What::Act { by, .. } | What::Finding { by, .. }, true) => procedure.authorities.find(by.as_str()),
        (What::Act { .. } | What::Finding { .. }, false)
        | (What::Document(_) | What::Fact { .. } | What::Learned { .. }, _) => None,
    };
    authority.map_or(&procedure.home().zone, |authority| procedure.zone_of(authority))
}

impl State {
    /// Lets limits run out that end before a deed at `at`. On the very instant the procedure says who wins, for a
    /// deed known to the instant; one known only to the day comes after what ended with the day before.
    fn run_to(&mut self, at: Moment, to_the_instant: bool) {
        if self.none_ends_before > at {
            return;
        }
        // Each clock is asked for itself: at one instant an act may be in time for one limit and late for another.
        let comes_first = |state: &Self, ends, clock| {
            ends < at || (ends == at && (!to_the_instant || state.expiry_wins_ties(clock)))
        };
        while let Some((ends, clock)) = self.next_to_run_out(comes_first) {
            self.run_out(clock, ends);
        }
        self.none_ends_before = self.next_to_run_out(|_, _, _| true).map_or(Moment::MAX, |(ends, _)| ends);
    }

    /// Lets limits run out that end at `at` or before, no deed being left.
    fn run_out_until(&mut self, at: Moment) {
        while let Some((ends, clock)) = self.next_to_run_out(|_, ends, _| ends <= at) {
            self.run_out(clock, ends);
        }
    }

    /// Takes a deed that was recorded.
    fn take(&mut self, procedure: &Procedure, step: &Step<'_>) {
        let Step { now, number, deed, is_by_one, .. } = step;
        self.looked_at = now.from;
        if let (true, Some(act)) = (*is_by_one, left_to_two(procedure, deed)) {
            return self.upset(*number, &deed.what, takes_two(procedure, act));
        }
        match allow::resolve(self, &deed.what, now) {
            Ok(resolved) => self.apply(procedure, resolved, now, &deed.what),
            Err(because) => self.upset(*number, &deed.what, because),
        }
    }

    pub(crate) fn upset(&mut self, entry: EntryNumber, what: &What, because: Rejection) {
        self.upset.push(Upset { entry, what: what.label(), because: Box::new(because) });
    }
}
