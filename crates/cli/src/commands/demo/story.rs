//! The demo as a story: what happened, where it stands, what could be done, and what the record proves.

use std::collections::BTreeMap;
use std::path::Path;

use comity_core::entry::{Body, Entry};
use comity_core::time::{Moment, Zone};
use comity_core::{Asked, Cause, Happening, Rejection, View, explain_run};
use comity_runner::{CaseFile, Engine};
use comity_store::Report;
use serde_json::{Value, json};

use super::carry::{Carried, reference};
use crate::context::{counted, quoted};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};
use crate::sheet::Sheet;
use crate::sheet::words::date;

/// How many acts of each case are named as closed.
const CLOSED_NAMED: usize = 2;

/// One matter, as it was read from the store.
pub(super) struct Chapter {
    matter: &'static str,
    cases: Vec<Case>,
    refused: Vec<(String, Rejection)>,
    ends: Moment,
}

/// One case of the matter.
struct Case {
    key: String,
    file: CaseFile,
    view: View,
}

impl Chapter {
    /// Reads the cases of a matter as they stood when it ended.
    pub(super) async fn read(
        engine: &Engine,
        matter: &'static str,
        carried: Carried,
    ) -> Result<Self, Failure> {
        let mut cases = Vec::new();
        for (key, _) in carried.cases.iter().filter(|(_, case)| case.is_some()) {
            let Some(case) = engine.find_case(&reference(matter, key)).await? else { continue };
            let file = engine.case(case).await?;
            let view = file.view(Asked::at(carried.ends));
            cases.push(Case { key: key.clone(), file, view });
        }
        Ok(Self { matter, cases, refused: carried.refused, ends: carried.ends })
    }

    /// The real matter: the story, where it stands, what could be done next, what is closed and why.
    pub(super) fn as_it_was(&self, page: &mut Page) {
        page.heading("What happened");
        self.timeline(page);
        page.heading(&format!("Where each case stood on {}", self.last_day()));
        self.stages(page);
        page.heading("Limits, and how each was counted");
        self.limits(page);
        page.heading("What could be done next, and by whom");
        self.open_acts(page);
        page.heading("What was closed, and why");
        self.closed_acts(page);
    }

    /// The hypothetical matter: only what goes beyond the real one.
    pub(super) fn as_it_could_have_been(&self, page: &mut Page) {
        page.blank();
        page.line(&[
            (Tone::Strong, "If it had been officially requested in time"),
            (Tone::Heed, "  (hypothetical: no such request was ever made)"),
        ]);
        let began = self.cases.iter().find(|case| case.key == "extradition").map(|case| &case.file);
        let from = began.map_or(Moment::MIN, |file| file.opening.since.earliest(&file.procedure.home().zone));
        self.timeline_from(page, from, &["extradition"]);
        page.heading("Its limits, and how each was counted");
        self.limits(page);
        for (what, rejection) in &self.refused {
            page.labelled((Tone::Heed, "refused"), 2, &format!("{what}: {rejection}"));
        }
    }

    fn timeline(&self, page: &mut Page) {
        self.timeline_from(page, Moment::MIN, &[]);
    }

    /// Everything that took effect from a moment on, in all cases or some, in one order.
    fn timeline_from(&self, page: &mut Page, from: Moment, only: &[&str]) {
        let mut lines = Vec::new();
        for case in self.cases.iter().filter(|case| only.is_empty() || only.contains(&case.key.as_str())) {
            let zone = &case.file.procedure.home().zone;
            lines.extend(case.lines(zone).into_iter().filter(|line| line.at >= from));
        }
        lines.sort_by_key(|line| (line.at, line.recorded));
        let mut table = Table::new().at_most(2, 66);
        for line in joined(lines) {
            let key = if only.len() == 1 { "" } else { line.key };
            let tone = if line.is_expiry { Tone::Bad } else { Tone::Plain };
            let mut cells = vec![cell(Tone::Plain, &line.when)];
            if only.len() != 1 {
                cells.push(cell(Tone::Name, key));
            }
            cells.extend([cell(tone, line.says.join("; ")), cell(Tone::Good, line.moved.join(", "))]);
            table.row(cells);
        }
        page.table(2, &table);
    }

    fn stages(&self, page: &mut Page) {
        let mut table = Table::new();
        for case in &self.cases {
            let stages: Vec<String> = case
                .view
                .tracks()
                .iter()
                .map(|track| format!("{}: {}", track.track.title, track.stage.title.to_lowercase()))
                .collect();
            table.row([cell(Tone::Name, &case.key), cell(Tone::Plain, stages.join(" · "))]);
        }
        page.table(2, &table);
    }

    fn limits(&self, page: &mut Page) {
        let mut idle = Vec::new();
        for case in &self.cases {
            let clocks = case.view.clocks();
            for clock in &clocks {
                for cycle in clock.cycles {
                    let explained = explain_run(&case.view, clock, cycle);
                    let last = explained.last_day.map_or_else(
                        || explained.ends.map_or_else(String::new, |ends| clock.zone.local(ends)),
                        |day| day.in_words(),
                    );
                    page.line(&[
                        (Tone::Plain, "  "),
                        (Tone::Name, &explained.clock),
                        (Tone::Plain, "  last day "),
                        (Tone::Strong, &last),
                        (Tone::Plain, &format!("  {}", explained.standing)),
                        (Tone::Faint, &format!("  {}", clock.clock.basis)),
                    ]);
                    let wanted = [
                        "started by",
                        "first day",
                        "last day",
                        "moved to",
                        "met by",
                        "ran out",
                        "switched off",
                        "if it runs out",
                    ];
                    let length = explained.steps.iter().filter(|step| step.about == "length");
                    let rest = explained.steps.iter().filter(|step| wanted.contains(&step.about));
                    let says: Vec<String> =
                        length.chain(rest).map(|step| format!("{}: {}", step.about, step.says)).collect();
                    page.wrapped(4, Tone::Plain, &format!("{}.", says.join(". ")));
                }
            }
            let waiting: Vec<&str> = clocks
                .iter()
                .filter(|clock| clock.cycles.is_empty())
                .map(|clock| clock.name.as_str())
                .collect();
            if !waiting.is_empty() {
                idle.push(format!("{}: {}", case.key, waiting.join(", ")));
            }
        }
        if !idle.is_empty() {
            page.wrapped(2, Tone::Faint, &format!("Never started: {}.", idle.join("; ")));
        }
    }

    fn open_acts(&self, page: &mut Page) {
        let mut table = Table::new().at_most(1, 50);
        for case in &self.cases {
            let acts = case.view.acts();
            for (index, act) in acts.iter().filter(|act| act.is_open()).enumerate() {
                let by: Vec<&str> = act.by.iter().map(|(_, authority)| authority.title.as_str()).collect();
                table.row([
                    cell(Tone::Name, if index == 0 { case.key.as_str() } else { "" }),
                    cell(Tone::Plain, &act.act.title),
                    cell(Tone::Faint, format!("{} ({})", by.join(" or "), act.basis())),
                ]);
            }
        }
        page.table(2, &table);
    }

    fn closed_acts(&self, page: &mut Page) {
        let mut table = Table::new();
        for case in &self.cases {
            let acts = case.view.acts();
            let closed: Vec<_> = acts.iter().filter(|act| !act.is_open()).collect();
            for (index, act) in closed.iter().take(CLOSED_NAMED).enumerate() {
                let because = act.closed_because.first().map(ToString::to_string).unwrap_or_default();
                let key = if index == 0 { case.key.as_str() } else { "" };
                table.row([cell(Tone::Name, key), cell(Tone::Plain, because)]);
            }
            let left = closed.len().saturating_sub(CLOSED_NAMED);
            if left > 0 {
                table.row([
                    cell(Tone::Name, ""),
                    cell(Tone::Faint, format!("and {}", counted(left, "more act"))),
                ]);
            }
        }
        page.table(2, &table);
    }

    fn last_day(&self) -> String {
        let zone = self.cases.first().map_or_else(Zone::utc, |case| case.file.procedure.home().zone.clone());
        zone.day_at(self.ends).in_words()
    }

    /// The matter for programs.
    pub(super) fn document(&self) -> Value {
        let case = |case: &Case| {
            json!({
                "key": case.key,
                "reference": case.file.opening.reference,
                "procedure": case.file.opening.procedure.as_str(),
                "stands": Sheet::new(&case.view, &case.file.entries).document(),
            })
        };
        json!({
            "reference": self.matter,
            "at": self.ends.to_string(),
            "cases": self.cases.iter().map(case).collect::<Vec<_>>(),
        })
    }
}

/// One line of the story.
struct Line<'c> {
    at: Moment,
    recorded: Moment,
    when: String,
    key: &'c str,
    says: Vec<String>,
    moved: Vec<String>,
    is_expiry: bool,
}

impl Case {
    /// What happened in the case, with its notes.
    fn lines(&self, zone: &Zone) -> Vec<Line<'_>> {
        let sheet = Sheet::new(&self.view, &self.file.entries);
        let numbers: BTreeMap<_, _> =
            self.file.entries.iter().map(|entry| (entry.number, entry.recorded_at)).collect();
        let mut lines: Vec<Line<'_>> = self
            .view
            .happenings()
            .iter()
            .filter(|happening| is_told(happening, &self.file.entries))
            .map(|happening| {
                let recorded = match happening.cause {
                    Cause::Entry(number) => numbers.get(&number).copied(),
                    Cause::Opening => self.file.entries.first().map(|entry| entry.recorded_at),
                    Cause::Expiry(_) => None,
                };
                let at = happening.when.earliest(zone);
                Line {
                    at,
                    recorded: recorded.unwrap_or(at),
                    when: date(happening.when, zone),
                    key: &self.key,
                    says: vec![sheet.what(happening)],
                    moved: sheet.moved(happening),
                    is_expiry: matches!(happening.cause, Cause::Expiry(_)),
                }
            })
            .collect();
        // A note has no date of its own: it stands beside what was recorded with it, or before it.
        for entry in &self.file.entries {
            if let Body::Note(text) = &entry.body
                && let Some(line) = lines.iter_mut().rev().find(|line| line.recorded <= entry.recorded_at)
            {
                line.says.push(text.reveal().to_owned());
            }
        }
        lines
    }
}

/// Facts that the opening already knew, and what was learned from a linked case, are not told again.
fn is_told(happening: &Happening, entries: &[Entry]) -> bool {
    let Cause::Entry(number) = happening.cause else { return true };
    let body = entries.iter().find(|entry| entry.number == number).map(|entry| &entry.body);
    match body {
        Some(Body::Deed(deed)) => match &deed.what {
            comity_core::entry::What::Fact { .. } | comity_core::entry::What::Learned { .. } => false,
            comity_core::entry::What::Act { .. }
            | comity_core::entry::What::Document(_)
            | comity_core::entry::What::Finding { .. } => true,
        },
        Some(
            Body::Opened(_)
            | Body::Annulled { .. }
            | Body::Corrected { .. }
            | Body::Linked { .. }
            | Body::Noticed(_)
            | Body::Note(_),
        )
        | None => true,
    }
}

/// Lines of one case and one date as one line.
fn joined(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut joined: Vec<Line<'_>> = Vec::new();
    for line in lines {
        match joined.last_mut() {
            Some(last)
                if last.when == line.when && last.key == line.key && last.is_expiry == line.is_expiry =>
            {
                last.says.extend(line.says);
                last.moved.extend(line.moved);
            }
            Some(_) | None => joined.push(line),
        }
    }
    joined
}

/// What this is.
pub(super) fn head() -> Page {
    let mut page = Page::new();
    page.line(&[(
        Tone::Strong,
        "The Wellington matter, 2017 to 2020: New Zealand and the Republic of Korea",
    )]);
    let what = "A diplomat was accused and had left before New Zealand issued a warrant. Five linked cases, as they were \
                reported, carried entry by entry through the engine into a store on disk; dates as far as they are known.";
    page.wrapped(0, Tone::Faint, what);
    page
}

/// What the record proves, where it lies, and what to try on it.
pub(super) fn closing(page: &mut Page, folder: &Path, report: &Report, real: &Chapter, in_time: &Chapter) {
    let shown = folder.display().to_string();
    let head: String = report.head.to_string().chars().take(16).collect();
    page.heading("The record");
    let whole = format!(
        "Closed, opened again and verified: {} entries, chain unbroken, head {head}…. The store lies in {shown}.",
        report.last
    );
    page.wrapped(2, Tone::Plain, &whole);
    page.heading("Try");
    let program = program();
    let store = quoted(&shown);
    let (then, later) = (real.ends, in_time.ends);
    let commands = [
        format!("{program} queue --store {store}"),
        format!("{program} case show WELLINGTON-waiver --store {store}"),
        format!("{program} why HYPOTHETICAL-extradition formal-request --store {store} --now {later}"),
        format!("{program} case show HYPOTHETICAL-extradition --at 2020-10-30 --store {store}"),
        format!("{program} act WELLINGTON-extradition handed-over --store {store} --now {then}"),
        format!(
            "{program} act WELLINGTON-extradition request-sent --by requesting/minister --preview --store {store}"
        ),
    ];
    for command in commands {
        page.line(&[(Tone::Plain, "  "), (Tone::Name, &command)]);
    }
}

/// How this program was called, so that what is shown can be typed as it stands.
fn program() -> String {
    let called = std::env::args().next().unwrap_or_default();
    if called.contains('/') { quoted(&called) } else { "comity".to_owned() }
}
