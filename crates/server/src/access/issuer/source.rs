//! Where the keys of an identity provider come from.

use std::path::PathBuf;
use std::time::Duration;

use comity_deliver::http::{Poster, Reach};
use comity_deliver::network::Allowed;
use url::{Host, Url};

use super::IssuerError;
use super::keys::Keys;
use crate::config::Algorithm;

/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest set of keys, in bytes.
const LONGEST: u64 = 1 << 20;

#[derive(Clone, Debug)]
pub(super) enum Source {
    File(PathBuf),
    Address(Url, Poster),
}

impl Source {
    pub(super) fn of(text: &str) -> Result<Self, IssuerError> {
        if !text.contains("://") {
            return Ok(Self::File(PathBuf::from(text)));
        }
        let wrong = || IssuerError::Address(text.to_owned());
        let url = Url::parse(text).map_err(|_| wrong())?;
        let is_here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(wrong()),
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(wrong());
        }
        // The operator named it, so it may lie in a network of the office. Without TLS only this machine is asked, whatever a
        // name leads to.
        let allowed = Allowed { private_networks: true, this_machine: true };
        Ok(Self::Address(url, Poster::new(Reach::Only(allowed), PATIENCE)))
    }

    /// Whether it is no fault of the configuration if nothing comes of it.
    pub(super) const fn may_be_away(&self) -> bool {
        match self {
            Self::File(_) => false,
            Self::Address(..) => true,
        }
    }

    /// Reads the keys. It blocks.
    pub(super) fn read(&self, allowed: &[Algorithm]) -> Result<Keys, IssuerError> {
        let (place, read) = match self {
            Self::File(path) => {
                (path.display().to_string(), std::fs::read_to_string(path).map_err(|error| error.to_string()))
            }
            Self::Address(url, poster) => (url.to_string(), poster.get(url, LONGEST)),
        };
        let text = read.map_err(|why| IssuerError::Unreadable { place: place.clone(), why })?;
        Keys::read(&text, allowed).map_err(|why| IssuerError::Form { place, why })
    }
}
