//! Calendars that will soon not cover what has to be counted.

use comity_core::time::{Day, Moment, Zone};
use comity_language::library::{Library, Loaded};
use serde_json::{Value, json};

/// How long before its last day a calendar should be carried on: a year, for limits that begin now and are long.
pub(crate) const A_YEAR: i64 = 366;

/// A calendar whose coverage ends soon.
pub(crate) struct Ending {
    name: String,
    last: Day,
    /// The clocks that count by it, as procedure and clock.
    clocks: Vec<(String, String)>,
}

/// The calendars of a library that cover fewer than so many `days` from `now`.
pub(crate) fn ending(library: &Library, now: Moment, days: i64) -> Vec<Ending> {
    let today = Zone::utc().day_at(now);
    let soon = |last: Day| today.days_until(last) < days;
    let mut ending: Vec<Ending> = library
        .calendars
        .iter()
        .filter(|calendar| soon(calendar.until))
        .map(|calendar| Ending {
            name: calendar.name.clone(),
            last: calendar.until,
            clocks: library.procedures.iter().flat_map(|one| clocks(one, &calendar.name)).collect(),
        })
        .collect();
    ending.sort_by(|one, other| one.name.cmp(&other.name));
    ending.dedup_by(|one, other| one.name == other.name);
    ending
}

fn clocks<'l>(loaded: &'l Loaded, calendar: &'l str) -> impl Iterator<Item = (String, String)> + 'l {
    let uses = loaded.file.clocks.0.iter().filter(move |(_, clock)| {
        clock.calendar.as_ref().is_some_and(|name| name.0.value.trim() == calendar)
    });
    uses.map(|(clock, _)| (loaded.name.clone(), clock.value.clone()))
}

impl Ending {
    /// What a person reads.
    pub(crate) fn sentence(&self) -> String {
        let used = self.clocks.iter().map(|(procedure, clock)| format!("`{clock}` of {procedure}"));
        let used = match used.collect::<Vec<_>>() {
            none if none.is_empty() => "no clock".to_owned(),
            some => some.join(", "),
        };
        let last = self.last;
        format!("the calendar `{}` covers no day after {last}; it is used by {used}", self.name)
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        let clocks = self.clocks.iter().map(|(of, clock)| json!({ "procedure": of, "clock": clock }));
        json!({
            "calendar": self.name,
            "last_day": self.last.to_string(),
            "used_by": clocks.collect::<Vec<_>>(),
        })
    }
}
