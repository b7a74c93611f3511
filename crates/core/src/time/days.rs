//! Counting in days, working days, weeks, months and years.

use super::count::{Begun, CountError, DayCount, Prolonged, Reached};
use super::course::Gaps;
use super::{
    BrokenMonths, Calendar, Course, Day, DayRule, ExtendedFrom, Extension, FirstDay, LastDayClosed, Longer,
    MonthEnd, OpenDaysWithin, Period, Rule, Unit, Zone,
};

pub(super) fn count(
    start: Begun<'_>,
    length: Period,
    rule: &Rule,
    course: &Course,
) -> Result<Box<DayCount>, CountError> {
    if !start.when.is_known_to_the_day() {
        return Err(CountError::StartNotKnownToTheDay { when: start.when });
    }
    let event_day = start.when.first_day(start.zone);
    let stopped = Gaps::of(&course.stops, start.zone)?;
    let way = Way { zone: start.zone, rule, gaps: &stopped };
    let first = way.span_of_event(event_day, length)?;
    let without = way.closing(&first, length)?;
    let mut extended: Vec<Prolonged> = Vec::with_capacity(course.extensions.len());
    for extension in &course.extensions {
        let before = extended.last().and_then(|to| to.reached.as_ref()).unwrap_or(&without);
        let reached = way.extended(extension, before)?;
        let ends = start.zone.end_of(reached.last_day);
        extended.push(Prolonged { extension: *extension, reached: Some(reached), ends });
    }
    let reached = extended.last().and_then(|to| to.reached.as_ref()).unwrap_or(&without);
    let (nominal, reached) = (reached.nominal, reached.last_day);
    let counted = extended.last().map_or_else(|| start.zone.end_of(reached), |to| to.ends);
    let held_over = course.runs_on_after(counted, start.zone);
    let ends = held_over.unwrap_or(counted);
    let last_day = held_over.map_or(reached, |ends| start.zone.day_until(ends));
    if last_day >= Day::MAX {
        return Err(CountError::OutOfRange { from: event_day, length });
    }
    Ok(Box::new(DayCount {
        event: start.when,
        event_day,
        day_one: first.day_one,
        length,
        rule: rule.clone(),
        stopped: stopped.within(first.day_one, nominal).collect(),
        skipped_by_the_zone: first.skipped,
        not_worked: first.not_worked,
        month_end_replaced: first.month_end_replaced,
        reached: without,
        extended,
        held_over: held_over.map(|_| reached),
        last_day,
        ends,
        zone: start.zone.clone(),
    }))
}

/// The last day alone, for an event on `event_day` and an even way.
pub(super) fn last_day(event_day: Day, length: Period, rule: &Rule, zone: &Zone) -> Result<Day, CountError> {
    let way = Way { zone, rule, gaps: &Gaps::default() };
    let span = way.span_of_event(event_day, length)?;
    Ok(way.closing(&span, length)?.last_day)
}

/// The latest event day whose last day is `by` or before. Nothing can happen on a day that never was.
pub(super) fn back(by: Day, length: Period, rule: &Rule, zone: &Zone) -> Result<Day, CountError> {
    let out_of_range = || CountError::OutOfRange { from: by, length };
    if let (Rule::WorkingDays(rule), Unit::WorkingDay) = (rule, length.unit()) {
        let day_one = working_days_back(by, length, &rule.calendar, zone)?;
        let mut latest = if rule.first_day.counts() { Some(day_one) } else { day_one.plus_days(-1) };
        while let Some(day) = latest
            && !zone.has(day)
        {
            latest = day.plus_days(-1);
        }
        return latest.ok_or_else(out_of_range);
    }
    let count = i64::from(length.count());
    // At most so many days lie between the two, so that the search begins at or after the day that it looks for.
    let at_least = match length.unit() {
        Unit::Hour | Unit::WorkingDay => return Err(CountError::WrongRule { length }),
        Unit::Day | Unit::ClearDay => count - 1,
        Unit::Week => count * 7 - 1,
        Unit::Month if is_in_thirties(rule) => count * 30 - 4,
        // Twelve months have 365 days and not 360: over many years the search would begin long after it.
        Unit::Month => count * 30 + count * 2 / 5 - 4,
        Unit::Year => count * 365 - 4,
    };
    let latest = latest_nominal(by, rule)?;
    let mut day = latest.plus_days(-at_least).ok_or_else(out_of_range)?;
    loop {
        match last_day(day, length, rule, zone) {
            Ok(last) if last <= by && zone.has(day) => return Ok(day),
            // From there the limit ends too late, or has no end.
            Ok(_)
            | Err(
                CountError::NoSuchMonthEnd { .. }
                | CountError::NoSuchDayThere { .. }
                | CountError::OutOfRange { .. },
            ) => {}
            // Where the limit ends too late anyway, the calendar need not say how much later.
            Err(CountError::NotCovered(_)) if nominal_is_after(latest, day, length, rule, zone) => {}
            Err(other) => return Err(other),
        }
        day = day.plus_days(-1).ok_or_else(out_of_range)?;
    }
}

/// Whether the last day, before closed days are looked at, is after `latest`.
fn nominal_is_after(latest: Day, event_day: Day, length: Period, rule: &Rule, zone: &Zone) -> bool {
    let Rule::Days(rule) = rule else { return false };
    let last_day_closed = LastDayClosed::Stands;
    let rule = Rule::Days(DayRule { last_day_closed, open_days_within: None, ..rule.clone() });
    last_day(event_day, length, &rule, zone).is_ok_and(|nominal| nominal > latest)
}

fn is_in_thirties(rule: &Rule) -> bool {
    match rule {
        Rule::Days(rule) => rule.broken_months == BrokenMonths::ThirtyDays,
        Rule::Hours(_) | Rule::WorkingDays(_) => false,
    }
}

/// The latest day from which closed days still lead back to `by` or before: the day after it is open.
fn latest_nominal(by: Day, rule: &Rule) -> Result<Day, CountError> {
    let Rule::Days(DayRule { last_day_closed: LastDayClosed::PreviousOpenDay(calendar), .. }) = rule else {
        return Ok(by);
    };
    let mut day = by;
    while let Some(next) = day.plus_days(1)
        && !calendar.is_open(next)?
    {
        day = next;
    }
    Ok(day)
}

/// Day 1 of a length in working days that ends on `by` or on the last open day before.
fn working_days_back(by: Day, length: Period, calendar: &Calendar, zone: &Zone) -> Result<Day, CountError> {
    let (mut day, mut left) = (by, length.count());
    loop {
        left -= u32::from(calendar.is_open(day)? && zone.has(day));
        if left == 0 {
            return Ok(day);
        }
        day = day.plus_days(-1).ok_or(CountError::OutOfRange { from: by, length })?;
    }
}

/// What a count in days looks at on its way.
struct Way<'a> {
    zone: &'a Zone,
    rule: &'a Rule,
    gaps: &'a Gaps,
}

/// A length laid down from its first day.
struct Span {
    day_one: Day,
    nominal: Day,
    month_end_replaced: bool,
    skipped: Vec<Day>,
    not_worked: Vec<Day>,
}

impl Reached {
    /// A day that stands as it is.
    fn on(day: Day) -> Self {
        Self { nominal: day, closed: Vec::new(), filled_up_to: None, last_day: day }
    }
}

impl Way<'_> {
    fn span_of_event(&self, event_day: Day, length: Period) -> Result<Span, CountError> {
        let first_day = match self.rule {
            Rule::Days(rule) => rule.first_day,
            Rule::WorkingDays(rule) => rule.first_day,
            Rule::Hours(_) => return Err(CountError::WrongRule { length }),
        };
        self.span(event_day, length, first_day)
    }

    #[inline]
    fn span(&self, event_day: Day, length: Period, first_day: FirstDay) -> Result<Span, CountError> {
        let out_of_range = || CountError::OutOfRange { from: event_day, length };
        let day_one = if first_day.counts() { Some(event_day) } else { event_day.plus_days(1) };
        let day_one = day_one.ok_or_else(out_of_range)?;
        let count = i64::from(length.count());
        let whole = |months| Whole { event_day, day_one, months, length };
        match (self.rule, length.unit()) {
            (Rule::WorkingDays(rule), Unit::WorkingDay) => {
                self.working_days(day_one, event_day, length, &rule.calendar)
            }
            (Rule::Days(_), Unit::ClearDay) if first_day.counts() => {
                Err(CountError::ClearDaysHaveNoFirstDay { length })
            }
            (Rule::Days(_), Unit::Day | Unit::ClearDay) => {
                self.running_days(event_day, day_one, count, length)
            }
            (Rule::Days(_), Unit::Week) => {
                let nominal = day_one.plus_days(count * 7 - 1).ok_or_else(out_of_range)?;
                self.pushed(event_day, day_one, nominal, length)
            }
            (Rule::Days(rule), Unit::Month | Unit::Year)
                if rule.broken_months == BrokenMonths::ThirtyDays =>
            {
                let days = if length.unit() == Unit::Month { count * 30 } else { count * 365 };
                self.running_days(event_day, day_one, days, length)
            }
            (Rule::Days(rule), Unit::Month) => self.months(&whole(count), first_day, rule.month_end),
            (Rule::Days(rule), Unit::Year) => self.months(&whole(count * 12), first_day, rule.month_end),
            (Rule::Hours(_) | Rule::Days(_) | Rule::WorkingDays(_), _) => {
                Err(CountError::WrongRule { length })
            }
        }
    }

    /// So many days that run and that the zone had.
    fn running_days(
        &self,
        event_day: Day,
        day_one: Day,
        count: i64,
        length: Period,
    ) -> Result<Span, CountError> {
        let out_of_range = || CountError::OutOfRange { from: event_day, length };
        let mut nominal = self.gaps.running(day_one, count).ok_or_else(out_of_range)?;
        let mut skipped = Vec::new();
        // Each round may bring in another day that never was; there are never more than one or two.
        loop {
            let found = self.zone.skipped_between(day_one, nominal);
            if found == skipped {
                break;
            }
            nominal = self.gaps.with(&found).running(day_one, count).ok_or_else(out_of_range)?;
            skipped = found;
        }
        Ok(Span { day_one, nominal, month_end_replaced: false, skipped, not_worked: Vec::new() })
    }

    fn working_days(
        &self,
        day_one: Day,
        event_day: Day,
        length: Period,
        calendar: &Calendar,
    ) -> Result<Span, CountError> {
        let (mut day, mut left, mut not_worked) = (day_one, length.count(), Vec::new());
        loop {
            // The coverage of the calendar bounds the loop: outside it `is_open` is an error.
            let works = self.is_open(calendar, day)? && !self.gaps.holds(day);
            if works {
                left -= 1;
            } else if !self.gaps.holds(day) {
                not_worked.push(day);
            }
            if left == 0 {
                return Ok(Span {
                    day_one,
                    nominal: day,
                    month_end_replaced: false,
                    skipped: Vec::new(),
                    not_worked,
                });
            }
            day = day.plus_days(1).ok_or(CountError::OutOfRange { from: event_day, length })?;
        }
    }

    /// Months run to the day with the number of the event's day. Where the event's day counts, it is day 1 and the
    /// period is full on the day before that number.
    fn months(&self, whole: &Whole, first_day: FirstDay, month_end: MonthEnd) -> Result<Span, CountError> {
        let Whole { event_day, day_one, length, .. } = *whole;
        let out_of_range = || CountError::OutOfRange { from: event_day, length };
        let (last_of_month, same_number) = whole.month().ok_or_else(out_of_range)?;
        let from_the_end = month_end == MonthEnd::LastDay && event_day.is_last_of_month();
        let (number, replaced) = match (same_number, month_end) {
            (_, MonthEnd::LastDay) if from_the_end => (Some(last_of_month), same_number.is_none()),
            (Some(day), _) => (Some(day), false),
            (None, MonthEnd::Refuse) => return Err(CountError::NoSuchMonthEnd { from: event_day, length }),
            (None, MonthEnd::Down | MonthEnd::LastDay) => (Some(last_of_month), true),
            (None, MonthEnd::Up) => (last_of_month.plus_days(1), true),
        };
        // 31 January counted whole: the month is full with the last day of February, not the day before it.
        let is_full_that_day = replaced && month_end != MonthEnd::Up;
        let nominal = match (first_day.counts(), is_full_that_day) {
            (false, _) | (true, true) => number,
            (true, false) => number.and_then(|day| day.plus_days(-1)),
        };
        let nominal = nominal.ok_or_else(out_of_range)?;
        let pushed = self.pushed(event_day, day_one, nominal, length)?;
        Ok(Span { month_end_replaced: replaced, ..pushed })
    }

    /// A last day that the calendar gives, pushed back by the days on which the limit stood still.
    fn pushed(&self, event_day: Day, day_one: Day, nominal: Day, length: Period) -> Result<Span, CountError> {
        let stood: i64 = self.gaps.within(day_one, nominal).map(|stop| self.days_in(stop)).sum();
        if stood > 0 {
            let next = nominal.plus_days(1).ok_or(CountError::OutOfRange { from: event_day, length })?;
            let pushed = self.running_days(event_day, next, stood, length)?;
            return Ok(Span { day_one, ..pushed });
        }
        if !self.zone.has(nominal) {
            let zone = self.zone.name().to_owned();
            return Err(CountError::NoSuchDayThere { from: event_day, length, day: nominal, zone });
        }
        Ok(Span { day_one, nominal, month_end_replaced: false, skipped: Vec::new(), not_worked: Vec::new() })
    }

    /// How many days the zone had between two days, both included.
    fn days_in(&self, (first, last): (Day, Day)) -> i64 {
        let never = self.zone.skipped_between(first, last).len();
        (first.days_until(last) + 1).saturating_sub_unsigned(never as u64)
    }

    /// The last day after closed days.
    #[inline]
    fn closing(&self, span: &Span, length: Period) -> Result<Reached, CountError> {
        let Rule::Days(rule) = self.rule else { return Ok(Reached::on(span.nominal)) };
        let (last_day, closed) = self.roll(span.nominal, rule, length)?;
        let filled_up_to = match &rule.open_days_within {
            Some(within) if holds_two_days(length) => self.filled(span.day_one, last_day, within, length)?,
            Some(_) | None => None,
        };
        Ok(Reached {
            nominal: span.nominal,
            closed,
            filled_up_to,
            last_day: filled_up_to.unwrap_or(last_day),
        })
    }

    /// The last day after closed days, and the days passed over.
    fn roll(&self, nominal: Day, rule: &DayRule, length: Period) -> Result<(Day, Vec<Day>), CountError> {
        let (calendar, step) = match &rule.last_day_closed {
            LastDayClosed::Stands => return Ok((nominal, Vec::new())),
            LastDayClosed::NextOpenDay(calendar) => (calendar, 1),
            LastDayClosed::PreviousOpenDay(calendar) => (calendar, -1),
        };
        let (mut day, mut closed) = (nominal, Vec::new());
        // The coverage of the calendar bounds the loop: outside it `is_open` is an error.
        while !self.is_open(calendar, day)? {
            closed.push(day);
            day = day.plus_days(step).ok_or(CountError::OutOfRange { from: nominal, length })?;
        }
        Ok((day, closed))
    }

    /// The day to which a limit must reach so that it holds enough open days, if it does not hold them yet.
    fn filled(
        &self,
        day_one: Day,
        last_day: Day,
        within: &OpenDaysWithin,
        length: Period,
    ) -> Result<Option<Day>, CountError> {
        let next = |day: Day| day.plus_days(1).ok_or(CountError::OutOfRange { from: day_one, length });
        let (mut day, mut open) = (day_one, 0);
        loop {
            open += u8::from(self.is_open(&within.calendar, day)?);
            if open >= within.at_least {
                return Ok((day > last_day).then_some(day));
            }
            day = next(day)?;
        }
    }

    /// Whether anybody is open on `day`: nobody is on a day that never was.
    fn is_open(&self, calendar: &Calendar, day: Day) -> Result<bool, CountError> {
        Ok(calendar.is_open(day)? && self.zone.has(day))
    }

    /// Where an extension leads to.
    fn extended(&self, extension: &Extension, before: &Reached) -> Result<Reached, CountError> {
        let (length, from) = match extension.by {
            // An authority that names a day has looked at the calendar.
            Longer::Until(day) => return Ok(Reached::on(day)),
            Longer::By(length, from) => (length, from),
        };
        let span = match from {
            ExtendedFrom::LastDay => self.span(before.last_day, length, FirstDay::NotCounted)?,
            ExtendedFrom::NominalLastDay => self.span(before.nominal, length, FirstDay::NotCounted)?,
            ExtendedFrom::TheAct if extension.granted.is_known_to_the_day() => {
                self.span_of_event(extension.granted.first_day(self.zone), length)?
            }
            ExtendedFrom::TheAct => {
                return Err(CountError::StartNotKnownToTheDay { when: extension.granted });
            }
        };
        self.closing(&span, length)
    }
}

/// A length in whole months.
#[derive(Clone, Copy)]
struct Whole {
    event_day: Day,
    day_one: Day,
    months: i64,
    length: Period,
}

impl Whole {
    /// The last day of the month in which the length ends, and the day there with the number of the event's day.
    fn month(&self) -> Option<(Day, Option<Day>)> {
        let from = self.event_day;
        let index = i64::from(from.year()) * 12 + i64::from(from.month()) - 1 + self.months;
        let year = i16::try_from(index.div_euclid(12)).ok()?;
        let month = i8::try_from(index.rem_euclid(12) + 1).ok()?;
        let last = Day::new(year, month, 1).ok()?.last_of_month()?;
        Some((last, Day::new(year, month, from.day()).ok()))
    }
}

fn holds_two_days(length: Period) -> bool {
    match length.unit() {
        Unit::Hour => false,
        Unit::Day | Unit::ClearDay | Unit::WorkingDay => length.count() >= 2,
        Unit::Week | Unit::Month | Unit::Year => true,
    }
}
