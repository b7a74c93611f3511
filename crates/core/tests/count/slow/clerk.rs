//! Who counts in days: with the almanac, a page for each.

use comity_core::time::{
    BrokenMonths, Calendar, CountError, Course, Day, DayRule, ExtendedFrom, LastDayClosed, Longer, Moment,
    MonthEnd, OpenDaysWithin, Period, Rule, Start, Stop, StoppedDays, Unit, When,
};

use super::{Found, Land};

/// A stop, with the pages of the days on which it began and ended.
pub(super) struct Halt<'a> {
    stop: &'a Stop,
    began: usize,
    ended: usize,
}

impl<'a> Halt<'a> {
    pub(super) fn new(stop: &'a Stop, land: &Land) -> Self {
        let page = |when: When| land.almanac.page(when.first_day(&land.zone));
        Self { stop, began: page(stop.from), ended: page(stop.until) }
    }

    /// When it began and when the limit ran on: where only the day is known, with that day or the next that counts.
    fn instants(&self, land: &Land) -> (Moment, Moment) {
        let from = match self.stop.from {
            When::At(from) => from,
            When::On(_) | When::In { .. } | When::During { .. } => land.zone.start_of(land.day(self.began)),
        };
        let until = match (self.stop.until, self.stop.days) {
            (When::At(until), _) => until,
            (_, StoppedDays::AfterTheFirst | StoppedDays::Touched) => land.zone.end_of(land.day(self.ended)),
            (_, StoppedDays::FullDays | StoppedDays::FromTheFirst) => {
                land.zone.start_of(land.day(self.ended))
            }
        };
        (from, until)
    }

    pub(super) fn takes_out(&self, land: &Land, at: usize) -> bool {
        if at < self.began || at > self.ended {
            return false;
        }
        if self.began < at && at < self.ended {
            return true;
        }
        let day = land.day(at);
        let (opens, closes) = (land.zone.start_of(day), land.zone.end_of(day));
        let stood_at_its_opening = is_by(self.stop.from, opens, |from| from < day);
        let stood_at_its_close = is_from(self.stop.until, closes, |until| until > day);
        // A stop that ends as the day begins has not touched it.
        let reached_into_it =
            is_from(self.stop.until, opens, |until| until >= day) && self.stop.until != When::At(opens);
        match self.stop.days {
            StoppedDays::FullDays => stood_at_its_opening && stood_at_its_close,
            StoppedDays::FromTheFirst => at < self.ended,
            StoppedDays::AfterTheFirst => at > self.began,
            StoppedDays::Touched => reached_into_it,
        }
    }
}

fn is_by(when: When, moment: Moment, on: impl Fn(Day) -> bool) -> bool {
    match when {
        When::At(at) => at <= moment,
        When::On(day) => on(day),
        When::In { .. } | When::During { .. } => panic!("the clerk has refused a stop without a day"),
    }
}

fn is_from(when: When, moment: Moment, on: impl Fn(Day) -> bool) -> bool {
    match when {
        When::At(at) => at >= moment,
        When::On(day) => on(day),
        When::In { .. } | When::During { .. } => panic!("the clerk has refused a stop without a day"),
    }
}

/// Who counts in days.
pub(super) struct Clerk<'a> {
    land: &'a Land,
    rule: &'a Rule,
    course: &'a Course,
    length: Period,
    start: &'a Start,
    halts: Vec<Halt<'a>>,
}

impl<'a> Clerk<'a> {
    pub(super) fn new(
        land: &'a Land,
        rule: &'a Rule,
        course: &'a Course,
        length: Period,
        start: &'a Start,
    ) -> Result<Self, CountError> {
        let when = start.when;
        if !when.is_known_to_the_day() {
            return Err(CountError::StartNotKnownToTheDay { when });
        }
        for stop in &course.stops {
            if !stop.from.is_known_to_the_day() || !stop.until.is_known_to_the_day() {
                return Err(CountError::StopNotKnown { when: stop.from });
            }
        }
        let halts = course.stops.iter().map(|stop| Halt::new(stop, land)).collect();
        Ok(Self { land, rule, course, length, start, halts })
    }

    pub(super) fn count(&self) -> Result<Found, CountError> {
        let zone = &self.land.zone;
        let event = self.land.almanac.page(self.start.when.first_day(zone));
        let (day_one, mut nominal) = self.lay(event, self.length, self.first_counts())?;
        let mut last = self.close(day_one, nominal, self.length)?;
        let mut extended = Vec::new();
        for extension in &self.course.extensions {
            (nominal, last) = match extension.by {
                Longer::Until(day) => (self.land.almanac.page(day), self.land.almanac.page(day)),
                Longer::By(length, from) => {
                    let (event, counts) = match from {
                        ExtendedFrom::LastDay => (last, false),
                        ExtendedFrom::NominalLastDay => (nominal, false),
                        ExtendedFrom::TheAct if !extension.granted.is_known_to_the_day() => {
                            return Err(CountError::StartNotKnownToTheDay { when: extension.granted });
                        }
                        ExtendedFrom::TheAct => {
                            let day = extension.granted.first_day(zone);
                            (self.land.almanac.page(day), self.first_counts())
                        }
                    };
                    let (day_one, nominal) = self.lay(event, length, counts)?;
                    (nominal, self.close(day_one, nominal, length)?)
                }
            };
            extended.push(zone.end_of(self.land.day(last)));
        }
        let (last, ends) = self.runs_out(last)?;
        Ok(Found {
            day_one: Some(self.land.day(day_one)),
            nominal: Some(self.land.day(nominal)),
            last_day: Some(self.land.day(last)),
            ends,
            extended,
        })
    }

    /// The last day and the instant after it; or when the limit runs on, if it stood still then.
    fn runs_out(&self, last: usize) -> Result<(usize, Moment), CountError> {
        let zone = &self.land.zone;
        let closes = zone.end_of(self.land.day(last));
        let stops: Vec<_> = self.halts.iter().map(|halt| halt.instants(self.land)).collect();
        let mut ends = closes;
        // Each round goes on to the end of one more stop.
        for _ in &stops {
            for (from, until) in &stops {
                let stands = *from <= ends && ends < *until;
                if stands && (ends > closes || *from < closes) {
                    ends = *until;
                }
            }
        }
        let mut last = last;
        while zone.end_of(self.land.day(last)) < ends {
            last = self.next(last)?;
        }
        // Nothing comes after the last page, so that nothing can be too late.
        self.next(last)?;
        Ok((last, ends))
    }

    fn first_counts(&self) -> bool {
        match self.rule {
            Rule::Days(rule) => rule.first_day.counts(),
            Rule::WorkingDays(rule) => rule.first_day.counts(),
            Rule::Hours(_) => panic!("hours are for the watch"),
        }
    }

    /// The page after `at`. Where the almanac is finished and so is time, the count leaves what can be counted.
    fn next(&self, at: usize) -> Result<usize, CountError> {
        if at + 1 < self.land.almanac.days.len() {
            return Ok(at + 1);
        }
        assert_eq!(self.land.day(at), Day::MAX, "the almanac is too short for this count");
        Err(CountError::OutOfRange { from: Day::MAX, length: self.length })
    }

    fn is_stopped(&self, at: usize) -> bool {
        self.halts.iter().any(|halt| halt.takes_out(self.land, at))
    }

    /// Day 1 and the last day before closed days are looked at.
    fn lay(&self, event: usize, length: Period, counts: bool) -> Result<(usize, usize), CountError> {
        let day_one = if counts { event } else { self.next(event)? };
        let number = usize::try_from(length.count()).unwrap();
        let nominal = match (self.rule, length.unit()) {
            (Rule::WorkingDays(rule), Unit::WorkingDay) => {
                self.tick(day_one, number, |at| is_open(&rule.calendar, self.land, at))?
            }
            (Rule::Days(_), Unit::ClearDay) if counts => {
                return Err(CountError::ClearDaysHaveNoFirstDay { length });
            }
            (Rule::Days(_), Unit::Day | Unit::ClearDay) => self.tick(day_one, number, |_| Ok(true))?,
            (Rule::Days(_), Unit::Week) => {
                let mut at = day_one;
                for _ in 1..number * 7 {
                    at = self.next(at)?;
                }
                self.push(day_one, at)?
            }
            (Rule::Days(rule), unit @ (Unit::Month | Unit::Year)) => {
                let (months, days) = if unit == Unit::Month { (1, 30) } else { (12, 365) };
                match rule.broken_months {
                    BrokenMonths::ThirtyDays => self.tick(day_one, number * days, |_| Ok(true))?,
                    BrokenMonths::CalendarThenDays => {
                        let full = self.months(event, number * months, rule.month_end, counts)?;
                        self.push(day_one, full)?
                    }
                }
            }
            _ => return Err(CountError::WrongRule { length }),
        };
        Ok((day_one, nominal))
    }

    /// The `number`th day from `at` on that the zone had, on which the limit ran, and that counts.
    fn tick(
        &self,
        mut at: usize,
        number: usize,
        counts: impl Fn(usize) -> Result<bool, CountError>,
    ) -> Result<usize, CountError> {
        let mut left = number;
        loop {
            if counts(at)? && self.land.had(at) && !self.is_stopped(at) {
                left -= 1;
                if left == 0 {
                    return Ok(at);
                }
            }
            at = self.next(at)?;
        }
    }

    /// The day with which so many months are full.
    fn months(
        &self,
        event: usize,
        months: usize,
        month_end: MonthEnd,
        counts: bool,
    ) -> Result<usize, CountError> {
        let out_of_range = CountError::OutOfRange { from: self.land.day(event), length: self.length };
        let (first, after) = self.land.almanac.month(event, months).ok_or(out_of_range)?;
        let same = (first..after).find(|at| self.land.day(*at).day() == self.land.day(event).day());
        let ends_a_month = self.land.almanac.days.get(event + 1).is_none_or(|next| next.day() == 1);
        // The limit reaches this day if the day of the event does not count, and the day before it if it does; but a
        // month without the number is full with its own last day in both cases.
        let reached = match (same, month_end) {
            (Some(_), MonthEnd::LastDay) if ends_a_month => after - 1,
            (Some(same), _) => same,
            (None, MonthEnd::Up) => self.next(after - 1)?,
            (None, MonthEnd::Down | MonthEnd::LastDay) => return Ok(after - 1),
            (None, MonthEnd::Refuse) => {
                return Err(CountError::NoSuchMonthEnd { from: self.land.day(event), length: self.length });
            }
        };
        Ok(if counts { reached - 1 } else { reached })
    }

    /// What the calendar gives, and one day more for each on which the limit stood still.
    fn push(&self, day_one: usize, full: usize) -> Result<usize, CountError> {
        let stood = if self.halts.is_empty() {
            0
        } else {
            (day_one..=full).filter(|at| self.land.had(*at) && self.is_stopped(*at)).count()
        };
        if stood > 0 {
            return self.tick(self.next(full)?, stood, |_| Ok(true));
        }
        if self.land.had(full) {
            return Ok(full);
        }
        let (day, zone) = (self.land.day(full), self.land.zone.name().to_owned());
        Err(CountError::NoSuchDayThere { from: day, length: self.length, day, zone })
    }

    /// The last day, once closed days were looked at.
    fn close(&self, day_one: usize, nominal: usize, length: Period) -> Result<usize, CountError> {
        let Rule::Days(rule) = self.rule else { return Ok(nominal) };
        let last = self.roll(nominal, rule)?;
        let is_one_day = length.count() == 1 && matches!(length.unit(), Unit::Day | Unit::ClearDay);
        match &rule.open_days_within {
            Some(within) if !is_one_day => Ok(last.max(self.filled(day_one, within)?)),
            _ => Ok(last),
        }
    }

    fn roll(&self, nominal: usize, rule: &DayRule) -> Result<usize, CountError> {
        let mut at = nominal;
        match &rule.last_day_closed {
            LastDayClosed::Stands => {}
            LastDayClosed::NextOpenDay(calendar) => {
                while !is_open(calendar, self.land, at)? {
                    at = self.next(at)?;
                }
            }
            LastDayClosed::PreviousOpenDay(calendar) => {
                while !is_open(calendar, self.land, at)? {
                    at -= 1;
                }
            }
        }
        Ok(at)
    }

    /// The first day by which enough open days have been.
    fn filled(&self, day_one: usize, within: &OpenDaysWithin) -> Result<usize, CountError> {
        let (mut at, mut open) = (day_one, 0);
        loop {
            open += u32::from(is_open(&within.calendar, self.land, at)?);
            if open >= u32::from(within.at_least) {
                return Ok(at);
            }
            at = self.next(at)?;
        }
    }
}

/// Nobody is open on a day that never was.
fn is_open(calendar: &Calendar, land: &Land, at: usize) -> Result<bool, CountError> {
    Ok(calendar.is_open(land.day(at))? && land.had(at))
}
