//! What came of running chronologies: for people and for programs.

use comity_language::Diagnostic;
use comity_language::library::Library;
use comity_testkit::{Coverage, Failure as Miss, Report, SectionReport};
use serde_json::{Value, json};

use super::super::check::{diagnostic_json, diagnostics_page};
use super::coverage::{self, Covered};
use crate::context::counted;
use crate::exit::Exit;
use crate::print::{Page, Table, Tone, cell};

/// A chronology that could not be read.
pub(super) struct Unread {
    /// Its path.
    pub(super) file: String,
    /// What is wrong with it.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Something that no chronology crosses: the procedure, the kind, the names.
pub(super) type Gap = (String, &'static str, Vec<String>);

/// What came of all that was run.
pub(super) struct Outcome {
    /// The chronologies that could be read.
    pub(super) reports: Vec<Report>,
    /// Those that could not.
    pub(super) unread: Vec<Unread>,
    /// What is wrong with the procedures.
    pub(super) broken: Vec<Diagnostic>,
    /// What no chronology crosses.
    pub(super) gaps: Vec<Gap>,
    /// What they cross.
    pub(super) covered: Vec<Covered>,
}

impl Outcome {
    /// How many chronologies fail, those that cannot be read among them.
    pub(super) fn failed(&self) -> usize {
        self.reports.iter().filter(|report| !report.passed()).count() + self.unread.len()
    }

    /// How it ends.
    pub(super) fn exit(&self) -> Exit {
        match (self.broken.is_empty(), self.failed()) {
            (false, _) => Exit::Procedure,
            (true, 0) => Exit::Fine,
            (true, _) => Exit::Failed,
        }
    }

    /// For people, with the whole of the coverage if it is wanted.
    pub(super) fn page(&self, with_coverage: bool) -> Page {
        let mut page = Page::new();
        page.append(&diagnostics_page(&self.broken));
        for one in &self.unread {
            page.append(&diagnostics_page(&one.diagnostics));
        }
        for report in &self.reports {
            page.append(&report_page(report));
        }
        if with_coverage {
            page.append(&coverage::page(&self.covered));
        } else {
            for (procedure, kind, names) in &self.gaps {
                let text = format!("{procedure}: no chronology crosses these {kind}: {}", names.join(", "));
                page.labelled((Tone::Heed, "look"), 0, &text);
            }
        }
        page.blank();
        page.append(&self.summary());
        page
    }

    /// The last line.
    pub(super) fn summary(&self) -> Page {
        let mut page = Page::new();
        let cells: usize = self.reports.iter().map(Report::cells).sum();
        let sections: usize = self.reports.iter().map(|report| report.sections.len()).sum();
        let files = self.reports.len() + self.unread.len();
        let outcome = match self.failed() {
            0 => (Tone::Good, "all pass".to_owned()),
            bad => (Tone::Bad, format!("{bad} of {files} fail")),
        };
        page.line(&[
            (Tone::Strong, &counted(files, "file")),
            (Tone::Plain, ": "),
            (outcome.0, &outcome.1),
            (Tone::Plain, &format!(" · {} · {}", counted(sections, "table"), counted(cells, "cell"))),
        ]);
        page
    }
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
        if let Some((file, line)) = &miss.see {
            table.row([cell(Tone::Faint, "see"), cell(Tone::Plain, format!("{file}:{line}"))]);
        }
        page.table(4, &table);
    }
    page.blank();
    page
}

/// What all of them cross together.
pub(super) fn crossed(reports: &[Report]) -> Coverage {
    let mut coverage = Coverage::default();
    for report in reports {
        coverage.add(&report.coverage);
    }
    coverage
}

/// What no chronology crosses, of the procedures that some chronology is about.
pub(super) fn gaps<'l>(coverage: &Coverage, libraries: impl Iterator<Item = &'l Library>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for loaded in libraries.flat_map(|library| &library.procedures) {
        if let Some(crossed) = coverage.procedures.get(&loaded.name) {
            let missing = crossed.missing(&loaded.procedure);
            gaps.extend(missing.into_iter().map(|(kind, names)| (loaded.name.clone(), kind, names)));
        }
    }
    gaps
}

impl Outcome {
    /// For programs, with the whole of the coverage if it is wanted.
    pub(super) fn document(&self, with_coverage: bool) -> Value {
        let gap =
            |(procedure, kind, names): &Gap| json!({ "procedure": procedure, "kind": kind, "names": names });
        let not_read = |one: &Unread| {
            let diagnostics = one.diagnostics.iter().map(diagnostic_json).collect::<Vec<_>>();
            json!({ "file": one.file, "passed": false, "cells": 0, "sections": [], "diagnostics": diagnostics })
        };
        let files = self.reports.iter().map(report_json).chain(self.unread.iter().map(not_read));
        let diagnostics = self.broken.iter().chain(self.unread.iter().flat_map(|one| &one.diagnostics));
        let document = json!({
            "passed": self.failed() == 0 && self.broken.is_empty(),
            "files": files.collect::<Vec<_>>(),
            "diagnostics": diagnostics.map(diagnostic_json).collect::<Vec<_>>(),
            "not_crossed": self.gaps.iter().map(gap).collect::<Vec<_>>(),
        });
        let more =
            if with_coverage { json!({ "coverage": coverage::document(&self.covered) }) } else { json!({}) };
        crate::answer::joined(document, more)
    }
}

fn report_json(report: &Report) -> Value {
    let section = |section: &SectionReport| {
        json!({
            "title": section.title,
            "line": section.line,
            "cells": section.cells,
            "passed": section.passed(),
            "failures": section.failures.iter().map(miss_json).collect::<Vec<_>>(),
        })
    };
    json!({
        "file": report.path,
        "title": report.title,
        "hypothetical": report.is_hypothetical,
        "passed": report.passed(),
        "cells": report.cells(),
        "sections": report.sections.iter().map(section).collect::<Vec<_>>(),
        "diagnostics": report.diagnostics.iter().map(diagnostic_json).collect::<Vec<_>>(),
    })
}

fn miss_json(miss: &Miss) -> Value {
    json!({
        "line": miss.line,
        "column": miss.column,
        "when": miss.when,
        "about": miss.about,
        "wrote": miss.wrote,
        "found": miss.found,
        "because": miss.because,
        "see": miss.see.as_ref().map(|(file, line)| json!({ "file": file, "line": line })),
    })
}
