//! Carries what was recorded to others: by webhook, by a command, by mail.
//!
//! [`comity_runner::outbox`] decides what is sent, when and in which order. This crate carries one event to one target and says
//! what came of it. [`TargetConfig`] is how an operator describes a target; [`TargetConfig::build`] makes of it what an outbox is
//! made of.
//!
//! A target is an address that somebody configured, and what answers there is not trusted: nobody is asked but the address that
//! was named ([`network`]), no answer is read but a number, and nothing that is secret reaches a log or the record.

mod command;
mod config;
#[cfg(feature = "webhook")]
pub mod http;
#[cfg(feature = "mail")]
mod mail;
pub mod network;
mod secret;
#[cfg(feature = "webhook")]
pub mod signature;
#[cfg(feature = "webhook")]
mod webhook;

pub use command::Command;
pub use config::{
    BadConfig, BuildError, CommandConfig, Kind, MailConfig, Security, TargetConfig, WebhookConfig,
};
#[cfg(feature = "mail")]
pub use mail::{Mail, Server};
pub use secret::{Secret, SecretError, SecretPlace};
#[cfg(feature = "webhook")]
pub use webhook::Webhook;

/// The page about targets is compiled with the tests, so that it cannot fall behind.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/effects.md")]
struct EffectsGuide;
