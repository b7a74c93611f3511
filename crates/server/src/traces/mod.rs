//! Traces: how long each request took and what of it, for a collector that speaks OTLP.
//!
//! A span of a request is named by its method and its route, as the description of the API has it. Nothing else is told of it but
//! the status: a path, a query or a header may name a case or a person. What the engine does meanwhile are spans below it, which are
//! told with their names alone. See decision 35.
//!
//! Whoever asks is never kept waiting for a collector: what it does not take in time is lost, and counted.

#[cfg(feature = "traces")]
mod otlp;
#[cfg(feature = "traces")]
mod parent;
pub(crate) mod request;

use std::time::Duration;

use comity_deliver::SecretError;
use tracing_subscriber::{Layer, Registry};

use crate::config::{HeaderName, TracesConfig};
pub use crate::metrics::Tally;

/// How long the spans that are left may take when the program ends.
pub const LAST_WORDS: Duration = Duration::from_secs(4);

/// A part of a subscriber, which takes the spans of our own crates and nothing else.
pub type SpanLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Why there are no traces.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// This program cannot send any.
    #[error(
        "[traces] is configured, and this program was built without the feature `traces`: build it with `--features traces`"
    )]
    NotBuilt,
    /// What the collector asks for cannot be had.
    #[error("the header `{header}` under [traces.headers]: {source}")]
    Secret {
        /// The header.
        header: HeaderName,
        /// Why.
        source: SecretError,
    },
    /// What stands there cannot be sent in a header.
    #[error(
        "the header `{header}` under [traces.headers] would hold more than printable characters of ASCII"
    )]
    Unfit {
        /// The header.
        header: HeaderName,
    },
}

/// Traces that are sent.
pub struct Traces {
    tally: Tally,
    #[cfg(feature = "traces")]
    sending: otlp::Sending,
}

impl std::fmt::Debug for Traces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Traces").finish_non_exhaustive()
    }
}

impl Traces {
    /// Begins to send to the collector that is configured, on a thread of its own. The collector itself is not asked yet, and may be
    /// away.
    ///
    /// # Errors
    ///
    /// Returns [`TracesError`] if this program cannot, or what the collector asks for cannot be had.
    #[cfg(feature = "traces")]
    pub fn start(config: &TracesConfig) -> Result<Self, TracesError> {
        let tally = Tally::default();
        let sending = otlp::Sending::start(config, tally.clone())?;
        Ok(Self { tally, sending })
    }

    /// This program sends none.
    ///
    /// # Errors
    ///
    /// Returns [`TracesError::NotBuilt`].
    #[cfg(not(feature = "traces"))]
    pub fn start(_: &TracesConfig) -> Result<Self, TracesError> {
        Err(TracesError::NotBuilt)
    }

    /// What the subscriber of the program takes up, so that there are spans to send.
    #[must_use]
    #[cfg(feature = "traces")]
    pub fn layer(&self) -> SpanLayer {
        self.sending.layer()
    }

    /// Nothing that takes spans.
    #[must_use]
    #[cfg(not(feature = "traces"))]
    pub fn layer(&self) -> SpanLayer {
        Box::new(tracing_subscriber::layer::Identity::new())
    }

    /// How many spans were sent, and how many were lost.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally.clone()
    }

    /// Sends what is left, within [`LAST_WORDS`]. It blocks.
    pub fn end(self) {
        #[cfg(feature = "traces")]
        self.sending.end(LAST_WORDS);
    }
}
