//! What has to be recorded of a case because time has passed: notices of what ran out, warnings before what will. Pure.

use comity_core::entry::{Body, Entry, Notice, Warning};
use comity_core::migration::called_at;
use comity_core::name::Name;
use comity_core::procedure::Purpose;
use comity_core::{ClockView, CycleStatus, View};

use crate::engine::CaseFile;

/// The runs that have run out and of which no notice stands.
pub(crate) fn missing_notices(file: &CaseFile, view: &View) -> Vec<Notice> {
    let mut missing: Vec<Notice> = view.clocks().iter().flat_map(|clock| ran_out(view, clock)).collect();
    missing.retain(|notice| {
        !file.entries.iter().any(|entry| {
            matches!(&entry.body, Body::Noticed(seen)
                if seen.ran_out == notice.ran_out && is_of(file, entry, &seen.clock, &notice.clock))
        })
    });
    missing.sort_by_key(|notice| notice.ran_out);
    missing
}

/// The warnings before limits that run and that were not given, whether or not their moment has come. One is given once
/// for each end that a limit has: a limit that is made longer warns anew.
pub(crate) fn missing_warnings(file: &CaseFile, view: &View) -> Vec<Warning> {
    let warnings = view.warnings();
    let given = |one: &Warning| {
        file.entries.iter().any(|entry| {
            matches!(&entry.body, Body::Warned(given)
                if given.before == one.before && given.ends == one.ends && is_of(file, entry, &given.clock, &one.clock))
        })
    };
    let warning = |one: &comity_core::Forewarning<'_>| Warning {
        clock: one.clock.name.clone(),
        before: one.before,
        at: one.at,
        ends: one.ends,
        told: concerned(view, &one.clock),
    };
    warnings.iter().map(warning).filter(|one| !given(one)).collect()
}

/// Whether an entry that names a clock means `clock`, whatever that was called when it was recorded.
fn is_of(file: &CaseFile, entry: &Entry, named: &Name, clock: &Name) -> bool {
    called_at(&file.entries, clock, entry.number).is_some_and(|called| called == *named)
}

fn ran_out(view: &View, clock: &ClockView<'_>) -> Vec<Notice> {
    let told = concerned(view, clock);
    clock
        .cycles
        .iter()
        .filter_map(|cycle| match cycle.status {
            CycleStatus::RanOut { at, .. } | CycleStatus::Cured { ran_out: at, .. } => {
                Some(Notice { clock: clock.name.clone(), ran_out: at, told: told.clone() })
            }
            CycleStatus::Running
            | CycleStatus::Met { .. }
            | CycleStatus::SwitchedOff { .. }
            | CycleStatus::Replaced { .. } => None,
        })
        .collect()
}

/// Whom an expiry concerns: the authority that it limited, and the bearer of the duty that arises.
fn concerned(view: &View, clock: &ClockView<'_>) -> Vec<Name> {
    let procedure = view.procedure();
    let mut told = Vec::new();
    let names = procedure.authorities();
    let name_of = |id| names.iter().find(|(other, _, _)| *other == id).map(|(_, name, _)| name.clone());
    if let Purpose::LimitsAuthority(authority) = clock.clock.purpose {
        told.extend(name_of(authority));
    }
    if let Some(obligation) = clock.clock.on_expiry.duty.and_then(|duty| procedure.obligations().get(duty)) {
        told.extend(name_of(obligation.bearer));
    }
    told.dedup();
    told
}
