//! Which limits move from one version to another, with a start that shows it.

use crate::procedure::{Clock, ClockId, Length, Procedure};
use crate::time::{Count, Day, Moment, Period, Rule, Start, When, Zone, count};

/// So many starts are looked at, one for each day: two years, so that every weekday meets every part of a month.
const STARTS: u32 = 731;

/// A limit that ends on another day in the second version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedLimit {
    /// The name of the clock.
    pub clock: String,
    /// What it is called.
    pub title: String,
    /// Its provision in the first version.
    pub basis_before: String,
    /// Its provision in the second version.
    pub basis_after: String,
    /// The first start from which it moves.
    pub sample: Sample,
    /// From how many starts it moves.
    pub moved: u32,
    /// How many starts were looked at, one for each day.
    pub looked_at: u32,
}

/// One start, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The day from which the limit is counted.
    pub start: Day,
    /// Its last day in the first version.
    pub before: LastDay,
    /// Its last day in the second version.
    pub after: LastDay,
}

/// Where a count leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastDay {
    /// A last day.
    Day(Day),
    /// The instant at which hours run out, and as it is read there.
    Instant(Moment, String),
    /// Nowhere, and why.
    NotCounted(String),
}

/// The limits that both versions count and that end on another day, for starts from the day `from` on.
///
/// Every such limit is looked at, whether or not a word of it differs: a calendar is part of a procedure by its name, and the
/// days that it closes may be others. Limits whose length acts name are not counted.
#[must_use]
pub fn moved_limits(before: &Procedure, after: &Procedure, from: Day) -> Vec<MovedLimit> {
    let pair = |(id, name, clock): (ClockId, &crate::name::Name, &Clock)| {
        let other = after.clocks.find(name.as_str())?;
        let new = after.clocks.at(other);
        let limits = (Limit::of(before, id, clock)?, Limit::of(after, other, new)?);
        let (sample, moved) = first_moved(&limits, from)?;
        Some(MovedLimit {
            clock: name.to_string(),
            title: new.title.clone(),
            basis_before: clock.basis.to_string(),
            basis_after: new.basis.to_string(),
            sample,
            moved,
            looked_at: STARTS,
        })
    };
    before.clocks.iter().filter_map(pair).collect()
}

/// How a limit is counted.
struct Limit<'a> {
    length: &'a Length,
    zone: &'a Zone,
}

impl<'a> Limit<'a> {
    fn of(procedure: &'a Procedure, id: ClockId, clock: &'a Clock) -> Option<Self> {
        match clock.length {
            Length::Counted { .. } => Some(Self { length: &clock.length, zone: procedure.zone_of_clock(id) }),
            Length::NamedDay { .. } | Length::NamedLength { .. } => None,
        }
    }

    /// The length and the rule that are law on `day`, where everything falls on that day.
    fn law_on(&self, day: Day) -> Option<(Period, &'a Rule)> {
        match self.length {
            Length::Counted { length, rule, changes, law_of: _ } => {
                let later = changes.iter().rev().find(|change| change.from <= day);
                Some(later.map_or((*length, rule), |change| (change.length, &change.rule)))
            }
            Length::NamedDay { .. } | Length::NamedLength { .. } => None,
        }
    }

    /// Where the limit leads that starts on `day`; one in hours starts at ten in the morning.
    fn last_day(&self, day: Day) -> Option<LastDay> {
        let (length, rule) = self.law_on(day)?;
        let when = match rule {
            Rule::Hours(_) => self.zone.moment(day, 10, 0, 0).map_or(When::On(day), When::At),
            Rule::Days(_) | Rule::WorkingDays(_) => When::On(day),
        };
        let start = Start { when, zone: self.zone.clone() };
        Some(match count(&start, length, rule) {
            Ok(Count::Days(days)) => LastDay::Day(days.last_day),
            Ok(Count::Hours(hours)) => LastDay::Instant(hours.ends, hours.zone.local(hours.ends)),
            Err(error) => LastDay::NotCounted(error.to_string()),
        })
    }
}

/// The first start from which the two lead to different days, and from how many they do.
fn first_moved((before, after): &(Limit<'_>, Limit<'_>), from: Day) -> Option<(Sample, u32)> {
    let (mut first, mut moved) = (None, 0);
    for day in 0..STARTS {
        let Some(start) = from.plus_days(i64::from(day)) else { break };
        let (Some(old), Some(new)) = (before.last_day(start), after.last_day(start)) else { break };
        if old != new {
            moved += 1;
            // A start that both can count says more than one that a calendar no longer covers.
            let counts = |one: &LastDay| !matches!(one, LastDay::NotCounted(_));
            let is_better = match &first {
                None => true,
                Some(Sample { before, after, .. }) => {
                    counts(&old) && counts(&new) && !(counts(before) && counts(after))
                }
            };
            if is_better {
                first = Some(Sample { start, before: old, after: new });
            }
        }
    }
    first.map(|sample| (sample, moved))
}

impl std::fmt::Display for LastDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{}", day.in_words()),
            Self::Instant(_, local) => f.write_str(local),
            Self::NotCounted(why) => write!(f, "not counted: {why}"),
        }
    }
}
