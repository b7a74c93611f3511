//! The casebook: public cases replayed, and the limits that courts and ministries stated held against those that
//! are computed.
//!
//! One file for each case lies in `tests/casebook`; the case itself is a chronology of the treaty library. What is
//! computed is read off the replay and never off the file, so a procedure that comes to count otherwise is noticed.

mod page;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use comity_core::time::Count;
use comity_core::{End, View};
use comity_language::chronology::{CaseDecl, Chronology, Section};
use comity_language::library::Files;
use comity_language::{Library, Source, read_chronology};
use comity_testkit::Rehearsal;
use serde::Deserialize;

use crate::shipped::workflows;

pub use page::page;

/// A public case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PublicCase {
    /// The States and the year.
    pub title: String,
    /// What it was about; no name of a person.
    pub about: String,
    /// The published judgment, if there is one.
    pub judgment: Option<String>,
    /// The chronology, by its path in the library.
    pub chronology: String,
    /// How it ended.
    pub outcome: String,
    /// The limits, each as stated and as computed.
    #[serde(default)]
    pub limits: Vec<Limit>,
    /// What was stated of it and is not computed, each with the reason.
    #[serde(default)]
    pub not_played: Vec<String>,
}

/// A limit of a public case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limit {
    /// What had to happen by then.
    pub what: String,
    /// The section of the chronology.
    pub section: String,
    /// The case of the chronology, where it has several.
    pub case: Option<String>,
    /// The clock of the procedure.
    pub clock: String,
    /// The last day, or for hours the instant, as Comity counts it.
    pub computed: String,
    /// What a court, a ministry or the press stated.
    pub stated: Option<String>,
    /// Who stated it.
    pub stated_by: Option<String>,
    /// Why the two differ.
    pub because: Option<String>,
}

impl Limit {
    /// Whether what was stated is what is computed; nothing, if nothing was stated.
    #[must_use]
    pub fn agrees(&self) -> Option<bool> {
        self.stated.as_ref().map(|stated| *stated == self.computed)
    }

    /// What the file says of it that cannot be.
    fn contradictions(&self) -> Vec<String> {
        let (agrees, explained) = (self.agrees(), self.because.is_some());
        let found = [
            (
                self.stated.is_some() != self.stated_by.is_some(),
                "a date that was stated goes with who stated it",
            ),
            (agrees == Some(false) && !explained, "it differs from what was stated, and nothing says why"),
            (agrees == Some(true) && explained, "it is what was stated, and something says why it differs"),
        ];
        let wrong = found.into_iter().filter(|(holds, _)| *holds).map(|(_, said)| said.to_owned());
        wrong.collect()
    }
}

/// The folder of the casebook.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("casebook")
}

/// Every case of the casebook with the name of its file, in the order of the names.
///
/// # Errors
///
/// Returns what is wrong with a file.
pub fn cases() -> Result<Vec<(String, PublicCase)>, String> {
    let entries = fs::read_dir(folder()).map_err(|error| error.to_string())?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(|error| error.to_string())?;
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        let case = toml::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        Ok((name, case))
    };
    paths.into_iter().map(read).collect()
}

/// Replays a case and returns everything in which it, or its file, does not hold.
#[must_use]
pub fn replay(case: &PublicCase, library: &Library) -> Vec<String> {
    let chronology = match read(&case.chronology) {
        Ok(chronology) => chronology,
        Err(wrong) => return vec![wrong],
    };
    let report = comity_testkit::run(&chronology, library);
    let mut wrong: Vec<String> = report.diagnostics.iter().map(ToString::to_string).collect();
    let failures = report.sections.iter().flat_map(|section| &section.failures);
    wrong.extend(failures.map(|one| format!("line {}: wrote `{}`, is `{}`", one.line, one.wrote, one.found)));
    for limit in &case.limits {
        let told = |said: String| format!("{} ({}): {said}", limit.clock, limit.what);
        wrong.extend(limit.contradictions().into_iter().map(told));
        match ends(&chronology, library, limit) {
            Ok(ends) if ends.contains(&limit.computed) => {}
            Ok(ends) => {
                let ends: Vec<String> = ends.into_iter().collect();
                wrong.push(told(format!("is not {}, but {}", limit.computed, ends.join(", "))));
            }
            Err(said) => wrong.push(told(said)),
        }
    }
    wrong
}

fn read(path: &str) -> Result<Chronology, String> {
    let bytes = workflows().read(path).map_err(|error| format!("{path}: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{path}: {error}"))?;
    let (chronology, wrong) = read_chronology(&Arc::new(Source::new(path.to_owned(), text)));
    chronology.ok_or_else(|| wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// What the count of a limit rests on, as the clock of the procedure cites it.
fn basis(case: &PublicCase, limit: &Limit, library: &Library) -> Result<String, String> {
    let chronology = read(&case.chronology)?;
    let is_it = |of: &&CaseDecl| of.key.as_ref().map(|key| key.value.as_str()) == limit.case.as_deref();
    let of = chronology.cases.iter().find(is_it).ok_or("there is no such case")?;
    let procedure = library.procedure(&of.procedure.value).ok_or("there is no such procedure")?;
    let clocks = procedure.procedure.clocks();
    let clock = clocks.find(&limit.clock).and_then(|id| clocks.get(id)).ok_or("there is no such clock")?;
    Ok(clock.basis.to_string())
}

/// Every end that the limit had in the course of its section.
fn ends(chronology: &Chronology, library: &Library, limit: &Limit) -> Result<BTreeSet<String>, String> {
    let is_it = |section: &&Section| section.title.value == limit.section;
    let section = chronology.sections.iter().find(is_it).ok_or("there is no such section")?;
    let mut rehearsal = Rehearsal::new(chronology, library).map_err(|wrong| format!("{wrong:?}"))?;
    let place = match &limit.case {
        Some(key) => rehearsal.place(key).ok_or("there is no such case")?,
        None if rehearsal.cases.len() == 1 => 0,
        None => return Err("the chronology has several cases; name one".to_owned()),
    };
    let mut ends = BTreeSet::new();
    for row in &section.rows {
        rehearsal.play(row);
        if let Some(Some(view)) = rehearsal.views(row.recorded).get(place) {
            ends.extend(ends_in(view, &limit.clock)?);
        }
    }
    Ok(ends)
}

/// The ends of all runs of a clock, as a chronology writes them.
fn ends_in(view: &View, clock: &str) -> Result<Vec<String>, String> {
    let clocks = view.clocks();
    let clock = clocks.iter().find(|one| one.name.as_str() == clock).ok_or("there is no such clock")?;
    Ok(clock.cycles.iter().filter_map(|cycle| told(&cycle.end)).collect())
}

fn told(end: &End) -> Option<String> {
    match end {
        End::Counted(Count::Hours(hours)) => Some(hours.zone.local(hours.ends)),
        End::Counted(Count::Days(_)) | End::Named { .. } => end.last_day().map(|day| day.to_string()),
        End::NotNamed | End::Stopped { .. } | End::NoDayYet | End::WaitsFor(_) | End::CannotCount(_) => None,
    }
}
