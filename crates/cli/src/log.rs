//! The log: off unless `COMITY_LOG` asks for it, and always on standard error.

#[cfg(feature = "serve")]
use comity_server::traces::SpanLayer;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
#[cfg(feature = "serve")]
use tracing_subscriber::{Layer, Registry};

#[cfg(feature = "serve")]
use crate::failure::Failure;

/// Starts the log if `COMITY_LOG` says so.
///
/// Only what our own crates say through `tracing` is logged. What libraries say through the older `log` is not taken
/// up: sled's trace prints the bytes that it stores, which name persons.
pub(crate) fn start() {
    let Some(filter) = wanted() else { return };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    // Nobody else sets one, and a program without a log is better than none.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines).with(filter));
}

/// What `COMITY_LOG` asks for. What it asks in vain is told.
fn wanted() -> Option<EnvFilter> {
    let wanted = std::env::var("COMITY_LOG").ok()?;
    match EnvFilter::try_new(&wanted) {
        Ok(filter) => Some(filter),
        Err(error) => {
            anstream::eprintln!(
                "warning: COMITY_LOG is `{wanted}`, which is no filter ({error}); nothing is logged"
            );
            None
        }
    }
}

/// Starts the log of a daemon, as `COMITY_LOG` says or else as it is configured, and has its spans taken up.
///
/// # Errors
///
/// Returns [`Failure`] if the filter is none.
#[cfg(feature = "serve")]
pub(crate) fn start_as(filter: &str, in_json: bool, spans: Option<SpanLayer>) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Failure::usage(
            format!("`log.filter` is no filter: {error}"),
            "write info, or warn,comity_runner=debug",
        )
    })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    // What is logged and what is traced are filtered each for itself.
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match wanted() {
        Some(wanted) => Box::new(lines.with_filter(wanted)),
        None if in_json => Box::new(lines.json().with_filter(filter)),
        None => Box::new(lines.with_filter(filter)),
    };
    let layers: Vec<_> = spans.into_iter().chain([lines]).collect();
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layers));
    Ok(())
}
