//! The console as somebody with a browser meets it: Debian's Chromium, driven from `tests/browser`.

use crate::failure::Failure;
use crate::run::Line;
use crate::totals::Totals;

/// Runs them against the program that the tests before have built.
pub(crate) fn run() -> Result<Totals, Failure> {
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
    Ok(totals)
}
