//! Limits and warnings: none is missed, and none is told twice.

use std::collections::BTreeSet;

use comity_core::entry::Body;
use comity_core::id::CaseId;
use comity_core::time::{Moment, Period};
use comity_core::{CycleStatus, View};
use comity_runner::SweepReport;

use crate::simulation::model::{Case, Model};
use crate::simulation::trace::Wrong;

const NOTICED: &str = "after a sweep no limit whose legal end lies behind the clock is without its notice";
const AT_ONCE: &str = "one sweep notices every limit that ran out before it began";
const WARNED: &str = "after a sweep no warning whose moment has come is missing";
const ONCE: &str = "nothing is noticed twice, and of nothing is warned twice";
const NOT_EARLY: &str = "nothing is noticed before its time";
const FAILED: &str = "a sweep leaves out no case without a reason";

/// So many notices one commit takes.
const MOST_NOTICES: usize = 100;

/// A warning: the clock, how long before the end, from when, and the end.
pub(crate) type Warning = (String, Period, Moment, Moment);

/// The ends that lie behind the moment of the view and of which no notice stands.
pub(crate) fn missing_notices(case: &Case, view: &View) -> Vec<(String, Moment)> {
    let mut missing = Vec::new();
    for clock in view.clocks() {
        for cycle in clock.cycles {
            let (CycleStatus::RanOut { at, .. } | CycleStatus::Cured { ran_out: at, .. }) = cycle.status
            else {
                continue;
            };
            let is_noticed = case.entries.iter().any(|entry| {
                matches!(&entry.body, Body::Noticed(one) if one.clock == *clock.name && one.ran_out == at)
            });
            if !is_noticed {
                missing.push((clock.name.to_string(), at));
            }
        }
    }
    missing
}

/// The warnings before limits that run and that were not given, also those whose moment has not come.
pub(crate) fn missing_warnings(case: &Case, view: &View) -> Vec<Warning> {
    let mut missing = Vec::new();
    for one in view.warnings() {
        let is_given = case.entries.iter().any(|entry| {
            matches!(&entry.body, Body::Warned(given)
                if given.clock == *one.clock.name && given.before == one.before && given.ends == one.ends)
        });
        if !is_given {
            missing.push((one.clock.name.to_string(), one.before, one.at, one.ends));
        }
    }
    missing
}

/// After a sweep nothing is missing.
pub(crate) fn nothing_is_missed(
    model: &Model,
    report: &SweepReport,
    now: Moment,
    unreadable: Option<CaseId>,
) -> Result<(), Wrong> {
    // By a clock that leapt ahead nothing is noticed.
    if report.clock.is_some_and(|jump| jump.is_ahead()) {
        return Ok(());
    }
    for (id, case) in model.cases() {
        let went_back = case.entries.last().is_some_and(|last| last.recorded_at > now);
        let view = case.view(now);
        let (noticed, warned) = (missing_notices(case, &view), missing_warnings(case, &view));
        let warned: Vec<_> = warned.into_iter().filter(|(_, _, at, _)| *at <= now).collect();
        if report.failed.iter().any(|one| one.case == id) {
            if !went_back && unreadable != Some(id) {
                return Err(Wrong::new(FAILED, format!("{}: {:?}", case.opening.reference, report.failed)));
            }
            continue;
        }
        // What is not known yet by a clock that went back has no rows of its own.
        if went_back {
            continue;
        }
        let found = |what: String| format!("{} at {now}: {what}", case.opening.reference);
        if !noticed.is_empty() {
            return Err(Wrong::new(NOTICED, found(format!("{noticed:?}"))));
        }
        if !warned.is_empty() {
            return Err(Wrong::new(WARNED, found(format!("{warned:?}"))));
        }
    }
    Ok(())
}

/// What a sweep that begins at `now` has to notice: by case, the clock and the end.
pub(crate) fn due(model: &Model, now: Moment) -> Vec<(CaseId, String, Moment)> {
    let mut due = Vec::new();
    for (id, case) in model.cases() {
        let went_back = case.entries.last().is_some_and(|last| last.recorded_at > now);
        let missing = missing_notices(case, &case.view(now));
        // What is more than one commit takes is noticed by the next sweep.
        if !went_back && missing.len() < MOST_NOTICES {
            due.extend(missing.into_iter().map(|(clock, at)| (id, clock, at)));
        }
    }
    due
}

/// One sweep notices everything that was due when it began, wherever a page of the index ends.
pub(crate) fn all_was_noticed(
    model: &Model,
    due: &[(CaseId, String, Moment)],
    report: &SweepReport,
) -> Result<(), Wrong> {
    if report.clock.is_some_and(|jump| jump.is_ahead()) {
        return Ok(());
    }
    let is_noticed = |(case, clock, at): &&(CaseId, String, Moment)| {
        report.failed.iter().any(|one| one.case == *case)
            || report.noticed.iter().any(|one| one.case == *case && one.clock == *clock && one.ran_out == *at)
    };
    match due.iter().find(|one| !is_noticed(one)) {
        None => Ok(()),
        Some((case, clock, at)) => {
            let reference = model.case(*case).map_or("", |case| case.opening.reference.as_str());
            Err(Wrong::new(AT_ONCE, format!("{reference}: {clock}, which ran out {at}")))
        }
    }
}

/// Nothing is told twice, nor before its time.
pub(crate) fn nothing_is_told_twice(case: &Case) -> Result<(), Wrong> {
    let mut told = BTreeSet::new();
    for entry in &case.entries {
        let (what, at) = match &entry.body {
            Body::Noticed(one) => (format!("{} ran out {}", one.clock, one.ran_out), one.ran_out),
            Body::Warned(one) => (format!("{} before {} of {}", one.before, one.ends, one.clock), one.at),
            Body::Opened(_)
            | Body::Deed(_)
            | Body::Annulled { .. }
            | Body::Corrected { .. }
            | Body::Linked { .. }
            | Body::Note(_)
            | Body::Filed(_)
            | Body::ErasureProposed(_)
            | Body::Proposed(_)
            | Body::Confirmed { .. }
            | Body::Migrated(_)
            | Body::Office(_) => continue,
        };
        let reference = &case.opening.reference;
        if at > entry.recorded_at {
            return Err(Wrong::new(NOT_EARLY, format!("{reference}: {what}, entry {}", entry.number)));
        }
        if !told.insert(what.clone()) {
            return Err(Wrong::new(ONCE, format!("{reference}: {what}, entry {}", entry.number)));
        }
    }
    Ok(())
}
