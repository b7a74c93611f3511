//! Runs a chronology and compares every cell.

use comity_core::View;
use comity_language::chronology::{Chronology, ColumnName, Expectation, Row, Section};
use comity_language::file::Text;
use comity_language::{Code, Diagnostic, Library};

use crate::cell::{Unknown, compare};
use crate::coverage::Coverage;
use crate::rehearsal::{Answer, Heard, Rehearsal, placed};
use crate::report::{Failure, Report, SectionReport};

/// Columns that list names of the procedure.
const LISTS: [&str; 4] = ["open acts", "closed acts", "owed", "missing"];

/// Runs a chronology against the procedures of a library.
///
/// Every table is played on fresh cases, so that tables can be read and moved one by one.
#[must_use]
pub fn run(chronology: &Chronology, library: &Library) -> Report {
    let mut report = Report {
        path: chronology.source.path().to_owned(),
        title: chronology.title.clone(),
        is_hypothetical: chronology.is_hypothetical,
        sections: Vec::new(),
        diagnostics: Vec::new(),
        coverage: Coverage::default(),
    };
    report.diagnostics = wrong_citations(chronology, library);
    for section in &chronology.sections {
        match Rehearsal::new(chronology, library) {
            Ok(mut rehearsal) => {
                rehearsal.crossed = Some(Coverage::default());
                let mut run = SectionRun { chronology, library, section, rehearsal, report: &mut report };
                let done = run.run();
                report.sections.push(done);
            }
            Err(wrong) => {
                report.diagnostics = wrong;
                return report;
            }
        }
    }
    report
}

/// A procedure that is not there is told by the rehearsal.
fn wrong_citations(chronology: &Chronology, library: &Library) -> Vec<Diagnostic> {
    let procedures = chronology.cases.iter().map(|case| library.procedure(&case.procedure.value));
    let procedures: Option<Vec<_>> = procedures.collect();
    procedures.map(|procedures| chronology.wrong_citations(&procedures)).unwrap_or_default()
}

struct SectionRun<'a> {
    chronology: &'a Chronology,
    library: &'a Library,
    section: &'a Section,
    rehearsal: Rehearsal,
    report: &'a mut Report,
}

impl SectionRun<'_> {
    fn run(&mut self) -> SectionReport {
        let mut done = SectionReport {
            title: self.section.title.value.clone(),
            line: self.chronology.place(self.section.title.span.start).line,
            cells: 0,
            items: 0,
            failures: Vec::new(),
            unreadable: 0,
        };
        let told_before = self.report.diagnostics.len();
        let unknown = self.unknown_columns();
        for row in &self.section.rows {
            let played = self.rehearsal.play(row);
            done.items += played.heard.len();
            for heard in &played.heard {
                done.failures.extend(self.misheard(row, heard));
            }
            let views = self.rehearsal.views(row.recorded);
            for view in views.iter().flatten() {
                self.report.coverage.see(view);
            }
            for expectation in row.expectations.iter().filter(|one| !unknown.contains(&one.column)) {
                let told = self.report.diagnostics.len();
                done.failures.extend(self.cell(row, expectation, &views));
                done.cells += usize::from(self.report.diagnostics.len() == told);
            }
        }
        if let Some(crossed) = self.rehearsal.crossed.take() {
            self.report.coverage.add(&crossed);
        }
        for cite in &self.section.cite {
            for case in &self.rehearsal.cases {
                let provision = cite.words();
                self.report.coverage.cite(case.procedure.name().as_str(), provision);
            }
        }
        done.unreadable = self.report.diagnostics.len() - told_before;
        done
    }

    /// The columns whose heading names nothing, each told at its heading: also where no cell stands under it yet.
    fn unknown_columns(&mut self) -> Vec<usize> {
        let mut unknown = Vec::new();
        for (place, column) in self.section.columns.iter().enumerate() {
            let key = column.case.as_ref().map(|key| key.value.as_str());
            let (name, known, what) = match &column.name {
                ColumnName::Named(name) => {
                    (name, self.rehearsal.columns(key), "track, clock, condition or fact")
                }
                ColumnName::Why(clock) => (clock, self.rehearsal.clocks(key), "clock"),
                ColumnName::OpenActs | ColumnName::ClosedActs | ColumnName::Owed | ColumnName::Missing => {
                    continue;
                }
            };
            if known.contains(&name.value) {
                continue;
            }
            unknown.push(place);
            let lists: &[&str] = if matches!(column.name, ColumnName::Named(_)) { &LISTS } else { &[] };
            let known: Vec<&str> = known.iter().map(String::as_str).chain(lists.iter().copied()).collect();
            let message = format!("`{}` is no {what}", name.value);
            self.report.diagnostics.push(self.chronology.unknown_name(Code::BadCell, name, message, &known));
        }
        unknown
    }

    /// What an item was answered, where that is not what the chronology expects.
    fn misheard(&mut self, row: &Row, heard: &Heard) -> Option<Failure> {
        let (found, because) = match &heard.answer {
            Answer::Recorded | Answer::RefusedAsExpected(_) => return None,
            Answer::Refused(rejection) => ("it is refused", vec![rejection.to_string()]),
            Answer::NotRefused => ("it is allowed", Vec::new()),
            Answer::RefusedOtherwise { expected, found } => (
                "it is refused for another reason",
                vec![format!("expected {expected}"), format!("{} ({})", found, found.code())],
            ),
            Answer::Trouble(trouble) => {
                self.report.diagnostics.push(placed(self.chronology, trouble));
                return None;
            }
        };
        let place = self.chronology.place(heard.span.start);
        Some(Failure {
            line: place.line,
            column: place.column,
            when: self.when(row),
            about: "what happened".to_owned(),
            wrote: heard.label.clone(),
            found: found.to_owned(),
            because,
            see: None,
        })
    }

    fn cell(&mut self, row: &Row, expectation: &Expectation, views: &[Option<View>]) -> Option<Failure> {
        let column = self.section.columns.get(expectation.column)?;
        let heading = self.chronology.source.slice(column.span.clone()).to_owned();
        let case = match &column.case {
            Some(key) => self.rehearsal.place(&key.value),
            None => self.rehearsal.place_of(row),
        };
        let place = self.chronology.place(expectation.span.start);
        let wrote = self.chronology.source.slice(expectation.span.clone()).trim().to_owned();
        let see = case.and_then(|case| self.rule_of(case, &column.name));
        let failure = |found: String, because| Failure {
            line: place.line,
            column: place.column,
            when: self.when(row),
            about: heading.clone(),
            wrote: wrote.clone(),
            found,
            because,
            see: see.clone(),
        };
        let Some(view) = case.and_then(|case| views.get(case)).and_then(Option::as_ref) else {
            return Some(failure("the case is not open yet".to_owned(), Vec::new()));
        };
        match compare(view, &column.name, &expectation.cell) {
            Ok(None) => None,
            Ok(Some(mismatch)) => Some(failure(mismatch.found, mismatch.because)),
            Err(unknown) => {
                self.report.diagnostics.push(self.unknown(expectation, unknown));
                None
            }
        }
    }

    /// Where the track, clock, condition or fact that a column shows stands in the file of the procedure.
    fn rule_of(&self, case: usize, column: &ColumnName) -> Option<(String, usize)> {
        let (ColumnName::Named(name) | ColumnName::Why(name)) = column else { return None };
        let case = self.rehearsal.cases.get(case)?;
        let loaded = self.library.procedure(case.procedure.name().as_str())?;
        let draft = &loaded.draft;
        let names = draft.tracks.iter().map(|row| &row.name).chain(draft.clocks.iter().map(|row| &row.name));
        let names = names.chain(draft.conditions.iter().map(|row| &row.name));
        let mut names = names.chain(draft.facts.iter().map(|row| &row.name));
        let (file, place) = loaded.place(names.find(|known| known.value == name.value)?.mark)?;
        Some((file.to_owned(), place.line))
    }

    fn unknown(&self, expectation: &Expectation, unknown: Unknown) -> Diagnostic {
        let name =
            Text { value: unknown.written, span: unknown.span.unwrap_or_else(|| expectation.span.clone()) };
        let known: Vec<&str> = unknown.known.iter().map(String::as_str).collect();
        self.chronology.unknown_name(Code::BadCell, &name, unknown.message, &known)
    }

    fn when(&self, row: &Row) -> String {
        comity_core::when_in_words(row.when, &self.chronology.zone)
    }
}
