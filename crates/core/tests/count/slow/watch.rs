//! Who counts in hours: through the days one by one, and in each from one thing that happens to the next.

use comity_core::time::{
    CountError, Course, Day, ExtendedFrom, FirstHour, HourRule, Longer, Moment, Period, Start, Unit, When,
};

use super::{Found, Land};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// Who counts in hours.
pub(super) struct Watch<'a> {
    pub(super) land: &'a Land,
    pub(super) rule: &'a HourRule,
    pub(super) course: &'a Course,
    pub(super) length: Period,
}

impl Watch<'_> {
    pub(super) fn count(&self, start: &Start) -> Result<Found, CountError> {
        let When::At(event) = start.when else {
            return Err(CountError::StartNotKnownToTheInstant { when: start.when });
        };
        let mut stops = Vec::new();
        for stop in &self.course.stops {
            let (When::At(from), When::At(until)) = (stop.from, stop.until) else {
                return Err(CountError::StopNotKnown { when: stop.from });
            };
            stops.push((from, until));
        }
        let mut ends = self.run(&stops, self.after_the_event(event), self.length)?;
        let mut extended = Vec::new();
        for extension in &self.course.extensions {
            ends = match (extension.by, extension.granted) {
                (Longer::Until(day), _) => self.land.zone.end_of(day),
                (Longer::By(_, ExtendedFrom::TheAct), when @ (When::On(_) | When::In { .. })) => {
                    return Err(CountError::StartNotKnownToTheInstant { when });
                }
                (Longer::By(length, _), _) if length.unit() != Unit::Hour => {
                    return Err(CountError::WrongRule { length });
                }
                (Longer::By(length, ExtendedFrom::TheAct), When::At(granted)) => {
                    self.run(&stops, self.after_the_event(granted), length)?
                }
                (Longer::By(length, _), _) => self.run(&stops, ends, length)?,
            };
            extended.push(ends);
        }
        // Only a day that was named can end within a stop.
        let closes = ends;
        for _ in &stops {
            for (from, until) in &stops {
                if *from <= ends && ends < *until && (ends > closes || *from < closes) {
                    ends = *until;
                }
            }
        }
        if ends > self.land.zone.start_of(Day::MAX) {
            return Err(CountError::OutOfRange { from: Day::MAX, length: self.length });
        }
        Ok(Found { day_one: None, nominal: None, last_day: None, ends, extended })
    }

    /// Where hours begin after an event: there, or when the clocks next strike.
    fn after_the_event(&self, event: Moment) -> Moment {
        match self.rule.first_hour {
            FirstHour::Counted => event,
            FirstHour::NotCounted => {
                let minutes = event.as_unix_microseconds().div_euclid(MINUTE) + 1;
                (minutes..minutes + 121)
                    .map(|minute| Moment::from_unix_microseconds(minute * MINUTE).unwrap())
                    .find(|minute| matches!(self.land.zone.time_at(*minute), (_, 0, 0)))
                    .unwrap()
            }
        }
    }

    /// Goes through the days one by one, and in each from one thing that happens to the next.
    fn run(&self, stops: &[(Moment, Moment)], from: Moment, length: Period) -> Result<Moment, CountError> {
        let mut left = i64::from(length.count()) * HOUR;
        let mut page = self.land.almanac.page(self.land.zone.day_at(from));
        loop {
            let day = self.land.day(page);
            let (opens, closes) = (self.land.zone.start_of(day).max(from), self.land.zone.end_of(day));
            let mut edges: Vec<Moment> = stops.iter().flat_map(|(from, until)| [*from, *until]).collect();
            edges.extend([opens, closes]);
            edges.retain(|edge| (opens..=closes).contains(edge));
            edges.sort_unstable();
            for part in edges.windows(2).filter(|part| part[0] < part[1]) {
                let stands = stops.iter().any(|(from, until)| *from <= part[0] && part[0] < *until);
                if stands || self.is_closed(day)? {
                    continue;
                }
                let there = part[0].microseconds_until(part[1]);
                if left <= there {
                    return Ok(part[0].plus_microseconds(left).unwrap());
                }
                left -= there;
            }
            page += 1;
            assert!(page < self.land.almanac.days.len(), "the almanac is too short for these hours");
        }
    }

    fn is_closed(&self, day: Day) -> Result<bool, CountError> {
        self.rule.closed_days_skipped.as_ref().map_or(Ok(false), |calendar| Ok(!calendar.is_open(day)?))
    }
}
