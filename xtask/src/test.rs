//! `cargo xtask test`: everything that can be tested, and one last line that sums it up.

use crate::failure::Failure;
use crate::needs;
use crate::run::Line;
use crate::totals::Totals;

/// What the treaty library must pass, by the program that treaty lawyers use.
const LIBRARY: [&str; 2] = [
    "cargo run --quiet --package comity -- check workflows",
    "cargo run --quiet --package comity -- test workflows",
];

pub(crate) fn run() -> Result<(), Failure> {
    needs::provide()?;
    let mut totals = suites()?;
    for line in LIBRARY {
        totals += library(&Line::new(line))?;
    }
    if totals.ignored > 0 {
        println!("\n{} tests were there and not run; they count as failed", totals.ignored);
    }
    println!("\n{totals}");
    if totals.is_good() { Ok(()) } else { Err(Failure::said()) }
}

/// Every test of every crate, those in the documentation included.
fn suites() -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    let line = Line::new("cargo test --workspace --all-features --no-fail-fast");
    let passed = line.watch(|line| totals += Totals::of_suite(line).unwrap_or_default())?;
    // A crate that does not compile, or a test program that was killed, prints no result of its own.
    if !passed && totals.failed == 0 {
        totals += Totals::ONE_FAILED;
    }
    Ok(totals)
}

/// One command over the treaty library. A command that says nothing has looked at nothing.
fn library(line: &Line) -> Result<Totals, Failure> {
    let mut said = false;
    let passed = line.watch(|line| said |= !line.trim().is_empty())?;
    if !said {
        println!("`{}` said nothing, so it proved nothing", line.shown());
    }
    Ok(if passed && said { Totals::ONE_PASSED } else { Totals::ONE_FAILED })
}
