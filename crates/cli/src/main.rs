//! The `comity` command: procedures checked and tested, cases run, limits explained.
//!
//! Each command is a module of [`commands`] that turns its arguments into an [`Answer`](answer::Answer): a page for
//! people and a document for programs, of which one is printed. Nothing else prints; `test --watch` prints one answer after
//! another. Results go to standard output, messages to standard error, and [`exit`] lists what the exit codes mean.

mod answer;
mod chronologies;
mod cli;
mod commands;
mod context;
mod embedded;
mod exit;
mod failure;
mod files;
mod log;
#[cfg(feature = "serve")]
mod open_files;
mod print;
mod procedures;
#[cfg(feature = "remote")]
mod remote;
mod sheet;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return answer::print_misuse(&error).into(),
    };
    // A daemon is configured before it logs.
    if cli.command.name() != "serve" {
        log::start();
    }
    let name = cli.command.name();
    if let cli::Command::Test(args) = &cli.command
        && args.watch
    {
        let watched = commands::test::watch::run(args, &cli.output);
        return watched.unwrap_or_else(|failure| answer::print_failure(&cli.output, name, &failure)).into();
    }
    let printed = match commands::run(&cli.command) {
        Ok(answer) => answer::print(&cli.output, name, &answer),
        Err(failure) => answer::print_failure(&cli.output, name, &failure),
    };
    printed.into()
}
