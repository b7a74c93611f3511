//! Where traces go, and how many of them.

use std::collections::BTreeMap;
use std::fmt;

use comity_deliver::SecretPlace;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// A collector that takes traces by OTLP over HTTP, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TracesConfig {
    /// Where the collector takes them, with the whole path.
    pub endpoint: Endpoint,
    /// What the daemon is called there.
    #[serde(default = "comity")]
    pub service: String,
    /// Of how many requests and sweeps it is told.
    #[serde(default)]
    pub sample: Share,
    /// What is sent along, by the name of the header. A value may be a secret, so it stands elsewhere.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<HeaderName, SecretPlace>,
}

/// The address of a collector.
// INVARIANT: with https, or with http on this machine; no name, password, query or fragment, for it is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint(Url);

/// The name of a header that a collector asks for, in small letters.
// INVARIANT: a token of RFC 9110, and none that says how the message itself is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HeaderName(String);

/// A share of a whole, to the millionth.
// INVARIANT: 0..=1_000_000 millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(u32);

fn comity() -> String {
    "comity".to_owned()
}

impl Endpoint {
    /// The address.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }
}

impl TryFrom<String> for Endpoint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let example = "write http://127.0.0.1:4318/v1/traces, or an address that begins with https://";
        let url =
            Url::parse(&text).map_err(|_| format!("the endpoint of traces is no address; {example}"))?;
        let is_here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(format!("the endpoint of traces names no machine; {example}")),
        };
        match url.scheme() {
            "https" => {}
            "http" if is_here => {}
            "http" => {
                let why =
                    "the endpoint of traces is another machine, and without encryption only this one is told";
                return Err(format!(
                    "{why}; begin it with https://, or let a collector run here and send on"
                ));
            }
            _ => return Err(format!("the endpoint of traces is reached by HTTP alone; {example}")),
        }
        let is_bare = url.username().is_empty() && url.password().is_none();
        if !is_bare || url.query().is_some() || url.fragment().is_some() {
            let why = "the endpoint of traces has a name, a password, a query or a fragment in it";
            return Err(format!(
                "{why}, and is printed; name what the collector asks for under [traces.headers]"
            ));
        }
        Ok(Self(url))
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.0.into()
    }
}

impl HeaderName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HeaderName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        const OURS: [&str; 6] =
            ["connection", "content-encoding", "content-length", "content-type", "host", "transfer-encoding"];
        let name = text.to_ascii_lowercase();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || name.len() > 100 || !name.bytes().all(is_token) {
            return Err(format!("`{text}` under [traces.headers] is no name of a header"));
        }
        if OURS.contains(&name.as_str()) {
            return Err(format!("`{text}` under [traces.headers] is set by the daemon itself; take it out"));
        }
        Ok(Self(name))
    }
}

impl From<HeaderName> for String {
    fn from(name: HeaderName) -> Self {
        name.0
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Share {
    /// The share as a number from 0 to 1.
    #[must_use]
    pub fn as_number(self) -> f64 {
        f64::from(self.0) / 1_000_000.0
    }
}

impl Default for Share {
    fn default() -> Self {
        Self(1_000_000)
    }
}

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        if !(0.0..=1.0).contains(&number) {
            return Err(format!("`traces.sample` is {number}, and must be from 0.0 to 1.0"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a million")]
        let millionths = (number * 1_000_000.0).round() as u32;
        Ok(Self(millionths))
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        share.as_number()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<TracesConfig, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    fn endpoint(address: &str) -> Result<TracesConfig, String> {
        read(&format!("endpoint = \"{address}\""))
    }

    #[test]
    fn an_endpoint_alone_is_enough_and_what_is_printed_is_read_again() {
        let least = endpoint("http://127.0.0.1:4318/v1/traces").unwrap();
        assert_eq!((least.service.as_str(), least.sample.as_number()), ("comity", 1.0));
        let whole = read(
            "endpoint = \"https://collector.example/v1/traces\"\nservice = \"desk\"\nsample = 0.25\n\
             [headers]\nAuthorization = { file = \"/etc/comity/collector\" }\nx-key = { env = \"KEY\" }\n",
        )
        .unwrap();
        assert_eq!(
            whole.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(),
            ["authorization", "x-key"]
        );
        for config in [least, whole] {
            assert_eq!(read(&toml::to_string(&config).unwrap()).unwrap(), config);
        }
    }

    #[test]
    fn without_encryption_only_this_machine_is_told() {
        for good in ["http://localhost:4318/v1/traces", "http://[::1]:4318/v1/traces", "https://10.0.0.1/x"] {
            endpoint(good).unwrap();
        }
        for bad in ["http://collector.example/v1/traces", "http://10.0.0.1/", "http://localhost.example/"] {
            let said = endpoint(bad).unwrap_err();
            assert!(said.contains("line 1") && said.contains("without encryption"), "{said}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_told_with_what_would_be_right() {
        for (bad, told) in [
            ("collector:4318", "names no machine"),
            ("collector", "no address"),
            ("ftp://collector.example/", "by HTTP alone"),
            ("https://u:p@collector.example/", "[traces.headers]"),
            ("https://collector.example/?key=k", "[traces.headers]"),
        ] {
            let said = endpoint(bad).unwrap_err();
            assert!(said.contains(told), "{bad}: {said}");
        }
    }

    #[test]
    fn a_share_is_from_none_to_all() {
        let sample = |sample: &str| read(&format!("endpoint = \"https://c.example\"\nsample = {sample}"));
        for (text, number) in [("0", 0.0), ("1", 1.0), ("0.125", 0.125)] {
            assert_eq!(sample(text).unwrap().sample, Share::try_from(number).unwrap(), "{text}");
        }
        for bad in ["-0.1", "1.01", "nan", "inf"] {
            assert!(sample(bad).unwrap_err().contains("from 0.0 to 1.0"), "{bad}");
        }
    }

    #[test]
    fn a_secret_stands_elsewhere_and_a_header_is_none_of_ours() {
        let header = |line: &str| read(&format!("endpoint = \"https://c.example\"\n[headers]\n{line}"));
        assert!(header("authorization = \"Bearer geheim\"").is_err());
        assert!(header("\"a b\" = { env = \"X\" }").unwrap_err().contains("no name of a header"));
        assert!(header("Content-Type = { env = \"X\" }").unwrap_err().contains("by the daemon itself"));
    }
}
