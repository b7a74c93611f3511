//! The console as somebody with a browser meets it: Debian's Chromium, driven from `tests/browser`.

use crate::failure::Failure;
use crate::needs;
use crate::run::Line;
use crate::totals::Totals;

/// Builds the program, and runs them against it.
pub(crate) fn run() -> Result<(), Failure> {
    needs::provide_for_the_browser()?;
    Line::new("cargo build --package comity").run()?;
    Line::new("npm ci --prefix tests/browser --no-fund --no-audit").run()?;
    let program = Line::built("comity", "")?.shown();
    let tests = Line::new("npm test --prefix tests/browser -- --test-reporter=tap")
        .with("COMITY_BIN", program.trim());
    let mut totals = Totals::default();
    let passed = tests.watch(|line| totals += Totals::of_tap(line).unwrap_or_default())?;
    // A program that broke off says nothing of what it left out.
    if totals.failed == 0 && (!passed || totals.passed == 0) {
        totals += Totals::ONE_FAILED;
    }
    println!("\n{totals}");
    if totals.is_good() { Ok(()) } else { Err(Failure::said()) }
}
