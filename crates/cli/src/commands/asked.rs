//! Which moment is asked about, and what was known: the two axes of every look at a case.

use clap::Args;
use comity_core::Asked;
use comity_core::time::{Day, Moment, When, Zone};
use comity_runner::CaseFile;

use super::act::parse_when;
use crate::failure::Failure;

/// The two axes.
#[derive(Args)]
pub(crate) struct AskedArgs {
    /// The moment asked about; a day, month or year is looked at as it ends [default: now]
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
    /// What was known: entries recorded later are left out [default: everything]
    #[arg(long, value_name = "WHEN")]
    known_at: Option<String>,
}

impl AskedArgs {
    /// What is asked of a case, dates being those of the deciding side.
    pub(crate) fn of(&self, file: &CaseFile, now: Moment) -> Result<Asked, Failure> {
        let zone = &file.procedure.home().zone;
        let read = |text: &Option<String>| -> Result<Option<Moment>, Failure> {
            text.as_ref().map(|text| parse_when(text, zone).map(|when| last_moment(when, zone))).transpose()
        };
        let (at, known_at) = (read(&self.at)?, read(&self.known_at)?);
        Ok(Asked {
            at: at.or(known_at).unwrap_or(now),
            known_at: known_at.unwrap_or_else(|| now.max(at.unwrap_or(now))),
        })
    }
}

/// The last moment that a date can mean.
fn last_moment(when: When, zone: &Zone) -> Moment {
    let next = match when {
        When::At(moment) => return moment,
        When::On(day) => day.plus_days(1),
        When::In { year, month: 12 } | When::During { year } => Day::new(year + 1, 1, 1).ok(),
        When::In { year, month } => Day::new(year, month + 1, 1).ok(),
    };
    let next = next.map_or(Moment::MAX, |day| zone.start_of(day));
    Moment::from_unix_microseconds(next.as_unix_microseconds() - 1).unwrap_or(next)
}
