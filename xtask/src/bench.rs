//! `cargo xtask bench`: the measured promises, as ratios within one run.

use crate::failure::Failure;
use crate::run::Line;

const BENCHES: [&str; 5] = [
    "cargo bench --package comity-core --bench count",
    "cargo bench --package comity-core --bench fold",
    "cargo bench --package comity-core --bench verify",
    "cargo bench --package comity-testkit --bench changes",
    "cargo bench --package comity-store --bench append",
];

pub(crate) fn run() -> Result<(), Failure> {
    BENCHES.iter().try_for_each(|line| Line::new(line).run())
}
