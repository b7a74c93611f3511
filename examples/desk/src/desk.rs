//! The engine behind the desk. No name of any procedure stands here.

use std::sync::Arc;

use comity_core::entry::{Arrival, Deed, What};
use comity_core::id::CaseId;
use comity_core::name::{BadName, Name, Private};
use comity_core::procedure::SharedProcedure;
use comity_core::time::When;
use comity_core::value::Value;
use comity_core::{Asked, View};
use comity_language::library::{Disk, load};
use comity_runner::{
    Engine, EngineError, EngineParts, LibraryProcedures, NewCase, NewMatter, Outcome, Request, SystemClock,
};
use comity_store::MemoryJournal;

use crate::line::{Happened, Line};

/// What may go wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeskError {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What was named is no name of a procedure.
    #[error(transparent)]
    Name(#[from] BadName),
    /// Nothing can be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A desk with one open case.
#[derive(Debug)]
pub(crate) struct Desk {
    engine: Engine,
    case: CaseId,
    officer: Private,
}

impl Desk {
    /// Loads a library and opens a case under one of its procedures, on a store in memory.
    ///
    /// # Errors
    ///
    /// Returns [`DeskError::Engine`] if the library has no such procedure, or no case may run under it.
    pub(crate) async fn open(library: &str, procedure: &str) -> Result<Self, DeskError> {
        let engine = Engine::new(EngineParts {
            journal: Arc::new(MemoryJournal::new()),
            procedures: Arc::new(LibraryProcedures::new(load(&Disk::new(library)))),
            clock: Arc::new(SystemClock),
        });
        let officer = Private::new("desk");
        let matter = NewMatter { reference: "M-1".into(), title: Private::new("A matter") };
        let matter = engine.open_matter(matter, &officer).await?;
        // From long ago, so that what is typed may have happened at any time.
        let since = "1970-01-01".parse().map_or(When::At(engine.now()), When::On);
        let (procedure, reference) = (procedure.parse()?, "CASE-1".to_owned());
        let case =
            NewCase { matter, procedure, reference, title: Private::new("A case"), since, links: vec![] };
        let case = engine.open_case(case, &officer).await?;
        Ok(Self { engine, case, officer })
    }

    /// What the procedure is called.
    ///
    /// # Errors
    ///
    /// Returns [`DeskError`] if the case cannot be read.
    pub(crate) async fn title(&self) -> Result<String, DeskError> {
        let view = self.view().await?;
        Ok(format!("{} ({})", view.procedure().title(), view.procedure().name()))
    }

    async fn view(&self) -> Result<View, DeskError> {
        Ok(self.engine.view(self.case, Asked::at(self.engine.now())).await?)
    }

    /// What is said to a line.
    ///
    /// # Errors
    ///
    /// Returns [`DeskError`] if the case cannot be read or written. What the law does not allow is no error: it is said.
    pub(crate) async fn answer(&self, line: Line) -> Result<String, DeskError> {
        let view = self.view().await?;
        Ok(match line {
            Line::Stands => stands(&view),
            Line::Open => open(&view),
            Line::Due => due(&view),
            Line::Why(act) => why(&view, &act),
            Line::Happened { when, what } => match deed(view.procedure(), &when, what) {
                Ok(deed) => self.record(deed).await?,
                Err(bad) => format!("{bad}\n"),
            },
        })
    }

    async fn record(&self, deed: Deed) -> Result<String, DeskError> {
        let before = self.engine.case(self.case).await?.version();
        Ok(match self.engine.record(self.case, Request::deed(deed, &self.officer)).await? {
            Outcome::Rejected(rejection) => format!("refused: {rejection}\n"),
            Outcome::Recorded(receipt) => {
                let file = self.engine.case(self.case).await?;
                let changes = file.changes(before, receipt.version);
                let told = changes.iter().map(|change| format!("  {change}"));
                format!("recorded as entry {}\n{}", receipt.version, lines(told))
            }
        })
    }
}

/// What was typed as the core takes it: values by the types of the facts, dates in the zone of whoever acts.
fn deed(procedure: &SharedProcedure, when: &str, what: Happened) -> Result<Deed, String> {
    let zone_of = |by: Option<&Name>| {
        let authority = by.and_then(|by| procedure.authorities().find(by.as_str()));
        let authority = authority.and_then(|id| procedure.authorities().get(id));
        let side = authority.and_then(|authority| procedure.sides().get(authority.side));
        side.unwrap_or_else(|| procedure.home()).zone.clone()
    };
    let at = |by: Option<&Name>| When::parse(when, &zone_of(by)).map_err(|bad| bad.to_string());
    Ok(match what {
        Happened::Document { document, form, translated } => Deed {
            when: at(None)?,
            what: What::Document(Arrival { document, form, translated_into: translated }),
        },
        Happened::Ground { ground, applies, by } => {
            Deed { when: at(Some(&by))?, what: What::Finding { ground, applies, by } }
        }
        Happened::Act { act, by, facts } => {
            let by = by.or_else(|| only_one(procedure, &act)).ok_or("say who did it: `by AUTHORITY`")?;
            let facts = facts.into_iter().map(|(fact, text)| value(procedure, fact, &text));
            let facts = facts.collect::<Result<_, _>>()?;
            Deed { when: at(Some(&by))?, what: What::Act { act, by, facts } }
        }
    })
}

/// Whoever may do an act, if there is one alone.
fn only_one(procedure: &SharedProcedure, act: &Name) -> Option<Name> {
    let act = procedure.acts().get(procedure.acts().find(act.as_str())?)?;
    let [only] = act.by.as_slice() else { return None };
    procedure.authorities().iter().find(|(id, _, _)| id == only).map(|(_, name, _)| name.clone())
}

fn value(procedure: &SharedProcedure, fact: Name, text: &str) -> Result<(Name, Value), String> {
    let row = procedure.facts().find(fact.as_str()).and_then(|id| procedure.facts().get(id));
    let row = row.ok_or_else(|| format!("there is no fact `{fact}`"))?;
    let value = row.of.read(text).map_err(|bad| format!("{fact}: {bad}"))?;
    Ok((fact, value))
}

/// Lines, each ended.
fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.fold(String::new(), |mut text, line| {
        text.push_str(&line);
        text.push('\n');
        text
    })
}

fn stands(view: &View) -> String {
    lines(view.tracks().iter().map(|track| format!("{:<16} {}", track.name, track.stage.title)))
}

fn open(view: &View) -> String {
    let acts = view.acts();
    lines(acts.iter().filter(|act| act.is_open()).map(|act| {
        let by: Vec<String> = act.by.iter().map(|(name, _)| name.to_string()).collect();
        format!("{:<28} {} – {}", act.name, act.act.title, by.join(", "))
    }))
}

fn due(view: &View) -> String {
    lines(view.due().into_iter().map(|(ends, clock)| {
        let last = clock.zone.day_until(ends).in_words();
        format!("{last:<28} {} ({})", clock.clock.title, clock.clock.basis)
    }))
}

fn why(view: &View, act: &Name) -> String {
    let Some(act) = view.act(act.as_str()) else { return format!("there is no act `{act}`\n") };
    if act.is_open() {
        return "it may be done\n".to_owned();
    }
    lines(act.closed_because.iter().map(ToString::to_string))
}
