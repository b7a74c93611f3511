//! How a limit was counted, as values for programs: the same facts that the sentences tell.

use comity_core::id::EntryNumber;
use comity_core::time::{
    Count, Day, DayCount, Extension, Gives, HourCount, Longer, Moment, OtherReading, Prolonged, Reached,
};
use comity_core::{Cause, Cycle};
use serde_json::{Value, json};

/// The entry that lies behind a cause; nothing for a limit that ran out.
fn entry(cause: Cause) -> Option<u32> {
    match cause {
        Cause::Opening => Some(EntryNumber::FIRST.0.get()),
        Cause::Entry(number) => Some(number.0.get()),
        Cause::Expiry(_) => None,
    }
}

/// What happened to one run, each with its entry.
#[must_use]
pub fn of_run(cycle: &Cycle) -> Value {
    let stood = cycle.stops.iter().map(|stop| {
        json!({
            "from": stop.from.to_string(),
            "from_entry": entry(stop.cause),
            "until": stop.until.map(|(until, _)| until.to_string()),
            "until_entry": stop.until.and_then(|(_, cause)| entry(cause)),
        })
    });
    let longer = cycle
        .extensions
        .iter()
        .map(|longer| json!({ "entry": entry(longer.cause), "extension": extension(&longer.extension) }));
    json!({
        "started": cycle.started.to_string(),
        "entry": entry(cycle.cause),
        "counted_from": cycle.counted_from.map(|when| when.to_string()),
        "stood_still": stood.collect::<Vec<_>>(),
        "extensions": longer.collect::<Vec<_>>(),
        "count": cycle.end.count().map(of_count),
    })
}

/// Every step of a count.
#[must_use]
pub fn of_count(count: &Count) -> Value {
    match count {
        Count::Hours(hours) => of_hours(hours),
        Count::Days(days) => of_days(days),
    }
}

fn of_hours(hours: &HourCount) -> Value {
    json!({
        "event": hours.event.to_string(),
        "from": hours.from.to_string(),
        "length": hours.length.to_string(),
        "stopped": hours.stopped.iter().map(between).collect::<Vec<_>>(),
        "closed": days(&hours.closed),
        "extended": hours.extended.iter().map(prolonged).collect::<Vec<_>>(),
        "ends": hours.ends.to_string(),
        "zone": hours.zone.name(),
    })
}

fn of_days(count: &DayCount) -> Value {
    let stopped = count
        .stopped
        .iter()
        .map(|(first, last)| json!({ "first": first.to_string(), "last": last.to_string() }));
    json!({
        "event": count.event.to_string(),
        "event_day": count.event_day.to_string(),
        "day_one": count.day_one.to_string(),
        "length": count.length.to_string(),
        "stopped": stopped.collect::<Vec<_>>(),
        "never_were": days(&count.skipped_by_the_zone),
        "not_worked": days(&count.not_worked),
        "month_end_replaced": count.month_end_replaced,
        "reached": reached(&count.reached),
        "extended": count.extended.iter().map(prolonged).collect::<Vec<_>>(),
        "held_over": count.held_over.map(|day| day.to_string()),
        "last_day": count.last_day.to_string(),
        "ends": count.ends.to_string(),
        "zone": count.zone.name(),
        "otherwise": count.other_readings().iter().map(otherwise).collect::<Vec<_>>(),
    })
}

fn reached(reached: &Reached) -> Value {
    json!({
        "nominal": reached.nominal.to_string(),
        "closed": days(&reached.closed),
        "filled_up_to": reached.filled_up_to.map(|day| day.to_string()),
        "last_day": reached.last_day.to_string(),
    })
}

fn prolonged(to: &Prolonged) -> Value {
    json!({
        "extension": extension(&to.extension),
        "reached": to.reached.as_ref().map(reached),
        "ends": to.ends.to_string(),
    })
}

fn extension(extension: &Extension) -> Value {
    let granted = extension.granted.to_string();
    match extension.by {
        Longer::By(length, from) => {
            json!({ "by": length.to_string(), "from": from.word(), "granted": granted })
        }
        Longer::Until(day) => json!({ "until": day.to_string(), "granted": granted }),
    }
}

fn otherwise(other: &OtherReading) -> Value {
    match other.gives {
        Gives::LastDay(day) => json!({ "choice": other.choice, "last_day": day.to_string() }),
        Gives::Instant(ends) => json!({ "choice": other.choice, "ends": ends.to_string() }),
    }
}

fn between((from, until): &(Moment, Moment)) -> Value {
    json!({ "from": from.to_string(), "until": until.to_string() })
}

fn days(days: &[Day]) -> Vec<String> {
    days.iter().map(ToString::to_string).collect()
}
