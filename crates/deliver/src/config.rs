//! How an operator describes a target.
//!
//! ```toml
//! [[target]]
//! name = "back-office"
//! kind = "webhook"
//! address = "https://back-office.example/comity"
//! secrets = [{ file = "/etc/comity/back-office.secret" }]
//! events = ["act.recorded", "limit.ran-out"]
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use comity_runner::outbox::{
    Backoff, BadKind, BadTargetName, EventKind, PersonalData, Sender, Target, TargetName, WantedEvents,
};
use comity_store::codec::Began;
use serde::Deserialize;
use url::{Host, Url};

use crate::network::{Allowed, Place, place};
use crate::secret::{SecretError, SecretPlace};

/// A target, read from a configuration and checked as far as that can be without asking anybody.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Raw")]
pub struct TargetConfig {
    /// The target, apart from how it is reached.
    pub target: Target,
    /// How it is reached.
    pub kind: Kind,
    /// How long one try may take.
    pub patience: Duration,
}

/// How a target is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By a signed POST.
    Webhook(WebhookConfig),
    /// By a command that is run.
    Command(CommandConfig),
    /// By mail.
    Mail(MailConfig),
}

/// A webhook.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookConfig {
    /// Where it is. It may hold what is secret, so it is not printed.
    pub address: Url,
    /// Where the secrets stand. The first is the newest.
    pub secrets: Vec<SecretPlace>,
    /// What may be connected to beside public addresses.
    pub allowed: Allowed,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandConfig {
    /// The program, with its whole path.
    pub program: PathBuf,
    /// What it is given.
    pub arguments: Vec<String>,
}

/// Mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailConfig {
    /// The name of the server.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub security: Security,
    /// The account on it, and where its password stands.
    pub account: Option<(String, SecretPlace)>,
    /// Who sends it.
    pub sender: String,
    /// To whom.
    pub to: Vec<String>,
}

/// How a server of mail is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// By TLS from the first byte.
    Tls,
    /// By TLS after the greeting; if the server does not offer it, not at all.
    Starttls,
    /// In the open. This machine alone.
    None,
}

/// Why a description of a target is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadConfig {
    /// The name cannot be used.
    #[error(transparent)]
    Name(#[from] BadTargetName),
    /// An event that there is not.
    #[error("target `{target}`: {source}")]
    Event {
        /// The target.
        target: String,
        /// The event.
        source: BadKind,
    },
    /// Something that this kind of target needs is missing.
    #[error("target `{target}`: a {kind} needs `{key}`: {what}")]
    Missing {
        /// The target.
        target: String,
        /// Its kind.
        kind: &'static str,
        /// What is missing.
        key: &'static str,
        /// What it is.
        what: &'static str,
    },
    /// Something that is of another kind of target.
    #[error("target `{target}`: a {kind} has no `{key}`; take it out")]
    Foreign {
        /// The target.
        target: String,
        /// Its kind.
        kind: &'static str,
        /// What should not be there.
        key: &'static str,
    },
    /// A value that cannot be used.
    #[error("target `{target}`: `{key}` {why}")]
    Value {
        /// The target.
        target: String,
        /// The key.
        key: &'static str,
        /// What is wrong, and what would be right.
        why: String,
    },
}

/// Why nothing can be sent to a target.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A secret cannot be had.
    #[error("target `{target}`: {source}")]
    Secret {
        /// The target.
        target: TargetName,
        /// Why.
        source: SecretError,
    },
    /// This program cannot send so.
    #[error("target `{target}`: this program was built without the feature `{feature}`; build it with it")]
    NotBuilt {
        /// The target.
        target: TargetName,
        /// What is missing.
        feature: &'static str,
    },
    /// An address of mail that is none.
    #[error("target `{target}`: `{key}` holds what is no address of mail ({why})")]
    Mailbox {
        /// The target.
        target: TargetName,
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// All keys that there are, as they stand in a file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Raw {
    name: String,
    kind: RawKind,
    events: Option<Vec<String>>,
    #[serde(default)]
    personal_data: bool,
    #[serde(default)]
    begins: RawBegins,
    patience_seconds: Option<u32>,
    most_attempts: Option<u32>,
    address: Option<String>,
    secrets: Option<Vec<SecretPlace>>,
    private_networks: Option<bool>,
    this_machine: Option<bool>,
    command: Option<Vec<String>>,
    server: Option<String>,
    port: Option<u16>,
    security: Option<Security>,
    account: Option<String>,
    password: Option<SecretPlace>,
    sender: Option<String>,
    to: Option<Vec<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawKind {
    Webhook,
    Command,
    Mail,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawBegins {
    #[default]
    Now,
    AtTheBeginning,
}

impl RawKind {
    const fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Command => "command",
            Self::Mail => "mail",
        }
    }

    /// How long one try may take if nothing is said.
    const fn patience(self) -> Duration {
        match self {
            Self::Webhook => Duration::from_secs(15),
            Self::Command | Self::Mail => Duration::from_mins(1),
        }
    }
}

impl TryFrom<Raw> for TargetConfig {
    type Error = BadConfig;

    fn try_from(raw: Raw) -> Result<Self, BadConfig> {
        let name: TargetName = raw.name.parse()?;
        raw.has_nothing_foreign()?;
        let kind = match raw.kind {
            RawKind::Webhook => Kind::Webhook(raw.webhook()?),
            RawKind::Command => Kind::Command(raw.command()?),
            RawKind::Mail => Kind::Mail(raw.mail()?),
        };
        let patience = match raw.patience_seconds {
            None => raw.kind.patience(),
            Some(seconds @ 1..=600) => Duration::from_secs(seconds.into()),
            Some(_) => return Err(raw.value("patience-seconds", "must be from 1 to 600")),
        };
        let usual = Backoff::default();
        let most_attempts = match raw.most_attempts {
            None => usual.most_attempts,
            Some(attempts @ 1..=100) => attempts,
            Some(_) => return Err(raw.value("most-attempts", "must be from 1 to 100")),
        };
        let target = Target {
            name,
            wants: raw.wants()?,
            personal: if raw.personal_data { PersonalData::Included } else { PersonalData::LeftOut },
            from: match raw.begins {
                RawBegins::Now => Began::Here,
                RawBegins::AtTheBeginning => Began::AtTheBeginning,
            },
            backoff: Backoff { most_attempts, ..usual },
        };
        Ok(Self { target, kind, patience })
    }
}

impl Raw {
    fn value(&self, key: &'static str, why: impl Into<String>) -> BadConfig {
        BadConfig::Value { target: self.name.clone(), key, why: why.into() }
    }

    fn missing(&self, key: &'static str, what: &'static str) -> BadConfig {
        BadConfig::Missing { target: self.name.clone(), kind: self.kind.word(), key, what }
    }

    fn wants(&self) -> Result<WantedEvents, BadConfig> {
        let Some(words) = &self.events else { return Ok(WantedEvents::All) };
        if words.is_empty() {
            return Err(self.value("events", "names none; name some, or leave it out for all"));
        }
        let kinds = words.iter().map(|word| EventKind::from_word(word)).collect::<Result<BTreeSet<_>, _>>();
        kinds.map(WantedEvents::Only).map_err(|source| BadConfig::Event { target: self.name.clone(), source })
    }

    /// What belongs to another kind of target is a mistake, and not passed over: somebody relies on it.
    fn has_nothing_foreign(&self) -> Result<(), BadConfig> {
        let webhook = [
            ("address", self.address.is_some()),
            ("secrets", self.secrets.is_some()),
            ("private-networks", self.private_networks.is_some()),
            ("this-machine", self.this_machine.is_some()),
        ];
        let command = [("command", self.command.is_some())];
        let mail = [
            ("server", self.server.is_some()),
            ("port", self.port.is_some()),
            ("security", self.security.is_some()),
            ("account", self.account.is_some()),
            ("password", self.password.is_some()),
            ("sender", self.sender.is_some()),
            ("to", self.to.is_some()),
        ];
        let foreign: [&[(&'static str, bool)]; 2] = match self.kind {
            RawKind::Webhook => [&command, &mail],
            RawKind::Command => [&webhook, &mail],
            RawKind::Mail => [&webhook, &command],
        };
        match foreign.into_iter().flatten().find(|(_, is_there)| *is_there) {
            None => Ok(()),
            Some((key, _)) => {
                Err(BadConfig::Foreign { target: self.name.clone(), kind: self.kind.word(), key })
            }
        }
    }

    fn webhook(&self) -> Result<WebhookConfig, BadConfig> {
        let text = self.address.as_ref().ok_or_else(|| self.missing("address", "where it is"))?;
        let allowed = Allowed {
            private_networks: self.private_networks.unwrap_or(false),
            this_machine: self.this_machine.unwrap_or(false),
        };
        let address = address(text, allowed).map_err(|why| self.value("address", why))?;
        let secrets = self.secrets.clone().unwrap_or_default();
        if secrets.is_empty() || secrets.len() > 8 {
            let what = "one secret, or several while they are changed, at most 8; each is `{ file = \"…\" }` or `{ env = \"…\" }`";
            return Err(self.missing("secrets", what));
        }
        Ok(WebhookConfig { address, secrets, allowed })
    }

    fn command(&self) -> Result<CommandConfig, BadConfig> {
        let missing = || self.missing("command", "the program with its whole path, and what it is given");
        let (program, arguments) =
            self.command.as_deref().and_then(<[String]>::split_first).ok_or_else(missing)?;
        if !Path::new(program).is_absolute() {
            return Err(self.value("command", "must name the program with its whole path"));
        }
        Ok(CommandConfig { program: program.into(), arguments: arguments.to_vec() })
    }

    fn mail(&self) -> Result<MailConfig, BadConfig> {
        let text = |value: &Option<String>, key, what| value.clone().ok_or_else(|| self.missing(key, what));
        let server = text(&self.server, "server", "the name of the server that takes the mail")?;
        let security = self.security.unwrap_or(Security::Starttls);
        if security == Security::None && !matches!(server.as_str(), "localhost" | "127.0.0.1" | "::1") {
            let why = "`none` is for a server on this machine alone; say `tls` or `starttls`";
            return Err(self.value("security", why));
        }
        let account = match (&self.account, &self.password) {
            (None, None) => None,
            (Some(name), Some(password)) => Some((name.clone(), password.clone())),
            (Some(_), None) => {
                return Err(self.missing("password", "where the password of the account stands"));
            }
            (None, Some(_)) => return Err(self.missing("account", "whose password that is")),
        };
        if account.is_some() && security == Security::None {
            return Err(self.value("security", "`none` would show the password; say `tls` or `starttls`"));
        }
        let to = self.to.clone().unwrap_or_default();
        if to.is_empty() {
            return Err(self.missing("to", "the addresses of mail that it is sent to"));
        }
        Ok(MailConfig {
            port: self.port.unwrap_or(match security {
                Security::Tls => 465,
                Security::Starttls => 587,
                Security::None => 25,
            }),
            sender: text(&self.sender, "sender", "the address of mail that it comes from")?,
            server,
            security,
            account,
            to,
        })
    }
}

/// Reads where a webhook is. The address may be a secret, so it is not repeated.
fn address(text: &str, allowed: Allowed) -> Result<Url, String> {
    let Ok(url) = Url::parse(text) else {
        return Err("is no address; write it like https://office.example/comity".to_owned());
    };
    if !matches!(url.scheme(), "https" | "http") {
        return Err("must begin with https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a name or a password in it, which would not be sent; take it out".to_owned());
    }
    if url.scheme() == "http" && !allowed.this_machine {
        return Err("must begin with https://; without encryption only this machine is asked, if `this-machine` is true".to_owned());
    }
    let literal = match url.host() {
        None => return Err("names no host".to_owned()),
        Some(Host::Domain(_)) => return Ok(url),
        Some(Host::Ipv4(address)) => place(address.into()),
        Some(Host::Ipv6(address)) => place(address.into()),
    };
    // It is looked at again when it is connected to.
    match literal {
        Place::Public => Ok(url),
        Place::PrivateNetwork if allowed.private_networks => Ok(url),
        Place::ThisMachine if allowed.this_machine => Ok(url),
        Place::PrivateNetwork => Err("is in a private network; allow it with `private-networks`".to_owned()),
        Place::ThisMachine => Err("is this machine; allow it with `this-machine`".to_owned()),
        Place::Nowhere => Err("is no address that a target could have".to_owned()),
    }
}

impl TargetConfig {
    /// What an outbox is made of. The secrets are read once, so that a missing one is told now and not at night.
    ///
    /// # Errors
    ///
    /// Returns [`BuildError`] if a secret is missing, or this program cannot send so.
    pub fn build(self) -> Result<(Target, Arc<dyn Sender>), BuildError> {
        let name = self.target.name.clone();
        let sender: Arc<dyn Sender> = match self.kind {
            Kind::Webhook(config) => webhook(&name, config, self.patience)?,
            Kind::Command(CommandConfig { program, arguments }) => {
                Arc::new(crate::Command::new(program, arguments, self.patience))
            }
            Kind::Mail(config) => mail(&name, config, self.patience)?,
        };
        Ok((self.target, sender))
    }
}

#[cfg(feature = "webhook")]
fn webhook(
    target: &TargetName,
    config: WebhookConfig,
    patience: Duration,
) -> Result<Arc<dyn Sender>, BuildError> {
    let webhook = crate::Webhook::new(config.address, config.secrets, config.allowed, patience);
    webhook.keys().map_err(|source| BuildError::Secret { target: target.clone(), source })?;
    Ok(Arc::new(webhook))
}

#[cfg(not(feature = "webhook"))]
fn webhook(target: &TargetName, _: WebhookConfig, _: Duration) -> Result<Arc<dyn Sender>, BuildError> {
    Err(BuildError::NotBuilt { target: target.clone(), feature: "webhook" })
}

#[cfg(feature = "mail")]
fn mail(target: &TargetName, config: MailConfig, patience: Duration) -> Result<Arc<dyn Sender>, BuildError> {
    let mailbox = |key, text: &str| {
        text.parse().map_err(|error: lettre::address::AddressError| BuildError::Mailbox {
            target: target.clone(),
            key,
            why: error.to_string(),
        })
    };
    let from = mailbox("sender", &config.sender)?;
    let to = config.to.iter().map(|text| mailbox("to", text)).collect::<Result<_, _>>()?;
    if let Some((_, password)) = &config.account {
        password.read().map_err(|source| BuildError::Secret { target: target.clone(), source })?;
    }
    let server = crate::mail::Server {
        host: config.server,
        port: config.port,
        security: config.security,
        account: config.account,
    };
    Ok(Arc::new(crate::Mail::new(server, from, to, patience)))
}

#[cfg(not(feature = "mail"))]
fn mail(target: &TargetName, _: MailConfig, _: Duration) -> Result<Arc<dyn Sender>, BuildError> {
    Err(BuildError::NotBuilt { target: target.clone(), feature: "mail" })
}

impl std::fmt::Debug for WebhookConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookConfig")
            .field("origin", &self.address.origin().ascii_serialization())
            .field("secrets", &self.secrets)
            .field("allowed", &self.allowed)
            .finish()
    }
}
