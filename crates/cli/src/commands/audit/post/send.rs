//! One POST, a few times if need be, and then it is said.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use rustls::crypto::ring;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Error, Proxy};

use super::Keeper;

/// What is waited before each further try.
const WAITS: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

pub(super) fn send(keeper: &Keeper, note: &str, patience: Duration) -> Result<(), String> {
    let agent = agent(keeper, patience);
    let mut why = String::new();
    for wait in WAITS.iter().map(Some).chain([None]) {
        match sent(&agent, keeper, note) {
            Answered::Taken => return Ok(()),
            Answered::Refused(said) => return Err(said),
            Answered::Away(said) => why = said,
        }
        if let Some(wait) = wait {
            sleep(*wait);
        }
    }
    Err(format!("{why}; it was asked {} times", WAITS.len() + 1))
}

/// What came of one try.
enum Answered {
    Taken,
    /// It makes no sense to ask again.
    Refused(String),
    /// Perhaps later.
    Away(String),
}

fn sent(agent: &Agent, keeper: &Keeper, note: &str) -> Answered {
    let request = agent.post(keeper.url.as_str()).content_type("text/plain; charset=utf-8");
    let status = match request.send(note) {
        Ok(response) => response.status(),
        Err(Error::Timeout(_)) => return Answered::Away("it did not answer in time".to_owned()),
        Err(error) => return Answered::Away(error.to_string()),
    };
    let said = format!("it answered {status}");
    if status.is_success() {
        Answered::Taken
    } else if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
        Answered::Away(said)
    } else if status.is_redirection() {
        Answered::Refused(format!("{said}, and nobody else is asked; name the address that it means"))
    } else {
        Answered::Refused(said)
    }
}

fn agent(keeper: &Keeper, patience: Duration) -> Agent {
    // The keepers of an office are certified by whom its machines trust, and not by whom a browser does.
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(patience))
        .http_status_as_error(false)
        // Somebody else than the one who was named must not be given the checkpoint and asked whether it was kept.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(if keeper.is_here() { None } else { Proxy::try_from_env() })
        .user_agent("comity");
    config.build().into()
}
