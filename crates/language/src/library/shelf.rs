//! Files that several procedures share, each read once and each complained about once.

use std::collections::HashMap;
use std::sync::Arc;

use comity_core::time::{Calendar, RuleSet};

use super::files::{FileError, Files};
use crate::articles::{Articles, read_articles};
use crate::calendar::read_calendar;
use crate::code::Code;
use crate::counting::read_counting;
use crate::diagnostic::Diagnostic;
use crate::equivalents::{Equivalents, read_equivalents};
use crate::labels::{Labels, read_labels};
use crate::notes::{Notes, read_notes};
use crate::source::Source;

/// What became of a file.
#[derive(Clone, Debug)]
pub(super) enum Taken<T> {
    Read(Arc<Source>, T),
    Missing,
    /// It is there and no good; that was said already.
    Bad,
}

/// The files read so far.
pub(super) struct Shelf<'f> {
    pub(super) files: &'f dyn Files,
    pub(super) diagnostics: Vec<Diagnostic>,
    articles: HashMap<String, Taken<Articles>>,
    notes: HashMap<String, Taken<Notes>>,
    calendars: HashMap<String, Taken<Calendar>>,
    rule_sets: HashMap<String, Taken<RuleSet>>,
}

impl<'f> Shelf<'f> {
    pub(super) fn new(files: &'f dyn Files) -> Self {
        Self {
            files,
            diagnostics: Vec::new(),
            articles: HashMap::new(),
            notes: HashMap::new(),
            calendars: HashMap::new(),
            rule_sets: HashMap::new(),
        }
    }

    pub(super) fn articles(&mut self, path: &str) -> Taken<Articles> {
        if let Some(taken) = self.articles.get(path) {
            return taken.clone();
        }
        let taken = self.take(path, |source| {
            let (articles, diagnostics) = read_articles(source);
            (Some(articles), diagnostics)
        });
        self.articles.insert(path.to_owned(), taken.clone());
        taken
    }

    pub(super) fn notes(&mut self, path: &str) -> Taken<Notes> {
        if let Some(taken) = self.notes.get(path) {
            return taken.clone();
        }
        let taken = self.take(path, |source| {
            let (notes, diagnostics) = read_notes(source);
            (Some(notes), diagnostics)
        });
        self.notes.insert(path.to_owned(), taken.clone());
        taken
    }

    pub(super) fn calendar(&mut self, path: &str) -> Taken<Calendar> {
        if let Some(taken) = self.calendars.get(path) {
            return taken.clone();
        }
        let taken = self.take(path, |source| {
            let (calendar, mut diagnostics) = read_calendar(source);
            let name = calendar.as_ref().map(|calendar| calendar.name.as_str());
            diagnostics.extend(called_as_its_file(source, path, "calendar", name));
            (calendar.filter(|_| diagnostics.is_empty()), diagnostics)
        });
        self.calendars.insert(path.to_owned(), taken.clone());
        taken
    }

    pub(super) fn rule_set(&mut self, path: &str) -> Taken<RuleSet> {
        if let Some(taken) = self.rule_sets.get(path) {
            return taken.clone();
        }
        let taken = self.take(path, |source| {
            let (set, mut diagnostics) = read_counting(source);
            let name = set.as_ref().map(|set| set.name.as_str());
            diagnostics.extend(called_as_its_file(source, path, "rule of counting", name));
            (set.filter(|_| diagnostics.is_empty()), diagnostics)
        });
        self.rule_sets.insert(path.to_owned(), taken.clone());
        taken
    }

    /// The labels in a file, with its text.
    pub(super) fn labels(&mut self, path: &str) -> Option<(Arc<Source>, Labels)> {
        let taken = self.take(path, |source| {
            let (labels, mut diagnostics) = read_labels(source);
            let written = labels.as_ref().map(|labels| format!("labels.{}", labels.language));
            diagnostics.extend(called_as_its_file(source, path, "file", written.as_deref()));
            (labels.filter(|_| diagnostics.is_empty()), diagnostics)
        });
        match taken {
            Taken::Read(source, labels) => Some((source, labels)),
            Taken::Missing | Taken::Bad => None,
        }
    }

    /// The equivalent changes in a file.
    pub(super) fn equivalents(&mut self, path: &str) -> Option<Equivalents> {
        match self.take(path, read_equivalents) {
            Taken::Read(_, equivalents) => Some(equivalents),
            Taken::Missing | Taken::Bad => None,
        }
    }

    /// The calendars and the rules of counting that could be read, by name.
    pub(super) fn shared(&self) -> (Vec<Calendar>, Vec<RuleSet>) {
        let mut calendars = read(&self.calendars);
        calendars.sort_by(|one, other| one.name.cmp(&other.name));
        let mut rule_sets = read(&self.rule_sets);
        rule_sets.sort_by(|one, other| one.name.cmp(&other.name));
        (calendars, rule_sets)
    }

    /// The text of a file, or nothing if it could not be had, which is then said.
    pub(super) fn text(&mut self, path: &str) -> Result<Arc<Source>, Option<FileError>> {
        let shown = self.files.shown(path);
        match self.files.read(path) {
            Ok(bytes) => match text(&shown, bytes) {
                Ok(source) => Ok(Arc::new(source)),
                Err(diagnostic) => {
                    self.diagnostics.push(*diagnostic);
                    Err(None)
                }
            },
            Err(error @ FileError::Missing { .. }) => Err(Some(error)),
            Err(error) => {
                self.diagnostics.push(Diagnostic::of_file(error.code(), &shown, error.in_full(), ""));
                Err(None)
            }
        }
    }

    fn take<T>(
        &mut self,
        path: &str,
        read: impl FnOnce(&Source) -> (Option<T>, Vec<Diagnostic>),
    ) -> Taken<T> {
        match self.text(path) {
            Ok(source) => {
                let (value, diagnostics) = read(&source);
                self.diagnostics.extend(diagnostics);
                value.map_or(Taken::Bad, |value| Taken::Read(source, value))
            }
            Err(Some(_)) => Taken::Missing,
            Err(None) => Taken::Bad,
        }
    }
}

/// What could be read, in no order.
fn read<T: Clone>(taken: &HashMap<String, Taken<T>>) -> Vec<T> {
    let read = taken.values().filter_map(|taken| match taken {
        Taken::Read(_, value) => Some(value.clone()),
        Taken::Missing | Taken::Bad => None,
    });
    read.collect()
}

/// What is wrong if something calls itself otherwise than its file is called.
fn called_as_its_file(source: &Source, path: &str, what: &str, name: Option<&str>) -> Option<Diagnostic> {
    let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml")).unwrap_or(path);
    let name = name.filter(|name| *name != stem)?;
    let message = format!("the {what} calls itself `{name}`, the file is called `{stem}`");
    let remedy = format!("write `name: {stem}`, or rename the file");
    Some(Diagnostic::of_file(Code::WrongPath, source.path(), message, remedy))
}

/// The text of a file, as a library reads every file.
///
/// # Errors
///
/// Returns what is wrong with it: it is not there, too large, unreadable or not UTF-8.
pub fn read_source(files: &dyn Files, path: &str) -> Result<Source, Box<Diagnostic>> {
    let shown = files.shown(path);
    let bytes = files.read(path).map_err(|error| {
        let is_too_large = error.code() == Code::TooLarge;
        let remedy = if is_too_large { "divide it into several files" } else { "" };
        Box::new(Diagnostic::of_file(error.code(), &shown, error.in_full(), remedy))
    })?;
    text(&shown, bytes)
}

/// The text that bytes hold, or where they stop being text.
pub(super) fn text(shown: &str, bytes: Vec<u8>) -> Result<Source, Box<Diagnostic>> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(shown, text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let place = Source::new(shown, String::from_utf8_lossy(&bytes)).place(valid);
            let byte = bytes.get(valid).copied().unwrap_or(0);
            let message = format!("the byte {byte:#04x} is no UTF-8 text");
            let mut diagnostic = Diagnostic::of_file(Code::NotUtf8, shown, message, "save the file as UTF-8");
            (diagnostic.line, diagnostic.column) = (place.line, place.column);
            Err(Box::new(diagnostic))
        }
    }
}
