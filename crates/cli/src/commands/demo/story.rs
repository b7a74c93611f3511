//! The demo as a story: what happened, where it stands, what could be done, and what the record proves.

use std::path::Path;

use comity_core::time::{Count, Moment, When, Zone};
use comity_core::{ActView, Asked, ClockView, Cycle, CycleStatus, End, Rejection, TrackView, View};
use comity_runner::{CaseFile, Engine};
use comity_store::Report;
use serde_json::{Value, json};

use super::carry::{Carried, reference};
use super::lines::{Line, findings_joined, joined};
use crate::context::{counted, quoted};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};
use crate::sheet::Sheet;
use comity_sheet::words::date;

/// How many acts of each case are named as open.
const OPEN_NAMED: usize = 2;

/// One matter, as it was read from the store.
pub(super) struct Chapter {
    matter: &'static str,
    cases: Vec<Case>,
    refused: Vec<(String, Rejection)>,
    ends: Moment,
}

/// One case of the matter.
pub(super) struct Case {
    pub(super) key: String,
    pub(super) file: CaseFile,
    pub(super) view: View,
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
        page.heading("What is cited");
        self.sources(page);
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
        let mut lines: Vec<Line<'_>> = Vec::new();
        for case in self.cases.iter().filter(|case| only.is_empty() || only.contains(&case.key.as_str())) {
            let zone = &case.file.procedure.home().zone;
            lines.extend(case.lines(zone).into_iter().filter(|line| line.at >= from));
        }
        let mut lines = findings_joined(lines);
        lines.sort_by_key(|line| (line.at, line.recorded));
        let has_one = only.len() == 1;
        let mut table = Table::new().at_most(if has_one { 1 } else { 2 }, if has_one { 60 } else { 52 });
        for line in joined(lines) {
            let tone = if line.is_expiry { Tone::Bad } else { Tone::Plain };
            let mut cells = vec![cell(Tone::Plain, &line.when)];
            if !has_one {
                cells.push(cell(Tone::Name, line.key));
            }
            cells.extend([cell(tone, line.says.join("; ")), cell(Tone::Good, line.moved.join(", "))]);
            table.row(cells);
        }
        page.table(2, &table);
    }

    fn stages(&self, page: &mut Page) {
        let mut table = Table::new();
        for case in &self.cases {
            let tracks = case.view.tracks();
            let (began, moved): (Vec<&TrackView<'_>>, Vec<&TrackView<'_>>) =
                tracks.iter().partition(|track| track.stands.stage == track.track.starts);
            let stages: Vec<String> = moved
                .iter()
                .map(|track| format!("{}: {}", track.track.title, within(&track.stage.title)))
                .collect();
            let rest = match (moved.len(), began.len()) {
                (0, _) => "where it began: nothing was done in it".to_owned(),
                (_, 0) => String::new(),
                (_, left) => format!(" · {} where it began", counted(left, "more track")),
            };
            table.row([cell(Tone::Name, &case.key), cell(Tone::Plain, stages.join(" · ") + &rest)]);
        }
        page.table(2, &table);
    }

    /// The title of each instrument by the name under which a case cites it: `act` is another Act in each.
    fn sources(&self, page: &mut Page) {
        let mut table = Table::new();
        for case in &self.cases {
            let sources = case.file.procedure.sources().iter();
            let titles: Vec<String> =
                sources.map(|(_, name, source)| format!("{name} = {}", source.title)).collect();
            table.row([cell(Tone::Name, &case.key), cell(Tone::Plain, titles.join(" · "))]);
        }
        page.table(2, &table);
    }

    fn limits(&self, page: &mut Page) {
        let (mut idle, mut table) = (Vec::new(), Table::new());
        for case in &self.cases {
            let clocks = case.view.clocks();
            for clock in &clocks {
                for cycle in clock.cycles {
                    limit(&mut table, clock, cycle, &case.file.procedure.home().zone);
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
        page.table(2, &table);
        if !idle.is_empty() {
            page.wrapped(2, Tone::Faint, &format!("Never started: {}.", idle.join("; ")));
        }
    }

    fn open_acts(&self, page: &mut Page) {
        let mut table = Table::new().at_most(1, 50);
        for case in &self.cases {
            let acts = case.view.acts();
            let open: Vec<_> = acts.iter().filter(|act| act.is_open()).collect();
            for (index, act) in open.iter().take(OPEN_NAMED).enumerate() {
                let by: Vec<&str> = act.by.iter().map(|(_, authority)| authority.title.as_str()).collect();
                table.row([
                    cell(Tone::Name, if index == 0 { case.key.as_str() } else { "" }),
                    cell(Tone::Plain, &act.act.title),
                    cell(Tone::Faint, format!("{} ({})", by.join(" or "), act.basis())),
                ]);
            }
            and_more(&mut table, open.len().saturating_sub(OPEN_NAMED));
        }
        page.table(2, &table);
    }

    fn closed_acts(&self, page: &mut Page) {
        let mut table = Table::new();
        for case in &self.cases {
            let acts = case.view.acts();
            // What everybody asks first is why the case cannot be brought to its outcome.
            let closed = || acts.iter().filter(|act| !act.is_open());
            let decisive =
                closed().filter(|act| is_decisive(act, &case.view)).max_by_key(|act| act.act.moves.len());
            let first = decisive.or_else(|| closed().next());
            let because = first.and_then(|act| act.closed_because.first()).map(ToString::to_string);
            let left = closed().count().saturating_sub(1);
            let more = if left > 0 { format!("; and {}", counted(left, "more act")) } else { String::new() };
            table.row([cell(Tone::Name, &case.key), cell(Tone::Plain, because.unwrap_or_default() + &more)]);
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

/// One run of a limit: how it was counted, how it ended, and its provision. Times are told in the zone of the case, as
/// in the story above; where other days count, that is said.
fn limit(table: &mut Table, clock: &ClockView<'_>, cycle: &Cycle, zone: &Zone) {
    let from = date(cycle.started, zone);
    let elsewhere = if clock.zone.name() == zone.name() {
        String::new()
    } else {
        format!("; by the days of {}", clock.zone.place())
    };
    let counted = match &cycle.end {
        End::Counted(Count::Days(days)) => {
            // The day on which it started is its first, or the next one is.
            let first = if days.day_one == days.event_day {
                "the first day counts"
            } else {
                "the first day does not count"
            };
            format!(
                "{} from {from}; {first}, so day 1 is {}; last day {}",
                days.length,
                days.day_one.in_words(),
                days.last_day.in_words()
            )
        }
        End::Counted(count) => format!("{} from {from}", count.length()),
        End::Named { last_day, .. } => {
            format!("from {from}; {} was named as the last day", last_day.in_words())
        }
        End::NotNamed | End::CannotCount(_) | End::Stopped { .. } | End::NoDayYet | End::WaitsFor(_) => {
            format!("from {from}; no last day")
        }
    };
    let (tone, ended) = match &cycle.status {
        CycleStatus::Running => (Tone::Heed, "running".to_owned()),
        CycleStatus::Met { when, .. } => (Tone::Good, format!("met {}", date(*when, zone))),
        CycleStatus::RanOut { at, .. } => (Tone::Bad, format!("ran out {}", date(When::At(*at), zone))),
        CycleStatus::Cured { when, .. } => (Tone::Good, format!("put right {}", date(*when, zone))),
        CycleStatus::SwitchedOff { when, .. } => (Tone::Faint, format!("off {}", date(*when, zone))),
        CycleStatus::Replaced { when, .. } => (Tone::Faint, format!("begun anew {}", date(*when, zone))),
    };
    table.row([
        cell(Tone::Name, clock.name.as_str()).and(tone, ended),
        cell(Tone::Plain, counted + &elsewhere).and(Tone::Faint, clock.clock.basis.to_string()),
    ]);
}

/// Whether an act brings a track to an outcome.
fn is_decisive(act: &ActView<'_>, view: &View) -> bool {
    let tracks = view.procedure().tracks();
    act.act.moves.iter().any(|moves| {
        let stages = tracks.get(moves.track).map(|track| &track.stages);
        moves
            .moves
            .iter()
            .any(|one| stages.and_then(|stages| stages.get(one.to)).is_some_and(|to| to.outcome.is_some()))
    })
}

fn and_more(table: &mut Table, left: usize) {
    if left > 0 {
        table.row([cell(Tone::Name, ""), cell(Tone::Faint, format!("and {}", counted(left, "more act")))]);
    }
}

/// A title within a sentence: only its first letter changes, since names keep theirs.
pub(super) fn within(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default() + letters.as_str()
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
pub(super) fn closing(page: &mut Page, folder: &Path, report: &Report) {
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
    let commands = [
        format!("{program} queue --store {store}"),
        format!("{program} case show WELLINGTON-waiver --store {store}"),
        format!("{program} why HYPOTHETICAL-extradition formal-request --store {store}"),
        format!("{program} case show HYPOTHETICAL-extradition --at 2020-10-30 --store {store}"),
        format!("{program} act WELLINGTON-extradition handed-over --store {store}"),
        format!("{program} act WELLINGTON-extradition provisional-arrest-asked --preview --store {store}"),
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
