//! From files to procedures that may run.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use comity_core::procedure::{Draft, FlawCode, Mark, Procedure};
use comity_core::time::{Calendar, RuleSet};
use sha2::{Digest, Sha256};

use super::built::{self, Built};
use super::files::Files;
use super::shelf::{Shelf, Taken};
use super::{extras, links};
use crate::articles::Articles;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip, placed};
use crate::draft::{self, Beside};
use crate::equivalents::Equivalents;
use crate::file::{ProcedureFile, Text, decode};
use crate::labels::Labels;
use crate::notes::Notes;
use crate::shape;
use crate::source::{Place, Source};

/// The procedures of a folder, and everything that is wrong with its files.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// The procedures that may run, by path.
    pub procedures: Vec<Loaded>,
    /// The calendars of closed days, by name.
    pub calendars: Vec<Calendar>,
    /// The rules of counting, by name.
    pub rule_sets: Vec<RuleSet>,
    /// What is wrong, by file, line and column. A procedure with an error is not among the procedures.
    pub diagnostics: Vec<Diagnostic>,
    /// The procedures without an error of their own that rest on a file with one, and may not run either.
    pub held_back: Vec<HeldBack>,
    /// The files that leave a side open, by path. Nothing runs under them, only under those that build on them.
    pub left_open: Vec<String>,
}

/// A procedure that rests on a file with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// The path of its file, as people know it.
    pub file: String,
    /// The files with an error, as people know them.
    pub because_of: Vec<String>,
}

/// A procedure that may run, with the texts it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The procedure.
    pub procedure: Arc<Procedure>,
    /// Its name, such as `nz-kr/extradition`.
    pub name: String,
    /// The path of its file in the library.
    pub path: String,
    /// What it was checked from, for whoever tries what another wording would do. Its marks are found by
    /// [`Loaded::place`].
    pub draft: Arc<Draft>,
    /// The file as its author wrote it.
    pub file: Arc<ProcedureFile>,
    /// The articles of each source, by the source's name.
    pub articles: BTreeMap<String, Articles>,
    /// The notes beside it.
    pub notes: Notes,
    /// What it is called in other languages.
    pub labels: Vec<Arc<Labels>>,
    /// The small changes that are argued to show in no case.
    pub equivalents: Equivalents,
    /// Every file that it was read from, its own first.
    pub texts: Vec<SourceText>,
    /// SHA-256 over the names and bytes of `texts`.
    pub digest_of_text: [u8; 32],
    /// The paths of the files on which its own builds, as people know them.
    below: Vec<String>,
}

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// Its path in the library.
    pub path: String,
    /// Its text.
    pub source: Arc<Source>,
}

impl Loaded {
    /// The files on which its own builds, the nearest first, as people know them.
    pub fn below(&self) -> impl Iterator<Item = &str> {
        self.below.iter().map(String::as_str)
    }

    /// Whether a procedure file, as people know it, is its own or one on which that builds.
    #[must_use]
    pub fn rests_on(&self, file: &str) -> bool {
        self.texts.first().is_some_and(|own| own.source.path() == file)
            || self.below().any(|below| below == file)
    }

    /// The procedure under the titles of a language, or nothing if there are no labels in it.
    #[must_use]
    pub fn in_language(&self, language: &str) -> Option<Procedure> {
        let labels = self.labels.iter().find(|labels| labels.language.eq_ignore_ascii_case(language))?;
        Some(labels.on(&self.procedure))
    }

    /// Where a mark of its draft stands: the path of the file, as people know it, and the place in it.
    #[must_use]
    pub fn place(&self, mark: Mark) -> Option<(&str, Place)> {
        let (part, offset) = self.texts.first()?.source.part(usize::try_from(mark.0).ok()?);
        Some((part.path(), part.place(offset)))
    }
}

impl Library {
    /// The procedure of a name.
    #[must_use]
    pub fn procedure(&self, name: &str) -> Option<&Loaded> {
        self.procedures.iter().find(|loaded| loaded.name == name)
    }
}

/// Reads every procedure of a library, with all that is wrong with any file.
#[must_use]
pub fn load(files: &dyn Files) -> Library {
    let mut shelf = Shelf::new(files);
    let paths = files.list().unwrap_or_else(|error| {
        let diagnostic = Diagnostic::of_file(error.code(), error.path(), error.in_full(), "");
        shelf.diagnostics.push(diagnostic);
        Vec::new()
    });
    let mut read = Vec::new();
    for path in &paths {
        if path.starts_with("calendars/") && is_yaml(path) {
            shelf.calendar(path);
        } else if path.starts_with("counting/") && is_yaml(path) {
            shelf.rule_set(path);
        } else if is_procedure(path) {
            read.extend(procedure(&mut shelf, path));
        } else if extension(path) == Some("yml") {
            let remedy = "call it `.yaml`, or nobody will read it";
            let shown = files.shown(path);
            let message = "a procedure file is called `.yaml`";
            shelf.diagnostics.push(Diagnostic::of_file(Code::WrongPath, &shown, message, remedy));
        }
    }
    check_the_open(&mut shelf, &read);
    extras::put(&mut shelf, &paths, &mut read);
    finish(shelf, read)
}

/// Reads one procedure of a library, and those that it is linked to only as far as the links go.
#[must_use]
pub fn load_one(files: &dyn Files, path: &str) -> Library {
    let mut shelf = Shelf::new(files);
    let mut read: Vec<Decoded> = procedure(&mut shelf, path).into_iter().collect();
    // They may be meant for other procedures of the folder, which are not read here.
    let beside = files.list().unwrap_or_default().into_iter().filter(|other| folder(other) == folder(path));
    let beside: Vec<String> = beside.collect();
    let said = shelf.diagnostics.len();
    extras::put(&mut shelf, &beside, &mut read);
    shelf.diagnostics.truncate(said);
    finish(shelf, read)
}

/// Reads one procedure from the texts that were kept of it, without the procedures that it is linked to: those were
/// looked at when it was first read, and need not have been kept.
#[must_use]
pub fn load_alone(files: &dyn Files, path: &str) -> Library {
    let mut shelf = Shelf::new(files);
    let read: Vec<Decoded> = procedure(&mut shelf, path).into_iter().collect();
    let procedures = read.into_iter().filter_map(|one| one.loaded).collect();
    let (calendars, rule_sets) = shelf.shared();
    let (held_back, left_open) = (Vec::new(), Vec::new());
    Library { procedures, calendars, rule_sets, diagnostics: shelf.diagnostics, held_back, left_open }
}

fn is_yaml(path: &str) -> bool {
    extension(path) == Some("yaml")
}

fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension)
}

/// `labels.ko.yaml`, `extradition.equivalents.yaml` and the like lie beside procedures and are none.
fn is_procedure(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yaml").is_some_and(|stem| !stem.contains('.'))
}

pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A procedure file that could be decoded.
pub(super) struct Decoded {
    pub(super) path: String,
    pub(super) source: Arc<Source>,
    pub(super) file: Arc<ProcedureFile>,
    /// Whether a side is left open, so that nothing runs under it.
    pub(super) is_open: bool,
    /// The files that it rests on, as people know them.
    beside: Vec<String>,
    /// What became of it, unless something was wrong.
    pub(super) loaded: Option<Loaded>,
}

fn finish(mut shelf: Shelf<'_>, read: Vec<Decoded>) -> Library {
    let broken = links::check(&mut shelf, &read);
    let (calendars, rule_sets) = shelf.shared();
    let diagnostics = shelf.diagnostics;
    let bad: BTreeSet<&str> = diagnostics.iter().map(|found| found.file.as_str()).collect();
    let (mut procedures, mut held_back, mut left_open) = (Vec::new(), Vec::new(), Vec::new());
    for one in read {
        let because_of: Vec<String> =
            one.beside.iter().filter(|file| bad.contains(file.as_str())).cloned().collect();
        let has_its_own = broken.contains(&one.path) || bad.contains(one.source.path());
        match one.loaded.filter(|_| !has_its_own && because_of.is_empty()) {
            Some(loaded) => procedures.push(loaded),
            None if has_its_own => {}
            None if one.is_open => left_open.push(one.path),
            None => held_back.push(HeldBack { file: one.source.path().to_owned(), because_of }),
        }
    }
    let mut library = Library { procedures, calendars, rule_sets, diagnostics, held_back, left_open };
    library
        .diagnostics
        .sort_by(|a, b| (a.file.as_str(), a.line, a.column).cmp(&(b.file.as_str(), b.line, b.column)));
    library.diagnostics.dedup();
    library
}

pub(super) fn procedure(shelf: &mut Shelf<'_>, path: &str) -> Option<Decoded> {
    let Built { source, root, mut slips, below } = built::read(shelf, path)?;
    let mut decoded = None;
    if let Some(root) = root {
        let checked = shape::check(&source, &root, shape::procedure());
        let said: BTreeSet<_> = slips.iter().map(|slip| slip.span.start).collect();
        slips.extend(checked.slips.into_iter().filter(|slip| !said.contains(&slip.span.start)));
        match decode::<ProcedureFile>(&checked.node) {
            Ok(file) => {
                let file = Arc::new(file);
                slips.extend(wrong_path(path, &file));
                let around = Around::new(shelf, path, &file, &mut slips).above(below);
                let is_open = file.left_open.is_some();
                let procedure = if checked.has_its_sections && !is_open {
                    check(&source, &file, &around, &checked.replaced, &mut slips, shelf)
                } else {
                    None
                };
                let loaded = procedure.filter(|_| slips.is_empty());
                let beside = around.beside(shelf.files);
                let loaded = loaded.map(|checked| around.loaded(checked, path, &file, &source));
                let (path, source) = (path.to_owned(), Arc::clone(&source));
                decoded = Some(Decoded { path, source, file, is_open, beside, loaded });
            }
            // The structure fits, so this would be a fault of ours; the author still learns where.
            Err(bad) if slips.is_empty() => {
                slips.push(Slip::at(Code::Syntax, bad.span.clone(), bad.to_string()));
            }
            Err(_) => {}
        }
    }
    shelf.diagnostics.extend(placed(slips, &source));
    decoded
}

/// A file that leaves a side open is checked only through those that build on it, so there must be one.
fn check_the_open(shelf: &mut Shelf<'_>, read: &[Decoded]) {
    let bases: BTreeSet<&str> =
        read.iter().filter_map(|one| Some(one.file.based_on.as_ref()?.0.value.trim())).collect();
    let open = read.iter().filter(|one| !bases.contains(one.path.trim_end_matches(".yaml")));
    let slips = open.filter_map(|one| {
        let side = one.file.left_open.as_ref()?.0.first()?;
        let slip = match &one.file.based_on {
            // It stands in the file below, and here is the place to say which.
            Some(base) if one.source.part(side.0.span.start).0.path() != one.source.path() => {
                built::not_said(base.0.span.clone(), side.0.value.trim())
            }
            Some(_) | None => built::unused(side.0.span.clone()),
        };
        Some((slip, &one.source))
    });
    shelf.diagnostics.extend(slips.map(|(slip, source)| slip.placed(source)));
}

/// Lets the core check what the file says. What it finds where something was already replaced is not worth saying.
fn check(
    source: &Source,
    file: &ProcedureFile,
    around: &Around,
    replaced: &[Range<usize>],
    slips: &mut Vec<Slip>,
    shelf: &mut Shelf<'_>,
) -> Option<(Draft, Procedure)> {
    let more = draft::contradictions(file);
    if !more.is_empty() {
        slips.extend(more);
        return None;
    }
    let beside = Beside {
        source,
        articles: &|name| around.articles.get(name).map(Articles::drafts).unwrap_or_default(),
        has_reading: &|number| around.notes.reading(number).is_some(),
        calendars: around.calendars.clone(),
        rule_sets: around.rule_sets.clone(),
    };
    let draft = draft::draft(file, &beside).map_err(|slip| slips.push(slip)).ok()?;
    match Procedure::from_draft(&draft) {
        Ok(procedure) => Some((draft, procedure)),
        Err(flaws) => {
            let is_sound = slips.is_empty() && !around.lacks_articles;
            for flaw in flaws {
                let at = usize::try_from(flaw.mark.0).unwrap_or(usize::MAX);
                let is_known =
                    replaced.iter().chain(&around.lost).any(|span| span.contains(&at) || span.start == at)
                        || slips.iter().any(|slip| slip.span.start == at);
                if !is_known && (is_sound || around.is_certain(flaw.code)) {
                    shelf.diagnostics.push(Diagnostic::of_flaw(source, flaw));
                }
            }
            None
        }
    }
}

fn wrong_path(path: &str, file: &ProcedureFile) -> Option<Slip> {
    let expected = path.strip_suffix(".yaml").unwrap_or(path);
    let Text { value, span } = &file.procedure.0;
    (value != expected && !span.is_empty() && value != "x").then(|| {
        let message = format!("the procedure calls itself `{value}`, and its file lies at `{expected}`");
        let remedy = format!("write `procedure: {expected}`, or move the file");
        Slip::at(Code::WrongPath, span.clone(), message).remedy(remedy)
    })
}

/// The files around a procedure.
#[derive(Default)]
struct Around {
    articles: BTreeMap<String, Articles>,
    notes: Notes,
    calendars: Vec<(Text, Calendar)>,
    rule_sets: Vec<RuleSet>,
    texts: Vec<SourceText>,
    /// The files on which the procedure file builds, as people know them.
    below: Vec<String>,
    /// Files that were told to be bad, by their paths in the library.
    bad: Vec<String>,
    /// Where something is named that was reported as missing or bad.
    lost: Vec<Range<usize>>,
    lacks_articles: bool,
}

impl Around {
    /// Whether a flaw stands for itself, rather than following from another that was reported already.
    fn is_certain(&self, code: FlawCode) -> bool {
        match code {
            FlawCode::UnknownArticle | FlawCode::Unverified => !self.lacks_articles,
            FlawCode::BadName | FlawCode::NameTwice | FlawCode::UnknownName | FlawCode::WrongType => true,
            FlawCode::MissingChoice
            | FlawCode::Contradiction
            | FlawCode::NoCitation
            | FlawCode::Unreachable
            | FlawCode::NeverLeft
            | FlawCode::OutcomeLeft
            | FlawCode::MovesOverlap
            | FlawCode::NotHeld
            | FlawCode::Circle
            | FlawCode::Unused
            | FlawCode::TooMany => false,
        }
    }

    fn new(files: &mut Shelf<'_>, path: &str, file: &ProcedureFile, slips: &mut Vec<Slip>) -> Self {
        let mut around = Self::default();
        let folder = folder(path);
        for (name, source) in &file.sources.0 {
            around.articles_of(files, folder, name, source.articles.as_ref(), slips);
        }
        let notes = join(folder, "NOTES.md").unwrap_or_default();
        match files.notes(&notes) {
            Taken::Read(source, read) => {
                around.keep(&notes, source);
                around.notes = read;
            }
            Taken::Bad => around.bad.push(notes),
            Taken::Missing => {}
        }
        for (_, clock) in &file.clocks.0 {
            if let Some(name) = clock.calendar.as_ref().map(|name| &name.0) {
                around.calendar(files, name, slips);
            }
            if let Some(name) = clock.counted_by.as_ref().map(|name| &name.0) {
                around.rule_set(files, name, slips);
            }
        }
        around
    }

    fn articles_of(
        &mut self,
        files: &mut Shelf<'_>,
        folder: &str,
        name: &Text,
        written: Option<&Text>,
        slips: &mut Vec<Slip>,
    ) {
        let relative = written.map_or("articles.md", |text| text.value.trim());
        let span = written.unwrap_or(name).span.clone();
        let Some(path) = join(folder, relative) else {
            self.lacks_articles = true;
            let message = format!("`{relative}` leads out of the library");
            slips.push(
                Slip::at(Code::WrongPath, span, message).remedy("write a path from the folder of this file"),
            );
            return;
        };
        match files.articles(&path) {
            Taken::Read(source, articles) => {
                self.keep(&path, source);
                self.articles.insert(name.value.clone(), articles);
            }
            Taken::Missing => {
                self.lacks_articles = true;
                let message =
                    format!("the articles of `{}` are not there: `{path}` does not exist", name.value);
                slips.push(Slip::at(Code::MissingFile, span, message).remedy(
                    "write the file, or say under `articles:` where it lies, from the folder of this file",
                ));
            }
            Taken::Bad => {
                self.lacks_articles = true;
                self.bad.push(path);
            }
        }
    }

    fn calendar(&mut self, files: &mut Shelf<'_>, name: &Text, slips: &mut Vec<Slip>) {
        if self.calendars.iter().any(|(known, _)| known.value == name.value) {
            return;
        }
        let path = format!("calendars/{}.yaml", name.value);
        match files.calendar(&path) {
            Taken::Read(source, calendar) => {
                self.keep(&path, source);
                self.calendars.push((name.clone(), calendar));
            }
            Taken::Missing => {
                let message = format!("there is no calendar `{}`: `{path}` does not exist", name.value);
                let slip = Slip::at(Code::MissingFile, name.span.clone(), message);
                slips.push(slip.remedy("write the calendar, with its source, or correct the name"));
            }
            Taken::Bad => {
                self.lost.push(name.span.clone());
                self.bad.push(path);
            }
        }
    }

    fn rule_set(&mut self, files: &mut Shelf<'_>, name: &Text, slips: &mut Vec<Slip>) {
        let set = name.value.split_once('/').map_or(name.value.as_str(), |(set, _)| set);
        if self.rule_sets.iter().any(|known| known.name == set) {
            return;
        }
        let path = format!("counting/{set}.yaml");
        match files.rule_set(&path) {
            Taken::Read(source, set) => {
                self.keep(&path, source);
                self.rule_sets.push(set);
            }
            Taken::Missing => {
                let message = format!("there is no rule of counting `{set}`: `{path}` does not exist");
                let slip = Slip::at(Code::MissingFile, name.span.clone(), message);
                slips.push(slip.remedy("write the rules, with their source, or correct the name"));
            }
            Taken::Bad => {
                self.lost.push(name.span.clone());
                self.bad.push(path);
            }
        }
    }

    /// The same, with the files on which the procedure file builds.
    fn above(mut self, below: Vec<SourceText>) -> Self {
        for text in below {
            self.below.push(text.source.path().to_owned());
            self.keep(&text.path, text.source);
        }
        self
    }

    /// The files that the procedure rests on, as people know them.
    fn beside(&self, files: &dyn Files) -> Vec<String> {
        let read = self.texts.iter().map(|text| text.source.path().to_owned());
        let mut all: Vec<String> = read.chain(self.bad.iter().map(|path| files.shown(path))).collect();
        all.sort();
        all.dedup();
        all
    }

    fn keep(&mut self, path: &str, source: Arc<Source>) {
        if !self.texts.iter().any(|text| text.path == path) {
            self.texts.push(SourceText { path: path.to_owned(), source });
        }
    }

    fn loaded(
        self,
        (draft, procedure): (Draft, Procedure),
        path: &str,
        file: &Arc<ProcedureFile>,
        source: &Arc<Source>,
    ) -> Loaded {
        let own = SourceText { path: path.to_owned(), source: Arc::clone(source) };
        let texts: Vec<_> = std::iter::once(own).chain(self.texts).collect();
        let mut digest = Sha256::new();
        for text in &texts {
            for part in [text.path.as_str(), text.source.text()] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
        }
        Loaded {
            procedure: Arc::new(procedure),
            name: file.procedure.0.value.clone(),
            path: path.to_owned(),
            draft: Arc::new(draft),
            file: Arc::clone(file),
            articles: self.articles,
            notes: self.notes,
            labels: Vec::new(),
            equivalents: Equivalents::default(),
            texts,
            digest_of_text: digest.finalize().into(),
            below: self.below,
        }
    }
}

/// A path from a folder, or nothing where it leaves the library.
fn join(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') || relative.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}
