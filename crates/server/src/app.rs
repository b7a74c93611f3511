//! What every request works with.

use std::sync::Arc;

use comity_core::time::Moment;
use comity_evidence::Note;
use comity_runner::Engine;
use comity_store::{Files, ProofError, Proofs, ProofsAsked};
use tokio::sync::Semaphore;

use crate::access::{Action, Book, Issuer, Principal, Rules, What};
use crate::api::verification::Verification;
use crate::config::Config;
use crate::console::Sessions;
use crate::metrics::{Metrics, Tally};
use crate::problem::Problem;
use crate::shown::Seals;

/// Whether the store that lies under the engine can be worked with.
pub trait Standing: Send + Sync {
    /// Why not, in a sentence; nothing if it can.
    fn wanting(&self) -> Option<String>;
}

/// What proves entries of the record by its files, beside the work. It may take as long as the record is.
pub trait Proving: Send + Sync {
    /// Proves what is asked of the record.
    ///
    /// # Errors
    ///
    /// Returns [`ProofError`] if the record is not in order or too short.
    fn prove(&self, asked: &ProofsAsked) -> Result<Proofs, ProofError>;

    /// The newest checkpoint that is kept beside the record; nothing, if none was ever signed.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the checkpoints that are kept cannot be read.
    fn newest(&self) -> Result<Option<Note>, String>;
}

/// What a server is made of.
#[derive(Clone)]
pub struct Parts {
    /// The engine.
    pub engine: Engine,
    /// The accounts.
    pub book: Book,
    /// The rules of who may do what.
    pub rules: Arc<Rules>,
    /// The identity provider whose tokens open accounts of the book, if there is one.
    pub issuer: Option<Arc<Issuer>>,
    /// How the store stands.
    pub standing: Arc<dyn Standing>,
    /// What proves entries of the record; nothing, if no bundles of evidence are made here.
    pub proving: Option<Arc<dyn Proving>>,
    /// Where files beside cases lie; nothing, if none are kept here.
    pub files: Option<Files>,
    /// What is counted of the traces that are sent, if there are any. Whoever starts a server that is configured to have some
    /// starts them too, with [`Traces`](crate::traces::Traces).
    pub traces: Option<Tally>,
    /// The configuration.
    pub config: Config,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

/// What every request works with.
pub(crate) struct App {
    pub(crate) engine: Engine,
    pub(crate) book: Book,
    pub(crate) rules: Arc<Rules>,
    pub(crate) issuer: Option<Arc<Issuer>>,
    pub(crate) standing: Arc<dyn Standing>,
    pub(crate) config: Config,
    pub(crate) metrics: Metrics,
    pub(crate) seals: Seals,
    pub(crate) files: Option<Files>,
    pub(crate) proving: Option<Arc<dyn Proving>>,
    pub(crate) verification: Verification,
    /// When the sessions of the console were last seen.
    pub(crate) console: Sessions,
    /// Whoever has something worked out that takes long waits for the one before.
    pub(crate) aside: Arc<Semaphore>,
    /// One for each client that follows the record.
    pub(crate) followers: Arc<Semaphore>,
    /// Set once the server is to stop, so that whoever follows the record is let go.
    pub(crate) stopping: tokio::sync::watch::Receiver<bool>,
}

pub(crate) type Shared = Arc<App>;

impl App {
    pub(crate) fn new(parts: Parts, stopping: tokio::sync::watch::Receiver<bool>) -> Shared {
        let Parts { engine, book, rules, issuer, standing, proving, files, traces, config } = parts;
        let files = files.map(|files| files.limited_to(config.limits.file_bytes));
        let followers = Arc::new(Semaphore::new(config.limits.followers));
        Arc::new(Self {
            engine,
            book,
            rules,
            issuer,
            standing,
            config,
            metrics: Metrics::new(traces),
            seals: Seals::default(),
            files,
            proving,
            verification: Verification::default(),
            console: Sessions::default(),
            aside: Arc::new(Semaphore::new(1)),
            followers,
            stopping,
        })
    }

    pub(crate) fn now(&self) -> Moment {
        self.engine.now()
    }

    /// Whether an account may do something.
    pub(crate) fn may(&self, who: &Principal, action: Action, what: What<'_>) -> Result<(), Problem> {
        self.rules.may(who, action, what).map_err(|error| Problem::not_allowed(error.to_string()))
    }
}
