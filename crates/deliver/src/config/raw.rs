//! The keys of a target as they stand in a file, and what they mean together.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use comity_runner::outbox::{
    Backoff, EventKind, PersonalData, SealedCases, Target, TargetName, WantedEvents,
};
use comity_store::codec::Began;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::{BadConfig, CommandConfig, Kind, MailConfig, Security, TargetConfig, WebhookConfig};
use crate::network::{Allowed, Place, place};
use crate::secret::SecretPlace;

/// All keys that there are, as they stand in a file.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Raw {
    name: String,
    kind: RawKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<String>>,
    #[serde(default)]
    personal_data: bool,
    #[serde(default)]
    sealed_cases: bool,
    #[serde(default)]
    begins: RawBegins,
    #[serde(skip_serializing_if = "Option::is_none")]
    patience_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    most_attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets: Option<Vec<SecretPlace>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_networks: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    this_machine: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    security: Option<Security>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<SecretPlace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Vec<String>>,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum RawKind {
    Webhook,
    Command,
    Mail,
}

#[derive(Default, Deserialize, Serialize)]
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
            sealed: if raw.sealed_cases { SealedCases::Included } else { SealedCases::LeftOut },
            from: match raw.begins {
                RawBegins::Now => Began::Here,
                RawBegins::AtTheBeginning => Began::AtTheBeginning,
            },
            backoff: Backoff { most_attempts, ..usual },
        };
        Ok(Self { target, kind, patience })
    }
}

impl From<TargetConfig> for Raw {
    fn from(config: TargetConfig) -> Self {
        let TargetConfig { target, kind, patience } = config;
        let raw = Self {
            name: target.name.to_string(),
            kind: match &kind {
                Kind::Webhook(_) => RawKind::Webhook,
                Kind::Command(_) => RawKind::Command,
                Kind::Mail(_) => RawKind::Mail,
            },
            events: match target.wants {
                WantedEvents::All => None,
                WantedEvents::Only(kinds) => Some(kinds.iter().map(ToString::to_string).collect()),
            },
            personal_data: target.personal == PersonalData::Included,
            sealed_cases: target.sealed == SealedCases::Included,
            begins: match target.from {
                Began::Here => RawBegins::Now,
                Began::AtTheBeginning => RawBegins::AtTheBeginning,
            },
            // INVARIANT: at most 600, or it would not have been read.
            patience_seconds: u32::try_from(patience.as_secs()).ok(),
            most_attempts: Some(target.backoff.most_attempts),
            ..Self::nothing()
        };
        match kind {
            Kind::Webhook(WebhookConfig { address, secrets, allowed }) => Self {
                address: Some(address.into()),
                secrets: Some(secrets),
                private_networks: Some(allowed.private_networks),
                this_machine: Some(allowed.this_machine),
                ..raw
            },
            Kind::Command(CommandConfig { program, arguments }) => Self {
                command: Some(
                    std::iter::once(program.to_string_lossy().into_owned()).chain(arguments).collect(),
                ),
                ..raw
            },
            Kind::Mail(MailConfig { server, port, security, account, sender, to }) => {
                let (account, password) = account.unzip();
                Self {
                    server: Some(server),
                    port: Some(port),
                    security: Some(security),
                    account,
                    password,
                    sender: Some(sender),
                    to: Some(to),
                    ..raw
                }
            }
        }
    }
}

impl Raw {
    const fn nothing() -> Self {
        Self {
            name: String::new(),
            kind: RawKind::Webhook,
            events: None,
            personal_data: false,
            sealed_cases: false,
            begins: RawBegins::Now,
            patience_seconds: None,
            most_attempts: None,
            address: None,
            secrets: None,
            private_networks: None,
            this_machine: None,
            command: None,
            server: None,
            port: None,
            security: None,
            account: None,
            password: None,
            sender: None,
            to: None,
        }
    }

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
