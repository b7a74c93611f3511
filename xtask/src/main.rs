//! What a maintainer runs: `cargo xtask test` for everybody, `cargo xtask ci` before a change is handed in.

mod api;
mod api_fuzz;
mod arrows;
mod bench;
mod browser;
mod ci;
mod failure;
mod fuzz;
mod guide;
mod needs;
mod oracles;
mod pages;
mod place;
mod run;
mod s3;
mod simulate;
mod soak;
mod test;
mod totals;
mod unit;
mod words;

use std::process::ExitCode;

use failure::Failure;

const USAGE: &str = "\
cargo xtask test     install what the tests need, run them all with arrows, pages and words, check and test the library
cargo xtask ci       format, clippy, documentation, every set of features, the interface against the last release, then test
cargo xtask browser  the console in Debian's Chromium, driven by Playwright from npm below tests/browser
cargo xtask arrows   which crate may know which
cargo xtask pages    a page for every code, and every link leads somewhere; --write writes the generated page
cargo xtask words    nothing in the tracked files that belongs elsewhere
cargo xtask bench    the benches, as ratios; `bench journal` the journal beside SQLite and others, --help for its choices;
                     `bench serve` a daemon under load: [--cases N] [--fill SECONDS]
cargo xtask soak     kill the writer COMITY_KILL_ROUNDS times, 1000 if not set
cargo xtask simulate an office over decades, from a seed: [--seeds N] from [--from S] on, 10000 from 0 if not said, or [--seed ONE] with
                     all that happened; [--minutes M] at most, 30 if not said; [--embedded] on the store on disk
cargo xtask fuzz     search for inputs that no reader can bear: [--seconds N] for each target, 60 if not said; [TARGET...];
                     `fuzz keep` keeps the smallest inputs that reach what was reached
cargo xtask api-fuzz a daemon asked by schemathesis, from PyPI below target/, what its own description allows and more
cargo xtask s3       files beside cases at a place that speaks S3: moto, from PyPI below target/
cargo xtask unit     the unit of deploy/ under a systemd that boots for it, in a Debian of its own below target/; as root
cargo xtask oracles  independent interpreters asked the same as the engine; installs them from PyPI and npm below target/";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => test::run(),
        ["ci"] => ci::run(),
        ["browser"] => browser::run(),
        ["arrows"] => arrows::run(),
        ["pages"] => pages::run(),
        ["pages", "--write"] => pages::write(),
        ["words"] => words::run(),
        ["bench"] => bench::run(),
        ["bench", "journal", asked @ ..] => bench::journal(asked),
        ["bench", "serve", asked @ ..] => bench::serve(asked),
        ["soak"] => soak::run(),
        ["simulate", asked @ ..] => simulate::run(asked),
        ["fuzz", "keep", targets @ ..] => fuzz::keep(targets),
        ["fuzz", asked @ ..] => fuzz::search(asked),
        ["api-fuzz"] => api_fuzz::run(),
        ["s3"] => s3::run(),
        ["unit"] => unit::run(),
        ["oracles"] => oracles::run(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    finish(outcome)
}

fn finish(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where the test totals were printed, they are the last line and say it already.
            if !failure.is_said() {
                eprintln!("{failure}");
            }
            ExitCode::FAILURE
        }
    }
}
