//! How many tests passed and failed, read from what the test programs print.

use std::fmt;
use std::ops::AddAssign;

/// How many passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Tests that were there and not run. They prove nothing, so they count as failed.
    pub(crate) ignored: u64,
}

impl Totals {
    pub(crate) const ONE_PASSED: Self = Self { passed: 1, failed: 0, ignored: 0 };
    pub(crate) const ONE_FAILED: Self = Self { passed: 0, failed: 1, ignored: 0 };

    /// Reads a line such as `test result: ok. 12 passed; 0 failed; 0 ignored; …`. Nothing for any other line.
    pub(crate) fn of_suite(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |word: &str| {
            counts.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse::<u64>().ok())
        };
        Some(Self {
            passed: count("passed")?,
            failed: count("failed")?,
            ignored: count("ignored").unwrap_or(0),
        })
    }

    /// Reads a line of the end of a report in TAP, such as `# pass 12`, `# fail 0` or `# skipped 1`. Nothing for any other line.
    pub(crate) fn of_tap(line: &str) -> Option<Self> {
        let (word, count) = line.strip_prefix("# ")?.split_once(' ')?;
        let count = count.trim().parse().ok()?;
        match word {
            "pass" => Some(Self { passed: count, ..Self::default() }),
            "fail" | "cancelled" => Some(Self { failed: count, ..Self::default() }),
            "skipped" | "todo" => Some(Self { ignored: count, ..Self::default() }),
            _ => None,
        }
    }

    /// Reads a line of `comity check` or `comity test` about one procedure or one table. Nothing for any other line.
    pub(crate) fn of_row(line: &str) -> Option<Self> {
        match line.trim_start().split_once("  ")?.0 {
            "ok" => Some(Self::ONE_PASSED),
            "FAIL" => Some(Self::ONE_FAILED),
            _ => None,
        }
    }

    pub(crate) const fn is_good(self) -> bool {
        self.failed == 0 && self.ignored == 0 && self.passed > 0
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.ignored += more.ignored;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed + self.ignored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, passed: u64, failed: u64, ignored: u64) {
        assert_eq!(Totals::of_suite(line), Some(Totals { passed, failed, ignored }));
    }

    #[test]
    fn the_end_of_a_report_in_tap_is_counted() {
        let report = [
            "TAP version 13",
            "ok 1 - pass 3",
            "# tests 12",
            "# pass 9",
            "# fail 1",
            "# cancelled 1",
            "# skipped 1",
        ];
        let mut totals = Totals::default();
        for line in report {
            totals += Totals::of_tap(line).unwrap_or_default();
        }
        assert_eq!(totals, Totals { passed: 9, failed: 2, ignored: 1 });
    }

    #[test]
    fn a_suite_that_passed_is_counted() {
        check(
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.02s",
            12,
            0,
            0,
        );
    }

    #[test]
    fn a_suite_that_failed_is_counted() {
        check("test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out", 3, 2, 1);
    }

    #[test]
    fn procedures_and_tables_are_counted_one_by_one() {
        let row = |line| Totals::of_row(line);
        assert_eq!(row("ok  nz-kr/extradition.yaml   1"), Some(Totals::ONE_PASSED));
        assert_eq!(row("  FAIL  Withdrawn before the order  10 cells"), Some(Totals::ONE_FAILED));
        assert_eq!(row("12 files: all pass"), None);
        assert_eq!(row("      alone"), None);
    }

    #[test]
    fn a_line_of_a_test_is_no_result() {
        assert_eq!(Totals::of_suite("test result_is_kept ... ok"), None);
        assert_eq!(Totals::of_suite("test result: broken"), None);
    }

    #[test]
    fn an_ignored_test_counts_as_failed() {
        let totals = Totals { passed: 3, failed: 1, ignored: 2 };
        assert_eq!(totals.to_string(), "3 passed, 3 failed");
        assert!(!Totals { passed: 3, failed: 0, ignored: 1 }.is_good());
    }

    #[test]
    fn no_test_at_all_is_not_good() {
        assert!(!Totals::default().is_good());
    }
}
