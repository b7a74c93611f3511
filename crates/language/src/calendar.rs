//! Calendar files: the closed days of courts or offices in one place.

use std::collections::BTreeSet;

use comity_core::time::{Calendar, Day, Weekday};

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip, placed};
use crate::file::{CalendarFile, DayText, Text, decode};
use crate::source::Source;
use crate::{shape, tree};

/// Reads a calendar file. There is a calendar if nothing is wrong with the file.
#[must_use]
pub fn read_calendar(source: &Source) -> (Option<Calendar>, Vec<Diagnostic>) {
    let (tree, mut slips) = tree::read(source);
    let mut calendar = None;
    if let Some(tree) = tree {
        let checked = shape::check(source, &tree.root, shape::calendar());
        slips.extend(checked.slips);
        match decode::<CalendarFile>(&checked.node) {
            Ok(file) => calendar = Some(build(&file, &mut slips)),
            Err(bad) if slips.is_empty() => {
                slips.push(Slip::at(Code::Syntax, bad.span.clone(), bad.to_string()));
            }
            Err(_) => {}
        }
    }
    let calendar = calendar.filter(|_| slips.is_empty());
    (calendar, placed(slips, source))
}

fn build(file: &CalendarFile, slips: &mut Vec<Slip>) -> Calendar {
    let mut day = |text: &Text| {
        let bad = |bad: comity_core::time::BadDay| Slip::at(Code::BadDay, text.span.clone(), bad.to_string());
        text.value.trim().parse::<Day>().map_err(|error| slips.push(bad(error))).ok()
    };
    let mut known = |DayText(text): &DayText| day(text).unwrap_or(Day::MIN);
    let (from, until) = (known(&file.covers.from), known(&file.covers.until));
    let closed: Vec<_> = file.closed.0.iter().filter_map(|(key, _)| Some((key, day(key)?))).collect();
    if until < from {
        let slip =
            Slip::at(Code::BadCalendar, file.covers.until.0.span.clone(), "the last day is before the first");
        slips.push(slip);
    }
    for (key, day) in &closed {
        if *day < from || *day > until {
            let message = format!("{day} is outside the days that this calendar covers, {from} to {until}");
            let slip = Slip::at(Code::BadCalendar, key.span.clone(), message);
            slips.push(slip.remedy("widen `covers`, once every closed day in it has been checked"));
        }
    }
    let weekly =
        file.weekly.iter().flat_map(|days| &days.0).filter_map(|text| weekday(text, slips)).collect();
    let closed: BTreeSet<_> = closed.into_iter().map(|(_, day)| day).collect();
    Calendar { name: file.name.0.value.trim().to_owned(), weekly, closed, from, until }
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
