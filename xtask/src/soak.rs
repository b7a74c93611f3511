//! `cargo xtask soak`: the writer is killed many times, and nothing acknowledged may be lost.

use std::env;

use crate::failure::Failure;
use crate::run::Line;

/// What says how often the writer is killed.
pub(crate) const KILLS: &str = "COMITY_KILL_ROUNDS";
/// How often, unless that says otherwise.
const ROUNDS: &str = "1000";

/// How often the writer is killed, where nobody says otherwise `usual` times.
pub(crate) fn rounds(usual: &str) -> String {
    env::var(KILLS).unwrap_or_else(|_| usual.to_owned())
}

pub(crate) fn run() -> Result<(), Failure> {
    let rounds = rounds(ROUNDS);
    Line::new("cargo test --package comity-tests --test crash --no-run").run()?;
    // Three seconds a round are plenty; a store that hangs is then ended together with its writers.
    let seconds =
        60 + 3 * rounds.parse::<u64>().map_err(|_| Failure::new("COMITY_KILL_ROUNDS takes a number"))?;
    Line::new(&format!(
        "timeout --kill-after=10 {seconds} cargo test --package comity-tests --test crash -- --nocapture"
    ))
    .with(KILLS, rounds)
    .run()
}
