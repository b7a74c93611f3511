//! How a daemon is told what to do: a TOML file, and the environment over it.
//!
//! Every key may be set from the environment as `COMITY_SERVE__SECTION__KEY`, so that a container needs no file. A key that
//! is not known is refused, wherever it stands: a limit that is misspelt must not be taken for one that holds.

mod traces;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use comity_deliver::TargetConfig;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

pub use traces::{Endpoint, HeaderName, Share, TracesConfig};

/// What stands before the name of a key in the environment.
const PREFIX: &str = "COMITY_SERVE__";

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// Where to listen. Beyond this machine only with TLS.
    pub listen: SocketAddr,
    /// The folder of the store.
    pub store: PathBuf,
    /// The folder of procedures; without one, the library built into the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflows: Option<PathBuf>,
    /// Under which address the API is reached from outside, for links in calendars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_address: Option<String>,
    /// The certificate and its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// When limits are looked at.
    pub sweep: Sweep,
    /// Who may sign in, for how long.
    pub access: AccessConfig,
    /// What a client may ask for.
    pub limits: Limits,
    /// What is written down about the work.
    pub log: Log,
    /// Who is told how long requests and sweeps took; nobody, if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traces: Option<TracesConfig>,
    /// What the record is called to those who are told of it; the public address, if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who is told of what is recorded: webhooks, commands, mail.
    #[serde(rename = "target", skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetConfig>,
}

/// Files in PEM. They are read again when they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tls {
    /// The chain of certificates.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// When limits are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Sweep {
    /// Seconds between two sweeps; 1 to 3600.
    pub every_seconds: u32,
}

/// Who may sign in, for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct AccessConfig {
    /// A file of Cedar policies instead of those that come with the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<PathBuf>,
    /// How long a session lasts, in minutes; 5 to 1440.
    pub session_minutes: u32,
    /// After how many minutes without a request a session of the console ends; 5 to 1440.
    pub idle_minutes: u32,
    /// How long a token of a service may last at most, in days; 1 to 3650.
    pub token_days: u32,
    /// Whose tokens open accounts beside our own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<IssuerConfig>,
}

/// An identity provider, whose signed tokens (JWT) open the accounts that they name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IssuerConfig {
    /// What the provider calls itself: the claim `iss`, letter by letter.
    pub issuer: String,
    /// What it calls this API: one of the claim `aud`.
    pub audience: String,
    /// Its public keys (JWKS): a file, or an address that begins with https://, on this machine also with http://.
    pub keys: String,
    /// After how many minutes the keys are fetched anew; 1 to 1440.
    #[serde(default = "hour")]
    pub refresh_minutes: u32,
    /// By which algorithms a token may be signed. A key that does not say which is its own has the first that fits it.
    #[serde(default = "usual_algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// The claim that names the account.
    #[serde(default = "subject")]
    pub account_claim: String,
    /// By how much the clocks of the two may differ, in seconds; 0 to 300.
    #[serde(default = "half_minute")]
    pub leeway_seconds: u32,
    /// For how long after it was issued a token is taken at most, in minutes, whatever it says itself; 1 to 1440.
    #[serde(default = "working_day")]
    pub longest_minutes: u32,
}

/// How a token may be signed. Only what has a public key: a secret that both know would let either make tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of RFC 7518 and RFC 8037")]
pub enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    #[serde(rename = "EdDSA")]
    EdDsa,
}

const fn hour() -> u32 {
    60
}

const fn half_minute() -> u32 {
    30
}

const fn working_day() -> u32 {
    12 * 60
}

fn subject() -> String {
    "sub".to_owned()
}

fn usual_algorithms() -> Vec<Algorithm> {
    vec![Algorithm::RS256, Algorithm::ES256, Algorithm::EdDsa]
}

/// What a client may ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Limits {
    /// The longest body, in bytes.
    pub body_bytes: usize,
    /// The longest file that is put beside a case, in bytes.
    pub file_bytes: u64,
    /// How long a request may take, in seconds. What follows the record is not cut off.
    pub request_seconds: u32,
    /// How long a request may take that carries a file, or looks at all cases or at a whole procedure, in seconds.
    pub long_seconds: u32,
    /// How long a client may take over its headers, in seconds.
    pub header_seconds: u32,
    /// How many connections are served at once.
    pub connections: usize,
    /// How many clients may follow the record at once.
    pub followers: usize,
    /// How many requests one address may make in a minute.
    pub requests_a_minute: u32,
    /// How many times a minute one address may try a password.
    pub sign_ins_a_minute: u32,
}

/// What is written down about the work. Never a name, a title or a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Log {
    /// In which form.
    pub format: LogFormat,
    /// How much, as `tracing` filters it: `info`, or `warn,comity_runner=debug`.
    pub filter: String,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object on each line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8470)),
            store: PathBuf::from("data"),
            workflows: None,
            public_address: None,
            tls: None,
            sweep: Sweep::default(),
            access: AccessConfig::default(),
            limits: Limits::default(),
            log: Log::default(),
            traces: None,
            source: None,
            targets: Vec::new(),
        }
    }
}

impl Default for Sweep {
    fn default() -> Self {
        Self { every_seconds: 30 }
    }
}

impl Default for AccessConfig {
    fn default() -> Self {
        Self { policies: None, session_minutes: 12 * 60, idle_minutes: 60, token_days: 400, issuer: None }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            file_bytes: 256 << 20,
            request_seconds: 30,
            long_seconds: 600,
            header_seconds: 10,
            connections: 2_048,
            followers: 256,
            requests_a_minute: 6_000,
            sign_ins_a_minute: 10,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what a configuration is.
    #[error("the configuration {} is not in order: {}", from, why.trim())]
    Form {
        /// The file, or the environment.
        from: String,
        /// What is wrong, with its line.
        why: String,
    },
    /// A value is out of its range.
    #[error("`{key}` is {found}, and must be {range}")]
    Range {
        /// The key.
        key: &'static str,
        /// What it is.
        found: String,
        /// What it may be.
        range: &'static str,
    },
}

impl Config {
    /// Reads the file, if there is one, and what the environment says over it.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] with the file, the line and what is wrong there.
    pub fn read(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = Table::new();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
            let form = |why: toml::de::Error| ConfigError::Form {
                from: path.display().to_string(),
                why: why.to_string(),
            };
            // Read as a whole first: what is wrong is told with its line.
            toml::from_str::<Self>(&text).map_err(form)?;
            table = toml::from_str(&text).map_err(form)?;
        }
        let mut variables: Vec<(String, String)> = environment.collect();
        variables.sort();
        for (name, text) in variables {
            if let Some(path) = name.strip_prefix(PREFIX) {
                set(&mut table, &path.to_lowercase().replace('_', "-").replace("--", "."), &text);
            }
        }
        let config: Self = Value::Table(table).try_into().map_err(|why: toml::de::Error| {
            ConfigError::Form { from: format!("with the environment ({PREFIX}…)"), why: why.to_string() }
        })?;
        config.checked()
    }

    /// The configuration as a file that could be read again.
    #[must_use]
    pub fn print(&self) -> String {
        // Numbers, texts and tables only, which always can be written.
        toml::to_string_pretty(self).unwrap_or_default()
    }

    fn checked(self) -> Result<Self, ConfigError> {
        within("sweep.every-seconds", self.sweep.every_seconds, 1..=3_600, "from 1 to 3600")?;
        within("access.session-minutes", self.access.session_minutes, 5..=1_440, "from 5 to 1440")?;
        within("access.idle-minutes", self.access.idle_minutes, 5..=1_440, "from 5 to 1440")?;
        within("access.token-days", self.access.token_days, 1..=3_650, "from 1 to 3650")?;
        if let Some(issuer) = &self.access.issuer {
            issuer.check()?;
        }
        within("limits.request-seconds", self.limits.request_seconds, 1..=3_600, "from 1 to 3600")?;
        within("limits.long-seconds", self.limits.long_seconds, 1..=86_400, "from 1 to 86400")?;
        within("limits.header-seconds", self.limits.header_seconds, 1..=600, "from 1 to 600")?;
        within("limits.requests-a-minute", self.limits.requests_a_minute, 1..=u32::MAX, "1 or more")?;
        within("limits.sign-ins-a-minute", self.limits.sign_ins_a_minute, 1..=u32::MAX, "1 or more")?;
        within("limits.body-bytes", self.limits.body_bytes, 1_024..=(64 << 20), "from 1024 to 67108864")?;
        within("limits.connections", self.limits.connections, 1..=1_000_000, "from 1 to 1000000")?;
        if let Some(traces) = &self.traces {
            within("traces.service", traces.service.trim().len(), 1..=200, "a text of 1 to 200 bytes")?;
        }
        within("limits.followers", self.limits.followers, 1..=100_000, "from 1 to 100000")?;
        Ok(self)
    }
}

impl IssuerConfig {
    fn check(&self) -> Result<(), ConfigError> {
        within("access.issuer.refresh-minutes", self.refresh_minutes, 1..=1_440, "from 1 to 1440")?;
        within("access.issuer.leeway-seconds", self.leeway_seconds, 0..=300, "from 0 to 300")?;
        within("access.issuer.longest-minutes", self.longest_minutes, 1..=1_440, "from 1 to 1440")?;
        for (key, text) in [
            ("access.issuer.issuer", &self.issuer),
            ("access.issuer.audience", &self.audience),
            ("access.issuer.keys", &self.keys),
            ("access.issuer.account-claim", &self.account_claim),
        ] {
            within(key, text.trim().len(), 1..=2_000, "a text of 1 to 2000 bytes")?;
        }
        within("access.issuer.algorithms", self.algorithms.len(), 1..=9, "a list of one or more")
    }
}

fn within<T: PartialOrd + std::fmt::Display + Copy>(
    key: &'static str,
    found: T,
    range: std::ops::RangeInclusive<T>,
    words: &'static str,
) -> Result<(), ConfigError> {
    let (from, to) = range.into_inner();
    if from <= found && found <= to {
        return Ok(());
    }
    Err(ConfigError::Range { key, found: found.to_string(), range: words })
}

/// Sets the key at a dotted path. A text that is a value of TOML is that value, any other is a text.
fn set(table: &mut Table, path: &str, text: &str) {
    let value = toml::from_str::<Table>(&format!("value = {text}"))
        .ok()
        .and_then(|mut one| one.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()));
    let (sections, key) = path.rsplit_once('.').map_or((None, path), |(sections, key)| (Some(sections), key));
    let mut at = table;
    for section in sections.into_iter().flat_map(|sections| sections.split('.')) {
        let below = at.entry(section.to_owned()).or_insert_with(|| Value::Table(Table::new()));
        if !below.is_table() {
            *below = Value::Table(Table::new());
        }
        let Value::Table(below) = below else { return };
        at = below;
    }
    at.insert(key.to_owned(), value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("comity.toml");
        std::fs::write(&path, text).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::read(Some(&path), environment)
    }

    #[test]
    fn what_is_printed_is_read_again() {
        let config = Config { workflows: Some(PathBuf::from("law")), ..Config::default() };
        assert_eq!(read(&config.print(), &[]).unwrap(), config);
        assert_eq!(Config::read(None, std::iter::empty()).unwrap(), Config::default());
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let config = read(
            "listen = \"127.0.0.1:1\"\n[limits]\nbody-bytes = 2048\n",
            &[
                ("COMITY_SERVE__LISTEN", "127.0.0.1:2"),
                ("COMITY_SERVE__LIMITS__REQUEST_SECONDS", "7"),
                ("COMITY_SERVE__STORE", "/srv/comity data"),
                ("COMITY_STORE", "elsewhere"),
            ],
        )
        .unwrap();
        assert_eq!(config.listen, "127.0.0.1:2".parse().unwrap());
        assert_eq!((config.limits.body_bytes, config.limits.request_seconds), (2048, 7));
        assert_eq!(config.store, Path::new("/srv/comity data"));
    }

    #[test]
    fn the_environment_alone_is_enough_for_traces() {
        let config = read(
            "",
            &[
                ("COMITY_SERVE__TRACES__ENDPOINT", "https://collector.example/v1/traces"),
                ("COMITY_SERVE__TRACES__SAMPLE", "0.5"),
                ("COMITY_SERVE__TRACES__HEADERS__X_API_KEY", "{ file = \"/run/key\" }"),
            ],
        );
        let traces = config.unwrap().traces.unwrap();
        assert!((traces.sample.as_number() - 0.5).abs() < 1e-9);
        assert_eq!(traces.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["x-api-key"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let says =
            |text: &str, environment: &[(&str, &str)]| read(text, environment).unwrap_err().to_string();
        let misspelt = says("[limits]\nbody-byte = 5\n", &[]);
        assert!(misspelt.contains("line 2") && misspelt.contains("body-byte"), "{misspelt}");
        let unknown = says("", &[("COMITY_SERVE__LIMITS__BODY_BYTE", "5")]);
        assert!(unknown.contains("body-byte") && unknown.contains("COMITY_SERVE__"), "{unknown}");
        let range = says("[limits]\nheader-seconds = 0\n", &[]);
        assert_eq!(range, "`limits.header-seconds` is 0, and must be from 1 to 600");
        assert!(says("[limits]\nconnections = -1\n", &[]).contains("connections"));
        let unknown = says("[traces]\nendpoint = \"https://c.example\"\nshare = 1\n", &[]);
        assert!(unknown.contains("line 3") && unknown.contains("share"), "{unknown}");
        let nameless = says("[traces]\nendpoint = \"https://c.example\"\nservice = \" \"\n", &[]);
        assert!(nameless.contains("traces.service"), "{nameless}");
        assert!(says("[traces]\n", &[]).contains("endpoint"));
    }
}
