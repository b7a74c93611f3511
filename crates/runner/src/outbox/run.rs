//! The outbox of an engine, and the loops that keep it moving.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use comity_core::time::Moment;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{error, info};

use super::books::Books;
use super::find::Reader;
use super::pass::Passed;
use super::sender::{Sender, Why};
use super::standing::Standing;
use super::target::{Target, TargetName};
use crate::engine::Engine;
use crate::error::EngineError;

/// How long is waited before another look. What this engine records is looked at when it is on disk; others may record too, and what
/// waits becomes due.
const POLL: Duration = Duration::from_secs(1);
/// How long is waited after the journal failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How long a sender that is at work may take when the outbox is to end.
const GRACE: Duration = Duration::from_secs(15);

/// Where chance comes from.
pub trait Random: Send + Sync {
    /// A number, any of them as likely as any other.
    fn next(&self) -> u64;
}

/// Chance as the machine has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn next(&self) -> u64 {
        // Without any, all wait as long as they may, which is safe.
        getrandom::u64().unwrap_or(u64::MAX)
    }
}

/// What an outbox is made of.
#[derive(Clone)]
pub struct OutboxParts {
    /// The engine whose record it tells of.
    pub engine: Engine,
    /// What the record is called to receivers, an address for instance. With the key of an event it must be unique among all
    /// records that a receiver hears of.
    pub source: String,
    /// To whom it tells, and who carries it.
    pub targets: Vec<(Target, Arc<dyn Sender>)>,
    /// Where chance comes from.
    pub random: Arc<dyn Random>,
}

/// Two targets of one name, which would be taken for one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two targets are called `{name}`; give one of them another name")]
pub struct TwiceNamed {
    /// The name.
    pub name: TargetName,
}

/// How it goes with a target, in this process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// How many tries failed in a row.
    pub failures: u32,
    /// Until when it is left alone.
    pub paused_until: Option<Moment>,
    /// Why the last try failed, if none was taken since.
    pub why: Option<Why>,
}

/// Delivers what was recorded. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Outbox {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) reader: Reader,
    pub(super) random: Arc<dyn Random>,
    targets: Vec<Arc<Carried>>,
    health: Mutex<BTreeMap<TargetName, Health>>,
    stopping: watch::Sender<bool>,
}

/// A target, who carries events to it, and what is known of it while nobody else may deliver to it.
pub(super) struct Carried {
    pub(super) target: Target,
    pub(super) sender: Arc<dyn Sender>,
    books: tokio::sync::Mutex<Option<Books>>,
}

impl Shared {
    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    pub(super) fn note(&self, name: &TargetName, standing: &Standing, why: Option<Why>) {
        let health = Health { failures: standing.failures(), paused_until: standing.paused_until(), why };
        self.health.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), health);
    }
}

impl std::fmt::Debug for OutboxParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboxParts").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").finish_non_exhaustive()
    }
}

impl Outbox {
    /// An outbox of these parts. Nothing is read or sent yet.
    ///
    /// # Errors
    ///
    /// Returns [`TwiceNamed`] if two targets have one name.
    pub fn new(parts: OutboxParts) -> Result<Self, TwiceNamed> {
        let mut targets: Vec<Arc<Carried>> = Vec::new();
        for (target, sender) in parts.targets {
            if targets.iter().any(|other| other.target.name == target.name) {
                return Err(TwiceNamed { name: target.name });
            }
            targets.push(Arc::new(Carried { target, sender, books: tokio::sync::Mutex::default() }));
        }
        let shared = Shared {
            reader: Reader::new(parts.engine, parts.source),
            random: parts.random,
            targets,
            health: Mutex::default(),
            stopping: watch::Sender::new(false),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// How it goes with each target that was tried in this process.
    #[must_use]
    pub fn health(&self) -> BTreeMap<TargetName, Health> {
        self.shared.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does all that can be done now for the target called `name`.
    ///
    /// Dropping the future leaves open whether the target has the event that was under way; the next pass sends it again.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError::NoSuchTarget`] if it is none of this outbox, and others if the journal fails. Nothing is lost by it.
    pub async fn pass(&self, name: &TargetName) -> Result<Passed, EngineError> {
        let found = self.shared.targets.iter().find(|carried| carried.target.name == *name);
        let known = || self.shared.targets.iter().map(|carried| carried.target.name.to_string()).collect();
        let carried =
            found.ok_or_else(|| EngineError::NoSuchTarget { name: name.to_string(), known: known() })?;
        self.pass_over(carried).await
    }

    async fn pass_over(&self, carried: &Carried) -> Result<Passed, EngineError> {
        let (engine, name) = (&self.shared.reader.engine, &carried.target.name);
        // Another outbox over the same engine waits here.
        let lock = engine.writer(name.progress());
        let _held = lock.lock().await;
        let mut kept = carried.books.lock().await;
        let books = match kept.as_mut() {
            Some(books) if books.are_current(engine, name).await? => books,
            _ => kept.insert(Books::open(engine, &carried.target).await?),
        };
        books.follow(engine, name).await?;
        self.carry(carried, books).await
    }

    /// Tells the record what it does not know yet of how far a target was delivered to.
    async fn settle(&self, carried: &Carried) -> Result<(), EngineError> {
        let (engine, name) = (&self.shared.reader.engine, &carried.target.name);
        let lock = engine.writer(name.progress());
        let _held = lock.lock().await;
        match carried.books.lock().await.as_mut() {
            Some(books) if books.standing.has_unsaved() => books.save(engine, name).await,
            _ => Ok(()),
        }
    }

    /// Delivers until `shutdown` is done; then no new event is sent, the one under way may end, and the record is told.
    ///
    /// What fails is logged and tried again.
    ///
    /// Dropping the future ends all that is under way at once; what the record was not told of is sent again at the next start.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        self.shared.stopping.send_replace(false);
        let mut loops = JoinSet::new();
        for carried in &self.shared.targets {
            let (this, carried) = (self.clone(), Arc::clone(carried));
            loops.spawn(async move { this.keep_carrying(&carried).await });
        }
        shutdown.await;
        self.end(loops).await;
    }

    async fn end(&self, mut loops: JoinSet<()>) {
        self.shared.stopping.send_replace(true);
        let all = async { while loops.join_next().await.is_some() {} };
        if timeout(GRACE, all).await.is_err() {
            info!("a target did not answer in time; what was sent to it is sent again at the next start");
        }
    }

    async fn keep_carrying(&self, carried: &Carried) {
        let name = &carried.target.name;
        let mut moved = self.shared.reader.engine.shared.moved.subscribe();
        let mut stopping = self.shared.stopping.subscribe();
        while !self.shared.is_stopping() {
            // What is recorded from here on wakes it, also while the pass is under way.
            moved.mark_unchanged();
            let wait = match self.pass_over(carried).await {
                Ok(passed) if passed.more => Duration::ZERO,
                Ok(_) => POLL,
                Err(error) => {
                    error!(%name, code = error.code(), "events could not be delivered; it is tried again");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = sleep(wait) => {}
                Ok(()) = moved.changed(), if wait == POLL => {}
                _ = stopping.wait_for(|stops| *stops) => {}
            }
        }
        if let Err(error) = self.settle(carried).await {
            error!(%name, code = error.code(), "how far it was delivered could not be recorded; some is sent again");
        }
    }
}
