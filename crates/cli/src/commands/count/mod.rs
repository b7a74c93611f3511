//! `comity count`: the calculator. The same count and the same sentences as in a case.

mod back;
mod choices;
mod forth;

use clap::Args;
use comity_core::time::{BadWhen, Day, Moment, Period, When, Zone};

use crate::answer::Answer;
use crate::context::LibraryArgs;
use crate::failure::Failure;
use choices::ChoiceArgs;

/// What is counted, from where, and by which choices.
#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct CountArgs {
    /// How long: a number and hours, days, "clear days", "working days", weeks, months or years. Several, in the order
    /// in which they will be needed, with --by
    #[arg(required = true, value_name = "LENGTH")]
    lengths: Vec<Period>,
    /// What starts it: 2027-03-02, or "2027-03-02 23:30" on the clocks of the zone
    #[arg(long, value_name = "WHEN", required_unless_present = "by", conflicts_with = "by")]
    from: Option<String>,
    /// The last day, or for hours the instant, to count back from: when must be begun at the latest?
    #[arg(long, value_name = "WHEN")]
    by: Option<String>,
    /// Whose days count, such as Europe/Lisbon
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    zone: Zone,
    #[command(flatten)]
    choices: ChoiceArgs,
    /// A time in which it stood still: 2027-03-05/2027-03-10. May be given again
    #[arg(long, value_name = "FROM/UNTIL")]
    stopped: Vec<String>,
    /// By how much it was made longer, or until which day. May be given again
    #[arg(long, value_name = "LENGTH-OR-DAY")]
    extended: Vec<String>,
    #[command(flatten)]
    library: LibraryArgs,
}

const HELP: &str = "\
Examples:
  comity count \"45 days\" --from \"2027-03-02 23:30\" --zone Europe/Lisbon --first-day not-counted
  comity count \"2 months\" --from 2027-03-02 --zone Asia/Seoul --rules kr-cpa-66/detention
  comity count \"5 days\" \"8 working days\" --by 2027-04-16 --zone Europe/Lisbon --first-day not-counted \\
      --last-day-closed stands --calendar courts.yaml";

/// How one length after another is counted.
pub(crate) fn run(args: &CountArgs) -> Result<Answer, Failure> {
    match (&args.from, &args.by) {
        (Some(from), _) => forth::run(args, when(from, &args.zone)?),
        (None, Some(by)) => {
            knows_no_course(args)?;
            back::run(args, when(by, &args.zone)?)
        }
        // INVARIANT: clap asks for one of the two.
        (None, None) => Err(Failure::usage("nothing says from when".to_owned(), "write --from or --by")),
    }
}

/// A count back goes from the end to the start, and nothing has happened in between.
fn knows_no_course(args: &CountArgs) -> Result<(), Failure> {
    let given = [
        (!args.stopped.is_empty(), "--stopped"),
        (!args.extended.is_empty(), "--extended"),
        (args.choices.stopped_days.is_some(), "--stopped-days"),
        (args.choices.extended_from.is_some(), "--extended-from"),
    ];
    let given: Vec<&str> =
        given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, name)| name).collect();
    if given.is_empty() {
        return Ok(());
    }
    let next = format!("leave {} out, or count on from the start with --from", given.join(", "));
    Err(Failure::usage("a count back knows no stop and no extension".to_owned(), next))
}

/// What says nothing is no choice, and whoever wrote it may have meant another length.
fn refuse_idle(idle: &[String]) -> Result<(), Failure> {
    match idle {
        [] => Ok(()),
        [one] => Err(Failure::usage(one.clone(), "leave it out")),
        several => Err(Failure::usage(several.join("; "), "leave them out")),
    }
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::named(text).map_err(|bad| bad.to_string())
}

fn when(text: &str, zone: &Zone) -> Result<When, Failure> {
    let when = match (When::parse(text, zone), with_offset(text)) {
        (Ok(when), _) => when,
        (Err(BadWhen::Unreadable { .. }), Some(moment)) => When::At(moment),
        (Err(bad), _) => {
            let next = match &bad {
                BadWhen::Unreadable { .. } | BadWhen::Day(_) => "write the day, or the day and the time",
                // The message says what to give instead.
                BadWhen::Time(_) | BadWhen::Moment(_) => "",
            };
            return Err(Failure::usage(bad.to_string(), next));
        }
    };
    if let When::On(day) = when {
        was_there(day, zone)?;
    }
    Ok(when)
}

/// An instant that brings its offset: `2027-03-01T23:30:00+09:00`. A zone in brackets could contradict it.
fn with_offset(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.contains('[') { None } else { text.parse().ok() }
}

fn was_there(day: Day, zone: &Zone) -> Result<(), Failure> {
    if zone.has(day) {
        return Ok(());
    }
    let what = format!("{day} never was in {}: its clocks went over that day", zone.name());
    Err(Failure::usage(what, "give the day before or after"))
}

fn day(text: &str) -> Option<Day> {
    text.trim().parse().ok()
}
