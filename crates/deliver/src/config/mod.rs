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

mod raw;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use comity_runner::outbox::{BadKind, BadTargetName, Sender, Target, TargetName};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::network::Allowed;
use crate::secret::{SecretError, SecretPlace};
use raw::Raw;

/// A target, read from a configuration and checked as far as that can be without asking anybody.
///
/// Written out again it reads as before, with the whole address of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "Raw", into = "Raw")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
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
#[non_exhaustive]
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
#[non_exhaustive]
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
