//! From the spans of `tracing` to the collector: what is told of a span, and how it is sent.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use comity_deliver::SecretPlace;
use comity_deliver::http::{Answer, Poster, Reach};
use comity_deliver::network::Allowed;
use opentelemetry::trace::{Status, TracerProvider};
use opentelemetry::{Context, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, Span, SpanData, SpanEvents,
    SpanExporter, SpanLinks, SpanProcessor,
};
use prost::Message;
use tracing::{Metadata, warn};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use url::Url;

use super::{SpanLayer, Tally, TracesError};
use crate::config::{HeaderName, TracesConfig};

/// How long the collector may take for one batch.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long spans wait until there are enough for a batch.
const PAUSE: Duration = Duration::from_secs(2);
/// So many spans are in one batch at most: some hundred kilobytes.
const BATCH: usize = 512;
/// So many spans wait at most, those that are being sent included. What comes above that is lost.
const WAITING: usize = 4_096;
/// One warning within this time.
const QUIET: Duration = Duration::from_mins(1);

/// What is told of a span beside its name, its times and its place in the trace. Anything that is not in this list stays here,
/// whoever adds it to a span: it may tell of a case or a person.
const TOLD: [&str; 3] = ["http.request.method", "http.route", "http.response.status_code"];

/// The way to a collector.
pub(super) struct Sending {
    provider: SdkTracerProvider,
}

impl Sending {
    pub(super) fn start(config: &TracesConfig, tally: Tally) -> Result<Self, TracesError> {
        // A secret that is missing is told now and not at night.
        headers(&config.headers)?;
        let ledger = Arc::new(Ledger { tally, under_way: AtomicUsize::new(0), warned: Mutex::new(None) });
        // The operator named it, so it may lie in a network of the office. Without TLS only this machine is told, whatever a name
        // leads to.
        let allowed = Allowed { private_networks: true, this_machine: true };
        let exporter = Exporter {
            poster: Poster::new(Reach::Only(allowed), PATIENCE),
            endpoint: config.endpoint.url().clone(),
            headers: config.headers.clone(),
            resource: ResourceAttributesWithSchema::default(),
            ledger: Arc::clone(&ledger),
        };
        // Each value is set, for those that are not are taken from variables of the environment.
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(WAITING)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(PAUSE)
            .build();
        let batches = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
        let resource = Resource::builder_empty()
            .with_attribute(KeyValue::new("service.name", config.service.clone()))
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let share = Sampler::TraceIdRatioBased(config.sample.as_number());
        let provider = SdkTracerProvider::builder()
            .with_span_processor(Counted { ledger, batches })
            .with_sampler(Sampler::ParentBased(Box::new(share)))
            .with_resource(resource)
            .build();
        Ok(Self { provider })
    }

    pub(super) fn layer(&self) -> SpanLayer {
        let scope = InstrumentationScope::builder("comity").with_version(env!("CARGO_PKG_VERSION")).build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer_with_scope(scope))
            .with_location(false)
            .with_threads(false)
            .with_level(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            // Nobody here asks OpenTelemetry which span is the current one.
            .with_context_activation(false);
        Box::new(layer.with_filter(filter_fn(is_ours)))
    }

    pub(super) fn end(&self, within: Duration) {
        if self.provider.shutdown_with_timeout(within).is_err() {
            warn!("the collector of traces did not take the last spans in time; they are lost");
        }
    }
}

/// Spans of our own crates. Log lines would become events of the span, with all that they hold.
fn is_ours(about: &Metadata<'_>) -> bool {
    about.is_span() && about.target().starts_with("comity")
}

/// What became of spans.
struct Ledger {
    tally: Tally,
    /// Those that wait or are being sent.
    under_way: AtomicUsize,
    warned: Mutex<Option<Instant>>,
}

impl Ledger {
    /// Whether there is room for one more, which then is under way.
    fn takes(&self) -> bool {
        let room = |under_way: usize| (under_way < WAITING).then_some(under_way.saturating_add(1));
        let taken = self.under_way.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_ok();
        if !taken {
            self.lost(1, "more spans came than it took");
        }
        taken
    }

    fn lost(&self, spans: usize, why: &str) {
        self.tally.lost.inc_by(count(spans));
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.is_none_or(|warned| warned.elapsed() >= QUIET) {
            *warned = Some(Instant::now());
            drop(warned);
            warn!(
                lost = self.tally.lost.get(),
                why, "spans are lost: the collector of traces did not take them"
            );
        }
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}

fn count(spans: usize) -> u64 {
    u64::try_from(spans).unwrap_or(u64::MAX)
}

/// Batches of spans, of which there are never more than fit: the library would throw away what is above without a count.
#[derive(Debug)]
struct Counted {
    ledger: Arc<Ledger>,
    batches: BatchSpanProcessor,
}

impl SpanProcessor for Counted {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if self.ledger.takes() {
            self.batches.on_end(bare(span));
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, within: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(within)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// A span without what is not to be told.
fn bare(mut span: SpanData) -> SpanData {
    span.attributes.retain(|attribute| TOLD.contains(&attribute.key.as_str()));
    span.dropped_attributes_count = 0;
    span.events = SpanEvents::default();
    span.links = SpanLinks::default();
    span.status = match span.status {
        Status::Error { .. } => Status::error(""),
        status @ (Status::Unset | Status::Ok) => status,
    };
    span
}

/// Sends batches, each once. One that is not taken is lost: what comes behind it is worth more.
struct Exporter {
    poster: Poster,
    endpoint: Url,
    headers: BTreeMap<HeaderName, SecretPlace>,
    resource: ResourceAttributesWithSchema,
    ledger: Arc<Ledger>,
}

impl Exporter {
    /// Sends a batch, or says why it was not taken.
    fn send(&self, batch: Vec<SpanData>) -> Result<(), String> {
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let more = headers(&self.headers).map_err(|error| error.to_string())?;
        let mut headers = vec![("content-type", "application/x-protobuf".to_owned())];
        headers.extend(more.iter().map(|(name, value)| (name.as_str(), value.clone())));
        match self.poster.post(&self.endpoint, &headers, &body) {
            Answer::Status(status) if (200..300).contains(&status.code) => Ok(()),
            Answer::Status(status) => Err(format!("it answered {}", status.text)),
            Answer::None(why) => Err(why),
        }
    }
}

impl SpanExporter for Exporter {
    // It blocks, on the thread that is there for nothing else.
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let sent = self.send(batch);
        self.ledger.under_way.fetch_sub(spans, Ordering::Relaxed);
        match sent {
            Ok(()) => {
                self.ledger.tally.sent.inc_by(count(spans));
            }
            Err(why) => self.ledger.lost(spans, &why),
        }
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").finish_non_exhaustive()
    }
}

/// What the collector asks for, read anew each time, so that a new secret is used without a restart.
fn headers(places: &BTreeMap<HeaderName, SecretPlace>) -> Result<Vec<(HeaderName, String)>, TracesError> {
    let read = places.iter().map(|(header, place)| {
        let header = header.clone();
        let secret = match place.read() {
            Ok(secret) => secret,
            Err(source) => return Err(TracesError::Secret { header, source }),
        };
        let is_fit = secret.reveal().bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if is_fit { Ok((header, secret.reveal().to_owned())) } else { Err(TracesError::Unfit { header }) }
    });
    read.collect()
}
