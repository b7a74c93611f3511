//! Calendar files: the closed days of courts or offices in one place.

mod yearly;

use std::collections::BTreeSet;

use comity_core::time::{Calendar, Day, Weekday};

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip};
use crate::file::{CalendarFile, CoversFile, DayText, OneOrMore, Rows, Text};
use crate::source::Source;
use crate::{beside, shape};
use yearly::Yearly;

/// Reads a calendar file. There is a calendar if nothing is wrong with the file.
#[must_use]
pub fn read_calendar(source: &Source) -> (Option<Calendar>, Vec<Diagnostic>) {
    beside::read::<CalendarFile, _>(source, shape::calendar(), |file, slips| build(&file, slips))
}

fn build(file: &CalendarFile, slips: &mut Vec<Slip>) -> Calendar {
    let (from, until) = covered(&file.covers, slips);
    let single = single_days(&file.closed, (from, until), slips);
    let open = single_days(&file.open, (from, until), slips);
    let yearly: Vec<Yearly> = file.yearly.0.iter().filter_map(|(key, _)| yearly::read(key, slips)).collect();
    let years = from.year()..=until.year();
    let every_year = years.flat_map(|year| yearly.iter().filter_map(move |rule| rule.day_in(year)));
    let closed = every_year.filter(|day| (from..=until).contains(day)).chain(single);
    let closed: BTreeSet<Day> = closed.filter(|day| !open.contains(day)).collect();
    let weekly =
        file.weekly.iter().flat_map(|days| &days.0).filter_map(|text| weekday(text, slips)).collect();
    Calendar {
        name: plain(&file.name.0),
        source: plain(&file.source),
        checked: day(&file.checked.0, slips).unwrap_or(Day::MIN),
        weekly,
        closed,
        open: open.into_iter().collect(),
        from,
        until,
    }
}

fn plain(text: &Text) -> String {
    text.value.trim().to_owned()
}

fn day(text: &Text, slips: &mut Vec<Slip>) -> Option<Day> {
    let bad = |bad: comity_core::time::BadDay| Slip::at(Code::BadDay, text.span.clone(), bad.to_string());
    text.value.trim().parse::<Day>().map_err(|error| slips.push(bad(error))).ok()
}

/// The first and the last day of spans that follow one another.
fn covered(covers: &OneOrMore<CoversFile>, slips: &mut Vec<Slip>) -> (Day, Day) {
    let mut whole: Option<(Day, Day)> = None;
    for span in &covers.0 {
        let known = |text: &DayText, slips: &mut Vec<Slip>| day(&text.0, slips).unwrap_or(Day::MIN);
        let (from, until) = (known(&span.from, slips), known(&span.until, slips));
        let place = span.from.0.span.clone();
        if until < from {
            let slip =
                Slip::at(Code::BadCalendar, span.until.0.span.clone(), "the last day is before the first");
            slips.push(slip);
        }
        if let Some((_, before)) = whole {
            if from <= before {
                let message = format!("{from} is covered already: the span before goes on until {before}");
                let slip = Slip::at(Code::BadCalendar, place, message);
                slips
                    .push(slip.remedy("let each span begin on the day after the last day of the one before"));
            } else if before.plus_days(1) != Some(from) {
                let message = format!("nothing covers the days between {before} and {from}");
                let slip = Slip::at(Code::BadCalendar, place, message);
                slips.push(
                    slip.remedy("check the closed days of that time too, or leave out what lies before"),
                );
            }
        }
        whole = Some((whole.map_or(from, |(first, _)| first), until));
    }
    whole.unwrap_or((Day::MIN, Day::MIN))
}

/// Days named one by one, each within what the calendar covers.
fn single_days(rows: &Rows<Text>, (from, until): (Day, Day), slips: &mut Vec<Slip>) -> Vec<Day> {
    let mut days = Vec::new();
    for (key, _) in &rows.0 {
        let Some(day) = day(key, slips) else { continue };
        if day < from || day > until {
            let message = format!("{day} is outside the days that this calendar covers, {from} to {until}");
            let slip = Slip::at(Code::BadCalendar, key.span.clone(), message);
            slips.push(slip.remedy("widen `covers`, once every closed day in it has been checked"));
        }
        days.push(day);
    }
    days
}

fn weekday(text: &Text, slips: &mut Vec<Slip>) -> Option<Weekday> {
    let written = text.value.trim();
    let found = Weekday::ALL.iter().find(|day| day.word().eq_ignore_ascii_case(written)).copied();
    if found.is_none() {
        let known: Vec<_> = Weekday::ALL.iter().map(|day| day.word().to_lowercase()).collect();
        let message = format!("`{written}` is no day of the week");
        let slip = Slip::at(Code::UnknownWord, text.span.clone(), message);
        slips.push(
            slip.meant(Some((written, known.as_slice()))).remedy("write `saturday`, `sunday` and so on"),
        );
    }
    found
}
