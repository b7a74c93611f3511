//! `comity test --changes`: which small changes to a procedure its chronologies would not notice.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use comity_language::{Equivalent, Loaded};
use comity_testkit::changes::{Change, NotReady, Suggestions, Trial, Tried, Verdict};
use serde_json::{Value, json};

use crate::context::counted;
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// What came of the changes to one procedure.
pub(super) struct Changed<'l> {
    loaded: &'l Loaded,
    pub(super) tried: Vec<Tried>,
    sections: usize,
    /// The files below whose changes are tried with another procedure.
    elsewhere: Vec<(String, String)>,
    /// The rows of its file of equivalent changes that are wrong or old, each with what came of the change.
    stale: Vec<(Equivalent, String)>,
    suggested: Option<Written>,
}

/// What was searched for and written.
struct Written {
    suggestions: Suggestions,
    files: Vec<PathBuf>,
}

/// How many changes came to what.
#[derive(Default)]
struct Sums {
    refused: usize,
    noticed: usize,
    same: usize,
    argued: usize,
    not_noticed: usize,
}

/// Tries the changes to a procedure, and writes the tables that would notice what none notices, if that is wanted.
///
/// # Errors
///
/// Returns [`Failure`] if a chronology fails as things are, for it would seem to notice everything, or if what is to be
/// written cannot be.
pub(super) fn tried<'l>(
    trial: Result<Trial<'l>, NotReady>,
    loaded: &'l Loaded,
    writes: bool,
) -> Result<Changed<'l>, Failure> {
    let trial = trial.map_err(|not_ready| {
        let next = match not_ready {
            NotReady::NoChronology { .. } => "write one, or name it among the paths",
            NotReady::Fails { .. } => "comity test; mend what fails, then try the changes",
        };
        Failure::usage(not_ready.to_string(), next)
    })?;
    // Told before the search, which takes a while.
    let place = if writes { Some(free_place(loaded)?) } else { None };
    let tried = trial.run_telling(&|done, of| progress(&loaded.name, done, of));
    let suggested = match place {
        None => None,
        Some(place) => {
            let suggestions = trial.suggest(&tried);
            let files = write(&suggestions, &place)?;
            Some(Written { suggestions, files })
        }
    };
    let elsewhere = trial.elsewhere().map(|(file, other)| (file.to_owned(), other.to_owned())).collect();
    let stale =
        trial.stale(&tried).into_iter().map(|one| (one.row.clone(), told(one.verdict.as_ref()))).collect();
    Ok(Changed { loaded, tried, sections: trial.sections(), elsewhere, stale, suggested })
}

/// Says how far the search is, to whoever watches it: a hundred times at most, and to no file.
fn progress(procedure: &str, done: usize, of: usize) {
    let step = (of / 100).max(1);
    let mut watched = std::io::stderr();
    if !watched.is_terminal() || (!done.is_multiple_of(step) && done != of) {
        return;
    }
    let end = if done == of { "\r\u{1b}[K" } else { "" };
    // Whether somebody saw it decides nothing.
    let _ = write!(watched, "\r{procedure}: {done} of {of} changes tried{end}");
    let _ = watched.flush();
}

/// Why a row that argues for a change is wrong or old.
fn told(verdict: Option<&Verdict>) -> String {
    match verdict {
        Some(Verdict::Noticed { path, line, title }) => {
            format!("a table notices it, so the argument is wrong: `{title}` ({path}:{line})")
        }
        Some(Verdict::Refused { says } | Verdict::Refuted { says }) => {
            format!("the check refuses it, so that it needs no argument: {says}")
        }
        Some(Verdict::Same { because }) => format!("it is certain without an argument: {because}"),
        Some(Verdict::Argued { .. }) => "the row stands twice".to_owned(),
        Some(Verdict::NotNoticed) | None => {
            "no such change is tried here; write it as this command tells it".to_owned()
        }
    }
}

/// Where suggestions for a procedure are written: beside it, and over nothing that is there.
fn free_place(loaded: &Loaded) -> Result<PathBuf, Failure> {
    let procedure = loaded.texts.first().map(|text| PathBuf::from(text.source.path()));
    let Some(procedure) = procedure.filter(|path| path.is_file()) else {
        let what = format!("`{}` is built in, so that nothing can be written beside it", loaded.name);
        return Err(Failure::usage(
            what,
            "name a library of your own with --workflows, or leave --write out",
        ));
    };
    let place = procedure.with_extension("suggested.chronology.md");
    if place.exists() {
        let what = format!("`{}` is there already", place.display());
        let next = "keep what is right in it under another name, delete it, and try again";
        return Err(Failure::usage(what, next));
    }
    Ok(place)
}

/// One file for each head; all but the first have a number in their name.
fn write(suggestions: &Suggestions, place: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for (at, one) in suggestions.chronologies.iter().enumerate() {
        let name = place.to_string_lossy();
        let numbered =
            name.replace(".suggested.chronology.md", &format!(".suggested-{}.chronology.md", at + 1));
        let path = if at == 0 { place.to_owned() } else { PathBuf::from(numbered) };
        let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
        let written = written.and_then(|mut file| file.write_all(one.text.as_bytes()));
        written.map_err(|source| Failure::File { path: path.clone(), source })?;
        files.push(path);
    }
    Ok(files)
}

impl Changed<'_> {
    fn sums(&self) -> Sums {
        self.tried.iter().fold(Sums::default(), |mut sums, tried| {
            match tried.verdict {
                Verdict::Refused { .. } | Verdict::Refuted { .. } => sums.refused += 1,
                Verdict::Noticed { .. } => sums.noticed += 1,
                Verdict::Same { .. } => sums.same += 1,
                Verdict::Argued { .. } => sums.argued += 1,
                Verdict::NotNoticed => sums.not_noticed += 1,
            }
            sums
        })
    }

    /// Whether each was noticed or changes nothing, and no argument is wrong or old.
    pub(super) fn is_all_noticed(&self) -> bool {
        self.sums().not_noticed == 0 && self.stale.is_empty()
    }

    /// `file:line:column` of a change.
    fn place(&self, change: &Change) -> (String, usize, usize) {
        self.loaded.place(change.at).map_or_else(
            || (self.loaded.path.clone(), 1, 1),
            |(file, place)| (file.to_owned(), place.line, place.column),
        )
    }

    /// What was tried, and what nobody noticed, rule by rule.
    pub(super) fn page(&self) -> Page {
        let (mut page, sums) = (Page::new(), self.sums());
        page.heading(&format!(
            "{}: {} tried on {}",
            self.loaded.name,
            counted(self.tried.len(), "small change"),
            counted(self.sections, "table")
        ));
        let mut table = Table::new();
        let rows = [
            (Tone::Good, "noticed", sums.noticed, "a table fails"),
            (
                Tone::Good,
                "refused",
                sums.refused,
                "the check of procedures refuses it, or a proof no longer holds",
            ),
            (
                Tone::Faint,
                "the same",
                sums.same,
                "it changes nothing that a case can show, and that is certain",
            ),
            (Tone::Faint, "argued", sums.argued, "no case can show it, as the file of equivalents argues"),
            (Tone::Heed, "not noticed", sums.not_noticed, "every table holds all the same"),
        ];
        for (tone, word, number, meaning) in rows {
            let number = cell(Tone::Plain, number.to_string()).right();
            table.row([cell(tone, word), number, cell(Tone::Faint, meaning)]);
        }
        page.table(2, &table);
        for (file, other) in &self.elsewhere {
            page.wrapped(
                2,
                Tone::Faint,
                &format!("What stands in {file} is tried with {other}, which has more tables."),
            );
        }
        page.append(&self.list("not noticed", |verdict| match verdict {
            Verdict::NotNoticed => Some(None),
            Verdict::Refused { .. }
            | Verdict::Refuted { .. }
            | Verdict::Noticed { .. }
            | Verdict::Argued { .. }
            | Verdict::Same { .. } => None,
        }));
        page.append(&self.suggestions_page());
        page.append(&self.list("refused by a proof, and by no table", |verdict| match verdict {
            Verdict::Refuted { says } => Some(Some(says)),
            Verdict::Refused { .. }
            | Verdict::Noticed { .. }
            | Verdict::Same { .. }
            | Verdict::Argued { .. }
            | Verdict::NotNoticed => None,
        }));
        page.append(&self.list("the same", |verdict| match verdict {
            Verdict::Same { because } => Some(Some(*because)),
            Verdict::Refused { .. }
            | Verdict::Refuted { .. }
            | Verdict::Noticed { .. }
            | Verdict::Argued { .. }
            | Verdict::NotNoticed => None,
        }));
        page.append(&self.list("argued", |verdict| match verdict {
            Verdict::Argued { by } => Some(Some(by.because.as_str())),
            Verdict::Refused { .. }
            | Verdict::Refuted { .. }
            | Verdict::Noticed { .. }
            | Verdict::Same { .. }
            | Verdict::NotNoticed => None,
        }));
        page.append(&self.stale_page());
        page
    }

    fn stale_page(&self) -> Page {
        let mut page = Page::new();
        if !self.stale.is_empty() {
            page.blank();
        }
        for (row, why) in &self.stale {
            let place = format!("{}:{}:{}", row.file, row.place.line, row.place.column);
            let text = format!("{place}: `{}: {}` – {why}", row.rule, row.change);
            page.labelled((Tone::Heed, "argued in vain"), 2, &text);
        }
        page
    }

    fn suggestions_page(&self) -> Page {
        let mut page = Page::new();
        let sums = self.sums();
        page.blank();
        match &self.suggested {
            None if sums.not_noticed > 0 => {
                let text = "`--write` searches for tables that would notice them, and writes these beside the procedure";
                page.wrapped(2, Tone::Faint, text);
            }
            None => {}
            Some(Written { suggestions, files }) => {
                for (one, file) in suggestions.chronologies.iter().zip(files) {
                    let text = format!(
                        "{}: its tables notice {} of the {} changes; check each cell against the treaty before you keep it",
                        file.display(),
                        one.notices.len(),
                        sums.not_noticed
                    );
                    page.labelled((Tone::Good, "written"), 2, &text);
                }
                for at in &suggestions.not_found {
                    let Some(tried) = self.tried.get(*at) else { continue };
                    let text = format!(
                        "no table found among {} positions that notices {}",
                        suggestions.positions, tried.change
                    );
                    page.labelled((Tone::Heed, "look"), 2, &text);
                }
            }
        }
        page
    }

    fn list<'s>(&'s self, word: &str, wanted: impl Fn(&'s Verdict) -> Option<Option<&'s str>>) -> Page {
        let mut page = Page::new();
        let chosen: Vec<_> =
            self.tried.iter().filter_map(|tried| Some((&tried.change, wanted(&tried.verdict)?))).collect();
        if chosen.is_empty() {
            return page;
        }
        page.blank();
        page.line(&[(Tone::Strong, &format!("  {word}"))]);
        let mut table = Table::new().at_most(0, 60);
        for (change, because) in chosen {
            let (file, line, _) = self.place(change);
            let place = format!("{}:{line}", file.rsplit('/').next().unwrap_or(&file));
            let because = because.map(|because| format!(" – {because}")).unwrap_or_default();
            let says = format!("{change} ({}){because}", change.cites.join("; "));
            table.row([cell(Tone::Faint, place), cell(Tone::Plain, says)]);
        }
        page.table(2, &table);
        page
    }

    /// The same for programs.
    pub(super) fn document(&self) -> Value {
        let sums = self.sums();
        let tried = |one: &Tried| {
            let (file, line, column) = self.place(&one.change);
            let (verdict, more) = match &one.verdict {
                Verdict::Refused { says } => ("refused", json!({ "says": says, "by": "the check" })),
                Verdict::Refuted { says } => ("refused", json!({ "says": says, "by": "a proof" })),
                Verdict::Noticed { path, line, title } => {
                    ("noticed", json!({ "by": { "file": path, "line": line, "title": title } }))
                }
                Verdict::Same { because } => ("the same", json!({ "because": because })),
                Verdict::Argued { by } => (
                    "argued",
                    json!({ "because": by.because, "by": { "file": by.file, "line": by.place.line } }),
                ),
                Verdict::NotNoticed => ("not noticed", json!({})),
            };
            let change = json!({
                "rule": one.change.rule,
                "change": one.change.what,
                "file": file,
                "line": line,
                "column": column,
                "cites": one.change.cites,
                "verdict": verdict,
            });
            crate::answer::joined(change, more)
        };
        let written = self.suggested.as_ref().map(|Written { suggestions, files }| {
            let files = files.iter().zip(&suggestions.chronologies);
            let told = |at: &usize| self.tried.get(*at).map(|tried| tried.change.to_string());
            json!({
                "positions": suggestions.positions,
                "files": files.map(|(file, one)| json!({
                    "file": file.display().to_string(),
                    "notices": one.notices.iter().filter_map(told).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
                "not_found": suggestions.not_found.iter().filter_map(told).collect::<Vec<_>>(),
            })
        });
        let stale = |(row, why): &(Equivalent, String)| {
            json!({
                "rule": row.rule,
                "change": row.change,
                "file": row.file,
                "line": row.place.line,
                "column": row.place.column,
                "says": why,
            })
        };
        json!({
            "procedure": self.loaded.name,
            "suggested": written,
            "tables": self.sections,
            "tried": self.tried.len(),
            "noticed": sums.noticed,
            "refused": sums.refused,
            "the_same": sums.same,
            "argued": sums.argued,
            "argued_in_vain": self.stale.iter().map(stale).collect::<Vec<_>>(),
            "not_noticed": sums.not_noticed,
            "changes": self.tried.iter().map(tried).collect::<Vec<_>>(),
        })
    }
}
