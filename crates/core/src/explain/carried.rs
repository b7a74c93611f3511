//! How a run came over from a procedure that the case has left, in words.

use super::{Reason, moment_in_words, reason};
use crate::fold::{Carried, Cycle};
use crate::migration::Ends;
use crate::procedure::Procedure;
use crate::view::ClockView;

/// The clock by whose rule a run is counted, under its present name, and the procedure in whose words that rule is told.
pub(super) fn counting<'v>(
    procedure: &'v Procedure,
    clock: ClockView<'v>,
    cycle: &'v Cycle,
) -> (ClockView<'v>, &'v Procedure) {
    match cycle.carried.as_ref().and_then(|carried| carried.rule.as_ref()) {
        Some(old) => {
            let row = old.procedure.clocks.at(old.clock);
            let zone = old.procedure.zone_of_clock(old.clock);
            (ClockView { clock: row, zone, ..clock }, &old.procedure)
        }
        None => (clock, procedure),
    }
}

/// What the migration did to the run.
pub(super) fn carried(clock: &ClockView<'_>, cycle: &Cycle) -> Option<Reason> {
    let carried = cycle.carried.as_ref()?;
    let Carried { entry, when, was, ends, cite, .. } = carried.as_ref();
    let told = |end: Option<crate::time::Moment>| {
        end.map_or_else(|| "no end".to_owned(), |end| moment_in_words(end, clock.zone))
    };
    let (before, anew) = (told(carried.before), told(carried.anew));
    let under = carried.rule.as_ref().map_or(String::new(), |rule| {
        let Procedure { name, version, .. } = &*rule.procedure;
        format!(", counted under {name} version {version}")
    });
    let called =
        if was == clock.name { String::new() } else { format!(", the clock being called {was} before") };
    let says = match ends {
        Ends::Keep => format!("the end stands that it had, {before}{under}"),
        Ends::Recompute => format!("counted anew from the same start; before, its end was {before}"),
        Ends::Later => format!("the later of two ends: {before}{under}, and {anew} counted anew"),
    };
    let at = moment_in_words(*when, clock.zone);
    Some(reason("carried over", format!("at the migration, {at} – entry {entry}: {says} ({cite}){called}")))
}
