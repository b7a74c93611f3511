//! `comity doctor`: a store and all that it needs, looked over; nothing is changed.

mod checks;

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::store::Place;
use crate::context::{ClockArgs, LibraryArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// What to look over.
#[derive(Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    place: Place,
    /// The folder of the backup, which is to be no older than a day
    #[arg(long, value_name = "DIR")]
    backup: Option<PathBuf>,
    #[command(flatten)]
    library: LibraryArgs,
    #[command(flatten)]
    clock: ClockArgs,
}

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// As it should be.
    Fine,
    /// Somebody should look at it.
    Look,
    /// Something must be done.
    Fail,
    /// What was recorded is not what it was.
    Damaged,
}

/// What was found of one thing.
#[derive(Clone, Debug)]
struct Finding {
    what: &'static str,
    state: State,
    says: String,
    /// What to do; empty if nothing is to be done.
    next: String,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Look => "look",
            Self::Fail | Self::Damaged => "FAIL",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Fine => Tone::Good,
            Self::Look => Tone::Heed,
            Self::Fail | Self::Damaged => Tone::Bad,
        }
    }
}

impl Finding {
    fn fine(what: &'static str, says: impl Into<String>) -> Self {
        Self { what, state: State::Fine, says: says.into(), next: String::new() }
    }

    fn look(what: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what, state: State::Look, says: says.into(), next: next.into() }
    }

    fn fail(what: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what, state: State::Fail, says: says.into(), next: next.into() }
    }

    fn damaged(what: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what, state: State::Damaged, says: says.into(), next: next.into() }
    }
}

pub(crate) fn run(args: &DoctorArgs) -> Result<Answer, Failure> {
    let findings = checks::all(args, args.clock.clock().now())?;
    let number = |states: &[State]| findings.iter().filter(|one| states.contains(&one.state)).count();
    let (looks, fails) = (number(&[State::Look]), number(&[State::Fail, State::Damaged]));
    let mut table = Table::new();
    for one in &findings {
        let says = cell(Tone::Plain, &one.says);
        let next = if one.next.is_empty() { String::new() } else { format!("→ {}", one.next) };
        table.row([
            cell(Tone::Strong, one.what),
            cell(one.state.tone(), one.state.word()),
            says.and(Tone::Plain, next),
        ]);
    }
    let mut page = Page::new();
    page.table(0, &table);
    page.blank();
    page.line(&[
        (Tone::Plain, &format!("{} ok · {looks} to look at · ", number(&[State::Fine]))),
        (if fails > 0 { Tone::Bad } else { Tone::Plain }, &format!("{fails} failed")),
    ]);
    let listed = findings.iter().map(
        |one| json!({ "what": one.what, "state": one.state.word(), "says": one.says, "next": one.next }),
    );
    let document = json!({ "checks": listed.collect::<Vec<_>>(), "look": looks, "failed": fails });
    let exit = match (number(&[State::Damaged]), fails) {
        (0, 0) => Exit::Fine,
        (0, _) => Exit::Failed,
        _ => Exit::Damaged,
    };
    Ok(Answer::fine(page, document).ending(exit))
}
