//! One request to an address that somebody named, and nobody else asked.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error, Proxy};
use url::Url;

use crate::network::{Allowed, Wire};

/// So many bytes of an answer's head are read.
const HEAD: usize = 16 << 10;
/// So many bytes of what follows are read, and thrown away, so that the connection can be used again.
const REST: u64 = 16 << 10;

/// Whom a poster may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Whoever was named, wherever that is, by way of the proxy that the environment names.
    ThroughProxy,
    /// Whoever was named, wherever that is.
    Directly,
    /// Whoever was named, if its address is allowed. Never by way of a proxy, which would look up another address.
    Only(Allowed),
}

/// Sends by POST. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Poster {
    agent: Agent,
}

/// What came of a POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was answered.
    Status(Status),
    /// It was not answered, or not in time. Why, in words.
    None(String),
}

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The code of the answer.
    pub code: u16,
    /// The code with the words that HTTP has for it.
    pub text: String,
    /// How long the receiver asked to be left alone, in the words of `Retry-After`.
    pub retry_after: Option<String>,
}

impl Poster {
    /// A poster that waits no longer than `patience` for each answer, and trusts whom the machine trusts.
    #[must_use]
    pub fn new(reach: Reach, patience: Duration) -> Self {
        Self { agent: agent(reach, patience) }
    }

    /// Sends `body`, and waits for the answer.
    #[must_use]
    pub fn post(&self, url: &Url, headers: &[(&str, String)], body: &[u8]) -> Answer {
        let mut request = self.agent.post(url.as_str());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match request.send(body) {
            Ok(mut response) => {
                let status = response.status();
                let retry_after = response.headers().get("retry-after");
                let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
                let mut rest = io::Read::take(response.body_mut().as_reader(), REST);
                // It says nothing that is wanted, so it does not matter if it breaks off.
                let _ = io::copy(&mut rest, &mut io::sink());
                Answer::Status(Status { code: status.as_u16(), text: status.to_string(), retry_after })
            }
            Err(error) => Answer::None(why(error)),
        }
    }

    /// Fetches a text of at most `longest` bytes.
    ///
    /// # Errors
    ///
    /// Returns in words why it was not had.
    pub fn get(&self, url: &Url, longest: u64) -> Result<String, String> {
        let mut response = self.agent.get(url.as_str()).call().map_err(why)?;
        let status = response.status();
        if !status.is_success() {
            return Err(format!("it answered {status}"));
        }
        response.body_mut().with_config().limit(longest).read_to_string().map_err(why)
    }
}

fn why(error: Error) -> String {
    if matches!(error, Error::Timeout(_)) {
        return "it did not answer in time".to_owned();
    }
    if matches!(error, Error::HostNotFound) {
        return "its name is not known here".to_owned();
    }
    // Those would repeat the address, which may be a secret.
    if matches!(error, Error::BadUri(_) | Error::RequireHttpsOnly(_)) {
        return "its address cannot be used".to_owned();
    }
    if let Error::Io(error) = error { error.to_string() } else { error.to_string() }
}

/// Whoever asks by HTTP. It waits no longer than `patience` for each answer, trusts whom the machine trusts, and asks nobody
/// else than who was named.
#[must_use]
pub fn agent(reach: Reach, patience: Duration) -> Agent {
    // Receivers of an office are certified by whom its machines trust, and not by whom a browser does.
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(patience))
        .http_status_as_error(false)
        // Somebody else than the one who was named must not be given it and asked whether it was taken.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(HEAD)
        .proxy(if reach == Reach::ThroughProxy { Proxy::try_from_env() } else { None })
        .user_agent("comity")
        .build();
    match reach {
        Reach::ThroughProxy | Reach::Directly => config.into(),
        Reach::Only(allowed) => {
            let guard = Guard { names: DefaultResolver::default(), allowed };
            Agent::with_parts(config, DefaultConnector::default(), guard)
        }
    }
}

/// Lets through only addresses that are allowed. What it lets through is what is connected to: the name is not looked up again.
#[derive(Debug)]
struct Guard {
    names: DefaultResolver,
    allowed: Allowed,
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let wire = if uri.scheme_str() == Some("https") { Wire::Encrypted } else { Wire::Plain };
        let mut allowed = self.empty();
        let mut refused = None;
        for address in &self.names.resolve(uri, config, timeout)? {
            match self.allowed.check(address.ip(), wire) {
                Ok(()) => allowed.push(*address),
                Err(why) => refused = Some(why),
            }
        }
        match refused {
            Some(why) if allowed.is_empty() => {
                Err(io::Error::new(io::ErrorKind::PermissionDenied, why).into())
            }
            _ => Ok(allowed),
        }
    }
}
