//! `cargo xtask soak`: the writer is killed many times, and nothing acknowledged may be lost.

use std::env;

use crate::failure::Failure;
use crate::run::Line;

/// How often the writer is killed, unless `COMITY_KILL_ROUNDS` says otherwise.
const ROUNDS: &str = "200";

pub(crate) fn run() -> Result<(), Failure> {
    let rounds = env::var("COMITY_KILL_ROUNDS").unwrap_or_else(|_| ROUNDS.to_owned());
    Line::new("cargo test --package comity-tests --test crash --no-run").run()?;
    // Two seconds a round are plenty; a store that hangs is then ended together with its writers.
    let seconds =
        60 + 2 * rounds.parse::<u64>().map_err(|_| Failure::new("COMITY_KILL_ROUNDS takes a number"))?;
    Line::new(&format!(
        "timeout --kill-after=10 {seconds} cargo test --package comity-tests --test crash -- --nocapture"
    ))
    .with("COMITY_KILL_ROUNDS", rounds)
    .run()
}
