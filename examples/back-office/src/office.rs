//! The engine with the procedure as types: what the tool can do.

use std::path::Path;
use std::sync::Arc;

use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::time::{BadWhen, BadZone, When, Zone};
use comity_core::{Asked, Rejection};
use comity_language::library::{Disk, load};
use comity_runner::{Engine, EngineError, EngineParts, LibraryProcedures, NewCase, NewMatter, SystemClock};
use comity_store::{OpenOptions, SledJournal};
use comity_typed::{Named, NotThis, Occasion, Procedure, StepError, Taken};

comity_typed::procedure!(pub(crate) mod extradition = "procedures/norvane-calderia/extradition.yaml");

use extradition::tracks::{Custody, custody};
use extradition::{Case, Clock, This, View, acts};

/// The library, which the types were made from.
const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/procedures");

/// What may go wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OfficeError {
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] comity_store::OpenError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A step failed.
    #[error(transparent)]
    Step(#[from] StepError<EngineError>),
    /// A case is none of ours.
    #[error(transparent)]
    NotThis(#[from] NotThis),
    /// The law does not allow it.
    #[error("{0}")]
    Rejected(Rejection),
    /// A date cannot be read.
    #[error(transparent)]
    When(#[from] BadWhen),
    /// There is no such zone.
    #[error(transparent)]
    Zone(#[from] BadZone),
    /// The library has flaws.
    #[error("the library cannot be used: {0}")]
    Library(String),
    /// The arrest is recorded, and the person stands elsewhere by now.
    #[error("the arrest is recorded, and {0}")]
    Elsewhere(&'static str),
    /// The system failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The office.
#[derive(Clone, Debug)]
pub(crate) struct Office {
    /// The engine.
    pub(crate) engine: Engine,
    /// The zone of the requested State, in which dates are typed.
    pub(crate) zone: Zone,
    officer: Private,
}

/// A case as the page and the report show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its reference.
    pub(crate) reference: String,
    /// Where the person is.
    pub(crate) custody: String,
    /// Until when the request must have come, in the words of the engine; nothing if no limit runs.
    pub(crate) limit: Option<String>,
    /// The provision of the limit.
    pub(crate) cite: &'static str,
}

impl Office {
    /// Opens the store in a folder.
    ///
    /// # Errors
    ///
    /// Returns [`OfficeError`] if it cannot be opened, or the library cannot be used.
    pub(crate) async fn open(folder: impl AsRef<Path>) -> Result<Self, OfficeError> {
        let library = load(&Disk::new(LIBRARY));
        if let Some(flaw) = library.diagnostics.first() {
            return Err(OfficeError::Library(flaw.to_string()));
        }
        let engine = Engine::new(EngineParts {
            journal: Arc::new(SledJournal::open(folder.as_ref(), OpenOptions::default()).await?),
            procedures: Arc::new(LibraryProcedures::new(library)),
            clock: Arc::new(SystemClock),
        });
        Ok(Self { engine, zone: Zone::named("Europe/Lisbon")?, officer: Private::new("back-office") })
    }

    /// Lets go of the store.
    ///
    /// # Errors
    ///
    /// Returns [`OfficeError`] if what is on its way cannot be written.
    pub(crate) async fn close(&self) -> Result<(), OfficeError> {
        self.engine.journal().close().await.map_err(|error| OfficeError::Io(std::io::Error::other(error)))
    }

    /// Opens a case and records the arrest with which it begins.
    ///
    /// # Errors
    ///
    /// Returns [`OfficeError::Rejected`] with the sentence of the engine if the law does not allow it.
    pub(crate) async fn arrest(
        &self,
        reference: &str,
        when: &str,
        place: &str,
    ) -> Result<Case<custody::Held>, OfficeError> {
        let when = When::parse(when, &self.zone)?;
        let free = self.opened(reference, when).await?;
        let act = acts::Arrested { arrest_place: Private::new(place) };
        match free.arrested(act).record(&self.engine, Occasion::new(when, &self.officer)).await? {
            Taken::Stands(held) => Ok(held),
            Taken::Elsewhere(elsewhere) => Err(elsewhere_than_held(&elsewhere)),
            Taken::Rejected { rejection, .. } => Err(OfficeError::Rejected(rejection)),
        }
    }

    async fn opened(&self, reference: &str, when: When) -> Result<Case<custody::Free>, OfficeError> {
        let case = match self.engine.find_case(reference).await? {
            Some(case) => case,
            None => self.open_case(reference, when).await?,
        };
        let view = self.engine.view(case, Asked::at(self.engine.now())).await?;
        Ok(Case::of(case, &view)?)
    }

    async fn open_case(&self, reference: &str, when: When) -> Result<CaseId, OfficeError> {
        let matter = NewMatter { reference: format!("M-{reference}"), title: Private::new(reference) };
        let case = NewCase {
            matter: self.engine.open_matter(matter, &self.officer).await?,
            procedure: This::NAME.into(),
            reference: reference.to_owned(),
            title: Private::new(reference),
            since: when,
            links: vec![],
        };
        Ok(self.engine.open_case(case, &self.officer).await?)
    }

    /// Every case, by its reference.
    ///
    /// # Errors
    ///
    /// Returns [`OfficeError`] if a case cannot be read.
    pub(crate) async fn rows(&self) -> Result<Vec<Row>, OfficeError> {
        let mut rows = Vec::new();
        for case in self.engine.cases().await? {
            let file = self.engine.case(case).await?;
            let untyped = file.view(Asked::at(self.engine.now()));
            let view = View::of(&untyped)?;
            rows.push(Row {
                reference: file.opening.reference.clone(),
                custody: custody_in_words(view.custody()),
                limit: running(&view),
                cite: Clock::RequestArrives.basis(),
            });
        }
        rows.sort_by(|one, other| one.reference.cmp(&other.reference));
        Ok(rows)
    }
}

/// The compiler asks for every stage, and for no other.
fn custody_in_words(custody: &Custody) -> String {
    match custody {
        Custody::Free(_) => "at liberty".to_owned(),
        Custody::Held(_) => "held".to_owned(),
        Custody::ReleaseDue(_) => "to be released now".to_owned(),
        Custody::HandedOver(_) => "handed over".to_owned(),
    }
}

/// Until when the limit runs, as the engine tells it.
fn running(view: &View<'_>) -> Option<String> {
    let (ends, _) = view.due().into_iter().find(|(_, clock)| *clock == Clock::RequestArrives)?;
    let zone = view.clock(Clock::RequestArrives)?.zone;
    Some(zone.day_until(ends).in_words())
}

/// An arrest that was recorded so late that the limit has run out meanwhile.
fn elsewhere_than_held(elsewhere: &custody::Anywhere) -> OfficeError {
    OfficeError::Elsewhere(match elsewhere {
        custody::Anywhere::ReleaseDue(_) => {
            "the limit for the request has run out since: the person is to be released"
        }
        custody::Anywhere::Free(_) | custody::Anywhere::Held(_) | custody::Anywhere::HandedOver(_) => {
            "more was recorded meanwhile: look at the case"
        }
    })
}
