//! The report that CI systems read: a suite for each chronology, a case for each of its tables.

use std::path::Path;

use comity_language::Diagnostic;
use comity_testkit::{Failure as Miss, Report, SectionReport};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::outcome::Outcome;
use crate::failure::Failure;

/// Writes the report.
///
/// # Errors
///
/// Returns [`Failure`] if it cannot be written there.
pub(super) fn write(outcome: &Outcome, path: &Path) -> Result<(), Failure> {
    let mut whole = quick_junit::Report::new("comity test");
    if !outcome.broken.is_empty() {
        let mut suite = TestSuite::new("procedures");
        suite.add_test_case(told("procedures load", "procedures", &outcome.broken));
        whole.add_test_suite(suite);
    }
    whole.add_test_suites(outcome.reports.iter().map(chronology));
    whole.add_test_suites(outcome.unread.iter().map(|one| {
        let mut suite = TestSuite::new(one.file.as_str());
        suite.add_test_case(told("the chronology can be read", &one.file, &one.diagnostics));
        suite
    }));
    let written = std::fs::File::create(path).and_then(|file| {
        let mut file = std::io::BufWriter::new(file);
        whole.serialize(&mut file).map_err(std::io::Error::other)?;
        std::io::Write::flush(&mut file)
    });
    written.map_err(|source| Failure::File { path: path.to_owned(), source })
}

fn chronology(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(report.path.as_str());
    if !report.diagnostics.is_empty() {
        suite.add_test_case(told(
            "its names and citations mean something",
            &report.path,
            &report.diagnostics,
        ));
    }
    suite.add_test_cases(report.sections.iter().map(|section| table(report, section)));
    suite
}

fn table(report: &Report, section: &SectionReport) -> TestCase {
    let status = match section.failures.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let more = section.failures.len() - 1;
            let more = if more == 0 { String::new() } else { format!(", and {more} more") };
            status.set_message(format!("{}{more}", short(first)));
            status.set_type("does not hold");
            let all: Vec<String> = section.failures.iter().map(|miss| in_full(report, miss)).collect();
            status.set_description(all.join("\n\n"));
            status
        }
    };
    let mut case = TestCase::new(section.title.as_str(), status);
    case.set_classname(report.path.as_str());
    case.set_assertions(section.cells);
    case.extra.insert(XmlString::new("file"), XmlString::new(&report.path));
    case.extra.insert(XmlString::new("line"), XmlString::new(section.line.to_string()));
    case
}

fn short(miss: &Miss) -> String {
    format!(
        "line {}, column `{}`: you wrote {}, the procedure says {}",
        miss.line, miss.about, miss.wrote, miss.found
    )
}

fn in_full(report: &Report, miss: &Miss) -> String {
    let because =
        miss.because.iter().map(|because| format!("\n  because {because}")).collect::<Vec<_>>().concat();
    let see = miss.see.as_ref().map_or(String::new(), |(file, line)| format!("\n  see {file}:{line}"));
    format!("{}:{}:{}, {}\n  {}{because}{see}", report.path, miss.line, miss.column, miss.when, short(miss))
}

/// What could not be run at all, which is an error and no failure.
fn told(name: &str, of: &str, diagnostics: &[Diagnostic]) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    if let Some(first) = diagnostics.first() {
        status.set_message(format!("{}:{}: {}", first.file, first.line, first.message));
        status.set_type(first.code.word());
    }
    let all: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    status.set_description(all.join("\n"));
    let mut case = TestCase::new(name, status);
    case.set_classname(of);
    case
}
