//! `cargo xtask unit`: the unit of `deploy` under a systemd that boots for it, as docs/guide/serving.md tells an operator.

use crate::failure::Failure;
use crate::needs::provide_for_the_unit;
use crate::run::Line;

/// Longer than this it never takes, once the program is built.
const SECONDS: u32 = 900;

pub(crate) fn run() -> Result<(), Failure> {
    provide_for_the_unit()?;
    Line::new("cargo build --release --package comity").run()?;
    Line::new("mkdir --parents target/unit").run()?;
    Line::new(&format!(
        "timeout --kill-after=10 {SECONDS} sh xtask/unit.sh target/release/comity target/unit"
    ))
    .run()
}
