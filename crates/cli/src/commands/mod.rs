//! The commands, one module each.

pub(crate) mod act;
pub(crate) mod asked;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod case;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod count;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod draw;
pub(crate) mod fmt;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod matter;
pub(crate) mod migrate;
pub(crate) mod queue;
pub(crate) mod replay;
pub(crate) mod schema;
#[cfg(feature = "serve")]
pub(crate) mod serve;
pub(crate) mod statistics;
pub(crate) mod store;
pub(crate) mod sweep;
pub(crate) mod targets;
pub(crate) mod test;
pub(crate) mod why;

use crate::answer::Answer;
use crate::cli::Command;
use crate::failure::Failure;

/// Does what the command line asks for.
///
/// # Errors
///
/// Returns [`Failure`] if it cannot be done.
pub(crate) fn run(command: &Command) -> Result<Answer, Failure> {
    match command {
        Command::Check(args) => check::run(args),
        Command::Test(args) => test::run(args),
        Command::Fmt(args) => fmt::run(args),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(args),
        Command::Schema(args) => Ok(schema::run(args)),
        Command::Init(args) => init::run(args),
        Command::Keys(command) => keys::run(command),
        Command::Matter(command) => matter::run(command),
        Command::Case(command) => case::run(command),
        Command::Audit(command) => audit::run(command),
        Command::Backup(args) => backup::run(args),
        Command::Restore(args) => backup::restored(args),
        Command::Store(command) => store::run(command),
        Command::Doctor(args) => doctor::run(args),
        Command::Why(args) => why::run(args),
        Command::Act(args) => act::run(args),
        Command::Count(args) => count::run(args),
        Command::Queue(args) => queue::run(args),
        Command::Sweep(args) => sweep::run(args),
        Command::Statistics(args) => statistics::run(args),
        Command::Targets(command) => targets::run(command),
        Command::Migrate(args) => migrate::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Draw(args) => draw::run(args),
        Command::Compare(args) => compare::run(args),
    }
}
