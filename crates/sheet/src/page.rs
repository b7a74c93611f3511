//! The parts of a case as rows of plain text, for a page that somebody opens in a browser or prints.

use comity_core::entry::Entry;
use comity_core::explain_run;
use comity_core::procedure::{Procedure, Truth};
use comity_core::time::When;

use crate::sheet::{Sheet, Told};
use crate::words::{self, date, ending, provisions};

/// A row of a table.
pub type Row = Vec<String>;

/// How one run of a limit was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// What the limit is for, and how it stands.
    pub title: String,
    /// Each step: what it is about, and what it says.
    pub steps: Vec<(String, String)>,
    /// The provisions on which it rests.
    pub provisions: Vec<String>,
}

impl Sheet<'_> {
    /// Each track: its title, where it stands, since when and why.
    #[must_use]
    pub fn track_rows(&self) -> Vec<Row> {
        let row = |track: comity_core::TrackView<'_>| {
            let end = if track.stage.outcome.is_some() { " (final)" } else { "" };
            vec![
                track.track.title.clone(),
                format!("{}{end}", track.stage.title),
                date(track.stands.since, self.zone()),
                self.cause(track.stands.cause),
            ]
        };
        self.view().tracks().into_iter().map(row).collect()
    }

    /// Each limit that has started: what it is for, how it stands, when it ends, its provision.
    #[must_use]
    pub fn limit_rows(&self) -> Vec<Row> {
        let started = self.view().clocks().into_iter().filter_map(|clock| {
            let cycle = clock.last()?;
            let ends = ending(&cycle.end, &cycle.status, clock.zone, self.view().asked().at);
            let standing = clock.standing.word().to_owned();
            Some(vec![clock.clock.title.clone(), standing, ends, clock.clock.basis.to_string()])
        });
        started.collect()
    }

    /// Each document that is or was needed: its title, what is missing, its provision.
    #[must_use]
    pub fn document_rows(&self) -> Vec<Row> {
        let needed = self.view().documents().into_iter().filter(|document| document.needed != Truth::False);
        let row = |document: comity_core::DocumentView<'_>| {
            let missing = document.missing.clone().unwrap_or_else(|| "complete".to_owned());
            vec![document.document.title.clone(), missing, document.document.basis.to_string()]
        };
        needed.map(row).collect()
    }

    /// What is owed and not done: what, by whom, since when, its provision.
    #[must_use]
    pub fn owed_rows(&self) -> Vec<Row> {
        let owed = self.view().obligations().into_iter().filter(|one| one.owed.met.is_none());
        let row = |one: comity_core::ObligationView<'_>| {
            vec![
                one.obligation.title.clone(),
                one.bearer.1.title.clone(),
                date(one.owed.since, self.zone()),
                one.obligation.basis.to_string(),
            ]
        };
        owed.map(row).collect()
    }

    /// What happened: when it took effect, when it was recorded, what, and so that.
    #[must_use]
    pub fn timeline_rows(&self) -> Vec<Row> {
        let row = |told: Told<'_>| {
            let (_, happening) = told;
            let recorded = self.recorded(happening.cause);
            vec![
                date(happening.when, self.zone()),
                recorded.map_or_else(
                    || "not recorded: time passed".to_owned(),
                    |at| date(When::At(at), self.zone()),
                ),
                self.what(told),
                self.moved(told).join(", "),
            ]
        };
        self.story().into_iter().map(row).collect()
    }

    /// An entry in the words of `procedure`: its number, when it was recorded, by whom, what it says.
    #[must_use]
    pub fn entry_row(&self, entry: &Entry, procedure: &Procedure) -> Row {
        let says = words::body(&entry.body, procedure);
        let mark = if self.is_annulled(entry) { " (annulled)" } else { "" };
        vec![
            entry.number.to_string(),
            date(When::At(entry.recorded_at), &procedure.home().zone),
            entry.recorded_by.reveal().to_owned(),
            format!("{says}{mark}"),
        ]
    }

    /// How each limit that ever ran was counted, run by run.
    #[must_use]
    pub fn derivations(&self) -> Vec<Derived> {
        let mut all = Vec::new();
        for clock in self.view().clocks() {
            for (index, cycle) in clock.cycles.iter().enumerate() {
                let explained = explain_run(self.view(), &clock, cycle);
                let run = match clock.cycles.len() {
                    1 => String::new(),
                    runs => format!(", run {} of {runs}", index + 1),
                };
                all.push(Derived {
                    title: format!("{}{run}: {}", explained.title, explained.standing.word()),
                    steps: explained
                        .steps
                        .into_iter()
                        .map(|step| (step.about.to_owned(), step.says))
                        .collect(),
                    provisions: provisions(&clock.clock.basis, self.view().procedure()),
                });
            }
        }
        all
    }
}
