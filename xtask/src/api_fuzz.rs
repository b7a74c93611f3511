//! `cargo xtask api-fuzz`: schemathesis asks a daemon what its own description allows, and what it does not.

use crate::failure::Failure;
use crate::run::Line;

/// The version that was seen to run. It is fetched from the index of Python into `target/`.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Longer than this it never takes.
const SECONDS: u32 = 900;

pub(crate) fn run() -> Result<(), Failure> {
    Line::new("cargo build --package comity").run()?;
    Line::new("python3 -m venv target/api-fuzz").run()?;
    Line::new(&format!("target/api-fuzz/bin/pip install --quiet {SCHEMATHESIS}")).run()?;
    Line::new(&format!(
        "timeout --kill-after=10 {SECONDS} target/api-fuzz/bin/python xtask/api_fuzz.py target/debug/comity \
         target/api-fuzz/bin/schemathesis"
    ))
    .run()
}
