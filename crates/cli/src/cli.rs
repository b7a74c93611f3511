//! The command line as clap reads it.

use anstream::ColorChoice;
use clap::{Args, Parser, Subcommand, ValueEnum};

#[cfg(feature = "serve")]
use crate::commands::serve;
use crate::commands::{
    act, audit, backup, case, check, compare, count, demo, doctor, draw, fmt, init, keys, matter, migrate,
    queue, replay, schema, statistics, store, sweep, targets, test, why,
};
use crate::exit;

/// Extradition and mutual legal assistance, run by the text of the treaty.
#[derive(Parser)]
#[command(name = "comity", version, after_help = exit::HELP, max_term_width = 110, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How the answer is printed.
#[derive(Args)]
pub(crate) struct Output {
    /// Print one JSON document instead of a page
    #[arg(long, global = true, display_order = 900)]
    pub(crate) json: bool,
    /// Whether to use colours: auto (on a terminal, unless `NO_COLOR` is set), always or never
    #[arg(
        long, global = true, display_order = 901, value_enum, default_value_t = Color::Auto, value_name = "WHEN",
        hide_possible_values = true, hide_default_value = true
    )]
    pub(crate) color: Color,
}

/// Whether colours are used.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// The choice as the stream takes it.
    pub(crate) fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::AlwaysAnsi,
            Self::Never => ColorChoice::Never,
        }
    }
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Read all procedures and say everything that is wrong with them
    Check(check::CheckArgs),
    /// Run chronologies: tables of what happened and what must then be true
    Test(test::TestArgs),
    /// Draw a procedure: lanes by track, outcomes apart, the provision on every move
    Draw(draw::DrawArgs),
    /// Say in words how two versions of a procedure differ, and which limits move
    Compare(compare::CompareArgs),
    /// Bring procedure and calendar files into their canonical form
    Fmt(fmt::FmtArgs),
    /// Print a JSON Schema, for editors
    Schema(schema::SchemaArgs),
    /// Make an empty store
    Init(init::InitArgs),
    /// Open a matter: the dossier that ties cases together
    #[command(subcommand)]
    Matter(matter::MatterCommand),
    /// Open, list and show cases; put them on hold, give them to somebody, set a day of review
    #[command(subcommand)]
    Case(case::CaseCommand),
    /// Explain a limit: how its last day was reached
    Why(why::WhyArgs),
    /// Count a limit forth from its start, or back from its last day
    Count(count::CountArgs),
    /// Record what happened, or see what recording it would change
    Act(Box<act::ActArgs>),
    /// What ran out, is due, owed, waited for or silent; records nothing, so --now may be any moment
    Queue(queue::QueueArgs),
    /// Record what ran out, and let linked cases know of one another; for where no program does so by itself
    Sweep(sweep::SweepArgs),
    /// Figures of the office: a ledger that balances, times, limits kept and missed, and more; each says what it counts
    Statistics(statistics::StatisticsArgs),
    /// Who is told of what is recorded, and what could not be delivered
    #[command(subcommand)]
    Targets(targets::TargetsCommand),
    /// Take running cases over to another edition of their procedure, by a plan; --dry-run tells what would come of it
    Migrate(migrate::MigrateArgs),
    /// Make what others can check the record by: signed checkpoints, exports and bundles of evidence
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Make and change the master key, which opens what is sealed
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Bring a backup up to date, while the store is in use
    Backup(backup::BackupArgs),
    /// Check a backup, and make a store of it
    Restore(backup::RestoreArgs),
    /// Verify, measure and tidy a store
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Look over a store and all that it needs, and say what to do
    Doctor(doctor::DoctorArgs),
    /// Run the daemon: the HTTP API, and the limits that run out
    #[cfg(feature = "serve")]
    Serve(serve::ServeArgs),
    /// Play a chronology without a store and tell its story
    Replay(replay::ReplayArgs),
    /// Carry a real matter through a store of its own, and show what the engine makes of it
    Demo(demo::DemoArgs),
}

impl Command {
    /// The name that stands in JSON documents.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "check",
            Self::Test(_) => "test",
            Self::Fmt(_) => "fmt",
            Self::Schema(_) => "schema",
            Self::Init(_) => "init",
            Self::Matter(matter::MatterCommand::Open(_)) => "matter open",
            Self::Case(case::CaseCommand::Open(_)) => "case open",
            Self::Case(case::CaseCommand::List(_)) => "case list",
            Self::Case(case::CaseCommand::Show(_)) => "case show",
            Self::Case(case::CaseCommand::Hold(_)) => "case hold",
            Self::Case(case::CaseCommand::Resume(_)) => "case resume",
            Self::Case(case::CaseCommand::Assign(_)) => "case assign",
            Self::Case(case::CaseCommand::Review(_)) => "case review",
            Self::Case(case::CaseCommand::Note(_)) => "case note",
            Self::Case(case::CaseCommand::Seal(_)) => "case seal",
            Self::Case(case::CaseCommand::Unseal(_)) => "case unseal",
            Self::Case(case::CaseCommand::Readings(_)) => "case readings",
            Self::Case(case::CaseCommand::Reconsider(_)) => "case reconsider",
            Self::Case(case::CaseCommand::Erase(_)) => "case erase",
            Self::Case(case::CaseCommand::File(_)) => "case file",
            Self::Case(case::CaseCommand::Fetch(_)) => "case fetch",
            Self::Keys(keys::KeysCommand::New(_)) => "keys new",
            Self::Keys(keys::KeysCommand::Rotate(_)) => "keys rotate",
            Self::Backup(_) => "backup",
            Self::Restore(_) => "restore",
            Self::Store(store::StoreCommand::Verify(_)) => "store verify",
            Self::Store(store::StoreCommand::Rebuild(_)) => "store rebuild",
            Self::Store(store::StoreCommand::Compact(_)) => "store compact",
            Self::Store(store::StoreCommand::Stats(_)) => "store stats",
            Self::Store(store::StoreCommand::Import(_)) => "store import",
            Self::Store(store::StoreCommand::Upgrade(_)) => "store upgrade",
            Self::Doctor(_) => "doctor",
            Self::Audit(command) => command.name(),
            Self::Why(_) => "why",
            Self::Count(_) => "count",
            Self::Act(_) => "act",
            Self::Queue(_) => "queue",
            Self::Sweep(_) => "sweep",
            Self::Statistics(_) => "statistics",
            Self::Targets(command) => command.name(),
            Self::Migrate(_) => "migrate",
            #[cfg(feature = "serve")]
            Self::Serve(_) => "serve",
            Self::Replay(_) => "replay",
            Self::Demo(_) => "demo",
            Self::Draw(_) => "draw",
            Self::Compare(_) => "compare",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }
}
