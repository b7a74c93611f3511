//! From a start to the last day.

use comity_core::time::{
    Count, Course, Extension, Longer, Moment, Period, Rule, Start, Stop, StoppedDays, Unit, When,
    count_on_its_way,
};
use comity_core::{Reason, explain_count, moment_in_words, when_in_words};
use serde_json::json;

use super::choices::{Granted, Made};
use super::{CountArgs, day, refuse_idle, was_there, when};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};
use comity_sheet::derivation;

pub(super) fn run(args: &CountArgs, from: When) -> Result<Answer, Failure> {
    let [length] = args.lengths.as_slice() else {
        let next = "count one after the other, or write --by to count several back";
        return Err(Failure::usage("several lengths are counted only back".to_owned(), next));
    };
    let made = args.choices.made(&args.library)?;
    let longer: Vec<Period> = args.extended.iter().filter_map(|text| text.parse().ok()).collect();
    let lengths = [&[*length], longer.as_slice()].concat();
    let mut idle = args.choices.idle(&made, &lengths, !args.stopped.is_empty());
    idle.extend(idle_on_its_way(args, *length, &longer));
    refuse_idle(&idle)?;
    let rule = rule(args, &made, *length, &longer)?;
    let start = Start { when: from, zone: args.zone.clone() };
    let course = course(args, *length)?;
    let counted = |course: &Course| count_on_its_way(&start, *length, &rule, course).map_err(Failure::Count);
    let count = counted(&course)?;
    let never_longer = counted(&Course { extensions: Vec::new(), ..course.clone() })?;
    made_longer_each_time(args, never_longer.ends(), &count)?;
    let mut steps = vec![step("started", when_in_words(from, &args.zone))];
    steps.push(step(
        "length",
        made.named().map_or(length.to_string(), |rule| format!("{length}, counted by {rule}")),
    ));
    let taken = made.granted(&lengths);
    steps.extend(taken.iter().map(|taken| step("taken for granted", taken.says.to_owned())));
    steps.extend(granted(&course, &count));
    for (index, text) in args.stopped.iter().enumerate() {
        let mut others = course.clone();
        others.stops.remove(index);
        if stood_still_alike(&counted(&others)?, &count) {
            steps.push(step("stood still", format!("{text} takes nothing out of it")));
        }
    }
    steps.extend(explain_count(&count));
    Ok(answer(args, &count, &steps, &taken))
}

/// The rule by which it is counted and made longer. Days that are made longer by months need what months need.
fn rule(args: &CountArgs, made: &Made, length: Period, longer: &[Period]) -> Result<Rule, Failure> {
    let in_months = |length: &&Period| matches!(length.unit(), Unit::Month | Unit::Year);
    let in_days = matches!(length.unit(), Unit::Day | Unit::ClearDay | Unit::Week);
    match longer.iter().find(in_months) {
        Some(months) if in_days => made.rule(*months, false),
        Some(_) | None => made.rule(length, !args.stopped.is_empty()),
    }
}

/// The choices about stops and extensions for which there is none.
fn idle_on_its_way(args: &CountArgs, length: Period, longer: &[Period]) -> Vec<String> {
    let mut idle = Vec::new();
    if args.choices.stopped_days.is_some() {
        if args.stopped.is_empty() {
            idle.push("`stopped-days` says nothing where nothing is --stopped".to_owned());
        } else if length.unit() == Unit::Hour {
            idle.push(format!(
                "`stopped-days` says nothing about {length}: hours stop and run on at the instant"
            ));
        }
    }
    // Text that is neither a day nor a length is told as such.
    let is_longer_by_a_length = !longer.is_empty() || args.extended.iter().any(|text| day(text).is_none());
    if args.choices.extended_from.is_some() && !is_longer_by_a_length {
        idle.push("`extended-from` says nothing where nothing is --extended by a length".to_owned());
    }
    idle
}

fn step(about: &'static str, says: String) -> Reason {
    Reason { about, says }
}

/// What makes a limit no longer is no extension, in a case as here.
fn made_longer_each_time(args: &CountArgs, never_longer: Moment, count: &Count) -> Result<(), Failure> {
    let mut before = never_longer;
    for (text, to) in args.extended.iter().zip(count.extended()) {
        if to.ends <= before {
            let without = moment_in_words(before, count.zone());
            let what = format!("`{text}` makes it no longer: without that it runs out {without}");
            return Err(Failure::usage(what, "leave it out, or give a later day"));
        }
        before = to.ends;
    }
    Ok(())
}

/// Whether the same times did not count.
fn stood_still_alike(one: &Count, other: &Count) -> bool {
    match (one, other) {
        (Count::Hours(one), Count::Hours(other)) => one.stopped == other.stopped,
        (Count::Days(one), Count::Days(other)) => {
            one.stopped == other.stopped && one.held_over == other.held_over
        }
        (Count::Hours(_) | Count::Days(_), _) => false,
    }
}

fn granted(course: &Course, count: &Count) -> Vec<Reason> {
    let led_to = count.extended().iter().zip(&course.extensions);
    let each = led_to.map(|(to, extension)| {
        let by = match extension.by {
            Longer::By(length, from) => format!("by {length} from the {}", from.word().replace('-', " ")),
            Longer::Until(_) => "until a day that was named".to_owned(),
        };
        let ends = match &to.reached {
            Some(reached) => format!("last day {}", reached.last_day.in_words()),
            None => format!("until {}", moment_in_words(to.ends, count.zone())),
        };
        step("extended", format!("{by}: {ends}"))
    });
    each.collect()
}

/// What happened to it on its way.
fn course(args: &CountArgs, length: Period) -> Result<Course, Failure> {
    let in_hours = length.unit() == Unit::Hour;
    let stops = args.stopped.iter().map(|text| stop(args, text, in_hours)).collect::<Result<_, _>>()?;
    let extensions = args.extended.iter().map(|text| extension(args, text)).collect::<Result<_, _>>()?;
    Ok(Course { stops, extensions })
}

fn stop(args: &CountArgs, text: &str, in_hours: bool) -> Result<Stop, Failure> {
    let Some((from, until)) = text.split_once('/') else {
        let next = "write the beginning and the end with a slash between, like 2027-03-05/2027-03-10";
        return Err(Failure::usage(format!("`{text}` is no time in which it stood still"), next));
    };
    let days = match (args.choices.stopped_days, in_hours) {
        (Some(days), _) => days,
        // Hours stop and run on at the instant.
        (None, true) => StoppedDays::FullDays,
        (None, false) => {
            let next = "write --stopped-days full-days, from-the-first, after-the-first or touched";
            return Err(Failure::usage(
                "it is not said which days a stop takes out: this is a legal choice".to_owned(),
                next,
            ));
        }
    };
    let (from, until) = (when(from.trim(), &args.zone)?, when(until.trim(), &args.zone)?);
    if until.earliest(&args.zone) < from.earliest(&args.zone) {
        return Err(Failure::usage(format!("`{text}` ends before it begins"), "write the beginning first"));
    }
    Ok(Stop { from, until, days })
}

fn extension(args: &CountArgs, text: &str) -> Result<Extension, Failure> {
    let by = match (day(text), text.parse::<Period>(), args.choices.extended_from) {
        (Some(day), _, _) => {
            was_there(day, &args.zone)?;
            Longer::Until(day)
        }
        (None, Ok(length), Some(from)) => Longer::By(length, from),
        (None, Ok(_), None) => {
            let next = "write --extended-from last-day or --extended-from nominal-last-day";
            let what = "it is not said from where an extension is counted: this is a legal choice";
            return Err(Failure::usage(what.to_owned(), next));
        }
        (None, Err(bad), _) => return Err(Failure::usage(bad.to_string(), "or write the new last day")),
    };
    // An extension from the act itself needs the day of the act; the calculator knows none.
    if matches!(by, Longer::By(_, comity_core::time::ExtendedFrom::TheAct)) {
        let next = "count the new length from the day of the act with --from";
        return Err(Failure::usage("an extension from the act is counted from that act".to_owned(), next));
    }
    let granted = When::On(args.zone.day_at(Moment::MIN));
    Ok(Extension { by, granted })
}

fn answer(args: &CountArgs, count: &Count, steps: &[Reason], taken: &[Granted]) -> Answer {
    let zone = &args.zone;
    let mut page = Page::new();
    // What was held over may run out in the middle of a day.
    if let Some(day) = count.last_day().filter(|day| zone.end_of(*day) == count.ends()) {
        let last = format!("{}, to the end of the day ({})", day.in_words(), zone.place());
        page.labelled((Tone::Strong, "Last day"), 0, &last);
    }
    let ends = format!("{} = {}", moment_in_words(count.ends(), zone), count.ends());
    page.labelled((Tone::Strong, "Runs out"), 0, &ends);
    page.blank();
    let mut table = Table::new();
    for step in steps {
        table.row([cell(Tone::Faint, step.about), cell(Tone::Plain, &step.says)]);
    }
    page.table(2, &table);
    let steps: Vec<_> = steps.iter().map(|step| json!({ "about": step.about, "says": step.says })).collect();
    let document = json!({
        "length": count.length().to_string(),
        "zone": zone.name(),
        "last_day": count.last_day().map(|day| day.to_string()),
        "ends": count.ends().to_string(),
        "assumed": taken.iter().map(|taken| taken.choice).collect::<Vec<_>>(),
        "derivation": derivation::of_count(count),
        "steps": steps,
    });
    Answer::fine(page, document)
}
