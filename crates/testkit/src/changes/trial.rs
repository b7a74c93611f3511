//! Changes tried against the chronologies, several at a time.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use comity_core::View;
use comity_core::procedure::{Procedure, SharedProcedure};
use comity_language::chronology::{Chronology, Row, Section};
use comity_language::{Equivalent, Library, Loaded};

use super::edit::Change;
use super::proof::Proofs;
use super::{same, small_changes};
use crate::cell::compare;
use crate::rehearsal::{Answer, Rehearsal};

/// A procedure and the chronologies that are about it.
pub struct Trial<'a> {
    pub(super) loaded: &'a Loaded,
    library: &'a Library,
    /// Each section of each chronology that is about the procedure.
    sections: Vec<(&'a Chronology, &'a Section)>,
    /// Where the files below are tried, if that is not here: by path, the procedure that has more tables.
    elsewhere: BTreeMap<String, String>,
    /// What is proved of the procedure, once some change was not noticed by a chronology.
    proofs: OnceLock<Proofs>,
}

/// Why changes cannot be tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// No chronology is about the procedure.
    #[error("no chronology is about `{procedure}`")]
    NoChronology {
        /// The procedure.
        procedure: String,
    },
    /// A section fails as things are.
    #[error("{path}:{line}: `{title}` fails as the procedure is")]
    Fails {
        /// The path of its chronology.
        path: String,
        /// The line of its heading.
        line: usize,
        /// Its heading.
        title: String,
    },
}

/// What came of one change.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The change.
    pub change: Change,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The check of procedures refuses it.
    Refused {
        /// The first thing that is wrong, in words.
        says: String,
    },
    /// The check of procedures refuses it, for what was proved no longer holds.
    Refuted {
        /// Which safeguard, in words, with the path that breaks it.
        says: String,
    },
    /// A section fails.
    Noticed {
        /// The path of its chronology.
        path: String,
        /// The line of its heading.
        line: usize,
        /// Its heading.
        title: String,
    },
    /// It changes nothing that a case can show, and that is certain.
    Same {
        /// Why.
        because: &'static str,
    },
    /// Every section holds all the same, and the library argues that no case can show it.
    Argued {
        /// The row that does.
        by: Equivalent,
    },
    /// Every section holds all the same.
    NotNoticed,
}

/// A row of a file of equivalent changes that is wrong or old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale<'e> {
    /// The row.
    pub row: &'e Equivalent,
    /// What came of the change, or nothing if no such change was tried.
    pub verdict: Option<Verdict>,
}

impl std::fmt::Debug for Trial<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trial").finish_non_exhaustive()
    }
}

impl<'a> Trial<'a> {
    /// The chronologies among `all` that are about `loaded`, each of which must hold as things are.
    ///
    /// # Errors
    ///
    /// Returns [`NotReady`] if there is none, or one fails: what fails already would notice every change.
    pub fn new(loaded: &'a Loaded, library: &'a Library, all: &'a [Chronology]) -> Result<Self, NotReady> {
        let sections = sections_about(&loaded.name, all);
        let elsewhere = elsewhere(loaded, library, all);
        let trial = Self { loaded, library, sections, elsewhere, proofs: OnceLock::new() };
        if trial.sections.is_empty() {
            return Err(NotReady::NoChronology { procedure: loaded.name.clone() });
        }
        match trial.first_failing(&loaded.procedure) {
            None => Ok(trial),
            Some((chronology, section)) => {
                let (path, line, title) = heading(chronology, section);
                Err(NotReady::Fails { path, line, title })
            }
        }
    }

    /// The sections that changes are tried against.
    #[must_use]
    pub fn sections(&self) -> usize {
        self.sections.len()
    }

    pub(super) fn seeds(&self) -> &[(&'a Chronology, &'a Section)] {
        &self.sections
    }

    /// Tries every small change, on as many threads as the machine has. What stands in a file on which several procedures
    /// build is tried with one of them alone: see [`Self::elsewhere`].
    #[must_use]
    pub fn run(&self) -> Vec<Tried> {
        self.run_telling(&|_, _| {})
    }

    /// As [`Self::run`], which may take minutes: `tell` is told after each change how many were tried, and of how many. It is called
    /// from several threads.
    #[must_use]
    pub fn run_telling(&self, tell: &(dyn Fn(usize, usize) + Sync)) -> Vec<Tried> {
        let mut changes = small_changes(&self.loaded.draft);
        changes.retain(|change| {
            let place = self.loaded.place(change.at);
            place.is_none_or(|(file, _)| !self.elsewhere.contains_key(file))
        });
        self.run_on_telling(&changes, tell)
    }

    /// The files below whose changes are tried with another procedure that builds on them and has more tables: the file, as people
    /// know it, and that procedure.
    pub fn elsewhere(&self) -> impl Iterator<Item = (&str, &str)> {
        self.elsewhere.iter().map(|(file, procedure)| (file.as_str(), procedure.as_str()))
    }

    /// Tries some changes to the procedure.
    #[must_use]
    pub fn run_on(&self, changes: &[Change]) -> Vec<Tried> {
        self.run_on_telling(changes, &|_, _| {})
    }

    fn run_on_telling(&self, changes: &[Change], tell: &(dyn Fn(usize, usize) + Sync)) -> Vec<Tried> {
        let done = AtomicUsize::new(0);
        let verdicts = on_all_cores(changes, |change| {
            let verdict = self.verdict(change);
            tell(done.fetch_add(1, Ordering::Relaxed) + 1, changes.len());
            verdict
        });
        changes.iter().cloned().zip(verdicts).map(|(change, verdict)| Tried { change, verdict }).collect()
    }

    fn verdict(&self, change: &Change) -> Verdict {
        let draft = change.made_on(&self.loaded.draft);
        let changed = match Procedure::from_draft(&draft) {
            Ok(changed) => Arc::new(changed),
            Err(flaws) => {
                let says = flaws.first().map(ToString::to_string).unwrap_or_default();
                return Verdict::Refused { says };
            }
        };
        let original = &self.loaded.procedure;
        if original.meaning() == changed.meaning() {
            return Verdict::Same { because: same::MEANING };
        }
        if let Some((chronology, section)) = self.first_failing(&changed) {
            let (path, line, title) = heading(chronology, section);
            return Verdict::Noticed { path, line, title };
        }
        if let Some(because) = same::because((&self.loaded.draft, original), (&draft, &changed)) {
            return Verdict::Same { because };
        }
        if let Some(by) = self.loaded.equivalents.rows.iter().find(|row| argues(row, change)) {
            return Verdict::Argued { by: by.clone() };
        }
        // Last, for a search of all paths takes longer than a few tables.
        let proofs = self.proofs.get_or_init(|| Proofs::of(original));
        proofs.broken_by(&changed).map_or(Verdict::NotNoticed, |says| Verdict::Refuted { says })
    }

    /// The rows of the procedure's file of equivalent changes for which none of `tried` stands in need of an argument.
    #[must_use]
    pub fn stale<'t>(&'t self, tried: &'t [Tried]) -> Vec<Stale<'t>> {
        let is_needed = |row: &&Equivalent| {
            !tried.iter().any(|one| matches!(&one.verdict, Verdict::Argued { by } if by == *row))
        };
        let stale = self.loaded.equivalents.rows.iter().filter(is_needed);
        stale
            .map(|row| {
                let found = tried.iter().find(|one| argues(row, &one.change));
                Stale { row, verdict: found.map(|one| one.verdict.clone()) }
            })
            .collect()
    }

    /// The procedure with a change made; none if the check refuses it.
    #[must_use]
    pub fn changed(&self, change: &Change) -> Option<SharedProcedure> {
        Procedure::from_draft(&change.made_on(&self.loaded.draft)).ok().map(Arc::new)
    }

    /// The first section that does not hold if the procedure is `instead`.
    fn first_failing(&self, instead: &SharedProcedure) -> Option<(&'a Chronology, &'a Section)> {
        self.sections.iter().copied().find(|(chronology, section)| {
            self.rehearsal(chronology, instead).is_none_or(|mut rehearsal| !holds(&mut rehearsal, section))
        })
    }

    /// The cases of a chronology, with `instead` in the place of the procedure that is looked at.
    pub(super) fn rehearsal(&self, chronology: &Chronology, instead: &SharedProcedure) -> Option<Rehearsal> {
        let find = |name: &str| {
            if name == self.loaded.name {
                return Some(Arc::clone(instead));
            }
            self.library.procedure(name).map(|loaded| Arc::clone(&loaded.procedure))
        };
        Rehearsal::under(chronology, &find).ok()
    }
}

/// Whether a row speaks of a change, by the words in which it is told.
fn argues(row: &Equivalent, change: &Change) -> bool {
    let is_said = |written: &str, told: &str| written.split_whitespace().eq(told.split_whitespace());
    is_said(&row.rule, &change.rule) && is_said(&row.change, &change.what)
}

fn sections_about<'a>(name: &str, all: &'a [Chronology]) -> Vec<(&'a Chronology, &'a Section)> {
    let about = all.iter().filter(|one| one.cases.iter().any(|case| case.procedure.value == name));
    about.flat_map(|one| one.sections.iter().map(move |section| (one, section))).collect()
}

/// For each file on which `loaded` builds, the procedure with the most tables of those that stand on it, the first by name among
/// equals; none where that is `loaded`.
fn elsewhere(loaded: &Loaded, library: &Library, all: &[Chronology]) -> BTreeMap<String, String> {
    let tables = |one: &Loaded| sections_about(&one.name, all).len();
    let mut elsewhere = BTreeMap::new();
    for file in loaded.below() {
        let stands_on_it = |one: &&Loaded| one.name == loaded.name || one.rests_on(file);
        let others = library.procedures.iter().filter(stands_on_it);
        let most = others.max_by(|one, other| (tables(one), &other.name).cmp(&(tables(other), &one.name)));
        if let Some(most) = most.filter(|most| most.name != loaded.name) {
            elsewhere.insert(file.to_owned(), most.name.clone());
        }
    }
    elsewhere
}

fn heading(chronology: &Chronology, section: &Section) -> (String, usize, String) {
    let line = chronology.place(section.title.span.start).line;
    (chronology.source.path().to_owned(), line, section.title.value.clone())
}

/// Whether every item is answered as it should be and every cell holds. It ends at the first that does not.
pub(super) fn holds(rehearsal: &mut Rehearsal, section: &Section) -> bool {
    section.rows.iter().all(|row| {
        let heard = rehearsal.record(row);
        let is_as_expected = heard.iter().all(|heard| match heard.answer {
            Answer::Recorded | Answer::RefusedAsExpected(_) => true,
            Answer::Refused(_)
            | Answer::NotRefused
            | Answer::RefusedOtherwise { .. }
            | Answer::Trouble(_) => false,
        });
        is_as_expected && cells_hold(rehearsal, section, row)
    })
}

fn cells_hold(rehearsal: &Rehearsal, section: &Section, row: &Row) -> bool {
    let mut views: Vec<Option<View>> = rehearsal.cases.iter().map(|_| None).collect();
    row.expectations.iter().all(|expectation| {
        let Some(column) = section.columns.get(expectation.column) else { return true };
        let place = match &column.case {
            Some(key) => rehearsal.place(&key.value),
            None => rehearsal.place_of(row),
        };
        let Some((case, view)) = place.and_then(|at| Some((rehearsal.cases.get(at)?, views.get_mut(at)?)))
        else {
            return false;
        };
        if !case.is_open() {
            return false;
        }
        // A fold for each case that is looked at, and none for the others.
        let view = view.get_or_insert_with(|| case.view(row.recorded));
        matches!(compare(view, &column.name, &expectation.cell), Ok(None))
    })
}

/// What `work` gives for each, in the order of `all`, on every core.
pub(super) fn on_all_cores<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get).min(all.len().max(1));
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let worker = || {
            let mut own = Vec::new();
            while let Some((at, one)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, all.get(at)?)))
            {
                own.push((at, work(one)));
            }
            own
        };
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, Vec<(usize, R)>>| {
            // What one of them lost must not pass for a shorter list.
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(join).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
