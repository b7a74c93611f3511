//! What the daemon counts of itself, for Prometheus. Numbers only: no reference, no account, no title.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// What an answer was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Answered {
    /// The route, as it is written in the description of the API.
    pub(crate) route: String,
    /// The method.
    pub(crate) method: String,
    /// The status.
    pub(crate) status: u16,
}

/// How many spans were sent to the collector of traces, and how many were lost. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Those that the collector took.
    pub sent: Counter,
    /// Those that it did not take, or for which there was no room.
    pub lost: Counter,
}

/// The measures.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) answers: Family<Answered, Counter>,
    pub(crate) seconds: Histogram,
    pub(crate) recorded: Counter,
    pub(crate) refused: Counter,
    pub(crate) followers: Gauge,
    pub(crate) noticed: Counter,
    pub(crate) warned: Counter,
    pub(crate) sweeps_failed: Counter,
    pub(crate) clock_is_off: Gauge,
    pub(crate) lateness: Gauge<f64, AtomicU64>,
}

impl Metrics {
    /// The measures, with those of traces if there are any.
    pub(crate) fn new(traces: Option<Tally>) -> Self {
        let mut registry = Registry::with_prefix("comity");
        let answers = Family::default();
        registry.register("answers", "Requests that were answered", answers.clone());
        let steps = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
        let seconds = Histogram::new(steps);
        registry.register("answer_seconds", "How long an answer took", seconds.clone());
        let recorded = Counter::default();
        registry.register("recorded", "Requests by which something was recorded", recorded.clone());
        let refused = Counter::default();
        registry.register("refused", "Requests that the procedure did not allow", refused.clone());
        let followers = Gauge::default();
        registry.register("followers", "Clients that follow the record", followers.clone());
        let noticed = Counter::default();
        registry.register("limits_ran_out", "Limits that were seen to have run out", noticed.clone());
        let sweeps_failed = Counter::default();
        registry.register("sweeps_failed", "Sweeps that failed as a whole", sweeps_failed.clone());
        let warned = Counter::default();
        registry.register("warnings", "Warnings that were given before a limit", warned.clone());
        let clock_is_off = Gauge::default();
        let says = "1 while the clock of the machine is not trusted, and nothing is noticed by it";
        registry.register("clock_is_off", says, clock_is_off.clone());
        let lateness = Gauge::default();
        let says = "How long after its legal instant the latest limit of the last sweep was noticed";
        registry.register("lateness_seconds", says, lateness.clone());
        if let Some(Tally { sent, lost }) = traces {
            registry.register("spans_sent", "Spans that the collector of traces took", sent);
            registry.register("spans_lost", "Spans that the collector of traces did not take", lost);
        }
        Self {
            registry,
            answers,
            seconds,
            recorded,
            refused,
            followers,
            noticed,
            warned,
            sweeps_failed,
            clock_is_off,
            lateness,
        }
    }

    /// All of it, as Prometheus reads it.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
