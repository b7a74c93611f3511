//! `comity replay`: plays a chronology without a store and tells its story row by row.

use std::path::PathBuf;

use clap::Args;
use comity_core::procedure::Procedure;
use comity_core::{Change, View, changes};
use comity_language::Library;
use comity_language::chronology::{Chronology, Row, Section};
use comity_testkit::{Answer as Heard, Rehearsal};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::chronologies::{self, Libraries};
use crate::context::LibraryArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::{Cell, Page, Table, Tone, cell};
use crate::sheet::{Detail, Sheet};
use comity_sheet::words::date;

/// What to play.
#[derive(Args)]
pub(crate) struct ReplayArgs {
    /// The chronology
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    library: LibraryArgs,
}

/// A table under way.
struct Story<'c> {
    chronology: &'c Chronology,
    rehearsal: Rehearsal,
    before: Vec<Option<View>>,
    table: Table,
    rows: Vec<Value>,
    is_as_written: bool,
}

pub(crate) fn run(args: &ReplayArgs) -> Result<Answer, Failure> {
    let (chronology, diagnostics) = chronologies::read(&args.file)?;
    let wrong = |diagnostics| Failure::Procedures {
        what: format!("`{}` cannot be played", args.file.display()),
        diagnostics,
    };
    let chronology = chronology.ok_or_else(|| wrong(diagnostics))?;
    let mut libraries = Libraries::new(&args.library);
    let library = libraries.of(&args.file)?;
    let mut page = Page::new();
    let mark = if chronology.is_hypothetical { "  (hypothetical)" } else { "" };
    page.line(&[(Tone::Strong, &chronology.title), (Tone::Faint, mark)]);
    page.wrapped(0, Tone::Faint, &format!("Times are told in {}.", chronology.zone.name()));
    let (mut sections, mut is_as_written) = (Vec::new(), true);
    for section in &chronology.sections {
        let mut story = Story::new(&chronology, library).map_err(wrong)?;
        section.rows.iter().for_each(|row| story.play(row));
        is_as_written &= story.is_as_written;
        sections.push(story.tell(section, &mut page));
    }
    let document = json!({
        "file": args.file.display().to_string(),
        "title": chronology.title,
        "hypothetical": chronology.is_hypothetical,
        "as_written": is_as_written,
        "sections": sections,
    });
    Ok(Answer::fine(page, document).ending(if is_as_written { Exit::Fine } else { Exit::Failed }))
}

impl<'c> Story<'c> {
    fn new(chronology: &'c Chronology, library: &Library) -> Result<Self, Vec<comity_language::Diagnostic>> {
        let rehearsal = Rehearsal::new(chronology, library)?;
        let before = vec![None; rehearsal.cases.len()];
        let table = Table::new();
        Ok(Self { chronology, rehearsal, before, table, rows: Vec::new(), is_as_written: true })
    }

    fn play(&mut self, row: &Row) {
        let played = self.rehearsal.play(row);
        let when = date(row.when, &self.chronology.zone);
        let place = self.rehearsal.place_of(row);
        let procedure =
            place.and_then(|place| self.rehearsal.cases.get(place)).map(|case| case.procedure.clone());
        let mut says = Cell::default();
        let mut items = Vec::new();
        for heard in &played.heard {
            let title = title(&heard.label, procedure.as_deref());
            let (tone, line, fits) = told(&title, &heard.answer);
            says = says.and(tone, &line);
            self.is_as_written &= fits;
            items.push(line);
        }
        let after = self.rehearsal.views(row.recorded);
        let mut changed = Vec::new();
        for (at, (before, after)) in self.before.iter().zip(&after).enumerate() {
            let key = self.rehearsal.cases.get(at).and_then(|case| case.key.clone());
            let prefix = if at == place.unwrap_or(at) {
                String::new()
            } else {
                key.map(|key| format!("{key}: ")).unwrap_or_default()
            };
            for (tone, line) in differences(before.as_ref(), after.as_ref()) {
                says = says.and(tone, format!("· {prefix}{line}"));
                changed.push(format!("{prefix}{line}"));
            }
        }
        let key = row.case.as_ref().map_or("", |key| key.value.as_str());
        self.table.row([cell(Tone::Plain, &when), cell(Tone::Name, key), says]);
        self.rows.push(json!({ "when": when, "case": key, "what": items, "changes": changed }));
        self.before = after;
    }

    /// The table that was played, and where everything stands at its end.
    fn tell(&self, section: &Section, page: &mut Page) -> Value {
        page.heading(&section.title.value);
        page.table(2, &self.table);
        let mut ends = Vec::new();
        page.blank();
        page.line(&[(Tone::Strong, "  At the end")]);
        let keys = self.rehearsal.cases.iter().filter_map(|case| case.key.as_deref());
        let widest = keys.map(crate::print::width).max().unwrap_or(0);
        for (case, view) in self.rehearsal.cases.iter().zip(&self.before) {
            let Some(view) = view else { continue };
            let sheet = Sheet::new(view, &case.entries);
            let key = case.key.as_deref().unwrap_or("the case");
            let key = format!("{key:<widest$}");
            let stages: Vec<String> =
                view.tracks().iter().map(|track| format!("{}: {}", track.name, track.stage_name)).collect();
            page.labelled((Tone::Name, &key), 2, &stages.join(", "));
            if view.clocks().iter().any(|clock| !clock.cycles.is_empty()) {
                sheet.limits_table(page, 4, Detail::Now);
            }
            ends.push(json!({ "case": case.key, "stands": sheet.document() }));
        }
        json!({ "title": section.title.value, "rows": self.rows, "ends": ends })
    }
}

/// An act by its title; everything else as it is called.
fn title(label: &str, procedure: Option<&Procedure>) -> String {
    let acts = procedure.map(Procedure::acts);
    let act = acts.and_then(|acts| acts.find(label).and_then(|id| acts.get(id)));
    act.map_or_else(|| label.to_owned(), |act| act.title.clone())
}

/// What was answered to an item, and whether that is what the chronology says.
fn told(title: &str, answer: &Heard) -> (Tone, String, bool) {
    match answer {
        Heard::Recorded => (Tone::Plain, title.to_owned(), true),
        Heard::RefusedAsExpected(because) => (Tone::Heed, format!("refused: {because}"), true),
        Heard::Refused(because) => {
            (Tone::Bad, format!("{title}: refused, though it is written as done: {because}"), false)
        }
        Heard::NotRefused => (Tone::Bad, format!("{title}: allowed, though it is written as refused"), false),
        Heard::RefusedOtherwise { expected, found } => {
            (Tone::Bad, format!("{title}: refused for another reason than `{expected}`: {found}"), false)
        }
        Heard::Trouble(trouble) => (Tone::Bad, format!("{}; {}", trouble.message, trouble.remedy), false),
    }
}

/// What is different since the row before: tracks, limits and what is owed.
fn differences(before: Option<&View>, after: Option<&View>) -> Vec<(Tone, String)> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let line = |change: &Change| match change {
        Change::Track { track, from, to } => Some((Tone::Good, format!("{track}: {from} -> {to}"))),
        Change::Clock { clock, to, .. } => {
            // When a limit would have run out matters only while it runs.
            let runs = to.starts_with("running");
            let says = if runs { to } else { to.split(", ").next().unwrap_or(to) };
            let tone = if to.starts_with("ran out") { Tone::Bad } else { Tone::Heed };
            Some((tone, format!("limit {clock}: {says}")))
        }
        Change::Owed { obligation } => Some((Tone::Bad, format!("owed: {obligation}"))),
        Change::NoLongerOwed { obligation } => Some((Tone::Good, format!("no longer owed: {obligation}"))),
        Change::Opens { .. } | Change::Closes { .. } => None,
    };
    changes(before, after).iter().filter_map(line).collect()
}
