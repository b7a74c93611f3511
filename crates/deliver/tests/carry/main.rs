//! Events from a record to others, by everything that carries them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod command;
mod config;
mod listener;
#[cfg(feature = "mail")]
mod mail;
mod record;
#[cfg(feature = "webhook")]
mod webhook;
