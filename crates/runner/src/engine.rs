//! The engine itself: what it holds, and how it reads a case.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use comity_core::entry::{Body, Entry, Opening};
use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::migration::{Lineage, Migration};
use comity_core::name::Name;
use comity_core::procedure::{Meaning, Procedure, SharedProcedure};
use comity_core::time::Moment;
use comity_core::{Asked, Change, View, changes, fold, known_at};
use comity_store::codec::{Record, decode_entry, decode_recorded};
use comity_store::{Journal, PageRequest, Position, Query};
use tokio::sync::watch;
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::EngineError;
use crate::follow::Watched;
use crate::jump::ClockWatch;
use crate::procedures::Procedures;
use crate::words::{name, words};

/// What an engine is made of.
#[derive(Clone)]
pub struct EngineParts {
    /// The record.
    pub journal: Arc<dyn Journal>,
    /// The library.
    pub procedures: Arc<dyn Procedures>,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
}

/// The engine. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    parts: EngineParts,
    /// Procedures that cases are pinned to, so that each is read once.
    pinned: RwLock<HashMap<(Name, Meaning), SharedProcedure>>,
    /// Held while a matter or case is opened, so that a reference is not given twice.
    pub(crate) opening: tokio::sync::Mutex<()>,
    /// Whether some case may not know yet what it must know of another: at the start, and after a failure.
    pub(crate) some_may_be_behind: AtomicBool,
    /// The cases that are tied to a case and that the index does not know of as such.
    pub(crate) noted_ties: Mutex<HashMap<CaseId, BTreeSet<CaseId>>>,
    /// What is remembered of the clock of the machine.
    pub(crate) clock_watch: Mutex<ClockWatch>,
    /// One lock for each case that is being written, so that writers of one case queue here and not on conflicts.
    writers: Mutex<HashMap<CaseId, Arc<tokio::sync::Mutex<()>>>>,
    /// How far the record has grown by what this engine recorded.
    pub(crate) moved: watch::Sender<Position>,
}

/// A case as it stands in the journal.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// Its id.
    pub case: CaseId,
    /// The procedure that it is pinned to: the last one that it went over to, or else that of its opening.
    pub procedure: SharedProcedure,
    /// All procedures that it has run under.
    pub lineage: Lineage,
    /// How it began.
    pub opening: Opening,
    /// All entries.
    pub entries: Vec<Entry>,
}

impl CaseFile {
    /// How many entries there are.
    #[must_use]
    pub fn version(&self) -> Version {
        self.entries.last().map_or(Version(0), |entry| entry.number.into())
    }

    /// Where the case stands.
    #[must_use]
    pub fn view(&self, asked: Asked) -> View {
        fold(&self.lineage, &self.entries, asked)
    }

    /// The case as it was at `version`, without what was recorded later.
    #[must_use]
    pub fn at_version(&self, version: Version) -> Self {
        let held = usize::try_from(version.0).unwrap_or(usize::MAX);
        self.holding(self.entries.iter().take(held).cloned().collect())
    }

    /// The case as it was known at `moment`; without any entry if it was not open by then.
    #[must_use]
    pub fn known_at(&self, moment: Moment) -> Self {
        self.holding(known_at(&self.entries, moment).to_vec())
    }

    /// The case with these entries in the place of its own.
    fn holding(&self, entries: Vec<Entry>) -> Self {
        let procedure = self.lineage.present(&entries).clone();
        Self { procedure, entries, ..self.clone() }
    }

    /// The case with further entries.
    pub(crate) fn with(self, added: &[Entry]) -> Self {
        let entries = [self.entries.as_slice(), added].concat();
        self.holding(entries)
    }

    /// The procedure that an entry speaks of: that under which the case was when it was recorded.
    #[must_use]
    pub fn procedure_of(&self, entry: EntryNumber) -> &SharedProcedure {
        let upto = self.entries.partition_point(|one| one.number <= entry);
        self.lineage.present(self.entries.get(..upto).unwrap_or(&self.entries))
    }

    /// Whether something was recorded in it at a later moment, by a clock that went back since.
    pub(crate) fn is_ahead_of(&self, moment: Moment) -> bool {
        self.entries.last().is_some_and(|last| last.recorded_at > moment)
    }

    /// What the entries between two versions changed.
    ///
    /// Both are looked at as of the moment at which the last of them was recorded: at any moment before that, they
    /// were not known.
    #[must_use]
    pub fn changes(&self, from: Version, to: Version) -> Vec<Change> {
        let after = self.at_version(to);
        let Some(last) = after.entries.last() else { return Vec::new() };
        let recorded = Asked::at(last.recorded_at);
        changes(&self.at_version(from).view(recorded), &after.view(recorded))
    }
}

impl std::fmt::Debug for EngineParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineParts").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine of these parts. Nothing is read or written yet.
    #[must_use]
    pub fn new(parts: EngineParts) -> Self {
        let (watched, moved) = Watched::new(parts.journal);
        let shared = Shared {
            parts: EngineParts { journal: Arc::new(watched), ..parts },
            moved,
            pinned: RwLock::default(),
            opening: tokio::sync::Mutex::default(),
            some_may_be_behind: AtomicBool::new(true),
            noted_ties: Mutex::default(),
            clock_watch: Mutex::default(),
            writers: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The present moment, by the clock of the engine.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.shared.parts.clock.now()
    }

    /// How much time has passed, by a clock that nobody sets.
    pub(crate) fn steady(&self) -> Option<Duration> {
        self.shared.parts.clock.steady()
    }

    /// The record.
    #[must_use]
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.shared.parts.journal
    }

    /// The library.
    #[must_use]
    pub fn procedures(&self) -> &Arc<dyn Procedures> {
        &self.shared.parts.procedures
    }

    /// Reads a case.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if there is none, or it cannot be read.
    pub async fn case(&self, case: CaseId) -> Result<CaseFile, EngineError> {
        let recorded = self.journal().read(case, Version(0)).await.map_err(EngineError::Read)?;
        if let Some(Record::Erased(erasure)) = recorded.last().and_then(|last| decode_recorded(last).ok()) {
            return Err(EngineError::Erased { case, erasure });
        }
        let entries = recorded
            .iter()
            .map(decode_entry)
            .collect::<Result<Vec<Entry>, _>>()
            .map_err(|source| EngineError::Decode { case, source })?;
        let Some(Entry { body: Body::Opened(opening), .. }) = entries.first() else {
            return Err(EngineError::NoSuchCase(case));
        };
        let opening = opening.clone();
        let mut lineage = Lineage::of(self.pinned(&opening.procedure, opening.meaning).await?);
        for migration in migrations(&entries) {
            lineage.add(self.pinned(&migration.procedure, migration.meaning).await?);
        }
        let procedure = lineage.present(&entries).clone();
        Ok(CaseFile { case, procedure, lineage, opening, entries })
    }

    /// Where a case stands.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if there is none, or it cannot be read.
    pub async fn view(&self, case: CaseId, asked: Asked) -> Result<View, EngineError> {
        Ok(self.case(case).await?.view(asked))
    }

    /// The case known under `reference`.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn find_case(&self, reference: &str) -> Result<Option<CaseId>, EngineError> {
        let Some(found) = self.named(reference).await? else { return Ok(None) };
        // Matters have references too.
        let recorded = self.journal().read(found, Version(0)).await.map_err(EngineError::Read)?;
        let is_case = recorded.last().map(decode_recorded).is_some_and(|last| match last {
            Ok(Record::Case(_) | Record::Erased(_)) => true,
            Ok(
                Record::Matter(_)
                | Record::Procedure(_)
                | Record::Clock(_)
                | Record::Delivery(_)
                | Record::Read(_)
                | Record::Report(_),
            )
            | Err(_) => false,
        });
        Ok(is_case.then_some(found))
    }

    /// The matter or case known under `reference`.
    pub(crate) async fn named(&self, reference: &str) -> Result<Option<CaseId>, EngineError> {
        self.first(Query::Named(reference.to_owned())).await
    }

    async fn first(&self, query: Query) -> Result<Option<CaseId>, EngineError> {
        let page = self.journal().rows(query, PageRequest::first(1)).await.map_err(EngineError::Read)?;
        Ok(page.rows.first().map(|found| found.case))
    }

    /// The cases with all the words of `text` in their title, the oldest identifier first. Case and marks make no
    /// difference; half a word finds nothing.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn search(&self, text: &str) -> Result<Vec<CaseId>, EngineError> {
        let mut found: Option<Vec<CaseId>> = None;
        for word in words(text) {
            let with = self.all(Query::WithWord(word)).await?;
            found = Some(match found {
                None => with,
                Some(before) => before.into_iter().filter(|case| with.binary_search(case).is_ok()).collect(),
            });
        }
        Ok(found.unwrap_or_default())
    }

    /// The cases about a person of this name, where the procedure has a fact for it. Case and marks make no difference.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn about(&self, person: &str) -> Result<Vec<CaseId>, EngineError> {
        self.all(Query::OfPerson(name(person))).await
    }

    /// The cases with a State on a side, by its code of two letters.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn of_state(&self, state: &str) -> Result<Vec<CaseId>, EngineError> {
        self.all(Query::OfState(state.to_owned())).await
    }

    /// The cases that a query finds, each once, in the order of the index.
    pub(crate) async fn all(&self, query: Query) -> Result<Vec<CaseId>, EngineError> {
        let (mut cases, mut after) = (Vec::new(), None);
        loop {
            let request = PageRequest { after, limit: 500 };
            let page = self.journal().rows(query.clone(), request).await.map_err(EngineError::Read)?;
            cases.extend(page.rows.iter().map(|found| found.case));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        cases.dedup();
        Ok(cases)
    }

    /// All cases, the oldest identifier first.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn cases(&self) -> Result<Vec<CaseId>, EngineError> {
        self.all(Query::OfKind(crate::rows::CASE.to_owned())).await
    }

    /// The procedure that a case is pinned to: from memory, the library, or the text that the journal kept.
    pub(crate) async fn pinned(&self, name: &Name, meaning: Meaning) -> Result<SharedProcedure, EngineError> {
        let key = (name.clone(), meaning);
        if let Some(known) = self.shared.pinned.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let current = self.procedures().current(name.as_str()).map(|edition| edition.procedure);
        let procedure = match current.filter(|procedure| procedure.meaning() == meaning) {
            Some(current) => current,
            None => self.restored(name, meaning).await?,
        };
        self.shared.pinned.write().unwrap_or_else(PoisonError::into_inner).insert(key, procedure.clone());
        Ok(procedure)
    }

    async fn restored(&self, name: &Name, meaning: Meaning) -> Result<SharedProcedure, EngineError> {
        let stream = procedure_stream(meaning);
        let recorded = self.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
        let first = recorded.first().map(decode_recorded);
        let registered = match first {
            Some(Ok(Record::Procedure(registered))) => registered,
            Some(Err(source)) => return Err(EngineError::Decode { case: stream, source }),
            Some(Ok(
                Record::Case(_)
                | Record::Matter(_)
                | Record::Erased(_)
                | Record::Clock(_)
                | Record::Delivery(_)
                | Record::Read(_)
                | Record::Report(_),
            ))
            | None => {
                return Err(EngineError::ProcedureLost { name: name.to_string(), meaning });
            }
        };
        let procedure = self
            .procedures()
            .restore(&registered.files)
            .map_err(|source| EngineError::Restore { name: name.to_string(), source })?;
        check_meaning(name, meaning, &procedure)?;
        Ok(procedure)
    }

    /// The lock of a case. While it is held, nobody else of this engine writes the case.
    pub(crate) fn writer(&self, case: CaseId) -> Arc<tokio::sync::Mutex<()>> {
        let mut writers = self.shared.writers.lock().unwrap_or_else(PoisonError::into_inner);
        // Locks that nobody holds or waits for are dropped, so the map is as large as the work under way.
        writers.retain(|_, lock| Arc::strong_count(lock) > 1);
        writers.entry(case).or_default().clone()
    }
}

/// The migrations that entries hold.
pub(crate) fn migrations(entries: &[Entry]) -> impl Iterator<Item = &Migration> {
    entries.iter().filter_map(|entry| {
        if let Body::Migrated(migration) = &entry.body { Some(migration.as_ref()) } else { None }
    })
}

fn check_meaning(name: &Name, pinned: Meaning, procedure: &Procedure) -> Result<(), EngineError> {
    let found = procedure.meaning();
    if found == pinned {
        return Ok(());
    }
    Err(EngineError::ProcedureChanged { name: name.to_string(), pinned, found })
}

/// The stream in which the text of a procedure is kept, by its meaning.
pub(crate) fn procedure_stream(meaning: Meaning) -> CaseId {
    CaseId(Uuid::new_v5(&Uuid::NAMESPACE_OID, &meaning.0))
}
