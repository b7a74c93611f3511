//! `comity case`: opens, lists and shows cases, and the work of an office on them.

mod erase;
mod file;
mod list;
mod office;
mod open;
mod reconsider;
mod seal;
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
    /// Put a case on hold, which stops no limit
    Hold(office::HoldArgs),
    /// End a hold
    Resume(office::ResumeArgs),
    /// Give a case to an account, a desk or nobody
    Assign(office::AssignArgs),
    /// Set the day on which somebody looks at a case again
    Review(office::ReviewArgs),
    /// Record a working note
    Note(office::NoteArgs),
    /// Seal a case: from then on only those who are named see it over the API
    Seal(seal::SealArgs),
    /// Lift the seal of a case
    Unseal(seal::UnsealArgs),
    /// List who read a case while it was sealed
    Readings(seal::ReadingsArgs),
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
        CaseCommand::Hold(args) => office::hold(args),
        CaseCommand::Resume(args) => office::resume(args),
        CaseCommand::Assign(args) => office::assign(args),
        CaseCommand::Review(args) => office::review(args),
        CaseCommand::Note(args) => office::note(args),
        CaseCommand::Seal(args) => seal::seal(args),
        CaseCommand::Unseal(args) => seal::unseal(args),
        CaseCommand::Readings(args) => seal::readings(args),
        CaseCommand::Reconsider(args) => reconsider::run(args),
        CaseCommand::File(args) => file::file(args),
        CaseCommand::Fetch(args) => file::fetch(args),
        CaseCommand::Erase(args) => erase::run(args),
    }
}
