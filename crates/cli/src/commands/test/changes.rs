//! `comity test --changes`: which small changes to a procedure its chronologies would not notice.

use comity_language::Loaded;
use comity_testkit::changes::{Change, NotReady, Trial, Tried, Verdict};
use serde_json::{Value, json};

use crate::context::counted;
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// What came of the changes to one procedure.
pub(super) struct Changed<'l> {
    loaded: &'l Loaded,
    pub(super) tried: Vec<Tried>,
    sections: usize,
}

/// How many changes came to what.
#[derive(Default)]
struct Sums {
    refused: usize,
    noticed: usize,
    same: usize,
    not_noticed: usize,
}

/// Tries the changes to a procedure.
///
/// # Errors
///
/// Returns [`Failure`] if a chronology fails as things are: it would seem to notice everything.
pub(super) fn tried<'l>(
    trial: Result<Trial<'l>, NotReady>,
    loaded: &'l Loaded,
) -> Result<Changed<'l>, Failure> {
    let trial = trial.map_err(|not_ready| {
        let next = match not_ready {
            NotReady::NoChronology { .. } => "write one, or name it among the paths",
            NotReady::Fails { .. } => "comity test; mend what fails, then try the changes",
        };
        Failure::usage(not_ready.to_string(), next)
    })?;
    Ok(Changed { loaded, tried: trial.run(), sections: trial.sections() })
}

impl Changed<'_> {
    fn sums(&self) -> Sums {
        self.tried.iter().fold(Sums::default(), |mut sums, tried| {
            match tried.verdict {
                Verdict::Refused { .. } => sums.refused += 1,
                Verdict::Noticed { .. } => sums.noticed += 1,
                Verdict::Same { .. } => sums.same += 1,
                Verdict::NotNoticed => sums.not_noticed += 1,
            }
            sums
        })
    }

    /// Whether each was noticed or changes nothing.
    pub(super) fn is_all_noticed(&self) -> bool {
        self.sums().not_noticed == 0
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
            (Tone::Good, "refused", sums.refused, "the check of procedures refuses it"),
            (
                Tone::Faint,
                "the same",
                sums.same,
                "it changes nothing that a case can show, and that is certain",
            ),
            (Tone::Heed, "not noticed", sums.not_noticed, "every table holds all the same"),
        ];
        for (tone, word, number, meaning) in rows {
            let number = cell(Tone::Plain, number.to_string()).right();
            table.row([cell(tone, word), number, cell(Tone::Faint, meaning)]);
        }
        page.table(2, &table);
        page.append(&self.list("not noticed", |verdict| match verdict {
            Verdict::NotNoticed => Some(None),
            Verdict::Refused { .. } | Verdict::Noticed { .. } | Verdict::Same { .. } => None,
        }));
        page.append(&self.list("the same", |verdict| match verdict {
            Verdict::Same { because } => Some(Some(*because)),
            Verdict::Refused { .. } | Verdict::Noticed { .. } | Verdict::NotNoticed => None,
        }));
        page
    }

    fn list<'s>(&'s self, word: &str, wanted: impl Fn(&'s Verdict) -> Option<Option<&'static str>>) -> Page {
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
                Verdict::Refused { says } => ("refused", json!({ "says": says })),
                Verdict::Noticed { path, line, title } => {
                    ("noticed", json!({ "by": { "file": path, "line": line, "title": title } }))
                }
                Verdict::Same { because } => ("the same", json!({ "because": because })),
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
        json!({
            "procedure": self.loaded.name,
            "tables": self.sections,
            "tried": self.tried.len(),
            "noticed": sums.noticed,
            "refused": sums.refused,
            "the_same": sums.same,
            "not_noticed": sums.not_noticed,
            "changes": self.tried.iter().map(tried).collect::<Vec<_>>(),
        })
    }
}
