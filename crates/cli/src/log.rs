//! The log: off unless `COMITY_LOG` asks for it, and always on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;

#[cfg(feature = "serve")]
use crate::failure::Failure;

/// Starts the log if `COMITY_LOG` says so.
///
/// Only what our own crates say through `tracing` is logged. What libraries say through the older `log` is not taken
/// up: sled's trace prints the bytes that it stores, which name persons.
pub(crate) fn start() {
    let Ok(wanted) = std::env::var("COMITY_LOG") else { return };
    let filter = match EnvFilter::try_new(&wanted) {
        Ok(filter) => filter,
        Err(error) => {
            anstream::eprintln!(
                "warning: COMITY_LOG is `{wanted}`, which is no filter ({error}); nothing is logged"
            );
            return;
        }
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    // Nobody else sets one, and a program without a log is better than none.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines).with(filter));
}

/// Starts the log of a daemon, unless `COMITY_LOG` has started one.
///
/// # Errors
///
/// Returns [`Failure`] if the filter is none.
#[cfg(feature = "serve")]
pub(crate) fn start_as(filter: &str, in_json: bool) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Failure::usage(
            format!("`log.filter` is no filter: {error}"),
            "write info, or warn,comity_runner=debug",
        )
    })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let registry = tracing_subscriber::registry();
    let _ = if in_json {
        tracing::subscriber::set_global_default(registry.with(lines.json()).with(filter))
    } else {
        tracing::subscriber::set_global_default(registry.with(lines).with(filter))
    };
    Ok(())
}
