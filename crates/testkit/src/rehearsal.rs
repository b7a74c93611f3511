//! One table of a chronology, played row by row on cases in memory.

use std::ops::Range;
use std::sync::Arc;

use comity_core::entry::Body;
use comity_core::id::CaseId;
use comity_core::name::Name;
use comity_core::procedure::SharedProcedure;
use comity_core::time::{Moment, When};
use comity_core::{Asked, Change, Rejection, View, changes, fold, lessons, mirrored};
use comity_language::chronology::{Because, Chronology, Item, ItemKind, Row};
use comity_language::file::Text;
use comity_language::{Code, Diagnostic, Library};

use crate::case::RehearsedCase;
use crate::coverage::Coverage;
use crate::script::{Trouble, bodies, fact, label};

/// The cases of one table, as far as its rows have been played.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The cases, in the order in which the chronology declares them.
    pub cases: Vec<RehearsedCase>,
    /// What is crossed on the way, if that is gathered.
    pub(crate) crossed: Option<Coverage>,
}

/// What came of one row.
#[derive(Clone, Debug)]
pub struct Played {
    /// What became of each item.
    pub heard: Vec<Heard>,
    /// What changed in each case since the row before, by place among the cases.
    pub changes: Vec<(usize, Vec<Change>)>,
}

/// What became of one item.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The case, by its place among the cases; none for a look at all of them.
    pub case: Option<usize>,
    /// The item in a few words.
    pub label: String,
    /// Where it stands in the file.
    pub span: Range<usize>,
    /// What the engine answered.
    pub answer: Answer,
}

/// What the engine answered to one item.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It is recorded, or nothing was to be recorded.
    Recorded,
    /// It is refused, as the chronology expects.
    RefusedAsExpected(Rejection),
    /// It is refused, and the chronology does not expect it.
    Refused(Rejection),
    /// It is allowed, and the chronology expects a refusal.
    NotRefused,
    /// It is refused for another reason than the chronology expects.
    RefusedOtherwise {
        /// What the chronology expects.
        expected: String,
        /// What the engine says.
        found: Rejection,
    },
    /// It cannot be played.
    Trouble(Trouble),
}

/// What keeps a chronology from being played.
pub(crate) enum Wrong {
    /// Procedures that are not there.
    Unknown(Vec<Text>),
    /// What does not fit the procedures.
    Told(Vec<Diagnostic>),
}

impl Rehearsal {
    /// The cases of a chronology, none of them open yet.
    ///
    /// # Errors
    ///
    /// Returns what does not fit the procedures: an unknown procedure, case, link or fact.
    pub fn new(chronology: &Chronology, library: &Library) -> Result<Self, Vec<Diagnostic>> {
        let find = |name: &str| library.procedure(name).map(|loaded| Arc::clone(&loaded.procedure));
        Self::under(chronology, &find).map_err(|wrong| {
            let known: Vec<&str> = library.procedures.iter().map(|loaded| loaded.name.as_str()).collect();
            let unknown = |name: &Text| {
                let message = format!("there is no procedure `{}` that may run", name.value);
                chronology.unknown_name(Code::BadHeader, name, message, &known)
            };
            match wrong {
                Wrong::Unknown(names) => names.iter().map(unknown).collect(),
                Wrong::Told(told) => told,
            }
        })
    }

    /// The same with procedures that `find` gives.
    pub(crate) fn under(
        chronology: &Chronology,
        find: &dyn Fn(&str) -> Option<SharedProcedure>,
    ) -> Result<Self, Wrong> {
        let (mut unknown, mut cases) = (Vec::new(), Vec::new());
        for (place, decl) in chronology.cases.iter().enumerate() {
            let key = decl.key.as_ref().map(|key| key.value.clone());
            match find(&decl.procedure.value) {
                Some(procedure) => cases.push(RehearsedCase::new(key, &procedure, place)),
                None => unknown.push(decl.procedure.clone()),
            }
        }
        if !unknown.is_empty() {
            return Err(Wrong::Unknown(unknown));
        }
        let mut wrong = Vec::new();
        let mut rehearsal = Self { cases, crossed: None };
        rehearsal.tie(chronology, &mut wrong);
        rehearsal.know(chronology, &mut wrong);
        if wrong.is_empty() { Ok(rehearsal) } else { Err(Wrong::Told(wrong)) }
    }

    fn tie(&mut self, chronology: &Chronology, wrong: &mut Vec<Diagnostic>) {
        for link in &chronology.links {
            let (from, to) = (self.place(&link.case.value), self.place(&link.to.value));
            let (Some(from), Some(to)) = (from, to) else {
                let message =
                    format!("`{}` or `{}` is not a case of this chronology", link.case.value, link.to.value);
                wrong.push(chronology.diagnostic(
                    Code::UnknownCase,
                    &link.case.span,
                    message,
                    "declare it under `cases:`",
                ));
                continue;
            };
            let target = self.cases.get(to).map(|case| case.procedure.name().clone());
            let Some(case) = self.cases.get_mut(from) else { continue };
            let links = case.procedure.links();
            let fits = links
                .find(&link.link.value)
                .and_then(|id| links.get(id))
                .is_some_and(|row| Some(&row.procedure) == target.as_ref());
            if let (true, Ok(name)) = (fits, link.link.value.parse::<Name>()) {
                case.links.push((name, to));
            } else {
                let message =
                    format!("`{}` has no link `{}` to that procedure", link.case.value, link.link.value);
                let remedy =
                    "name a link that the procedure declares, and a case under the procedure it names";
                wrong.push(chronology.diagnostic(Code::BrokenLink, &link.link.span, message, remedy));
            }
        }
    }

    fn know(&mut self, chronology: &Chronology, wrong: &mut Vec<Diagnostic>) {
        for decl in &chronology.facts {
            let place = decl.case.as_ref().map_or(Some(0), |case| self.place(&case.value));
            let Some(case) = place.and_then(|place| self.cases.get_mut(place)) else {
                let message = format!("the fact `{}` belongs to no case of this chronology", decl.fact.value);
                wrong.push(chronology.diagnostic(
                    Code::UnknownCase,
                    &decl.fact.span,
                    message,
                    "write CASE.FACT = VALUE",
                ));
                continue;
            };
            match fact(&case.procedure, &decl.fact, &decl.value) {
                // The date is that of the opening, and is filled in then.
                Ok((fact, value)) => case.facts.push(Body::Deed(comity_core::entry::Deed {
                    when: When::At(Moment::MIN),
                    what: comity_core::entry::What::Fact { fact, value },
                })),
                Err(trouble) => wrong.push(placed(chronology, &trouble)),
            }
        }
    }

    /// The place of the case called `key`.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<usize> {
        self.cases.iter().position(|case| case.key.as_deref() == Some(key))
    }

    /// The names of columns that the procedure of the case called `key` can fill, or that of any case if none is named.
    pub(crate) fn columns(&self, key: Option<&str>) -> Vec<String> {
        let names = self.called(key).flat_map(|case| {
            let procedure = &case.procedure;
            let tracks = procedure.tracks().names().chain(procedure.clocks().names());
            tracks.chain(procedure.conditions().names()).chain(procedure.facts().names())
        });
        names.map(ToString::to_string).collect()
    }

    /// The names of the clocks of the case called `key`, or of any case if none is named.
    pub(crate) fn clocks(&self, key: Option<&str>) -> Vec<String> {
        self.called(key)
            .flat_map(|case| case.procedure.clocks().names().map(ToString::to_string).collect::<Vec<_>>())
            .collect()
    }

    fn called<'c>(&'c self, key: Option<&'c str>) -> impl Iterator<Item = &'c RehearsedCase> {
        self.cases.iter().filter(move |case| key.is_none_or(|key| case.key.as_deref() == Some(key)))
    }

    /// The place of the case that a row is about: the one it names, or the only one.
    #[must_use]
    pub fn place_of(&self, row: &Row) -> Option<usize> {
        match &row.case {
            Some(key) => self.place(&key.value),
            None => (self.cases.len() == 1).then_some(0),
        }
    }

    /// Plays one row: records its items and lets linked cases know.
    pub fn play(&mut self, row: &Row) -> Played {
        let before: Vec<Option<View>> = self.views(row.recorded);
        let heard = self.record(row);
        let after = self.views(row.recorded);
        let changed = before.iter().zip(&after).enumerate().filter_map(|(place, (before, after))| {
            let (before, after) = (before.as_ref()?, after.as_ref()?);
            let changed = changes(before, after);
            (!changed.is_empty()).then_some((place, changed))
        });
        Played { heard, changes: changed.collect() }
    }

    /// Plays one row without looking at what changes.
    pub(crate) fn record(&mut self, row: &Row) -> Vec<Heard> {
        let place = self.place_of(row);
        let mut heard = Vec::new();
        for item in &row.items {
            let answer = self.hear(place, item, row);
            heard.push(Heard { case: place, label: label(item), span: item.span.clone(), answer });
        }
        self.tell_linked(row.recorded);
        heard
    }

    /// Every open case at `moment`.
    #[must_use]
    pub fn views(&self, moment: Moment) -> Vec<Option<View>> {
        self.cases.iter().map(|case| case.is_open().then(|| case.view(moment))).collect()
    }

    fn hear(&mut self, place: Option<usize>, item: &Item, row: &Row) -> Answer {
        let Some(place) = place else {
            if item.kind == ItemKind::Look {
                return Answer::Recorded;
            }
            return Answer::Trouble(Trouble {
                span: item.span.clone(),
                message: "the row does not say which case this is about".to_owned(),
                remedy: "name a case in the column `case`".to_owned(),
                unknown: None,
            });
        };
        if let Err(rejection) = self.open_if_needed(place, row) {
            return Answer::Refused(rejection);
        }
        match &item.kind {
            ItemKind::Refused { item, because } => self.refused(place, item, because.as_ref(), row),
            ItemKind::Look
            | ItemKind::Open
            | ItemKind::Act { .. }
            | ItemKind::Document { .. }
            | ItemKind::Ground { .. }
            | ItemKind::Fact { .. }
            | ItemKind::LateRecord { .. }
            | ItemKind::Annul { .. }
            | ItemKind::Correct { .. }
            | ItemKind::Note(_) => match self.try_item(place, item, row) {
                Ok(Ok(())) => Answer::Recorded,
                Ok(Err(rejection)) => Answer::Refused(rejection),
                Err(trouble) => Answer::Trouble(trouble),
            },
        }
    }

    fn open_if_needed(&mut self, place: usize, row: &Row) -> Result<(), Rejection> {
        let links: Vec<(Name, CaseId)> = match self.cases.get(place) {
            Some(case) if !case.is_open() => case
                .links
                .iter()
                .filter_map(|(link, to)| Some((link.clone(), self.cases.get(*to)?.id)))
                .collect(),
            Some(_) | None => return Ok(()),
        };
        if let Some(case) = self.cases.get_mut(place) {
            case.open(row.when, row.recorded, &links)?;
        }
        self.tell_linked(row.recorded);
        Ok(())
    }

    /// Admits an item, and keeps it if it is admitted.
    fn try_item(&mut self, place: usize, item: &Item, row: &Row) -> Result<Result<(), Rejection>, Trouble> {
        let Some(case) = self.cases.get_mut(place) else { return Ok(Ok(())) };
        // A late record is one row of several items: each is admitted on the ground of those before it.
        if let ItemKind::LateRecord { when, items } = &item.kind {
            let late = Row { when: *when, ..row.clone() };
            for item in items {
                if let Err(rejection) = self.try_item(place, item, &late)? {
                    return Ok(Err(rejection));
                }
            }
            return Ok(Ok(()));
        }
        let bodies = bodies(&case.procedure, &case.entries, item, row.when)?;
        if let Some(crossed) = &mut self.crossed {
            let at = row.when.earliest(&case.procedure.home().zone).min(row.recorded);
            let before = fold(&case.procedure, &case.entries, Asked { at, known_at: row.recorded });
            crossed.see(&before);
            crossed.attempt(&before, &bodies);
        }
        Ok(case.admit(bodies, row.recorded))
    }

    fn refused(&mut self, place: usize, item: &Item, because: Option<&Because>, row: &Row) -> Answer {
        // It is tried for good and then taken back, so that it is judged as it would be.
        let before = self.cases.get(place).map(|case| case.entries.clone());
        let tried = self.try_item(place, item, row);
        if let (Some(case), Some(before)) = (self.cases.get_mut(place), before) {
            case.entries = before;
        }
        let found = match tried {
            Ok(Ok(())) => return Answer::NotRefused,
            Ok(Err(found)) => found,
            Err(trouble) => return Answer::Trouble(trouble),
        };
        let (fits, expected) = match because {
            None => (true, String::new()),
            Some(Because::Code(code)) => (found.code().word() == code.value, code.value.clone()),
            Some(Because::Says(text)) => (found.to_string().contains(&text.value), text.value.clone()),
        };
        if fits { Answer::RefusedAsExpected(found) } else { Answer::RefusedOtherwise { expected, found } }
    }

    /// Lets every open case know what it must know of the cases it is linked to.
    fn tell_linked(&mut self, at: Moment) {
        // What one case learns may move it, and a case told before it may have to know. Along a chain each round gets
        // one case further; a circle that never comes to rest is left after as many rounds as there are cases.
        for _ in 0..self.cases.len() {
            let mut has_told = false;
            for place in 0..self.cases.len() {
                let Some(bodies) = self.lessons_for(place, at).filter(|bodies| !bodies.is_empty()) else {
                    continue;
                };
                if let Some(case) = self.cases.get_mut(place) {
                    // A lesson that would upset what stands here is left out, as the engine does: the case cannot
                    // follow until somebody annuls those acts, and its facts show so.
                    has_told |= case.admit(bodies, at).is_ok();
                }
            }
            if !has_told {
                return;
            }
        }
    }

    fn lessons_for(&self, place: usize, at: Moment) -> Option<Vec<Body>> {
        let case = self.cases.get(place).filter(|case| case.is_open())?;
        let view = case.view(at);
        let mut bodies = Vec::new();
        for mirrored in mirrored(&case.procedure) {
            let linked = view.links().iter().rev().find(|(link, _)| *link == mirrored.link);
            let there = linked.and_then(|(_, other)| {
                let there = self.cases.iter().find(|there| there.id == *other && there.is_open())?;
                Some((*other, there.view(at)))
            });
            let there = there.as_ref().map(|(other, there)| (*other, there));
            bodies.extend(lessons(&view, &case.entries, &mirrored, there));
        }
        Some(bodies)
    }
}

/// A trouble as a diagnostic of its chronology.
pub(crate) fn placed(chronology: &Chronology, trouble: &Trouble) -> Diagnostic {
    let Some((written, known)) = &trouble.unknown else {
        return chronology.diagnostic(Code::BadItem, &trouble.span, &trouble.message, &trouble.remedy);
    };
    let name = Text { value: written.clone(), span: trouble.span.clone() };
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    chronology.unknown_name(Code::BadItem, &name, &trouble.message, &known)
}
