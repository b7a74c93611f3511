//! `cargo xtask test`: everything that can be tested, and one last line that sums it up.

use crate::failure::Failure;
use crate::guide;
use crate::needs;
use crate::place::shown;
use crate::run::Line;
use crate::totals::Totals;
use crate::{arrows, pages, soak, words};

/// Something that holds for the workspace as a whole.
type Rule = (&'static str, fn() -> Result<(), Failure>);

/// What costs seconds, and is told before anything that costs minutes.
const RULES: [Rule; 3] = [("arrows", arrows::run), ("pages", pages::run), ("words", words::run)];

pub(crate) fn run() -> Result<(), Failure> {
    needs::provide()?;
    let mut totals = rules(&RULES);
    totals += suites()?;
    // The treaty library is checked, proved and tested by the suites `library` and `proofs`, each procedure once.
    let folder = shown(&guide::write()?);
    for command in ["check", "test"] {
        totals += library(&Line::built("comity", &format!("{command} {folder}"))?)?;
    }
    if totals.ignored > 0 {
        println!("\n{} tests were there and not run; they count as failed", totals.ignored);
    }
    println!("\n{totals}");
    if totals.is_good() { Ok(()) } else { Err(Failure::said()) }
}

/// Each counts as one test.
fn rules(rules: &[Rule]) -> Totals {
    let mut totals = Totals::default();
    for (name, rule) in rules {
        println!("== {name}");
        totals += match rule() {
            Ok(()) => Totals::ONE_PASSED,
            Err(failure) => {
                println!("{failure}");
                Totals::ONE_FAILED
            }
        };
    }
    totals
}

/// All features but `s3`, which compiles a client for HTTP and TLS in C.
pub(crate) const FEATURES: &str = "--features comity/traces,comity-store/conformance,comity-testkit/harness,comity-testkit/histories,comity-typed/engine";
/// The program as it comes, without `traces` and mail. All else is as above, so that no crate of others is built twice.
const AS_IT_COMES: &str = "--features comity-store/conformance,comity-testkit/harness,comity-testkit/histories,comity-typed/engine --test serve --test carry -- traces cannot_send";
/// How often the writer is killed; `soak` does it more often.
const KILLS: &str = "50";

/// Every test of every crate, those in the documentation included, and the writer killed again and again.
fn suites() -> Result<Totals, Failure> {
    let all = Line::new(&format!("cargo test --workspace {FEATURES} --no-fail-fast"))
        .with(soak::KILLS, soak::rounds(KILLS));
    let mut totals = suite(&all)?;
    let lean = suite(&Line::new(&format!("cargo test --workspace {AS_IT_COMES}")))?;
    if lean.passed == 0 {
        println!("no test was run of the program as it comes");
        totals += Totals::ONE_FAILED;
    }
    totals += lean;
    Ok(totals)
}

/// What one run of `cargo test` has to say.
fn suite(line: &Line) -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    let passed = line.watch(|line| totals += Totals::of_suite(line).unwrap_or_default())?;
    // A crate that does not compile, or a test program that was killed, prints no result of its own.
    if !passed && totals.failed == 0 {
        totals += Totals::ONE_FAILED;
    }
    Ok(totals)
}

/// One command over a library, ours or that of the guide: each procedure or table counts. A command that names none
/// has looked at none.
fn library(line: &Line) -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    let passed = line.watch(|line| totals += Totals::of_row(line).unwrap_or_default())?;
    if totals == Totals::default() {
        println!("`{}` named nothing that it looked at, so it proved nothing", line.shown());
    }
    if totals.failed == 0 && (!passed || totals.passed == 0) {
        totals += Totals::ONE_FAILED;
    }
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_arrow_fails_the_tests() {
        let broken: Rule = ("arrows", || Err(Failure::new("core -> store")));
        let totals = rules(&[broken, ("pages", || Ok(()))]);
        assert_eq!((totals.passed, totals.failed), (1, 1));
        assert!(RULES.iter().any(|(name, _)| *name == "arrows"));
    }
}
