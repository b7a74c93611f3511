//! `comity test`: runs chronologies and says of every cell that does not hold why it does not.

mod coverage;

use std::path::PathBuf;

use clap::Args;
use comity_language::Diagnostic;
use comity_language::library::Library;
use comity_testkit::{Coverage, Failure as Miss, Report, SectionReport};
use serde_json::{Value, json};

use self::coverage::Covered;
use super::check::{diagnostic_json, diagnostics_page};
use crate::answer::Answer;
use crate::chronologies::{self, Libraries};
use crate::context::{LibraryArgs, counted};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// What to run.
#[derive(Args)]
pub(crate) struct TestArgs {
    /// Chronologies, or folders of them
    #[arg(default_value = "workflows", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Say in full what the chronologies cross of each procedure, and what they do not
    #[arg(long)]
    coverage: bool,
    #[command(flatten)]
    library: LibraryArgs,
}

/// A chronology that could not be read.
struct Unread {
    file: String,
    diagnostics: Vec<Diagnostic>,
}

pub(crate) fn run(args: &TestArgs) -> Result<Answer, Failure> {
    let mut libraries = Libraries::new(&args.library);
    let (mut reports, mut unread) = (Vec::new(), Vec::new());
    for path in &args.paths {
        for file in chronologies::at(path)? {
            match chronologies::read(&file)? {
                (Some(chronology), _) => reports.push(comity_testkit::run(&chronology, libraries.of(&file)?)),
                (None, diagnostics) => {
                    unread.push(Unread { file: file.display().to_string(), diagnostics });
                }
            }
        }
    }
    if reports.is_empty() && unread.is_empty() {
        let next = "a chronology is called NAME.chronology.md or NAME.chronology.csv; name one, or a folder that holds some";
        return Err(Failure::usage("there is no chronology here", next));
    }
    let broken = libraries.diagnostics();
    let failed = reports.iter().filter(|report| !report.passed()).count();
    let exit = match () {
        () if !broken.is_empty() => Exit::Procedure,
        () if failed > 0 || !unread.is_empty() => Exit::Failed,
        () => Exit::Fine,
    };
    let mut page = Page::new();
    page.append(&diagnostics_page(&broken));
    for one in &unread {
        page.append(&diagnostics_page(&one.diagnostics));
    }
    for report in &reports {
        page.append(&report_page(report));
    }
    let crossed = crossed(&reports);
    let gaps = gaps(&crossed, libraries.all());
    let covered = coverage::covered(&crossed, libraries.all().flat_map(|library| &library.procedures));
    if args.coverage {
        page.append(&coverage::page(&covered));
    } else {
        for (procedure, kind, names) in &gaps {
            let text = format!("{procedure}: no chronology crosses these {kind}: {}", names.join(", "));
            page.labelled((Tone::Heed, "look"), 0, &text);
        }
    }
    page.blank();
    page.append(&summary(&reports, failed, unread.len()));
    let wanted = args.coverage.then_some(covered.as_slice());
    Ok(Answer::fine(page, document(&reports, &unread, &gaps, &broken, wanted)).ending(exit))
}

fn report_page(report: &Report) -> Page {
    let mut page = Page::new();
    let mark = if report.is_hypothetical { "  (hypothetical)" } else { "" };
    page.line(&[(Tone::Strong, &report.path), (Tone::Faint, mark)]);
    page.append(&diagnostics_page(&report.diagnostics));
    let mut table = Table::new().at_most(1, 88);
    for section in &report.sections {
        let (tone, word) = if section.passed() { (Tone::Good, "ok") } else { (Tone::Bad, "FAIL") };
        let cells = cell(Tone::Faint, counted(section.cells, "cell")).right();
        table.row([cell(tone, word), cell(Tone::Plain, &section.title), cells]);
    }
    page.table(2, &table);
    for section in report.sections.iter().filter(|section| !section.passed()) {
        page.append(&misses(report, section));
    }
    page
}

fn misses(report: &Report, section: &SectionReport) -> Page {
    let mut page = Page::new();
    for miss in &section.failures {
        page.blank();
        let place = format!("{}:{}:{}", report.path, miss.line, miss.column);
        page.line(&[
            (Tone::Plain, "  "),
            (Tone::Strong, &place),
            (Tone::Plain, &format!(", column `{}`, {}", miss.about, miss.when)),
        ]);
        let mut table = Table::new();
        table.row([cell(Tone::Faint, "you wrote"), cell(Tone::Plain, &miss.wrote)]);
        table.row([cell(Tone::Faint, "the procedure says"), cell(Tone::Bad, &miss.found)]);
        for (at, because) in miss.because.iter().enumerate() {
            table.row([cell(Tone::Faint, if at == 0 { "because" } else { "" }), cell(Tone::Plain, because)]);
        }
        page.table(4, &table);
    }
    page.blank();
    page
}

/// What all of them cross together.
fn crossed(reports: &[Report]) -> Coverage {
    let mut coverage = Coverage::default();
    for report in reports {
        coverage.add(&report.coverage);
    }
    coverage
}

/// What no chronology crosses, of the procedures that some chronology is about.
fn gaps<'l>(
    coverage: &Coverage,
    libraries: impl Iterator<Item = &'l Library>,
) -> Vec<(String, &'static str, Vec<String>)> {
    let mut gaps = Vec::new();
    for loaded in libraries.flat_map(|library| &library.procedures) {
        if let Some(crossed) = coverage.procedures.get(&loaded.name) {
            let missing = crossed.missing(&loaded.procedure);
            gaps.extend(missing.into_iter().map(|(kind, names)| (loaded.name.clone(), kind, names)));
        }
    }
    gaps
}

fn summary(reports: &[Report], failed: usize, unread: usize) -> Page {
    let mut page = Page::new();
    let cells: usize = reports.iter().map(Report::cells).sum();
    let sections: usize = reports.iter().map(|report| report.sections.len()).sum();
    let outcome = match failed + unread {
        0 => (Tone::Good, "all pass".to_owned()),
        bad => (Tone::Bad, format!("{bad} of {} fail", reports.len() + unread)),
    };
    page.line(&[
        (Tone::Strong, &counted(reports.len() + unread, "file")),
        (Tone::Plain, ": "),
        (outcome.0, &outcome.1),
        (Tone::Plain, &format!(" · {} · {}", counted(sections, "table"), counted(cells, "cell"))),
    ]);
    page
}

fn document(
    reports: &[Report],
    unread: &[Unread],
    gaps: &[(String, &'static str, Vec<String>)],
    broken: &[Diagnostic],
    covered: Option<&[Covered]>,
) -> Value {
    let miss = |miss: &Miss| {
        json!({
            "line": miss.line,
            "column": miss.column,
            "when": miss.when,
            "about": miss.about,
            "wrote": miss.wrote,
            "found": miss.found,
            "because": miss.because,
        })
    };
    let section = |section: &SectionReport| {
        json!({
            "title": section.title,
            "line": section.line,
            "cells": section.cells,
            "passed": section.passed(),
            "failures": section.failures.iter().map(miss).collect::<Vec<_>>(),
        })
    };
    let report = |report: &Report| {
        json!({
            "file": report.path,
            "title": report.title,
            "hypothetical": report.is_hypothetical,
            "passed": report.passed(),
            "cells": report.cells(),
            "sections": report.sections.iter().map(section).collect::<Vec<_>>(),
            "diagnostics": report.diagnostics.iter().map(diagnostic_json).collect::<Vec<_>>(),
        })
    };
    let gap = |(procedure, kind, names): &(String, &str, Vec<String>)| json!({ "procedure": procedure, "kind": kind, "names": names });
    let not_read = |one: &Unread| {
        let diagnostics = one.diagnostics.iter().map(diagnostic_json).collect::<Vec<_>>();
        json!({ "file": one.file, "passed": false, "cells": 0, "sections": [], "diagnostics": diagnostics })
    };
    let files = reports.iter().map(report).chain(unread.iter().map(not_read));
    let diagnostics = broken.iter().chain(unread.iter().flat_map(|one| &one.diagnostics));
    let mut document = json!({
        "passed": reports.iter().all(Report::passed) && unread.is_empty() && broken.is_empty(),
        "files": files.collect::<Vec<_>>(),
        "diagnostics": diagnostics.map(diagnostic_json).collect::<Vec<_>>(),
        "not_crossed": gaps.iter().map(gap).collect::<Vec<_>>(),
    });
    if let (Some(covered), Some(fields)) = (covered, document.as_object_mut()) {
        fields.insert("coverage".to_owned(), coverage::document(covered));
    }
    document
}
