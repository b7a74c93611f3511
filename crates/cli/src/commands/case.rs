//! `comity case`: opens, lists and shows cases.

mod erase;
mod file;
mod list;
mod open;
mod reconsider;
mod show;

use clap::Subcommand;

use crate::answer::Answer;
use crate::failure::Failure;

/// What to do with cases.
#[derive(Subcommand)]
pub(crate) enum CaseCommand {
    /// Open a case under a procedure, to whose present edition it stays pinned
    Open(open::OpenArgs),
    /// List all cases
    List(list::ListArgs),
    /// Show a case: where it stands, what is due, what is possible and what is not
    Show(show::ShowArgs),
    /// Find decisions that were recorded on other knowledge than there is now
    Reconsider(reconsider::ReconsiderArgs),
    /// Put a file beside a case: a scan, an order, a letter
    File(file::FileArgs),
    /// Get a file that was put beside a case
    Fetch(file::FetchArgs),
    /// Erase the content of a case: one account proposes it, another confirms
    Erase(erase::EraseArgs),
}

pub(crate) fn run(command: &CaseCommand) -> Result<Answer, Failure> {
    match command {
        CaseCommand::Open(args) => open::run(args),
        CaseCommand::List(args) => list::run(args),
        CaseCommand::Show(args) => show::run(args),
        CaseCommand::Reconsider(args) => reconsider::run(args),
        CaseCommand::File(args) => file::file(args),
        CaseCommand::Fetch(args) => file::fetch(args),
        CaseCommand::Erase(args) => erase::run(args),
    }
}
