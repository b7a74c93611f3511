//! Counting in hours.

use super::count::{Begun, CountError, HourCount, Prolonged};
use super::{Course, Day, ExtendedFrom, FirstHour, HourRule, Longer, Moment, Period, Unit, When, Zone};

const HOUR: i64 = 3_600_000_000;

pub(super) fn count(
    start: Begun<'_>,
    length: Period,
    rule: &HourRule,
    course: &Course,
) -> Result<HourCount, CountError> {
    let When::At(event) = start.when else {
        return Err(CountError::StartNotKnownToTheInstant { when: start.when });
    };
    let out_of_range = || CountError::OutOfRange { from: start.zone.day_at(event), length };
    let after = |event| match rule.first_hour {
        FirstHour::Counted => Ok(event),
        FirstHour::NotCounted => start.zone.next_full_hour(event).ok_or_else(out_of_range),
    };
    let from = after(event)?;
    let stops = course.stops.iter().map(super::Stop::instants).collect::<Result<Vec<_>, _>>()?;
    let mut run =
        Run { zone: start.zone, rule, stops: merged(stops), length, stood: Vec::new(), closed: Vec::new() };
    let mut ends = run.hours(from, length)?;
    let mut extended = Vec::new();
    for extension in &course.extensions {
        let counted_from = match (extension.by, extension.granted) {
            (Longer::By(_, ExtendedFrom::LastDay | ExtendedFrom::NominalLastDay), _) => ends,
            (Longer::By(_, ExtendedFrom::TheAct), When::At(granted)) => after(granted)?,
            (Longer::By(_, ExtendedFrom::TheAct), when) => {
                return Err(CountError::StartNotKnownToTheInstant { when });
            }
            (Longer::Until(day), _) => start.zone.end_of(day),
        };
        ends = match extension.by {
            Longer::By(length, _) if length.unit() == Unit::Hour => run.hours(counted_from, length)?,
            Longer::By(length, _) => return Err(CountError::WrongRule { length }),
            Longer::Until(_) => counted_from,
        };
        extended.push(Prolonged { extension: *extension, ends, reached: None });
    }
    // Hours are never full within a stop; a day that an authority names may end there.
    if let Some(runs_on) = course.runs_on_after(ends, start.zone) {
        run.stood.push((ends, runs_on));
        ends = runs_on;
    }
    if start.zone.day_until(ends) == Day::MAX {
        return Err(out_of_range());
    }
    let (stood, closed) = (run.stood, run.closed);
    Ok(HourCount {
        event,
        from,
        length,
        rule: rule.clone(),
        stopped: stood,
        closed,
        extended,
        ends,
        zone: start.zone.clone(),
    })
}

/// The latest instant from which `length` ends at `by` or before.
pub(super) fn back(by: Moment, length: Period, rule: &HourRule, zone: &Zone) -> Result<Moment, CountError> {
    let out_of_range = || CountError::OutOfRange { from: zone.day_at(by), length };
    let mut left = i64::from(length.count()) * HOUR;
    let mut at = by;
    loop {
        let Some(calendar) = &rule.closed_days_skipped else {
            at = at.plus_microseconds(-left).ok_or_else(out_of_range)?;
            break;
        };
        // The instant at which a day begins belongs to the day before, when one looks back.
        let day = zone.day_at(at.plus_microseconds(-1).ok_or_else(out_of_range)?);
        let begins = zone.start_of(day);
        // Before the first day there is, no day begins any more.
        if begins >= at {
            return Err(out_of_range());
        }
        if !calendar.is_open(day)? {
            at = begins;
            continue;
        }
        let there = begins.microseconds_until(at);
        if left <= there {
            at = at.plus_microseconds(-left).ok_or_else(out_of_range)?;
            break;
        }
        (left, at) = (left - there, begins);
    }
    match rule.first_hour {
        FirstHour::Counted => Ok(at),
        FirstHour::NotCounted => zone.hour_before(at).ok_or_else(out_of_range),
    }
}

/// The instants between which a limit stood still, in order and apart from each other.
fn merged(mut spans: Vec<(Moment, Moment)>) -> Vec<(Moment, Moment)> {
    spans.sort_unstable();
    let mut merged: Vec<(Moment, Moment)> = Vec::with_capacity(spans.len());
    for (from, until) in spans {
        match merged.last_mut() {
            Some((_, end)) if from <= *end => *end = until.max(*end),
            Some(_) | None => merged.push((from, until)),
        }
    }
    merged
}

struct Run<'a> {
    zone: &'a Zone,
    rule: &'a HourRule,
    stops: Vec<(Moment, Moment)>,
    length: Period,
    stood: Vec<(Moment, Moment)>,
    closed: Vec<Day>,
}

impl Run<'_> {
    /// The instant at which `length` is full, from `from` on.
    fn hours(&mut self, from: Moment, length: Period) -> Result<Moment, CountError> {
        let out_of_range = CountError::OutOfRange { from: self.zone.day_at(from), length: self.length };
        let mut left = i64::from(length.count()) * HOUR;
        let mut at = from;
        loop {
            if let Some((from, until)) = self.stops.iter().find(|(from, until)| *from <= at && at < *until) {
                self.stood.push((*from.max(&at), *until));
                at = *until;
                continue;
            }
            if self.is_closed(at)? {
                let day = self.zone.day_at(at);
                if self.closed.last() != Some(&day) {
                    self.closed.push(day);
                }
                at = self.day_ends_after(at).ok_or_else(|| out_of_range.clone())?;
                continue;
            }
            let runs = self.next_break(at).map_or(left, |next| at.microseconds_until(next));
            if left <= runs {
                return at.plus_microseconds(left).ok_or(out_of_range);
            }
            at = at.plus_microseconds(runs).ok_or_else(|| out_of_range.clone())?;
            left -= runs;
        }
    }

    fn is_closed(&self, at: Moment) -> Result<bool, CountError> {
        match &self.rule.closed_days_skipped {
            Some(calendar) => Ok(!calendar.is_open(self.zone.day_at(at))?),
            None => Ok(false),
        }
    }

    /// The next instant at which something may interrupt the run.
    fn next_break(&self, at: Moment) -> Option<Moment> {
        let stop = self.stops.iter().map(|(from, _)| *from).find(|from| *from > at);
        let day = self.rule.closed_days_skipped.as_ref().and_then(|_| self.day_ends_after(at));
        [stop, day].into_iter().flatten().min()
    }

    /// When the day ends; none after the last day there is.
    fn day_ends_after(&self, at: Moment) -> Option<Moment> {
        let day = self.zone.day_at(at);
        // Clocks that went back over midnight show a day again after it has ended; then it ends with the next.
        let ends = [Some(day), day.plus_days(1)].into_iter().flatten().map(|day| self.zone.end_of(day));
        ends.into_iter().find(|ends| *ends > at)
    }
}
