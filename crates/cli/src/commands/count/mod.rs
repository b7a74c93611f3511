//! `comity count`: the calculator. The same count and the same sentences as in a case.

mod back;
mod choices;
mod forth;

use clap::Args;
use comity_core::time::{BadWhen, Day, Period, When, Zone};

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
    #[arg(long, value_name = "FROM/UNTIL", requires = "from")]
    stopped: Vec<String>,
    /// By how much it was made longer, or until which day. May be given again
    #[arg(long, value_name = "LENGTH-OR-DAY", requires = "from")]
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
        (None, Some(by)) => back::run(args, when(by, &args.zone)?),
        // INVARIANT: clap asks for one of the two.
        (None, None) => Err(Failure::usage("nothing says from when".to_owned(), "write --from or --by")),
    }
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::named(text).map_err(|bad| bad.to_string())
}

fn when(text: &str, zone: &Zone) -> Result<When, Failure> {
    When::parse(text, zone).map_err(|bad| {
        let next = match &bad {
            BadWhen::Unreadable { .. } | BadWhen::Day(_) => "write the day, or the day and the time",
            // The message says what to give instead.
            BadWhen::Time(_) | BadWhen::Moment(_) => "",
        };
        Failure::usage(bad.to_string(), next)
    })
}

fn day(text: &str) -> Option<Day> {
    text.trim().parse().ok()
}
