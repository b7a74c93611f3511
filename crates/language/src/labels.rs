//! Files of labels: what procedures and their parts are called in another language.
//!
//! Labels are no part of what a procedure means. They never touch a running case, and a term whose wording nobody is sure of is
//! left out rather than guessed: where there is no label, the title of the procedure stands.

use std::collections::BTreeSet;

use comity_core::procedure::Procedure;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip, nearest};
use crate::file::{LabelsFile, Text};
use crate::source::Source;
use crate::{beside, shape};

/// What the procedures of a folder are called in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// The tag of the language, such as `ko`.
    pub language: String,
    /// Where the terms were read.
    pub source: String,
    rows: Vec<(Text, String)>,
}

/// Reads a file of labels. There are labels if nothing is wrong with the file.
#[must_use]
pub fn read_labels(source: &Source) -> (Option<Labels>, Vec<Diagnostic>) {
    beside::read::<LabelsFile, _>(source, shape::labels(), |file, _| build(&file))
}

fn build(file: &LabelsFile) -> Labels {
    let plain = |text: &Text| text.value.trim().to_owned();
    let rows = file.labels.0.iter().map(|(key, label)| (key.clone(), plain(label)));
    Labels { language: plain(&file.language.0), source: plain(&file.source), rows: rows.collect() }
}

impl Labels {
    /// What the title with `key` is called for the procedure `folder/name`; see [`Procedure::titled`]. A label for this one
    /// procedure goes before one for all of its folder.
    #[must_use]
    pub fn label(&self, procedure: &str, key: &str) -> Option<String> {
        let name = procedure.rsplit('/').next().unwrap_or(procedure);
        let own = format!("{name}/{key}");
        let find = |wanted: &str| self.rows.iter().find(|(known, _)| known.value == wanted);
        find(&own).or_else(|| find(key)).map(|(_, label)| label.clone())
    }

    /// The procedure under these labels.
    #[must_use]
    pub fn on(&self, procedure: &Procedure) -> Procedure {
        procedure.titled(&|key| self.label(procedure.name().as_str(), key))
    }

    /// How many titles of the procedure have a label, and how many titles there are.
    #[must_use]
    pub fn covered(&self, procedure: &Procedure) -> (usize, usize) {
        let titles = procedure.titles();
        let is_there = |key: &str| self.label(procedure.name().as_str(), key).is_some();
        (titles.iter().filter(|(key, _)| is_there(key)).count(), titles.len())
    }

    /// The labels that no procedure of the folder asks for.
    pub(crate) fn unused(&self, procedures: &[&Procedure]) -> Vec<Slip> {
        let mut known = BTreeSet::new();
        for procedure in procedures {
            let name = procedure.name().as_str();
            let name = name.rsplit('/').next().unwrap_or(name);
            for (key, _) in procedure.titles() {
                known.insert(format!("{name}/{key}"));
                known.insert(key);
            }
        }
        let unknown = self.rows.iter().filter(|(key, _)| !known.contains(&key.value));
        let slip = |(key, _): &(Text, String)| {
            let message = format!("no procedure of this folder has a title `{}`", key.value);
            let mut slip = Slip::at(Code::UnknownKey, key.span.clone(), message).remedy(
                "write `section/row`, such as `acts/arrested`, `tracks/custody/held` or `extradition/title`",
            );
            slip.suggestion = nearest(&key.value, known.iter().map(String::as_str)).map(str::to_owned);
            slip
        };
        unknown.map(slip).collect()
    }
}
