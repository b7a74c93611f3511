//! Secrets that are handed out once: tokens and first passwords. Only their hash is kept.

use std::fmt::Write as _;

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What a token begins with, so that one that was left somewhere is recognised.
pub const PREFIX: &str = "comity_";
/// How much chance is in a secret, in bytes.
const CHANCE: usize = 32;
/// How much chance is in a first password, in bytes. It is good once.
const FIRST: usize = 15;

/// No randomness could be had from the system.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no randomness: {0}")]
pub struct NoChance(pub getrandom::Error);

/// A new token.
///
/// # Errors
///
/// Returns [`NoChance`] if the system gives no randomness.
pub fn token() -> Result<Zeroizing<String>, NoChance> {
    Ok(Zeroizing::new(format!("{PREFIX}{}", *text::<CHANCE>()?)))
}

/// A first password, which must be changed.
///
/// # Errors
///
/// Returns [`NoChance`] if the system gives no randomness.
pub fn first_password() -> Result<Zeroizing<String>, NoChance> {
    text::<FIRST>()
}

fn text<const BYTES: usize>() -> Result<Zeroizing<String>, NoChance> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    getrandom::fill(bytes.as_mut_slice()).map_err(NoChance)?;
    Ok(Zeroizing::new(Base64UrlUnpadded::encode_string(bytes.as_slice())))
}

/// What is kept of a token. It has enough chance in it that a plain hash gives nothing away.
#[must_use]
pub fn hash(secret: &str) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(secret.as_bytes()) {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
