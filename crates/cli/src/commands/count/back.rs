//! From a last day back to the day on which each thing must be begun at the latest.

use comity_core::time::{Period, Rule, Unit, When, count_back, count_back_hours};
use comity_core::{moment_in_words, when_in_words};
use serde_json::json;

use super::choices::Made;
use super::{CountArgs, refuse_idle};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// One length, when it must have ended and when it must be begun.
struct Step {
    length: Period,
    begin: When,
    end: When,
}

pub(super) fn run(args: &CountArgs, by: When) -> Result<Answer, Failure> {
    let made = args.choices.made(&args.library)?;
    refuse_idle(&args.choices.idle(&made, &args.lengths, false))?;
    let mut steps: Vec<Step> = Vec::new();
    let mut end = by;
    // What comes last is counted first.
    for length in args.lengths.iter().rev() {
        let begin = begin(args, &made, *length, end)?;
        steps.push(Step { length: *length, begin, end });
        end = begin;
    }
    steps.reverse();
    Ok(answer(args, &made, &steps, by))
}

fn begin(args: &CountArgs, made: &Made, length: Period, end: When) -> Result<When, Failure> {
    let rule: Rule = made.rule(length, false)?;
    if length.unit() == Unit::Hour {
        let instant = match end {
            When::At(moment) => moment,
            When::On(day) => args.zone.end_of(day),
            When::In { .. } | When::During { .. } => return Err(too_little(end)),
        };
        return count_back_hours(instant, length, &rule, &args.zone).map(When::At).map_err(Failure::Count);
    }
    if !end.is_known_to_the_day() {
        return Err(too_little(end));
    }
    let last_day = match end {
        // What must be there before an instant must be there by the end of the day before, to be safe.
        When::At(moment) if moment != args.zone.end_of(args.zone.day_at(moment)) => {
            let day = args.zone.day_at(moment);
            day.plus_days(-1).unwrap_or(day)
        }
        When::At(_) | When::On(_) | When::In { .. } | When::During { .. } => end.first_day(&args.zone),
    };
    count_back(last_day, length, &rule, &args.zone).map(When::On).map_err(Failure::Count)
}

fn too_little(when: When) -> Failure {
    Failure::usage(format!("{when} is not known to the day"), "write the day to count back from")
}

fn answer(args: &CountArgs, made: &Made, steps: &[Step], by: When) -> Answer {
    let zone = &args.zone;
    let mut page = Page::new();
    if let Some(first) = steps.first() {
        page.labelled((Tone::Strong, "Begin by"), 0, &told(first.begin, args));
    }
    let mut table = Table::new();
    for step in steps {
        let says =
            format!("begin by {}; ends {} at the latest", told(step.begin, args), told(step.end, args));
        table.row([cell(Tone::Faint, step.length.to_string()), cell(Tone::Plain, says)]);
    }
    page.blank();
    page.table(2, &table);
    if let Some(rule) = made.named() {
        page.wrapped(2, Tone::Faint, &format!("counted by {rule}"));
    }
    let granted = made.granted(&args.lengths);
    for taken in &granted {
        page.wrapped(2, Tone::Faint, &format!("taken for granted: {}", taken.says));
    }
    let each = steps.iter().map(|step| {
        json!({ "length": step.length.to_string(), "begin_by": step.begin.to_string(), "ends_by": step.end.to_string() })
    });
    let document = json!({
        "by": by.to_string(),
        "zone": zone.name(),
        "begin_by": steps.first().map(|step| step.begin.to_string()),
        "assumed": granted.iter().map(|taken| taken.choice).collect::<Vec<_>>(),
        "steps": each.collect::<Vec<_>>(),
    });
    Answer::fine(page, document)
}

fn told(when: When, args: &CountArgs) -> String {
    match when {
        When::At(moment) => moment_in_words(moment, &args.zone),
        When::On(_) | When::In { .. } | When::During { .. } => when_in_words(when, &args.zone),
    }
}
