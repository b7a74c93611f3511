//! `cargo xtask bench`: the measured promises, as ratios within one run.

use crate::failure::Failure;
use crate::needs;
use crate::run::Line;

const BENCHES: [&str; 5] = [
    "cargo bench --package comity-core --bench count",
    "cargo bench --package comity-core --bench fold",
    "cargo bench --package comity-core --bench verify",
    "cargo bench --package comity-testkit --bench changes",
    "cargo bench --package comity-typed --bench typed",
];

/// The journal has a workspace of its own, since what it is compared with is heavy to build.
const JOURNAL: &str = "cargo run --release --manifest-path benches/journal/Cargo.toml --target-dir target --";

/// The daemon, as it is released, and what asks it.
const DAEMON: &str =
    "cargo build --release --package comity --package comity-tests --bin comity --bin serve-load";

pub(crate) fn run() -> Result<(), Failure> {
    BENCHES.iter().try_for_each(|line| Line::new(line).run())
}

/// The journal beside what else could keep the record. `asked` is passed on to the bench.
pub(crate) fn journal(asked: &[&str]) -> Result<(), Failure> {
    needs::provide_for_the_journal()?;
    Line::new(&format!("{JOURNAL} {}", asked.join(" "))).run()
}

/// The daemon under load. `asked` is passed on to the bench.
pub(crate) fn serve(asked: &[&str]) -> Result<(), Failure> {
    Line::new(DAEMON).run()?;
    // Whatever goes wrong in it, it ends.
    let bench = "timeout --kill-after=10 480 target/release/serve-load --comity target/release/comity";
    Line::new(&format!("{bench} {}", asked.join(" "))).run()
}
