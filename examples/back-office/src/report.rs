//! The report of the night: what is owed, due or silent, and when the next is printed.

use std::fmt::Write as _;
use std::time::Duration;

use comity_core::time::{Moment, Zone};

use crate::office::{Office, OfficeError};

/// The hour at which it is printed, where the office is. In no zone is it an hour that a change of the clocks leaves out.
const HOUR: i8 = 4;

/// The report.
///
/// # Errors
///
/// Returns [`OfficeError`] if a case cannot be read.
pub(crate) async fn report(office: &Office) -> Result<String, OfficeError> {
    let now = office.engine.now();
    let mut text = format!("Report of {}\n", office.zone.local(now));
    let queue = office.engine.queue().await?;
    for item in &queue {
        let at = item.at.map(|at| office.zone.local(at)).unwrap_or_default();
        // Writing into a text does not fail.
        let _ = writeln!(text, "  {:<22} {:<16} {at}", item.group.word(), item.reference);
    }
    let _ =
        writeln!(text, "{} cases, {} things to do or to wait for", office.rows().await?.len(), queue.len());
    Ok(text)
}

/// How long it is until the next report.
#[must_use]
pub(crate) fn until_next(now: Moment, zone: &Zone) -> Duration {
    let today = zone.day_at(now);
    let days = [Some(today), today.plus_days(1)].into_iter().flatten();
    let mut nights = days.filter_map(|day| zone.moment(day, HOUR, 0, 0).ok());
    let next = nights.find(|night| *night > now);
    let pause = next.map_or(0, |next| now.microseconds_until(next));
    // Where no night can be told, it is asked again in a day.
    u64::try_from(pause)
        .ok()
        .filter(|pause| *pause > 0)
        .map_or(Duration::from_hours(24), Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_night_is_this_one_or_the_next() {
        let (zone, hour) = (Zone::named("Europe/Lisbon").unwrap(), 3_600);
        let pause = |now: &str| until_next(now.parse().unwrap(), &zone).as_secs();
        assert_eq!(pause("2027-01-10T01:00:00Z"), 3 * hour);
        assert_eq!(pause("2027-01-10T04:00:00Z"), 24 * hour);
        // The clocks go forward in the night of 28 March.
        assert_eq!(pause("2027-03-27T04:00:00Z"), 23 * hour);
    }
}
