//! What happened in a case, line by line, and lines that belong together as one.

use std::collections::BTreeMap;

use comity_core::entry::{Body, Deed, Entry, What};
use comity_core::time::{Moment, Zone};
use comity_core::{Cause, Happening};

use super::story::{Case, within};
use crate::context::counted;
use crate::sheet::Sheet;
use comity_sheet::words::date;

/// One line of the story.
pub(super) struct Line<'c> {
    pub(super) at: Moment,
    pub(super) recorded: Moment,
    pub(super) when: String,
    pub(super) key: &'c str,
    pub(super) says: Vec<String>,
    pub(super) moved: Vec<String>,
    pub(super) is_expiry: bool,
    /// What was found of a ground: its title, and whether it applies.
    pub(super) finding: Option<(String, bool)>,
}

impl Case {
    /// What was found of a ground, if that is what happened.
    fn finding(&self, happening: &Happening) -> Option<(String, bool)> {
        let Cause::Entry(number) = happening.cause else { return None };
        let entry = self.file.entries.iter().find(|entry| entry.number == number)?;
        let Body::Deed(Deed { what: What::Finding { ground, applies, .. }, .. }) = &entry.body else {
            return None;
        };
        let grounds = self.file.procedure.grounds();
        let title =
            grounds.find(ground.as_str()).and_then(|id| grounds.get(id)).map(|ground| ground.title.clone());
        Some((title.unwrap_or_default(), *applies))
    }

    /// What happened in the case, with its notes.
    pub(super) fn lines(&self, zone: &Zone) -> Vec<Line<'_>> {
        let sheet = Sheet::new(&self.view, &self.file.entries);
        let numbers: BTreeMap<_, _> =
            self.file.entries.iter().map(|entry| (entry.number, entry.recorded_at)).collect();
        let mut lines: Vec<Line<'_>> = sheet
            .story()
            .into_iter()
            .filter(|(_, happening)| is_told(happening, &self.file.entries))
            .map(|told| {
                let (_, happening) = told;
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
                    says: vec![match happening.cause {
                        Cause::Opening => format!("Case opened: {}", within(self.file.procedure.title())),
                        Cause::Entry(_) | Cause::Expiry(_) => sheet.what(told),
                    }],
                    moved: sheet.moved(told),
                    is_expiry: matches!(happening.cause, Cause::Expiry(_)),
                    finding: self.finding(happening),
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

/// Findings of one case on one day as one line: a court goes through all grounds at a time.
pub(super) fn findings_joined(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut joined: Vec<(Line<'_>, Vec<(String, bool)>)> = Vec::new();
    for mut line in lines {
        let finding = line.finding.take();
        let day = |when: &str| when.get(..10).map(str::to_owned);
        match (joined.last_mut(), finding) {
            (Some((last, found)), Some(finding))
                if !found.is_empty() && last.key == line.key && day(&last.when) == day(&line.when) =>
            {
                found.push(finding);
            }
            (_, finding) => joined.push((line, finding.into_iter().collect())),
        }
    }
    let told = joined.into_iter().map(|(line, found)| {
        let applying: Vec<&str> =
            found.iter().filter(|(_, applies)| *applies).map(|(title, _)| title.as_str()).collect();
        let says = match (found.len(), applying.as_slice()) {
            (0, _) => line.says.clone(),
            (all, []) => vec![format!("{} considered, none applies", counted(all, "ground"))],
            (all, applying) => {
                vec![format!(
                    "{} for refusal considered; found to apply: {}",
                    counted(all, "ground"),
                    applying.join(", ")
                )]
            }
        };
        Line { says, ..line }
    });
    told.collect()
}

/// Facts that the opening already knew, and what was learned from a linked case, are not told again.
fn is_told(happening: &Happening, entries: &[Entry]) -> bool {
    let Cause::Entry(number) = happening.cause else { return true };
    let body = entries.iter().find(|entry| entry.number == number).map(|entry| &entry.body);
    let Some(Body::Deed(deed)) = body else { return true };
    match &deed.what {
        What::Fact { .. } | What::Learned { .. } => false,
        What::Act { .. } | What::Document(_) | What::Finding { .. } => true,
    }
}

/// Lines of one case and one date as one line.
pub(super) fn joined(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut joined: Vec<Line<'_>> = Vec::new();
    for line in lines {
        match joined.last_mut() {
            Some(last)
                if last.when == line.when && last.key == line.key && last.is_expiry == line.is_expiry =>
            {
                last.says.extend(line.says);
                // Of a track that moved twice on one date, only where it came to stand is told.
                let track = |moved: &str| moved.split(':').next().unwrap_or_default().to_owned();
                last.moved.retain(|before| !line.moved.iter().any(|after| track(after) == track(before)));
                last.moved.extend(line.moved);
            }
            Some(_) | None => joined.push(line),
        }
    }
    joined
}
