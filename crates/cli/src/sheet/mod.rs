//! A case on a page of a terminal: each part of a view as rows. What they say comes from `comity-sheet`.

pub(crate) mod office;

use std::ops::Deref;

use comity_core::entry::{Body, Entry};
use comity_core::procedure::{ClockStanding, Truth};
use comity_core::time::{Moment, When};
use comity_core::{Cause, ClockView, Happening, Rejection, View, explain_run};
use comity_sheet::words::{self, by_titles, date, ending};
use serde_json::Value;

use crate::context::counted;
use crate::print::{Page, Table, Tone, cell};

/// The sheet of a case, with what a terminal shows of it.
pub(crate) struct Sheet<'v> {
    sheet: comity_sheet::Sheet<'v>,
}

impl<'v> Deref for Sheet<'v> {
    type Target = comity_sheet::Sheet<'v>;

    fn deref(&self) -> &Self::Target {
        &self.sheet
    }
}

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// What an officer needs now.
    Now,
    /// Everything.
    All,
}

impl<'v> Sheet<'v> {
    /// The sheet of a view of these entries.
    pub(crate) fn new(view: &'v View, entries: &'v [Entry]) -> Self {
        Self { sheet: comity_sheet::Sheet::new(view, entries) }
    }

    /// The whole case, for programs.
    pub(crate) fn document(&self) -> Value {
        as_value(&self.sheet.document())
    }

    /// One clock with every run, for programs.
    pub(crate) fn clock_document(&self, clock: &ClockView<'_>) -> Value {
        as_value(&self.sheet.clock(clock))
    }

    /// Where each track stands, since when and why.
    pub(crate) fn tracks(&self, page: &mut Page) {
        page.heading("Where it stands");
        let mut table = Table::new().at_most(1, 34);
        for track in self.view().tracks() {
            let end = if track.stage.outcome.is_some() { " (final)" } else { "" };
            table.row([
                cell(Tone::Plain, &track.track.title),
                cell(Tone::Strong, format!("{}{end}", track.stage.title)),
                cell(Tone::Faint, format!("{}.{}", track.name, track.stage_name)),
                cell(
                    Tone::Plain,
                    format!(
                        "since {}: {}",
                        date(track.stands.since, self.zone()),
                        self.cause(track.stands.cause)
                    ),
                ),
            ]);
        }
        page.table(2, &table);
    }

    /// The clocks that have started; with everything, the others too.
    pub(crate) fn limits(&self, page: &mut Page, detail: Detail) {
        page.heading("Limits");
        self.limits_table(page, 2, detail);
    }

    /// The same without the heading.
    pub(crate) fn limits_table(&self, page: &mut Page, indent: usize, detail: Detail) {
        let mut table = Table::new();
        for clock in self.view().clocks() {
            if clock.cycles.is_empty() && detail == Detail::Now {
                continue;
            }
            let basis = format!("{} ({})", clock.clock.title, clock.clock.basis);
            let ends = clock
                .last()
                .map(|cycle| ending(&cycle.end, &cycle.status, clock.zone, self.view().asked().at));
            // The word stands in the column before.
            let ends = ends.unwrap_or_default();
            let says = ends.strip_prefix("met ").unwrap_or(&ends);
            table.row([
                cell(Tone::Name, clock.name.as_str()),
                cell(tone_of(clock.standing), clock.standing.word()),
                cell(Tone::Plain, says).and(Tone::Faint, basis),
            ]);
        }
        if table.is_empty() {
            page.wrapped(indent, Tone::Plain, "No clock has started.");
        } else {
            page.table(indent, &table);
        }
    }

    /// How the dates of one clock were reached, run by run.
    pub(crate) fn derivation(&self, page: &mut Page, clock: &ClockView<'_>) {
        for (index, cycle) in clock.cycles.iter().enumerate() {
            let run = if clock.cycles.len() > 1 {
                format!("  (run {} of {})", index + 1, clock.cycles.len())
            } else {
                String::new()
            };
            let explained = explain_run(self.view(), clock, cycle);
            let standing = explained.standing.word();
            page.line(&[
                (Tone::Name, &explained.clock),
                (Tone::Plain, "  "),
                (Tone::Strong, &explained.title),
                (Tone::Plain, "  "),
                (
                    if run.is_empty() { tone_of(explained.standing) } else { Tone::Faint },
                    if run.is_empty() { standing } else { &run },
                ),
            ]);
            let mut table = Table::new();
            for step in &explained.steps {
                table.row([cell(Tone::Faint, step.about), cell(Tone::Plain, &step.says)]);
            }
            page.table(2, &table);
        }
    }

    /// What is owed and not yet done.
    pub(crate) fn owed(&self, page: &mut Page) {
        let owed = self.view().obligations();
        let mut table = Table::new().at_most(0, 46);
        for one in owed.iter().filter(|one| one.owed.met.is_none()) {
            table.row([
                cell(Tone::Bad, &one.obligation.title),
                cell(Tone::Plain, format!("{} ({})", one.bearer.1.title, one.obligation.basis)).and(
                    Tone::Faint,
                    format!("since {}: {}", date(one.owed.since, self.zone()), self.cause(one.owed.cause)),
                ),
            ]);
        }
        if !table.is_empty() {
            page.heading("Owed");
            page.table(2, &table);
        }
    }

    /// What is known of the case.
    pub(crate) fn facts(&self, page: &mut Page) {
        let facts = self.view().facts();
        let mut table = Table::new().at_most(1, 36).at_most(2, 20);
        for fact in &facts {
            let Some(known) = fact.known else { continue };
            let entry = match known.cause {
                Cause::Entry(number) => format!(", entry {number}"),
                Cause::Opening | Cause::Expiry(_) => String::new(),
            };
            let since = format!("since {}{entry}", date(known.since, self.zone()));
            table.row([
                cell(Tone::Name, fact.name.as_str()),
                cell(Tone::Plain, &fact.fact.title),
                cell(Tone::Strong, known.value.reveal()),
                cell(Tone::Faint, since),
            ]);
        }
        if !table.is_empty() {
            page.heading("Facts");
            page.table(2, &table);
        }
    }

    /// Documents that are needed and not complete.
    pub(crate) fn documents(&self, page: &mut Page) {
        let documents = self.view().documents();
        let mut table = Table::new().at_most(1, 44);
        for document in documents.iter().filter(|document| document.missing.is_some()) {
            let missing = document.missing.clone().unwrap_or_default();
            let unsure =
                if document.needed == Truth::Unknown { " (needed perhaps: a fact is not known)" } else { "" };
            table.row([
                cell(Tone::Name, document.name.as_str()),
                cell(Tone::Plain, &document.document.title),
                cell(Tone::Heed, format!("{missing}{unsure}"))
                    .and(Tone::Faint, document.document.basis.to_string()),
            ]);
        }
        if !table.is_empty() {
            page.heading("Documents missing");
            page.table(2, &table);
        }
    }

    /// Grounds for refusal, and what was found of each.
    pub(crate) fn grounds(&self, page: &mut Page) {
        let grounds = self.view().grounds();
        if grounds.is_empty() {
            return;
        }
        page.heading("Grounds for refusal");
        let mut table = Table::new().at_most(1, 46);
        for ground in grounds.iter().filter(|ground| ground.found.is_some()) {
            let Some(found) = ground.found else { continue };
            let (tone, word) =
                if found.applies { (Tone::Heed, "applies") } else { (Tone::Plain, "does not apply") };
            table.row([
                cell(Tone::Name, ground.name.as_str()),
                cell(Tone::Plain, &ground.ground.title),
                cell(tone, word),
                cell(
                    Tone::Plain,
                    format!(
                        "{}, {} ({})",
                        ground.ground.force,
                        date(found.when, self.zone()),
                        ground.ground.basis
                    ),
                ),
            ]);
        }
        page.table(2, &table);
        let open: Vec<&str> = grounds
            .iter()
            .filter(|ground| ground.found.is_none())
            .map(|ground| ground.name.as_str())
            .collect();
        if !open.is_empty() {
            page.wrapped(2, Tone::Plain, &format!("Not considered yet: {}.", open.join(", ")));
        }
    }

    /// What waits for another person to confirm it; nothing, if nothing does.
    pub(crate) fn awaiting(&self, page: &mut Page) {
        let awaiting = self.sheet.awaiting();
        if awaiting.is_empty() {
            return;
        }
        page.heading("Waits for another person to confirm it");
        let mut table = Table::new().at_most(1, 60);
        for one in &awaiting {
            table.row([
                cell(Tone::Name, format!("entry {}", one.entry)),
                cell(Tone::Heed, &one.says),
                cell(Tone::Faint, format!("proposed by {}", one.proposed_by)),
            ]);
        }
        page.table(2, &table);
    }

    /// What may be done now, by whom.
    pub(crate) fn open_acts(&self, page: &mut Page) {
        page.heading("Possible now");
        let acts = self.view().acts();
        let mut table = Table::new().at_most(1, 46);
        for act in acts.iter().filter(|act| act.is_open()) {
            table.row([
                cell(Tone::Name, act.name.as_str()),
                cell(Tone::Plain, &act.act.title),
                cell(Tone::Plain, format!("{} ({}){}", by_titles(act), act.basis(), persons(act))),
            ]);
        }
        if table.is_empty() {
            page.wrapped(
                2,
                Tone::Plain,
                if self.view().is_over() { "Nothing: the case is over." } else { "Nothing." },
            );
        } else {
            page.table(2, &table);
        }
    }

    /// What may not be done now, and why. Acts of another stage are only counted, unless everything is wanted.
    pub(crate) fn closed_acts(&self, page: &mut Page, detail: Detail) {
        let acts = self.view().acts();
        let of_another_stage = |act: &&comity_core::ActView<'_>| {
            act.closed_because.iter().any(|because| matches!(because, Rejection::NotOpen { .. }))
        };
        let closed = || acts.iter().filter(|act| !act.is_open());
        let shown: Vec<_> = closed().filter(|act| detail == Detail::All || !of_another_stage(act)).collect();
        let left = closed().count() - shown.len();
        if shown.is_empty() && left == 0 {
            return;
        }
        page.heading("Not possible now");
        let mut table = Table::new();
        for act in shown {
            // The first reason is the one to mend first; the others are for whoever wants everything.
            let most = if detail == Detail::All { usize::MAX } else { 1 };
            let reasons = act.closed_because.iter().take(most);
            let because = reasons
                .fold(cell(Tone::Plain, ""), |cell, because| cell.and(Tone::Plain, because.to_string()));
            let because = match act.closed_because.len().saturating_sub(most) {
                0 => because,
                more => because.and(Tone::Faint, format!("and {} (--all)", counted(more, "more reason"))),
            };
            table.row([cell(Tone::Name, act.name.as_str()), because]);
        }
        page.table(2, &table);
        if left > 0 {
            let more = format!("{} of another stage.", counted(left, "act"));
            page.wrapped(2, Tone::Faint, &more);
        }
    }

    /// What happened, by the date on which it took effect, with the date on which it was recorded.
    pub(crate) fn timeline(&self, page: &mut Page) {
        page.heading("Timeline");
        let mut table = Table::new().at_most(2, 62);
        table.row(["took effect", "recorded", "what", "so that"].map(|title| cell(Tone::Faint, title)));
        for told in self.story() {
            let (_, happening) = told;
            table.row([
                cell(Tone::Plain, date(happening.when, self.zone())),
                cell(Tone::Faint, self.recorded(happening.cause).map_or_else(String::new, |at| self.day(at))),
                cell(tone_of_happening(happening), self.what(told)),
                cell(Tone::Plain, self.moved(told).join(", ")),
            ]);
        }
        page.table(2, &table);
    }

    /// Every entry, in the order of recording.
    pub(crate) fn entries(&self, page: &mut Page) {
        page.heading("Entries");
        let mut table = Table::new();
        for entry in self.sheet.entries() {
            let zone = self.zone();
            let says = words::body(&entry.body, self.view().procedure());
            let mark = if self.is_annulled(entry) { " (annulled)" } else { "" };
            table.row([
                cell(Tone::Faint, entry.number.to_string()).right(),
                cell(Tone::Faint, date(When::At(entry.recorded_at), zone)),
                cell(Tone::Faint, entry.recorded_by.reveal()),
                cell(tone_of_entry(&entry.body), format!("{says}{mark}")),
            ]);
        }
        page.table(2, &table);
    }

    fn day(&self, moment: Moment) -> String {
        self.zone().day_at(moment).to_string()
    }
}

/// A document as a value. Its fields are texts, numbers and lists, which always are one.
pub(crate) fn as_value(document: &impl serde::Serialize) -> Value {
    serde_json::to_value(document).unwrap_or_default()
}

/// What is said of an act that takes two persons.
fn persons(act: &comity_core::ActView<'_>) -> &'static str {
    if act.act.four_eyes { "; two persons" } else { "" }
}

/// How an entry is told by colour.
fn tone_of_entry(body: &Body) -> Tone {
    match body {
        Body::Opened(_)
        | Body::Deed(_)
        | Body::Linked { .. }
        | Body::Note(_)
        | Body::Filed(_)
        | Body::Office(_)
        | Body::Confirmed { .. } => Tone::Plain,
        Body::Proposed(_)
        | Body::Annulled { .. }
        | Body::Corrected { .. }
        | Body::ErasureProposed(_)
        | Body::Warned(_)
        | Body::Migrated(_) => Tone::Heed,
        Body::Noticed(_) => Tone::Bad,
    }
}

/// How a standing is told by colour, beside its word.
fn tone_of(standing: ClockStanding) -> Tone {
    match standing {
        ClockStanding::RanOut => Tone::Bad,
        ClockStanding::Running | ClockStanding::Stopped => Tone::Heed,
        ClockStanding::Met | ClockStanding::Cured => Tone::Good,
        ClockStanding::NotStarted | ClockStanding::SwitchedOff => Tone::Faint,
    }
}

fn tone_of_happening(happening: &Happening) -> Tone {
    match happening.cause {
        Cause::Expiry(_) => Tone::Bad,
        Cause::Opening | Cause::Entry(_) => Tone::Plain,
    }
}
