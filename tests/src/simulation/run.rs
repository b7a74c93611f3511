//! One life of an office, from a seed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use comity_core::entry::{Body, Office};
use comity_core::time::Moment;
use comity_store::{Journal, MemoryJournal, OpenOptions, SledJournal};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::faulty::Opened;
use super::library::Library;
use super::steps;
use super::trace::{Broken, Wrong};
use super::world::World;

/// 1 March 2027, 09:00 in Lisbon.
const BEGINS: i64 = 1_803_891_600_000_000;
/// No history is shorter, none longer.
const STEPS: (u64, u64) = (100, 220);
const YEAR: i64 = 31_557_600_000_000;

/// Where the record is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// In memory: jobs run into one another, processes die half-way, and everything repeats exactly.
    Memory,
    /// In the embedded store, on disk. It has threads of its own, so jobs run one after the other.
    Embedded,
}

/// How a life is played.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Where the record is kept.
    pub store: Store,
    /// Whether jobs run one after the other and nobody lets go of one: then both stores come to the same.
    pub is_orderly: bool,
}

/// A life in which everything held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// A digest of all that happened.
    pub digest: String,
    /// What happened, in words.
    pub trace: Vec<String>,
    /// How much there was of everything.
    pub counts: Counts,
}

/// How much there was of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Steps.
    pub steps: usize,
    /// Cases.
    pub cases: usize,
    /// Entries of the record.
    pub entries: usize,
    /// Years that passed.
    pub years: usize,
    /// Requests that were recorded.
    pub recorded: usize,
    /// Requests that the law refused.
    pub refused: usize,
    /// Calls that ended without an answer, or with an error of the world.
    pub failed: usize,
    /// Limits that were noticed.
    pub noticed: usize,
    /// Warnings.
    pub warned: usize,
    /// Times that a case was told of another.
    pub learned: usize,
    /// Events that targets took.
    pub delivered: usize,
    /// Times that a case stood on the queue as stranded.
    pub stranded: usize,
    /// Times that a case went over to another procedure, or would have.
    pub migrated: usize,
    /// Entries that confirmed what another proposed.
    pub confirmed: usize,
    /// Times that a case was sealed.
    pub sealed: usize,
    /// Readers to whom a case was shown.
    pub readers: usize,
    /// Cases whose content was erased.
    pub erased: usize,
    /// Files that were put beside cases.
    pub filed: usize,
    /// Times that the process died.
    pub crashes: usize,
    /// Times that the clock leapt.
    pub leaps: usize,
}

impl Counts {
    /// These and those.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            steps: self.steps + other.steps,
            cases: self.cases + other.cases,
            entries: self.entries + other.entries,
            years: self.years + other.years,
            recorded: self.recorded + other.recorded,
            refused: self.refused + other.refused,
            failed: self.failed + other.failed,
            noticed: self.noticed + other.noticed,
            warned: self.warned + other.warned,
            learned: self.learned + other.learned,
            delivered: self.delivered + other.delivered,
            stranded: self.stranded + other.stranded,
            migrated: self.migrated + other.migrated,
            confirmed: self.confirmed + other.confirmed,
            sealed: self.sealed + other.sealed,
            readers: self.readers + other.readers,
            erased: self.erased + other.erased,
            filed: self.filed + other.filed,
            crashes: self.crashes + other.crashes,
            leaps: self.leaps + other.leaps,
        }
    }
}

/// Plays one life.
///
/// # Errors
///
/// Returns [`Broken`] with the sentence that does not hold, and what happened until then.
pub fn play(seed: u64, library: &Library, life: Life) -> Result<Played, Box<Broken>> {
    let before = |wrong: Wrong| {
        let Wrong { sentence, found } = wrong;
        Box::new(Broken { seed, step: 0, sentence, found, trace: Vec::new() })
    };
    let disk = Disk::of(life.store).map_err(|found| before(Wrong::new("a store can be made", found)))?;
    let begins = Moment::from_unix_microseconds(BEGINS).unwrap_or(Moment::MIN);
    let is_orderly = life.is_orderly || life.store == Store::Embedded;
    let mut world = World::begin(seed, library, disk, is_orderly, begins).map_err(before)?;
    match live(&mut world) {
        Ok(()) => {
            let passed = begins.microseconds_until(world.now()) / YEAR;
            let counts = Counts {
                steps: world.trace.steps(),
                cases: world.model.cases().count() + world.gone_cases().len(),
                entries: world.model.order.len(),
                years: usize::try_from(passed).unwrap_or(0),
                confirmed: world.model.entries_that(|body| matches!(body, Body::Confirmed { .. })),
                sealed: world.model.entries_that(|body| matches!(body, Body::Office(Office::Sealed { .. }))),
                erased: world.model.all_gone().filter(|(_, gone)| gone.case.is_some()).count(),
                filed: world.model.entries_that(|body| matches!(body, Body::Filed(_))),
                delivered: world.taken(),
                ..world.counts
            };
            let (digest, trace) = (world.trace.digest(), world.trace.lines().to_vec());
            Ok(Played { digest, trace, counts })
        }
        Err(Wrong { sentence, found }) => {
            let (step, trace) = (world.trace.steps(), world.trace.lines().to_vec());
            Err(Box::new(Broken { seed, step, sentence, found, trace }))
        }
    }
}

fn live(world: &mut World) -> Result<(), Wrong> {
    steps::plan(world);
    for _ in 0..world.chance.between(STEPS.0, STEPS.1) {
        steps::step(world)?;
    }
    steps::end(world)
}

/// The bytes that outlive the process.
pub(crate) enum Disk {
    /// With the runtime on whose one thread everything is polled: uploads are tasks of their own.
    Memory(Arc<MemoryJournal>, Runtime),
    Embedded(Box<Embedded>),
}

pub(crate) struct Embedded {
    runtime: Runtime,
    below: TempDir,
    folder: PathBuf,
    opened: Option<Arc<SledJournal>>,
    times: u32,
}

impl Disk {
    fn of(store: Store) -> Result<Self, String> {
        if store == Store::Memory {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            return Ok(Self::Memory(Arc::new(MemoryJournal::new()), runtime));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let below = tempfile::tempdir().map_err(|error| error.to_string())?;
        Ok(Self::Embedded(Box::new(Embedded {
            runtime: runtime.map_err(|error| error.to_string())?,
            folder: below.path().join("store-0"),
            below,
            opened: None,
            times: 0,
        })))
    }

    /// The runtime that a journal with threads needs.
    pub(crate) fn runtime(&self) -> Option<&Runtime> {
        match self {
            Self::Memory(..) => None,
            Self::Embedded(embedded) => Some(&embedded.runtime),
        }
    }

    /// The runtime that tasks run on.
    pub(crate) fn tasks(&self) -> &Runtime {
        match self {
            Self::Memory(_, runtime) => runtime,
            Self::Embedded(embedded) => &embedded.runtime,
        }
    }

    /// Opens the record anew. After a crash there is what was on disk, and nothing that could be worked out from it.
    pub(crate) fn reopen(&mut self, is_crash: bool) -> Result<Opened, String> {
        match self {
            Self::Memory(journal, _) => {
                journal.reopen().map_err(|error| error.to_string())?;
                Ok((journal.clone(), Some(journal.clone())))
            }
            Self::Embedded(embedded) => {
                embedded.reopen(is_crash).map(|journal| (journal, None)).map_err(|error| error.to_string())
            }
        }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Embedded {
    fn reopen(&mut self, is_crash: bool) -> Result<Arc<dyn Journal>, Failure> {
        if is_crash {
            self.times += 1;
            let left = self.below.path().join(format!("store-{}", self.times));
            // While the old process still has it open, as a crash leaves it. The index may lag behind, so it is not taken along.
            copy(&self.folder, &left)?;
            self.folder = left;
        }
        if let Some(opened) = self.opened.take() {
            self.runtime.block_on(opened.close())?;
        }
        let options = OpenOptions {
            disk_floor: 0,
            segment_bytes: 64 << 10,
            segment_step: 16 << 10,
            ..OpenOptions::default()
        };
        let opened = Arc::new(self.runtime.block_on(SledJournal::open(&self.folder, options))?);
        self.opened = Some(opened.clone());
        Ok(opened)
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type()?.is_dir() {
            if name != "sled" {
                copy(&path, &to.join(name))?;
            }
        } else if name != "lock" {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
